"""A workspace as a folder of Parquet files, one a table, and back: for researchers, for backups, for another machine.

A folder holds all that the workspace keeps, its opt-outs too, and `workspace.json`, which says of which version it is
and how many rows each table has. It is made under another name and renamed when it is whole; `workspace.json` is
written last, so that what a kill leaves behind is never taken for an export.
"""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa

from influence import opt_outs, pages
from influence.errors import InputError
from influence.schema import SCHEMA_VERSION
from influence.version import __version__

#: What makes a folder an export.
MANIFEST = "workspace.json"
_MANIFEST_BYTES = 1 << 20
#: Rows that are unpacked at a time, and what they may unpack to.
_ROWS = 1 << 14
_UNPACKED = 1 << 30
_AGAIN = "export the workspace again"


def write(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    """Write every table into the new folder `folder`, readable by its owner only; returns rows by table.

    Raises
    ------
    influence.errors.InputError
        When there is something at `folder` already, or nothing can be written there.
    """
    folder = folder.absolute()
    with _writable(folder):
        if os.path.lexists(folder) and not (folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())):
            raise InputError(f"there is something at {folder} already", "name a folder that does not exist yet")
        new = folder.with_name(f"{folder.name}.{os.getpid()}.new")
        new.mkdir(mode=0o700)
        try:
            rows = {name: _copy(connection, name, new / f"{name}.parquet") for name in _tables(connection)}
            manifest = {
                "schema_version": SCHEMA_VERSION,
                "tool": __version__,
                "written": dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat(),
                "tables": rows,
            }
            file = new / MANIFEST
            file.touch(mode=0o600)
            file.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
            new.rename(folder)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
    return rows


class Export:
    """A folder that `write` wrote; constructing it reads `workspace.json` only.

    Raises
    ------
    influence.errors.InputError
        When it is none, or one of a newer version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not folder.is_dir():
            raise InputError(f"there is no folder {folder}", "name one that `influence export` wrote")
        try:
            with _regular(folder / MANIFEST) as stream:
                manifest = json.loads(stream.read(_MANIFEST_BYTES))
            version, self._rows = manifest["schema_version"], dict(manifest["tables"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            raise InputError(
                f"{folder} is no whole export of a workspace", f"it needs the {MANIFEST} that `influence export` writes"
            ) from None
        if type(version) is not int or version < 1:
            raise InputError(
                f"{folder} is no whole export of a workspace", f"{MANIFEST} names no version of its tables"
            )
        if version > SCHEMA_VERSION:
            raise InputError(
                f"{folder} was written by a newer version of this tool",
                f"upgrade this one: tables {str(version)[:20]}, here {SCHEMA_VERSION}",
            )
        #: Of an older version what it did not know is null, as in a workspace of that version.
        self._older = version < SCHEMA_VERSION

    def restore(self, connection: duckdb.DuckDBPyConnection) -> list[str]:
        """Take everything in, inside the caller's transaction; returns the sources that came.

        Raises
        ------
        influence.errors.InputError
            When a table is missing, is not as `workspace.json` says, or has other columns or types than here.
        """
        tables = _tables(connection)
        unlike = self._rows.keys() - set(tables) if self._older else self._rows.keys() ^ set(tables)
        if unlike or not self._rows.keys() >= _NEEDED:
            name = min(unlike or _NEEDED - self._rows.keys())
            has = "lacks" if name in tables else "has"
            raise InputError(f"{self.folder} {has} a table {name!r:.60}", _AGAIN)
        connection.execute("CREATE TEMP TABLE came AS FROM harvests LIMIT 0")
        self._read(connection, "harvests", "came")
        sources = self._sources(connection)
        had = "(SELECT count(*) FROM harvests) + (SELECT count(*) FROM opt_outs)"
        empty = connection.execute(f"SELECT {had} = 0").fetchall() == [(True,)]
        if empty:
            connection.execute("DELETE FROM workspace")
        for name in tables:
            if name in _OF:
                self._add(connection, name)
            else:
                connection.execute(f"DELETE FROM {name} WHERE source IN (SELECT source FROM came)")
                if name in self._rows:
                    self._read(connection, name, name, pa.array(sources, pa.string()))
        connection.execute("UPDATE workspace SET schema_version = ?", [SCHEMA_VERSION])
        # What readings left to the next ones fits other rows than these, and names people who may have left.
        connection.execute("DELETE FROM kept")
        if not empty:
            opt_outs.remove_gone(connection)
            pages.join(connection)
        return sources

    def _sources(self, connection: duckdb.DuckDBPyConnection) -> list[str]:
        """The sources that come, after a look whether their records are some."""
        rows = connection.execute("SELECT source, options, counts, problems FROM came ORDER BY 1").fetchall()
        sources = [row[0] for row in rows]
        if None in sources or len(set(sources)) < len(sources):
            raise InputError(f"{self.folder}: a source in harvests is there twice or has no name", _AGAIN)
        for row in rows:
            if not all(_is_json(text, kind) for text, kind in zip(row[1:], (dict, dict, list), strict=True)):
                raise InputError(f"{self.folder}: harvests says of {row[0]!r:.60} what is no JSON", _AGAIN)
        return sources

    def _add(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Secrets of workspaces and hashes of whoever left: each once, in the order in which they came."""
        column = _OF[name]
        connection.execute(f"CREATE TEMP TABLE came_{name} AS FROM {name} LIMIT 0")
        self._read(connection, name, f"came_{name}")
        values = [value for (value,) in connection.execute(f"SELECT {column} FROM came_{name}").fetchall()]
        if not all(map(_is_hash, values)) or (name == "workspace" and not values):
            raise InputError(f"{self.folder}: {column} in {name} is none", _AGAIN)
        new = f"FROM came_{name} WHERE {column} NOT IN (SELECT {column} FROM {name})"
        connection.execute(f"INSERT INTO {name} {new} ORDER BY rowid")

    def _read(
        self, connection: duckdb.DuckDBPyConnection, name: str, into: str, sources: pa.Array | None = None
    ) -> None:
        """Read a table's file into the table `into`; its rows belong to one of `sources`, where they are given."""
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        place = self.folder / f"{name}.parquet"
        expected = connection.sql(f"FROM {name} LIMIT 0").to_arrow_table().schema
        try:
            with _regular(place) as stream, pq.ParquetFile(stream) as file:
                _compare(place, file.schema_arrow, expected, self._older)
                if file.metadata.num_rows != self._rows[name]:
                    raise InputError(f"{place} has not the number of rows that {MANIFEST} says", _AGAIN)
                for batch in file.iter_batches(_ROWS, use_threads=False):
                    if batch.nbytes > _UNPACKED:
                        raise InputError(f"{place} unpacks to more than memory should hold", _AGAIN)
                    # What a file says of its columns need not be so: Arrow trusts it, and DuckDB trusts Arrow.
                    batch.validate(full=True)
                    if sources is not None and not pc.all(pc.is_in(batch["source"], sources)).as_py():
                        raise InputError(f"{place} has rows of a source that harvests does not name", _AGAIN)
                    connection.register("batch_rows", pa.Table.from_batches([batch]))
                    connection.execute(f"INSERT INTO {into} BY NAME FROM batch_rows")
                    connection.unregister("batch_rows")
        except (pa.ArrowException, OSError, ValueError, NotImplementedError, MemoryError) as error:
            said = str(error).strip().splitlines()
            what = said[0][:150] if said else type(error).__name__
            raise InputError(f"{place} cannot be read as Parquet: {what}", _AGAIN) from None


