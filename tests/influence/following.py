"""Following alone, by the functions of `influence.follows`: for tests of its rules, which need no ranks around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from influence import analysis, follows, window
from influence.workspace import Workspace


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
