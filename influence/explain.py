"""Why somebody stands where they stand: what their influence is made of, and what would change it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from influence.checks import checks, percent
from influence.evidence import commit_url, unit_name, web_page
from influence.schema import KINDS
from influence.terminal import safe, table

if TYPE_CHECKING:
    from influence.findings import Findings

_SHOWN = 8
_NUMBERS = "influence adopters share followers lines citing"
_DID = {
    "builds_on": "built on lines they wrote",
    "adopts": "use names they introduced",
    "cites": "cite works of theirs",
    "consults": "turned to them for advice or review",
    "heeds": "changed their work after a comment of theirs",
    "mentions": "named work of theirs as ground for their own",
}


@dataclass(frozen=True, eq=False)
class Explanation:
    """What a leader's influence is made of.

    Attributes
    ----------
    person
        The person's row of `Findings.leaders`.
    followers
        `id`, `person`, `influence` (adds up to the leader's), `kinds` (list), `weeks`, `works` (in how many of
        theirs they cite the leader), `first`, `last`, `areas` (list); most first.
    names
        `name`, `adopters`, `defined` (time), `path`, `line`, `language`, `unit`, `repository` (label), `url`, `share`
        (of the leader's influence), `imported`, `used_in` (labels of the other repositories that use it); most first.
    works
        The leader's works that others cite: `id`, `title`, `followers`, `citing` (works of followers), `share` (of the
        leader's influence), `url`; most first.
    files
        `repository` (label), `path`, `followers`, `lines` (replaced there), `share`; most first.
    evidence
        The very acts: `time`, `kind`, `how`, `follower` (name), `what`, `path`, `leader_unit`, `follower_unit`,
        `leader_url`, `follower_url`, `repository` (label; the leader's), `used_in` (label of the follower's repository
        where it is another, else None), `used_at` (file of the use), `amount`, `weight` (its part of the influence).
        The newest act of each follower and kind first, the heaviest of them first.
    trend
        As `Findings.trend`.
    checks
        Sentences that say what would change the result.
    """

    person: dict[str, Any]
    followers: pd.DataFrame
    names: pd.DataFrame
    works: pd.DataFrame
    files: pd.DataFrame
    evidence: pd.DataFrame
    trend: pd.DataFrame
    checks: list[str]

    def text(self) -> str:
        """The explanation for a terminal, made safe to print."""
        row = self.person
        until = f"{row['last_seen']:%Y-%m-%d}" if not pd.isna(row["last_seen"]) else "never"
        lines = [
            f"{safe(row['person'])}  ({row['id']})",
            f"rank {_range(row)} · influence {row['influence']:.3f} · {row['reach']} followers who count · "
            f"{_made(row)} · last seen {until}",
            _formal(row),
        ]
        if row["areas"]:
            lines.append(f"followed in: {safe(', '.join(row['areas']))}")
        lines += ["", "What it is made of"]
        for kind in KINDS:
            if row["parts"][kind]:
                lines.append(f"  {row['parts'][kind]:8.3f}  {self._people(kind)} {_DID[kind]}")
        lines.append(f"  {row['influence']:8.3f}  together")
        lines += ["", "What would change this", *(f"  - {safe(check)}" for check in self.checks)]
        evidence = self.evidence.assign(unit=self.evidence["follower_unit"].map(unit_name))
        lines += _table("Followers", self.followers, "who=person influence how=kinds first last where=areas")
        lines += _table("Names they introduced", self.names, "name adopters share defined file=path")
        lines += _table("Works of theirs that others cite", self.works, "work=title followers citing share")
        lines += _table("Files", self.files, "file=path followers lines share")
        unit = "commit" if row["commits"] or not row["works"] else "work"
        columns = f"when=time who=follower how=kind {unit}=unit what"
        places = zip(evidence["what"], evidence["repository"], evidence["used_in"], strict=True)
        evidence["what"] = [f"{what} ({at}, used in {used})" if used else what for what, at, used in places]
        lines += _table("Evidence, newest of each follower first", evidence, columns)
        return "\n".join(lines)

    def _people(self, kind: str) -> str:
        count = sum(kind in kinds for kinds in self.followers["kinds"])
        return f"{count} {'person' if count == 1 else 'people'}"


def explain(findings: Findings, person_id: str) -> Explanation:
    """Explain one ranked person of `findings`."""
    row = findings.leaders.set_index("id", drop=False).loc[person_id].to_dict()
    acts = _weighted(findings, person_id)
    names = findings.people.set_index("id")["person"]
    followers = _followers(findings, person_id, names, acts)
    works = _works(row, acts)
    return Explanation(
        person=row,
        followers=followers,
        names=_names(findings, row, acts),
        works=works,
        files=_files(findings, row, acts),
        evidence=_evidence(findings, acts, names),
        trend=findings.trend(person_id),
        checks=checks(findings, row, followers, works),
    )


def _weighted(findings: Findings, person_id: str) -> pd.DataFrame:
    """The acts behind a leader, with `influence`: what an edge adds, divided among its acts by what each counts."""
    acts = findings.acts(person_id)
    if len(findings.works):
        # A citation counts log(1 + c) / c: see `influence.score`.
        cited_by = acts["name"].map(findings.works.set_index("id")["cited_by"]).fillna(1).clip(lower=1)
        damped = acts["weight"] * np.log1p(cited_by) / cited_by
        acts = acts.assign(weight=acts["weight"].where(acts["kind"] != "cites", damped))
    edges = findings.edges
    edges = edges[(edges["leader"] == person_id) & edges["counted"]]
    by = ["follower", "kind", "occasion"]
    edges = edges[[*by, "influence"]].astype({"follower": object})
    acts = acts.astype({"follower": object}).merge(edges, on=by, how="left")
    total = acts.groupby(by)["weight"].transform("sum")
    acts["edge"] = acts["influence"].fillna(0.0)
    acts["influence"] = (acts["edge"] * acts["weight"] / total).fillna(0.0)
    return acts


def _followers(findings: Findings, person_id: str, names: pd.Series, acts: pd.DataFrame) -> pd.DataFrame:
    edges = findings.edges
    edges = edges[(edges["leader"] == person_id) & edges["counted"] & (edges["influence"] > 0)]
    rows = edges.groupby("follower", observed=True).agg(
        influence=("influence", "sum"),
        weeks=("weeks", "sum"),
        first=("first", "min"),
        last=("last", "max"),
    )
    rows = rows.rename_axis("id").reset_index().astype({"id": object})
    rows.insert(1, "person", names.reindex(rows["id"]).to_numpy())
    kinds = _listed(edges["follower"], edges["kind"])
    rows.insert(3, "kinds", [[kind for kind in KINDS if kind in kinds[follower]] for follower in rows["id"]])
    citing = acts[acts["kind"] == "cites"].groupby("follower", observed=True)["follower_unit"].nunique()
    rows.insert(5, "works", citing.reindex(rows["id"]).fillna(0).astype(int).to_numpy())
    places = findings.followed_in[findings.followed_in["leader"] == person_id].dropna(subset="directory")
    places = places.assign(area=findings.areas.label(places["repository"], places["directory"]))
    counts = places.groupby(["follower", "area"], observed=True)["acts"].sum().reset_index()
    counts = counts.sort_values(["acts", "area"], ascending=[False, True])
    areas = _listed(counts["follower"], counts["area"])
    rows["areas"] = [areas[follower][:3] for follower in rows["id"]]
    return rows.sort_values(["influence", "id"], ascending=[False, True], ignore_index=True)


def _names(findings: Findings, row: dict[str, Any], acts: pd.DataFrame) -> pd.DataFrame:
    adopted = _across(acts[acts["kind"] == "adopts"])
    rows = adopted.groupby(["repository", "name"], observed=True, as_index=False).agg(
        adopters=("follower", "nunique"),
        defined=("introduced", "min"),
        path=("path", "first"),
        line=("line", "first"),
        language=("language", "first"),
        unit=("leader_unit", "first"),
        imported=("imported", "max"),
    )
    elsewhere = adopted[adopted["used_in"].notna()]
    places = zip(elsewhere["repository"], elsewhere["name"], strict=True)
    used_in = _listed(places, _labels(findings, elsewhere["used_in"]))
    told = [sorted(set(used_in[of])) for of in zip(rows["repository"], rows["name"], strict=True)]
    rows["used_in"] = pd.Series(told, index=rows.index, dtype=object)
    worth = findings.names[findings.names["leader"] == row["id"]][["repository", "name", "value"]]
    rows = rows.merge(worth, on=["repository", "name"], how="left")
    rows["share"] = rows["value"].fillna(0.0) * findings.score.scale["adopts"] / row["influence"]
    pages = _pages(findings)
    rows["url"] = [_commit(pages, *both) for both in zip(rows["repository"], rows["unit"], strict=True)]
    rows["repository"] = _labels(findings, rows["repository"])
    rows = rows.sort_values(["adopters", "share", "name"], ascending=[False, False, True], ignore_index=True)
    return rows[
        ["name", "adopters", "defined", "path", "line", "language", "unit", "repository", "url", "share", "imported",
         "used_in"]
    ]  # fmt: skip


def _across(acts: pd.DataFrame) -> pd.DataFrame:
    """The acts with `used_in` only where it is another repository than the leader's."""
    other = acts["used_in"].notna() & (acts["used_in"] != acts["repository"])
    return acts.assign(used_in=acts["used_in"].astype(object).where(other, None))


def _works(row: dict[str, Any], acts: pd.DataFrame) -> pd.DataFrame:
    rows = (
        acts[acts["kind"] == "cites"]
        .groupby("name", observed=True)
        .agg(
            title=("cited_title", "first"),
            followers=("follower", "nunique"),
            citing=("follower_unit", "nunique"),
            share=("influence", "sum"),
            url=("leader_url", "first"),
        )
    )
    rows = rows.rename_axis("id").reset_index().astype({"id": object})
    rows["title"] = rows["title"].where(rows["title"].notna(), rows["id"])
    rows["url"] = [web_page(url) for url in rows["url"]]
    rows["share"] /= row["influence"]
    return rows.sort_values(["followers", "share", "id"], ascending=[False, False, True], ignore_index=True)


def _files(findings: Findings, row: dict[str, Any], acts: pd.DataFrame) -> pd.DataFrame:
    built = acts[acts["kind"].isin(["builds_on", "adopts"]) & acts["path"].notna()]
    lines = built["amount"].where(built["kind"] == "builds_on", 0.0)
    rows = (
        built.assign(lines=lines)
        .groupby(["repository", "path"], dropna=False, as_index=False)
        .agg(followers=("follower", "nunique"), lines=("lines", "sum"), share=("influence", "sum"))
    )
    rows["share"] /= row["influence"]
    rows["lines"] = rows["lines"].fillna(0).round().astype(int)
    rows["repository"] = _labels(findings, rows["repository"])
    return rows.sort_values(["share", "path"], ascending=[False, True], ignore_index=True)


def _evidence(findings: Findings, acts: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    newest = _across(acts).sort_values("time", ascending=False, kind="stable")
    turn = newest.groupby(["follower", "kind"]).cumcount()
    newest = newest.assign(turn=turn).sort_values(["turn", "edge"], ascending=[True, False], kind="stable")
    units = newest["leader_unit"].where(newest["leader_unit"].notna(), newest["evidence"].map(_unit_of))
    pages = _pages(findings)
    column = {name: newest[name].tolist() for name in ("repository", "used_in", "name", "used_name")}
    leader_url = [
        web_page(given) or web_page(told) or _commit(pages, repository, unit)
        for given, told, repository, unit in zip(
            newest["leader_url"].tolist(), newest["evidence"].tolist(), column["repository"], units, strict=True
        )
    ]
    follower_url = [
        web_page(given) or _commit(pages, used_in or repository, unit)
        for given, repository, used_in, unit in zip(
            newest["follower_url"].tolist(),
            column["repository"],
            column["used_in"],
            newest["follower_unit"].tolist(),
            strict=True,
        )
    ]
    what = newest["cited_title"].where(newest["kind"] == "cites", newest["title"])
    what = newest["name"].where(newest["kind"] == "adopts", what)
    renamed = newest["used_name"].notna() & (newest["used_name"] != newest["name"])
    told = [
        f"{name} (now {used})" if new else said
        for said, name, used, new in zip(what, column["name"], column["used_name"], renamed, strict=True)
    ]
    what = pd.Series(told, index=newest.index, dtype=object)
    labels = findings.repositories["label"].to_dict()
    return pd.DataFrame(
        {
            "time": newest["time"],
            "kind": newest["kind"],
            "how": newest["how"],
            "follower": names.reindex(newest["follower"]).to_numpy(),
            "what": what.where(what.notna(), None),
            "path": newest["path"].where(newest["path"].notna(), None),
            "leader_unit": units.where(units.notna(), None),
            "follower_unit": newest["follower_unit"],
            "leader_url": leader_url,
            "follower_url": follower_url,
            "repository": _labels(findings, newest["repository"]),
            "used_in": [labels.get(used) for used in column["used_in"]],
            "used_at": newest["used_at"].where(newest["used_at"].notna(), None),
            "amount": newest["amount"],
            "weight": newest["influence"],
        }
    ).reset_index(drop=True)


def _unit_of(evidence: object) -> str | None:
    """The commit of ``COMMIT:PATH:LINE``."""
    if not isinstance(evidence, str):
        return None
    unit = evidence.partition(":")[0]
    return unit if len(unit) >= 7 and all(c in "0123456789abcdef" for c in unit) else None


def _pages(findings: Findings) -> dict[object, str | None]:
    """Repository -> its web page."""
    return dict(findings.repositories["url"].items())


def _commit(pages: Mapping[object, str | None], repository: object, unit: object) -> str | None:
    return commit_url(pages.get(repository), unit) if isinstance(unit, str) else None


def _listed(keys: Iterable[Any], values: Iterable[Any]) -> defaultdict[Any, list[Any]]:
    """The values of each key, in their order."""
    found = defaultdict(list)
    for key, value in zip(keys, values, strict=True):
        found[key].append(value)
    return found


def _labels(findings: Findings, repositories: pd.Series) -> pd.Series:
    labels = findings.repositories["label"]
    return repositories.map(labels).where(repositories.isin(labels.index), repositories)


def _range(row: dict[str, Any]) -> str:
    if row["rank_low"] == row["rank_high"]:
        return str(row["rank"])
    return f"{row['rank_low']} to {row['rank_high']} (90 %)"


def _made(row: dict[str, Any]) -> str:
    """What somebody made: works, or commits, or both."""
    counts = [(row["works"], "work"), (row["commits"], "commit")]
    told = [f"{count:,} {what}{'' if count == 1 else 's'}" for count, what in counts if count]
    return " and ".join(told) or "no commits"


def _formal(row: dict[str, Any]) -> str:
    roles = safe("; ".join(row["formal"])) if row["formal"] else ""
    past = f"; formerly {safe('; '.join(row['formerly']))}" if row["formerly"] else ""
    if row["implicit"] is None:
        return f"formal power: {roles or 'not known'}{' (who manages whom is not known)' if roles else ''}{past}"
    return f"formal power: {roles or 'none'}{past}"


def _table(title: str, rows: pd.DataFrame, columns: str) -> list[str]:
    """The first rows as a table; `columns`: names, or header=name."""
    if rows.empty:
        return []
    pairs = [(item.partition("=")[0], item.rpartition("=")[2]) for item in columns.split()]
    shown = [[_cell(name, row[name]) for _, name in pairs] for row in rows.head(_SHOWN).to_dict("records")]
    more = f" (first {_SHOWN} of {len(rows):,})" if len(rows) > _SHOWN else ""
    return ["", f"{title}{more}", table([head for head, _ in pairs], shown, right=_NUMBERS)]


def _cell(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if name == "share":
        return percent(value)
    if isinstance(value, float) and not pd.isna(value):
        return f"{value:.3f}"
    return "" if value is None or pd.isna(value) else str(value)
