"""The reviews of the demo, read in every way there is: what two sources know, they tell alike; the rest is null."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from connectors.http import Limits
from connectors.review.connector import ReviewConnector
from connectors.review.formats import readings
from connectors.review.github import GitHubConnector
from connectors.review.model import Change, Discussion
from influence.schema import Checkpoint
from influence.simulate import Simulated
from influence.simulate.reviews import PAGE
from tests.connectors.github_server import TOKEN, GitHubServer
from tests.connectors.review.life import LABEL, Life

Told = dict[str, dict[tuple[str, ...], dict[str, Any]]]
#: Issues that somebody opened who took part in nothing else: number of the issue -> whether the text says what ends it.
_ISSUES = {9001: True, 9002: True, 9003: False}
_OPEN = {"merged_at": None, "closed_at": None, "merged_by": None, "merge_commit_sha": None, "merged": False}


def told(checkpoints: Iterable[Checkpoint]) -> Told:
    """Signals by kind and by who followed whom in which change."""
    found: Told = {}
    for checkpoint in checkpoints:
        for row in checkpoint.tables["signals"].to_pylist():
            key = (row["unit"], row["follower"], row["leader"])
            found.setdefault(row["kind"], {})[key] = {
                name: row[name] for name in ("how", "time", "asked_by", "required")
            }
    return found


def met(checkpoints: Iterable[Checkpoint]) -> set[tuple[str, str, str, Any]]:
    """Who had to do with those that opened `_ISSUES`: in which change, who with whom, since when."""
    acts = [row for checkpoint in checkpoints for row in checkpoint.tables["acts"].to_pylist()]
    return {
        (row["unit"], row["actor"], row["counterpart"], row["time"])
        for row in acts
        if row["kind"] == "contact" and str(row["counterpart"]).startswith("login:reporter-")
    }


def report(backup: Path, perceval: Path) -> dict[str, str]:
    """Add `_ISSUES` to both; returns the mark of the issue that each change ends, by the change's number."""
    items = [json.loads(line) for line in perceval.read_text(encoding="utf-8").splitlines()]
    ended = {}
    for (number, in_words), file in zip(_ISSUES.items(), sorted((backup / "pulls").glob("*.json")), strict=False):
        value = json.loads(file.read_text(encoding="utf-8"))
        page, opened = value["pull"], f"{value['pull']['created_at'][:10]}T00:00:00Z"
        user = {"login": f"reporter-{number}", "type": "User"}
        url = f"{PAGE}/issues/{number}"
        issue = {"number": number, "title": "It hangs", "body": "", "user": user, "created_at": opened, "html_url": url}
        link = {"event": "connected", "id": number, "actor": page["merged_by"], "created_at": page["merged_at"]}
        ended[str(page["number"])] = f"#{number}"
        if in_words:
            said = f"{page['body'] or ''}\n\nFixes #{number}"
            page["body"] = said
            for item in items:
                if item["data"]["number"] == page["number"]:
                    item["data"]["body"] = said
        else:
            value["events"].append(link)
        file.write_text(json.dumps(value), encoding="utf-8")
        (backup / "issues").mkdir(exist_ok=True)
        kept = {"type": "issue", "issue": issue, "events": [] if in_words else [link]}
        (backup / "issues" / f"{number}.json").write_text(json.dumps(kept), encoding="utf-8")
        data = {**issue, "user_data": user, "comments_data": []}
        items.append({**items[0], "category": "issue", "data": data, "uuid": str(number)})
    perceval.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    return ended


