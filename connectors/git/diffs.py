"""What a commit's diff says: compact hunks and names instead of text."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from connectors.git.names import FileNames, commit_names, file_names, language_of
from connectors.git.output import Output, read_hunks
from connectors.git.paths import PathRules, generated_header

#: Modes of regular files, and of none.
_REGULAR = frozenset((b"100644", b"100755", b"000000"))
#: The blob of an empty file, by SHA-1 and by SHA-256.
EMPTY = frozenset(hashlib.new(name, b"blob 0\0").hexdigest().encode() for name in ("sha1", "sha256"))
#: Lines of a new file in which a generator says so.
HEADER_LINES = 12
#: The status of a change that cannot be told.
LOST = b"?"
_SPACE = b" \t\r\x0b\x0c"
#: A line shorter than this (`}`, `end`) is too common to be known again.
_TELLING = 4


@dataclass(slots=True)
class Reader:
    """The state of one reader: how paths are judged, and what was left out of the current commit."""

    rules: PathRules
    generated: frozenset[str]
    missing: frozenset[bytes]
    whitespace: bool
    names: bool
    left_out: Counter[str] = field(default_factory=Counter)

    def has_patch(self, modes: Iterable[bytes], blobs: Iterable[bytes]) -> bool:
        """Whether git prints a patch: not where all versions are read as empty, since the clone lacks them."""
        return len(set(modes)) > 1 or not all(blob in self.missing or blob in EMPTY for blob in blobs)

    def excluded(self, path: bytes, mode_old: bytes, mode_new: bytes) -> str | None:
        """Why a changed file is not looked into, or None."""
        if mode_old not in _REGULAR or mode_new not in _REGULAR:
            return "symbolic link or submodule"
        shown = text_path(path)
        if shown in self.generated:
            return "generated"
        return self.rules.excluded(shown)


@lru_cache(maxsize=65_536)
def text_path(path: bytes) -> str:
    """A path as text that survives UTF-8, whatever bytes it has."""
    return path.decode("utf-8", "backslashreplace")


def unquote(path: bytes) -> bytes:
    r"""Undo git's C-style quoting of a path.

    >>> unquote(b'"a\\tb\\303\\244"').decode()
    'a\tbä'
    """
    if not path.startswith(b'"'):
        return path
    out = bytearray()
    inside = path[1:-1]
    position = 0
    simple = {97: 7, 98: 8, 116: 9, 110: 10, 118: 11, 102: 12, 114: 13}
    while position < len(inside):
        char = inside[position]
        if char != 0x5C:
            out.append(char)
            position += 1
            continue
        following = inside[position + 1]
        if 0x30 <= following <= 0x37:
            out.append(int(inside[position + 1 : position + 4], 8) & 0xFF)
            position += 4
        else:
            out.append(simple.get(following, following))
            position += 2
    return bytes(out)


def _raw_entry(line: bytes) -> tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes]:
    """A line of `--raw`: mode before, mode after, blob before, blob after, status, path before, path after."""
    meta, _, rest = line.partition(b"\t")
    mode_old, mode_new, blob_old, blob_new, status = meta[1:].split(b" ")
    if status[:1] in b"RC":
        old, _, new = rest.partition(b"\t")
        return mode_old, mode_new, blob_old, blob_new, status, unquote(old), unquote(new)
    path = unquote(rest)
    return mode_old, mode_new, blob_old, blob_new, status, path, path


def _same_but_space(removed: bytes, added: bytes) -> list[int]:
    """Pairs (added, removed), flattened, of lines that differ in white space only, in order."""
    removed, added = removed.translate(None, _SPACE), added.translate(None, _SPACE)
    if removed != added and b"\n" not in removed and b"\n" not in added:
        return []
    before, after = removed.split(b"\n"), added.split(b"\n")
    if before == after:
        return [n for i in range(len(after)) for n in (i, i)]
    known = set(before)
    if known.isdisjoint(after):
        return []
    common = {text for text in known.intersection(after) if len(text) >= _TELLING}
    if not common:
        return []
    places: dict[bytes, list[int]] = {}
    for i, text in enumerate(before):
        if text in common:
            places.setdefault(text, []).append(i)
    pairs: list[int] = []
    last = -1
    for j, text in enumerate(after):
        if text in common:
            for i in places[text]:
                if i > last:
                    pairs += (j, i)
                    last = i
                    break
    return pairs


def plain_commit(output: Output, following: bytes, reader: Reader) -> tuple[list[Any], Any]:
    """Parse one commit with at most one parent; `following` is the line that ends it (the next commit's id).

    Returns the changed files as (status, old path, new path, old blob, new blob, hunks, white space) and the names as
    (defined, renamed, used, changes of what is defined where, modules imported, modules declared), or None. Hunks are
    four integers each: old start, old count, new start, new count. Where the clone lacks a version, the status is
    `LOST` and there are no hunks.
    """
    pieces = output.until(following)
    entries = []
    files: list[Any] = []
    for line in next(pieces).split(b"\n"):
        if line.startswith(b":"):
            entry = _raw_entry(line)
            if not reader.missing or entry[4][:1] == b"R" or reader.has_patch(entry[:2], entry[2:4]):
                entries.append(entry)
            else:
                reader.left_out["object missing"] += 1
                files.append((LOST, *entry[5:], *entry[2:4], b"", None))
    named: list[tuple[str, FileNames]] = []
    position = 0
    for piece in pieces:
        mode_old, mode_new, blob_old, blob_new, status, path_old, path_new = entries[position]
        position += 1
        reason = reader.excluded(path_new, mode_old, mode_new)
        if status == b"T":
            # A change of type is printed as a deletion and a new file.
            next(pieces)
            reason = reason or "type change"
        if reason is None and (blob_old in reader.missing or blob_new in reader.missing):
            reason = "object missing"
        if reason is None:
            numbers, hunks = read_hunks(piece)
            if not hunks and b"\nBinary files " in piece:
                reason = "binary"
            if status == b"A" and hunks and _is_generated(hunks[0][3]):
                reason = "generated"
        if reason is not None:
            reader.left_out[reason] += 1
            if reason == "object missing":
                files.append((LOST, path_old, path_new, blob_old, blob_new, b"", None))
            continue
        spaces = None
        if reader.whitespace:
            spaces = {
                number: pairs
                for number, (_, removed, _, added) in enumerate(hunks)
                if removed is not None and added is not None and (pairs := _same_but_space(removed, added))
            }
        shown = text_path(path_new)
        language = language_of(shown) if reader.names else None
        if language is not None and hunks:
            found = file_names(language, hunks)
            if found is not None:
                named.append((shown, found))
        files.append((status[:1], path_old, path_new, blob_old, blob_new, numbers.tobytes(), spaces or None))
    reader.left_out["no patch"] += len(entries) - position
    return files, _summed(named)


def _is_generated(added: bytes | None) -> bool:
    return added is not None and generated_header(added.split(b"\n", HEADER_LINES)[:HEADER_LINES])


def _summed(named: list[tuple[str, FileNames]]) -> Any:
    """What a commit's files say of names, together."""
    if not named:
        return None
    summed = commit_names(named)
    live: dict[tuple[str, str], int] = {}
    for path, found in named:
        for name, *_ in found.defined:
            live[name, path] = live.get((name, path), 0) + 1
        for name in found.undefined:
            live[name, path] = live.get((name, path), 0) - 1
    changes = [(name, path, step) for (name, path), step in live.items() if step]
    if summed.defined or summed.used or changes or summed.modules or summed.declared:
        return summed.defined, summed.renamed, summed.used, changes, summed.modules, summed.declared
    return None
