"""XML without its dangers: nothing is fetched, and an entity that is declared may stand for a character or two only.

(``<!ENTITY nbsp "&#160;">`` heads nearly every Internet-Draft.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

#: Deeper or larger documents are refused.
_DEEPEST = 100
_MOST = 3_000_000
_LONGEST_ENTITY = 4


class Unreadable(Exception):
    """Why a document cannot be read: one line."""


@dataclass(slots=True)
class Element:
    """An element: its name without namespace, its attributes, its children, and the text directly in it."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def first(self, *names: str) -> Element | None:
        """The first element found by going down through children of these names."""
        found: Element | None = self
        for name in names:
            found = next((child for child in found.children if child.name == name), None) if found else None
        return found

    def all(self, name: str) -> Iterator[Element]:
        """Every element called `name` in it, at any depth, in order."""
        stack = list(reversed(self.children))
        while stack:
            element = stack.pop()
            if element.name == name:
                yield element
            stack += reversed(element.children)

    def words(self, *names: str) -> str:
        """All text in the element found by `names`, blanks made single; '' where there is none."""
        element = self.first(*names)
        if element is None:
            return ""
        pieces = [element.text]
        stack = list(reversed(element.children))
        while stack:
            child = stack.pop()
            pieces.append(child.text)
            stack += reversed(child.children)
        return " ".join(" ".join(pieces).split())


def parse(text: str) -> Element:
    """The root element of a document.

    Raises
    ------
    Unreadable
        When it is not well-formed, declares entities, or nests too deeply.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise Unreadable(f"it is no XML ({expat.errors.messages.get(error.code, 'broken')})") from None
    if reader.root is None:
        raise Unreadable("it is no XML")
    return reader.root


class _Reader:
    def __init__(self) -> None:
        # Whatever the declaration says: the text has been decoded.
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.EntityDeclHandler = self._declared
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= _DEEPEST or self._count > _MOST:
            raise Unreadable("it nests too deeply or has too many elements")
        element = Element(name.rpartition(":")[2], attributes, self.parser.CurrentLineNumber - 1)
        if self._open:
            self._open[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self._open.append(element)

    def _end(self, name: str) -> None:
        self._open.pop()

    def _data(self, data: str) -> None:
        if self._open:
            self._open[-1].text += data

    def _declared(self, name: str, parameter: int, value: str | None, *elsewhere: str | None) -> None:
        if parameter or value is None or len(value) > _LONGEST_ENTITY or not set("&%<").isdisjoint(value):
            raise Unreadable("it declares entities, which are not expanded")
