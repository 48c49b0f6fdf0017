"""The files of a git repository or of a plain folder, read alike; nothing outside of the tree, no symbolic link."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from connectors.documents.blocks import decode
from connectors.documents.common import clean
from connectors.git import Lines, open_safely, read_lines
from connectors.git.history import Commit
from connectors.git.lines import MAX_BYTES
from influence.errors import InputError
from influence.schema import Progress, no_progress

#: Larger files are not read; git's are bounded by `connectors.git.lines.MAX_BYTES`.
LARGEST = 64 << 20
#: A folder with more files is a disk, not a set of documents.
MOST_FILES = 500_000

_TOO_LARGE = ("files that are too large", f"over {LARGEST >> 20} MB, in git over {MAX_BYTES >> 20} MB")
_LINKS = ("symbolic links", "what they lead to is read where it lies, if it lies in the tree")
_UNREADABLE = ("files that cannot be read", "the system refused")


@dataclass(slots=True)
class File:
    """One file.

    Attributes
    ----------
    path
        Relative to the tree, with ``/``.
    data
        Its content.
    owners
        The commit that wrote each line (None: not known); None outside of git.
    created, changed
        First and last commit that touched it; None outside of git.
    """

    path: str
    data: bytes
    owners: list[Commit | None] | None = None
    created: Commit | None = None
    changed: Commit | None = None

    @property
    def text(self) -> str | None:
        """Its text (`blocks.decode`); None where it is none."""
        return decode(self.data)


@dataclass(slots=True)
class Tree:
    """Where documents lie.

    Attributes
    ----------
    location
        The folder, or the single file.
    label
        What people call it.
    names
        Paths of all regular files, as `File.path` gives them, sorted.
    repository, url, tip
        Of the git repository; None, None and "" outside of git.
    problems
        (what, why) -> how many files were left out.
    """

    location: Path
    label: str
    names: list[str]
    repository: str | None = None
    url: str | None = None
    tip: str = ""
    problems: Counter[tuple[str, str]] = field(default_factory=Counter)
    _root: Path | None = None
    _under: str = ""
    _ref: str | None = None

    @property
    def in_git(self) -> bool:
        """Whether its files have a history."""
        return self._root is not None

    @contextmanager
    def read(
        self, wanted: Callable[[str], bool], progress: Progress = no_progress
    ) -> Iterator[tuple[Iterator[File], Lines | None]]:
        """Its files for whose path `wanted` is true, and, in git, the repository and history they come from."""
        if self._root is None:
            yield self._plain(wanted), None
            return
        under = self._under

        def asked(path: str) -> bool:
            return path.startswith(under) and wanted(path[len(under) :])

        with read_lines(self._root, asked, ref=self._ref, progress=progress) as lines:
            yield (
                (
                    File(file.path[len(under) :], file.text, file.owners, file.created, file.changed)
                    for file in lines.files
                ),
                lines,
            )

    def _plain(self, wanted: Callable[[str], bool]) -> Iterator[File]:
        for name in self.names:
            if wanted(name):
                try:
                    # What was a file when the folder was listed may be a link by now.
                    descriptor = os.open(self.place_of(name), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
                    with open(descriptor, "rb") as stream:
                        data = stream.read(LARGEST + 1)
                except OSError:
                    self.problems[_UNREADABLE] += 1
                    continue
                if len(data) > LARGEST:
                    self.problems[_TOO_LARGE] += 1
                else:
                    yield File(clean(name, 4096), data)

    def place_of(self, name: str) -> Path:
        """Where the file called `name` lies, outside of git."""
        return self.location if self.location.is_file() else self.location / name


def open_tree(path: str | os.PathLike[str], ref: str | None = None) -> Tree:
    """Look at what lies at `path`: a repository (bare too), a folder inside one, a plain folder, or a single file.

    A folder in a repository is read as the tip (or `ref`) has it, with its history; one that the tip does not have is
    read as it lies there.

    Raises
    ------
    influence.errors.InputError
        When there is nothing at `path`, when it cannot be read, or when the repository has no such `ref`.
    """
    location = Path(path)
    if not location.exists():
        raise InputError(f"there is no {location}", "name a folder of documents, or a file")
    if location.is_file():
        _readable(location)
        return Tree(location, location.name, [location.name])
    place = Path(os.path.abspath(location))
    root = _root_of(place)
    if root is not None:
        under = place.relative_to(root).as_posix() + "/" if place != root else ""
        tree = _of_git(location, root, under, ref)
        if tree.names or not under:
            return tree
    if ref is not None:
        raise InputError(f"{location} is in no git repository", "leave --ref out")
    names: list[str] = []
    problems: Counter[tuple[str, str]] = Counter()

    def failed(error: OSError) -> None:
        problems["folders that cannot be read", "the system refused"] += 1

    _listable(location)
    for folder, folders, files in os.walk(location, followlinks=False, onerror=failed):
        for name in [name for name in folders if os.path.islink(os.path.join(folder, name))]:
            folders.remove(name)
            problems[_LINKS] += 1
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            file = os.path.join(folder, name)
            try:
                status = os.lstat(file)
            except OSError:
                problems[_UNREADABLE] += 1
                continue
            if stat.S_ISLNK(status.st_mode):
                problems[_LINKS] += 1
            elif stat.S_ISREG(status.st_mode):
                if status.st_size > LARGEST:
                    problems[_TOO_LARGE] += 1
                else:
                    names.append(os.path.relpath(file, location).replace(os.sep, "/"))
        if len(names) > MOST_FILES:
            raise InputError(f"{location} holds over {MOST_FILES:,} files", "name the folder that holds the documents")
    return Tree(location, place.name, sorted(names), problems=problems)


def _of_git(location: Path, root: Path, under: str, ref: str | None) -> Tree:
    with open_safely(root, ref) as repository:
        label = repository.label if not under else f"{repository.label}/{under.rstrip('/')}"
        url = repository.url
        tree = Tree(location, label, [], repository.repository_id, url, repository.tip)
        tree._root, tree._under, tree._ref = root, under, ref
        for entry in repository.run("ls-tree", "-r", "-z", "--long", repository.tip).split(b"\x00")[:-1]:
            meta, _, raw = entry.partition(b"\t")
            mode, kind, _, size = meta.split()
            path = raw.decode("utf-8", "backslashreplace")
            if not path.startswith(under) or kind != b"blob":
                continue
            if mode == b"120000":
                tree.problems[_LINKS] += 1
            elif not size.isdigit() or int(size) > MAX_BYTES:
                tree.problems[_TOO_LARGE] += 1
            else:
                tree.names.append(path[len(under) :])
        tree.names.sort()
    return tree


def _root_of(place: Path) -> Path | None:
    """The repository that `place` is (bare too) or lies in the work tree of."""
    if (place / "HEAD").is_file() and (place / "objects").is_dir():
        return place
    return next((folder for folder in (place, *place.parents) if (folder / ".git").exists()), None)


def _readable(file: Path) -> None:
    try:
        with file.open("rb"):
            pass
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}", "check its permissions") from None


def _listable(folder: Path) -> None:
    try:
        os.listdir(folder)
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror}", "check its permissions") from None
