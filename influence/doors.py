"""What Python users and the command line do alike: collect sources into a workspace, open one, analyse."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.registry import connector
from influence.errors import InputError
from influence.schema import Connector, Progress, no_progress
from influence.workspace import Workspace

if TYPE_CHECKING:
    from connectors.http import Limits
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
    documents: AnyPath | Iterable[AnyPath] = (),
    org: AnyPath | Iterable[AnyPath] = (),
    ref: str | None = None,
    rules: AnyPath | None = None,
    format: str | None = None,  # noqa: A002
    base_urls: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    date: dt.date | str | None = None,
    progress: Progress = no_progress,
) -> Workspace:
    """Read git repositories, and who owns which code in them, and documents into a workspace.

    Each source replaces what was read of it before, in one transaction.

    Parameters
    ----------
    paths
        One repository or several: clones, bare ones too, or folders inside them; () for none.
    workspace
        The file to collect into; made when it is not there.
    documents
        Repositories or folders of documents, bibliographies, tables: whatever docs/documents.md lists.
    org
        Organisation charts and memberships, CSV.
    ref
        Branch, tag or commit to read instead of the one that is checked out, of repositories and documents.
    rules
        File of path rules that are added to the ones this tool ships (what is vendored, generated and so on).
    format, base_urls, columns, date
        Of the documents: see `collect_documents`.
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
    collect_documents(
        _each(documents),
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
    if written:
        workspace.join_pages()
    return written


def collect_review(
    paths: Iterable[AnyPath],
    workspace: Workspace,
    *,
    format: str | None = None,  # noqa: A002
    repositories: Sequence[str] = (),
    progress: Progress = no_progress,
) -> list[str]:
    """Read exports of code review into `workspace`; returns the sources written, one a repository.

    Parameters
    ----------
    paths
        Folders, clones (bare ones too) or files.
    workspace
        Where to collect into.
    format
        What all of them are, one of `connectors.review.formats.FORMATS`; None: recognised.
    repositories
        Only these, ``owner/name`` or ``owner``; all by default.
    progress
        As `collect`.
    """
    # All are looked at before the first is read: a typing error must not show after an hour.
    from connectors.review.formats import readings

    places = list(dict.fromkeys(Path(path).expanduser().absolute() for path in paths))
    for place in places:
        readings(place, format)
    written: list[str] = []
    for place in places:
        written += _commit(workspace, connector("review")(place, format=format, repositories=repositories), progress)
    workspace.join_pages()
    return list(dict.fromkeys(written))


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


def collect_openalex(
    queries: Iterable[str],
    workspace: Workspace,
    *,
    mail: str | None = None,
    base: str | None = None,
    limits: Limits | None = None,
    progress: Progress = no_progress,
) -> list[str]:
    """Ask OpenAlex for the works of each query and read them into `workspace`; returns the sources written.

    What was read of a list stays when the reading breaks off, and the same call goes on from there.

    Parameters
    ----------
    queries
        Filters, words, ids or addresses: see `connectors.documents.openalex.OpenAlexConnector`.
    mail
        Address that OpenAlex can write to; OPENALEX_MAILTO by default.
    base
        Address of the API, where it is not OpenAlex's own.
    limits
        How long, how often and how fast it is asked.
    """
    from connectors.documents.openalex import WHOLE
    from connectors.spool import spool_file

    # All queries are looked at before the first is sent.
    asked = (connector("openalex")(query, mail=mail, base=base, limits=limits) for query in queries)
    sources = {made.source: made for made in asked}
    whole: set[str] = set()
    if workspace.path.exists():
        harvests = workspace.harvests()
        whole = set(harvests.loc[harvests["tip"] == WHOLE, "source"])
    written = []
    for name, source in sources.items():
        source.spool = spool_file(workspace.path, name)
        source.replaces_whole = name in whole
        written += _commit(workspace, source, progress)
    return written


def collect_forge(
    service: str,
    repositories: Iterable[str],
    workspace: Workspace,
    *,
    base: str | None = None,
    limits: Limits | None = None,
    progress: Progress = no_progress,
) -> list[str]:
    """Ask a service for the reviews of each repository and read them into `workspace`; returns the sources written.

    What was read stays when the reading breaks off, and the same call goes on from there; later ones ask only for what
    is new.

    Parameters
    ----------
    service
        ``github``, ``gitlab`` or ``gerrit``.
    repositories
        What the service calls them, ``owner/name``, or addresses of their pages.
    workspace
        Where to collect into.
    base
        Where the service lies, when it is not the public one; Gerrit has none that is.
    limits
        How long, how often and how fast it is asked.
    progress
        As `collect`.
    """
    # All names are looked at before the first is sent.
    made = [connector(service)(name, base=base, limits=limits) for name in dict.fromkeys(repositories)]
    written: list[str] = []
    for source in {one.source: one for one in made}.values():
        source.stored = _stored(workspace, source.source)
        try:
            written += _commit(workspace, source, progress)
        finally:
            if workspace.path.exists():
                workspace.join_pages()
    return list(dict.fromkeys(written))


def _stored(workspace: Workspace, source: str) -> Callable[..., Any]:
    """Gives (table, columns, kinds) -> the rows that `source` wrote earlier, as an Arrow table."""

    def read(table: str, columns: Sequence[str], kinds: Sequence[str]) -> Any:
        from influence.schema import TABLES

        chosen = ", ".join(f'"{column}"' for column in columns)
        of = f" AND kind IN ({', '.join('?' for _ in kinds)})" if kinds else ""
        if not workspace.path.exists():
            return TABLES[table].batch([]).select(list(columns))
        with workspace.read() as connection:
            query = f"SELECT {chosen} FROM {table} WHERE source = ?{of} ORDER BY ALL"
            return connection.execute(query, [source, *kinds]).to_arrow_table()

    return read


def remove(source: str, workspace: Workspace) -> int:
    """Take out all that was read from `source`, pages of an unfinished reading included; returns how many rows went."""
    from connectors.spool import spool_file

    removed = workspace.remove(source)
    spool_file(workspace.path, source).unlink(missing_ok=True)
    return removed


def collect_documents(
    paths: Iterable[AnyPath],
    workspace: Workspace,
    *,
    format: str | None = None,  # noqa: A002
    ref: str | None = None,
    base_urls: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    date: dt.date | str | None = None,
    progress: Progress = no_progress,
) -> list[str]:
    """Read documents, who wrote them and what they cite, into `workspace`; returns the sources written.

    Parameters
    ----------
    paths
        Repositories (bare ones too) or folders in them, plain folders, or files.
    workspace
        Where to collect into.
    format
        What all of them are, one of `connectors.documents.detect.FORMATS`; None: recognised.
    ref
        Branch, tag or commit to read instead of the one that is checked out.
    base_urls
        Where a folder of documents is published, so that links to that address are links within it.
    columns
        Meaning -> name of a column of tables, where it has another name.
    date
        The date of files that bear none and are in no git repository; without it their references do not count.
    progress
        As `collect`.

    Raises
    ------
    influence.errors.InputError
        When a path cannot be read as what it is said to be, or an option cannot be used.
    influence.errors.WorkspaceError
        When the workspace cannot be written.
    """
    # All are looked at before the first is read: a typing error must not show after an hour.
    from connectors.documents.detect import recognise

    places = list(dict.fromkeys(Path(path).expanduser().absolute() for path in paths))
    formats = [format or recognise(place, ref) for place in places]
    written = []
    for place, name, source in zip(places, formats, _document_sources(places, workspace), strict=True):
        made = connector("documents")(
            place,
            format=name,
            ref=ref,
            source=source,
            base_urls=base_urls,
            columns=columns,
            date=a_date(date),
        )
        written += _commit(workspace, made, progress)
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


def _document_sources(places: Iterable[Path], workspace: Workspace) -> list[str]:
    """What each place of documents is called in the workspace: as before, else by its name, which no other one has."""
    from connectors.documents.files import open_tree

    known: dict[str, str] = {}
    if workspace.path.exists():
        harvests = workspace.harvests()
        harvests = harvests[harvests["connector"] == "documents"]
        known = dict(zip(harvests["source"], harvests["location"], strict=True))
    sources: list[str] = []
    for place in places:
        source = next((name for name, location in known.items() if location == str(place)), None)
        if source is None:
            label = open_tree(place).label
            names = chain((label, f"{place.parent.name}/{label}"), (f"{label}-{number}" for number in count(2)))
            source = next(
                name
                for name in (f"documents:{name}" for name in names)
                if name not in sources and (name not in known or not Path(known[name]).exists())
            )
        sources.append(source)
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
