"""Which names a commit defines, renames and uses, told from its changed lines alone.

Only compound identifiers count (`strbuf_splice`, `readAll`, `MAX_SIZE`): a single word means something else in every
file. What counts is net of what the same commit removes, so that moved and reindented code is neither definition nor
use. The rules, and how well they agree with Universal Ctags on real repositories, are in docs/names.md.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from posixpath import splitext

from connectors.git.languages import LANGUAGES, TABLE, Language
from connectors.git.modules import declared_modules, imported_modules
from connectors.git.renames import APART, Hunk, renamed_definitions
from connectors.git.tokens import is_counted, name_of, names_in, names_used, words_of

__all__ = [
    "LANGUAGES",
    "CommitNames",
    "FileNames",
    "commit_names",
    "family",
    "family_of",
    "file_names",
    "is_counted",
    "language_of",
]

#: Lines longer than this (minified code, data) neither define nor use anything.
LONGEST_LINE = 1_000

#: Languages that call each other's names without ado.
_FAMILIES = {"c++": "c", "typescript": "javascript", "kotlin": "java", "scala": "java"}

#: What is static in a header is for everybody who includes it.
_HEADERS = (".h", ".hpp", ".hh", ".hxx", ".inl")
#: What an assignment binds, in text that runs backwards: the engine leaps from one equals sign to the next.
_BOUND = re.compile(rb"=(?<![=~>]=):? ?(\w++)(?![.>])")
_ASSIGNING = re.compile(rb"\n[^\n=]*+=[^\n]*+")
_LONG = re.compile(rb"\n[^\n]{%d}[^\n]*+" % (LONGEST_LINE + 1))
_CODE_LINE = re.compile(rb"[;{}(,][ \t\r]*+\n")
_VISIBLE = re.compile(rb"[^\n]")


@dataclass(slots=True)
class FileNames:
    """What one file's change says about names. Counts are added minus removed; lines are 1-based, of the new file."""

    language: str
    net: dict[str, int] = field(default_factory=dict)
    #: The same in imports alone; `net` is without them.
    imported: dict[str, int] = field(default_factory=dict)
    #: Names that the added lines reach through an object or a path (`ring.get_nodes`, `Ring::get_nodes`).
    reached: set[str] = field(default_factory=set)
    #: name, line, public, method
    defined: list[tuple[str, int, bool, bool]] = field(default_factory=list)
    undefined: list[str] = field(default_factory=list)
    #: (old, new): the change turns the definition of the one into that of the other.
    renames: list[tuple[str, str]] = field(default_factory=list)
    #: Names that the added lines bind: local variables, keyword arguments.
    bound: set[str] = field(default_factory=set)
    #: Modules that the lines import: added minus removed.
    modules: dict[str, int] = field(default_factory=dict)
    #: Modules that the added lines say they are in, with the line.
    declared: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class CommitNames:
    """What one commit says about names."""

    #: name, path, line, public, language, method
    defined: list[tuple[str, str, int, bool, str, bool]] = field(default_factory=list)
    #: new name -> old name; the new one is in `defined` too.
    renamed: dict[str, str] = field(default_factory=dict)
    #: name -> the path where it was used most, and whether it was reached through an object or a path
    used: dict[str, tuple[str, bool]] = field(default_factory=dict)
    #: (module, path that imports it), net over the commit
    modules: list[tuple[str, str]] = field(default_factory=list)
    #: (module, path, line) of what says which module it is in
    declared: list[tuple[str, str, int]] = field(default_factory=list)


@lru_cache(maxsize=100_000)
def language_of(path: str) -> str | None:
    """The language of a path, by its suffix, or None where definitions cannot be told."""
    return LANGUAGES.get(splitext(path)[1].lower())


def family(language: str | None) -> str | None:
    """The family of languages within which a name is one name."""
    return _FAMILIES.get(language, language) if language else None


@lru_cache(maxsize=100_000)
def family_of(path: str) -> str | None:
    """The family of a path's language, by its suffix."""
    return family(language_of(path))


def _join(lines: list[bytes]) -> bytes:
    text = b"\n" + APART.join(lines) + b"\n"
    if len(text) > LONGEST_LINE and _LONG.search(text):
        lines[:] = [_LONG.sub(b"\n", b"\n" + hunk)[1:] for hunk in lines]
        text = b"\n" + APART.join(lines) + b"\n"
    return text


def _without_docstrings(text: bytes) -> bytes:
    for quotes in (b'"""', b"'''"):
        if quotes in text:
            text = APART.join([_without_quoted(hunk, quotes) for hunk in text.split(APART)])
    return text


