"""The shapes in which GitLab tells of reviews, and the names of its projects."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.review import gitlab_shapes as shapes
from connectors.review.consults import advice
from connectors.review.gitlab import GitLabConnector
from connectors.review.heeds import heeded
from connectors.review.model import Change, Event
from connectors.review.rows import Gatherer
from influence.errors import InputError
from tests.connectors.gitlab_server import GHOST, Json, note, system, thread, user

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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from([at(3), "added 1 commit", "@x"]),
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
