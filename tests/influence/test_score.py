"""The score against plain Python written down from the formulas."""

from __future__ import annotations

import math
import random
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influence.errors import InputError
from influence.schema import BUILT_UPON, KINDS, TURNED_TO
from influence.score import adoption_value, citation_value, influence, weekly_value

# On a busy machine one example can take long.
patient = settings(deadline=None)

people = st.sampled_from(["ada", "bo", "cy", "dee"])
weights = st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 1.0])
amounts = st.one_of(st.just(0.0), st.floats(1e-3, 1e3))
contributions = st.lists(st.tuples(people, people, st.sampled_from(KINDS), amounts), max_size=25)


def frame(rows: list[tuple], *columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns))


def contribution_frame(rows: list[tuple]) -> pd.DataFrame:
    return frame(rows, "follower", "leader", "kind", "value")


def given_to(rows: list[tuple], leader: str, kind: str) -> float:
    return sum(amount for follower, *target, amount in rows if target == [leader, kind] and follower != leader)


def plain_influence(rows: list[tuple]) -> dict[str, dict[str, float]]:
    value: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for follower, leader, kind, amount in rows:
        if follower != leader:
            value[leader][kind] += amount
    total = {kind: sum(v[kind] for v in list(value.values())) for kind in KINDS}
    return {
        leader: {kind: v[kind] / math.sqrt(total[kind]) if v[kind] else 0.0 for kind in KINDS}
        for leader, v in value.items()
        if any(v.values())
    }


@given(contributions)
@patient
def test_influence_is_the_formula(rows: list[tuple]) -> None:
    table = influence(contribution_frame(rows)).table
    expected = plain_influence(rows)
    assert set(table["leader"]) == set(expected)
    for row in table.to_dict("records"):
        parts = expected[row["leader"]]
        for kind in KINDS:
            assert row[kind] == pytest.approx(parts[kind], abs=1e-12)
        assert row["influence"] == pytest.approx(sum(parts.values()))
        followers: dict[str, float] = defaultdict(float)
        for follower, leader, kind, amount in rows:
            if leader == row["leader"] != follower and amount:
                followers[follower] += amount * parts[kind] / given_to(rows, leader, kind)
        assert row["reach"] == len(followers)
        shares = [value / sum(followers.values()) for value in followers.values()]
        assert row["effective_followers"] == pytest.approx(math.exp(-sum(share * math.log(share) for share in shares)))


@given(contributions)
@patient
def test_everything_adds_up_to_the_last_bit_in_any_order(rows: list[tuple]) -> None:
    data = contribution_frame(rows)
    score = influence(data)
    for row in score.table.to_dict("records"):
        left_to_right = 0.0
        for kind in KINDS:
            left_to_right += row[kind]
        assert row["influence"] == left_to_right == sum(row[kind] for kind in reversed(KINDS))
        assert row["built_upon"] == sum(row[kind] for kind in BUILT_UPON)
        assert row["turned_to"] == sum(row[kind] for kind in TURNED_TO)
        assert row["influence"] == row["built_upon"] + row["turned_to"]
        theirs = data[(data["leader"] == row["leader"]) & (data["follower"] != row["leader"])]
        single = score.weigh(theirs["kind"], theirs["value"])
        assert row["influence"] == sum(single.tolist()) == math.fsum(single)
        place = score.graph.labels.tolist().index(row["leader"])
        assert row["influence"] == score.graph.matrix[:, [place]].sum()
    assert float(score.table["influence"].sum()) == math.fsum(score.table["influence"])


@given(contributions, st.randoms(use_true_random=False))
@patient
def test_the_order_of_rows_changes_no_bit(rows: list[tuple], order: random.Random) -> None:
    mixed = rows.copy()
    order.shuffle(mixed)
    one, other = influence(contribution_frame(rows)), influence(contribution_frame(mixed))
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    assert one.scale == other.scale


