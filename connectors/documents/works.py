"""One document, who wrote it and what it names: what readers hand to `connectors.documents.common.Corpus`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

#: Longer texts are cut: a title or name of this length says nothing more.
LONGEST_TITLE = 500
LONGEST_NAME = 200
LONGEST_ID = 1000
_PRECISION = {"day": 3, "month": 2, "year": 1}


@dataclass(slots=True)
class Author:
    """One author as a document names them.

    Attributes
    ----------
    key
        The identity key: git's ``Name <e-mail>`` where an address is given (written plainly: ``guido at python.org`` is
        ``guido@python.org``), ``login:<handle>`` for a handle, ``orcid:0000-...``, ``openalex:A...``,
        ``<corpus>:<author id>`` for ids of a table, else ``author:<full name>``. A key ``team:<name>`` in
        `Work.powers` is a team.
    name, email, login
        As written, or None.
    """

    key: str
    name: str | None
    email: str | None = None
    login: str | None = None


@dataclass(slots=True)
class Reference:
    """A work names another one.

    Attributes
    ----------
    cited
        Artifact id, as far as it is known; it need not exist.
    how
        requires, replaces, updates, see-also, body, ...
    time
        When it entered the text (UTC); None: the citing work's date.
    visible
        When others could read it there; None: `time`, else the citing work's `visible`.
    """

    cited: str
    how: str
    time: dt.datetime | None = None
    visible: dt.datetime | None = None


@dataclass(slots=True)
class Work:
    """One document.

    Attributes
    ----------
    id, kind, title
        Artifact id; pep, eip, paper, document, ...; title.
    created, visible
        When it was written or published, and when others could know it (None: `created`). UTC; a time without a zone
        is taken as UTC.
    status
        As the series words it, or None.
    authors, shares
        In order; each one's share of the work (None: equal).
    references
        What it cites.
    powers
        (who, role): delegate, approver, sponsor, ... over this document.
    path
        Its path in the repository or folder, or None.
    withdrawn
        Withdrawn, rejected or superseded.
    precision
        How exact `created` is: day, month or year.
    """

    id: str
    kind: str
    title: str
    created: dt.datetime | None = None
    visible: dt.datetime | None = None
    status: str | None = None
    url: str | None = None
    authors: list[Author] = field(default_factory=list)
    shares: list[float] | None = None
    references: list[Reference] = field(default_factory=list)
    powers: list[tuple[Author, str]] = field(default_factory=list)
    path: str | None = None
    withdrawn: bool = False
    precision: str = "day"


def utc(time: dt.datetime | None) -> dt.datetime | None:
    """A time as UTC without a zone; one without a zone is UTC already."""
    if time is None or time.tzinfo is None:
        return time
    try:
        return time.astimezone(dt.UTC).replace(tzinfo=None)
    except OverflowError:
        return None


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """Text that every table can hold: without NUL and lone surrogates, at most `longest` characters."""
    if len(text) > longest:
        text = text[:longest]
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def is_later(cited: Work, citing: Work) -> bool:
    """Whether `cited` was made after `citing`, as far as the coarser of the two dates tells."""
    if cited.created is None or citing.created is None:
        return False
    parts = min(_PRECISION[cited.precision], _PRECISION[citing.precision])
    return cited.created.timetuple()[:parts] > citing.created.timetuple()[:parts]


def each_once(authors: list[Author], shares: list[float] | None) -> tuple[list[Author], list[float]]:
    """Authors by key, each once, and their shares, which add up to 1."""
    if shares is None or len(shares) != len(authors) or not sum(shares) > 0:
        authors = list({author.key: author for author in authors}.values())
        shares = [1.0] * len(authors)
    people: dict[str, Author] = {}
    amount: dict[str, float] = {}
    for author, share in zip(authors, shares, strict=True):
        tidy(author)
        if author.key not in people:
            people[author.key] = author
            amount[author.key] = 0.0
        amount[author.key] += share
    whole = sum(amount.values())
    return list(people.values()), [value / whole for value in amount.values()]


def tidy(author: Author) -> None:
    """Make an author's texts such that every table can hold them."""
    author.key = clean(author.key, 2 * LONGEST_NAME)
    author.name = clean(author.name) if author.name else None
    author.email = clean(author.email) if author.email else None
    author.login = clean(author.login) if author.login else None
