"""Every measure against networkx, an independent implementation, on small random graphs."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import sparse

from influence import centrality
from influence.graph import FollowGraph

# On a busy machine one example can take long.
patient = settings(deadline=None)

Measure = Callable[[sparse.csr_array], np.ndarray]
ALL: list[Measure] = [
    centrality.in_strength,
    centrality.pagerank,
    centrality.hits,
    centrality.katz,
    centrality.betweenness,
    centrality.kcore,
]


@st.composite
def graphs(draw: st.DrawFn, least: int = 0) -> FollowGraph:
    """Up to 9 people; isolated, dangling and unconnected ones come up by themselves."""
    size = draw(st.integers(least, 9))
    pairs = st.tuples(st.integers(0, max(size - 1, 0)), st.integers(0, max(size - 1, 0)))
    chosen = draw(st.sets(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=30)) if size > 1 else set()
    edges = [(row, column, draw(st.integers(1, 12)) / 4) for row, column in sorted(chosen)]
    labels = [f"p{number}" for number in range(size)]
    followers, leaders, values = zip(*edges, strict=True) if edges else ((), (), ())
    return FollowGraph.from_edges(
        [labels[row] for row in followers], [labels[column] for column in leaders], values, labels
    )


def random_graph(size: int, degree: float, seed: int) -> FollowGraph:
    rng = np.random.default_rng(seed)
    count = int(size * degree)
    leaders = (size * rng.random(count) ** 2).astype(int)
    labels = [f"p{number}" for number in range(size)]
    return FollowGraph.from_edges(
        [labels[number] for number in rng.integers(size, size=count)],
        [labels[number] for number in leaders],
        rng.integers(1, 9, size=count) / 4,
        labels,
    )


def aligned(graph: FollowGraph, values: dict[str, float]) -> np.ndarray:
    return np.array([values[label] for label in graph.labels], dtype=float)


@given(graphs())
@patient
def test_in_strength(graph: FollowGraph) -> None:
    expected = aligned(graph, dict(graph.to_networkx().in_degree(weight="weight")))
    assert (centrality.in_strength(graph.matrix) == expected).all()


@given(graphs(), st.sampled_from([0.5, 0.85]))
@patient
def test_pagerank(graph: FollowGraph, alpha: float) -> None:
    expected = aligned(graph, nx.pagerank(graph.to_networkx(), alpha=alpha, tol=1e-12, max_iter=1000))
    assert centrality.pagerank(graph.matrix, alpha=alpha) == pytest.approx(expected, abs=1e-7)


@given(graphs(least=2))
@patient
def test_hits(graph: FollowGraph) -> None:
    assume(graph.edges)
    found = centrality.hits(graph.matrix)
    values, vectors = np.linalg.eigh((graph.matrix.T @ graph.matrix).toarray())
    tied = values > values[-1] * (1 - 1e-9)
    # Whatever the ties: it is the leading eigenvector nearest to the uniform one.
    projected = vectors[:, tied] @ vectors[:, tied].sum(axis=0)
    assert found == pytest.approx(projected / projected.sum(), abs=1e-7)
    if tied.sum() == 1 and graph.people > 1:
        expected = aligned(graph, nx.hits(graph.to_networkx(), max_iter=10_000, tol=1e-12)[1])
        assert found == pytest.approx(expected, abs=1e-6)


def power_iteration(matrix: np.ndarray) -> np.ndarray:
    vector = np.ones(len(matrix))
    for _ in range(5000):
        vector = matrix.T @ (matrix @ vector)
        vector /= vector.sum()
    return vector


@pytest.mark.parametrize("seed", range(3))
def test_hits_of_larger_graphs(seed: int) -> None:
    graph = random_graph(300, 3, seed)
    assert centrality.hits(graph.matrix) == pytest.approx(power_iteration(graph.matrix.toarray()), abs=1e-8)
    expected = aligned(graph, nx.hits(graph.to_networkx(), max_iter=10_000, tol=1e-12)[1])
    assert centrality.hits(graph.matrix) == pytest.approx(expected, abs=1e-8)


def test_hits_of_many_equal_parts_shares_among_them() -> None:
    size = 192
    labels = [f"p{number:03}" for number in range(size)]
    graph = FollowGraph.from_edges(labels[::3] + labels[1::3], labels[2::3] * 2, np.ones(2 * size // 3))
    found = centrality.hits(graph.matrix)
    assert found[2::3] == pytest.approx(np.full(size // 3, 3 / size), rel=1e-6)
    assert np.delete(found, np.arange(2, size, 3)) == pytest.approx(0)


@given(graphs(), st.sampled_from([0.5, 0.85]))
@patient
def test_katz(graph: FollowGraph, share: float) -> None:
    dense = graph.matrix.toarray()
    norm = np.linalg.norm(dense, ord=2) if graph.people else 0.0
    alpha = share / norm if norm else 1.0
    if graph.people > 1:  # networkx fails on one person
        expected = nx.katz_centrality_numpy(graph.to_networkx(), alpha=alpha, weight="weight")
        assert centrality.katz(graph.matrix, share=share) == pytest.approx(aligned(graph, expected), abs=1e-7)
    if graph.edges:
        assert alpha * np.abs(np.linalg.eigvals(dense)).max() < 1


def test_katz_of_larger_graphs() -> None:
    graph = random_graph(300, 4, 5)
    alpha = 0.85 / np.linalg.norm(graph.matrix.toarray(), ord=2)
    expected = nx.katz_centrality_numpy(graph.to_networkx(), alpha=alpha, weight="weight")
    assert centrality.katz(graph.matrix) == pytest.approx(aligned(graph, expected), rel=1e-6)


@given(graphs())
@patient
def test_betweenness(graph: FollowGraph) -> None:
    expected = aligned(graph, nx.betweenness_centrality(graph.to_networkx()))
    assert centrality.betweenness(graph.matrix) == pytest.approx(expected, abs=1e-12)


def test_betweenness_of_larger_graphs_in_batches_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = random_graph(150, 3, 1)
    expected = aligned(graph, nx.betweenness_centrality(graph.to_networkx()))
    for edges in (1, 5000, 10**9):
        monkeypatch.setattr(centrality, "BATCH_EDGES", edges)
        assert centrality.betweenness(graph.matrix) == pytest.approx(expected, abs=1e-12)


def test_betweenness_of_a_long_chain() -> None:
    size = 400
    labels = [f"p{number:03}" for number in range(size)]
    graph = FollowGraph.from_edges(labels[:-1], labels[1:], np.ones(size - 1))
    expected = [place * (size - 1 - place) / ((size - 1) * (size - 2)) for place in range(size)]
    assert centrality.betweenness(graph.matrix) == pytest.approx(np.array(expected))


def test_sampled_betweenness_is_unbiased_and_seeded() -> None:
    graph = random_graph(60, 3, 2)
    exact = centrality.betweenness(graph.matrix)
    drawn = np.array([centrality.betweenness(graph.matrix, samples=20, seed=seed) for seed in range(300)])
    error = drawn.std(axis=0) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - exact) <= 4.5 * error + 1e-12).all()
    assert (drawn[7] == centrality.betweenness(graph.matrix, samples=20, seed=7)).all()
    assert (drawn[7] != drawn[8]).any()
    everybody = int(np.count_nonzero(np.diff(graph.matrix.indptr)))
    assert (centrality.betweenness(graph.matrix, samples=everybody) == exact).all()


@given(graphs())
@patient
def test_kcore(graph: FollowGraph) -> None:
    expected = aligned(graph, nx.core_number(graph.to_networkx().to_undirected()))
    assert (centrality.kcore(graph.matrix) == expected).all()


@pytest.mark.parametrize("seed", range(3))
def test_kcore_of_larger_graphs(seed: int) -> None:
    graph = random_graph(2000, 6, seed)
    expected = aligned(graph, nx.core_number(graph.to_networkx().to_undirected()))
    assert (centrality.kcore(graph.matrix) == expected).all()
    assert expected.max() > 3


@pytest.mark.parametrize("measure", ALL)
@pytest.mark.parametrize("size", [0, 1, 2, 100])
def test_nobody_one_person_and_people_without_edges(measure: Measure, size: int) -> None:
    values = measure(FollowGraph.from_edges([], [], [], [f"p{number}" for number in range(size)]).matrix)
    assert (values.shape, values.dtype) == ((size,), np.float64)
    assert np.isfinite(values).all()
    assert len(set(values.tolist())) <= 1


@given(graphs(least=2), st.sampled_from([1e-12, 3.0, 1e12]))
@settings(patient, max_examples=50)
def test_the_unit_of_values_changes_only_in_strength(graph: FollowGraph, unit: float) -> None:
    scaled = sparse.csr_array(graph.matrix * unit)
    for measure in ALL[1:]:
        assert measure(scaled) == pytest.approx(measure(graph.matrix), abs=1e-6)
    assert centrality.in_strength(scaled) == pytest.approx(unit * centrality.in_strength(graph.matrix))


@given(graphs(least=2), st.randoms(use_true_random=False))
@settings(patient, max_examples=50)
def test_names_do_not_matter(graph: FollowGraph, random: object) -> None:
    order = list(range(graph.people))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved = sparse.csr_array(graph.matrix[order][:, order])
    for measure in ALL:
        assert measure(moved) == pytest.approx(measure(graph.matrix)[order], abs=1e-6)


def test_all_measures_at_once_say_what_is_estimated() -> None:
    graph = random_graph(80, 3, 3)
    whole = centrality.measures(graph)
    assert whole.notes == {"betweenness": "exact"}
    assert list(whole.table) == ["id", "in_strength", "pagerank", "hits", "katz", "betweenness", "kcore"]
    assert whole.table["id"].tolist() == graph.labels.tolist()
    for measure in ALL:
        assert whole.table[measure.__name__].to_numpy() == pytest.approx(measure(graph.matrix), abs=1e-9)
    sources = np.count_nonzero(np.diff(graph.matrix.indptr))
    sampled = centrality.measures(graph, samples=5, seed=2)
    assert sampled.notes == {"betweenness": f"estimated from 5 of {sources} followers, seed 2"}
    expected = centrality.betweenness(graph.matrix, samples=5, seed=2)
    assert (sampled.table["betweenness"].to_numpy() == expected).all()


def test_pivots_shrink_as_the_graph_grows_but_not_below_the_fewest() -> None:
    small, large = random_graph(200, 5, 0).matrix, random_graph(20_000, 20, 0).matrix
    assert centrality.pivots(small) > 200
    assert centrality.FEWEST_PIVOTS <= centrality.pivots(large) < 100
