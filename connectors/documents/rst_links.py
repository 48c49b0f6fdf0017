"""Links of reStructuredText, with the roles and directives of Sphinx, by docutils.

Docutils is given no transforms to run: they would expand substitutions (each may stand in the next, which makes pages
out of lines) and need the whole project. What they resolve, named and anonymous targets, is looked up here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Directive, Parser, directives, roles
from docutils.parsers.rst.languages import en
from docutils.utils import new_document

from connectors.documents import bylines
from connectors.documents.bounded import GaveUp
from connectors.documents.pages import BYLINE_BLOCKS, Page, Pointer, byline, is_bar, line_of, line_starts, read_fields

_DIRECTIVE = re.compile(r"^[ \t]*\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?([\w.:+-]+?)[ \t]?::", re.MULTILINE)
_ROLE = re.compile(r":([\w.:+-]+):`|`:([\w.:+-]+):")
#: Directives whose content is no text of this document: code, menus, and what other files hold.
_SKIPPED = frozenset(
    """
    code-block sourcecode code literalinclude highlight doctest testcode testoutput testsetup testcleanup prompt ipython
    plot graphviz digraph graph uml mermaid productionlist toctree include raw meta image contents index math
    jupyter-execute autosummary
    """.split()  # noqa: SIM905
)
_BYLINES = frozenset(("sectionauthor", "codeauthor", "moduleauthor"))
#: Roles that point to a document or a label, by what they point to.
_POINTING = {"doc": "doc", "ref": "ref", "numref": "ref", "any": "any", "std:ref": "ref", "std:doc": "doc"}
_SERIES = {"pep": "pep", "rfc": "rfc"}
#: A document that names more foreign directives or roles is noise; the rest is left as docutils leaves it.
_MOST_FOREIGN = 300
#: Docutils reads nothing of a document with a longer one.
_LONGEST_LINE = 100_000
_TITLED = re.compile(r"(?:(?P<label>.*?\S|)\s*<(?P<target>[^<>]+)>|(?P<bare>.*))", re.DOTALL)
_NUMBER = re.compile(r"\d{1,5}")
_SILENT = (nodes.literal_block, nodes.doctest_block, nodes.comment, nodes.raw, nodes.math, nodes.math_block)
_LISTS = (nodes.list_item, nodes.entry, nodes.definition_list_item, nodes.field)


def read(text: str) -> Page:
    """What a document in reStructuredText says.

    Raises
    ------
    bounded.GaveUp
        When it has lines that docutils does not read.
    """
    if max(map(len, text.split("\n"))) > _LONGEST_LINE:
        raise GaveUp(f"it has lines of over {_LONGEST_LINE:,} characters")
    document = new_document("document", _settings())
    with _dialect(text):
        Parser().parse(text, document)
    return _Reader(text, document).read()


def _settings() -> Any:
    settings = get_default_settings(Parser)
    settings.report_level = settings.halt_level = 5
    settings.warning_stream = ""
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.syntax_highlight = "none"
    settings.line_length_limit = _LONGEST_LINE
    settings._disable_config = True
    return settings


class _Foreign(Directive):
    """A directive of somebody else's: what it holds is read on."""

    class _Any(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            return directives.unchanged

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Any] = _Any(any=directives.unchanged)

    def run(self) -> list[nodes.Node]:
        name = self.name.rpartition(":")[2].lower()
        if name in _BYLINES:
            return [nodes.inline("", "", byline=" ".join(self.arguments))]
        if name in _SKIPPED:
            return []
        container = nodes.container()
        if self.arguments:
            inline, _ = self.state.inline_text(self.arguments[0], self.lineno)
            paragraph = nodes.paragraph(self.arguments[0], "", *inline)
            paragraph.line = self.lineno
            container += paragraph
        self.state.nested_parse(self.content, self.content_offset, container)
        return [container]


