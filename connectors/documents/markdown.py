"""Markdown as blocks, by markdown-it: links and prose, code left out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from connectors.documents.blocks import Block, Link

_SILENT = frozenset(("script", "style", "pre", "code", "template", "noscript"))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 60}).enable(["table", "strikethrough"])


def parse(text: str, offset: int = 0) -> list[Block]:
    """The blocks of a Markdown document; `offset` is added to the numbers of their lines.

    Code blocks and code spans are left out; of HTML only text and links are read.
    """
    blocks: list[Block] = []
    heading = 0
    row = (0, 0)
    for token in _parser().parse(text):
        if token.type == "heading_open":
            heading = int(token.tag[1:])
        elif token.type == "heading_close":
            heading = 0
        elif token.type == "tr_open" and token.map:
            row = (token.map[0], token.map[1])
        elif token.type == "inline":
            # Cells have no lines of their own.
            first, last = token.map or row
            block = Block("", first + offset, last + offset, heading)
            block.text = "".join(_inline(token.children or [], block.links))
            blocks.append(block)
        elif token.type == "html_block" and token.map:
            found = html(token.content)
            found.first, found.last = token.map[0] + offset, token.map[1] + offset
            blocks.append(found)
    return blocks


def html(text: str) -> Block:
    """Prose and links of a piece of HTML; scripts, styles, code and comments are left out."""
    reader = _Html()
    reader.feed(text)
    reader.close()
    return Block("".join(reader.pieces), 0, 0, 0, reader.links)


def _inline(tokens: list[Token], links: list[Link]) -> Iterator[str]:
    """The text of an inline run; fills `links`."""
    open_links: list[tuple[str, list[str]]] = []
    for token in tokens:
        piece = ""
        if token.type == "link_open":
            open_links.append((str(token.attrGet("href") or ""), []))
            continue
        if token.type == "link_close" and open_links:
            target, label = open_links.pop()
            piece = "".join(label)
            links.append(Link(target, piece))
            if token.info == "auto" or piece.strip() == target:
                piece = " "
        elif token.type in ("text", "text_special"):
            piece = token.content
        elif token.type in ("softbreak", "hardbreak"):
            piece = "\n"
        elif token.type == "image":
            piece = " "
        elif token.type in ("code_inline", "html_inline"):
            if token.type == "html_inline" and token.content[:3].lower() == "<a ":
                links.extend(html(token.content).links)
            piece = "\ufffc"
        if open_links:
            open_links[-1][1].append(piece)
        else:
            yield piece
    for _, label in open_links:
        yield from label


class _Html(HTMLParser):
    """Collects text and links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[Link] = []
        self._silent: list[str] = []
        self._link: Link | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag == "a":
            target = next((value for name, value in attrs if name == "href" and value), None)
            self._link = Link(target) if target else None
            if self._link:
                self.links.append(self._link)
        else:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        elif tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._link is not None:
            self._link.label += data
            if data.strip() == self._link.target:
                data = " "
        self.pieces.append(data)
