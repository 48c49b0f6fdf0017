"""What the tables of languages are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

DOUBLE = rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?'
SINGLE = rb"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'?"
CHARACTER = rb"'(?:\\[^\n][^'\n]{0,8}|[^'\\\n])'"
BACKTICK = rb"`[^`\n]*+`?"
BLOCK = rb"/\*[^*\0]*+(?:\*++[^*/\0][^*\0]*+)*+(?:\*++/)?"
LINE = rb"//[^\n]*+"
#: A line of a block comment whose beginning is not in the hunk.
STARRED = rb"\n[ \t]*+\*(?:[ \t/][^\n]*+)?(?=\n)"


def ignoring(*alternatives: bytes) -> re.Pattern[bytes]:
    """A pattern for `Language.ignore`: any of the alternatives."""
    return re.compile(b"|".join(alternatives))


def defining(*alternatives: bytes) -> re.Pattern[bytes]:
    """A pattern for `Language.define`: any of the verbose alternatives, after a newline."""
    return re.compile(rb"\n(?:" + b"|".join(alternatives) + rb")", re.VERBOSE)


@dataclass(frozen=True, slots=True)
class Language:
    """One row of the table.

    `ignore` matches comments and strings; `define` a definition, whose kind is `kinds[match.lastindex - 1]`.
    `accept(text, match)` says what the pattern alone cannot; `public(match, name)` whether others may see the name.
    `blocks` matches whole groups of definitions (``const ( ... )``), in which `member` finds the names. `imports`
    matches what brings names along, `binds` what gives one a meaning in these lines alone, whatever its depth, and
    `other` words that are no use of a definition: fields, local variables. `method(match)` tells a function that is
    only ever reached through its object; where it is None, a bare word may be one.
    """

    name: str
    suffixes: tuple[str, ...]
    ignore: re.Pattern[bytes]
    define: re.Pattern[bytes]
    kinds: tuple[str, ...]
    public: Callable[[re.Match[bytes], bytes], bool]
    accept: Callable[[bytes, re.Match[bytes]], bool] | None = None
    blocks: re.Pattern[bytes] | None = None
    member: re.Pattern[bytes] | None = None
    docstrings: bool = False
    imports: re.Pattern[bytes] | None = None
    binds: re.Pattern[bytes] | None = None
    other: re.Pattern[bytes] | None = None
    method: Callable[[re.Match[bytes]], bool] | None = None


def line_before(text: bytes, position: int) -> bytes:
    """The line that ends where the newline at `position` stands, stripped; empty at the start of a hunk."""
    return text[text.rfind(b"\n", 0, position) + 1 : position].strip(b" \t\r\0")
