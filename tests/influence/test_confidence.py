"""Rank intervals: what must hold for any graph, and (soak) how often they hold the truth."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influence import confidence
from influence.confidence import competition_ranks, rank_intervals
from influence.schema import KINDS
from influence.score import influence

# On a busy machine one example can take long.
patient = settings(deadline=None)

people = st.sampled_from(["ada", "bo", "cy", "dee", "eve"])
contributions = st.lists(
    st.tuples(people, people, st.sampled_from(KINDS), st.integers(1, 8).map(float)), max_size=25
).map(lambda rows: frame(rows))


def frame(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["follower", "leader", "kind", "value"])


def intervals(rows: pd.DataFrame, **options: object) -> pd.DataFrame:
    return rank_intervals(rows, influence(rows), **options)


@given(st.lists(st.integers(0, 6).map(float), max_size=30))
@patient
def test_competition_ranks(scores: list[float]) -> None:
    expected = [1 + sum(other > score for other in scores) for score in scores]
    assert competition_ranks(np.array(scores)).tolist() == expected


@given(contributions)
@settings(patient, max_examples=50)
def test_the_interval_holds_the_rank_and_the_rank_is_the_scores(rows: pd.DataFrame) -> None:
    score = influence(rows)
    found = rank_intervals(rows, score, seed=1, replicates=20)
    assert found["leader"].tolist() == score.table["leader"].tolist()
    total = score.table["influence"]
    assert found["rank"].tolist() == [1 + int((total > value).sum()) for value in total]
    assert (found["rank_low"] <= found["rank"]).all()
    assert (found["rank"] <= found["rank_high"]).all()
    assert found["rank_low"].min() >= 1 if len(found) else True
    assert (found["rank_high"] <= len(found)).all()


@given(contributions)
@settings(patient, max_examples=30)
def test_it_is_the_bayesian_bootstrap_over_followers(rows: pd.DataFrame) -> None:
    score = influence(rows)
    found = rank_intervals(rows, score, seed=3, replicates=40, level=0.8)
    counted = rows[(rows["follower"] != rows["leader"])]
    followers = sorted(set(counted["follower"]))
    rng = np.random.default_rng(3)
    ranks: dict[str, list[int]] = defaultdict(list)
    for _ in range(40):
        weight = dict(zip(followers, rng.standard_exponential(len(followers)), strict=True))
        mean = np.mean(list(weight.values())) if weight else 1.0
        totals: dict[str, float] = defaultdict(float)
        for row in counted.to_dict("records"):
            totals[row["leader"]] += weight[row["follower"]] / mean * row["value"] * score.scale[row["kind"]]
        for leader, total in totals.items():
            ranks[leader].append(1 + sum(other > total * (1 + 1e-9) for other in totals.values()))
    for row in found.to_dict("records"):
        ordered = sorted(ranks[row["leader"]])
        assert row["rank_low"] == min(ordered[3], row["rank"])
        assert row["rank_high"] == max(ordered[36], row["rank"])
        assert row["first"] == pytest.approx(ranks[row["leader"]].count(1) / 40)


def organisation(seed: int = 0, leaders: int = 20, followers: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    pull = np.linspace(0.9, 0.2, leaders)
    rows = [
        (f"f{follower:02}", f"l{leader:02}", "adopts", 1.0 + rng.random())
        for follower in range(followers)
        for leader in np.flatnonzero(rng.random(leaders) < pull)
    ]
    return frame(rows)


@given(st.randoms(use_true_random=False))
@settings(patient, max_examples=10)
def test_neither_the_order_of_rows_nor_the_block_nor_the_given_graph_matters(order: random.Random) -> None:
    rows = organisation()
    expected = intervals(rows, seed=5)
    shuffled = rows.sample(frac=1.0, random_state=order.randrange(1000))
    pd.testing.assert_frame_equal(intervals(shuffled, seed=5), expected, check_exact=True)
    score = influence(rows)
    pd.testing.assert_frame_equal(rank_intervals(score.graph, score, seed=5), expected, check_exact=True)
    more = influence(rows, people=[*score.graph.labels, "bystander"])
    pd.testing.assert_frame_equal(rank_intervals(more.graph, more, seed=5), expected, check_exact=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confidence, "BLOCK_BYTES", 1)
        pd.testing.assert_frame_equal(intervals(rows, seed=5), expected, check_exact=True)


def test_the_seed_decides() -> None:
    rows = organisation()
    first = intervals(rows, seed=1)
    pd.testing.assert_frame_equal(intervals(rows, seed=1), first, check_exact=True)
    assert not intervals(rows, seed=2).equals(first)


def test_a_higher_level_gives_no_narrower_interval() -> None:
    rows = organisation()
    narrow, wide = intervals(rows, level=0.5), intervals(rows, level=0.95)
    assert (wide["rank_low"] <= narrow["rank_low"]).all()
    assert (wide["rank_high"] >= narrow["rank_high"]).all()
    assert (wide["rank_high"] - wide["rank_low"]).sum() > (narrow["rank_high"] - narrow["rank_low"]).sum()


def width(found: pd.DataFrame, leader: str) -> int:
    row = found.set_index("leader").loc[leader]
    return int(row["rank_high"] - row["rank_low"])


def test_hanging_on_one_follower_is_less_sure_than_on_many() -> None:
    rows = organisation()
    many = rows[rows["leader"] == "l10"]
    one = frame([("devotee", "alone", "adopts", float(many["value"].sum()))])
    found = intervals(pd.concat([rows, one]))
    assert width(found, "alone") > 2 * width(found, "l10")


def test_more_followers_of_the_same_sort_make_surer() -> None:
    rows = organisation()
    copies = [rows.assign(follower=rows["follower"] + str(copy)) for copy in range(9)]
    once, often = intervals(rows), intervals(pd.concat(copies))
    assert (often["rank_high"] - often["rank_low"]).mean() < 0.6 * (once["rank_high"] - once["rank_low"]).mean()


def test_a_narrow_interval_is_widened_to_hold_the_rank() -> None:
    # Most draws give one heavy follower less than the mean, and then many small ones add up to more.
    rows = frame(
        [("devotee", "one", "adopts", 100.0)] + [(f"f{number}", "many", "adopts", 0.99) for number in range(100)]
    )
    found = intervals(rows, level=0.1).set_index("leader")
    assert found.loc["one", ["rank", "rank_low", "rank_high"]].tolist() == [1, 1, 2]
    assert found.loc["many", ["rank", "rank_low", "rank_high"]].tolist() == [2, 1, 2]
    assert found.loc["one", "first"] == pytest.approx(np.exp(-0.99), abs=0.1)


def test_whoever_all_follow_most_is_first_always() -> None:
    rows = organisation()
    followers = rows["follower"].unique()
    star = frame([(follower, "star", "adopts", 50.0) for follower in followers])
    found = intervals(pd.concat([rows, star])).iloc[0]
    assert found[["leader", "rank", "rank_low", "rank_high", "first"]].tolist() == ["star", 1, 1, 1, 1.0]


def test_equal_leaders_share_a_rank_in_every_replicate() -> None:
    rows = frame([(f"f{number}", leader, "cites", 2.0) for number in range(5) for leader in ("b", "a", "c")])
    found = intervals(rows)
    assert found["leader"].tolist() == ["a", "b", "c"]
    assert found[["rank", "rank_low", "rank_high"]].to_numpy().tolist() == [[1, 1, 1]] * 3
    assert found["first"].tolist() == [1.0] * 3


def test_nobody_to_rank() -> None:
    assert len(intervals(frame([]))) == 0


@pytest.mark.soak
@pytest.mark.parametrize(("followers", "narrowest", "widest"), [(20, 4.0, 9.0), (80, 2.0, 6.0), (300, 1.0, 4.0)])
def test_intervals_hold_the_true_rank_as_often_as_they_say(followers: int, narrowest: float, widest: float) -> None:
    """Followers drawn from one population of which the true rank is known: 90 % intervals, neither empty nor all."""
    leaders, tries = 15, 400
    pull = np.linspace(0.75, 0.25, leaders)
    truth = np.arange(1, leaders + 1)
    held, widths = [], []
    for trial in range(tries):
        rng = np.random.default_rng(trial)
        value = (rng.random((followers, leaders)) < pull) * np.log1p(rng.geometric(0.3, size=(followers, leaders)))
        rows, columns = np.nonzero(value)
        data = pd.DataFrame({"follower": [f"f{row:03}" for row in rows], "leader": [f"l{c:02}" for c in columns]})
        found = intervals(data.assign(kind="builds_on", value=value[rows, columns]), seed=trial)
        found = found.set_index("leader").reindex([f"l{number:02}" for number in range(leaders)])
        # Somebody without any follower is not ranked: her interval counts as missing the truth.
        held.append((found["rank_low"] <= truth) & (truth <= found["rank_high"]))
        widths.append((found["rank_high"] - found["rank_low"]).mean())
    share = np.mean(held, axis=0)
    print(f"\n{followers} followers: held {np.mean(share):.3f}, width {np.mean(widths):.1f}, each {share.round(2)}")
    assert np.mean(share) >= 0.89
    assert share.min() >= 0.7
    assert narrowest < np.mean(widths) < widest
