"""What a pool was given last under a number is what it gives back."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from connectors.git.pool import Pool


@given(st.lists(st.tuples(st.integers(1, 9), st.binary(max_size=40), st.binary(max_size=40)), max_size=30))
def test_a_pool_keeps_what_was_put_last(puts: list[tuple[int, bytes, bytes]]) -> None:
    pool, kept = Pool(), {}
    for number, first, second in puts:
        pool.put(number, first, second)
        kept[number] = (first, second)
    for number in range(1, max(kept, default=0) + 1):
        assert pool.get(number) == kept.get(number, (b"", b""))
    lengths = pool.lengths()
    assert lengths.tolist() == [len(part) for n in range(1, max(kept, default=0) + 1) for part in pool.get(n)]
    again = Pool()
    again.fill(array("I", lengths), b"".join(part for n in range(1, max(kept, default=0) + 1) for part in pool.get(n)))
    again.put(max(kept, default=0) + 1, b"new", b"")
    assert again.get(max(kept, default=0) + 1) == (b"new", b"")
    for number, parts in kept.items():
        assert again.get(number) == parts
