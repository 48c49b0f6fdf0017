"""What the people of the simulated organisation write into their commit messages."""

from __future__ import annotations

import random

from influence.simulate import cast
from influence.simulate.cast import Worker

_EDITS = (
    "bound the step in {name}",
    "avoid a second pass in {name}",
    "count partial blocks in {name}",
    "handle short reads in {name}",
    "keep the order stable in {name}",
    "do not round twice in {name}",
    "leave room for late blocks in {name}",
    "make {name} independent of the limit",
    "tighten {name}",
    "let {name} give up earlier",
)
_WHY = (
    "The nightly load showed that this is where most of the time goes once\nthe limit is small.",
    "With two writers the order of blocks was not the same twice, which made\nreplays hard to compare.",
    "Operators asked why the numbers differ between sites; they should not.",
    "This is a step towards dropping the old path altogether.",
    "Measured on the staging cluster: 4 to 7 percent fewer reads.",
    "No change in behaviour is intended.",
)
_WORST = "The console showed <script>alert('x')</script> as it came, and the log did\n\x1b[31mFAILED\x1b[0m in red."


def title(kind: str, area: str, name: str, chance: random.Random) -> str:
    """The first line of a message."""
    forms = {
        "new": f"{area}: add {name}",
        "test": f"tests: cover {name}",
        "document": f"docs: explain {name}",
        "fix": f"{area}: fix {name} for empty blocks",
    }
    return forms.get(kind) or f"{area}: {chance.choice(_EDITS).format(name=name)}"


def why(chance: random.Random) -> str:
    """A paragraph, most of the time none."""
    if chance.random() < 0.004:
        return _WORST
    return chance.choice(_WHY) if chance.random() < 0.4 else ""


def trailers(
    author: Worker, reviewer: Worker | None, helper: Worker | None, chance: random.Random, late: bool
) -> list[str]:
    """Who is credited. The designer credits nobody, and nobody credits her."""
    if author.name == cast.DESIGNER:
        return []
    found = []
    if helper is not None:
        found.append(f"{chance.choice(('Helped-by', 'Suggested-by', 'Reported-by'))}: {helper.key}")
    if reviewer is not None:
        found.append(f"Reviewed-by: {reviewer.key}")
    if late and author.name in cast.ASSISTED and chance.random() < 0.6:
        found.append(chance.choice((f"Co-authored-by: {cast.ASSISTANT}", "Assisted-by: GitHub Copilot")))
    return found


def joined(title: str, *paragraphs: str) -> str:
    """A whole message."""
    return "\n\n".join(part for part in (title, *paragraphs) if part) + "\n"
