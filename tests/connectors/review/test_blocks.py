"""Rows that wait are the same whether they waited in memory or in a file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.review.blocks import Blocks

_BLOCK = st.tuples(st.sampled_from(["acts", "units"]), st.lists(st.text(max_size=5), max_size=4))


@given(blocks=st.lists(_BLOCK, max_size=8), kept=st.integers(0, 60))
def test_what_is_taken_is_what_was_added(blocks: list[tuple[str, list[str]]], kept: int) -> None:
    waiting, expected = Blocks(kept), {}
    for _ in range(2):
        expected = {}
        for name, texts in blocks:
            waiting.add(name, pa.table({"text": pa.array(texts, pa.string())}))
            expected.setdefault(name, []).extend(texts)
        assert {name: table["text"].to_pylist() for name, table in waiting.take().items()} == expected


def test_nothing_is_left_lying_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    waiting = Blocks(10)
    waiting.add("acts", pa.table({"text": ["a long text that is over the limit"]}))
    (folder,) = tmp_path.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    table = waiting.take()["acts"]
    assert not list(tmp_path.iterdir())
    assert table["text"].to_pylist() == ["a long text that is over the limit"]
