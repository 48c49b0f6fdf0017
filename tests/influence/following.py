"""Following alone, by the functions of `influence.follows`: for tests of its rules, which need no ranks around it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from influence import analysis, follows, window
from influence.findings import Findings
from influence.workspace import Workspace
from tests.influence.factories import Rows


@dataclass
class Followed:
    """`people`, `edges` and `meta["left_out"]` as in `Findings`; `acts`: every act that counts, both sides as ids."""

    people: pd.DataFrame
    edges: pd.DataFrame
    acts: pd.DataFrame
    meta: dict[str, Any]


def followed(workspace: Workspace, since: window.Moment = None, until: window.Moment = None) -> Followed:
    """Who followed whom, as `influence.analysis` has it worked out."""
    with workspace.read() as connection:
        span = window.window(connection, since, until)
        who = analysis.people_in(connection, None)
        follows.prepare(connection, who, span)
        follows.stage(connection, who, analysis._authority(connection, who, {}))
        following = follows.follow(connection, who)
        acts = connection.execute("SELECT * FROM following WHERE occasion IN ('free', 'unknown')").df()
    ids = who.table["id"].to_numpy(dtype=object)
    for side in ("follower", "leader"):
        acts[side] = ids[acts[side].to_numpy(dtype=int)]
    return Followed(who.table, following.edges, acts, {"left_out": following.left_out})


def adoptions(found: Followed) -> set[tuple[str, str, str]]:
    """(follower, leader, name) by first names in small letters."""
    who = {row.id: row.person.split()[0].lower() for row in found.people.itertuples()}
    acts = found.acts[found.acts["kind"] == "adopts"]
    return {(who[row.follower], who[row.leader], row.name) for row in acts.itertuples()}


def analysed(rows: Rows, folder: Path) -> Followed:
    return followed(rows.write(folder))


def edges(findings: Findings | Followed) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    """Edges by first names, kind and occasion."""
    names = {row.id: row.person.split()[0].lower() for row in findings.people.itertuples()}
    return {
        (names[row["follower"]], names[row["leader"]], row["kind"], row["occasion"]): row
        for row in findings.edges.to_dict("records")
    }


def value(findings: Findings | Followed, *edge: str) -> float:
    return round(edges(findings)[edge]["value"], 9)  # type: ignore[index]


def adopted(findings: Followed) -> set[tuple[str, str]]:
    return {(follower, leader) for follower, leader, kind, _ in edges(findings) if kind == "adopts"}
