"""SQL: whatever dialect, by what they share."""

from __future__ import annotations

import re

from connectors.git.languages.common import BLOCK, STARRED, Language, defining, enclosing, ignoring

_CREATE = (
    rb"[ \t]*+(?i:CREATE[ ]++(?:OR[ ]++(?:REPLACE|ALTER)[ ]++)?"
    rb"(?:(?:DEFINER[ ]*+=[ ]*+[^ \n]++|ALGORITHM[ ]*+=[ ]*+\w++|SQL[ ]++SECURITY[ ]++\w++|MATERIALIZED"
    rb"|UNLOGGED|EXTERNAL|FOREIGN|RECURSIVE|FORCE|EDITIONABLE|NONEDITIONABLE|VIRTUAL|COLUMN)[ ]++)*+)"
)
#: Quotes around an identifier: the standard's, MySQL's and Microsoft's.
_PART = rb"[\"`\[]?[\w@$]++[\"`\]]?"
_NAME = rb"\s++(?i:IF\s++NOT\s++EXISTS\s++)?(?:" + _PART + rb"\.)*+[\"`\[]?(\w++)"

_MEMBER = 3
_PACKAGE = re.compile(rb"create\b[^\n]*\b(?:package|type)\b", re.IGNORECASE)


def _accept(text: bytes, match: re.Match[bytes]) -> bool:
    if match.lastindex != _MEMBER:
        return True
    outer = enclosing(text, match.start())
    return not outer or _PACKAGE.match(outer) is not None


SQL = Language(
    name="sql",
    ignore=ignoring(rb"--[^\n]*+", BLOCK, rb"'[^'\n]*+(?:''[^'\n]*+)*+'?", STARRED),
    define=defining(
        _CREATE + rb"(?i:TABLE|VIEW|TYPE|DOMAIN|SEQUENCE|SYNONYM|PACKAGE)" + _NAME,
        _CREATE + rb"(?i:FUNCTION|PROCEDURE|PROC|AGGREGATE)" + _NAME,
        # In Oracle's packages and types.
        rb"[ \t]++(?i:(?:(?:MEMBER|STATIC|CONSTRUCTOR|MAP|ORDER|FINAL|NOT)[ ]++)*+(?:FUNCTION|PROCEDURE)[ ]++)(\w++)",
    ),
    kinds=("type", "function", "function"),
    public=lambda match, name: True,
    accept=_accept,
    # Common table expressions, temporary tables, aliases, declared variables.
    binds=re.compile(
        rb"(?i:\bTEMP(?:ORARY)?\s++TABLE\s++(?:IF\s++NOT\s++EXISTS\s++)?|\bAS[ ]++(?!\()|\bDECLARE\s++"
        rb"|(?=\w++\s++AS\s*+\())(\w++)"
    ),
    # Variables, parameters and temporary tables by their mark.
    other=re.compile(rb"[@\#:]\w++"),
    # Whatever its case, a name with an underscore is one name.
    fold=re.compile(rb"\b[A-Za-z0-9]*+_\w*+"),
)
