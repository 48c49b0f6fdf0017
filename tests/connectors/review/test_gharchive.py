"""Hours of GH Archive of before and after October 2025: what can be known of each, filtered as they stream by."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.review.connector import ReviewConnector
from connectors.review.formats import readings
from connectors.review.model import Change, Discussion
from influence.errors import InputError
from tests.connectors.review.test_perceval import malformed

PAGE = "https://github.com/acme/store"


def at(day: int) -> str:
    return f"2025-03-{day:02d}T12:00:00Z"


def user(login: str) -> dict[str, Any]:
    return {"login": login, "id": 1, "type": "Bot" if login.endswith("[bot]") else "User", "site_admin": False}


def whole(**more: Any) -> dict[str, Any]:
    """A pull request as events had it until October 2025."""
    side = {"sha": "0" * 40, "repo": {"id": 3, "name": "store", "full_name": "acme/store"}}
    return {
        "url": "https://api.github.com/repos/acme/store/pulls/7",
        "id": 70,
        "number": 7,
        "html_url": f"{PAGE}/pull/7",
        "title": "Keep the keys",
        "body": "They were lost, as @eve said.",
        "user": user("ada"),
        "author_association": "CONTRIBUTOR",
        "created_at": at(1),
        "updated_at": at(9),
        "closed_at": None,
        "merged_at": None,
        "merged": False,
        "head": side | {"ref": "keys"},
        "base": side | {"ref": "main"},
        **more,
    }


def bare(**more: Any) -> dict[str, Any]:
    """A pull request as events have it since."""
    side = {"sha": "0" * 40, "repo": {"id": 3, "url": "https://api.github.com/repos/acme/store", "name": "store"}}
    url = "https://api.github.com/repos/acme/store/pulls/7"
    return {"url": url, "id": 70, "number": 7, "head": side | {"ref": "keys"}, "base": side | {"ref": "main"}, **more}


def event(kind: str, who: str, day: int, payload: dict[str, Any], repo: str = "acme/store") -> dict[str, Any]:
    return {
        "id": str(1000 + day),
        "type": kind,
        "actor": {"id": 1, "login": who, "display_login": who, "url": f"https://api.github.com/users/{who}"},
        "repo": {"id": 3, "name": repo, "url": f"https://api.github.com/repos/{repo}"},
        "payload": payload,
        "public": True,
        "created_at": at(day),
    }


def said(who: str, day: int, body: str, association: str = "NONE", **more: Any) -> dict[str, Any]:
    url = f"{PAGE}/pull/7#said-{day}"
    base = {"id": 100 + day, "user": user(who), "body": body, "html_url": url, "author_association": association}
    return base | {"created_at": at(day)} | more


def life(pull: Any, closing: str = "closed", **end: Any) -> list[dict[str, Any]]:
    review = said("bob", 3, "keep the other ones too", "MEMBER", state="changes_requested", submitted_at=at(3))
    line = said("bob", 3, "this one", path="store.py", line=3, original_line=3, pull_request_review_id=103)
    issue = {
        "number": 7,
        "html_url": f"{PAGE}/pull/7",
        "title": "Keep the keys",
        "user": user("ada"),
        "created_at": at(1),
        "pull_request": {"url": "https://api.github.com/repos/acme/store/pulls/7"},
    }
    return [
        event("PullRequestEvent", "ada", 1, {"action": "opened", "number": 7, "pull_request": pull()}),
        event("PushEvent", "ada", 2, {"commits": []}),
        event("PullRequestReviewEvent", "bob", 3, {"action": "created", "review": review, "pull_request": pull()}),
        event(
            "PullRequestReviewCommentEvent", "bob", 4, {"action": "created", "comment": line, "pull_request": pull()}
        ),
        event("IssueCommentEvent", "cid", 5, {"action": "created", "comment": said("cid", 5, "ACK"), "issue": issue}),
        event("PullRequestEvent", "mia", 9, {"action": closing, "number": 7, "pull_request": pull(**end)}),
    ]


def write(path: Path, events: list[dict[str, Any]]) -> Path:
    data = "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in events)
    path.write_bytes(gzip.compress(data.encode()) if path.suffix == ".gz" else data.encode())
    return path


def one(path: Path) -> Change:
    found, [reading] = readings(path)
    [made] = reading.items()
    assert found == "gharchive"
    assert isinstance(made, Change)
    return made


def test_a_life_spread_over_hours_before_october_2025(tmp_path: Path) -> None:
    end = {
        "merged": True,
        "merged_at": at(9),
        "closed_at": at(9),
        "merged_by": user("mia"),
        "merge_commit_sha": "a" * 40,
    }
    events = life(whole, **end)
    for number, hour in enumerate((events[3:], events[:3])):
        write(tmp_path / f"2025-03-01-{number}.json.gz", hour)
    made = one(tmp_path)
    assert made.known == {"threads", "merges"}
    assert made.author is not None
    assert (made.author.login, made.title, made.own_branch) == ("ada", "Keep the keys", True)
    assert made.merged_by is not None
    assert (made.merged_by.login, made.merge_commit) == ("mia", "a" * 40)
    day = {dt.datetime(2025, 3, number, 12): number for number in range(1, 32)}
    seen = sorted((day[e.time], e.kind, e.actor.login, e.state, e.path, e.changed) for e in made.events if e.actor)
    assert seen == [
        (3, "comment", "bob", "", "store.py", None),
        (3, "review", "bob", "changes", None, None),
        (5, "comment", "cid", "", None, None),
        (9, "merge", "mia", "", None, None),
    ]
    assert [(who.login, role, day[since]) for who, role, since in made.roles] == [("bob", "member", 3)]


def test_since_october_2025_who_opened_is_told_and_whether_it_was_merged_is_not(tmp_path: Path) -> None:
    made = one(write(tmp_path / "2025-10-09-1.json.gz", life(bare)))
    assert made.author is not None
    assert (made.author.login, made.body, made.onto, made.own_branch) == ("ada", "", "main", True)
    assert (made.merged, made.merged_by, made.known) == (None, None, {"threads"})
    assert made.closed == dt.datetime(2025, 3, 9, 12)
    merged = one(write(tmp_path / "2025-10-09-1.json.gz", life(bare, closing="merged")))
    assert merged.merged_by is not None
    assert (merged.merged_by.login, merged.known) == ("mia", {"threads", "merges"})


def test_where_the_opening_was_not_read_the_author_is_unknown(tmp_path: Path) -> None:
    events = life(bare)
    _, [reading] = readings(write(tmp_path / "2025-10-09-1.json.gz", events[2:4]))
    [made] = reading.items()
    assert (made.author, made.created) == (None, dt.datetime(2025, 3, 3, 12))
    assert sum(reading.problems.values()) == 1
    assert one(write(tmp_path / "2025-10-09-1.json.gz", events[2:5])).author is not None  # its issue tells


def test_both_shapes_give_the_same_advice(tmp_path: Path) -> None:
    rows = []
    for name, pull in (("a", whole), ("b", bare)):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "2025-03-01-1.json.gz", life(pull))
        [made] = ReviewConnector(tmp_path / name).checkpoints()
        signals = made.tables["signals"].to_pylist()
        rows.append([(r["kind"], r["how"], r["leader"], r["time"]) for r in signals if r["kind"] == "consults"])
    assert rows[0] == rows[1]
    assert rows[0]


def test_only_what_is_wanted_is_kept(tmp_path: Path) -> None:
    issue = {"number": 3, "user": user("eve"), "created_at": at(1), "html_url": f"{PAGE}/issues/3", "title": "Lost"}
    others = [
        event("IssuesEvent", "eve", 1, {"action": "opened", "issue": issue}, repo)
        for repo in ("acme/shop", "zeta/store", "acme/store")
    ]
    write(tmp_path / "2025-03-01-1.json", life(whole) + others)
    labels = {reading.label for reading in readings(tmp_path)[1]}
    assert labels == {"acme/store", "acme/shop", "zeta/store"}
    kept = {made.harvest.label for made in ReviewConnector(tmp_path, repositories=("acme",)).checkpoints()}
    assert kept == {"acme/store", "acme/shop"}
    [made] = ReviewConnector(tmp_path, repositories=("Acme/Store",)).checkpoints()
    assert made.harvest.counts["discussions"] == 1
    [reading] = (one for one in readings(tmp_path)[1] if one.label == "acme/shop")
    assert [type(item) for item in reading.items()] == [Discussion]


def test_an_hour_that_stands_there_twice_counts_once(tmp_path: Path) -> None:
    for name in ("2025-03-01-1.json", "2025-03-01-1 (copy).json"):
        write(tmp_path / name, life(whole))
    assert len(one(tmp_path).events) == 4


def test_what_is_broken_is_counted_and_the_rest_is_kept(tmp_path: Path) -> None:
    events = life(whole)
    write(tmp_path / "2025-03-01-1.json.gz", events)
    data = "".join(json.dumps(one) + "\n" for one in events * 200).encode()
    packed = gzip.compress(data)
    (tmp_path / "2025-03-01-2.json.gz").write_bytes(packed[: len(packed) // 2])
    broken = [
        '{"id":"1","type":"PullRequestEvent","actor":',
        json.dumps(event("PullRequestEvent", "ada", 1, {"action": "opened"})),
        json.dumps({"type": "PullRequestEvent", "repository": {"name": "store"}, "created_at": "2012/03/10"}),
    ]
    (tmp_path / "2025-03-01-3.json").write_text("\n".join(broken) + "\n")
    [made] = ReviewConnector(tmp_path).checkpoints()
    assert {what: count for what, count, _ in made.harvest.problems} == {
        "files that end too early": 1,
        "lines that are no JSON": 1,
        "events that lack something": 1,
        "events of before 2015": 1,
    }
    assert made.harvest.counts["reviews"] == 1
    with pytest.raises(InputError, match="no event of GH Archive's"):
        readings(write(tmp_path / "empty.json", []), "gharchive")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_an_event_nothing_fails(tmp_path: Path, data: st.DataObject) -> None:
    _nothing_fails(tmp_path, data)


@pytest.mark.soak
@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_an_event_nothing_fails_at_length(tmp_path: Path, data: st.DataObject) -> None:
    _nothing_fails(tmp_path, data)


def _nothing_fails(tmp_path: Path, data: st.DataObject) -> None:
    events = json.loads(json.dumps(life(data.draw(st.sampled_from([whole, bare])))))
    inner = [*events, *(one["payload"] for one in events)]
    inner.extend(part for one in events for part in one["payload"].values() if isinstance(part, dict))
    for target in data.draw(st.lists(st.sampled_from(inner), max_size=4)):
        target[data.draw(st.sampled_from(sorted(target)))] = data.draw(malformed)
    write(tmp_path / "2025-03-01-1.json", events)
    with contextlib.suppress(InputError):
        list(ReviewConnector(tmp_path, format="gharchive").checkpoints())
