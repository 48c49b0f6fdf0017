"""Who owns each line of each version of each file, kept small.

A version is what one commit wrote: (path, blob) alone is ambiguous (a revert restores both), so each is kept with the
commit that wrote it, and the one that the reader's commit descends from counts. Its owners are one number a line:
the commit that wrote it, 0 where nobody knows. Slices of a flat array are copied at the speed of memory; versions that
have not been touched for a while are kept as what the next version took away.
"""

from __future__ import annotations

import zlib
from array import array
from itertools import accumulate, count
from typing import Protocol

UNKNOWN = 0
#: Bytes of unpacked owners that may be held before the longest untouched are packed.
BUDGET = 64 << 20

#: A packed version: the version it is told from (0: none), the hunks that lead there from it, and the owners of the
#: lines that they removed; without another version, all of its owners, compressed.
Packed = tuple[int, bytes, bytes]


class Line(Protocol):
    """Knows who descends from whom."""

    def is_ancestor(self, old: int, new: int) -> bool:
        """Whether commit `new` descends from `old`, or is it."""


class Versions:
    """Owners of the lines of versions, which are numbered from 1.

    Parameters
    ----------
    descent
        Who descends from whom.
    budget
        Bytes of unpacked owners to hold.
    """

    def __init__(self, descent: Line, budget: int = BUDGET) -> None:
        self._descent = descent
        self._budget = budget
        self._size = 0
        self._writers = array("I", [0])
        # Path -> blob -> the version, or several of them, oldest first.
        self._of: dict[bytes, dict[bytes, int | list[int]]] = {}
        self._last_of: dict[bytes, int] = {}
        self._open: dict[int, array[int]] = {}
        self._packed: dict[int, Packed] = {}
        self._following: dict[int, tuple[int, bytes]] = {}

    def __len__(self) -> int:
        return len(self._writers) - 1

    def find(self, path: bytes, blob: bytes, at: int) -> int:
        """The version of `blob` at `path` that commit `at` sees, else the last one of that blob anywhere; 0: none."""
        known = self._of.get(path, {}).get(blob, 0)
        if not known:
            return self._last_of.get(blob, 0)
        if isinstance(known, int):
            return known
        seen = [version for version in known if self._descent.is_ancestor(self._writers[version], at)]
        if len(seen) > 1:
            return self._first_parents(path, seen)
        return seen[0] if seen else known[-1]

    def _first_parents(self, path: bytes, versions: list[int]) -> int:
        """Of versions with the same content, which a merge takes: its first parent's, as git blame does.

        What the first parent has stands before what the others brought, in the order of commits; unless something
        else was written over it before they were joined.
        """
        writers, is_ancestor = self._writers, self._descent.is_ancestor
        last = versions[-1]
        others: list[int] | None = None
        for at, version in enumerate(versions[:-1]):
            writer = writers[version]
            if any(is_ancestor(writer, writers[later]) for later in versions[at + 1 :]):
                continue
            if others is None:
                ids = self._of[path].values()
                others = [other for known in ids for other in (known if isinstance(known, list) else (known,))]
            written_over = any(version < other < last and is_ancestor(writer, writers[other]) for other in others)
            if not written_over:
                return version
        return last

    def knows(self, blob: bytes) -> bool:
        """Whether the blob was seen at any path."""
        return blob in self._last_of

    def owners(self, version: int) -> array[int]:
        """Owners of the lines of a version. The array is shared: copy before changing it."""
        owners = self._open.get(version)
        if owners is None:
            owners = self._unpack(version)
            self._hold(version, owners)
        return owners

    def get(self, path: bytes, blob: bytes, at: int) -> array[int] | None:
        """Owners of the lines of `blob` at `path` as commit `at` sees it; None where the blob was never seen."""
        version = self.find(path, blob, at)
        return self.owners(version) if version else None

    def put(
        self, path: bytes, blob: bytes, owners: array[int], writer: int, before: int = 0, hunks: bytes = b""
    ) -> None:
        """Remember the owners of what commit `writer` wrote.

        `hunks` lead there from version `before`: four integers each, old start, old count, new start, new count.
        """
        version = len(self._writers)
        self._name(version, self._of.setdefault(path, {}), blob)
        self._writers.append(writer)
        if before:
            self._following[before] = version, hunks
            if before in self._open and not self._packed.get(before, (1,))[0]:
                # Packed whole, because nothing followed it: now something does.
                del self._packed[before]
        self._hold(version, owners)

    def kept(self) -> dict[str, bytes]:
        """What a later run needs of these: nothing can be added or asked afterwards."""
        for version, owners in self._open.items():
            if version not in self._packed:
                self._packed[version] = self._small(version, owners)
        packed = [self._packed[version] for version in range(1, len(self._writers))]
        paths = {path: number for number, path in enumerate(self._of)}
        of: list[tuple[int, bytes]] = [(0, b"")] * len(packed)
        for path, blobs in self._of.items():
            for blob, known in blobs.items():
                for version in known if isinstance(known, list) else (known,):
                    of[version - 1] = paths[path], bytes.fromhex(blob.decode())
        return {
            "writers": self._writers[1:].tobytes(),
            "paths": b"\0".join(paths),
            "path": array("I", (path for path, _ in of)).tobytes(),
            "blob": b"".join(blob for _, blob in of),
            "following": array("I", (following for following, _, _ in packed)).tobytes(),
            "lengths": array("I", (len(part) for _, *parts in packed for part in parts)).tobytes(),
            "parts": b"".join(part for _, *parts in packed for part in parts),
        }

    def restore(self, kept: dict[str, bytes]) -> None:
        """Take over what `kept` says of another run's versions; there must be none yet."""
        arrays = {name: array("I", kept[name]) for name in ("writers", "path", "following", "lengths")}
        of = [self._of.setdefault(path, {}) for path in kept["paths"].split(b"\0")]
        hashes = kept["blob"].hex().encode()
        size = len(hashes) // max(1, len(arrays["writers"]))
        self._writers += arrays["writers"]
        for version, path in enumerate(arrays["path"], 1):
            self._name(version, of[path], hashes[size * (version - 1) : size * version])
        ends = list(accumulate(arrays["lengths"], initial=0))
        parts = kept["parts"]
        self._packed = {
            version: (following, parts[start:middle], parts[middle:end])
            for version, following, start, middle, end in zip(
                count(1), arrays["following"], ends[::2], ends[1::2], ends[2::2], strict=False
            )
        }

    def _name(self, version: int, of_path: dict[bytes, int | list[int]], blob: bytes) -> None:
        known = of_path.get(blob, 0)
        if not known:
            of_path[blob] = version
        elif isinstance(known, int):
            of_path[blob] = [known, version]
        else:
            known.append(version)
        self._last_of[blob] = version

    def _hold(self, version: int, owners: array[int]) -> None:
        self._open[version] = owners
        self._size += 4 * len(owners)
        if self._size > self._budget:
            self._pack()

    def _pack(self) -> None:
        for version in list(self._open):
            owners = self._open.pop(version)
            self._size -= 4 * len(owners)
            if version not in self._packed:
                self._packed[version] = self._small(version, owners)
            if self._size < self._budget // 2:
                break

    def _small(self, version: int, owners: array[int]) -> Packed:
        following, packed = self._following.pop(version, (0, b""))
        if not following:
            return 0, zlib.compress(owners.tobytes(), 1), b""
        hunks = array("i")
        hunks.frombytes(packed)
        gone = array("I")
        for index in range(0, len(hunks), 4):
            count = hunks[index + 1]
            if count:
                start = hunks[index] - 1
                gone += owners[start : start + count]
        return following, packed, gone.tobytes()

    def _unpack(self, version: int) -> array[int]:
        way = []
        owners = None
        while owners is None:
            following, packed, gone = self._packed[version]
            if not following:
                owners = array("I")
                owners.frombytes(zlib.decompress(packed))
            else:
                way.append((packed, gone))
                version = following
                owners = self._open.get(version)
        for packed, gone in reversed(way):
            owners = _before(owners, packed, gone)
        return owners


def _before(after: array[int], packed: bytes, removed: bytes) -> array[int]:
    """What owners were before hunks were applied that removed such lines."""
    hunks, gone = array("i"), array("I")
    hunks.frombytes(packed)
    gone.frombytes(removed)
    owners = after[:]
    end = len(gone)
    for index in range(len(hunks) - 4, -1, -4):
        _, count_old, start_new, count_new = hunks[index : index + 4]
        first = start_new - 1 if count_new else start_new
        owners[first : first + count_new] = gone[end - count_old : end]
        end -= count_old
    return owners
