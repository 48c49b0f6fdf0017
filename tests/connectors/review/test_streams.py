"""JSON as other tools write it, and values that wait on disk."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.review.streams import Spool, parse

#: Larger ones come back as near as a float is: no service has any.
WHOLE = st.integers(min_value=-(1 << 63), max_value=(1 << 64) - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_values_are_those_of_the_standard_library(value: Any) -> None:
    for data in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert parse(data.encode()) == json.loads(data)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'"a\\ud800b"', "a?b"),
        (b'{"a": "\\uD83D\\uDE00"}', {"a": "\U0001f600"}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b"[1e999]", [math.inf]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'"\xff"', None),
        (b"[" * 100_000, None),
        (b'{"a": ', None),
        (b"", None),
    ],
)
def test_what_is_hardly_json(data: bytes, value: Any) -> None:
    assert parse(data) == value


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES | st.text(alphabet="a\ud800\n\"'"), max_size=6))
def test_what_waits_comes_back_as_it_was(values: list[Any]) -> None:
    spool = Spool()
    marks = [spool.put(value) for value in values]
    for mark, value in reversed(list(zip(marks, values, strict=True))):
        assert spool.get(mark) == value
