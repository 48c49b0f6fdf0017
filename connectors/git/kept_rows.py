"""Many rows as JSON has them best: column by column, each value once, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

#: A column: its values, and for each row the place of its value.
Column = tuple[list[Any], list[int]]


def columns(rows: Iterable[tuple[Any, ...]]) -> list[Column]:
    """Rows as columns. The values of one column are of one kind, or None."""
    found = []
    for column in zip(*rows, strict=True):
        places: dict[Any, int] = {}
        index = [places.setdefault(value, len(places)) for value in column]
        found.append((list(places), index))
    return found


def rows(found: Iterable[Column]) -> Iterator[tuple[Any, ...]]:
    """The rows of columns."""
    return zip(*(map(values.__getitem__, index) for values, index in found), strict=True)
