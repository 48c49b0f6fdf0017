"""Where the files of owners lie, in all of a history, and what became of each; of what was read before, only the news.

What one run leaves to the next is a cache: of one version, JSON, and used only where the branch went on from where it
was and the files are looked for by the same names.
"""

from __future__ import annotations

import os
import re
import zlib
from dataclasses import dataclass, field

import orjson

from connectors.git import Change, SafeRepository, changes, paths_in
from connectors.git.damage import Damage

#: Where CODEOWNERS may lie; the first that exists is the one that holds, as on the forge.
CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
OWNERS, ALIASES = "OWNERS", "OWNERS_ALIASES"
MAINTAINERS = re.compile(r"(?:(?:\.github|docs)/)?MAINTAINERS(?:\.(?:md|txt|rst))?\Z", re.IGNORECASE)
#: Trees beside the tip's in which files in folders are looked for, at most, before the whole history is.
_SAMPLES = 8
_AT_THE_ROOT = (*CODEOWNERS, OWNERS, ALIASES, "MAINTAINERS", "MAINTAINERS.md")
_IN_FOLDERS = {OWNERS: ":(glob)**/OWNERS", "MAINTAINERS": ":(glob)**/MAINTAINERS"}
#: Changed whenever another run would make something else of the same files, or keep it otherwise.
_MAGIC = b"influence owners 2\n"


@dataclass(slots=True)
class Past:
    """What became of these files along the first parents of a tip.

    Attributes
    ----------
    tip, root
        The last and the first commit of the chain.
    length
        How many commits it has.
    samples
        Place in the chain -> pathspecs of what was found in that tree.
    wanted
        The pathspecs that were looked for.
    changes
        Every change of a file, oldest first.
    counts, problems
        What was made of them, as `Harvest` has it.
    """

    tip: str
    root: str
    length: int
    samples: dict[int, list[str]]
    wanted: list[str]
    changes: list[Change] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[str, int, str]] = field(default_factory=list)

    def same_as(self, before: Past | None) -> bool:
        """Whether the same is said of the same repository."""
        return before is not None and (self.root, self.changes) == (before.root, before.changes)

    def kept(self) -> bytes:
        """What `recall` needs for a past like this one."""
        changed = [
            [sha, time, [[_latin(path), blob] for path, blob in blobs.items()]] for sha, time, blobs in self.changes
        ]
        samples = list(self.samples.items())
        wanted = list(map(_latin, self.wanted))
        data = orjson.dumps([self.tip, self.root, self.length, samples, wanted, changed, self.counts, self.problems])
        return _MAGIC + zlib.compress(data, 1)


def recall(kept: bytes | None) -> Past | None:
    """What was kept; None where it is of another version, or damaged."""
    if kept is None or not kept.startswith(_MAGIC):
        return None
    try:
        tip, root, length, samples, wanted, changed, counts, problems = orjson.loads(
            zlib.decompress(kept[len(_MAGIC) :])
        )
        found = [(sha, time, {_path(path): blob for path, blob in blobs}) for sha, time, blobs in changed]
        names = list(map(_path, wanted))
        return Past(tip, root, length, dict(map(tuple, samples)), names, found, counts, list(map(tuple, problems)))
    except (ValueError, TypeError, zlib.error):
        return None


def past(repository: SafeRepository, before: Past | None = None) -> Past:
    """The history of all these files.

    Files in folders are looked for at the tip and in a few trees before it; only where there are some is the whole
    history searched for them, which takes a fifth as long as reading it. `before` is what an earlier run found.

    Raises
    ------
    influence.errors.InputError
        When the history cannot be read.
    """
    chain = repository.first_parents(before.tip) if before is not None and is_whole(repository) else None
    if chain is None:
        before, chain = None, repository.first_parents()
        assert chain is not None
    known, samples = (before.length, before.samples) if before is not None else (0, {})
    length = known + len(chain)
    samples = {
        place: samples[place] if place < known else _found(repository, chain[length - 1 - place])
        for place in _sampled(length)
    }
    found = {spec for specs in (*samples.values(), _found(repository, repository.tip)) for spec in specs}
    wanted = [*dict.fromkeys((*_AT_THE_ROOT, *sorted(found)))]
    root = before.root if before is not None else chain[-1]
    now = Past(repository.tip, root, length, samples, wanted)
    if before is not None and before.wanted == wanted:
        now.changes = before.changes + (changes(repository, wanted, before.tip) if chain else [])
    else:
        now.changes = changes(repository, wanted)
    return now


def is_whole(repository: SafeRepository) -> bool:
    """Whether all of the history is there, as it was written."""
    return repository.plain and repository.damage == Damage()


def _sampled(length: int) -> list[int]:
    """Places in a chain of so many commits, evenly spread: where it grows, they are some of those before, and newer."""
    step = 1
    while length // step > _SAMPLES:
        step *= 2
    return list(range(step - 1, length, step))


def _found(repository: SafeRepository, commit: str) -> list[str]:
    """Pathspecs of the files in a commit that are not looked for anyway.

    Lists as they are spelt: git finds those of one spelling quickly, and those of any only by going through all
    folders.
    """
    paths = paths_in(repository, commit)
    nested = {path.rpartition("/")[2] for path in paths if "/" in path}
    return [
        *(path for path in paths if MAINTAINERS.match(path)),
        *(spec for name, spec in _IN_FOLDERS.items() if name in nested),
    ]


def _latin(path: str) -> str:
    return os.fsencode(path).decode("latin-1")


def _path(text: str) -> str:
    return os.fsdecode(text.encode("latin-1"))
