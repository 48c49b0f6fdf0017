"""How well following recovers the people whom openstack/swift itself names: original authors and core emeritus.

    python benchmarks/truth_swift.py REPOSITORY

A weak truth: nearly a list of seniority, and today's core team counts as wrong. Average precision over everybody who
is ranked (robots and assistants left out, whole history), with a 90 % interval by resampling people 1,000 times.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import influence
from connectors.git import open_safely

SECTIONS = ("Original Authors", "Core Emeritus")


def named(authors: str) -> set[str]:
    """Names under the two headings of the AUTHORS file."""
    found: set[str] = set()
    section = ""
    lines = authors.split("\n")
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if following.startswith("---"):
            section = line.strip()
        elif section in SECTIONS and "(" in line:
            found.add(line.split("(")[0].strip())
    return found


def average_precision(values: np.ndarray, truth: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Mean over the true ones of the precision at their place (rows must be in random order: ties keep it)."""
    order = np.argsort(-values, kind="stable")
    hits = truth[order].astype(float)
    weight = np.ones(len(hits)) if weights is None else weights[order]
    seen, found = np.cumsum(weight), np.cumsum(weight * hits)
    total = found[-1]
    return float((weight * hits * found / np.maximum(seen, 1e-12)).sum() / total) if total else 0.0


def measures(workspace: influence.Workspace) -> pd.DataFrame:
    """One row a person, one column a measure; more is better in all of them."""
    findings = influence.analyse(workspace)
    people = findings.people[findings.people["class"] == "person"].set_index("id")
    table = pd.DataFrame({"person": people["person"], "commits": people["commits"].astype(float)})
    leaders = findings.leaders.set_index("id")
    parts = pd.DataFrame(list(leaders["parts"]), index=leaders.index)
    counted = findings.edges[findings.edges["counted"]]
    adopters = counted[counted["kind"] == "adopts"].groupby("leader")["follower"].nunique()
    builders = counted[counted["kind"] == "builds_on"].groupby("leader")["follower"].nunique()
    for name, values in {
        "influence": leaders["influence"],
        "built upon": leaders["built_upon"],
        "turned to": leaders["turned_to"],
        **{f"part {kind}": parts[kind] for kind in parts},
        "standing (PageRank)": leaders["standing"],
        "reach": leaders["reach"].astype(float),
        "distinct adopters": adopters.astype(float),
        "distinct builders": builders.astype(float),
    }.items():
        table[name] = values.reindex(table.index).fillna(0.0)
    first = pd.to_datetime(people["first_seen"]).astype("int64") / 1e9
    table["seniority"] = np.where(table["commits"] >= 10, -first, -first - 1e12)
    return table


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with open_safely(options.repository) as repository:
        authors = (repository.read_file("AUTHORS") or b"").decode("utf-8")
        tip = repository.tip
    with tempfile.TemporaryDirectory() as folder:
        workspace = influence.collect([options.repository], Path(folder) / "w.duckdb")
        table = measures(workspace)
    # Whoever ties (most people have no part of the rarer kinds) must not stand in an order that means something.
    table = table.sample(frac=1, random_state=options.seed)
    table = table.loc[:, [name == "person" or table[name].nunique() > 1 for name in table.columns]]
    wanted = named(authors)
    truth = table["person"].isin(wanted).to_numpy()
    missing = sorted(wanted - set(table["person"]))
    print(f"commit {tip[:12]}: {len(table)} people, {truth.sum()} of the {len(wanted)} named found; missing: {missing}")
    chance = np.random.default_rng(options.seed)
    draws = [np.bincount(chance.integers(0, len(table), len(table)), minlength=len(table)) for _ in range(1000)]
    print(f"{'measure':24}{'average precision':>18}   90 % interval")
    for name in table.columns.drop("person"):
        values = table[name].to_numpy(float)
        sampled = [average_precision(values, truth, draw.astype(float)) for draw in draws]
        low, high = np.percentile(sampled, [5, 95])
        print(f"{name:24}{average_precision(values, truth):18.3f}   {low:.2f} to {high:.2f}")


if __name__ == "__main__":
    main()
