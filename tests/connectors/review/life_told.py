"""What comes of the life of `life` when it is read: to compare one teller with another, and with the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from connectors.review.rows import Gatherer
from influence.findings import analyse
from influence.schema import Checkpoint
from influence.workspace import Workspace
from tests.connectors.review import life as lives

Signal = tuple[str, str, str | None, str | None]


def login(key: str | None) -> str | None:
    """The login behind an identity key, whatever house it is of; None for those whose account is gone."""
    hands = {lives.hand(one).key: one for one in lives.PEOPLE}
    if key is None or key in hands:
        return hands.get(key or "")
    found = key.removeprefix("login:").partition("@")[0]
    return None if found.isdecimal() else found


def rows(checkpoints: Iterable[Checkpoint]) -> list[dict[str, Any]]:
    """All signals, people by login."""
    found = [row for made in checkpoints for row in made.tables["signals"].to_pylist()]
    people = ("follower", "leader", "asked_by")
    named = [row | {name: login(row[name]) for name in people} for row in found]
    return [row for row in named if row["leader"]]  # nobody follows an account that is gone


def signals(found: Iterable[dict[str, Any]], *kinds: str) -> set[Signal]:
    """Who followed whom in which unit; of these kinds."""
    return {
        (row["unit"].removeprefix("issue:"), row["kind"], row["follower"], row["leader"])
        for row in found
        if row["kind"] in kinds
    }


def truth(life: lives.Life, issues: bool = True) -> list[dict[str, Any]]:
    """The signals of a source that knows everything. Takes changes as they are: make the life anew for it."""
    gatherer = Gatherer("truth", "github.com/acme/rocket", "github.com")
    for change in life.changes:
        gatherer.take(change)
    for issue in life.discussions if issues else ():
        gatherer.discuss(issue)
    gatherer.resolve()
    found = gatherer.tables()["signals"].to_pylist()
    return [row | {name: login(row[name]) for name in ("follower", "leader", "asked_by")} for row in found]


def by_assistants(life: lives.Life) -> set[str]:
    """Units whose author is an assistant: not every service knows who set it to work."""
    return {change.unit for change in life.changes if change.author and change.author.login == lives.ASSISTANT}


def occasion(row: dict[str, Any]) -> str:
    """How free a review was, from what its row says alone."""
    if row["required"]:
        return "obliged"
    if row["asked_by"] is None:
        return "unknown"
    return (
        "solicited" if row["asked_by"] == row["leader"] else "free" if row["asked_by"] == row["follower"] else "unknown"
    )


def right(life: lives.Life, found: list[dict[str, Any]]) -> dict[str, float]:
    """Of each true occasion the share of its reviews that were told so; of authors whose account is not gone."""
    all_of, right_of = Counter[str](), Counter[str]()
    left = by_assistants(life)
    for row in found:
        true = life.occasions.get((row["unit"], row["leader"] or ""))
        if row["kind"] == "consults" and true is not None and row["follower"] and row["unit"] not in left:
            all_of[true] += 1
            right_of[true] += occasion(row) == true
    return {name: right_of[name] / number for name, number in all_of.items()}


def led(found: Iterable[Checkpoint], folder: Path) -> list[str]:
    """Logins of those who are followed, the most followed first, as the whole analysis ranks them."""
    workspace = Workspace(folder / "led.duckdb")
    for checkpoint in found:
        workspace.commit(checkpoint)
    logins = {lives.full_name(one): one for one in lives.PEOPLE}
    return [logins.get(name, name) for name in analyse(workspace).leaders["person"]]
