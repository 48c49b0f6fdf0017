"""GitLab over real HTTP on loopback: what is asked, what becomes of it, and what is left when it goes wrong."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.http import Limits
from connectors.review.gitlab import GitLabConnector
from connectors.review.live import Stored
from influence.errors import InputError
from influence.schema import Checkpoint
from influence.workspace import Workspace
from tests.connectors import gitlab_server, loopback
from tests.connectors.gitlab_server import TOKEN, GitLabServer, make_project, note, thread, user
from tests.connectors.loopback import Asked, Fault
from tests.connectors.review import life_as_gitlab
from tests.connectors.review.life import LEADERS, make_life
from tests.connectors.review.life_told import by_assistants, led, right, rows, signals, truth
from tests.connectors.review.live_runs import Tables, kill_often, run, tables

QUICK = Limits(attempts=3, pause=0.01, wait=0.5, per_second=100_000, body=8 << 20)
NAME = "acme/tools/store"


@pytest.fixture(autouse=True)
def _no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITLAB_TOKEN", "GITLAB_HOST", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def collected(server: GitLabServer, workspace: Path, **options: Any) -> GitLabConnector:
    made: list[GitLabConnector] = []

    def make(stored: Stored | None) -> GitLabConnector:
        made.append(GitLabConnector(NAME, **{"base": server.url, "limits": QUICK, **options}, stored=stored))
        return made[-1]

    run(Workspace(workspace), make)
    return made[-1]


def harvest(workspace: Path) -> dict[str, Any]:
    return dict(Workspace(workspace).harvests().iloc[0])


def test_asks_no_more_than_it_must(tmp_path: Path) -> None:
    project = make_project(46, 24)
    with GitLabServer(project, most=20) as server:
        collected(server, tmp_path / "w")
        asked = [seen.path.rpartition("/")[2] for seen in server.seen]
        talked = sum(issue["user_notes_count"] > 0 for issue in project.issues)
        assert asked.count("merge_requests") == 3
        assert asked.count("issues") == 2
        assert asked.count("commits") == 46
        assert asked.count("approval_state") == 1  # this GitLab has no rules: asked once
        assert asked.count("discussions") == 46 + talked
        assert len(asked) == 1 + 3 + 2 + 46 + 1 + 46 + talked
        counts = json.loads(harvest(tmp_path / "w")["counts"])
        assert (counts["changes"], counts["discussions"]) == (46, 24)
        before = len(server.seen)
        collected(server, tmp_path / "w")
        assert len(server.seen) - before == 3  # the project, and two lists that end with what was read


def test_what_was_updated_is_read_again_and_replaced(tmp_path: Path) -> None:
    project = make_project(20, 5)
    with GitLabServer(project) as server:
        collected(server, tmp_path / "w")
        first = project.merge_requests[4]
        first["title"], first["updated_at"] = "Renamed", "2025-01-01T00:00:00.000Z"
        project.threads[5].append(
            thread(note(9_999, user("eve"), "2024-12-31T00:00:00.000Z", "rethink this"), alone=True)
        )
        project.threads[5].pop(0)
        before = len(server.seen)
        collected(server, tmp_path / "w")
        assert len(server.seen) - before == 6  # the project, two lists, of the one its threads, commits and rules
        collected(server, tmp_path / "new")
    assert tables(tmp_path / "w") == tables(tmp_path / "new")


@pytest.mark.parametrize("headers", [True, False])
def test_a_list_that_changes_while_it_is_read(headers: bool, tmp_path: Path) -> None:
    """At every request somebody touches an early merge request: it moves to the end, all others move up."""
    project = make_project(40)
    late = iter(range(1, 10_000))

    def touch(number: int) -> None:
        item = project.merge_requests[number % 25]
        item["updated_at"] = f"2024-06-01T00:00:{next(late) / 100:06.3f}Z"

    with GitLabServer(project, before=touch, most=15 if headers else 100, headers=headers) as server:
        collected(server, tmp_path / "w")
        server.before = lambda number: None
        collected(server, tmp_path / "w")
        collected(server, tmp_path / "new")
    assert tables(tmp_path / "w") == tables(tmp_path / "new")
    assert json.loads(harvest(tmp_path / "w")["counts"])["changes"] == 40


def test_many_of_one_time(tmp_path: Path) -> None:
    """An import writes thousands in one moment: pages must not stand still there."""
    project = make_project(66)
    for item in project.merge_requests[4:62]:
        item["updated_at"] = "2024-02-01T00:00:00.000Z"
    with GitLabServer(project, most=20) as server:
        collected(server, tmp_path / "w")
        assert json.loads(harvest(tmp_path / "w")["counts"])["changes"] == 66
        assert sum(seen.path.endswith("/merge_requests") for seen in server.seen) <= 7


PASSING = {2: loopback.throttle("0.02"), 5: loopback.breaks_off, 9: loopback.fails(502), 12: loopback.hangs_up}
PASSING |= {15: loopback.html(503), 20: loopback.body(b'[{"iid": 1')}


def test_passing_faults_change_nothing(tmp_path: Path) -> None:
    with GitLabServer(make_project(20, 5)) as server:
        collected(server, tmp_path / "calm")
        server.faults = {len(server.seen) + number: fault for number, fault in PASSING.items()}
        collected(server, tmp_path / "w")
    assert tables(tmp_path / "w") == tables(tmp_path / "calm")


LASTING: list[tuple[Fault, str]] = [
    (loopback.throttle("54000"), "wants no more requests for 15 h 0 min"),
    (loopback.fails(401, "401 Unauthorized"), "refuses (HTTP 401): 401 Unauthorized"),
    (loopback.redirect("https://evil.example/"), "another host (evil.example)"),
    (loopback.never_answers, "did not answer within 0.2 s"),
    (loopback.body(b'{"message": "x"}'), "something else than a list"),
]


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """What is read of these eighteen when nothing goes wrong."""
    workspace = tmp_path_factory.mktemp("calm") / "w"
    with GitLabServer(make_project(18)) as server:
        collected(server, workspace)
    return tables(workspace)


@pytest.mark.parametrize(("fault", "says"), LASTING, ids=[says[:30] for _, says in LASTING])
def test_what_was_collected_is_kept_and_gone_on_from(
    fault: Fault, says: str, calm: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    limits = replace(QUICK, read=0.2, attempts=2)
    with GitLabServer(make_project(18), private=True, most=6) as server:
        server.faults = dict.fromkeys(range(30, 99), fault)
        with pytest.raises(InputError) as caught:
            collected(server, tmp_path / "w", limits=limits)
        assert says in str(caught.value)
        assert "\n" not in str(caught.value)
        assert TOKEN not in str(caught.value)
        assert "11 changes and discussions are kept, and the same command goes on" in caught.value.remedy
        problems = [what for what, _, _ in json.loads(harvest(tmp_path / "w")["problems"])]
        assert problems == ["lists that were not read to their end"]
        server.faults = {}
        collected(server, tmp_path / "w")
    assert tables(tmp_path / "w") == calm
    assert TOKEN not in repr(tables(tmp_path / "w"))
    assert TOKEN.encode() not in (tmp_path / "w").read_bytes()


def test_the_same_page_again_and_again(tmp_path: Path) -> None:
    page = json.dumps([make_project(1).merge_requests[0]]).encode()

    def again(asked: Asked) -> None:
        part = "discussions" in asked.path or "commits" in asked.path
        asked.reply(b"[]" if part else page, headers={} if part else {"X-Next-Page": "2"})

    with GitLabServer(make_project(1), faults=dict.fromkeys(range(2, 999), again)) as server:
        with pytest.raises(InputError, match="the same merge requests again and again"):
            collected(server, tmp_path / "w")
        assert len(server.seen) < 20


@pytest.mark.parametrize(
    ("private", "token", "name", "says", "remedy"),
    [
        (True, None, NAME, "no project acme/tools/store that we may see", "put a token into GITLAB_TOKEN"),
        (False, None, "acme/none", "no project acme/none that we may see", "check the name"),
        (True, "wr0ng-t0ken", NAME, "refuses (HTTP 401)", "check the token in GITLAB_TOKEN"),
    ],
)
def test_no_access(private: bool, token: str | None, name: str, says: str, remedy: str, tmp_path: Path) -> None:
    with GitLabServer(make_project(3), private=private) as server, pytest.raises(InputError) as caught:
        list(GitLabConnector(name, base=server.url, token=token, limits=QUICK).checkpoints())
    assert says in str(caught.value)
    assert remedy in caught.value.remedy
    assert token is None or token not in f"{caught.value} {caught.value.remedy}"


def test_what_is_gone_or_switched_off_is_counted(tmp_path: Path) -> None:
    project = make_project(30, 10)

    def delete(number: int) -> None:
        if number == 3:
            del project.merge_requests[20]

    with GitLabServer(project, before=delete) as server:
        collected(server, tmp_path / "w")
        found = [(what, count) for what, count, _ in json.loads(harvest(tmp_path / "w")["problems"])]
        assert found == [("merge requests", 1)]
        project.more = {"issues_enabled": False, "merge_requests_access_level": "disabled"}
        collected(server, tmp_path / "none")
        assert tables(tmp_path / "none")["units"] == []


def test_rules_where_there_are_some(tmp_path: Path) -> None:
    project = make_project(20)
    rule = {"rule_type": "code_owner", "approvals_required": 1}
    approvers = {number: project.threads[number][4]["notes"][0]["author"] for number in range(1, 21)}
    project.approvals = {
        number: {"rules": [{**rule, "eligible_approvers": [who], "approved_by": [who]}]}
        for number, who in approvers.items()
        if number % 2
    }
    with GitLabServer(project) as server:
        collected(server, tmp_path / "w")
    with Workspace(tmp_path / "w").read() as connection:
        found = connection.execute("SELECT unit, required FROM signals WHERE kind = 'consults'").fetchall()
    assert {(int(unit) % 2 == 1, required) for unit, required in found if int(unit) <= 20} >= {(True, True)}
    assert all(required is not None for _, required in found)


# -- killed at random points, run again: as if nothing had been ------------------------------------------------------


def _killed(folder: Path, times: int, seed: int) -> int:
    with GitLabServer(make_project(14, 4), most=5) as server:
        gitlab_server.collect(folder / "calm", server.url, NAME, 1000)
        return kill_often(gitlab_server.collect, server, tables(folder / "calm"), folder, (NAME, 8), times, seed)


def test_killed_at_random_points(tmp_path: Path) -> None:
    assert _killed(tmp_path, 5, seed=1) >= 3


@pytest.mark.soak
def test_killed_at_a_hundred_random_points(tmp_path: Path) -> None:
    assert _killed(tmp_path, 100, seed=int(time.time())) >= 60


# -- a small organisation's life --------------------------------------------------------------------------------------


#: A third of it: a server answers each merge request three times.
CHANGES = 100


@pytest.fixture(scope="module")
def found() -> list[Checkpoint]:
    with GitLabServer(life_as_gitlab.project(make_life(changes=CHANGES))) as server:
        connector = GitLabConnector(life_as_gitlab.PATH, base=server.url, limits=QUICK)
        connector.block = 10_000  # type: ignore[misc]
        return list(connector.checkpoints())


@pytest.fixture(scope="module")
def told(found: list[Checkpoint]) -> list[dict[str, Any]]:
    return rows(found)


def test_the_same_life_gives_the_same_signals(told: list[dict[str, Any]]) -> None:
    life = make_life(changes=CHANGES)
    left = by_assistants(life)
    true = truth(life)
    for kind, least in (("consults", 300), ("heeds", 40), ("mentions", 60), ("builds_on", 5)):
        found = {one for one in signals(told, kind) if one[0] not in left}
        assert found == {one for one in signals(true, kind) if one[0] not in left}
        assert len(found) >= least


def test_how_free_each_review_was(told: list[dict[str, Any]]) -> None:
    shares = right(make_life(changes=CHANGES), told)
    assert set(shares) == {"free", "solicited", "obliged", "unknown"}
    assert min(shares.values()) >= 0.95


def test_who_is_followed_leads(found: list[Checkpoint], tmp_path: Path) -> None:
    assert set(LEADERS) <= set(led(found, tmp_path)[:5])
