"""What is taken over from somebody's git directory: as text that was checked, never as configuration in force.

References, HEAD, the shallow boundary, replacements, grafts and the places of objects. Nothing here runs git.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import git

from influence.errors import InputError

HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
#: What git takes for a reference's name (git-check-ref-format): one bad name in a file would end the reading of all.
_REF = re.compile(
    r"refs/(?!.*(?:\.\.|@\{|//|/\.|\.lock(?:/|\Z)))(?!\.)[^\x00-\x20\x7f~^:?*\[\\]*[^\x00-\x20\x7f~^:?*\[\\/.]\Z"
)
_MAX_REF_DEPTH = 5
#: Bytes of the small files of a git directory that are read; what is longer is none.
_SMALL, _LISTS = 1 << 16, 1 << 28
REPLACE = "refs/replace/"


@dataclass(slots=True)
class Borrowed:
    """What a git directory says, checked.

    Attributes
    ----------
    settings
        Its configuration: keys in lower case, the last value; includes are not followed.
    stores
        Folders of objects: its own, then those that its `objects/info/alternates` names, theirs included.
    lacking
        How many folders of alternates are not there.
    references
        Name -> hash, symbolic ones followed, replacements left out.
    head
        Hash that HEAD leads to, or ''.
    shallow
        Commits whose parents the clone lacks on purpose.
    replaced
        Object -> the one that `refs/replace` puts in its place, chains followed.
    grafts
        Commit -> the parents that `info/grafts` gives it.
    """

    settings: dict[str, str]
    stores: list[Path]
    lacking: int
    references: dict[str, str]
    head: str
    shallow: list[str]
    replaced: dict[str, str] = field(default_factory=dict)
    grafts: dict[str, list[str]] = field(default_factory=dict)


def borrow(location: Path) -> Borrowed:
    """Read the repository at `location`: a work tree, a bare repository, a linked worktree, a separate git directory.

    Raises
    ------
    influence.errors.InputError
        When there is none, or its folders cannot be read.
    """
    try:
        found, common = _find(location)
        stores, lacking = _stores(common / "objects")
        references = _references(common)
        settings = _settings(common / "config")
        replaced: dict[str, str] = {}
        if settings.get("core.usereplacerefs", "true").lower() not in ("false", "no", "off", "0"):
            replaced = _chained(
                {
                    name.removeprefix(REPLACE): value
                    for name, value in references.items()
                    if name.startswith(REPLACE) and HASH.match(name.removeprefix(REPLACE))
                }
            )
        return Borrowed(
            settings=settings,
            stores=stores,
            lacking=lacking,
            references={name: value for name, value in references.items() if not name.startswith(REPLACE)},
            head=_head(found, references),
            shallow=[word for word in _text(common / "shallow", _LISTS).split() if HASH.match(word)],
            replaced=replaced,
            grafts=_grafts(_text(common / "info" / "grafts", _LISTS)),
        )
    except PermissionError as error:
        raise InputError(f"{error.filename} cannot be read: permission denied", "ask for read access") from None
    except (OSError, ValueError) as error:
        # A path that no system call takes: too long, a zero byte in it, a circle of links.
        raise InputError(f"{location} cannot be read as a git repository ({error})", "clone it again") from None


def common_folder(location: Path) -> Path:
    """The folder that holds the objects of the repository at `location`: the same for all its linked worktrees.

    Raises
    ------
    influence.errors.InputError
        When there is no repository.
    """
    try:
        return _find(location)[1].resolve()
    except (OSError, ValueError) as error:
        raise InputError(f"{location} cannot be read as a git repository ({error})", "clone it again") from None


def _text(path: Path, limit: int = _SMALL) -> str:
    """A regular file's text; '' for what is none (a pipe would never end) or is larger than such a file can be."""
    if not path.is_file() or path.stat().st_size > limit:
        return ""
    return path.read_bytes().decode("utf-8", "surrogateescape")


def _find(location: Path) -> tuple[Path, Path]:
    """The git directory at `location` and the directory that holds its objects (another one for a worktree)."""
    if not location.exists():
        raise InputError(f"there is no folder {location}", "name the folder of a git repository")
    candidates = [location / ".git", location]
    found = next((c for c in candidates if (c / "HEAD").is_file() and (c / "commondir").is_file()), None)
    found = found or next((c for c in candidates if (c / "HEAD").is_file() and (c / "objects").is_dir()), None)
    if found is None:
        pointer = _text(location / ".git").strip()
        if pointer.startswith("gitdir:"):
            found = (location / pointer.removeprefix("gitdir:").strip()).resolve()
            if not found.is_dir():
                raise InputError(
                    f"the .git of {location} points to {found}, which is not there",
                    "name the repository that this worktree or submodule belongs to",
                )
    if found is None or not (found / "HEAD").is_file():
        raise InputError(f"{location} is not a git repository", "name the folder that holds .git, or a bare one")
    common = found
    if (found / "commondir").is_file():
        common = (found / _text(found / "commondir").strip()).resolve()
    if not (common / "objects").is_dir():
        raise InputError(f"{location} has no objects folder", "it is damaged: clone it again")
    return found, common


