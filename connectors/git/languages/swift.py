"""Swift."""

from __future__ import annotations

import re

from connectors.git.languages.common import (
    BLOCK,
    DOUBLE,
    LINE,
    STARRED,
    TRIPLE,
    Language,
    defining,
    enclosing,
    ignoring,
    marked,
)

_MODIFIERS = (
    rb"(?:@\w++(?:\([^)\n]*+\))?[ ]++)*+(?:(?:(?:public|private|fileprivate|internal|open|package)(?:\(set\))?|final"
    rb"|static|class(?=[ ]++(?:func|var|let)\b)|mutating|nonmutating|dynamic|required|convenience|optional|indirect"
    rb"|lazy|weak|unowned|nonisolated|isolated|distributed|prefix|postfix|infix)[ ]++)*+"
)
_CONTAINER = re.compile(rb"\b(?:class(?![ ]++(?:func|var)\b)|struct|enum|protocol|extension|actor)\b")
_SHARED = re.compile(rb"\b(?:static|class)[ ]")
_TEST_ALONE = re.compile(rb"@Test\b(?![^\n]*\bfunc\b)")
_VALUE = 3


def _accept(text: bytes, match: re.Match[bytes]) -> bool:
    if b"@Test" in match[0] or marked(text, match.start(), (b"@",), _TEST_ALONE):
        return False
    if match[0][1:2] not in b" \t":
        return True
    if match.lastindex == _VALUE and _SHARED.search(match[0]) is None:
        return False
    outer = enclosing(text, match.start())
    return not outer or _CONTAINER.search(outer) is not None


SWIFT = Language(
    name="swift",
    ignore=ignoring(
        LINE,
        BLOCK,
        TRIPLE,
        rb'"([^"\\\n]*+(?:\\[^(\n][^"\\\n]*+)*+\\\([^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?)',
        DOUBLE,
        STARRED,
    ),
    define=defining(
        rb"[ \t]*+"
        + _MODIFIERS
        + rb"(?:class|struct|enum|protocol|actor|typealias|associatedtype)[ ]++(?!func\b|var\b)(\w++)",
        rb"[ \t]*+" + _MODIFIERS + rb"func[ ]++(\w++)[ ]*+[(<]",
        rb"[ \t]*+" + _MODIFIERS + rb"(?:let|var)[ ]++(\w++)(?=[ ]*+[:=])",
    ),
    kinds=("type", "function", "constant"),
    public=lambda match, name: re.search(rb"\b(?:public|open)\b", match[0]) is not None,
    accept=_accept,
    # `case a, b` of an enumeration; in a `switch` a colon ends it.
    blocks=re.compile(rb"\n[ \t]++(?:indirect[ ]++)?case[ ]++(?!let\b|var\b|is\b)([A-Za-z_][^\n]*+)(?<!:)(?=\n)"),
    blocks_hint=b"case",
    member=re.compile(rb"(?:\A[ ]|,[ ]*+)(\w++)(?=[ ]*+[(=,\n])"),
    imports=re.compile(rb"\n[ \t]*+(?:@\w++[ ]++)?import[ ][^\n]*+"),
    # Local values, parameters with their labels, what a closure takes.
    binds=re.compile(
        rb"(?:\b(?:let|var|func|class|struct|enum|protocol|typealias|for)[ ]++|\{[ ]*+(?=\w++(?:,[ ]*+\w++)*+[ ]++in\b)"
        rb"|(?<![\w.])(?<!\bis )(?<!\bas )(?=\w++(?:[ ]\w++)?:))(\w++(?:,[ ]*+\w++)*+)"
    ),
)
