"""The CSV: what is not known is empty, and nothing in it runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reports import table

if TYPE_CHECKING:
    from influence.findings import Findings


def test_one_row_a_leader_and_parts_add_up(organisation: Findings) -> None:
    rows = list(csv.DictReader(io.StringIO(table.csv_text(organisation, 5))))
    assert [row["person"] for row in rows] == list(organisation.table["person"].head(5))
    for row in rows:
        parts = sum(float(row[kind]) for kind in ("builds_on", "adopts", "cites", "consults", "heeds", "mentions"))
        assert parts == pytest.approx(float(row["influence"]))


def test_not_known_is_empty_and_not_no(unknown: Findings, organisation: Findings) -> None:
    assert {row["implicit"] for row in csv.DictReader(io.StringIO(table.csv_text(unknown)))} == {""}
    assert {row["implicit"] for row in csv.DictReader(io.StringIO(table.csv_text(organisation)))} == {"yes", "no"}
    assert {row["silent_share"] for row in csv.DictReader(io.StringIO(table.csv_text(organisation)))} == {""}


def test_a_formula_in_a_name_is_text(hostile: Findings, tmp_path: Path) -> None:
    table.write_csv(hostile, tmp_path / "leaders.csv", 100)
    assert stat.S_IMODE((tmp_path / "leaders.csv").stat().st_mode) == 0o600
    text = (tmp_path / "leaders.csv").read_text(encoding="utf-8")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "'=cmd()|'/C calc'!A0" in cells
    assert not [
        cell for cell in cells if cell.startswith(("=", "+", "@", "\t")) or (cell.startswith("-") and not _number(cell))
    ]
    assert "secret.example.org" not in text


def test_an_open_stream_is_written_to(organisation: Findings) -> None:
    stream = io.StringIO()
    table.write_csv(organisation, stream, 3)
    assert stream.getvalue() == table.csv_text(organisation, 3)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
