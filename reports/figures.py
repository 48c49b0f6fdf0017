"""Every figure of the report as a function from `Findings` to a Plotly figure, for notebooks too.

All use SVG traces only (no WebGL: machines without a GPU show nothing then). Names are shown as text.

>>> import influence                                             # doctest: +SKIP
>>> from reports import figures                                  # doctest: +SKIP
>>> figures.network(influence.analyse("path/to/repo")).show()    # doctest: +SKIP
"""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reports import wording
from reports.network import Drawing, draw, wedge
from reports.safety import clip

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from influence.findings import Findings

#: The ink. The page swaps each for its own variable, so that a figure follows light and dark.
INK, SOFT, LINE, FREE, FREE2, FORMAL = "#1c2430", "#5d6876", "#e3e7ec", "#1f5f8b", "#7fb0d0", "#b4651a"
ROLE_INK = {"named": FREE, "unknown": FREE, "formal": FORMAL, "other": "#9aa4af"}

#: Where a label goes, seen from its dot: steps to the right and up.
SIDES = {"above": (0, 1), "below": (0, -1), "right": (1, 0), "left": (-1, 0)}


def _name(value: object, length: int = 28) -> str:
    """A name for Plotly, which reads a little HTML in every text."""
    return html.escape(clip(value, length), quote=False)


def _figure(height: int = 380, **layout: Any) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 52, "r": 16, "t": 16, "b": 46},
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        dragmode=False,
        hovermode="closest",
        font={"family": "system-ui, -apple-system, Segoe UI, sans-serif", "size": 12, "color": SOFT},
        hoverlabel={"font": {"family": "system-ui, sans-serif"}},
        **layout,
    )
    figure.update_xaxes(showgrid=False, zeroline=False, linecolor=LINE, tickcolor=LINE, fixedrange=True)
    figure.update_yaxes(gridcolor=LINE, zeroline=False, fixedrange=True)
    return figure


def ranks(findings: Findings, top: int = 20) -> go.Figure:
    """The `top` most followed, each with the 90 % range of the rank; blue: named, orange: holds formal power.

    >>> figures.ranks(findings, top=10).write_image("ranks.svg")     # doctest: +SKIP
    """
    rows = findings.leaders.head(top)
    figure = _figure(height=90 + 24 * max(len(rows), 1))
    inks = [_ink(row) for row in rows.itertuples()]
    if len(rows):
        figure.add_scatter(
            x=rows["rank"].tolist(),
            y=[_name(p) for p in rows["person"]],
            mode="markers",
            marker={"size": 9, "color": inks},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": (rows["rank_high"] - rows["rank"]).tolist(),
                "arrayminus": (rows["rank"] - rows["rank_low"]).tolist(),
                "color": FREE2,
                "thickness": 5,
                "width": 0,
            },
            text=[
                f"{_name(r.person)}: rank {wording.ranks(r.rank_low, r.rank_high)}, {_followers(r.reach)}"
                for r in rows.itertuples()
            ],
            hoverinfo="text",
        )
    figure.update_xaxes(title="rank, with its 90 % range", rangemode="tozero")
    figure.update_yaxes(autorange="reversed", type="category", automargin=True)
    return figure


def _ink(row: Any) -> str:
    if row.named:
        return FREE
    return FORMAL if wording.known(row.implicit) and not row.implicit else "#9aa4af"


def root_ticks(most: float) -> list[int]:
    """Where to put ticks on an axis that shows square roots of 0..most."""
    steps = [0, 1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000]
    ticks = [step for step in steps if step <= most]
    wide = math.sqrt(max(most, 1)) / 9
    kept: list[int] = []
    for tick in ticks:
        if not kept or math.sqrt(tick) - math.sqrt(kept[-1]) >= wide:
            kept.append(tick)
    return kept


