"""Perceval's files: several origins, several files, what was said beside a pull request, and what is broken."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.review import streams
from connectors.review.connector import ReviewConnector
from connectors.review.formats import readings
from connectors.review.model import Change, Discussion
from connectors.review.reading import Reading
from influence.errors import InputError
from tests.connectors.review.perceval_files import (
    FETCHED,
    at,
    comment,
    issue,
    item,
    on_line,
    person,
    pull,
    review,
    write,
)

ORIGIN = "https://github.com/acme/store"


def github(category: str, data: dict[str, Any], origin: str = ORIGIN, **more: Any) -> dict[str, Any]:
    return item("GitHub", category, origin, data, **more)


def read(path: Path) -> tuple[str, list[tuple[Reading, list[Change | Discussion]]]]:
    found, all_readings = readings(path)
    return found, [(reading, list(reading.items())) for reading in all_readings]


def one(path: Path) -> dict[str, Change | Discussion]:
    _, [(_, made)] = read(path)
    return {change.unit: change for change in made}


def test_a_pull_request_with_what_was_said_in_its_issue(tmp_path: Path) -> None:
    merged = {"merged_at": at(9), "closed_at": at(9), "merged_by": {"login": "mia"}, "merge_commit_sha": "a" * 40}
    heart = {"content": "heart", "created_at": at(6), **person("ada")}
    write(
        tmp_path / "pulls.json",
        [
            github(
                "pull_request",
                pull(
                    1,
                    "ada",
                    reviews_data=[review("bob", 3, "CHANGES_REQUESTED", "not yet", "MEMBER")],
                    review_comments_data=[on_line("bob", 3, None), on_line("cid", 4, 9, reactions_data=[heart])],
                    merged_by_data=person("mia", name="Mia M", email="mia@acme.example")["user_data"],
                    **merged,
                ),
            )
        ],
    )
    talk = [comment("dan", 5, "ACK, tested on arm"), comment("ada", 6, "thanks @dan")]
    with gzip.open(tmp_path / "issues.json.gz", "wt") as file:
        file.write(json.dumps(github("issue", issue(1, "ada", talk, is_pull=True))) + "\n")
        file.write(json.dumps(github("issue", issue(2, "eve", [comment("ada", 7, "I see")]))) + "\n")
    made = one(tmp_path)
    assert set(made) == {"1", "2"}
    change, other = made["1"], made["2"]
    assert isinstance(change, Change)
    assert isinstance(other, Discussion)
    assert change.known == {"lines", "threads", "merges"}
    assert change.author is not None
    assert (change.author.key, change.author.name) == ("login:ada", "Ada")
    assert change.merged_by is not None
    assert (change.merged_by.name, change.merged_by.email) == ("Mia M", "mia@acme.example")
    said = sorted((e.time.day, e.kind, e.actor.login if e.actor else "", e.state, e.changed) for e in change.events)
    assert said == [
        (3, "comment", "bob", "", True),
        (3, "review", "bob", "changes", None),
        (4, "comment", "cid", "", False),
        (5, "comment", "dan", "", None),
        (6, "comment", "ada", "", None),
        (6, "reaction", "ada", "", None),
    ]
    assert [event.target.login for event in change.events if event.target] == ["cid"]
    assert [commit.sha for commit in change.commits] == [f"{1:040x}"]
    exported = dt.datetime.fromtimestamp(FETCHED, dt.UTC).replace(tzinfo=None)
    assert [(who.login, role, since) for who, role, since in change.roles] == [("bob", "member", exported)]
    assert [event.actor.login for event in other.events if event.actor] == ["ada"]


def test_signals_of_it(tmp_path: Path) -> None:
    reviews = [review("bob", 3, "CHANGES_REQUESTED", "please test it"), review("cid", 4, "APPROVED")]
    lines = [on_line("bob", 3, None)]
    write(
        tmp_path / "pulls.json",
        [github("pull_request", pull(1, "ada", reviews_data=reviews, review_comments_data=lines, closed_at=at(9)))],
    )
    [made] = ReviewConnector(tmp_path).checkpoints()
    rows = made.tables["signals"].to_pylist()
    assert {(r["kind"], r["how"], r["leader"]) for r in rows} == {
        ("consults", "changes-requested", "login:bob"),
        ("heeds", "lines changed", "login:bob"),
    }
    assert made.harvest.repository == "github.com/acme/store"
    assert made.harvest.contact == "review"


def test_who_closed_it_is_told_by_the_issue(tmp_path: Path) -> None:
    talk = issue(1, "ada", [], is_pull=True) | {"closed_by": {"login": "mia"}}
    write(tmp_path / "i.json", [github("issue", talk), github("pull_request", pull(1, "ada", closed_at=at(8)))])
    change = one(tmp_path)["1"]
    assert [(e.kind, e.actor.login) for e in change.events if e.actor] == [("close", "mia")]


def test_a_pull_request_whose_issue_alone_was_fetched(tmp_path: Path) -> None:
    write(tmp_path / "i.json", [github("issue", issue(3, "ada", [comment("bob", 2, "ACK")], is_pull=True))])
    change = one(tmp_path)["3"]
    assert isinstance(change, Change)
    assert change.known == {"threads"}
    assert [e.body for e in change.events] == ["ACK"]


def test_several_origins_in_several_files_are_several_repositories(tmp_path: Path) -> None:
    other = "https://github.com/acme/shop"
    items = [github("pull_request", pull(n, "ada"), origin) for n, origin in ((1, ORIGIN), (1, other), (2, ORIGIN))]
    write(tmp_path / "a.json", items)
    write(tmp_path / "b.jsonl", [github("pull_request", pull(3, "ada"), other)])
    _, found = read(tmp_path)
    assert {r.label: sorted(c.unit for c in made) for r, made in found} == {
        "acme/store": ["1", "2"],
        "acme/shop": ["1", "3"],
    }
    sources = {c.harvest.source for c in ReviewConnector(tmp_path, repositories=("acme/shop",)).checkpoints()}
    assert sources == {"review:acme/shop"}
    with pytest.raises(InputError, match="nothing of nobody"):
        list(ReviewConnector(tmp_path, repositories=("nobody",)).checkpoints())


def test_indented_files_as_the_command_writes_them_by_default(tmp_path: Path) -> None:
    write(tmp_path / "a.json", [github("pull_request", pull(n, "ada")) for n in (1, 2)], indent=4)
    assert set(one(tmp_path)) == {"1", "2"}


def test_items_as_copied_out_of_an_index(tmp_path: Path) -> None:
    inside = github("pull_request", pull(1, "ada"))
    (tmp_path / "a.json").write_text(json.dumps({"_index": "x", "_id": "1", "_source": inside}) + "\n")
    assert set(one(tmp_path)) == {"1"}


def test_of_items_fetched_twice_the_newer_counts(tmp_path: Path) -> None:
    old = github("pull_request", pull(1, "ada", title="old"), updated=FETCHED - 100)
    new = github("pull_request", pull(1, "ada", title="new"), updated=FETCHED)
    for order in ([old, new], [new, old]):
        write(tmp_path / "a.json", order)
        assert one(tmp_path)["1"].title == "new"


def test_data_that_have_fields_like_the_envelope_do_not_mislead(tmp_path: Path) -> None:
    data = pull(1, "ada", origin="https://github.com/evil/twin", category="issue", body='"origin": "x"')
    write(tmp_path / "a.json", [github("pull_request", data)])
    _, [(reading, [change])] = read(tmp_path)
    assert (reading.label, change.unit) == ("acme/store", "1")


def gitlab_note(who: str, day: int, body: str, **more: Any) -> dict[str, Any]:
    author = {"username": who, "name": who.title()}
    return {"id": day * 10, "author": author, "body": body, "created_at": at(day), "system": False, **more}


def merge(**more: Any) -> dict[str, Any]:
    return {
        "id": 77,
        "iid": 7,
        "author": {"username": "ada", "name": "Ada"},
        "title": "Faster",
        "description": "",
        "web_url": "https://gitlab.example.org/group/sub/store/-/merge_requests/7",
        "created_at": at(1),
        "updated_at": at(20),
        "merged_at": at(20),
        "merged_by": {"username": "mia", "name": "Mia"},
        "source_branch": "fast",
        "target_branch": "main",
        **more,
    }


def test_a_merge_request_of_gitlab(tmp_path: Path) -> None:
    line = {"base_sha": "1", "head_sha": "2", "new_path": "a.rb", "old_path": "a.rb", "new_line": 3, "old_line": None}
    thumb = {"name": "thumbsup", "user": {"username": "dan"}, "created_at": at(4)}
    notes = [
        gitlab_note("bob", 2, "why?", type="DiffNote", position=line, award_emoji_data=[thumb]),
        gitlab_note(
            "ada", 3, "changed this line in [version 2 of the diff]", system=True, type="DiffNote", position=line
        ),
        gitlab_note("ada", 3, "added 1 commit\n\n* abc", system=True),
        gitlab_note("bob", 5, "approved this merge request", system=True),
        gitlab_note("cid", 6, "nice"),
    ]
    versions = [
        {"created_at": at(3), "commits": [{"id": "b" * 40, "author_name": "Ada", "author_email": "a@x.example"}]},
        {"created_at": at(1), "commits": [{"id": "c" * 40}]},
    ]
    write(
        tmp_path / "gl.json",
        [
            item(
                "GitLab",
                "merge_request",
                "https://gitlab.example.org/group%2Fsub/store",
                merge(notes_data=notes, versions_data=versions),
            ),
            item(
                "GitLab",
                "issue",
                "https://gitlab.example.org/group%2Fsub/store",
                merge(iid=3, notes_data=[gitlab_note("bob", 2, "same here")]),
            ),
        ],
    )
    _, [(reading, made)] = read(tmp_path)
    assert reading.repository == "gitlab.example.org/group/sub/store"
    by_unit = {change.unit: change for change in made}
    assert set(by_unit) == {"7", "issue:3"}
    change = by_unit["7"]
    assert isinstance(change, Change)
    kinds = sorted((e.time.day, e.kind, e.actor.login if e.actor else "") for e in change.events)
    assert kinds == [
        (2, "comment", "bob"),
        (3, "push", "ada"),
        (4, "reaction", "dan"),
        (5, "review", "bob"),
        (6, "comment", "cid"),
        (20, "merge", "mia"),
    ]
    assert [e.changed for e in change.events if e.path] == [True]
    assert [commit.sha for commit in change.commits] == ["b" * 40]


def test_what_is_broken_is_counted_and_the_rest_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LONGEST_LINE", 4000)
    good = json.dumps(github("pull_request", pull(1, "ada")))
    lines = [
        good,
        '{"backend_name": "GitHub", "category": ',
        json.dumps({"something": "else"}),
        json.dumps(item("Git", "commit", "https://github.com/acme/store", {"id": 1})),
        json.dumps(github("pull_request", pull(2, "ada", created_at="yesterday"))),
        json.dumps(github("pull_request", pull(3, "ada", body="x" * 5000))),
        json.dumps(github("pull_request", pull(4, '<b onload="x">\x1b[2J', title="a\ud800b"))),
    ]
    (tmp_path / "a.json").write_text("\n".join(lines) + "\n")
    packed = gzip.compress(("\n".join(json.dumps(github("issue", issue(n, "ada", []))) for n in range(5, 99))).encode())
    (tmp_path / "b.json.gz").write_bytes(packed[: len(packed) // 2])
    [made] = ReviewConnector(tmp_path).checkpoints()
    problems = {what: count for what, count, _ in made.harvest.problems}
    assert problems == {
        "lines that are no JSON": 1,
        "items that are none of Perceval's": 1,
        "items that hold no review": 1,
        "items that hold no change or issue": 1,
        "lines that are too long": 1,
        "files that end too early": 1,
    }
    assert made.harvest.counts["changes"] == 2
    assert made.harvest.counts["discussions"] > 5


def test_no_reviews_in_it_is_said(tmp_path: Path) -> None:
    write(tmp_path / "a.json", [item("Git", "commit", "https://github.com/acme/store", {"id": 1})])
    with pytest.raises(InputError, match="no review that Perceval fetched"):
        readings(tmp_path)


malformed = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("2024-01-02T03:04:05Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["user", "login", "id"]), inner),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_an_item_nothing_fails(tmp_path: Path, data: st.DataObject) -> None:
    _nothing_fails(tmp_path, data)


@pytest.mark.soak
@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_an_item_nothing_fails_at_length(tmp_path: Path, data: st.DataObject) -> None:
    _nothing_fails(tmp_path, data)


def _nothing_fails(tmp_path: Path, data: st.DataObject) -> None:
    of_github = pull(1, "ada", reviews_data=[review("bob", 3, "APPROVED")], review_comments_data=[on_line("b", 3, 1)])
    of_issue = issue(1, "ada", [comment("bob", 2, "ACK")], is_pull=True)
    of_gitlab = merge(notes_data=[gitlab_note("bob", 2, "hm")], versions_data=[{"created_at": at(3), "commits": []}])
    kinds = (
        github("pull_request", of_github),
        github("issue", of_issue),
        item("GitLab", "merge_request", "https://gitlab.com/a/b", of_gitlab),
    )
    items = [json.loads(json.dumps(kind)) for kind in kinds]
    for broken in items:
        target: Any = data.draw(st.sampled_from([broken, broken["data"]]))
        for name in data.draw(st.lists(st.sampled_from(sorted(target)), max_size=3)):
            inside = target[name]
            if (
                isinstance(inside, list)
                and inside
                and inside[0]
                and isinstance(inside[0], dict)
                and data.draw(st.booleans())
            ):
                key = data.draw(st.sampled_from(sorted(inside[0])))
                inside[0][key] = data.draw(malformed)
            else:
                target[name] = data.draw(malformed)
            if target is broken and name == "data":
                break
    write(tmp_path / "a.json", items)
    try:
        for made in ReviewConnector(tmp_path, format="perceval").checkpoints():
            assert made.harvest.source.startswith("review:")
    except InputError:
        pass
