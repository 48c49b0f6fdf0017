"""Reviews from a service, live: what GitHub, GitLab and Gerrit have in common.

A service lists its changes and discussions in the order of their last update, page after page, each with a mark from
which to go on. About `LiveConnector.block` of them at a time become one checkpoint, which replaces just these units and
keeps the marks in `harvests.tip`, in one transaction: whoever was killed goes on from there, and the next collect asks
only for what was updated since. What a text refers to may come later in the list; such references wait, in the tip
too, until the list was read to its end.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from connectors.http import CircleError, ServiceError, pages
from connectors.review.model import Change, Discussion
from connectors.review.rows import Gatherer, Known
from connectors.review.unswept import unswept
from influence.schema import TABLES, Checkpoint, Harvest, Progress, no_progress

if TYPE_CHECKING:
    import pyarrow as pa

#: (table, columns, kinds): the rows that this source wrote into `table` earlier; of all kinds where none is named.
Stored = Callable[[str, Sequence[str], Sequence[str]], "pa.Table"]

#: So many pages in a row without anything that had not come in this run are no accident.
_FRUITLESS = 3
_UNFINISHED = ("lists that were not read to their end", 1, "the reading broke off; the same command goes on")
_LONGEST_MARK = 4000


@dataclass(slots=True)
class Page:
    """A page of a list.

    Attributes
    ----------
    items
        Changes and discussions, the one updated first first.
    mark
        From where to go on after it, now or in a later run; '': the beginning.
    more
        Whether the list has more now.
    total
        How long the whole list is; None: not known.
    """

    items: list[Change | Discussion]
    mark: str
    more: bool
    total: int | None = None


class StaleMarkError(ServiceError):
    """The service does not know the mark (any more): the list has to be read from its beginning."""


class Service(Protocol):
    """An open connection to a service.

    Attributes
    ----------
    problems
        (what, why) -> how often: what could not be read; filled while pages are read.
    """

    problems: Counter[tuple[str, str]]

    def listings(self) -> Sequence[str]:
        """Names of the lists that there are, in the order in which they are to be read.

        Raises
        ------
        connectors.http.ServiceError
            When the repository cannot be read.
        """
        ...

    def page(self, listing: str, mark: str) -> Page:
        """The page of a list after `mark`.

        Raises
        ------
        StaleMarkError
            When the mark is none.
        connectors.http.ServiceError
            When it cannot be read.
        """
        ...


class LiveConnector:
    """The reviews of one repository of a service. A subclass has `name`, `what` and `service`.

    Parameters
    ----------
    label
        What people call the repository, ``owner/name``.
    host
        The house where it lies; accounts are of that house.
    location
        Address that is asked.
    stored
        What this source wrote into the workspace earlier; None: nothing, everything is read.
    strict
        As in `connectors.review.consults.advice`.
    """

    name: ClassVar[str]
    #: What people call the service.
    what: ClassVar[str]
    #: So many changes and discussions make a checkpoint.
    block: ClassVar[int] = 1000

    def __init__(
        self, label: str, host: str, location: str, *, stored: Stored | None = None, strict: bool = True
    ) -> None:
        self.label = label
        self.host = host
        self.location = location
        self.strict = strict
        self.stored = stored

    @property
    def source(self) -> str:
        """Name of the source."""
        return f"{self.name}:{self.label}"

    @property
    def repository(self) -> str:
        """Stands for the repository until a clone of it is read: ``host/owner/name``."""
        return f"{self.host}/{self.label}".lower()

    @property
    def options(self) -> dict[str, Any]:
        """What shaped the reading; a reading with others is no base to go on from."""
        return {"strict": self.strict}

    def service(self) -> AbstractContextManager[Service]:
        """A connection to the service."""
        raise NotImplementedError

    def mark_of(self, unit: str, kind: str) -> str:
        """How texts name a unit that was read earlier (`kind`: pull_request, issue)."""
        return f"#{unit}"

    def checkpoints(self, progress: Progress = no_progress) -> Iterator[Checkpoint]:
        """Read what is new; yields a checkpoint for every block.

        Raises
        ------
        connectors.http.ServiceError
            When the lists cannot be read to their end, after what could be read was handed over.
        """
        reading = _Reading(self, self.stored)
        service: Service | None = None
        try:
            with self.service() as service:
                for listing in service.listings():
                    for page in self._pages(service, listing, reading):
                        if reading.has(page):
                            yield reading.checkpoint(service.problems, whole=False)
                        with unswept():
                            reading.take(listing, page)
                        progress(f"reading {listing} of {self.label} from {self.what}", len(reading.seen), page.total)
                        if len(reading.units) >= self.block:
                            yield reading.checkpoint(service.problems, whole=False)
        except ServiceError as error:
            if reading.seen:
                yield reading.checkpoint(service.problems if service else Counter(), whole=False)
            raise self._broken_off(error, reading) from None
        yield reading.checkpoint(service.problems, whole=True)

    def _pages(self, service: Service, listing: str, reading: _Reading) -> Iterator[Page]:
        def fetch(mark: str) -> tuple[Page, str | None]:
            with unswept():
                page = service.page(listing, mark)
            if len(page.mark) > _LONGEST_MARK:
                raise ServiceError(f"{self.what} sends a mark that is none", "check the address")
            return page, page.mark if page.more else None

        fruitless = 0
        begun = reading.marks.get(listing, "")
        while True:
            try:
                for _, page, _ in pages(fetch, begun, self.what):
                    new = any(item.unit not in reading.seen for item in page.items)
                    fruitless = 0 if new or not page.more else fruitless + 1
                    if fruitless >= _FRUITLESS:
                        raise CircleError(f"{self.what} sends the same {listing} again and again", "try again later")
                    yield page
                return
            except StaleMarkError:
                if not begun or reading.marks.get(listing) != begun:
                    raise
                begun = ""
            except CircleError:
                reading.marks.pop(listing, None)  # from there nobody can go on
                raise

    def _broken_off(self, error: ServiceError, reading: _Reading) -> ServiceError:
        """The error that the user reads: what went wrong, what to do, and what became of what was read."""
        remedy = error.remedy
        if reading.read:
            remedy += f"; {reading.read:,} changes and discussions are kept, and the same command goes on from there"
        return ServiceError(error.problem, remedy, status=error.status, wait=error.wait)


class _Reading:
    """What was read so far, in this run and before.

    Attributes
    ----------
    marks
        From where to go on, by list.
    units
        Units that were taken in since the last checkpoint.
    seen
        Units that came in this run.
    """

    def __init__(self, connector: LiveConnector, stored: Stored | None) -> None:
        self._connector = connector
        self._gatherer = Gatherer(
            connector.source, connector.repository, connector.host, strict=connector.strict, whole=False
        )
        self.marks: dict[str, str] = {}
        self.units: set[str] = set()
        self.seen: set[str] = set()
        self._kinds: dict[str, str] = {}
        self._problems: Counter[tuple[str, str]] = Counter()
        self._fresh = True
        # Whether `_kinds` has all that the workspace has: then what is not in it replaces nothing.
        self._all_known = True
        self._replaced: set[str] = set()
        if stored is not None:
            self._load(stored)

    @property
    def read(self) -> int:
        """How many changes and discussions there are, those of earlier runs among them."""
        return len(self._kinds)

    def has(self, page: Page) -> bool:
        """Whether something of the page was taken in since the last checkpoint: it has to take the place of that."""
        return any(item.unit in self.units for item in page.items)

    def take(self, listing: str, page: Page) -> None:
        """Take a page in; of what it holds twice the last counts."""
        items = {item.unit: item for item in page.items}
        self._gatherer.forget(items)
        for unit, item in items.items():
            if unit in self._kinds or not self._all_known:
                self._replaced.add(unit)
            if isinstance(item, Change):
                self._kinds[unit] = "changes"
                self._gatherer.take(item)
            else:
                self._kinds[unit] = "discussions"
                self._gatherer.discuss(item)
        self.units.update(items)
        self.seen.update(items)
        if page.mark:
            self.marks[listing] = page.mark

    def checkpoint(self, problems: Counter[tuple[str, str]], whole: bool) -> Checkpoint:
        """Hand over what was taken in. `whole`: the lists were read to their end."""
        gatherer, connector = self._gatherer, self._connector
        replaced, self._replaced, self.units = frozenset(self._replaced), set(), set()
        gatherer.resolve(whole)
        found = [(what, count, why) for (what, why), count in sorted((self._problems + problems).items())]
        state: dict[str, Any] = {"marks": self.marks, "bases": gatherer.bases()}
        if not whole:
            found.append(_UNFINISHED)
            state["references"] = gatherer.references()
        kinds = Counter(self._kinds.values())
        harvest = Harvest(
            source=connector.source,
            repository=connector.repository,
            label=connector.label,
            location=connector.location,
            connector=connector.name,
            tip=json.dumps(state, separators=(",", ":"), sort_keys=True),
            url=f"https://{connector.repository}",
            options=connector.options,
            first=gatherer.first,
            last=gatherer.last,
            contact="review",
            counts={**gatherer.counts, **{name: kinds[name] for name in ("changes", "discussions")}},
            problems=found,
        )
        tables = gatherer.tables()
        fresh, self._fresh = self._fresh, False
        return Checkpoint(
            harvest,
            {name: tables.get(name, TABLES[name].batch([])) for name in TABLES if name != "harvests"},
            None if fresh else replaced,
        )

    # -- what the workspace has --------------------------------------------------------------------------------------

    def _load(self, stored: Stored) -> None:
        harvests = stored("harvests", ("tip", "options", "counts", "problems", "first", "last"), ()).to_pylist()
        if not harvests:
            return
        harvest = harvests[0]
        self._fresh = self._all_known = False
        state = _object(harvest["tip"])
        if state.get("marks") is None or _object(harvest["options"]) != self._connector.options:
            return  # everything is read anew, and takes the place of what is there unit by unit
        self._all_known = True
        self.marks = {name: mark for name, mark in state["marks"].items() if isinstance(mark, str)}
        gatherer = self._gatherer
        gatherer.counts.update(_object(harvest["counts"]))
        gatherer.first, gatherer.last = harvest["first"], harvest["last"]
        if "references" in state:
            left = (one for one in json.loads(harvest["problems"]) if one != list(_UNFINISHED))
            self._problems.update({(what, why): count for what, count, why in left})
        gatherer.go_on(state.get("bases", {}), state.get("references", ()))
        columns = ("unit", "kind", "url", "title", "part_of")
        rows = stored("units", columns, ("pull_request", "issue", "branch")).to_pylist()
        branches = {row["part_of"]: row["title"] for row in rows if row["kind"] == "branch"}
        written, (ended, merged) = _authors(stored), _ends(stored)
        for row in rows:
            unit, kind = row["unit"], row["kind"]
            if kind == "branch":
                continue
            self._kinds[unit] = "changes" if kind == "pull_request" else "discussions"
            # Of whom nobody is known nobody can have followed them.
            author, created = written.get(unit, (None, dt.datetime.max))
            mark = self._connector.mark_of(unit, kind)
            branch, discussed = branches.get(unit, ""), kind == "issue"
            known = Known(unit, author, created, ended.get(unit), row["url"], branch, unit in merged, discussed)
            gatherer.know(mark, known)


def _authors(stored: Stored) -> dict[str, tuple[str | None, Any]]:
    """Author and time of what was read, by unit."""
    acts = stored("acts", ("unit", "actor", "time"), ("pull_request", "issue"))
    columns = (acts.column(name).to_pylist() for name in ("unit", "actor", "time"))
    return {unit: (actor, time) for unit, actor, time in zip(*columns, strict=True)}


def _ends(stored: Stored) -> tuple[dict[str, Any], set[str]]:
    """When changes ended, by unit; and which of them were merged."""
    acts = stored("acts", ("unit", "kind", "time"), ("merge", "close", "reopen")).sort_by("time")
    ends: dict[str, Any] = {}
    merged: set[str] = set()
    for unit, kind, time in zip(*(acts.column(name).to_pylist() for name in ("unit", "kind", "time")), strict=True):
        if unit in merged:
            continue
        if kind == "merge":
            merged.add(unit)
        ends[unit] = None if kind == "reopen" else time
    return ends, merged


def _object(text: Any) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
