"""The drawings that stand in the page itself as SVG: they need no script, print well and follow light and dark.

Each returns markup that is safe to insert: text by others goes through `_text`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup, escape

from reports import figures, wording
from reports.network import Drawing, wedge
from reports.safety import clip

_ROLE = {"named": "free", "unknown": "free", "formal": "formal", "other": "soft"}


def _text(x: float, y: float, text: object, anchor: str = "start", kind: str = "") -> str:
    attribute = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{attribute}>{escape(clip(text, 40))}</text>'


def _svg(width: float, height: float, label: str, body: Sequence[str], *, fluid: bool = True) -> Markup:
    size = "" if fluid else f' width="{width:.0f}" height="{height:.0f}"'
    return Markup(  # noqa: S704  every text in `body` went through _text
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}"{size} role="img" aria-label="{escape(clip(label, 300))}">'
        f"{''.join(body)}</svg>"
    )


def rank(low: int, high: int, last: int, width: int = 104) -> Markup:
    """The range of a rank on a line from 1 to `last`; an open end where it goes beyond."""

    def x(value: float) -> float:
        return 5 + (min(value, last) - 1) * (width - 10) / max(last - 1, 1)

    body = [f'<path class="axis" d="M5 9H{width - 5}"/>']
    end = x(high) if high <= last else width - 14
    if low < last:
        body.append(f'<path class="range" d="M{x(low):.1f} 9H{max(end, x(low) + 0.1):.1f}"/>')
    if high > last:
        body.append(f'<path class="free" d="M{width - 9} 4.5l7 4.5l-7 4.5z"/>')
    return _svg(width, 18, f"rank {wording.ranks(low, high)}", body, fluid=False)


def bars(built_upon: float, turned_to: float, most: float, width: int = 150) -> Markup:
    """Two bars: built upon, turned to; `most` fills the width."""
    scale = (width - 2) / most if most else 0
    label = f"built upon {built_upon:.1f}, turned to {turned_to:.1f}"
    body = [
        f'<rect class="{ink}" y="{y}" width="{max(value * scale, 1.5 if value else 0):.1f}" height="8" rx="2"/>'
        for value, y, ink in ((built_upon, 2, "free"), (turned_to, 13, "free2"))
    ]
    return _svg(width, 24, label, body, fluid=False)


def share(value: float, width: int = 64) -> Markup:
    """A share as a filled part of a bar."""
    value = min(max(value, 0), 1)
    return _svg(
        width,
        10,
        wording.percent(value),
        [
            f'<rect class="line" width="{width}" height="8" y="1" rx="2"/>',
            f'<rect class="free" width="{max(value * width, 1):.1f}" height="8" y="1" rx="2"/>',
        ],
        fluid=False,
    )


def power(points: pd.DataFrame, width: int = 460, height: int = 350) -> Markup:
    """Formal power against following, as `figures.power` draws it."""
    left, right, top, bottom = 48, width - 16, 16, height - 44
    manages = points["manages"].fillna(0).clip(lower=0)
    most, highest = max(float(manages.max()), 1.0), max(float(points["reach"].max()), 1.0) * 1.06

    def x(value: float) -> float:
        return left + 8 + math.sqrt(value / most) * (right - left - 28)

    def y(value: float) -> float:
        return bottom - value / highest * (bottom - top)

    floor, middle = y(min(4.5, highest)), (top + bottom) / 2
    wide = x(0) + 0.12 * (right - left)
    body = [
        f'<rect class="corner" x="{left}" y="{top}" width="{wide - left:.1f}" height="{max(floor - top, 0):.1f}"/>',
        f'<path class="axis" d="M{left} {top}V{bottom}H{right}"/>',
    ]
    for tick in _ticks(highest):
        body.append(_text(left - 8, y(tick) + 4, wording.number(tick), "end"))
    for tick in figures.root_ticks(most):
        body.append(_text(x(tick), bottom + 17, wording.number(tick), "middle"))
    body += [
        _text(right, height - 8, "people they manage, directly or through others", "end"),
        f'<g transform="rotate(-90 13 {middle:.0f})">{_text(13, middle, "people who follow them", "middle")}</g>',
    ]
    named = figures.labelled(points)
    crowd = points[~named].assign(manages=manages[~named]).groupby(["manages", "reach"]).size().reset_index(name="n")
    for row in crowd.itertuples():
        body.append(
            f'<circle class="crowd" cx="{x(row.manages):.1f}" cy="{y(row.reach):.1f}" '
            f'r="{2.6 + math.log2(row.n):.1f}"/>'
        )
    shown = points[named].assign(manages=manages[named]).sort_values("reach", ascending=False)
    labels = figures.label_heights(shown["manages"], [y(v) for v in shown["reach"]], 15, top + 6, bottom - 4)
    for row, at in zip(shown.itertuples(), labels, strict=True):
        here, there = x(row.manages), y(row.reach)
        ink = "free" if row.named else "formal" if row.manages else "soft"
        near_end = here > 0.7 * right
        sign = -1 if near_end else 1
        if abs(at - there) > 5:
            body.append(f'<path class="lead" d="M{here + sign * 5:.1f} {there:.1f}L{here + sign * 13:.1f} {at:.1f}"/>')
        body.append(f'<circle class="{ink}" cx="{here:.1f}" cy="{there:.1f}" r="5.5"/>')
        body.append(_text(here + sign * 15, at + 4, clip(row.person, 26), "end" if near_end else "start", "name"))
    return _svg(width, height, "how many people somebody manages against how many follow", body)


def _ticks(highest: float) -> list[float]:
    raw = highest / 4
    base = 10 ** math.floor(math.log10(raw)) if raw > 0 else 1
    step = max(next(m * base for m in (1, 2, 5, 10) if m * base >= raw), 1)
    return [step * i for i in range(1, int(highest / step) + 1)]


def coverage(rows: pd.DataFrame, width: int = 420, height: int = 210) -> Markup:
    """How few reach how many, as `figures.coverage` draws it."""
    left, right, top, bottom = 44, width - 106, 14, height - 40
    last = max(int(rows["k"].max()), 2)

    def x(k: float) -> float:
        return left + (k - 1) * (right - left) / (last - 1)

    def y(part: float) -> float:
        return bottom - part * (bottom - top)

    body = [
        f'<path class="axis" d="M{left} {y(p):.1f}H{right}"/>{_text(left - 6, y(p) + 4, f"{p * 100:.0f} %", "end")}'
        for p in (0, 0.5, 1)
    ]
    body += [_text(x(k), bottom + 17, str(k), "middle") for k in sorted({1, last // 2, last})]
    body.append(_text((left + right) / 2, height - 6, "how many people", "middle"))
    ends: list[tuple[float, str, str]] = []
    for column, ink, label in (("managers", "formal", "managers"), ("most_followed", "free", "most followed")):
        values = rows[["k", column]].dropna() if column in rows else rows.iloc[:0]
        if not len(values):
            continue
        path = " ".join(f"{x(k):.1f},{y(v):.1f}" for k, v in values.itertuples(index=False))
        body.append(f'<polyline class="curve {ink}-line" points="{path}"/>')
        body += [
            f'<circle class="{ink}" cx="{x(k):.1f}" cy="{y(v):.1f}" r="2.5"/>'
            for k, v in values.itertuples(index=False)
        ]
        ends.append((y(float(values.iloc[-1, 1])), label, ink))
    for at, (_, label, ink) in zip(figures.spread([e[0] for e in ends], 14, top, bottom), ends, strict=True):
        body.append(_text(right + 10, at + 4, label, "start", f"{ink}-text"))
    return _svg(width, height, "share of people who follow at least one of the first so many", body)


def lag(rows: pd.DataFrame, width: int = 460, height: int = 210) -> Markup:
    """How soon works are followed, as `figures.lag` draws it."""
    left, right, top, bottom = 48, width - 14, 14, height - 42
    last, most = max(int(rows["year"].max()), 2), max(float(rows["together"].max()), 1e-9) * 1.06

    def x(year: float) -> float:
        return left + year * (right - left) / last

    def y(value: float) -> float:
        return bottom - value / most * (bottom - top)

    body = [f'<path class="axis" d="M{left} {top}V{bottom}H{right}"/>']
    top_tick = float(rows["together"].max())
    body += [_text(left - 6, y(t) + 4, f"{t:.1f}", "end") for t in (0.0, top_tick / 2, top_tick)]
    body += [_text(x(year), bottom + 17, str(year), "middle") for year in sorted({1, last // 2, last})]
    body.append(_text((left + right) / 2, height - 6, "years after publication", "middle"))
    points = [(x(0), y(0)), *((x(row.year), y(row.together)) for row in rows.itertuples())]
    body.append(f'<polyline class="curve free-line" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}"/>')
    return _svg(width, height, "how many works cite a work of so many years, on average", body)


def trend(rows: pd.DataFrame, width: int = 420, height: int = 120) -> Markup:
    """Followers by quarter, as `figures.trend` draws it."""
    left, right, top, bottom = 26, width - 4, 8, height - 22
    most = max(float(rows["active_followers"].max()), 1.0) if len(rows) else 1.0
    step = (right - left) / max(len(rows), 1)
    body = [
        f'<path class="axis" d="M{left} {bottom}H{right}"/>',
        _text(left - 5, bottom + 2, "0", "end"),
        _text(left - 5, top + 9, wording.number(most), "end"),
    ]
    # A label is some sixty units wide.
    every = max(math.ceil(len(rows) / 6), math.ceil(62 / step), 1)
    for i, row in enumerate(rows.itertuples()):
        for value, ink in ((row.active_followers, "free2"), (row.new_followers, "free")):
            tall = float(value) / most * (bottom - top)
            if tall:
                body.append(
                    f'<rect class="{ink}" x="{left + i * step + step * 0.12:.1f}" y="{bottom - tall:.1f}" '
                    f'width="{step * 0.76:.1f}" height="{tall:.1f}"/>'
                )
        if i % every == 0 and left + i * step < right - 40:
            body.append(_text(left + i * step, height - 6, figures.quarter_label(row.quarter)))
    return _svg(width, height, "followers by quarter", body)


def network(drawing: Drawing, width: int = 1020, height: int = 560) -> Markup:
    """The network as `figures.network` draws it."""

    def x(value: float) -> float:
        return 70 + value * (width - 140)

    def y(value: float) -> float:
        return height - 20 - value * (height - 60)

    at, most = drawing.nodes.set_index("id"), int(drawing.nodes["reach"].max())
    heaviest = float(drawing.edges["influence"].max()) if len(drawing.edges) else 1.0
    body = []
    for row in drawing.edges.itertuples():
        corners = wedge(
            x(at.x[row.follower]),
            y(at.y[row.follower]),
            x(at.x[row.leader]),
            y(at.y[row.leader]),
            figures.line_width(row.influence, heaviest) * 500,
        )
        path = "L".join(f"{a:.1f} {b:.1f}" for a, b in corners)
        body.append(f'<path class="edge {_ROLE[at.role[row.leader]]}" d="M{path}Z"/>')
    for row in drawing.nodes.sort_values("leader").itertuples():
        radius = figures.dot(row.reach, bool(row.leader), most) / 2
        body.append(f'<circle class="{_ROLE[row.role]}" cx="{x(row.x):.1f}" cy="{y(row.y):.1f}" r="{radius:.1f}"/>')
    for row in drawing.nodes[drawing.nodes["leader"]].itertuples():
        gap, (right, up) = figures.dot(row.reach, True, most) / 2 + 9, figures.SIDES[row.side]
        body.append(
            _text(
                x(row.x) + right * (gap - 4),
                y(row.y) - up * gap + 4,
                clip(row.person, 26),
                {0: "middle", 1: "start", -1: "end"}[right],
                "name halo",
            )
        )
    return _svg(width, height, "who follows the most followed", body)
