"""Rows of the tables, made while a history is replayed. Whole columns at a time: a history has millions."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from connectors.git import name_rows, signal_rows
from connectors.git.columns import Columns, moments
from connectors.git.history import Commit, History, moment
from connectors.git.holdings import Holdings
from connectors.git.logins import BY, links_of
from connectors.git.replay import Found, Replay
from connectors.git.trailers import Message, Person
from influence.schema import TABLES
from influence.spool import Spool

_SAID = Message()


class Rows:
    """Builds every table of one repository's harvest.

    Attributes
    ----------
    tables
        What was built.
    """

    def __init__(self, source: str, repository: str, history: History, replay: Replay) -> None:
        self.tables = Spool()
        self._source = source
        self._repository = repository
        self._history = history
        self._replay = replay
        self._columns = Columns(source, repository, history)
        self._written = history.known

    def write(self, found: Found) -> None:
        """Write what the commits said that have been replayed since; their messages are let go."""
        commits = self._history.commits[self._written : self._written + len(found.paths)]
        self._written += len(commits)
        columns, replay, write = self._columns, self._replay, self.tables.write
        write("signals", signal_rows.builds_on(found.builds_on, self._history, columns, replay.imports))
        write("signals", signal_rows.from_messages(commits, self._history, self._source, self._repository))
        write("names", name_rows.defined(found.definitions, columns, replay.imports))
        write("uses", name_rows.used(found.uses, columns))
        write("acts", self._acts(commits, found.changed))
        write("units", self._units(commits, found.paths))
        for commit in commits:
            commit.message = _SAID

    def end(self, holdings: Holdings, mapped: Iterable[tuple[str, Person]]) -> None:
        """Write what the history as a whole says; `mapped` is what the mailmap makes of identities."""
        write = self.tables.write
        write("names", name_rows.offered(self._replay, self._history.commits, self._columns))
        write("uses", name_rows.taken(self._replay.outside, self._columns))
        write("holdings", self._holdings(holdings))
        identities, links = self._identities(mapped)
        write("identities", identities)
        write("identity_links", links)

    def _acts(self, commits: Iterable[Commit], changed: dict[int, int]) -> pa.Table:
        """Commits and merges by their authors, and direct contact by trailer."""
        numbers: list[int] = []
        kinds: list[str] = []
        actors: list[str] = []
        others: list[str | None] = []
        amounts: list[float] = []
        vias: list[str | None] = []
        for commit in commits:
            contacts = [
                self._history.know(person)
                for _, person in (*commit.message.advice, *commit.message.contacts)
                if signal_rows.is_somebody(person)
            ]
            contacts = list(dict.fromkeys(contacts))
            team = signal_rows.asking(commit, self._history) if contacts else commit.authors
            for author in commit.authors:
                numbers.append(commit.number)
                kinds.append("merge" if commit.is_merge else "commit")
                actors.append(author)
                others.append(None)
                amounts.append(float(changed.get(commit.number, 0)))
                vias.append(commit.via)
            for author in team:
                for other in (*contacts, *team):
                    if other != author:
                        numbers.append(commit.number)
                        kinds.append("contact")
                        actors.append(author)
                        others.append(other)
                        amounts.append(1.0)
                        vias.append(None)
        return self._columns.table(
            "acts",
            len(numbers),
            {
                **self._columns.of(numbers),
                "kind": kinds,
                "actor": actors,
                "counterpart": others,
                "amount": amounts,
                "via": vias,
            },
        )

    def _units(self, commits: list[Commit], paths: dict[int, list[str]]) -> pa.Table:
        """Commits and merges with their titles and paths."""
        brought = [self._history.commits[commit.brought_by - 1] for commit in commits]
        part_of = [
            commit.message.pull_request or bringer.message.pull_request
            for commit, bringer in zip(commits, brought, strict=True)
        ]
        return self._columns.table(
            "units",
            len(commits),
            {
                "unit": [commit.sha for commit in commits],
                "kind": ["merge" if commit.is_merge else "commit" for commit in commits],
                "title": [commit.message.title[:500] for commit in commits],
                "paths": [paths[commit.number] for commit in commits],
                "part_of": part_of,
            },
        )

    def _holdings(self, holdings: Holdings) -> pa.Table:
        """Live lines and names by quarter, directory and identity."""
        rows = holdings.rows
        return self._columns.table(
            "holdings",
            len(rows),
            {
                "quarter": moments(np.array([row[0] for row in rows], np.int64)),
                "directory": [row[1] for row in rows],
                "identity": [row[2] for row in rows],
                "kind": [row[3] for row in rows],
                "amount": [row[4] for row in rows],
            },
        )

    def _identities(self, mapped: Iterable[tuple[str, Person]]) -> tuple[pa.Table, pa.Table]:
        """`identities` and, from the mailmap and the titles of merges, `identity_links`."""
        first = self._history.first
        people = dict(self._history.people)
        mapped = list(mapped)
        links = [
            {"source": self._source, "a": login, "b": owner, "same": True, "by": BY}
            for login, owner in links_of(self._history, mapped)
        ]
        for key, canonical in mapped:
            people.setdefault(canonical.key, canonical)
            links.append({"source": self._source, "a": key, "b": canonical.key, "same": True, "by": "mailmap"})
        rows = [
            {
                "source": self._source,
                "key": key,
                "display": person.name or None,
                "email": person.email or None,
                "login": person.name if person.name and not person.email and " " not in person.name else None,
                "first": moment(first[key]) if key in first else None,
            }
            for key, person in people.items()
        ]
        return TABLES["identities"].batch(rows), TABLES["identity_links"].batch(links)
