"""C#."""

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

_MODIFIERS = (
    rb"(?:\[[^\]\n]*+\][ ]*+)*+(?:(?:public|protected|private|internal|static|abstract|sealed|virtual|async|unsafe"
    rb"|extern|partial|readonly|new|ref|const|file|required|volatile)[ ]++)*+"
)
_NOT_TYPE = (
    rb"(?!(?:return|throw|new|else|await|yield|case|using|namespace|class|struct|interface|enum|record|delegate|event|override"
    rb"|operator|implicit|explicit|goto|is|as|in|out|not|and|or|when|where|select|from|join|let|on|equals|group|by|into"
    rb"|orderby|ascending|descending|lock|fixed|checked|stackalloc|default|do|get|set|add|remove)\b)"
)
_TYPE = _NOT_TYPE + rb"(?:[A-Za-z_@][\w.:]*+(?:<[^\n{};=]*?>[\w.]*+)?|\([^()\n=;]*+\))[?*]*+(?:\[[, ]*+\])*+\??"
_CONTAINER = re.compile(rb"(?:[\w\[\]]++[ ]++)*?(?:class|struct|interface|enum|record|namespace)\b")
_BODY = re.compile(
    rb"(?:if|else|for|foreach|while|do|switch|case|using|lock|try|catch|finally|get|set|init|add|remove)\b|[^\n]*=>\Z|"
    + _MODIFIERS
    + rb"(?:"
    + _TYPE
    + rb"[ ])?\w++(?:<[^\n(){};=]*?>)?\([^;\"]*+\Z"
)
_MARK = rb"\[(?:\w++,[ ]?)*?(?:Fact|Theory|Test|TestCase|TestMethod|DataTestMethod|Benchmark)\b"
_MARKED = re.compile(_MARK)
_MARK_ALONE = re.compile(_MARK + rb"[^\n]*\]\Z")


def _accept(text: bytes, match: re.Match[bytes]) -> bool:
    if _MARKED.match(match[0].lstrip()) or marked(text, match.start(), (b"[",), _MARK_ALONE, lines=20):
        return False
    outer = enclosing(text, match.start())
    # Not "in no type": what stands left of it may be a line of a string.
    return _CONTAINER.match(outer) is not None or _BODY.match(outer) is None


CSHARP = Language(
    name="c#",
    ignore=ignoring(
        LINE,
        BLOCK,
        TRIPLE,
        rb'(?:@\$?|\$@)"[^"\0]*+(?:""[^"\0]*+)*+"?',
        rb'\$"([^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?)',
        DOUBLE,
        CHARACTER,
        STARRED,
        rb"\n[ \t]*+\#(?:region|endregion|pragma|error|warning)\b[^\n]*+",
    ),
    define=defining(
        rb"[ \t]*+" + _MODIFIERS + rb"(?:class|struct|interface|enum|record(?:[ ](?:class|struct))?)[ ]++(\w++)",
        rb"[ \t]*+" + _MODIFIERS + rb"delegate[ ]++" + _TYPE + rb"[ ]++(\w++)[ ]?[<(]",
        rb"[ \t]++(?!(?:static[ ]++)?new[ ])" + _MODIFIERS + _TYPE + rb"[ ]++(\w++)[ ]?(?:<[^\n(){};=]*?>)?[ ]?\(",
        # A property: its accessors follow.
        rb"[ \t]++" + _MODIFIERS + _TYPE + rb"[ ]++(\w++)(?:[ ]*+=>|\s*+\{\s*+(?:\[[^\]\n]*+\]\s*+)*+"
        rb"(?:(?:public|private|protected|internal|readonly)[ ]++)*+(?:get|set|init)\b)",
        rb"[ \t]++(?=[^\n=;]*\b(?:const|static[ ]readonly)[ ])"
        + _MODIFIERS
        + _TYPE
        + rb"[ ]++(\w++)[ ]*+(?:=(?![=>])|;|(?=\r?\n))",
        rb"[ \t]++" + _MODIFIERS + rb"event[ ]++" + _TYPE + rb"[ ]++(\w++)",
    ),
    kinds=("type", "type", "function", "function", "constant", "variable"),
    public=lambda match, name: b"public " in match[0],
    accept=_accept,
    blocks=re.compile(
        rb"\n[ \t]*+(?:\w++[ ]++)*?enum[ ]++\w++[^;{}()\0]{0,200}+\{((?://[^\n]*+|/(?!/)|[^{};/\0])*+)\}"
    ),
    blocks_hint=b"enum",
    member=re.compile(rb"[\n,{]\s*+(\w++)(?=\s*+[,=}]|\s*\n)"),
    imports=re.compile(rb"\n[ \t]*+(?:global[ ])?using[ ](?!var\b)[\w.<>=, ]++;"),
    binds=re.compile(rb"(?:\bvar[ ]++|(?<![\w.?:])(?=\w++:(?!:)))(\w++)"),
    # What others can see has a capital; a lower-case word is a local variable, a parameter or a field.
    other=re.compile(rb"\n[ \t]*+namespace[ ][^\n]*+|(?<![\w@])_*+[a-z]\w*+(?![\w]|[ ]?[(<])"),
)