def test_the_order_of_many_rows_changes_no_bit() -> None:
    rng = np.random.default_rng(0)
    ids = np.array([f"p{number}" for number in range(30)])
    rows = pd.DataFrame(
        {
            "follower": ids[rng.integers(30, size=500)],
            "leader": ids[rng.integers(30, size=500)],
            "kind": np.array(KINDS)[rng.integers(len(KINDS), size=500)],
            "value": rng.random(500),
        }
    )
    one, other = influence(rows), influence(rows[::-1])
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    assert one.scale == other.scale


def test_equals_are_sorted_by_id_whatever_the_labels() -> None:
    rows = contribution_frame([("f", leader, "adopts", 1.0) for leader in ("b", "c", "a")])
    assert influence(rows, people=["c", "f", "a", "b"]).table["leader"].tolist() == ["a", "b", "c"]


@given(contributions)
@patient
def test_the_table_is_sorted_and_typed(rows: list[tuple]) -> None:
    table = influence(contribution_frame(rows)).table
    assert list(table) == ["leader", "influence", *KINDS, "built_upon", "turned_to", "reach", "effective_followers"]
    keys = list(zip(-table["influence"], table["leader"], strict=True))
    assert keys == sorted(keys)
    assert (table["influence"] > 0).all()
    assert (table["effective_followers"] >= 1).all()
    assert (table["effective_followers"] <= table["reach"]).all()


def test_effective_followers_tell_one_from_many() -> None:
    def effective(*values: float) -> float:
        rows = [(f"f{number}", "ada", "adopts", value) for number, value in enumerate(values)]
        return influence(contribution_frame(rows)).table["effective_followers"].item()

    assert effective(2, 2, 2, 2) == pytest.approx(4)
    assert effective(5) == 1
    assert effective(1000, 1, 1) == pytest.approx(1, abs=0.05)
    shares = np.array([0.5, 0.25, 0.25])
    assert effective(*shares) == pytest.approx(math.exp(-(shares * np.log(shares)).sum()))


def test_weights_scale_their_kind() -> None:
    rows = contribution_frame([("bo", "ada", "adopts", 4.0), ("bo", "ada", "cites", 9.0), ("bo", "cy", "cites", 16.0)])
    score = influence(rows, weights={"cites": 2.0, "adopts": 0.0})
    assert score.scale == {kind: 0.4 if kind == "cites" else 0.0 for kind in KINDS}
    assert score.table[["leader", "influence"]].to_numpy().tolist() == [
        ["cy", pytest.approx(6.4)],
        ["ada", pytest.approx(3.6)],
    ]
    assert score.table["adopts"].tolist() == [0, 0]


def test_the_graph_can_hold_people_who_stand_in_no_row() -> None:
    score = influence(contribution_frame([("bo", "ada", "adopts", 4.0)]), people=["zoe", "ada", "bo"])
    assert score.graph.labels.tolist() == ["zoe", "ada", "bo"]
    assert score.table["leader"].tolist() == ["ada"]


