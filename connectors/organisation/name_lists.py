"""MAINTAINERS that are plain lists of people: bullets, lines, Markdown tables; over a whole repository, or a folder.

Whoever is listed with an e-mail address or a login is read; a bare name tells nobody apart. Who stands below a heading
such as *Emeritus* or *Former maintainers* holds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from connectors.organisation.holders import REVIEWER, Entry, Owner, Read, is_email

#: Somebody, and what they are called ('' where that is not said).
Named = tuple[Owner, str]
#: Nobody keeps a longer list.
MAX_ENTRIES = 5_000
#: Lines longer than this are prose.
_LONGEST = 400
#: Words before an address, and after it on a line that is no item of a list: more make it a sentence.
_WORDS = 6
#: How many lines of further people may stand between somebody and what they keep.
_AHEAD = 8

_HEADING = re.compile(r"(#{1,6})\s+(.*?)[\s#]*\Z")
_FORMER = re.compile(r"emerit|former|\bpast\b|alumn|inactive|retired|previous|no longer|honou?r|thank|acknowl", re.I)
_NO_ROLE = re.compile(
    r"contributor|mailing|\blists?\b|security|report|contact|sponsor|how to|becom|polic|process", re.I
)
_ASKED = re.compile(r"review", re.I)
_COLUMNS = re.compile(r"\t| {2}")
_BULLET = re.compile(r"\s*(?:[*+-]|\d{1,3}[.)])\s+")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_COMMENT = re.compile(r"<!--.{0,20000}?(?:-->|\Z)", re.DOTALL)
_TOML = re.compile(r"^\s*\[+(?:people|org|rules?)\b", re.I | re.MULTILINE)
_PROFILE = re.compile(r"https?://(?:www\.)?(?:github|gitlab)\.com/@?([A-Za-z0-9][\w.-]{0,60})/?(?![\w/-])")
_MAIL = re.compile(r"(?:mailto:)?([^\s@<>()\[\],;|`\"']{1,64}@[^\s@<>()\[\],;|`\"']{1,200})")
_LOGIN = re.compile(r"(?<![\w.@/])@([A-Za-z0-9][\w-]{0,60}(?:/[A-Za-z0-9][\w.-]{0,60})?)(?![\w@])")
_HANDLE = re.compile(r"github|gitlab|\blogin|handle|user ?name|user ?id", re.I)
_BARE = re.compile(r"[A-Za-z0-9][\w-]{0,60}\Z")


def parse_list(text: str, folder: str) -> Read:
    """Read a list of people who maintain all that lies in `folder` ('' for the whole repository)."""
    read = Read()
    if _TOML.search(text):
        read.skip("a list in TOML")
        return read
    pattern, rule = (f"/{folder}/", "every") if folder else (None, "every")
    role: str | None = "maintainer"
    former = 0
    fenced = False
    handles: list[int] = []
    seen: set[tuple[str, Owner]] = set()
    lines = _COMMENT.sub("", text).splitlines()
    for number, line in enumerate(lines):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        if fenced or not line.strip():
            if not line.strip():
                handles = []
            continue
        if heading := _heading(line, lines[number + 1] if number + 1 < len(lines) else ""):
            level, title = heading
            if former and level > former:
                continue
            former = level if _FORMER.search(title) else 0
            role = None if former or _NO_ROLE.search(title) else REVIEWER if _ASKED.search(title) else "maintainer"
            continue
        if role is None or len(line) > _LONGEST:
            continue
        if line.lstrip().startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not handles and not _addresses(line):
                handles = [place for place, cell in enumerate(cells) if _HANDLE.search(cell)]
                continue
            owners = _in_row(cells, handles)
        else:
            owners = _in_line(line)
            if owners and not _BULLET.match(line) and _keeps_parts(lines, number):
                read.skip("people of parts that no path names", len(owners))
                continue
            if not owners and _BULLET.match(line):
                read.skip("people without an address or login")
        for owner, name in owners:
            read.call(owner, name)
            if (role, owner) not in seen and len(read.entries) < MAX_ENTRIES:
                seen.add((role, owner))
                read.entries.append(Entry(pattern, rule, role, owner))
    return read


def _heading(line: str, following: str) -> tuple[int, str] | None:
    if match := _HEADING.match(line):
        return len(match[1]), match[2]
    mark = following.strip()[:1]
    if mark in ("=", "-", "~") and len(following.strip()) >= 3 and not following.strip().strip(mark):
        return (1 if mark == "=" else 2), line.strip()
    bold = line.strip()
    if bold.endswith(":") and not _addresses(line) and not _BULLET.match(line) and len(bold.split()) <= _WORDS:
        return 6, bold
    return None


def _keeps_parts(lines: Sequence[str], number: int) -> bool:
    """Whether a line names somebody with what they keep (boards, packages): in columns before, or indented below."""
    line = lines[number]
    before = line.strip()[: _found(line.strip())[2]].rstrip(" \t<(")
    above = lines[number - 1] if number else ""
    margin, margin_above = (len(each) - len(each.lstrip()) for each in (line, above))
    if _COLUMNS.search(before) or (margin > margin_above and _addresses(above)):
        return True
    for below in lines[number + 1 : number + 1 + _AHEAD]:
        if below.strip() and not _addresses(below):
            return len(below) - len(below.lstrip()) > margin
    return False


def _addresses(text: str) -> bool:
    return bool(_MAIL.search(text) or _LOGIN.search(text) or _PROFILE.search(text))


def _in_row(cells: Sequence[str], handles: Sequence[int]) -> list[Named]:
    """Whom a row of a table names: one person."""
    text = " | ".join(cells)
    logins, emails, _ = _found(text)
    for place in handles:
        bare = cells[place].strip("`* ") if place < len(cells) else ""
        if not logins and _BARE.match(bare):
            logins = [bare]
    if not logins and not emails:
        return []
    name = next((plain for cell in cells if (plain := _name(cell)) and " " in plain), "")
    return [_owner(logins[0] if logins else "", emails[0] if emails else "", name)]


def _in_line(line: str) -> list[Named]:
    bullet = _BULLET.match(line)
    text = line[bullet.end() :] if bullet else line.strip()
    logins, emails, first = _found(text)
    if not logins and not emails:
        return []
    before = text[:first]
    if len(before.split()) > _WORDS or _NO_ROLE.search(before):
        return []
    if not bullet and len(re.sub(r"\S*[@/]\S*", "", text[first:]).split()) > _WORDS:
        return []
    if len(emails) <= 1 and len(logins) <= 1:
        return [_owner(logins[0] if logins else "", emails[0] if emails else "", _name(before))]
    parts = re.split(r"[,;]| and ", text)
    if len(parts) > 1:
        return [owner for part in parts for owner in _in_line(part)]
    return [_owner(login, "", "") for login in logins] + [_owner("", email, "") for email in emails]


def _found(text: str) -> tuple[list[str], list[str], int]:
    """Logins, e-mail addresses, and where the first of them stands."""
    logins: dict[str, str] = {}
    emails: dict[str, str] = {}
    places = [len(text)]
    if "@" not in text and "://" not in text:
        return [], [], len(text)
    for match in _MAIL.finditer(text):
        address = match[1].rstrip(".")
        if is_email(address):
            emails.setdefault(address.lower(), address)
            places.append(match.start())
    for expression in (_PROFILE, _LOGIN):
        for match in expression.finditer(text):
            logins.setdefault(match[1].lower(), match[1])
            places.append(match.start())
    return list(logins.values()), list(emails.values()), min(places)


def _owner(login: str, email: str, name: str) -> Named:
    return (Owner(team=login) if "/" in login else Owner(login=login, email=email)), name


def _name(text: str) -> str:
    """A name out of what stands before an address: markup, brackets and dashes taken off."""
    text = re.sub(r"\[([^\[\]]*)\]\([^()]*\)", r"\1", text)
    plain = " ".join(re.sub(r"[\[\]()<>*_`|:\"]+", " ", text).split()).strip(" -–—,.@")
    return (
        plain if plain and len(plain) <= 80 and not _addresses(plain) and not re.search(r"https?:|\d{4}", plain) else ""
    )
