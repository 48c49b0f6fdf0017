"""Links of Markdown (CommonMark with tables, wiki links, and the roles and labels of MyST), by markdown-it."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from connectors.documents import frontmatter, html_links
from connectors.documents.bounded import too_deep
from connectors.documents.pages import (
    BYLINE_BLOCKS,
    Page,
    Pointer,
    address_of,
    addresses,
    byline,
    is_bar,
    read_fields,
)

#: Blocks inside of blocks; markdown-it leaves out what lies deeper.
_DEEPEST = 60
_LONGEST_WIKI = 300
_ROLE = re.compile(r"\{(?:std:)?(doc|ref|numref|any)\}\Z")
_ROLE_TEXT = re.compile(r"(?:[^<>]*<)?([^<>]+)>?", re.DOTALL)
_LABEL = re.compile(r"\(([^()\s][^()]*)\)=\Z")
_LISTS = frozenset(("list_item", "td", "th"))


def read(text: str) -> Page:
    """What a Markdown document says.

    Raises
    ------
    bounded.GaveUp
        When it nests too deeply.
    """
    page = Page()
    body, offset = _header(page, text)
    lists = heading = blocks = 0
    row = (0, 1)
    for token in _parser().parse(body):
        if token.level >= _DEEPEST - 1:
            raise too_deep()
        name, _, end = token.type.rpartition("_")
        if name in _LISTS:
            lists += 1 if end == "open" else -1
        elif token.type == "tr_open" and token.map:
            row = (token.map[0], token.map[1])
        elif token.type == "heading_open":
            heading = 1
        elif token.type == "heading_close":
            heading = 0
        elif token.type == "inline":
            first, last = token.map or row
            run = _Run(page, first + offset, last + offset, lists > 0)
            words = run.read(token.children or [])
            if heading:
                page.head(words)
            elif label := _LABEL.match(words):
                page.labels.append(label[1])
            blocks += 1
            if blocks <= BYLINE_BLOCKS and not page.authors:
                page.authors = byline(words)
        elif token.type == "html_block" and token.map:
            for pointer in html_links.fragment(token.content, token.map[0] + offset, lists > 0):
                page.point(pointer)
    return page


def _header(page: Page, text: str) -> tuple[str, int]:
    """Read the front matter (YAML, or TOML as Hugo has it); returns the body and the number of its first line."""
    if text.startswith("+++\n") and (end := text.find("\n+++", 3)) > 0:
        close = text.find("\n", end + 1)
        close = len(text) if close < 0 else close
        try:
            read_fields(page, tomllib.loads(text[4 : end + 1][: frontmatter.LONGEST]))
        except (ValueError, RecursionError):
            page.troubles.append("headers that cannot be read")
        return text[close + 1 :], text.count("\n", 0, close + 1)
    header, body, first = frontmatter.split(text)
    if header.strip():
        try:
            read_fields(page, frontmatter.load(header))
        except frontmatter.Unreadable:
            # A rule, a paragraph and another rule look like front matter and are text.
            if ":" not in header:
                return text, 0
            page.troubles.append("headers that cannot be read")
    return body, first


class _Run:
    """One run of inline text, read line by line: what stands in it and where."""

    def __init__(self, page: Page, first: int, last: int, listed: bool) -> None:
        self.page = page
        self.line = first
        self.last = last
        self.listed = listed
        self._pieces: list[str] = []
        self._outside: list[str] = []
        self._open: list[tuple[str, int, int]] = []
        self._found: list[Pointer] = []

    def read(self, tokens: list[Token]) -> str:
        """Note the links among `tokens`; returns their text."""
        role = ""
        for token in tokens:
            kind = token.type
            if kind == "text" or kind == "text_special":
                self._text(token.content)
                match = _ROLE.search(token.content)
                role = match[1] if match else ""
                continue
            if kind in ("softbreak", "hardbreak"):
                self.line += 1
                self._pieces.append("\n")
            elif kind == "link_open":
                self._open.append((str(token.attrGet("href") or ""), self.line, len(self._pieces)))
            elif kind == "link_close" and self._open:
                target, first, at = self._open.pop()
                self._point(target, first, label="".join(self._pieces[at:]))
            elif kind == "wiki":
                self._point(token.content, self.line, "wiki", token.content)
                self._pieces.append(token.content)
            elif kind == "code_inline":
                if role and (match := _ROLE_TEXT.fullmatch(token.content.strip())):
                    self._point(match[1].strip(), self.line, "ref" if role == "numref" else role, token.content)
                self._pieces.append("\ufffc")
                self.line = min(self.line + token.content.count("\n"), self.last)
            elif kind == "html_inline":
                if token.content[:2].lower() == "<a":
                    for pointer in html_links.fragment(token.content, self.line, self.listed):
                        self._found.append(pointer)
                self.line = min(self.line + token.content.count("\n"), self.last)
            role = ""
        menu = is_bar(len(self._found), "".join(self._outside))
        for pointer in self._found:
            pointer.menu |= menu
            self.page.point(pointer)
        return "".join(self._pieces)

    def _text(self, text: str) -> None:
        self._pieces.append(text)
        if self._open:
            return
        self._outside.append(text)
        for match in addresses(text):
            self._point(address_of(match), self.line)

    def _point(self, target: str, first: int, how: str = "link", label: str = "") -> None:
        last = min(max(self.line + 1, first + 1), max(self.last, first + 1))
        self._found.append(Pointer(target, first, last, how, label[:500], self.listed))


def _wiki(state: StateInline, silent: bool) -> bool:
    """``[[Page]]`` and ``[[Page|text]]``, where CommonMark sees no link of its own."""
    at = state.pos
    if not state.src.startswith("[[", at):
        return False
    end = state.src.find("]]", at + 2, min(at + 2 + _LONGEST_WIKI, state.posMax))
    inner = state.src[at + 2 : end] if end > 0 else ""
    if not inner.strip() or "[" in inner or "\n" in inner or state.src[end + 2 : end + 3] in ("(", "["):
        return False
    references: dict[str, Any] = state.env.get("references", {})
    if normalizeReference(inner) in references:
        return False
    if not silent:
        state.push("wiki", "", 0).content = inner
    state.pos = end + 2
    return True


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    # What an address may be is decided where it is resolved: refused links are counted there, not dropped here.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.inline.ruler.before("link", "wiki", _wiki)
    return parser