def archive(backup: Path, folder: Path) -> Path:
    """The same as the hours of GH Archive had it until October 2025."""
    events: list[dict[str, Any]] = []

    def happened(kind: str, actor: dict[str, Any], at: str, payload: dict[str, Any]) -> None:
        event = {"id": str(len(events)), "type": kind, "actor": actor, "repo": {"id": 1, "name": "northwind/relay"}}
        events.append({**event, "payload": payload, "created_at": at})

    for file in sorted((backup / "pulls").glob("*.json")):
        value = json.loads(file.read_text(encoding="utf-8"))
        page = value["pull"]
        opened = {**page, **_OPEN}
        happened("PullRequestEvent", page["user"], page["created_at"], {"action": "opened", "pull_request": opened})
        for one in value["events"]:
            if one["event"] == "reviewed":
                review = {**one, "state": one["state"].lower()}
                payload = {"action": "created", "review": review, "pull_request": opened}
                happened("PullRequestReviewEvent", one["user"], one["submitted_at"], payload)
            elif one["event"] == "commented":
                payload = {"action": "created", "comment": one, "issue": {**opened, "pull_request": {"url": PAGE}}}
                happened("IssueCommentEvent", one["user"], one["created_at"], payload)
        for one in value["comments"]:
            payload = {"action": "created", "comment": {**one, "line": one["original_line"]}, "pull_request": opened}
            happened("PullRequestReviewCommentEvent", one["user"], one["created_at"], payload)
        merged = {"action": "closed", "pull_request": {**page, "merged": True}}
        happened("PullRequestEvent", page["merged_by"], page["merged_at"], merged)
    for file in sorted((backup / "issues").glob("*.json")):
        page = json.loads(file.read_text(encoding="utf-8"))["issue"]
        happened("IssuesEvent", page["user"], page["created_at"], {"action": "opened", "issue": page})
    folder.mkdir()
    lines = "".join(json.dumps(event) + "\n" for event in sorted(events, key=lambda event: event["created_at"]))
    (folder / "2023-04-01-0.json.gz").write_bytes(gzip.compress(lines.encode()))
    return folder


@pytest.fixture(scope="module")
def ways(northwind: Simulated, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Checkpoint]]:
    folder = tmp_path_factory.mktemp("ways")
    backup = Path(shutil.copytree(northwind.reviews, folder / northwind.reviews.name))
    perceval = Path(shutil.copy(northwind.perceval, folder))
    ended = report(backup, perceval)
    places = {"backup": backup, "perceval": perceval, "archive": archive(backup, folder / "archive")}
    found = {name: list(ReviewConnector(place).checkpoints()) for name, place in places.items()}
    _, [reading] = readings(backup)
    items = list(reading.items())
    changes = [item for item in items if isinstance(item, Change)]
    for change in changes:
        change.closes = (ended[change.unit],) if change.unit in ended else ()
        change.merged_by = next(event.actor for event in change.events if event.kind == "merge")
        for event in change.events:
            if event.kind == "push" and event.actor is not None:
                event.id = f"forced-{event.id}"  # by that the server knows it from a commit
    with GitHubServer(Life(changes, [item for item in items if isinstance(item, Discussion)])) as server:
        limits = Limits(per_second=1000)
        found["graphql"] = list(GitHubConnector(LABEL, base=server.base, token=TOKEN, limits=limits).checkpoints())
    return found


def test_graphql_and_the_backup_tell_the_same(ways: dict[str, list[Checkpoint]]) -> None:
    backup, graphql = told(ways["backup"]), told(ways["graphql"])
    assert {kind: len(rows) for kind, rows in backup.items()}.keys() == {"consults", "heeds", "mentions"}
    for kind, rows in backup.items():
        assert graphql[kind].keys() == rows.keys(), kind
        for key, row in rows.items():
            assert {**graphql[kind][key], "required": None} == row, (kind, key)


def test_who_is_named_is_named_everywhere(ways: dict[str, list[Checkpoint]]) -> None:
    named = told(ways["backup"])["mentions"]
    assert len(named) >= 2
    for name, way in ways.items():
        assert told(way)["mentions"] == named, name


def test_who_ends_an_issue_meets_whoever_opened_it(ways: dict[str, list[Checkpoint]]) -> None:
    """By the words of a change everywhere; a link made by hand is told by GitHub and its backup only."""
    known = {name: met(way) for name, way in ways.items()}
    assert {counterpart for _, _, counterpart, _ in known["graphql"]} == {f"login:reporter-{one}" for one in _ISSUES}
    assert known["backup"] == known["graphql"]
    in_words = {one for one in known["graphql"] if _ISSUES[int(one[2].rpartition("-")[2])]}
    assert known["perceval"] == known["archive"] == in_words
    for way in ways.values():
        leaders = {row["leader"] for made in way for row in made.tables["signals"].to_pylist()}
        assert not any(str(one).startswith("login:reporter-") for one in leaders), "nobody is followed for a report"


@pytest.mark.parametrize("name", ["perceval", "archive"])
def test_what_a_source_cannot_know_is_null(ways: dict[str, list[Checkpoint]], name: str) -> None:
    """Neither tells who was asked, so an approval without words that somebody had asked for is not known as advice."""
    known, whole = told(ways[name])["consults"], told(ways["backup"])["consults"]
    assert known.keys() <= whole.keys()
    assert len(known) >= 0.6 * len(whole)
    for key, row in known.items():
        assert row == {**whole[key], "asked_by": None, "required": None}
    assert any(row["asked_by"] for row in whole.values())
