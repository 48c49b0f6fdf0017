"""What services tell, read into a workspace: works of OpenAlex, reviews of GitHub, GitLab and Gerrit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from connectors.registry import connector
from influence.collecting import commit
from influence.schema import Progress, no_progress
from influence.workspace import Workspace

if TYPE_CHECKING:
    from connectors.http import Limits


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
        written += commit(workspace, source, progress)
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
        source.stored = stored(workspace, source.source)
        try:
            written += commit(workspace, source, progress)
        finally:
            if workspace.path.exists():
                workspace.join_pages()
    return list(dict.fromkeys(written))


def stored(workspace: Workspace, source: str) -> Callable[..., Any]:
    """Gives (table, columns, kinds) -> the rows that `source` wrote earlier, as an Arrow table."""

    def read(table: str, columns: Sequence[str], kinds: Sequence[str]) -> Any:
        from influence.schema import TABLES

        chosen = ", ".join(f'"{column}"' for column in columns)
        of = f" AND kind IN ({', '.join('?' for _ in kinds)})" if kinds else ""
        if not workspace.path.exists():
            return TABLES[table].batch([]).select(list(columns))
        with workspace.read() as connection:
            query = f"SELECT {chosen} FROM {table} WHERE source = ?{of} ORDER BY ALL"
            return connection.sql(query, params=[source, *kinds]).to_arrow_table()

    return read


def remove(source: str, workspace: Workspace) -> int:
    """Take out all that was read from `source`, pages of an unfinished reading included; returns how many rows went."""
    from connectors.spool import spool_file

    removed = workspace.remove(source)
    spool_file(workspace.path, source).unlink(missing_ok=True)
    return removed
