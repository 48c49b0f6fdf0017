"""CODEOWNERS: who owns which paths of a repository, as the file at the tip says.

Both forms are read: GitHub's, and GitLab's with sections (https://docs.gitlab.com/user/project/codeowners/reference/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from connectors.git.repository import open_safely
from influence.schema import TABLES, Checkpoint, Harvest, Progress, no_progress

#: Where the file may lie; the first that exists is the one that holds, as on the forge.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
#: GitHub does not load a larger one.
MAX_BYTES = 3 << 20

_SECTION = re.compile(r"(\^)?\[(?P<name>[^\[\]]+)\](?:\[\d+\])?(?:\s+(?P<owners>[^\[\]]*))?\Z")
_LOGIN = re.compile(r"@([A-Za-z0-9_][A-Za-z0-9._-]*)\Z")
_TEAM = re.compile(r"@([A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)+)\Z")
_ROLE = re.compile(r"@(@(?:developer|maintainer|owner)s?)\Z")
_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\Z")
#: Pattern and owners are separated by blanks; a blank in a pattern is escaped.
_PATTERN = re.compile(r"((?:\\.|[^\s\\])+)(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Owner:
    """One owner: a login, a team (``org/team``) or an e-mail address; the others are ''."""

    login: str = ""
    team: str = ""
    email: str = ""

    @property
    def key(self) -> str | None:
        """Identity key, in lower case as forges compare it; None for a team."""
        if self.login:
            return f"login:{self.login.lower()}"
        return f"email:{self.email.lower()}" if self.email else None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: its number, the pattern as written, its owners (none: nobody owns what it matches) and the rule."""

    line: int
    pattern: str
    owners: tuple[Owner, ...]
    rule: str


@dataclass(slots=True)
class Codeowners:
    """A file that was read; `skipped` are (line number, why) of lines that a forge skips as well."""

    entries: list[Entry] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)


def parse_codeowners(data: bytes, gitlab: bool = False) -> Codeowners:
    """Read a CODEOWNERS file.

    Parameters
    ----------
    data
        Its content.
    gitlab
        Whether it lies where only GitLab looks. A section header makes any file one of GitLab's.

    Notes
    -----
    `Entry.rule` is ``last`` for GitHub's form and ``gitlab:SECTION`` (section in lower case) for GitLab's, as
    `influence.ownership` reads it.
    """
    lines = data.decode("utf-8-sig", "replace").splitlines()
    gitlab = gitlab or any(_SECTION.match(line.strip()) for line in lines)
    found = Codeowners()
    section = ""
    default: tuple[Owner, ...] = ()
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if gitlab and (header := _SECTION.match(line)):
            owners, bad = _owners(header["owners"] or "")
            section, default = header["name"].strip().casefold(), tuple(owners)
            found.skipped.extend((number, "not an owner") for _ in bad)
            continue
        match = _PATTERN.match(line)
        reason = "no pattern" if match is None else _unreadable(match[1], gitlab)
        if match is None or reason:
            found.skipped.append((number, reason))
            continue
        owners, bad = _owners(match[2])
        if bad:
            found.skipped.append((number, "not an owner"))
            # GitHub skips the line, GitLab the owner.
            if not gitlab:
                continue
        pattern = match[1]
        if gitlab and pattern.startswith("\\#"):
            pattern = pattern[1:]
        excluded = gitlab and pattern.startswith("!")
        holders = () if excluded else tuple(owners) or (default if gitlab and not bad else ())
        found.entries.append(Entry(number, pattern, holders, f"gitlab:{section}" if gitlab else "last"))
    return found


def _unreadable(pattern: str, gitlab: bool) -> str:
    if gitlab:
        return ""
    if pattern.startswith("!"):
        return "! has no meaning in CODEOWNERS"
    if "[" in pattern or "]" in pattern:
        return "[ ] has no meaning in CODEOWNERS"
    return "\\# has no meaning in CODEOWNERS" if pattern.startswith("\\#") else ""


