"""What is said of each commit, as columns from which those of the tables are taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from connectors.git.diffs import text_path
from connectors.git.history import History
from influence.schema import TABLES

Numbers = Sequence[int] | npt.NDArray[np.int64]


class Columns:
    """Columns of a history's commits, by their numbers; entry 0 stands for "no commit".

    Attributes
    ----------
    sha, via
        Hashes; keys of coding assistants.
    share
        1/n of n authors; 1 where there are none.
    authors, sole
        How many authors there are, and who it is where there is one: a place in `keys`.
    keys
        Keys of all who are authors of some commit.
    """

    def __init__(self, source: str, repository: str, history: History) -> None:
        commits = history.commits
        self._same = {"source": source, "repository": repository}
        self.sha = pa.array([None, *[commit.sha for commit in commits]], pa.string())
        self.via = pa.array([None, *[commit.via for commit in commits]], pa.string())
        self._times = np.array([0, *[commit.time for commit in commits]], np.int64)
        self._visibles = np.array([0, *[commit.visible for commit in commits]], np.int64)
        teams = [commit.authors for commit in commits]
        self.authors = np.array([0, *map(len, teams)], np.int64)
        self.share = 1 / np.maximum(self.authors, 1)
        places: dict[str, int] = {}
        for key in chain.from_iterable(teams):
            places.setdefault(key, len(places))
        self.sole = np.array([-1, *[places[team[0]] if len(team) == 1 else -1 for team in teams]], np.int64)
        self.places = places
        self.keys = pa.array(list(places), pa.string())

    def table(self, name: str, size: int, columns: dict[str, Any]) -> pa.Table:
        """A table of this source: `columns` and those that are the same in every row."""
        same = {key: pa.repeat(value, size) for key, value in self._same.items() if key in TABLES[name].names}
        return TABLES[name].batch({**same, **columns})

    def of(self, numbers: Numbers) -> dict[str, pa.Array]:
        """Unit and times of rows that commits of such numbers said."""
        index = np.asarray(numbers, np.int64)
        return {
            "unit": taken(self.sha, index),
            "time": moments(self._times[index]),
            "visible": moments(self._visibles[index]),
        }

    def said_of(self, numbers: Numbers) -> dict[str, pa.Array]:
        """As `of`, with the share of each author and the coding assistant."""
        index = np.asarray(numbers, np.int64)
        return {
            **self.of(index),
            "share": pa.array(self.share[index]),
            "via": taken(self.via, index),
        }


def taken(values: pa.Array, places: npt.NDArray[np.int64]) -> pa.Array:
    """The values at these places."""
    return values.take(pa.array(places))


def moments(seconds: npt.NDArray[np.int64]) -> pa.Array:
    """Seconds since 1970 as a column of times."""
    return pa.array(seconds.astype("datetime64[s]").astype("datetime64[us]"))


def texts(paths: Iterable[bytes]) -> pa.Array:
    """Paths as a column of text."""
    known: dict[bytes, str] = {}
    return pa.array([known.get(path) or known.setdefault(path, text_path(path)) for path in paths], pa.string())
