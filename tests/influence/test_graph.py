"""The follow graph against dictionaries of sums."""

from __future__ import annotations

import io

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influence.errors import InputError
from influence.graph import FollowGraph, multigraph

# On a busy machine one example can take long.
patient = settings(deadline=None)

people = st.sampled_from(["ada", "bo", "cy", "dee", "eve"])
edge_lists = st.lists(st.tuples(people, people, st.integers(0, 8).map(lambda n: n / 4)), max_size=30)


def summed(edges: list[tuple[str, str, float]]) -> dict[tuple[str, str], float]:
    sums: dict[tuple[str, str], float] = {}
    for follower, leader, value in edges:
        if follower != leader and value:
            sums[follower, leader] = sums.get((follower, leader), 0) + value
    return sums


def build(edges: list[tuple[str, str, float]], **options: object) -> FollowGraph:
    followers, leaders, values = zip(*edges, strict=True) if edges else ((), (), ())
    return FollowGraph.from_edges(followers, leaders, values, **options)


@given(edge_lists)
@patient
def test_edges_add_up_without_loops_and_empty_ones(edges: list[tuple[str, str, float]]) -> None:
    graph = build(edges)
    coo = graph.matrix.tocoo()
    found = {
        (graph.labels[row], graph.labels[column]): value
        for row, column, value in zip(*coo.coords, coo.data, strict=True)
    }
    assert found == summed(edges)
    assert graph.labels.tolist() == sorted({person for edge in edges for person in edge[:2]})
    assert graph.matrix.has_canonical_format
    assert (graph.people, graph.edges) == (len(graph.labels), len(found))


@given(edge_lists)
@patient
def test_networkx_graph_has_the_same_people_and_weights(edges: list[tuple[str, str, float]]) -> None:
    graph = build(edges)
    converted = graph.to_networkx()
    assert type(converted) is nx.DiGraph
    assert list(converted) == graph.labels.tolist()
    assert {(a, b): weight for a, b, weight in converted.edges(data="weight")} == summed(edges)


def test_categories_give_the_same_graph_as_texts() -> None:
    edges = pd.DataFrame({"f": ["c", "a", "b"], "l": ["a", "b", "a"], "v": [1.0, 2.0, 3.0]})
    plain = FollowGraph.from_edges(edges.f, edges.l, edges.v)
    coded = FollowGraph.from_edges(edges.f.astype("category"), edges.l.astype("category"), edges.v)
    assert plain.labels.tolist() == coded.labels.tolist() == ["a", "b", "c"]
    assert (plain.matrix.toarray() == coded.matrix.toarray()).all()


def test_labels_keep_their_order_and_people_without_edges() -> None:
    graph = build([("bo", "ada", 2.0)], labels=["cy", "bo", "ada"])
    assert graph.labels.tolist() == ["cy", "bo", "ada"]
    assert graph.matrix[1, 2] == 2.0


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_values_that_are_no_amounts_are_refused(value: float) -> None:
    with pytest.raises(InputError, match="negative or not a finite number"):
        build([("bo", "ada", value)])


def test_missing_unknown_and_doubled_people_are_refused() -> None:
    with pytest.raises(InputError, match="missing"):
        FollowGraph.from_edges(["bo", None], ["ada", "ada"], [1.0, 1.0])
    with pytest.raises(InputError, match="not among the labels"):
        build([("bo", "ada", 1.0)], labels=["ada"])
    with pytest.raises(InputError, match="twice"):
        build([("bo", "ada", 1.0)], labels=["ada", "bo", "ada"])


EDGES = pd.DataFrame(
    {
        "follower": ["b", "b", "c"],
        "leader": ["a", "a", "a"],
        "kind": ["adopts", "consults", "adopts"],
        "occasion": ["free", "obliged", "unknown"],
        "value": [0.5, 0.7, 1.5],
        "influence": [0.25, 0.35, 0.75],
        "counted": [True, False, True],
        "signals": [3, 1, 9],
        "weeks": [np.nan, 1.0, np.nan],
        "first": pd.to_datetime(["2024-01-02", "2024-01-03", "2024-01-04 05:06:07"], format="ISO8601"),
        "last": pd.to_datetime(["2024-02-02", None, "2024-02-04"]),
        "internal": [1, 2, 3],
    }
)
PEOPLE = pd.DataFrame(
    {
        "id": ["a", "b", "d"],
        "person": ["<b>Ada</b>", "Bo", "Dee"],
        "class": ["person", "person", "bot"],
        "commits": [7, 0, 1],
        "title": ["Architect", None, None],
        "last_seen": pd.to_datetime(["2024-03-01", None, None]),
    }
)


def test_multigraph_has_one_edge_a_kind_and_occasion() -> None:
    graph = multigraph(EDGES, PEOPLE)
    assert set(graph.edges(keys=True)) == {
        ("b", "a", "adopts:free"),
        ("b", "a", "consults:obliged"),
        ("c", "a", "adopts:unknown"),
    }
    assert graph.edges["b", "a", "consults:obliged"] == {
        "kind": "consults",
        "occasion": "obliged",
        "value": 0.7,
        "influence": 0.35,
        "counted": False,
        "signals": 1,
        "weeks": 1.0,
        "first": "2024-01-03T00:00:00",
    }
    assert graph.edges["c", "a", "adopts:unknown"]["first"] == "2024-01-04T05:06:07"
    assert graph.nodes["a"] == {
        "person": "<b>Ada</b>",
        "class": "person",
        "commits": 7,
        "title": "Architect",
        "last_seen": "2024-03-01T00:00:00",
    }
    assert graph.nodes["d"] == {"person": "Dee", "class": "bot", "commits": 1}
    assert graph.nodes["c"] == {}
    counted = sum(data["influence"] for _, _, data in graph.edges(data=True) if data["counted"])
    assert counted == EDGES.influence[EDGES.counted].sum()


def test_multigraph_can_be_written_for_other_programs() -> None:
    for write, read in ((nx.write_graphml, nx.read_graphml), (nx.write_gexf, nx.read_gexf)):
        file = io.BytesIO()
        write(multigraph(EDGES, PEOPLE), file)
        file.seek(0)
        again = read(file)
        assert again.nodes["a"]["person"] == "<b>Ada</b>"
        assert again.number_of_edges() == 3


def test_multigraph_of_nothing_is_empty() -> None:
    assert len(multigraph(EDGES.iloc[:0], PEOPLE.iloc[:0])) == 0
