"""What a whole collect takes beside git's own passes over the same history, and beside other miners.

    python benchmarks/collect_speed.py REPOSITORY [--runs 3] [--parts time,memory,again,peers] [--slice 1000]

A collect is `influence collect git`, from the start of its process to the committed workspace. G is git's own two
passes back to back: every diff with renames, then every merge's combined diff, to nowhere. Everything is in turns, and
what counts is the median of the ratios run by run. Processor seconds stand beside the wall's: where a run's wall time
is off and its processor time is not, the machine was busy. Linux only.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from measured_runs import Run, peak_of, timed
from peer_miners import PINNED, git2net, install, pydriller

PARTS = ("time", "memory", "again", "peers")
#: Tables that say when something was done, or how to go on, and not what was found.
_NOT_FOUND = {"workspace", "kept"}
#: Commits that are missing when a history is collected again.
_MISSING = 100
#: Commits that git2net gets, and the seconds after which it is stopped.
_BLAMED, _PATIENCE = 100, 900.0


def collect(repository: Path, workspace: Path) -> list[str]:
    """The command that reads a repository into a workspace."""
    return [sys.executable, "-m", "influence", "collect", "git", str(repository), "--workspace", str(workspace)]


def passes(repository: Path) -> list[str]:
    """The command that is G."""
    git = f"git -C {shlex.quote(str(repository))}"
    return [
        "sh",
        "-c",
        f"{git} log --reverse --topo-order --no-merges --raw -p -U0 -M > /dev/null && "
        f"{git} rev-list --merges HEAD | {git} diff-tree --stdin -r -c -p -U0 --no-renames > /dev/null",
    ]


def git(repository: Path, *arguments: str) -> str:
    """What a git command prints."""
    done = subprocess.run(["git", "-C", str(repository), *arguments], check=True, capture_output=True)
    return done.stdout.decode("ascii").strip()


def fresh(repository: Path, cores: set[int] | None = None) -> Run:
    """A collect into a new workspace."""
    with tempfile.TemporaryDirectory() as folder:
        return timed(collect(repository, Path(folder) / "w.duckdb"), cores=cores)


def middle(runs: list[Run]) -> str:
    """The medians of some runs' clocks, as text."""
    wall = statistics.median(run.wall for run in runs)
    return f"{wall:.1f} s, processor {statistics.median(run.cpu for run in runs):.1f} s"


def ratio(ours: list[Run], theirs: list[Run]) -> float:
    """The median of the ratios run by run."""
    return statistics.median(mine.wall / other.wall for mine, other in zip(ours, theirs, strict=True))


def time_it(repository: Path, runs: int) -> None:
    """Collect and G, on each number of cores."""
    timed(passes(repository))  # so that all of it is in the page cache
    at_hand = sorted(os.sched_getaffinity(0))
    for count in (1, 2):
        if len(at_hand) < count:
            print(f"time: this machine has no {count} cores to give")
            continue
        cores = set(at_hand[:count])
        ours, gits = [], []
        for _ in range(runs):
            ours.append(fresh(repository, cores))
            gits.append(timed(passes(repository), cores=cores))
        print(f"time, {count} core{'s' * (count > 1)}: collect {middle(ours)}; G {middle(gits)}")
        print(f"    {ratio(ours, gits):.2f} x G (limit 1.0 on 2 cores); runs", end="")
        print("".join(f" {a.wall:.1f}/{b.wall:.1f}" for a, b in zip(ours, gits, strict=True)), flush=True)


def weigh(repository: Path) -> None:
    """Peak memory of all processes together."""
    with tempfile.TemporaryDirectory() as folder:
        peak = peak_of(collect(repository, Path(folder) / "w.duckdb"))
    ours = " + ".join(f"{size:.0f}" for size in peak.ours)
    print(
        f"memory: {peak.total:.0f} MB at most, {peak.of_git:.0f} MB of it git's, our processes {ours} MB "
        f"({peak.looks} looks; limit 600 MB on git/git)",
        flush=True,
    )


