"""How long, and in how much memory, a large follow graph is analysed: score, rank intervals and all measures.

    python benchmarks/analyse_large.py [--people 200000] [--edges 5000000] [--seed 0] [--peer]

The graph is made up, with what makes real ones hard: units of 500 people, seven edges in ten within the follower's
unit; followers and leaders drawn with a probability that falls with their place by the powers 0.5 and 0.6 (so that
somebody is followed by tens of thousands); no pair twice, nobody follows herself; values are log(1 + weeks) of a
geometric number of weeks; one pair in five follows in a second kind. It is written to a temporary file, and a fresh
process that has done nothing else reads and analyses it: what is printed as peak memory is all that this process ever
took, rows and libraries included. With --peer networkx's PageRank runs on the same graph, in a process of its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from influence import centrality
from influence.confidence import rank_intervals
from influence.schema import KINDS
from influence.score import influence

T = TypeVar("T")


def generate(people: int, edges: int, seed: int) -> pd.DataFrame:
    """Contributions of a made-up organisation: see above."""
    rng = np.random.default_rng(seed)
    unit = min(500, people)
    places = rng.permutation(people)
    pairs = np.zeros(0, dtype=np.int64)
    while len(pairs) < edges:
        followers = places[_heavy(rng, people, edges, 0.5)]
        near = followers - followers % unit + _heavy(rng, unit, edges, 0.6)
        leaders = np.where(rng.random(edges) < 0.7, near, places[_heavy(rng, people, edges, 0.6)])
        drawn = (followers * people + leaders)[(followers != leaders) & (leaders < people)]
        pairs = np.unique(np.concatenate([pairs, drawn]))
    pairs = rng.permutation(pairs)[:edges]
    kinds = rng.integers(len(KINDS), size=edges)
    twice = rng.random(edges) < 0.2
    pairs = np.concatenate([pairs, pairs[twice]])
    kinds = np.concatenate([kinds, (kinds[twice] + 1) % len(KINDS)])
    ids = np.array([f"{number:012x}" for number in rng.permutation(people)], dtype=object)
    return pd.DataFrame(
        {
            "follower": ids[pairs // people],
            "leader": ids[pairs % people],
            "kind": np.array(KINDS, dtype=object)[kinds],
            "value": np.log1p(rng.geometric(0.3, size=len(pairs))),
        }
    )


def _heavy(rng: np.random.Generator, people: int, size: int, power: float) -> npt.NDArray[np.int64]:
    """Numbers below `people`, small ones more often: probability ~ (place + 1) ** -power, by inverting its integral."""
    return np.minimum(people * rng.random(size) ** (1.0 / (1.0 - power)), people - 1).astype(np.int64)


def analyse(path: Path) -> None:
    """Read the rows and do everything, saying how long each step took."""
    print(f"{'':<40}    wall     processor")
    contributions = _timed("read the rows (not counted)", lambda: pd.read_parquet(path))
    begun, busy = time.perf_counter(), time.process_time()
    score = _timed("influence", lambda: influence(contributions))
    graph = score.graph
    _timed("rank intervals, 200 replicates", lambda: rank_intervals(graph, score, seed=0))
    matrix = graph.matrix
    chosen = centrality.pivots(matrix)
    _timed("in-strength", lambda: centrality.in_strength(matrix))
    _timed("PageRank", lambda: centrality.pagerank(matrix))
    _timed("HITS", lambda: centrality.hits(matrix))
    _timed("Katz (finds the spectral norm anew)", lambda: centrality.katz(matrix))
    _timed(f"betweenness, sampled: {chosen} pivots", lambda: centrality.betweenness(matrix, samples=chosen))
    _timed("k-core", lambda: centrality.kcore(matrix))
    ended = time.perf_counter()
    print(f"{len(contributions):,} rows, {graph.people:,} people, {graph.edges:,} edges, {len(score.table):,} leaders")
    print(f"{'all':<40}{ended - begun:8.2f} s{time.process_time() - busy:8.2f} s")
    print(f"{'peak memory of the process':<40}{_peak():8.2f} GB")


def peer(path: Path) -> None:
    """networkx's PageRank on the same graph."""
    import networkx as nx

    score = influence(pd.read_parquet(path))
    ours = _timed("PageRank here", lambda: centrality.pagerank(score.graph.matrix))
    graph = _timed("graph as networkx.DiGraph", score.graph.to_networkx)
    tolerance = 1e-8 / graph.number_of_nodes()  # networkx multiplies it by the number of people
    theirs = _timed("PageRank of networkx", lambda: nx.pagerank(graph, tol=tolerance, max_iter=1000))
    difference = np.abs(ours - np.array([theirs[label] for label in score.graph.labels])).sum()
    print(f"{'sum of absolute differences':<40}{difference:8.1e}")
    print(f"{'peak memory of the process':<40}{_peak():8.2f} GB")


def _timed(what: str, work: Callable[[], T]) -> T:
    begun, busy = time.perf_counter(), time.process_time()
    result = work()
    print(f"{what:<40}{time.perf_counter() - begun:8.2f} s{time.process_time() - busy:8.2f} s", flush=True)
    return result


def _peak() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e9 if sys.platform == "darwin" else 1e9 / 1024)


def main(arguments: list[str] | None = None) -> None:
    """Make the graph, then analyse it in a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--edges", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peer", action="store_true", help="also time networkx's PageRank")
    parser.add_argument("--rows", type=Path, help="analyse these rows; the fresh process is called like this")
    options: Any = parser.parse_args(arguments)
    if options.rows:
        peer(options.rows) if options.peer else analyse(options.rows)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        generate(options.people, options.edges, options.seed).to_parquet(path)
        command = [sys.executable, str(Path(__file__).resolve()), "--rows", str(path)]
        subprocess.run(command, check=True)
        if options.peer:
            subprocess.run([*command, "--peer"], check=True)


if __name__ == "__main__":
    main()
