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
#: A string over lines, whole.
TRIPLE = rb'"""[^"\0]*+(?:"{1,2}+(?!")[^"\0]*+)*+"""'
#: A line of a block comment whose beginning is not in the hunk.
STARRED = rb"\n[ \t]*+\*(?:[ \t/][^\n]*+)?(?=\n)"


def ignoring(*alternatives: bytes) -> re.Pattern[bytes]:
    """A pattern for `Language.ignore`: any of the alternatives.

    Where each begins with a letter or a sign of its own, and not with a group or a look, the engine leaps to these.
    """
    return re.compile(b"|".join(alternatives))


def defining(*alternatives: bytes) -> re.Pattern[bytes]:
    """A pattern for `Language.define`: any of the verbose alternatives, after a newline."""
    return re.compile(rb"\n(?:" + b"|".join(alternatives) + rb")", re.VERBOSE)


def keeping(signs: bytes) -> bytes:
    """For `bytes.translate`: a table that leaves word characters and `signs`, and blanks out all others."""
    return bytes(byte if re.match(rb"\w", bytes([byte])) or byte in signs else 32 for byte in range(256))


@dataclass(frozen=True, slots=True)
class Runs:
    """Words that are no use of a definition for what stands right beside them: fields, options, local variables.

    `apart(code)` is the code in runs, kept apart by white space, in each of which words stand with all that `other`
    looks at around them; a NUL is a blank that it looks at. There are few different runs: so `other` is asked once a
    run, and not at every letter of a history.
    """

    apart: Callable[[bytes], bytes]
    other: re.Pattern[bytes]


@dataclass(frozen=True, slots=True)
class Language:
    """One row of the table.

    `ignore` matches comments and strings; what its group catches (a string with expressions in it, without the
    quotation mark that opens it) is kept. `define` matches a definition, whose kind is `kinds[match.lastindex - 1]`.
    `accept(text, match)` says what the pattern alone cannot; `public(match, name)` whether others may see the name.
    `blocks` matches whole groups of definitions (``const ( ... )``) in texts that hold `blocks_hint`, and `member`
    finds the names in these. `imports` matches what brings names along, `binds` what gives one a meaning in these lines
    alone, whatever its depth, `other` and `runs` words that are no use of a definition: fields, local variables.
    `method(match)` tells a function that is only ever reached through its object, by what `reaches` matches; where it
    is None, a bare word may be one. `spans` says whether ``/* */`` is a comment, which may have begun before the hunk.
    What `fold` matches is read in lower case.
    """

    name: str
    ignore: re.Pattern[bytes]
    define: re.Pattern[bytes]
    kinds: tuple[str, ...]
    public: Callable[[re.Match[bytes], bytes], bool]
    accept: Callable[[bytes, re.Match[bytes]], bool] | None = None
    blocks: re.Pattern[bytes] | None = None
    blocks_hint: bytes = b""
    member: re.Pattern[bytes] | None = None
    docstrings: bool = False
    imports: re.Pattern[bytes] | None = None
    binds: re.Pattern[bytes] | None = None
    other: re.Pattern[bytes] | None = None
    runs: Runs | None = None
    method: Callable[[re.Match[bytes]], bool] | None = None
    reaches: re.Pattern[bytes] = re.compile(rb"(?:\.|::)\s*+(\w++)")
    spans: bool = True
    fold: re.Pattern[bytes] | None = None


def line_before(text: bytes, position: int) -> bytes:
    """The line that ends where the newline at `position` stands, stripped; empty at the start of a hunk."""
    return text[text.rfind(b"\n", 0, position) + 1 : position].strip(b" \t\r\0")


def marked(text: bytes, position: int, openings: tuple[bytes, ...], marks: re.Pattern[bytes], lines: int = 4) -> bool:
    """Whether one of the few lines above the newline at `position`, which begin with `openings`, matches `marks`."""
    for _ in range(lines):
        line = line_before(text, position)
        if not line.startswith(openings):
            return False
        if marks.match(line):
            return True
        position = text.rfind(b"\n", 0, position)
    return False


#: Lines that are looked at to find out in what a definition stands.
_ABOVE = 100
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CONTINUED = re.compile(rb"(?:extends|with|where|implements|derives|(?:\w++[ ])?constructor)\b|[@#:,*&|.?]|//|/\*")


def enclosing(text: bytes, position: int) -> bytes:
    """The line that opens the block in which the line after the newline at `position` stands, told by indentation.

    Stripped; empty where the hunk does not show it, or not near.
    """
    deep = _indent(text[position + 1 : position + 200])
    # Tabs and spaces are not compared.
    other = b" " if text[position + 1 : position + 2] == b"\t" else b"\t"
    for _ in range(_ABOVE):
        start = text.rfind(b"\n", 0, position) + 1
        if start == 0 or deep == 0:
            return b""
        if text[start : start + deep].isspace():
            position = start - 1
            continue
        line = text[start:position]
        position = start - 1
        stripped = line.strip().removeprefix(_BYTE_ORDER_MARK)
        if not stripped or _CONTINUED.match(stripped) or line[:1] == other:
            continue
        if stripped == b"\0":
            return b""
        if stripped[:1] not in b"{}()[]":
            return stripped
        deep = _indent(line) + 1  # the end of a signature, or a brace below one: its beginning is indented alike
    return b""


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip(b" \t"))
