"""What the tests of bibliographies share."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from connectors.documents import bibliography
from influence.schema import TABLES, Checkpoint

IRIS = "0000-0002-1825-0097"


class Read:
    """What was read, by what one asks for."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.harvest = checkpoint.harvest
        self.tables = {name: table.to_pylist() for name, table in checkpoint.tables.items()}
        for name, table in checkpoint.tables.items():
            assert table.schema == TABLES[name].arrow

    @property
    def works(self) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.tables["artifacts"]}

    @property
    def titles(self) -> list[str]:
        return sorted(row["title"] for row in self.tables["artifacts"])

    def authors(self, work: str) -> list[str]:
        return [row["identity"] for row in self.tables["authorships"] if row["artifact"] == work]

    @property
    def cites(self) -> set[tuple[str, str]]:
        return {(row["citing"], row["cited"]) for row in self.tables["citations"]}

    @property
    def problems(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for what, count, _ in self.harvest.problems:
            found[what] += count
        return found


def read(path: Path, text: str | bytes | None = None, **options: Any) -> Read:
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Read(bibliography.read(path, **options))
