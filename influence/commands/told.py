"""What was collected, said on the terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influence.doors import Reading
    from influence.workspace import Workspace


def say_collected(workspace: Workspace, sources: list[str]) -> None:
    """A line for each source, and one for whatever was left out of it."""
    from influence.terminal import safe, say

    harvests = workspace.harvests().set_index("source")
    for source in sources:
        row = harvests.loc[source]
        say(f"{safe(source)}: {safe(amounts(json.loads(row['counts'] or '{}')))}")
        for what, number, why in json.loads(row["problems"] or "[]"):
            if number:
                say(f"  left out: {number:,} {safe(what)} ({safe(why)})")


def say_readings(workspace: Workspace, readings: list[Reading]) -> None:
    """A table of many repositories, and a warning where some could not be read."""
    from influence.terminal import say, table, warn

    harvests = workspace.harvests().set_index("source")
    rows: list[list[str]] = []
    for reading in readings:
        if reading.problem is not None:
            rows.append(
                [reading.source or reading.path.name, "", "", f"{reading.seconds:.1f}", f"failed: {reading.problem}"]
            )
            continue
        row = harvests.loc[reading.source]
        counts = json.loads(row["counts"] or "{}")
        left_out = sum(number for _, number, _ in json.loads(row["problems"] or "[]"))
        commits = counts.get("commits", 0) + counts.get("merges", 0)
        rows.append([str(reading.source), f"{commits:,}", f"{left_out:,}", f"{reading.seconds:.1f}", "ok"])
    header = ["repository", "commits", "left out", "seconds", "outcome"]
    say(table(header, rows, right=header[1:4], widest=60))
    failed = sum(reading.problem is not None for reading in readings)
    if failed:
        warn(f"influence: {failed:,} of {len(readings):,} repositories could not be read")


def amounts(counts: dict[str, int]) -> str:
    """What a harvest counts, in words."""
    return ", ".join(f"{number:,} {what.replace('_', ' ')}" for what, number in counts.items() if number) or "nothing"
