"""The result object: who is named and why, the contract of the JSON, and each column against its definition."""

from __future__ import annotations

import datetime as dt
import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from influence.errors import InputError, WorkspaceError
from influence.findings import Findings, analyse, from_signals
from influence.schema import KINDS
from influence.workspace import Workspace
from tests.influence.factories import Rows, at

FOLLOWERS = ["bea", "cal", "dan", "eve", "fay", "gil"]


def team() -> Rows:
    """Ada is followed by six, Bea by two; all have committed."""
    rows = Rows("swift")
    for number, who in enumerate(["ada", *FOLLOWERS]):
        rows.act(who, f"2020-02-{10 + number}")
    for who in FOLLOWERS:
        rows.signal(who, "ada", "2020-02-10")
        rows.signal(who, "ada", "2020-02-17")
    for who in ("cal", "dan"):
        rows.signal(who, "bea", "2020-02-10", "consults")
    return rows


def of(findings: Findings, who: str) -> dict[str, Any]:
    table = findings.leaders.set_index("person")
    return {"person": who, **table.loc[f"{who.capitalize()} {who.capitalize()}son"].to_dict()}


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """Of `team`."""
    return analyse(team().write(tmp_path_factory.mktemp("team")))


# -- the contract --------------------------------------------------------------------------------------------------


def test_the_json_is_what_was_promised(tmp_path: Path) -> None:
    rows = team()
    rows.manages("ada", "bea")
    found = json.loads(json.dumps(analyse(rows.write(tmp_path)).to_json(1)))
    leader = found["leaders"][0]
    assert (found["until"], found["people"], len(found["leaders"])) == ("2020-02-17", 7, 1)
    assert set(leader) == {
        *("rank", "id", "person", "influence", "rank_low", "rank_high", "parts", "reach", "effective_followers"),
        *("standing", "implicit", "implicitness", "silent_share", "formal", "areas", "commits", "last_seen"),
    }
    assert (leader["rank"], leader["person"], leader["reach"]) == (1, "Ada Adason", 5)
    assert (leader["commits"], leader["last_seen"], leader["implicit"]) == (1, "2020-02-10", False)
    assert leader["formal"] == ["manages 1"]
    assert leader["silent_share"] is None
    assert set(leader["parts"]) == set(KINDS)
    assert sum(leader["parts"].values()) == leader["influence"] > 0
    assert leader["implicitness"] == [0.0, pytest.approx(10 / 12)]
    assert leader["effective_followers"] == pytest.approx(5.0)


def test_the_same_seed_gives_the_same_result_whatever_the_order_of_rows(findings: Findings, tmp_path: Path) -> None:
    rows = team()
    rows.rows["signals"].reverse()
    assert json.dumps(findings.to_json()) == json.dumps(analyse(rows.write(tmp_path)).to_json())


def test_edges_add_up_to_influence_and_the_graph_is_theirs(findings: Findings) -> None:
    counted = findings.edges[findings.edges["counted"]]
    sums = counted.groupby("leader", observed=True)["influence"].sum()
    for row in findings.leaders.itertuples():
        assert sums[row.id] == row.influence == row.built_upon + row.turned_to == row.in_strength
    graph = findings.to_networkx()
    ada = findings.find("Ada Adason")
    assert graph.nodes[ada]["person"] == "Ada Adason"
    assert sum(data["influence"] for *_, data in graph.in_edges(ada, data=True)) == pytest.approx(sums[ada])
    assert {key for *_, key in graph.in_edges(ada, keys=True)} == {"builds_on:unknown"}
    assert set(findings.people) == {
        *("id", "person", "class", "title", "identities", "commits", "first_seen", "last_seen"),
    }


def test_nothing_read_is_said_and_not_an_error(tmp_path: Path) -> None:
    rows = Rows()
    rows.act("ada", "2020-01-01")
    findings = analyse(rows.write(tmp_path))
    assert findings.leaders.empty
    assert findings.named().empty
    assert findings.power().empty
    assert findings.meta["named_note"] == "Nobody follows anybody in what was read."
    assert findings.to_json()["leaders"] == []
    assert list(findings.coverage(3)["most_followed"]) == [0, 0, 0]
    with pytest.raises(InputError, match="nobody follows Ada Adason"):
        findings.explain("Ada Adason")


