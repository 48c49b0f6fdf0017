"""Java, Kotlin and Scala."""

from __future__ import annotations

import re

from connectors.git.languages.common import (
    BLOCK,
    CHARACTER,
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

_ANNOTATION = (b"@",)
_JAVA_MARKS = re.compile(rb"@(?:Override|Test|ParameterizedTest|RepeatedTest)")
#: The same, with nothing that it could belong to in its own line.
_MARK_ALONE = re.compile(_JAVA_MARKS.pattern + rb"\b(?![^\n]*\b(?:fun|def|class)\b)")
_JAVA_DEEP = re.compile(rb"\n(?: {5}|\t\t| +\t)")


def _accept_java(text: bytes, match: re.Match[bytes]) -> bool:
    if b"@Override" in match[0] or b"@Test" in match[0]:
        return False
    if match.lastindex == 3 and b"static " not in match[0] and _JAVA_DEEP.match(match[0]):
        return False  # in a method
    return not marked(text, match.start(), _ANNOTATION, _JAVA_MARKS)


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
    blocks_hint=b"enum",
    member=re.compile(rb"[\n{][ \t]*+([A-Z]\w++)(?=[ \t]*+[,({;\n])"),
    imports=re.compile(rb"\n[ \t]*+import[ ][^\n]*+"),
)


#: A string with an expression in it.
_EXPRESSIVE = rb'"([^"\\\n$]*+(?:\\.[^"\\\n$]*+)*+\$[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?)'
_TYPE_ARGUMENTS = rb"(?:<[^\n(){};=]*?>[ ]++)?"

_KOTLIN_MODIFIERS = (
    rb"(?:@[\w.:]++(?:\([^)\n]*+\))?[ ]++)*+(?:(?:public|private|protected|internal|open|final|abstract|sealed|data"
    rb"|inner|enum|annotation|value|inline|tailrec|operator|infix|suspend|external|const|lateinit|expect|actual|companion)"
    rb"[ ]++)*+"
)
#: What an extension extends.
_KOTLIN_RECEIVER = rb"(?:[A-Za-z_][\w<>?*,. ]*?\.)?"
_KOTLIN_CONTAINER = re.compile(rb"\b(?:class|interface|companion object|object[ ]++\w)")
_KOTLIN_OBJECT = re.compile(rb"(?:\w++[ ]++)*?(?:companion object|object[ ]++\w)")
_KOTLIN_VALUE = 3


def _accept_kotlin(text: bytes, match: re.Match[bytes]) -> bool:
    if b"@Test" in match[0] or marked(text, match.start(), _ANNOTATION, _MARK_ALONE):
        return False
    if match[0][1:2] not in b" \t":
        return True
    outer = enclosing(text, match.start())
    if match.lastindex == _KOTLIN_VALUE:
        shared = b"const " in match[0] or (match[_KOTLIN_VALUE].isupper() if not outer else _KOTLIN_OBJECT.match(outer))
        return bool(shared)
    return not outer or _KOTLIN_CONTAINER.search(outer) is not None


