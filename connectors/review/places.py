"""The files of an export: in a folder, in a clone (bare too, nothing is checked out), or one file alone."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from connectors.git.repository import open_safely
from influence.errors import InputError

#: A larger file of one change is no change.
LARGEST = 64 << 20
_TOO_LARGE = ("files that are too large", f"over {LARGEST >> 20} MB")
_MISSING = ("files whose content is missing", "the clone lacks the objects: fetch them, and collect again")
_UNREADABLE = ("files that cannot be read", "the system refused")

Problems = Counter[tuple[str, str]]


@dataclass(slots=True)
class Place:
    """Where an export lies.

    Attributes
    ----------
    location
        The folder or file.
    names
        Paths in it of all regular files, sorted; of a single file its name.
    tip
        Commit that is read, '' outside of git.
    problems
        (what, why) -> how many files were left out.
    """

    location: Path
    names: list[str]
    tip: str = ""
    problems: Problems = field(default_factory=Counter)
    _ids: dict[str, str] = field(default_factory=dict)

    @property
    def is_file(self) -> bool:
        """Whether it is one file."""
        return self.location.is_file()

    def path_of(self, name: str) -> Path:
        """Where the file called `name` lies; not in a clone."""
        return self.location if self.is_file else self.location / name

    def read(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
        """(name, content) of the files for whose name `wanted` is true; what cannot be read is counted."""
        names = [name for name in self.names if wanted(name)]
        if self.tip:
            yield from self._in_git(names)
            return
        for name in names:
            try:
                descriptor = os.open(self.path_of(name), os.O_RDONLY | os.O_NOFOLLOW)
                with open(descriptor, "rb") as stream:
                    data = stream.read(LARGEST + 1)
            except OSError:
                self.problems[_UNREADABLE] += 1
                continue
            if len(data) > LARGEST:
                self.problems[_TOO_LARGE] += 1
            else:
                yield name, data

    def _in_git(self, names: list[str]) -> Iterator[tuple[str, bytes]]:
        with open_safely(self.location, self.tip) as repository:
            blobs = repository.blobs((self._ids[name] for name in names), LARGEST)
            for name, (_, size, data) in zip(names, blobs, strict=True):
                if data is not None:
                    yield name, data
                else:
                    self.problems[_MISSING if size is None else _TOO_LARGE] += 1


def open_place(path: str | os.PathLike[str]) -> Place:
    """Look at what lies at `path`.

    Raises
    ------
    influence.errors.InputError
        When there is nothing, or it cannot be listed.
    """
    location = Path(path)
    if not location.exists():
        raise InputError(f"there is no {location}", "name an export: a folder, a clone of one, or a file")
    if location.is_file():
        return Place(location, [location.name])
    if _is_clone(location):
        with open_safely(location) as repository:
            tip = repository.resolve(None)
            listed = repository.run("ls-tree", "-r", "-z", "--full-tree", tip).decode("utf-8", "surrogateescape")
        entries = (entry.partition("\t") for entry in listed.split("\0") if entry)
        ids = {name: meta.split()[2] for meta, _, name in entries if meta.startswith("100")}
        return Place(location, sorted(ids), tip, _ids=ids)
    try:
        names = sorted(_listed(location))
    except OSError as error:
        raise InputError(f"{location} cannot be listed: {error.strerror}", "check its permissions") from None
    return Place(location, names)


def _is_clone(location: Path) -> bool:
    """Whether the folder itself is a repository: what merely lies inside one is read as it lies there."""
    return (location / ".git").exists() or ((location / "HEAD").is_file() and (location / "objects").is_dir())


def _listed(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not (Path(folder) / name).is_symlink())
        for name in files:
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix()