def collect_again(repository: Path, runs: int) -> None:
    """Collect without the newest commits, then with them."""
    tip, count = git(repository, "rev-parse", "HEAD"), 0
    former = tip
    for line in git(repository, "rev-list", "--first-parent", "--max-count", str(_MISSING + 1), "HEAD").split()[1:]:
        former, count = line, int(git(repository, "rev-list", "--count", f"{line}..{tip}"))
        if count >= _MISSING:
            break
    firsts, agains = [], []
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone.git"
        git(repository, "clone", "--quiet", "--bare", "--shared", str(repository), str(clone))
        git(clone, "update-ref", "--no-deref", "HEAD", tip)
        for number in range(runs):
            workspace = Path(folder) / f"{number}.duckdb"
            git(clone, "update-ref", "--no-deref", "HEAD", former)
            firsts.append(timed(collect(clone, workspace)))
            git(clone, "update-ref", "--no-deref", "HEAD", tip)
            agains.append(timed(collect(clone, workspace)))
        whole = Path(folder) / "whole.duckdb"
        timed(collect(clone, whole))
        differences = compared(whole, Path(folder) / "0.duckdb")
    print(f"again, {count} commits missing: first {middle(firsts)}; again {middle(agains)}")
    print(f"    {ratio(agains, firsts):.1%} (limit 10 %); tables that differ from a fresh collect: ", end="")
    print(", ".join(differences) or "none", flush=True)


def compared(one: Path, other: Path) -> list[str]:
    """The tables of two workspaces whose rows differ, with how many do, whatever their order."""
    differing = []
    with duckdb.connect() as database:
        database.execute(f"ATTACH '{one}' AS one (READ_ONLY); ATTACH '{other}' AS other (READ_ONLY)")
        tables = database.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'one'").fetchall()
        for (table,) in sorted(tables):
            if table in _NOT_FOUND:
                continue
            columns = "* EXCLUDE (collected)" if table == "harvests" else "*"
            rows = [f"SELECT {columns} FROM {name}.{table}" for name in ("one", "other")]
            found = [f"SELECT count(*) FROM ({a} EXCEPT ALL {b})" for a, b in (rows, rows[::-1])]
            count = sum(count for query in found for (count,) in database.execute(query).fetchall())
            if count:
                differing.append(f"{table} ({count} rows)")
    return differing


def beside_peers(repository: Path, size: int) -> None:
    """PyDriller and git2net over some of the commits, or all of them."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        python, reason = install(at)
        if not python:
            print(f"peers: {' and '.join(PINNED)} cannot be installed here ({reason})")
            return
        commits = git(repository, "rev-list", "--reverse", "--topo-order", "HEAD").split()
        own = git(repository, "rev-list", "--reverse", "--topo-order", "--no-merges", "HEAD").split()
        half = len(own) // 2
        clone = at / "clone"  # both want one with a work tree, were it empty
        git(repository, "clone", "--quiet", "--shared", "--no-checkout", str(repository), str(clone))
        ours = fresh(repository)
        rate = len(commits) / ours.wall
        print(f"peers: ours {len(commits)} commits in {middle([ours])}, {rate:.0f} a second")
        named = [] if not size or size >= len(commits) else _spread(commits, size)
        rival = pydriller(python, clone, named, at)
        theirs = rival.commits / rival.run.wall
        part = "all" if not named else "evenly spread"
        print(f"    {PINNED[0]}: {rival.commits} commits ({part}) in {middle([rival.run])}, {theirs:.0f} a second")
        print(f"    ours is {rate / theirs:.1f} times as fast (aim 6)", flush=True)
        rival = git2net(python, clone, own[half : half + _BLAMED], at, _PATIENCE)
        theirs = rival.commits / rival.run.wall
        print(
            f"    {PINNED[1]}: {rival.commits} commits (in the middle) in {middle([rival.run])}, {theirs:.2f} a second"
        )
        print(
            f"    ours is {rate / theirs:.0f} times as fast (aim 500)" if theirs else "    it got nowhere", flush=True
        )


def _spread(commits: list[str], count: int) -> list[str]:
    """That many of the commits, evenly spread."""
    return [commits[at * len(commits) // count] for at in range(min(count, len(commits)))]


def main() -> None:
    """Print the parts asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--parts", default=",".join(PARTS), help="some of " + ",".join(PARTS))
    parser.add_argument("--slice", type=int, default=0, help="commits for PyDriller; all by default")
    options = parser.parse_args()
    parts = options.parts.split(",")
    if unknown := set(parts).difference(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    repository = options.repository.absolute()
    count = git(repository, "rev-list", "--count", "HEAD")
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    print(
        f"{repository.name}: {count} commits; load average before {load}, {len(os.sched_getaffinity(0))} cores",
        flush=True,
    )
    try:
        if "time" in parts:
            time_it(repository, options.runs)
        if "memory" in parts:
            weigh(repository)
        if "again" in parts:
            collect_again(repository, options.runs)
        if "peers" in parts:
            beside_peers(repository, options.slice)
    except subprocess.CalledProcessError as error:
        said = (error.stderr or b"").decode("utf-8", "replace").strip().rpartition("\n")[2]
        sys.exit(f"{shlex.join(error.cmd)}\nfailed: {said}")


if __name__ == "__main__":
    main()
