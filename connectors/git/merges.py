"""How the files that a merge wrote differ from each of its parents'.

Only files that differ from all parents matter: all others came from one as they were. Git's combined diff tells the
same, but at more cost, and with neighbouring hunks run together (git 2.39). So each parent's version is compared with
the merge's by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from connectors.git.diffs import Reader, unquote
from connectors.git.output import hunk_headers, is_binary
from connectors.git.pairs import Pair, Pairs, Patches

#: A file that differs from all parents: path, blob, the parents' blobs, and hunks that lead there from each (None where
#: that parent has none).
File = tuple[bytes, bytes, list[bytes], list[bytes | None]]


class Merge:
    """A merge: the files that it wrote, then, from their patches, how they differ.

    Parameters
    ----------
    lines
        Its raw entries, as ``-c`` gives them.
    reader
        How files are judged.
    pairs
        Where the versions are put that have to be compared.
    """

    def __init__(self, lines: Iterable[bytes], reader: Reader, pairs: Pairs) -> None:
        self._reader = reader
        self._left_out: Counter[str] = Counter()
        # Path, blob, the parents' blobs, and the pairs that are compared for it.
        self._files: list[tuple[bytes, bytes, list[bytes], list[Pair | None]]] = []
        for line in lines:
            self._add(line, pairs)

    def item(self, patches: Patches) -> tuple[list[File], None, dict[str, int]]:
        """What the replay is told: (files, no names, how many files were left out and why)."""
        files: list[File] = []
        for path, blob, blobs, pairs in self._files:
            found = [None if pair is None else patches.of(pair) for pair in pairs]
            if any(pairs) and all(patch is None or is_binary(patch) for patch in found):
                self._left_out["binary"] += 1
                continue
            hunks = [None if patch is None or is_binary(patch) else hunk_headers(patch).tobytes() for patch in found]
            files.append((path, blob, blobs, hunks))
        return files, None, dict(self._left_out)

    def _add(self, line: bytes, pairs: Pairs) -> None:
        meta, _, rest = line.partition(b"\t")
        count = len(meta) - len(meta.lstrip(b":"))
        parts = meta[count:].split(b" ")
        modes, blobs, path = parts[: count + 1], parts[count + 1 : 2 * count + 2], unquote(rest)
        reason = self._reader.excluded(path, modes[0], modes[-1])
        if reason is None and self._reader.lacks(blobs):
            reason = "object missing"
        if reason is not None:
            self._left_out[reason] += 1
            return
        blob, befores = blobs[-1], blobs[:-1]
        if blob in befores:
            # Only its mode is another one.
            return
        compared: list[Pair | None] = []
        if blob.strip(b"0"):
            compared = [(before, blob) if before.strip(b"0") else None for before in befores]
            if not any(compared):
                compared[0] = befores[0], blob
        for pair in compared:
            if pair is not None:
                pairs.add(*pair, path)
        self._files.append((path, blob, befores, compared))
