"""Rows that wait to be handed over: in memory while they are few, in a private file once they are many."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa

#: So many bytes of columns stay in memory.
KEPT = 48 << 20


class Blocks:
    """Arrow tables by name, block after block.

    What goes to a file lies in a folder that only its owner can read, and that is gone once it was taken.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._most = kept
        self._size = 0
        self._tables: dict[str, list[pa.Table]] = {}
        self._writers: dict[str, tuple[Path, pa.ipc.RecordBatchFileWriter]] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def add(self, name: str, table: pa.Table) -> None:
        """Add a block to what goes into table `name`."""
        self._tables.setdefault(name, []).append(table)
        self._size += table.nbytes
        if self._size > self._most:
            self._spill()

    def take(self) -> dict[str, pa.Table]:
        """All blocks since the last call, each table as a whole."""
        if self._folder is None:
            made = {name: pa.concat_tables(blocks) for name, blocks in self._tables.items()}
        else:
            self._spill()
            made = {}
            for name, (path, writer) in self._writers.items():
                writer.close()
                made[name] = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
            self._folder.cleanup()  # what is mapped stays readable
        self._tables, self._writers, self._folder, self._size = {}, {}, None, 0
        return made

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="influence-review-")
        for name, blocks in self._tables.items():
            if name not in self._writers:
                path = Path(self._folder.name) / name
                self._writers[name] = (path, pa.ipc.new_file(str(path), blocks[0].schema))
            for block in blocks:
                self._writers[name][1].write_table(block)
        self._tables, self._size = {}, 0
