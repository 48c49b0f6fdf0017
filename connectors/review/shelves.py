"""Where the items of each repository lie in files that mix them, so that each is parsed once, when its turn comes."""

from __future__ import annotations

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from connectors.review.places import Place, Problems
from connectors.review.streams import parse, spans

#: An item is a change, or something that was said beside one.
BESIDE, CHANGE = 0, 1


@dataclass(slots=True)
class Shelf:
    """Where the items of one repository lie: by row the file, begin, length (0: replaced), category, time of change."""

    files: array[int] = field(default_factory=lambda: array("L"))
    begins: array[int] = field(default_factory=lambda: array("Q"))
    lengths: array[int] = field(default_factory=lambda: array("Q"))
    categories: array[int] = field(default_factory=lambda: array("B"))
    updated: array[float] = field(default_factory=lambda: array("d"))

    @property
    def tip(self) -> str:
        """When the last of its items was changed; '' where none says."""
        last = max(self.updated, default=0.0)
        return when(last).isoformat() if last else ""

    def read(self, place: Place, names: list[str], category: int, problems: Problems) -> Iterator[Any]:
        """The parsed items of one category, file by file; `problems` counts what cannot be read any more."""
        by_file: dict[int, list[int]] = {}
        for row, file in enumerate(self.files):
            if self.categories[row] == category and self.lengths[row]:
                by_file.setdefault(file, []).append(row)
        for file, rows in by_file.items():
            wanted = ((self.begins[row], self.lengths[row]) for row in rows)
            for data in spans(place, names[file], wanted, problems):
                yield parse(data)


class Shelves:
    """The shelves of all repositories that stand in some files.

    Parameters
    ----------
    place, names
        The files.

    Attributes
    ----------
    found
        Repository, as the reader names it -> its shelf.
    """

    def __init__(self, place: Place, names: list[str]) -> None:
        self.place = place
        self.names = names
        self.found: dict[tuple[str, str, str], Shelf] = {}
        self._newest: dict[int, tuple[Shelf, int]] = {}

    def put(
        self,
        key: tuple[str, str, str],
        file: int,
        begin: int,
        length: int,
        category: int,
        updated: float,
        item: Hashable,
    ) -> None:
        """Note where an item lies. Of those with one `item` the newest counts: who fetches again has both."""
        shelf = self.found.setdefault(key, Shelf())
        if item:
            mark = hash((key, category, item))
            before = self._newest.get(mark)
            if before is not None:
                older, row = before
                if older.updated[row] > updated:
                    return
                older.lengths[row] = 0
            self._newest[mark] = (shelf, len(shelf.files))
        shelf.files.append(file)
        shelf.begins.append(begin)
        shelf.lengths.append(length)
        shelf.categories.append(category)
        shelf.updated.append(updated)

    def done(self) -> Problems:
        """All is noted. Returns what could not be read so far, which any of the repositories may have lost."""
        self._newest.clear()
        return Counter(self.place.problems)


@lru_cache(maxsize=1 << 8)
def when(seconds: float) -> dt.datetime:
    """Seconds since 1970, as UTC without a zone."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).replace(tzinfo=None)


def seconds(value: Any) -> float:
    """Seconds since 1970 as a service writes them; 0 where they are none."""
    sound = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 7e9
    return float(value) if sound else 0.0
