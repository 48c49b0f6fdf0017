"""Of documents: how each work was followed, how soon, and what was read and refused on the way.

A work is cited here by every later work that shares no author with it, crowds included: what its number of authors
leaves out is the following of people, not the life of the work.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from influence import follows
from influence.people import People
from influence.window import Window

_YEAR = 365.25
#: Sources that hold documents; their counts make the table of health.
CONNECTORS = ("documents", "openalex")
_WORKS = {
    "id": object,
    "title": object,
    "created": "datetime64[us]",
    "status": object,
    "authors": object,
    "cited_by": "int64",
    "followers": "int64",
    "lag_median_days": float,
    "sleeping_beauty": float,
}
_LAG = {"year": "int64", "works": "int64", "citing": "int64", "mean": float, "together": float}
_HEALTH = {"source": object, "what": object, "count": "int64", "why": object}
_COUNTED = {
    "documents": ("documents", ""),
    "authors": ("authors", "ways in which authors are named"),
    "without_author": ("documents without an author", "they lead nobody"),
    "without_date": ("documents without a date", "they cite nobody, unless the text's history dates it"),
    "withdrawn": ("documents withdrawn or replaced", "kept, with their status"),
    "works_over_50_authors": ("documents with over 50 authors", "they name no leaders and no followers"),
    "references_found": ("references found", ""),
    "references_resolved": ("references resolved", "to a document of the same source"),
    "references_elsewhere": ("references to elsewhere", "they count where another source holds the document"),
    "references_refused": ("references refused", "reasons below"),
    "references_repeated": ("references repeated", "one document cites another once"),
}


@dataclass(frozen=True, eq=False)
class Works:
    """`table` and `lag` are `Findings.works` and `Findings.lag`."""

    table: pd.DataFrame
    lag: pd.DataFrame


def works(connection: duckdb.DuckDBPyConnection, people: People, window: Window) -> Works:
    """The works of what `follows.stage` made."""
    table = connection.execute(follows.query("works")).df()
    if table.empty:
        return Works(no_works(), no_lag())
    cited = connection.execute(follows.query("works_citing")).df()
    wrote = connection.execute(follows.query("works_authors")).df()
    names = people.table["person"].to_numpy(dtype=object)
    wrote["name"] = names[wrote["person"].to_numpy(dtype=np.int64)]
    authors = _bylines(wrote)
    table["authors"] = [authors.get(work, []) for work in table["id"]]
    created = table["created"]
    # Places in the table: texts, of which there may be millions, are compared once.
    cited["cited"] = pd.Index(table["id"]).get_indexer(cited["cited"])
    cited = cited[cited["cited"] >= 0]
    cited = cited.assign(created=created.to_numpy()[cited["cited"]])
    days = (cited["time"] - cited["created"]).dt.total_seconds() / 86400
    table["cited_by"] = np.bincount(cited["cited"], minlength=len(table))
    table["lag_median_days"] = days.groupby(cited["cited"]).median().reindex(table.index)
    table["sleeping_beauty"] = _beauties(cited).reindex(table.index)
    table = table.sort_values(["cited_by", "followers", "id"], ascending=[False, False, True], ignore_index=True)
    return Works(table[list(_WORKS)].astype(_WORKS), lag(created, cited["created"], cited["time"], window.until))


def sleeping_beauty(yearly: npt.ArrayLike) -> float:
    """How late a work was recognised: the coefficient B of Ke et al. (2015).

        B = sum over t = 0 ... t_m of ((c_m - c_0) / t_m * t + c_0 - c_t) / max(1, c_t)

    c_t are the citations in the t-th calendar year after publication (`yearly`, t = 0 first), c_m the most in one
    year and t_m the first year that had so many. 0 where t_m = 0; negative where the work was recognised early.

    Ke, Ferrara, Radicchi & Flammini: Defining and identifying Sleeping Beauties in science. PNAS 112 (2015) 7426.
    """
    counts = np.asarray(yearly, dtype=np.float64)
    peak = int(counts.argmax()) if counts.size else 0
    if peak == 0:
        return 0.0
    counts = counts[: peak + 1]
    line = (counts[peak] - counts[0]) / peak * np.arange(peak + 1) + counts[0]
    return float(((line - counts) / np.maximum(counts, 1.0)).sum())


def lag(created: pd.Series, cited_created: pd.Series, time: pd.Series, until: object) -> pd.DataFrame:
    """How soon works are followed: "in time, others went along".

    Parameters
    ----------
    created
        When each work was published.
    cited_created, time
        For each citation: when the cited work was published, and when it was cited.
    until
        End of the window.

    Returns
    -------
    DataFrame
        `year` (1: the first after publication), `works` (so old that this year of theirs lies within the window),
        `citing` (how many works cited these in that year), `mean` (citing / works), `together` (the sum of the means
        so far: how many works cite one of that age; the mean cumulative function of Nelson 1988, so that young works
        do not count as works that nobody cites).
    """
    end = pd.Timestamp(str(until))
    ages = _whole_years(end - created.dropna())
    if ages.empty or int(ages.max()) < 1:
        return no_lag()
    years = np.arange(1, int(ages.max()) + 1)
    old = np.searchsorted(np.sort(ages.to_numpy()), years, side="left")
    at_risk = len(ages) - old
    known = cited_created.notna().to_numpy()
    passed = _whole_years((time - cited_created)[known]).to_numpy()
    age = _whole_years(end - cited_created[known]).to_numpy()
    passed = passed[(passed >= 0) & (passed < age)]
    citing = np.bincount(passed, minlength=len(years))[: len(years)]
    mean = citing / at_risk
    frame = {"year": years, "works": at_risk, "citing": citing, "mean": mean, "together": mean.cumsum()}
    return pd.DataFrame(frame).astype(_LAG)


def health(harvests: pd.DataFrame) -> pd.DataFrame:
    """What became of documents and references, source by source: `source`, `what`, `count`, `why`."""
    rows: list[tuple[str, str, int, str]] = []
    for row in harvests[harvests["connector"].isin(CONNECTORS)].itertuples():
        counts = json.loads(row.counts or "{}")
        label = str(row.label)
        rows += [
            (label, what, int(counts.get(name, 0)), why)
            for name, (what, why) in _COUNTED.items()
            if counts.get(name) or (counts and name in ("documents", "references_found"))
        ]
        rows += [(label, str(what), int(count), str(why)) for what, count, why in json.loads(row.problems or "[]")]
    return pd.DataFrame(rows, columns=list(_HEALTH)).astype(_HEALTH)


def no_works() -> pd.DataFrame:
    """`Findings.works` without a row."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _WORKS.items()})


