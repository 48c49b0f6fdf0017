"""The ACL Anthology Network as the tables `works` and `citations` (docs/bibliographies.md).

    python benchmarks/acl_tables.py acl-metadata.txt acl.txt FOLDER
    influence collect documents FOLDER --workspace FILE

The network (Radev, Muthukrishnan & Qazvinian 2009) holds papers of computational linguistics, the citations among
them, and names of authors made uniform by hand. Two files of its release of 2011 lie in public repositories on GitHub:

- comrank/ComRank, `acl-metadata.txt`: for each of 18,041 papers five lines, `id`, `author` (`Family, Given`, separated
  by semicolons), `title`, `venue`, `year`, each as `name = {value}`, and an empty one;
- jot321/PaperRankRecommendation, `acl.txt`: for each of 94,973 citations a line `citing , cited`.

What is changed: letters written as HTML (`&eacute;`) are read, also where a semicolon stands twice after them
(`Daum&eacute;; III, Hal` is one author, not two) and in two spellings that HTML does not know. Nothing is left out;
what does not fit is for the reader of the tables to count.
"""

from __future__ import annotations

import argparse
import csv
import html
import re
from collections.abc import Iterator
from pathlib import Path

_FIELD = re.compile(r"(\w+) = \{(.*)\}")
_TWICE = re.compile(r"(&#?\w+;);")
_MISSPELT = {"&slig;": "ß", "&#scaron;": "š"}


def papers(text: str) -> Iterator[dict[str, str]]:
    """The papers of `acl-metadata.txt`, each as name -> value."""
    for block in text.split("\n\n"):
        fields = (_FIELD.fullmatch(line.strip()) for line in block.splitlines())
        if found := {match[1]: _letters(match[2]) for match in fields if match}:
            yield found


def _letters(text: str) -> str:
    """Text whose letters were written as HTML."""
    text = _TWICE.sub(r"\1", text)
    for written, letter in _MISSPELT.items():
        text = text.replace(written, letter)
    return html.unescape(text)


def convert(metadata: Path, citations: Path, folder: Path) -> tuple[int, int]:
    """Write `works.csv` and `citations.csv` into a folder; how many rows each has."""
    folder.mkdir(parents=True, exist_ok=True)
    works = [
        (paper["id"], paper["title"], paper["year"], paper["author"])
        for paper in papers(metadata.read_text(encoding="cp1252"))
    ]
    cites = [
        tuple(cell.strip() for cell in line.split(",")) for line in citations.read_text(encoding="cp1252").splitlines()
    ]
    for name, header, rows in (
        ("works.csv", ("id", "title", "year", "authors"), works),
        ("citations.csv", ("citing", "cited"), cites),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])
    return len(works), len(cites)


def main() -> None:
    """Convert the two files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("metadata", type=Path, help="acl-metadata.txt")
    parser.add_argument("citations", type=Path, help="acl.txt")
    parser.add_argument("folder", type=Path, help="where works.csv and citations.csv are written")
    options = parser.parse_args()
    works, cites = convert(options.metadata, options.citations, options.folder)
    print(f"{options.folder}: {works:,} works, {cites:,} citations")


if __name__ == "__main__":
    main()