def test_dates_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    workspace = team().write(tmp_path)
    with pytest.raises(InputError, match="'soon' is no date"):
        analyse(workspace, since="soon")
    with pytest.raises(InputError, match="2021-01-01 is after --until, 2020-01-01"):
        analyse(workspace, since="2021-01-01", until="2020-01-01")
    zoned = dt.datetime(2020, 2, 10, 14, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert analyse(workspace, until=zoned).meta["until"] == at("2020-02-10")


# -- who is named --------------------------------------------------------------------------------------------------


def test_without_a_chart_nobody_is_known_to_be_free_of_power_and_still_named(findings: Findings) -> None:
    assert of(findings, "ada")["implicit"] is None
    assert list(findings.named()["person"]) == ["Ada Adason"]  # Bea has two followers
    assert not findings.meta["authority_known"]
    assert findings.meta["chart"] is None


def test_whoever_manages_somebody_is_ranked_and_not_named(tmp_path: Path) -> None:
    rows = team()
    rows.manages("ada", "hal")
    rows.manages("hal", "bea", until="2020-01-01")
    findings = analyse(rows.write(tmp_path))
    ada, bea = of(findings, "ada"), of(findings, "bea")
    assert (ada["implicit"], ada["manages"], ada["named"], ada["rank"]) == (False, 1, False, 1)
    assert bea["implicit"] is True
    assert findings.named().empty
    assert findings.meta["named_note"].startswith("Everybody who is followed by at least 5 people holds formal power")
    assert findings.meta["chart"]["chart_people"] == 3


def test_whoever_the_chart_does_not_know_is_not_known(tmp_path: Path) -> None:
    rows = team()
    rows.manages("hal", "bea")
    findings = analyse(rows.write(tmp_path))
    assert of(findings, "ada")["implicit"] is None
    assert of(findings, "bea")["implicit"] is True
    assert of(findings, "ada")["named"]


def test_a_role_over_the_repository_in_which_they_are_followed_disqualifies(tmp_path: Path) -> None:
    rows = team()
    rows.owns("ada", role="maintainer")
    rows.owns("bea", role="maintainer", repository="s" * 40)
    rows.owns("zoe", role="maintainer")  # whose advice is about nobody knows what
    rows.signal("cal", "zoe", "2020-02-10", "mentions", path=None)
    findings = analyse(rows.write(tmp_path))
    assert of(findings, "zoe")["implicit"] is False
    assert of(findings, "zoe")["areas"] == []
    assert of(findings, "ada")["implicit"] is False
    assert of(findings, "ada")["formal"] == ["maintainer of swift"]
    assert of(findings, "bea")["implicit"] is True


def test_a_code_owner_is_shown_and_named(tmp_path: Path) -> None:
    rows = team()
    rows.owns("ada", "*")
    findings = analyse(rows.write(tmp_path))
    assert of(findings, "ada")["implicit"] is None
    assert of(findings, "ada")["formal"] == ["code owner of * in swift"]
    assert of(findings, "ada")["named"]
    assert not findings.meta["authority_known"]


def test_a_role_that_many_hold_does_not_disqualify(tmp_path: Path) -> None:
    rows = team()
    for who in ("ada", "bea", "cal"):
        rows.owns(who, role="committer")
    findings = analyse(rows.write(tmp_path))
    assert of(findings, "ada")["implicit"] is True
    assert of(findings, "ada")["formal"] == ["committer of swift"]


def test_whose_rank_is_unsure_is_not_named(tmp_path: Path) -> None:
    rows = Rows()
    for number in range(30):
        for follower in range(5):
            name = f"F{chr(65 + follower)}{chr(65 + number)} Of <f{follower}.{number}@x.example>"
            rows.signal(name, f"L{chr(65 + number % 26)}{number // 26}x Of <l{number}@x.example>", "2020-01-01")
    findings = analyse(rows.write(tmp_path))
    assert len(findings.leaders) == 30
    assert findings.named().empty
    assert findings.meta["named_note"].startswith("Nobody without formal power is surely among the first 20")


def test_five_followers_name_somebody_and_four_nobody(tmp_path: Path) -> None:
    rows = Rows()
    for who in FOLLOWERS[:4]:
        rows.signal(who, "ada", "2020-01-01")
    findings = analyse(rows.write(tmp_path))
    assert findings.named().empty
    assert findings.meta["named_note"] == "Nobody is followed by at least 5 people who count."
    rows.signal(FOLLOWERS[4], "ada", "2020-01-01")
    findings = analyse(rows.write(tmp_path))
    assert list(findings.named()["person"]) == ["Ada Adason"]
    assert findings.meta["named_note"] == ""


def test_gone_is_who_did_nothing_for_half_a_year(tmp_path: Path) -> None:
    rows = team()
    rows.act("zoe", "2020-08-08")
    findings = analyse(rows.write(tmp_path))  # 180 days before is 10 February, noon
    assert of(findings, "ada")["here"]
    assert findings.gone(5).empty
    later = analyse(Workspace(tmp_path / "workspace.duckdb"), until="2020-08-09")
    assert list(later.gone(5)["person"]) == ["Ada Adason"]
    assert list(later.still_here(5)["person"]) == ["Bea Beason"]
    assert later.named()["person"].tolist() == ["Ada Adason"]


# -- columns -------------------------------------------------------------------------------------------------------


def test_commits_are_those_of_the_window_and_last_seen_is_the_last_act(tmp_path: Path) -> None:
    rows = team()
    rows.act("bea", "2019-01-01")
    rows.act("bea", "2020-03-05", "review", unit="p1")
    rows.act("bea", "2020-03-09", visible="2021-01-01")
    findings = analyse(rows.write(tmp_path), since="2020-01-01", until="2020-12-31")
    bea = of(findings, "bea")
    assert (bea["commits"], bea["last_seen"]) == (1, at("2020-03-05"))
    assert findings.meta["counts"]["commits"] == 7


def test_shares_of_assistants_and_imports_go_by_influence(tmp_path: Path) -> None:
    rows = Rows()
    rows.signal("bea", "ada", "2020-01-01", follower_via="Claude <noreply@anthropic.com>")
    rows.signal("bea", "ada", "2020-01-02", imported=True)
    rows.signal("cal", "ada", "2020-01-02", leader_via="Claude <noreply@anthropic.com>", imported=True)
    row = of(analyse(rows.write(tmp_path)), "ada")
    assert row["ai_share"] == pytest.approx(0.75)
    assert row["imported_share"] == pytest.approx(0.75)


def test_what_hangs_on_one_name_or_file_is_told(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "ring", "2019-01-01", path="ring.c")
    for who in ("bea", "cal"):
        rows.uses(who, "ring", "2020-01-01")
        rows.signal(who, "ada", "2020-01-01", path="proxy.c")
        rows.signal(who, "ada", "2020-01-01", path="ring.c")
    row = of(analyse(rows.write(tmp_path)), "ada")
    assert (row["top_name"], row["top_file"]) == ("ring", "ring.c")
    assert row["top_name_share"] == pytest.approx(row["parts"]["adopts"] / row["influence"])
    assert row["top_file_share"] == pytest.approx(
        (row["parts"]["adopts"] + row["parts"]["builds_on"] / 2) / row["influence"]
    )


def test_silence_is_being_built_upon_before_any_contact_where_reviews_were_read(tmp_path: Path) -> None:
    rows = Rows("swift", contact="review")
    for day in ("2020-01-01", "2020-02-01", "2020-03-01"):
        rows.signal("bea", "ada", day)
    rows.signal("cal", "ada", "2020-01-01")
    rows.act("ada", "2020-01-20", "comment", counterpart="bea")
    other = Rows("unread", repository="s" * 40)
    other.signal("dan", "ada", "2020-01-01")
    other.signal("dan", "eve", "2020-01-01")
    other.write(tmp_path)
    findings = analyse(rows.write(tmp_path))
    assert of(findings, "ada")["silent_share"] == pytest.approx(0.5)
    assert of(findings, "eve")["silent_share"] is None


@pytest.mark.parametrize("contact", ["review asked", "mention", "same commit"])
def test_advice_mentions_and_work_together_are_contact(tmp_path: Path, contact: str) -> None:
    rows = Rows("swift", contact="review")
    rows.signal("bea", "ada", "2020-02-01")
    if contact == "review asked":
        rows.signal("ada", "bea", "2020-01-01", "consults")
    elif contact == "mention":
        rows.signal("bea", "ada", "2020-01-01", "mentions")
    else:
        for who in ("ada", "bea"):
            rows.act(who, "2020-01-01", unit="together")
    assert of(analyse(rows.write(tmp_path)), "ada")["silent_share"] == 0.0


def wrote(rows: Rows, work: str, when: str | None, *authors: str) -> None:
    rows.add("artifacts", id=work, kind="paper", created=when, title=work)
    for author in authors:
        rows.add("authorships", artifact=work, identity=author, share=1 / len(authors), visible=when or "2019-01-01")
        if when:
            rows.act(author, when, "document", unit=work, repository=None)


def cites(rows: Rows, citing: str, cited: str, when: str) -> None:
    rows.add("citations", citing=citing, cited=cited, time=when, how="body")


def papers(tmp_path: Path, together: str | None = "2020-05-01", contact: str = "coauthors") -> Rows:
    """Bea cites Ada's w1 twice, before and after they wrote w0 together; Cal cites it and Ada's w5 once."""
    rows = Rows("papers", None, "documents", contact=contact)  # type: ignore[arg-type]
    wrote(rows, "w0", together, "ada", "bea")
    wrote(rows, "w1", "2020-01-01", "ada")
    wrote(rows, "w2", "2020-02-01", "bea")
    wrote(rows, "w3", "2020-06-01", "bea")
    wrote(rows, "w4", "2020-06-01", "cal")
    wrote(rows, "w5", "2020-01-01", "ada")
    for citing, cited, when in (
        ("w2", "w1", "2020-02-01"), ("w3", "w1", "2020-06-01"), ("w4", "w1", "2020-06-01"), ("w4", "w5", "2020-06-01"),
    ):  # fmt: skip
        cites(rows, citing, cited, when)
    return rows


def test_of_documents_writing_together_is_the_contact_that_can_be_known(tmp_path: Path) -> None:
    row = of(analyse(papers(tmp_path).write(tmp_path)), "ada")
    # w1 has three works that cite it: log(4) / 3 each; w5 one: log(2). Only Bea's second is not silent.
    three = math.log(4) / 3
    assert row["silent_share"] == pytest.approx((2 * three + math.log(2)) / (3 * three + math.log(2)))


def test_a_work_together_without_a_date_is_contact_from_the_start(tmp_path: Path) -> None:
    row = of(analyse(papers(tmp_path, None).write(tmp_path)), "ada")
    three = math.log(4) / 3
    assert row["silent_share"] == pytest.approx((three + math.log(2)) / (3 * three + math.log(2)))


def test_documents_whose_source_sees_no_contact_tell_no_silence(tmp_path: Path) -> None:
    assert of(analyse(papers(tmp_path, contact="none").write(tmp_path)), "ada")["silent_share"] is None


def test_citations_of_people_who_share_a_repository_without_reviews_tell_no_silence(tmp_path: Path) -> None:
    code = Rows(contact="coauthors")
    for who in ("ada", "bea"):
        code.act(who, "2019-01-01")
    code.signal("cal", "ada", "2020-01-01")
    code.write(tmp_path)
    row = of(analyse(papers(tmp_path).write(tmp_path)), "ada")
    assert row["silent_share"] == 1.0  # Cal's two; what Bea and Ada said over the code is not known


def test_implicitness_is_an_interval(tmp_path: Path) -> None:
    rows = Rows()
    rows.signal("bea", "ada", "2020-01-01", "consults", asked_by="bea")
    rows.signal("cal", "ada", "2020-01-01", "consults")
    rows.signal("dan", "ada", "2020-01-01", "consults", asked_by="ada")
    rows.signal("eve", "ada", "2020-01-01", "consults", required=True)
    row = of(analyse(rows.write(tmp_path)), "ada")
    assert row["implicitness"] == [0.25, 0.5]
    assert row["reach"] == 2


def test_everything_left_out_is_listed(tmp_path: Path) -> None:
    rows = Rows("swift", problems=[("vendored files", 12, "not the people's own work")])
    rows.signal("bea", "ada", "2020-01-01", how="extended")
    rows.signal("bea", "bea", "2020-01-01")
    rows.signal("cal", "ada", "2020-01-01", "consults", asked_by="ada")
    rows.signal("cal", "ada", "2019-01-01")
    rows.owns("login:zoe", "docs/")
    rows.add("authority", leader_team="core", pattern="*", position=9, rule="last", role="code owner")
    findings = analyse(rows.write(tmp_path), since="2020-01-01")
    assert {(what, count) for what, count, _ in findings.meta["left_out"]} == {
        ("changes to lines of others", 1),
        ("pieces of advice", 1),
        ("patterns that teams own", 1),
        ("owners of paths", 1),
        ("vendored files", 12),
    }
    assert sum(count for what, count, _ in findings.meta["left_out"] if what == "changes to lines of others") == 3
    assert findings.meta["sources"][0]["problems"] == [("vendored files", 12, "not the people's own work")]


# -- what it shows -------------------------------------------------------------------------------------------------


def test_coverage_is_greedy_and_managers_only_where_a_chart_is_known(tmp_path: Path) -> None:
    rows = team()
    rows.signal("ada", "gil", "2020-02-10")
    assert analyse(rows.write(tmp_path)).coverage(3)["managers"].isna().all()
    rows.manages("bea", "hal")
    findings = analyse(rows.write(tmp_path))
    coverage = findings.coverage(3)
    people = findings.meta["counts"]["people"]
    assert people == 7
    assert list(coverage["most_followed"] * people) == pytest.approx([6, 7, 7])
    assert list(coverage["managers"] * people) == pytest.approx([2, 2, 2])


def test_power_holds_managers_whom_nobody_follows(tmp_path: Path) -> None:
    rows = team()
    rows.manages("hal", "bea")
    rows.manages("hal", "cal")
    power = analyse(rows.write(tmp_path)).power().set_index("person")
    assert power.loc["Hal Halson", ["manages", "reach", "named", "label"]].tolist() == [2, 0, False, True]
    assert power.loc["Ada Adason", ["manages", "reach", "named", "label"]].tolist() == [0, 6, True, True]


def test_the_trend_tells_new_followers_from_active_ones(tmp_path: Path) -> None:
    rows = Rows()
    rows.signal("bea", "ada", "2020-01-10")
    rows.signal("cal", "ada", "2020-02-10")
    rows.signal("bea", "ada", "2020-08-10")
    rows.act("dan", "2020-12-01")
    findings = analyse(rows.write(tmp_path))
    trend = findings.trend(findings.find("Ada Adason"))
    assert list(trend["new_followers"]) == [2, 0, 0, 0]
    assert list(trend["active_followers"]) == [2, 0, 1, 0]
    assert trend["quarter"].iloc[0] == pd.Timestamp("2020-03-31 23:59:59.999999")


def test_names_are_shown_as_text(tmp_path: Path) -> None:
    rows = Rows()
    rows.signal("bea", "<script>alert(1)</script> Evil <evil@example.org>", "2020-01-01")
    html = analyse(rows.write(tmp_path))._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_person_is_found_by_what_is_known_of_them(findings: Findings) -> None:
    ada = findings.find("Ada Adason")
    assert findings.find(ada) == findings.find("ada@example.org") == findings.find("adason") == ada
    with pytest.raises(InputError, match="nobody is called"):
        findings.find("Nobody Known")


def test_findings_say_in_a_line_what_they_are(findings: Findings) -> None:
    assert repr(findings) == "<Findings: 2 of 7 people are followed, 1 named; until 2020-02-17>"


def test_a_wrong_clock_does_not_make_everybody_gone(tmp_path: Path) -> None:
    rows = team()
    rows.act("hal", "2099-01-01")
    rows.signal("hal", "ada", "2099-01-01")
    findings = analyse(rows.write(tmp_path))
    assert findings.to_json()["until"] == "2020-02-17"
    assert of(findings, "ada")["here"]
    assert ("changes to lines of others", 1, "its date lies after the day on which it was read") in findings.meta[
        "left_out"
    ]


def test_evidence_is_read_when_asked_for_or_at_once(tmp_path: Path) -> None:
    workspace = team().write(tmp_path)
    loaded, lazy = analyse(workspace).load(), analyse(workspace, top=1)
    lazy.explain("Ada Adason")
    shutil.move(workspace.path, tmp_path / "elsewhere")
    assert len(loaded.explain("Bea Beason").evidence) == 2
    assert len(lazy.explain("Ada Adason").evidence) == 12
    with pytest.raises(WorkspaceError):
        lazy.explain("Bea Beason")


def test_people_csv_corrects_who_is_who(tmp_path: Path) -> None:
    rows = team()
    rows.signal("Bea Private <bea@home.example>", "ada", "2020-02-24")
    workspace = rows.write(tmp_path)
    assert of(analyse(workspace), "ada")["reach"] == 7
    links = tmp_path / "people.csv"
    links.write_text(
        "key,person\nBea Beason <bea@example.org>,Bea Beason\nBea Private <bea@home.example>,Bea Beason\n",
        encoding="utf-8",
    )
    assert of(analyse(workspace, people=links), "ada")["reach"] == 6


# -- a researcher's own signals ------------------------------------------------------------------------------------


def test_own_signals_give_the_same_as_a_workspace(tmp_path: Path) -> None:
    rows = team()
    rows.rows["acts"] = []
    from_file = analyse(rows.write(tmp_path))
    names = {key: person["display"] for key, person in rows._people.items()}
    table = pd.DataFrame(
        {
            "follower": [names[row["follower"]] for row in rows.rows["signals"]],
            "leader": [names[row["leader"]] for row in rows.rows["signals"]],
            "kind": [row["kind"] for row in rows.rows["signals"]],
            "time": [row["time"] for row in rows.rows["signals"]],
            "path": [row["path"] for row in rows.rows["signals"]],
        }
    )
    own = from_signals(table)
    columns = ["person", "influence", "rank", "rank_low", "rank_high", "reach", "effective_followers", "top_file_share"]
    by_name = [findings.leaders.set_index("person")[columns[1:]] for findings in (own, from_file)]
    pd.testing.assert_frame_equal(*by_name)
    ada = own.explain("Ada Adason")
    assert len(ada.evidence) == 12
    assert ada.followers["influence"].sum() == pytest.approx(ada.person["influence"])
    assert own.meta["counts"]["people"] == 7


def test_own_signals_without_times_count_each_row() -> None:
    findings = from_signals(pd.DataFrame({"follower": [1, 1, 2, 1], "leader": [0, 0, 0, 1], "weight": [1, 1, 1, 9]}))
    assert dict(zip(findings.edges["follower"], findings.edges["value"], strict=True)) == pytest.approx(
        {"1": np.log(3), "2": np.log(2)}
    )
    assert findings.meta["left_out"] == [("acts of following", 1, "nobody follows themselves")]
    assert findings.trend("0").empty
    assert findings.meta["until"].year >= 2024


def test_own_names_and_works_are_counted_as_ours(tmp_path: Path) -> None:
    rows = Rows()
    for name in ("ring", "build"):
        rows.defines("ada", name, "2019-01-01")
        rows.uses("bea", name, "2020-01-01")
    ours = analyse(rows.write(tmp_path)).edges["value"].tolist()
    table = pd.DataFrame({"follower": "bea", "leader": "ada", "kind": "adopts", "name": ["ring", "build"]})
    assert from_signals(table).edges["value"].tolist() == pytest.approx(ours)
    cited = {"follower": ["bea", "cal"], "leader": "ada", "kind": "cites", "name": "w1", "unit": ["w2", "w3"]}
    assert from_signals(pd.DataFrame(cited)).edges["value"].tolist() == pytest.approx([np.log(3) / 2] * 2)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"follower": ["a"]}, "no column 'leader'"),
        ({"follower": ["a"], "leader": [None]}, "a leader is missing"),
        ({"follower": ["a"], "leader": ["b"], "kind": ["likes"]}, "the kind 'likes' is not known"),
        ({"follower": ["a"], "leader": ["b"], "occasion": ["odd"]}, "the occasion 'odd' is not known"),
        ({"follower": ["a"], "leader": ["b"], "weight": ["much"]}, "a weight in the signals is no number"),
        ({"follower": ["a"], "leader": ["b"], "weight": [-1.0]}, "negative"),
        ({"follower": ["a"], "leader": ["b"], "time": ["soon"]}, "a time in the signals is no time"),
    ],
)
def test_own_signals_that_cannot_be_used_are_refused(columns: dict[str, list[Any]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        from_signals(pd.DataFrame(columns))
