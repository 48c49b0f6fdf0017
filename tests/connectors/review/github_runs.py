"""Reading a small life from GitHub on loopback, for tests."""

from __future__ import annotations

import copy
from typing import Any

from connectors.http import Limits
from connectors.review.github import GitHubConnector
from connectors.review.rest import ROLES
from connectors.review.rows import Gatherer
from influence.errors import InputError
from influence.schema import TABLES, Checkpoint
from tests.connectors.github_server import TOKEN
from tests.connectors.loopback import Loopback
from tests.connectors.review import life as told
from tests.connectors.review.life import LABEL, READ, Life, make_life

QUICK = Limits(attempts=3, pause=0.01, wait=0.5, per_second=10_000, body=8 << 20)
#: Requests of an undisturbed reading of 24 changes, 10 a page, and 5 issues: what there is, three pages, two lists.
REQUESTS = 1 + 3 + 1 + 1
Rows = dict[str, list[tuple[Any, ...]]]


def small(**options: Any) -> Life:
    return make_life(**{"changes": 24, **options})


def reading(server: Loopback, **options: Any) -> GitHubConnector:
    base = getattr(server, "base", f"{server.url}/graphql")
    return GitHubConnector(LABEL, **{"base": base, "token": TOKEN, "limits": QUICK, **options})


def read(connector: GitHubConnector) -> tuple[list[Checkpoint], str]:
    """The checkpoints, and the error that ended them, or ''."""
    came: list[Checkpoint] = []
    try:
        for checkpoint in connector.checkpoints():
            came.append(checkpoint)
    except InputError as error:
        return came, str(error)
    return came, ""


def rows(made: dict[str, Any]) -> Rows:
    found = {}
    for name in TABLES:
        if name in made:
            found[name] = sorted((tuple(row.values()) for row in made[name].to_pylist()), key=repr)
    return {name: table for name, table in found.items() if table}


def whole(server: Loopback, **options: Any) -> Rows:
    came, error = read(reading(server, **options))
    assert error == ""
    assert len(came) == 1
    return rows(came[0].tables)


def as_told(life: Life) -> Rows:
    """The rows that a life gives when nobody stands between, but for what GitHub does not tell."""
    gatherer = Gatherer("github:acme/rocket", f"github.com/{LABEL}", "github.com", whole=False)
    life = copy.deepcopy(life)
    for change in life.changes:
        for event in change.events:
            event.resolved = None  # it tells who, not when
            if event.kind == "request":
                asked = event.target.login if event.target else ""
                if (change.unit, asked) not in life.pending:
                    event.by_rule = None  # it tells only of requests that wait
        standing = [change.author, *(event.actor for event in change.events if event.kind in ("review", "comment"))]
        change.roles = [
            (one, ROLES[told.ROLES[one.login]], READ) for one in standing if one and one.login in told.ROLES
        ]
        gatherer.take(change)
    for discussion in life.discussions:
        gatherer.discuss(discussion)
    gatherer.resolve()
    return rows(gatherer.tables())
