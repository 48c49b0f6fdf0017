"""Rows of the table `authority` as persons and times: teams replaced by their members, patterns gathered into files."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from influence.management import ALWAYS, FOREVER, Ints
from influence.ownership import OwnedPaths

#: Roles that say who is to be asked: shown, and no power over what they are asked about.
ASKED = frozenset(("reviewer",))
#: Patterns by which a form means a whole repository, and the rule: the root's OWNERS, *the rest* of MAINTAINERS.
WHOLE = frozenset((("/", "upward"), ("*/", "every:")))


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a power from `since` until before `until` (microseconds)."""

    person: str
    since: int
    until: int


@dataclass(frozen=True, eq=False)
class OwnersFile:
    """The patterns of one file of owners, in its order.

    Attributes
    ----------
    paths
        What holds for a path at a time, as positions in the other attributes.
    patterns, roles
        As written.
    power
        Whether each role gives power over what it is about, and is not one of being asked.
    whole
        Whether each pattern takes in the whole repository, as the form itself means it.
    holders
        Who owns what each pattern matches.
    always
        The same as ids, where nobody's time is limited; None else.
    documents
        Whether each pattern is one document over which somebody was given power.
    """

    paths: OwnedPaths
    patterns: list[str]
    roles: list[str]
    power: list[bool]
    whole: list[bool]
    holders: list[list[Holder]]
    always: list[frozenset[str] | None]
    documents: bool = False


def persons_and_times(table: pd.DataFrame, ids: pd.Series, **columns: str) -> pd.DataFrame:
    """`table` with times as microseconds and, for each ``name="column"``, the person id of that identity key."""
    times = {"since": _micros(table["since"], ALWAYS), "until": _micros(table["until"], FOREVER)}
    return table.assign(**times, **{name: table[column].map(ids) for name, column in columns.items()})


def _micros(times: pd.Series, missing: int) -> Ints:
    values = pd.to_datetime(times).to_numpy().astype("datetime64[us]")
    return np.where(np.isnat(values), missing, values.astype(np.int64))


def as_times(micros: Ints, missing: int) -> npt.NDArray[np.datetime64]:
    """Microseconds as times, `missing` as NaT."""
    times = micros.astype("datetime64[us]")
    times[micros == missing] = np.datetime64("NaT")
    return times


def team_key(name: str) -> str:
    """A team's name as forges make addresses of it: ``Data Platform`` and ``data-platform`` are one.

    >>> team_key("Data Platform") == team_key("data-platform")
    True
    """
    return "/".join(re.sub(r"[^\w]+", "-", part).strip("-") for part in name.casefold().lstrip("@").split("/"))


class Teams:
    """Who is in a team, by its whole name (``org/team``) or, where nothing has that, by the last part of it.

    Parameters
    ----------
    memberships
        `team`, `id`, `since`, `until` (microseconds).
    """

    def __init__(self, memberships: pd.DataFrame) -> None:
        self._members: dict[str, list[Holder]] = {}
        if memberships.empty:
            return
        for row in memberships.dropna(subset=["id", "team"]).itertuples():
            self._members.setdefault(team_key(row.team), []).append(Holder(row.id, row.since, row.until))

    def members(self, team: str) -> list[Holder]:
        """The members of `team`; none where nothing tells."""
        key = team_key(team)
        return self._members.get(key) or self._members.get(key.rpartition("/")[2], [])

    def expanded(self, rows: pd.DataFrame, team: str, person: str, unknown: Counter[str] | None = None) -> pd.DataFrame:
        """`rows`, each that names a `team` replaced by one for every member: in column `person`, times intersected.

        Teams without members are counted in `unknown`, and their rows stay without a person.
        """
        named = rows[rows[team].notna()]
        if named.empty:
            return rows
        places, persons, since, until = [], [], [], []
        for place, row in zip(named.index, named.itertuples(), strict=True):
            members = self.members(getattr(row, team))
            if not members and unknown is not None:
                unknown[getattr(row, team)] += 1
            for member in members:
                begins, ends = max(member.since, row.since), min(member.until, row.until)
                if begins < ends:
                    places.append(place)
                    persons.append(member.person)
                    since.append(begins)
                    until.append(ends)
        if not places:
            return rows
        members_rows = named.loc[places].assign(**{person: persons, "since": since, "until": until})
        return pd.concat([rows[rows[team].isna()], members_rows, named], ignore_index=True)


def owners_files(rows: pd.DataFrame) -> dict[str, list[OwnersFile]]:
    """Repository -> its files of owners.

    Parameters
    ----------
    rows
        Rows with a pattern: `source`, `repository`, `pattern`, `position`, `rule`, `role`, `id` (NaN: nobody, the
        pattern itself), `since`, `until`.
    """
    files: dict[str, list[OwnersFile]] = {}
    # Most repositories name no owners, and an empty table costs pandas as much as a small one.
    if rows.empty:
        return files
    ordered = rows.sort_values("position", kind="stable")
    for (repository, source), own in ordered.groupby(["repository", "source"], sort=True):
        places: dict[tuple[int, str, str | None, str], int] = {}
        holders: list[list[Holder]] = []
        spans: list[set[tuple[int, int]]] = []
        for row in own.itertuples():
            rule = row.rule if isinstance(row.rule, str) else None
            place = places.setdefault((row.position, row.pattern, rule, row.role), len(places))
            if place == len(holders):
                holders.append([])
                spans.append(set())
            # A row without a leader says how long the pattern itself stood, whoever owned what it matches.
            spans[place].add((row.since, row.until))
            if isinstance(row.id, str):
                holders[place].append(Holder(row.id, row.since, row.until))
        patterns = [(pattern, rule) for _, pattern, rule, _ in places]
        roles = [role for *_, role in places]
        always = [
            frozenset(h.person for h in held) if all(h.since == ALWAYS and h.until == FOREVER for h in held) else None
            for held in holders
        ]
        file = OwnersFile(
            paths=OwnedPaths(patterns, [None if (ALWAYS, FOREVER) in stood else sorted(stood) for stood in spans]),
            patterns=[pattern for pattern, _ in patterns],
            roles=roles,
            power=[role not in ASKED for role in roles],
            whole=[is_whole(pattern, rule, role) for (pattern, rule), role in zip(patterns, roles, strict=True)],
            holders=holders,
            always=always,
            documents=str(source).startswith("documents:"),
        )
        files.setdefault(str(repository), []).append(file)
    return files


def is_whole(pattern: str, rule: str | None, role: str) -> bool:
    """Whether a pattern gives power over a whole repository."""
    return (pattern, rule) in WHOLE and role not in ASKED