def spread(wanted: list[float], gap: float, low: float = -math.inf, high: float = math.inf) -> list[float]:
    """Move positions as little as needed so that no two are nearer than `gap`; order kept (for labels)."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    placed: list[list[float]] = []  # blocks of neighbours that touch: [sum of wanted - offset, members]
    for i in order:
        placed.append([wanted[i], 1])
        while (
            len(placed) > 1
            and _end(placed[-2], gap) > placed[-1][0] / placed[-1][1] - (placed[-1][1] - 1) * gap / 2 - gap
        ):
            total, size = placed.pop()
            placed[-1][0] += total
            placed[-1][1] += size
    result, at = [0.0] * len(wanted), 0
    for total, size in placed:
        start = total / size - (size - 1) * gap / 2
        start = max(min(start, high - (size - 1) * gap), low)
        for j in range(int(size)):
            result[order[at]] = start + j * gap
            at += 1
    return result


def labelled(points: pd.DataFrame, most: int = 12) -> pd.Series:
    """Whom `power` labels: at most so many of those who manage nobody, for they stand in one column."""
    wanted = points["label"].astype(bool)
    free = points[wanted & (points["manages"].fillna(0) <= 0)]
    free = free.sort_values(["named", "reach"], ascending=False, kind="stable")
    return wanted & ~points.index.isin(free.index[most:])


def label_heights(manages: pd.Series, wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Where the labels of `power` go: those of the people who manage nobody are one column and must not touch."""
    heights = list(wanted)
    for column in (manages == 0, manages > 0):
        members = [i for i, inside in enumerate(column) if inside]
        for i, height in zip(members, spread([wanted[i] for i in members], gap, low, high), strict=True):
            heights[i] = height
    return heights


def _end(block: list[float], gap: float) -> float:
    return block[0] / block[1] + (block[1] - 1) * gap / 2


def power(findings: Findings) -> go.Figure:
    """Formal power against following: how many people somebody manages (square-root scale) and how many follow.

    Labelled points are people; a grey point stands for all who are there, unnamed: the report lists no bottom.

    >>> figures.power(findings).show()     # doctest: +SKIP
    """
    points = findings.power()
    figure = _figure(height=400)
    if not len(points):
        return figure
    manages = points["manages"].fillna(0).clip(lower=0)
    named = labelled(points)
    crowd = points[~named].assign(manages=manages[~named]).groupby(["manages", "reach"]).size().reset_index(name="n")
    figure.add_scatter(
        x=np.sqrt(crowd["manages"]).tolist(),
        y=crowd["reach"].tolist(),
        mode="markers",
        hoverinfo="text",
        cliponaxis=False,
        marker={"size": (5 + 2 * np.log2(crowd["n"])).tolist(), "color": SOFT, "opacity": 0.35, "line": {"width": 0}},
        text=[
            f"{wording.count(int(r.n), 'person', 'people')}: {_manages(r.manages)}, {_followers(r.reach)}"
            for r in crowd.itertuples()
        ],
    )
    shown = points[named]
    figure.add_scatter(
        x=np.sqrt(manages[named]).tolist(),
        y=shown["reach"].tolist(),
        mode="markers",
        hoverinfo="text",
        cliponaxis=False,
        marker={
            "size": 11,
            "color": [
                FREE if n else FORMAL if m else SOFT for n, m in zip(shown["named"], manages[named], strict=True)
            ],
        },
        customdata=shown["id"].tolist(),
        text=[
            f"<b>{_name(r.person, 60)}</b><br>{_manages(m)}, {_followers(r.reach)}"
            for r, m in zip(shown.itertuples(), manages[named], strict=True)
        ],
    )
    top, most = max(float(points["reach"].max()), 1.0), float(manages.max())
    width = max(math.sqrt(most), 1.0)
    figure.add_shape(
        type="rect",
        x0=-0.05 * width,
        x1=0.12 * width,
        y0=min(4.5, top),
        y1=top * 1.12,
        fillcolor=FREE2,
        opacity=0.18,
        line={"width": 0},
        layer="below",
    )
    highest, pixels = top * 1.12, 338
    label_at = label_heights(manages[named], [float(v) for v in shown["reach"]], highest / 21, 0, top * 1.06)
    for row, x, y in zip(shown.itertuples(), np.sqrt(manages[named]), label_at, strict=True):
        right = x > 0.7 * width
        figure.add_annotation(
            x=x,
            y=row.reach,
            text=_name(row.person),
            xanchor="right" if right else "left",
            ax=-13 if right else 13,
            ay=(row.reach - y) / highest * pixels,
            arrowhead=0,
            arrowwidth=0.7,
            arrowcolor=SOFT,
            standoff=6,
            font={"color": INK},
        )
    ticks = root_ticks(most)
    figure.update_xaxes(
        title="people they manage",
        tickvals=[math.sqrt(t) for t in ticks],
        ticktext=[str(t) for t in ticks],
        range=[-0.05 * width, width * 1.08],
    )
    figure.update_yaxes(title="people who follow them", range=[0, top * 1.12])
    return figure


