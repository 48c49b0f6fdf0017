"""Does review-following find those who are given merge rights later, better than counting what they did?

    python benchmarks/truth_review.py BACKUP...     # folders or clones of github-metadata-backup

An appointment is somebody's first merge of another's change, a year or more after the history begins. 30 days before it
the appointed stands among all people (bots out) who were active in the two years before and had merged nothing yet; the
percentile there (ties count half) is one AUC, and their mean over all appointments is given, with a 90 % interval by
drawing appointments again, 10,000 times. Only what was visible before that date counts: once all of it, as the product
does unless told otherwise, once that of the two years before.
"""

from __future__ import annotations

import argparse
import itertools

import numpy as np
import pandas as pd

from connectors.review.connector import ReviewConnector
from influence.robots import classify

_YEAR, _WINDOW, _BEFORE = pd.Timedelta(days=365), pd.Timedelta(days=730), pd.Timedelta(days=30)
STRICT, LOOSE = "review-following, strict rule", "review-following, loose rule"
TALK = "whoever said anything in the thread"
_SHORT = ("strict", "loose", "talk", "reviewed", "commented", "comments", "days", "own")
FOLLOWING = ("consults", "heeds", "mentions")


def tables(backup: str, strict: bool) -> tuple[str, pd.DataFrame, pd.DataFrame]:
    """Label, signals and acts of the one repository in a backup, people only."""
    (checkpoint,) = ReviewConnector(backup, strict=strict).checkpoints()
    signals, acts = (checkpoint.tables[name].to_pandas() for name in ("signals", "acts"))
    bots = {
        key for key in set(acts["actor"]) | set(signals["leader"].dropna()) if classify("", "", _login(key)) != "person"
    }
    acts = acts[~acts["actor"].isin(bots)]
    return checkpoint.harvest.label, signals[~signals["leader"].isin(bots) & ~signals["follower"].isin(bots)], acts


def _login(key: str) -> str:
    return key.removeprefix("login:")


def following(signals: pd.DataFrame) -> pd.Series:
    """By leader: sum over followers of log(1 + weeks), a week counting at most 1 (docs/measures.md)."""
    rows = signals[signals["kind"].isin(FOLLOWING) & (signals["leader"] != signals["follower"])]
    rows = rows.dropna(subset=["leader", "follower"])
    share = rows["follower_share"] * rows["leader_share"]
    week = rows["time"].dt.to_period("W").dt.start_time
    weeks = share.groupby([rows["leader"], rows["follower"], week]).sum().clip(upper=1)
    return np.log1p(weeks.groupby(level=[0, 1]).sum()).groupby(level=0).sum()


def spoken(others: pd.DataFrame) -> pd.DataFrame:
    """As if every author followed everybody who said something on their pull request or issue, once for each."""
    first = others.sort_values("time").drop_duplicates(["unit", "actor"])
    first = first.rename(columns={"actor": "leader", "counterpart": "follower"})
    return first.assign(kind="consults", follower_share=1.0, leader_share=1.0)


def measures(strict: pd.DataFrame, loose: pd.DataFrame, acts: pd.DataFrame) -> pd.DataFrame:
    """One row a person who acted, one column a measure."""
    reviewed = loose[loose["kind"] == "consults"].groupby("leader")["unit"].nunique()
    others = acts[acts["counterpart"].notna() & acts["kind"].isin(("comment", "review"))]
    made = {
        STRICT: following(strict),
        LOOSE: following(loose),
        TALK: following(spoken(others)),
        "distinct pull requests reviewed": reviewed,
        "distinct threads commented in": others.groupby("actor")["unit"].nunique(),
        "comments and reviews on others' work": others.groupby("actor").size(),
        "active days": acts["time"].dt.date.groupby(acts["actor"]).nunique(),
        "own pull requests opened": acts[acts["kind"] == "pull_request"].groupby("actor").size(),
    }
    return pd.DataFrame(made, index=sorted(set(acts["actor"]))).fillna(0.0)


_Read = tuple[str, pd.DataFrame, pd.DataFrame, pd.DataFrame]


def read(backup: str) -> _Read:
    """Label, signals by the strict rule, signals by the loose rule, acts."""
    label, strict, acts = tables(backup, True)
    return label, strict, tables(backup, False)[1], acts


def appointments(found: _Read, window: pd.Timedelta | None) -> pd.DataFrame:
    """One row an appointment: label, person, date, number of candidates, and the percentile by each measure.

    `window`: how long before it is measured; None: from the beginning. The candidates are the same.
    """
    label, strict, loose, acts = found
    first_merge = acts[(acts["kind"] == "merge") & acts["counterpart"].notna()].groupby("actor")["time"].min()
    start = acts["time"].min()
    found = []
    for person, merged in first_merge[first_merge >= start + _YEAR].sort_values().items():
        date = merged - _BEFORE
        since = start if window is None else date - window
        parts = (rows[(rows["visible"] < date) & (rows["time"] >= since)] for rows in (strict, loose, acts))
        active = acts[(acts["visible"] < date) & (acts["time"] >= date - _WINDOW)]
        merged_before = first_merge[first_merge < date].index
        table = measures(*parts).reindex(sorted(set(active["actor"]) - set(merged_before)))
        if person not in table.index or len(table) < 2:
            print(f"{label}: {_login(str(person))} was not active in the two years before {date:%Y-%m-%d}: left out")
            continue
        own, others = table.loc[person], table.drop(index=person)
        row = ((others < own).sum() + (others == own).sum() / 2) / len(others)
        head = {"label": label, "person": _login(str(person)), "date": date, "candidates": len(others)}
        found.append({**head, **row})
    return pd.DataFrame(found)


def main() -> None:
    """Print the appointments and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backup", nargs="+")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = [read(backup) for backup in options.backup]
    for title, window in (("of the two years before", _WINDOW), ("of all time before", None)):
        print(f"\n== Measured by what was done {title}\n")
        show(pd.concat([appointments(one, window) for one in found], ignore_index=True), options.seed)


def show(table: pd.DataFrame, seed: int) -> None:
    """Print the appointments, the mean of each measure, and how ours differ from the others."""
    names = [name for name in table if name not in ("label", "person", "date", "candidates")]
    with pd.option_context("display.width", 200, "display.max_columns", 20):
        short = table.rename(columns=dict(zip(names, _SHORT, strict=True)))
        print(short.to_string(index=False, float_format="%.3f"))
    drawn = np.random.default_rng(seed).integers(0, len(table), (10_000, len(table)))
    print(f"\n{len(table)} appointments: so few prove little; intervals of 90 % below\n")
    for name in names:
        values = table[name].to_numpy()
        low, high = np.percentile(values[drawn].mean(axis=1), [5, 95])
        print(f"{name:40}{values.mean():.3f}   {low:.2f} to {high:.2f}")
    print()
    for ours, name in itertools.product((STRICT, LOOSE), names[2:]):
        values = (table[ours] - table[name]).to_numpy()
        low, high = np.percentile(values[drawn].mean(axis=1), [5, 95])
        print(f"{ours} minus {name:40}{values.mean():+.3f}   {low:+.2f} to {high:+.2f}")


if __name__ == "__main__":
    main()
