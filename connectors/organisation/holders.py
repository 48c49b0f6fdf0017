"""What files of owners say, whatever their form: who holds which role over which paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

#: A role that says who is to be asked, and gives no power over what they are asked about.
REVIEWER = "reviewer"

_EMAIL = re.compile(r"[^@\s,;<>()\[\]|\"']+@[^@\s,;<>()\[\]|\"']+\Z")


class Owner(NamedTuple):
    """One owner: a login, a team (``org/team``) or an e-mail address; the others are ''."""

    login: str = ""
    team: str = ""
    email: str = ""

    @property
    def key(self) -> str | None:
        """Identity key, in lower case as forges compare it; None for a team."""
        if self.email:
            return f"email:{self.email.lower()}"
        return f"login:{self.login.lower()}" if self.login else None


class Entry(NamedTuple):
    """A pattern (None: the whole repository), the rule by which it counts, the role, and who holds it (None: nobody).

    Rules are those that `influence.ownership` knows.
    """

    pattern: str | None
    rule: str
    role: str
    owner: Owner | None = None


@dataclass(slots=True)
class Read:
    """What was read of one file.

    Attributes
    ----------
    entries
        What it says, perhaps repeatedly.
    names
        What it calls people, by identity key.
    skipped
        Reason -> how many lines were left out.
    """

    entries: list[Entry] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)

    def skip(self, reason: str, count: int = 1) -> None:
        """Count what is left out."""
        self.skipped[reason] = self.skipped.get(reason, 0) + count

    def call(self, owner: Owner, name: str) -> Owner:
        """`owner`, who is called `name` here."""
        if name and (key := owner.key):
            self.names.setdefault(key, name)
        return owner


def is_email(text: str) -> bool:
    """Whether `text` looks like an e-mail address and nothing else.

    >>> is_email("ann@example.org"), is_email("<ann@example.org>")
    (True, False)
    """
    return _EMAIL.match(text) is not None


def identities(source: str, owners: Iterable[Owner], names: Mapping[str, str]) -> list[dict[str, str | None]]:
    """Rows of the table `identities`: of each person the first login and address that any file gives."""
    people: dict[str, dict[str, str | None]] = {}
    for owner in owners:
        if (key := owner.key) is None:
            continue
        row = people.setdefault(key, {"source": source, "key": key, "display": None, "email": None, "login": None})
        row["email"] = row["email"] or owner.email or None
        row["login"] = row["login"] or owner.login or None
    for key, row in people.items():
        row["display"] = names.get(key) or row["login"] or str(row["email"]).partition("@")[0]
    return list(people.values())
