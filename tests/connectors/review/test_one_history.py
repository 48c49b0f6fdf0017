"""One history of reviews, read in every way there is: what two sources know, they tell alike; the rest is null."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from connectors.http import Limits
from connectors.review.connector import ReviewConnector
from connectors.review.formats import readings
from connectors.review.github import GitHubConnector
from connectors.review.model import Change
from influence.schema import Checkpoint
from influence.simulate import cast
from influence.simulate.reviews import PAGE, Forge, Pull
from tests.connectors.github_server import TOKEN, GitHubServer
from tests.connectors.review.life import LABEL, Life

Told = dict[str, dict[tuple[str, ...], dict[str, Any]]]
_DAY = 86_400
_BEGIN = 1_680_000_000
_TOLD = ("how", "time", "asked_by", "required")
_OPEN = {"merged_at": None, "closed_at": None, "merged_by": None, "merge_commit_sha": None, "merged": False}


def forge() -> Forge:
    """The demo organisation's forge, with fewer changes."""
    people = cast.workers(random.Random(0))
    chance = random.Random(1)
    pulls = []
    for number in range(1, 121):
        opened = _BEGIN + number * _DAY // 2
        author = chance.choice([one for one in people if one.until is None])
        path = chance.choice(("ingest/a.go", "edge/b.go", "spool/c.go"))
        pulls.append(Pull(number, author, f"Do {number}", opened, opened + _DAY // 3, f"{number:040x}", path))
    return Forge(pulls, people, 0)


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


def archive(made: Forge, folder: Path) -> Path:
    """The same as the hours of GH Archive had it until October 2025."""
    events: list[dict[str, Any]] = []

    def happened(kind: str, actor: dict[str, Any], at: str, payload: dict[str, Any]) -> None:
        repository = {"id": 1, "name": "northwind/relay"}
        event = {"id": str(len(events)), "type": kind, "actor": actor, "repo": repository, "payload": payload}
        events.append({**event, "created_at": at})

    for thread in made.threads:
        page = made._page(thread.pull)
        opened = {
            **page,
            "merged_at": None,
            "closed_at": None,
            "merged_by": None,
            "merge_commit_sha": None,
            "merged": False,
        }
        happened("PullRequestEvent", page["user"], page["created_at"], {"action": "opened", "pull_request": opened})
        for one in thread.reviews:
            review = {**one, "state": one["state"].lower()}
            payload = {"action": "created", "review": review, "pull_request": opened}
            happened("PullRequestReviewEvent", one["user"], one["submitted_at"], payload)
        for one in thread.comments:
            payload = {"action": "created", "comment": {**one, "line": one["original_line"]}, "pull_request": opened}
            happened("PullRequestReviewCommentEvent", one["user"], one["created_at"], payload)
        for one in thread.replies:
            payload = {"action": "created", "comment": one, "issue": {**opened, "pull_request": {"url": PAGE}}}
            happened("IssueCommentEvent", one["user"], one["created_at"], payload)
        merged = {"action": "closed", "pull_request": {**page, "merged": True}}
        happened("PullRequestEvent", page["merged_by"], page["merged_at"], merged)
    folder.mkdir()
    lines = "".join(json.dumps(event) + "\n" for event in sorted(events, key=lambda event: event["created_at"]))
    (folder / "2023-04-01-0.json.gz").write_bytes(gzip.compress(lines.encode()))
    return folder


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    folder = tmp_path_factory.mktemp("ways")
    made = forge()
    made.backup(folder / "backup")
    made.perceval(folder / "perceval.jsonl")
    archive(made, folder / "archive")
    found = {name: told(ReviewConnector(folder / place).checkpoints()) for name, place in (
        ("backup", "backup"), ("perceval", "perceval.jsonl"), ("archive", "archive"))}  # fmt: skip
    _, [reading] = readings(folder / "backup")
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
