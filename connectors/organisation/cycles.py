"""Management that runs in a circle, at one time, is an error in the chart."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from connectors.organisation.persons import Person
from connectors.organisation.table import quoted
from influence.errors import InputError

Edge = tuple[Person, Person | None, dt.datetime | None, dt.datetime | None, int]
#: No organisation has so many levels: what looks like it is a list of something else.
MAX_LEVELS = 60
_SHOWN = 6


def refuse(path: Path, edges: Sequence[Edge]) -> None:
    """Raise when somebody manages herself through others.

    Parameters
    ----------
    path
        The file, for messages.
    edges
        (person, manager, since, until, row), half-open in time; of one person no two with different managers overlap.

    Raises
    ------
    influence.errors.InputError
        When there is a circle at one time, or a chain of more than `MAX_LEVELS` managers.
    """
    rest, levels = _without_trees(edges)
    if levels > MAX_LEVELS:
        raise InputError(
            f"{path} has a chain of {levels} managers, one above the other", "check the manager column of the chart"
        )
    # The few who are on a circle, or below one, when dates are ignored: follow them through time. In a forest an edge
    # closes a circle exactly when the manager's chain of managers already leads to the person.
    events = []
    for edge in rest:
        _, _, since, until, _ = edge
        events.append((since or dt.datetime.min, 1, edge))
        if until is not None:
            events.append((until, 0, edge))
    events.sort(key=lambda event: event[:2])
    current: dict[Person, list[Edge]] = defaultdict(list)
    for _, begins, edge in events:
        person, manager = edge[0], edge[1]
        if not begins:
            current[person].remove(edge)
            continue
        chain = [edge]
        above = manager
        while above is not None and above is not person and current[above]:
            chain.append(current[above][0])
            above = chain[-1][1]
        if above is person:
            raise InputError(
                f"{path}: management runs in a circle: {_shown(chain)}", "correct the manager of one of them"
            )
        current[person].append(edge)


def _without_trees(edges: Sequence[Edge]) -> tuple[list[Edge], int]:
    """The edges of those who are on a circle or above one when dates are ignored, and the longest chain elsewhere.

    Kahn's algorithm from the bottom: whoever has no reports left is taken off.
    """
    reports: dict[Person, int] = defaultdict(int)
    above: dict[Person, set[Person]] = defaultdict(set)
    for person, manager, *_ in edges:
        if manager is not None and manager not in above[person]:
            above[person].add(manager)
            reports[manager] += 1
    level: dict[Person, int] = {person: 0 for person in above if not reports[person]}
    free = list(level)
    for person in free:
        for manager in above[person]:
            level[manager] = max(level.get(manager, 0), level[person] + 1)
            reports[manager] -= 1
            if not reports[manager]:
                free.append(manager)
    done = set(free)
    longest = max((level[person] for person in done), default=0)
    return [edge for edge in edges if edge[0] not in done], longest


def _shown(chain: Sequence[Edge]) -> str:
    start = min(range(len(chain)), key=lambda index: chain[index][4])
    chain = [*chain[start:], *chain[:start]]
    people = [edge[0] for edge in chain]
    names = [quoted(person.reference.shown, 40) for person in [*people, people[0]]]
    rows = [str(edge[4]) for edge in chain]
    if len(people) > _SHOWN:
        names[_SHOWN - 1 : -2] = ["…"]
        rows[_SHOWN:] = ["…"]
    return f"{' -> '.join(names)} (rows {', '.join(rows)})"
