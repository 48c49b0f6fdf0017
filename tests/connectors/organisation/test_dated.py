"""From versions of files to spans: what is said when, told again from each version alone."""

from __future__ import annotations

import doctest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.git import versions
from connectors.git.versions import longest_rising, monotone
from connectors.organisation.dated import InOrder, Together

LETTERS = st.lists(st.sampled_from("abcdef"), max_size=6)


def at(span: Any, time: int) -> bool:
    return (span.since is None or span.since <= time) and (span.until is None or time < span.until)


@given(st.lists(st.dictionaries(st.sampled_from("xyz"), LETTERS, max_size=3), max_size=12), st.booleans())
def test_together_says_at_each_time_what_any_file_said(steps: list[dict[str, list[str]]], cut: bool) -> None:
    together: Together[str] = Together()
    files: dict[str, list[str]] = {}
    for time, step in enumerate(steps):
        together.step(None if cut and time == 0 else time, step)
        files |= step
        said = [span.said for span in together.spans() if at(span, time)]
        assert sorted(said) == sorted({each for lines in files.values() for each in lines})
    spans = list(together.spans())
    # Nothing ends and begins again at one moment.
    assert not {(s.said, s.until) for s in spans} & {(s.said, s.since) for s in spans if s.since is not None}


LINES = st.lists(st.tuples(st.sampled_from("pqr"), LETTERS), max_size=7)


@given(st.lists(LINES, max_size=10))
def test_lines_keep_their_order_at_each_time(steps: list[list[tuple[str, list[str]]]]) -> None:
    order: InOrder[str, str] = InOrder()
    for time, lines in enumerate(steps):
        order.step(time, lines)
    for time, lines in enumerate(steps):
        told = [
            (span[0].said, {one.said for one in said if at(one, time)})
            for _, span, said in order.spans()
            if any(at(line, time) for line in span)
        ]
        assert told == [(key, set(said)) for key, said in lines]


def test_a_line_that_is_pushed_down_stays_and_one_that_is_moved_begins_anew() -> None:
    order: InOrder[str, str] = InOrder()
    order.step(1, [("a", "x"), ("b", "y")])
    order.step(2, [("new", "z"), ("a", "x"), ("b", "yx")])
    order.step(3, [("b", "y"), ("new", "z"), ("a", "x")])
    assert [(line.said, line.since, line.until) for _, lines, _ in order.spans() for line in lines] == [
        ("b", 3, None),
        ("new", 2, None),
        ("a", 1, None),
        ("b", 1, 3),
    ]


@given(st.lists(st.integers(-5, 5), max_size=9))
def test_a_longest_rising_subsequence_is_one(values: list[int]) -> None:
    def longest(strictly: bool) -> int:
        best = [1] * len(values)
        for i, value in enumerate(values):
            for j in range(i):
                if values[j] < value or (not strictly and values[j] == value):
                    best[i] = max(best[i], best[j] + 1)
        return max(best, default=0)

    for strictly in (True, False):
        places = longest_rising(values, strictly)
        assert places == sorted(set(places))
        assert len(places) == longest(strictly)
        chosen = [values[place] for place in places]
        assert chosen == sorted(chosen)
        assert not strictly or len(set(chosen)) == len(chosen)


@given(st.lists(st.integers(0, 9), max_size=9))
def test_times_never_go_back(values: list[int]) -> None:
    out = monotone(values)
    assert out == sorted(out)
    assert values != sorted(values) or out == values


@pytest.mark.parametrize("module", [versions])
def test_examples(module: Any) -> None:
    assert doctest.testmod(module).failed == 0
