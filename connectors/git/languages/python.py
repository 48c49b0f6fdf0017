"""Python."""

from __future__ import annotations

import re

from connectors.git.languages.common import DOUBLE, SINGLE, Language, defining, ignoring, line_before


def _accept_python(text: bytes, match: re.Match[bytes]) -> bool:
    if match.lastindex != 1 or match[0][1:2] not in b" \t":
        return True
    # An indented function is a method, which takes its object, or it is local to another function.
    following = text[match.end() : match.end() + 40].lstrip(b" \t\n\\")
    if following.startswith((b"self", b"cls", b"mcs", b"_self", b"klass")):
        return True
    return line_before(text, match.start()) == b"@staticmethod"


PYTHON = Language(
    name="python",
    ignore=ignoring(rb"\#[^\n]*+", DOUBLE, SINGLE),
    define=defining(
        rb"(?:[ ]{0,4}|\t)(?:async[ ]++)?def[ ]++(\w++)[ ]*+\(",
        rb"class[ ]++(\w++)",
        rb"([A-Z_][A-Z0-9_]*+)(?:[ ]*+:[^=\n]*+)?[ ]*+=(?!=)",
    ),
    kinds=("function", "type", "constant"),
    public=lambda match, name: not name.startswith(b"_"),
    accept=_accept_python,
    docstrings=True,
    spans=False,
    imports=re.compile(
        rb"\n[ \t]*+(?:from[ ][^\n]*?[ ])?import[ ](?:\([^)\0]{0,2000}+\)|[^\n\\]*+(?:\\\n[^\n\\]*+){0,20}+)"
    ),
    binds=re.compile(rb"\b(?:def|class|as|for)[ ]++(\w++)"),
    method=lambda match: match[0][1:2] in b" \t",
)
