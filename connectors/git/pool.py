"""Bytes that are needed again, perhaps: kept in a file without a name, not in memory.

What an earlier run left is not even unpacked until it is asked for, and is left to the next run as it came.
"""

from __future__ import annotations

import os
import tempfile
from array import array
from bisect import bisect_right
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

#: Bytes that are compressed together: whole entries, at least so many but for the last.
FRAME = 1 << 18
#: Frames that are held unpacked at most.
_HELD = 64
#: A frame: how many bytes are in it, and these, compressed.
Frame = tuple[int, bytes]


class Pool:
    """Byte strings, in two parts each, by numbers from 1 (what is put under a number again takes the place)."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self._starts = array("Q", [0])
        self._middles = array("I", [0])
        self._sizes = array("I", [0])
        # What an earlier run left comes first, and ends where the file begins.
        self._frames: list[Frame] = []
        self._begins = [0]
        self._end = 0
        self._held: dict[int, bytes] = {}

    def put(self, number: int, first: bytes, second: bytes) -> None:
        """Keep two parts under a number."""
        while number >= len(self._starts):
            self._starts.append(0)
            self._middles.append(0)
            self._sizes.append(0)
        self._starts[number] = self._begins[-1] + self._end
        self._middles[number] = len(first)
        self._sizes[number] = len(first) + len(second)
        data = first + second
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]
        self._end += len(data)

    def get(self, number: int) -> tuple[bytes, bytes]:
        """The two parts."""
        start, size = self._starts[number], self._sizes[number]
        if start >= self._begins[-1]:
            data = os.pread(self._file.fileno(), size, start - self._begins[-1])
        else:
            at = bisect_right(self._begins, start) - 1
            start -= self._begins[at]
            data = self._unpacked(at)[start : start + size]
        middle = self._middles[number]
        return data[:middle], data[middle:]

    def kept(self) -> tuple[dict[str, bytes], list[Frame]]:
        """What `fill` needs for a pool of this content: where things lie, and they themselves. The pool is let be."""
        sizes = np.array(self._sizes, np.int64)[1:]
        starts = np.array(self._starts, np.int64)[1:]
        frames = self._worth_keeping(starts, sizes)
        end = sum(size for size, _ in frames)
        waiting: list[bytes] = []
        length = 0
        for at in np.flatnonzero(starts >= end).tolist():
            starts[at] = end + length
            waiting += self.get(at + 1)
            length += self._sizes[at + 1]
            if length >= FRAME:
                frames.append(_packed(waiting, length))
                end += length
                waiting, length = [], 0
        if length:
            frames.append(_packed(waiting, length))
        middles = np.array(self._middles, np.int64)[1:]
        lengths = np.stack((middles, sizes - middles), 1).astype(np.uint32)
        # Nearly always each begins where the one before it ends.
        gaps = np.diff(starts - (np.cumsum(sizes) - sizes), prepend=0)
        return {"lengths": lengths.tobytes(), "gaps": gaps.tobytes()}, frames

    def fill(self, kept: dict[str, bytes], frames: Iterable[Frame]) -> None:
        """Take over what `kept` says of another pool; there must be nothing in this one."""
        lengths = np.frombuffer(kept["lengths"], np.uint32).reshape(-1, 2).astype(np.int64)
        sizes = lengths.sum(1)
        starts = np.cumsum(np.frombuffer(kept["gaps"], np.int64)) + np.cumsum(sizes) - sizes
        self._starts.frombytes(starts.astype(np.uint64).tobytes())
        self._middles.frombytes(lengths[:, 0].astype(np.uint32).tobytes())
        self._sizes.frombytes(sizes.astype(np.uint32).tobytes())
        self._frames = list(frames)
        for size, _ in self._frames:
            self._begins.append(self._begins[-1] + size)

    def _worth_keeping(self, starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]) -> list[Frame]:
        """The frames of before that stay as they are: not a small last one, and none where much in them is replaced."""
        frames = self._frames[:-1] if self._frames and self._frames[-1][0] < FRAME else self._frames[:]
        end = self._begins[len(frames)]
        return frames if 4 * int(sizes[starts < end].sum()) >= 3 * end else []

    def _unpacked(self, at: int) -> bytes:
        found = self._held.get(at)
        if found is None:
            size, data = self._frames[at]
            found = pa.decompress(data, decompressed_size=size, codec="zstd", asbytes=True)
            if len(self._held) >= _HELD:
                del self._held[next(iter(self._held))]
            self._held[at] = found
        return found


def _packed(parts: Iterable[bytes], length: int) -> Frame:
    return length, pa.compress(b"".join(parts), codec="zstd", asbytes=True)
