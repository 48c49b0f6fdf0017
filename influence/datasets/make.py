"""Makes a dataset of `influence.datasets` from a clone of its series: ``python -m influence.datasets.make peps PATH``.

The clone is collected and its people are told apart as always; then names take the place of addresses, and a number
says which names are one person's.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from influence import doors
from influence.errors import InfluenceError, InputError
from influence.workspace import Workspace

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Series:
    """What is written of a series beside what is read."""

    scheme: str
    source: str
    licence: str
    page: str


SERIES = {
    "peps": Series(
        "pep",
        "https://github.com/python/peps",
        "public domain, newer ones public domain or CC0-1.0, whichever is more permissive",
        "https://peps.python.org/pep-{:04d}/",
    ),
    "eips": Series(
        "eip",
        "https://github.com/ethereum/EIPs",
        "copyright and related rights waived via CC0-1.0",
        "https://eips.ethereum.org/EIPS/eip-{}",
    ),
}
_WORKS = """
SELECT id, any_value(title) AS title, min(created) AS created, any_value(status) AS status
FROM artifacts GROUP BY id
"""
_AUTHORS = "SELECT artifact, identity, min(rowid) AS place FROM authorships GROUP BY artifact, identity ORDER BY place"
#: A pair once: when it was first named, and by a header rather than by the text.
_CITATIONS = """
SELECT citing, cited, min(time) AS time, arg_min(how, (time, CASE how WHEN 'body' THEN 1 ELSE 0 END, how)) AS how
FROM citations GROUP BY citing, cited
"""


def make(name: str, clone: Path, target: Path) -> None:
    """Write the dataset `name` from `clone` into the folder `target`.

    Raises
    ------
    influence.errors.InputError
        When there is no such dataset, or the clone cannot be read, or a name looks like an address.
    """
    if name not in SERIES:
        raise InputError(f"there is no dataset {name!r}", f"these are: {', '.join(SERIES)}")
    series = SERIES[name]
    with tempfile.TemporaryDirectory(prefix="influence-dataset-") as folder:
        workspace = Workspace(Path(folder) / "w.duckdb")
        doors.collect_documents([clone], workspace, format=series.scheme)
        works, citations = _tables(workspace, series)
    commit, day = subprocess.run(
        ["git", "-C", str(clone), "log", "-1", "--format=%H %cs"], capture_output=True, check=True, text=True
    ).stdout.split()
    target.mkdir(parents=True, exist_ok=True)
    _write(target / "works.csv", works.columns, works.itertuples(index=False))
    _write(target / "citations.csv", citations.columns, citations.itertuples(index=False))
    origin = {"source": series.source, "commit": commit, "read": day, "licence": series.licence}
    (target / "origin.json").write_text(json.dumps(origin, indent=1) + "\n", encoding="utf-8")


def _tables(workspace: Workspace, series: Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    people = doors.who_is_who(workspace)
    person = people.keys.set_index("key")["id"]
    with workspace.read() as connection:
        works, authors, citations = (connection.execute(q).df() for q in (_WORKS, _AUTHORS, _CITATIONS))
    works["number"] = [int(work.partition(":")[2]) for work in works["id"]]
    works = works.sort_values("number", ignore_index=True)
    authors["person"] = authors["identity"].map(person)
    authors = authors.drop_duplicates(["artifact", "person"])
    authors["number"] = authors["artifact"].map(works.set_index("id")["number"])
    # A person's number is that of their first appearance: documents in order, authors as the byline has them.
    order = authors.sort_values(["number", "place"])["person"].drop_duplicates()
    numbers = pd.Series(range(1, len(order) + 1), index=order)
    shown = people.table.set_index("id")["person"]
    authors = authors.assign(
        name=[name_of(text) for text in authors["person"].map(shown)],
        author_id=authors["person"].map(numbers).astype(str),
    )
    bylines = authors.groupby("artifact")[["name", "author_id"]].agg(";".join).reindex(works["id"]).fillna("")
    table = pd.DataFrame(
        {
            "id": works["id"],
            "title": [" ".join(title.split()) for title in works["title"]],
            "date": works["created"].dt.strftime("%Y-%m-%d").fillna(""),
            "status": works["status"].fillna(""),
            "authors": bylines["name"].to_numpy(),
            "author_ids": bylines["author_id"].to_numpy(),
            "url": [series.page.format(number) for number in works["number"]],
            "kind": "proposal",
        }
    )
    citations = citations.assign(date=citations["time"].dt.strftime("%Y-%m-%d"))
    citations = citations.sort_values(["citing", "cited"], key=lambda ids: ids.map(_sortable), ignore_index=True)
    return table, citations[["citing", "cited", "date", "how"]]


def name_of(text: str) -> str:
    """A name as it stands in a list with semicolons.

    Raises
    ------
    influence.errors.InputError
        When it looks like an address.
    """
    name = " ".join(re.sub(r"[;,]+", " ", text).split())
    if re.search(r"\S@\S", name):
        raise InputError(f"{name!r} looks like an address", "give that person a name with people.csv, or leave it out")
    return name


def _sortable(artifact: str) -> tuple[str, int, str]:
    scheme, _, rest = artifact.partition(":")
    return scheme, int(rest) if rest.isdigit() else 0, rest


def _write(path: Path, header: Iterable[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m influence.datasets.make", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("name", choices=SERIES)
    parser.add_argument("clone", type=Path, help="a clone of the series, bare ones too")
    parser.add_argument("-o", "--output", type=Path, help="folder to write; the shipped one by default")
    asked = parser.parse_args(arguments)
    try:
        make(asked.name, asked.clone, asked.output or _HERE / asked.name)
    except InfluenceError as error:
        print(f"influence: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
