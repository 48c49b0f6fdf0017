"""Taking what git prints apart: the files that commits changed, and the hunks of a file's patch.

Every line of a file's content stands behind `+`, `-` or a backslash, as there is no context: so what begins like a
header is one, whatever the files say.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence

from connectors.git.renames import Hunk

_HEADER = re.compile(rb"\n@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@[^\n]*\n")
_NO_NEWLINE = re.compile(rb"\n\\[^\n]*")


class EndedEarly(Exception):
    """Git stopped before the last commit."""


def raw_entries(stream: Iterable[bytes], commits: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The raw entries that a `diff-tree --stdin --always` prints of each commit (hex), as lines.

    Raises
    ------
    EndedEarly
        When there are fewer commits.
    """
    lines = iter(stream)
    if next(lines, b"").rstrip() != commits[0]:
        raise EndedEarly
    for following in (*commits[1:], b""):
        entries: list[bytes] = []
        for line in lines:
            if line.startswith(b":"):
                entries.append(line[:-1])
                continue
            if line.rstrip() != following:
                raise EndedEarly
            break
        else:
            if following:
                raise EndedEarly
        yield entries


def hunk_headers(patch: bytes) -> array[int]:
    """The hunks of one file's patch: old start, old count, new start, new count, one after the other."""
    found: list[int] = []
    for old, count_old, new, count_new in _HEADER.findall(patch):
        found += (int(old), int(count_old) if count_old else 1, int(new), int(count_new) if count_new else 1)
    return array("i", found)


def is_binary(patch: bytes) -> bool:
    """Whether a patch says no more than that two versions differ."""
    return b"\n@@ -" not in patch and b"\nBinary files " in patch


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
