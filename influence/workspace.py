"""The workspace: one DuckDB file that holds the tables of `influence.schema`.

The file is opened only for the moment of reading or committing, so that an open notebook does not stop tonight's
collect, nor the other way round. A commit is one transaction: whoever is killed leaves the last committed state.
"""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from influence import layout, opt_outs, pages, parquet
from influence.anew import ONCE, anew, content_hash, has_id
from influence.errors import InputError, WorkspaceError
from influence.schema import SCHEMA_VERSION, TABLES, Checkpoint, Table
from influence.spool import rows_of
from influence.version import __version__

#: How long to wait for another process that holds the file, in seconds.
LOCK_PATIENCE = 60.0
#: Bytes of a file that is read by one thread: a second one costs a sixth more processor time and saves nothing.
SMALL = 16 << 20
#: Bytes of what a reading keeps that are written at a time: DuckDB makes several copies.
_PIECE = 1 << 20

if TYPE_CHECKING:
    import pandas as pd

_HOLDER = re.compile(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
# What says only when or where something was read must not make the same fact a different one.
_threads: dict[str, threading.RLock] = {}
_threads_guard = threading.Lock()


class Workspace:
    """One workspace file. Constructing it opens and creates nothing.

    Parameters
    ----------
    path
        The DuckDB file. It is created, readable by its owner only, at the first commit.
    patience
        Seconds to wait while another process holds the file.
    """

    def __init__(self, path: str | os.PathLike[str], *, patience: float = LOCK_PATIENCE) -> None:
        self.path = Path(path)
        self.patience = patience
        self._held: duckdb.DuckDBPyConnection | None = None

    def __repr__(self) -> str:
        return f"Workspace({str(self.path)!r})"

    @contextmanager
    def at_once(self, read_only: bool = False) -> Iterator[None]:
        """Open the file once for what is done in the `with` block: to open it takes longer than to read a little.

        Raises
        ------
        influence.errors.WorkspaceError
            As `read`.
        """
        with self._thread():
            held = None
            if self.path.exists():
                with _told_plainly(self.path):
                    held = self._connect(read_only)
                    if not layout.is_current(held, self.path):
                        held.close()  # Whoever comes next brings it up to date.
                        held = None
            self._held = held
            try:
                yield
            finally:
                self._held = None
                if held is not None:
                    held.close()

    # -- reading ---------------------------------------------------------------------------------------------

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file read-only for the length of the `with` block.

        Raises
        ------
        influence.errors.WorkspaceError
            When there is no such file, when it is no workspace or one of a newer version, or when another process
            holds it for longer than `patience`.
        """
        if not self.path.exists():
            raise WorkspaceError(f"there is no workspace at {self.path}", "collect something into it first")
        with self._thread(), _told_plainly(self.path):
            connection = self._connect(read_only=True)
            try:
                if not layout.is_current(connection, self.path):
                    connection.close()
                    with self._write(create=False):
                        pass
                    connection = self._connect(read_only=True)
                yield connection
            finally:
                connection.close()

    def harvests(self) -> pd.DataFrame:
        """The table `harvests`, ordered by source."""
        with self.read() as connection:
            return connection.execute("SELECT * FROM harvests ORDER BY source").df()

    def sources(self, connector: str) -> dict[str, tuple[str | None, str]]:
        """What `connector` has read: source -> repository and location; nothing where there is no workspace."""
        if not self.path.exists():
            return {}
        with self.read() as connection:
            rows = connection.execute(
                "SELECT source, repository, location FROM harvests WHERE connector = ? ORDER BY source", [connector]
            ).fetchall()
        return {source: (repository, location) for source, repository, location in rows}

    def kept(self, source: str) -> bytes | None:
        """What the last reading of `source` left to the next (`Checkpoint.kept`); None where there is nothing."""
        return self.kept_of(source)[0]

    def kept_of(self, *sources: str) -> list[bytes | None]:
        """The same of several."""
        found: dict[str, list[bytes]] = {}
        if self.path.exists():
            with self.read() as connection:
                rows = connection.execute(
                    "SELECT k.source, k.data FROM kept AS k"
                    " JOIN harvests AS h ON h.source = k.source AND h.collected = k.collected"
                    " WHERE k.source IN (SELECT unnest(?)) ORDER BY k.rowid",
                    [list(sources)],
                ).fetchall()
            for source, data in rows:
                found.setdefault(source, []).append(data)
        return [b"".join(found[source]) if source in found else None for source in sources]

    # -- writing ---------------------------------------------------------------------------------------------

    def commit(self, checkpoint: Checkpoint) -> None:
        """Replace what the checkpoint's source (or its named units) wrote before, in one transaction.

        Rows of people who opted out are left out; in tables that say so the row stays without the identity.

        Raises
        ------
        influence.errors.WorkspaceError
            As `read`, and when there is no room on the disk. The workspace is then as it was.
        """
        source = checkpoint.harvest.source
        with self._write() as connection:
            gone = opt_outs.gone(connection, checkpoint.tables)
            for name, table in TABLES.items():
                if name == "harvests":
                    continue
                replacing: pa.Table | None = None
                if checkpoint.units is None or name in checkpoint.whole:
                    connection.execute(f"DELETE FROM {name} WHERE source = ?", [source])
                elif name == "holdings":
                    if checkpoint.quarter is not None:
                        connection.execute(
                            "DELETE FROM holdings WHERE source = ? AND quarter >= ?", [source, checkpoint.quarter]
                        )
                elif name in ONCE:
                    replacing = checkpoint.tables.get(name)
                    if replacing is not None and replacing.num_rows:
                        replacing = anew(connection, name, replacing)
                elif checkpoint.units and "unit" in table.names:
                    units = pa.table({"unit": pa.array(sorted(checkpoint.units), pa.string())})
                    connection.register("replaced_units", units)
                    # What is part of a unit (a pull request's commits) goes with it.
                    part = " OR part_of IN (SELECT unit FROM replaced_units)" if "part_of" in table.names else ""
                    connection.execute(
                        f"DELETE FROM {name} WHERE source = ? AND (unit IN (SELECT unit FROM replaced_units){part})",
                        [source],
                    )
                    connection.unregister("replaced_units")
                rows = rows_of(checkpoint.tables, name) if replacing is None else replacing.to_reader()
                if rows is not None:
                    _insert(connection, table, rows, gone)
            connection.execute("DELETE FROM harvests WHERE source = ?", [source])
            _insert(connection, TABLES["harvests"], _harvest_row(checkpoint).to_reader(), frozenset())
            connection.execute("DELETE FROM kept WHERE source = ?", [source])
            # What is kept names people: whoever has opted out must not be among them.
            if checkpoint.kept is not None and not connection.execute("SELECT 1 FROM opt_outs LIMIT 1").fetchone():
                at = connection.execute("SELECT collected FROM harvests WHERE source = ?", [source]).fetchone()
                assert at is not None
                for start in range(0, len(checkpoint.kept), _PIECE):
                    # (VALUES: what is bound in a SELECT goes by way of text, which takes six times as long.)
                    piece = checkpoint.kept[start : start + _PIECE]
                    connection.execute("INSERT INTO kept VALUES (?, ?, ?)", [source, at[0], piece])

    def join_pages(self) -> None:
        """Pages of a forge that belong to a repository whose history was read, too, become one with it.

        A page belongs to the repository that has most of the commits that its changes name, else to the one whose
        remote is the page's address. A bare word that a commit of that repository credits is the account of that name,
        where one was active on the page.
        """
        with self._write(create=False) as connection:
            pages.join(connection)

    def remove(self, source: str) -> int:
        """Remove all that `source` wrote; returns how many rows went.

        Raises
        ------
        influence.errors.InputError
            When nothing of that name was collected.
        """
        with self._write(create=False) as connection:
            known = [row[0] for row in connection.execute("SELECT source FROM harvests ORDER BY 1").fetchall()]
            if source not in known:
                raise InputError(f"no source {source!r} in {self.path}", f"it has {', '.join(known) or 'none'}")
            connection.execute("DELETE FROM kept WHERE source = ?", [source])
            removed = 0
            for name in TABLES:
                removed += _changed(connection.execute(f"DELETE FROM {name} WHERE source = ?", [source]))
            return removed

    def opt_out(self, keys: Iterable[str]) -> int:
        """Remove the identities `keys`, now and in every later commit; returns how many rows went or were emptied.

        Only a keyed hash of each key, e-mail address and login is kept, so the list itself names nobody.
        """
        with self._write(create=False) as connection:
            # It names people, too.
            connection.execute("DELETE FROM kept")
            return opt_outs.leave(connection, keys)

    def to_parquet(self, folder: str | os.PathLike[str]) -> dict[str, int]:
        """Write all that the workspace keeps into a new folder; returns the number of rows of each table.

        Raises
        ------
        influence.errors.InputError
            When there is something at `folder` already, or nothing can be written there.
        influence.errors.WorkspaceError
            As `read`.
        """
        with self.read() as connection:
            return parquet.write(connection, Path(folder))

    def from_parquet(self, folder: str | os.PathLike[str]) -> list[str]:
        """Take in what `to_parquet` wrote, in one transaction; returns the sources that came.

        Into a new file all comes as it was, opt-outs and the secret behind them included. Into one that has something
        already, the sources that come replace those of their names, the others stay, and whoever has opted out of
        either workspace is in neither's rows.

        Raises
        ------
        influence.errors.InputError
            When `folder` is no whole export, or one of a newer version. The workspace is then as it was.
        influence.errors.WorkspaceError
            When the workspace cannot be written.
        """
        export = parquet.Export(Path(folder))
        with self._write() as connection:
            return export.restore(connection)

    # -- inside ----------------------------------------------------------------------------------------------

    @contextmanager
    def _write(self, create: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        fresh = not self.path.exists()
        if fresh and not create:
            raise WorkspaceError(f"there is no workspace at {self.path}", "collect something into it first")
        if fresh and not self.path.parent.is_dir():
            raise WorkspaceError(f"there is no folder {self.path.parent}", "make it, or name another --workspace")
        made = done = False
        with self._thread(), _told_plainly(self.path):
            try:
                mask = os.umask(0o077)
                try:
                    made = fresh and self._make()
                    connection = self._connect(read_only=False)
                    try:
                        if not layout.is_current(connection, self.path):
                            layout.migrate(connection)
                        connection.execute("BEGIN")
                        yield connection
                        connection.execute("COMMIT")
                    finally:
                        connection.close()
                    done = True
                finally:
                    os.umask(mask)
            finally:
                if made and not done:
                    for leftover in (self.path, self.path.with_name(self.path.name + ".wal")):
                        with suppress(OSError):
                            leftover.unlink()

    def _make(self) -> bool:
        """Make the file with its empty tables at once: whoever is killed meanwhile leaves no half of one behind.

        Returns whether it was us who made it, and not another process that was quicker.
        """
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        try:
            connection = duckdb.connect(str(new))
            try:
                layout.create(connection)
            finally:
                connection.close()
            try:
                os.link(new, self.path)
            except FileExistsError:
                return False
            return True
        finally:
            for leftover in (new, new.with_name(new.name + ".wal")):
                with suppress(OSError):
                    leftover.unlink()

    @contextmanager
    def _thread(self) -> Iterator[None]:
        # DuckDB refuses a second configuration of one file within a process; threads take turns.
        name = str(self.path.absolute())
        with _threads_guard:
            lock = _threads.setdefault(name, threading.RLock())
        with lock:
            yield

    def _connect(self, read_only: bool) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + self.patience
        pause = 0.02
        while True:
            try:
                if self._held is not None:
                    connection = self._held.cursor()
                else:
                    connection = duckdb.connect(
                        str(self.path),
                        read_only=read_only,
                        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"},
                    )
                connection.execute("SET TimeZone = 'UTC'")
                if read_only and self.path.stat().st_size < SMALL:
                    connection.execute("SET threads = 1")
                with suppress(duckdb.InvalidInputException):
                    # In a notebook without ipywidgets there is no bar to be switched off.
                    connection.execute("SET enable_progress_bar = false")
                return connection
            except duckdb.IOException as error:
                holder = _HOLDER.search(str(error))
                if holder is None:
                    raise
                if time.monotonic() > deadline:
                    raise WorkspaceError(
                        f"{self.path} is in use by {holder['program']} (process {holder['pid']})",
                        "end that process or try again when it is done",
                    ) from None
                time.sleep(pause)
                pause = min(pause * 1.5, 0.5)


def _insert(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: pa.RecordBatchReader, gone: frozenset[str]
) -> None:
    columns = {name: f'b."{name}"' for name in table.names}
    where = []
    if gone:
        connection.register("gone_keys", pa.table({"key": pa.array(sorted(gone), pa.string())}))
        for column in (*table.identities, *(("asked_by",) if "asked_by" in table.names else ())):
            inside = f'b."{column}" IN (SELECT key FROM gone_keys)'
            if table.keeps_row_on_opt_out or column == "asked_by":
                columns[column] = f'CASE WHEN {inside} THEN NULL ELSE b."{column}" END'
            else:
                where.append(f'(b."{column}" IS NULL OR NOT {inside})')
    if has_id(table):
        columns["id"] = f"coalesce(b.id, {content_hash(table, 'b.')})"
    connection.register("batch_rows", rows)
    connection.execute(
        f"INSERT INTO {table.name} SELECT {', '.join(columns.values())} FROM batch_rows b"
        + (f" WHERE {' AND '.join(where)}" if where else "")
    )
    connection.unregister("batch_rows")
    if gone:
        connection.unregister("gone_keys")


def _harvest_row(checkpoint: Checkpoint) -> pa.Table:
    harvest = checkpoint.harvest
    return TABLES["harvests"].batch(
        [
            {
                "source": harvest.source,
                "repository": harvest.repository,
                "label": harvest.label,
                # A folder's name may be any bytes; a table holds text.
                "location": os.fsencode(harvest.location).decode("utf-8", "backslashreplace"),
                "connector": harvest.connector,
                "tip": harvest.tip,
                "url": harvest.url,
                "options": json.dumps(harvest.options, sort_keys=True, default=str),
                "tool": __version__,
                "schema_version": SCHEMA_VERSION,
                "collected": _now(),
                "first": harvest.first,
                "last": harvest.last,
                "contact": harvest.contact,
                "counts": json.dumps(harvest.counts, sort_keys=True),
                "problems": json.dumps(harvest.problems),
            }
        ]
    )


def _changed(result: duckdb.DuckDBPyConnection) -> int:
    return sum(int(row[0]) for row in result.fetchall())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


@contextmanager
def _told_plainly(path: Path) -> Iterator[None]:
    """Turn what DuckDB and the system say of a file into one line that says what to do."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        text = str(error)
        lowered = text.lower()
        if "no space left" in lowered or getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            raise WorkspaceError(
                f"no room on the disk for {path}", "make room and run again: what was committed is kept"
            ) from None
        if "different configuration" in lowered:
            raise WorkspaceError(f"{path} is open in this very process", "close that reader first") from None
        if "permission denied" in lowered or "read-only file system" in lowered:
            raise WorkspaceError(f"{path} cannot be opened: permission denied", "check who owns it") from None
        if "not a valid duckdb database" in lowered or "is a directory" in lowered:
            raise WorkspaceError(f"{path} is no workspace", "name another --workspace") from None
        if "version number" in lowered or "storage version" in lowered:
            raise WorkspaceError(
                f"{path} was written by a newer DuckDB", "upgrade this tool, or collect into another --workspace"
            ) from None
        if isinstance(error, (duckdb.IOException, OSError)):
            first = text.strip().splitlines()[0] if text.strip() else type(error).__name__
            raise WorkspaceError(f"{path} cannot be used: {first}", "check the disk and the file") from None
        raise
