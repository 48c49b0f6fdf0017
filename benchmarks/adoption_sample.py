"""Draw adoptions at random, with all that is needed to judge them by hand; with --top, the most adopted names instead.

    influence collect git REPOSITORY --workspace FILE     # for each repository
    python benchmarks/adoption_sample.py FILE... [--size 100] [--seed 0] [--top 20]

Prints one tab-separated row an adoption: the name, who introduced it (commit, path, line), who first used it (commit,
path). The verdicts on one such sample stand in docs/adoptions.md.
"""

from __future__ import annotations

import argparse
import random

import pandas as pd

from influence import authority, follows, window
from influence.analysis import people_in
from influence.workspace import Workspace


def adoptions(file: str) -> pd.DataFrame:
    """Every counted adoption in a workspace, in a fixed order."""
    with Workspace(file).read() as connection:
        label = connection.execute("SELECT min(label) FROM harvests WHERE connector = 'git'").fetchall()[0][0]
        who = people_in(connection, None)
        follows.prepare(connection, who, window.window(connection, None, None))
        rows = connection.execute("SELECT * FROM authority").df()
        power = authority.build(rows, connection.execute("SELECT * FROM memberships").df(), who, {})
        follows.stage(connection, who, power)
        found = connection.execute(
            """
            SELECT
                s.used_name AS name, s.leader, s.follower, min(s.leader_unit) AS defined_in, min(s.unit) AS used_in,
                min(s.path) || ':' || CAST(min(s.line) AS VARCHAR) AS defined_at, min(u.path) AS used_at
            FROM staged_adoptions AS s
            INNER JOIN uses AS u ON u.repository = s.repository AND u.name = s.used_name AND u.unit = s.unit
            WHERE s.reason IS NULL
            GROUP BY ALL
            ORDER BY ALL
            """
        ).df()
    names = who.table["person"].to_numpy()
    return pd.DataFrame(
        {
            "repository": label,
            "name": found["name"],
            "introduced_by": names[found["leader"]],
            "defined_in": found["defined_in"].str[:12],
            "defined_at": found["defined_at"],
            "used_by": names[found["follower"]],
            "used_in": found["used_in"].str[:12],
            "used_at": found["used_at"],
        }
    )


def main() -> None:
    """Print the sample, or the most adopted names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", nargs="+")
    parser.add_argument("--size", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--top", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    count = len(options.workspace)
    drawn = []
    for place, file in enumerate(options.workspace):
        rows = adoptions(file)
        if options.top:
            keys = ["repository", "name", "introduced_by", "defined_in", "defined_at"]
            found = rows.groupby(keys)["used_by"].nunique().rename("adopters").reset_index()
            drawn.append(found.sort_values(["adopters", "name"], ascending=[False, True]).head(options.top))
        else:
            share = options.size * (place + 1) // count - options.size * place // count
            drawn.append(rows.iloc[sorted(chance.sample(range(len(rows)), min(share, len(rows))))])
    print(pd.concat(drawn).to_csv(sep="\t", index=False), end="")


if __name__ == "__main__":
    main()