def no_lag() -> pd.DataFrame:
    """`Findings.lag` without a row."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _LAG.items()})


def no_health() -> pd.DataFrame:
    """`Findings.health` without a row."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _HEALTH.items()})


def _bylines(wrote: pd.DataFrame) -> dict[str, list[str]]:
    """By work the names of its authors, of rows in which those of one work follow each other."""
    codes, works = pd.factorize(wrote["artifact"])
    ends = np.flatnonzero(np.diff(codes, append=-1)) + 1
    names = wrote["name"].tolist()
    return {works[codes[end - 1]]: names[begin:end] for begin, end in zip([0, *ends[:-1]], ends, strict=True)}


def _beauties(cited: pd.DataFrame) -> pd.Series:
    """By work (its place): `sleeping_beauty` of the works that were dated and cited after their publication."""
    dated = cited[cited["created"].notna()]
    years = (dated["time"].dt.year - dated["created"].dt.year).to_numpy(dtype=np.int64)
    codes = dated["cited"].to_numpy()
    codes, years = codes[years >= 0], years[years >= 0]
    order = np.lexsort((years, codes))
    codes, years = codes[order], years[order]
    begins = np.flatnonzero(np.diff(codes, prepend=-1))
    parts = np.split(years, begins[1:]) if len(begins) else []
    # Most works are cited a few times only, and in the same years as others.
    known: dict[bytes, float] = {}
    found = np.empty(len(parts))
    for i, part in enumerate(parts):
        same = part.tobytes()
        if same not in known:
            known[same] = sleeping_beauty(np.bincount(part))
        found[i] = known[same]
    return pd.Series(found, index=codes[begins], dtype=float)


def _whole_years(spans: pd.Series) -> pd.Series:
    return np.floor(spans.dt.total_seconds() / 86400 / _YEAR).astype(np.int64)
