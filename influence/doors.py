"""What Python users and the command line do alike: collect sources into a workspace, open one, analyse."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from influence.asking import collect_forge, collect_openalex, remove
from influence.collecting import AnyPath, collect_documents, collect_organisation, collect_review
from influence.dates import a_date
from influence.errors import InputError
from influence.histories import Reading, collect_git
from influence.schema import Progress, no_progress
from influence.workspace import Workspace

__all__ = [
    "AnyPath",
    "Reading",
    "a_date",
    "analyse",
    "collect",
    "collect_documents",
    "collect_forge",
    "collect_git",
    "collect_openalex",
    "collect_organisation",
    "collect_review",
    "open",
    "readable",
    "remove",
    "who_is_who",
    "workspace_for",
]

if TYPE_CHECKING:
    from influence.findings import Findings
    from influence.people import People


def open(path: AnyPath) -> Workspace:  # noqa: A001
    """The workspace at `path`.

    Raises
    ------
    influence.errors.WorkspaceError
        When there is none, or it cannot be read.
    """
    workspace = Workspace(path)
    with workspace.read():
        return workspace


def collect(
    paths: AnyPath | Iterable[AnyPath],
    workspace: AnyPath | Workspace,
    *,
    documents: AnyPath | Iterable[AnyPath] = (),
    org: AnyPath | Iterable[AnyPath] = (),
    config: AnyPath | None = None,
    ref: str | None = None,
    all_branches: bool = False,
    since: dt.date | str | None = None,
    rules: AnyPath | None = None,
    processes: int | None = None,
    format: str | None = None,  # noqa: A002
    base_urls: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    date: dt.date | str | None = None,
    progress: Progress = no_progress,
    warn: Callable[[str], None] = warnings.warn,
) -> Workspace:
    """Read git repositories, and who owns which code in them, and documents into a workspace.

    Each source replaces what was read of it before, in one transaction.

    Parameters
    ----------
    paths
        One repository or several: clones, bare ones too, or folders below which to look for them; () for none.
    workspace
        The file to collect into; made when it is not there.
    documents
        Repositories or folders of documents, bibliographies, tables: whatever docs/documents.md lists.
    org
        Organisation charts and memberships, CSV.
    ref
        Branch, tag or commit to read instead of the one that is checked out, of repositories and documents.
    config, all_branches, since, processes
        Of the repositories: see `collect_git`.
    rules
        File of path rules that are added to the ones this tool ships (what is vendored, generated and so on).
    format, base_urls, columns, date
        Of the documents: see `collect_documents`.
    progress
        Called with (what is being done, how much is done, of how much or None).
    warn
        Called with a line for each of several repositories that could not be read.

    Raises
    ------
    influence.errors.InputError
        When a path cannot be read as what it is said to be, or none of several repositories can.
    influence.errors.WorkspaceError
        When the workspace cannot be written.
    """
    target = workspace if isinstance(workspace, Workspace) else Workspace(workspace)
    # What is not wanted is not asked for: an analysis would spend a third of its time on importing connectors.
    if (histories := _each(paths)) or config is not None:
        read = collect_git(
            histories,
            target,
            config=config,
            ref=ref,
            all_branches=all_branches,
            since=since,
            rules=rules,
            processes=processes,
            progress=progress,
        )
        for reading in read:
            if reading.problem is not None:
                warn(f"{reading.path} was not read: {reading.problem}")
    if texts := _each(documents):
        collect_documents(
            texts,
            target,
            format=format,
            ref=ref,
            base_urls=base_urls,
            columns=columns,
            date=date,
            progress=progress,
        )
    collect_organisation(_each(org), target, progress=progress)
    return target


def analyse(
    what: AnyPath | Workspace | Sequence[AnyPath],
    *,
    org: AnyPath | Iterable[AnyPath] = (),
    since: dt.date | str | None = None,
    until: dt.date | str | None = None,
    people: AnyPath | None = None,
    seed: int = 0,
    top: int = 20,
    pseudonyms: bool = False,
    ref: str | None = None,
    rules: AnyPath | None = None,
    progress: Progress = no_progress,
) -> Findings:
    """Who is followed by whom, in a workspace or in one or several repositories.

    Repositories are read into a temporary workspace, which is gone afterwards; `collect` keeps one.

    Parameters
    ----------
    what
        A workspace, its file, or the repositories.
    org
        Organisation charts and memberships, CSV. With a workspace they are collected into it.
    since, until
        Dates, both included: only what was done since, only what was visible until.
    people
        `people.csv` with corrections of who is who.
    seed
        Of all that is drawn at random.
    top
        How many leaders the evidence is worked out for.
    pseudonyms
        Show invented names instead of people's own.
    ref, rules, progress
        As `collect`.

    Returns
    -------
    Findings
        `.leaders`, `.edges`, `.people`, `.to_networkx()`, `.explain(person)`.
    """
    from influence.findings import analyse as analyse_workspace

    def run(workspace: Workspace) -> Findings:
        return analyse_workspace(
            workspace,
            since=a_date(since),
            until=a_date(until),
            people=Path(people).expanduser() if people is not None else None,
            seed=seed,
            top=top,
            pseudonyms=pseudonyms,
        )

    if not isinstance(what, Workspace) and isinstance(what, (str, os.PathLike)) and _is_workspace(Path(what)):
        what = open(what)
    if isinstance(what, Workspace):
        return run(collect((), what, org=org, progress=progress))
    paths = _each(what)
    if not paths:
        raise InputError("nothing to read", "name a git repository, or a workspace that was collected before")
    with workspace_for(None) as workspace:
        # All evidence is read at once: the workspace is gone afterwards.
        return run(collect(paths, workspace, org=org, ref=ref, rules=rules, progress=progress)).load()


@contextmanager
def workspace_for(path: AnyPath | None) -> Iterator[Workspace]:
    """The workspace at `path`; where that is None, one that is gone when the block ends."""
    if path is not None:
        yield Workspace(Path(path).expanduser())
        return
    with tempfile.TemporaryDirectory(prefix="influence-") as folder:
        yield Workspace(Path(folder) / "workspace.duckdb")


def who_is_who(workspace: Workspace, people: AnyPath | None = None) -> People:
    """Which identities in `workspace` are one person, with the corrections of a `people.csv`."""
    from influence.analysis import people_in

    with workspace.read() as connection:
        return people_in(connection, Path(people).expanduser() if people is not None else None)


def readable(path: AnyPath | None, option: str) -> None:
    """Check that the file given as `option` can be read, before long work starts.

    Raises
    ------
    influence.errors.InputError
        When it cannot.
    """
    if path is None:
        return
    try:
        with Path(path).expanduser().open("rb"):
            pass
    except OSError as error:
        raise InputError(f"{option}: {path} cannot be read: {error.strerror}", "check the path") from None


def _each(paths: AnyPath | Iterable[AnyPath]) -> list[Path]:
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    return [Path(path).expanduser() for path in paths]


def _is_workspace(path: Path) -> bool:
    """Whether `path` is a file: a repository is a folder."""
    return path.expanduser().is_file()
