"""Draw documents at random, with what was read as their references: what is needed to judge them by hand.

    influence collect documents REPOSITORY --workspace FILE     # for each series, a workspace of its own
    python benchmarks/references_sample.py FILE... [--size 50] [--seed 14] [--draw 1] [--leaders 10]

Prints one tab-separated row a drawn document and cited document: how it is cited (``body``, or the header's field), and
whether the cited one was read too (resolved) or may be held by another source (elsewhere). A document that cites
nothing is one row of dashes. What was refused is not kept document by document: its counts, with the reasons, come
last. With --draw 2, a second sample without the documents of the first, and so on. With --leaders, the most followed
authors instead, with silent share and lag. Verdicts on such samples stand in docs/references.md.
"""

from __future__ import annotations

import argparse
import random

import pandas as pd

import influence
from influence import works
from influence.workspace import Workspace

_CITED = """
    SELECT
        c.citing, c.cited, string_agg(DISTINCT c.how, '+' ORDER BY c.how) AS how,
        CASE WHEN c.cited IN (SELECT id FROM artifacts) THEN 'resolved' ELSE 'elsewhere' END AS found
    FROM citations AS c
    GROUP BY c.citing, c.cited
"""


def sample(file: str, size: int, seed: int, draw: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows (citing, path, cited, how, found) of `size` documents of a workspace, and what became of all references."""
    with Workspace(file).read() as connection:
        documents = connection.execute("SELECT unit AS citing, paths[1] AS path FROM units ORDER BY unit").df()
        cited = connection.execute(_CITED).df()
        harvests = connection.execute("SELECT * FROM harvests").df()
    chance = random.Random(seed)
    left = list(range(len(documents)))
    drawn: list[int] = []
    for _ in range(draw):
        left = [place for place in left if place not in drawn]
        drawn = chance.sample(left, min(size, len(left)))
    rows = documents.iloc[drawn].merge(cited, how="left", on="citing")
    number = rows[["citing", "cited"]].map(_number)
    rows = rows.assign(at=number["citing"], to=number["cited"]).sort_values(["at", "citing", "to", "cited"])
    return rows[["citing", "path", "cited", "how", "found"]].fillna("-"), works.health(harvests)


def leaders(file: str, top: int) -> pd.DataFrame:
    """The `top` most followed authors; `lag_days` is the median over citations, from the cited work's date to each."""
    findings = influence.analyse(file)
    created = findings.works.set_index("id")["created"]
    rows = findings.leaders.head(top)[["rank", "person", "influence", "rank_low", "rank_high", "reach", "silent_share"]]
    lags, cited = [], []
    for identity in findings.leaders["id"].head(top):
        acts = findings.acts(identity)
        acts = acts[acts["kind"] == "cites"].drop_duplicates(["follower_unit", "name"])
        days = (acts["time"] - acts["name"].map(created)).dt.total_seconds() / 86400
        lags.append(days.median())
        cited.append(len(acts))
    return rows.assign(citations=cited, lag_days=lags).round({"influence": 2, "lag_days": 0})


def _number(artifact: object) -> int:
    digits = str(artifact).rpartition(":")[2]
    return int(digits) if digits.isdigit() else 0


def main() -> None:
    """Print the samples, or the leaders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", nargs="+")
    parser.add_argument("--size", type=int, default=50)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--draw", type=int, default=1)
    parser.add_argument("--leaders", type=int, default=0)
    options = parser.parse_args()
    for file in options.workspace:
        if options.leaders:
            print(leaders(file, options.leaders).to_csv(sep="\t", index=False))
            continue
        rows, health = sample(file, options.size, options.seed, options.draw)
        print(rows.to_csv(sep="\t", index=False))
        print(health.to_csv(sep="\t", index=False))


if __name__ == "__main__":
    main()
