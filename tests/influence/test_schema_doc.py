"""docs/tables.md: what the schema says, and examples that run."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from influence import schema_doc
from influence.workspace import Workspace
from tests.influence.factories import Rows

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"


def test_the_page_says_what_the_schema_says() -> None:
    text = PAGE.read_text()
    assert text == schema_doc.written(text), "run: python -m influence.schema_doc docs/tables.md"


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows("team")
    for day, (follower, leader) in enumerate([("bob", "ada"), ("cy", "ada"), ("bob", "cy"), ("cy", "ada")], 1):
        rows.signal(follower, leader, f"2023-0{day}-01", amount=float(day))
    rows.signal("ada", "bob", "2024-01-01", how="deleted")
    rows.signal("bob", "ada", "2024-01-01", kind="consults")
    rows.write(Workspace(tmp_path / "w.duckdb")).to_parquet(tmp_path / "tables")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("exported")
def test_the_examples_run() -> None:
    (query,) = examples("sql")
    assert duckdb.sql(query).fetchall() == [
        ("Ada Adason <ada@example.org>", 2, 7.0),
        ("Cy Cyson <cy@example.org>", 1, 3.0),
    ]
    by_year, as_graph = examples("python")
    found: dict = {}
    exec(by_year, found)
    assert found["years"].to_dict() == {"builds_on": {2023: 4, 2024: 1}, "consults": {2023: 0, 2024: 1}}
    exec(as_graph, found)
    weights = {(a.split()[0], b.split()[0]): w for a, b, w in found["graph"].edges(data="follower_share")}
    assert weights == {("Bob", "Ada"): 2.0, ("Cy", "Ada"): 2.0, ("Bob", "Cy"): 1.0}
