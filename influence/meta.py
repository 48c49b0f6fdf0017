"""What was asked, read and counted: the record that goes with every result."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from influence.authority import Authority
from influence.version import __version__
from influence.window import Window
from influence.works import CONNECTORS

#: Columns of `Findings.edges`.
EDGES = (
    "follower", "leader", "kind", "occasion", "counted", "value", "influence", "signals", "weeks", "first", "last",
    "ai", "imported",
)  # fmt: skip


def meta_of(
    *,
    span: Window,
    harvests: pd.DataFrame,
    labels: Mapping[str, str],
    seen: pd.DataFrame,
    counts: Mapping[str, Any],
    power: Authority,
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """`Findings.meta`, without what the leaders have to be known for.

    Parameters
    ----------
    span
        The window.
    harvests
        The table `harvests`.
    labels
        Repository -> the name that people know it by.
    seen
        `Findings.people`.
    counts
        Numbers of people, commits and so on.
    power
        Formal power.
    options
        What else was asked for; `seed` and `top` among it.
    """
    sources = [
        {
            "source": row["source"],
            "label": row["label"],
            "connector": row["connector"],
            "tip": row["tip"],
            "url": row["url"],
            "first": None if pd.isna(row["first"]) else row["first"],
            "last": None if pd.isna(row["last"]) else row["last"],
            "contact": row["contact"],
            "counts": json.loads(row["counts"] or "{}"),
            "problems": [tuple(item) for item in json.loads(row["problems"] or "[]")],
        }
        for row in harvests.to_dict("records")
    ]
    classes = seen["class"].value_counts()
    firsts = [source["first"] for source in sources if source["first"] is not None]
    shown = harvests[harvests["connector"].isin(CONNECTORS)]["label"]
    title = sorted({*labels.values(), *shown})
    return {
        "since": span.since or (min(firsts) if firsts else None),
        "until": span.until,
        "created": dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0),
        "version": __version__,
        "seed": options["seed"],
        "options": {
            "since": span.since and f"{span.since:%Y-%m-%d}",
            "until": f"{span.until:%Y-%m-%d}" if span.asked else None,
            **options,
        },
        "title": " and ".join([", ".join(title[:-1]), title[-1]] if len(title) > 1 else title),
        "authority_known": power.chart_known or power.roles_known,
        "hidden_rights": len(power.hiding(span.until)["id"].unique()),
        "chart": power.matched if power.chart_known else None,
        "documents_only": not counts["commits"] and bool(counts.get("documents")),
        "sources": sources,
        "counts": {
            "bots": int(classes.get("bot", 0)),
            "agents": int(classes.get("agent", 0)),
            **{name: int(value) for name, value in counts.items()},
        },
        "simulated": False,
    }
