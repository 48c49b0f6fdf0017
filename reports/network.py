"""Which part of the network is drawn, and where: the followers of the most followed, thinned so that the eye
can read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from influence.findings import Findings


@dataclass(frozen=True)
class Drawing:
    """What is drawn.

    Attributes
    ----------
    nodes
        id, person, x, y (both in 0..1), reach, role (named, formal, unknown, other), leader (bool: labelled), side
        (where the label goes: above, below, right, left).
    edges
        follower, leader (ids), influence (counted, summed over kinds), surprise (smaller = stands out more).
    total
        How many such pairs of a follower and one of these leaders there are, drawn or not.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    total: int


def pairs(findings: Findings) -> pd.DataFrame:
    """One row a pair: follower, leader, influence; counted edges only, heaviest first."""
    edges = findings.edges
    counted = edges[edges["counted"].astype(bool)]
    summed = counted.groupby(["follower", "leader"], as_index=False, observed=True)["influence"].sum()
    return summed.sort_values(["influence", "follower", "leader"], ascending=[False, True, True], ignore_index=True)


def surprise(pairs: pd.DataFrame) -> pd.Series:
    """How likely an edge as heavy as this is by chance, seen from the end where it stands out more.

    The disparity filter of Serrano, Boguna and Vespignani (PNAS 2009): (1 - w / s) ** (k - 1) with the strength s
    and the degree k of that end; 1 where that end has no other edge.
    """
    ends = []
    for end in ("follower", "leader"):
        group = pairs.groupby(end, observed=True)["influence"]
        strength, degree = group.transform("sum"), group.transform("size")
        ends.append((1 - pairs["influence"] / strength).clip(0, 1) ** (degree - 1))
    return np.minimum(ends[0], ends[1])


def draw(findings: Findings, leaders: int = 12, edges: int = 140, seed: int = 0) -> Drawing:
    """Choose and place the followers of the `leaders` most followed people.

    Each leader keeps at least three edges; the rest of the `edges` go to those that stand out most (`surprise`).
    The same findings and seed give the same picture.
    """
    ranked = findings.leaders.head(leaders)
    every = pairs(findings)
    every["surprise"] = surprise(every)
    mine = every[every["leader"].isin(ranked["id"])]
    first = mine.groupby("leader", observed=True).head(3).index
    order = mine.loc[mine.index.difference(first)].sort_values(["surprise", "influence"], ascending=[True, False])
    kept = mine.loc[first.union(order.index[: max(edges - len(first), 0)])]
    ids = pd.unique(pd.concat([ranked["id"], kept["leader"], kept["follower"]]))
    nodes = pd.DataFrame({"id": ids})
    names = pd.concat([findings.people.set_index("id")["person"], findings.leaders.set_index("id")["person"]])
    nodes["person"] = nodes["id"].map(names[~names.index.duplicated()]).fillna("")
    known = findings.leaders.set_index("id")
    nodes["reach"] = nodes["id"].map(known["reach"]).fillna(0).astype(int)
    nodes["role"] = [_role(known.loc[i]) if i in known.index else "other" for i in nodes["id"]]
    nodes["leader"] = nodes["id"].isin(ranked["id"])
    position = _places(nodes, kept, seed)
    nodes["x"], nodes["y"] = position[:, 0], position[:, 1]
    nodes["side"] = _sides(nodes)
    return Drawing(nodes, kept.reset_index(drop=True), len(mine))


def _role(row: pd.Series) -> str:
    if row["named"]:
        return "unknown" if row["implicit"] is None or pd.isna(row["implicit"]) else "named"
    return "formal" if row["implicit"] is False or row["implicit"] == False else "other"  # noqa: E712  numpy's False


def _places(nodes: pd.DataFrame, edges: pd.DataFrame, seed: int) -> np.ndarray:
    """Places of `nodes` in the unit square, shape (n, 2): a seeded spring layout, then nobody on top of anybody."""
    import networkx as nx

    if not len(nodes):
        return np.zeros((0, 2))
    graph = nx.Graph()
    graph.add_nodes_from(nodes["id"])
    heaviest = float(edges["influence"].max()) if len(edges) else 1.0
    for row in edges.itertuples():
        graph.add_edge(row.follower, row.leader, weight=0.25 + row.influence / heaviest)
    places = nx.spring_layout(graph, k=2.2 / np.sqrt(len(nodes)), iterations=150, seed=seed, method="force")
    at = np.array([places[i] for i in nodes["id"]], dtype=float)
    at = _ranked(at)
    leader = nodes["leader"].to_numpy(dtype=bool)
    return _apart(at, np.where(leader[:, None] & leader[None, :], 0.15, 0.035))


def _sides(nodes: pd.DataFrame, width: float = 880, height: float = 480) -> list[str]:
    """For each label the side where it covers least of the dots and labels before it, on a usual screen."""
    leaders = nodes[nodes["leader"]]
    taken = [(r.x * width - 8, r.y * height - 8, r.x * width + 8, r.y * height + 8) for r in leaders.itertuples()]
    sides = dict.fromkeys(nodes.index, "above")
    for row in leaders.itertuples():
        x, y, half = row.x * width, row.y * height, 3.8 * min(len(row.person), 26)
        boxes = {
            "above": (x - half, y + 12, x + half, y + 28),
            "below": (x - half, y - 28, x + half, y - 12),
            "right": (x + 12, y - 8, x + 12 + 2 * half, y + 8),
            "left": (x - 12 - 2 * half, y - 8, x - 12, y + 8),
        }
        best = min(boxes, key=lambda side: sum(_overlap(boxes[side], other) for other in taken))
        sides[row.Index] = best
        taken.append(boxes[best])
    return list(sides.values())


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)


def _ranked(at: np.ndarray) -> np.ndarray:
    """Half place, half order along each axis: spreads a crowded middle over the picture."""
    low, high = at.min(axis=0), at.max(axis=0)
    scaled = (at - low) / np.where(high > low, high - low, 1)
    if len(at) < 3:
        return scaled
    order = at.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") / (len(at) - 1)
    return (scaled + order) / 2


def _apart(at: np.ndarray, gap: np.ndarray, rounds: int = 80) -> np.ndarray:
    """Push what is nearer than its `gap` (n x n) apart, and keep everything inside the square."""
    at = at.copy()
    for _ in range(rounds):
        delta = at[:, None, :] - at[None, :, :]
        distance = np.sqrt((delta**2).sum(axis=2)) + np.eye(len(at))
        push = np.clip(gap - distance, 0, None) / 2
        if not push.any():
            break
        direction = delta / np.maximum(distance, 1e-9)[:, :, None]
        at = np.clip(at + (push[:, :, None] * direction).sum(axis=1), 0, 1)
    return at


def wedge(x0: float, y0: float, x1: float, y1: float, width: float) -> list[tuple[float, float]]:
    """A line that is thin at the follower (0) and `width` wide at the leader (1): its three corners."""
    length = float(np.hypot(x1 - x0, y1 - y0)) or 1.0
    dx, dy = (y1 - y0) / length * width / 2, (x0 - x1) / length * width / 2
    return [(x0, y0), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy)]
