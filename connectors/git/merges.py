"""How the files that a merge wrote differ from each of its parents'.

Only files that differ from all parents matter: all others came from one as they were. Git's combined diff tells the
same, but at more cost, and with neighbouring hunks run together (git 2.39). So the pairs of blobs of many merges are
put into two folders of our own, and git compares these like any two others.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence

from connectors.git.diffs import Reader, unquote
from connectors.git.output import EndedEarly, Output, hunk_headers

#: Bytes of what objects are told from that a git which compares holds on to: the more, the quicker it is.
CACHE = ("-c", "core.deltaBaseCacheLimit=96m")
RAW = (*CACHE, "diff-tree", "--stdin", "--always", "-r", "-c", "--raw", "--no-renames", "--no-abbrev")
PAIRS = (
    *CACHE,
    "diff-tree",
    "-r",
    "-p",
    "-U0",
    "--no-renames",
    "--full-index",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
)

#: A file that differs from all parents: path, blob, the parents' blobs, and hunks that lead there from each (None where
#: that parent has none).
File = tuple[bytes, bytes, list[bytes], list[bytes | None]]
#: Two blobs (hex) that are compared.
_Pair = tuple[bytes, bytes]
#: A file before it has hunks: the pairs that are compared for it.
_Waiting = tuple[bytes, bytes, list[bytes], list[_Pair | None]]


class Merges:
    """The files that merges wrote, in the order of `commits`.

    Parameters
    ----------
    git, environment
        How git is run.
    commits
        Hashes of merges, as lines.
    """

    def __init__(
        self, git: Sequence[str], environment: Mapping[str, str], commits: list[bytes], reader: Reader
    ) -> None:
        self._git, self._environment, self._reader = git, environment, reader
        self._commits = commits
        # Each with a path where it is compared.
        self._pairs: dict[_Pair, bytes] = {}
        self._empty = b""

    def files(self) -> Generator[tuple[list[File], dict[str, int]], None, None]:
        """For each merge its files, and what was left out.

        Raises
        ------
        EndedEarly
            When git stopped before the last merge.
        """
        waiting = list(self._raw())
        changes = self._compare()
        for entries, left_out in waiting:
            files: list[File] = []
            for path, blob, blobs, pairs in entries:
                found = [None if pair is None else changes.get(pair) for pair in pairs]
                if any(pairs) and not any(part is not None for part in found):
                    left_out["binary"] = left_out.get("binary", 0) + 1
                else:
                    files.append((path, blob, blobs, found))
            yield files, left_out

    def _raw(self) -> Iterator[tuple[list[_Waiting], dict[str, int]]]:
        with self._run(RAW, b"".join(self._commits)) as process:
            assert process.stdout is not None
            output = Output(process.stdout, self._commits[0].strip())
            for following in (*self._commits[1:], b""):
                entries = [
                    entry
                    for line in b"".join(output.until(following.strip())).split(b"\n")
                    if line.startswith(b"::") and (entry := self._entry(line)) is not None
                ]
                yield entries, dict(self._reader.left_out)
                self._reader.left_out.clear()

    def _entry(self, line: bytes) -> _Waiting | None:
        meta, _, rest = line.partition(b"\t")
        count = len(meta) - len(meta.lstrip(b":"))
        parts = meta[count:].split(b" ")
        modes, blobs, path = parts[: count + 1], parts[count + 1 : 2 * count + 2], unquote(rest)
        reader = self._reader
        reason = reader.excluded(path, modes[0], modes[-1])
        if reason is None and any(blob in reader.missing for blob in blobs):
            reason = "object missing"
        if reason is not None:
            reader.left_out[reason] += 1
            return None
        blob, befores = blobs[-1], blobs[:-1]
        if blob in befores:
            # Only its mode is another one.
            return None
        if not blob.strip(b"0"):
            return path, blob, befores, []
        lacking = [not before.strip(b"0") for before in befores]
        pairs: list[_Pair | None] = [
            None if lacks else (before, blob) for before, lacks in zip(befores, lacking, strict=True)
        ]
        if all(lacking):
            self._empty = self._empty or self._write_empty()
            pairs[0] = (self._empty, blob)
        for pair in pairs:
            if pair is not None:
                self._pairs.setdefault(pair, path)
        return path, blob, befores, pairs

    def _compare(self) -> dict[_Pair, bytes | None]:
        """The hunks of each pair; None for binary files. Equal blobs are left out."""
        # Git unpacks a version the quicker, the more it has just seen of the same file.
        pairs = sorted(self._pairs, key=self._pairs.__getitem__)
        if not pairs:
            return {}
        sides = [
            b"".join(b"100644 blob %s\t%010d\n" % (pair[side], number) for number, pair in enumerate(pairs))
            for side in (0, 1)
        ]
        with self._run(("mktree", "--batch", "--missing"), b"\n".join((*sides, b""))) as process:
            assert process.stdout is not None
            trees = process.stdout.read().decode("ascii").split()
        if len(trees) != len(sides):
            raise EndedEarly
        changes: dict[_Pair, bytes | None] = {}
        with self._run((*PAIRS, *trees), b"") as process:
            assert process.stdout is not None
            for piece in Output(process.stdout, b"").until(b""):
                if piece.startswith(b"a/"):
                    head = piece[: piece.find(b"\n")]
                    changes[pairs[int(head[2:12])]] = None if _is_binary(piece) else hunk_headers(piece).tobytes()
            if process.wait():
                raise EndedEarly
        return changes

    def _write_empty(self) -> bytes:
        with self._run(("hash-object", "-w", "--stdin"), b"") as process:
            assert process.stdout is not None
            return process.stdout.read().strip()

    def _run(self, arguments: Sequence[str], feed: bytes) -> subprocess.Popen[bytes]:
        with tempfile.TemporaryFile() as file:
            file.write(feed)
            file.seek(0)
            return subprocess.Popen(
                [*self._git, *arguments],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=dict(self._environment),
                bufsize=1 << 20,
            )


def _is_binary(piece: bytes) -> bool:
    return b"\n@@ -" not in piece and b"\nBinary files " in piece