def _without_quoted(hunk: bytes, quotes: bytes) -> bytes:
    parts = hunk.split(quotes)
    if len(parts) == 1:
        return hunk
    # A hunk may begin inside a string: an opening is followed by text, or stands where an expression may.
    before = parts[0].rpartition(b"\n")[2].strip()
    after = parts[1].partition(b"\n")[0].strip()
    opens = before[-1:] in b"=([{,:+urfbURFB" and (after[:1].isalnum() or before != b"" or len(parts) % 2 == 1)
    return b" ".join(parts[0 if opens else 1 :: 2]) + b"\n"


def _code(language: Language, text: bytes) -> bytes:
    """The text without comments and strings. Lines are not kept apart."""
    if language.docstrings:
        text = _without_docstrings(text)
    parts = language.ignore.split(text)
    if language.ignore.groups:
        parts[1::2] = [b'"' + kept if kept else b"" for kept in parts[1::2]]
    text = b" ".join(parts)
    if b"*/" in text and language.spans:
        text = APART.join([_without_tail(hunk) for hunk in text.split(APART)])
    return text


def _without_tail(hunk: bytes) -> bytes:
    """The hunk without the end of a comment that began before it."""
    head, found, rest = hunk.partition(b"*/")
    return rest if found and _CODE_LINE.search(head) is None else hunk


def _blank(match: re.Match[bytes]) -> bytes:
    return _VISIBLE.sub(b" ", match[0])


def _lower(match: re.Match[bytes]) -> bytes:
    return match[0].lower()


def _definitions(language: Language, text: bytes, present: set[str]) -> list[tuple[int, str, bool, str]]:
    """Position, name, public and kind of each definition whose name is `present` outside comments and strings."""
    found = []
    for match in language.define.finditer(text) if present else ():
        group = match.lastindex or 1
        token = match[group]
        name = name_of(token)
        if name in present and (language.accept is None or language.accept(text, match)):
            kind = language.kinds[group - 1]
            if kind == "function" and language.method is not None and language.method(match):
                kind = "method"
            found.append((match.start(group), name, language.public(match, token), kind))
    if language.blocks is not None and language.member is not None and language.blocks_hint in text:
        for block in language.blocks.finditer(text):
            lines = language.ignore.sub(_blank, text[block.start(1) - 1 : block.end(1) + 1])
            for match in language.member.finditer(lines):
                name = name_of(match[1])
                if name is not None:
                    position = block.start(1) - 1 + match.start(1)
                    found.append((position, name, language.public(match, match[1]), "constant"))
        found.sort()
    return found


def file_names(language: str, hunks: list[Hunk]) -> FileNames | None:
    """Definitions and net uses in the changed lines of one file in one commit; None where there are none.

    `language` is one that `language_of` names. Lines may be in any encoding.
    """
    row = TABLE[language]
    new = [hunk[3] for hunk in hunks if hunk[3] is not None]
    old = [hunk[1] for hunk in hunks if hunk[1] is not None]
    new_text, old_text = _join(new), _join(old)
    if row.fold is not None:
        new_text, old_text = row.fold.sub(_lower, new_text), row.fold.sub(_lower, old_text)
    whole, code, added, come = _read(row, new_text)
    _, _, removed, gone = _read(row, old_text)
    net, imported = _net(added, removed), _net(come, gone)
    speech = family(language)
    modules = imported_modules(speech, new_text, old_text)
    declared = declared_modules(speech, new_text)
    if not (net or imported or modules or declared):
        return None
    result = FileNames(language, net, imported, modules=modules)
    if declared:
        first, starts = _first(hunks), _starts(new)
        for key, position in declared:
            at = bisect_right(starts, position) - 1
            result.declared.append((key, first[at] + new_text.count(b"\n", starts[at], position)))
    if not net and not imported:
        return result
    defined = _definitions(row, new_text, set(added)) if new else []
    undefined = _definitions(row, old_text, set(removed)) if old else []
    if defined:
        first, starts = _first(hunks), _starts(new)
        counted, line, previous = 0, 0, -1
        for position, name, public, kind in defined:
            at = bisect_right(starts, position) - 1
            if at != previous:
                counted, line, previous = starts[at], first[at], at
            line += new_text.count(b"\n", counted, position)
            counted = position
            result.defined.append((name, line, public, kind == "method"))
        if undefined:
            result.renames = renamed_definitions(
                hunks, (old_text, _starts(old), undefined), (new_text, starts, defined)
            )
    result.undefined = [name for _, name, _, _ in undefined]
    # A name that these lines bind (a local variable, a keyword argument) is theirs, not one that they adopt.
    bound = _assigned(row, code) if b"=" in code else []
    if row.binds is not None:
        bound += words_of(b" ".join(row.binds.findall(whole)))
    result.bound = {*net, *imported}.intersection(map(name_of, bound))
    result.bound.difference_update(name for _, name, _, _ in defined)
    if row.method is not None:
        code = row.runs.other.sub(b" ", code) if row.runs is not None else code
        result.reached = set(net).intersection(map(name_of, row.reaches.findall(code)))
    return result


