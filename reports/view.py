"""From `Findings` to what the templates show: plain values, sentences and marks, nothing left to compute."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from influence.profile import NAMED_FOLLOWERS
from influence.schema import BUILT_UPON, KINDS, TURNED_TO
from reports import marks, wording
from reports.figures import shown_lag
from reports.network import Drawing
from reports.safety import clip, link
from reports.wording import Part, Sentence

if TYPE_CHECKING:
    from influence.explain import Explanation
    from influence.findings import Findings

EVIDENCE, FOLLOWERS, NAMES, WORKS, FILES = 25, 12, 8, 8, 8


def table(findings: Findings, rows: pd.DataFrame, dossiers: set[str], top: int) -> list[dict[str, Any]]:
    """The rows of *the most followed*; marks of ranks reach to half as many again as `top`, and point beyond."""
    last = max(12, round(top * 1.5))
    leaders, meta = findings.leaders, findings.meta
    most = max(float(leaders[["built_upon", "turned_to"]].max().max()), 0.0) if len(leaders) else 0.0
    shown = []
    for row in rows.itertuples():
        role, ink = wording.formal(row, bool(meta.get("chart")))
        shown.append(
            {
                "id": row.id,
                "person": row.person,
                "title": row.title if wording.known(row.title) else "",
                "role": role,
                "ink": ink,
                "named": bool(row.named),
                "dossier": row.id in dossiers,
                "rank": wording.ranks(row.rank_low, row.rank_high),
                "rank_mark": marks.rank(int(row.rank_low), int(row.rank_high), last),
                "bars": marks.bars(float(row.built_upon), float(row.turned_to), most),
                "built_upon": f"{row.built_upon:.1f}",
                "turned_to": f"{row.turned_to:.1f}",
                "reach": int(row.reach),
                "areas": list(row.areas),
                "made": _made(row, wording.documents(findings)),
                "seen": wording.ago(row.last_seen, meta.get("until"), meta.get("created")),
                "seen_day": wording.day(row.last_seen),
            }
        )
    return shown


def _made(row: Any, documents: bool) -> int:
    """How much somebody made: works where there are documents only, else commits."""
    made = row.works if documents else row.commits
    return int(made) if wording.known(made) else 0


def worth_showing(rows: pd.DataFrame, most: int, at_least: int = 0) -> pd.DataFrame:
    """The first `most` of them whom at least five people follow, or else the first `at_least`: no bottom is listed."""
    followed = rows[rows["reach"] >= NAMED_FOLLOWERS].head(most)
    return followed if len(followed) else rows.head(min(at_least, most))


def chosen(findings: Findings, dossiers: int) -> list[str]:
    """Whose dossier the page carries: those named, then the most followed; still here before gone."""
    leaders = findings.leaders
    rows = leaders.assign(other=~leaders["named"].astype(bool), gone=~leaders["here"].astype(bool))
    pick = rows.sort_values(["other", "gone", "rank"], kind="stable").head(dossiers)
    return [str(person) for person in pick.sort_values(["gone", "rank"], kind="stable")["id"]]


def dossier(findings: Findings, person: str) -> dict[str, Any]:
    """All about one person: why, what would change it, followers, names, files, trend, evidence."""
    explanation = findings.explain(person)
    row = pd.Series(explanation.person)
    role, ink = wording.formal(row, bool(findings.meta.get("chart")))
    followers = explanation.followers
    return {
        "id": row["id"],
        "person": row["person"],
        "title": row["title"] if wording.known(row["title"]) else "",
        "role": role,
        "ink": ink,
        "named": bool(row["named"]),
        "here": bool(row["here"]),
        "rank": wording.ranks(row["rank_low"], row["rank_high"]),
        "reach": int(row["reach"]),
        "why": why(findings, explanation),
        "checks": [_check(check) for check in explanation.checks],
        "facts": facts(row, wording.documents(findings)),
        "sum": adds_up(findings, row),
        "trend": marks.trend(explanation.trend) if len(explanation.trend) else Markup(""),
        "trend_rows": [_quarter(q) for q in explanation.trend.tail(16).itertuples()],
        "followers": [_follower(f) for f in followers.head(FOLLOWERS).itertuples()],
        "followers_more": max(len(followers) - FOLLOWERS, 0),
        "names": [_named(n) for n in explanation.names.head(NAMES).itertuples()],
        "names_more": max(len(explanation.names) - NAMES, 0),
        "works": [_cited(w) for w in explanation.works.head(WORKS).itertuples()],
        "works_more": max(len(explanation.works) - WORKS, 0),
        "files": [_file(f) for f in explanation.files.head(FILES).itertuples()],
        "files_more": max(len(explanation.files) - FILES, 0),
        "evidence": [_evidence(e) for e in explanation.evidence.head(EVIDENCE).itertuples()],
        "evidence_more": max(len(explanation.evidence) - EVIDENCE, 0),
    }


def _check(sentence: str) -> str:
    """A sentence of the explanation, as this page writes: capital first, a space before the per cent sign."""
    sentence = re.sub(r"(\d)%", r"\1 %", sentence)
    return sentence[:1].upper() + sentence[1:]


def why(findings: Findings, explanation: Explanation) -> list[Sentence]:
    """The reasons in sentences, the heaviest kind first."""
    person, parts = explanation.person, dict(explanation.person["parts"])
    people = kind_people(findings, person["id"])
    sentences = []
    for kind in sorted((k for k in KINDS if parts.get(k)), key=lambda k: -parts[k]):
        n = people.get(kind, 0)
        sentence = [Part(wording.count(n, "person", "people"), "b"), Part(f" {wording.kind_people(kind, n)}")]
        if kind == "adopts" and len(explanation.names):
            sentence += _names_sentence(explanation.names)
        elif kind == "cites" and len(explanation.works):
            most = explanation.works.iloc[0]
            who = wording.count(int(most["followers"]), "person", "people")
            sentence += [Part("; most "), Part(clip(most["title"], 80), "title"), Part(f" ({who})")]
        elif kind == "builds_on" and len(explanation.files):
            best = explanation.files.iloc[0]
            sentence += [
                Part("; most in "),
                Part(best["path"], "code"),
                Part(f" ({wording.count(int(best['followers']), 'person', 'people')})"),
            ]
        sentences.append([*sentence, Part(".")])
    areas = list(person["areas"])
    if len(areas) > 1:
        sentences.append([Part(f"Followed in {wording.listing(areas, 4)}.")])
    sentences.append([Part(_silent(person.get("silent_share"), wording.documents(findings)))])
    return sentences


def _names_sentence(names: pd.DataFrame) -> Sentence:
    best = names.iloc[0]
    sentence = [
        Part("; "),
        Part(best["name"], "code"),
        Part(f" ({wording.month(best['defined'])}) by {wording.number(int(best['adopters']))}"),
    ]
    for row in names.iloc[1:3].itertuples():
        sentence += [Part(", "), Part(row.name, "code"), Part(f" by {wording.number(int(row.adopters))}")]
    return sentence


def _silent(share: Any, documents: bool) -> str:
    if documents and wording.known(share):
        return (
            f"{wording.percent(share)} of it came from people who had not written anything with them before; whether "
            "they had spoken otherwise, documents do not tell."
        )
    if not wording.known(share):
        return "Whether they had spoken first is not known: no review was read."
    silent = wording.percent(share)
    return f"{silent} of what was built upon was silent: no review, mention or mail between them came first."


def kind_people(findings: Findings, person: str) -> dict[str, int]:
    """How many people counted as followers of this person in each kind."""
    edges = findings.edges
    mine = edges[(edges["leader"] == person) & edges["counted"].astype(bool)]
    return {str(kind): int(n) for kind, n in mine.groupby("kind", observed=True)["follower"].nunique().items()}


def adds_up(findings: Findings, row: pd.Series) -> list[dict[str, Any]]:
    """The influence and its parts, which add up to it."""
    people, parts = kind_people(findings, row["id"]), dict(row["parts"])
    total = float(row["influence"])
    rows = [
        {
            "kind": wording.kind_label(k),
            "side": "built upon" if k in BUILT_UPON else "turned to" if k in TURNED_TO else "",
            "people": people.get(k, 0),
            "part": f"{parts[k]:.2f}",
            "share": marks.share(parts[k] / total if total else 0),
        }
        for k in KINDS
        if parts.get(k)
    ]
    return [
        *rows,
        {"kind": "influence", "side": "", "people": int(row["reach"]), "part": f"{total:.2f}", "share": Markup("")},
    ]


def facts(row: pd.Series, documents: bool = False) -> list[tuple[str, str]]:
    """Figures beside the reasons: label and value."""
    lasting = [
        ("rank, 90 %", wording.ranks(row["rank_low"], row["rank_high"])),
        ("followers", wording.number(int(row["reach"]))),
        ("as many equal followers", f"{row['effective_followers']:.1f}"),
        ("works" if documents else "commits", wording.number(_made(row, documents))),
        ("last seen", wording.day(row["last_seen"])),
    ]
    for label, column in (
        ("through a coding assistant", "ai_share"),
        ("of work that arrived in an import", "imported_share"),
    ):
        if wording.known(row.get(column)) and (row[column] or (column == "ai_share" and not documents)):
            lasting.append((label, wording.percent(row[column])))
    if wording.known(row.get("first_share")):
        lasting.insert(1, ("first, of 200 re-weighings", wording.percent(row["first_share"])))
    low, high = row["implicitness"] if isinstance(row["implicitness"], (list, tuple)) else (0.0, 1.0)
    lasting.append(("followed freely", _between(low, high)))
    return lasting


def _between(low: float, high: float) -> str:
    if low <= 0 and high >= 1:
        return "not known"
    return wording.percent(low) if low == high else f"{wording.percent(low)} to {wording.percent(high)}"


def _quarter(row: Any) -> dict[str, Any]:
    from reports.figures import quarter_label

    return {"quarter": quarter_label(row.quarter), "active": int(row.active_followers), "new": int(row.new_followers)}


def _follower(row: Any) -> dict[str, Any]:
    kinds = row.kinds if isinstance(row.kinds, (list, tuple, set)) else str(row.kinds).split(",")
    areas = list(row.areas) if isinstance(row.areas, (list, tuple)) else []
    return {
        "person": row.person,
        "influence": f"{row.influence:.2f}",
        "kinds": ", ".join(wording.kind_label(str(k).strip()) for k in kinds),
        # Citing is no matter of weeks: who does nothing else has none.
        "weeks": wording.number(round(float(row.weeks), 1)) if row.weeks else "",
        "works": int(row.works),
        "first": wording.short_month(row.first),
        "last": wording.short_month(row.last),
        "areas": wording.listing([str(a) for a in areas], 2),
    }


def _named(row: Any) -> dict[str, Any]:
    return {
        "name": row.name,
        "adopters": int(row.adopters),
        "defined": wording.month(row.defined),
        "path": row.path,
        "line": int(row.line) if wording.known(row.line) else None,
        "unit": short(row.unit),
        "url": link(row.url),
        "share": wording.percent(row.share),
        "imported": bool(row.imported) if wording.known(row.imported) else False,
        "used_in": ", ".join(row.used_in),
    }


def _cited(row: Any) -> dict[str, Any]:
    return {
        "title": clip(row.title, 160),
        "id": row.id if row.title != row.id else "",
        "url": link(row.url),
        "followers": int(row.followers),
        "citing": int(row.citing),
    }


def _file(row: Any) -> dict[str, Any]:
    return {
        "repository": row.repository,
        "path": row.path,
        "followers": int(row.followers),
        "lines": wording.number(int(row.lines)),
        "share": wording.percent(row.share),
    }


def _evidence(row: Any) -> dict[str, Any]:
    return {
        "time": f"{pd.Timestamp(row.time):%Y-%m-%d}" if wording.known(row.time) else "",
        "follower": row.follower,
        "did": wording.did(row.kind, row.how if wording.known(row.how) else ""),
        "what": row.what if wording.known(row.what) else "",
        "code": row.kind == "adopts",
        "path": row.path if wording.known(row.path) else "",
        "leader_unit": short(row.leader_unit),
        "leader_url": link(row.leader_url),
        "follower_unit": short(row.follower_unit),
        "follower_url": link(row.follower_url),
        "repository": row.repository,
        "used_in": row.used_in if wording.known(row.used_in) else "",
        "amount": int(row.amount) if row.kind == "builds_on" and wording.known(row.amount) else 0,
    }


def short(unit: Any) -> str:
    """A commit hash cut to what people read, a change's number with its sign; anything else as it is."""
    text = str(unit) if wording.known(unit) else ""
    if text.isdigit() and len(text) < 10:
        return f"#{text}"
    return text[:10] if len(text) in (40, 64) and all(c in "0123456789abcdef" for c in text) else text


