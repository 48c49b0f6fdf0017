"""Why somebody stands where they stand: it adds up, it can be opened, and what would change it is true."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influence.apart import doubtful, ranks_apart, split
from influence.checks import percent, rank_without
from influence.evidence import commit_url, web_page
from influence.findings import Findings, analyse
from influence.people import People
from tests.influence.factories import Rows, at

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FOLLOWERS = ["bea", "cal", "dan", "eve", "fay", "gil"]


def team(url: str | None = "https://github.com/team/swift") -> Rows:
    rows = Rows("swift", url=url)
    rows.defines("ada", "ring_build", "2019-01-01", path="swift/ring.c", line=7, unit="d" * 40)
    rows.defines("ada", "ring_size", "2019-01-02", path="swift/ring.c", unit="e" * 40)
    for number, who in enumerate(FOLLOWERS):
        unit = f"{number:040x}"
        rows.act(who, f"2020-0{number + 1}-05", unit=unit)
        rows.unit(unit, "swift/ring.c", title=f"Turn the ring {number}")
        for week in range(number + 1):
            rows.signal(
                *(who, "ada", f"2020-0{number + 1}-{5 + 7 * min(week, 3):02d}"),
                unit=unit,
                path="swift/ring.c" if week else "swift/proxy.c",
                evidence=f"{COMMIT}:swift/ring.c:3",
                amount=10.0,
            )
        rows.uses(who, "ring_build", f"2020-0{number + 1}-05", unit=unit)
    rows.uses("bea", "ring_size", "2020-03-01", unit="f" * 40)
    rows.signal("cal", "ada", "2020-02-05", "consults", how="helped-by", unit="1" * 40, path=None)
    return rows


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    return analyse(team().write(tmp_path_factory.mktemp("team")))


def test_everything_adds_up(findings: Findings) -> None:
    ada = findings.explain("Ada Adason")
    assert ada.person["influence"] == sum(ada.person["parts"].values()) == ada.followers["influence"].sum()
    assert ada.evidence["weight"].sum() == pytest.approx(ada.person["influence"])
    assert ada.names["share"].sum() == pytest.approx(ada.person["parts"]["adopts"] / ada.person["influence"])
    built = ada.person["parts"]["builds_on"] + ada.person["parts"]["adopts"]
    assert ada.files["share"].sum() == pytest.approx(built / ada.person["influence"])
    by_kind = ada.evidence.groupby("kind")["weight"].sum()
    for kind, part in ada.person["parts"].items():
        assert by_kind.get(kind, 0.0) == pytest.approx(part)


def test_the_very_commits_names_and_files_are_told(findings: Findings) -> None:
    ada = findings.explain("Ada Adason")
    names = ada.names.set_index("name")
    assert list(names["adopters"]) == [6, 1]
    assert names.at["ring_build", "defined"] == at("2019-01-01")
    assert names.loc["ring_build", ["path", "line", "language", "unit", "repository"]].tolist() == [
        *("swift/ring.c", 7, "C", "d" * 40, "swift"),
    ]
    assert names.at["ring_build", "url"] == f"https://github.com/team/swift/commit/{'d' * 40}"
    files = ada.files.set_index("path")
    assert files.loc["swift/proxy.c", ["followers", "lines"]].tolist() == [6, 60]
    assert files.at["swift/ring.c", "followers"] == 6
    evidence = ada.evidence
    used = evidence[evidence["kind"] == "adopts"]
    assert used["what"].value_counts().to_dict() == {"ring_build": 6, "ring_size": 1}
    assert used["follower_unit"].isin([*(f"{number:040x}" for number in range(6)), "f" * 40]).all()
    built = evidence[evidence["kind"] == "builds_on"].iloc[0]
    assert built["leader_unit"] == COMMIT
    assert built["leader_url"] == f"https://github.com/team/swift/commit/{COMMIT}"
    assert built["follower_url"].endswith(built["follower_unit"])
    assert built["what"] == f"Turn the ring {int(built['follower_unit'], 16)}"
    assert evidence[evidence["kind"] == "consults"].iloc[0]["how"] == "helped-by"


def test_the_heaviest_follower_comes_first_with_the_newest_act(findings: Findings) -> None:
    ada = findings.explain("Ada Adason")
    assert ada.followers["influence"].is_monotonic_decreasing
    first = ada.evidence.drop_duplicates(["follower", "kind"])
    assert list(first.index) == list(range(len(first)))
    for row in first.itertuples():
        theirs = ada.evidence[(ada.evidence["follower"] == row.follower) & (ada.evidence["kind"] == row.kind)]
        assert row.time == theirs["time"].max()
    edges = findings.edges.groupby(["follower", "kind"], observed=True)["influence"].sum()
    ids = findings.people.set_index("person")["id"]
    weights = [edges[ids[row.follower], row.kind] for row in first.itertuples()]
    assert weights == sorted(weights, reverse=True)
    assert ada.followers.set_index("person").at["Cal Calson", "kinds"] == ["builds_on", "adopts", "consults"]


def test_without_a_follower_the_rank_is_what_counting_without_them_gives(tmp_path: Path) -> None:
    rows = Rows()
    for who in FOLLOWERS[:4]:
        rows.signal(who, "ada", "2020-01-05")
        rows.signal(who, "zoe", "2020-01-05")
    for week in (5, 12, 19, 26):
        rows.signal("gil", "ada", f"2020-02-{week:02d}")
    rows.signal("fay", "zoe", "2020-01-05")
    findings = analyse(rows.write(tmp_path))
    ada, gil = findings.find("Ada Adason"), findings.find("Gil Gilson")
    rest = findings.edges[findings.edges["follower"] != gil].groupby("leader", observed=True)["influence"].sum()
    assert rank_without(findings, ada, gil) == 1 + int((rest > rest[ada]).sum()) == 2
    checks = findings.explain("Ada Adason").checks
    assert checks[0] == "Without the most faithful follower (Gil Gilson, 37 % of it) the rank is 2 instead of 1."


def test_what_hangs_on_one_name_file_assistant_or_import_is_said(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "ring", "2019-01-01", path="ring.c", imported=True)
    for who in FOLLOWERS:
        rows.uses(who, "ring", "2020-01-05", via="Claude <noreply@anthropic.com>")
    rows.person("Ada Adason <ada@work.example>")
    rows.add(
        "identity_links",
        a="Ada Adason <ada@work.example>",
        b="Ada Adason <ada@example.org>",
        same=True,
        by="mailmap",
    )
    checks = analyse(rows.write(tmp_path)).explain("Ada Adason").checks
    assert "100 % of it hangs on the name ring." in checks
    assert "100 % of it hangs on the file ring.c." in checks
    assert "100 % of it went through a coding assistant." in checks
    assert any("arrived in an import" in check for check in checks)
    assert any(check.startswith("2 identities were joined (mailmap)") for check in checks)


def test_the_text_is_what_a_person_reads(findings: Findings) -> None:
    text = findings.explain("ada@example.org").text()
    row = findings.table.iloc[0]
    for part in (
        *("Ada Adason", "6 followers who count", "6 people use names they introduced", "ring_build"),
        *("What would change this", "formal power: not known", "1 person turned to them for advice or review"),
        *(f"{row['influence']:.3f}", "Turn the ring 5", "swift/ring.c"),
    ):
        assert part in text


def test_nothing_of_theirs_steers_the_terminal(tmp_path: Path) -> None:
    rows = Rows()
    evil = "\x1b[2JEvil\u202e <evil@example.org>"
    rows.defines(evil, "name\x1b[31m", "2019-01-01", path="a\nb.c")
    rows.uses("bea", "name\x1b[31m", "2020-01-01", unit="u")
    rows.unit("u", "a\nb.c", title="Title\x1b]0;x\x07")
    findings = analyse(rows.write(tmp_path))
    text = findings.explain(findings.table["id"].iloc[0]).text()
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "a\\nb.c" in text


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("https://github.com/team/swift", f"https://github.com/team/swift/commit/{COMMIT}"),
        ("https://github.com/team/swift.git/", f"https://github.com/team/swift/commit/{COMMIT}"),
        ("https://gitlab.example.org/a/b", f"https://gitlab.example.org/a/b/-/commit/{COMMIT}"),
        ("https://example.org/a/b", None),
        ("javascript:alert(1)//github.com/", None),
        ("https://user@github.com/a/b", None),
        ("https://github.com/a/b?x=1", None),
        ("https://github.com/a'onclick='x", None),
        ("https://github.com/a b", None),
        ("ssh://github.com/a/b", None),
        ("https://[broken/a", None),
        (None, None),
    ],
)
def test_a_link_is_made_only_where_its_address_is_known(page: str | None, expected: str | None) -> None:
    assert commit_url(page, COMMIT) == expected


@given(st.text())
def test_no_page_of_theirs_becomes_a_link_that_runs(text: str) -> None:
    for made in (web_page(text), commit_url(text, COMMIT), commit_url("https://github.com/a/b", text)):
        assert made is None or made.startswith(("https://", "http://"))
        assert made is None or not set("<>\"' \n\x1b") & set(made)


def test_a_repository_without_a_page_has_no_links(tmp_path: Path) -> None:
    ada = analyse(team(url=None).write(tmp_path)).explain("Ada Adason")
    assert ada.evidence["leader_url"].isna().all()
    assert ada.names["url"].isna().all()


def test_shares_are_said_as_people_read_them() -> None:
    assert [percent(share) for share in (0.0, 0.004, 0.5, np.float64(1))] == ["0 %", "less than 1 %", "50 %", "100 %"]


def test_a_doubtful_join_is_told_with_the_ranks_apart(tmp_path: Path) -> None:
    rows = Rows()
    for who in FOLLOWERS[:4]:
        rows.signal(who, "Björn Åkesson <bjorn@one.example>", "2020-01-05")
        rows.signal(who, "zoe", "2020-01-05")
    rows.signal("gil", "zoe", "2020-01-05")
    for who in FOLLOWERS[4:]:
        rows.signal(who, "Åkesson Björn <b@two.example>", "2020-01-05")
    findings = analyse(rows.write(tmp_path))
    merged = findings.table.iloc[0]
    assert merged["reach"] == 6
    checks = findings.explain(merged["id"]).checks
    assert any(check.endswith("apart, the ranks are 2 and 3.") for check in checks), checks
    sure = findings.merges.assign(confidence=1.0)
    findings.merges = sure
    assert "2 identities were joined (names in other order)." in findings.explain(merged["id"]).checks


@pytest.mark.parametrize(("first", "rank"), [("2000-01-01", 2), ("1999-01-01", 1)])
def test_an_entry_of_a_chart_takes_its_power_along_and_no_following(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, rank: int
) -> None:
    rows = Rows()
    for who in FOLLOWERS[:4]:
        rows.signal(who, "Björn Åkesson <bjorn@one.example>", "2020-01-05")
    for who in FOLLOWERS[4:]:
        rows.signal(who, "zoe", "2020-01-05")
    workspace = rows.write(tmp_path)
    chart = Rows("chart.csv", connector="chart")
    entry = chart.person("chart:1", display="Åkesson Björn", email="b@two.example", first=at(first))
    for who in FOLLOWERS[:3]:
        # What was seen first keeps the name, and with it these.
        chart.manages(entry, who)
    findings = analyse(chart.write(workspace))
    merged = findings.people[findings.people["identities"] == 2].iloc[0]
    assert not doubtful(findings.merges, merged["id"]).empty
    together = findings.table.set_index("id").at[merged["id"], "rank"]
    reading = findings.evidence.reading  # type: ignore[attr-defined]
    assert ranks_apart(reading, merged["id"], together) == [rank]
    monkeypatch.setattr("influence.apart._acted", lambda *_: True)
    assert ranks_apart(reading, merged["id"], together) == [rank]


def test_what_is_sure_stays_joined_when_the_rest_is_taken_apart() -> None:
    keys = pd.DataFrame({"key": ["a", "b", "c", "d"], "id": ["one", "one", "one", "two"]})
    table = pd.DataFrame({"id": ["one", "two"], "person": ["One", "Two"], "class": "person"})
    merges = pd.DataFrame(
        {"id": "one", "a": ["a", "b"], "b": ["b", "c"], "rule": "r", "confidence": [0.99, 0.8], "accepted": True}
    )
    people, parts = split(People(table, keys, merges), "one")
    assert parts == ["one", "one-1"]
    assert people.keys.set_index("key")["id"].to_dict() == {"a": "one", "b": "one", "c": "one-1", "d": "two"}
    assert list(people.table["person"]) == ["One", "Two", "One"]
