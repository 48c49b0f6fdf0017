"""Links of HTML, by the parser of the standard library: nothing is run, fetched or expanded."""

from __future__ import annotations

from html.parser import HTMLParser

from connectors.documents import bylines
from connectors.documents.bounded import too_deep
from connectors.documents.pages import BYLINE_BLOCKS, Page, Pointer, byline

_SILENT = frozenset(("script", "style", "pre", "template", "noscript", "svg", "math", "textarea"))
_MENUS = frozenset(("nav", "header", "footer", "aside", "menu"))
#: Words in a class or role that say navigation: what Sphinx, MkDocs, javadoc, Docusaurus and wikis write.
_MENU_WORDS = frozenset(
    """
    nav navbar navigation nav-bar topnav subnav toc tableofcontents toctree-wrapper toctree sidebar sphinxsidebar
    sphinxsidebarwrapper breadcrumb breadcrumbs menu related pagination pager footer header topbar wy-nav-side
    wy-breadcrumbs md-nav md-header md-footer md-sidebar catlinks mw-navigation prev-next prevnext skip-nav
    """.split()  # noqa: SIM905
)
_LISTS = frozenset(("li", "td", "th", "dt", "dd"))
_BLOCKS = frozenset(("p", "div", "section", "article", "body", "main", "blockquote", "ul", "ol", "dl", "table", "br"))
_BOXES = frozenset(
    ("div", "section", "article", "main", "body", "span", "ul", "ol", "dl", "table", "form", "details", "blockquote")
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_AUTHOR_NAMES = frozenset(("author", "dc.creator", "dcterms.creator", "citation_author", "article:author", "creator"))
_DATE_NAMES = frozenset(
    ("date", "dc.date", "dcterms.date", "dcterms.created", "citation_publication_date", "article:published_time")
)
#: Open boxes that somebody could still be inside of; more is made to break readers.
_DEEPEST = 500
_LONGEST_TEXT = 2_000


def read(text: str) -> Page:
    """What an HTML document says.

    Raises
    ------
    bounded.GaveUp
        When it nests too deeply.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.finish()


def fragment(text: str, first: int, listed: bool = False) -> list[Pointer]:
    """Links of a piece of HTML whose first line is `first`."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    pointers = reader.page.pointers
    for pointer in pointers:
        pointer.first += first
        pointer.last += first
        pointer.listed |= listed
    return pointers


class _Reader(HTMLParser):
    """Collects links, headings and what the head says."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._boxes: list[tuple[str, bool]] = []
        self._menus = 0
        self._lists = 0
        self._silent: str | None = None
        self._link: Pointer | None = None
        self._heading: list[str] | None = None
        self._title: list[str] | None = None
        self._titled = ""
        self._block: list[str] = []
        self._blocks = 0

    def finish(self) -> Page:
        """The page; what its head calls it is its title where no heading does."""
        self._end_heading()
        self._end_block()
        self.page.title = self.page.title or self._titled
        return self.page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent is not None:
            return
        if tag in _SILENT:
            self._silent = tag
        elif tag == "a":
            self._start_link({name: value or "" for name, value in attrs})
        elif tag in _MENUS or tag in _BOXES:
            self._start_box(tag, attrs)
        elif tag in _LISTS:
            self._lists += 1
        elif tag in _HEADINGS:
            self._end_heading()
            self._heading = []
        elif tag == "title":
            self._title = []
        elif tag == "meta":
            self._meta({name: value or "" for name, value in attrs})
        elif tag == "base":
            self.page.base = self.page.base or next((value or "" for name, value in attrs if name == "href"), "")
        if tag in _BLOCKS or tag in _LISTS:
            self._end_block()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # `<div/>` opens a box in HTML, but whoever writes it means an empty one.
        if tag in ("meta", "base"):
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._silent is not None:
            if tag == self._silent:
                self._silent = None
        elif tag == "a":
            self._link = None
        elif tag in _MENUS or tag in _BOXES:
            self._end_block()
            while any(name == tag for name, _ in self._boxes):
                name, menu = self._boxes.pop()
                self._menus -= menu
                if name == tag:
                    break
        elif tag in _LISTS:
            self._end_block()
            self._lists = max(0, self._lists - 1)
        elif tag in _HEADINGS:
            self._end_heading()
        elif tag == "title":
            self._titled = self._titled or " ".join("".join(self._title or ()).split())[:300]
            self._title = None
        elif tag in _BLOCKS:
            self._end_block()

    def handle_data(self, data: str) -> None:
        if self._silent is not None:
            return
        if self._title is not None:
            self._title.append(data[:_LONGEST_TEXT])
            return
        if self._link is not None:
            self._link.last = self.getpos()[0] + data.count("\n")
            if len(self._link.label) < _LONGEST_TEXT:
                self._link.label += data[:_LONGEST_TEXT]
        if self._heading is not None:
            self._heading.append(data[:_LONGEST_TEXT])
        elif self._blocks < BYLINE_BLOCKS and not self._menus and len(self._block) < 50:
            self._block.append(data[:_LONGEST_TEXT])

    def _start_link(self, attributes: dict[str, str]) -> None:
        self._link = None
        target = attributes.get("href", "").strip()
        if not target:
            return
        line = self.getpos()[0]
        tag = self.get_starttag_text() or ""
        menu = self._menus > 0 or not _MENU_WORDS.isdisjoint(_words(attributes)) or _turns_pages(attributes)
        pointer = Pointer(target, line - 1, line + tag.count("\n"), listed=self._lists > 0, menu=menu)
        self.page.point(pointer)
        self._link = pointer

    def _start_box(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        # A header inside of the text holds a title, not a menu.
        menu = tag in _MENUS and not (tag == "header" and any(name in ("article", "main") for name, _ in self._boxes))
        menu = menu or not _MENU_WORDS.isdisjoint(_words(attributes))
        if tag == "body":
            menu = False
        self._boxes.append((tag, menu))
        self._menus += menu
        if len(self._boxes) > _DEEPEST:
            raise too_deep()

    def _meta(self, attributes: dict[str, str]) -> None:
        name = (attributes.get("name") or attributes.get("property") or "").strip().lower()
        content = attributes.get("content", "").strip()[:_LONGEST_TEXT]
        if not content:
            return
        if name in _AUTHOR_NAMES and not content.startswith(("http://", "https://")):
            self.page.authors += [one for one in bylines.apart(content) if one not in self.page.authors]
        elif name in _DATE_NAMES:
            self.page.date = self.page.date or content

    def _end_heading(self) -> None:
        if self._heading is not None and not self._menus:
            self.page.head("".join(self._heading))
        self._heading = None

    def _end_block(self) -> None:
        text = "".join(self._block)
        self._block = []
        if text.strip() and self._blocks < BYLINE_BLOCKS:
            self._blocks += 1
            if not self.page.authors:
                self.page.authors = byline(" ".join(text.split()))


def _words(attributes: dict[str, str]) -> set[str]:
    text = f"{attributes.get('class', '')} {attributes.get('role', '')} {attributes.get('id', '')}"[:_LONGEST_TEXT]
    return set(text.lower().split())


def _turns_pages(attributes: dict[str, str]) -> bool:
    """Whether the link only turns the page: ``rel=next`` and its like."""
    relations = set(attributes.get("rel", "").lower().split())
    return not relations.isdisjoint(("next", "prev", "previous", "up", "start", "contents", "index", "help", "search"))
