"""The ranking as CSV, for a spreadsheet: no cell of it is taken for a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
import pandas as pd

from influence.schema import KINDS
from reports.safety import cell, write_private

if TYPE_CHECKING:
    from influence.findings import Findings

_COLUMNS = (
    *("rank", "rank_low", "rank_high", "id", "person", "title", "influence", "built_upon", "turned_to"),
    *("reach", "effective_followers", "standing", "implicit", "named", "here", "manages", "formal", "areas"),
    *("silent_share", "ai_share", "imported_share", "commits", "last_seen"),
)


def csv_text(findings: Findings, top: int = 20) -> str:
    """The `top` most followed as CSV: one row a person, one column a kind, lists joined by a semicolon.

    What is not known is empty, never 0.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    columns = [column for column in _COLUMNS if column in findings.leaders]
    writer.writerow([*columns, *KINDS])
    for row in findings.leaders.head(top).to_dict("records"):
        parts = dict(row["parts"])
        writer.writerow([*(_cell(row[column]) for column in columns), *(float(parts.get(kind, 0.0)) for kind in KINDS)])
    return stream.getvalue()


def write_csv(findings: Findings, target: str | Path | TextIO, top: int = 20) -> None:
    """Write `csv_text` to a file, whole or not at all and readable by its owner only, or to an open stream.

    Raises
    ------
    influence.errors.InputError
        When the file cannot be written.

    Examples
    --------
    >>> from reports import table                           # doctest: +SKIP
    >>> table.write_csv(findings, "leaders.csv", top=50)    # doctest: +SKIP
    """
    if isinstance(target, (str, Path)):
        write_private(target, csv_text(findings, top))
    else:
        target.write(csv_text(findings, top))


def _cell(value: Any) -> object:
    if isinstance(value, (list, tuple, set)):
        return cell("; ".join(str(item) for item in value))
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "date"):
        return f"{value:%Y-%m-%d}"
    return cell(value)
