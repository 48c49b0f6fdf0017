"""The repositories below a folder."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from connectors.git.borrowing import common_folder
from influence.errors import InputError

#: How deep is looked, and at how many folders: whoever names the root of a disk should hear of it soon.
DEEPEST, MOST_FOLDERS = 12, 200_000


@dataclass(slots=True)
class Found:
    """What was found.

    Attributes
    ----------
    repositories
        Folders of repositories, by path: each repository once, however many linked worktrees of it there are.
    closed
        Folders that may not be looked into.
    too_deep
        Folders deeper than `DEEPEST`.
    """

    repositories: list[Path] = field(default_factory=list)
    closed: list[Path] = field(default_factory=list)
    too_deep: int = 0


def is_repository(folder: Path) -> bool:
    """Whether a folder is meant to be one: a work tree (linked ones and submodules, too) or a bare repository."""
    try:
        if os.path.lexists(folder / ".git"):
            return True
        return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()
    except (OSError, ValueError):
        return False


def repositories_below(root: Path) -> Found:
    """Look for repositories below `root`, not inside of them, not in hidden folders, and along no symbolic links.

    Raises
    ------
    influence.errors.InputError
        When there are more than `MOST_FOLDERS` folders.
    """
    found = Found()
    places: list[Path] = []
    waiting = [(root, 0)]
    seen = 0
    while waiting:
        folder, depth = waiting.pop()
        seen += 1
        if seen > MOST_FOLDERS:
            raise InputError(f"there are over {MOST_FOLDERS:,} folders below {root}", "name the folders that count")
        if is_repository(folder):
            places.append(folder)
            continue
        if depth == DEEPEST:
            found.too_deep += 1
            continue
        try:
            with os.scandir(folder) as entries:
                inner = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            found.closed.append(folder)
            continue
        waiting += [(folder / name, depth + 1) for name in inner if not name.startswith(".")]
    found.repositories = _once(sorted(places))
    return found


def _once(places: list[Path]) -> list[Path]:
    """Each repository once: where it lies itself rather than where a worktree of it lies."""
    chosen: dict[Path, Path] = {}
    for place in places:
        try:
            common = common_folder(place)
        except InputError:
            common = place  # It is said why when it is read.
        here = place.resolve() in (common, common.parent)
        if common not in chosen or (here and chosen[common].resolve() not in (common, common.parent)):
            chosen[common] = place
    return sorted(chosen.values())
