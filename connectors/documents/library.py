"""What a bibliography becomes: records as a file has them, then works, their authors told apart, references found.

A reader of a format turns each entry into a `Record` and adds it; what an entry does not say stays empty. Whether two
entries are one work, who its authors are and which work a reference means is decided here, for all formats alike, once
all entries are known.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.documents.author_names import unescaped
from connectors.documents.authors import Mention, tell_apart
from connectors.documents.cited_text import Shelf, Words
from connectors.documents.common import Corpus, Reference, Work
from connectors.documents.identifiers import artifact, doi, namespace
from connectors.documents.publication_dates import UNKNOWN, Dated
from influence.schema import TABLES, Checkpoint

#: What the formats call a kind of work -> what we call it; any other is a document.
KINDS = {
    name: kind
    for kind, names in {
        "paper": "article inproceedings conference incollection inbook suppperiodical suppcollection "
        "article-journal article-magazine article-newspaper paper-conference chapter review jour cpaper conf chap mgzn "
        "journal-article proceedings-article book-chapter book-section review-article letter editorial erratum ejour j",
        "book": "book mvbook booklet collection mvcollection proceedings mvproceedings reference mvreference edbook "
        "ebook monograph edited-book reference-book book-set book-series b",
        "preprint": "unpublished unpb posted-content preprint",
        "thesis": "thesis phdthesis mastersthesis thes dissertation",
        "report": "techreport report rprt manual standard stand",
        "dataset": "dataset data",
        "software": "software comp",
        "patent": "patent pat",
    }.items()
    for name in names.split()
}

#: The largest collaborations have a few thousand.
MOST_AUTHORS = 20_000
#: Two entries of one key in two files: only a reference from the same file knows which is meant.
_SEVERAL = ""


def kind_of(text: object) -> str:
    """Kind of a work from what its format calls it."""
    return KINDS.get(text.strip().lower(), "document") if isinstance(text, str) else "document"


@dataclass(slots=True)
class Cited:
    """A reference as an entry has it: an artifact id, a key of an entry, or words.

    Attributes
    ----------
    id
        Artifact id (``doi:...``, ``openalex:W...``), or ''.
    key
        Key of an entry as the file calls it, or ''.
    words
        What it says of the work in words, or None.
    how
        The way of citing.
    """

    id: str = ""
    key: str = ""
    words: Words | None = None
    how: str = "reference"


@dataclass(slots=True)
class Record:
    """One entry of a bibliography.

    Attributes
    ----------
    id
        Artifact id where the entry has an identifier that means the same everywhere, else ''.
    key, scope
        What the file calls it, and which file that is (its path in the folder).
    kind, title, status, url
        As in `connectors.documents.common.Work`.
    dated
        When it was published, and how exactly that is known.
    authors
        Its byline.
    unnamed
        The byline ends in "and others".
    volume, page
        To recognise it in a reference in words.
    references
        What it cites.
    aliases
        Other artifact ids of it.
    undone
        Ids of works that it retracts.
    latest_cited
        Without a date of its own, it is as old as the youngest work that it cites (a manuscript).
    """

    id: str = ""
    key: str = ""
    scope: str = ""
    kind: str = "document"
    title: str = ""
    dated: Dated = UNKNOWN
    authors: list[Mention] = field(default_factory=list)
    unnamed: bool = False
    url: str | None = None
    status: str | None = None
    withdrawn: bool = False
    path: str | None = None
    volume: str = ""
    page: str = ""
    references: list[Cited] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    latest_cited: bool = False


class Library:
    """The records of one source.

    Parameters
    ----------
    source, label, location, connector
        As in `influence.schema.Harvest`.
    options
        What shaped the reading.
    """

    def __init__(
        self, source: str, label: str, location: str, connector: str, *, options: Mapping[str, Any] | None = None
    ) -> None:
        self.label = label
        self.space = namespace(label)
        self.corpus = Corpus(source, label, location, connector, options=options)
        self.records: dict[str, Record] = {}
        self.identifiers: dict[str, str] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._undone: set[str] = set()
        self._more: list[tuple[str, str, str]] = []
        #: How many records were added, those of one work each for itself.
        self.seen = 0

    def refuse(self, what: str, why: str, count: int = 1) -> None:
        """Count something that is left out."""
        self.corpus.refuse(what, why, count)

    def add(self, record: Record) -> str:
        """Add a record; one of a work that is there already completes it. Returns its artifact id."""
        self.seen += 1
        self.refuse(
            "authors of a work with too many", f"after its {MOST_AUTHORS:,}th", len(record.authors[MOST_AUTHORS:])
        )
        record.authors = record.authors[:MOST_AUTHORS]
        known = self._known(record)
        if known is None:
            record.id = record.id or self._own_id(record)
            self.records[record.id] = record
        else:
            self.refuse(
                "entries of a work that another entry describes", "read as one work, what the first says counts"
            )
            _complete(known, record)
        one = known or record
        for name in (record.id, *record.aliases):
            if name:
                self.identifiers.setdefault(name, one.id)
        self._undone.update(record.undone)
        if record.key:
            # In its file the first one counts; in its folder, and in all, only one that is alone.
            self._keys.setdefault((record.scope, record.key), one.id)
            for wider in (f"{os.path.dirname(record.scope)}/", "//"):
                if self._keys.setdefault((wider, record.key), one.id) != one.id:
                    self._keys[wider, record.key] = _SEVERAL
        return one.id

    def cite(self, citing: str, cited: str, scope: str = "") -> None:
        """Add a citation of a table beside the bibliography: two keys or identifiers as written."""
        self._more.append((citing, cited, scope))

    def key(self, key: str, scope: str = "") -> str | None:
        """Artifact id of the entry called `key`: in the file `scope`, else the only one in its folder, else in all."""
        wider = (scope, f"{os.path.dirname(scope)}/", "//")
        return next((one for place in wider if (one := self._keys.get((place, key)))), None)

    def checkpoint(
        self, tip: str = "", first: dt.datetime | None = None, last: dt.datetime | None = None
    ) -> Checkpoint:
        """Everything as one checkpoint."""
        self._cite_more()
        records = list(self.records.values())
        bylines = [[m for m in record.authors if m.name.display or m.id] for record in records]
        told = tell_apart([record.id for record in records], bylines)
        shelf = self._shelf(records)
        undone = {self.identifiers.get(one, one) for one in self._undone}
        for position, record in enumerate(records):
            references = [Reference(self._meant(cited, record, shelf), cited.how) for cited in record.references]
            created, precision = record.dated
            if created is None and record.latest_cited:
                created, precision = self._latest(references), "day"
            gone = record.withdrawn or record.id in undone
            work = Work(
                id=record.id,
                kind=record.kind,
                title=" ".join(unescaped(record.title).split()) or "(no title)",
                created=created,
                status=record.status or ("Retracted" if gone else None),
                url=record.url,
                authors=told.byline(position),
                references=references,
                path=record.path,
                withdrawn=gone,
                precision=precision,
            )
            self.corpus.add(work)
        made = self.corpus.checkpoint(tip, first, last)
        made.harvest.counts["authors_by_initials_only"] = told.undecided
        made.harvest.counts["works_with_unnamed_authors"] = sum(record.unnamed for record in records)
        source = made.harvest.source
        names = ("a", "b", "same", "by")
        links = [{"source": source, **dict(zip(names, link, strict=True))} for link in told.links]
        made.tables = {**made.tables, "identity_links": TABLES["identity_links"].batch(links)}
        return made

    def _known(self, record: Record) -> Record | None:
        for name in (record.id, *record.aliases):
            if name and name in self.identifiers:
                return self.records[self.identifiers[name]]
        if record.id:
            return None
        # A copy of a file in the same folder, or an entry that was pasted twice.
        same = self.records.get(f"{self.space}:{record.key or _digest(record)}")
        return same if same is not None and _digest(same) == _digest(record) else None

    def _own_id(self, record: Record) -> str:
        """An id of this corpus: by the entry's key; where it has none or that is taken, by what the entry says."""
        mine = f"{self.space}:{record.key or _digest(record)}"
        if mine in self.records:
            mine = f"{self.space}:{record.key}-{_digest(record)}"
        while mine in self.records:
            mine += "'"
        return mine

    def _shelf(self, records: list[Record]) -> Shelf | None:
        if not any(cited.words for record in records for cited in record.references):
            return None
        shelf = Shelf()
        for record in records:
            when = record.dated[0]
            if when and record.authors:
                family = record.authors[0].name.family
                words = Words("", family, str(when.year), record.title, record.volume, record.page)
                shelf.add(record.id, words)
        return shelf

    def _meant(self, cited: Cited, record: Record, shelf: Shelf | None) -> str:
        """Artifact id that a reference means; one that exists nowhere where it means nothing that is known."""
        if cited.id:
            return self.identifiers.get(cited.id, cited.id)
        if cited.key:
            return self.key(cited.key, record.scope) or artifact(cited.key, f"{self.space}:?")
        words = cited.words or Words()
        found = shelf.find(words) if shelf else None
        return found or f"text:{words.text or repr(words)}"

    def _latest(self, references: list[Reference]) -> dt.datetime | None:
        dates = [self.records[one.cited].dated[0] for one in references if one.cited in self.records]
        return max((date for date in dates if date), default=None)

    def _cite_more(self) -> None:
        for citing, cited, scope in self._more:
            by = self._named(citing, scope)
            if by is None:
                self.refuse("citations by a work that is not in the bibliography", "its key or DOI was not found")
                continue
            target = self._named(cited, scope)
            self.records[by].references.append(Cited(id=target or "", key="" if target else cited))
        self._more.clear()

    def _named(self, text: str, scope: str) -> str | None:
        if one := self.key(text, scope):
            return one
        if found := doi(text):
            return self.identifiers.get(f"doi:{found}")
        return self.identifiers.get(artifact(text, self.space))


def _digest(record: Record) -> str:
    """A hash of what an entry says of its work."""
    said = repr((record.title, record.dated, [m.name.display for m in record.authors]))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:12]


def _identified(authors: list[Mention], others: list[Mention]) -> list[Mention]:
    """A byline with the identifiers that another copy of it gives, name by name; as it is where the names differ."""
    if [one.name.display for one in authors] != [one.name.display for one in others]:
        return authors
    return [one if one.id else other for one, other in zip(authors, others, strict=True)]


def _complete(known: Record, record: Record) -> None:
    """Add to a record what another entry of the same work says beyond it."""
    known.authors = _identified(known.authors, record.authors) if known.authors else record.authors
    known.title = known.title or record.title
    known.url = known.url or record.url
    known.volume, known.page = known.volume or record.volume, known.page or record.page
    known.withdrawn = known.withdrawn or record.withdrawn
    known.references += record.references
    known.aliases += [record.id, *record.aliases]
    if known.dated[0] is None:
        known.dated = record.dated
