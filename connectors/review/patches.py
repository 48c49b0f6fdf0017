"""What mails say of patches: versions and numbers in subjects, files in diffs, who vouches, what is quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ANSWER = re.compile(r"\s*(?:(?:re|fwd?|aw|antw|sv|wg)(?:\[\d+\])?\s*:\s*)", re.I)
_TAG = re.compile(r"\[(?P<tag>[^\][]{0,120})\]\s*")
_PATCH = re.compile(r"\b(?:PATCH(?:v\d+)?|RFC)\b", re.I)
_VERSION = re.compile(r"v(\d{1,3})\b", re.I)
_NUMBER = re.compile(r"\b(\d{1,4})/(\d{1,4})\b")
_DIFF = re.compile(r"^(?:diff --git |Index: |--- [^\n]+\n\+\+\+ )", re.M)
_TO = re.compile(r"^\+\+\+ (?:[abiw]/)?([^\t\n]{1,300})", re.M)
_FROM = re.compile(r"^--- (?:[abiw]/)?([^\t\n]{1,300})\n\+\+\+ /dev/null", re.M)
_STAT = re.compile(r"^ (?P<path>\S[^|\n]{0,250}?)\s+\|\s+(?:\d+\b|Bin\b|Unr)", re.M)
_QUOTED_TO = re.compile(r"^(?:>[ \t]?)+\+\+\+ (?:[abiw]/)?([^\t\n]{1,300})", re.M)
_QUOTED_DIFF = re.compile(r"^(?:>[ \t]?)+(?:diff --git |@@ |[+-])", re.M)
_VOUCHED = re.compile(r"^[ \t]*(?P<how>Reviewed|Acked)-by:[ \t]*(?P<who>[^\n]{3,300})$", re.M | re.I)
_FROM_LINE = re.compile(r"^[ \t]*(?:[\w-]+-by|Cc|Link|Fixes):[^\n]*$", re.M | re.I)


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject taken apart.

    `patch`: it is a patch or the letter before a series; `number` of `total` in it (0: the letter), or None.
    `again`: it is marked as sent again as it was.
    """

    words: str
    answer: bool = False
    patch: bool = False
    version: int = 1
    number: int | None = None
    total: int | None = None
    again: bool = False


def subject(line: str) -> Subject:
    """Take a subject apart: ``Re: [PATCH v2 3/7] store: keep the keys``."""
    rest, answer = line[:500], False
    while match := _ANSWER.match(rest):
        rest, answer = rest[match.end() :], True
    patch, version, number, total, again = False, 1, None, None, False
    rest = rest.lstrip()
    while tag := _TAG.match(rest):
        inside = tag["tag"]
        if _PATCH.search(inside):
            patch = True
            if found := _VERSION.search(inside):
                version = int(found[1])
            if found := _NUMBER.search(inside):
                number, total = int(found[1]), int(found[2])
            again = again or "resend" in inside.lower()
        rest = rest[tag.end() :]
    return Subject(re.sub(r"\s+", " ", rest).strip(), answer, patch, version, number, total, again)


def touched(body: str) -> tuple[str, ...]:
    """Files that a patch's diff or statistics name."""
    if _DIFF.search(body):
        found = [*_TO.findall(body), *_FROM.findall(body)]
        return tuple(sorted({path.strip() for path in found} - {"/dev/null", "dev/null"}))
    # A statistic may shorten names, or show a move: those say nothing of which file it was.
    stated = (match["path"].strip() for match in _STAT.finditer(body))
    return tuple(sorted({path for path in stated if not path.startswith("...") and "=>" not in path}))


def words_before_diff(body: str) -> str:
    """What a patch's author says of it: all before the line that ends the message."""
    end = re.search(r"^---[ \t]*$|^diff --git ", body, re.M)
    return body[: end.start()] if end else body


def has_diff(body: str) -> bool:
    """Whether a mail brings a change along."""
    return _DIFF.search(body) is not None


def quoted_path(body: str) -> tuple[bool, str | None]:
    """Whether lines of a patch are quoted to be commented, and the last file that the quotes name."""
    if not _QUOTED_DIFF.search(body):
        return False, None
    named = [path.strip() for path in _QUOTED_TO.findall(body) if "/dev/null" not in path]
    return True, named[-1] if named else None


def vouched(body: str) -> tuple[list[tuple[str, str]], str]:
    """(approved or ack, by whom) of each such line that is not quoted; and the text without lines of this kind."""
    found = [
        ("approved" if match["how"].lower() == "reviewed" else "ack", match["who"].strip())
        for match in _VOUCHED.finditer(body[:200_000])
    ]
    return found, _FROM_LINE.sub("", body) if found else body


_SIGNATURE = re.compile(r"^-- ?\n.*\Z", re.M | re.S)
_ATTRIBUTION = re.compile(
    r"^(?!>)[^\n]{0,300}(?:\n(?!>)[^\n]{1,200})?\b(?:wrote|writes|schrieb|a écrit|escribió)[ \t]*:[ \t]*\n(?=\s*>)",
    re.M,
)


def answer(body: str) -> str:
    """What an answer says: without its signature and the lines that say whom it quotes."""
    return _ATTRIBUTION.sub("", _SIGNATURE.sub("", body)).strip()
