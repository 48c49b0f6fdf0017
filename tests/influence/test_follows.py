"""Follow edges: the SQL against the definition in plain loops; what counts; documents and time."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from influence.findings import analyse
from influence.workspace import Workspace
from tests.influence.factories import Rows, at, key
from tests.influence.following import adopted, analysed, edges, followed, value
from tests.influence.oracle import Oracle

PEOPLE = ["ada", "bea", "cal", "dan", "eve"]
BOT = "dependabot[bot] <support@dependabot.com>"
SECOND = "Ada Other <ada@second.example.org>"
NEVER, ALWAYS = dt.datetime(1, 1, 1), dt.datetime(2100, 1, 1)


days = st.dates(dt.date(2020, 1, 1), dt.date(2020, 3, 31)).map(lambda day: dt.datetime.combine(day, dt.time(9)))
delays = st.sampled_from([dt.timedelta(0), dt.timedelta(days=3), dt.timedelta(days=40)])
whos = st.sampled_from([*PEOPLE, SECOND, BOT])
shares = st.sampled_from([1.0, 1.0, 0.5, 1 / 3])
words = st.sampled_from(["ring", "build", "split", "merge"])
signals = st.fixed_dictionaries(
    {
        "follower": whos,
        "leader": whos,
        "when": days,
        "delay": delays,
        "kind": st.sampled_from(["builds_on", "builds_on", "consults", "consults", "heeds", "mentions"]),
        "how": st.sampled_from(["replaced", "replaced", "extended", "repaired"]),
        "unit": st.sampled_from(["c1", "c2", "c3", "p1"]),
        "follower_share": shares,
        "leader_share": shares,
        "asked_by": st.sampled_from([None, *PEOPLE]),
        "required": st.sampled_from([None, None, False, True]),
        "imported": st.booleans(),
    }
)
definitions = st.fixed_dictionaries(
    {
        "who": st.sampled_from([*PEOPLE, SECOND, BOT, None]),
        "name": words,
        "when": days,
        "delay": delays,
        "path": st.sampled_from(["a.c", "b.c", "c.c", "d.c"]),
        "share": shares,
        "public": st.sampled_from([True, True, False]),
        "language": st.sampled_from(["c", "python"]),
        "renamed_from": st.sampled_from([None, None, None, "ring", "build", "lost"]),
    }
)
uses = st.fixed_dictionaries(
    {
        "who": whos,
        "name": words,
        "when": days,
        "delay": delays,
        "share": shares,
        "path": st.sampled_from(["a.c", "b.c"]),
        "gone": st.sampled_from([None, False, False, True]),
    }
)
spans = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.none() | days, st.none() | days)
works = st.sampled_from(["w1", "w2", "w3", "w4"])
citations = st.tuples(works, works, days, delays)
authorships = st.tuples(works, st.sampled_from([*PEOPLE, None, BOT]), st.sampled_from([1.0, 0.5]))


@st.composite
def sources(draw: st.DrawFn) -> list[Rows]:
    """A clone, and perhaps a second one that knows part of the same and learnt of it later."""
    clone, other = Rows("one"), Rows("two")
    for who in PEOPLE:
        clone.person(who)
    clone.person(SECOND)
    clone.person(BOT)
    clone.add("identity_links", a=key("ada"), b=SECOND, same=True, by="mailmap")
    copied = draw(st.booleans())

    def put(method: str, row: dict[str, Any], times: str) -> None:
        visible = row[times] + row.pop("delay")
        getattr(clone, method)(**row, visible=visible)
        if copied and draw(st.booleans()):
            getattr(other, method)(**row, visible=visible + dt.timedelta(days=draw(st.sampled_from([-1, 0, 20]))))

    for row in draw(st.lists(signals, min_size=2, max_size=20)):
        put("signal", row, "when")
    for unit, whole in draw(st.dictionaries(st.sampled_from(["c1", "c2", "c3"]), st.just("p1"), max_size=2)).items():
        clone.unit(unit, "a.c", part_of=whole)
    for row in draw(st.lists(definitions, min_size=2, max_size=12)):
        put("defines", row | {"unit": f"d{row['when']:%m%d}"}, "when")
    for row in draw(st.lists(uses, min_size=4, max_size=20)):
        put("uses", row, "when")
    for citing, cited, time, delay in draw(st.lists(citations, max_size=8)):
        clone.add("citations", citing=citing, cited=cited, time=time, visible=time + delay, how="body")
    for work, who, share in draw(st.lists(authorships, max_size=8, unique_by=lambda row: row[:2])):
        clone.add("authorships", artifact=work, identity=who, share=share, visible=NEVER)
    chart = {}
    for leader, follower, since, until in draw(st.lists(spans, max_size=2)):
        if leader < follower and (since is None or until is None or since < until):
            chart.setdefault(follower, (leader, since, until))
    for follower, (leader, since, until) in chart.items():
        clone.manages(leader, follower, since, until)
    return [clone, other] if copied else [clone]


def closure(clone: Rows) -> list[tuple[str, str, dt.datetime | None, dt.datetime | None]]:
    """Who is above whom, one step and two: with two rows in the chart there are no longer chains."""
    first = {key(who): who for who in PEOPLE}
    direct = [(first[r["leader"]], first[r["follower"]], r["since"], r["until"]) for r in clone.rows["authority"]]
    both = [
        (a, d, max(filter(None, (s, v)), default=None), min(filter(None, (u, w)), default=None))
        for a, b, s, u in direct
        for c, d, v, w in direct
        if b == c
    ]
    return direct + both


sinces = st.sampled_from([None, dt.datetime(2020, 2, 10)])
untils = st.sampled_from([None, dt.datetime(2020, 3, 10)])


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources(), sinces, untils)
def test_the_sql_says_what_the_definition_says(
    given_rows: list[Rows], since: dt.datetime | None, until: dt.datetime | None
) -> None:
    agree(given_rows, since, until)


@pytest.mark.soak
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources(), sinces, untils)
def test_the_sql_says_what_the_definition_says_at_length(
    given_rows: list[Rows], since: dt.datetime | None, until: dt.datetime | None
) -> None:
    agree(given_rows, since, until)


def agree(given_rows: list[Rows], since: dt.datetime | None, until: dt.datetime | None) -> None:
    """Edges, values and influence by SQL and in plain loops are the same."""
    person = {key(who): who for who in PEOPLE} | {SECOND: "ada", BOT: "bot"}
    oracle = Oracle(given_rows, person, {"bot"}, closure(given_rows[0]), since or NEVER, until or ALWAYS)
    times = [row["visible"] for rows in given_rows for table in rows.rows.values() for row in table if "visible" in row]
    assume(since is None or until is not None or max(times, default=since) > since)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "w.duckdb")
        for rows in given_rows:
            rows.write(workspace)
        findings = analyse(workspace, since=since, until=until)
    found = {edge: row["value"] for edge, row in edges(findings).items()}
    expected = oracle.values()
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, abs=1e-9)
    names = {row.id: row.person.split()[0].lower() for row in findings.people.itertuples()}
    influence = {names[row.id]: row.influence for row in findings.table.itertuples()}
    assert influence == pytest.approx(oracle.influence(), abs=1e-9)
    # Exactly: what the counted edges add is what the leader has.
    counted = findings.edges[findings.edges["counted"]].groupby("leader", observed=True)["influence"].sum()
    for row in findings.table.itertuples():
        assert counted[row.id] == row.influence == sum(row.parts.values())


# -- what counts ---------------------------------------------------------------------------------------------------


def test_only_replacing_is_building_on(tmp_path: Path) -> None:
    rows = Rows()
    for how in ("extended", "deleted", "repaired", "replaced"):
        rows.signal("bea", "ada", "2020-02-10", how=how)
    findings = analysed(rows, tmp_path)
    assert edges(findings)["bea", "ada", "builds_on", "unknown"]["signals"] == 1
    assert sum(count for what, count, _ in findings.meta["left_out"] if what == "changes to lines of others") == 3


def test_a_week_counts_once_and_shares_divide_it(tmp_path: Path) -> None:
    rows = Rows()
    for day in ("2020-02-03", "2020-02-09", "2020-02-10"):  # a Monday, the Sunday after, the next Monday
        rows.signal("bea", "ada", day)
    rows.signal("cal", "ada", "2020-02-03", follower_share=0.5, leader_share=0.5)
    findings = analysed(rows, tmp_path)
    assert value(findings, "bea", "ada", "builds_on", "unknown") == pytest.approx(1.0986122887)  # log(1 + 2)
    assert value(findings, "cal", "ada", "builds_on", "unknown") == pytest.approx(0.2231435513)  # log(1 + 1/4)


def test_the_same_commit_from_two_clones_counts_once(tmp_path: Path) -> None:
    alone = Rows("one")
    alone.defines("ada", "ring", "2020-01-01")
    alone.uses("bea", "ring", "2020-02-01")
    alone.signal("bea", "ada", "2020-02-10", follower_share=0.5, unit="c")
    alone.signal("bea", "ada", "2020-02-10", "consults", unit="c")
    alone.act("bea", "2020-02-10", unit="c")
    wrote(alone, "w1", "ada", "cal")
    wrote(alone, "w2", "bea")
    cites(alone, "w2", "w1")
    before = analyse(alone.write(tmp_path))
    fork = Rows("two")
    fork.rows |= {name: [row | {"source": "git:two"} for row in rows] for name, rows in alone.rows.items()}
    fork._people = alone._people
    after = analyse(fork.write(Workspace(tmp_path / "workspace.duckdb")))
    assert len(after.meta["sources"]) == 2
    assert after.to_json() == before.to_json()
    assert edges(after)["bea", "ada", "builds_on", "unknown"]["signals"] == 1


def test_advice_counts_once_per_author_adviser_and_unit(tmp_path: Path) -> None:
    rows = Rows()
    for how in ("reviewed-by", "helped-by"):
        rows.signal("bea", "ada", "2020-02-10", "consults", how=how, unit="c1")
    rows.signal("bea", "ada", "2020-02-17", "consults", unit="c2")
    # A review that was read, and a trailer of a commit in it, in another week.
    rows.unit("c3", "a.c", part_of="p1")
    rows.signal("cal", "ada", "2020-02-10", "consults", how="reviewed", unit="p1", asked_by="cal")
    rows.signal("cal", "ada", "2020-02-03", "consults", unit="c3")
    findings = analysed(rows, tmp_path)
    assert edges(findings)["bea", "ada", "consults", "unknown"]["signals"] == 2
    assert edges(findings)["cal", "ada", "consults", "free"]["signals"] == 1
    assert ("cal", "ada", "consults", "unknown") not in edges(findings)
    assert ("pieces of advice", 2, "the same advice on the same change was told more than once") in findings.meta[
        "left_out"
    ]


def test_machines_neither_lead_nor_follow_and_are_shown(tmp_path: Path) -> None:
    rows = Rows()
    agent = "Claude <noreply@anthropic.com>"
    for machine in (BOT, agent):
        rows.act(machine, "2020-02-10")
        rows.signal(machine, "ada", "2020-02-10")
        rows.signal("ada", machine, "2020-02-10")
    rows.signal("bea", "ada", "2020-02-10")
    findings = analyse(rows.write(tmp_path))
    assert set(edges(findings)) == {("bea", "ada", "builds_on", "unknown")}
    assert (findings.meta["counts"]["bots"], findings.meta["counts"]["agents"]) == (1, 1)
    assert findings.meta["counts"]["people"] == 2
    why = {why: count for what, count, why in findings.meta["left_out"] if what == "changes to lines of others"}
    assert why == {"bots neither lead nor follow": 2, "coding assistants neither lead nor follow": 2}


# -- documents -----------------------------------------------------------------------------------------------------


def cites(rows: Rows, citing: str, cited: str) -> None:
    rows.add("citations", citing=citing, cited=cited, time="2020-02-01", how="body")


def wrote(rows: Rows, work: str, *authors: str) -> None:
    for author in authors:
        rows.add("authorships", artifact=work, identity=author, share=1 / len(authors), visible="2020-01-01")


def test_citations_are_free_and_divided_among_authors(tmp_path: Path) -> None:
    rows = Rows()
    wrote(rows, "w1", "ada", "bea")
    wrote(rows, "w2", "cal")
    wrote(rows, "w3", "dan", "eve")
    wrote(rows, "w4", "cal", "ada")
    rows.manages("ada", "cal")
    for work in ("w2", "w3", "w4"):
        cites(rows, work, "w1")
    found = {edge: round(row["value"], 6) for edge, row in edges(analysed(rows, tmp_path)).items()}
    # Two works without a common author: log(3) / 2 a citation, halved per author on either side.
    assert found == {
        ("cal", "ada", "cites", "obliged"): 0.274653,
        ("cal", "bea", "cites", "free"): 0.274653,
        **{(follower, leader, "cites", "free"): 0.137327 for follower in ("dan", "eve") for leader in ("ada", "bea")},
    }


def test_a_work_of_a_crowd_names_nobody(tmp_path: Path) -> None:
    rows = Rows()
    crowd = [f"Member{chr(65 + i // 26)}{chr(65 + i % 26)} Of <m{i}@crowd.example>" for i in range(51)]
    wrote(rows, "crowd", *crowd)
    wrote(rows, "fifty", *crowd[:50])
    wrote(rows, "w1", "ada")
    wrote(rows, "w2", "bea")
    cites(rows, "w2", "crowd")
    cites(rows, "crowd", "w1")
    cites(rows, "w2", "fifty")
    findings = analysed(rows, tmp_path)
    assert len(findings.edges) == 50
    assert set(findings.edges["kind"]) == {"cites"}
    crowded = ("citations", 2, "a work with over 50 authors names no leaders and no followers")
    assert crowded in findings.meta["left_out"]


# -- time ----------------------------------------------------------------------------------------------------------


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources())
def test_what_becomes_visible_later_changes_nothing_before(given_rows: list[Rows]) -> None:
    nothing_changes(given_rows)


@pytest.mark.soak
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources())
def test_what_becomes_visible_later_changes_nothing_before_at_length(given_rows: list[Rows]) -> None:
    nothing_changes(given_rows)


def nothing_changes(given_rows: list[Rows]) -> None:
    """Without the rows that were not visible yet, the findings of a day are the same."""
    until = dt.datetime(2020, 2, 15)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "w.duckdb")
        for rows in given_rows:
            rows.act("ada", "2020-01-02")
            rows.rows["holdings"] = []
            rows.write(workspace)
        full = analyse(workspace, until=until)
        for rows in given_rows:
            for table, kept in rows.rows.items():
                rows.rows[table] = [row for row in kept if row.get("visible", NEVER) <= until]
            rows.write(workspace)
        early = analyse(workspace, until=until)
        assert early.to_json(100) == full.to_json(100)
        columns = ["follower", "leader", "kind", "occasion", "value", "influence", "first", "last"]
        pd.testing.assert_frame_equal(
            early.edges[columns].astype({"follower": str, "leader": str}),
            full.edges[columns].astype({"follower": str, "leader": str}),
        )
        assert early.meta["left_out"] == full.meta["left_out"]


def test_what_was_visible_in_one_clone_was_visible(tmp_path: Path) -> None:
    for label, visible in (("late", "2020-03-01"), ("early", "2020-01-15")):
        rows = Rows(label)
        rows.signal("bea", "ada", "2020-01-10", unit="c", visible=visible)
        rows.signal("bea", "ada", "2020-01-20", "consults", unit="c", visible="2020-03-01")
        rows.act("bea", "2020-01-10", unit="c")
        workspace = rows.write(tmp_path)
    assert set(edges(followed(workspace, until="2020-02-01"))) == {("bea", "ada", "builds_on", "unknown")}


def test_a_definition_introduces_nothing_before_others_can_see_it(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "ring", "2020-01-01", visible="2020-03-01")
    rows.defines("bea", "ring", "2020-01-10")
    rows.uses("cal", "ring", "2020-01-20")
    workspace = rows.write(tmp_path)
    assert adopted(followed(workspace, until="2020-02-01")) == {("cal", "bea")}
    assert adopted(followed(workspace)) == {("cal", "ada")}


def test_a_window_goes_by_when_it_was_done(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "ring", "2018-01-01")
    rows.uses("bea", "ring", "2020-02-01")
    rows.uses("cal", "ring", "2019-02-01")  # used before the window, and again in it: adopted before
    rows.signal("bea", "ada", "2019-12-31", visible="2020-02-01")
    rows.signal("cal", "ada", "2020-01-01")
    rows.signal("dan", "ada", "2020-01-10", visible="2021-01-01")
    findings = analyse(rows.write(tmp_path), since="2020-01-01", until="2020-12-31")
    assert set(edges(findings)) == {("bea", "ada", "adopts", "unknown"), ("cal", "ada", "builds_on", "unknown")}
    assert findings.meta["since"] == at("2020-01-01T00:00:00")
