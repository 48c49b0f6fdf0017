"""What a LaTeX source says of itself: title, authors, date, which keys it cites, which files it puts in.

pylatexenc takes the source apart (comments, verbatim text and groups included); what a macro means is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pylatexenc import latexwalker  # type: ignore[import-untyped]
from pylatexenc.macrospec import MacroSpec  # type: ignore[import-untyped]

from connectors.documents import author_names, latex
from connectors.documents.authors import Mention
from connectors.documents.identifiers import orcid

_CITES = re.compile(r"(?!no|set|bib|new|make|declare|def)[a-z]*cite[a-z]*", re.IGNORECASE)
_NO_CITES = re.compile(r".*cite(?:style|text|reset|tracker|delim)[a-z]*|at(?:every|next)cite.*", re.IGNORECASE)
_PLURAL = re.compile(r".*cites", re.IGNORECASE)
_INPUTS = frozenset(("input", "include", "subfile", "import"))
#: Macros beside an author's name that are no part of it; their group goes with them.
_BESIDE = frozenset(
    """
    thanks footnote footnotemark footnotetext inst email affiliation affil institute orcidID href url textsuperscript
    IEEEauthorblockA thanksref fnref corref cortext tnoteref address ead fnmsep
    """.split()  # noqa: SIM905
)
_AND = frozenset(("and", "And", "AND"))
_MOST_KEYS = 10_000


@dataclass(slots=True)
class Document:
    """What a source says. `whole`: it can be typeset by itself."""

    whole: bool = False
    title: str = ""
    date: str = ""
    authors: list[Mention] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)


def _context() -> Any:
    """The macros that matter read without arguments: what follows them is looked at here."""
    context = latexwalker.get_default_latex_context_db()
    names = ["title", "author", "date", "input", "include", "documentclass", "documentstyle", "orcid", "nocite"]
    names += [spec.macroname for spec in context.iter_macro_specs() if _CITES.fullmatch(spec.macroname)]
    plain = [MacroSpec(name, "") for name in [*names, *_BESIDE]]
    context.add_context_category("ours", macros=plain, prepend=True)
    return context


_CONTEXT = _context()


def read(text: str) -> Document:
    """Read a source; of one that cannot be taken apart nothing."""
    document = Document()
    try:
        nodes, _, _ = latexwalker.LatexWalker(text, latex_context=_CONTEXT, tolerant_parsing=True).get_latex_nodes()
        _walk(nodes, document)
    except Exception:
        # Whatever a parser makes of hostile text: what was found so far is kept.
        return document
    return document


def _walk(nodes: Sequence[Any], document: Document) -> None:
    for at, node in enumerate(nodes):
        if node.isNodeType(latexwalker.LatexMacroNode):
            name = node.macroname
            if _CITES.fullmatch(name) and not _NO_CITES.fullmatch(name):
                for group in _groups(nodes, at + 1, many=bool(_PLURAL.fullmatch(name))):
                    keys = (key.strip() for key in _source(group).split(","))
                    document.keys += [key for key in keys if key][: max(0, _MOST_KEYS - len(document.keys))]
            elif name in _INPUTS:
                document.inputs += [_source(group).strip() for group in _groups(nodes, at + 1, many=name == "import")]
            elif name in ("documentclass", "documentstyle"):
                document.whole = True
            elif name in ("title", "date", "author", "orcid"):
                _header(name, next(_groups(nodes, at + 1), None), document)
            _walk(_arguments(node), document)
        elif node.isNodeType(latexwalker.LatexGroupNode):
            _walk(node.nodelist, document)
        elif node.isNodeType(latexwalker.LatexEnvironmentNode):
            document.whole = document.whole or node.environmentname == "document"
            _walk([*_arguments(node), *node.nodelist], document)


def _header(name: str, group: Any, document: Document) -> None:
    if group is None:
        return
    if name == "title":
        document.title = document.title or latex.plain(_source(group))
    elif name == "date":
        document.date = document.date or latex.plain(_source(group))
    elif name == "author":
        document.authors += _people(group)
    elif document.authors and (found := orcid(_source(group))):
        # acmart: an \orcid belongs to the \author before it.
        document.authors[-1] = Mention(document.authors[-1].name, f"orcid:{found}")


def _arguments(node: Any) -> list[Any]:
    arguments = getattr(node.nodeargd, "argnlist", None) if node.nodeargd is not None else None
    return [one for one in arguments or () if one is not None]


def _groups(nodes: Sequence[Any], at: int, many: bool = False) -> Iterator[Any]:
    """The group after a macro (of some macros: the groups), past optional arguments, which may hold macros."""
    depth = 0
    for node in nodes[at:]:
        if node.isNodeType(latexwalker.LatexCharsNode):
            for character in node.chars:
                depth += (character in "[(<") - (character in "])>")
                if depth == 0 and character not in "*])> \n\t":
                    return
        elif node.isNodeType(latexwalker.LatexGroupNode):
            if depth == 0:
                yield node
                if not many:
                    return
        elif depth == 0 and not node.isNodeType(latexwalker.LatexCommentNode):
            return


def _source(group: Any) -> str:
    return str(group.latex_verbatim())[1:-1]


def _people(group: Any) -> list[Mention]:
    """The authors in the argument of \\author, told apart by \\and, a comma or the word "and"."""
    pieces: list[list[str]] = [[""]]
    skip = False
    for node in _flat(group.nodelist):
        if node.isNodeType(latexwalker.LatexMacroNode):
            name = node.macroname
            if name in _AND:
                pieces.append([""])
            elif name in ("\\", "newline", "linebreak"):
                pieces[-1].append("")
            elif name not in _BESIDE:
                pieces[-1][-1] += str(node.latex_verbatim())
            skip = name in _BESIDE
        elif node.isNodeType(latexwalker.LatexGroupNode) and skip:
            skip = False
        elif not node.isNodeType(latexwalker.LatexCommentNode) and not node.isNodeType(latexwalker.LatexMathNode):
            # Formulas are marks that lead to addresses.
            skip = skip and node.isNodeType(latexwalker.LatexCharsNode) and not node.chars.strip()
            pieces[-1][-1] += str(node.latex_verbatim())
    names = [latex.plain(next((line for line in lines if latex.plain(line).strip()), "")) for lines in pieces]
    if len(names) == 1 and len(parts := re.split(r",\s*(?:and\s+)?|\s+and\s+|\s*&\s*", names[0])) > 1:
        names = parts if all(len(part.split()) > 1 for part in parts if part) else names
    return [Mention(name) for text in names if (name := author_names.parse(text.strip(" ,*†‡$^"))).display]


def _flat(nodes: Sequence[Any]) -> Iterator[Any]:
    """Nodes, with what IEEEauthorblockN holds in its place."""
    for at, node in enumerate(nodes):
        before = nodes[at - 1] if at else None
        if (
            node.isNodeType(latexwalker.LatexGroupNode)
            and before is not None
            and before.isNodeType(latexwalker.LatexMacroNode)
            and before.macroname == "IEEEauthorblockN"
        ):
            yield from node.nodelist
        elif not (node.isNodeType(latexwalker.LatexMacroNode) and node.macroname == "IEEEauthorblockN"):
            yield node