def _role(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = None
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """A role of Sphinx: where it points stands in the node; of others the text is kept."""
    name = name.lower()
    match = _TITLED.fullmatch(text)
    bare = match["bare"] if match else text
    label = bare if bare is not None or match is None else match["label"]
    node = nodes.inline(rawtext, label)
    target = (match["target"] if match and match["target"] else text).strip()
    if name in _POINTING and not target.startswith("!"):
        node["pointer"] = (_POINTING[name], target)
    elif name in _SERIES and (number := _NUMBER.match(target)):
        node["pointer"] = ("id", f"{_SERIES[name]}:{int(number[0])}")
    return [node], []


@contextmanager
def _dialect(text: str) -> Iterator[None]:
    """Let docutils know the directives and roles that `text` names, for as long as it is parsed.

    Docutils keeps both in tables of its module: what one document brings must not be there for the next.
    """
    tables = (directives._directives, roles._role_registry, roles._roles)
    before = [dict(table) for table in tables]
    known = {*en.directives, *directives._directives} - _SKIPPED
    found = sorted({name.lower() for name in _DIRECTIVE.findall(text)} - known)
    for name in [*_SKIPPED, *found[:_MOST_FOREIGN]]:
        directives._directives[name] = _Foreign
    named = sorted({(one or other).lower() for one, other in _ROLE.findall(text)} - {*en.roles, *roles._role_registry})
    for name in [*named[:_MOST_FOREIGN], *_POINTING, *_SERIES]:
        roles._roles[name] = _role
    try:
        yield
    finally:
        for table, entries in zip(tables, before, strict=True):
            table.clear()
            table.update(entries)


class _Reader:
    """Walks the tree that docutils made, without recursion."""

    def __init__(self, text: str, document: nodes.document) -> None:
        self.text = text
        self.document = document
        self.page = Page()
        self._starts = line_starts(text)
        self._addresses: dict[str, str] = {}
        self._anonymous: list[str] = []

    def read(self) -> Page:
        """The page."""
        self._collect()
        blocks = 0
        stack: list[tuple[nodes.Node, bool]] = [(self.document, False)]
        while stack:
            node, listed = stack.pop()
            if isinstance(node, (*_SILENT, nodes.system_message, nodes.Text)):
                continue
            if isinstance(node, nodes.TextElement) and not isinstance(node, nodes.Inline):
                if isinstance(node, (nodes.title, nodes.subtitle)):
                    self.page.head(node.astext())
                blocks += 1
                if blocks <= BYLINE_BLOCKS and not self.page.authors:
                    self.page.authors = byline(node.astext())
                self._block(node, listed)
            elif isinstance(node, nodes.Element):
                if "byline" in node:
                    self.page.authors += bylines.apart(node["byline"])
                listed = listed or isinstance(node, _LISTS)
                stack += [(child, listed) for child in reversed(node.children)]
        return self.page

    def _collect(self) -> None:
        """Targets, labels and the fields at the head of the document."""
        indirect: dict[str, str] = {}
        for target in self.document.findall(nodes.target):
            address = target.get("refuri", "")
            if target.get("anonymous"):
                self._anonymous.append(address)
            for name in target.get("names", ()):
                if address:
                    self._addresses[name] = address
                elif "refname" in target:
                    indirect[name] = target["refname"]
                else:
                    self.page.labels.append(name)
        for name, other in indirect.items():
            if other in self._addresses:
                self._addresses.setdefault(name, self._addresses[other])
        head: list[nodes.Node] = []
        for node in self.document.children[:20]:
            head += node.children[:5] if isinstance(node, nodes.section) else [node]
            if isinstance(node, nodes.section):
                break
        fields: dict[str, str] = {}
        for node in head:
            if isinstance(node, nodes.field_list):
                for field in node.children:
                    name, said = field[0].astext(), field[1].astext()
                    fields[name] = f"{fields[name]}\n{said}" if name in fields else said
        read_fields(self.page, fields)

    def _block(self, block: nodes.TextElement, listed: bool) -> None:
        first, last = self._lines(block)
        found: list[Pointer] = []
        outside: list[str] = []
        stack: list[nodes.Node] = list(reversed(block.children))
        while stack:
            node = stack.pop()
            if isinstance(node, nodes.Text):
                outside.append(str(node))
            elif isinstance(node, (nodes.literal, nodes.system_message, nodes.problematic)):
                outside.append("\ufffc")
            elif isinstance(node, nodes.Element):
                how, target = node.get("pointer", ("", ""))
                if isinstance(node, nodes.reference):
                    how, target = "link", self._address(node)
                if target:
                    lines = self._place(node.rawsource, first, last)
                    found.append(Pointer(target, *lines, how, node.astext()[:500], listed))
                elif isinstance(node, nodes.reference):
                    outside.append(node.astext())
                else:
                    stack += reversed(node.children)
        menu = is_bar(len(found), "".join(outside))
        for pointer in found:
            pointer.menu |= menu
            self.page.point(pointer)

    def _address(self, node: nodes.reference) -> str:
        if "refuri" in node:
            return str(node["refuri"])
        if node.get("anonymous"):
            return self._anonymous.pop(0) if self._anonymous else ""
        return self._addresses.get(node.get("refname", ""), "")

    def _lines(self, node: nodes.Node) -> tuple[int, int]:
        """Lines among which a block stands: docutils names its first or its last one, depending on the block."""
        at: nodes.Node | None = node
        while at is not None and at.line is None:
            at = at.parent
        line = max(0, (at.line if at is not None else 1) - 1)
        count = getattr(node, "rawsource", "").count("\n") + 1
        return max(0, line - count), min(line + count + 1, len(self._starts))

    def _place(self, raw: str, first: int, last: int) -> tuple[int, int]:
        """The lines of a piece of markup that stands in a block: looked for there as it is written."""
        begin = self._starts[min(first, len(self._starts) - 1)]
        end = self._starts[last] if last < len(self._starts) else len(self.text)
        at = self.text.find(raw, begin, end) if raw else -1
        if at < 0 or not raw:
            return first, last
        return line_of(self._starts, at), line_of(self._starts, at + len(raw) - 1) + 1
