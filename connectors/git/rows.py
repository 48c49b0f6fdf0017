"""Rows of the tables, from what the replay and the messages say. Whole columns at a time: a history has millions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.git.diffs import text_path
from connectors.git.history import Commit, History, moment
from connectors.git.holdings import Holdings
from connectors.git.logins import BY, links_of
from connectors.git.names import family
from connectors.git.replay import Replay
from connectors.git.trailers import Person
from influence.robots import classify
from influence.schema import BUILDS_ON_WAYS, TABLES


class Rows:
    """Builds every table of one repository's harvest."""

    def __init__(self, source: str, repository: str, history: History, replay: Replay) -> None:
        self._source = source
        self._repository = repository
        self._history = history
        self._replay = replay
        commits = history.commits
        # Entry 0 stands for "no commit", so that numbers index directly.
        self._sha = pa.array([None, *(commit.sha for commit in commits)], pa.string())
        self._times = np.array([0, *(commit.time for commit in commits)], np.int64)
        self._visibles = np.array([0, *(commit.visible for commit in commits)], np.int64)

    # -- small helpers ---------------------------------------------------------------------------------------

    def _table(self, name: str, size: int, columns: dict[str, Any]) -> pa.Table:
        same = {"source": self._source}
        if "repository" in TABLES[name].names:
            same["repository"] = self._repository
        return TABLES[name].batch({**{key: pa.repeat(value, size) for key, value in same.items()}, **columns})

    def _commit_columns(self, numbers: Sequence[int] | np.ndarray) -> dict[str, pa.Array]:
        index = np.asarray(numbers, np.int64)
        return {
            "unit": self._sha.take(pa.array(index)),
            "time": _times(self._times[index]),
            "visible": _times(self._visibles[index]),
        }

    # -- tables ----------------------------------------------------------------------------------------------

    def signals(self) -> pa.Table:
        """`builds_on`, `consults` and `mentions`."""
        return pa.concat_tables([self._builds_on(), self._from_messages()])

    def _builds_on(self) -> pa.Table:
        found = self._replay.builds_on
        teams = [(), *(commit.authors for commit in self._history.commits)]
        vias = [None, *(commit.via for commit in self._history.commits)]
        index: list[int] = []
        followers: list[str] = []
        leaders: list[str] = []
        for row, (commit, owner) in enumerate(zip(found.commit, found.owner, strict=True)):
            for follower in teams[commit]:
                for leader in teams[owner]:
                    if leader != follower:
                        index.append(row)
                        followers.append(follower)
                        leaders.append(leader)
        if not index:
            return TABLES["signals"].batch([])
        take = np.array(index, np.int64)
        commits = np.array(found.commit, np.int64)[take]
        owners = np.array(found.owner, np.int64)[take]
        share = np.array([0.0, *(1 / max(1, len(team)) for team in teams[1:])])
        via = pa.array(vias, pa.string())
        imported = np.zeros(len(teams), bool)
        imported[list(self._replay.imports)] = True
        old_path = _texts(found.old_path).take(pa.array(take))
        line = pa.array(np.array(found.line, np.int64)[take]).cast(pa.string())
        owner_sha = self._sha.take(pa.array(owners))
        rows = self._table(
            "signals",
            len(take),
            {
                **self._commit_columns(commits),
                "kind": pa.repeat("builds_on", len(take)),
                "how": pa.array(BUILDS_ON_WAYS, pa.string()).take(pa.array(np.array(found.way, np.int64)[take])),
                "follower": pa.array(followers, pa.string()),
                "leader": pa.array(leaders, pa.string()),
                "follower_share": pa.array(share[commits]),
                "leader_share": pa.array(share[owners]),
                "amount": pa.array(np.array(found.amount, np.float64)[take]),
                "path": _texts(found.path).take(pa.array(take)),
                "evidence": pc.binary_join_element_wise(owner_sha, old_path, line, ":"),
                "imported": pa.array(imported[owners]),
                "follower_via": via.take(pa.array(commits)),
                "leader_via": via.take(pa.array(owners)),
            },
        )
        return rows

    def _from_messages(self) -> pa.Table:
        rows: list[dict[str, Any]] = []
        for commit in self._history.new:
            message = commit.message
            if not (message.advice or message.mentions):
                continue
            followers = self._asking(commit)
            people = [(how, person) for how, person in message.advice if _is_somebody(person)]
            for how, person in people:
                leader = self._history.know(person)
                for follower in followers:
                    if follower != leader:
                        rows.append(
                            self._message_row(commit, "consults", how, follower, len(followers), leader, 1, None)
                        )
            for prefix in message.mentions:
                named = self._history.find(prefix, commit.number)
                if named is None:
                    continue
                for leader in named.authors:
                    for follower in followers:
                        if follower != leader:
                            rows.append(
                                self._message_row(
                                    commit, "mentions", "commit", follower, len(followers), leader,
                                    len(named.authors), named.sha,
                                )
                            )  # fmt: skip
        table = TABLES["signals"].batch(rows)
        return table

    def _asking(self, commit: Commit) -> list[str]:
        """Whose work a message is about: its authors; for a merge, the authors of what it brought in."""
        if not commit.is_merge:
            return commit.authors
        brought = self._brought.get(commit.number)
        return list(dict.fromkeys(brought)) if brought else commit.authors

    @property
    def _brought(self) -> dict[int, list[str]]:
        cached: dict[int, list[str]] | None = getattr(self, "_brought_cache", None)
        if cached is None:
            cached = {}
            for commit in self._history.new:
                if not commit.is_merge and commit.brought_by != commit.number:
                    cached.setdefault(commit.brought_by, []).extend(commit.authors)
            self._brought_cache = cached
        return cached

    def _message_row(
        self, commit: Commit, kind: str, how: str, follower: str, followers: int, leader: str, leaders: int,
        evidence: str | None,
    ) -> dict[str, Any]:  # fmt: skip
        return {
            "source": self._source,
            "repository": self._repository,
            "unit": commit.sha,
            "kind": kind,
            "how": how,
            "time": moment(commit.time),
            "visible": moment(commit.visible),
            "follower": follower,
            "leader": leader,
            "follower_share": 1 / followers,
            "leader_share": 1 / leaders,
            "amount": 1.0,
            "evidence": evidence or commit.sha,
            "imported": False,
            "follower_via": commit.via,
        }

    def names(self) -> pa.Table:
        """Definitions, one a (name, identity, path); modules and packages, one a (name, identity)."""
        return pa.concat_tables([self._defined(), self._offered()])

    def _offered(self) -> pa.Table:
        commits = self._history.commits
        found = [
            (offer, identity)
            for offer in self._replay.outside.offered
            for identity in ([""] if offer.gone else self._replay.leaders(commits[offer.commit - 1]))
        ]
        return self._table(
            "names",
            len(found),
            {
                **self._commit_columns([offer.commit for offer, _ in found]),
                "name": [offer.name for offer, _ in found],
                "identity": [identity or None for _, identity in found],
                "share": [1 / max(1, len(commits[offer.commit - 1].authors)) for offer, _ in found],
                "path": [offer.path for offer, _ in found],
                "line": [offer.line for offer, _ in found],
                "via": [commits[offer.commit - 1].via for offer, _ in found],
                "language": [offer.family.partition(":")[0] for offer, _ in found],
                "family": [offer.family for offer, _ in found],
                "method": [False] * len(found),
                "public": [not offer.gone for offer, _ in found],
                "imported": [offer.commit in self._replay.imports for offer, _ in found],
                "renamed_from": [offer.renamed_from for offer, _ in found],
            },
        )

    def _defined(self) -> pa.Table:
        found = self._replay.definitions
        commits = self._history.commits
        return self._table(
            "names",
            len(found),
            {
                **self._commit_columns([d.commit for d in found]),
                "name": [d.name for d in found],
                "identity": [d.identity or None for d in found],
                "share": [1 / max(1, len(commits[d.commit - 1].authors)) for d in found],
                "path": [d.path for d in found],
                "line": [d.line for d in found],
                "via": [commits[d.commit - 1].via for d in found],
                "language": [d.language for d in found],
                "family": [family(d.language) for d in found],
                "method": [d.method for d in found],
                "public": [d.public for d in found],
                "imported": [d.commit in self._replay.imports for d in found],
                "renamed_from": [d.renamed_from for d in found],
            },
        )

    def uses(self) -> pa.Table:
        """First net uses of names; of modules and packages that the repository does not have, one a file."""
        return pa.concat_tables([self._used(), self._taken()])

    def _taken(self) -> pa.Table:
        found = self._replay.outside.taken
        numbers = list(found.values())
        commits = self._history.commits
        return self._table(
            "uses",
            len(found),
            {
                **self._commit_columns(numbers),
                "name": [name for _, name, *_ in found],
                "identity": [who for who, *_ in found],
                "share": [1 / max(1, len(commits[number - 1].authors)) for number in numbers],
                "path": [path for *_, path in found],
                "via": [commits[number - 1].via for number in numbers],
                "family": [family for _, _, family, _ in found],
            },
        )

    def _used(self) -> pa.Table:
        found = self._replay.uses
        numbers = [number for number, _, _ in found.values()]
        commits = self._history.commits
        return self._table(
            "uses",
            len(found),
            {
                **self._commit_columns(numbers),
                "name": [name for _, name, _, _ in found],
                "identity": [who for who, *_ in found],
                "share": [1 / max(1, len(commits[number - 1].authors)) for number in numbers],
                "path": [path for _, path, _ in found.values()],
                "via": [commits[number - 1].via for number in numbers],
                "family": [speech for _, _, speech, _ in found],
                "reached": [reached for *_, reached in found],
                "gone": [gone for *_, gone in found.values()],
            },
        )

    def acts(self) -> pa.Table:
        """Commits and merges by their authors, and direct contact by trailer."""
        numbers: list[int] = []
        kinds: list[str] = []
        actors: list[str] = []
        others: list[str | None] = []
        amounts: list[float] = []
        vias: list[str | None] = []
        for commit in self._history.new:
            contacts = [
                self._history.know(person)
                for _, person in (*commit.message.advice, *commit.message.contacts)
                if _is_somebody(person)
            ]
            contacts = list(dict.fromkeys(contacts))
            team = self._asking(commit) if contacts else commit.authors
            for author in commit.authors:
                numbers.append(commit.number)
                kinds.append("merge" if commit.is_merge else "commit")
                actors.append(author)
                others.append(None)
                amounts.append(float(self._replay.changed.get(commit.number, 0)))
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
        return self._table(
            "acts",
            len(numbers),
            {
                **self._commit_columns(numbers),
                "kind": kinds,
                "actor": actors,
                "counterpart": others,
                "amount": amounts,
                "via": vias,
            },
        )

    def units(self) -> pa.Table:
        """Commits and merges with their titles and paths."""
        commits = self._history.new
        numbers = [commit.number for commit in commits]
        columns = self._commit_columns(numbers)
        brought = [self._history.commits[commit.brought_by - 1] for commit in commits]
        part_of = [
            commit.message.pull_request or bringer.message.pull_request
            for commit, bringer in zip(commits, brought, strict=True)
        ]
        return self._table(
            "units",
            len(numbers),
            {
                "unit": columns["unit"],
                "kind": ["merge" if commit.is_merge else "commit" for commit in commits],
                "title": [commit.message.title[:500] for commit in commits],
                "paths": [self._replay.paths.get(number, []) for number in numbers],
                "part_of": part_of,
            },
        )

    def holdings(self, holdings: Holdings) -> pa.Table:
        """Live lines and names by quarter, directory and identity."""
        rows = holdings.rows
        return self._table(
            "holdings",
            len(rows),
            {
                "quarter": _times(np.array([row[0] for row in rows], np.int64)),
                "directory": [row[1] for row in rows],
                "identity": [row[2] for row in rows],
                "kind": [row[3] for row in rows],
                "amount": [row[4] for row in rows],
            },
        )

    def identities(self, mapped: Iterable[tuple[str, Person]]) -> tuple[pa.Table, pa.Table]:
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


def _times(seconds: np.ndarray) -> pa.Array:
    return pa.array(seconds.astype("datetime64[s]").astype("datetime64[us]"))


def _texts(paths: list[bytes]) -> pa.Array:
    known: dict[bytes, str] = {}
    return pa.array([known.get(path) or known.setdefault(path, text_path(path)) for path in paths], pa.string())


def _is_somebody(person: Person) -> bool:
    return bool(person.name or person.email) and classify(person.name, person.email) != "agent"
