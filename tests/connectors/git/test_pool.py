"""What a pool was given last under a number is what it gives back, in this run and in later ones."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.git import pool as module
from connectors.git.pool import Pool

puts = st.lists(st.tuples(st.integers(1, 9), st.binary(max_size=40), st.binary(max_size=40)), max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=st.lists(puts, min_size=1, max_size=5), frame=st.sampled_from([1, 100, 1_000]))
def test_a_pool_keeps_what_was_put_last(
    runs: list[list[tuple[int, bytes, bytes]]], frame: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FRAME", frame)
    monkeypatch.setattr(module, "_HELD", 2)
    pool = Pool()
    given: dict[int, tuple[bytes, bytes]] = {}
    for number, run in enumerate(runs):
        if number:
            kept, frames = pool.kept()
            pool = Pool()
            pool.fill(kept, frames)
            size = sum(size for size, _ in frames)
            assert size <= 4 / 3 * sum(map(len, map(b"".join, given.values()))) + frame + 80
        for key, first, second in run:
            pool.put(key, first, second)
            given[key] = (first, second)
        for key in range(1, max(given, default=0) + 1):
            assert pool.get(key) == given.get(key, (b"", b""))
