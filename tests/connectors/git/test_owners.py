"""Versions of files and their owners: kept small, come back equal, and told apart by who descends from whom."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from connectors.git.order import Descent, post_order
from connectors.git.owners import Versions
from connectors.git.ownership import splice

edits = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 4)), max_size=6)


def descent(*parents: tuple[int, ...]) -> Descent:
    found = Descent()
    found.extend(parents)
    return found


def hunks_of(before: int, wanted: list[tuple[int, int, int]]) -> array[int]:
    hunks = array("i")
    cursor = shift = 0
    for gap, removed, added in wanted:
        start = cursor + gap
        removed = min(removed, max(0, before - start))
        if start > before or removed + added == 0:
            break
        hunks.extend((start + 1 if removed else start, removed, start + shift + 1 if added else start + shift, added))
        cursor, shift = start + removed + 1, shift + added - removed
    return hunks


@given(st.integers(0, 30), st.lists(edits, min_size=1, max_size=12), st.sampled_from([0, 40, 4_000]))
def test_packed_versions_come_back_equal(size: int, changes: list[list[tuple[int, int, int]]], budget: int) -> None:
    line = descent((), *((number,) for number in range(1, len(changes) + 1)))
    versions = Versions(line, lambda commit, path: None, budget)
    owners = array("I", [1]) * size
    kept = [array("I", owners)]
    versions.put(b"p", b"blob-0", owners, 1)
    for number, wanted in enumerate(changes, 2):
        hunks = hunks_of(len(owners), wanted)
        before = versions.find(b"p", b"blob-%d" % (number - 2), number - 1)
        owners, _, _ = splice(versions.owners(before), hunks, None, number, False)
        versions.put(b"p", b"blob-%d" % (number - 1), owners, number, before, hunks.tobytes())
        kept.append(array("I", owners))
    for number, expected in enumerate(kept):
        assert versions.get(b"p", b"blob-%d" % number, len(changes) + 1) == expected
    assert versions.get(b"renamed", b"blob-0", 1) == kept[0]
    assert versions.get(b"p", b"unknown", 1) is None


def test_of_the_same_content_twice_the_one_that_one_descends_from_counts() -> None:
    # 1 wrote it; 2 changed it and 3 restored it; 4 is a branch off 1, which 5 merges.
    line = descent((), (1,), (2,), (1,), (3, 4))
    versions = Versions(line, lambda commit, path: {1: b"same", 2: b"other", 3: b"same", 4: b"same"}[commit])
    versions.put(b"p", b"same", array("I", [1]), 1)
    versions.put(b"p", b"other", array("I", [2]), 2)
    versions.put(b"p", b"same", array("I", [3]), 3)
    found = [versions.get(b"p", b"same", at) for at in (1, 2, 3, 4, 5)]
    assert [list(owners or ()) for owners in found] == [[1], [1], [3], [1], [3]]


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    """Commits 0, 1, 2, ... with up to three parents each."""
    found: dict[str, list[str]] = {"0": []}
    for number in range(1, draw(st.integers(1, 25))):
        count = draw(st.sampled_from([1, 1, 1, 2, 2, 3, 0]))
        parents = (
            draw(st.lists(st.integers(0, number - 1), min_size=count, max_size=count, unique=True))
            if (count <= number)
            else [number - 1]
        )
        found[str(number)] = [str(parent) for parent in parents]
    return found


def ancestors(graph: dict[str, list[str]], tip: str) -> set[str]:
    found = {tip}
    for parent in graph[tip]:
        found |= ancestors(graph, parent)
    return found


@given(graphs())
def test_the_order_puts_parents_first_and_goes_on_where_it_was(graph: dict[str, list[str]]) -> None:
    tip = str(len(graph) - 1)
    found = list(post_order(graph, tip))
    assert set(found) == ancestors(graph, tip)
    assert len(set(found)) == len(found)
    place = {commit: at for at, commit in enumerate(found)}
    assert all(place[parent] < place[commit] for commit in found for parent in graph[commit])
    if graph[tip]:
        before = list(post_order(graph, graph[tip][0]))
        assert found[: len(before)] == before


@given(graphs(), st.data())
def test_descent_agrees_with_the_graph_read_at_once_or_in_two_parts(
    graph: dict[str, list[str]], data: st.DataObject
) -> None:
    tip = str(len(graph) - 1)
    found = list(post_order(graph, tip))
    number = {commit: at for at, commit in enumerate(found, 1)}
    parents = [tuple(number[parent] for parent in graph[commit]) for commit in found]
    whole = descent(*parents)
    chain = [tip]
    while graph[chain[-1]]:
        chain.append(graph[chain[-1]][0])
    middle = number[data.draw(st.sampled_from(chain))]
    parts = descent(*parents[:middle])
    if middle < len(parents):
        parts.extend(parents[middle:])
    assert parts.brought_by == whole.brought_by
    for new in found:
        before = ancestors(graph, new)
        for old in found:
            expected = old in before
            assert whole.is_ancestor(number[old], number[new]) is expected
            assert parts.is_ancestor(number[old], number[new]) is expected
