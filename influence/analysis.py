"""From a workspace to findings: the steps in order, each of them somebody else's work."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from influence import areas, authority, follows, people, profile, score, window, works
from influence.evidence import Reading, WorkspaceEvidence
from influence.findings import Findings
from influence.left_out import machines, not_known, not_read
from influence.meta import EDGES, meta_of
from influence.people import pseudonymise
from influence.schema import TABLES
from influence.workspace import Workspace


def from_workspace(
    workspace: Workspace,
    *,
    since: window.Moment,
    until: window.Moment,
    people: Path | None,
    seed: int,
    top: int,
    pseudonyms: bool = False,
) -> Findings:
    """`influence.findings.analyse`."""
    with workspace.read() as connection:
        span = window.window(connection, since, until)
        harvests = connection.execute("SELECT * FROM harvests ORDER BY source").df()
        who = people_in(connection, people)
        if pseudonyms:
            who = pseudonymise(who, connection.execute("SELECT secret FROM workspace").fetchall()[0][0])
        labels = _labels(harvests)
        follows.prepare(connection, who, span)
        power = _authority(connection, who, labels)
        follows.stage(connection, who, power)
        silence = _silence(connection, who)
        following = follows.follow(connection, who)
        edges = following.edges
        # There may be millions of rows: what all count is not copied.
        counted = edges if edges["counted"].all() else edges[edges["counted"]]
        scored = score.influence(counted[["follower", "leader", "kind", "value"]])
        del counted
        edges["influence"] = scored.weigh(edges["kind"], edges["value"])
        facts = _facts(connection, who, following, edges, silence)
        cuts = areas.cut(connection.execute(follows.query("active")).df(), labels, given=areas.given(harvests))
        made = works.works(connection, who, span)
        counts = dict(connection.execute(follows.query("counts")).fetchall())
    table = profile.leaders(scored, edges, who, power, facts, cuts, span, seed)
    seen = _seen(who, facts.activity, edges, power, span)
    acted = (seen["class"] == "person") & (seen["first_seen"].notna() | seen["id"].isin(set(edges["leader"].unique())))
    counts["people"] = int(acted.sum())
    options = {"people": people and people.name, "seed": seed, "top": top, "pseudonyms": pseudonyms or None}
    meta = meta_of(span=span, harvests=harvests, labels=labels, seen=seen, counts=counts, power=power, options=options)
    if meta["documents_only"]:
        # Who has not written for half a year is not gone: people write seldom.
        table["here"] = True
    meta["named_note"] = profile.why_nobody(table)
    meta["left_out"] = [*machines(seen), *following.left_out, *not_known(power), *not_read(harvests)]
    return Findings(
        edges=edges[list(EDGES)],
        people=seen,
        meta=meta,
        score=scored,
        table=table,
        names=following.names,
        followed_in=facts.followed_in,
        areas=cuts,
        manages=power.reports(span.until),
        merges=who.merges,
        repositories=_repositories(harvests),
        evidence=WorkspaceEvidence(Reading(workspace, who, power, span)),
        lookup=who.find,
        works=made.table,
        lag=made.lag,
        health=works.health(harvests),
    )


def people_in(connection: duckdb.DuckDBPyConnection, overrides: Path | None) -> people.People:
    """Which identities in an open workspace are one person, with the corrections of a `people.csv`."""
    columns = ", ".join(f'"{name}"' for name in TABLES["identities"].names if name != "source")
    identities = connection.execute(f"SELECT DISTINCT {columns} FROM identities").df()
    return people.resolve(identities, connection.execute("SELECT * FROM identity_links").df(), overrides)


def _authority(
    connection: duckdb.DuckDBPyConnection, who: people.People, labels: dict[str, str]
) -> authority.Authority:
    rows = connection.execute("SELECT * FROM powers ORDER BY source, position, leader, role").df()
    memberships = connection.execute("SELECT * FROM memberships").df()
    acting = connection.execute(follows.query("acting")).df()["person"]
    power = authority.build(rows, memberships, who, labels, who.table["id"].to_numpy()[acting])
    if not power.roles_known:
        return power
    active = connection.execute(follows.query("active_years")).df()
    active["id"] = who.table["id"].to_numpy()[active["person"]]
    return power.considering(active)


def _labels(harvests: pd.DataFrame) -> dict[str, str]:
    """Repository -> the name that people know it by."""
    known = harvests[harvests["repository"].notna() & (harvests["connector"] == "git")]
    others = harvests[harvests["repository"].notna()]
    return dict(zip(others["repository"], others["label"], strict=True)) | dict(
        zip(known["repository"], known["label"], strict=True)
    )


def _repositories(harvests: pd.DataFrame) -> pd.DataFrame:
    """By repository: `label`, and `url`, its web page, or None."""
    labels = _labels(harvests)
    pages = harvests[harvests["url"].notna()].drop_duplicates("repository").set_index("repository")["url"]
    table = pd.DataFrame({"label": labels}, dtype=object)
    # As objects: a column of texts would make NaN of None.
    urls = [pages.get(repository) for repository in table.index]
    table["url"] = pd.Series(urls, index=table.index, dtype=object)
    return table


def _silence(connection: duckdb.DuckDBPyConnection, who: people.People) -> pd.Series:
    """By leader the silent share; asked before there are edges, because both may take much memory."""
    seeing = "SELECT count(*) FROM harvests WHERE contact = 'review' OR (contact = 'coauthors' AND connector <> 'git')"
    if not connection.execute(seeing).fetchall()[0][0]:
        return pd.Series(dtype=float)
    follows.make(connection, "contacts")
    rows = connection.execute(follows.query("silence")).df()
    connection.execute("DROP TABLE contacts")
    ids = who.table["id"].to_numpy(dtype=object)
    return pd.Series(rows["silent_share"].to_numpy(), index=ids[rows["leader"].to_numpy(dtype=np.int64)])


def _facts(
    connection: duckdb.DuckDBPyConnection,
    who: people.People,
    following: follows.Following,
    edges: pd.DataFrame,
    silence: pd.Series,
) -> profile.Facts:
    ids = who.table["id"].to_numpy(dtype=object)
    # Of citations nothing hangs on files, and they may be millions.
    counted = edges[edges["counted"] & edges["kind"].isin(["builds_on", "adopts"])]
    worth = counted.groupby(["follower", "leader", "kind"], observed=True, as_index=False)["influence"].sum()
    for side in ("follower", "leader"):
        worth[side] = worth[side].cat.codes.astype(np.int64)
    follows.load(connection, "worth", worth)
    follows.make(connection, "files")

    def read(name: str) -> pd.DataFrame:
        rows = connection.execute(follows.query(name)).df()
        for column in ("person", "follower", "leader"):
            if column in rows:
                rows[column] = ids[rows[column].to_numpy(dtype=np.int64)]
        return rows

    return profile.Facts(
        activity=read("activity").set_index("person"),
        followed_in=read("followed_in"),
        silence=silence,
        top_files=read("top_files"),
        names=following.names,
    )


def _seen(
    who: people.People, activity: pd.DataFrame, edges: pd.DataFrame, power: authority.Authority, span: window.Window
) -> pd.DataFrame:
    """Everybody who was seen by the end of the window, or stands in the chart."""
    table = who.table
    active = activity.reindex(table["id"])
    first = pd.to_datetime(table["first"]).to_numpy()
    sides = set(edges["follower"].unique()) | set(edges["leader"].unique())
    known = [person in sides or power.in_chart(person) for person in table["id"]]
    present = active["first_seen"].notna().to_numpy() | np.array(known, dtype=bool)
    present |= ~(first > np.datetime64(span.until))
    seen = pd.DataFrame(
        {
            "id": table["id"],
            "person": table["person"],
            "class": table["class"],
            "title": table["title"],
            "identities": table["identities"],
            "commits": active["commits"].fillna(0).astype(int).to_numpy(),
            "first_seen": active["first_seen"].to_numpy(),
            "last_seen": active["last_seen"].to_numpy(),
        }
    )
    return seen[present].reset_index(drop=True)
