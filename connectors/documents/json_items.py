"""The items of a JSON file one by one, so that one that is broken does not take the others with it.

A file is a list, one object, an object around a list (as web services answer), or has one object a line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

#: Where services keep their list of works, outermost first.
_AROUND = ("message", "results", "items", "references", "works", "data")
#: A line that is longer is no work.
LONGEST_LINE = 64 << 20
#: Empty lists and objects take thirty times their text in memory; no bibliography of a readable size has so many.
_MOST_BRACKETS = 5_000_000
_SWELLS = ("files made to exhaust the memory", "they hold millions of lists or objects", 1)
_DECODER = json.JSONDecoder()
_BLANKS = " \t\r\n"

Item = dict[str, Any]
Refuse = Callable[[str, str, int], None]


def items(text: str, refuse: Refuse) -> Iterator[Item]:
    """The objects in a JSON text.

    `refuse` is told of items that are no objects and of what comes after a place where the text breaks.
    """
    if _swells(text):
        refuse(*_SWELLS)
        return
    start = _skip(text, 0)
    if text[start : start + 1] == "[":
        yield from _listed(text, start + 1, refuse)
        return
    try:
        first, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        yield from _broken(text, start, refuse)
        return
    if _skip(text, end) < len(text):
        yield from _lines(text, refuse)
        return
    yield from unwrapped(first, refuse)


def unwrapped(value: Any, refuse: Refuse) -> Iterator[Item]:
    """The works in a decoded answer of a service, or the one work that it is."""
    for name in _AROUND:
        if isinstance(value, dict) and isinstance(value.get(name), (dict, list)) and not _is_work(value):
            value = value[name]
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one
        else:
            refuse("entries that are no objects", "a work is an object with names and values", 1)


def _is_work(value: Item) -> bool:
    return any(name in value for name in ("title", "author", "authorships", "DOI", "display_name"))


def _listed(text: str, at: int, refuse: Refuse) -> Iterator[Item]:
    while True:
        at = _skip(text, at, ",")
        if at >= len(text):
            refuse("files that break off", "what came before was read", 1)
            return
        if text[at] == "]":
            return
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            after = _next_object(text, at)
            refuse("entries that cannot be read", "they are no valid JSON", 1)
            if after is None:
                return
            at = after
            continue
        yield from unwrapped(value, refuse) if isinstance(value, dict) and not _is_work(value) else _only(value, refuse)


def _only(value: Any, refuse: Refuse) -> Iterator[Item]:
    if isinstance(value, dict):
        yield value
    else:
        refuse("entries that are no objects", "a work is an object with names and values", 1)


def _next_object(text: str, at: int) -> int | None:
    """Where the next item may begin: after a line that closes one, as programs write lists."""
    for mark in ("\n  },", "\n},", "},\n", "}, {"):
        found = text.find(mark, at + 1)
        if found >= 0:
            return text.index("}", found) + 1
    return None


def _broken(text: str, start: int, refuse: Refuse) -> Iterator[Item]:
    """An answer that breaks off: the items of its list as far as they go; or lines, of which the first is broken."""
    head = text[start : start + 100_000]
    places = [(head.find(f'"{name}"'), name) for name in ("results", "items", "references", "works")]
    for place, name in sorted(places):
        opening = _skip(head, place + len(name) + 2, ":") if place >= 0 else len(head)
        if head[opening : opening + 1] == "[" and "\n{" not in head[:opening]:
            yield from _listed(text, start + opening + 1, refuse)
            return
    if "\n" in text[start:]:
        yield from _lines(text, refuse)
    else:
        refuse("files that break off", "what came before was read", 1)


def _lines(text: str, refuse: Refuse) -> Iterator[Item]:
    for line in text.splitlines():
        if value := line_item(line, refuse):
            yield value


def line_item(line: str, refuse: Refuse) -> Item | None:
    """The object on one line of a file with one object a line; None where there is none."""
    line = line.strip().rstrip(",")
    if not line or line in "[]":
        return None
    if _swells(line):
        refuse(*_SWELLS)
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        refuse("entries that cannot be read", "they are no valid JSON", 1)
        return None
    return next(_only(value, refuse), None)


def _swells(text: str) -> bool:
    return text.count("[") + text.count("{") > _MOST_BRACKETS


def _skip(text: str, at: int, also: str = "") -> int:
    blanks = _BLANKS + also
    while at < len(text) and text[at] in blanks:
        at += 1
    return at


def text_of(value: Any) -> str:
    """A value as text: the first of a list, '' for what is neither text nor a number."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bool) or value is None:
        return ""
    return value if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else ""


def list_of(value: Any) -> list[Any]:
    """A value that should be a list; anything else is an empty one."""
    return value if isinstance(value, list) else []


def dict_of(value: Any) -> Item:
    """A value that should be an object; anything else is an empty one."""
    return value if isinstance(value, dict) else {}
