"""CODEOWNERS: who owns which paths of a repository, as one version of the file says.

Both forms are read: GitHub's, and GitLab's with sections (https://docs.gitlab.com/user/project/codeowners/reference/).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from connectors.organisation.holders import Owner, is_email

_SECTION = re.compile(r"(\^)?\[(?P<name>[^\[\]]+)\](?:\[\d+\])?(?:\s+(?P<owners>[^\[\]]*))?\Z")
_LOGIN = re.compile(r"@([A-Za-z0-9_][A-Za-z0-9._-]*)\Z")
_TEAM = re.compile(r"@([A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)+)\Z")
_ROLE = re.compile(r"@(@(?:developer|maintainer|owner)s?)\Z")
#: Pattern and owners are separated by blanks; a blank in a pattern is escaped.
_PATTERN = re.compile(r"((?:\\.|[^\s\\])+)(.*)\Z", re.DOTALL)


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
        elif is_email(word):
            owners[Owner(email=word)] = None
        else:
            bad.append(word)
    return list(owners), bad
