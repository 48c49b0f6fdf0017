"""The doors that Python users come through: repositories, a workspace or its file say the same."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import influence
from influence.errors import InputError, WorkspaceError
from tests.conftest import Repo


def test_repositories_a_workspace_and_its_file_say_the_same(team: Repo, tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    workspace = influence.collect(
        team.path, tmp_path / "w.duckdb", progress=lambda what, done, total: told.append((what, done, total))
    )
    assert isinstance(workspace, influence.Workspace)
    assert any(total and done == total for _, done, total in told)
    chart = tmp_path / "chart.csv"
    chart.write_text("Name,Email,Manager\nAda Byron,ada@engine.corp,Grace Boss\nGrace Boss,grace@engine.corp,\n")
    ways = (
        influence.analyse(str(team.path), org=chart),
        influence.analyse([team.path], org=[chart]),
        influence.analyse(workspace, org=chart),
        influence.analyse(str(tmp_path / "w.duckdb")),  # the chart was collected into it
        influence.analyse(influence.open(tmp_path / "w.duckdb")),
    )
    results = [findings.to_json() for findings in ways]
    assert all(result == results[0] for result in results)
    assert results[0]["leaders"][0]["implicit"] is True
    assert all(isinstance(findings, influence.Findings) for findings in ways)


def test_evidence_outlives_the_temporary_workspace(team: Repo) -> None:
    explanation = influence.analyse(team.path).explain("Ada Byron")
    assert len(explanation.followers) == 7
    assert "StoreReader" in set(explanation.names["name"])
    assert set(explanation.evidence["follower_unit"]) <= set(team.git("rev-list", "HEAD").split())


def test_dates_are_days_however_they_are_given(team: Repo, tmp_path: Path) -> None:
    workspace = influence.collect(team.path, tmp_path / "w.duckdb")
    text = influence.analyse(workspace, since="2023-04-01", until="2023-06-11")
    dates = influence.analyse(workspace, since=dt.date(2023, 4, 1), until=dt.date(2023, 6, 11))
    assert text.to_json() == dates.to_json()
    assert text.leaders["reach"].tolist() == [3]
    for wrong in ("2023-6-1", "20230601", "2023-02-30", "2023-06-11T00:00"):
        with pytest.raises(InputError, match="YYYY-MM-DD"):
            influence.analyse(workspace, until=wrong)


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to read"):
        influence.analyse([])
    with pytest.raises(WorkspaceError, match="no workspace"):
        influence.open(tmp_path / "w.duckdb")
    with pytest.raises(AttributeError):
        influence.nonsense  # noqa: B018
    assert {"analyse", "collect", "open", "from_signals", "Findings", "Workspace"} <= set(dir(influence))
