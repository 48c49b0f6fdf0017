"""What the lines of a language look like: where a name is defined, and what is comment or string.

Every pattern reads the changed lines of one file in one commit, joined to one text: it starts and ends with a
newline, and hunks are kept apart by ``\\n\\0\\n``, so that nothing is matched across a gap. A pattern that finds
definitions starts with a newline, which lets the regex engine skip from line to line, and the group that closes last
holds the name. Lines are bounded (`names.LONGEST_LINE`), and what may run over lines is possessive or bounded: the time
that hostile text takes grows with its length alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_DOUBLE = rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?'
_SINGLE = rb"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'?"
_CHARACTER = rb"'(?:\\[^\n][^'\n]{0,8}|[^'\\\n])'"
_BACKTICK = rb"`[^`\n]*+`?"
_BLOCK = rb"/\*[^*\0]*+(?:\*++[^*/\0][^*\0]*+)*+(?:\*++/)?"
_LINE = rb"//[^\n]*+"
#: A line of a block comment whose beginning is not in the hunk.
_STARRED = rb"\n[ \t]*+\*(?:[ \t/][^\n]*+)?(?=\n)"
_INCLUDE = rb"\n[ \t]*+\#[ \t]*+include\b[^\n]*+"


def _ignore(*alternatives: bytes) -> re.Pattern[bytes]:
    return re.compile(b"|".join(alternatives))


def _lines(*alternatives: bytes) -> re.Pattern[bytes]:
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


def _accept_python(text: bytes, match: re.Match[bytes]) -> bool:
    if match.lastindex != 1 or match[0][1:2] not in b" \t":
        return True
    # An indented function is a method, which takes its object, or it is local to another function.
    following = text[match.end() : match.end() + 40].lstrip(b" \t\n\\")
    if following.startswith((b"self", b"cls", b"mcs", b"_self", b"klass")):
        return True
    return line_before(text, match.start()) == b"@staticmethod"


def _accept_rust(text: bytes, match: re.Match[bytes]) -> bool:
    return not (match.lastindex == 1 and _after_test_attribute(text, match.start()))


_TEST_ATTRIBUTE = re.compile(rb"#\[(?:\w+::)*\w*test\b")


def _after_test_attribute(text: bytes, position: int) -> bool:
    for _ in range(4):
        line = line_before(text, position)
        if not line.startswith((b"#[", b"//")):
            return False
        if _TEST_ATTRIBUTE.match(line):
            return True
        position = text.rfind(b"\n", 0, position)
    return False


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

_PYTHON = Language(
    name="python",
    suffixes=(".py", ".pyw"),
    ignore=_ignore(rb"\#[^\n]*+", _DOUBLE, _SINGLE),
    define=_lines(
        rb"(?:[ ]{0,4}|\t)(?:async[ ]++)?def[ ]++(\w++)[ ]*+\(",
        rb"class[ ]++(\w++)",
        rb"([A-Z_][A-Z0-9_]*+)(?:[ ]*+:[^=\n]*+)?[ ]*+=(?!=)",
    ),
    kinds=("function", "type", "constant"),
    public=lambda match, name: not name.startswith(b"_"),
    accept=_accept_python,
    docstrings=True,
    imports=re.compile(
        rb"\n[ \t]*+(?:from[ ][^\n]*?[ ])?import[ ](?:\([^)\0]{0,2000}+\)|[^\n\\]*+(?:\\\n[^\n\\]*+){0,20}+)"
    ),
    binds=re.compile(rb"\b(?:def|class|as|for)[ ]++(\w++)"),
    method=lambda match: match[0][1:2] in b" \t",
)

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
#: C and C++ are told by one pattern, because a header does not say which it is.
_C_DEFINE = (
    rb"[ \t]*+\#[ \t]*+define[ \t]++(\w++)",
    rb"[ \t]*+" + _C_TEMPLATE + rb"(?:(?:typedef|static|const)[ \t]++)*+"
    rb"(?:struct|union|enum(?:[ ](?:class|struct))?|class)[ \t]++"
    + _C_ATTRIBUTE
    + rb"(?:\w++::)*+(\w++)(?:<[^;{}()\n]*+>)?(?:[ \t]++final)?\s*+(?::[^:;{}\0][^;{}\0]{0,300})?\{",
    rb"[ \t]*+typedef\b[^\n;{}()]*[ \t*&>](\w++)[ \t]*+(?:(?:\[[^\]\n]*+\])*+[ \t]*+;|\((?![ \t]*+(?:\w++::)?\*))",
    rb"[ \t]*+typedef\b[^\n;{}()]*+\([ \t]*+(?:\w++::)?\*[ \t]*+(\w++)\)",
    rb"\}[ \t]*+(\w++)[ \t]*+;",
    rb"[ \t]*+" + _C_TEMPLATE + rb"using[ \t]++(\w++)[ \t]*+=",
    # At the first column: a function with its return type before it, or on the line before.
    rb"(?:" + _C_NOT_TYPE + _C_TYPE + rb"[ \t*&:>\]])?(?=\w*[a-z])(\w++)[ \t]?+" + _C_ARGUMENTS + _C_BODY,
    # Indented: a function in a class, which needs its type.
    rb"[ \t]++"
    + _C_NOT_TYPE
    + _C_TYPE
    + rb"[ \t*&>\]](?=\w*[a-z])(\w++)"
    + _C_ARGUMENTS
    + rb"\)(?:"
    + _C_QUALIFIERS
    + rb"\{|[^;{}()=,\0]{0,40}+=[ ]*+0[ ]*+;)",
    _C_NOT_TYPE + rb"[A-Za-z_][\w \t*:<>]*?[ \t*>](\w++)(?:\[[^\]\n]*+\])*+[ \t]*+(?:=|;|\{)",
    _C_NOT_TYPE + rb"[A-Za-z_][\w \t*]*+\([ ]?\*[ ]?(\w++)[ ]?\)[ ]?\(",
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

_C = Language(
    name="c",
    suffixes=(".c", ".h"),
    ignore=_ignore(_LINE, _BLOCK, _DOUBLE, _CHARACTER, _INCLUDE, _STARRED),
    define=_lines(*_C_DEFINE),
    kinds=("macro", "type", "type", "type", "type", "type", "function", "function", "variable", "variable"),
    public=lambda match, name: b"static " not in match[0],
    accept=_accept_c,
    blocks=re.compile(rb"\n[ \t]*+(?:typedef[ ]++)?enum\b[^;{}()\0]{0,200}+\{([^{};\0]*+)\}"),
    member=re.compile(rb"[\n,{]\s*+(\w++)(?=\s*+[,=}]|\s*\n)"),
    # A member of a struct is none of the functions, macros and variables that are told here.
    other=re.compile(rb"(?:\.|->)[ \t]*+\w++"),
)

_CPP = Language(
    name="c++",
    suffixes=(".cc", ".cpp", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h++", ".inl", ".ipp", ".tcc", ".cu", ".cuh"),
    ignore=_ignore(_LINE, _BLOCK, _DOUBLE, _CHARACTER, _INCLUDE, _STARRED, rb"(?<![\w:])std::\w++"),
    define=_C.define,
    kinds=_C.kinds,
    public=_C.public,
    accept=_C.accept,
    blocks=_C.blocks,
    member=_C.member,
)

_GO = Language(
    name="go",
    suffixes=(".go",),
    ignore=_ignore(_LINE, _BLOCK, _DOUBLE, _BACKTICK, _CHARACTER),
    define=_lines(
        rb"func[ ]++(?:\([^)\n]*+\)[ ]*+)?(\w++)[ ]*+[\[(]",
        rb"type[ ]++(\w++)",
        rb"(?:const|var)[ ]++(\w++)",
    ),
    kinds=("function", "type", "constant"),
    public=lambda match, name: name[:1].isupper(),
    blocks=re.compile(rb"\n(?:const|var|type) \(\n((?:[^)\n\0][^\n\0]*+\n|\n)++)"),
    member=re.compile(rb"\n\t(\w++)(?=[ \n,])"),
    binds=re.compile(rb"\b(?:func|type|var|const)[ ]++(\w++)"),
    method=lambda match: match[0].startswith(b"\nfunc ("),
)

_RUST_PUBLIC = rb"(?:pub(?:\([^)\n]*+\))?[ ]++)?"

#: The standard library's, by its path: not what the project calls so.
_RUST_STANDARD = rb"(?<![\w:])std::[\w:]*+(?:\{[^{}\0]*+(?:\{[^{}\0]*+\}[^{}\0]*+)*+\})?"

_RUST = Language(
    name="rust",
    suffixes=(".rs",),
    ignore=_ignore(_LINE, _BLOCK, _DOUBLE, _CHARACTER, _RUST_STANDARD),
    define=_lines(
        rb"(?:[ ]{0,8}|\t{0,2})"
        + _RUST_PUBLIC
        + rb"(?:(?:default|const|async|unsafe|extern(?:[ ]\"[^\"\n]*+\")?)[ ]++)*+fn[ ]++(\w++)"
        rb"(?:(?:<[^\n(){};]*?>)?\(\s*+(?:&(?:'\w++[ ])?)?[ ]*+(?:mut[ ])?(?=self\b))?",
        rb"[ \t]*+" + _RUST_PUBLIC + rb"(?:unsafe[ ]++)?(?:struct|enum|union|trait|type)[ ]++(\w++)",
        rb"(?:[ ]{0,4}|\t)" + _RUST_PUBLIC + rb"(?:const|static(?:[ ]++mut)?)[ ]++(\w++)[ ]*+:",
        rb"[ \t]*+macro_rules![ ]*+(\w++)",
    ),
    kinds=("function", "type", "constant", "macro"),
    public=lambda match, name: b"pub" in match[0] or b"macro_rules!" in match[0],
    accept=_accept_rust,
    imports=re.compile(rb"\n[ \t]*+" + _RUST_PUBLIC + rb"use[ ]++[^;\0]{0,2000}+;"),
    binds=re.compile(rb"\b(?:fn|struct|enum|trait|let|mut)[ ]++(\w++)"),
    # A function is called, or reached by its path; constants and types have capitals.
    other=re.compile(rb"(?<![\w:])(?<!macro_rules![ ])_*+[a-z][a-z0-9]*+_[a-z0-9_]*+(?!\w|[ ]?\(|!(?!=)|::|<)"),
    method=lambda match: match.end() > match.end(match.lastindex or 0) and match.lastindex == 1,
)

_JAVA_MODIFIERS = (
    rb"(?:@(?!interface\b)\w++(?:\([^)\n]*+\))?[ ]++)*+(?:(?:public|protected|private|static|final|abstract|default"
    rb"|synchronized|native|strictfp|sealed|non-sealed)[ ]++)*+"
)
_JAVA_NOT_TYPE = rb"(?!(?:return|throw|new|else|assert|yield|case|package|import|class|interface|enum|record)\b)"
_JAVA_TYPE = (
    rb"(?:<[^\n(){};=]*?>[ ]++)?" + _JAVA_NOT_TYPE + rb"[A-Za-z_][\w.]*+(?:<[^\n(){};=]*?>)?(?:\[\])*+(?:\.\.\.)?"
)

_JAVA = Language(
    name="java",
    suffixes=(".java",),
    ignore=_ignore(_LINE, _BLOCK, _DOUBLE, _CHARACTER, _STARRED),
    define=_lines(
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

_JS_NOT_METHOD = (
    rb"(?!(?:if|for|while|switch|catch|function|with|return|else|do|super|await|typeof|new|throw|case|constructor)\b)"
)
#: Deeper lines belong to functions in functions and to objects that are passed on the spot.
_JS_SHALLOW = rb"(?:[ ]{0,4}|\t)"
_JS_INDENT = rb"(?:[ ]{2,4}|\t)"
_JS_EXPORT = rb"(?:export[ ]++)?(?:default[ ]++)?(?:declare[ ]++)?"
_JS_ASSIGNED = rb"(?:[\w$]++(?:\.[\w$]++)++[ ]*+=[ ]*+)?"
_JS_ARGUMENTS = rb"\((?:[^();\0]|\((?:[^();\0]|\([^();\0]*+\))*+\))*+\)"
_JS_DEFINE = (
    _JS_SHALLOW + _JS_EXPORT + _JS_ASSIGNED + rb"(?:async[ ]++)?function\b[ ]*+\*?[ ]*+([\w$]++)",
    _JS_SHALLOW + _JS_EXPORT + _JS_ASSIGNED + rb"(?:abstract[ ]++)?class[ ]++([\w$]++)",
    # `const x = require()` brings a name along and defines none.
    rb"(?:" + _JS_SHALLOW + rb"export[ ]++)?(?:declare[ ]++)?(?:const|let|var)[ ]++([\w$]++)"
    rb"(?:[ ]*+:(?:[^=\n;]|=>)*+)?[ ]*+(?:=(?!=|[ ]*+(?:await[ ]++import|require)\b)|;|(?=\n))",
    _JS_SHALLOW + rb"[\w$]++(?:\.[\w$]++)*?\.([\w$]++)[ ]*+=[ ]*+(?:async[ ]*+)?"
    rb"(?:function\b|\([^()\n]*+\)[ ]*+=>|[\w$]++[ ]*+=>)",
    rb"(?:module\.)?exports\.([\w$]++)[ ]*+=(?!=)",
    _JS_INDENT
    + _JS_NOT_METHOD
    + rb"(?:(?:static|async|get|set|public|private|protected|readonly|override|abstract)[ ]++)*+[*\#]?"
    + _JS_NOT_METHOD
    + rb"([\w$]++)\??[ ]?(?:<[^\n(){};]*?>)?"
    + _JS_ARGUMENTS
    + rb"[ ]*+(?::[^\n{;]*+)?\{(?=\n)",
    _JS_INDENT + rb"([\w$]++)[ ]*+:[ ]*+(?:async[ ]*+)?function\b",
)
_TS_DEFINE = (
    _JS_SHALLOW + _JS_EXPORT + rb"interface[ ]++(\w++)",
    _JS_SHALLOW + _JS_EXPORT + rb"type[ ]++(\w++)[ ]*+(?:<|=|(?=\n\s*+=))",
    _JS_SHALLOW + _JS_EXPORT + rb"(?:const[ ]++)?enum[ ]++(\w++)",
    _JS_SHALLOW + _JS_EXPORT + rb"namespace[ ]++(\w++)",
    # A method without a body, in an interface: only a declaration has a type behind its arguments.
    _JS_INDENT + _JS_NOT_METHOD + rb"([\w$]++)\??(?:<[^\n(){};]*?>)?" + _JS_ARGUMENTS + rb"[ ]*+:[^\n{;]++(?:;|(?=\n))",
)
_JS_IMPORTS = re.compile(rb"\n[ \t]*+import[ ][^;()\0]{0,2000}?\bfrom\b")
_JS_BINDS = re.compile(rb"\b(?:function|class|let|var|const)[ ]++([\w$]++)")
_JS_KINDS = ("function", "type", "constant", "function", "variable", "function", "function")

_JAVASCRIPT = Language(
    name="javascript",
    suffixes=(".js", ".jsx", ".mjs", ".cjs"),
    ignore=_ignore(_LINE, _BLOCK, _DOUBLE, _SINGLE, _STARRED),
    define=_lines(*_JS_DEFINE),
    kinds=_JS_KINDS,
    public=lambda match, name: b"export" in match[0],
    imports=_JS_IMPORTS,
    binds=_JS_BINDS,
)

_TYPESCRIPT = Language(
    name="typescript",
    suffixes=(".ts", ".tsx", ".mts", ".cts"),
    ignore=_JAVASCRIPT.ignore,
    define=_lines(*_JS_DEFINE, *_TS_DEFINE),
    kinds=(*_JS_KINDS, "type", "type", "type", "type", "function"),
    public=_JAVASCRIPT.public,
    imports=_JS_IMPORTS,
    binds=_JS_BINDS,
)

#: The table, by name.
TABLE: dict[str, Language] = {
    language.name: language for language in (_PYTHON, _C, _CPP, _GO, _RUST, _JAVA, _JAVASCRIPT, _TYPESCRIPT)
}

#: Suffix (lower case, with its dot) to the language's name.
LANGUAGES: dict[str, str] = {suffix: language.name for language in TABLE.values() for suffix in language.suffixes}
