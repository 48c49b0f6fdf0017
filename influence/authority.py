"""Who had formal power over whom and over what, and when.

Three kinds of power, all out of the table `authority`: management (rows with a follower or a team: transitive, dated),
rights over a whole repository (no follower, no team, no pattern) and ownership of paths (rows with a pattern, matched
as `influence.ownership` says). Times are half-open: power that ended is none afterwards, and before it began nobody was
obliged by it; power without dates holds for all time. Reviewers are asked, and have no power over what they are asked
about. Whoever approves at the root of OWNERS, or maintains *the rest* of MAINTAINERS, has a right over the whole
repository.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from influence.management import ALWAYS, FOREVER, Ints, Lookup, Spans, closure, instant, utc
from influence.powers import ASKED, Holder, OwnersFile, Teams, as_times, is_whole, owners_files, persons_and_times

if TYPE_CHECKING:
    from influence.people import People

When = dt.datetime | dt.date
#: A right that more than this share of those active in a year hold is the custom there and no power.
CUSTOMARY = 1 / 3
#: What a forge calls somebody's standing gives access: it is shown, and is no power over others' work.
STANDINGS = frozenset(("member", "collaborator"))
#: Keys that say who somebody is and nothing of what they did.
_FORMAL_KEYS = ("chart:", "login:", "email:")
#: Patterns of one owner and repository that are named; the others are counted.
SHOWN_PATTERNS = 3


@dataclass(frozen=True, eq=False)
class Authority:
    """Formal power in person ids.

    Attributes
    ----------
    management
        Transitive closure: `leader`, `follower`, `since`, `until` (datetime64[us], NaT: no bound), `depth` (1: direct
        manager). A pair can have several rows, one for each time and depth.
    chart_known
        Whether anything says who manages whom.
    roles_known
        Whether rights over a whole repository were read.
    matched
        `chart_people`: people in the chart; `matched`: how many of them act in another source; `unmatched`: names of
        the others.
    unknown_teams
        Team -> number of patterns it owns, for teams whose members nothing tells.
    unknown_owners
        Names of owners of paths who act in no source.
    hidden
        Rights over a whole repository of those who act in no source, or by an identity that nothing joins to this one:
        `id`, `repository`, `since`, `until` (microseconds). Anybody there may be one of them.
    """

    management: pd.DataFrame
    chart_known: bool
    roles_known: bool
    matched: dict[str, Any]
    unknown_teams: dict[str, int]
    unknown_owners: list[str]
    hidden: pd.DataFrame
    _spans: Spans = field(repr=False)
    _index: pd.Index = field(repr=False)
    _chart: frozenset[str] = field(repr=False)
    _people: pd.DataFrame = field(repr=False)
    _rights: pd.DataFrame = field(repr=False)
    _holders: dict[str, list[tuple[Holder, str]]] = field(repr=False)
    _files: dict[str, list[OwnersFile]] = field(repr=False)
    _labels: Mapping[str, str] = field(repr=False)
    _customary: frozenset[tuple[str, int, str]] = field(default=frozenset(), repr=False)

    # -- management ------------------------------------------------------------------------------------------

    def reports(self, at: When) -> pd.Series:
        """How many people were below each manager at `at`, directly or through others; only those with any."""
        time = instant(at)
        held = (self._spans.since <= time) & (time < self._spans.until)
        # One of a pair's rows is enough: rows of other depths are the same person reached on another way.
        pairs = np.unique(self._spans.leader[held] * len(self._index) + self._spans.follower[held])
        leaders, counts = np.unique(pairs // max(len(self._index), 1), return_counts=True)
        return pd.Series(counts, index=self._index.take(leaders), name="reports", dtype="int64")

    def obliged_by_management(self, followers: Any, leaders: Any, times: Any) -> npt.NDArray[np.bool_]:
        """Row by row, whether the leader was above the follower at that time.

        Parameters
        ----------
        followers, leaders
            Person ids (arrays, Series or categories) of one length.
        times
            datetime64, UTC, of the same length; NaT is before every date.
        """
        time = pd.to_datetime(pd.Series(times)).to_numpy().astype("datetime64[us]").astype(np.int64)
        return self._above.held(self._numbers(leaders), self._numbers(followers), time)

    def in_chart(self, person_id: str) -> bool:
        """Whether the chart knows this person; of whoever it does not know, nothing is known."""
        return person_id in self._chart

    def title(self, person_id: str) -> str | None:
        """The job title of a person, or None."""
        title = self._people["title"].get(person_id)
        return title if isinstance(title, str) and title else None

    # -- repositories and paths ------------------------------------------------------------------------------

    def considering(self, active: pd.DataFrame) -> Authority:
        """The same, knowing which rights are the custom: held by more than a third of those active in that year.

        Such a right is shown by `formal` and marked in `whole_repository`; `owners` leaves it out.

        Parameters
        ----------
        active
            `repository`, `year`, `id`: each person active in a repository in a year, once or more.
        """
        if self._rights.empty or active.empty:
            return self
        active = active[["repository", "year", "id"]].drop_duplicates()
        joined = active.merge(self._rights, on=["repository", "id"])
        starts = joined["year"].map(lambda year: instant(dt.date(int(year), 1, 1)))
        ends = joined["year"].map(lambda year: instant(dt.date(int(year) + 1, 1, 1)))
        joined = joined[(joined["since"] < ends) & (starts < joined["until"])]
        right = ["repository", "year", "role"]
        holding = joined.drop_duplicates([*right, "id"]).groupby(right).size()
        everybody = active.groupby(["repository", "year"]).size()
        customary = frozenset(
            (repository, int(year), role)
            for (repository, year, role), count in holding.items()
            if count > CUSTOMARY * everybody[(repository, year)]
        )
        return replace(self, _customary=customary)

    def whole_repository(self, at: When) -> pd.DataFrame:
        """Rights over a whole repository held at `at`: `leader`, `repository`, `role`, `customary`.

        A right that is `customary` (see `considering`; standings are) is shown, but neither obliges nor disqualifies.
        """
        time, year = instant(at), utc(at).year
        rights = self._rights[(self._rights["since"] <= time) & (time < self._rights["until"])]
        out = rights[["id", "repository", "role"]].drop_duplicates().rename(columns={"id": "leader"})
        keys = zip(out["repository"], out["role"], strict=True)
        out["customary"] = [self._is_custom(repository, year, role) for repository, role in keys]
        return out.reset_index(drop=True)

    def owners(self, repository: str, paths: Iterable[str] | None, at: When) -> set[str]:
        """Who had power over any of `paths` at `at`: their owners, and holders of rights over the whole repository.

        Without paths (None or empty: not known) only the latter. Reviewers are asked, and have no power.
        """
        time, year = instant(at), utc(at).year
        found = {
            holder.person
            for holder, role in self._holders.get(repository, ())
            if holder.since <= time < holder.until and not self._is_custom(repository, year, role)
        }
        known = list(paths or ())
        for file in self._files.get(repository, ()):
            places = {place for path in known for place in file.paths.holding(path, time)}
            for place in places if known else [place for place, whole in enumerate(file.whole) if whole]:
                if not file.power[place] or (
                    file.whole[place] and self._is_custom(repository, year, file.roles[place])
                ):
                    continue
                always = file.always[place]
                if always is not None:
                    found |= always
                else:
                    found.update(h.person for h in file.holders[place] if h.since <= time < h.until)
        return found

    def hiding(self, at: When) -> pd.DataFrame:
        """Who held a right over a whole repository at `at` and did nothing that was read: `id`, `repository`."""
        time = instant(at)
        held = (self.hidden["since"] <= time) & (time < self.hidden["until"])
        return self.hidden.loc[held, ["id", "repository"]].drop_duplicates()

    # -- words -----------------------------------------------------------------------------------------------

    def formal(self, at: When) -> dict[str, list[str]]:
        """Person id -> formal roles held at `at`, in words; whoever holds none is left out.

        Patterns, names and labels are as they were written: whoever shows them escapes them.
        """
        texts: dict[str, list[str]] = {}
        for person, count in self.reports(at).items():
            texts.setdefault(str(person), []).append(f"manages {count}")
        for row in self.whole_repository(at).itertuples():
            texts.setdefault(row.leader, []).append(f"{row.role} of {self._label(row.repository)}")
        time = instant(at)
        owned: dict[tuple[str, str, str, bool], dict[str, None]] = {}
        for repository, files in self._files.items():
            for file in files:
                for pattern, role, whole, holders in zip(
                    file.patterns, file.roles, file.whole, file.holders, strict=True
                ):
                    for holder in holders:
                        if not whole and holder.since <= time < holder.until:
                            owned.setdefault((holder.person, role, repository, file.documents), {})[pattern] = None
        for (person, role, repository, documents), patterns in owned.items():
            # Whose proposal somebody decided on says little of that person; how many they decided on says enough.
            what = _listed(list(patterns)) if not documents or len(patterns) == 1 else f"{len(patterns)} documents"
            texts.setdefault(person, []).append(f"{role} of {what} in {self._label(repository)}")
        return texts

    def formerly(self, at: When) -> dict[str, list[str]]:
        """Person id -> roles that ended before `at`, in words: of each role and repository in which none is held then.

        Who goes on in another folder of the repository has not ended. Management and documents are left out.
        """
        time = instant(at)
        ends: dict[tuple[str, str, str], int] = {}

        def held(person: str, role: str, repository: str, since: int, until: int) -> None:
            if since <= time:
                key = (person, role, repository)
                ends[key] = max(ends.get(key, ALWAYS), until)

        for row in self._rights.itertuples():
            held(row.id, row.role, row.repository, row.since, row.until)
        for repository, files in self._files.items():
            for file in files:
                for role, holders in zip(file.roles, file.holders, strict=True) if not file.documents else ():
                    for holder in holders:
                        held(holder.person, role, repository, holder.since, holder.until)
        texts: dict[str, list[str]] = {}
        for (person, role, repository), until in sorted(
            ends.items(), key=lambda item: (item[1], item[0]), reverse=True
        ):
            if until <= time:
                day = np.datetime64(until, "us").astype("datetime64[D]")
                texts.setdefault(person, []).append(f"{role} in {self._label(repository)} until {day}")
        return texts

    def _is_custom(self, repository: str, year: int, role: str) -> bool:
        return role in STANDINGS or (repository, year, role) in self._customary

    @cached_property
    def _above(self) -> Lookup:
        return Lookup(self._spans, len(self._index))

    def _label(self, repository: str) -> str:
        return self._labels.get(repository, repository)

    def _numbers(self, persons: Any) -> Ints:
        if isinstance(getattr(persons, "dtype", None), pd.CategoricalDtype):
            values = pd.Categorical(persons)
            known = np.append(self._index.get_indexer(values.categories), -1)
            return known[values.codes].astype(np.int64)
        return self._index.get_indexer(np.asarray(persons, dtype=object)).astype(np.int64)


def build(
    authority: pd.DataFrame,
    memberships: pd.DataFrame,
    people: People,
    labels: Mapping[str, str],
    acting: Iterable[str] = (),
) -> Authority:
    """Formal power of persons, from the tables that connectors wrote.

    Parameters
    ----------
    authority, memberships
        The tables of those names (`influence.schema`).
    people
        Who is who; rows of identities that it does not know are left out.
    labels
        Repository id -> the name that people know it by.
    acting
        Ids of people who did something, beside those whose identities come from commits and documents.
    """
    ids = people.keys.set_index("key")["id"]
    rows = persons_and_times(authority.reset_index(drop=True), ids, id="leader", under="follower")
    teams = Teams(persons_and_times(memberships, ids, id="identity"))
    of_people = rows["follower"].notna() | rows["team"].notna()
    chart = frozenset(rows.loc[of_people, ["id", "under"]].melt()["value"].dropna())
    index, spans = _management(teams.expanded(teams.expanded(rows[of_people], "team", "under"), "leader_team", "id"))
    unknown: Counter[str] = Counter()
    held = teams.expanded(rows[~of_people & rows["repository"].notna()], "leader_team", "id", unknown)
    owning = held[held["pattern"].notna()]
    rights = held[held["pattern"].isna() & ~held["role"].isin(ASKED)]
    # Power over every path, and one that a pattern gives: who has it by path is told by the file's own rule.
    everything = owning[[is_whole(*row) for row in owning[["pattern", "rule", "role"]].itertuples(index=False)]]
    holders: dict[str, list[tuple[Holder, str]]] = {}
    for row in rights.dropna(subset=["id"]).itertuples():
        holders.setdefault(row.repository, []).append((Holder(row.id, row.since, row.until), row.role))
    rights = pd.concat([rights, everything])
    known = rights.dropna(subset=["id"])
    active = frozenset(acting) | frozenset(
        people.keys.loc[~people.keys["key"].astype(str).str.startswith(_FORMAL_KEYS), "id"]
    )
    table = people.table.set_index("id")
    return Authority(
        management=pd.DataFrame(
            {
                "leader": index.take(spans.leader),
                "follower": index.take(spans.follower),
                "since": as_times(spans.since, ALWAYS),
                "until": as_times(spans.until, FOREVER),
                "depth": spans.depth,
            }
        ),
        chart_known=bool(of_people.any()),
        roles_known=not rights[~rights["role"].isin(STANDINGS)].empty,
        matched={
            "chart_people": len(chart),
            "matched": len(chart & active),
            "unmatched": _names(table, chart - active),
        },
        unknown_teams=dict(sorted(unknown.items())),
        unknown_owners=_names(table, frozenset(owning["id"].dropna()) - active),
        hidden=known.loc[
            ~known["id"].isin(active) & ~known["role"].isin(STANDINGS), ["id", "repository", "since", "until"]
        ].drop_duplicates(),
        _spans=spans,
        _index=index,
        _chart=chart,
        _people=table,
        _rights=known[["id", "repository", "role", "since", "until"]].reset_index(drop=True),
        _holders=holders,
        _files=owners_files(owning),
        _labels=dict(labels),
    )


def _management(rows: pd.DataFrame) -> tuple[pd.Index, Spans]:
    """Everybody above everybody as numbers, and the person ids that these are positions in."""
    direct = rows.dropna(subset=["id", "under"])
    index = pd.Index(pd.unique(pd.concat([direct["id"], direct["under"]])), dtype=object)
    leader, follower = (index.get_indexer(direct[column]).astype(np.int64) for column in ("id", "under"))
    return index, closure(leader, follower, *(direct[name].to_numpy(np.int64) for name in ("since", "until")))


def _names(people: pd.DataFrame, persons: Iterable[str]) -> list[str]:
    wanted = list(persons)
    return sorted(str(name) for name in people["person"].reindex(wanted).dropna()) if wanted else []


def _listed(patterns: list[str]) -> str:
    shown = [pattern.lstrip("/") or pattern for pattern in patterns]
    if len(shown) <= SHOWN_PATTERNS:
        return ", ".join(shown)
    return f"{', '.join(shown[:SHOWN_PATTERNS])} and {len(shown) - SHOWN_PATTERNS} more"
