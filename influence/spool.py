"""Tables that are written piece by piece while a source is read, and wait on the disk until they are committed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from typing import IO

import pyarrow as pa

from influence.schema import TABLES

_COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4")


class Spool(Mapping[str, pa.Table]):
    """Tables by name, of which only the pieces in hand are in memory.

    They lie, compressed, in temporary files without a name: whoever is killed leaves nothing behind. Looking a table
    up reads the whole of it; `reader` does not. After the first look nothing can be written any more. A pickled spool
    carries its files' content along.

    Attributes
    ----------
    rows
        How many rows each table has.
    """

    def __init__(self) -> None:
        self._files: dict[str, IO[bytes] | bytes] = {}
        self._writers: dict[str, pa.ipc.RecordBatchStreamWriter] = {}
        self.rows: dict[str, int] = {}

    def write(self, name: str, piece: pa.Table) -> None:
        """Append rows to the table `name`; without rows, the table is there and may stay empty."""
        writer = self._writers.get(name)
        if writer is None:
            file = self._files[name] = tempfile.TemporaryFile()  # noqa: SIM115
            writer = self._writers[name] = pa.ipc.new_stream(
                pa.PythonFile(file, "w"), TABLES[name].arrow, options=_COMPRESSED
            )
            self.rows[name] = 0
        if piece.num_rows:
            writer.write_table(piece)
            self.rows[name] += piece.num_rows

    def reader(self, name: str) -> pa.RecordBatchReader:
        """The rows of the table `name`, a piece at a time. One reader of a table at a time."""
        self._end()
        file = self._files[name]
        if isinstance(file, bytes):
            return pa.ipc.open_stream(pa.py_buffer(file))
        file.seek(0)
        return pa.ipc.open_stream(pa.PythonFile(file, "r"))

    def __getitem__(self, name: str) -> pa.Table:
        if name not in self._files:
            raise KeyError(name)
        return self.reader(name).read_all()

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __getstate__(self) -> tuple[dict[str, bytes], dict[str, int]]:
        self._end()
        content = {}
        for name, file in self._files.items():
            if isinstance(file, bytes):
                content[name] = file
            else:
                file.seek(0)
                content[name] = file.read()
        return content, self.rows

    def __setstate__(self, state: tuple[dict[str, bytes], dict[str, int]]) -> None:
        content, self.rows = state
        self._files = dict(content)
        self._writers = {}

    def _end(self) -> None:
        for name, writer in self._writers.items():
            writer.close()
            file = self._files[name]
            assert not isinstance(file, bytes)
            file.flush()
        self._writers.clear()


def rows_of(tables: Mapping[str, pa.Table], name: str) -> pa.RecordBatchReader | None:
    """The rows of a table, a piece at a time; None where there are none."""
    if isinstance(tables, Spool):
        return tables.reader(name) if tables.rows.get(name) else None
    table = tables.get(name)
    return table.to_reader() if table is not None and table.num_rows else None
