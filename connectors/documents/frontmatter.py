"""YAML written by strangers: front matter and small files. Everything comes out as text, lists and mappings.

Nothing is constructed but these three, so that ``no`` is a name and ``2015-11-19`` no date that a reader must undo.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

#: No header that a human keeps is longer, and none has so many aliases.
LONGEST = 256 * 1024
MOST_ALIASES = 50
#: Where nesting stays below these, the C parser's recursion is harmless.
_FLOW, _IN_LINE = 400, 20

_ALIAS = re.compile(r"(?:^|[\s\[{,:-])\*\w", re.MULTILINE)
_FENCE = re.compile(r"---[ \t]*\Z")
_END = re.compile(r"(?:---|\.\.\.)[ \t]*\Z")


class Unreadable(Exception):
    """Why a header cannot be read: one line."""


def split(text: str) -> tuple[str, str, int]:
    """Front matter, body, and the number of the body's first line (from 0).

    Without front matter (or where it does not end) the first is empty and the body is everything.

    >>> split("---\\ntitle: A\\n---\\n\\nText\\n")
    ('title: A', '\\nText\\n', 3)
    """
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if _FENCE.match(lines[start]):
        for at in range(start + 1, len(lines)):
            if _END.match(lines[at]):
                return "\n".join(lines[start + 1 : at]), "\n".join(lines[at + 1 :]), at + 1
    return "", text, 0


def load(text: str) -> dict[str, Any]:
    """A YAML mapping: keys and values are text, lists of them or mappings.

    Raises
    ------
    Unreadable
        When it is no YAML, no mapping, or made to be expensive.
    """
    if len(text) > LONGEST:
        raise Unreadable("its header is too long")
    if len(_ALIAS.findall(text)) > MOST_ALIASES:
        raise Unreadable("its header has too many aliases")
    try:
        value = yaml.load(text, Loader=_loader(text))  # noqa: S506 - base loaders construct text, lists and mappings only
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, AttributeError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f" at line {mark.line + 1}" if mark is not None else ""
        raise Unreadable(f"its header is no YAML{at}") from None
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise Unreadable("its header names no fields")
    return {key: entry for key, entry in value.items() if isinstance(key, str)}


def texts(value: Any) -> list[str]:
    """What a field says, as a flat list of texts: a text is one, a list is its texts, empty ones left out.

    >>> texts(["a", ["b"], None, {"name": "c"}])
    ['a', 'b', 'c']
    """
    found: list[str] = []
    _flatten(value, found, 0)
    return found


def _flatten(value: Any, found: list[str], depth: int) -> None:
    if depth > 3 or len(found) > 10_000:
        return
    if isinstance(value, str):
        if value.strip():
            found.append(value.strip())
    elif isinstance(value, list):
        for entry in value:
            _flatten(entry, found, depth + 1)
    elif isinstance(value, dict):
        for name in ("name", "title", "email", "github", "path", "url"):
            if name in value:
                _flatten(value[name], found, depth + 1)
                break


def _loader(text: str) -> Any:
    """The parser in C, except for what nests so deeply that it would end the process instead of raising."""
    shallow = text.count("[") + text.count("{") <= _FLOW and not any(
        line.count("- ") + line.count("? ") + line.count(": ") > _IN_LINE for line in text.split("\n")
    )
    indented = max((len(line) - len(line.lstrip(" ")) for line in text.split("\n")), default=0)
    fast = getattr(yaml, "CBaseLoader", None)
    return fast if fast is not None and shallow and indented <= _FLOW else yaml.BaseLoader
