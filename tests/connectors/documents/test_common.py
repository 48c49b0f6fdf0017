"""The builder: which references stand, how every one is counted, and that its rows fit the tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.documents.common import Author, Corpus, Reference, Work, clean
from influence.schema import TABLES, Checkpoint

D = dt.datetime
ANN = Author("Ann <ann@example.org>", "Ann", "ann@example.org")
BOB = Author("login:bob", None, None, "bob")


def corpus(**options: Any) -> Corpus:
    return Corpus("documents:x", "x", "/x", "documents", **options)


def rows(made: Checkpoint, table: str, *columns: str) -> list[tuple[Any, ...]]:
    found = made.tables[table].to_pydict()
    return list(zip(*(found[column] for column in columns), strict=True))


def problems(made: Checkpoint) -> dict[str, int]:
    return {what: count for what, count, _ in made.harvest.problems}


def work(number: int, created: dt.datetime | None, *references: Reference, **more: Any) -> Work:
    return Work(f"pep:{number}", "pep", f"Title {number}", created, authors=[ANN], references=list(references), **more)


def test_each_reference_is_resolved_elsewhere_or_refused_with_a_reason() -> None:
    made = corpus(whole=["pep"])
    made.add(work(1, D(2001, 1, 1)))
    made.add(
        work(
            2,
            D(2002, 1, 1),
            Reference("pep:1", "body"),
            Reference("pep:1", "requires"),
            Reference("pep:2", "body"),
            Reference("pep:99", "body"),
            Reference("rfc:822", "body"),
            Reference("pep:3", "body"),
        )
    )
    made.add(work(3, D(2003, 1, 1)))
    result = made.checkpoint()
    assert set(rows(result, "citations", "citing", "cited", "how")) == {
        ("pep:2", "pep:1", "body"),
        ("pep:2", "pep:1", "requires"),
        ("pep:2", "rfc:822", "body"),
    }
    counts = result.harvest.counts
    assert counts["references_found"] == 5
    assert (counts["references_resolved"], counts["references_elsewhere"], counts["references_refused"]) == (1, 1, 3)
    assert counts["references_repeated"] == 1
    assert problems(result) == {
        "references of documents to themselves": 1,
        "references to what is not there": 1,
        "references to a later document": 1,
    }


def test_a_living_document_may_cite_a_younger_one() -> None:
    made = corpus()
    made.add(work(1, D(2001, 1, 1), Reference("pep:2", "body", D(2004, 5, 6), D(2004, 5, 7))))
    made.add(work(2, D(2003, 1, 1)))
    assert rows(made.checkpoint(), "citations", "time", "visible") == [(D(2004, 5, 6), D(2004, 5, 7))]


@pytest.mark.parametrize(("precision", "stands"), [("day", False), ("month", True), ("year", True)])
def test_a_date_refuses_only_what_it_is_exact_enough_for(precision: str, stands: bool) -> None:
    made = corpus()
    made.add(work(1, D(2010, 3, 1), Reference("pep:2", "body"), precision=precision))
    made.add(work(2, D(2010, 3, 9)))
    assert bool(rows(made.checkpoint(), "citations", "cited")) is stands


def test_what_nobody_dated_was_there_when_it_was_first_cited() -> None:
    made = corpus()
    made.add(work(1, None, Reference("pep:2", "body")))
    made.add(work(2, D(2004, 1, 1), Reference("pep:1", "body")))
    made.add(work(3, D(2002, 1, 1), Reference("pep:1", "body")))
    result = made.checkpoint()
    assert ("pep:1", D(2002, 1, 1)) in rows(result, "authorships", "artifact", "visible")
    assert problems(result) == {"references without a date": 1}
    assert {unit for (unit,) in rows(result, "acts", "unit")} == {"pep:2", "pep:3"}


def test_the_first_of_two_works_with_one_id_stays() -> None:
    made = corpus()
    assert made.add(work(1, D(2001, 1, 1)))
    assert not made.add(Work("pep:1", "pep", "Another", D(2002, 1, 1), authors=[BOB]))
    result = made.checkpoint()
    assert rows(result, "artifacts", "title") == [("Title 1",)]
    assert problems(result) == {"documents whose number or id another has": 1}


def test_a_work_may_be_cited_by_another_name() -> None:
    made = corpus()
    made.add(work(1, D(2001, 1, 1)), aliases=["doi:10.1000/x"])
    made.add(work(2, D(2002, 1, 1), Reference("doi:10.1000/x", "body"), Reference("pep:1", "body")))
    assert rows(made.checkpoint(), "citations", "cited") == [("pep:1",)]


def test_dates_that_cannot_be_true_are_unknown() -> None:
    made = corpus(latest=D(2020, 1, 1))
    made.add(work(1, D(2031, 1, 1)))
    made.add(work(2, D(1066, 1, 1)))
    made.add(work(3, D(2019, 1, 1, 23, tzinfo=dt.timezone(dt.timedelta(hours=9)))))
    result = made.checkpoint()
    assert rows(result, "artifacts", "created") == [(None,), (None,), (D(2019, 1, 1, 14),)]
    assert problems(result) == {"dates that cannot be true": 2}


def test_shares_are_equal_unless_said_and_an_author_counts_once() -> None:
    made = corpus()
    made.add(Work("pep:1", "pep", "A", D(2001, 1, 1), authors=[ANN, BOB, Author(ANN.key, "Ann")]))
    made.add(Work("pep:2", "pep", "B", D(2001, 1, 1), authors=[ANN, BOB], shares=[3.0, 1.0]))
    assert rows(made.checkpoint(), "authorships", "artifact", "identity", "share") == [
        ("pep:1", ANN.key, 0.5),
        ("pep:1", BOB.key, 0.5),
        ("pep:2", ANN.key, 0.75),
        ("pep:2", BOB.key, 0.25),
    ]


def test_power_over_a_document_is_written_with_its_place() -> None:
    powers = [(ANN, "sponsor"), (Author("team:sig-node", "sig-node"), "owner"), (ANN, "sponsor")]
    in_git = corpus(repository="abc")
    in_git.add(work(1, D(2001, 1, 1), powers=powers, path="peps/pep-0001.rst"))
    names = ("leader", "leader_team", "repository", "pattern", "role", "since")
    assert rows(in_git.checkpoint(), "authority", *names) == [
        (ANN.key, None, "abc", "peps/pep-0001.rst", "sponsor", D(2001, 1, 1)),
        (None, "sig-node", "abc", "peps/pep-0001.rst", "owner", D(2001, 1, 1)),
    ]
    plain = corpus()
    plain.add(work(1, D(2001, 1, 1), powers=powers[:1], path="pep-0001.rst"))
    assert rows(plain.checkpoint(), "authority", "repository", "pattern") == [(None, "pep:1")]
    assert [key for (key,) in rows(plain.checkpoint(), "identities", "key")] == [ANN.key]


def test_holdings_add_up_by_quarter_and_folder() -> None:
    made = corpus()
    made.add(Work("doc:x:a/1", "document", "1", D(2001, 1, 5), authors=[ANN, BOB], path="a/1"))
    made.add(Work("doc:x:a/2", "document", "2", D(2001, 3, 31), authors=[ANN], path="a/2"))
    made.add(Work("doc:x:a/3", "document", "3", D(2001, 4, 1), authors=[ANN], path="a/3"))
    assert rows(made.checkpoint(), "holdings", "quarter", "directory", "identity", "amount") == [
        (D(2001, 3, 31, 23, 59, 59), "a", ANN.key, 1.5),
        (D(2001, 3, 31, 23, 59, 59), "a", BOB.key, 0.5),
        (D(2001, 6, 30, 23, 59, 59), "a", ANN.key, 2.5),
    ]


def test_works_of_a_crowd_are_counted_and_written_in_one_row_an_author() -> None:
    crowd = [Author(f"author:Name {i}", f"Name {i}") for i in range(3000)]
    made = corpus()
    made.add(Work("doi:10.1/a", "paper", "A", D(2001, 1, 1), authors=crowd))
    made.add(
        Work("doi:10.1/b", "paper", "B", D(2002, 1, 1), authors=crowd, references=[Reference("doi:10.1/a", "body")])
    )
    result = made.checkpoint()
    assert result.tables["citations"].num_rows == 1
    assert result.tables["authorships"].num_rows == 6000
    assert result.harvest.counts["works_over_50_authors"] == 2


def test_withdrawn_works_are_marked_where_they_have_no_status() -> None:
    made = corpus()
    made.add(work(1, D(2001, 1, 1), withdrawn=True))
    made.add(work(2, D(2001, 1, 1), withdrawn=True, status="Rejected"))
    assert rows(made.checkpoint(), "artifacts", "status") == [("Withdrawn",), ("Rejected",)]
    assert made.checkpoint().harvest.counts["withdrawn"] == 2


texts = st.text(max_size=12)
dates = st.one_of(st.none(), st.datetimes(D(1600, 1, 1), D(2400, 1, 1)))
ids = st.one_of(st.sampled_from([f"pep:{n}" for n in range(6)] + ["rfc:1", "x:1", "doi:10.1/a", ""]), texts)
authors = st.builds(
    Author, texts, st.one_of(st.none(), texts), st.one_of(st.none(), texts), st.one_of(st.none(), texts)
)
works = st.builds(
    Work,
    ids,
    texts,
    texts,
    dates,
    dates,
    st.one_of(st.none(), texts),
    st.one_of(st.none(), texts),
    st.lists(authors, max_size=4),
    st.one_of(st.none(), st.lists(st.floats(0, 5), max_size=4)),
    st.lists(st.builds(Reference, ids, st.sampled_from(["body", "requires"]), dates, dates), max_size=6),
    st.lists(st.tuples(authors, texts), max_size=2),
    st.one_of(st.none(), texts),
    st.booleans(),
    st.sampled_from(["day", "month", "year"]),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(works, max_size=8))
def test_whatever_is_added_the_rows_fit_and_the_counts_add_up(found: list[Work]) -> None:
    _adds_up(found)


@pytest.mark.soak
@settings(max_examples=2000, deadline=None)
@given(st.lists(works, max_size=8))
def test_whatever_is_added_the_rows_fit_and_the_counts_add_up_at_length(found: list[Work]) -> None:
    _adds_up(found)


def _adds_up(found: list[Work]) -> None:
    made = corpus(whole=["pep"])
    for one in found:
        made.add(one)
    result = made.checkpoint()
    assert made.checkpoint() == result
    counts = result.harvest.counts
    for name, table in result.tables.items():
        assert table.schema == TABLES[name].arrow
        assert set(table.column("source").to_pylist()) <= {"documents:x"}
    cited = rows(result, "citations", "citing", "cited", "how", "time", "visible")
    assert len({row[:3] for row in cited}) == len(cited)
    assert all(citing != target and time <= visible for citing, target, _, time, visible in cited)
    assert len({row[:2] for row in cited}) == counts["references_resolved"] + counts["references_elsewhere"]
    parts = ("references_resolved", "references_elsewhere", "references_refused")
    assert counts["references_found"] == sum(counts[part] for part in parts)
    distinct = {(one.id, clean(reference.cited)) for one in made.works.values() for reference in one.references}
    assert counts["references_found"] == len(distinct)
    known = {key for (key,) in rows(result, "identities", "key")}
    assert {key for (key,) in rows(result, "authorships", "identity")} <= known
    assert {key for (key,) in rows(result, "acts", "actor")} <= known
    for one in made.works.values():
        shares = [share for artifact, share in rows(result, "authorships", "artifact", "share") if artifact == one.id]
        assert not shares or sum(shares) == pytest.approx(1)


def test_any_text_of_strangers_can_be_written() -> None:
    made = corpus()
    hostile = "\ud800\x00" + "x" * 5000
    made.add(
        Work(hostile, "pep", hostile, D(2001, 1, 1), authors=[Author(hostile, hostile, hostile, hostile)], path=hostile)
    )
    made.add(work(2, D(2002, 1, 1), Reference(hostile, "body")))
    result = made.checkpoint()
    assert result.tables["citations"].num_rows == 1
    assert all(len(title) <= 500 and "\x00" not in title for (title,) in rows(result, "artifacts", "title"))
