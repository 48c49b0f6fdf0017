"""What Python users and the command line do alike: collect sources into a workspace, open one, analyse."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.registry import connector
from influence.errors import InputError
from influence.schema import TABLES, Connector, Progress, no_progress
from influence.workspace import Workspace

if TYPE_CHECKING:
    from influence.findings import Findings
    from influence.people import People

AnyPath = str | os.PathLike[str]


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
    org: AnyPath | Iterable[AnyPath] = (),
    ref: str | None = None,
    rules: AnyPath | None = None,
    progress: Progress = no_progress,
) -> Workspace:
    """Read git repositories, and who owns which code in them, into a workspace.

    Each source replaces what was read of it before, in one transaction.

    Parameters
    ----------
    paths
        One repository or several: clones, bare ones too, or folders inside them.
    workspace
        The file to collect into; made when it is not there.
    org
        Organisation charts and memberships, CSV.
    ref
        Branch, tag or commit to read instead of the one that is checked out.
    rules
        File of path rules that are added to the ones this tool ships (what is vendored, generated and so on).
    progress
        Called with (what is being done, how much is done, of how much or None).

    Raises
    ------
    influence.errors.InputError
        When a path cannot be read as what it is said to be.
    influence.errors.WorkspaceError
        When the workspace cannot be written.
    """
    target = workspace if isinstance(workspace, Workspace) else Workspace(workspace)
    collect_git(_each(paths), target, ref=ref, rules=rules, progress=progress)
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


def collect_git(
    paths: Iterable[AnyPath],
    workspace: Workspace,
    *,
    ref: str | None = None,
    rules: AnyPath | None = None,
    progress: Progress = no_progress,
) -> list[str]:
    """Read repositories, and the CODEOWNERS of each, into `workspace`; returns the sources written."""
    # All are looked at before the first is read: a typing error must not show after an hour.
    places = [Path(path).expanduser() for path in paths]
    sources = _git_sources(places, workspace, ref) if places else {}
    written: list[str] = []
    for source, path in sources.items():
        written += _commit(workspace, connector("git")(path, ref=ref, source=source, rules=rules), progress)
        owners = source.replace("git:", "codeowners:", 1)
        written += _commit(workspace, connector("codeowners")(path, ref=ref, source=owners), progress)
    return written


def collect_organisation(
    paths: Iterable[AnyPath],
    workspace: Workspace,
    *,
    format: str | None = None,  # noqa: A002
    progress: Progress = no_progress,
) -> list[str]:
    """Read CSV files, each a chart or memberships, into `workspace`; returns the sources written.

    `format` is ``chart`` or ``memberships``; None: seen by the columns.
    """
    files = [Path(path).expanduser().absolute() for path in paths]
    written = []
    for file, name in [(file, format or _organisation_format(file)) for file in files]:
        written += _commit(workspace, connector(name)(file), progress)
    return written


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
    from influence.people import resolve

    columns = ", ".join(f'"{name}"' for name in TABLES["identities"].names if name != "source")
    with workspace.read() as connection:
        identities = connection.execute(f"SELECT DISTINCT {columns} FROM identities").df()
        links = connection.execute("SELECT * FROM identity_links").df()
    return resolve(identities, links, Path(people).expanduser() if people is not None else None)


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


def a_date(value: dt.date | str | None) -> dt.date | None:
    """`value` as a date; text must be YYYY-MM-DD.

    Raises
    ------
    influence.errors.InputError
        When it is no such date.
    """
    if value is None or not isinstance(value, str):
        return value
    try:
        if len(value) != 10:
            raise ValueError
        return dt.date.fromisoformat(value)
    except ValueError:
        raise InputError(f"{value!r} is no date", "write it as YYYY-MM-DD, for example 2024-12-31") from None


def _each(paths: AnyPath | Iterable[AnyPath]) -> list[Path]:
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    return [Path(path).expanduser() for path in paths]


def _is_workspace(path: Path) -> bool:
    """Whether `path` is a file: a repository is a folder."""
    return path.expanduser().is_file()


def _git_sources(paths: Iterable[Path], workspace: Workspace, ref: str | None) -> dict[str, Path]:
    """What each repository is called in the workspace, by its absolute path.

    A place that was read before keeps its name, and so does a clone that stands in for one that is gone (nightly
    jobs clone afresh). Otherwise two repositories never share a name, whatever their folders are called.
    """
    from connectors.git.repository import open_safely

    known: dict[str, tuple[str | None, str]] = {}
    if workspace.path.exists():
        harvests = workspace.harvests()
        harvests = harvests[harvests["connector"] == "git"]
        known = dict(
            zip(harvests["source"], zip(harvests["repository"], harvests["location"], strict=True), strict=True)
        )
    sources: dict[str, Path] = {}

    def free(name: str, identity: str) -> bool:
        repository, location = known.get(name, (identity, ""))
        return name not in sources and (not location or (repository == identity and not Path(location).exists()))

    for path in paths:
        place = path.absolute()
        if place in sources.values():
            continue
        with open_safely(path, ref) as repository:
            label, identity = repository.label, repository.repository_id
        source = next((name for name, (_, location) in known.items() if location == str(place)), None)
        if source is None:
            names = chain((label, f"{place.parent.name}/{label}"), (f"{label}-{number}" for number in count(2)))
            source = next(name for name in (f"git:{name}" for name in names) if free(name, identity))
        sources[source] = place
    return sources


def _organisation_format(file: Path) -> str:
    from connectors.organisation import headers
    from connectors.organisation.table import read

    fields = read(file, headers.CHART_HEADERS, ()).fields
    return "memberships" if "team" in fields and not fields & set(headers.WHO_MANAGES) else "chart"


def _commit(workspace: Workspace, source: Connector, progress: Progress) -> list[str]:
    sources: dict[str, None] = {}
    for checkpoint in source.checkpoints(progress):
        workspace.commit(checkpoint)
        sources[checkpoint.harvest.source] = None
    return list(sources)
