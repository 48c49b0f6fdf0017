"""Writing a repository for real: a stream to `git fast-import` (git-fast-import(1) is its specification)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from influence.errors import InputError


def _environment() -> dict[str, str]:
    """Nobody's configuration, templates or hooks: the same bytes everywhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_DEFAULT_HASH": "sha1",
        "LC_ALL": "C",
    }


def git(path: Path, *arguments: str) -> str:
    """Run git in `path` with nobody's configuration; returns what it printed."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=path, env=_environment(), capture_output=True, check=True, text=True
        )
    except FileNotFoundError:
        raise InputError("git was not found", "install git") from None
    return done.stdout


class Repository:
    """A new repository at `path`; inside ``with``, commits are streamed to it, at the end its work tree is filled."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._marks = 0
        try:
            path.mkdir(parents=True)
        except OSError as error:
            raise InputError(f"{path} cannot be made ({error.strerror})", "name a folder that can be written") from None
        git(path, "init", "-q", "--template=")
        git(path, "symbolic-ref", "HEAD", "refs/heads/main")
        self._process = subprocess.Popen(
            ["git", "fast-import", "--quiet", "--done"],
            cwd=path,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Repository:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._process.kill()
        else:
            self._write(b"done\n")
        self._process.communicate()
        if kind is None:
            if self._process.returncode:
                raise InputError(f"git could not write {self.path}", "see whether there is room on the disk")
            git(self.path, "reset", "-q", "--hard")

    def commit(
        self,
        author: str,
        when: tuple[int, int],
        message: str,
        files: Mapping[str, bytes | None],
        *,
        parents: Sequence[int],
        committer: tuple[str, tuple[int, int]] | None = None,
    ) -> int:
        """Write one commit onto the main branch and return its mark.

        Parameters
        ----------
        author, committer
            ``Name <address>``; the committer with its own time, the author where none is given.
        when
            Seconds since 1970 and the zone in minutes east of UTC.
        files
            Path -> content, or None for a file that goes away.
        parents
            Marks; none for the first commit. A merge's tree is that of its first parent with `files`. Whichever
            commit is written last is the branch's head.
        """
        self._marks += 1
        who, then = committer or (author, when)
        people = f"author {author} {_time(when)}\ncommitter {who} {_time(then)}\n"
        head = [f"commit refs/heads/main\nmark :{self._marks}\n{people}".encode(), _data(message.encode())]
        head += [f"{'merge' if index else 'from'} :{mark}\n".encode() for index, mark in enumerate(parents)]
        for path, content in sorted(files.items()):
            if content is None:
                head.append(f"D {path}\n".encode())
            else:
                head += (f"M 100644 inline {path}\n".encode(), _data(content))
        self._write(b"".join(head) + b"\n")
        return self._marks

    def sha(self, mark: int) -> str:
        """The hash of a commit that was written."""
        self._write(f"get-mark :{mark}\n".encode())
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.flush()
        return self._process.stdout.readline().decode().strip()

    def _write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except BrokenPipeError:
            raise InputError(f"git could not write {self.path}", "see whether there is room on the disk") from None


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _time(when: tuple[int, int]) -> str:
    seconds, zone = when
    return f"{seconds} {'-' if zone < 0 else '+'}{abs(zone) // 60:02d}{abs(zone) % 60:02d}"
