"""Parsing what `git diff-tree` prints: compact hunks and names instead of text.

Hunks are taken by the counts in their headers, so that no line of a file, whatever it says, is taken for a header.
"""

from __future__ import annotations

import hashlib
import itertools
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from connectors.git.names import FileNames, commit_names, file_names, language_of
from connectors.git.paths import PathRules, generated_header

_REGULAR = (b"100644", b"100755")
#: The blob of an empty file, by SHA-1 and by SHA-256.
EMPTY = frozenset(hashlib.new(name, b"blob 0\0").hexdigest().encode() for name in ("sha1", "sha256"))
#: Lines of a new file in which a generator says so.
HEADER_LINES = 12


class EndedEarly(Exception):
    """Git stopped before the last commit."""


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
        modes = [mode for mode in (mode_old, mode_new) if mode != b"000000"]
        if any(mode not in _REGULAR for mode in modes):
            return "symbolic link or submodule"
        shown = text_path(path)
        if shown in self.generated:
            return "generated"
        return self.rules.excluded(shown)


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
    meta, _, rest = line.rstrip(b"\n").partition(b"\t")
    mode_old, mode_new, blob_old, blob_new, status = meta[1:].split(b" ")
    if status[:1] in b"RC":
        old, _, new = rest.partition(b"\t")
        return mode_old, mode_new, blob_old, blob_new, status, unquote(old), unquote(new)
    path = unquote(rest)
    return mode_old, mode_new, blob_old, blob_new, status, path, path


def _same_but_space(removed: list[bytes], added: list[bytes]) -> list[int]:
    """Pairs (added, removed), flattened, of lines that differ in white space only, in order."""
    before = [b"".join(line[1:].split()) for line in removed]
    after = [b"".join(line[1:].split()) for line in added]
    if before == after:
        return [n for i in range(len(after)) for n in (i, i)]
    places: dict[bytes, list[int]] = {}
    for i, text in enumerate(before):
        if len(text) > 3:
            places.setdefault(text, []).append(i)
    if not places:
        return []
    pairs: list[int] = []
    last = -1
    for j, text in enumerate(after):
        for i in places.get(text, ()):
            if i > last:
                pairs += (j, i)
                last = i
                break
    return pairs


def plain_commit(stream: IO[bytes], following: bytes, reader: Reader) -> tuple[list[Any], Any]:
    """Parse one commit with at most one parent; `following` is the line that ends it (the next commit's id).

    Returns the changed files as (status, old path, new path, old blob, new blob, hunks, white space) and the names as
    (defined, renamed, used, changes of what is defined where), or None. Hunks are four integers each: old start, old
    count, new start, new count.
    """
    readline = stream.readline
    entries = []
    line = readline()
    while line.startswith(b":"):
        entry = _raw_entry(line)
        if not reader.missing or entry[4][:1] == b"R" or reader.has_patch(entry[:2], entry[2:4]):
            entries.append(entry)
        else:
            reader.left_out["object missing"] += 1
        line = readline()
    if line == b"\n":
        line = readline()
    files: list[Any] = []
    named: list[tuple[str, FileNames]] = []
    position = 0
    while line and line != following:
        if not line.startswith(b"diff --git "):
            raise ValueError(f"unexpected line in a diff: {line[:80]!r}")
        mode_old, mode_new, blob_old, blob_new, status, path_old, path_new = entries[position]
        position += 1
        reason = reader.excluded(path_new, mode_old, mode_new)
        if status == b"T":
            line = _skip_file(stream, following)
            reason = reason or "type change"
        if reason is None and (blob_old in reader.missing or blob_new in reader.missing):
            reason = "object missing"
        if reason is not None:
            reader.left_out[reason] += 1
            line = _skip_file(stream, following)
            continue
        hunks = array("i")
        spaces: dict[int, list[int]] | None = None
        language = language_of(text_path(path_new)) if reader.names else None
        texts: list[tuple[int, list[bytes], int, list[bytes]]] = []
        line = readline()
        while line and not line.startswith((b"@@ ", b"diff --git ")) and line != following:
            if line.startswith(b"Binary files "):
                reason = "binary"
            line = readline()
        if reason is None and status == b"A" and line.startswith(b"@@ "):
            head, line = _peek_header(stream, line)
            if generated_header([text[1:].rstrip(b"\n") for text in head[1:]]):
                reason = "generated"
            source: Iterator[bytes] = itertools.chain(head[1:], stream)
            read_next = source.__next__
        else:
            source, read_next = stream, readline
        if reason is not None:
            reader.left_out[reason] += 1
            while line and not line.startswith(b"diff --git ") and line != following:
                line = _skip_hunk(source, line)
            continue
        while line.startswith(b"@@ "):
            start_old, count_old, start_new, count_new = hunk_header(line)
            removed = list(itertools.islice(source, count_old)) if count_old else []
            try:
                line = read_next()
                if count_old and line.startswith(b"\\"):
                    line = read_next()
                if count_new:
                    added = [line, *itertools.islice(source, count_new - 1)]
                    line = next(source, b"")
                    if line.startswith(b"\\"):
                        line = next(source, b"")
                else:
                    added = []
            except StopIteration:
                line = b""
            if reader.whitespace and removed and added:
                pairs = _same_but_space(removed, added)
                if pairs:
                    spaces = spaces if spaces is not None else {}
                    spaces[len(hunks) >> 2] = pairs
            hunks.extend((start_old, count_old, start_new, count_new))
            if language is not None:
                texts.append((start_old, [text[1:-1] for text in removed], start_new, [text[1:-1] for text in added]))
        if language is not None and texts:
            found = file_names(language, texts)
            if found is not None:
                named.append((text_path(path_new), found))
        files.append((status[:1], path_old, path_new, blob_old, blob_new, hunks.tobytes(), spaces))
    if line != following:
        raise EndedEarly
    reader.left_out["no patch"] += len(entries) - position
    names = None
    if named:
        summed = commit_names(named)
        live: Counter[tuple[str, str]] = Counter()
        for path, found in named:
            live.update((name, path) for name, *_ in found.defined)
            live.subtract((name, path) for name in found.undefined)
        changes = [(name, path, step) for (name, path), step in live.items() if step]
        if summed.defined or summed.used or changes:
            names = (summed.defined, summed.renamed, summed.used, changes)
    return files, names


