"""What a parser of markup finds in one document: its title, whom it names, and where it points."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.documents import bylines, frontmatter
from connectors.documents.common import Author

#: A document that points to more places is a dump of data; what comes after is left out, and counted.
MOST_POINTERS = 20_000
#: Longer targets are no addresses.
LONGEST_TARGET = 2_000
#: What of a heading matters.
_LONGEST_HEADING = 300


@dataclass(slots=True)
class Pointer:
    """A link as it stands in a document.

    Attributes
    ----------
    target
        Where it leads, as written.
    first, last
        Source lines from `first` up to and without `last` (counted from 0) among which it stands.
    how
        ``link`` (a path or an address), ``wiki`` (a page's name), ``doc`` (a path without suffix), ``ref`` (a label
        anywhere in the tree), ``anchor`` (a label, in this document unless it is nowhere in it), ``xref`` (an AsciiDoc
        path, maybe of Antora), ``macro`` (a page's name if there is one, else nothing).
    label
        Its visible text.
    listed
        It stands in a list or a table.
    menu
        It belongs to the navigation: a menu, a bar of links, a table of contents.
    """

    target: str
    first: int
    last: int
    how: str = "link"
    label: str = ""
    listed: bool = False
    menu: bool = False


@dataclass(slots=True)
class Page:
    """One document.

    Attributes
    ----------
    title
        Of its header, else its first heading, else ''.
    pointers
        Its links, in order.
    labels
        Labels that other documents may name.
    headings
        Its headings; they are labels too, where the whole tree has none of that name.
    authors, people
        Whom its header names, one text each as written, and as `bylines.each` understands them.
    date, status
        As its header says, or None.
    base
        What its relative links are relative to, as written, or ''.
    troubles
        What could not be read in it, as plurals ("headers that are no YAML").
    """

    title: str = ""
    pointers: list[Pointer] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    people: list[Author] = field(default_factory=list)
    date: str | None = None
    status: str | None = None
    base: str = ""
    troubles: list[str] = field(default_factory=list)

    def head(self, text: str) -> None:
        """Note a heading; the first one is the title of a document that has none."""
        text = " ".join(text.split())[:_LONGEST_HEADING]
        if text:
            self.title = self.title or text
            if len(self.headings) < MOST_POINTERS:
                self.headings.append(text)

    def ends_at(self, line: int) -> None:
        """Keep the lines of links within the document, whose last line is `line`."""
        for pointer in self.pointers:
            pointer.first = min(pointer.first, line)
            pointer.last = max(pointer.first + 1, min(pointer.last, line + 1))

    def point(self, pointer: Pointer) -> None:
        """Note a link, unless the document has too many."""
        if len(self.pointers) < MOST_POINTERS:
            self.pointers.append(pointer)
        elif _MANY not in self.troubles:
            self.troubles.append(_MANY)


_MANY = f"documents with over {MOST_POINTERS:,} links"
_AUTHORS = ("author", "authors", "owner", "owners", "written-by", "creator", "creators")
_DATES = ("date", "created", "creation-date", "published", "publish-date")


def read_fields(page: Page, fields: Mapping[str, Any]) -> None:
    """Take title, authors, date and status from the fields of a header; names in any case, ``_`` or ``-``."""
    known = {name.lower().replace("_", "-").replace(" ", "-"): value for name, value in fields.items()}
    titles = frontmatter.texts(known.get("title"))
    page.title = page.title or (" ".join(titles[0].split())[:_LONGEST_HEADING] if titles else "")
    for name in _AUTHORS:
        page.authors += [text for text in bylines.entries(known.get(name)) if text not in page.authors]
        if page.authors:
            break
    for name in _DATES:
        page.date = page.date or next(iter(frontmatter.texts(known.get(name))), "").partition("\n")[0] or None
    page.status = page.status or next(iter(frontmatter.texts(known.get("status") or known.get("state"))), None)


_BYLINE = re.compile(
    r"\W{0,4}(?:authors?|owners?|written by)(?:\(s\)|\s*\(?github handles?\)?)?\W{0,4}[:：]\W{0,4}?([@\w\[(<].{1,400})",
    re.IGNORECASE,
)
#: Where a byline may stand: among the first blocks of the text.
BYLINE_BLOCKS = 12


def byline(text: str) -> list[str]:
    """Whom a line of the text itself names as authors: ``Authors: Ann Smith (@ann), @bob``.

    >>> byline("Status: draft\\nAuthor(s): Ann Smith (@ann), @bob"), byline("The author: what is one?")
    (['Ann Smith (@ann)', '@bob'], [])
    """
    for line in text.split("\n")[:10]:
        match = _BYLINE.fullmatch(line.strip()[:500])
        if match and not match[1].rstrip().endswith(("?", ":")):
            # People have names of a few words: more is a sentence.
            parts = [part for part in re.split(r"[,;]|\band\b|&", match[1]) if part.strip()]
            if all(len(part.split()) <= 6 for part in parts):
                return bylines.apart(match[1])
    return []


_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\|^{}\x00-\x1f]+", re.IGNORECASE)


def addresses(text: str) -> Iterator[re.Match[str]]:
    """Web addresses that stand in plain text; `address_of` gives each without the sentence's punctuation."""
    return _ADDRESS.finditer(text)


def address_of(match: re.Match[str]) -> str:
    """The address of a match, without the punctuation of the sentence around it (as GitHub does it)."""
    found = match[0][:LONGEST_TARGET]
    while found:
        last = found[-1]
        if last in ".,;:!?*_~'\"" or (last == ")" and found.count(")") > found.count("(")) or last in "]>":
            found = found[:-1]
        else:
            break
    return found


_SEPARATORS = re.compile(r"[\s|•·/\\<>«»←→↑‹›⟨⟩:–—-]*[|•·/<>«»←→↑‹›–—][\s|•·/\\<>«»←→↑‹›⟨⟩:–—-]*")


def is_bar(links: int, around: str) -> bool:
    """Whether a block of so many links, and `around` for all its other text, is a bar to navigate by.

    >>> is_bar(2, " | "), is_bar(2, " ()"), is_bar(2, " and ")
    (True, False, False)
    """
    return links > 1 and len(around) < 500 and _SEPARATORS.fullmatch(around) is not None


def line_of(starts: list[int], offset: int) -> int:
    """The number of the line in which `offset` lies, `starts` being where lines start."""
    return max(0, bisect_right(starts, offset) - 1)


def line_starts(text: str) -> list[int]:
    """Where each line of `text` starts."""
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts
