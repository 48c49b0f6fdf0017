"""What was collected, said on the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influence.doors import Reading
    from influence.workspace import Workspace


def say_collected(workspace: Workspace, sources: list[str]) -> None:
    """A line for each source, and one for whatever was left out of it."""
    told = _told(workspace)
    say_of({source: told[source] for source in sources})


def say_of(told: Mapping[str, tuple[dict[str, int], list[tuple[str, int, str]]]]) -> None:
    """The same of sources, by their counts and what could not be read."""
    from influence.terminal import safe, say

    for source, (counts, problems) in told.items():
        say(f"{safe(source)}: {safe(amounts(counts))}")
        for what, number, why in problems:
            if number:
                say(f"  left out: {number:,} {safe(what)} ({safe(why)})")


def say_readings(workspace: Workspace, readings: list[Reading]) -> None:
    """A table of many repositories, and a warning where some could not be read."""
    from influence.terminal import say, table, warn

    told = _told(workspace)
    rows: list[list[str]] = []
    for reading in readings:
        if reading.problem is not None:
            rows.append(
                [reading.source or reading.path.name, "", "", f"{reading.seconds:.1f}", f"failed: {reading.problem}"]
            )
            continue
        counts, problems = told[str(reading.source)]
        left_out = sum(number for _, number, _ in problems)
        commits = counts.get("commits", 0) + counts.get("merges", 0)
        rows.append([str(reading.source), f"{commits:,}", f"{left_out:,}", f"{reading.seconds:.1f}", "ok"])
    header = ["repository", "commits", "left out", "seconds", "outcome"]
    say(table(header, rows, right=header[1:4], widest=60))
    failed = sum(reading.problem is not None for reading in readings)
    if failed:
        warn(f"influence: {failed:,} of {len(readings):,} repositories could not be read")


def _told(workspace: Workspace) -> dict[str, tuple[dict[str, int], list[tuple[str, int, str]]]]:
    """What each source counts, and what could not be read."""
    with workspace.read() as connection:
        rows = connection.execute("SELECT source, counts, problems FROM harvests").fetchall()
    return {source: (json.loads(counts or "{}"), json.loads(problems or "[]")) for source, counts, problems in rows}


def amounts(counts: dict[str, int]) -> str:
    """What a harvest counts, in words."""
    return ", ".join(f"{number:,} {what.replace('_', ' ')}" for what, number in counts.items() if number) or "nothing"
