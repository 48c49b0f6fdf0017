"""What a query prints, bare and in Perceval's items: votes, comments without dates, patch sets, and what is broken."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.review.connector import ReviewConnector
from connectors.review.formats import readings
from connectors.review.model import Change
from influence.errors import InputError
from tests.connectors.review.perceval_files import item, write
from tests.connectors.review.test_perceval import malformed

START = 1700000000
DAY = 86400
STATS = {"type": "stats", "rowCount": 1, "runTimeMilliseconds": 9, "moreChanges": False}


def who(name: str) -> dict[str, str]:
    return {"name": name.title(), "email": f"{name}@acme.example", "username": name}


def said(name: str, day: int, message: str) -> dict[str, Any]:
    return {"timestamp": START + day * DAY, "reviewer": who(name), "message": message}


def patch_set(number: int, day: int, kind: str = "REWORK", **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "revision": f"{number:040x}",
        "uploader": who("ada"),
        "author": who("ada"),
        "createdOn": START + day * DAY,
        "kind": kind,
        **more,
    }


def vote(name: str, day: int, value: int, kind: str = "Code-Review") -> dict[str, Any]:
    return {"type": kind, "value": str(value), "grantedOn": START + day * DAY, "by": who(name)}


def change(number: int = 12, **more: Any) -> dict[str, Any]:
    return {
        "project": "acme/store",
        "branch": "master",
        "id": "I" + "a" * 40,
        "number": number,
        "subject": "Keep the keys",
        "owner": who("ada"),
        "url": f"https://review.acme.example/c/acme/store/+/{number}",
        "commitMessage": "Keep the keys\n\nThey were lost.\n",
        "createdOn": START,
        "lastUpdated": START + 20 * DAY,
        "open": False,
        "status": "MERGED",
        "comments": [
            said("ada", 0, "Uploaded patch set 1."),
            said("bob", 1, "Patch Set 1: Code-Review-1\n\n(1 comment)\n\nWhy not keep them all?"),
            said("jenkins", 1, "Patch Set 1: Verified+1\n\nBuild succeeded."),
            said("cid", 2, "Patch Set 1:\n\n(1 comment)"),
            said("ada", 3, "Uploaded patch set 2."),
            said("bob", 5, "Patch Set 3: Code-Review+2"),
            said("mia", 6, "Change has been successfully merged by Mia"),
        ],
        "patchSets": [
            patch_set(
                1,
                0,
                comments=[
                    {"file": "store.py", "line": 3, "reviewer": who("bob"), "message": "this one too"},
                    {"file": "/COMMIT_MSG", "line": 1, "reviewer": who("cid"), "message": "typo"},
                    {"file": "store.py", "line": 9, "reviewer": who("nobody"), "message": "never sent"},
                ],
            ),
            patch_set(2, 3),
            patch_set(
                3,
                4,
                "TRIVIAL_REBASE",
                approvals=[
                    vote("bob", 5, 2),
                    vote("dan", 5, 1),
                    vote("jenkins", 5, 2, "Verified"),
                    vote("mia", 6, 1, "SUBM"),
                ],
            ),
        ],
        "allReviewers": [who("bob"), who("cid"), who("eve")],
        **more,
    }


def put(path: Path, changes: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in [*changes, STATS]))
    return path


def read(path: Path) -> list[Change]:
    return [made for reading in readings(path)[1] for made in reading.items() if isinstance(made, Change)]


def test_a_change_with_all_that_a_query_tells(tmp_path: Path) -> None:
    path = put(tmp_path / "query.json", [change()])
    found, [reading] = readings(path)
    [made] = reading.items()
    assert isinstance(made, Change)
    assert (found, reading.repository) == ("gerrit-query", "review.acme.example/acme/store")
    assert made.known == {"pushes", "threads", "merges"}
    assert made.author is not None
    assert made.author.key == "Ada <ada@acme.example>"
    assert made.merged_by is not None
    assert made.merged_by.name == "Mia"
    assert made.merged == dt.datetime.fromtimestamp(START + 6 * DAY, dt.UTC).replace(tzinfo=None)
    assert made.url == "https://review.acme.example/c/acme/store/+/12"
    day = {made.created + dt.timedelta(days=number): number for number in range(30)}
    events = sorted(
        (day[e.time], e.kind, e.actor.name if e.actor else "", e.state, e.vote, e.path or "") for e in made.events
    )
    assert events == [
        (1, "comment", "Bob", "", 0, "store.py"),
        (1, "comment", "Jenkins", "", 0, ""),
        (1, "review", "Bob", "changes", -1, ""),
        (2, "comment", "Cid", "", 0, ""),
        (3, "push", "Ada", "", 0, ""),
        (5, "review", "Bob", "approved", 2, ""),
        (5, "review", "Dan", "vote", 1, ""),
        (6, "merge", "Mia", "", 0, ""),
    ]
    assert reading.problems == {("comments on lines without a date", "no message was published with them"): 1}


def test_its_signals(tmp_path: Path) -> None:
    [made] = ReviewConnector(put(tmp_path / "query.json", [change()])).checkpoints()
    rows = made.tables["signals"].to_pylist()
    consults = {(r["how"], r["leader"]) for r in rows if r["kind"] == "consults"}
    assert ("changes-requested", "Bob <bob@acme.example>") in consults
    heeds = [(r["leader"], r["leader_share"]) for r in rows if r["kind"] == "heeds"]
    assert ("Bob <bob@acme.example>", 1 / 2) in heeds or ("Bob <bob@acme.example>", 1 / 3) in heeds
    assert all(leader != "Jenkins <jenkins@acme.example>" for _, leader in consults)


def test_in_percevals_items_it_is_the_same(tmp_path: Path) -> None:
    other = change(13) | {"project": "acme/shop"}
    bare = put(tmp_path / "query.json", [change(), other])
    items = [item("Gerrit", "review", "review.acme.example", one) for one in (change(), other)]
    wrapped = write(tmp_path / "perceval.json", items)
    assert [reading.repository for reading in readings(wrapped)[1]] == [r.repository for r in readings(bare)[1]]
    assert read(wrapped) == read(bare)
    assert readings(wrapped)[0] == "perceval"


def test_an_abandoned_change_and_numbers_as_text(tmp_path: Path) -> None:
    messages = [said("mia", 3, "Abandoned\n\nno time"), said("mia", 4, "Restored"), said("eve", 5, "Abandoned")]
    one = change(status="ABANDONED", number="14", comments=messages, patchSets=[], url="https://r.acme.example/14")
    [made] = read(put(tmp_path / "query.json", [one]))
    assert (made.unit, made.merged, made.closed) == ("14", None, made.created + dt.timedelta(days=5))
    assert [(event.kind, event.actor.name) for event in made.events if event.actor] == [
        ("close", "Mia"),
        ("reopen", "Mia"),
        ("close", "Eve"),
    ]


def test_what_is_no_change_is_counted(tmp_path: Path) -> None:
    path = put(tmp_path / "query.json", [change(), change(99, createdOn=None), {"project": 3}])
    with path.open("a") as file:
        file.write('{"project": "acme/store", "numb\n')
    [made] = ReviewConnector(path, format="gerrit-query").checkpoints()
    assert {what: count for what, count, _ in made.harvest.problems} == {
        "items that hold no change or issue": 2,
        "lines that are no JSON": 1,
        "comments on lines without a date": 2,
    }
    put(path, [])
    with pytest.raises(InputError, match="no change of Gerrit's"):
        readings(path, "gerrit-query")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_a_change_nothing_fails(tmp_path: Path, data: st.DataObject) -> None:
    broken = json.loads(json.dumps(change()))
    inner = [broken, *broken["comments"], *broken["patchSets"], broken["patchSets"][0]["comments"][0]]
    inner.extend(broken["patchSets"][2]["approvals"])
    for target in data.draw(st.lists(st.sampled_from(inner), max_size=4)):
        target[data.draw(st.sampled_from(sorted(target)))] = data.draw(malformed)
    path = put(tmp_path / "query.json", [broken])
    try:
        for made in ReviewConnector(path, format="gerrit-query").checkpoints():
            assert made.harvest.source.startswith("review:")
    except InputError:
        pass
