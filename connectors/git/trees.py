"""Looking up single versions while the replay runs: what a parent has under a file's former name."""

from __future__ import annotations

import subprocess
from array import array

from connectors.git.output import hunk_headers
from connectors.git.repository import SafeRepository


class Trees:
    """Answers about trees and blobs from one long-running `git cat-file`, which ends with the `with` block."""

    def __init__(self, repository: SafeRepository) -> None:
        self._repository = repository
        self._process: subprocess.Popen[bytes] | None = None

    def blob_at(self, commit: str, path: bytes) -> bytes | None:
        """The blob (hex) at `path` in `commit`, or None."""
        if b"\n" in path:
            return None
        if self._process is None:
            self._process = self._repository.stream("cat-file", "--batch-check", stdin=subprocess.PIPE)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(commit.encode() + b":" + path + b"\n")
        process.stdin.flush()
        answer = process.stdout.readline().split()
        return answer[0] if len(answer) == 3 and answer[1] == b"blob" else None

    def content(self, blob: bytes) -> bytes:
        """The bytes of a blob (hex)."""
        return self._repository.run("cat-file", "blob", blob.decode())

    def hunks(self, old: bytes, new: bytes) -> array[int] | None:
        """Hunks (old start, old count, new start, new count) that turn blob `old` into `new`; None for binaries."""
        try:
            output = self._repository.run(
                "diff", "--no-ext-diff", "--no-textconv", "--no-color", "-U0", old.decode(), new.decode(), "--"
            )
        except subprocess.CalledProcessError:
            return None
        binary = b"\n@@ -" not in output and b"\nBinary files " in output
        return None if binary else hunk_headers(output)

    def __enter__(self) -> Trees:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
