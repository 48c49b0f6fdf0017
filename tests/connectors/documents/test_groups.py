"""A group in the place of an author is nobody, in every kind of source; people are never taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.documents.connector import DocumentsConnector
from connectors.documents.groups import is_group

GROUPS = (
    "The Python core team and community",
    "ATLAS Collaboration",
    "Ethereum Foundation",
    "Contributors to the handbook",
    "The Debian Project",
    "the editorial board",
    "Department of Physics, University of X",
    "IETF QUIC Working Group",
)
PEOPLE = (
    "John Board", "The Anh Han", "Peter Group", "Christine Council", "Ann Teamer", "Lab Singh", "Thea Company",
    "Guido van Rossum", "Bill Projectson", "王伟", "", "Universe Tan",
)  # fmt: skip


@pytest.mark.parametrize("name", GROUPS)
def test_groups(name: str) -> None:
    assert is_group(name)


@pytest.mark.parametrize("name", PEOPLE)
def test_people(name: str) -> None:
    assert not is_group(name)


def _authors(made: object) -> list[str]:
    return sorted(made.tables["authorships"].column("identity").to_pylist())  # type: ignore[attr-defined]


def _pep(folder: Path) -> Path:
    for number, author in ((8, "The Core Team and Community, Ann Smith"), (9, "The Core Team and Community")):
        header = (
            f"PEP: {number}\nTitle: T\nAuthor: {author}\nStatus: Final\nType: Process\nCreated: 01-Jan-2001\n\nText.\n"
        )
        (folder / f"pep-000{number}.rst").write_text(header)
    return folder


def _bib(folder: Path) -> Path:
    (folder / "x.bib").write_text(
        "@article{a, title={A}, author={Ann Smith and {Core Collaboration}}, year={2020}}\n"
        "@article{b, title={B}, author={{Core Collaboration}}, year={2020}}\n"
    )
    return folder / "x.bib"


def _tables(folder: Path) -> Path:
    (folder / "works.csv").write_text(
        "id,year,authors\na,2020,Ann Smith;Core Collaboration\nb,2020,Core Collaboration\n"
    )
    (folder / "citations.csv").write_text("citing,cited\na,b\n")
    return folder


def _markup(folder: Path) -> Path:
    (folder / "a.md").write_text("---\nauthors: [Ann Smith, Core Team]\ndate: 2020-01-01\n---\n# A\n")
    (folder / "b.md").write_text("---\nauthor: Core Team\ndate: 2020-01-01\n---\n# B\n")
    return folder


@pytest.mark.parametrize("write", [_pep, _bib, _tables, _markup])
def test_a_group_is_nobody_and_is_counted_in_every_kind_of_source(tmp_path: Path, write: object) -> None:
    (made,) = DocumentsConnector(write(tmp_path), processes=1).checkpoints()  # type: ignore[operator]
    assert _authors(made) == ["author:Ann Smith"]
    assert made.tables["authorships"].column("share").to_pylist() == [1.0]
    problems = {what: count for what, count, _ in made.harvest.problems}
    assert problems["authors that are groups"] == 2
    assert made.harvest.counts["without_author"] == 1
