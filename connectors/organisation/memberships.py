"""Memberships of teams as CSV: what a code owner's team stands for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from connectors.organisation import headers
from connectors.organisation.dates import DAY, Dates
from connectors.organisation.directory import Directory
from connectors.organisation.persons import of_row
from connectors.organisation.table import read
from influence.errors import InputError
from influence.schema import TABLES, Checkpoint, Harvest, Progress, no_progress

_REQUIRED = (
    (("team",), "which team: Team, Group or Department"),
    (headers.WHO, "who is in it: Person, Name, Email, Login or Employee ID"),
)


class MembershipsConnector:
    """Reads who is in which team; one harvest replaces all that was read from a file of this name.

    Parameters
    ----------
    path
        A CSV file with the columns team and person (e-mail address, login or name), and since and until if known.
    """

    name: ClassVar[str] = "memberships"

    def __init__(self, path: Path) -> None:
        self.path = Path(path)

    def checkpoints(self, progress: Progress = no_progress) -> Iterator[Checkpoint]:
        """Read the file: the tables `memberships` and `identities`, with the keys that a chart gives the same people.

        Raises
        ------
        influence.errors.InputError
            When the file cannot be read, a row names no team or nobody, or a date can be read in two ways.
        """
        what = f"reading {self.path.name}"
        progress(what, 0, None)
        sheet = read(self.path, headers.MEMBERSHIP_HEADERS, _REQUIRED)
        dates = Dates(self.path, sheet.rows)
        directory = Directory(self.path, [(row.number, of_row(row)) for row in sheet.rows])
        directory.name_keys()
        source = f"{self.name}:{self.path.name}"
        rows: dict[tuple[Any, ...], None] = {}
        for row, person in zip(sheet.rows, directory.of_row, strict=True):
            team = row.get("team")
            if not team:
                raise InputError(f"{self.path} row {row.number} names no team", "fill the team in, or delete the row")
            since, until = dates.span(row)
            rows[(team, person.key, since, until and until + DAY)] = None
        progress(what, len(sheet.rows), len(sheet.rows))
        names = ("team", "identity", "since", "until")
        tables: dict[str, list[dict[str, Any]]] = {
            "memberships": [{"source": source} | dict(zip(names, row, strict=True)) for row in rows],
            "identities": [row for person in directory.people for row in person.identities(source)],
        }
        harvest = Harvest(
            source=source,
            repository=None,
            label=self.path.name,
            location=str(self.path),
            connector=self.name,
            counts={
                "rows": len(sheet.rows),
                "people": len(directory.people),
                "teams": len({row[0] for row in rows}),
            },
        )
        yield Checkpoint(harvest, {name: TABLES[name].batch(rows) for name, rows in tables.items()})
