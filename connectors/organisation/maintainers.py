"""MAINTAINERS as Linux writes it: sections with ``M:``, ``R:``, ``F:``, ``X:`` and ``N:``; all that match count.

The rules are those that the file itself explains and that ``scripts/get_maintainer.pl`` follows: a section begins with
a line that has no letter and colon in front; ``X:`` takes paths out of its own section; ``N:`` is a regular expression
that is looked for in the path. Paths are relative to the root, wherever the file lies.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from connectors.organisation.holders import REVIEWER, Entry, Owner, Read, is_email
from connectors.organisation.kubernetes import is_regular

#: Every pattern counts; what stands behind the colon is one for sections that exclude the same paths, whatever they are
#: called and wherever they lie: a section that moves to another file goes on.
RULE = "every:"
#: A section is never so large, nor a file; what is beyond is left out.
MAX_ENTRIES_OF_SECTION, MAX_ENTRIES = 20_000, 200_000

_TYPED = re.compile(r"([A-Z]):[ \t]*(.*)\Z")
_ANGLED = re.compile(r"\"?(?P<name>[^<>\"]*?)\"?\s*<(?P<email>[^<>\s]+)>")


def is_sectioned(text: str) -> bool:
    """Whether `text` is of this form: it has both people and paths, a line each.

    >>> is_sectioned("NET\\nM: Ann <a@b.org>\\nF: net/")
    True
    """
    return bool(re.search(r"^M:[ \t]*\S", text, re.MULTILINE) and re.search(r"^[FN]:[ \t]*\S", text, re.MULTILINE))


def parse_sections(text: str) -> Read:
    """Read a file of sections."""
    read = Read()
    for lines in _sections(text):
        people = [
            (role, owner)
            for letter, role in (("M", "maintainer"), ("R", REVIEWER))
            for value in lines.get(letter, ())
            for owner in _people(value, read)
        ]
        read.skip("patterns of content, which no path tells", len(lines.get("K", ())))
        patterns = [value.removeprefix("./").lstrip("/") for value in lines.get("F", ())]
        for value in lines.get("N", ()):
            # Perl's /x: blanks in an expression mean nothing.
            expression = re.sub(r"(?<!\\)\s", "", value)
            if is_regular(expression):
                patterns.append(f"N: {expression}")
            else:
                read.skip("no regular expression that is matched in linear time")
        if not people or not patterns:
            if people:
                read.skip("people of sections without paths", len(people))
            continue
        excluded = [f"X: {value.removeprefix('./').lstrip('/')}" for value in lines.get("X", ())]
        rule = RULE
        if excluded:
            rule += hashlib.sha256("\n".join(sorted(excluded)).encode("utf-8", "replace")).hexdigest()[:12]
        if len(people) * len(patterns) + len(excluded) > min(MAX_ENTRIES_OF_SECTION, MAX_ENTRIES - len(read.entries)):
            read.skip("sections with more people and paths than anybody keeps")
            continue
        read.entries += [Entry(pattern, rule, "maintainer") for pattern in excluded]
        read.entries += [Entry(pattern, rule, role, owner) for pattern in patterns for role, owner in people]
    read.skipped = {reason: count for reason, count in read.skipped.items() if count}
    return read


def _sections(text: str) -> Iterator[dict[str, list[str]]]:
    """Letter -> values of each section; a line without a letter begins the next."""
    lines: dict[str, list[str]] = {}
    for line in text.splitlines():
        if match := _TYPED.match(line):
            if value := match[2].strip():
                lines.setdefault(match[1], []).append(value)
        elif line.strip() and lines:
            yield lines
            lines = {}
    if lines:
        yield lines


def _people(value: str, read: Read) -> Iterator[Owner]:
    found = [(match["name"].strip(" ,"), match["email"]) for match in _ANGLED.finditer(value)]
    for name, email in found or [("", value)]:
        if is_email(email):
            yield read.call(Owner(email=email), name)
        else:
            read.skip("people without an e-mail address")