def _followers(people: float) -> str:
    return wording.count(int(people), "follower")


def _manages(people: float) -> str:
    return f"manages {int(people)}" if people else "manages nobody"


def coverage(findings: Findings, n: int = 12) -> go.Figure:
    """How few reach how many: share of people who follow at least one of the first k, chosen greedily.

    >>> figures.coverage(findings, n=20).show()     # doctest: +SKIP
    """
    rows = findings.coverage(n)
    figure = _figure(height=300)
    for column, ink, label in (("managers", FORMAL, "managers"), ("most_followed", FREE, "most followed")):
        if column not in rows or rows[column].isna().all():
            continue
        figure.add_scatter(
            x=rows["k"].tolist(),
            y=rows[column].tolist(),
            mode="lines+markers",
            line={"color": ink, "width": 2.5},
            marker={"size": 5},
            name=label,
            hovertemplate=f"%{{x}} {label}: %{{y:.0%}}<extra></extra>",
        )
        last = rows[column].last_valid_index()
        figure.add_annotation(
            x=rows["k"].loc[last],
            y=rows[column].loc[last],
            text=label,
            showarrow=False,
            xanchor="left",
            xshift=8,
            font={"color": ink},
        )
    figure.update_layout(margin={"r": 100})
    figure.update_xaxes(title="how many people", dtick=1 if n <= 12 else None)
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    return figure


