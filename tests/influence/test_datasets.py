"""The shipped corpora: what is known of them stands in them, no address does, and they are analysed like any other."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import influence
from influence.datasets import Dataset
from influence.datasets.make import main, make, name_of
from influence.errors import InputError
from tests.conftest import Repo

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+|\bat\b \w+ \bdot\b")


@pytest.fixture(params=["peps", "eips"])
def dataset(request: pytest.FixtureRequest) -> Dataset:
    return getattr(influence.datasets, request.param)()


def test_they_are_small_and_hold_no_address(dataset: Dataset) -> None:
    for file in dataset.path.iterdir():
        assert file.stat().st_size < 400_000
        assert not ADDRESS.search(file.read_text(encoding="utf-8"))
    assert re.fullmatch(r"[0-9a-f]{40}", dataset.commit)
    assert dataset.source.startswith("https://github.com/")
    assert "CC0" in dataset.licence


def test_their_tables_fit_together(dataset: Dataset) -> None:
    works, citations = dataset.works, dataset.citations
    assert works["id"].is_unique
    assert list(works.columns) == ["id", "title", "date", "status", "authors", "author_ids", "url"]
    assert list(citations.columns) == ["citing", "cited", "date", "how"]
    assert works["date"].notna().all()
    assert citations["date"].notna().all()
    assert set(citations["citing"]) <= set(works["id"])
    assert not citations.duplicated(["citing", "cited"]).any()
    assert (citations["citing"] != citations["cited"]).all()
    assert (works["authors"].map(len) == works["author_ids"].map(len)).all()
    one = pd.DataFrame({"id": works["author_ids"].explode(), "name": works["authors"].explode()}).dropna()
    assert (one.drop_duplicates().groupby("id").size() == 1).all()


def test_known_facts_of_the_peps() -> None:
    works = influence.datasets.peps().works.set_index("id")
    assert works.loc["pep:8", "authors"] == ["Guido van Rossum", "Barry Warsaw", "Alyssa Coghlan"]
    assert works.loc["pep:20", "authors"] == ["Tim Peters"]
    assert works.loc["pep:20", "date"] == pd.Timestamp("2004-08-19")
    assert works.loc["pep:484", "title"] == "Type Hints"
    assert works.loc["pep:13", "authors"] == []  # a group
    cited = influence.datasets.peps().citations.set_index(["citing", "cited"])["how"]
    assert cited["pep:526", "pep:484"] == "body"
    assert cited["pep:345", "pep:566"] == "superseded-by"


def test_known_facts_of_the_eips() -> None:
    works = influence.datasets.eips().works.set_index("id")
    assert "Vitalik Buterin" in works.loc["eip:1559", "authors"]
    assert works.loc["eip:1559", "title"].startswith("Fee market change")
    cited = influence.datasets.eips().citations.set_index(["citing", "cited"])["how"]
    assert cited["eip:4844", "eip:1559"] == "requires"


@pytest.mark.parametrize(("name", "first"), [("peps", "Guido van Rossum"), ("eips", "Vitalik Buterin")])
def test_they_are_analysed_like_any_other_corpus(name: str, first: str, tmp_path: Path) -> None:
    dataset = getattr(influence.datasets, name)()
    workspace = influence.collect((), tmp_path / "w.duckdb", documents=dataset.path)
    findings = influence.analyse(workspace)
    assert findings.leaders.iloc[0]["person"] == first
    health = findings.health.set_index("what")["count"]
    assert health["documents"] == len(dataset.works)
    assert health["references resolved"] == dataset.citations["cited"].isin(dataset.works["id"]).sum()
    assert health["references to elsewhere"] > 0
    works = findings.works.set_index("id")
    shown = dataset.works.set_index("id")["authors"]
    assert all(works.loc[work, "authors"] == shown[work] for work in list(works.index[:20]))


def _pep(number: int, author: str, text: str) -> str:
    head = f"PEP: {number}\nTitle: On {number}; more\nAuthor: {author}\nStatus: Final\nType: Process\n"
    return f"{head}Created: 0{number}-Jan-2001\n\n{text}\n"


def test_a_dataset_is_made_from_a_clone(tmp_path: Path, make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("series")
    files: dict[str, str | bytes | None] = {
        "pep-0001.rst": _pep(1, "Ann Smith <ann at example.org>", "See PEP 2 and :rfc:`822`."),
        "pep-0002.rst": _pep(2, "Bob Jones <bob@example.org>, Ann Smith <ann@example.org>", "As PEP 1 says."),
    }
    repo.commit(files, "Ann Smith <ann@example.org>", "2001-02-01")
    make("peps", repo.path, tmp_path / "out")
    with (tmp_path / "out/works.csv").open(newline="") as stream:
        works = list(csv.DictReader(stream))
    assert [(row["id"], row["title"], row["authors"], row["author_ids"]) for row in works] == [
        ("pep:1", "On 1; more", "Ann Smith", "1"),
        ("pep:2", "On 2; more", "Bob Jones;Ann Smith", "2;1"),
    ]
    again = tmp_path / "again"
    assert main(["peps", str(repo.path), "-o", str(again)]) == 0
    for name in ("works.csv", "citations.csv", "origin.json"):
        assert (again / name).read_bytes() == (tmp_path / "out" / name).read_bytes()
    assert {row[1] for row in csv.reader((again / "citations.csv").open())} == {"cited", "pep:1", "pep:2", "rfc:822"}


def test_no_address_gets_into_a_dataset(tmp_path: Path, make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("series")
    repo.commit({f"pep-000{n}.rst": _pep(n, "ann@example.org", "Text.") for n in (1, 2)}, "A <a@b.org>", "2001-02-01")
    make("peps", repo.path, tmp_path / "out")
    assert not any(ADDRESS.search(file.read_text()) for file in (tmp_path / "out").iterdir())
    with pytest.raises(InputError, match="looks like an address"):
        name_of("Ann (ann@example.org)")


def test_what_cannot_be_made_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["peps", str(tmp_path / "nowhere"), "-o", str(tmp_path / "out")]) == 2
    assert "there is no" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="no dataset"):
        make("rfcs", tmp_path, tmp_path / "out")


def test_looking_at_a_dataset_imports_no_source() -> None:
    code = "import influence, sys; influence.datasets.peps().works; assert 'connectors.documents' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
