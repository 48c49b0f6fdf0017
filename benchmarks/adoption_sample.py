"""Draw adoptions at random, with all that is needed to judge them by hand; with --top, the most adopted names instead.

    influence collect git REPOSITORY --workspace FILE     # for each repository; with --across several into one
    python benchmarks/adoption_sample.py FILE... [--size 100] [--seed 0] [--top 20] [--across]

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


def adoptions(file: str, across: bool) -> pd.DataFrame:
    """Every counted adoption in a workspace, in a fixed order: within repositories, or across them."""
    with Workspace(file).read() as connection:
        labels = dict(connection.execute("SELECT repository, min(label) FROM harvests GROUP BY repository").fetchall())
        who = people_in(connection, None)
        follows.prepare(connection, who, window.window(connection, None, None))
        rows = connection.execute("SELECT * FROM authority").df()
        power = authority.build(rows, connection.execute("SELECT * FROM memberships").df(), who, {})
        follows.stage(connection, who, power)
        found = connection.execute(
            """
            SELECT
                s.repository, s.used_in AS elsewhere, s.used_name AS name,
                s.leader, s.follower, min(s.leader_unit) AS defined_in, min(s.unit) AS used_in,
                min(s.path) || ':' || CAST(min(s.line) AS VARCHAR) AS defined_at, min(s.used_at) AS used_at
            FROM staged_adoptions AS s
            WHERE s.reason IS NULL AND (s.repository <> s.used_in) = ?
            GROUP BY ALL
            ORDER BY ALL
            """,
            [across],
        ).df()
    names = who.table["person"].to_numpy()
    return pd.DataFrame(
        {
            "repository": found["repository"].map(labels),
            "used_elsewhere": found["elsewhere"].map(labels) if across else "",
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
    parser.add_argument("--across", action="store_true", help="adoptions from one repository to another")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    count = len(options.workspace)
    drawn = []
    for place, file in enumerate(options.workspace):
        rows = adoptions(file, options.across)
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
