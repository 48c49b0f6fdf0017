"""A TOML file that lists repositories, and how each is to be read."""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from influence.dates import a_date
from influence.errors import InputError

#: Bytes of a file that is a list; what is longer is none.
_LARGEST = 16 << 20
_TEXT, _YES, _TEXTS, _DAY = "a text", "true or false", "a list of texts", "a date, YYYY-MM-DD"
#: What can be said of all repositories, and what of one alone.
_OF_ALL = {"ref": _TEXT, "all": _YES, "since": _DAY, "rules": _TEXT, "ignore_revs": _TEXT}
_OF_ONE = {"path": _TEXT, "name": _TEXT, "url": _TEXT, "areas": _TEXTS, **_OF_ALL}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A repository that is to be read, and how.

    Attributes
    ----------
    path
        Its folder.
    name
        What people call it; None: as its remote or its folder is called.
    url
        Its page on the forge, by which reviews join; None: as its remotes say.
    areas
        Directories at which its areas begin; empty: where the analysis cuts them.
    ref, all_branches, since
        Which history is read.
    rules, ignore_revs
        Files of path rules, and of commits whose changes keep former owners.
    """

    path: Path
    name: str | None = None
    url: str | None = None
    areas: tuple[str, ...] = ()
    ref: str | None = None
    all_branches: bool = False
    since: dt.date | None = None
    rules: Path | None = None
    ignore_revs: Path | None = None


def listed(file: str | os.PathLike[str], otherwise: Wanted | None = None) -> list[Wanted]:
    """The repositories that a file lists, in its order.

    Parameters
    ----------
    file
        TOML: ``[[repository]]`` tables, and ``[defaults]`` for all of them (docs/repositories.md). Paths in it are
        taken from the folder that it lies in.
    otherwise
        What holds where the file says nothing.

    Raises
    ------
    influence.errors.InputError
        When it cannot be read, has keys that nobody knows or values of another type, or names anything twice.
    """
    place = Path(file).expanduser()
    said = _load(place)
    _check(said, {"defaults": "a table", "repository": "[[repository]] tables"}, str(place))
    defaults, entries = said.get("defaults", {}), said.get("repository", [])
    if not isinstance(defaults, dict):
        raise InputError(f"{place}: defaults is no table", "write [defaults]")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(f"{place}: repository is no list of tables", "begin each with [[repository]]")
    if not entries:
        raise InputError(f"{place} lists no repository", 'write [[repository]] and path = "..." for each')
    for_all = _read(defaults, _OF_ALL, f"{place}: defaults", place.parent, otherwise or Wanted(Path()))
    wanted = []
    for number, entry in enumerate(entries, 1):
        where = f"{place}: repository {number}"
        if isinstance(entry.get("path"), str):
            where += f" ({entry['path']})"
        one = _read(entry, _OF_ONE, where, place.parent, for_all)
        if "path" not in entry or not entry["path"]:
            raise InputError(f"{where}: path is missing", "say where the repository lies")
        wanted.append(one)
    for what in ("path", "name"):
        seen = set()
        for one in wanted:
            value = getattr(one, what)
            if value is not None and value in seen:
                raise InputError(f"{place}: {what} {str(value)!r} stands there twice", "keep one of them")
            seen.add(value)
    return wanted


def _load(place: Path) -> dict[str, Any]:
    try:
        if place.is_file() and place.stat().st_size > _LARGEST:
            raise InputError(f"{place} is larger than 16 MB", "it is no list of repositories")
        return tomllib.loads(place.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"--config: {place} cannot be read: {error.strerror}", "check the path") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{place} is no TOML ({error})", "see docs/repositories.md for an example") from None


def _check(said: Mapping[str, Any], known: Mapping[str, str], where: str) -> None:
    for key in said:
        if key not in known:
            raise InputError(f"{where}: nobody knows the key {key!r}", f"known are {', '.join(known)}")


def _read(said: Mapping[str, Any], known: Mapping[str, str], where: str, folder: Path, otherwise: Wanted) -> Wanted:
    _check(said, known, where)
    values: dict[str, Any] = {}
    for key, value in said.items():
        if not _is(known[key], value):
            raise InputError(f"{where}: {key} is not {known[key]}", f"it says {_short(value)}")
        if key == "since":
            try:
                value = a_date(value)
            except InputError as error:
                raise InputError(f"{where}: since: {error.problem}", error.remedy) from None
        elif key in ("path", "rules", "ignore_revs"):
            value = Path(os.path.normpath(folder.absolute() / Path(value).expanduser()))
            if key != "path":
                _readable(value, f"{where}: {key}")
        elif key == "url":
            _web(value, where)
            value = value.rstrip("/").removesuffix(".git")
        elif key == "areas":
            value = tuple(_directory(area, where) for area in value)
        values["all_branches" if key == "all" else key] = value
    return replace(otherwise, **values)


def _is(kind: str, value: object) -> bool:
    if kind == _YES:
        return isinstance(value, bool)
    if kind == _TEXTS:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if kind == _DAY:
        return isinstance(value, str) or (isinstance(value, dt.date) and not isinstance(value, dt.datetime))
    return isinstance(value, str) and "\0" not in value


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _readable(file: Path, what: str) -> None:
    try:
        with file.open("rb"):
            pass
    except OSError as error:
        raise InputError(f"{what}: {file} cannot be read: {error.strerror}", "check the path") from None


def _web(address: str, where: str) -> None:
    try:
        parts = urlsplit(address)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        fine = False
    if not fine or any(character.isspace() for character in address):
        raise InputError(
            f"{where}: url {_short(address)} is no page", "write it as https://forge.example.org/owner/name"
        )


def _directory(area: str, where: str) -> str:
    path = PurePosixPath(area)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise InputError(f"{where}: area {_short(area)} is no directory in the repository", "write it as lib/store")
    return str(path)
