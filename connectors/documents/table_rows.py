"""The rows of a corpus that is held as columns: those that `connectors.documents.common.Corpus` makes of works."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from connectors.documents.authors import Told
from connectors.documents.common import CROWD
from influence.schema import TABLES, Checkpoint, Harvest

Columns = dict[str, Any]


class Rows:
    """Works, bylines and citations as columns; whoever derives from it fills them.

    Attributes
    ----------
    ids, kind, title, status, url
        Of each work, as text.
    created
        When each work was published (microseconds, NaT: not known).
    authors
        How many authors each work has.
    people
        Identity keys.
    work_of, person
        One entry per authorship: position of the work in `ids` and of the author in `people`.
    told
        Who is who.
    by, to, cited, time, visible, how
        One entry per citation that stands: position of the citing work, of the cited one (-1: elsewhere) and its id,
        when, and the way.
    withdrawn
        How many works were taken back.
    """

    source: str
    label: str
    counts: Counter[str]
    problems: Counter[tuple[str, str]]
    ids: pa.Array
    kind: pa.Array
    title: pa.Array
    status: pa.Array
    url: pa.Array
    created: np.ndarray
    authors: np.ndarray
    people: pa.Array
    work_of: np.ndarray
    person: np.ndarray
    told: Told
    by: np.ndarray
    to: np.ndarray
    cited: pa.Array
    time: np.ndarray
    visible: np.ndarray
    how: pa.Array
    withdrawn: int

    def checkpoint(self, location: str, connector: str, options: Mapping[str, Any]) -> Checkpoint:
        """Everything as one checkpoint."""
        visible = self._first_seen()
        times, seen = (np.concatenate([self.created, more]) for more in (self.time, self.visible))
        harvest = Harvest(
            source=self.source,
            repository=None,
            label=self.label,
            location=location,
            connector=connector,
            options=dict(options),
            first=_moment(np.fmin.reduce(times)) if len(times) else None,
            last=_moment(np.fmax.reduce(seen)) if len(seen) else None,
            contact="coauthors",
            counts=self._counted(),
            problems=[(what, count, why) for (what, why), count in sorted(self.problems.items())],
        )
        made: dict[str, Columns] = {
            "artifacts": self._artifacts(),
            "authorships": self._authorships(visible),
            "citations": self._citations(),
            "acts": self._acts(),
            "units": self._units(),
            "holdings": self._holdings(),
            "identities": self._identities(),
            "identity_links": self._links(),
        }
        return Checkpoint(harvest, {name: TABLES[name].batch(self._sourced(rows)) for name, rows in made.items()})

    def _sourced(self, columns: Columns) -> Columns:
        size = len(next(iter(columns.values())))
        return {"source": pa.repeat(self.source, size), **columns}

    def _first_seen(self) -> np.ndarray:
        """When each work could be known; one that nobody dated at the latest when it was first cited."""
        visible = self.created.copy()
        there = self.to >= 0
        lost = np.isnat(visible)
        if lost.any() and there.any():
            first = pd.Series(self.visible[there]).groupby(self.to[there]).min()
            at = first.index.to_numpy()
            visible[at] = np.where(lost[at], first.to_numpy().astype("datetime64[us]"), visible[at])
        return visible

    def _artifacts(self) -> Columns:
        return {
            "id": self.ids,
            "kind": self.kind,
            "created": pa.array(self.created),
            "title": self.title,
            "status": self.status,
            "url": self.url,
        }

    def _authorships(self, visible: np.ndarray) -> Columns:
        return {
            "artifact": self.ids.take(pa.array(self.work_of)),
            "identity": self.people.take(pa.array(self.person)),
            "share": pa.array(1.0 / self.authors[self.work_of]),
            "visible": pa.array(visible[self.work_of]),
        }

    def _citations(self) -> Columns:
        return {
            "citing": self.ids.take(pa.array(self.by)),
            "cited": self.cited,
            "time": pa.array(self.time),
            "visible": pa.array(self.visible),
            "how": self.how,
        }

    def _acts(self) -> Columns:
        dated = np.flatnonzero(~np.isnat(self.created[self.work_of]))
        work = self.work_of[dated]
        created = pa.array(self.created[work])
        return {
            "unit": self.ids.take(pa.array(work)),
            "kind": pa.repeat("document", len(work)),
            "time": created,
            "visible": created,
            "actor": self.people.take(pa.array(self.person[dated])),
            "amount": pa.array(np.ones(len(work))),
        }

    def _units(self) -> Columns:
        return {
            "unit": self.ids,
            "kind": pa.repeat("document", len(self.ids)),
            "title": self.title,
            "url": self.url,
        }

    def _holdings(self) -> Columns:
        """How many citable documents (shares added up) each author had, from the end of each quarter that added one."""
        work, person = self.work_of, self.person
        dated = ~np.isnat(self.created[work])
        work, person = work[dated], person[dated]
        quarters = pd.PeriodIndex(pd.DatetimeIndex(self.created[work]), freq="Q").asi8
        frame = pd.DataFrame({"person": person, "quarter": quarters, "share": 1.0 / self.authors[work]})
        added = frame.groupby(["person", "quarter"], sort=True)["share"].sum().reset_index()
        total = added.groupby("person")["share"].cumsum()
        # Quarters count from 1970; the first day of the next one less a second is the end of this one.
        months = ((added["quarter"].to_numpy(dtype=np.int64) + 1) * 3).astype("datetime64[M]")
        last = months.astype("datetime64[us]") - np.timedelta64(1, "s")
        size = len(added)
        return {
            "quarter": pa.array(last),
            "directory": pa.repeat("", size),
            "identity": self.people.take(pa.array(added["person"].to_numpy())),
            "kind": pa.repeat("documents", size),
            "amount": pa.array(total.to_numpy()),
        }

    def _identities(self) -> Columns:
        created = pd.Series(self.created[self.work_of]).groupby(self.person).min()
        first = np.full(len(self.people), "NaT", dtype="datetime64[us]")
        first[created.index.to_numpy(dtype=np.int64)] = created.to_numpy().astype("datetime64[us]")
        keys = self.people.to_pylist()
        return {
            "key": self.people,
            "display": pa.array([self.told.names[key] for key in keys], pa.string()),
            "first": pa.array(first),
        }

    def _links(self) -> Columns:
        names = ("a", "b", "same", "by")
        columns = zip(*self.told.links, strict=True) if self.told.links else ([] for _ in names)
        return dict(zip(names, map(list, columns), strict=True))

    def _counted(self) -> dict[str, int]:
        found = ("references_found", "references_resolved", "references_elsewhere", "references_refused")
        return {
            "documents": len(self.ids),
            "authors": len(self.people),
            "without_author": int((self.authors == 0).sum()),
            "without_date": int(np.isnat(self.created).sum()),
            "withdrawn": self.withdrawn,
            "works_over_50_authors": int((self.authors > CROWD).sum()),
            **{name: self.counts[name] for name in (*found, "references_repeated")},
            "authors_by_initials_only": self.told.undecided,
        }


def _moment(value: np.datetime64) -> dt.datetime | None:
    return None if np.isnat(value) else value.astype("datetime64[us]").item()
