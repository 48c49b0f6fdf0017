"""Finding which work of a corpus a reference in words means: exports often give no identifier.

Two things must agree with one work and with no other: surname of the first author and year, and beside these either the
title or volume and first page. What agrees with two works is left unresolved.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from connectors.documents.author_names import fold

#: A reference in words is no longer; a hostile one gets no more.
_LONGEST = 2_000
#: A shorter title stands in too many other texts.
_TELLING = 16
#: The first author's surname is among as many words.
_IN_FRONT = 6
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)[a-z]?(?!\d)")
_WOS = re.compile(r"[^,]+, (?:1[5-9]|20)\d\d, ")
_VOLUME = re.compile(r", V([\w.-]+)")
_PAGE = re.compile(r", [PE](\w+)")


@dataclass(frozen=True, slots=True)
class Words:
    """A reference in words, or what is known of a work that it may mean. Everything as written, '' where not known."""

    text: str = ""
    family: str = ""
    year: str = ""
    title: str = ""
    volume: str = ""
    page: str = ""


def of_text(text: str) -> Words:
    """What a reference in running text says: `Doe J, 2001, NATURE, V1, P1` or `Doe, J., Title, (2001) Nature`."""
    text = text[:_LONGEST].strip()
    years = _YEAR.findall(text)
    if _WOS.match(text):
        # The form of the Web of Science, where the surname is the first word (`VAN DER BERG J` has four).
        author, year = text.split(", ", 2)[:2]
        volume, page = _VOLUME.search(text), _PAGE.search(text)
        family = " ".join(author.split()[:-1]) or author
        return Words(text, family, year, "", volume[1] if volume else "", page[1] if page else "")
    return Words(text, re.split(r"[,;]", text, maxsplit=1)[0], years[0] if len(set(years)) == 1 else "")


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", fold(text)).strip()


class Shelf:
    """The works of a corpus, found by what a reference says of them."""

    def __init__(self) -> None:
        self._works: dict[tuple[str, str], list[tuple[str, Words]]] = defaultdict(list)

    def add(self, artifact: str, words: Words) -> None:
        """Remember a work by its first author's surname and its year."""
        family = _plain(words.family)
        if family and words.year:
            title, page = _plain(words.title), _first_page(words.page)
            self._works[family, words.year].append((artifact, Words("", family, words.year, title, words.volume, page)))

    def find(self, reference: Words) -> str | None:
        """The one work that `reference` means, or None."""
        names = [_plain(reference.family)]
        if reference.text:
            # The first author stands in front: `Doe J`, `Doe, J.`, `John Doe and ...`, `J. van der Berg, ...`.
            words = _plain(reference.text[:200]).split()[:_IN_FRONT]
            names += [" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, i + 4)]
        years = [reference.year] if reference.year else sorted(set(_YEAR.findall(reference.text)))[:5]
        text = f" {_plain(reference.text)} " if reference.text else ""
        title, page = _plain(reference.title), _first_page(reference.page)
        found = {
            artifact
            for name in dict.fromkeys(names)
            for year in years
            for artifact, work in self._works.get((name, year[:4]), ())
            if (len(work.title) >= _TELLING and (work.title == title or f" {work.title} " in text))
            or (page and page == work.page and reference.volume.strip() == work.volume.strip() != "")
        }
        return found.pop() if len(found) == 1 else None


def _first_page(pages: str) -> str:
    """The first of some pages, without letters before it and zeros."""
    match = re.match(r"\D{0,3}0*(\d+)", pages.strip())
    return match[1] if match else pages.strip().casefold()
