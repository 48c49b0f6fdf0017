"""Whether who owned a path at a commit, told by dated rows, is who that commit's own files name.

``python -m benchmarks.owners_vs_trees REPOSITORY [--commits 200] [--paths 40] [--seed 0]``
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import subprocess
import time
from collections import Counter
from functools import cache

import pandas as pd

from connectors.organisation.owners import OwnersConnector
from influence.authority import Authority, build
from influence.people import People
from influence.schema import TABLES
from tests.connectors.organisation import owners_oracle as oracle


def authority_of(rows: pd.DataFrame) -> Authority:
    """The analysis of these rows, every key a person."""
    keys = pd.Series(rows["leader"].dropna().unique(), dtype=object)
    table = pd.DataFrame({"id": keys, "person": keys, "title": None})
    people = People(table=table, keys=pd.DataFrame({"key": keys, "id": keys}), merges=pd.DataFrame())
    return build(rows, TABLES["memberships"].batch([]).to_pandas(), people, {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository")
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--paths", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    def git(*words: str) -> bytes:
        return subprocess.run(["git", "-C", arguments.repository, *words], capture_output=True, check=True).stdout

    began = time.process_time()
    (checkpoint,) = OwnersConnector(arguments.repository).checkpoints()
    print(f"read in {time.process_time() - began:.1f} s of processor time: {checkpoint.harvest.counts}")
    power = authority_of(checkpoint.tables["authority"].to_pandas())
    repository = checkpoint.harvest.repository
    chance = random.Random(arguments.seed)
    chain = [line.split() for line in git("log", "--first-parent", "--format=%H %ct").decode().splitlines()]
    # A commit is what holds from its time on only where no later one has that time or an earlier one.
    latest = [int(chain[0][1])]
    for _, when in chain[1:]:
        latest.append(min(latest[-1], int(when)))
    usable = [
        (sha, int(when))
        for at, (sha, when) in enumerate(chain)
        if (at == 0 or int(when) < latest[at - 1]) and int(when) >= max(int(w) for _, w in chain[at : at + 500])
    ]
    print(f"{len(chain):,} commits of the first-parent chain, {len(usable):,} whose time says which it is")
    agree: Counter[str] = Counter()
    for sha, when in chance.sample(usable, min(arguments.commits, len(usable))):
        listing = [
            line.partition("\t") for line in git("ls-tree", "-r", "-z", sha).decode("utf-8", "replace").split("\0")
        ]
        files = {path: head.split()[2] for head, _, path in listing if head.startswith("100")}

        @cache
        def read(path: str, files: dict = files) -> str | None:
            return git("cat-file", "blob", files[path]).decode("utf-8", "replace") if path in files else None

        texts = [read(path) for path in files if path.rpartition("/")[2] == "MAINTAINERS"]
        texts = [text for text in texts if text and ("\nF:" in text or "\nN:" in text)]
        at = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=when)
        for path in chance.sample(sorted(files), min(arguments.paths, len(files))):
            expected = oracle.codeowners(read, path) | oracle.approvers(read, path) | oracle.maintainers(texts, path)
            found = power.owners(repository, [path], at)
            agree["same" if found == expected else "different"] += 1
            agree["somebody owns it"] += bool(expected)
            if found != expected and agree["different"] <= 5:
                more, fewer = sorted(found - expected)[:3], sorted(expected - found)[:3]
                print(f"  {sha[:12]} {path}: only rows {more}, only tree {fewer}")
    print(dict(agree))


if __name__ == "__main__":
    main()