#: Tables that belong to no source, and what makes a row of them one.
_OF = {"workspace": "secret", "opt_outs": "hash"}
_NEEDED = {"harvests", *_OF}


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """All tables of the workspace: those of `influence.schema`, and what it keeps beside them."""
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND table_name <> 'kept' ORDER BY table_name"
    ).fetchall()
    return [row[0] for row in rows]


def _copy(connection: duckdb.DuckDBPyConnection, name: str, file: Path) -> int:
    quoted = str(file).replace("'", "''")
    written = connection.execute(f"COPY {name} TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)").fetchall()
    file.chmod(0o600)
    return int(written[0][0])


def _compare(place: Path, there: pa.Schema, expected: pa.Schema, older: bool) -> None:
    """Whether a file has the columns and types of a table; one of an older version may lack some."""
    names = [name for name in expected.names if not older or name in there.names or name == "source"]
    if there.names != names:
        unlike = sorted(set(there.names).symmetric_difference(names))
        what = f"column {unlike[0]!r:.60}" if unlike else "their order"
        raise InputError(f"{place} has other columns than this tool's tables ({what})", _AGAIN)
    for column in there:
        wanted = expected.field(column.name).type
        if column.type != wanted:
            raise InputError(f"{place}: {column.name} is {str(column.type)[:60]}, expected {wanted}", _AGAIN)


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and not set(value) - set("0123456789abcdef")


def _is_json(text: Any, kind: type) -> bool:
    try:
        return text is None or isinstance(json.loads(text), kind)
    except (ValueError, RecursionError):
        return False


@contextmanager
def _regular(place: Path) -> Iterator[IO[bytes]]:
    """A regular file of the folder itself, opened: no link, no pipe that would wait for ever."""
    handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        yield stream


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, duckdb.IOException) as error:
        text = str(error)
        if "no space left" in text.lower() or getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            raise InputError(f"no room on the disk for {folder}", "make room and run again") from None
        first = getattr(error, "strerror", None) or text.strip().splitlines()[0]
        raise InputError(
            f"{folder} cannot be written: {first}", "name a folder inside one that you may write to"
        ) from None
