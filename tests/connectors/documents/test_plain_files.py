"""Files outside of git that bear no date: what they cite counts only when the user dates them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

import influence
from connectors.documents.connector import DocumentsConnector
from influence import cli
from influence.errors import InputError

HINT = "what they cite does not count; --date says when they were written"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ann's undated design is cited by two undated notes and by a dated one; one note cites a later document."""
    place = tmp_path / "notes"
    place.mkdir()
    head = "---\nauthor: {} <{}@x.org>\n{}---\n# {}\n\n"
    write = lambda name, who, date, text: (place / name).write_text(  # noqa: E731
        head.format(who, who.split()[0].lower(), date, name) + text
    )
    write("design.md", "Ann Smith", "", "What we do.\n")
    write("one.md", "Bob Jones", "", "As the [design](design.md) says.\n")
    write("two.md", "Cy Brown", "", "As the [design](design.md) says, and [late](late.md).\n")
    write("late.md", "Di White", "date: 2024-05-01\n", "On the [design](design.md).\n")
    return place


def problems(made: object) -> dict[str, tuple[int, str]]:
    return {what: (count, why) for what, count, why in made.harvest.problems}  # type: ignore[attr-defined]


def test_without_a_date_nothing_is_guessed_and_the_way_out_is_said(folder: Path) -> None:
    (made,) = DocumentsConnector(folder, processes=1).checkpoints()
    assert made.harvest.counts["without_date"] == 3
    assert made.harvest.counts["references_found"] == 4
    assert made.harvest.counts["references_refused"] == 3
    assert problems(made)["files without a date"] == (3, HINT)
    assert problems(made)["references without a date"][0] == 3
    assert made.tables["citations"].num_rows == 1


def test_date_dates_the_files_that_bear_none(folder: Path, tmp_path: Path) -> None:
    workspace = influence.collect((), tmp_path / "w.duckdb", documents=[folder], date="2023-02-01")
    harvest = workspace.harvests().iloc[0]
    counts = json.loads(harvest["counts"])
    assert (counts["without_date"], counts["references_resolved"], counts["references_refused"]) == (0, 3, 1)
    said = {what: (count, why) for what, count, why in json.loads(harvest["problems"])}
    assert said["dates of files that bear none"] == (3, "taken from --date: 2023-02-01")
    # two.md, now of 2023, cannot have cited what is of 2024.
    assert said["references to a later document"][0] == 1
    findings = influence.analyse(workspace)
    assert list(findings.leaders["person"]) == ["Ann Smith"]
    assert findings.leaders.iloc[0]["reach"] == 3


def test_a_series_outside_of_git_is_dated_alike(tmp_path: Path) -> None:
    place = tmp_path / "adr"
    place.mkdir()
    (place / "0001-stores.md").write_text("---\nauthor: Ann Smith\n---\n# Stores\n\n## Decision\n\nOne.\n")
    (place / "0002-names.md").write_text("---\nauthor: Bob Jones\n---\n# Names\n\nAs ADR-0001, [1](0001-stores.md).\n")
    (bare,) = DocumentsConnector(place, processes=1).checkpoints()
    (dated,) = DocumentsConnector(place, processes=1, date=dt.date(2023, 2, 1)).checkpoints()
    assert bare.tables["citations"].num_rows == 0
    assert problems(bare)["files without a date"] == (2, HINT)
    assert dated.tables["citations"].num_rows == 1


def test_date_is_for_files_only(tmp_path: Path) -> None:
    (tmp_path / "x.bib").write_text("@article{a, title={A}, author={Ann Smith}, year={2020}}\n")
    with pytest.raises(InputError, match="not for"):
        influence.collect((), tmp_path / "w.duckdb", documents=tmp_path / "x.bib", date="2023-02-01")
    with pytest.raises(InputError, match="YYYY-MM-DD"):
        influence.collect((), tmp_path / "w.duckdb", documents=tmp_path / "x.bib", date="2023")


def test_the_command_takes_a_date_and_where_documents_are_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "notes"
    place.mkdir()
    (place / "a.md").write_text("---\nauthor: Ann Smith\n---\n# A\n\nText.\n")
    (place / "b.md").write_text("---\nauthor: Bob Jones\n---\n# B\n\nAs <https://docs.example/x/a.html> says.\n")
    asked = ["collect", "documents", str(place), "--date", "2023-02-01", "--workspace", str(tmp_path / "w.duckdb")]
    assert cli.run(asked) == 0
    assert "resolved" not in capsys.readouterr().out
    assert cli.run([*asked, "--base-url", "https://docs.example/x/"]) == 0
    assert "1 references resolved" in capsys.readouterr().out
