"""Rows that were kept come back as they were."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from connectors.git.kept_rows import columns, rows

_ROWS = st.lists(st.tuples(st.text(max_size=3), st.none() | st.text(max_size=1), st.booleans(), st.floats(0, 9)))


@given(_ROWS)
def test_rows_come_back(found: list[tuple[Any, ...]]) -> None:
    assert list(rows(orjson.loads(orjson.dumps(columns(found))))) == found
