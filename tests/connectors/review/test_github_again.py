"""GitHub over real HTTP on loopback: read again later, while it changes, and after it was killed."""

from __future__ import annotations

import copy
import datetime as dt
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.review.github import GitHubConnector
from connectors.review.live import Stored
from connectors.review.model import Event
from influence.workspace import Workspace
from tests.connectors import github_server
from tests.connectors.github_server import GitHubServer
from tests.connectors.review import life as told
from tests.connectors.review.github_runs import read, reading, small
from tests.connectors.review.life import READ, Life, make_life, person
from tests.connectors.review.live_runs import kill_often, run, tables


def _late(life: Life) -> None:
    """What happens after the first reading: a review, a merge, a rebase, work that goes on with old work."""
    old, other = life.changes[3], life.changes[15]
    at = READ - dt.timedelta(days=2)
    old.events.append(Event("review", at, person("kim"), "late-1", f"{old.url}#late-1", "Why?", state="changes"))
    old.commits = [replace(old.commits[0], sha="f" * 40)]
    old.updated = at
    other.body += f"\n\nSupersedes {life.changes[5].mark}."
    other.updated = at + dt.timedelta(hours=1)
    asked = life.discussions[2]
    asked.events.append(Event("comment", at, person("kim"), "late-2", f"{asked.url}#late-2", "As @ada said."))


def _newer(life: Life) -> Life:
    """A change that stands on another's branch, read by an earlier run."""
    under = next(one for one in life.changes if one.own_branch and one.author and one.author.name)
    top = copy.deepcopy(life.changes[-1])
    top.unit, top.mark, top.author = "999", "#999", person("kim")
    top.url, top.onto, top.branch = f"{told.WEB}/pull/999", under.branch, "kim-999"
    top.created, top.updated = under.created + dt.timedelta(minutes=1), READ
    top.body, top.events, top.commits = f"Based on {under.mark}.", [], []
    life.changes.append(top)
    return life


def test_a_later_reading_asks_for_what_is_new_and_ends_where_a_fresh_one_would(tmp_path: Path) -> None:
    life = small()
    workspace = Workspace(tmp_path / "w.duckdb")
    with GitHubServer(life) as server:

        def make(known: Stored | None) -> GitHubConnector:
            return reading(server, stored=known)

        run(workspace, make)
        before = len(server.seen)
        run(workspace, make)
        assert len(server.seen) == before + 1 + 3  # one look at each list
        _late(life)
        _newer(life)
        server.world.renew()
        server.seen.clear()
        run(workspace, make)
        assert len(server.seen) <= 1 + 3 + 1
        run(Workspace(tmp_path / "fresh.duckdb"), make)
    later, fresh = tables(tmp_path / "w.duckdb"), tables(tmp_path / "fresh.duckdb")
    assert later == fresh
    assert "f" * 40 in repr(fresh["units"])
    assert any(row[4] == "builds_on" and row[2] == "999" for row in fresh["signals"])


def test_blocks_of_any_size_give_the_same_tables(tmp_path: Path) -> None:
    life = make_life(changes=60)
    with GitHubServer(life, page=10) as server:
        for block in (1000, 10):
            github_server.collect(tmp_path / f"{block}.duckdb", server.url, block)
    one = tables(tmp_path / "1000.duckdb")
    assert sum(row[4] in ("mentions", "builds_on") for row in one["signals"]) > 20
    assert tables(tmp_path / "10.duckdb") == one


def test_a_list_that_changes_while_it_is_read(tmp_path: Path) -> None:
    life = small()
    workspace = tmp_path / "w.duckdb"

    def before(number: int) -> None:
        if number in (3, 4):
            change = life.changes[number]
            change.title, change.updated = f"Changed meanwhile {number}", READ - dt.timedelta(minutes=number)
            server.world.renew()

    with GitHubServer(life, page=10, before=before) as server:
        github_server.collect(workspace, server.url, 15)
        server.before = lambda number: None
        github_server.collect(tmp_path / "fresh.duckdb", server.url)
    assert tables(workspace) == tables(tmp_path / "fresh.duckdb")
    assert "Changed meanwhile 4" in repr(tables(workspace)["units"])


def test_a_cursor_that_is_none_any_more_begins_anew(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    with GitHubServer(small()) as server:

        def make(known: Stored | None) -> GitHubConnector:
            return reading(server, stored=known)

        run(workspace, make)
        calm = tables(workspace.path)
        with workspace._write() as connection:
            connection.execute(
                'UPDATE harvests SET tip = regexp_replace(tip, \'"pull requests":"[^"]*\', \'"pull requests":"gone\')'
            )
        run(workspace, make)
        assert tables(workspace.path) == calm
        # With other options the old reading is no base either.
        run(workspace, lambda known: reading(server, stored=known, strict=False))
        loose = tables(workspace.path)
        assert loose != calm
        run(workspace, make)
        assert tables(workspace.path) == calm


def test_pages_in_a_circle_end(tmp_path: Path) -> None:
    with GitHubServer(small(), page=10) as server:
        walk = server._repository

        def again(arguments: dict[str, Any]) -> Any:
            found = walk(arguments)
            return {**found, "pullRequests": _Endless(found["pullRequests"])} if found else None

        server._repository = again  # type: ignore[method-assign]
        came, error = read(reading(server))
    assert "again and again" in error or "circle" in error
    assert came[-1].harvest.counts["changes"] == 24
    assert '"pull requests"' not in came[-1].harvest.tip


class _Endless(list[Any]):
    """A list that always has more."""

    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, key: Any) -> Any:
        return list(self)[-10:] if not list.__getitem__(self, key) else list.__getitem__(self, key)


# -- killed at random points, run again: as if nothing had been ----------------------------------------------------


def _killed(folder: Path, times: int, seed: int) -> int:
    with GitHubServer(make_life(changes=24), page=4) as server:
        github_server.collect(folder / "calm.duckdb", server.url)
        calm = tables(folder / "calm.duckdb")
        assert len(calm["signals"]) > 80
        return kill_often(github_server.collect, server, calm, folder, (), times, seed)


def test_killed_at_random_points(tmp_path: Path) -> None:
    assert _killed(tmp_path, 5, seed=1) >= 2


@pytest.mark.soak
def test_killed_at_a_hundred_random_points(tmp_path: Path) -> None:
    assert _killed(tmp_path, 100, seed=int(time.time())) >= 50
