"""Charts and lists written as bytes, and what a connector reads out of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from connectors.organisation.chart import ChartConnector
from connectors.organisation.memberships import MembershipsConnector
from influence.schema import Harvest

Rows = dict[str, list[dict[str, Any]]]


def written(folder: Path, content: str | bytes, name: str = "chart.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def tables(path: Path, connector: type = ChartConnector) -> tuple[Harvest, Rows]:
    (checkpoint,) = connector(path).checkpoints()
    assert checkpoint.units is None
    return checkpoint.harvest, {name: table.to_pylist() for name, table in checkpoint.tables.items()}


def managers(folder: Path, content: str | bytes) -> dict[str, str | None]:
    """Person -> manager by what follows ``chart:``; a person with several gets the last."""
    _, read = tables(written(folder, content))
    return {
        row["follower"].removeprefix("chart:"): row["leader"] and row["leader"].removeprefix("chart:")
        for row in read["authority"]
    }


def spells(folder: Path, content: str | bytes) -> list[tuple[str | None, str, str, str]]:
    """(manager, person, since, until) with days, '' for no bound, in the order of the table."""
    _, read = tables(written(folder, content))
    return [
        (
            row["leader"] and row["leader"].removeprefix("chart:"),
            row["follower"].removeprefix("chart:"),
            *(f"{row[bound]:%Y-%m-%d}" if row[bound] else "" for bound in ("since", "until")),
        )
        for row in read["authority"]
    ]


def identities(folder: Path, content: str | bytes) -> dict[str, dict[str, Any]]:
    _, read = tables(written(folder, content))
    return {row["key"].removeprefix("chart:"): row for row in read["identities"]}


def memberships(folder: Path, content: str | bytes) -> Rows:
    return tables(written(folder, content, "teams.csv"), MembershipsConnector)[1]
