"""Tables that wait on the disk come back as they were written, by looking up, by streams, and through a pickle."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from influence.schema import TABLES
from influence.spool import Spool, rows_of

_ROW = st.fixed_dictionaries(
    {"source": st.just("s"), "unit": st.text(max_size=5), "paths": st.lists(st.text(max_size=3))}
)
_LINK = st.fixed_dictionaries({"a": st.text(max_size=3), "b": st.text(max_size=3), "same": st.booleans()})
_PIECES = st.fixed_dictionaries(
    {},
    optional={"units": st.lists(st.lists(_ROW, max_size=3)), "identity_links": st.lists(st.lists(_LINK, max_size=3))},
)


@given(pieces=_PIECES)
def test_what_is_written_in_pieces_is_read_as_one_table(pieces: dict[str, list[list[dict[str, Any]]]]) -> None:
    spool = Spool()
    for name, parts in pieces.items():
        for part in parts:
            spool.write(name, TABLES[name].batch(part))
    written = {name: [row for part in parts for row in part] for name, parts in pieces.items() if parts}
    for found in (spool, pickle.loads(pickle.dumps(spool))):
        assert set(found) == set(written)
        for name, rows in written.items():
            expected = TABLES[name].batch(rows)
            assert found[name].equals(expected)
            assert found[name].equals(expected), "a table can be looked up again"
            stream = rows_of(found, name)
            assert stream.read_all().equals(expected) if rows else stream is None
            assert found.rows[name] == len(rows)


def test_a_table_that_was_never_written_is_not_there() -> None:
    spool = Spool()
    assert rows_of(spool, "units") is None
    with pytest.raises(KeyError):
        spool["units"]
    spool.write("units", TABLES["units"].batch([]))
    assert spool["units"].num_rows == 0
