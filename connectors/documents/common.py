"""What every reader of documents hands over: works with their authors and references, as rows of the tables.

A reader turns what it reads into `Work`s and adds them to a `Corpus`. The corpus knows which works there are, so it
decides which references stand: to a work of its own, to one that another source may hold (ids are global, so that two
sources meet), or to none. Nothing is dropped in silence: every reference is counted as resolved, elsewhere or
refused, and every reason with its number comes out in `Harvest.problems`.

Ids: ``pep:8``, ``eip:1559`` (ERCs too: they share the numbers), ``bip:32``, ``kep:1234``, ``rust-rfc:2000``,
``rfc:9110``, ``draft:draft-ietf-quic-http``, ``doi:10.1000/x`` (lower case), ``openalex:W1``; and, of one source only,
``adr:<label>:<number>``, ``doc:<label>:<path>`` and ``<label of the corpus>:<id>``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import compress
from typing import Any

from connectors.documents.groups import is_group
from connectors.documents.works import (
    LONGEST_ID,
    LONGEST_NAME,
    LONGEST_TITLE,
    Author,
    Reference,
    Work,
    clean,
    each_once,
    is_later,
    tidy,
    utc,
)
from influence.schema import TABLES, Checkpoint, Harvest

__all__ = [
    "CROWD",
    "GLOBAL_SCHEMES",
    "GROUPS",
    "LONGEST_TITLE",
    "Author",
    "Corpus",
    "Reference",
    "Work",
    "clean",
    "utc",
]

#: Schemes of ids that mean the same work in every source.
GLOBAL_SCHEMES = frozenset(
    ("pep", "eip", "bip", "kep", "rust-rfc", "rfc", "draft", "doi", "openalex", "arxiv", "pmid", "isbn")
)
#: A work with more authors names neither leaders nor followers: counted here, applied in analysis.
CROWD = 50
#: What is said of authors that are groups.
GROUPS = ("authors that are groups", "a team or an organisation is nobody: it neither leads nor follows")
#: Years that every clock further on can hold.
_YEARS = range(1680, 2261)


class Corpus:
    """The works of one source, and what became of their references.

    Parameters
    ----------
    source, label, location, connector
        As in `influence.schema.Harvest`.
    repository
        Id of the git repository that the documents lie in, or None.
    url
        Web page of the whole, or None.
    options
        What shaped the reading.
    whole
        Schemes of ids of which this corpus holds every work: one that is not in it does not exist.
    latest
        Dates after this (UTC) cannot be true and are taken as unknown; tomorrow by default.
    """

    def __init__(
        self,
        source: str,
        label: str,
        location: str,
        connector: str,
        *,
        repository: str | None = None,
        url: str | None = None,
        options: Mapping[str, Any] | None = None,
        whole: Collection[str] = (),
        latest: dt.datetime | None = None,
    ) -> None:
        self.source = source
        self.label = label
        self.location = location
        self.connector = connector
        self.repository = repository
        self.url = url
        self.options = dict(options or {})
        self.whole = frozenset(whole)
        self.works: dict[str, Work] = {}
        #: What a reader has judged itself (references_refused, ...), before the corpus judges the rest.
        self.counts: Counter[str] = Counter()
        #: Files outside of git: nothing but their text dates them, and, where that does not, what `undated` says.
        self.plain = False
        self.undated: dt.datetime | None = None
        self._latest = latest or dt.datetime.now(dt.UTC).replace(tzinfo=None) + dt.timedelta(days=1)
        self._aliases: dict[str, str] = {}
        self._problems: Counter[tuple[str, str]] = Counter()

    def add(self, work: Work, aliases: Iterable[str] = ()) -> bool:
        """Add a work, which may be cited by its id or by one of `aliases`.

        Returns False where its id is taken: the first one stays.
        """
        work.id = clean(work.id, LONGEST_ID)
        if work.id in self.works:
            self.refuse("documents whose number or id another has", "the first one was kept")
            return False
        work.title = clean(work.title, LONGEST_TITLE)
        work.status = clean(work.status, LONGEST_NAME) if work.status else None
        work.path = clean(work.path, LONGEST_ID) if work.path else None
        work.created = self._date(work.created)
        if work.created is None and self.plain:
            self._date_file(work)
        work.visible = utc(work.visible) or work.created
        if work.created and work.visible and work.visible < work.created:
            work.visible = work.created
        work.authors, work.shares = each_once(*self._people(work))
        for author, _ in work.powers:
            tidy(author)
        self.works[work.id] = work
        for alias in aliases:
            self._aliases.setdefault(clean(alias, LONGEST_ID), work.id)
        return True

    def _people(self, work: Work) -> tuple[list[Author], list[float] | None]:
        """The authors who are people, with their shares."""
        people = [not (author.name and is_group(author.name)) for author in work.authors]
        self.refuse(*GROUPS, people.count(False))
        shares = work.shares
        if shares is not None and len(shares) == len(people):
            shares = list(compress(shares, people))
        return list(compress(work.authors, people)), shares

    def _date_file(self, work: Work) -> None:
        if self.undated is None:
            self.refuse("files without a date", "what they cite does not count; --date says when they were written")
            return
        work.created, work.precision = self.undated, "day"
        self.refuse("dates of files that bear none", f"taken from --date: {self.undated:%Y-%m-%d}")

    def refuse(self, what: str, why: str, count: int = 1) -> None:
        """Count something that is left out: `what` in the plural, and why (or what to do)."""
        if count:
            self._problems[what, why] += count

    def knows(self, artifact: str) -> bool:
        """Whether a work of this id (or alias) was added."""
        return artifact in self.works or artifact in self._aliases

    def checkpoint(
        self, tip: str = "", first: dt.datetime | None = None, last: dt.datetime | None = None
    ) -> Checkpoint:
        """Everything as one checkpoint. `first` and `last` are the earliest and latest time by default."""
        said = self._problems.copy()
        counts = self.counts.copy()
        citations = self._citations(counts)
        tables = {
            "artifacts": self._artifacts(),
            "authorships": self._authorships(citations),
            "citations": citations,
            "acts": self._acts(),
            "units": self._units(),
            "holdings": self._holdings(),
            "authority": self._authority(),
            "identities": self._identities(),
        }
        times = [work.created for work in self.works.values() if work.created]
        seen = [work.visible for work in self.works.values() if work.visible]
        times += citations["time"][:]
        seen += citations["visible"][:]
        harvest = Harvest(
            source=self.source,
            repository=self.repository,
            label=self.label,
            location=self.location,
            connector=self.connector,
            tip=tip,
            url=self.url,
            options=self.options,
            first=first or min(times, default=None),
            last=last or max(seen, default=None),
            contact="coauthors",
            counts=self._counted(counts),
            problems=[(what, count, why) for (what, why), count in sorted(self._problems.items())],
        )
        # Asked once more, it must not count twice.
        self._problems = said
        return Checkpoint(harvest, {name: TABLES[name].batch(self._sourced(cols)) for name, cols in tables.items()})

    # -- tables: a dict of columns each, whole columns at a time because a corpus may have a million citations ---------

    def _sourced(self, columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
        return {"source": [self.source] * len(next(iter(columns.values()))), **columns}

    def _artifacts(self) -> dict[str, list[Any]]:
        works = self.works.values()
        return {
            "id": [work.id for work in works],
            "kind": [work.kind for work in works],
            "created": [work.created for work in works],
            "title": [work.title for work in works],
            "status": [work.status or ("Withdrawn" if work.withdrawn else None) for work in works],
            "url": [work.url for work in works],
        }

    def _authorships(self, citations: dict[str, list[Any]]) -> dict[str, list[Any]]:
        # A work that nobody dated was there at the latest when it was first cited.
        cited: dict[str, dt.datetime] = {}
        for artifact, visible in zip(citations["cited"], citations["visible"], strict=True):
            if artifact in self.works and self.works[artifact].visible is None:
                cited[artifact] = min(visible, cited.get(artifact, visible))
        rows = [
            (work.id, author.key, share, work.visible or cited.get(work.id))
            for work in self.works.values()
            for author, share in zip(work.authors, work.shares or (), strict=True)
        ]
        return _columns(("artifact", "identity", "share", "visible"), rows)

    def _citations(self, counts: Counter[str]) -> dict[str, list[Any]]:
        rows: list[tuple[str, str, dt.datetime, dt.datetime, str]] = []
        for work in self.works.values():
            pairs: dict[str, dict[str, _Times]] = {}
            refused: dict[str, str] = {}
            for reference in work.references:
                cited = reference.cited if reference.cited in self.works else clean(reference.cited, LONGEST_ID)
                cited = self._aliases.get(cited, cited)
                if cited in pairs or cited in refused:
                    counts["references_repeated"] += 1
                judged = self._judge(work, reference, cited)
                if isinstance(judged, str):
                    refused.setdefault(cited, judged)
                else:
                    hows = pairs.setdefault(cited, {})
                    hows[reference.how] = min(judged, hows.get(reference.how, judged))
            for cited, reason in refused.items():
                if cited not in pairs:
                    counts["references_refused"] += 1
                    self.refuse(*_REFUSALS[reason])
            for cited, hows in pairs.items():
                counts["references_resolved" if cited in self.works else "references_elsewhere"] += 1
                rows += [(work.id, cited, *times, how) for how, times in hows.items()]
        return _columns(("citing", "cited", "time", "visible", "how"), rows)

    def _judge(self, work: Work, reference: Reference, cited: str) -> _Times | str:
        """When a reference was made and could be seen; a key of `_REFUSALS` where it does not stand."""
        target = self.works.get(cited)
        if target is work:
            return "itself"
        if target is None:
            scheme, _, rest = cited.partition(":")
            if not rest or scheme not in GLOBAL_SCHEMES or scheme in self.whole:
                return "unresolved"
        time = self._date(reference.time)
        if time is None:
            if work.created is None:
                return "undated"
            if target is not None and is_later(target, work):
                return "later"
            time, visible = work.created, work.visible or work.created
        else:
            visible = utc(reference.visible) or max(time, work.visible or time)
        return time, max(time, visible)

    def _acts(self) -> dict[str, list[Any]]:
        rows = [
            (self.repository, work.id, "document", work.created, work.visible, author.key, work.path, 1.0)
            for work in self.works.values()
            if work.created
            for author in work.authors
        ]
        return _columns(("repository", "unit", "kind", "time", "visible", "actor", "path", "amount"), rows)

    def _units(self) -> dict[str, list[Any]]:
        works = self.works.values()
        return {
            "repository": [self.repository] * len(works),
            "unit": [work.id for work in works],
            "kind": ["document"] * len(works),
            "title": [work.title for work in works],
            "url": [work.url for work in works],
            "paths": [[work.path] if work.path else None for work in works],
        }

    def _holdings(self) -> dict[str, list[Any]]:
        """How many citable documents (shares added up) each author had, from the end of each quarter that added one."""
        added: Counter[tuple[dt.datetime, str, str]] = Counter()
        for work in self.works.values():
            if work.visible is not None:
                folder = (work.path or "").rpartition("/")[0]
                for author, share in zip(work.authors, work.shares or (), strict=True):
                    added[quarter_end(work.visible), folder, author.key] += share  # type: ignore[assignment]
        total: Counter[tuple[str, str]] = Counter()
        rows = []
        for (quarter, folder, key), amount in sorted(added.items()):
            total[folder, key] += amount
            rows.append((self.repository, quarter, folder, key, "documents", float(total[folder, key])))
        return _columns(("repository", "quarter", "directory", "identity", "kind", "amount"), rows)

    def _authority(self) -> dict[str, list[Any]]:
        """Power over one document: over its path in the repository, or over its id."""
        rows: list[tuple[Any, ...]] = []
        for work in self.works.values():
            for author, role in dict.fromkeys((author.key, role) for author, role in work.powers):
                team = author.removeprefix("team:") if author.startswith("team:") else None
                place = work.path if self.repository and work.path else work.id
                who = (None, team) if team else (author, None)
                rows.append((*who, self.repository, place, len(rows), "every", role, work.created))
        names = ("leader", "leader_team", "repository", "pattern", "position", "rule", "role", "since")
        return _columns(names, rows)

    def _identities(self) -> dict[str, list[Any]]:
        people: dict[str, Author] = {}
        first: dict[str, dt.datetime] = {}
        for work in self.works.values():
            for author in work.authors:
                people.setdefault(author.key, author)
                if work.created:
                    first[author.key] = min(work.created, first.get(author.key, work.created))
            for author, _ in work.powers:
                if not author.key.startswith("team:"):
                    people.setdefault(author.key, author)
        rows = [
            (key, author.name or author.login or author.email or key, author.email, author.login, first.get(key))
            for key, author in people.items()
        ]
        return _columns(("key", "display", "email", "login", "first"), rows)

    def _counted(self, counts: Counter[str]) -> dict[str, int]:
        works = self.works.values()
        found = ("references_resolved", "references_elsewhere", "references_refused")
        return {
            "documents": len(works),
            "authors": len({author.key for work in works for author in work.authors}),
            "without_author": sum(not work.authors for work in works),
            "without_date": sum(work.created is None for work in works),
            "withdrawn": sum(work.withdrawn for work in works),
            "works_over_50_authors": sum(len(work.authors) > CROWD for work in works),
            "references_found": sum(counts[name] for name in found),
            **{name: counts[name] for name in (*found, "references_repeated")},
        }

    def _date(self, time: dt.datetime | None) -> dt.datetime | None:
        time = utc(time)
        if time is not None and (time.year not in _YEARS or time > self._latest):
            self.refuse("dates that cannot be true", "taken as unknown")
            return None
        return time


_Times = tuple[dt.datetime, dt.datetime]

_REFUSALS = {
    "itself": ("references of documents to themselves", "nobody follows by them"),
    "unresolved": ("references to what is not there", "no document of that number, name or place was read"),
    "undated": ("references without a date", "neither the text nor its document says when"),
    "later": ("references to a later document", "no history says when they entered the text"),
}


def quarter_end(time: dt.datetime) -> dt.datetime:
    """The last second of the quarter in which `time` lies.

    >>> quarter_end(dt.datetime(2024, 2, 3))
    datetime.datetime(2024, 3, 31, 23, 59, 59)
    """
    month = 3 * ((time.month - 1) // 3) + 4
    return dt.datetime(time.year + (month > 12), (month - 1) % 12 + 1, 1) - dt.timedelta(seconds=1)


def _columns(names: tuple[str, ...], rows: list[Any]) -> dict[str, list[Any]]:
    """Rows as a dict of columns."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return dict(zip(names, map(list, columns), strict=True))
