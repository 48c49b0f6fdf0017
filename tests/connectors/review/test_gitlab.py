"""GitLab over real HTTP on loopback, and its shapes."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.http import Limits
from connectors.review import gitlab_shapes as shapes
from connectors.review.consults import advice
from connectors.review.gitlab import GitLabConnector
from connectors.review.heeds import heeded
from connectors.review.live import Stored
from connectors.review.model import Change, Event
from connectors.review.rows import Gatherer
from influence.errors import InputError
from influence.workspace import Workspace
from tests.connectors import gitlab_server, loopback
from tests.connectors.gitlab_server import GHOST, TOKEN, GitLabServer, Json, make_project, note, system, thread, user
from tests.connectors.loopback import Fault
from tests.connectors.review import life_as_gitlab
from tests.connectors.review.life import LEADERS, make_life
from tests.connectors.review.life_told import by_assistants, led, right, rows, signals, truth
from tests.connectors.review.live_runs import Tables, kill_often, run, tables

ADA, BOB, EVE = user("ada"), user("bob"), user("eve")
PAGE = "https://git.example.org/acme/tools/store/-/merge_requests/7"


def at(day: int, hour: int = 12) -> str:
    return f"2024-03-{day:02d}T{hour:02d}:00:00.000Z"


def merge(number: int = 7, **more: Any) -> Json:
    return {
        "id": 900 + number,
        "iid": number,
        "title": "Keep the till open",
        "description": "Closes #3",
        "state": "opened",
        "author": ADA,
        "created_at": at(1),
        "updated_at": at(9),
        "merged_at": None,
        "closed_at": None,
        "merge_user": None,
        "closed_by": None,
        "source_branch": "till",
        "target_branch": "main",
        "source_project_id": 1,
        "target_project_id": 1,
        "merge_commit_sha": None,
        "squash_commit_sha": None,
        "user_notes_count": 3,
        "web_url": PAGE,
        **more,
    }


def made(*threads: Json, rules: Json | None = None, commits: tuple[Json, ...] = (), **more: Any) -> Change:
    found = shapes.change(merge(**more), threads, commits, "git.example.org", rules)
    assert found is not None
    found.events.sort(key=lambda event: event.time)
    return found


def kinds(change: Change) -> list[tuple[str, str]]:
    return [(event.kind, event.actor.login if event.actor else "") for event in change.events]


def only(change: Change, kind: str) -> Event:
    (found,) = (event for event in change.events if event.kind == kind)
    return found


# -- shapes --------------------------------------------------------------------------------------------------------


def test_what_system_notes_tell() -> None:
    change = made(
        thread(system(1, ADA, at(1, 13), "requested review from @bob and @eve.x and removed review request for @zoe")),
        thread(system(2, ADA, at(2), "added 2 commits\n\n<ul><li>1a - x</li></ul>\n\n[Compare](/c)")),
        thread(system(3, BOB, at(3), "approved this merge request")),
        thread(system(4, BOB, at(4), "unapproved this merge request")),
        thread(system(5, EVE, at(5), "requested changes")),
        thread(system(6, ADA, at(6), "marked this merge request as **ready**")),
        thread(system(7, ADA, at(6), "assigned to @bob")),
        thread(system(8, EVE, at(7), "mentioned in commit 1234567")),
    )
    assert kinds(change) == [
        ("request", "ada"),
        ("request", "ada"),
        ("unrequest", "ada"),
        ("push", "ada"),
        ("review", "bob"),
        ("review", "bob"),
        ("review", "eve"),
    ]
    targets = [event.target.key for event in change.events if event.target]
    assert targets == [f"login:{login}@git.example.org" for login in ("bob", "eve.x", "zoe")]
    assert [event.state for event in change.events if event.kind == "review"] == ["approved", "dismissed", "changes"]
    assert change.unit == "7"
    assert change.mark == "!7"
    assert change.own_branch
    assert change.known == {"pushes", "lines", "threads", "requests", "merges"}


def test_threads_say_what_became_of_their_lines() -> None:
    position = {"new_path": "till.py", "old_path": "till.py", "new_line": 3}
    closed = {"resolvable": True, "resolved": True, "resolved_by": ADA, "resolved_at": at(5)}
    change = made(
        thread(
            note(1, BOB, at(2), "name it drawer", type="DiffNote", position=position, **closed),
            note(2, ADA, at(3), "done", type="DiffNote", position=position, **closed),
            system(3, ADA, at(4), "changed this line in [version 2 of the diff](/x)"),
        ),
        thread(note(4, BOB, at(2), "why?", type="DiffNote", position=position, resolvable=True, resolved=False)),
        thread(note(5, EVE, at(2), "nice"), alone=True),
        thread(
            note(6, EVE, at(2), "try this", type="DiffNote", position=position, suggestions=[{"applied": True}]),
        ),
        thread(system(7, ADA, at(4), "added 1 commit\n\n<ul></ul>")),
    )
    said = {event.id: event for event in change.events if event.kind == "comment"}
    assert [said[one].changed for one in "12456"] == [True, True, False, None, False]
    assert [said[one].path for one in "145"] == ["till.py", "till.py", None]
    assert said["1"].thread == said["2"].thread != said["4"].thread
    assert said["5"].thread is None
    assert said["6"].applied is True
    assert said["1"].applied is None
    assert said["1"].resolved_by is not None
    assert said["1"].resolved_by.login == "ada"
    assert said["1"].url == f"{PAGE}#note_1"
    assert {(one.leader.login, one.how) for one in heeded(change)} == {("bob", "lines changed"), ("eve", "applied")}


def test_merges_and_closings_stand_in_the_merge_request_or_in_notes() -> None:
    change = made(merged_at=at(8), merge_user=BOB, merge_commit_sha="a" * 40, squash_commit_sha="b" * 40)
    assert kinds(change) == [("merge", "bob")]
    assert change.merge_commit == "a" * 40
    assert [commit.sha for commit in change.commits] == ["b" * 40]
    old = made(thread(system(1, EVE, at(8), "merged")), merged_at=at(8), merge_user=None, merged_by=EVE)
    assert kinds(old) == [("merge", "eve")]
    assert made(merged_at=at(8), merge_user=BOB, squash_commit_sha="b" * 40).merge_commit == "b" * 40
    shut = made(closed_at=at(8), closed_by=EVE)
    assert kinds(shut) == [("close", "eve")]
    assert not made(source_project_id=2).own_branch


def test_rules_tell_who_had_to_be_asked() -> None:
    rules = {
        "rules": [
            {"rule_type": "any_approver", "approvals_required": 1, "eligible_approvers": [], "approved_by": [EVE]},
            {"rule_type": "code_owner", "approvals_required": 1, "eligible_approvers": [BOB], "approved_by": [BOB]},
            {"rule_type": "regular", "approvals_required": 0, "eligible_approvers": [EVE], "approved_by": [EVE]},
        ]
    }
    threads = (
        thread(system(1, ADA, at(2), "requested review from @eve")),
        thread(system(2, EVE, at(3), "approved this merge request")),
        thread(note(3, EVE, at(3), "mind the edge")),
        thread(system(4, BOB, at(3), "approved this merge request")),
        thread(note(5, ADA, at(4), "fixed")),
    )
    found = {one.leader.login: one for one in advice(made(*threads, rules=rules))}
    assert (found["bob"].required, found["bob"].asked_by) == (True, None)
    assert found["eve"].required is False
    assert found["eve"].asked_by is not None
    assert found["eve"].asked_by.login == "ada"
    assert "rules" in made(*threads, rules=rules).known
    unknown = {one.leader.login: one for one in advice(made(*threads))}
    assert unknown["eve"].required is None
    assert unknown["bob"].required is None


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        (user("ada"), "ada"),
        (user("project_12_bot"), "project_12_bot[bot]"),
        (user("group_9_bot_1f3a"), "group_9_bot_1f3a[bot]"),
        (user("service_account_group_1_ab"), "service_account_group_1_ab[bot]"),
        (user("support-bot"), "support-bot[bot]"),
        (user("carl", bot=True), "carl[bot]"),
        (user("project_manager"), "project_manager"),
        (user("ghost-rider"), "ghost-rider"),
        (user("ghost7", "Casper"), "ghost7"),
    ],
)
def test_accounts(who: Json, shown: str) -> None:
    found = shapes.user(who, "gitlab.com")
    assert found is not None
    assert found.shown == shown
    assert found.key == f"login:{shown}@gitlab.com"


@pytest.mark.parametrize("who", [GHOST, user("ghost1", "Ghost User"), None, {}, [], "x", {"username": 5}])
def test_nobody(who: object) -> None:
    assert shapes.user(who, "gitlab.com") is None


def test_issues_are_discussions() -> None:
    issue = {
        "iid": 3,
        "author": ADA,
        "created_at": at(1),
        "title": "Till",
        "description": "as @bob did",
        "web_url": "https://x.org/i/3",
    }
    threads = [thread(note(1, EVE, at(2), "yes")), thread(system(2, EVE, at(3), "closed"))]
    found = shapes.discussion(issue, threads, "x.org")
    assert found is not None
    assert (found.unit, found.mark, len(found.events)) == ("issue:3", "#3", 1)


# -- names and tokens ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("project", "base", "source", "repository", "location"),
    [
        ("a/b", None, "gitlab:a/b", "gitlab.com/a/b", "https://gitlab.com/api/v4"),
        ("A/b/C.git", None, "gitlab:A/b/C", "gitlab.com/a/b/c", "https://gitlab.com/api/v4"),
        ("a/b", "https://git.x.org/lab/", "gitlab:a/b", "git.x.org/a/b", "https://git.x.org/lab/api/v4"),
        (
            "https://git.x.org/a/b/c/-/merge_requests/5",
            None,
            "gitlab:a/b/c",
            "git.x.org/a/b/c",
            "https://git.x.org/api/v4",
        ),
        (
            "https://git.x.org/lab/a/b",
            "https://git.x.org/lab",
            "gitlab:a/b",
            "git.x.org/a/b",
            "https://git.x.org/lab/api/v4",
        ),
    ],
)
def test_names_of_projects(project: str, base: str | None, source: str, repository: str, location: str) -> None:
    connector = GitLabConnector(project, base=base)
    assert (connector.source, connector.repository, connector.location) == (source, repository, location)


@pytest.mark.parametrize(
    "project",
    [
        "",
        "a",
        "a/../b",
        "a//b",
        "a/b\x1b[2J",
        "a/b c",
        "/",
        "https://x.org/",
        "https://u:p@x.org/a/b",
        "-a/b",
        "a/" + "b" * 600,
    ],
)
def test_what_is_no_project(project: str) -> None:
    with pytest.raises(InputError) as caught:
        GitLabConnector(project)
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_token_goes_only_where_it_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", "s3cret")
    monkeypatch.delenv("GITLAB_HOST", raising=False)
    assert GitLabConnector("a/b")._token == "s3cret"
    assert GitLabConnector("a/b", base="https://git.x.org")._token == "s3cret"
    assert GitLabConnector("https://git.x.org/a/b")._token is None
    monkeypatch.setenv("GITLAB_HOST", "git.x.org")
    assert GitLabConnector("https://git.x.org/a/b")._token == "s3cret"
    assert GitLabConnector("https://evil.org/a/b")._token is None
    with pytest.raises(InputError, match="not sent over http"):
        GitLabConnector("a/b", base="http://git.x.org").service()


# -- over HTTP -----------------------------------------------------------------------------------------------------

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
        project.threads[5].append(thread(note(9_999, EVE, "2024-12-31T00:00:00.000Z", "rethink this"), alone=True))
        project.threads[5].pop(0)
        before = len(server.seen)
        collected(server, tmp_path / "w")
        assert len(server.seen) - before == 6  # the project, two lists, of the one its threads, commits and rules
        collected(server, tmp_path / "new")
    assert tables(tmp_path / "w") == tables(tmp_path / "new")


@pytest.mark.parametrize("headers", [True, False])
def test_a_list_that_changes_while_it_is_read(headers: bool, tmp_path: Path) -> None:
    """Every third request somebody touches an early merge request: it moves to the end, all others move up."""
    project = make_project(60)
    late = iter(range(1, 10_000))

    def touch(number: int) -> None:
        if number % 3 == 0:
            item = project.merge_requests[number % 20]
            item["updated_at"] = f"2024-06-01T00:00:{next(late) / 100:06.3f}Z"

    with GitLabServer(project, before=touch, most=20 if headers else 100, headers=headers) as server:
        collected(server, tmp_path / "w")
        server.before = lambda number: None
        collected(server, tmp_path / "w")
        collected(server, tmp_path / "new")
    assert tables(tmp_path / "w") == tables(tmp_path / "new")
    assert json.loads(harvest(tmp_path / "w")["counts"])["changes"] == 60


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
    (loopback.html(), "something else than JSON (text/html)"),
    (loopback.breaks_off, "broke off"),
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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from([at(3), "added 1 commit", NAME]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted({*merge(), *note(1, ADA, at(1), ""), "notes", "rules"})), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=50, deadline=None)
@given(parts=st.dictionaries(st.sampled_from(sorted(merge())), JSON), threads=st.lists(JSON), rules=JSON)
def test_no_answer_breaks_the_shapes(parts: Json, threads: list[Any], rules: Any) -> None:
    listed = [one for one in threads if isinstance(one, dict)]
    found = shapes.change({**merge(), **parts}, listed, listed, "x.org", rules if isinstance(rules, dict) else None)
    shapes.discussion({**merge(), **parts}, listed, "x.org")
    if found is not None:
        gatherer = Gatherer("s", "x.org/a", "x.org")
        gatherer.take(found)
        gatherer.resolve()
        gatherer.tables()


# -- killed at random points, run again: as if nothing had been ------------------------------------------------------


def _killed(folder: Path, times: int, seed: int) -> int:
    with GitLabServer(make_project(14, 4), most=5) as server:
        gitlab_server.collect(folder / "calm", server.url, NAME, 1000)
        return kill_often(gitlab_server.collect, server, tables(folder / "calm"), folder, (NAME, 8), times, seed)


def test_killed_at_random_points(tmp_path: Path) -> None:
    assert _killed(tmp_path, 10, seed=1) >= 6


@pytest.mark.soak
def test_killed_at_a_hundred_random_points(tmp_path: Path) -> None:
    assert _killed(tmp_path, 100, seed=int(time.time())) >= 60


# -- a small organisation's life --------------------------------------------------------------------------------------


#: Half of it: a server answers each merge request three times.
CHANGES = 150


@pytest.fixture(scope="module")
def told() -> list[dict[str, Any]]:
    with GitLabServer(life_as_gitlab.project(make_life(changes=CHANGES))) as server:
        connector = GitLabConnector(life_as_gitlab.PATH, base=server.url, limits=QUICK)
        connector.block = 10_000  # type: ignore[misc]
        return rows(connector.checkpoints())


def test_the_same_life_gives_the_same_signals(told: list[dict[str, Any]]) -> None:
    life = make_life(changes=CHANGES)
    left = by_assistants(life)
    true = truth(life)
    for kind, least in (("consults", 500), ("heeds", 70), ("mentions", 100), ("builds_on", 20)):
        found = {one for one in signals(told, kind) if one[0] not in left}
        assert found == {one for one in signals(true, kind) if one[0] not in left}
        assert len(found) >= least


def test_how_free_each_review_was(told: list[dict[str, Any]]) -> None:
    shares = right(make_life(changes=CHANGES), told)
    assert set(shares) == {"free", "solicited", "obliged", "unknown"}
    assert min(shares.values()) >= 0.95


def test_who_is_followed_leads(told: list[dict[str, Any]]) -> None:
    assert set(LEADERS) <= set(led(told)[:5])
