"""Backups of GitHub as people have them: folders, clones that are bare, broken files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.review.connector import ReviewConnector
from influence.errors import InputError
from influence.schema import Checkpoint
from influence.workspace import Workspace
from tests.conftest import Repo

PAGE = "https://github.com/acme/store"


def user(login: str, kind: str = "User") -> dict[str, Any] | None:
    return None if login == "ghost" else {"login": login, "type": kind}


def pull(number: int, author: str, **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "html_url": f"{PAGE}/pull/{number}",
        "user": user(author),
        "title": f"Change {number}",
        "body": "",
        "created_at": "2024-01-01T10:00:00Z",
        "updated_at": "2024-02-01T10:00:00Z",
        "merged_at": None,
        "closed_at": None,
        "head": {"ref": f"topic-{number}", "repo": {"full_name": "acme/store"}},
        "base": {"ref": "main", "repo": {"full_name": "acme/store"}},
        "author_association": "CONTRIBUTOR",
        **more,
    }


def at(day: int, hour: int = 12) -> str:
    return f"2024-01-{day:02d}T{hour:02d}:00:00Z"


def commented(who: str, day: int, body: str) -> dict[str, Any]:
    url = f"{PAGE}/pull/1#issuecomment-{day}"
    return {"event": "commented", "id": day, "user": user(who), "created_at": at(day), "body": body, "html_url": url}


def reviewed(who: str, day: int, state: str, body: str | None = None) -> dict[str, Any]:
    return {"event": "reviewed", "id": day, "user": user(who), "submitted_at": at(day), "state": state, "body": body}


def event(kind: str, who: str, day: int, **more: Any) -> dict[str, Any]:
    return {"event": kind, "id": day, "actor": user(who), "created_at": at(day), **more}


def committed(sha: str, day: int, name: str = "Ann Able", email: str = "ann@example.org") -> dict[str, Any]:
    who = {"name": name, "email": email, "date": at(day)}
    return {"event": "committed", "sha": sha * 40, "author": who, "committer": who, "message": "x"}


def on_line(who: str, day: int, *, gone: bool, number: int = 0, to: int | None = None) -> dict[str, Any]:
    return {
        "id": 100 + day + number,
        "in_reply_to_id": to,
        "pull_request_review_id": None,
        "user": user(who),
        "created_at": at(day),
        "body": "This leaks when the disk is full.",
        "path": "store/disk.py",
        "line": None if gone else 7,
        "original_line": 7,
        "html_url": f"{PAGE}/pull/1#discussion_r{day}",
    }


def write(
    folder: Path,
    changes: dict[int, tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]],
    issues: dict[int, tuple[dict[str, Any], list[dict[str, Any]]]] | None = None,
) -> Path:
    (folder / "pulls").mkdir(parents=True, exist_ok=True)
    (folder / "issues").mkdir(exist_ok=True)
    (folder / "state.json").write_text(json.dumps({"version": 2, "last_backup": "2025-01-01T00:00:00Z"}))
    for number, (page, events, comments) in changes.items():
        value = {"type": "pull", "pull": page, "events": events, "comments": comments}
        (folder / "pulls" / f"{number}.json").write_text(json.dumps(value))
    for number, (page, events) in (issues or {}).items():
        value = {"type": "issue", "issue": page, "events": events}
        (folder / "issues" / f"{number}.json").write_text(json.dumps(value))
    return folder


def read(path: Path, **options: Any) -> Checkpoint:
    (made,) = ReviewConnector(path, **options).checkpoints()
    return made


def signals(made: Checkpoint, kind: str) -> list[tuple[Any, ...]]:
    rows = made.tables["signals"].to_pylist()
    wanted = ("unit", "how", "follower", "leader", "asked_by", "required")
    return sorted((tuple(row[name] for name in wanted) for row in rows if row["kind"] == kind), key=repr)


def test_a_review_that_was_asked_for_is_free_and_one_that_was_not_is_unknown(tmp_path: Path) -> None:
    events = [
        event("review_requested", "ann", 2, requested_reviewer=user("bo"), review_requester=user("ann")),
        event("review_requested", "cy", 2, requested_reviewer=user("cy"), review_requester=user("cy")),
        reviewed("bo", 3, "CHANGES_REQUESTED", "The lock is taken twice."),
        reviewed("cy", 4, "APPROVED", "The lock is right now."),
        reviewed("di", 5, "COMMENTED", "What about the other lock?"),
        reviewed("ghost", 6, "APPROVED", "Yes, the lock."),
    ]
    made = read(write(tmp_path / "b", {1: (pull(1, "ann"), events, [])}))
    assert signals(made, "consults") == [
        ("1", "approved", "login:ann", "login:cy", "login:cy", None),
        ("1", "changes-requested", "login:ann", "login:bo", "login:ann", None),
        ("1", "commented", "login:ann", "login:di", None, None),
    ]
    assert made.harvest.counts["comments by unknown people"] == 1
    assert made.harvest.contact == "review"


def test_a_bare_approval_is_contact_until_something_comes_of_it(tmp_path: Path) -> None:
    bare = [reviewed("bo", 3, "APPROVED"), commented("cy", 4, "utACK 1234567")]
    page = pull(1, "ann", merged_at=at(9), closed_at=at(9))
    made = read(write(tmp_path / "b", {1: (page, bare, [])}))
    assert not signals(made, "consults")
    assert {row["actor"] for row in made.tables["acts"].to_pylist()} == {"login:ann", "login:bo", "login:cy"}
    answered = read(write(tmp_path / "c", {1: (page, [*bare, commented("ann", 5, "Rebased for you.")], [])}))
    assert [row[3] for row in signals(answered, "consults")] == ["login:cy", "login:bo"]
    assert not read(tmp_path / "b", strict=True).tables["signals"].num_rows
    assert len(signals(read(tmp_path / "b", strict=False), "consults")) == 2


def test_lines_that_changed_under_a_comment_and_answers_with_a_push_are_heeded(tmp_path: Path) -> None:
    events = [committed("a", 1), committed("b", 6), event("head_ref_force_pushed", "ann", 8)]
    comments = [
        on_line("bo", 3, gone=True),
        on_line("cy", 4, gone=False),
        on_line("ann", 5, gone=False, to=104) | {"body": "Good catch: done."},
        on_line("di", 7, gone=False),
        on_line("ed", 9, gone=True),
    ]
    made = read(write(tmp_path / "b", {1: (pull(1, "ann", created_at=at(1, 20)), events, comments)}))
    heeds = {(how, leader) for _, how, _, leader, _, _ in signals(made, "heeds")}
    # Nobody answered di, and nothing was pushed after ed.
    assert heeds == {("lines changed", "login:bo"), ("answered", "login:cy")}
    (row,) = [
        row for row in made.tables["signals"].to_pylist() if row["leader"] == "login:bo" and row["kind"] == "heeds"
    ]
    assert row["path"] == "store/disk.py"
    assert row["evidence"] == f"{PAGE}/pull/1#discussion_r3"
    assert row["time"].day == 6


def test_grounds_and_unmerged_work_lead(tmp_path: Path) -> None:
    changes = {
        1: (pull(1, "ann"), [commented("bo", 3, "I would do it as @eve did in #7.")], []),
        2: (pull(2, "cy", body="Stacked on #1.\n\n> picks up #3", created_at=at(4)), [], []),
        3: (pull(3, "di", created_at=at(2), base={"ref": "topic-1", "repo": {"full_name": "acme/store"}}), [], []),
        4: (pull(4, "ed", body=f"Supersedes {PAGE}/pull/3, not bitcoin/bitcoin#1.", created_at=at(5)), [], []),
        5: (pull(5, "fay", body="Based on #1", created_at=at(20)), [], []),
    }
    changes[1][0].update(merged_at=at(19), closed_at=at(19))
    made = read(write(tmp_path / "b", changes))
    assert signals(made, "mentions") == [("1", "named", "login:bo", "login:eve", None, None)]
    assert signals(made, "builds_on") == [
        ("2", "stacked", "login:cy", "login:ann", None, None),
        ("3", "stacked", "login:di", "login:ann", None, None),
        ("4", "taken over", "login:ed", "login:di", None, None),
    ]


def test_who_ends_an_issue_meets_whoever_opened_it(tmp_path: Path) -> None:
    link = event("connected", "max", 8)
    two = event("connected", "max", 9)
    changes = {
        1: (pull(1, "ann", created_at=at(5), body=f"Closes {PAGE}/issues/4 and fixes #9, fixes #2"), [], []),
        2: (pull(2, "bo", created_at=at(6)), [link], []),
        3: (pull(3, "cy", created_at=at(6)), [two], []),
    }
    issues = {
        4: (pull(4, "di", created_at=at(3)), []),
        5: (pull(5, "ed", created_at=at(7)), [link]),
        6: (pull(6, "fay", created_at=at(3)), [two]),  # two issues, tied in one moment: nobody knows to which
        7: (pull(7, "gus", created_at=at(3)), [two]),
    }
    made = read(write(tmp_path / "b", changes, issues))
    acts = [row for row in made.tables["acts"].to_pylist() if row["kind"] == "contact"]
    assert [(row["unit"], row["actor"], row["counterpart"], row["time"].day) for row in acts] == [
        ("1", "login:ann", "login:di", 5),
        ("2", "login:bo", "login:ed", 7),
    ]
    assert made.tables["signals"].num_rows == 0, "nobody is followed for a report"
    assert made.harvest.counts["issues closed by changes"] == 2
    assert made.harvest.counts["references to what was not read"] == 1


def test_who_merges_the_work_of_others_has_the_right_from_then_on(tmp_path: Path) -> None:
    page = pull(1, "ann", merged_at=at(9), closed_at=at(9), merged_by=user("max"))
    events = [reviewed("max", 4, "APPROVED", "Good: the lock."), event("merged", "max", 9), event("closed", "max", 9)]
    own = pull(2, "bo", merged_at=at(5), closed_at=at(5))
    told = [event("merged", "bo", 5), commented("eve", 6, "Done as @max suggested elsewhere.")]
    backup = write(tmp_path / "b", {1: (page, events, []), 2: (own, told, [])})
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(read(backup))
    from influence.findings import analyse

    findings = analyse(workspace)
    formal = findings.leaders.set_index("person")["formal"].to_dict()
    assert formal == {"max": ["merge right of acme/store"]}
    # Who reviews with that right is not followed freely; what is said of them elsewhere is no matter of power.
    assert findings.edges.set_index("kind")["occasion"].to_dict() == {"consults": "obliged", "mentions": "unknown"}
    # Before it was used nobody knew of it.
    with workspace.read() as connection:
        assert connection.execute("SELECT count(*) FROM authority").fetchall() == [(0,)]


def test_standings_count_from_the_day_of_the_backup(tmp_path: Path) -> None:
    events = [{**commented("max", 3, "I see what @ann did."), "author_association": "OWNER"}]
    made = read(write(tmp_path / "b", {1: (pull(1, "ann", author_association="MEMBER"), events, [])}))
    rows = {(row["leader"], row["role"], row["since"].isoformat()) for row in made.tables["authority"].to_pylist()}
    assert rows == {("login:max", "owner", "2025-01-01T00:00:00"), ("login:ann", "member", "2025-01-01T00:00:00")}


def test_who_set_the_assistant_to_work_follows(tmp_path: Path) -> None:
    page = {**pull(1, "x"), "user": user("Copilot", "Bot")}
    events = [
        event("copilot_work_started", "ann", 1),
        reviewed("bo", 3, "CHANGES_REQUESTED", "The lock is taken twice."),
        reviewed("ann", 4, "CHANGES_REQUESTED", "And the door is open."),
        event("head_ref_force_pushed", "ann", 5),
    ]
    made = read(write(tmp_path / "b", {1: (page, events, [])}))
    rows = [(r["kind"], r["follower"], r["leader"], r["follower_via"]) for r in made.tables["signals"].to_pylist()]
    assert rows == [("consults", "login:ann", "login:bo", "login:copilot[bot]")]


def test_a_clone_that_is_bare_is_read_like_a_folder(tmp_path: Path) -> None:
    events = [reviewed("bo", 3, "APPROVED", "The lock is right."), committed("a", 1)]
    folder = write(
        tmp_path / "b",
        {1: (pull(1, "ann"), events, [])},
        {2: (pull(2, "cy"), [commented("bo", 4, "@ann's fix helps")])},
    )
    repo = Repo(tmp_path / "work")
    repo.commit(
        {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.json")}, "A B <a@b.c>", "2024-01-01"
    )
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare.git"))
    here, there = read(folder), read(tmp_path / "bare.git")
    assert here.tables == there.tables
    assert signals(there, "mentions") == [("2", "named", "login:bo", "login:ann", None, None)]


def test_a_page_and_its_repository_become_one(tmp_path: Path) -> None:
    from influence import doors

    repo = Repo(tmp_path / "store")
    repo.commit({"a.py": "x = 1\ny = 2\n"}, "Bo Bold <bo@example.org>", "2023-12-01")
    sha = repo.commit(
        {"a.py": "x = 3\n"},
        "Ann Able <ann@example.org>",
        "2024-01-01",
        "Fix (#1)\n\nReviewed-by: Bo Bold <bo@example.org>",
    )
    page = pull(1, "ann", merged_at=at(9), closed_at=at(9), merge_commit_sha=repo.git("rev-parse", "HEAD"))
    events = [reviewed("bo", 3, "APPROVED", "The lock is right."), committed("a", 1)]
    bold = [committed("c", 1, "Bo Bold", "bo@example.org")]
    others = {2: (pull(2, "ann"), [committed("b", 1)], []), 3: (pull(3, "bo"), bold, []), 4: (pull(4, "bo"), bold, [])}
    backup = write(tmp_path / "b", {1: (page, events, []), **others})
    first = Workspace(tmp_path / "1.duckdb")
    doors.collect_review([backup], first)
    doors.collect_git([repo.path], first)
    second = Workspace(tmp_path / "2.duckdb")
    doors.collect_git([repo.path], second)
    doors.collect_review([backup], second)
    doors.collect_review([backup], second)

    def rows(workspace: Workspace) -> list[Any]:
        with workspace.read() as connection:
            assert len(connection.execute("SELECT DISTINCT repository FROM signals").fetchall()) == 1
            return connection.execute("SELECT * FROM signals ORDER BY ALL").fetchall()

    assert rows(first) == rows(second)
    assert sha
    # The trailer of the commit and the review that it tells of are one.
    from influence.findings import analyse

    assert ("pieces of advice", 1) in [(what, count) for what, count, _ in analyse(first).meta["left_out"]]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pull": []}', b'{"pull": {"number": "1"}}', b"\xff\xfe\x00"])
def test_a_file_that_holds_no_pull_request_costs_only_itself(tmp_path: Path, content: bytes) -> None:
    folder = write(tmp_path / "b", {1: (pull(1, "ann"), [reviewed("bo", 3, "APPROVED", "Good lock.")], [])})
    (folder / "pulls" / "2.json").write_bytes(content)
    made = read(folder)
    assert made.harvest.counts["changes"] == 1
    assert [(count, what) for what, count, _ in made.harvest.problems] == [
        (1, "files that hold no pull request or issue")
    ]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InputError, match="no export of reviews"):
        read(tmp_path)
    with pytest.raises(InputError, match="there is no format"):
        read(tmp_path, format="nonsense")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20) | st.just(at(3)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["user", "login", "type", "event", "created_at", "submitted_at", "body", "id", "line", "state", "author"]
    ), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


_ANY = given(
    page=st.dictionaries(st.sampled_from(sorted(pull(1, "a"))), _JSON),
    events=st.lists(_JSON, max_size=4),
    seed=st.integers(0, 10**6),
)
_OFTEN = {"suppress_health_check": [HealthCheck.function_scoped_fixture], "deadline": None}


@settings(max_examples=50, **_OFTEN)
@_ANY
def test_values_of_any_kind_never_stop_it(tmp_path: Path, page: Any, events: Any, seed: int) -> None:
    _never_stops(tmp_path, page, events, seed)


@pytest.mark.soak
@settings(max_examples=2000, **_OFTEN)
@_ANY
def test_values_of_any_kind_never_stop_it_at_length(tmp_path: Path, page: Any, events: Any, seed: int) -> None:
    _never_stops(tmp_path, page, events, seed)


def _never_stops(tmp_path: Path, page: Any, events: Any, seed: int) -> None:
    folder = write(tmp_path / str(seed), {1: (pull(1, "ann"), [reviewed("bo", 3, "APPROVED", "Good lock.")], [])})
    value = {"pull": {**pull(2, "cy"), **page}, "events": events, "comments": events}
    (folder / "pulls" / "2.json").write_text(json.dumps(value))
    made = read(folder)
    assert made.harvest.counts["changes"] >= 1
    for table in made.tables.values():
        table.validate(full=True)
