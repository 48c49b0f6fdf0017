"""Findings from a researcher's own signals, without a workspace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from influence import areas, authority, people, profile, score, window, worth
from influence.errors import InputError
from influence.evidence import COLUMNS, GivenEvidence
from influence.findings import Findings
from influence.left_out import Item
from influence.meta import EDGES, meta_of
from influence.schema import COUNTED_OCCASIONS, KINDS, OCCASIONS, TABLES

_PAIR = ["follower", "leader", "kind", "occasion"]


def from_table(
    signals: pd.DataFrame,
    *,
    since: window.Moment,
    until: window.Moment,
    weights: Mapping[str, float] | None,
    seed: int,
    top: int,
) -> Findings:
    """`influence.findings.from_signals`."""
    rows = _checked(signals)
    start = window.moment(since, dt.time.min)
    newest = rows["time"].max()
    last = dt.datetime.now(dt.UTC).replace(tzinfo=None) if pd.isna(newest) else newest.to_pydatetime()
    span = window.Window(start, window.moment(until, window.LAST_INSTANT) or last, until is not None)
    outside = (rows["time"] < start if start else False) | (rows["time"] > span.until)
    own = rows["follower"] == rows["leader"]
    left_out: list[Item] = [
        ("acts of following", int(outside.sum()), "done outside the window"),
        ("acts of following", int((own & ~outside).sum()), "nobody follows themselves"),
    ]
    rows = rows[~outside & ~own].reset_index(drop=True)
    who = _people(rows)
    edges, names = _edges(rows, who)
    scored = score.influence(edges[edges["counted"]][["follower", "leader", "kind", "value"]], weights)
    edges["influence"] = scored.weigh(edges["kind"], edges["value"])
    nobody = authority.build(_empty("authority"), _empty("memberships"), who, {})
    cuts = areas.Areas({})
    facts = _facts(rows, edges, names)
    table = profile.leaders(scored, edges, who, nobody, facts, cuts, span, seed)
    seen = who.table.drop(columns="first").join(facts.activity.drop(columns="works"), on="id")
    meta = meta_of(
        span=span,
        harvests=_empty("harvests"),
        labels={},
        seen=seen,
        counts={
            "people": len(seen),
            "commits": 0,
            "ai_commits": 0,
            "signals": len(rows),
            "repositories": rows["repository"].nunique(),
        },
        power=nobody,
        options={"seed": seed, "top": top},
    )
    meta["named_note"] = profile.why_nobody(table)
    meta["left_out"] = [item for item in left_out if item[1]]
    return Findings(
        edges=edges[list(EDGES)],
        people=seen,
        meta=meta,
        score=scored,
        table=table,
        names=names,
        followed_in=facts.followed_in,
        areas=cuts,
        manages=nobody.reports(span.until),
        merges=who.merges,
        repositories=pd.DataFrame({"label": [], "url": []}, dtype=object),
        evidence=GivenEvidence(_acts(rows)),
        lookup=who.find,
    )


def _checked(signals: pd.DataFrame) -> pd.DataFrame:
    """The signals with every column that there may be, in the types that the analysis takes."""
    missing = [name for name in ("follower", "leader") if name not in signals]
    if missing:
        raise InputError(f"the signals have no column {missing[0]!r}", "name who follows whom: follower, leader")
    size = len(signals)

    def column(name: str, default: Any) -> pd.Series:
        given = signals[name] if name in signals else pd.Series([None] * size, dtype=object)
        return given.reset_index(drop=True).astype(object).where(lambda values: values.notna(), default)

    texts = ("follower", "leader", "name", "path", "repository", "unit")
    rows = pd.DataFrame({name: column(name, None) for name in texts})
    for side in ("follower", "leader"):
        if rows[side].isna().any():
            raise InputError(f"a {side} is missing in the signals", f"fill in {side} in every row")
        rows[side] = rows[side].astype(str)
    for name, known, default in (("kind", KINDS, "builds_on"), ("occasion", OCCASIONS, "unknown")):
        rows[name] = column(name, default)
        wrong = set(rows[name]) - set(known)
        if wrong:
            raise InputError(f"the {name} {min(map(str, wrong))!r} is not known", f"use {', '.join(known)}")
    for name in ("weight", "amount"):
        try:
            rows[name] = column(name, 1.0).astype(float)
        except (TypeError, ValueError):
            raise InputError(f"a {name} in the signals is no number", "give 0 or more in every row") from None
    try:
        times = pd.to_datetime(column("time", None), utc=True, errors="raise")
    except (TypeError, ValueError) as error:
        raise InputError("a time in the signals is no time", "write times as YYYY-MM-DD") from error
    rows["time"] = times.dt.tz_localize(None).astype("datetime64[us]")
    rows["number"] = np.arange(size)
    return rows


def _people(rows: pd.DataFrame) -> people.People:
    ids = pd.Series(sorted(set(rows["follower"]) | set(rows["leader"])), dtype=object)
    table = pd.DataFrame({"id": ids, "person": ids, "class": "person", "title": None, "identities": 1, "first": pd.NaT})
    merges = pd.DataFrame({name: [] for name in ("id", "a", "b", "rule", "confidence", "accepted")})
    lookup = pd.DataFrame({"id": ids, "key": ids, "name": ids, "email": None, "login": None})
    return people.People(table, pd.DataFrame({"key": ids, "id": ids}), merges, lookup=lookup)


def _edges(rows: pd.DataFrame, who: people.People) -> tuple[pd.DataFrame, pd.DataFrame]:
    ids = pd.Index(who.table["id"])
    rows = rows.assign(follower=ids.get_indexer(rows["follower"]), leader=ids.get_indexer(rows["leader"]))
    # Monday; without a time every row is a week of its own, which no real week (days since 1970) can be.
    days = rows["time"].to_numpy().astype("datetime64[D]").astype(np.int64)
    week = np.where(rows["time"].notna(), (days + 3) // 7, np.iinfo(np.int32).max + rows["number"])
    pairs = rows.groupby(_PAIR, as_index=False).agg(
        signals=("weight", "size"), weight=("weight", "sum"), first=("time", "min"), last=("time", "max")
    )
    adopting = rows[rows["kind"] == "adopts"]
    citing = rows[rows["kind"] == "cites"]
    citing = citing.assign(cited=_or_number(citing["name"], citing), citing=_or_number(citing["unit"], citing))
    return worth.edges(
        pairs=pairs[pairs["kind"] != "cites"].assign(ai_weight=0.0, imported_weight=0.0),
        weekly=rows.assign(week=week)[~rows["kind"].isin(["adopts", "cites"])],
        adopting=adopting.assign(name=_or_number(adopting["name"], adopting)),
        cited=worth.cited(pairs[pairs["kind"] == "cites"], citing),
        ids=who.table["id"],
    )


def _or_number(column: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """What was adopted or cited; where it is not told, each row is about something of its own."""
    return column.where(column.notna(), "row " + rows["number"].astype(str)).astype(str)


def _facts(rows: pd.DataFrame, edges: pd.DataFrame, names: pd.DataFrame) -> profile.Facts:
    counted = rows[rows["occasion"].isin(COUNTED_OCCASIONS)]
    placed = counted[counted["path"].notna()]
    directory = placed["path"].astype(str).str.replace(r"/?[^/]*$", "", regex=True)
    followed_in = (
        placed.assign(directory=directory, repository=placed["repository"].fillna(""))
        .groupby(["leader", "follower", "repository", "directory"], as_index=False)
        .agg(acts=("weight", "size"))
    )
    both = pd.concat(
        [rows[["follower", "time"]].rename(columns={"follower": "id"}),
         rows.loc[rows["kind"].isin(["consults", "heeds"]), ["leader", "time"]].rename(columns={"leader": "id"})]
    )  # fmt: skip
    activity = both.groupby("id")["time"].agg(first_seen="min", last_seen="max")
    activity.insert(0, "commits", 0)
    activity.insert(1, "works", 0)
    return profile.Facts(activity, followed_in, pd.Series(dtype=float), _top_files(counted, edges), names)


def _top_files(counted: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    built = counted[counted["kind"].isin(["builds_on", "adopts"])]
    known = edges[[*_PAIR, "influence"]].astype({"follower": object, "leader": object})
    parts = built.merge(known, on=_PAIR)
    parts["influence"] *= parts["weight"] / parts.groupby(_PAIR)["weight"].transform("sum")
    files = parts.groupby(["leader", "path"], as_index=False)["influence"].sum()
    return files.sort_values(["leader", "influence", "path"], ascending=[True, False, True]).assign(repository="")


def _acts(rows: pd.DataFrame) -> pd.DataFrame:
    counted = rows[rows["occasion"].isin(COUNTED_OCCASIONS)]
    acts = counted.rename(columns={"unit": "follower_unit"}).assign(how="given", imported=False, ai=False)
    acts["introduced"] = pd.NaT
    return acts.reindex(columns=list(COLUMNS))


def _empty(table: str) -> pd.DataFrame:
    return TABLES[table].arrow.empty_table().to_pandas()
