"""The table of leaders: who is followed, how surely, in what, and what formal power they held.

Every column is one idea of the glossary (docs/findings.md); the columns come together in `leaders`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from influence import centrality
from influence.areas import Areas
from influence.authority import Authority
from influence.confidence import rank_intervals
from influence.people import People
from influence.schema import KINDS
from influence.score import Score
from influence.window import Window

#: Whom the page names: at least so many followers who count, surely among so many first.
NAMED_FOLLOWERS = 5
NAMED_RANK = 20
#: How many areas are told of one person, and how much of her following the second and third must hold.
AREAS_TOLD = 3
AREA_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Facts:
    """What was read about people besides who follows whom; persons are ids.

    Attributes
    ----------
    activity
        By id: `commits`, `works`, `first_seen`, `last_seen`.
    followed_in
        `leader`, `follower`, `repository`, `directory` (null: not known), `acts`: where who is followed by whom,
        counted occasions only.
    silence
        By leader: share of *built upon* before any direct contact.
    top_files
        By leader: `repository`, `path`, `influence` of the file on which most hangs.
    names
        `leader`, `repository`, `name`, `value`: what each name adds to v of `adopts`.
    """

    activity: pd.DataFrame
    followed_in: pd.DataFrame
    silence: pd.Series
    top_files: pd.DataFrame
    names: pd.DataFrame


def leaders(
    score: Score,
    edges: pd.DataFrame,
    people: People,
    authority: Authority,
    facts: Facts,
    areas: Areas,
    window: Window,
    seed: int = 0,
) -> pd.DataFrame:
    """One row per person with influence > 0, most first.

    Columns as docs/findings.md says; `edges` are those of the findings, with `influence`.
    """
    table = score.table.rename(columns={"leader": "id"}).astype({"id": object})
    ids = table["id"]
    persons = people.table.set_index("id")
    intervals = rank_intervals(score.graph, score, seed)
    for name in ("rank", "rank_low", "rank_high", "first"):
        table[name] = intervals[name].to_numpy()
    table["first_share"] = table.pop("first")
    table["person"] = persons["person"].reindex(ids).to_numpy()
    table["parts"] = table[list(KINDS)].to_dict("records")
    ranks = pd.Series(centrality.pagerank(score.graph.matrix), index=score.graph.labels)
    table["standing"] = ranks.reindex(ids).to_numpy()
    table = table.join(_shares(edges), on="id")
    table = table.join(_hangs(table, score, facts), on="id")
    silent = [None if pd.isna(share) else round(float(share), 9) for share in facts.silence.reindex(ids)]
    table["silent_share"] = pd.array(silent, dtype=object)
    told = _areas(facts.followed_in, areas)
    table["areas"] = [told.get(person, []) for person in ids]
    seen = facts.activity.reindex(ids)
    table["commits"] = seen["commits"].fillna(0).astype(int).to_numpy()
    table["works"] = seen["works"].fillna(0).astype(int).to_numpy()
    table["last_seen"] = seen["last_seen"].to_numpy()
    # Of whom no act is dated nobody can say that they are gone.
    table["here"] = ~(pd.to_datetime(seen["last_seen"]) < window.gone_before).to_numpy()
    formal = authority.formal(window.until)
    table["formal"] = [formal.get(person, []) for person in ids]
    formerly = authority.formerly(window.until)
    table["formerly"] = [formerly.get(person, []) for person in ids]
    table["manages"] = authority.reports(window.until).reindex(ids).fillna(0).astype(int).to_numpy()
    titles = persons["title"].reindex(ids)
    table["title"] = titles.astype(object).where(titles.notna(), None).to_numpy()
    table["implicit"] = pd.array(implicit(table, authority, facts.followed_in, window), dtype=object)
    table["named"] = (
        (table["implicit"].map(lambda known: known is not False))
        & (table["reach"] >= NAMED_FOLLOWERS)
        & (table["rank_high"] <= NAMED_RANK)
    ).astype(bool)
    return table[list(COLUMNS)]


#: Columns of the table, in order; the first ones are those of the JSON contract.
COLUMNS: Sequence[str] = (
    "rank", "id", "person", "influence", "rank_low", "rank_high", "parts", "reach", "effective_followers", "standing",
    "implicit", "implicitness", "silent_share", "formal", "areas", "commits", "last_seen", "built_upon", "turned_to",
    "title", "manages", "here", "named", "first_share", "ai_share", "imported_share", "top_name", "top_name_share",
    "top_file", "top_file_share", "works", "formerly",
)  # fmt: skip


def implicit(table: pd.DataFrame, authority: Authority, followed_in: pd.DataFrame, window: Window) -> list[bool | None]:
    """Whether each person led without formal power at the end of the window; None where that is not known."""
    rights = authority.whole_repository(window.until)
    rights = rights[~rights["customary"].astype(bool)]
    held = followed_in[followed_in["leader"].isin(rights["leader"])]
    followed = set(zip(held["leader"], held["repository"], strict=True))
    holders = {
        leader
        for leader, repository in zip(rights["leader"], rights["repository"], strict=True)
        if (leader, repository) in followed
    }
    # Where a holder of such a right is known by a login alone, say, it may be anybody who is followed there.
    hiding = authority.hiding(window.until)
    perhaps = frozenset(followed_in.loc[followed_in["repository"].isin(hiding), "leader"])
    found: list[bool | None] = []
    for person, manages in zip(table["id"], table["manages"], strict=True):
        if manages > 0 or person in holders:
            found.append(False)
        elif authority.chart_known:
            found.append(True if authority.in_chart(person) else None)
        else:
            found.append(True if authority.roles_known and person not in perhaps else None)
    return found


def _shares(edges: pd.DataFrame) -> pd.DataFrame:
    """By leader: `implicitness` [low, high], and which share went through an assistant or stands on an import."""
    sums = edges.pivot_table(
        index="leader", columns="occasion", values="sums", aggfunc="sum", observed=True, fill_value=0.0
    ).reindex(columns=["free", "unknown", "solicited", "obliged"], fill_value=0.0)
    everything = sums.sum(axis=1)
    low = (sums["free"] / everything).fillna(0.0)
    high = (1.0 - (sums["solicited"] + sums["obliged"]) / everything).fillna(1.0)
    counted = edges[edges["counted"]]
    parts = pd.DataFrame(
        {
            "leader": counted["leader"],
            "all": counted["influence"],
            "ai": counted["influence"] * counted["ai"],
            "imported": counted["influence"] * counted["imported"],
        }
    )
    totals = parts.groupby("leader", observed=True).sum()
    result = pd.DataFrame(
        {
            "implicitness": pd.Series(
                [[round(float(end), 9) for end in both] for both in zip(low, high, strict=True)],
                index=sums.index,
                dtype=object,
            ),
            "ai_share": totals["ai"] / totals["all"],
            "imported_share": totals["imported"] / totals["all"],
        }
    )
    result.index = result.index.astype(object)
    return result


def _hangs(table: pd.DataFrame, score: Score, facts: Facts) -> pd.DataFrame:
    """By leader: the name and the file on which most of her influence hangs, and how much."""
    influence = table.set_index("id")["influence"]
    names = facts.names.sort_values(["leader", "value", "name"], ascending=[True, False, True])
    names = names.drop_duplicates("leader").set_index("leader")
    files = facts.top_files.drop_duplicates("leader").set_index("leader")
    for frame in (names, files):
        frame.index = frame.index.astype(object)
    result = pd.DataFrame(index=influence.index)
    result["top_name"] = names["name"].reindex(result.index).astype(object).where(lambda name: name.notna(), None)
    share = names["value"].reindex(result.index).astype(float) * score.scale["adopts"] / influence
    result["top_name_share"] = share.fillna(0.0)
    result["top_file"] = files["path"].reindex(result.index).astype(object).where(lambda path: path.notna(), None)
    result["top_file_share"] = (files["influence"].reindex(result.index).astype(float) / influence).fillna(0.0)
    return result


def _areas(followed_in: pd.DataFrame, areas: Areas) -> dict[str, list[str]]:
    """Leader -> the areas in which most people follow her, most first."""
    followed_in = followed_in[followed_in["directory"].notna()]
    places = areas.label(followed_in["repository"], followed_in["directory"])
    followers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    sides = (followed_in[side].tolist() for side in ("leader", "follower"))
    for leader, follower, area in zip(*sides, places, strict=True):
        followers[leader][area].add(follower)
    found = {}
    for leader, by_area in followers.items():
        counts = sorted((-len(people), area) for area, people in by_area.items())
        found[leader] = [area for count, area in counts[:AREAS_TOLD] if count <= AREA_SHARE * counts[0][0]]
    return found


def why_nobody(table: pd.DataFrame) -> str:
    """Why nobody is named as an implicit leader, or '' where somebody is."""
    if bool(table["named"].any()):
        return ""
    if table.empty:
        return "Nobody follows anybody in what was read."
    if not bool((table["reach"] >= NAMED_FOLLOWERS).any()):
        return f"Nobody is followed by at least {NAMED_FOLLOWERS} people who count."
    followed = table[table["reach"] >= NAMED_FOLLOWERS]
    free = followed[followed["implicit"].map(lambda known: known is not False)]
    if free.empty:
        return f"Everybody who is followed by at least {NAMED_FOLLOWERS} people holds formal power there."
    return (
        f"Nobody without formal power is surely among the first {NAMED_RANK}: the rank of whoever comes nearest may be "
        f"{int(np.min(free['rank_high']))}."
    )
