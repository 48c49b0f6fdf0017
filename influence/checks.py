"""What would change a leader's rank, and what it hangs on: a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from influence.apart import doubtful, ranks_apart
from influence.confidence import competition_ranks
from influence.evidence import WorkspaceEvidence

if TYPE_CHECKING:
    from influence.findings import Findings

#: A name or a file that holds more than this share of somebody's influence is told of.
WORTH_TELLING = 0.1


def checks(findings: Findings, row: dict[str, Any], followers: pd.DataFrame, works: pd.DataFrame) -> list[str]:
    """What would change the result, one sentence each; `followers` and `works` as `influence.explain` gives them."""
    found = []
    if len(followers):
        first = followers.iloc[0]
        rank = rank_without(findings, row["id"], first["id"])
        now = f"still {rank}" if rank == row["rank"] else f"{rank} instead of {row['rank']}"
        share = first["influence"] / row["influence"]
        who = f"{first['person']}, {percent(share)} of it"
        found.append(f"Without the most faithful follower ({who}) the rank is {now}.")
    for kind, name, share in (
        ("the name", row["top_name"], row["top_name_share"]),
        ("the file", row["top_file"], row["top_file_share"]),
    ):
        if share > WORTH_TELLING:
            found.append(f"{percent(share)} of it hangs on {kind} {name}.")
    if len(works) and works["share"].max() > WORTH_TELLING:
        most = works.loc[works["share"].idxmax()]
        found.append(f"{percent(most['share'])} of it hangs on the work {most['title']}.")
    found += _joined(findings, row["id"], row["rank"])
    if row["ai_share"] > 0:
        found.append(f"{percent(row['ai_share'])} of it went through a coding assistant.")
    elif not findings.meta.get("documents_only"):  # documents do not say which assistant helped to write them
        found.append("None of it is known to have gone through a coding assistant.")
    if row["imported_share"] > 0:
        found.append(
            f"{percent(row['imported_share'])} of it stands on code that arrived in an import: it may be others' work."
        )
    return found


def _joined(findings: Findings, person_id: str, rank: int) -> list[str]:
    """What was taken for one person, how surely, and what the ranks would be if it were several."""
    identities = int(findings.people.set_index("id")["identities"].get(person_id, 1))
    if identities < 2:
        return []
    merges = findings.merges
    rules = merges.loc[(merges["id"] == person_id) & merges["accepted"].astype(bool), "rule"]
    by = f" ({', '.join(dict.fromkeys(rules.astype(str)))})" if len(rules) else ""
    said = f"{identities} identities were joined{by}"
    doubts = doubtful(merges, person_id)
    if doubts.empty:
        return [f"{said}."]
    said += f"; the least sure of these joins: {doubts['confidence'].min() * 100:.0f} %"
    evidence = findings.evidence
    # A workspace that was for one analysis only is gone by now.
    if isinstance(evidence, WorkspaceEvidence) and evidence.reading.workspace.path.exists():
        ranks = [f"{apart:,}" for apart in ranks_apart(evidence.reading, person_id, rank)]
        said += (
            f"; apart, the ranks are {', '.join(ranks[:-1])} and {ranks[-1]}"
            if len(ranks) > 1
            else (f"; apart, the rank is {ranks[0]}")
        )
    return [f"{said}."]


def rank_without(findings: Findings, person_id: str, follower_id: str) -> int:
    """The rank a leader would have if one follower had followed nobody; the scale of kinds stays."""
    graph = findings.graph
    places = pd.Index(graph.labels, dtype=object)
    follower, leader = places.get_loc(follower_id), places.get_loc(person_id)
    strength = np.asarray(graph.matrix.sum(axis=0)) - graph.matrix[[follower]].toarray()[0]
    return int(competition_ranks(strength)[leader])


def percent(share: float) -> str:
    """A share for people to read."""
    return "less than 1 %" if 0 < share < 0.01 else f"{share * 100:.0f} %"
