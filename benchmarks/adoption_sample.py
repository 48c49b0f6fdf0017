"""Draw adoptions at random, with all that is needed to judge them by hand.

    python benchmarks/adoption_sample.py REPOSITORY... [--size 100] [--seed 0]

Collects each repository and prints one row an adoption: the name, who introduced it (commit, path, line), who first
used it (commit, path). The verdicts on one such sample stand in docs/adoptions.md.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

import influence


def adoptions(repository: str, folder: Path) -> list[dict[str, str]]:
    """Every counted adoption of one repository, as its leaders' explanations show them."""
    workspace = influence.collect([repository], folder / "w.duckdb")
    findings = influence.analyse(workspace)
    rows = []
    for person in findings.leaders["id"]:
        explanation = findings.explain(person)
        names = explanation.names.set_index("name")
        for event in explanation.evidence.to_dict("records"):
            if event["kind"] == "adopts":
                name = str(event["what"])
                home = names.loc[[name]].iloc[0] if name in names.index else None
                rows.append(
                    {
                        "repository": Path(repository).name,
                        "name": name,
                        "introduced_by": explanation.person["person"],
                        "in": str(event["leader_unit"])[:12],
                        "at": f"{home['path']}:{home['line']}" if home is not None else "",
                        "used_by": str(event["follower"]),
                        "used_in": str(event["follower_unit"])[:12],
                        "used_at": str(event["path"]),
                    }
                )
    return sorted(rows, key=lambda row: tuple(row.values()))


def main() -> None:
    """Print the sample as tab-separated rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", nargs="+")
    parser.add_argument("--size", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    count = len(options.repository)
    header = False
    for place, repository in enumerate(options.repository):
        with tempfile.TemporaryDirectory() as folder:
            rows = adoptions(repository, Path(folder))
        share = options.size * (place + 1) // count - options.size * place // count
        for row in chance.sample(rows, min(share, len(rows))):
            if not header:
                print("\t".join(row))
                header = True
            print("\t".join(row.values()))


if __name__ == "__main__":
    main()
