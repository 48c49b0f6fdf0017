"""The tables of a workspace file: made, checked, and brought up to this version's."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path

import duckdb

from influence.errors import WorkspaceError
from influence.schema import SCHEMA_VERSION, TABLES

#: What a reading of a source leaves to the next one: of that harvest alone, in no export.
_KEPT = "CREATE TABLE IF NOT EXISTS kept (source VARCHAR, collected TIMESTAMP, data BLOB)"


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables of a new workspace."""
    moment = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    connection.execute("BEGIN")
    connection.execute("CREATE TABLE workspace (schema_version BIGINT, secret VARCHAR, created TIMESTAMP)")
    connection.execute("INSERT INTO workspace VALUES (?, ?, ?)", [SCHEMA_VERSION, secrets.token_hex(32), moment])
    connection.execute("CREATE TABLE opt_outs (hash VARCHAR)")
    connection.execute(_KEPT)
    for table in TABLES.values():
        columns = ", ".join(f'"{column.name}" {column.sql}' for column in table.columns)
        connection.execute(f"CREATE TABLE {table.name} ({columns})")
    connection.execute("COMMIT")


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring the tables of an older version up to this one's: what it did not know is null."""
    have = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    connection.execute("BEGIN")
    for table in TABLES.values():
        columns = ", ".join(f'"{column.name}" {column.sql}' for column in table.columns)
        connection.execute(f"CREATE TABLE migrated ({columns})")
        if table.name in have:
            connection.execute(f"INSERT INTO migrated BY NAME SELECT * FROM {table.name}")
            connection.execute(f"DROP TABLE {table.name}")
        connection.execute(f"ALTER TABLE migrated RENAME TO {table.name}")
    connection.execute(_KEPT)
    connection.execute("UPDATE workspace SET schema_version = ?", [SCHEMA_VERSION])
    connection.execute("COMMIT")


def is_current(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Whether the workspace is of this version, and not of an older one.

    Raises
    ------
    influence.errors.WorkspaceError
        When it is of a newer one, or no workspace.
    """
    try:
        rows = connection.execute("SELECT schema_version FROM workspace").fetchall()
    except duckdb.CatalogException:
        rows = []
    if not rows:
        raise WorkspaceError(f"{path} is a database but no workspace of this tool", "name another --workspace")
    if rows[0][0] > SCHEMA_VERSION:
        raise WorkspaceError(
            f"{path} was written by a newer version of this tool (tables {rows[0][0]}, here {SCHEMA_VERSION})",
            "upgrade this one, or collect into another --workspace",
        )
    return bool(rows[0][0] == SCHEMA_VERSION)
