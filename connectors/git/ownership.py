"""Who owns each line of each version of each file.

A version is known by (path, blob): the blob alone is ambiguous (reverts, cherry-picks, identical files). Its owners are
one number a line: the commit that wrote it, 0 where nobody knows. Splicing slices of a flat array is a copy of memory,
faster in Python than any cleverer structure; versions that have not been touched for a while are packed as run
lengths.
"""

from __future__ import annotations

import zlib
from array import array
from collections import Counter

UNKNOWN = 0
#: Bytes of unpacked owners that may be held before the longest untouched are packed.
BUDGET = 192 << 20


class Versions:
    """Owners by (path, blob).

    Parameters
    ----------
    budget
        Bytes of unpacked owners to hold.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._open: dict[tuple[bytes, bytes], array[int]] = {}
        self._packed: dict[tuple[bytes, bytes], bytes] = {}
        self._last_of: dict[bytes, tuple[bytes, bytes]] = {}
        self._size = 0
        self._budget = budget

    def __len__(self) -> int:
        return len(self._open) + len(self._packed)

    def get(self, path: bytes, blob: bytes) -> array[int] | None:
        """Owners of the lines of `blob` at `path`; of the same blob at another path where this one is not known.

        The array is shared: copy before changing it. None where the blob was never seen.
        """
        key = (path, blob)
        owners = self._open.get(key)
        if owners is not None:
            return owners
        packed = self._packed.pop(key, None)
        if packed is not None:
            owners = array("I")
            owners.frombytes(zlib.decompress(packed))
            self._put(key, owners)
            return owners
        other = self._last_of.get(blob)
        return self.get(*other) if other is not None and other != key else None

    def knows(self, blob: bytes) -> bool:
        """Whether the blob was seen at any path."""
        return blob in self._last_of

    def put(self, path: bytes, blob: bytes, owners: array[int]) -> None:
        """Remember the owners of a version; the newest one counts where (path, blob) comes again."""
        key = (path, blob)
        previous = self._open.pop(key, None)
        if previous is not None:
            self._size -= 4 * len(previous)
        self._packed.pop(key, None)
        self._put(key, owners)
        self._last_of[blob] = key

    def _put(self, key: tuple[bytes, bytes], owners: array[int]) -> None:
        self._open[key] = owners
        self._size += 4 * len(owners)
        if self._size > self._budget:
            self._pack()

    def _pack(self) -> None:
        for key in list(self._open):
            owners = self._open.pop(key)
            self._size -= 4 * len(owners)
            self._packed[key] = zlib.compress(owners.tobytes(), 1)
            if self._size < self._budget // 2:
                break


def splice(
    owners: array[int],
    hunks: array[int],
    spaces: dict[int, list[int]] | None,
    me: int,
    blameless: bool,
) -> tuple[array[int], list[tuple[int, int, int, int, dict[int, int], int]]]:
    """Apply a commit's hunks to a version's owners.

    Parameters
    ----------
    owners
        Owner of each line before.
    hunks
        Four integers a hunk: old start, old count, new start, new count, as git prints them.
    spaces
        By hunk, pairs (added line, removed line) that differ in white space only: those lines keep their owner and
        were not replaced.
    me
        Number of the commit that writes.
    blameless
        The commit is on the ignore list: replaced lines keep their owners, line for line, as far as there are any.

    Returns
    -------
    tuple
        Owners after, and by hunk (old start, removed, new start, added, lines by former owner that were really
        replaced, owner of the line before).
    """
    needed = 0
    for index in range(0, len(hunks), 4):
        start, count = hunks[index], hunks[index + 1]
        needed = max(needed, start + count - 1 if count else start)
    if needed > len(owners):
        owners = owners + array("I", [UNKNOWN]) * (needed - len(owners))
    after = owners[:]
    replaced = []
    for index in range(len(hunks) - 4, -1, -4):
        start_old, count_old, start_new, count_new = hunks[index : index + 4]
        first = start_old - 1 if count_old else start_old
        before = owners[first : first + count_old]
        fill = array("I", [me]) * count_new
        pairs = spaces.get(index >> 2) if spaces else None
        if blameless and count_old:
            for line in range(count_new):
                fill[line] = before[min(line, count_old - 1)]
            counts: dict[int, int] = {}
        elif pairs:
            kept = set()
            for at in range(0, len(pairs), 2):
                fill[pairs[at]] = before[pairs[at + 1]]
                kept.add(pairs[at + 1])
            counts = Counter(owner for line, owner in enumerate(before) if line not in kept)
            count_new -= len(kept)
        elif count_old == 1:
            counts = {before[0]: 1}
        else:
            counts = Counter(before)
        after[first : first + count_old] = fill
        replaced.append(
            (start_old, count_old, start_new, count_new, counts, owners[first - 1] if first > 0 else UNKNOWN)
        )
    replaced.reverse()
    return after, replaced


def merge(
    parents: list[array[int] | None],
    hunks: list[tuple[int, list[tuple[int, int]], bytes]],
    me: int,
) -> array[int]:
    """Owners of a file that a merge wrote, from those of its parents and the combined diff.

    A line that came from a parent keeps its owner; only lines that are in no parent belong to the merge.
    """
    base = next((index for index, owners in enumerate(parents) if owners is not None), None)
    after = array("I")
    taken = 0
    own = parents[base] if base is not None else None
    for _, spans, origins in hunks:
        if own is not None and base is not None:
            start, count = spans[base]
            after.extend(own[taken : start - 1])
            taken = start - 1 + count
        pairs = array("i")
        pairs.frombytes(origins)
        for at in range(0, len(pairs), 2):
            parent, line = pairs[at], pairs[at + 1]
            if parent < 0:
                after.append(me)
            else:
                theirs = parents[parent]
                known = theirs is not None and line <= len(theirs)
                after.append(theirs[line - 1] if known and theirs is not None else UNKNOWN)
    if own is not None:
        after.extend(own[taken:])
    return after


def adopt_from(after: array[int], me: int, former: array[int], hunks: array[int]) -> None:
    """Give lines that `after` credits to `me`, but that stood in `former` already, their owners there. In place.

    `hunks` turn `former` into `after`. This is for a parent that has a merged file under its former name only: a
    combined diff, made without a rename search, takes all of its lines for new.
    """
    source = target = 0
    for index in range(0, len(hunks) + 4, 4):
        if index < len(hunks):
            start_old, count_old, start_new, count_new = hunks[index : index + 4]
            until = start_old - 1 if count_old else start_old
        else:
            until = len(former)
        for line in range(until - source):
            at = target + line
            if at < len(after) and source + line < len(former) and after[at] == me:
                after[at] = former[source + line]
        if index < len(hunks):
            source = until + count_old
            target = (start_new - 1 if count_new else start_new) + count_new
