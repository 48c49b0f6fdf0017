"""The reviews of the demo, read in every way there is: what two sources know, they tell alike; the rest is null."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from connectors.http import Limits
from connectors.review.connector import ReviewConnector
from connectors.review.formats import readings
from connectors.review.github import GitHubConnector
from connectors.review.model import Change
from influence import simulate
from influence.schema import Checkpoint
from influence.simulate.reviews import PAGE
from tests.connectors.github_server import TOKEN, GitHubServer
from tests.connectors.review.life import LABEL, Life

Told = dict[str, dict[tuple[str, ...], dict[str, Any]]]
_TOLD = ("how", "time", "asked_by", "required")
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
    folder.mkdir()
    lines = "".join(json.dumps(event) + "\n" for event in sorted(events, key=lambda event: event["created_at"]))
    (folder / "2023-04-01-0.json.gz").write_bytes(gzip.compress(lines.encode()))
    return folder


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    folder = tmp_path_factory.mktemp("ways")
    demo = simulate.write(folder / "northwind", 0)
    places = {"backup": demo.reviews, "perceval": demo.perceval, "archive": archive(demo.reviews, folder / "archive")}
    found = {name: told(ReviewConnector(place).checkpoints()) for name, place in places.items()}
    _, [reading] = readings(demo.reviews)
    changes = [item for item in reading.items() if isinstance(item, Change)]
    for change in changes:
        change.merged_by = next(event.actor for event in change.events if event.kind == "merge")
        for event in change.events:
            if event.kind == "push" and event.actor is not None:
                event.id = f"forced-{event.id}"  # by that the server knows it from a commit
    with GitHubServer(Life(changes)) as server:
        limits = Limits(per_second=1000)
        found["graphql"] = told(GitHubConnector(LABEL, base=server.base, token=TOKEN, limits=limits).checkpoints())
    return found


def test_graphql_and_the_backup_tell_the_same(ways: dict[str, Told]) -> None:
    backup, graphql = ways["backup"], ways["graphql"]
    assert {kind: len(rows) for kind, rows in backup.items()}.keys() == {"consults", "heeds", "mentions"}
    for kind, rows in backup.items():
        assert graphql[kind].keys() == rows.keys(), kind
        for key, row in rows.items():
            assert {**graphql[kind][key], "required": None} == row, (kind, key)


def test_who_is_named_is_named_everywhere(ways: dict[str, Told]) -> None:
    assert len(ways["backup"]["mentions"]) >= 2
    for name, way in ways.items():
        assert way["mentions"] == ways["backup"]["mentions"], name


@pytest.mark.parametrize("name", ["perceval", "archive"])
def test_what_a_source_cannot_know_is_null(ways: dict[str, Told], name: str) -> None:
    """Neither tells who was asked, so an approval without words that somebody had asked for is not known as advice."""
    known, whole = ways[name]["consults"], ways["backup"]["consults"]
    assert known.keys() <= whole.keys()
    assert len(known) >= 0.6 * len(whole)
    for key, row in known.items():
        assert row == {**whole[key], "asked_by": None, "required": None}
    assert any(row["asked_by"] for row in whole.values())
