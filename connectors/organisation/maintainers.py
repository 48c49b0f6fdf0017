"""MAINTAINERS as Linux writes it: sections with ``M:``, ``R:``, ``F:``, ``X:`` and ``N:``; all that match count.

The rules are those that the file itself explains and that ``scripts/get_maintainer.pl`` follows: a section begins with
a line that has no letter and colon in front; ``X:`` takes paths out of its own section; ``N:`` is a regular expression
that is looked for in the path. Paths are relative to the root, wherever the file lies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors.organisation.holders import REVIEWER, Entry, Owner, Read, is_email
from connectors.organisation.kubernetes import is_regular

#: Every pattern of a file counts; what stands behind the colon is the section, where it takes paths out.
RULE = "every:"
#: A section is never so large, nor a file; what is beyond is left out.
MAX_ENTRIES_OF_SECTION, MAX_ENTRIES = 20_000, 200_000

_TYPED = re.compile(r"([A-Z]):[ \t]*(.*)\Z")
_ANGLED = re.compile(r"\"?(?P<name>[^<>\"]*?)\"?\s*<(?P<email>[^<>\s]+)>")
_LONGEST_TITLE = 100


def is_sectioned(text: str) -> bool:
    """Whether `text` is of this form: it has both people and paths, a line each.

    >>> is_sectioned("NET\\nM: Ann <a@b.org>\\nF: net/")
    True
    """
    return bool(re.search(r"^M:[ \t]*\S", text, re.MULTILINE) and re.search(r"^[FN]:[ \t]*\S", text, re.MULTILINE))


def parse_sections(text: str) -> Read:
    """Read a file of sections."""
    read = Read()
    titles: dict[str, int] = {}
    for title, lines in _sections(text):
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
            number = titles[title] = titles.get(title, 0) + 1
            rule = f"{RULE}{title}" + (f" {number}" if number > 1 else "")
        if len(people) * len(patterns) + len(excluded) > min(MAX_ENTRIES_OF_SECTION, MAX_ENTRIES - len(read.entries)):
            read.skip("sections with more people and paths than anybody keeps")
            continue
        read.entries += [Entry(pattern, rule, "maintainer") for pattern in excluded]
        read.entries += [Entry(pattern, rule, role, owner) for pattern in patterns for role, owner in people]
    read.skipped = {reason: count for reason, count in read.skipped.items() if count}
    return read


def _sections(text: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """(title in lower case, letter -> values) of each section."""
    title, lines = "", dict[str, list[str]]()
    for line in text.splitlines():
        if match := _TYPED.match(line):
            if value := match[2].strip():
                lines.setdefault(match[1], []).append(value)
        elif line.strip():
            if lines:
                yield title, lines
            title, lines = line.strip().casefold()[:_LONGEST_TITLE], {}
    if lines:
        yield title, lines


def _people(value: str, read: Read) -> Iterator[Owner]:
    found = [(match["name"].strip(" ,"), match["email"]) for match in _ANGLED.finditer(value)]
    for name, email in found or [("", value)]:
        if is_email(email):
            yield read.call(Owner(email=email), name)
        else:
            read.skip("people without an e-mail address")
