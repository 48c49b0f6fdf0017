"""Java."""

from __future__ import annotations

import re

from connectors.git.languages.common import (
    BLOCK,
    CHARACTER,
    DOUBLE,
    LINE,
    STARRED,
    Language,
    defining,
    ignoring,
    line_before,
)


def _accept_java(text: bytes, match: re.Match[bytes]) -> bool:
    if b"@Override" in match[0] or b"@Test" in match[0]:
        return False
    position = match.start()
    if match.lastindex == 3 and b"static " not in match[0] and _JAVA_DEEP.match(match[0]):
        return False  # in a method
    for _ in range(4):
        line = line_before(text, position)
        if not line.startswith(b"@"):
            return True
        if line.startswith((b"@Override", b"@Test", b"@ParameterizedTest", b"@RepeatedTest")):
            return False
        position = text.rfind(b"\n", 0, position)
    return True


_JAVA_DEEP = re.compile(rb"\n(?: {5}|\t\t| +\t)")

_JAVA_MODIFIERS = (
    rb"(?:@(?!interface\b)\w++(?:\([^)\n]*+\))?[ ]++)*+(?:(?:public|protected|private|static|final|abstract|default"
    rb"|synchronized|native|strictfp|sealed|non-sealed)[ ]++)*+"
)
_JAVA_NOT_TYPE = rb"(?!(?:return|throw|new|else|assert|yield|case|package|import|class|interface|enum|record)\b)"
_JAVA_TYPE = (
    rb"(?:<[^\n(){};=]*?>[ ]++)?" + _JAVA_NOT_TYPE + rb"[A-Za-z_][\w.]*+(?:<[^\n(){};=]*?>)?(?:\[\])*+(?:\.\.\.)?"
)

JAVA = Language(
    name="java",
    suffixes=(".java",),
    ignore=ignoring(LINE, BLOCK, DOUBLE, CHARACTER, STARRED),
    define=defining(
        rb"[ \t]*+" + _JAVA_MODIFIERS + rb"(?:class|@?interface|enum|record)[ ]++(\w++)",
        rb"[ \t]++" + _JAVA_MODIFIERS + _JAVA_TYPE + rb"[ ]++(\w++)[ ]?\(",
        rb"[ \t]++" + _JAVA_MODIFIERS + _JAVA_TYPE + rb"[ ]++([A-Z][A-Z0-9_]*+)[ ]*+(?:[=;]|(?=\n))",
    ),
    kinds=("type", "function", "constant"),
    public=lambda match, name: b"public " in match[0],
    accept=_accept_java,
    blocks=re.compile(
        rb"\n[ \t]*+(?:\w++[ ]++)*?enum[ ]++\w++[^;{}()\0]{0,300}+\{((?:[^;{}\0]|\{(?:[^{}\0]|\{[^{}\0]*+\})*+\})*+)"
    ),
    member=re.compile(rb"[\n{][ \t]*+([A-Z]\w++)(?=[ \t]*+[,({;\n])"),
    imports=re.compile(rb"\n[ \t]*+import[ ][^\n]*+"),
)
