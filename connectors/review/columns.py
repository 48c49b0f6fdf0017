"""Rows that wait as tuples, until there are enough of them to become columns: a dict for each would cost more."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from connectors.review.blocks import Blocks
from influence.schema import TABLES

#: What differs from row to row, in the order in which it is added.
GIVEN = {
    "units": ("unit", "kind", "title", "url", "paths", "part_of"),
    "acts": ("unit", "kind", "time", "actor", "counterpart", "path", "via"),
    "signals": (
        "unit",
        "kind",
        "how",
        "time",
        "follower",
        "leader",
        "leader_share",
        "amount",
        "path",
        "evidence",
        "asked_by",
        "required",
        "follower_via",
    ),
    "identities": ("key", "display", "email", "login", "first"),
    "authority": ("leader", "role", "since"),
    "identity_links": ("a", "b", "same", "by"),
}
#: What is the same in every row of a table, beside source and repository.
_ALWAYS: dict[str, dict[str, Any]] = {
    "acts": {"amount": 1.0},
    "signals": {"follower_share": 1.0, "imported": False},
}
#: So many rows are columns of their own.
_BLOCK = 20_000

Row = tuple[Any, ...]


class Columns:
    """The tables of one source, row after row.

    Parameters
    ----------
    source, repository
        As in the tables.
    """

    def __init__(self, source: str, repository: str) -> None:
        self._always = {"source": source, "repository": repository}
        self._blocks = Blocks()
        self._rows: dict[str, list[Row]] = {name: [] for name in GIVEN}

    def add(self, table: str, *row: Any) -> None:
        """Add a row: the values of the columns in `GIVEN`."""
        self._rows[table].append(row)

    def settle(self, least: int = _BLOCK) -> None:
        """Make columns of the rows that wait, if there are `least` of them."""
        if sum(map(len, self._rows.values())) < least:
            return
        for name, rows in self._rows.items():
            if rows:
                self._blocks.add(name, self._table(name, rows))
                rows.clear()

    def take(self) -> dict[str, pa.Table]:
        """All rows since the last call, by table."""
        self.settle(0)
        return self._blocks.take()

    def _table(self, name: str, rows: list[Row]) -> pa.Table:
        table, given = TABLES[name], GIVEN[name]
        types = {column.name: column.arrow for column in table.columns}
        made = {
            column: pa.array(values, types[column])
            for column, values in zip(given, zip(*rows, strict=True), strict=True)
        }
        always = {**self._always, **_ALWAYS.get(name, {})}
        made |= {
            column: pa.repeat(pa.scalar(value, types[column]), len(rows))
            for column, value in always.items()
            if column in types
        }
        if "visible" in types:
            made["visible"] = made["time"]
        return table.batch(made)
