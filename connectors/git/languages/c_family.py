"""C and C++."""

from __future__ import annotations

import re

from connectors.git.languages.common import (
    BLOCK,
    CHARACTER,
    DOUBLE,
    LINE,
    STARRED,
    Language,
    Runs,
    defining,
    ignoring,
    keeping,
)

_INCLUDE = rb"\n[ \t]*+\#[ \t]*+include\b[^\n]*+"

_C_NOT_TYPE = (
    rb"(?!(?:return|else|case|goto|throw|new|delete|typedef|using|if|for|while|switch|do|namespace|public|private"
    rb"|protected|default|extern|friend|explicit|co_return|struct[ ]\w+;)\b)"
)
#: Attributes between `class` and the name: export macros, `__attribute__((...))`, `alignas(...)`.
_C_ATTRIBUTE = (
    rb"(?:(?:[A-Z][A-Z0-9_]++|alignas|__\w++)(?:\((?:[^()\n]|\([^()\n]*+\))*+\))?[ ]++|\[\[[^\]\n]*+\]\][ ]*+)*+"
)
_C_TYPE = rb"[A-Za-z_\[][\w \t*&:<>,.\[\]]*?"
_C_TEMPLATE = rb"(?:template[ ]*+<[^\n;{}]*+>[ ]++)?"
_C_ARGUMENTS = rb"\((?:[^();{}\0]|\((?:[^();{}\0]|\([^();{}\0]*+\))*+\))*+"
#: What may stand between a function's arguments and its body.
_C_QUALIFIERS = rb"(?:[^;{}()=,\0]|\([^();{}\0]*+\)){0,80}+"
#: The body follows, or the hunk ends before one could.
_C_BODY = rb"(?:\)" + _C_QUALIFIERS + rb"(?:\{|(?=\0|\Z))|(?=\0|\Z))"
#: A prototype, up to its arguments. What looks like one and is written large is a macro.
_C_PROTOTYPE = (
    rb"\n(?=[A-Za-z_])(?!(?:return|else|do|case|goto|typedef)\b)\w++(?:[ \t*]++\w++(?=[ \t*]+\w))*+"
    rb"[ \t*]++(?=\w*[a-z])\w++(?=[ \t]?" + _C_ARGUMENTS + rb"\)(?:\s*+__attribute__)?[^;{}\0\n]*+;)"
)
#: C and C++ are told by one pattern, because a header does not say which it is. The looks ahead that begin an
#: alternative say no more than what follows; they spare most lines the search for where a type ends.
_C_DEFINE = (
    rb"[ \t]*+(?=[\#cestu])(?:"
    + rb"|".join(
        (
            rb"\#[ \t]*+define[ \t]++(\w++)",
            _C_TEMPLATE + rb"(?:(?:typedef|static|const)[ \t]++)*+"
            rb"(?:struct|union|enum(?:[ ](?:class|struct))?|class)[ \t]++"
            + _C_ATTRIBUTE
            + rb"(?:\w++::)*+(\w++)(?:<[^;{}()\n]*+>)?(?:[ \t]++final)?\s*+(?::[^:;{}\0][^;{}\0]{0,300})?\{",
            rb"typedef\b[^\n;{}()]*[ \t*&>](\w++)[ \t]*+(?:(?:\[[^\]\n]*+\])*+[ \t]*+;|\((?![ \t]*+(?:\w++::)?\*))",
            rb"typedef\b[^\n;{}()]*+\([ \t]*+(?:\w++::)?\*[ \t]*+(\w++)\)",
            _C_TEMPLATE + rb"using[ \t]++(\w++)[ \t]*+=",
        )
    )
    + rb")",
    rb"\}[ \t]*+(\w++)[ \t]*+;",
    # At the first column: a function with its return type before it, or on the line before.
    rb"(?=[\w\[][\w \t*&:<>,.\[\]]*+\()"
    rb"(?:" + _C_NOT_TYPE + _C_TYPE + rb"[ \t*&:>\]])?(?=\w*[a-z])(\w++)[ \t]?+" + _C_ARGUMENTS + _C_BODY,
    # Indented: a function in a class, which needs its type.
    rb"[ \t]++(?=[A-Za-z_\[][\w:<,.\[]*+[ \t*&>\]][\w \t*&:<>,.\[\]]*+\()"
    + _C_NOT_TYPE
    + _C_TYPE
    + rb"[ \t*&>\]](?=\w*[a-z])(\w++)"
    + _C_ARGUMENTS
    + rb"\)(?:"
    + _C_QUALIFIERS
    + rb"\{|[^;{}()=,\0]{0,40}+=[ ]*+0[ ]*+;)",
    rb"(?=[A-Za-z_][\w \t*:<>]*+[\[=;{])"
    + _C_NOT_TYPE
    + rb"[A-Za-z_][\w \t*:<>]*?[ \t*>](\w++)(?:\[[^\]\n]*+\])*+[ \t]*+(?:=|;|\{)",
    rb"(?=[A-Za-z_])" + _C_NOT_TYPE + rb"[A-Za-z_][\w \t*]*+\([ ]?\*[ ]?(\w++)[ ]?\)[ ]?\(",
)


