"""How long, and in how much memory, a large corpus of papers is collected and analysed; are planted leaders found?

    python benchmarks/documents_large.py [--works 120000] [--citations 1000000] [--people 60000] [--taken-up 0.01]
        [--seed 0] [--csv]

The corpus is made up, with what makes real ones hard. Over 30 years the works of a year grow by 5 %. They have as many
authors as those of the ACL Anthology Network (mean 2.5; beyond that one work in 5,000 has 60 to 3,000), who come out of
units of 300 people, three in four from the first author's; within a unit somebody is drawn with a probability that
falls with her place by the power 0.4. A work
cites a negative binomial number of earlier ones, drawn by **preferential attachment**: three in four times what a
random earlier citation cites (so with a probability that is proportional to the citations so far; Price 1976), else any
earlier work. So the first are the most cited, whoever wrote them.

**Planted** are 20 people who met none of their followers: each wrote 12 works, all alone, in the first two thirds of
the works, and each later work, from whatever unit, cites one of hers with the probability `--taken-up`, beside what
preferential attachment gives them.

It is written as `works` and `citations` (docs/bibliographies.md) to a temporary folder. Then `influence collect` and
`influence leaders` run as processes of their own, as a user would call them; what is printed is their wall time,
processor time and peak memory, and (from a run of `leaders` that lists everybody and is not timed) where the planted
ones rank by `influence`, by citations without own ones and by papers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

#: How many works of the ACL Anthology Network have 1, 2, ... authors.
AUTHORS = (4907, 5965, 3724, 1837, 785, 379, 170, 114, 64, 35, 24, 12)
UNIT = 300
PLANTED = 20
WORKS_OF_PLANTED = 12
COPIED = 0.75
NEAR = 0.75
LIMIT_SECONDS, LIMIT_GB = 60.0, 2.0
_SYLLABLES = [
    a + b for a in ("b", "d", "f", "g", "k", "l", "m", "n", "r", "s", "t", "v") for b in ("a", "e", "i", "o", "u")
]

Numbers = npt.NDArray[np.int64]


class Corpus:
    """A made-up corpus, works in the order of their dates.

    Attributes
    ----------
    dates
        Of each work.
    work, person
        One entry per authorship.
    citing, cited
        One entry per citation.
    planted
        The people whose works are cited beyond preferential attachment; nobody else wrote those.
    """

    def __init__(self, works: int, citations: int, people: int, taken_up: float, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.works, self.people = works, people + PLANTED
        self.planted = np.arange(people, people + PLANTED)
        # 5 % more each year: the inverse of the integral of 1.05 ** year.
        years = np.sort(np.log1p(rng.random(works) * (1.05**30 - 1)) / np.log(1.05))
        self.dates = np.datetime64("1990-01-01") + (years * 365.25).astype("timedelta64[D]")
        self.work, self.person = self._authorships(rng, people)
        attached = self._attached(rng, citations)
        self.citing, self.cited = self._with_planted(rng, attached, taken_up)

    def _authorships(self, rng: np.random.Generator, people: int) -> tuple[Numbers, Numbers]:
        shares = np.array(AUTHORS) / sum(AUTHORS)
        number = rng.choice(len(AUTHORS), self.works, p=shares) + 1
        crowds = rng.random(self.works) < 1 / 5000
        number[crowds] = np.minimum(rng.integers(60, 3000, crowds.sum()), people // 4)
        units = max(people // UNIT, 1)
        home = np.repeat(rng.integers(units, size=self.works), number)
        first = np.zeros(len(home), dtype=bool)
        first[np.cumsum(number) - number] = True
        unit = np.where(first | (rng.random(len(home)) < NEAR), home, rng.integers(units, size=len(home)))
        place = (UNIT * rng.random(len(home)) ** (1 / (1 - 0.4))).astype(np.int64)
        pairs = np.unique(np.repeat(np.arange(self.works), number) * people + unit * UNIT + place)
        work, person = pairs // people, pairs % people
        own = rng.choice(self.works * 2 // 3, (PLANTED, WORKS_OF_PLANTED), replace=False)
        others = ~np.isin(work, own)
        work = np.concatenate([work[others], own.ravel()])
        return work, np.concatenate([person[others], np.repeat(self.planted, WORKS_OF_PLANTED)])

    def _attached(self, rng: np.random.Generator, citations: int) -> tuple[Numbers, Numbers]:
        mean = 1.04 * citations / self.works  # some pairs are drawn twice, and count once
        number = rng.negative_binomial(2, 2 / (2 + mean), self.works)
        citing = np.repeat(np.arange(self.works), number)
        cited = np.zeros(len(citing), dtype=np.int64)
        ends = np.searchsorted(citing, np.linspace(0, self.works, 401).astype(np.int64)[1:])
        begin = 0
        for end in ends:
            # Those that are drawn together do not see each other.
            drawn = (rng.random(end - begin) * citing[begin:end]).astype(np.int64)
            if begin:
                again = rng.random(end - begin) < COPIED
                drawn = np.where(again, cited[rng.integers(begin, size=end - begin)], drawn)
            cited[begin:end] = drawn
            begin = end
        kept = cited < citing
        return citing[kept], cited[kept]

    def _with_planted(
        self, rng: np.random.Generator, attached: tuple[Numbers, Numbers], taken_up: float
    ) -> tuple[Numbers, Numbers]:
        citing, cited = [attached[0]], [attached[1]]
        for person in self.planted:
            own = np.sort(self.work[self.person == person])
            followers = np.setdiff1d(np.flatnonzero(rng.random(self.works) < taken_up), own)
            followers = followers[followers > own[0]]
            earlier = np.searchsorted(own, followers)
            citing.append(followers)
            cited.append(own[(rng.random(len(followers)) * earlier).astype(np.int64)])
        pairs = np.concatenate(citing) * self.works + np.concatenate(cited)
        pairs = rng.permutation(np.unique(pairs))
        return pairs // self.works, pairs % self.works

    def share_an_author(self, citing: Numbers, cited: Numbers) -> npt.NDArray[np.bool_]:
        """Whether the two works of each pair have an author in common."""
        wrote = pd.DataFrame({"work": self.work, "person": self.person})
        pairs = pd.DataFrame({"citing": citing, "cited": cited, "pair": np.arange(len(citing))})
        both = pairs.merge(wrote, left_on="cited", right_on="work")[["pair", "citing", "person"]]
        both = both.merge(wrote, left_on=["citing", "person"], right_on=["work", "person"])
        shared = np.zeros(len(citing), dtype=bool)
        shared[both["pair"].to_numpy()] = True
        return shared

    def name(self, person: int) -> str:
        """A name that nobody else has."""
        base = len(_SYLLABLES)
        parts = [_SYLLABLES[person // base**power % base] for power in range(4)]
        return f"{''.join(parts[:2]).capitalize()} {''.join(parts[2:]).capitalize()}sen"

    def write(self, folder: Path, *, csv: bool) -> None:
        """Write the tables `works` and `citations`."""
        names = np.array([self.name(person) for person in range(self.people)], dtype=object)
        order = np.argsort(self.work, kind="stable")
        starts = np.searchsorted(self.work[order], np.arange(self.works))
        bylines = [";".join(part) for part in np.split(names[self.person[order]], starts[1:])]
        ids = np.array([f"W{number}" for number in range(self.works)], dtype=object)
        works = pa.table({"id": ids, "title": ids, "date": self.dates, "authors": bylines})
        cites = pa.table({"citing": ids[self.citing], "cited": ids[self.cited]})
        for name, table in (("works", works), ("citations", cites)):
            if csv:
                pyarrow.csv.write_csv(table, folder / f"{name}.csv")
            else:
                pyarrow.parquet.write_table(table, folder / f"{name}.parquet")

    def ranks(self, values: npt.NDArray[Any]) -> Numbers:
        """Where the planted ones stand by a figure of everybody: how many have more, plus one."""
        ordered = np.sort(values)
        return len(ordered) - np.searchsorted(ordered, values[self.planted], side="right") + 1


def run(command: list[str], output: Path | None = None) -> tuple[float, float, float]:
    """Run a process; seconds, seconds of a processor and peak memory in GB."""
    begun = time.perf_counter()
    with (output or Path(os.devnull)).open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    memory = usage.ru_maxrss / (1e9 if sys.platform == "darwin" else 1e9 / 1024)
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, memory


def main() -> None:
    """Make the corpus, collect and analyse it, and say what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--works", type=int, default=120_000)
    parser.add_argument("--citations", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=60_000)
    parser.add_argument("--taken-up", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--csv", action="store_true", help="write CSV instead of Parquet")
    options = parser.parse_args()
    corpus = Corpus(options.works, options.citations, options.people, options.taken_up, options.seed)
    with tempfile.TemporaryDirectory() as place:
        folder, workspace, found = Path(place, "corpus"), Path(place, "work.duckdb"), Path(place, "leaders.json")
        folder.mkdir()
        corpus.write(folder, csv=options.csv)
        wrote = len(np.unique(corpus.person))
        made = f"{corpus.works:,} works, {len(corpus.citing):,} citations"
        print(f"{made}, {wrote:,} people, {len(corpus.work):,} authorships", flush=True)
        command = [sys.executable, "-m", "influence"]
        steps = {
            "collect": run([*command, "collect", "documents", str(folder), "--workspace", str(workspace)]),
            "leaders": run([*command, "leaders", "--workspace", str(workspace), "--format", "json"]),
        }
        seconds, busy, memory = zip(*steps.values(), strict=True)
        print(f"{'':<10}{'wall':>10}{'processor':>12}{'memory':>11}")
        steps["together"] = sum(seconds), sum(busy), max(memory)
        for step, figures in steps.items():
            print("{:<10}{:8.1f} s{:10.1f} s{:8.2f} GB".format(step, *figures))
        print(f"limits    {LIMIT_SECONDS:8.1f} s{'':12}{LIMIT_GB:8.2f} GB")
        run([*command, "leaders", "--workspace", str(workspace), "--top", "1000000", "--format", "json"], found)
        leaders = json.loads(found.read_text())["leaders"]
    number = {corpus.name(person): person for person in range(corpus.people)}
    influence = np.zeros(corpus.people)
    for leader in leaders:
        influence[number[leader["person"]]] = leader["influence"]
    foreign = ~corpus.share_an_author(corpus.citing, corpus.cited)
    cited = np.bincount(corpus.cited[foreign], minlength=corpus.works)
    citations = np.bincount(corpus.person, weights=cited[corpus.work], minlength=corpus.people)
    papers = np.bincount(corpus.person, minlength=corpus.people)
    print(f"\nranks of the {PLANTED} planted among {wrote:,}")
    for what, values in (("influence", influence), ("citations", citations), ("papers", papers)):
        ranks = np.sort(corpus.ranks(values))
        print(f"{what:<10} {(ranks <= PLANTED).sum():3} in the first {PLANTED}; {' '.join(map(str, ranks))}")


if __name__ == "__main__":
    main()
