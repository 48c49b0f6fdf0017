"""How the files that a merge wrote differ from each of its parents'.

Only files that differ from all parents matter: all others came from one as they were. Git's combined diff tells the
same, but at more cost, and with neighbouring hunks run together (git 2.39). So each parent's version is compared with
the merge's by itself.
"""

from __future__ import annotations

from connectors.git.diffs import Changed, unquote
from connectors.git.output import hunk_headers, is_binary
from connectors.git.pairs import Pair, Pairs, Patches

#: A file that differs from all parents: path, blob, the parents' blobs, and hunks that lead there from each (None where
#: that parent has none).
File = tuple[bytes, bytes, list[bytes], list[bytes | None]]


class Merge(Changed):
    """A merge: of each file that it wrote, how it differs from each parent's."""

    def item(self, patches: Patches) -> tuple[list[File], None, dict[str, int]]:
        """What the replay is told, which are files and no names."""
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
        if self._leaves_out(path, (modes[0], modes[-1]), blobs) is not None:
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
        # With the pairs that are compared for it.
        self._files.append((path, blob, befores, compared))
