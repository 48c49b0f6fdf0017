"""Comparing blobs: many pairs at once, whatever commits they come from.

Git unpacks a version the quicker, the more it has just seen of the same file. So pairs are compared in the order of
their paths and not in that of the commits: two folders of our own name them, and git compares these like any two
others. What it prints is kept in a file without a name until its turn comes.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from array import array
from collections.abc import Mapping, Sequence

from connectors.git.output import EndedEarly

#: Two blobs (hex) that are compared; zeros where there is no file.
Pair = tuple[bytes, bytes]

#: Comparing, git holds on to more of what versions are told from than elsewhere; on git/git that took no longer than
#: its usual 96 MB.
COMPARE = ("-c", "core.deltaBaseCacheLimit=16m", "diff-tree", "-r", "-p", "-U0", "--no-renames", "--full-index",
           "--no-ext-diff", "--no-textconv", "--no-color")  # fmt: skip
#: The C library gives each large file's memory back to the system, and asks for it again at the next one. (GNU's reads
#: this; others do not know it.)
_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(8 << 20), "MALLOC_TRIM_THRESHOLD_": str(16 << 20)}
#: Bytes of patches that are kept; what comes after them is compared when its turn comes, one by one.
LARGEST = 1 << 30
_BLOCK = 1 << 20
#: What stands before each patch, and between it and the number of its pair.
_APART = b"\ndiff --git a/"
_DIGITS = 10


class Pairs:
    """Pairs that wait to be compared, each with a path where it is.

    Parameters
    ----------
    git, environment
        How git is run.
    """

    def __init__(self, git: Sequence[str], environment: Mapping[str, str]) -> None:
        self._git, self._environment = list(git), {**environment, **_MEMORY}
        self._paths: dict[Pair, bytes] = {}

    def __len__(self) -> int:
        return len(self._paths)

    def add(self, old: bytes, new: bytes, path: bytes) -> None:
        """Have two blobs compared that differ."""
        self._paths.setdefault((old, new), path)

    def compare(self) -> Patches:
        """The patches of all that wait; none waits then.

        Raises
        ------
        EndedEarly
            When git stopped before the last.
        """
        paths, self._paths = self._paths, {}
        return Patches(self._git, self._environment, sorted(paths, key=paths.__getitem__))


class Patches:
    """The patches between pairs of blobs, without context, from `diff --git` on. To be closed.

    A header is told from content by where it stands: as there is no context, all content follows `+`, `-` or a
    backslash.
    """

    def __init__(self, git: list[str], environment: dict[str, str], pairs: Sequence[Pair]) -> None:
        self._git, self._environment = git, environment
        self._numbers = {pair: number for number, pair in enumerate(pairs)}
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        # Where each begins, then where the last one ends.
        self._starts = array("Q")
        if pairs:
            self._compare(self._folders(pairs))
            self._file.flush()

    def __enter__(self) -> Patches:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def of(self, pair: Pair) -> bytes:
        """The patch of a pair, without the newline at its end; nothing where git finds no difference."""
        number = self._numbers.get(pair)
        if number is None:
            return b""
        if number + 1 >= len(self._starts):
            with Patches(self._git, self._environment, [pair]) as alone:
                return alone.of(pair)
        start = self._starts[number]
        return os.pread(self._file.fileno(), self._starts[number + 1] - start, start).removesuffix(b"\n")

    def _folders(self, pairs: Sequence[Pair]) -> list[str]:
        """Two folders, in which each pair's blobs have its number for a name."""
        sides = [
            b"".join(
                b"100644 blob %s\t%0*d\n" % (pair[side], _DIGITS, number)
                for number, pair in enumerate(pairs)
                if pair[side].strip(b"0")
            )
            for side in (0, 1)
        ]
        feed = b"\n".join((*sides, b""))
        with started(self._git, self._environment, ("mktree", "--batch", "--missing"), feed) as process:
            assert process.stdout is not None
            folders = process.stdout.read().decode("ascii").split()
        if len(folders) != len(sides):
            raise EndedEarly
        return folders

    def _compare(self, folders: Sequence[str]) -> None:
        starts, size = self._starts, 0
        held = b"\n"
        with started(self._git, self._environment, (*COMPARE, *folders), b"") as process:
            assert process.stdout is not None
            while block := process.stdout.read(_BLOCK):
                self._file.write(block)
                held += block
                # Where `held` begins in the file: a newline stands before the first patch, as before all others.
                begins = size + len(block) - len(held)
                at = held.find(_APART)
                while 0 <= at <= len(held) - len(_APART) - _DIGITS:
                    number = int(held[at + len(_APART) : at + len(_APART) + _DIGITS])
                    starts.extend((begins + at + 1,) * (number + 1 - len(starts)))
                    at = held.find(_APART, at + 1)
                held = held[at if at >= 0 else max(0, len(held) - len(_APART)) :]
                size += len(block)
                if size > LARGEST and len(starts) > 1:
                    process.kill()
                    return
            if process.wait():
                raise EndedEarly
        starts.extend((size,) * (len(self._numbers) + 1 - len(starts)))


def started(
    git: Sequence[str], environment: Mapping[str, str], arguments: Sequence[str], feed: bytes
) -> subprocess.Popen[bytes]:
    """Start a git command that is told `feed` and whose output is read while it runs."""
    with tempfile.TemporaryFile() as file:
        file.write(feed)
        file.seek(0)
        return subprocess.Popen(
            [*git, *arguments],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            bufsize=_BLOCK,
        )
