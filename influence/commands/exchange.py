"""`influence export` and `influence import`: a workspace as a folder of Parquet files, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from influence.commands import options

_EXPORT_EXAMPLES = """What each column means is in docs/tables.md. The folder holds what the workspace holds: names
and addresses of people, and who has opted out (as hashes, with the key to them). Give nobody more of it than needed.

\b
Examples:
  influence export tables/ --workspace work.duckdb
  duckdb -c "SELECT leader, count(*) FROM 'tables/signals.parquet' GROUP BY 1 ORDER BY 2 DESC LIMIT 9"
"""
_IMPORT_EXAMPLES = """A new workspace becomes equal to the one that was exported. In one that has something already, the
sources that come replace those of the same names, the others stay, and whoever has opted out of either is left out.

\b
Examples:
  influence import tables/ --workspace copy.duckdb
"""


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("export", short_help="Write a workspace as Parquet files.", epilog=_EXPORT_EXAMPLES)(export)
    app.command("import", short_help="Take in what `export` wrote.", epilog=_IMPORT_EXAMPLES)(import_)


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that does not exist yet.")],
    workspace: options.NeededWorkspace,
) -> None:
    """Write all that a workspace holds as Parquet files, one a table, readable by you only."""
    from influence import doors
    from influence.terminal import safe, say

    rows = doors.open(workspace.expanduser()).to_parquet(folder.expanduser())
    say(f"{safe(folder)}: {sum(rows.values()):,} rows in {len(rows)} tables")


def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `influence export` wrote.")],
    workspace: options.NeededWorkspace,
) -> None:
    """Take in a folder that `influence export` wrote; the workspace is made when it is not there."""
    from influence.terminal import safe, say
    from influence.workspace import Workspace

    sources = Workspace(workspace.expanduser()).from_parquet(folder.expanduser())
    say(f"{safe(folder)}: {', '.join(map(safe, sources)) or 'no sources'}")
