"""A change under review, whatever service or file told of it: what every reader gives and the rules work on.

What a source cannot know is None, or its name is not in `Change.known`: never zero, never guessed.
All times are UTC without a zone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache

#: The house whose accounts are written without it: CODEOWNERS files and documents name them so too.
GITHUB = "github.com"

#: What a source may know of a change (`Change.known`):
#: pushes: when commits were pushed; lines: whether lines under a comment changed; threads: who answered whom;
#: requests: who was asked for a review, by whom; rules: whether a rule demanded it; merges: who merged.
KNOWLEDGE = ("pushes", "lines", "threads", "requests", "rules", "merges")

_NOBODY = frozenset(("ghost", "unknown", "deleted", "anonymous"))


@dataclass(frozen=True, slots=True)
class Account:
    """One side of a review: an account at a house, or the name and address of a mail.

    A robot's login ends in ``[bot]``, so that everybody sees what the service said.

    Attributes
    ----------
    key
        The identity key: ``login:alice`` for GitHub, ``login:alice@host`` elsewhere, ``Name <e-mail>`` of a mail.
    """

    login: str = ""
    name: str = ""
    email: str = ""
    host: str = GITHUB
    bot: bool = False
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked for at every step of the rules: worked out once.
        key = f"{self.name} <{self.email}>"
        if self.login:
            login = self.shown.lower()
            key = f"login:{login}" if self.host == GITHUB else f"login:{login}@{self.host}"
        object.__setattr__(self, "key", key)

    @property
    def shown(self) -> str:
        """The login as people see it."""
        return f"{self.login}[bot]" if self.bot and not self.login.lower().endswith("[bot]") else self.login


def account(
    login: object, *, name: object = None, email: object = None, host: str = GITHUB, bot: bool = False
) -> Account | None:
    """The account, or None where nobody is named: a deleted account is an unknown person, not one person."""
    try:
        return _account(login, name, email, host, bot)
    except TypeError:  # lists and objects, which no cache takes
        return _account(_text(login), _text(name), _text(email), host, bot)


@lru_cache(maxsize=1 << 16)
def _account(login: object, name: object, email: object, host: str, bot: bool) -> Account | None:
    login, name, email = _text(login), _text(name), _text(email)
    if not (login or name or email) or login.lower() in _NOBODY:
        return None
    return Account(login, name, email, host, bot)


def _text(value: object) -> str:
    return " ".join(value.split())[:200] if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of a change: who wrote it, as git has it, and the account where the service vouches for it."""

    sha: str
    time: dt.datetime | None = None
    author: Account | None = None
    login: str = ""
    message: str = ""


@dataclass(slots=True)
class Event:
    """Something that happened to a change, at `time`, by `actor` (None: unknown).

    Attributes
    ----------
    kind
        ``review`` (with `state`: approved, changes, ack, commented, dismissed, vote), ``comment``, ``request`` (of a
        review from `target`, or from a team where that is None), ``unrequest``, ``push``, ``merge``, ``close``,
        ``reopen``, ``assistant`` (the actor set a coding assistant to work), ``reaction`` (an emoji under what
        `target` wrote), ``linked`` (the actor tied a change and an issue together: of both it is told with one time).
    thread
        Id of the thread that a comment stands in, or None.
    review
        Id of the review that a comment belongs to, or None.
    path
        File under the comment, or None.
    changed
        Whether lines under the comment changed later; None: not known.
    resolved_by, resolved
        Who resolved the comment's thread, when.
    applied
        Whether what the comment suggested was applied as it stood; None: not known.
    by_rule
        Whether a rule (code owners, an approval rule) demanded the review; None: not known.
    vote
        A vote's number (Gerrit), else 0.
    """

    kind: str
    time: dt.datetime
    actor: Account | None = None
    id: str = ""
    url: str | None = None
    body: str = ""
    state: str = ""
    vote: int = 0
    target: Account | None = None
    by_rule: bool | None = None
    thread: str | None = None
    review: str | None = None
    path: str | None = None
    changed: bool | None = None
    resolved_by: Account | None = None
    resolved: dt.datetime | None = None
    applied: bool | None = None


@dataclass(slots=True)
class Change:
    """A change under review: a pull request, merge request, Gerrit change or patch series.

    Attributes
    ----------
    unit
        What it is called in its repository: a number, or a mail's id.
    mark
        How texts name it: ``#12``, ``!12``; '' where they do not.
    merged, merged_by, closed
        When it was merged and closed, or None; by whom, where `known` has merges.
    merge_commit
        The commit that brought it in, or None.
    branch, onto
        Name of its own branch and of the one it is to go into.
    own_branch
        Whether `branch` lies in the same repository, where others can build on it by name.
    paths
        What it touches; None: not known.
    commits
        As it stands at the end.
    events
        All that happened, in order of time.
    roles
        (account, role, since): standing in the repository that the source states.
    asked_assistant
        Who set the assistant to work that is the author, where that is known.
    closes
        Marks of the issues that end with it, as far as the source tells them beside the text; None: it does not.
    known
        Which of `KNOWLEDGE` the source has.
    """

    unit: str
    author: Account | None
    created: dt.datetime
    mark: str = ""
    title: str = ""
    body: str = ""
    url: str | None = None
    updated: dt.datetime | None = None
    merged: dt.datetime | None = None
    merged_by: Account | None = None
    closed: dt.datetime | None = None
    merge_commit: str | None = None
    branch: str = ""
    onto: str = ""
    own_branch: bool = False
    paths: tuple[str, ...] | None = None
    commits: list[Commit] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    roles: list[tuple[Account, str, dt.datetime]] = field(default_factory=list)
    asked_assistant: Account | None = None
    closes: tuple[str, ...] | None = None
    known: frozenset[str] = frozenset()


@dataclass(slots=True)
class Discussion:
    """An issue or a discussion: only who said what to whom matters. The rest is as in `Change`."""

    unit: str
    author: Account | None
    created: dt.datetime
    mark: str = ""
    title: str = ""
    body: str = ""
    url: str | None = None
    events: list[Event] = field(default_factory=list)


def moment(value: object) -> dt.datetime | None:
    """A time as services write it (RFC 3339), as UTC without a zone; None where it is none."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        # Most of them are whole seconds of UTC.
        whole = len(value) == 20 and value[-1] == "Z"
        time = dt.datetime.fromisoformat(value[:-1] if whole else value.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    if time.tzinfo is not None:
        try:
            time = time.astimezone(dt.UTC).replace(tzinfo=None)
        except (OverflowError, ValueError):
            return None
    return time if 1970 <= time.year < 2200 else None
