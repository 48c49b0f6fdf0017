"""Ruby, PHP and the shell."""

from __future__ import annotations

import re

from connectors.git.languages.common import (
    BLOCK,
    DOUBLE,
    LINE,
    SINGLE,
    STARRED,
    Language,
    Runs,
    defining,
    ignoring,
    keeping,
    marked,
)

RUBY = Language(
    name="ruby",
    ignore=ignoring(
        rb"\n=begin\b(?:(?!\n=end)[^\0])*+",
        rb'"([^"\\\n\#]*+(?:(?:\\.|\#(?!\{))[^"\\\n\#]*+)*+\#\{[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?)',
        DOUBLE,
        SINGLE,
        rb"\#(?!\{)[^\n]*+",
    ),
    define=defining(
        rb"[ \t]*+(?:class|module)[ ]++(?:\w++::)*+(\w++)",
        rb"[ \t]*+(?:[a-z_]++[ ]++)?def[ ]++(?:\w++\.)?(\w++)",
        rb"[ \t]*+(?:\w++::)*+([A-Z]\w*+)[ ]*+(?:\|\|)?=(?![=~>])",
        rb"[ \t]*+(?:alias(?:_method[ (]*+:|[ ]++:?)|define_method[ (]++:)(\w++)",
    ),
    kinds=("type", "function", "constant", "function"),
    public=lambda match, name: not name.startswith(b"_") and b"private" not in match[0],
    blocks=re.compile(
        rb"\n[ \t]*+(?:\w++[ ]++)?\w*?attr_(?:reader|writer|accessor)[ (]([^\n\0]*+(?:(?<=,)\n[^\n\0]*+){0,20}+)"
    ),
    blocks_hint=b"attr_",
    member=re.compile(rb":(\w++)"),
    # What a method or a block takes.
    binds=re.compile(rb"(?:\bdef[ ]++|(?:\{|\bdo)[ ]*+\|)([^|\n;)]++)"),
    # Keywords and keys, instance and global variables.
    other=re.compile(rb"(?<![\w:])\w++(?=:(?!:))|:\w++(?=[ ]*+=>)|[@$]\w++"),
    spans=False,
)

_PHP_MODIFIERS = rb"(?:(?:public|protected|private|static|abstract|final|readonly)[ ]++)*+"
_PHP_MARKS = re.compile(rb"#\[\\?(?:Override|Test)\b")


def _accept_php(text: bytes, match: re.Match[bytes]) -> bool:
    return not marked(text, match.start(), (b"#[",), _PHP_MARKS)


PHP = Language(
    name="php",
    ignore=ignoring(
        LINE,
        BLOCK,
        STARRED,
        rb"\#(?!\[)[^\n]*+",
        rb"(\bdefine\([ ]*+['\"]\w++['\"]"
        rb'|"[^"\\\n{]*+(?:(?:\\.|\{(?!\$))[^"\\\n{]*+)*+\{\$[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?)',
        DOUBLE,
        SINGLE,
    ),
    define=defining(
        rb"[ \t]*+" + _PHP_MODIFIERS + rb"(?:class|interface|trait|enum)[ ]++(\w++)",
        rb"[ \t]*+" + _PHP_MODIFIERS + rb"function[ ]++(?:&[ ]*+)?(\w++)[ ]*+\(",
        rb"[ \t]*+" + _PHP_MODIFIERS + rb"const[ ]++(?:[\w?|\\]++[ ]++)?(\w++)[ ]*+=",
        rb"[ \t]*+(?i:define)\([ ]*+['\"](\w++)['\"]",
        rb"[ \t]++case[ ]++(\w++)[ ]*+(?:;|=(?!=))",
    ),
    kinds=("type", "function", "constant", "constant", "constant"),
    public=lambda match, name: re.search(rb"\b(?:private|protected)\b", match[0]) is None,
    accept=_accept_php,
    imports=re.compile(rb"\nuse[ ][\w\\][^;(\0]{0,1000}+;"),
    binds=re.compile(rb"[(,]\s*+(\w++)(?=:(?!:))"),
    # Variables, and fields: what is reached and not called.
    other=re.compile(rb"\nnamespace[ ][^\n]*+|\$\w++|->\s*+\w++(?!\w|[ ]?\()"),
    method=lambda match: match.lastindex == 2 and match[0][1:2] in b" \t",
    reaches=re.compile(rb"(?:->|::)\s*+(\w++)"),
)

#: White space becomes a blank, and whatever else parts runs a newline.
_SHELL_SIGNS = bytes(
    10 if kept == 32 and not bytes([byte]).isspace() else kept for byte, kept in enumerate(keeping(b"${#!./-"))
)


def _shell_runs(code: bytes) -> bytes:
    # An option begins after white space: it takes a mark of that along.
    return code.translate(_SHELL_SIGNS).replace(b" -", b" \0-")


SHELL = Language(
    name="shell",
    ignore=ignoring(
        rb"\#(?<=[\s;&|(]\#)[^\n]*+",
        rb"\\[^\n]",
        rb'"([^"\\\n$`]*+(?:\\.[^"\\\n$`]*+)*+[$`][^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?)',
        DOUBLE,
        rb"'[^'\n]*+'?",
    ),
    define=defining(
        rb"[ \t]*+(?:function[ ]++)?(\w++)[ ]*+\([ ]*+\)",
        rb"[ \t]*+function[ ]++(\w++)(?=[ \t]*+[{\n])",
        rb"[ \t]*+(?:export|(?:declare|typeset)[ ]++-\w*x\w*)[ ]++(\w++)(?![\w.-])",
    ),
    kinds=("function", "function", "variable"),
    public=lambda match, name: not name.startswith(b"_"),
    binds=re.compile(rb"\b(?:local|declare|typeset|readonly|read|for)[ ]++(?:-\w++[ ]++)*+(\w++(?:[ ]++\w++)*+)"),
    # Paths, options, words with a hyphen; variables in small letters: what is exported is written large, and a function
    # is called by its bare name.
    runs=Runs(
        _shell_runs,
        re.compile(rb"\$(?:\{[#!]?)?_*+[a-z]\w*+|(?<=/)[\w.-]++|(?<![\w${./-])\w++[./-][\w./-]*+|(?<=\s)--?\w[\w-]*+"),
    ),
    spans=False,
)
