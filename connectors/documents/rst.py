"""reStructuredText as blocks, by docutils, which neither includes files nor runs or fetches anything.

Directives and roles that docutils does not know (Sphinx has hundreds) are not errors here: a directive's content is
read on, unless its name says that it holds code, and a role's text is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from functools import lru_cache
from typing import Any, ClassVar

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Directive, Parser, directives, roles
from docutils.parsers.rst.languages import en
from docutils.utils import new_document

from connectors.documents.blocks import Block, Link

_DIRECTIVE = re.compile(
    r"^[ \t]*(?:\|[^|\n]+\|[ \t]+)?\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?([\w.:+-]+?)[ \t]?::", re.MULTILINE
)
_ROLE = re.compile(r":([\w.:+-]+):`|`:([\w.:+-]+):")
#: Directives that hold code or a list of files.
_CODE = frozenset(
    """
    code-block sourcecode literalinclude highlight doctest testcode testoutput testsetup prompt ipython plot graphviz
    digraph uml mermaid productionlist toctree
    """.split()  # noqa: SIM905
)
#: A document that names more foreign directives or roles is noise; they are read as docutils reads unknown ones.
_MOST_FOREIGN = 200
_LEAVES = (
    *(nodes.paragraph, nodes.title, nodes.subtitle, nodes.term, nodes.rubric, nodes.attribution, nodes.caption),
    *(nodes.line, nodes.substitution_definition),
)
_SILENT = (
    *(nodes.literal_block, nodes.doctest_block, nodes.comment, nodes.raw, nodes.math, nodes.math_block, nodes.image),
    nodes.system_message,
)
#: Where the roles of numbered series lead.
_SERIES = {"pep": "https://peps.python.org/pep-{:04}", "rfc": "https://datatracker.ietf.org/doc/html/rfc{}"}
_NUMBERED = re.compile(r"(?:(?P<title>[^<]*\S)\s*<)?(?P<number>\d{1,5})(?:#[^<>]*)?>?\s*", re.DOTALL)


def parse(text: str, offset: int = 0) -> list[Block]:
    """The blocks of a document in reStructuredText; `offset` is added to the numbers of their lines."""
    _know(text)
    document = new_document("document", copy(_settings()))
    Parser().parse(text, document)
    targets = _targets(document)
    return list(_blocks(document, targets, offset))


@lru_cache(maxsize=1)
def _settings() -> Any:
    settings = get_default_settings(Parser)
    settings.report_level = settings.halt_level = 5
    settings.warning_stream = ""
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.syntax_highlight = "none"
    settings.line_length_limit = 100_000
    settings._disable_config = True
    return settings


class _Foreign(Directive):
    """A directive of somebody else's: what it holds is read on."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    class _Any(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            return directives.unchanged

    option_spec: ClassVar[Any] = _Any(any=directives.unchanged)

    def run(self) -> list[nodes.Node]:
        if self.name.rpartition(":")[2] in _CODE:
            return []
        container = nodes.container()
        if self.arguments:
            inline, _ = self.state.inline_text(self.arguments[0], self.lineno)
            paragraph = nodes.paragraph(self.arguments[0], "", *inline)
            paragraph.line = self.lineno
            container += paragraph
        self.state.nested_parse(self.content, self.content_offset, container)
        return [container]


def _foreign_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = None
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    label, _, target = text.partition("<")
    label, target = (label.strip(), target.rstrip(">").strip()) if target.endswith(">") else (text, text)
    if name.rpartition(":")[2] in ("ref", "doc", "any"):
        # Labels may lead into another document.
        return [nodes.reference(rawtext, label, refuri=target)], []
    return [nodes.inline(rawtext, label)], []


def _series_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = None
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """``:pep:`8```, also with the title and anchor that Sphinx allows: ``:pep:`style <8#naming>```."""
    match = _NUMBERED.fullmatch(text.strip())
    if match is None:
        return [nodes.inline(rawtext, text)], []
    address = _SERIES[name.lower()].format(int(match["number"]))
    label = match["title"] or f"{name.upper()} {int(match['number'])}"
    return [nodes.reference(rawtext, label, refuri=address)], []


def _know(text: str) -> None:
    """Let docutils know the directives and roles that `text` names and nobody has registered."""
    for name in set(_DIRECTIVE.findall(text)[: 50 * _MOST_FOREIGN]):
        name = name.lower()
        if (
            name not in en.directives
            and name not in directives._directives
            and len(directives._directives) < _MOST_FOREIGN
        ):
            directives.register_directive(name, _Foreign)
    for name in _SERIES:
        roles.register_local_role(name, _series_role)
    for pair in set(_ROLE.findall(text)[: 50 * _MOST_FOREIGN]):
        name = (pair[0] or pair[1]).lower()
        if name not in en.roles and name not in roles._role_registry and len(roles._roles) < _MOST_FOREIGN:
            roles.register_local_role(name, _foreign_role)


def _targets(document: nodes.document) -> dict[str, str]:
    """Where named and anonymous hyperlinks lead."""
    targets: dict[str, str] = {}
    indirect: dict[str, str] = {}
    for target in document.findall(nodes.target):
        for name in target.get("names", ()):
            if "refuri" in target:
                targets[name] = target["refuri"]
            elif "refname" in target:
                indirect[name] = target["refname"]
    for name, other in indirect.items():
        if other in targets:
            targets.setdefault(name, targets[other])
    return targets


def _blocks(document: nodes.document, targets: dict[str, str], offset: int) -> Iterator[Block]:
    anonymous = [target.get("refuri", "") for target in document.findall(nodes.target) if target.get("anonymous")]
    waiting = iter(anonymous)
    stack: list[tuple[nodes.Node, int]] = [(document, 0)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, _SILENT):
            continue
        if isinstance(node, _LEAVES):
            level = depth if isinstance(node, nodes.title) else 0
            block = Block("", *_lines(node, offset), level)
            block.text = "".join(_inline(node, block.links, targets, waiting))
            yield block
        elif isinstance(node, nodes.Element):
            deeper = depth + isinstance(node, nodes.section)
            stack += [(child, deeper) for child in reversed(node.children)]


def _lines(node: nodes.Node, offset: int) -> tuple[int, int]:
    at: nodes.Node | None = node
    while at is not None and at.line is None:
        at = at.parent
    first = max(0, (at.line if at is not None else 1) - 1)
    count = getattr(node, "rawsource", "").count("\n") + 1
    # The line that docutils names is the first or the last one of a block, depending on the block.
    return max(0, first - count) + offset, first + count + 1 + offset


def _inline(node: nodes.Node, links: list[Link], targets: dict[str, str], waiting: Iterator[str]) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, nodes.Text):
            yield str(child)
        elif isinstance(child, (nodes.literal, *_SILENT)):
            yield "\ufffc"
        elif isinstance(child, nodes.problematic):
            yield " "
        elif isinstance(child, (nodes.footnote_reference, nodes.citation_reference)):
            yield f"[{child.astext()}]"
        elif isinstance(child, nodes.reference):
            label = "".join(_inline(child, links, targets, waiting))
            target = child.get("refuri") or targets.get(child.get("refname", ""), "")
            if not target and child.get("anonymous"):
                target = next(waiting, "")
            if target:
                links.append(Link(target, label))
            yield " " if label.strip() == target else label
        else:
            yield from _inline(child, links, targets, waiting)
