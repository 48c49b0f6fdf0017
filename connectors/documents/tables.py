"""A corpus as researchers keep it: a folder with the tables `works` and `citations`, as CSV or Parquet.

Whole columns go through Arrow and numpy, so that a hundred thousand works and a million citations take seconds. The
rows that come out, and what is counted, are those that `connectors.documents.common.Corpus` makes of the same works.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.documents import author_names, publication_dates, table_files
from connectors.documents.author_names import PersonName
from connectors.documents.authors import Mention, tell_apart
from connectors.documents.common import GLOBAL_SCHEMES, GROUPS
from connectors.documents.groups import is_group
from connectors.documents.identifiers import artifact, namespace, openalex, orcid
from connectors.documents.library import kind_of
from connectors.documents.table_files import Refuse, clipped, each, lists, or_null, texts
from connectors.documents.table_rows import Rows
from influence.errors import InputError
from influence.schema import Checkpoint, Progress, no_progress

#: Meaning of a column -> names by which it is known, the most telling first. Another name is said by option.
WORKS = {
    "id": ("id", "work", "workid", "paper", "paperid", "artifact", "key", "doi", "pmid"),
    "title": ("title", "name", "papertitle"),
    "date": ("date", "publicationdate", "published", "pubdate", "created"),
    "year": ("year", "publicationyear", "pubyear", "py"),
    "authors": ("authors", "author", "authornames", "creators", "creator"),
    "author_ids": ("authorids", "authorid", "orcids", "orcid", "authorsids"),
    "kind": ("kind", "type", "documenttype"),
    "status": ("status",),
    "url": ("url", "link"),
}
CITATIONS = {
    "citing": ("citing", "citingid", "citingpaper", "citingdoi", "from", "source", "sourceid", "fromid"),
    "cited": ("cited", "citedid", "citedpaper", "citeddoi", "to", "target", "targetid", "toid"),
    "cited_on": ("date", "time", "citedon", "citationdate"),
    "how": ("how", "context", "section"),
}
#: Why a citation does not stand, in the order in which it is asked.
_REFUSALS = (
    ("references of documents to themselves", "nobody follows by them"),
    ("references to what is not there", "no document of that number, name or place was read"),
    ("references without a date", "neither the text nor its document says when"),
    ("references to a later document", "no history says when they entered the text"),
)
_WITHDRAWN = ("retracted", "withdrawn", "superseded", "rejected")
_DAY = np.timedelta64(1, "D")
_EARLIEST = np.datetime64("1680-01-01", "us")
_PRECISION = {"year": 1, "month": 2, "day": 3}


def recognise(folder: Path) -> bool:
    """Whether a folder holds the tables `works` and `citations`."""
    return folder.is_dir() and all(table_files.find(folder, stem) for stem in ("works", "citations"))


def pairs(path: Path, refuse: Refuse) -> Iterator[tuple[str, str]]:
    """The pairs of a table of citations, as written.

    Raises
    ------
    influence.errors.InputError
        When it cannot be read or lacks a column.
    """
    table = table_files.read(path, CITATIONS, {}, (("citing",), ("cited",)), refuse)
    citing, cited = (texts(table.column(name)).to_pylist() for name in ("citing", "cited"))
    yield from ((a, b) for a, b in zip(citing, cited, strict=True) if a and b)


def read(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    source: str | None = None,
    label: str | None = None,
    connector: str = "documents",
    options: Mapping[str, Any] | None = None,
    progress: Progress = no_progress,
) -> Checkpoint:
    """Read a corpus of tables.

    Parameters
    ----------
    path
        A folder with ``works.csv`` (or .tsv, .parquet, or a folder ``works`` of Parquet files) and the same of
        ``citations``.
    columns
        Meaning -> name of the column, where it is none of those in `WORKS` and `CITATIONS`.
    source, label, connector, options
        As in `influence.schema.Harvest`; source and label come from the path by default.
    progress
        Called after each step.

    Raises
    ------
    influence.errors.InputError
        When a table is missing, cannot be read or lacks a column.
    """
    path = Path(path)
    given = dict(columns or {})
    if unknown := sorted(set(given) - set(WORKS) - set(CITATIONS)):
        raise InputError(f"there is no column {unknown[0]!r} to name", f"these are: {', '.join((*WORKS, *CITATIONS))}")
    label = label or (path.name or path.absolute().name)
    corpus = _Tables(source or f"{connector}:{label}", label)
    files = {}
    for stem in ("works", "citations"):
        found = table_files.find(path, stem) if path.is_dir() else None
        if found is None:
            raise InputError(f"{path} has no {stem}.csv or {stem}.parquet", "name the folder with works and citations")
        files[stem] = found
    what = f"reading {label}"
    progress(what, 0, 3)
    try:
        works = table_files.read(files["works"], WORKS, given, (("id",), ("authors", "author_ids")), corpus.refuse)
        corpus.read_works(works)
        if not len(corpus.ids):
            raise InputError(f"{files['works']} has no work with an id", "a row is a work, and `id` says which")
        progress(what, 1, 3)
        cites = table_files.read(files["citations"], CITATIONS, given, (("citing",), ("cited",)), corpus.refuse)
        corpus.read_citations(cites)
    except pa.ArrowException as error:
        # Types of columns that are no text, or over 2 GB of text in one.
        what = str(error).splitlines()[0][:150] if str(error) else type(error).__name__
        raise InputError(f"{path} cannot be read as tables: {what}", "write text, or split the corpus") from None
    progress(what, 2, 3)
    made = corpus.checkpoint(str(path), connector, {**dict(options or {}), **({"columns": given} if given else {})})
    progress(what, 3, 3)
    return made


class _Tables(Rows):
    """The works and citations of a corpus as columns."""

    def __init__(self, source: str, label: str) -> None:
        self.source = source
        self.label = label
        self.space = namespace(label)
        self.counts = Counter()
        self.problems = Counter()
        self.latest = np.datetime64(dt.datetime.now(dt.UTC).replace(tzinfo=None), "us") + _DAY

    def refuse(self, what: str, why: str, count: int = 1) -> None:
        """Count what is left out."""
        if count:
            self.problems[what, why] += int(count)

    # -- works -------------------------------------------------------------------------------------------------------

    def read_works(self, table: pa.Table) -> None:
        """Ids, dates and bylines of the works; the first of those with one id counts."""
        named = texts(table.column("id"))
        ids = _artifacts(named, self.space)
        codes = ids.dictionary_encode()
        order = codes.indices.to_numpy()
        first = np.zeros(len(order), dtype=bool)
        first[np.unique(order, return_index=True)[1]] = True
        empty = pc.equal(named, "").to_numpy(zero_copy_only=False)
        self.refuse("works without an id", "nothing could cite them", empty.sum())
        self.refuse("documents whose number or id another has", "the first one was kept", (~first & ~empty).sum())
        kept = pa.array(np.flatnonzero(first & ~empty))
        table = table.take(kept)
        self.ids = ids.take(kept)
        size = len(self.ids)
        title = each(clipped(table, "title", size), author_names.unescaped)
        self.title = pc.if_else(pc.equal(title, ""), "(no title)", title)
        kinds = texts(table.column("kind")) if "kind" in table.column_names else pa.array([""] * size)
        self.kind = each(kinds, lambda text: kind_of(text) if text else "paper")
        status = clipped(table, "status", size)
        self.withdrawn = pc.sum(pc.is_in(pc.utf8_lower(status), pa.array(_WITHDRAWN)), min_count=0).as_py()
        self.status = or_null(status)
        self.url = or_null(clipped(table, "url", size))
        self.created, self.precision = self._dates(table, size)
        self._bylines(table, size)

    def _dates(self, table: pa.Table, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Dates as microseconds (NaT: not known), and how exact they are (3 day, 2 month, 1 year)."""
        created = np.full(size, "NaT", dtype="datetime64[us]")
        precision = np.full(size, 1)
        for name in ("date", "year"):
            if name not in table.column_names:
                continue
            when, exact = self._read_dates(table.column(name))
            unknown = np.isnat(created)
            created[unknown], precision[unknown] = when[unknown], exact[unknown]
        return created, precision

    def _read_dates(self, column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
        if pa.types.is_temporal(column.type) and not pa.types.is_time(column.type):
            zoned = getattr(column.type, "tz", None)
            moments = column.cast(pa.timestamp("us", "UTC") if zoned else pa.timestamp("us"), safe=False)
            when = moments.cast(pa.int64()).fill_null(np.iinfo("int64").min).to_numpy().view("datetime64[us]").copy()
            exact = np.full(len(when), 3)
        else:
            codes = texts(column).dictionary_encode()
            read = [publication_dates.read(text) for text in codes.dictionary.to_pylist()]
            at = codes.indices.to_numpy()
            when = np.array([date for date, _ in read] or [None], dtype="datetime64[us]")[at]
            exact = np.array([_PRECISION[precision] for _, precision in read] or [1])[at]
        wrong = ~np.isnat(when) & ((when < _EARLIEST) | (when > self.latest))
        self.refuse("dates that cannot be true", "taken as unknown", wrong.sum())
        when[wrong] = np.datetime64("NaT")
        return when, exact

    def _bylines(self, table: pa.Table, size: int) -> None:
        names = lists(table, "authors", size)
        ids = lists(table, "author_ids", size)
        parsed: dict[tuple[str, str], Mention] = {}
        bylines: list[list[Mention]] = []
        unequal = 0
        for row, numbers in zip(names, ids, strict=True):
            if not row:
                row = [""] * len(numbers)
            elif len(numbers) != len(row):
                unequal += bool(numbers)
                numbers = [""] * len(row)
            byline = []
            for pair in zip(row, numbers, strict=True):
                mention = parsed.get(pair)
                if mention is None:
                    mention = parsed[pair] = self._mention(*pair)
                if mention.name.display or mention.id:
                    byline.append(mention)
            bylines.append(byline)
        self.refuse("lists of author ids", "their number is not that of the authors; the names were taken", unequal)
        self.told = tell_apart(self.ids.to_pylist(), bylines)
        groups = {key for key, name in self.told.names.items() if is_group(name)}
        self.refuse(*GROUPS, sum(key in groups for row in self.told.keys for key in row) if groups else 0)
        rows = [[key for key in dict.fromkeys(row) if key not in groups] for row in self.told.keys]
        self.authors = np.array([len(row) for row in rows], dtype=np.int64)
        self.work_of = np.repeat(np.arange(size), self.authors)
        keys = pa.array([key for row in rows for key in row], pa.string()).dictionary_encode()
        self.people = keys.dictionary
        self.person = keys.indices.to_numpy().astype(np.int64)

    def _mention(self, text: str, number: str) -> Mention:
        if not number:
            return Mention(author_names.parse(text))
        name = author_names.parse(text)
        if not name.display:
            name = PersonName(author_names.tidy(text))
        if found := orcid(number):
            return Mention(name, f"orcid:{found}")
        if found := openalex(number, "A"):
            return Mention(name, f"openalex:{found}")
        return Mention(name, f"{self.space}:{author_names.tidy(number)}")

    # -- citations ---------------------------------------------------------------------------------------------------

    def read_citations(self, table: pa.Table) -> None:
        """Which citations stand; the others are counted by reason."""
        citing, cited = (_coded(texts(table.column(name)), self.space) for name in ("citing", "cited"))
        by = pc.index_in(citing.dictionary, self.ids).fill_null(-1).to_numpy()[citing.indices.to_numpy()]
        to = pc.index_in(cited.dictionary, self.ids).fill_null(-1).to_numpy()[cited.indices.to_numpy()]
        target = cited.indices.to_numpy().astype(np.int64)
        when = np.full(len(by), "NaT", dtype="datetime64[us]")
        if "cited_on" in table.column_names:
            when = self._read_dates(table.column("cited_on"))[0]
        how = texts(table.column("how")) if "how" in table.column_names else pa.array([""] * len(by))
        how = pc.if_else(pc.equal(how, ""), "reference", how)
        stranger = by < 0
        self.refuse("citations by a work that is not there", "the table of works does not have it", stranger.sum())

        rows = np.flatnonzero(~stranger)
        by, to, target, dated = by[rows], to[rows], target[rows], ~np.isnat(when[rows])
        time = np.where(dated, when[rows], self.created[by])
        schemes = np.array([_is_global(one) for one in cited.dictionary.to_pylist()] or [False])
        reason = np.select(
            [to == by, (to < 0) & ~schemes[target], np.isnat(time), (to >= 0) & ~dated & self._later(to, by)],
            [1, 2, 3, 4],
            default=0,
        )

        # Each pair once: at the first time at which it stands, else for the first reason why it does not.
        moment = np.where(reason == 0, time.view("int64"), 0)
        order = np.lexsort((np.arange(len(rows)), moment, reason > 0))
        pair = by[order] * (len(cited.dictionary) + 1) + target[order]
        chosen = np.sort(order[np.unique(pair, return_index=True)[1]])
        standing = chosen[reason[chosen] == 0]
        for number, (what, why) in enumerate(_REFUSALS, start=1):
            self.refuse(what, why, (reason[chosen] == number).sum())
        self.counts["references_repeated"] += len(rows) - len(chosen)
        self.counts["references_found"] = len(chosen)
        self.counts["references_refused"] = len(chosen) - len(standing)
        self.counts["references_resolved"] = int((to[standing] >= 0).sum())
        self.counts["references_elsewhere"] = int((to[standing] < 0).sum())
        self.by, self.to, self.time = by[standing], to[standing], time[standing]
        self.visible = np.fmax(self.time, self.created[self.by])
        self.cited = cited.dictionary.take(pa.array(target[standing]))
        self.how = how.take(pa.array(rows[standing]))

    def _later(self, cited: np.ndarray, citing: np.ndarray) -> np.ndarray:
        """Whether the cited work is later, as far as the coarser of the two dates tells."""
        exact = np.minimum(self.precision[cited], self.precision[citing])
        later = np.zeros(len(cited), dtype=bool)
        for number, unit in ((1, "Y"), (2, "M"), (3, "D")):
            of = np.flatnonzero(exact == number)
            a, b = (self.created[side[of]].astype(f"datetime64[{unit}]") for side in (cited, citing))
            later[of] = a > b
        return later


def _artifacts(column: pa.Array, label: str) -> pa.Array:
    """Artifact ids of what a table calls its works."""
    return each(column, lambda text: artifact(_bounded(text), label))


def _coded(column: pa.Array, label: str) -> pa.DictionaryArray:
    return _artifacts(column, label).dictionary_encode()


def _bounded(text: str) -> str:
    return text[:900].replace("\x00", "\ufffd")


def _is_global(artifact_id: str) -> bool:
    scheme, _, rest = artifact_id.partition(":")
    return bool(rest) and scheme in GLOBAL_SCHEMES