def sources(findings: Findings) -> list[dict[str, Any]]:
    """What was read, one row a source."""
    rows = []
    for source in findings.meta.get("sources", []):
        counts = source.get("counts") or {}
        rows.append(
            {
                "label": source.get("label") or source.get("source"),
                "connector": source.get("connector", ""),
                # A service's place in its own lists tells a reader nothing.
                "tip": "" if str(source.get("tip") or "").startswith("{") else source.get("tip") or "",
                "first": _day(source.get("first")),
                "last": _day(source.get("last")),
                "contact": {"none": "none", "coauthors": "co-authors only", "review": "reviews"}.get(
                    str(source.get("contact")), ""
                ),
                "counts": ", ".join(
                    f"{wording.number(int(n))} {str(k).replace('_', ' ')}" for k, n in counts.items() if n
                ),
            }
        )
    return rows


def works(findings: Findings, most: int) -> list[dict[str, Any]]:
    """The most cited works."""
    rows = findings.works[findings.works["cited_by"] > 0].head(most)
    return [
        {
            "id": row.id,
            "title": row.title if wording.known(row.title) else "",
            "authors": wording.listing([clip(author, 60) for author in row.authors], 3),
            "created": str(pd.Timestamp(row.created).year) if wording.known(row.created) else "",
            "status": row.status if wording.known(row.status) else "",
            "cited_by": int(row.cited_by),
            "followers": int(row.followers),
            "lag": f"{row.lag_median_days / 365.25:.1f}" if wording.known(row.lag_median_days) else "",
            "late": f"{row.sleeping_beauty:.1f}" if wording.known(row.sleeping_beauty) else "",
        }
        for row in rows.itertuples()
    ]


def lag(findings: Findings) -> list[dict[str, Any]]:
    """The curve of `figures.lag` as rows."""
    return [
        {"year": int(row.year), "works": int(row.works), "citing": int(row.citing), "together": f"{row.together:.2f}"}
        for row in shown_lag(findings.lag).itertuples()
    ]


def _day(value: Any) -> str:
    return wording.day(value) if wording.known(value) else ""


def drawn_table(drawing: Drawing, most: int = 60) -> list[dict[str, Any]]:
    """The lines of the network as rows, the heaviest first."""
    names = drawing.nodes.set_index("id")["person"]
    edges = drawing.edges.sort_values("influence", ascending=False, kind="stable").head(most)
    return [
        {"follower": names[e.follower], "leader": names[e.leader], "influence": f"{e.influence:.2f}"}
        for e in edges.itertuples()
    ]
