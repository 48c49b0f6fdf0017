"""Bytes that are needed again, perhaps: kept in a file without a name, not in memory."""

from __future__ import annotations

import os
import tempfile
from array import array


class Pool:
    """Byte strings, in two parts each, by numbers from 1 (what is put under a number again takes the place)."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self._end = 0
        self._starts = array("Q", [0])
        self._middles = array("I", [0])
        self._sizes = array("I", [0])

    def put(self, number: int, first: bytes, second: bytes) -> None:
        """Keep two parts under a number."""
        while number >= len(self._starts):
            self._starts.append(0)
            self._middles.append(0)
            self._sizes.append(0)
        self._starts[number] = self._end
        self._middles[number] = len(first)
        self._sizes[number] = len(first) + len(second)
        self._write(first + second)

    def get(self, number: int) -> tuple[bytes, bytes]:
        """The two parts."""
        data = os.pread(self._file.fileno(), self._sizes[number], self._starts[number])
        middle = self._middles[number]
        return data[:middle], data[middle:]

    def lengths(self) -> array[int]:
        """How long the parts are, both of each number, one after the other."""
        found = array("I")
        for middle, size in zip(self._middles[1:], self._sizes[1:], strict=True):
            found.extend((middle, size - middle))
        return found

    def fill(self, lengths: array[int], parts: bytes) -> None:
        """Put many at once, into an empty one: the lengths of all parts, and the parts one after the other."""
        start = 0
        for first, second in zip(lengths[::2], lengths[1::2], strict=True):
            self._starts.append(start)
            self._middles.append(first)
            self._sizes.append(first + second)
            start += first + second
        self._write(parts)

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]
        self._end += len(data)
