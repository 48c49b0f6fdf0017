"""Who has left for good: kept as keyed hashes only, so that the list itself names nobody.

The key is the workspace's secret. What is imported from another workspace was hashed with that one's, which is
therefore kept, too: whoever left there has left here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping

import duckdb
import pyarrow as pa

from influence.schema import TABLES


def leave(connection: duckdb.DuckDBPyConnection, keys: Iterable[str]) -> int:
    """Remove the identities `keys`, and remember their hashes; returns how many rows went or were emptied."""
    wanted = sorted(set(keys))
    marks = set(wanted)
    connection.register("leaving", _column("key", wanted))
    for email, login in connection.execute(
        "SELECT DISTINCT email, login FROM identities WHERE key IN (SELECT key FROM leaving)"
    ).fetchall():
        marks |= _marks_of(email, login)
    connection.unregister("leaving")
    marks |= {mark for key in wanted for mark in _marks(key)}
    secret = _secrets(connection)[0]
    connection.register("new_hashes", _column("hash", sorted({_hash(secret, mark) for mark in marks})))
    connection.execute("INSERT INTO opt_outs SELECT hash FROM new_hashes WHERE hash NOT IN (SELECT hash FROM opt_outs)")
    connection.unregister("new_hashes")
    return _remove(connection, wanted)


def gone(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> frozenset[str]:
    """Keys in `tables` whose own hash, or whose address's or login's, was opted out."""
    hashes = {row[0] for row in connection.execute("SELECT hash FROM opt_outs").fetchall()}
    if not hashes:
        return frozenset()
    secrets = _secrets(connection)
    marks: dict[str, set[str]] = {}
    for name, batch in tables.items():
        for column in TABLES[name].identities:
            for key in batch.column(column).unique().to_pylist():
                if key is not None and key not in marks:
                    marks[key] = {key, *_marks(key)}
    if "identities" in tables:
        columns = tables["identities"].select(["key", "email", "login"]).to_pydict()
        for key, email, login in zip(columns["key"], columns["email"], columns["login"], strict=True):
            if key is not None:
                marks[key] |= _marks_of(email, login)
    return frozenset(
        key for key, own in marks.items() if any(_hash(secret, mark) in hashes for secret in secrets for mark in own)
    )


def remove_gone(connection: duckdb.DuckDBPyConnection) -> int:
    """Remove from the whole workspace whoever was opted out; returns how many rows went or were emptied."""
    tables = {
        name: connection.sql(f"SELECT DISTINCT {', '.join(_told_by(name))} FROM {name}").to_arrow_table()
        for name, table in TABLES.items()
        if table.identities
    }
    return _remove(connection, sorted(gone(connection, tables)))


def _told_by(name: str) -> tuple[str, ...]:
    return ("key", "email", "login") if name == "identities" else TABLES[name].identities


def _remove(connection: duckdb.DuckDBPyConnection, keys: list[str]) -> int:
    if not keys:
        return 0
    connection.register("leaving", _column("key", keys))
    touched = 0
    for name, table in TABLES.items():
        if "asked_by" in table.names:
            connection.execute(f"UPDATE {name} SET asked_by = NULL WHERE asked_by IN (SELECT key FROM leaving)")
        for column in table.identities:
            change = f"UPDATE {name} SET {column} = NULL" if table.keeps_row_on_opt_out else f"DELETE FROM {name}"
            result = connection.execute(f"{change} WHERE {column} IN (SELECT key FROM leaving)")
            touched += sum(int(row[0]) for row in result.fetchall())
    connection.unregister("leaving")
    return touched


def _column(name: str, values: list[str]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string())})


def _secrets(connection: duckdb.DuckDBPyConnection) -> list[bytes]:
    """The workspace's own secret, then those of workspaces that were imported."""
    rows = connection.execute("SELECT secret FROM workspace ORDER BY rowid").fetchall()
    return [bytes.fromhex(row[0]) for row in rows]


def _marks_of(email: str | None, login: str | None) -> set[str]:
    return {mark for mark in (email, login and f"login:{login}") if mark}


def _marks(key: str) -> set[str]:
    """What else identifies the person behind a key: the e-mail address in ``Name <e-mail>``, a login."""
    found = set()
    if key.endswith(">") and "<" in key:
        address = key[key.rindex("<") + 1 : -1].strip()
        if address:
            found.add(address)
    prefix, _, rest = key.partition(":")
    if rest and prefix in ("email", "login"):
        found.add(rest if prefix == "email" else key)
    return found


def _hash(secret: bytes, mark: str) -> str:
    return hmac.new(secret, mark.strip().casefold().encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
