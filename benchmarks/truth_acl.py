"""How well following in papers foresees whom a field will honour: the ACL Anthology Network, in 2005 and in 2011.

    python benchmarks/acl_tables.py acl-metadata.txt acl.txt FOLDER
    python benchmarks/truth_acl.py FOLDER [--top 20]

Truth: people whom the Association for Computational Linguistics honoured *after* the cut, by a Lifetime Achievement
Award or as a Fellow (`HONOURS`; the newest papers are of summer 2011, the first Fellows were named in December 2011).
Whoever was honoured before the cut and not again is neither right nor wrong, and left out. The list was put together
from pages and memory after a ranking of 2011 had been seen; who was uncertain stayed out, wherever she ranked. So it is
not complete: a Fellow of whom neither a page of the association or of an employer was at hand nor memory was sure is
missing, and counts against every measure alike.

Measures: `influence`, reach and standing are the package's, of the corpus cut by `until`. All the others are worked
out here, from the two tables alone: a person is a name as the network writes it, and a citation between works with a
common author does not count. Average precision over everybody who had written by then; 90 % intervals by resampling
people 1,000 times. *Matched* compares each honoured person with those who were not and were alike in papers, in papers
divided among their authors (both within a quarter) and in the year of the first paper (within two): how often she is
ahead, ties half; 90 % by resampling the honoured. 0.5 is chance. *Below* says in what share of the resamplings a
measure's average precision was below that of `influence`, of the same people.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from truth_swift import average_precision

import influence
from influence import doors

CUTS = (2005, 2011)
#: What our analysis says; the rest is worked out here.
OURS = ("influence", "reach", "standing")

_LTA = "Lifetime Achievement Award"
_FELLOW = "Fellow"
#: (name as in the network, honour, year). `*`: read on a page of the association or of an employer (2026); the others
#: from memory, where there was no doubt. Years after 2011 matter only as such; "by" where only a later page says so.
HONOURS = """
Makoto Nagao              | LTA    | 2003 *
Karen Sparck Jones        | LTA    | 2004 *
Martin Kay                | LTA    | 2005 *
Eva Hajicová              | LTA    | 2006
Lauri Karttunen           | LTA    | 2007 *
Yorick Wilks              | LTA    | 2008
Frederick Jelinek         | LTA    | 2009 *
William A. Woods          | LTA    | 2010 *
Eugene Charniak           | LTA    | 2011
Charles J. Fillmore       | LTA    | 2012
Jerry R. Hobbs            | LTA    | 2013
Robert L. Mercer          | LTA    | 2014 *
Sheng Li                  | LTA    | 2015
Joan Bresnan              | LTA    | 2016 *
Barbara J. Grosz          | LTA    | 2017
Mark Steedman             | LTA    | 2018 *
Ronald M. Kaplan          | LTA    | 2019 *
Bonnie Lynn Webber        | LTA    | 2020 *
Jun'ichi Tsujii           | LTA    | 2021
Julia Hirschberg          | LTA    | 2022
Martha Palmer             | LTA    | 2023 *
Ralph Grishman            | LTA    | 2024
Kathleen R. McKeown       | LTA    | 2025
Aravind K. Joshi          | Fellow | December 2011 *
Mitchell P. Marcus        | Fellow | December 2011 *
Ronald M. Kaplan          | Fellow | December 2011 *
Dekai Wu                  | Fellow | December 2011 *
Kathleen R. McKeown       | Fellow | December 2011 *
Nicoletta Calzolari       | Fellow | December 2011
Eugene Charniak           | Fellow | December 2011
Michael John Collins      | Fellow | December 2011
Barbara J. Grosz          | Fellow | December 2011
Eva Hajicová              | Fellow | December 2011
Julia Hirschberg          | Fellow | December 2011
Eduard Hovy               | Fellow | December 2011
Lauri Karttunen           | Fellow | December 2011
Christopher D. Manning    | Fellow | December 2011
Robert C. Moore           | Fellow | December 2011
Stuart M. Shieber         | Fellow | December 2011
Mark Steedman             | Fellow | 2012
Dan Roth                  | Fellow | 2013 *
Walter Daelemans          | Fellow | 2014 *
Kevin Knight              | Fellow | 2014 *
Daniel Marcu              | Fellow | 2014 *
Raymond J. Mooney         | Fellow | 2014 *
Martha Palmer             | Fellow | 2014 *
Jun'ichi Tsujii           | Fellow | 2014 *
Claire Cardie             | Fellow | 2015 *
Kenneth Ward Church       | Fellow | 2015 *
Bonnie Jean Dorr          | Fellow | 2016
Marilyn A. Walker         | Fellow | 2016
Fernando Pereira          | Fellow | 2017 *
Regina Barzilay           | Fellow | 2017
Dragomir R. Radev         | Fellow | 2018 *
Ido Dagan                 | Fellow | by 2018 *
Janyce Wiebe              | Fellow | by 2018 *
Mirella Lapata            | Fellow | 2019 *
Philip Resnik             | Fellow | 2020 *
Noah A. Smith             | Fellow | 2020 *
Iryna Gurevych            | Fellow | 2020 *
Bonnie Lynn Webber        | Fellow | by 2020 *
Lillian Lee               | Fellow | by 2021 *
Jason M. Eisner           | Fellow | by 2022
Daniel Jurafsky           | Fellow | by 2022
Hinrich Schütze           | Fellow | 2022 *
Marti A. Hearst           | Fellow | 2022 *
Claire Gardent            | Fellow | 2022 *
James F. Allen            | Fellow | 2022 *
Owen Rambow               | Fellow | 2022 *
Yejin Choi                | Fellow | 2022 *
Maosong Sun               | Fellow | 2022 *
Tomek Strzalkowski        | Fellow | 2022 *
"""


def honours() -> pd.DataFrame:
    """One row an honour: `person`, `honour`, `year`, `late` (in the year's last month), `read` (on a page)."""
    rows = []
    for line in HONOURS.strip().splitlines():
        person, honour, when = (cell.strip() for cell in line.split("|"))
        year = int("".join(c for c in when if c.isdigit()))
        rows.append((person, {"LTA": _LTA}.get(honour, _FELLOW), year, "December" in when, "*" in when))
    return pd.DataFrame(rows, columns=["person", "honour", "year", "late", "read"])


def truth(cut: int, *, december: bool = True, read: bool = False) -> tuple[set[str], set[str]]:
    """Who was honoured after the cut, and who before it only.

    `december`: whether the end of the cut's year is after it (the papers end in summer). `read`: only what a page said.
    """
    rows = honours()
    rows = rows[rows["read"]] if read else rows
    after = (rows["year"] > cut) | ((rows["year"] == cut) & rows["late"] & december)
    later = set(rows["person"][after])
    return later, set(rows["person"]) - later


def baselines(folder: Path, cut: int) -> pd.DataFrame:
    """One row a person: papers, citations, h-index and so on at the end of the year `cut`, from the tables alone."""
    year: dict[str, int] = {}
    authors: dict[str, list[str]] = {}
    for row in _rows(folder / "works.csv"):
        if int(row["year"]) <= cut:
            year[row["id"]] = int(row["year"])
            authors[row["id"]] = list(dict.fromkeys(_turned(one) for one in row["authors"].split(";") if one.strip()))
    cited: dict[str, set[str]] = defaultdict(set)
    for row in _rows(folder / "citations.csv"):
        a, b = row["citing"], row["cited"]
        if a in year and b in year and a != b and year[a] >= year[b] and not set(authors[a]) & set(authors[b]):
            cited[b].add(a)
    works: dict[str, list[str]] = defaultdict(list)
    for work, people in authors.items():
        for person in people:
            works[person].append(work)
    rows = []
    for person, mine in works.items():
        counts = np.sort([len(cited[work]) for work in mine])[::-1]
        citing = set().union(*(cited[work] for work in mine))
        rows.append(
            {
                "person": person,
                "distinct citing authors": len({other for work in citing for other in authors[work]} - {person}),
                "citations": int(counts.sum()),
                "papers": len(mine),
                "papers divided among authors": sum(1 / len(authors[work]) for work in mine),
                "h-index": int((counts >= np.arange(1, len(counts) + 1)).sum()),
                "first": min(year[work] for work in mine),
            }
        )
    return pd.DataFrame(rows).set_index("person")


def _rows(file: Path) -> Iterable[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _turned(name: str) -> str:
    family, _, given = name.strip().partition(", ")
    return f"{given} {family}".strip()


def matched(table: pd.DataFrame, honoured: np.ndarray, name: str) -> np.ndarray:
    """For each honoured person with anybody alike: how often she is ahead of them."""
    values, papers, share, first = (
        table[column].to_numpy(float) for column in (name, "papers", "papers divided among authors", "first")
    )
    found = []
    for one in np.flatnonzero(honoured):
        alike = ~honoured & (np.abs(first - first[one]) <= 2)
        for column in (papers, share):
            alike &= (column <= column[one] * 1.25) & (column >= column[one] / 1.25)
        if alike.any():
            ahead = (values[one] > values[alike]).mean() + (values[one] == values[alike]).mean() / 2
            found.append(ahead)
    return np.array(found)


def compare(table: pd.DataFrame, honoured: np.ndarray, seed: int) -> pd.DataFrame:
    """One row a measure: average precision and matched concordance, each with its interval."""
    rng = np.random.default_rng(seed)
    size = len(table)
    draws = [np.bincount(rng.integers(0, size, size), minlength=size).astype(float) for _ in range(1000)]
    names = list(table.columns.drop("first"))
    columns = {name: table[name].to_numpy(float) for name in names}
    drawn = {name: np.array([average_precision(columns[name], honoured, draw) for draw in draws]) for name in names}
    rows = []
    for name in names:
        values, sampled = columns[name], drawn[name]
        ahead = matched(table, honoured, name)
        means = ahead[rng.integers(0, len(ahead), (1000, len(ahead)))].mean(axis=1)
        rows.append(
            {
                "measure": name,
                "average precision": average_precision(values, honoured),
                "90 %": "{:.2f} to {:.2f}".format(*np.percentile(sampled, [5, 95])),
                "below": np.nan if name == "influence" else (sampled < drawn["influence"]).mean(),
                "matched": ahead.mean(),
                "matched 90 %": "{:.2f} to {:.2f}".format(*np.percentile(means, [5, 95])),
                "matched people": len(ahead),
            }
        )
    return pd.DataFrame(rows).set_index("measure")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the tables works.csv and citations.csv")
    parser.add_argument("--top", type=int, default=20, help="how many of the most followed to show")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        workspace = Path(place) / "acl.duckdb"
        doors.collect_documents([options.folder], influence.Workspace(workspace))
        for cut in CUTS:
            leaders = influence.analyse(workspace, until=f"{cut}-12-31").leaders
            # Names with initials only are several persons here and one there: the best of them stands for the name.
            ours = leaders.groupby("person")[list(OURS)].max()
            table = baselines(options.folder, cut)
            unknown = sorted(set(ours.index) - set(table.index))
            table = table.join(ours).fillna(dict.fromkeys(OURS, 0.0))
            # Whoever ties must not stand in an order that means something.
            table = table.sample(frac=1, random_state=options.seed)
            print(f"\n{cut}: {len(table):,} people; not found by name: {len(unknown)} of {len(ours):,} {unknown[:5]}")
            for title, december, read in (
                ("honoured later", True, False),
                ("the same, without what was announced in the last month of the year", False, False),
                ("only honours that were read on a page", True, True),
            ):
                later, before = truth(cut, december=december, read=read)
                if not december and later == truth(cut)[0]:
                    continue
                kept = table[~table.index.isin(before)]
                honoured = kept.index.isin(later)
                missing = sorted(later - set(kept.index))
                print(f"\n{title}: {honoured.sum()} of {len(later)}, without a paper: {missing}")
                print(f"neither right nor wrong: {sorted(before & set(table.index))}")
                print(compare(kept, honoured, options.seed).round(3).to_string())
            later, before = truth(cut)
            top = table.sort_values("influence", ascending=False).head(options.top)
            top.insert(0, "honoured", ["later" if p in later else "before" if p in before else "" for p in top.index])
            print(f"\nthe {options.top} most followed\n{top.round(3).to_string()}")


if __name__ == "__main__":
    main()