def _peek_header(stream: IO[bytes], hunk: bytes) -> tuple[list[bytes], bytes]:
    count = hunk_header(hunk)[3]
    return [hunk, *itertools.islice(stream, min(count, HEADER_LINES))], hunk


def hunk_header(line: bytes) -> tuple[int, int, int, int]:
    """Old start, old count, new start, new count of a line such as ``@@ -3,2 +3 @@``."""
    parts = line.split(b" ", 3)
    old, _, count_old = parts[1].partition(b",")
    new, _, count_new = parts[2].partition(b",")
    return int(old[1:]), int(count_old or 1), int(new[1:]), int(count_new or 1)


def _skip_hunk(source: Iterator[bytes], line: bytes) -> bytes:
    if line.startswith(b"@@ "):
        _, count_old, _, count_new = hunk_header(line)
        taken = 0
        while taken < count_old + count_new:
            text = next(source, b"")
            if not text:
                return b""
            taken += not text.startswith(b"\\")
    return next(source, b"")


def _skip_file(stream: IO[bytes], following: bytes) -> bytes:
    """Read over one file's section; returns the line after it."""
    line = stream.readline()
    while line and not line.startswith(b"diff --git ") and line != following:
        line = _skip_hunk(stream, line)
    return line


def merge_commit(stream: IO[bytes], following: bytes, reader: Reader) -> list[Any]:
    """Parse one merge's combined diff.

    Returns the files that differ from all parents as (path, blob, parents' blobs, hunks); a hunk is (start in the
    result, [(start, count) in each parent], origins), origins one pair a line of the result: which parent it was
    taken from and its line there, or -1, 0 for a line that the merge itself wrote.
    """
    readline = stream.readline
    entries = []
    line = readline()
    while line.startswith(b"::"):
        meta, _, rest = line.rstrip(b"\n").partition(b"\t")
        count = len(meta) - len(meta.lstrip(b":"))
        parts = meta[count:].split(b" ")
        modes, blobs = parts[: count + 1], parts[count + 1 : 2 * count + 2]
        if not reader.missing or reader.has_patch(modes, blobs):
            entries.append((count, modes, blobs, unquote(rest)))
        else:
            reader.left_out["object missing"] += 1
        line = readline()
    if line == b"\n":
        line = readline()
    files = []
    position = 0
    while line and line != following:
        if not line.startswith(b"diff --"):
            raise ValueError(f"unexpected line in a combined diff: {line[:80]!r}")
        count, modes, blobs, path = entries[position]
        position += 1
        reason = reader.excluded(path, modes[0], modes[-1])
        if any(blob in reader.missing for blob in blobs):
            reason = "object missing"
        marker = b"@" * (count + 1) + b" "
        line = readline()
        while line and not line.startswith((marker, b"diff --")) and line != following:
            if line.startswith(b"Binary files "):
                reason = "binary"
            line = readline()
        hunks = []
        while line.startswith(marker):
            hunk, line = _combined_hunk(stream, line, count)
            hunks.append(hunk)
        if reason is not None:
            reader.left_out[reason] += 1
        else:
            files.append((path, blobs[-1], blobs[:-1], hunks))
    if line != following:
        raise EndedEarly
    return files


#: Marks of a line in a combined diff -> which parent it was taken from (-1: none, None: it was lost), and in which
#: parents it stands.
_MARKS: dict[bytes, tuple[int | None, tuple[int, ...]]] = {}


def _understood(marks: bytes) -> tuple[int | None, tuple[int, ...]]:
    lost = b"-" in marks
    inside = tuple(parent for parent, mark in enumerate(marks) if mark == (0x2D if lost else 0x20))
    return (None if lost else inside[0] if inside else -1), inside


def _combined_hunk(stream: IO[bytes], line: bytes, count: int) -> tuple[tuple[int, Any, bytes], bytes]:
    ranges = [part[1:].partition(b",") for part in line.split(b" ", count + 2)[1 : count + 2]]
    spans = [(int(start), int(size or 1)) for start, _, size in ranges]
    at = [start for start, _ in spans]
    origins = array("i")
    line = stream.readline()
    # The counts of a combined hunk are wrong where a parent's last line has no newline: the marks decide where it ends.
    meaning = _MARKS
    while line[:1] in (b" ", b"+", b"-"):
        marks = line[:count]
        known = meaning.get(marks)
        if known is None:
            known = meaning[marks] = _understood(marks)
        chosen, moved = known
        if chosen is not None:
            origins.extend((chosen, at[chosen]) if chosen >= 0 else (-1, 0))
        for parent in moved:
            at[parent] += 1
        line = stream.readline()
        while line.startswith(b"\\"):
            line = stream.readline()
    starts = [start for start, _ in spans[:count]]
    return (
        spans[count][0],
        [(start, end - start) for start, end in zip(starts, at, strict=False)],
        origins.tobytes(),
    ), line
