"""Single objects, read one by one, whatever state they are in: the one that git dies of is skipped."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors.git.borrowing import HASH

if TYPE_CHECKING:
    from connectors.git.repository import SafeRepository

_ENTRY = re.compile(rb"([0-7]{1,7}) ([^\x00]+)\x00")
_PIECE = 1 << 20


class Objects:
    """Answers from one `git cat-file`, started again whenever an object ends it; it ends with the `with` block."""

    def __init__(self, repository: SafeRepository) -> None:
        self._repository = repository
        self._process: subprocess.Popen[bytes] | None = None

    def commit(self, name: str) -> bytes | None:
        """A commit as it is stored; None where there is none, or where git does not take it for one."""
        kind, data = self._ask(f"{name}^{{commit}}", b"commit")
        return data if kind == b"commit" else None

    def readable(self, name: str) -> bool:
        """Whether it can be read to its end and, where it names others, understood."""
        kind, data = self._ask(name, b"commit", b"tree")
        if kind == b"commit":
            return commit_links(data or b"") is not None
        if kind == b"tree":
            return tree_links(data or b"", len(name) // 2) is not None
        return kind is not None

    def trees_named_by(self, name: str) -> list[str]:
        """The trees that a commit or a tree names."""
        kind, data = self._ask(name, b"commit", b"tree")
        if kind == b"commit":
            links = commit_links(data or b"")
            return [links[0]] if links else []
        if kind == b"tree":
            return tree_links(data or b"", len(name) // 2) or []
        return []

    def __enter__(self) -> Objects:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _ask(self, name: str, *wanted: bytes) -> tuple[bytes | None, bytes | None]:
        """(kind, content) of an object; content only of the kinds that are wanted, the others' is read over."""
        if self._process is None:
            self._process = self._repository.stream("cat-file", "--batch", stdin=subprocess.PIPE)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(name.encode("ascii") + b"\n")
            process.stdin.flush()
            header = process.stdout.readline().split()
            if len(header) == 2:  # missing
                return None, None
            if len(header) == 3:
                kind, size = header[1], int(header[2])
                if kind in wanted:
                    data = process.stdout.read(size)
                    whole = len(data) == size
                else:
                    data, left = b"", size
                    while left and (piece := process.stdout.read(min(left, _PIECE))):
                        left -= len(piece)
                    whole = not left
                if whole and process.stdout.read(1) == b"\n":
                    return kind, data
        except BrokenPipeError:
            pass
        self._end()
        return None, None

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def commit_links(raw: bytes) -> tuple[str, list[str]] | None:
    """(tree, parents) of a commit; None where git would not take it for one."""
    lines = iter(raw.partition(b"\n\n")[0].split(b"\n"))
    tree = next(lines, b"")
    parents = []
    if not tree.startswith(b"tree ") or not HASH.match(tree[5:].decode("ascii", "replace")):
        return None
    for line in lines:
        if not line.startswith(b"parent "):
            break
        parent = line[7:].decode("ascii", "replace")
        if not HASH.match(parent):
            return None
        parents.append(parent)
    return tree[5:].decode("ascii"), parents


def tree_links(raw: bytes, size: int) -> list[str] | None:
    """The trees in a tree whose hashes have `size` bytes; None where git would not take it for one."""
    return list(_folders(raw, size)) if _well_formed(raw, size) else None


def _well_formed(raw: bytes, size: int) -> bool:
    at = 0
    while at < len(raw):
        entry = _ENTRY.match(raw, at)
        if entry is None or entry.end() + size > len(raw):
            return False
        at = entry.end() + size
    return True


def _folders(raw: bytes, size: int) -> Iterator[str]:
    at = 0
    while (entry := _ENTRY.match(raw, at)) is not None:
        at = entry.end() + size
        if int(entry[1], 8) == 0o40000:
            yield raw[entry.end() : at].hex()
