"""SQL: whatever dialect, by what they share."""

from __future__ import annotations

import re

from connectors.git.languages.common import BLOCK, STARRED, Language, defining, ignoring

#: Quotes around an identifier: the standard's, MySQL's and Microsoft's.
_PART = rb"[\"`\[]?[\w@$]++[\"`\]]?"

SQL = Language(
    name="sql",
    suffixes=(".sql",),
    ignore=ignoring(rb"--[^\n]*+", BLOCK, rb"'[^'\n]*+(?:''[^'\n]*+)*+'?", STARRED),
    define=defining(
        rb"(?i:[ \t]*+CREATE[ ]++(?:OR[ ]++(?:REPLACE|ALTER)[ ]++)?"
        rb"(?:(?:DEFINER[ ]*+=[ ]*+[^ \n]++|ALGORITHM[ ]*+=[ ]*+\w++|SQL[ ]++SECURITY[ ]++\w++|MATERIALIZED"
        rb"|UNLOGGED|EXTERNAL|FOREIGN|RECURSIVE|FORCE|EDITIONABLE|NONEDITIONABLE|VIRTUAL|COLUMN)[ ]++)*+"
        rb"(?:(TABLE|VIEW|TYPE|DOMAIN|SEQUENCE|SYNONYM|PACKAGE)|FUNCTION|PROCEDURE|PROC|AGGREGATE)"
        rb"\s++(?:IF\s++NOT\s++EXISTS\s++)?(?:" + _PART + rb"\.)*+[\"`\[]?)(\w++)",
    ),
    kinds=("type", "function"),
    public=lambda match, name: True,
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
