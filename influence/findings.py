"""The result of an analysis: tables, graph, evidence. It reads the workspace again only when evidence is asked for.

`analyse` makes it from a workspace, `from_signals` from a researcher's own table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from influence import centrality
from influence.areas import Areas
from influence.errors import InputError
from influence.evidence import Evidence
from influence.graph import FollowGraph, multigraph
from influence.score import Score
from influence.window import Moment
from influence.works import no_health, no_lag, no_works
from influence.workspace import Workspace

if TYPE_CHECKING:
    import networkx as nx

    from influence.explain import Explanation

#: The JSON contract: what `leaders --format json` says of each leader. Later versions add, none takes away.
JSON_COLUMNS = (
    "rank", "id", "person", "influence", "rank_low", "rank_high", "parts", "reach", "effective_followers", "standing",
    "implicit", "implicitness", "silent_share", "formal", "areas", "commits", "last_seen",
)  # fmt: skip
_MEASURES = ("in_strength", "hits", "katz", "betweenness", "kcore")
_LABELLED = 20


@dataclass(eq=False, repr=False)
class Findings:
    """Who is followed by whom, how much, how surely, and how it is known.

    Attributes
    ----------
    edges
        One row per follower, leader, kind and occasion: see docs/findings.md. `influence` of the counted rows adds up
        exactly to the leader's.
    people
        Everybody who was seen: `id`, `person`, `class` (person, bot, agent), `title`, `identities` (how many were
        joined), `commits`, `first_seen`, `last_seen`.
    meta
        What was asked, read, counted and left out.
    graph
        The follow graph: a sparse matrix and its labels.
    works
        Every document that was read, most cited first: `id`, `title`, `created`, `status`, `authors` (list of names),
        `cited_by` (works without a common author), `followers` (people), `lag_median_days` (from its publication to
        being cited), `sleeping_beauty` (see `influence.works.sleeping_beauty`).
    lag
        How soon works are followed, year by year of their age: see `influence.works.lag`.
    health
        What became of documents and references: `source`, `what`, `count`, `why`.
    """

    edges: pd.DataFrame
    people: pd.DataFrame
    meta: dict[str, Any]
    score: Score
    table: pd.DataFrame
    names: pd.DataFrame
    followed_in: pd.DataFrame
    areas: Areas
    manages: pd.Series
    merges: pd.DataFrame
    repositories: pd.DataFrame
    evidence: Evidence
    lookup: Callable[[str], str]
    works: pd.DataFrame = field(default_factory=no_works)
    lag: pd.DataFrame = field(default_factory=no_lag)
    health: pd.DataFrame = field(default_factory=no_health)

    @property
    def graph(self) -> FollowGraph:
        """The counted edges, summed per pair."""
        return self.score.graph

    @cached_property
    def leaders(self) -> pd.DataFrame:
        """Every ranked person, most followed first; columns as docs/findings.md says."""
        measured = centrality.measures(self.graph, seed=self.meta["seed"])
        self.meta["measures"] = measured.notes
        return self.table.join(measured.table.set_index("id")[list(_MEASURES)], on="id")

    def named(self) -> pd.DataFrame:
        """Those whom the page names as implicit leaders: rows of `leaders`."""
        return self.leaders[self.leaders["named"]].reset_index(drop=True)

    def still_here(self, n: int = 20) -> pd.DataFrame:
        """The first `n` leaders who acted in the last 180 days of the window."""
        return self.leaders[self.leaders["here"]].head(n).reset_index(drop=True)

    def gone(self, n: int = 20) -> pd.DataFrame:
        """The first `n` leaders who did nothing in the last 180 days of the window: gone, still followed."""
        return self.leaders[~self.leaders["here"]].head(n).reset_index(drop=True)

    def find(self, person: str) -> str:
        """The id of a person, by id, name, or whatever else is known of them.

        Raises
        ------
        influence.errors.InputError
            When nobody, or more than one, fits.
        """
        if person in set(self.people["id"]):
            return person
        return self.lookup(person)

    def explain(self, person: str) -> Explanation:
        """What a person's influence is made of: followers, names, files, the very commits, and what would change it.

        Raises
        ------
        influence.errors.InputError
            When nobody, or more than one, fits, or nobody follows them.
        """
        from influence.explain import explain

        identity = self.find(person)
        if identity not in set(self.table["id"]):
            name = self.people.set_index("id")["person"].get(identity, person)
            raise InputError(f"nobody follows {name} in what was read", "`influence leaders` lists who is followed")
        return explain(self, identity)

    def acts(self, person_id: str) -> pd.DataFrame:
        """The acts of following one leader that count (columns `influence.evidence.COLUMNS`), oldest first."""
        return self.evidence.of(person_id, self.table["id"].head(self.meta["options"]["top"]))

    def load(self) -> Findings:
        """Read all evidence now, so that the workspace is not needed any more; returns itself."""
        self.evidence.read(list(self.table["id"]))
        return self

    def trend(self, person_id: str) -> pd.DataFrame:
        """Followers of one leader by quarter, from the first to the end of the window.

        Returns
        -------
        DataFrame
            `quarter` (its last instant), `new_followers` (who never followed her before), `active_followers`.
        """
        acts = self.acts(person_id)
        acts = acts[acts["time"].notna()]
        if acts.empty:
            columns = {"quarter": "datetime64[us]", "new_followers": "int64", "active_followers": "int64"}
            return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
        quarters = acts["time"].dt.to_period("Q")
        rows = pd.DataFrame({"quarter": quarters, "follower": acts["follower"]}).drop_duplicates()
        spread = pd.period_range(rows["quarter"].min(), pd.Period(self.meta["until"], "Q"), freq="Q")
        new = rows.groupby("follower")["quarter"].min().value_counts()
        active = rows["quarter"].value_counts()
        return pd.DataFrame(
            {
                "quarter": spread.end_time,
                "new_followers": new.reindex(spread, fill_value=0).to_numpy(),
                "active_followers": active.reindex(spread, fill_value=0).to_numpy(),
            }
        )

    def coverage(self, n: int = 12) -> pd.DataFrame:
        """How few people reach how many: `k`, and the share of the others who follow one of the k.

        `most_followed`: the leaders who add most, one after the other; `managers`: the same among those who manage
        somebody, NaN where no chart is known. Shares are of all people who were seen to do anything.
        """
        everybody = max(int(self.meta["counts"]["people"]), 1)
        matrix = self.graph.matrix.tocsc()
        managing = np.isin(self.graph.labels.astype(str), self.manages.index.to_numpy().astype(str))
        result = pd.DataFrame({"k": np.arange(1, n + 1)})
        result["most_followed"] = _greedy(matrix, np.ones(self.graph.people, bool), n) / everybody
        chart = self.meta["chart"] is not None
        result["managers"] = _greedy(matrix, managing, n) / everybody if chart else np.nan
        return result

    def power(self) -> pd.DataFrame:
        """Formal power against following: `id`, `person`, `manages`, `reach`, `named`, `label` (to be named)."""
        followed = self.table.set_index("id")
        reach = followed["reach"]
        everybody = reach.index.union(self.manages.index, sort=False)
        names = self.people.set_index("id")["person"]
        result = pd.DataFrame({"id": everybody})
        result["person"] = names.reindex(everybody).to_numpy()
        result["manages"] = self.manages.reindex(everybody).fillna(0).astype(int).to_numpy()
        result["reach"] = reach.reindex(everybody).fillna(0).astype(int).to_numpy()
        result["named"] = followed["named"].reindex(everybody).eq(True).to_numpy()
        result = result.sort_values(["reach", "manages", "id"], ascending=[False, False, True], ignore_index=True)
        high = result["manages"].rank(ascending=False, method="first") <= _LABELLED / 2
        result["label"] = (
            result["named"] | ((result.index < _LABELLED) & (result["reach"] > 0)) | (high & (result["manages"] > 0))
        )
        return result

    def to_networkx(self) -> nx.MultiDiGraph:
        """The follow edges as a networkx graph; attributes as `influence.graph.multigraph` says."""
        ranked = self.table[["id", "rank", "influence", "reach", "implicit", "named"]]
        return multigraph(self.edges, self.people.merge(ranked, on="id", how="left"))

    def to_json(self, top: int = 20) -> dict[str, Any]:
        """What `leaders --format json` prints."""
        rows = self.table.head(top)[list(JSON_COLUMNS)].to_dict("records")
        return {
            "until": f"{self.meta['until']:%Y-%m-%d}",
            "people": int(self.meta["counts"]["people"]),
            "leaders": [{name: _plain(value) for name, value in row.items()} for row in rows],
        }

    def __repr__(self) -> str:
        return (
            f"<Findings: {len(self.table):,} of {self.meta['counts']['people']:,} people are followed, "
            f"{int(self.table['named'].sum())} named; until {self.meta['until']:%Y-%m-%d}>"
        )

    def _repr_html_(self) -> str:
        """Small tables for notebooks."""
        from influence.notebook import as_html

        return as_html(self)


def analyse(
    workspace: Workspace,
    *,
    since: Moment = None,
    until: Moment = None,
    people: Path | None = None,
    seed: int = 0,
    top: int = 20,
    pseudonyms: bool = False,
) -> Findings:
    """Who is followed by whom in a workspace.

    Parameters
    ----------
    workspace
        What was collected.
    since, until
        Dates (whole days), times or ISO 8601 text, both included: only what was done since, only what was visible
        until. Without `until` the newest that was read.
    people
        `people.csv` with corrections of who is who.
    seed
        Of all that is drawn at random.
    top
        How many leaders' evidence is read at once.
    pseudonyms
        Show invented names, stable within a workspace. Commits and paths still lead to people: whoever may read the
        repository can look them up.

    Raises
    ------
    influence.errors.InputError
        When a date or `people` cannot be used.
    influence.errors.WorkspaceError
        When the workspace cannot be read.
    """
    from influence.analysis import from_workspace

    return from_workspace(workspace, since=since, until=until, people=people, seed=seed, top=top, pseudonyms=pseudonyms)


def from_signals(
    signals: pd.DataFrame,
    *,
    since: Moment = None,
    until: Moment = None,
    weights: Mapping[str, float] | None = None,
    seed: int = 0,
    top: int = 20,
) -> Findings:
    """Findings from a researcher's own signals: no workspace, everything else alike.

    Parameters
    ----------
    signals
        One row per act of following. Columns: `follower`, `leader` (any text or number that tells people apart); and,
        where known, `kind` (one of `influence.schema.KINDS`, else builds_on), `time`, `weight` (share of the act, else
        1), `occasion` (one of `influence.schema.OCCASIONS`, else unknown), `name` (what was adopted or cited), `path`,
        `repository`, `unit`, `amount`. Without times each row counts as a week of its own.
    since, until, seed, top
        As `analyse`.
    weights
        w_kind; 1 for every kind that is not given.

    Raises
    ------
    influence.errors.InputError
        When a column is missing or a value cannot be used.
    """
    from influence.given import from_table

    return from_table(signals, since=since, until=until, weights=weights, seed=seed, top=top)


def _greedy(matrix: sparse.csc_array, allowed: npt.NDArray[np.bool_], n: int) -> npt.NDArray[np.int64]:
    """How many people follow at least one of the first k columns, k = 1 to n, each time the one who adds most."""
    links = sparse.csc_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
    missing = np.ones(matrix.shape[0])
    reached = np.zeros(n, dtype=np.int64)
    for k in range(n):
        gains = np.where(allowed, links.T @ missing, 0.0)
        if gains.size and gains.max() > 0:
            best = int(gains.argmax())
            missing[links.indices[links.indptr[best] : links.indptr[best + 1]]] = 0.0
        reached[k] = int((missing == 0).sum())
    return reached


def _plain(value: Any) -> Any:
    """A value as JSON knows it; times as dates."""
    if isinstance(value, (list, dict, str)) or value is None:
        return value
    if isinstance(value, (dt.date, np.datetime64)):
        return None if pd.isna(value) else f"{pd.Timestamp(value):%Y-%m-%d}"
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value.item() if isinstance(value, np.generic) else value
