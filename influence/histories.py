"""Git repositories, one or hundreds, read into a workspace."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, count
from pathlib import Path

from influence import repositories, side_by_side
from influence.collecting import AnyPath
from influence.dates import a_date
from influence.errors import InputError
from influence.listing import Wanted, listed
from influence.schema import Checkpoint, Harvest, Progress, no_progress
from influence.workspace import Workspace

#: Bytes of objects from which a repository is read alone, with all cores to itself: memory grows with the history, and
#: so no two large ones are held at a time.
LARGE = 200 << 20
_WHAT = "reading repositories"


@dataclass(slots=True)
class Reading:
    """How reading one repository went.

    Attributes
    ----------
    path
        Where it lies.
    source
        What it is called in the workspace; None where it could not be opened.
    seconds
        How long it took.
    problem
        Why it could not be read; None: it was.
    harvests
        What was read of it, where it was read alone.
    """

    path: Path
    source: str | None = None
    seconds: float = 0.0
    problem: str | None = None
    harvests: list[Harvest] = field(default_factory=list)


def collect_git(
    paths: Iterable[AnyPath],
    workspace: Workspace,
    *,
    config: AnyPath | None = None,
    ref: str | None = None,
    all_branches: bool = False,
    since: dt.date | str | None = None,
    rules: AnyPath | None = None,
    processes: int | None = None,
    progress: Progress = no_progress,
) -> list[Reading]:
    """Read repositories, and who owned what in each when, into `workspace`; returns how each went, in order.

    A single one is read by as many processes as there are cores. Several are read side by side, as many at a time as
    there are cores, those with over 200 MB of objects one at a time before the others; one that cannot be read does not
    stop the rest. Each is committed when it has been read.

    Parameters
    ----------
    paths
        Repositories: work trees, linked ones and submodules too, bare ones; or folders below which to look for them.
    workspace
        Where to collect into.
    config
        A TOML file that lists more of them (docs/repositories.md).
    ref
        Branch, tag or commit to read instead of the one that is checked out.
    all_branches
        Read what any other branch of the clone has, too.
    since
        Read only what the branches were brought since that day.
    rules
        File of path rules.
    processes
        How many repositories are read at a time, by how many processes a single one; as many as cores by default.
    progress
        As `collect`.

    Raises
    ------
    influence.errors.InputError
        When something that was named cannot be used, before anything is read; when nothing at all could be read.
    influence.errors.WorkspaceError
        When the workspace cannot be written. What was committed stays.
    """
    otherwise = Wanted(
        Path(),
        ref=ref,
        all_branches=all_branches,
        since=a_date(since),
        rules=None if rules is None else Path(rules).expanduser(),
    )
    # All are looked at before the first is read: a typing error must not show after an hour.
    wanted, tolerant = _wanted(paths, config, otherwise)
    readings = [Reading(one.path) for one in wanted]
    if len(wanted) == 1:
        _alone(wanted[0], readings[0], workspace, tolerant, processes, progress)
    elif wanted:
        _name(wanted, readings, workspace, tolerant)
        _together(wanted, readings, workspace, processes, progress)
    failed = [reading for reading in readings if reading.problem is not None]
    if readings and len(failed) == len(readings):
        if len(readings) == 1:
            raise InputError(str(failed[0].problem))
        raise InputError(
            f"none of {len(readings)} repositories could be read", f"{failed[0].path}, for example: {failed[0].problem}"
        )
    if len(readings) > 1:
        workspace.join_pages()
    return readings


def _alone(
    one: Wanted,
    reading: Reading,
    workspace: Workspace,
    tolerant: frozenset[Path],
    processes: int | None,
    progress: Progress,
) -> None:
    """Read a single repository."""
    with workspace.at_once(read_only=True):
        _name([one], [reading], workspace, tolerant)
        if reading.source is None:
            return
        kept = _kept(workspace, reading.source)
    began = time.monotonic()
    waiting: list[Checkpoint] = []
    for checkpoint in repositories.read((one, reading.source, kept, processes, progress)):
        reading.harvests.append(checkpoint.harvest)
        if checkpoint.units is None and not waiting:
            workspace.commit(checkpoint)  # All of a history takes its time: meanwhile the rest is read.
        else:
            waiting.append(checkpoint)
    with workspace.at_once():
        for checkpoint in waiting:
            workspace.commit(checkpoint)
        workspace.join_pages()
    reading.seconds = time.monotonic() - began


def _together(
    wanted: Sequence[Wanted],
    readings: Sequence[Reading],
    workspace: Workspace,
    processes: int | None,
    progress: Progress,
) -> None:
    """Read those repositories side by side that could be named; only this process writes."""
    todo = [number for number, reading in enumerate(readings) if reading.source is not None]
    at_a_time = processes or side_by_side.cores()
    large = [number for number in todo if _bytes_of(wanted[number].path) >= LARGE]
    others = [number for number in todo if number not in set(large)]
    done = 0
    progress(_WHAT, done, len(todo))
    for numbers, beside, readers in ((large, 1, at_a_time), (others, at_a_time, 1)):
        told = [partial(_told, wanted[n], str(readings[n].source), workspace, readers) for n in numbers]
        if not told:
            continue
        for place, item in side_by_side.run(f"{repositories.__name__}:read", told, beside):
            reading = readings[numbers[place]]
            if isinstance(item, side_by_side.Ended):
                reading.seconds, reading.problem = item.seconds, item.problem
                done += 1
                progress(_WHAT, done, len(todo))
            else:
                workspace.commit(item)


def _told(one: Wanted, source: str, workspace: Workspace, readers: int) -> repositories.Told:
    return one, source, _kept(workspace, source), readers, no_progress


def _kept(workspace: Workspace, source: str) -> list[bytes | None]:
    return workspace.kept_of(source, repositories.owners_of(source))


def _wanted(
    paths: Iterable[AnyPath], config: AnyPath | None, otherwise: Wanted
) -> tuple[list[Wanted], frozenset[Path]]:
    """What is to be read, each place once; and which of it was not named but found or listed."""
    from connectors.git.below import is_repository, repositories_below

    wanted: dict[Path, Wanted] = {}
    tolerant = set()
    for one in listed(config, otherwise) if config is not None else ():
        wanted[one.path.absolute()] = one
        tolerant.add(one.path.absolute())
    for path in (Path(path).expanduser().absolute() for path in paths):
        if is_repository(path) or not path.is_dir():
            wanted.setdefault(path, replace(otherwise, path=path))
            tolerant.discard(path)
            continue
        found = repositories_below(path)
        if not found.repositories:
            raise InputError(
                f"{path} is not a git repository, and there is none below it",
                "name the folder that holds .git, a bare one, or a folder of them",
            )
        for place in found.repositories:
            if place not in wanted:
                wanted[place] = replace(otherwise, path=place)
                tolerant.add(place)
    return list(wanted.values()), frozenset(tolerant)


def _name(
    wanted: Sequence[Wanted], readings: Sequence[Reading], workspace: Workspace, tolerant: frozenset[Path]
) -> None:
    """Find out what each repository is called in the workspace, and which cannot be opened.

    A place that was read before keeps its name, and so does a clone that stands in for one that is gone (nightly
    jobs clone afresh). Otherwise two repositories never share a name, whatever their folders are called.
    """
    from connectors.git.repository import open_safely, shown

    known = workspace.sources("git")
    at = {location: source for source, (_, location) in known.items()}
    taken: set[str] = set()

    def free(name: str, identity: str) -> bool:
        repository, location = known.get(name, (identity, ""))
        return name not in taken and (not location or (repository == identity and not Path(location).exists()))

    for one, reading in zip(wanted, readings, strict=True):
        place = one.path.absolute()
        source = at.get(shown(place))
        if source is None or len(wanted) > 1:
            try:
                with open_safely(place, one.ref) as repository:
                    label = one.name or repository.label
                    identity = repository.repository_id if source is None else ""
            except InputError as error:
                if place not in tolerant:
                    raise
                reading.problem = str(error)
                continue
        if source is None:
            names = chain((label, f"{shown(place.parent.name)}/{label}"), (f"{label}-{number}" for number in count(2)))
            source = next(name for name in (f"git:{name}" for name in names) if free(name, identity))
        taken.add(source)
        reading.source = source


def _bytes_of(place: Path) -> int:
    """How large a repository's objects are, borrowed ones included."""
    from connectors.git.borrowing import borrow

    size = 0
    for store in borrow(place).stores:
        for folder, _, files in os.walk(store):
            for file in files:
                try:
                    size += os.lstat(os.path.join(folder, file)).st_size
                except OSError:
                    continue
            if size >= LARGE:
                return size
    return size
