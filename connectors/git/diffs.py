"""What a commit's diff says: compact hunks and names instead of text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from connectors.git.names import FileNames, commit_names, file_names, language_of
from connectors.git.output import is_binary, read_hunks
from connectors.git.pairs import Pairs, Patches
from connectors.git.paths import PathRules, generated_header
from connectors.git.renames import Hunk

#: Modes of regular files, and of none.
_REGULAR = frozenset((b"100644", b"100755", b"000000"))
#: Lines of a new file in which a generator says so.
HEADER_LINES = 12
#: The status of a change that cannot be told.
LOST = b"?"
#: Why it cannot.
MISSING = "object missing"
_SPACE = b" \t\r\x0b\x0c"
#: A line shorter than this (`}`, `end`) is too common to be known again.
_TELLING = 4


@dataclass(frozen=True, slots=True)
class Reader:
    """How a reader judges paths, and what it looks for."""

    rules: PathRules
    generated: frozenset[str]
    missing: frozenset[bytes]
    whitespace: bool
    names: bool

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


class Changed(ABC):
    """A commit: the files that it changed, then, from their patches, what it did there.

    Parameters
    ----------
    lines
        Its raw entries.
    reader
        How files are judged.
    pairs
        Where the versions are put that have to be compared.
    """

    def __init__(self, lines: Iterable[bytes], reader: Reader, pairs: Pairs) -> None:
        self._reader = reader
        self._left_out: Counter[str] = Counter()
        # As items have them, but for what patches say.
        self._files: list[Any] = []
        for line in lines:
            self._add(line, pairs)

    @abstractmethod
    def item(self, patches: Patches) -> tuple[list[Any], Any, dict[str, int]]:
        """What the replay is told: (files, names, how many files were left out and why). To be asked once."""

    @abstractmethod
    def _add(self, line: bytes, pairs: Pairs) -> None:
        """Take a file from its raw entry, and have its versions compared."""

    def _leaves_out(self, path: bytes, modes: tuple[bytes, bytes], blobs: Collection[bytes]) -> str | None:
        """Why a file is not looked into, which is counted, or None."""
        reason = self._reader.excluded(path, *modes)
        if reason is None and not self._reader.missing.isdisjoint(blobs):
            reason = MISSING
        if reason is not None:
            self._left_out[reason] += 1
        return reason


class PlainCommit(Changed):
    """A commit with at most one parent."""

    def _add(self, line: bytes, pairs: Pairs) -> None:
        mode_old, mode_new, old, new, status, path_old, path_new = _raw_entry(line)
        reason = self._leaves_out(path_new, (mode_old, mode_new), (old, new))
        if reason is None:
            self._files.append((status[:1], path_old, path_new, old, new))
            if old != new:
                pairs.add(old, new, path_new)
        elif reason == MISSING:
            self._files.append((LOST, path_old, path_new, old, new))

    def item(self, patches: Patches) -> tuple[list[Any], Any, dict[str, int]]:
        """What the replay is told: files are (status, old path, new path, old blob, new blob, hunks, white space).

        Names are (defined, renamed, used, changes of what is defined where, modules imported, modules declared), or
        None. Hunks are four integers each: old start, old count, new start, new count. Where the clone lacks a version,
        the status is `LOST` and there are no hunks.
        """
        files: list[Any] = []
        named: list[tuple[str, FileNames]] = []
        for change in self._files:
            status, _, path, old, new = change
            if status == LOST:
                files.append((*change, b"", None))
                continue
            patch = patches.of((old, new))
            numbers, hunks = read_hunks(patch)
            reason = None
            if not hunks and is_binary(patch):
                reason = "binary"
            elif status == b"A" and hunks and _is_generated(hunks[0][3]):
                reason = "generated"
            if reason is not None:
                self._left_out[reason] += 1
                continue
            shown = text_path(path)
            language = language_of(shown) if self._reader.names and hunks else None
            if language is not None:
                found = file_names(language, hunks)
                if found is not None:
                    named.append((shown, found))
            files.append((*change, numbers.tobytes(), self._spaces(hunks)))
        return files, _summed(named), dict(self._left_out)

    def _spaces(self, hunks: Iterable[Hunk]) -> dict[int, list[int]] | None:
        """By hunk, the lines that differ in white space only, where there are any."""
        if not self._reader.whitespace:
            return None
        return {
            number: same
            for number, (_, removed, _, added) in enumerate(hunks)
            if removed is not None and added is not None and (same := _same_but_space(removed, added))
        } or None


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
