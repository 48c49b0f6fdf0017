"""Works: cited by whom, how soon, how late; and what became of documents and references."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influence.findings import Findings, analyse, from_signals
from influence.works import lag, sleeping_beauty
from tests.influence.factories import Rows, at


def wrote(rows: Rows, work: str, when: str | None, *authors: str) -> None:
    rows.add("artifacts", id=work, kind="paper", created=when, title=f"On {work}", status="Final")
    for author in authors:
        rows.add("authorships", artifact=work, identity=author, share=1 / len(authors), visible=when or "2019-01-01")
        if when:
            rows.act(author, when, "document", unit=work, repository=None)


def corpus(**harvest: object) -> Rows:
    return Rows("papers", None, "documents", contact="coauthors", **harvest)  # type: ignore[arg-type]


@pytest.fixture
def papers(tmp_path: Path) -> Findings:
    """w1 of Ada is cited by Bea and Cal together, by Dan, by Ada herself and by a crowd; w9 has no date."""
    rows = corpus(
        counts={"documents": 5, "authors": 4, "references_found": 6, "references_refused": 2, "withdrawn": 0},
        problems=[("references to what is not there", 2, "no such document")],
    )
    wrote(rows, "w1", "2010-01-01", "ada")
    wrote(rows, "w2", "2011-01-01", "bea", "cal")
    wrote(rows, "w3", "2014-01-01", "dan")
    wrote(rows, "w4", "2012-01-01", "ada")
    wrote(rows, "w9", None, "dan")
    wrote(rows, "crowd", "2015-01-01", *(f"M{i} Of <m{i}@crowd.example>" for i in range(51)))
    for citing, cited, when in (
        ("w2", "w1", "2011-01-01"), ("w3", "w1", "2014-01-01"), ("w4", "w1", "2012-01-01"),
        ("crowd", "w1", "2015-01-01"), ("w3", "w2", "2014-01-01"), ("w3", "gone", "2014-01-01"),
    ):  # fmt: skip
        rows.add("citations", citing=citing, cited=cited, time=when, how="body")
    rows.add("citations", citing="w2", cited="w3", time="2014-02-01", how="superseded-by")
    return analyse(rows.write(tmp_path))


def test_each_work_says_by_how_many_and_how_soon_it_was_followed(papers: Findings) -> None:
    row = papers.works.iloc[0]
    assert (row["id"], row["title"], row["status"], row["created"]) == ("w1", "On w1", "Final", at("2010-01-01"))
    assert row["authors"] == ["Ada Adason"]
    # Three works without Ada, of which the crowd names no followers.
    assert (row["cited_by"], row["followers"]) == (3, 3)
    assert row["lag_median_days"] == 365 * 4 + 1
    assert row["sleeping_beauty"] == sleeping_beauty([0, 1, 0, 0, 1, 1])
    rest = papers.works.set_index("id")
    assert set(rest.index) == {"w1", "w2", "w3", "w4", "w9", "crowd"}
    assert rest.loc["w2", "authors"] == ["Bea Beason", "Cal Calson"]
    assert rest.loc["w3", "cited_by"] == 0
    assert math.isnan(rest.loc["w3", "lag_median_days"])
    assert math.isnan(rest.loc["w3", "sleeping_beauty"])


def test_a_pointer_to_the_successor_is_not_following(papers: Findings) -> None:
    names = papers.people.set_index("id")["person"]
    pairs = {(names[row.follower], names[row.leader]) for row in papers.edges.itertuples()}
    assert ("Bea Beason", "Dan Danson") not in pairs
    assert ("Dan Danson", "Bea Beason") in pairs
    assert any(what == "citations" and "took its place" in why for what, _, why in papers.meta["left_out"])


def test_documents_are_counted_and_their_refused_references_told(papers: Findings) -> None:
    told = {(row.what, row.count, row.why) for row in papers.health.itertuples()}
    assert ("documents", 5, "") in told
    assert ("references to what is not there", 2, "no such document") in told
    assert not any(row.what.startswith("documents withdrawn") for row in papers.health.itertuples())
    assert papers.meta["documents_only"]
    assert papers.meta["title"] == "papers"
    assert papers.meta["counts"]["documents"] == 6
    assert papers.leaders.set_index("person")["works"]["Ada Adason"] == 2
    assert "2 works · last seen" in papers.explain("Ada Adason").text()


def test_without_documents_the_tables_are_there_and_empty() -> None:
    findings = from_signals(pd.DataFrame({"follower": ["b"], "leader": ["a"]}))
    assert list(findings.works.columns)[:3] == ["id", "title", "created"]
    assert (len(findings.works), len(findings.lag), len(findings.health)) == (0, 0, 0)
    assert not findings.meta["documents_only"]


@given(st.lists(st.integers(0, 40), max_size=30))
def test_delayed_recognition_is_the_coefficient_of_ke_and_others(yearly: list[int]) -> None:
    expected = 0.0
    if yearly and yearly.index(max(yearly)) > 0:
        peak = yearly.index(max(yearly))
        for year in range(peak + 1):
            on_line = yearly[0] + (yearly[peak] - yearly[0]) * year / peak
            expected += (on_line - yearly[year]) / max(1, yearly[year])
    assert sleeping_beauty(yearly) == pytest.approx(expected, abs=1e-9)


def test_what_sleeps_is_told_from_what_grows() -> None:
    assert sleeping_beauty([0, 1, 2, 3]) == 0.0  # along the line
    assert sleeping_beauty([9, 3, 1]) == 0.0  # at its height from the start
    # Nine years of sleep, then 10 at once: 10/9 + 20/9 + ... + 80/9.
    assert sleeping_beauty([0] * 9 + [10]) == pytest.approx(10 / 9 * 36)


days = st.integers(0, 4000)


@given(st.lists(st.tuples(days, st.lists(st.integers(-200, 4000), max_size=4)), max_size=8))
def test_the_curve_counts_only_works_that_are_old_enough(drawn: list[tuple[int, list[int]]]) -> None:
    start, end = pd.Timestamp("2000-01-01"), 4000
    created = pd.Series([start + pd.Timedelta(days=day) for day, _ in drawn], dtype="datetime64[us]")
    pairs = [(day, day + gap) for day, gaps in drawn for gap in gaps if day + gap <= end]
    both = [
        pd.Series([start + pd.Timedelta(days=pair[side]) for pair in pairs], dtype="datetime64[us]") for side in (0, 1)
    ]
    found = lag(created, both[0], both[1], start + pd.Timedelta(days=end))
    together = 0.0
    for row in found.itertuples():
        old = [day for day, _ in drawn if (end - day) // 365.25 >= row.year]
        citing = [
            1 for day, then in pairs if day in old and row.year - 1 <= (then - day) / 365.25 < row.year and then >= day
        ]
        together += len(citing) / len(old)
        assert (row.works, row.citing) == (len(old), len(citing))
        assert row.together == pytest.approx(together)
    assert len(found) == max((int((end - day) // 365.25) for day, _ in drawn), default=0)
    assert np.all(np.diff(found["together"]) >= 0)
    json.dumps(found.to_dict("list"))
