"""OpenAlex, live: a list of works from its API, with authors and references.

API: https://developers.openalex.org/guides/page-through-results (cursor paging),
https://developers.openalex.org/api-reference/authentication (keys, prices, limits).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from connectors.documents import openalex_json
from connectors.documents.identifiers import openalex
from connectors.documents.json_items import Item, dict_of, list_of
from connectors.documents.library import Library, Record
from connectors.documents.openalex_query import parse
from connectors.http import CircleError, Client, Limits, ServiceError, address, is_loopback, pages
from connectors.spool import Spool
from influence.errors import InputError
from influence.schema import Checkpoint, Progress, no_progress

BASE = "https://api.openalex.org"
KEY, MAIL = "OPENALEX_API_KEY", "OPENALEX_MAILTO"
#: As many works as one request may ask for.
PER_PAGE = 100
#: A longer list is a job for the snapshot, as OpenAlex asks.
MOST = 1_000_000
#: Harvests whose list was read to its end have this tip; others the cursor to go on from.
WHOLE = "whole"
#: A list names no more authors of a work.
_MOST_AUTHORS = 100
#: So many pages without a work that had not come before are no accident.
_FRUITLESS = 3
_LONGEST_CURSOR = 4000
_SCALARS = ("id", "doi", "title", "display_name", "publication_date", "publication_year", "type", "is_retracted")
_SELECT = ",".join((*_SCALARS, "biblio", "authorships", "referenced_works"))


class OpenAlexConnector:
    """The works that OpenAlex lists for a query.

    Parameters
    ----------
    query
        A filter (``authorships.author.id:A5023888391``), words to search for, an id (``A...``, ``T...``, ``W1|W2``, a
        DOI, an ORCID iD), or the address of a list on openalex.org or of its API.
    source
        Name of the source; ``openalex:`` and the query by default.
    mail
        Address that OpenAlex can write to when our requests are a trouble; OPENALEX_MAILTO by default, or none.
    base
        Address of the API.
    key
        API key; OPENALEX_API_KEY by default. It goes to OpenAlex, or to this machine, and nowhere else.
    spool
        File in which pages are kept until the list is read to its end; None: a reading that breaks off begins anew.
    replaces_whole
        There is a whole reading of this source already: a part must not take its place.
    limits
        How long and how often the API is asked.

    Raises
    ------
    influence.errors.InputError
        When the query asks for nothing; from `checkpoints`, when the list cannot be read, after what could be read was
        handed over.
    """

    name: ClassVar[str] = "openalex"
    #: Pages after which there is a first checkpoint; the next comes after twice as many, and so on.
    first_checkpoint: ClassVar[int] = 10

    def __init__(
        self,
        query: str,
        *,
        source: str | None = None,
        mail: str | None = None,
        base: str | None = None,
        key: str | None = None,
        spool: Path | None = None,
        replaces_whole: bool = False,
        limits: Limits | None = None,
    ) -> None:
        mail = mail or os.environ.get(MAIL, "")
        if mail and (not mail.isprintable() or not mail.isascii() or "@" not in mail or set(mail) & set(" ()<>")):
            raise InputError("the mail address for OpenAlex is none", "give one like you@example.org")
        self._mail = mail
        self._limits = limits
        self.base = (base or BASE).rstrip("/")
        host = address(self.base).host
        self._key = (key or os.environ.get(KEY) or None) if self.base == BASE or is_loopback(host) else None
        self.query = parse(query, host)
        self.source = source or f"openalex:{self.query.text}"
        self.spool = spool
        self.replaces_whole = replaces_whole

    def checkpoints(self, progress: Progress = no_progress) -> Iterator[Checkpoint]:
        """Read the list; yields checkpoints of all that was read so far, the last one of the whole list."""
        with Spool(self.spool, {"base": self.base, "query": self.query.text, "version": 1}) as spool:
            reading = _Reading()
            for kept in spool.pages():
                reading.take(*kept)
            try:
                try:
                    yield from self._read_on(reading, spool, progress)
                except _StaleError:
                    spool.clear()
                    reading = _Reading()
                    yield from self._read_on(reading, spool, progress)
            except ServiceError as error:
                if reading.records and not self.replaces_whole:
                    yield self._checkpoint(reading)
                raise self._broken_off(error, reading, spool) from None
            if not reading.records:
                spool.done()
                raise InputError(f"OpenAlex has no work for {self.query.text}", "look at the list on openalex.org")
            yield self._checkpoint(reading)
            spool.done()

    def _read_on(self, reading: _Reading, spool: Spool, progress: Progress) -> Iterator[Checkpoint]:
        """Read the pages that are missing; now and then, but not at the end, a checkpoint of what there is."""
        begun, due = reading.pages, self.first_checkpoint
        while due <= begun:
            due *= 2
        with self._client() as client:

            def fetch(mark: str) -> tuple[Item, str | None]:
                params = {"per_page": str(PER_PAGE), "cursor": mark, "select": _SELECT, **dict(self.query.params)}
                return _page(client.get("works", params).value)

            try:
                for mark, page, following in pages(fetch, reading.next, "OpenAlex", reading.marks):
                    spool.add(mark, page, following)
                    reading.take(mark, page, following)
                    progress("reading works from OpenAlex", len(reading.records), reading.count)
                    if following is not None and reading.fruitless >= _FRUITLESS:
                        raise CircleError("OpenAlex sends the same works again and again", "try again later")
                    if following is not None and reading.pages == due:
                        due *= 2
                        if not self.replaces_whole:
                            yield self._checkpoint(reading)
            except ServiceError as error:
                if begun and reading.pages == begun and error.status == 400:
                    raise _StaleError("the page to go on from is gone") from None
                raise

    def _client(self) -> Client:
        return Client(
            self.base,
            what="OpenAlex",
            token=self._key,
            unauthorised=f"put a (free) key from https://openalex.org/settings/api into {KEY}",
            agent=f"(mailto:{self._mail})" if self._mail else "",
            limits=self._limits,
        )

    def _broken_off(self, error: ServiceError, reading: _Reading, spool: Spool) -> InputError:
        """The error that the user reads: what went wrong, what to do, and what became of what was read."""
        if isinstance(error, CircleError) or not reading.pages:
            spool.done()
        if not reading.records:
            return error
        remedy = error.remedy
        if self.replaces_whole:
            remedy += "; the earlier reading stays as it was"
        else:
            remedy += f"; {len(reading.records):,} works are kept"
        if self.spool and not isinstance(error, CircleError):
            remedy += ", and the same command goes on from there"
        return ServiceError(error.problem, remedy, status=error.status, wait=error.wait)

    def _checkpoint(self, reading: _Reading) -> Checkpoint:
        text = self.query.text
        library = Library(self.source, text, f"{self.base}/works", self.name, options={"query": text})
        library.corpus.url = self.query.url
        for record in reading.records.values():
            library.add(record)
        library.refuse("works without an id of OpenAlex, or deleted there", "nothing can cite them", reading.nameless)
        library.refuse(
            "works that came twice", "the list changed while it was read; the later one counts", reading.twice
        )
        missing = (reading.count or 0) - len(reading.records) - reading.nameless
        if reading.next is not None:
            library.refuse("works not read yet", "the reading broke off; the same command goes on", max(missing, 1))
        elif missing > 0:
            library.refuse("works that OpenAlex counted but did not send", "its list changed, or its count", missing)
        made = library.checkpoint(tip=WHOLE if reading.next is None else reading.next)
        made.harvest.counts["works_found"] = reading.count or len(reading.records)
        return made


class _StaleError(ServiceError):
    """The page to go on from is none any more."""


class _Reading:
    """What came so far.

    Attributes
    ----------
    records
        Works by id; one that comes again takes the place of the former.
    marks, next
        Cursors of the pages that came; the one to go on from, None at the end.
    count
        How many works there are, as the last page said; None where it did not.
    fruitless
        How many of the last pages in a row held no work that had not come before.
    """

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.marks: list[str] = []
        self.next: str | None = "*"
        self.count: int | None = None
        self.twice = 0
        self.nameless = 0
        self.fruitless = 0

    @property
    def pages(self) -> int:
        """How many pages came."""
        return len(self.marks)

    def take(self, mark: str, page: Item, following: str | None) -> None:
        """Take a page in."""
        before = len(self.records)
        for item in list_of(page.get("works")):
            record = openalex_json.record(dict_of(item))
            if record is None:
                self.nameless += 1
                continue
            self.twice += record.id in self.records
            self.records[record.id] = record
        self.fruitless = 0 if len(self.records) > before else self.fruitless + 1
        self.marks.append(mark)
        self.next = following
        count = page.get("count")
        self.count = count if isinstance(count, int) else None


def _page(answer: Any) -> tuple[Item, str | None]:
    """What of an answer is kept, and the next cursor; None after the last page.

    Raises
    ------
    connectors.http.ServiceError
        When it is no list of works, or one that is too long.
    """
    answer = dict_of(answer)
    works, meta = answer.get("results"), dict_of(answer.get("meta"))
    following, count = meta.get("next_cursor"), meta.get("count")
    if not isinstance(works, list) or not isinstance(following, (str, type(None))) or len(works) > 2 * PER_PAGE:
        raise ServiceError("OpenAlex answers with something else than a list of works", "check the address")
    if following is not None and len(following) > _LONGEST_CURSOR:
        raise ServiceError("OpenAlex sends a cursor that is none", "check the address")
    count = count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None
    if count is not None and count > MOST:
        problem = f"{count:,} works are more than OpenAlex wants to be asked for"
        raise ServiceError(problem, "narrow the query, or collect files of its snapshot")
    return {"count": count, "works": [_slim(work) for work in works]}, following if works else None


def _slim(work: Any) -> Item:
    """Of a work what `openalex_json.record` reads: the rest is four fifths of it."""
    work = dict_of(work)
    authorships = [dict_of(one) for one in list_of(work.get("authorships"))]
    cited = (openalex(value, "W") for value in list_of(work.get("referenced_works")))
    slim: Item = {
        **_scalars(work, *_SCALARS),
        "biblio": _scalars(work.get("biblio"), "volume", "first_page"),
        "authorships": [
            {
                "author": _scalars(one.get("author"), "id", "display_name", "orcid"),
                **_scalars(one, "raw_author_name"),
                "institutions": [_scalars(place, "id") for place in list_of(one.get("institutions"))],
            }
            for one in authorships
        ],
        "referenced_works": [f"https://openalex.org/{one}" for one in cited if one],
    }
    if len(authorships) >= _MOST_AUTHORS:
        slim["is_authors_truncated"] = True
    return slim


def _scalars(value: Any, *names: str) -> Item:
    """The fields `names` of an object, as far as they hold text, numbers or truth."""
    value = dict_of(value)
    return {name: value[name] for name in names if isinstance(value.get(name), (str, int, float, bool))}