def _stores(objects: Path) -> tuple[list[Path], int]:
    """The folder of objects and all that it borrows from, which git would follow only five levels deep."""
    stores: list[Path] = []
    lacking = 0
    waiting = [objects.resolve()]
    while waiting:
        store = waiting.pop(0)
        if store in stores:
            continue
        if not store.is_dir():
            lacking += 1
            continue
        _only_files(store)
        stores.append(store)
        for line in _text(store / "info" / "alternates", _LISTS).split("\n"):
            if line and not line.startswith("#"):
                waiting.append((store / _unquoted(line)).resolve())
    return stores, lacking


def _only_files(store: Path) -> None:
    """Refuse a folder of objects in which git would open what is no file: it would wait for a pipe without end."""
    for folder in [store, *(Path(entry.path) for entry in os.scandir(store) if entry.is_dir())]:
        for entry in os.scandir(folder):
            if entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False):
                continue
            try:
                mode = entry.stat().st_mode
            except FileNotFoundError:
                continue  # A dangling link is an object that is missing.
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise InputError(f"{entry.path} is a pipe or a device", "it is no file of git's: remove it, or clone")


def _unquoted(line: str) -> str:
    if not line.startswith('"'):
        return line
    try:
        escaped = line[1:].removesuffix('"').encode("utf-8", "surrogateescape")
        return os.fsdecode(escaped.decode("unicode_escape").encode("latin-1"))
    except ValueError:
        return line


def _settings(config: Path) -> dict[str, str]:
    settings: dict[str, str] = {}
    try:
        if not config.is_file() or config.stat().st_size > _SMALL << 6:
            return settings
        with git.GitConfigParser(config, read_only=True, merge_includes=False) as reader:
            for section in reader.sections():
                name = re.sub(r'\s+"(.*)"$', r".\1", section)
                for key, value in reader.items(section):
                    settings[f"{name}.{key}".lower() if "url" not in key else f"{name}.{key}"] = str(value)
    except Exception:
        # A configuration that cannot be parsed costs the web address and nothing else: git never sees it.
        return settings
    return settings


def _head(found: Path, references: dict[str, str]) -> str:
    head = _text(found / "HEAD").strip()
    if head.startswith("ref:"):
        # A worktree's own references (refs/bisect, refs/worktree) lie beside its HEAD.
        name = head.removeprefix("ref:").strip()
        head = references.get(name) or (_text(found / name).strip() if _REF.match(name) else "")
    return head if HASH.match(head) else ""


def _references(common: Path) -> dict[str, str]:
    """Every reference with a name that git accepts, as a hash; loose ones count before packed ones."""
    found: dict[str, str] = {}
    for line in _text(common / "packed-refs", _LISTS).split("\n"):
        value, _, name = line.partition(" ")
        if HASH.match(value) and _REF.match(name):
            found[name] = value
    for name, path in _loose(common / "refs"):
        value = _text(path).strip()
        if HASH.match(value) or value.startswith("ref:"):
            found[name] = value
    for name, value in list(found.items()):
        for _ in range(_MAX_REF_DEPTH):
            if not value.startswith("ref:"):
                break
            value = found.get(value.removeprefix("ref:").strip(), "")
        if HASH.match(value):
            found[name] = value
        else:
            del found[name]
    return found


def _loose(root: Path) -> Iterator[tuple[str, Path]]:
    for folder, _, files in os.walk(root, followlinks=False):
        for file in files:
            path = Path(folder) / file
            name = "refs/" + path.relative_to(root).as_posix()
            if not path.is_symlink() and _REF.match(name):
                yield name, path


def _chained(replaced: dict[str, str]) -> dict[str, str]:
    """Follow replacements of replacements to their end; circles, which git dies of, are dropped."""
    ends: dict[str, str] = {}
    for name, value in replaced.items():
        seen = {name}
        while value in replaced and value not in seen:
            seen.add(value)
            value = replaced[value]
        if value not in seen:
            ends[name] = value
    return ends


def _grafts(text: str) -> dict[str, list[str]]:
    grafts: dict[str, list[str]] = {}
    for line in text.split("\n"):
        words = line.split()
        if words and all(HASH.match(word) for word in words):
            grafts[words[0]] = words[1:]
    return grafts
