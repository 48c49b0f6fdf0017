"""What became of some files along the first parents of a history: every version of them, and since when it stood."""

from __future__ import annotations

import os
import subprocess
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.git.damage import find_missing
from connectors.git.repository import SafeRepository
from influence.errors import InputError

_FILES = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Step:
    """A commit of the first-parent chain that changed any of the files.

    `time` is seconds since 1970, never earlier than that of the step before; None: the clone begins here, and what it
    seems to write may be older. `blobs` are the changed files' new contents, by path; None: gone.
    """

    sha: str
    time: int | None
    blobs: dict[str, str | None]


#: A commit of the first-parent chain that changed any of the files, its time as it says, and what `Step.blobs` are.
Change = tuple[str, int, dict[str, str | None]]


def changes(repository: SafeRepository, pathspecs: Sequence[str], after: str | None = None) -> list[Change]:
    """The changes of the files that `pathspecs` (of git) match, oldest first; those after a commit of the chain.

    Only regular files are files: a symbolic link in the place of one is as if it had gone. Commits whose changes
    cannot be told, since the clone lacks what they are compared with, are left out.

    Raises
    ------
    influence.errors.InputError
        When the history cannot be read.
    """
    command = ["log", "--first-parent", "-m", "--raw", "-z", "--no-renames", "--no-abbrev", "--format=%H %ct"]
    command += [repository.tip, *((f"^{after}",) if after else ()), "--", *pathspecs]
    try:
        output = repository.run(*command)
    except subprocess.CalledProcessError:
        find_missing(repository)
        output = repository.walk(*command)
    return [change for change in _changes(output) if change[0] not in repository.damage.unread]


def dated(repository: SafeRepository, found: Sequence[Change]) -> list[Step]:
    """Changes as steps: their times in an order that never goes back."""
    times = monotone([time for _, time, _ in found])
    unknown = set(repository.damage.boundary)
    if repository.damage.boundary or (repository.git_dir / "shallow").exists():
        unknown.add(repository.repository_id)
    return [
        Step(sha, None if sha in unknown else time, blobs) for (sha, _, blobs), time in zip(found, times, strict=True)
    ]


def _changes(output: bytes) -> list[Change]:
    found: list[Change] = []
    fields = iter(output.split(b"\x00"))
    for text in fields:
        entry = text.lstrip(b"\n")
        if entry.startswith(b":"):
            _, mode, _, blob, _ = entry[1:].decode("ascii").split(" ")
            path = os.fsdecode(next(fields))
            found[-1][2][path] = blob if mode in _FILES else None
        elif entry:
            sha, _, time = entry.decode("ascii").partition(" ")
            found.append((sha, max(0, int(time)), {}))
    return found[::-1]


def monotone(times: Sequence[int]) -> list[int]:
    """`times` in an order that never goes back: as few as can be are wrong, and those take the time of the one before.

    >>> monotone([1, 2, 99, 3, 0, 4])
    [1, 2, 2, 3, 3, 4]
    """
    right = set(longest_rising(times, strictly=False))
    out: list[int] = []
    for place, time in enumerate(times):
        out.append(time if place in right else out[-1] if out else times[min(right)])
    return out


def longest_rising(values: Sequence[int], strictly: bool = True) -> list[int]:
    """Places of a longest rising subsequence of `values`, in n log n steps (patience sorting).

    >>> longest_rising([3, 1, 2, 9, 4])
    [1, 2, 4]
    """
    tails: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        # Of whole numbers, what rises strictly is what does not fall when compared from just below.
        at = bisect_right(tails, value - 1 if strictly else value)
        before.append(places[at - 1] if at else -1)
        if at == len(tails):
            tails.append(value)
            places.append(place)
        else:
            tails[at], places[at] = value, place
    out: list[int] = []
    place = places[-1] if places else -1
    while place >= 0:
        out.append(place)
        place = before[place]
    return out[::-1]


def paths_in(repository: SafeRepository, commit: str) -> list[str]:
    """Paths of all files in a commit, as far as they can be read."""
    try:
        names = repository.run("ls-tree", "-r", "-z", "--name-only", commit)
    except (subprocess.CalledProcessError, InputError):
        return []
    return [os.fsdecode(name) for name in names.split(b"\x00") if name]