KOTLIN = Language(
    name="kotlin",
    ignore=ignoring(LINE, BLOCK, TRIPLE, _EXPRESSIVE, DOUBLE, CHARACTER, STARRED),
    define=defining(
        rb"[ \t]*+" + _KOTLIN_MODIFIERS + rb"(?:class|(?:fun[ ]++)?interface|object|typealias)[ ]++(\w++)",
        rb"[ \t]*+" + _KOTLIN_MODIFIERS + rb"fun[ ]++" + _TYPE_ARGUMENTS + _KOTLIN_RECEIVER + rb"(\w++)[ ]*+\(",
        rb"[ \t]*+"
        + _KOTLIN_MODIFIERS
        + rb"va[lr][ ]++"
        + _TYPE_ARGUMENTS
        + _KOTLIN_RECEIVER
        + rb"(\w++)(?=[ ]*+(?:[:=\n]|by\b))",
    ),
    kinds=("type", "function", "constant"),
    public=lambda match, name: re.search(rb"\b(?:private|internal|protected)\b", match[0]) is None,
    accept=_accept_kotlin,
    blocks=re.compile(
        rb"\n[ \t]*+(?:\w++[ ]++)*?enum class[ ]++\w++[ ]*+(?:\([^(){};\0]*+\))?[^;{}()\0]{0,300}+"
        rb"\{((?:[^;{}\0]|\{(?:[^{}\0]|\{[^{}\0]*+\})*+\})*+)"
    ),
    blocks_hint=b"enum",
    member=re.compile(rb"[\n{][ \t]*+([A-Z]\w++)(?=[ \t]*+[,({;\n}])"),
    imports=re.compile(rb"\n[ \t]*+import[ ][^\n]*+"),
    # Local values, parameters, what a lambda takes.
    binds=re.compile(
        rb"(?:\b(?:va[lr]|fun|class|object|interface|typealias)[ ]++|\bfor[ ]*+\("
        rb"|\{[ ]*+(?=\w++(?:,[ ]*+\w++)*+[ ]*+->)"
        rb"|(?<![\w.:@])(?=\w++[ ]?:(?!:)))(\w++(?:,[ ]*+\w++)*+)"
    ),
    other=re.compile(rb"\npackage[ ][^\n]*+"),
)

_SCALA_MODIFIERS = (
    rb"(?:@\w++(?:\([^)\n]*+\))?[ ]++)*+(?:(?:(?:private|protected)(?:\[\w++\])?|final|sealed|abstract|implicit|lazy"
    rb"|inline|transparent|opaque|open|infix|case|package)[ ]++)*+"
)
_SCALA_CONTAINER = re.compile(rb"\b(?:class|trait|object|enum|extension|given)\b")
_SCALA_OBJECT = re.compile(rb"(?:[\w\[\]]++[ ]++)*?object\b")
_SCALA_VALUE = 4


def _accept_scala(text: bytes, match: re.Match[bytes]) -> bool:
    if b"@Test" in match[0] or marked(text, match.start(), _ANNOTATION, _MARK_ALONE):
        return False
    if match[0][1:2] not in b" \t":
        return True
    outer = enclosing(text, match.start())
    if match.lastindex == _SCALA_VALUE:
        return _SCALA_OBJECT.match(outer) is not None
    return not outer or _SCALA_CONTAINER.search(outer) is not None


SCALA = Language(
    name="scala",
    ignore=ignoring(LINE, BLOCK, TRIPLE, _EXPRESSIVE, DOUBLE, CHARACTER, STARRED),
    define=defining(
        rb"[ \t]*+" + _SCALA_MODIFIERS + rb"(?:class|trait|object|enum)[ ]++(\w++)",
        rb"[ \t]*+" + _SCALA_MODIFIERS + rb"type[ ]++(\w++)",
        rb"[ \t]*+" + _SCALA_MODIFIERS + rb"def[ ]++(\w++)(?=[ ]*+[\[(:={\n])",
        rb"[ \t]*+" + _SCALA_MODIFIERS + rb"(?:va[lr]|given)[ ]++(\w++)(?=[ ]*+[:=])",
    ),
    kinds=("type", "type", "function", "constant"),
    public=lambda match, name: re.search(rb"\b(?:private|protected)\b", match[0]) is None,
    accept=_accept_scala,
    imports=re.compile(rb"\n[ \t]*+import[ ][^\n{]*+(?:\{[^}\0]{0,1000}+\})?[^\n]*+"),
    binds=re.compile(
        rb"(?:\b(?:va[lr]|def|class|object|trait|type)[ ]++|(?<![\w.])(?=\w++[ ]?:(?!:))"
        rb"|(?<![\w.])(?=[a-z_]\w*+[ ]?(?:=>|<-)))(\w++)"
    ),
    other=re.compile(rb"\npackage[ ](?!object\b)[^\n]*+"),
)
