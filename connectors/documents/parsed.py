"""What a reader makes of one document, before it is known which other documents there are and when it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from connectors.documents.common import Work
from connectors.documents.mentions import Mention


@dataclass(frozen=True, slots=True)
class Named:
    """A document names another one: in which way, in which of its lines (from 0)."""

    cited: str
    how: str
    lines: tuple[int, ...] = ()


@dataclass(slots=True)
class Parsed:
    """A document, or a part of one that lies in a file of its own.

    Attributes
    ----------
    id
        Artifact id: parts of one document have the same.
    work
        What its header says; None for a part without the header.
    named
        What it names.
    aliases
        Further ids by which it may be cited.
    problems
        (what, why) that could not be read in it.
    """

    id: str
    work: Work | None = None
    named: list[Named] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


class Refused(Exception):
    """A file that is no document after all: what (in the plural) and why."""

    def __init__(self, what: str, why: str) -> None:
        self.what = what
        self.why = why
        super().__init__(what, why)


def in_lines(text: str, mentions: Iterable[Mention], how: str = "body") -> list[Named]:
    """Each document named, once, with the lines of `text` that have its number or name.

    Parsers know in which lines a paragraph stands, not in which of them a word does.
    """
    lines = text.split("\n")
    found: dict[str, dict[int, None]] = {}
    for mention in mentions:
        block = range(max(0, mention.first), min(mention.last, len(lines)))
        name = mention.cited.partition(":")[2]
        pattern = re.compile(rf"(?<!\d)0*{name}(?!\d)" if name.isdigit() else re.escape(name), re.IGNORECASE)
        hits = [number for number in block if pattern.search(lines[number])]
        found.setdefault(mention.cited, {}).update(dict.fromkeys(hits or block))
    return [Named(cited, how, tuple(hits)) for cited, hits in found.items()]
