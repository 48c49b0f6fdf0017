"""Rows that take the place of older ones: which are the same, and what the older ones know better."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from influence.schema import TABLES, Table

#: What an id does not hash: where a row was read, and when it could be known.
_NOT_CONTENT = ("source", "id", "visible")
#: Tables whose rows belong to no unit: where units are replaced, a row is replaced by one that has the same of these.
ONCE = {
    "identities": ("key",),
    "identity_links": ("a", "b"),
    "authority": ("leader", "leader_team", "follower", "team", "repository", "pattern", "role"),
    "memberships": ("team", "identity"),
    "artifacts": ("id",),
    "recognitions": ("identity", "title"),
}


def has_id(table: Table) -> bool:
    """Whether rows of `table` have an id that is a hash of their content."""
    return "id" in table.names and "visible" in table.names


def content_hash(table: Table, prefix: str) -> str:
    """SQL for the id of a row, its columns named with `prefix`: the same wherever the row was read."""
    content = [
        f'coalesce(CAST({prefix}"{name}" AS VARCHAR), chr(30))' for name in table.names if name not in _NOT_CONTENT
    ]
    return f"substr(md5(concat_ws(chr(31), {', '.join(content)})), 1, 16)"


def anew(connection: duckdb.DuckDBPyConnection, name: str, batch: pa.Table) -> pa.Table:
    """`batch` with what older rows of the same key know better; those rows go.

    Somebody is known since the earliest time, power is held since then, and a name is not lost to a mere login.
    """
    same = " AND ".join(f"o.{column} IS NOT DISTINCT FROM b.{column}" for column in ("source", *ONCE[name]))
    better = {"first": "least(b.first, o.first)", "since": "least(b.since, o.since)"}
    if name == "identities":
        named = "b.display IS NULL OR b.display = b.login"
        better["display"] = f"CASE WHEN {named} THEN coalesce(o.display, b.display) ELSE b.display END"
        better["email"] = "coalesce(b.email, o.email)"
    columns = ", ".join(f"{better.get(column, 'b.' + column)} AS {column}" for column in TABLES[name].names)
    connection.register("fresh_rows", batch)
    merged: pa.Table = connection.sql(
        f"SELECT {columns} FROM fresh_rows b LEFT JOIN {name} o ON {same}"
    ).to_arrow_table()
    connection.execute(f"DELETE FROM {name} o USING fresh_rows b WHERE {same}")
    connection.unregister("fresh_rows")
    return merged.cast(TABLES[name].arrow)
