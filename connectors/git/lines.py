"""Files at the tip with who wrote each line and when: what other connectors need of a history."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from connectors.git.connector import GitConnector
from connectors.git.diffs import text_path
from connectors.git.history import Commit, History
from connectors.git.replay import Found, Replay
from connectors.git.repository import SafeRepository, open_safely
from influence.schema import Progress, no_progress

#: Files over so many bytes are not read as text.
MAX_BYTES = 8 << 20


@dataclass(slots=True)
class TextFile:
    """A file at the tip.

    Attributes
    ----------
    path, text
        Its path as text, its content as bytes.
    owners
        The commit that wrote each line (None where that is not known), as many as `text` has lines.
    created, changed
        The first and the last commit that touched it, under former names too; None where no commit did.
    """

    path: str
    text: bytes
    owners: list[Commit | None]
    created: Commit | None
    changed: Commit | None


@dataclass(slots=True)
class Lines:
    """A repository's files as `read_lines` delivers them."""

    repository: SafeRepository
    history: History
    files: Iterator[TextFile]


@contextmanager
def read_lines(
    path: str | os.PathLike[str],
    wanted: Callable[[str], bool],
    *,
    ref: str | None = None,
    progress: Progress = no_progress,
) -> Iterator[Lines]:
    """Replay the repository at `path` and give the files at its tip for whose path `wanted` is true.

    Names are not looked for; white space and the ignore list count as in `GitConnector`. Symbolic links, submodules,
    files that the path rules exclude and files over `MAX_BYTES` are passed over.

    Raises
    ------
    influence.errors.InputError
        When the repository cannot be read.
    """
    connector = GitConnector(path, ref=ref)
    with open_safely(path, ref) as repository:
        touched = _Touched()
        run = connector.replayed(repository, progress, names=False, sink=touched.begin)
        yield Lines(repository, run.history, _files(repository, run.history, run.replay, touched, wanted))


class _Touched:
    """The first and the last commit that touched each path."""

    def __init__(self) -> None:
        self.first: dict[str, int] = {}
        self.last: dict[str, int] = {}

    def begin(self, *_: object) -> Callable[[Found], None]:
        self.first.clear()
        self.last.clear()
        return self._hear

    def _hear(self, found: Found) -> None:
        for number, names in found.paths.items():
            for name in names:
                self.first.setdefault(name, number)
                self.last[name] = number


def _files(
    repository: SafeRepository, history: History, replay: Replay, touched: _Touched, wanted: Callable[[str], bool]
) -> Iterator[TextFile]:
    first, last = touched.first, touched.last
    for entry in repository.run("ls-tree", "-r", "-z", "--long", repository.tip).split(b"\x00")[:-1]:
        meta, _, raw = entry.partition(b"\t")
        mode, kind, blob, size = meta.split()
        shown = text_path(raw)
        if kind != b"blob" or mode == b"120000" or int(size) > MAX_BYTES or not wanted(shown):
            continue
        text = repository.run("cat-file", "blob", blob.decode())
        owners = replay.versions.get(raw, blob, len(history.commits))
        numbers = list(owners) if owners is not None else []
        count = text.count(b"\n") + (not text.endswith(b"\n") and bool(text))
        numbers = (numbers + [0] * count)[:count]
        names = [shown, *(text_path(name) for name in replay.former_names(raw))]
        begun = min((first[name] for name in names if name in first), default=None)
        yield TextFile(
            shown,
            text,
            [history.commits[number - 1] if number else None for number in numbers],
            history.commits[begun - 1] if begun else None,
            history.commits[last[shown] - 1] if shown in last else None,
        )