def _read(language: Language, text: bytes) -> tuple[bytes, bytes, list[str], list[str]]:
    """What one side's lines hold.

    Returns
    -------
    tuple
        The code; the same without its imports and without words that are no use, as far as `other` tells them; the
        names used in that; the names in the imports.
    """
    if len(text) <= len(_NOTHING):
        return text, text, [], []
    whole = code = _code(language, text)
    imported: list[str] = []
    if language.imports is not None:
        imports = language.imports.findall(code)
        if imports and (imported := names_in(b" ".join(imports))):
            code = language.imports.sub(b"\n", code)
    if language.other is not None:
        code = language.other.sub(b" ", code)
    return whole, code, names_used(language, code), imported


#: What `_join` makes of no lines.
_NOTHING = b"\n\n"


def _assigned(language: Language, code: bytes) -> list[bytes]:
    """The words that the code assigns to."""
    lines = b"".join(_ASSIGNING.findall(b"\n" + code))
    if language.runs is not None:
        lines = language.runs.other.sub(b" ", lines)
    return [word[::-1] for word in _BOUND.findall(lines[::-1])]


def _net(added: list[str], removed: list[str]) -> dict[str, int]:
    if added == removed:
        return {}
    net: dict[str, int] = {}
    for name in added:
        net[name] = net.get(name, 0) + 1
    for name in removed:
        net[name] = net.get(name, 0) - 1
    return {name: count for name, count in net.items() if count}


def _first(hunks: list[Hunk]) -> list[int]:
    """The line at which each hunk begins that adds lines."""
    return [hunk[2] for hunk in hunks if hunk[3] is not None]


def _starts(sides: list[bytes]) -> list[int]:
    """Where each hunk begins in the joined text."""
    return list(accumulate((len(lines) + len(APART) for lines in sides[:-1]), initial=1))


def commit_names(files: list[tuple[str, FileNames]]) -> CommitNames:
    """One commit's names from those of its files, net over all of them."""
    result = CommitNames()
    net = _sum([names.net for _, names in files])
    imported = _sum([names.imported for _, names in files])
    definitions: dict[str, int] = {}
    for _, names in files:
        for name, *_ in names.defined:
            definitions[name] = definitions.get(name, 0) + 1
        for name in names.undefined:
            definitions[name] = definitions.get(name, 0) - 1
    for path, names in files:
        for name, line, public, method in names.defined:
            if definitions[name] > 0:
                public = public or path.endswith(_HEADERS)
                result.defined.append((name, path, line, public, names.language, method))
        for old, new in names.renames:
            # Whoever renames replaces the uses as well: as many come as go.
            come = net.get(new, 0) + imported.get(new, 0)
            go = -net.get(old, 0) - imported.get(old, 0)
            if definitions[old] < 0 < definitions[new] and 0 < go <= 2 * come and come <= 2 * go:
                result.renamed.setdefault(new, old)
    moved = {name for _, names in files for name, count in names.net.items() if count < 0}
    best: dict[str, int] = {}
    for path, names in files:
        for name in {**names.net, **names.imported} if names.imported else names.net:
            count = max(names.net.get(name, 0), names.imported.get(name, 0))
            if count <= best.get(name, 0) or definitions.get(name, 0) > 0 or name in names.bound:
                continue
            # An import alone is a use (of a trait, or to pass it on), but not where code moved and took it along.
            total = net.get(name, 0)
            if not total and name not in moved:
                total = imported.get(name, 0)
            if total > 0:
                best[name] = count
                result.used[name] = path, name in names.reached
    modules = _sum([names.modules for _, names in files])
    for path, names in files:
        result.modules += [(key, path) for key, count in names.modules.items() if count > 0 and modules[key] > 0]
        result.declared += [(key, path, line) for key, line in names.declared]
    return result


def _sum(counts: list[dict[str, int]]) -> dict[str, int]:
    if len(counts) == 1:
        return counts[0]
    total: dict[str, int] = {}
    for each in counts:
        for key, count in each.items():
            total[key] = total.get(key, 0) + count
    return total
