"""Measures of standing in a follow graph, one function each.

Every function takes the matrix of a `FollowGraph` (CSR, n x n, row = follower, column = leader, values >= 0, nothing on
the diagonal) and returns a float64 array of shape (n,), aligned to the graph's labels; on an empty graph it is empty.
They are checked against networkx on small graphs and made for millions of edges.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from influence.graph import FollowGraph

Vector = npt.NDArray[np.float64]

#: Lanczos: steps before it starts again from the best vector so far (8 bytes a person each), how often, and the
#: relative residual at which it ends.
LANCZOS_STEPS = 32
LANCZOS_RESTARTS = 5
LANCZOS_TOLERANCE = 1e-10
#: Seconds that betweenness may take, by rough estimate, before it samples; and the fewest pivots it then uses.
BETWEENNESS_SECONDS = 0.5
FEWEST_PIVOTS = 16
#: Edges that one batch of breadth-first searches may walk, which bounds its memory (about 40 bytes each).
BATCH_EDGES = 1_000_000


@dataclass(frozen=True)
class Measures:
    """All measures of one graph.

    Attributes
    ----------
    table
        One row per person in the order of the labels: `id`, `in_strength`, `pagerank`, `hits`, `katz`, `betweenness`,
        `kcore`.
    notes
        What to say beside a measure, by its name: whether betweenness is exact or estimated from how many people.
    """

    table: pd.DataFrame
    notes: dict[str, str]


def measures(graph: FollowGraph, *, seed: int = 0, samples: int | None = None) -> Measures:
    """Every measure of this module at once.

    Parameters
    ----------
    graph
        The follow graph.
    seed
        Seed of the draw of pivots for betweenness.
    samples
        Pivots for betweenness; by default all where that is quick, else as many as are quick (`pivots`).
    """
    matrix = graph.matrix
    authorities, norm = _authorities(matrix)
    sources = int(np.count_nonzero(np.diff(matrix.indptr)))
    drawn = min(pivots(matrix) if samples is None else samples, sources)
    table = pd.DataFrame(
        {
            "id": graph.labels,
            "in_strength": in_strength(matrix),
            "pagerank": pagerank(matrix),
            "hits": authorities,
            "katz": katz(matrix, norm=norm),
            "betweenness": betweenness(matrix, samples=drawn, seed=seed),
            "kcore": kcore(matrix),
        }
    )
    exact = "exact" if drawn == sources else f"estimated from {drawn:,} of {sources:,} followers, seed {seed}"
    return Measures(table, {"betweenness": exact})


def in_strength(matrix: sparse.csr_array) -> Vector:
    """Sum of the values of the edges that point to each person (weighted in-degree)."""
    strength: Vector = np.asarray(matrix.sum(axis=0), dtype=np.float64)
    return strength


def pagerank(matrix: sparse.csr_array, alpha: float = 0.85, tolerance: float = 1e-8, iterations: int = 1000) -> Vector:
    """Weighted PageRank (Brin and Page 1998); adds up to 1.

    A walker follows, with probability `alpha`, an edge drawn in proportion to its value, and otherwise starts anew
    with anybody; from somebody who follows nobody she always starts anew (as networkx does it).

    Parameters
    ----------
    matrix
        The follow graph.
    alpha
        Probability of following, in [0, 1).
    tolerance
        The power iteration ends when the sum of absolute changes is below it.
    iterations
        Most rounds of the power iteration; `alpha` ** rounds bounds what is missing.
    """
    people = matrix.shape[0]
    if not people:
        return np.zeros(0)
    # Dividing by the largest value first keeps sums of tiny or huge values from under- or overflowing.
    given = _scaled(matrix).sum(axis=1)
    follows = given > 0
    inverse = np.divide(1.0, given, out=np.zeros(people), where=follows)
    pull = _scaled(matrix).T
    rank = np.full(people, 1.0 / people)
    for _ in range(iterations):
        before = rank
        restart = 1.0 - alpha + alpha * before[~follows].sum()
        rank = alpha * (pull @ (before * inverse)) + restart / people
        if np.abs(rank - before).sum() < tolerance:
            break
    return rank / rank.sum()


def hits(matrix: sparse.csr_array) -> Vector:
    """Authority scores (Kleinberg 1999), adding up to 1: high for whom those follow who follow the authorities.

    It is the leading right singular vector of the matrix, as in networkx. Where several are tied (parts of the graph
    without a common follower), it is the part of the uniform vector that lies in their span, which is where the
    classic iteration ends. All zero in a graph without edges.
    """
    return _authorities(matrix)[0]


def katz(matrix: sparse.csr_array, share: float = 0.85, norm: float | None = None, tolerance: float = 1e-9) -> Vector:
    """Katz centrality (Katz 1953), of Euclidean length 1: paths of any length that lead to a person, long ones less.

    Solves x = a A^T x + 1 with a = `share` / ||A||_2. The spectral norm (the largest singular value) is never below the
    spectral radius, so that the sum over paths always converges, and it is above 0 wherever there is an edge, also in
    graphs without cycles, whose spectral radius is 0. So the result does not depend on the unit of the values.

    Parameters
    ----------
    matrix
        The follow graph.
    share
        How close a comes to the limit, in (0, 1).
    norm
        The spectral norm where it is known already.
    tolerance
        The iteration ends when the relative change of x is below it.
    """
    people = matrix.shape[0]
    if not people:
        return np.zeros(0)
    if norm is None:
        norm = _authorities(matrix)[1]
    score = np.ones(people)
    if norm > 0:
        pull = matrix.T
        # The change shrinks at least by `share` a round, and x is never shorter than the vector of ones.
        for _ in range(math.ceil(math.log(tolerance) / math.log(share))):
            before = score
            score = 1.0 + share * (pull @ (before / norm))
            if np.linalg.norm(score - before) <= tolerance * np.linalg.norm(score):
                break
    return score / np.linalg.norm(score)


def betweenness(matrix: sparse.csr_array, samples: int | None = None, seed: int = 0) -> Vector:
    """How many shortest chains of following run through a person, as a share of all ordered pairs of others.

    Chains are counted in hops: values say how much is followed, not how far it is, and one over a value would let a
    single heavy follower decide. Brandes' algorithm (2001), normalised as in networkx by 1 / ((n - 1)(n - 2)).

    Parameters
    ----------
    matrix
        The follow graph.
    samples
        None for the exact figure. Otherwise the number of pivots: chains are counted from that many people only, drawn
        at random among those who follow somebody, and scaled up to all of them (Brandes and Pich 2007; unbiased).
    seed
        Seed of the draw.
    """
    people = matrix.shape[0]
    total = np.zeros(people)
    sources = np.flatnonzero(np.diff(matrix.indptr))
    if people < 3 or not len(sources):
        return total
    drawn = sources
    if samples is not None and samples < len(sources):
        drawn = np.sort(np.random.default_rng(seed).choice(sources, size=max(samples, 1), replace=False))
    batch = max(1, BATCH_EDGES // (matrix.nnz + people))
    for start in range(0, len(drawn), batch):
        total += _dependencies(matrix, drawn[start : start + batch])
    # Nobody is between herself and others: a person's own pivot says nothing about her, so it does not count as one.
    others = np.full(people, len(sources), dtype=np.float64)
    others[sources] -= 1
    seen = np.full(people, len(drawn), dtype=np.float64)
    seen[drawn] -= 1
    total *= others / np.maximum(seen, 1)
    return total / ((people - 1.0) * (people - 2.0))


def pivots(matrix: sparse.csr_array) -> int:
    """Pivots with which betweenness takes roughly `BETWEENNESS_SECONDS`, at least `FEWEST_PIVOTS`.

    It depends on the size of the graph alone, so that every machine draws the same.
    """
    seconds_each = 1e-5 + 1.5e-8 * (matrix.nnz + matrix.shape[0])
    return max(FEWEST_PIVOTS, int(BETWEENNESS_SECONDS / seconds_each))


def kcore(matrix: sparse.csr_array) -> Vector:
    """Core number: the largest k such that the person belongs to a group in which each has k neighbours in the group.

    Who follows whom, and how much, does not matter here (Seidman 1983); computed by peeling (Batagelj and Zaversnik
    2003), all people of one round at once.
    """
    people = matrix.shape[0]
    core = np.zeros(people)
    pattern = sparse.csr_array((np.ones(matrix.nnz, dtype=np.int8), matrix.indices, matrix.indptr), shape=matrix.shape)
    both = sparse.csr_array(pattern + pattern.T)
    degree = np.diff(both.indptr).astype(np.int64)
    alive = np.ones(people, dtype=bool)
    remaining = np.flatnonzero(degree > 0)
    alive[degree == 0] = False
    while len(remaining):
        level = degree[remaining].min()
        peeled = remaining[degree[remaining] <= level]
        while len(peeled):
            core[peeled] = level
            alive[peeled] = False
            neighbours = both.indices[_ranges(both.indptr, peeled)[0]]
            neighbours = neighbours[alive[neighbours]]
            np.subtract.at(degree, neighbours, 1)
            peeled = _distinct(neighbours[degree[neighbours] <= level], people)
        remaining = remaining[alive[remaining]]
    return core


def _scaled(matrix: sparse.csr_array) -> sparse.csr_array:
    """The matrix with its largest value brought to 1."""
    peak = matrix.data.max(initial=0.0)
    if not peak:
        return matrix
    return sparse.csr_array((matrix.data / peak, matrix.indices, matrix.indptr), shape=matrix.shape)


def _authorities(matrix: sparse.csr_array) -> tuple[Vector, float]:
    """Leading right singular vector, adding up to 1, and largest singular value (the spectral norm)."""
    if not matrix.nnz:
        return np.zeros(matrix.shape[0]), 0.0
    push = _scaled(matrix)
    pull = push.T
    square, vector = _leading(lambda x: pull @ (push @ x), matrix.shape[0])
    vector = np.maximum(vector, 0.0)
    return vector / vector.sum(), float(matrix.data.max()) * math.sqrt(square)


def _leading(product: Callable[[Vector], Vector], size: int) -> tuple[float, Vector]:
    """Largest eigenvalue of a symmetric non-negative operator, and its eigenvector nearest to the uniform vector.

    Lanczos' method from the uniform vector, with full reorthogonalisation. It ends as soon as the residual is small: a
    library's goes on with random vectors when the start spans few dimensions, and then mixes tied eigenvectors at
    will. Where thousands of eigenvalues nearly tie, it ends after `LANCZOS_STEPS` * `LANCZOS_RESTARTS` products with a
    mixture, as the classic iteration does.
    """
    vector = np.full(size, 1.0 / math.sqrt(size))
    value = 0.0
    for _ in range(LANCZOS_RESTARTS):
        basis = np.empty((LANCZOS_STEPS, size))
        # The operator seen in the basis: symmetric, tridiagonal; eigh reads its lower half.
        seen = np.zeros((LANCZOS_STEPS, LANCZOS_STEPS))
        basis[0] = vector
        for step in range(LANCZOS_STEPS):
            following = product(basis[step])
            seen[step, step] = basis[step] @ following
            for _ in range(2):
                following -= basis[: step + 1].T @ (basis[: step + 1] @ following)
            length = float(np.linalg.norm(following))
            values, vectors = np.linalg.eigh(seen[: step + 1, : step + 1])
            value, weights = float(values[-1]), vectors[:, -1]
            residual = length * abs(weights[-1])
            if residual <= LANCZOS_TOLERANCE * value or step + 1 == LANCZOS_STEPS:
                break
            seen[step + 1, step] = length
            basis[step + 1] = following / length
        vector = basis[: step + 1].T @ weights
        vector /= np.linalg.norm(vector) * (1.0 if vector.sum() >= 0 else -1.0)
        if residual <= LANCZOS_TOLERANCE * value:
            break
    return value, vector


def _ranges(indptr: npt.NDArray[np.integer], rows: npt.NDArray[np.integer]) -> tuple[npt.NDArray, npt.NDArray]:
    """Positions of all entries of these rows, one row after the other, and the number of entries of each row."""
    starts = indptr[rows]
    counts = indptr[rows + 1] - starts
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    positions = np.arange(total, dtype=indptr.dtype)
    positions += np.repeat((starts - (ends - counts)).astype(indptr.dtype), counts)
    return positions, counts


def _distinct(values: npt.NDArray[np.integer], size: int) -> npt.NDArray[np.integer]:
    """Distinct values, each below `size`, in no particular but always the same order."""
    if len(values) * 8 < size:
        return np.unique(values)
    marked = np.zeros(size, dtype=bool)
    marked[values] = True
    return np.flatnonzero(marked)


def _dependencies(matrix: sparse.csr_array, sources: npt.NDArray[np.integer]) -> Vector:
    """Sum over `sources` of Brandes' dependency of each source on each person; shape (n,).

    All sources are searched at once, as states (source, person) numbered source * n + person, level by level.
    """
    people = matrix.shape[0]
    offsets = np.arange(len(sources), dtype=np.int64) * people
    reached = np.zeros(len(sources) * people, dtype=bool)
    paths = np.zeros(len(sources) * people)
    frontier = offsets + sources
    reached[frontier] = True
    paths[frontier] = 1.0
    levels = []
    while len(frontier):
        person = frontier % people
        positions, counts = _ranges(matrix.indptr, person)
        target = matrix.indices[positions] + np.repeat(frontier - person, counts)
        onward = ~reached[target]
        target = target[onward]
        origin = np.repeat(frontier, counts)[onward]
        np.add.at(paths, target, paths[origin])
        levels.append((origin, target))
        frontier = _distinct(target, len(reached))
        reached[frontier] = True
    dependency = np.zeros(len(reached))
    for origin, target in reversed(levels):
        np.add.at(dependency, origin, paths[origin] / paths[target] * (1.0 + dependency[target]))
    dependency[offsets + sources] = 0.0
    result: Vector = dependency.reshape(len(sources), people).sum(axis=0)
    return result
