"""Looking up single versions: what a commit has at a path, what is in a blob, how two differ."""

from __future__ import annotations

import subprocess
from array import array
from typing import IO, TYPE_CHECKING

from connectors.git.output import hunk_headers

if TYPE_CHECKING:
    from connectors.git.repository import SafeRepository


class Trees:
    """Answers about trees and blobs from long-running `git cat-file`s, started when asked and ended by `close`."""

    def __init__(self, repository: SafeRepository) -> None:
        self._repository = repository
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def blob_at(self, commit: str, path: bytes) -> bytes | None:
        """The blob (hex) at `path` in `commit`, or None."""
        if b"\n" in path:
            return None
        answer, _ = self._ask("--batch-check", commit.encode() + b":" + path)
        return answer[0] if len(answer) == 3 and answer[1] == b"blob" else None

    def content(self, blob: bytes, largest: int | None = None) -> bytes:
        """The bytes of a blob (hex); none where it is missing, or where there are more than `largest`."""
        answer, stdout = self._ask("--batch", blob)
        if len(answer) != 3:
            return b""
        size = int(answer[2])
        if largest is not None and size > largest:
            while size > 0:
                size -= len(stdout.read(min(size, 1 << 20))) or size
            stdout.read(1)
            return b""
        data = stdout.read(size)
        stdout.read(1)
        return data

    def _ask(self, mode: str, name: bytes) -> tuple[list[bytes], IO[bytes]]:
        process = self._processes.get(mode)
        if process is None:
            process = self._processes[mode] = self._repository.stream("cat-file", mode, stdin=subprocess.PIPE)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(name + b"\n")
        process.stdin.flush()
        return process.stdout.readline().split(), process.stdout

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

    def close(self) -> None:
        """End what runs; the next question starts it anew."""
        for process in self._processes.values():
            process.kill()
            process.communicate()
        self._processes.clear()
