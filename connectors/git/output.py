"""Taking what `git diff-tree` prints apart, by commit and by file, without looking at each line.

Every line of a file's content stands behind `+`, `-` or a backslash, as there is no context: so what begins like a
header is one, whatever the files say. Memory is bounded by the largest file's patch, not by the largest commit.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from typing import IO

from connectors.git.renames import Hunk

#: What stands before each file's patch.
APART = b"\ndiff --git "
#: Bytes of one commit's output that are held before its files are handed on.
_HELD = 8 << 20
_BLOCK = 1 << 20
_HEADER = re.compile(rb"\n@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@[^\n]*\n")
_NO_NEWLINE = re.compile(rb"\n\\[^\n]*")


class EndedEarly(Exception):
    """Git stopped before the last commit."""


class Output:
    """What a `diff-tree` prints for commits in a known order.

    Parameters
    ----------
    stream
        Its standard output.
    first
        The line that comes first, without its newline; b"": none does.

    Raises
    ------
    EndedEarly
        From every method, when the output ends before it should.
    """

    def __init__(self, stream: IO[bytes], first: bytes) -> None:
        self._stream = stream
        self._held = b"\n"
        self._at = 0
        if first:
            for _ in self.until(first):
                pass

    def until(self, line: bytes) -> Iterator[bytes]:
        """What comes before the line `line` (b"": before the end), in pieces: first the raw entries, then each patch.

        Pieces are without the newline at their end; those of patches are without `diff --git `.
        """
        end = b"\n" + line + b"\n" if line else b""
        searched = self._at
        while True:
            found = self._held.find(end, searched) if line else -1
            if found >= 0:
                yield from self._held[self._at : found].split(APART)
                self._at = found + len(end) - 1
                return
            searched = max(self._at, len(self._held) - len(end))
            if len(self._held) - self._at > _HELD:
                last = self._held.rfind(APART, self._at + 1)
                if last > 0:
                    yield from self._held[self._at : last].split(APART)
                    self._at = last + len(APART)
                    searched = max(searched, self._at)
            block = self._stream.read(_BLOCK)
            if not block:
                if line:
                    raise EndedEarly
                yield from self._held[self._at :].removesuffix(b"\n").split(APART)
                self._at = len(self._held)
                return
            searched -= self._at
            self._held = self._held[self._at :] + block
            self._at = 0


def hunk_headers(patch: bytes) -> array[int]:
    """The hunks of one file's patch: old start, old count, new start, new count, one after the other."""
    found: list[int] = []
    for old, count_old, new, count_new in _HEADER.findall(patch):
        found += (int(old), int(count_old) if count_old else 1, int(new), int(count_new) if count_new else 1)
    return array("i", found)


def read_hunks(patch: bytes) -> tuple[array[int], list[Hunk]]:
    """The hunks of one file's patch, as `hunk_headers` gives them, and with the lines that they remove and add."""
    parts = _HEADER.split(patch)
    if b"\n\\" in patch:
        parts[5::5] = [_NO_NEWLINE.sub(b"", body) for body in parts[5::5]]
    numbers: list[int] = []
    hunks: list[Hunk] = []
    each = iter(parts)
    next(each)
    for start_old, count_old, start_new, count_new, body in zip(each, each, each, each, each, strict=True):
        old, new = int(start_old), int(start_new)
        lines_old = 1 if count_old is None else int(count_old)
        lines_new = 1 if count_new is None else int(count_new)
        numbers += (old, lines_old, new, lines_new)
        if not lines_old:
            hunks.append((old, None, new, body[1:].replace(b"\n+", b"\n")))
        elif not lines_new:
            hunks.append((old, body[1:].replace(b"\n-", b"\n"), new, None))
        else:
            at = body.find(b"\n+")
            removed, added = body[1:at].replace(b"\n-", b"\n"), body[at + 2 :].replace(b"\n+", b"\n")
            hunks.append((old, removed, new, added))
    return array("i", numbers), hunks
