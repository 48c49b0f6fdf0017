"""What lies on disk, read into a workspace: charts, documents, exports of reviews (git: `influence.histories`)."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from pathlib import Path

from connectors.registry import connector
from influence.dates import a_date
from influence.schema import Connector, Progress, no_progress
from influence.workspace import Workspace

AnyPath = str | os.PathLike[str]


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
        written += commit(workspace, connector(name)(file), progress)
    return written


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
    from connectors.documents.bibliography import FORMATS
    from connectors.documents.detect import recognise

    places = list(dict.fromkeys(Path(path).expanduser().absolute() for path in paths))
    recognised = [format or recognise(place, ref) for place in places]
    # A folder may hold bibliographies of several formats: only who says which wants no other.
    formats = [format if name in FORMATS else name for name in recognised]
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
        written += commit(workspace, made, progress)
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
        written += commit(workspace, connector("review")(place, format=format, repositories=repositories), progress)
    workspace.join_pages()
    return list(dict.fromkeys(written))


def _document_sources(places: Iterable[Path], workspace: Workspace) -> list[str]:
    """What each place of documents is called in the workspace: as before, else by its name, which no other one has."""
    from connectors.documents.files import open_tree

    known = {source: location for source, (_, location) in workspace.sources("documents").items()}
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


def commit(workspace: Workspace, source: Connector, progress: Progress) -> list[str]:
    """Commit all that `source` reads; returns the names of the sources written."""
    sources: dict[str, None] = {}
    for checkpoint in source.checkpoints(progress):
        workspace.commit(checkpoint)
        sources[checkpoint.harvest.source] = None
    return list(sources)
