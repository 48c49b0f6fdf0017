"""Who is who inside one file: rows and references to people by e-mail address, login, employee id or name.

Keys are ``chart:`` and the first of these that a person has: e-mail address, login, name, employee id; in lower case,
so that a chart and a list of memberships meet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.organisation.table import Row, clean

_EMAIL = re.compile(r"[^\s@<>(),;]+@[^\s@<>(),;]+")
_ANGLED = re.compile(r"(?P<name>[^<>]*?)\s*<\s*(?:mailto:)?(?P<email>[^<>\s]+@[^<>\s]+)\s*>")
_TRAILING = re.compile(r"(?P<name>.*\S)\s+\((?P<note>[^()]*)\)")
_STATUS = re.compile(r"(?i:on leave|(?:in)?active|terminated|contractor|contingent|external|former|left|inherited)")
_LOGIN = re.compile(r"@?[a-z0-9][a-z0-9._-]*")
_NUMBER = re.compile(r"\d{2,}(?:\.0)?")
_ID = re.compile(r"[A-Za-z]{0,4}-?\d{2,}")
_URL = re.compile(r"https?://[^/\s]+/@?(?P<login>[^/\s?#]+)/?")


def name_key(name: str) -> str:
    """A name as it is compared within a file: ``Smith, Ann`` and ``ann  SMITH`` are one.

    >>> name_key("Smith, Ann") == name_key("ann  SMITH")
    True
    """
    name = unicodedata.normalize("NFKC", name).casefold()
    if name.count(",") == 1:
        last, first = name.split(",")
        name = f"{first} {last}"
    return " ".join(name.split())


def id_key(text: str) -> str:
    """An employee id without what spreadsheets do to it: leading zeros lost, ``1002`` turned into ``1002.0``."""
    text = re.sub(r"(?<=\d)\.0+\Z", "", text.strip().casefold())
    return text.lstrip("0") or "0" if text.isdigit() else text


def identity_key(email: str, login: str, name: str, number: str = "") -> str:
    """The key that a chart, and what speaks of the same people, uses.

    >>> identity_key("Ann@example.org", "ann", "Ann Smith")
    'chart:ann@example.org'
    """
    text = email or login or " ".join(unicodedata.normalize("NFC", name).split()) or number
    return f"chart:{text.lower()}"


@dataclass(slots=True)
class Reference:
    """What a row says about one person; of each the most telling first, as written."""

    names: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    #: Cells that may be a login, an employee id or a name: compared with all of these.
    anything: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.names or self.emails or self.logins or self.ids)

    @property
    def shown(self) -> str:
        """How to call this person in a message."""
        return next((text for texts in (self.names, self.emails, self.logins, self.ids) for text in texts), "")

    def add(self, text: str) -> None:
        """Add a cell that may hold a name, an e-mail address, a login or an id, or ``Name <e-mail>``, ``Name (id)``."""
        if match := _ANGLED.fullmatch(text):
            self.emails.append(match["email"])
            if match["name"]:
                self.names.append(clean(match["name"].strip('"')))
        elif _EMAIL.fullmatch(text):
            self.emails.append(text.removeprefix("mailto:"))
        elif text.startswith("@") and _LOGIN.fullmatch(text.lower()):
            self.logins.append(text[1:])
        elif match := _TRAILING.fullmatch(text):
            # Exports append an id or a status to a name: "Ann Smith (12345)", "Ann Smith (On Leave)".
            name, note = match["name"], clean(match["note"])
            if _EMAIL.fullmatch(note):
                self.emails.append(note)
            elif _ID.fullmatch(note):
                self.ids.append(note)
            elif not _STATUS.fullmatch(note):
                name = text
            self.names.append(name)
        else:
            self.anything.append(text)
            if _NUMBER.fullmatch(text):
                self.ids.append(text)
            elif _LOGIN.fullmatch(text):
                self.logins.append(text)
            else:
                self.names.append(text)

    def add_emails(self, cells: Iterable[str]) -> None:
        """Add cells that hold e-mail addresses."""
        for cell in cells:
            self.emails.extend(text.removeprefix("mailto:") for text in re.split(r"[;,\s]+", cell) if "@" in text)

    def add_logins(self, cells: Iterable[str]) -> None:
        """Add cells that hold account names, with or without ``@``, or their addresses on a forge."""
        for cell in cells:
            match = _URL.fullmatch(cell)
            login = match["login"] if match else cell.removeprefix("@")
            if _EMAIL.fullmatch(login):
                self.emails.append(login)
            elif login:
                self.logins.append(login)

    def add_names(self, cells: Iterable[str]) -> None:
        """Add cells that hold names; a full one comes before a single word."""
        for cell in cells:
            reference = Reference()
            reference.add(cell)
            self.names.extend(reference.names or ([] if reference.emails else [cell]))
            self.emails.extend(reference.emails)
            self.ids.extend(i for i in reference.ids if i != cell)
        self.names.sort(key=lambda name: " " not in name)
        if self.names and " " in self.names[0]:
            # "Bob" beside "Robert Jones" is no key: others are called Bob as well.
            self.names = [name for name in self.names if " " in name]


def of_row(row: Row) -> Reference:
    """The person whom `row` is about."""
    reference = Reference()
    reference.add_emails(row.all("email"))
    reference.add_logins(row.all("login"))
    reference.ids.extend(row.all("id"))
    for cell in row.all("person"):
        reference.add(cell)
    names = list(row.all("name"))
    for cell in row.all("last_comma_first"):
        last, _, first = cell.partition(",")
        names.append(f"{clean(first)} {clean(last)}".strip())
    if full := " ".join(filter(None, (row.get("first"), row.get("last")))):
        names.append(full)
    reference.add_names(names)
    reference.add_emails(row.all("other_email"))
    return reference


@dataclass(slots=True, eq=False)
class Person:
    """One person of a file: all that its rows say, in the order in which they say it."""

    reference: Reference
    row: int
    key: str = ""
    title: str | None = None

    def identities(self, source: str) -> Iterator[dict[str, Any]]:
        """Rows of the table `identities`: one for the key, one for each further address and account.

        `first` stays empty: a chart's dates say when somebody was hired, and the identity seen first names the
        person, whose id must not change because a chart was added.
        """
        reference = self.reference
        # Reports show names and never an address.
        display = next(iter(reference.names or reference.logins), "") or reference.shown.partition("@")[0]
        yield {
            "source": source,
            "key": self.key,
            "display": display,
            "email": next(iter(reference.emails), None),
            "login": next(iter(reference.logins), None),
            "title": self.title,
        }
        for email, login in [*((email, None) for email in _rest(reference.emails)),
                             *((None, login) for login in _rest(reference.logins))]:  # fmt: skip
            yield {
                "source": source,
                "key": identity_key(email or "", login or "", ""),
                "display": display,
                "email": email,
                "login": login,
                "title": self.title,
            }


def _rest(texts: list[str]) -> list[str]:
    """All but the first, each once, whatever its case."""
    seen = {text.lower(): text for text in reversed(texts)}
    if texts:
        del seen[texts[0].lower()]
    return list(reversed(seen.values()))