def test_nothing_to_score() -> None:
    score = influence(contribution_frame([("ada", "ada", "adopts", 1.0)]))
    assert len(score.table) == 0
    assert set(score.scale.values()) == {0.0}
    assert score.weigh(["adopts"], [2.0]).tolist() == [0.0]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("bo", "ada", "adopts", -1.0), "value"),
        (("bo", "ada", "adopts", math.nan), "value"),
        (("bo", "ada", "adopts", None), "value"),
        (("bo", "ada", "likes", 1.0), "'likes'"),
        (("bo", "ada", None, 1.0), "kind None"),
        (("bo", None, "adopts", 1.0), "id is missing"),
    ],
)
def test_rows_that_cannot_be_used_are_refused(row: tuple, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        influence(contribution_frame([("bo", "ada", "adopts", 1.0), row]))


def test_weights_that_cannot_be_used_are_refused() -> None:
    rows = contribution_frame([("bo", "ada", "adopts", 1.0)])
    for weights_ in ({"likes": 1.0}, {"adopts": -1.0}, {"adopts": math.inf}):
        with pytest.raises(InputError, match="cannot be used"):
            influence(rows, weights=weights_)


weekly_rows = st.lists(st.tuples(people, people, st.integers(0, 3), weights), max_size=25)


@given(weekly_rows, st.randoms(use_true_random=False))
@patient
def test_weekly_value(rows: list[tuple], order: random.Random) -> None:
    week: dict[tuple, float] = defaultdict(float)
    for follower, leader, number, weight in rows:
        week[follower, leader, number] += weight
    weeks: dict[tuple, float] = defaultdict(float)
    for (follower, leader, _), weight in week.items():
        weeks[follower, leader] += min(1.0, weight)
    found = weekly_value(frame(rows, "follower", "leader", "week", "weight"))
    assert list(found) == ["follower", "leader", "value", "weeks"]
    assert list(zip(found["follower"], found["leader"], strict=True)) == sorted(weeks)
    assert found["weeks"].tolist() == pytest.approx([weeks[pair] for pair in sorted(weeks)])
    assert found["value"].tolist() == pytest.approx([math.log(1 + weeks[pair]) for pair in sorted(weeks)])
    mixed = rows.copy()
    order.shuffle(mixed)
    again = weekly_value(frame(mixed, "follower", "leader", "week", "weight"))
    pd.testing.assert_frame_equal(found, again, check_exact=True)


def test_weekly_value_keeps_more_apart_and_takes_times() -> None:
    rows = frame(
        [
            ("bo", "ada", "adopts", pd.Timestamp("2024-01-01"), 1.0),
            ("bo", "ada", "adopts", pd.Timestamp("2024-01-01"), 1.0),
            ("bo", "ada", "adopts", pd.Timestamp("2024-01-08"), 0.5),
            ("bo", "ada", "cites", pd.Timestamp("2024-01-08"), 0.5),
        ],
        *("follower", "leader", "kind", "week", "weight"),
    )
    found = weekly_value(rows, by=["leader", "kind"])
    assert found[["leader", "kind", "weeks"]].to_numpy().tolist() == [["ada", "adopts", 1.5], ["ada", "cites", 0.5]]


def test_weekly_value_tells_more_combinations_apart_than_an_integer_could_number() -> None:
    rng = np.random.default_rng(0)
    columns = {f"c{number}": np.repeat(rng.permutation(300), 2) for number in range(9)}
    rows = pd.DataFrame({**columns, "week": np.tile([1, 2], 300), "weight": 1.0})
    found = weekly_value(rows, by=list(columns))
    assert found["weeks"].tolist() == [2.0] * 300
    expected = rows[list(columns)].drop_duplicates().sort_values(list(columns), ignore_index=True)
    pd.testing.assert_frame_equal(found[list(columns)], expected)


@given(st.lists(st.tuples(people, people, st.sampled_from("klmno"), weights), max_size=30))
@patient
def test_adoption_value(rows: list[tuple]) -> None:
    adopted: dict[tuple, float] = defaultdict(float)
    for follower, leader, name, weight in rows:
        adopted[follower, leader, name] += weight
    adopted = {key: min(1.0, weight) for key, weight in adopted.items() if weight}
    count: dict[tuple, int] = defaultdict(int)
    for follower, leader, _ in adopted:
        count[follower, leader] += 1
    given_ = {
        (f, leader, name): weight * math.log(1 + count[f, leader]) / count[f, leader]
        for (f, leader, name), weight in adopted.items()
    }
    total: dict[tuple, float] = defaultdict(float)
    whole: dict[str, float] = defaultdict(float)
    adopters: dict[tuple, int] = defaultdict(int)
    for (_, leader, name), value in given_.items():
        total[leader, name] += value
        whole[leader] += value
        adopters[leader, name] += 1
    expected: dict[tuple, float] = defaultdict(float)
    for (follower, leader, name), value in given_.items():
        cap = min(total[leader, name], whole[leader] / 10)
        expected[follower, leader] += value * cap / total[leader, name]

    pairs, names = adoption_value(frame(rows, "follower", "leader", "name", "weight"))
    assert list(zip(pairs["follower"], pairs["leader"], strict=True)) == sorted(expected)
    assert pairs["value"].tolist() == pytest.approx([expected[pair] for pair in sorted(expected)])
    assert pairs["names"].tolist() == [count[pair] for pair in sorted(expected)]
    assert list(zip(names["leader"], names["name"], strict=True)) == sorted(total)
    assert names["uncapped"].tolist() == pytest.approx([total[name] for name in sorted(total)])
    assert names["adopters"].tolist() == [adopters[name] for name in sorted(total)]
    for leader, group in names.groupby("leader"):
        assert (group["value"] <= whole[leader] / 10 + 1e-12).all()
        assert group["value"].sum() == pytest.approx(pairs.loc[pairs["leader"] == leader, "value"].sum())


def test_one_lucky_name_does_not_make_a_leader() -> None:
    rows = [(f"f{number}", "lucky", "the_name", 1.0) for number in range(100)]
    rows += [(f"f{number % 15}", "steady", f"name{number}", 1.0) for number in range(30)]
    pairs, _ = adoption_value(frame(rows, "follower", "leader", "name", "weight"))
    value = pairs.groupby("leader")["value"].sum()
    assert value["lucky"] == pytest.approx(10 * math.log(2))
    assert value["steady"] == pytest.approx(15 * math.log(3))


works = st.sampled_from(["w1", "w2", "w3", "w4", "w5"])


@given(
    st.fixed_dictionaries({f"w{number}": st.sets(people, min_size=1, max_size=3) for number in range(1, 6)}),
    st.sets(st.tuples(works, works), max_size=12),
)
@patient
def test_citation_value(authors: dict[str, set[str]], citations: set[tuple[str, str]]) -> None:
    links = sorted(citations)
    foreign = [(a, b) for a, b in links if not authors[a] & authors[b]]
    count = {work: sum(cited == work for _, cited in foreign) for work in authors}
    expected: dict[tuple, float] = defaultdict(float)
    followed: dict[tuple, set[str]] = defaultdict(set)
    for a, b in foreign:
        for follower in authors[a]:
            for leader in authors[b]:
                share = 1 / len(authors[a]) / len(authors[b])
                expected[follower, leader] += share * math.log(1 + count[b]) / count[b]
                followed[follower, leader].add(b)
    rows = [
        (follower, leader, a, b, 1 / len(authors[a]) / len(authors[b]))
        for a, b in links + links[::2]
        for follower in sorted(authors[a])
        for leader in sorted(authors[b])
    ]
    found = citation_value(frame(rows, "follower", "leader", "citing", "cited", "weight"))
    assert list(zip(found["follower"], found["leader"], strict=True)) == sorted(expected)
    assert found["value"].tolist() == pytest.approx([expected[pair] for pair in sorted(expected)])
    assert found["works"].tolist() == [len(followed[pair]) for pair in sorted(expected)]
    for leader in {leader for _, leader in expected}:
        whole = sum(math.log(1 + count[work]) / len(authors[work]) for work in authors if leader in authors[work])
        assert found.loc[found["leader"] == leader, "value"].sum() == pytest.approx(whole)


def test_values_refuse_what_is_no_weight_and_what_is_missing() -> None:
    with pytest.raises(InputError, match="weight"):
        weekly_value(frame([("bo", "ada", 1, -0.5)], "follower", "leader", "week", "weight"))
    with pytest.raises(InputError, match="name of following is missing"):
        adoption_value(frame([("bo", "ada", None, 1.0)], "follower", "leader", "name", "weight"))