def trend(findings: Findings, person: str) -> go.Figure:
    """Followers of one person by quarter: those active then, and those who followed for the first time.

    `person` is an id, or anything by which `findings.find` knows somebody.

    >>> figures.trend(findings, "Ines Abara").show()     # doctest: +SKIP
    """
    rows = findings.trend(findings.find(person))
    figure = _figure(height=170, barmode="overlay", bargap=0.25)
    quarters = [quarter_label(q) for q in rows["quarter"]]
    figure.add_bar(
        x=quarters,
        y=rows["active_followers"].tolist(),
        marker={"color": FREE2},
        name="followed in this quarter",
        hovertemplate="%{x}: %{y} followed<extra></extra>",
    )
    figure.add_bar(
        x=quarters,
        y=rows["new_followers"].tolist(),
        marker={"color": FREE},
        name="for the first time",
        hovertemplate="%{x}: %{y} for the first time<extra></extra>",
    )
    figure.update_layout(margin={"l": 34, "r": 8, "t": 8, "b": 34})
    labelled = quarters[:: max(-(-len(quarters) // 6), 1)]
    figure.update_xaxes(type="category", tickmode="array", tickvals=labelled, tickangle=0)
    figure.update_yaxes(rangemode="tozero", nticks=5)
    return figure


def lag(findings: Findings) -> go.Figure:
    """In time, others went along: how many works cite a work of a given age, on average over the works that are so old.

    Drawn while at least ten works (or a tenth of them, where there are fewer than a hundred) are so old.

    >>> figures.lag(findings).show()     # doctest: +SKIP
    """
    rows = shown_lag(findings.lag)
    figure = _figure(height=280)
    figure.add_scatter(
        x=rows["year"].tolist(),
        y=rows["together"].tolist(),
        mode="lines+markers",
        line={"color": FREE, "width": 2.5},
        marker={"size": 5},
        hoverinfo="text",
        text=[
            f"age {int(row.year)}: {row.together:.2f} ({wording.count(int(row.works), 'work')} so old)"
            for row in rows.itertuples()
        ],
    )
    figure.update_xaxes(title="years after publication", rangemode="tozero")
    figure.update_yaxes(title="works that cite it", rangemode="tozero")
    return figure


def shown_lag(rows: pd.DataFrame) -> pd.DataFrame:
    """The years of `Findings.lag` of which enough works are old enough to say something."""
    if rows.empty:
        return rows
    return rows[rows["works"] >= min(10.0, rows["works"].max() / 10)]


def quarter_label(quarter: Any) -> str:
    """Like "2024 Q3", for a date, a period or text."""
    if isinstance(quarter, str):
        return quarter
    stamp = quarter if isinstance(quarter, pd.Period) else pd.Timestamp(quarter)
    return f"{stamp.year} Q{stamp.quarter}"


def network(findings: Findings, leaders: int = 12, edges: int = 140, drawing: Drawing | None = None) -> go.Figure:
    """Who follows the most followed. A line is thin at the follower and thick at the one who is followed.

    One trace of lines for each leader (its `name` is the leader's id), then the people. What is drawn is chosen
    by `reports.network.draw`.

    >>> figures.network(findings, leaders=6).show()     # doctest: +SKIP
    """
    drawn = drawing or draw(findings, leaders, edges)
    at = drawn.nodes.set_index("id")
    figure = _figure(height=560)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8})
    heaviest = float(drawn.edges["influence"].max()) if len(drawn.edges) else 1.0
    for leader, mine in drawn.edges.groupby("leader", observed=True):
        xs: list[float | None] = []
        ys: list[float | None] = []
        for row in mine.itertuples():
            corners = wedge(
                at.x[row.follower], at.y[row.follower], at.x[leader], at.y[leader], line_width(row.influence, heaviest)
            )
            xs += [x for x, _ in corners] + [None]
            ys += [y for _, y in corners] + [None]
        figure.add_scatter(
            x=xs,
            y=ys,
            mode="none",
            fill="toself",
            fillcolor=ROLE_INK[at.role[leader]],
            opacity=0.32,
            hoverinfo="skip",
            name=str(leader),
            line={"width": 0},
        )
    nodes, most = drawn.nodes, int(drawn.nodes["reach"].max()) if len(drawn.nodes) else 0
    figure.add_scatter(
        x=nodes["x"].tolist(),
        y=nodes["y"].tolist(),
        mode="markers",
        hoverinfo="text",
        cliponaxis=False,
        customdata=nodes["id"].tolist(),
        name="people",
        marker={
            "size": [dot(r.reach, bool(r.leader), most) for r in nodes.itertuples()],
            "color": [ROLE_INK[r] for r in nodes["role"]],
            "opacity": 1,
            "line": {"width": 0},
        },
        text=[_hover(r, drawn) for r in nodes.itertuples()],
    )
    for row in nodes[nodes["leader"]].itertuples():
        gap, (right, up) = dot(row.reach, True, most) / 2 + 9, SIDES[row.side]
        figure.add_annotation(
            x=row.x,
            y=row.y,
            text=_name(row.person),
            showarrow=False,
            font={"color": INK, "size": 13},
            xanchor={0: "center", 1: "left", -1: "right"}[right],
            xshift=right * (gap - 4),
            yshift=up * gap,
        )
    figure.update_xaxes(visible=False, range=[-0.06, 1.06])
    figure.update_yaxes(visible=False, range=[-0.04, 1.07])
    return figure


def line_width(influence: float, heaviest: float) -> float:
    """Width at the leader's end, in parts of the picture."""
    return 0.003 + 0.011 * math.sqrt(influence / heaviest) if heaviest else 0.003


def dot(reach: int, leader: bool, most: int) -> float:
    """Diameter of a person's dot in pixels: its area grows with how many follow, `most` being the largest."""
    return 9 + 15 * math.sqrt(reach / most) if leader and most else 6


def _hover(row: Any, drawn: Drawing) -> str:
    lines = [f"<b>{_name(row.person, 60)}</b>"]
    if row.leader:
        lines.append(_followers(row.reach))
    follows = drawn.edges.loc[drawn.edges["follower"] == row.id, "leader"]
    if len(follows):
        names = drawn.nodes.set_index("id")["person"]
        lines.append("follows " + wording.listing([_name(names[i]) for i in follows], 4))
    return "<br>".join(lines)
