"""How sure a rank is: what it would have been with somewhat different followers.

The Bayesian bootstrap (Rubin 1981, Annals of Statistics 9(1)) over followers: in each replicate every follower gets a
weight drawn from the exponential distribution, all that she follows counts with it, and everybody is ranked anew.
(Divided by their mean the weights would be Rubin's Dirichlet weights; ranks do not change by that.) The scale of
kinds, V, stays as it is. What the interval cannot tell is what was never seen: acts that leave no trace, or people
read wrongly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from influence.graph import FollowGraph
from influence.score import Score

#: Bytes of weights, and of scores, that one block of replicates may take: about what a processor's cache holds, since
#: with larger blocks the product of matrix and weights takes twice as long.
BLOCK_BYTES = 8_000_000


def rank_intervals(
    contributions: pd.DataFrame | FollowGraph,
    score: Score,
    seed: int = 0,
    replicates: int = 200,
    level: float = 0.9,
) -> pd.DataFrame:
    """Interval of every leader's rank.

    Parameters
    ----------
    contributions
        Those that the score was made from (`score.influence`), or `score.graph`, which saves building it again.
    score
        The score whose ranks are asked about.
    seed
        Seed of the weights. The same seed gives the same result, in whatever order the rows come.
    replicates
        Number of replicates, at least 1.
    level
        Probability that the interval holds, in (0, 1).

    Returns
    -------
    DataFrame
        One row per leader in the order of `score.table`: `leader`; `rank` = 1 + number of leaders with more influence
        (equal ones share a rank); `rank_low`, `rank_high`: the (1 - level) / 2 and (1 + level) / 2 quantiles of the
        rank over the replicates (the order statistic below and above), widened where needed to hold `rank`;
        `first`: share of the replicates in which nobody has more.

    Notes
    -----
    Memory: 4 bytes per leader and replicate, and two blocks of `BLOCK_BYTES`.
    """
    leaders = score.table["leader"].to_numpy(dtype=object)
    size = len(leaders)
    ranks = np.empty((replicates, size), dtype=np.int32)
    graph = contributions if isinstance(contributions, FollowGraph) else _graph(contributions, score)
    columns = pd.Index(graph.labels, dtype=object).get_indexer(pd.Index(leaders, dtype=object))
    # Only followers who count draw a weight: adding people without an edge changes nothing.
    active = np.flatnonzero(np.diff(graph.matrix.indptr))
    received = sparse.csr_array(graph.matrix[active].T)[columns]
    rng = np.random.default_rng(seed)
    block = max(1, BLOCK_BYTES // (8 * max(size, len(active), 1)))
    for start in range(0, replicates, block):
        weights = rng.standard_exponential((min(block, replicates - start), len(active)))
        scores = np.ascontiguousarray((received @ np.ascontiguousarray(weights.T)).T)
        for offset, row in enumerate(scores):
            ranks[start + offset] = competition_ranks(row)
    tail = (1.0 - level) / 2.0
    low = np.quantile(ranks, tail, axis=0, method="lower") if size else ranks[0]
    high = np.quantile(ranks, 1.0 - tail, axis=0, method="higher") if size else ranks[0]
    point = competition_ranks(score.table["influence"].to_numpy())
    return pd.DataFrame(
        {
            "leader": leaders,
            "rank": point,
            "rank_low": np.minimum(low, point).astype(np.int64),
            "rank_high": np.maximum(high, point).astype(np.int64),
            "first": (ranks == 1).mean(axis=0),
        }
    )


def competition_ranks(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """1 + number of scores that are greater, for each of n scores; equal scores share a rank. Shape (n,)."""
    size = len(scores)
    ranks = np.empty(size, dtype=np.int64)
    order = np.argsort(scores)
    ascending = scores[order]
    ends = np.flatnonzero(np.append(ascending[1:] != ascending[:-1], True)) if size else np.zeros(0, dtype=np.intp)
    ranks[order] = size - np.repeat(ends, np.diff(ends, prepend=-1))
    return ranks


def _graph(contributions: pd.DataFrame, score: Score) -> FollowGraph:
    counted = score.weigh(contributions["kind"], contributions["value"].to_numpy())
    return FollowGraph.from_edges(contributions["follower"], contributions["leader"], counted)
