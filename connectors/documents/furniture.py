"""Which links of a tree do not cite, because they are there to find one's way: menus, lists of pages, templates.

A page that leads to every other one is not a citation of everybody by whoever keeps it. The rules stand in
docs/markup.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.documents.links import Place
from connectors.documents.pages import Page
from connectors.documents.parsing import MARKUPS, suffix_of

#: Pages (by name without suffix) that are nothing but navigation: none of their links cites.
MENUS = frozenset(
    """
    summary toc _toc _sidebar sidebar _navbar navbar _footer _header nav navigation menu sitemap genindex modindex
    py-modindex search 404
    """.split()  # noqa: SIM905
)
#: Pages that lead to others: what they list does not cite, what their running text links to does.
ENTRANCES = frozenset(("readme", "index", "_index", "home", "contents", "start", "main"))
#: A page that lists this many documents, and this share of all of them, is a directory of them.
DIRECTORY_LEAST = 20
DIRECTORY_SHARE = 0.25
#: A line of at least so many words that stands in at least so many documents came with a template.
TEMPLATE_WORDS = 5
TEMPLATE_LEAST = 10
#: What is looked at of a line.
_LONGEST = 2_000
#: Generated pages bear the same menus: what over this share of at least so many HTML pages links to is in one.
PAGES_LEAST = 20
PAGES_SHARE = 0.5


@dataclass(slots=True)
class Linked:
    """A document's links with where each leads and the line in which it stands.

    Attributes
    ----------
    page
        The document.
    places
        Where each of its links leads.
    lines
        What `line_of_words` says of the line of each.
    """

    page: Page
    places: Sequence[Place]
    lines: Sequence[int]


def line_of_words(row: str) -> int:
    """A line as a number that tells it from others; 0 for one of too few words to be told from a template's."""
    words = row[:_LONGEST].split()
    return hash(tuple(words)) or 1 if len(words) >= TEMPLATE_WORDS else 0


class Furniture:
    """What of the links between `documents` (path -> its links) is furniture."""

    def __init__(self, documents: Mapping[str, Linked]) -> None:
        self._documents = documents
        holders: Counter[int] = Counter()
        for linked in documents.values():
            holders.update({line for line in linked.lines if line})
        self._templates = {line for line, count in holders.items() if count >= TEMPLATE_LEAST}
        pages = [name for name in documents if _is_html(name)]
        reached: dict[str, int] = defaultdict(int)
        for name in pages:
            for path in {place.path for place in documents[name].places if place.path is not None}:
                reached[path] += 1
        most = max(PAGES_LEAST, len(pages)) * PAGES_SHARE
        self._everywhere = {path for path, count in reached.items() if count > most and len(pages) >= PAGES_LEAST}

    def of(self, name: str) -> list[bool]:
        """For each link of the document at `name`: whether it is there to find one's way."""
        linked = self._documents[name]
        stem = name.rpartition("/")[2].rpartition(".")[0].casefold()
        menu = stem in MENUS
        directory = stem in ENTRANCES or stem.startswith("readme") or self._lists_most(linked)
        html = _is_html(name)
        return [
            menu
            or pointer.menu
            or (directory and pointer.listed)
            or line in self._templates
            or (html and place.path in self._everywhere)
            for pointer, place, line in zip(linked.page.pointers, linked.places, linked.lines, strict=True)
        ]

    def _lists_most(self, linked: Linked) -> bool:
        listed = {
            place.path
            for pointer, place in zip(linked.page.pointers, linked.places, strict=True)
            if pointer.listed and place.path is not None
        }
        return len(listed) >= max(DIRECTORY_LEAST, DIRECTORY_SHARE * len(self._documents))


def _is_html(name: str) -> bool:
    return MARKUPS.get(suffix_of(name)) == "html_links"
