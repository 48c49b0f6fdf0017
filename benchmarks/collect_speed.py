"""How long a whole collect takes beside git's own pass over the same history, in turns.

    python benchmarks/collect_speed.py REPOSITORY [--runs 3]

Prints the medians of `influence collect git` (a process of its own, to the committed workspace) and of
`git log -p -U0 -M` to nowhere, and the median of the ratios run by run.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def timed(command: list[str]) -> float:
    """Wall seconds of a command that succeeds."""
    start = time.perf_counter()
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    ours, gits = [], []
    log = ["git", "-C", options.repository, "log", "-p", "-U0", "-M"]
    timed(log)
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            collect = [sys.executable, "-m", "influence", "collect", "git", options.repository]
            ours.append(timed([*collect, "--workspace", str(Path(folder) / "w.duckdb")]))
        gits.append(timed(log))
    ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, gits, strict=True))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"collect {statistics.median(ours):.1f} s, git log -p -U0 -M {statistics.median(gits):.1f} s, ratio {ratio:.2f}"
    )
    print(f"largest single process {peak:.0f} MB; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