def _owners(text: str) -> tuple[list[Owner], list[str]]:
    """The owners that `text` names, each once, and what is none."""
    owners: dict[Owner, None] = {}
    bad = []
    for word in text.split():
        if word.startswith("#"):
            break
        if match := _LOGIN.match(word):
            owners[Owner(login=match[1])] = None
        elif match := _TEAM.match(word) or _ROLE.match(word):
            owners[Owner(team=match[1])] = None
        elif _EMAIL.match(word):
            owners[Owner(email=word)] = None
        else:
            bad.append(word)
    return list(owners), bad


class CodeownersConnector:
    """Reads the CODEOWNERS of a git repository at its tip.

    Parameters
    ----------
    repository
        The folder of the repository; it is opened as safely as for its history.
    ref
        Branch, tag or commit to read; HEAD by default.
    source
        Name of the source; ``codeowners:`` and the repository's label by default.
    """

    name: ClassVar[str] = "codeowners"

    def __init__(self, repository: Path, *, ref: str | None = None, source: str | None = None) -> None:
        self.repository = Path(repository)
        self.ref = ref
        self.source = source

    def checkpoints(self, progress: Progress = no_progress) -> Iterator[Checkpoint]:
        """Read the file: the tables `authority` (role code owner) and `identities`.

        Every pattern has a row of `authority` without a leader, besides one for each owner: a pattern takes ownership
        away from earlier ones even when it names nobody, or when whom it names has opted out. A repository without
        the file gives a harvest without rows, so that a file that was removed leaves none.

        Raises
        ------
        influence.errors.InputError
            When there is no repository, or it cannot be read.
        """
        with open_safely(self.repository, self.ref) as opened:
            progress(f"reading the code owners of {opened.label}", 0, None)
            place, data = "", b""
            for candidate in PLACES:
                if (content := opened.read_file(candidate)) is not None:
                    place, data = candidate, content
                    break
            tip, label, identity = opened.tip, opened.label, opened.repository_id
        problems: list[tuple[str, int, str]] = []
        if len(data) > MAX_BYTES:
            problems.append((place, 1, f"larger than {MAX_BYTES >> 20} MB: no forge loads it"))
            data = b""
        read = parse_codeowners(data, gitlab=place.startswith(".gitlab/"))
        reasons = [reason for _, reason in read.skipped]
        problems += [(f"lines of {place}", reasons.count(reason), reason) for reason in dict.fromkeys(reasons)]
        source = self.source or f"{self.name}:{label}"
        owners = {owner: None for entry in read.entries for owner in entry.owners}
        harvest = Harvest(
            source=source,
            repository=identity,
            label=label,
            location=str(self.repository),
            connector=self.name,
            tip=tip,
            options={"ref": self.ref} if self.ref else {},
            counts={
                "patterns": len(read.entries),
                "people": sum(1 for owner in owners if owner.key),
                "teams": sum(1 for owner in owners if owner.team),
            },
            problems=problems,
        )
        tables = {
            "authority": [row for entry in read.entries for row in _authority(source, identity, entry)],
            "identities": _identities(source, list(owners)),
        }
        yield Checkpoint(harvest, {name: TABLES[name].batch(rows) for name, rows in tables.items()})


def _authority(source: str, repository: str, entry: Entry) -> Iterator[dict[str, Any]]:
    for owner in (None, *entry.owners):
        yield {
            "source": source,
            "leader": owner.key if owner else None,
            "leader_team": owner.team or None if owner else None,
            "repository": repository,
            "pattern": entry.pattern,
            "position": entry.line,
            "rule": entry.rule,
            "role": "code owner",
        }


def _identities(source: str, owners: Sequence[Owner]) -> list[dict[str, Any]]:
    people = {owner.key: owner for owner in reversed(owners) if owner.key}
    return [
        {
            "source": source,
            "key": key,
            "display": owner.login or owner.email.partition("@")[0],
            "email": owner.email or None,
            "login": owner.login or None,
        }
        for key, owner in people.items()
    ]
