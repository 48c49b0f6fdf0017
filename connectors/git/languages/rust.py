"""Rust."""

from __future__ import annotations

import re

from connectors.git.languages.common import (
    BLOCK,
    CHARACTER,
    DOUBLE,
    LINE,
    Language,
    Runs,
    defining,
    ignoring,
    keeping,
    marked,
)

_TEST_ATTRIBUTE = re.compile(rb"#\[(?:\w+::)*\w*test\b")


def _accept_rust(text: bytes, match: re.Match[bytes]) -> bool:
    return not (match.lastindex == 1 and marked(text, match.start(), (b"#[", b"//"), _TEST_ATTRIBUTE))


_RUST_PUBLIC = rb"(?:pub(?:\([^)\n]*+\))?[ ]++)?"

#: The standard library's, by its path: not what the project calls so.
_RUST_STANDARD = rb"std(?<![\w:]std)::[\w:]*+(?:\{[^{}\0]*+(?:\{[^{}\0]*+\}[^{}\0]*+)*+\})?"

_RUST_SIGNS = keeping(b":(!<=")


def _rust_runs(code: bytes) -> bytes:
    # What follows `macro_rules! ` is kept, as what follows a colon is.
    code = code.replace(b"macro_rules! ", b"macro_rules!:").replace(b" (", b"(").translate(_RUST_SIGNS)
    return code.replace(b"(", b"( ").replace(b"<", b"< ").replace(b"::", b":: :")


RUST = Language(
    name="rust",
    ignore=ignoring(LINE, BLOCK, DOUBLE, CHARACTER, _RUST_STANDARD),
    define=defining(
        rb"(?:[ ]{0,8}+|\t{0,2}+)"
        + _RUST_PUBLIC
        + rb"(?:(?:default|const|async|unsafe|extern(?:[ ]\"[^\"\n]*+\")?)[ ]++)*+fn[ ]++(\w++)"
        rb"(?:(?:<[^\n(){};]*?>)?\(\s*+(?:&(?:'\w++[ ])?)?[ ]*+(?:mut[ ])?(?=self\b))?",
        rb"[ \t]*+" + _RUST_PUBLIC + rb"(?:unsafe[ ]++)?(?:struct|enum|union|trait|type)[ ]++(\w++)",
        rb"(?:[ ]{0,4}+|\t)" + _RUST_PUBLIC + rb"(?:const|static(?:[ ]++mut)?)[ ]++(\w++)[ ]*+:",
        rb"[ \t]*+macro_rules![ ]*+(\w++)",
    ),
    kinds=("function", "type", "constant", "macro"),
    public=lambda match, name: b"pub" in match[0] or b"macro_rules!" in match[0],
    accept=_accept_rust,
    imports=re.compile(rb"\n[ \t]*+" + _RUST_PUBLIC + rb"use[ ]++[^;\0]{0,2000}+;"),
    binds=re.compile(rb"\b(?:fn|struct|enum|trait|let|mut)[ ]++(\w++)"),
    # A function is called, or reached by its path; constants and types have capitals.
    runs=Runs(
        _rust_runs,
        re.compile(rb"(?<![\w:])(?<!macro_rules![ ])_*+[a-z][a-z0-9]*+_[a-z0-9_]*+(?!\w|[ ]?\(|!(?!=)|::|<)"),
    ),
    method=lambda match: match.end() > match.end(match.lastindex or 0) and match.lastindex == 1,
)
