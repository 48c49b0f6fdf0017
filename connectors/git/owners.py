"""Who owns each line of each version of each file, kept small.

A version is what one commit wrote: (path, blob) alone is ambiguous (a revert restores both), so each is kept with the
commit that wrote it, and the one that the reader's commit descends from counts. Its owners are one number a line:
the commit that wrote it, 0 where nobody knows. Slices of a flat array are copied at the speed of memory; versions that
have not been touched for a while are kept as what the next version took away.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa

from connectors.git.order import Descent
from connectors.git.pool import Frame, Pool

UNKNOWN = 0
#: Bytes of unpacked owners that may be held before the longest untouched are packed.
BUDGET = 16 << 20

_SIZE = struct.Struct("<Q")
_CODEC = pa.Codec("lz4_raw")
Look = Callable[[int, bytes], bytes | None]
_Blobs = dict[bytes, int | list[int]]
_LOOSE = 0xFFFF_FFFF
#: Steps that are gone back to tell versions of the same content apart.
_FAR = 2_000


class Versions:
    """Owners of the lines of versions, which are numbered from 1.

    Parameters
    ----------
    descent
        Who descends from whom.
    look
        The blob (hex) that a commit has at a path.
    budget
        Bytes of unpacked owners to hold.
    """

    def __init__(self, descent: Descent, look: Look, budget: int = BUDGET) -> None:
        self._descent = descent
        self._look = look
        self._budget = budget
        self._size = 0
        self._writers = array("I", [0])
        # Paths have numbers, too; by these, blob -> the version, or several of them, oldest first.
        self._numbers: dict[bytes, int] = {}
        self._names: list[bytes] = []
        self._paths = array("I", [0])
        # (None: not looked up yet in what an earlier run left.)
        self._of: list[_Blobs | None] = []
        self._last_of: dict[bytes, int] = {}
        self._blobs: list[bytes] = [b""]
        self._open: dict[int, array[int]] = {}
        # Packed versions: the one that each is told from (0: none, `_LOOSE`: it is not packed), and what tells it: the
        # hunks that lead there, and the owners of the lines that they removed; without another one, all of its owners,
        # compressed, and how many bytes they are.
        self._told_from = array("I", [_LOOSE])
        self._pool = Pool()
        self._by_path = self._bounds = np.zeros(0, np.int64)
        self._following: dict[int, tuple[int, bytes]] = {}

    def __len__(self) -> int:
        return len(self._writers) - 1

    def find(self, path: bytes, blob: bytes, at: int) -> int:
        """The version of `blob` at `path` that commit `at` sees, else the last one of that blob anywhere; 0: none.

        Of what commits have that were not read (0) nothing is known, even where it was written again later.
        """
        if not at:
            return 0
        number = self._numbers.get(path)
        known = self._at(number).get(blob, 0) if number is not None else 0
        if not known:
            return self._last_of.get(blob, 0)
        if isinstance(known, int):
            return known
        return self._of_several(path, blob, at, known)

    def _of_several(self, path: bytes, blob: bytes, at: int, versions: list[int]) -> int:
        """Which of several versions with the same content commit `at` has: back along those who had it.

        Where several parents of a merge had it, the first one's, as git blame decides.
        """
        writers, descent = self._writers, self._descent
        for _ in range(_FAR):
            versions = [version for version in versions if descent.is_ancestor(writers[version], at)] or versions[-1:]
            if len(versions) == 1 or writers[versions[-1]] == at:
                break
            if descent.on_trunk(at):
                # Nothing that was brought in after the last of them changes what is seen.
                back = max(descent.brought_by[writers[version]] for version in versions)
                if back < at:
                    at = back
                    continue
            parents = [
                parent
                for parent in descent.parents[at]
                if any(descent.is_ancestor(writers[version], parent) for version in versions)
            ]
            # One of them has it: where all others do not, the last need not be asked.
            at = next((parent for parent in parents[:-1] if self._look(parent, path) == blob), parents[-1])
        return versions[-1]

    def last(self, blob: bytes) -> int:
        """The version of a blob that was written last, wherever; 0: none."""
        return self._last_of.get(blob, 0)

    def path(self, version: int) -> bytes:
        """Where a version was written."""
        return self._names[self._paths[version]]

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
        number = self._numbers.setdefault(path, len(self._of))
        if number == len(self._of):
            self._names.append(path)
            self._of.append({})
        _name(version, self._at(number), blob)
        self._last_of[blob] = version
        self._blobs.append(blob)
        self._writers.append(writer)
        self._paths.append(number)
        self._told_from.append(_LOOSE)
        if before and _fits(hunks, len(self.owners(before))):
            self._following[before] = version, hunks
            if before in self._open and not self._told_from[before]:
                # Packed whole, because nothing followed it: now something does.
                self._told_from[before] = _LOOSE
        self._hold(version, owners)

    def kept(self) -> tuple[dict[str, bytes], list[Frame]]:
        """What a later run needs of these. Nothing can be added afterwards."""
        for version, owners in self._open.items():
            if self._told_from[version] == _LOOSE:
                self._put_small(version, owners)
        places, frames = self._pool.kept()
        whole = {
            "writers": self._writers[1:].tobytes(),
            "paths": b"\0".join(self._names),
            "path": self._paths[1:].tobytes(),
            "blob": bytes.fromhex(b"".join(self._blobs).decode()),
            "following": self._told_from[1:].tobytes(),
        }
        return whole | places, frames

    def restore(self, kept: dict[str, bytes], frames: Iterable[Frame]) -> None:
        """Take over what `kept` says of another run's versions; there must be none yet."""
        self._names = kept["paths"].split(b"\0") if kept["paths"] else []
        self._numbers = {path: number for number, path in enumerate(self._names)}
        self._of = [None] * len(self._names)
        self._writers.frombytes(kept["writers"])
        self._paths.frombytes(kept["path"])
        self._told_from.frombytes(kept["following"])
        hashes = kept["blob"].hex().encode()
        size = len(hashes) // max(1, len(self))
        self._blobs += [hashes[start : start + size] for start in range(0, len(hashes), size or 1)]
        self._last_of = dict(zip(self._blobs, range(len(self) + 1), strict=True))
        # Versions by path, those of one in their order.
        paths = np.array(self._paths, np.uint32)[1:]
        self._by_path = np.argsort(paths, kind="stable") + 1
        self._bounds = np.searchsorted(paths[self._by_path - 1], np.arange(len(self._names) + 1))
        self._pool.fill(kept, frames)

    def _at(self, number: int) -> _Blobs:
        """The versions of a path, by blob."""
        found = self._of[number]
        if found is None:
            found = self._of[number] = {}
            for version in self._by_path[self._bounds[number] : self._bounds[number + 1]].tolist():
                _name(version, found, self._blobs[version])
        return found

    def _hold(self, version: int, owners: array[int]) -> None:
        self._open[version] = owners
        self._size += 4 * len(owners)
        if self._size > self._budget:
            self._pack()

    def _pack(self) -> None:
        for version in list(self._open):
            owners = self._open.pop(version)
            self._size -= 4 * len(owners)
            if self._told_from[version] == _LOOSE:
                self._put_small(version, owners)
            if self._size < self._budget // 2:
                break

    def _put_small(self, version: int, owners: array[int]) -> None:
        following, packed = self._following.pop(version, (0, b""))
        self._told_from[version] = following
        if not following:
            self._pool.put(version, _CODEC.compress(owners, asbytes=True), _SIZE.pack(4 * len(owners)))
            return
        hunks = array("i")
        hunks.frombytes(packed)
        gone = array("I")
        for start, removed in zip(hunks[::4], hunks[1::4], strict=True):
            if removed:
                gone += owners[start - 1 : start - 1 + removed]
        self._pool.put(version, packed, gone.tobytes())

    def _unpack(self, version: int) -> array[int]:
        way = []
        owners = None
        while owners is None:
            following = self._told_from[version]
            packed, gone = self._pool.get(version)
            if not following:
                owners = array("I")
                owners.frombytes(_CODEC.decompress(packed, decompressed_size=_SIZE.unpack(gone)[0], asbytes=True))
            else:
                way.append((packed, gone))
                version = following
                owners = self._open.get(version)
        for packed, gone in reversed(way):
            owners = _before(owners, packed, gone)
        return owners


def _name(version: int, of_path: _Blobs, blob: bytes) -> None:
    known = of_path.get(blob, 0)
    if not known:
        of_path[blob] = version
    elif isinstance(known, int):
        of_path[blob] = [known, version]
    else:
        known.append(version)


def _fits(packed: bytes, lines: int) -> bool:
    """Whether the hunks are about a version of so many lines: of one that was not there, nothing is known."""
    hunks = array("i", packed[-16:])
    return not hunks or (hunks[0] + hunks[1] - 1 if hunks[1] else hunks[0]) <= lines


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
