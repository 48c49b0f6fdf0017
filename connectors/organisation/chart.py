"""An organisation chart as CSV: who manages whom, since when, and who is in which team."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from connectors.organisation import cycles, headers
from connectors.organisation.dates import DAY, Dates
from connectors.organisation.directory import Directory
from connectors.organisation.persons import Person, Reference, of_row
from connectors.organisation.table import Row, Sheet, clean, quoted, read
from influence.errors import InputError
from influence.schema import TABLES, Checkpoint, Harvest, Progress, no_progress

_NAMES = "Employee, Name, Full name, First name and Last name, Work email, Login or Employee ID"
_REQUIRED = (
    (headers.WHO, f"who a row is about: {_NAMES}"),
    (headers.WHO_MANAGES, "who manages that person: Manager, Reports to, Supervisor, Manager email or Manager ID"),
)


@dataclass(slots=True)
class Spell:
    """What one row says: from `since` until before `until` (None: no bound) this person had this manager and team."""

    row: int
    person: Person
    manager: Person | None
    team: str
    title: str
    since: dt.datetime | None
    until: dt.datetime | None

    @property
    def start(self) -> dt.datetime:
        """`since`, comparable."""
        return self.since or dt.datetime.min

    @property
    def end(self) -> dt.datetime:
        """`until`, comparable."""
        return self.until or dt.datetime.max


class ChartConnector:
    """Reads an organisation chart; one harvest replaces all that was read from a file of this name.

    Parameters
    ----------
    path
        A CSV file, one row for each person (several with dates: a job history). docs/organisation.md lists the
        headers that are understood.
    """

    name: ClassVar[str] = "chart"

    def __init__(self, path: Path) -> None:
        self.path = Path(path)

    def checkpoints(self, progress: Progress = no_progress) -> Iterator[Checkpoint]:
        """Read the chart: the tables `authority` (role manager), `memberships`, `identities` and `identity_links`.

        Whoever has no manager gets a row of `authority` without a leader, so that being at the top is known from
        not being in the chart.

        Raises
        ------
        influence.errors.InputError
            When the file cannot be read, a row is about nobody or two people, rows contradict each other, a date can
            be read in two ways, or management runs in a circle.
        """
        what = f"reading {self.path.name}"
        progress(what, 0, None)
        sheet = read(self.path, headers.CHART_HEADERS, _REQUIRED)
        total = len(sheet.rows)
        progress(what, 0, total)
        chart = _Chart(self.path, sheet)
        progress(what, total, total)
        source = f"{self.name}:{self.path.name}"
        harvest = Harvest(
            source=source,
            repository=None,
            label=self.path.name,
            location=str(self.path),
            connector=self.name,
            counts=chart.counts,
            problems=chart.problems,
        )
        tables: dict[str, list[dict[str, Any]]] = {
            "identities": [row for person in chart.directory.people for row in person.identities(source)],
            "authority": [{"source": source, "role": "manager", **row} for row in chart.authority()],
            "memberships": [{"source": source, **row} for row in chart.memberships()],
            "identity_links": [{"source": source, "by": self.name, **row} for row in chart.links(source)],
        }
        yield Checkpoint(harvest, {name: TABLES[name].batch(rows) for name, rows in tables.items()})


class _Chart:
    def __init__(self, path: Path, sheet: Sheet) -> None:
        self.path = path
        dates = Dates(path, sheet.rows)
        dated = [(row, *dates.span(row)) for row in sheet.rows]
        # In the order of time, so that what a person is called last is what she is called.
        dated.sort(key=lambda item: item[1] or dt.datetime.min)
        self.directory = Directory(path, [(row.number, of_row(row)) for row, _, _ in dated])
        with_row = len(self.directory.people)
        managers, self_managed = self._managers([row for row, _, _ in dated])
        self.directory.name_keys()
        spells: dict[Person, list[Spell]] = {}
        for (row, since, until), person, manager in zip(dated, self.directory.of_row, managers, strict=True):
            spell = Spell(row.number, person, manager, row.get("team"), row.get("title"), since, until)
            spells.setdefault(person, []).append(spell)
        for person, own in spells.items():
            _settle(own)
            self._agree(own)
            person.title = next((spell.title for spell in reversed(own) if spell.title), None)
        self.spells = [spell for own in spells.values() for spell in own]
        cycles.refuse(path, [(s.person, s.manager, s.since, s.until, s.row) for s in self.spells if s.manager])
        without_row = len(self.directory.people) - with_row
        self.counts = {
            "rows": len(sheet.rows),
            "people": len(self.directory.people),
            "managers": len({spell.manager for spell in self.spells if spell.manager}),
            "teams": len({spell.team for spell in self.spells if spell.team}),
            "dated rows": sum(1 for _, since, until in dated if since or until),
        }
        by_name_only = sum(
            1 for p in self.directory.people if not (p.reference.emails or p.reference.logins) and p.reference.names
        )
        noted = (
            ("managers without a row", without_row, "known only by what other rows say of them"),
            ("rows that name the person as the own manager", self_managed, "read as: has no manager"),
            ("people without e-mail and login", by_name_only, "they can be matched by name only"),
            ("characters may be wrong", 0 if sheet.encoding.startswith("utf") else 1, f"read as {sheet.encoding}"),
        )
        self.problems = [note for note in noted if note[1]]

    def _managers(self, rows: list[Row]) -> tuple[list[Person | None], int]:
        """The manager of each row, and how many rows name the person itself."""
        directory = self.directory
        references = [_manager(row) for row in rows]
        found: list[Person | None] = [None] * len(rows)
        # Whoever has no row is first met where most is said of them, so that a bare name finds them afterwards.
        order = sorted(range(len(rows)), key=lambda i: not (references[i].emails or references[i].ids))
        for index in order:
            reference, number = references[index], rows[index].number
            if not reference:
                continue
            person = directory.find(reference, number, "the manager")
            if person is None:
                person = directory.add(reference, number)
            else:
                directory.complete(person, reference)
            found[index] = person
        themselves = [i for i, person in enumerate(found) if person is directory.of_row[i]]
        for index in themselves:
            found[index] = None
        return found, len(themselves)

    def _agree(self, own: list[Spell]) -> None:
        """Refuse two managers at one time; `own` in the order of time."""
        current: Spell | None = None
        for spell in own:
            if spell.manager is None:
                continue
            if current is not None and spell.start < current.end:
                if spell.manager is not current.manager:
                    names = [quoted(p.reference.shown) for p in (spell.person, current.manager, spell.manager) if p]
                    raise InputError(
                        f"{self.path} rows {current.row} and {spell.row} give {names[0]} two managers at one time: "
                        f"{names[1]} and {names[2]}",
                        "delete one, or say from when to when each holds (since, until)",
                    )
                if spell.end <= current.end:
                    continue
            current = spell

    def authority(self) -> Iterator[dict[str, Any]]:
        managed = {spell.person for spell in self.spells if spell.manager}
        seen = set()
        for spell in self.spells:
            if spell.manager:
                row = (spell.manager.key, spell.person.key, spell.since, spell.until)
                if row not in seen:
                    seen.add(row)
                    yield dict(zip(("leader", "follower", "since", "until"), row, strict=True))
        for person in self.directory.people:
            if person not in managed:
                yield {"leader": None, "follower": person.key}

    def memberships(self) -> Iterator[dict[str, Any]]:
        rows = {(s.team, s.person.key, s.since, s.until): None for s in self.spells if s.team}
        for row in rows:
            yield dict(zip(("team", "identity", "since", "until"), row, strict=True))

    def links(self, source: str) -> Iterator[dict[str, Any]]:
        """One person's addresses are one; two people whom the chart tells apart are two, whatever their names."""
        for person in self.directory.people:
            for row in person.identities(source):
                if row["key"] != person.key:
                    yield {"a": person.key, "b": row["key"], "same": True}
        for one, other in self.directory.namesakes():
            yield {"a": one.key, "b": other.key, "same": False}


def _manager(row: Row) -> Reference:
    reference = Reference()
    reference.ids.extend(row.all("manager_id"))
    reference.add_emails(row.all("manager_email"))
    reference.add_logins(row.all("manager_login"))
    for cell in row.all("manager"):
        reference.add(cell)
    names = [f"{clean(a)} {clean(b)}" for a, b in zip(row.all("manager_first"), row.all("manager_last"), strict=False)]
    if names:
        reference.add_names(names)
    return reference


def _settle(own: list[Spell]) -> None:
    """Turn the days that rows name into half-open spells of one person, in the order of time.

    `until` is the last day, unless another row begins on that day. A row without an end holds until the next row
    that begins later: exports of job histories give only the day from which each entry holds.
    """
    own.sort(key=lambda spell: spell.start)
    begins = {spell.start for spell in own}
    following = dict(pairwise(sorted(begins)))
    for spell in own:
        if spell.until is None:
            spell.until = following.get(spell.start)
        elif spell.until <= spell.start or spell.until not in begins:
            spell.until += DAY
