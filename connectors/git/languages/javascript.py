"""JavaScript and TypeScript."""

from __future__ import annotations

import re

from connectors.git.languages.common import BLOCK, DOUBLE, LINE, SINGLE, STARRED, Language, defining, ignoring

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

JAVASCRIPT = Language(
    name="javascript",
    ignore=ignoring(LINE, BLOCK, DOUBLE, SINGLE, STARRED),
    define=defining(*_JS_DEFINE),
    kinds=_JS_KINDS,
    public=lambda match, name: b"export" in match[0],
    imports=_JS_IMPORTS,
    binds=_JS_BINDS,
)

TYPESCRIPT = Language(
    name="typescript",
    ignore=JAVASCRIPT.ignore,
    define=defining(*_JS_DEFINE, *_TS_DEFINE),
    kinds=(*_JS_KINDS, "type", "type", "type", "type", "function"),
    public=JAVASCRIPT.public,
    imports=_JS_IMPORTS,
    binds=_JS_BINDS,
)