def _accept_c(text: bytes, match: re.Match[bytes]) -> bool:
    if match.lastindex not in _C_FUNCTIONS:
        return match.lastindex != _C_VARIABLE or _FORWARD.match(match[0]) is None
    # A constructor is named like its class; whoever overrides did not coin the name.
    at = match.start(match.lastindex) - match.start()
    return not match[0].endswith(match[match.lastindex] + b"::", 0, at) and _OVERRIDES.search(match[0], at) is None


#: Groups of `_C_DEFINE`.
_C_FUNCTIONS = (7, 8)
_C_VARIABLE = 9
_FORWARD = re.compile(rb"\n(?:typedef )?(?:struct|union|enum|class)\s+\w+;")
_OVERRIDES = re.compile(rb"\)[^()]*\b(?:override|final)\b")

_C_SIGNS = keeping(b".")
_APART = re.compile(rb"\.[ \t]++")


def _c_runs(code: bytes) -> bytes:
    code = code.replace(b"->", b".")
    if b". " in code or b".\t" in code:
        code = _APART.sub(b".", code)
    return code.translate(_C_SIGNS).replace(b".", b" .")


C = Language(
    name="c",
    ignore=ignoring(LINE, BLOCK, DOUBLE, CHARACTER, _INCLUDE, STARRED),
    define=defining(*_C_DEFINE),
    kinds=("macro", "type", "type", "type", "type", "type", "function", "function", "variable", "variable"),
    public=lambda match, name: b"static " not in match[0],
    accept=_accept_c,
    blocks_hint=b"enum",
    blocks=re.compile(rb"\n[ \t]*+(?:typedef[ ]++)?enum\b[^;{}()\0]{0,200}+\{([^{};\0]*+)\}"),
    member=re.compile(rb"[\n,{]\s*+(\w++)(?=\s*+[,=}]|\s*\n)"),
    # A member of a struct is none of the functions, macros and variables that are told here; a prototype uses no
    # function: who only moves or changes one writes it anew.
    other=re.compile(_C_PROTOTYPE),
    runs=Runs(_c_runs, re.compile(rb"\.[ \t]*+\w++|->[ \t]*+\w++")),
)

CPP = Language(
    name="c++",
    ignore=ignoring(LINE, BLOCK, DOUBLE, CHARACTER, _INCLUDE, STARRED, rb"std(?<![\w:]std)::\w++"),
    define=C.define,
    kinds=C.kinds,
    public=C.public,
    accept=C.accept,
    blocks=C.blocks,
    blocks_hint=C.blocks_hint,
    member=C.member,
)
