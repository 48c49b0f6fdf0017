"""Go."""

from __future__ import annotations

import re

from connectors.git.languages.common import BACKTICK, BLOCK, CHARACTER, DOUBLE, LINE, Language, defining, ignoring

GO = Language(
    name="go",
    ignore=ignoring(LINE, BLOCK, DOUBLE, BACKTICK, CHARACTER),
    define=defining(
        rb"func[ ]++(?:\([^)\n]*+\)[ ]*+)?(\w++)[ ]*+[\[(]",
        rb"type[ ]++(\w++)",
        rb"(?:const|var)[ ]++(\w++)",
    ),
    kinds=("function", "type", "constant"),
    public=lambda match, name: name[:1].isupper(),
    blocks=re.compile(rb"\n(?:const|var|type) \(\n((?:[^)\n\0][^\n\0]*+\n|\n)++)"),
    blocks_hint=b" (\n",
    member=re.compile(rb"\n\t(\w++)(?=[ \n,])"),
    binds=re.compile(rb"\b(?:func|type|var|const)[ ]++(\w++)"),
    method=lambda match: match[0].startswith(b"\nfunc ("),
)
