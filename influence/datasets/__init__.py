"""Two small real corpora to try things on, without a network: who wrote which proposal, and which ones it names.

>>> from influence import datasets
>>> peps = datasets.peps()
>>> peps.works.set_index("id").loc["pep:8", "authors"]
['Guido van Rossum', 'Barry Warsaw', 'Alyssa Coghlan']
>>> influence.collect((), "peps.duckdb", documents=peps.path)      # doctest: +SKIP

Only bibliographic facts are in them: number, title, date, status, names of authors, and relations; no text and no
address. `influence.datasets.make` made them and makes them anew. See docs/datasets.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Dataset", "eips", "peps"]

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Dataset:
    """A corpus that is shipped.

    Attributes
    ----------
    name
        What it is called.
    path
        The folder with the tables `works` and `citations`: what `influence.collect(documents=...)` and
        `influence collect documents` read.
    source, commit, read
        Where it was read from, at which commit, and the day of that commit.
    licence
        Of the documents, as their series words it.
    """

    name: str
    path: Path
    source: str
    commit: str
    read: str
    licence: str

    @cached_property
    def works(self) -> pd.DataFrame:
        """One row a document, by number.

        `id`, `title`, `date`, `status`, `authors` and `author_ids` (lists in the order of the byline; one id is one
        person), `url`.
        """
        table = self._table("works")
        for column in ("authors", "author_ids"):
            table[column] = [text.split(";") if text else [] for text in table[column]]
        return table.drop(columns="kind")

    @cached_property
    def citations(self) -> pd.DataFrame:
        """One row a document and what it names.

        `citing`, `cited` (documents of other series, too), `date` (when it entered the text), `how` (requires,
        replaces, superseded-by, body, ...).
        """
        return self._table("citations")

    def _table(self, name: str) -> pd.DataFrame:
        import pandas as pd

        table = pd.read_csv(self.path / f"{name}.csv", dtype=str, keep_default_na=False)
        table["date"] = pd.to_datetime(table["date"])
        return table


def peps() -> Dataset:
    """Python Enhancement Proposals."""
    return _load("peps")


def eips() -> Dataset:
    """Ethereum Improvement Proposals."""
    return _load("eips")


def _load(name: str) -> Dataset:
    folder = _HERE / name
    return Dataset(name, folder, **json.loads((folder / "origin.json").read_text(encoding="utf-8")))
