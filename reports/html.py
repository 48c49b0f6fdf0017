"""Writes the report: one HTML file that needs nothing else and fetches nothing.

Tables and drawings stand in the page itself and need no script. One script of ours, allowed by its hash, unpacks
plotly.js (out of the installed package, gzipped, allowed by its own hash too) when a figure comes into view.
"""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup, escape

from influence.schema import BUILT_UPON, TURNED_TO
from influence.version import __version__
from reports import figures, marks, network, view, wording
from reports.safety import clip, plain, script_json, write_private

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from influence.findings import Findings


def write(findings: Findings, path: str | Path, top: int = 20, dossiers: int = 10) -> Path:
    """Write the report on `findings` to `path`, whole or not at all, readable by its owner only.

    Parameters
    ----------
    findings
        What `influence.analyse` returned.
    path
        The HTML file; it is replaced where it is there.
    top
        How many of the most followed the table shows. There is no bottom.
    dossiers
        For how many of them the page carries the reasons and the evidence.

    Raises
    ------
    influence.errors.InputError
        When the file cannot be written.

    Examples
    --------
    >>> from reports import html                     # doctest: +SKIP
    >>> html.write(findings, "report.html", top=10)  # doctest: +SKIP
    """
    return write_private(path, render(findings, top, dossiers))


def render(findings: Findings, top: int = 20, dossiers: int = 10) -> str:
    """The page as text."""
    who = view.chosen(findings, dossiers)
    drawing = network.draw(findings)
    coverage = findings.coverage(12) if len(findings.leaders) else None
    points = findings.power() if findings.meta.get("chart") else None
    here, gone = (
        view.worth_showing(findings.still_here(top), top, 5),
        view.worth_showing(findings.gone(top), min(top, 8)),
    )
    script, plotly = _text("page.js"), plotly_script()
    context: dict[str, Any] = {
        "meta": findings.meta,
        "title": wording.title(findings),
        "answer": wording.answer(findings),
        "sure": wording.sure(findings),
        "read": wording.read(findings),
        "several": len({s.get("label") for s in findings.meta.get("sources", []) if s.get("connector") == "git"}) > 1,
        "period": wording.period(findings.meta.get("since"), findings.meta.get("until")),
        "until": wording.day(findings.meta.get("until")),
        "here": view.table(findings, here, set(who), top),
        "gone": view.table(findings, gone, set(who), top),
        "turned": bool(len(findings.leaders)) and bool((findings.leaders["turned_to"] > 0).any()),
        "dossiers": [view.dossier(findings, person) for person in who],
        "power": marks.power(points) if points is not None and len(points) else None,
        "power_rows": _power_rows(points),
        "coverage": marks.coverage(coverage) if coverage is not None and len(coverage) else None,
        "coverage_rows": _coverage_rows(coverage),
        "network": marks.network(drawing) if len(drawing.edges) else None,
        "drawing": drawing,
        "network_rows": view.drawn_table(drawing),
        "network_leaders": drawing.nodes[drawing.nodes["leader"]].to_dict("records"),
        "documents": wording.documents(findings),
        "works": view.works(findings, 12),
        "lag": marks.lag(figures.shown_lag(findings.lag)) if findings.lag["citing"].any() else None,
        "lag_rows": view.lag(findings),
        "several_health": findings.health["source"].nunique() > 1,
        "health": findings.health.to_dict("records"),
        "sources": view.sources(findings),
        "left_out": [row for row in findings.meta.get("left_out", []) if row[1]],
        "version": __version__,
        "options": _options(findings),
        "kinds": [
            (wording.kind_label(k), "built upon" if k in BUILT_UPON else "turned to") for k in (*BUILT_UPON, *TURNED_TO)
        ],
        "style": Markup(_text("style.css")),  # noqa: S704  ours
        "script": Markup(script),  # noqa: S704  ours
        "plotly": Markup(_packed(plotly)),  # noqa: S704  ours
        "csp": policy(script, plotly),
        "data": Markup(script_json(_data(findings, top, drawing, points, who))),  # noqa: S704  escaped
    }
    return _environment().get_template("page.html.j2").render(context)


def policy(*scripts: str) -> str:
    """The page's content security policy: nothing from anywhere, and of scripts only these.

    Styles may stand inline: the drawings carry them, and plotly.js sets its own.
    """
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    rules = ("default-src 'none'", f"script-src {hashes}", "style-src 'unsafe-inline'", "img-src data:")
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


def _data(findings: Findings, top: int, drawing: network.Drawing, points: Any, dossiers: list[str]) -> dict[str, Any]:
    shown: dict[str, go.Figure] = {f"trend-{person}": figures.trend(findings, person) for person in dossiers}
    if len(drawing.edges):
        shown["network"] = figures.network(findings, drawing=drawing)
    if points is not None and len(points):
        shown["power"] = figures.power(findings)
    if findings.lag["citing"].any():
        shown["lag"] = figures.lag(findings)
    return {
        "findings": findings.to_json(top),
        "figures": {name: figure.to_plotly_json() for name, figure in shown.items()},
        "inks": {
            figures.INK: "--ink",
            figures.SOFT: "--soft",
            figures.LINE: "--line",
            figures.FREE: "--free",
            figures.FREE2: "--free2",
            figures.FORMAL: "--formal",
            figures.ROLE_INK["other"]: "--crowd",
        },
    }


def _power_rows(points: Any) -> list[dict[str, Any]]:
    if points is None:
        return []
    rows = points[points["label"].astype(bool)].sort_values("reach", ascending=False)
    return [
        {"person": r.person, "manages": int(r.manages) if wording.known(r.manages) else 0, "reach": int(r.reach)}
        for r in rows.itertuples()
    ]


def _coverage_rows(coverage: Any) -> list[dict[str, Any]]:
    if coverage is None:
        return []
    return [
        {
            "k": int(r.k),
            "most_followed": wording.percent(r.most_followed),
            "managers": wording.percent(r.managers) if wording.known(r.managers) else "",
        }
        for r in coverage.itertuples()
    ]


def _options(findings: Findings) -> str:
    chosen = {name: value for name, value in (findings.meta.get("options") or {}).items() if value is not None}
    return json.dumps(chosen, default=str, ensure_ascii=False)


@functools.cache
def plotly_script() -> str:
    """plotly.js as the installed package carries it."""
    return (files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


@functools.cache
def _packed(script: str) -> str:
    return base64.b64encode(gzip.compress(script.encode(), 9, mtime=0)).decode()


def _breaking(path: object) -> Markup:
    """A path that may break after its slashes, not within a word."""
    return Markup(str(escape(plain(path))).replace("/", "/<wbr>"))  # noqa: S704  escaped before


def _whole(text: object) -> Markup:
    """A number stays on the line of its per cent sign."""
    return Markup(re.sub(r"(?<=\d) %", "\u00a0%", str(escape(plain(text)))))  # noqa: S704  escaped before


def _name(person: object) -> str:
    """A name as long as names are: who calls themselves a novel fills no page."""
    return clip(person, 60)


def _text(name: str) -> str:
    return (files("reports") / "templates" / name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> jinja2.Environment:
    """Everything is escaped, and everything by others passes `plain` first; what is markup already is ours."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        finalize=lambda value: (
            value if isinstance(value, (Markup, int, float)) else "" if value is None else plain(value)
        ),
    )
    environment.filters |= {
        "n": wording.number,
        "day": wording.day,
        "listing": wording.listing,
        "whole": _whole,
        "short": view.short,
        "breaking": _breaking,
        "name": _name,
    }
    environment.globals |= {"count": wording.count, "percent": wording.percent}
    return environment
