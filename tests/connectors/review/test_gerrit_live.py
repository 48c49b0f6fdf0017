"""Gerrit over real HTTP on loopback: what is asked, what becomes of it, and what is left when it goes wrong."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.http import Limits
from connectors.review.gerrit import GerritConnector
from influence.errors import InputError
from influence.schema import Checkpoint
from influence.workspace import Workspace
from tests.connectors import gerrit_server, loopback
from tests.connectors.gerrit_server import LOGIN, GerritServer, make_house
from tests.connectors.loopback import Fault
from tests.connectors.review import life_as_gerrit
from tests.connectors.review.life import LEADERS, OWNERS, make_life
from tests.connectors.review.life_told import by_assistants, led, right, rows, signals, truth
from tests.connectors.review.live_runs import Tables, kill_often, run, tables

QUICK = Limits(attempts=3, pause=0.01, wait=0.5, per_second=100_000, body=8 << 20)
NAME = "tools/store"
PASSWORD = base64.b64encode(":".join(LOGIN).encode()).decode()


@pytest.fixture(autouse=True)
def _no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GERRIT_USER", "GERRIT_PASSWORD", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def collected(server: GerritServer, workspace: Path, **options: Any) -> None:
    made = {"base": server.url, "limits": QUICK, **options}
    run(Workspace(workspace), lambda stored: GerritConnector(NAME, **made, stored=stored))


def harvest(workspace: Path) -> dict[str, Any]:
    return dict(Workspace(workspace).harvests().iloc[0])


def test_asks_no_more_than_it_must(tmp_path: Path) -> None:
    with GerritServer(make_house(130), most=60) as server:
        collected(server, tmp_path / "w")
        mine = [change for change in server.house.changes if change["project"] == NAME]
        asked = [seen.path for seen in server.seen]
        details = -(-len(mine) // 50)
        listed = 2  # 119 changes, sixty a page, each page beginning with the last one of the page before
        talked = sum(change["total_comment_count"] > 0 for change in mine)
        assert asked.count("/changes/") == listed + details
        assert len(asked) == 1 + listed + details + talked
        assert json.loads(harvest(tmp_path / "w")["counts"])["changes"] == len(mine)
        before = len(server.seen)
        collected(server, tmp_path / "w")
        assert len(server.seen) - before == 2  # the project, and a list without anything new


def test_who_is_logged_in_sees_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with GerritServer(make_house(12), private=True) as server:
        with pytest.raises(InputError, match="no project tools/store that we may see") as caught:
            collected(server, tmp_path / "w")
        assert "GERRIT_USER and GERRIT_PASSWORD" in caught.value.remedy
        with pytest.raises(InputError, match="HTTP 401") as caught:
            collected(server, tmp_path / "w", login=("alice", "wr0ng"))
        assert "HTTP password" in caught.value.remedy
        assert "wr0ng" not in f"{caught.value} {caught.value.remedy}"
        monkeypatch.setenv("GERRIT_USER", LOGIN[0])
        monkeypatch.setenv("GERRIT_PASSWORD", LOGIN[1])
        collected(server, tmp_path / "w")
        assert all(seen.path.startswith("/a/") for seen in server.seen[-4:])
    written = (tmp_path / "w").read_bytes() + repr(tables(tmp_path / "w")).encode()
    assert LOGIN[1].encode() not in written
    assert PASSWORD.encode() not in written


def test_what_was_updated_is_read_again_and_replaced(tmp_path: Path) -> None:
    with GerritServer(make_house(20)) as server:
        collected(server, tmp_path / "w")
        change = server.house.changes[4]
        change["subject"], change["updated"] = "Renamed", "2025-01-01 00:00:00.000000000"
        change["messages"].pop(3)
        before = len(server.seen)
        collected(server, tmp_path / "w")
        assert len(server.seen) - before == 4
        collected(server, tmp_path / "new")
    assert tables(tmp_path / "w") == tables(tmp_path / "new")


def test_a_list_that_changes_while_it_is_read(tmp_path: Path) -> None:
    """At every request somebody touches a change, which moves to the front, and another one is deleted."""
    house = make_house(90)
    times = iter(range(1, 10_000))

    def touch(number: int) -> None:
        item = house.changes[number * 7 % 60]
        item["updated"] = f"2024-06-01 00:00:{next(times) // 10:02d}.000000000"
        if number in (3, 5):
            del house.changes[70]

    with GerritServer(house, before=touch, most=20) as server:
        collected(server, tmp_path / "w")
        server.before = lambda number: None
        collected(server, tmp_path / "w")
        collected(server, tmp_path / "new")
    mine = {str(change["_number"]) for change in house.changes if change["project"] == NAME}
    units = {row[2] for row in tables(tmp_path / "w")["units"] if "pull_request" in row}
    assert mine <= units
    assert len(units - mine) <= 2  # read before they were deleted


def test_many_of_one_time(tmp_path: Path) -> None:
    house = make_house(150)
    for change in house.changes[10:140]:
        change["updated"] = "2024-02-01 00:00:00.000000000"
    with GerritServer(house, most=20) as server:
        collected(server, tmp_path / "w")
    mine = sum(change["project"] == NAME for change in house.changes)
    assert json.loads(harvest(tmp_path / "w")["counts"])["changes"] == mine


def test_fewer_at_once_where_an_answer_is_too_large(tmp_path: Path) -> None:
    with GerritServer(make_house(40)) as server:
        collected(server, tmp_path / "calm")
        collected(server, tmp_path / "w", limits=replace(QUICK, body=16 << 10))
        assert tables(tmp_path / "w") == tables(tmp_path / "calm")
        one = server.house.changes[0]
        one["messages"][0]["message"] = "x" * (16 << 10)
        with pytest.raises(InputError, match="more than 16,384 bytes at once"):
            collected(server, tmp_path / "new", limits=replace(QUICK, body=16 << 10))


def test_the_same_page_again_and_again(tmp_path: Path) -> None:
    page = [
        {"_number": 1, "updated": "2024-03-02 12:00:00"},
        {"_number": 2, "updated": "2024-03-01 12:00:00", "_more_changes": True},
    ]
    answer = loopback.body(json.dumps(page).encode())
    with GerritServer(make_house(1), faults=dict.fromkeys(range(2, 999), answer)) as server:
        with pytest.raises(InputError, match="the same changes again and again"):
            collected(server, tmp_path / "w")
        assert len(server.seen) < 10


PASSING = {2: loopback.throttle("0.02"), 3: loopback.breaks_off, 6: loopback.fails(502), 8: loopback.hangs_up}
PASSING |= {10: loopback.html(503), 12: loopback.body(b")]}'\n[{")}


def test_passing_faults_change_nothing(tmp_path: Path) -> None:
    with GerritServer(make_house(20)) as server:
        collected(server, tmp_path / "calm")
        server.faults = {len(server.seen) + number: fault for number, fault in PASSING.items()}
        collected(server, tmp_path / "w")
    assert tables(tmp_path / "w") == tables(tmp_path / "calm")


LASTING: list[tuple[Fault, str]] = [
    (loopback.throttle("54000"), "wants no more requests for 15 h 0 min"),
    (loopback.body(b")]}'\n{}"), "something else than a list"),
]


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GerritServer, Tables]]:
    """A server, and what is read from it when nothing goes wrong."""
    workspace = tmp_path_factory.mktemp("calm") / "w"
    with GerritServer(make_house(70)) as server:
        collected(server, workspace, login=LOGIN)
        yield server, tables(workspace)


@pytest.mark.parametrize(("fault", "says"), LASTING, ids=[says[:30] for _, says in LASTING])
def test_what_was_collected_is_kept_and_gone_on_from(
    fault: Fault, says: str, calm: tuple[GerritServer, Tables], tmp_path: Path
) -> None:
    server, undisturbed = calm
    begun = len(server.seen)
    server.faults = dict.fromkeys(range(begun + 29, begun + 99), fault)
    with pytest.raises(InputError) as caught:
        collected(server, tmp_path / "w", limits=replace(QUICK, attempts=2), login=LOGIN)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not {*LOGIN, PASSWORD} & set(str(caught.value).split())
    assert "50 changes and discussions are kept, and the same command goes on" in caught.value.remedy
    server.faults = {}
    collected(server, tmp_path / "w", login=LOGIN)
    assert tables(tmp_path / "w") == undisturbed


# -- killed at random points, run again: as if nothing had been ------------------------------------------------------


def _killed(folder: Path, times: int, seed: int) -> int:
    with GerritServer(make_house(56)) as server:
        gerrit_server.collect(folder / "calm", server.url, NAME, 1000)
        return kill_often(gerrit_server.collect, server, tables(folder / "calm"), folder, (NAME, 50), times, seed)


def test_killed_at_random_points(tmp_path: Path) -> None:
    assert _killed(tmp_path, 5, seed=1) >= 3


@pytest.mark.soak
def test_killed_at_a_hundred_random_points(tmp_path: Path) -> None:
    assert _killed(tmp_path, 100, seed=int(time.time())) >= 60


# -- a small organisation's life --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> list[Checkpoint]:
    with GerritServer(life_as_gerrit.house(make_life())) as server:
        connector = GerritConnector(life_as_gerrit.PROJECT, base=server.url, limits=QUICK)
        connector.block = 10_000  # type: ignore[misc]
        return list(connector.checkpoints())


@pytest.fixture(scope="module")
def told(found: list[Checkpoint]) -> list[dict[str, Any]]:
    return rows(found)


def test_the_same_life_gives_the_same_signals(told: list[dict[str, Any]]) -> None:
    """But for what hangs on branches, and for `heeds`: without lines a push is shared among all who commented."""
    life = make_life()
    left = by_assistants(life)
    true = [row for row in truth(life, issues=False) if row["how"] != "stacked"]
    for kind, least in (("consults", 1000), ("mentions", 70), ("builds_on", 10)):
        found = {one for one in signals(told, kind) if one[0] not in left and (one[2] or kind != "mentions")}
        assert found == {one for one in signals(true, kind) if one[0] not in left}
        assert len(found) >= least
    heeded = signals(true, "heeds")
    assert len(heeded & signals(told, "heeds")) >= 0.9 * len(heeded)


def test_how_free_each_review_was(told: list[dict[str, Any]]) -> None:
    """Gerrit tells nothing of rules: whom one obliged seems asked by the author."""
    shares = right(make_life(), told)
    assert min(shares[name] for name in ("free", "solicited", "unknown")) >= 0.95
    assert {row["required"] for row in told} == {None}


def test_who_is_followed_leads(found: list[Checkpoint], tmp_path: Path) -> None:
    # Code owners, whom a rule made look, seem chosen here: nothing tells of the rule.
    ranked = [one for one in led(found, tmp_path) if one not in OWNERS.values()]
    assert set(LEADERS) <= set(ranked[:5])
