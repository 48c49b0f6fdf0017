"""MediaWiki markup as blocks, by mwparserfromhell."""

from __future__ import annotations

from collections.abc import Iterator

import mwparserfromhell
from mwparserfromhell.nodes import Comment, ExternalLink, Heading, HTMLEntity, Tag, Template, Text, Wikilink
from mwparserfromhell.wikicode import Wikicode

from connectors.documents.blocks import Block, Link

_SILENT = frozenset(("pre", "code", "source", "syntaxhighlight", "nowiki", "math", "tt", "ref-list", "script", "style"))
#: Piece of text, or a link with its label.
_Piece = str | Link


def parse(text: str, offset: int = 0) -> list[Block]:
    """The blocks of a document in MediaWiki markup; `offset` is added to the numbers of their lines."""
    current = Block("", offset, offset + 1)
    blocks = [current]
    line = offset
    for node in mwparserfromhell.parse(text, skip_style_tags=True).nodes:
        if isinstance(node, Text):
            for number, part in enumerate(str(node.value).split("\n\n")):
                if number or current.heading:
                    line += 2 if number else 0
                    current = Block("", line, line + 1)
                    blocks.append(current)
                current.text += part
                line += part.count("\n")
                current.last = line + 1
            continue
        if isinstance(node, Heading):
            current = Block("", line, line + 1, int(node.level))
            blocks.append(current)
        for piece in _pieces(node):
            if isinstance(piece, Link):
                current.links.append(piece)
                current.text += " " if piece.label.strip() in (piece.target, "") else piece.label
            else:
                current.text += piece
        line += str(node).count("\n")
        current.last = line + 1
    return [block for block in blocks if block.text.strip() or block.links]


def _pieces(node: object, depth: int = 0) -> Iterator[_Piece]:
    """Prose and links of a node; code is left out."""
    if depth > 30:
        return
    if isinstance(node, Text):
        yield str(node.value)
    elif isinstance(node, Wikilink):
        target = str(node.title).strip()
        yield Link(target, str(node.text.strip_code()) if node.text else target.rpartition("/")[2])
    elif isinstance(node, ExternalLink):
        # Many write [[https://...|label]], which MediaWiki itself does not take for a label.
        target, _, label = str(node.url).strip().partition("|")
        yield Link(target, str(node.title.strip_code()) if node.title else label)
    elif isinstance(node, Heading):
        yield from _inside(node.title, depth)
    elif isinstance(node, HTMLEntity):
        yield str(node.normalize())
    elif isinstance(node, Tag):
        name = str(node.tag).strip().lower()
        if name in _SILENT:
            yield "\ufffc"
        elif node.contents is not None:
            yield " " if name in ("td", "th", "tr", "li", "dd", "dt", "br") else ""
            yield from _inside(node.contents, depth)
    elif isinstance(node, Template):
        for parameter in node.params:
            yield from _inside(parameter.value, depth)
    elif isinstance(node, Comment):
        yield ""


def _inside(code: Wikicode, depth: int) -> Iterator[_Piece]:
    for node in code.nodes:
        yield from _pieces(node, depth + 1)
