"""GitHub on loopback: a life of reviews behind a GraphQL API that answers whatever its schema lets one ask.

Queries are parsed, checked against GitHub's published schema where it is at hand (`SCHEMA`), and answered by walking
what they select. Refusals are worded as GitHub's own: https://docs.github.com/graphql/overview.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, build_schema, parse, validate
from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from connectors.review.model import Account, Change, Discussion, Event
from tests.connectors.loopback import Asked, Fault, Seen, Service
from tests.connectors.review import life as told
from tests.connectors.review.life import Life

#: Where the set-up of the tests puts GitHub's schema.
SCHEMA = Path(os.environ.get("GITHUB_SCHEMA") or Path(sys.prefix) / "share" / "github" / "schema.graphql")
TOKEN = "ghp_5ecretT0ken"
Json = dict[str, Any]

_ACTORS = ("User", "Bot", "Mannequin", "Organization", "EnterpriseUserAccount")
_MOST_NODES = 500_000


@cache
def schema() -> GraphQLSchema | None:
    """GitHub's schema; None where it was not fetched."""
    if not SCHEMA.exists():
        return None
    return build_schema(SCHEMA.read_text(encoding="utf-8"), assume_valid=True)


# -- the life in GitHub's words -----------------------------------------------------------------------------------


class World:
    """A life as nodes of GitHub's graph. What is changed in `life` is seen in the next answer after `renew`."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.renew()

    def renew(self) -> None:
        """Make the nodes anew."""
        self.nodes: dict[str, Json] = {}
        self.lists = {
            "pullRequests": [self._pull(change) for change in self.life.changes],
            "issues": [self._issue(one) for one in self.life.discussions if "/discussions/" not in str(one.url)],
            "discussions": [self._talk(one) for one in self.life.discussions if "/discussions/" in str(one.url)],
        }
        for nodes in self.lists.values():
            nodes.sort(key=lambda node: (node["updatedAt"], node["number"]))

    def _kept(self, kind: str, name: str, node: Json) -> Json:
        node["__typename"], node["id"] = kind, name
        self.nodes[name] = node
        return node

    def _pull(self, change: Change) -> Json:
        events, author = change.events, change.author
        by_thread: dict[str, list[Event]] = {}
        for event in events:
            if event.thread:
                by_thread.setdefault(event.thread, []).append(event)
        assigned = [event for event in events if event.kind == "assistant"]
        return self._kept(
            "PullRequest",
            f"PR_{change.unit}",
            {
                **_head(change, author),
                "updatedAt": _time(change.updated),
                "mergedAt": _time(change.merged),
                "mergedBy": _actor(change.merged_by),
                "closedAt": _time(change.closed),
                "mergeCommit": {"oid": change.merge_commit} if change.merge_commit else None,
                "headRefName": change.branch,
                "baseRefName": change.onto,
                "isCrossRepository": not change.own_branch,
                "commits": [
                    {
                        "commit": {
                            "oid": one.sha,
                            "committedDate": _time(one.time),
                            "message": one.message,
                            "author": {
                                "name": one.author.name if one.author else None,
                                "email": one.author.email if one.author else None,
                                "user": {"login": one.login} if one.login else None,
                            },
                        }
                    }
                    for one in change.commits
                ],
                "reviews": [self._review(event) for event in events if event.kind == "review"],
                "reviewThreads": [self._thread(name, found) for name, found in by_thread.items()],
                "comments": [self._comment(e, "IssueComment") for e in events if e.kind == "comment" and not e.thread],
                "timelineItems": [
                    made
                    for event in sorted(events, key=lambda event: event.time)
                    if (made := self._event(event)) is not None
                ]
                + [
                    {
                        "__typename": "AssignedEvent",
                        "id": event.id,
                        "actor": _actor(event.actor),
                        "createdAt": _time(event.time),
                        "assignee": _actor(change.author),
                    }
                    for event in assigned
                ],
                "reviewRequests": [
                    {
                        "asCodeOwner": event.by_rule is True,
                        "requestedReviewer": self._asked(event),
                    }
                    for event in events
                    if event.kind == "request"
                    and event.target is not None
                    and (change.unit, event.target.login) in self.life.pending
                ],
                "files": [{"path": path} for path in change.paths or ()],
                "closingIssuesReferences": [
                    {"number": int(mark[1:]), "url": f"{str(change.url).partition('/pull/')[0]}/issues/{mark[1:]}"}
                    for mark in change.closes or ()
                ],
            },
        )

    def _review(self, event: Event) -> Json:
        node = _said(event)
        node["submittedAt"] = node.pop("createdAt")
        node["state"] = {"changes": "CHANGES_REQUESTED"}.get(event.state, event.state.upper())
        return self._kept("PullRequestReview", event.id, node)

    def _comment(self, event: Event, kind: str) -> Json:
        node = _said(event)
        if kind == "PullRequestReviewComment":
            node["pullRequestReview"] = {"id": event.review}
        return self._kept(kind, event.id, node)

    def _thread(self, name: str, comments: list[Event]) -> Json:
        first = comments[0]
        resolver = next((one.resolved_by for one in comments if one.resolved_by), None)
        return self._kept(
            "PullRequestReviewThread",
            name,
            {
                "isOutdated": first.changed is True,
                "isResolved": resolver is not None,
                "subjectType": "FILE" if first.changed is None else "LINE",
                "path": first.path,
                "resolvedBy": _actor(resolver),
                "comments": [self._comment(one, "PullRequestReviewComment") for one in comments],
            },
        )

    def _event(self, event: Event) -> Json | None:
        kinds = {
            "request": "ReviewRequestedEvent",
            "unrequest": "ReviewRequestRemovedEvent",
            "merge": "MergedEvent",
            "close": "ClosedEvent",
            "reopen": "ReopenedEvent",
        }
        kind = kinds.get(event.kind)
        if event.kind == "push" and event.id.startswith("forced"):
            kind = "HeadRefForcePushedEvent"
        if kind is None:
            return None
        node: Json = {"actor": _actor(event.actor), "createdAt": _time(event.time)}
        if event.kind in ("request", "unrequest"):
            node["requestedReviewer"] = self._asked(event)
        elif event.kind == "merge":
            node["commit"] = None
        return self._kept(kind, event.id, node)

    def _asked(self, event: Event) -> Json | None:
        team = self.life.teams.get(event.id)
        return {"__typename": "Team", "combinedSlug": team} if team else _actor(event.target)

    def _issue(self, one: Discussion) -> Json:
        comments = [self._comment(event, "IssueComment") for event in one.events]
        return self._kept("Issue", f"I_{one.unit}", {**_head(one, one.author), **_last(one), "comments": comments})

    def _talk(self, one: Discussion) -> Json:
        comments: list[Json] = []
        for event in one.events:
            node = self._comment(event, "DiscussionComment")
            node["replies"] = []
            (comments[-1]["replies"] if comments and len(comments) % 2 == 0 else comments).append(node)
        return self._kept("Discussion", f"D_{one.unit}", {**_head(one, one.author), **_last(one), "comments": comments})


def _head(one: Change | Discussion, author: Account | None) -> Json:
    return {
        "number": int(one.unit),
        "title": one.title,
        "body": one.body,
        "url": one.url,
        "createdAt": _time(one.created),
        "author": _actor(author),
        "authorAssociation": _standing(author),
    }


def _last(one: Discussion) -> Json:
    return {"updatedAt": _time(max([one.created, *(event.time for event in one.events)]))}


def _said(event: Event) -> Json:
    return {
        "author": _actor(event.actor),
        "authorAssociation": _standing(event.actor),
        "body": event.body,
        "createdAt": _time(event.time),
        "url": event.url,
    }


def _actor(one: Account | None) -> Json | None:
    if one is None:
        return None
    return {"__typename": "Bot" if one.bot else "User", "login": one.login, "name": one.name or None}


def _standing(one: Account | None) -> str:
    return told.ROLES.get(one.login, "CONTRIBUTOR") if one else "NONE"


def _time(time: dt.datetime | None) -> str | None:
    return f"{time.replace(microsecond=0).isoformat()}Z" if time else None


# -- the API ------------------------------------------------------------------------------------------------------


class GitHubServer(Service):
    """A life behind an API like GitHub's.

    Parameters
    ----------
    life
        What there is.
    faults, before
        As in `Service`.
    heavy
        Asking for more than so many pull requests at once is too much: the answer is `too_much`.
    page, most
        A list of the repository, and a list in what it lists, gives no more at once, whatever is asked for.
    rate
        Makes another rateLimit out of the true one.
    discussions
        Whether the repository has them.
    """

    def __init__(
        self,
        life: Life,
        *,
        faults: Mapping[int, Fault] | None = None,
        heavy: int = 100,
        page: int = 100,
        most: int = 100,
        before: Callable[[int], None] = lambda number: None,
        rate: Callable[[Json], Json | None] = dict,
        discussions: bool = True,
    ) -> None:
        super().__init__(faults, before)
        self._server.RequestHandlerClass = _Dated
        self.world = World(life)
        self.heavy = heavy
        self.page, self.most = page, most
        self.rate = rate
        self.discussions = discussions
        self.too_much: Callable[[Asked], None] = too_slow
        #: Errors that come beside the data, by the number of the request.
        self.beside: dict[int, list[Json]] = {}
        self.base = f"{self.url}/graphql"
        self.lock = threading.Lock()

    def _serve(self, asked: Asked, seen: Seen, number: int) -> None:
        if seen.path != "/graphql":
            asked.json({"message": "Not Found"}, 404)
            return
        if seen.headers.get("Authorization") != f"bearer {TOKEN}":
            asked.json({"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}, 401)
            return
        question = json.loads(seen.body)
        operation, fragments, errors, weight = _parsed(question["query"])
        values = question["variables"]
        if errors:
            asked.json({"errors": errors})
            return
        if values.get("first", 0) > self.heavy or len(values) > 4 * self.heavy:
            self.too_much(asked)
            return
        if weight(values) > _MOST_NODES:
            said = f"By the time this query traverses to the node, it is requesting up to {weight(values)} nodes"
            asked.json({"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": said}]})
            return
        with self.lock:
            data, missing = _Walk(self, fragments, values).run(operation)
        errors = [*missing, *self.beside.get(number, [])]
        asked.json({"data": data, **({"errors": errors} if errors else {})})

    def root(self) -> Json:
        """What a query finds at the top."""
        rate: Json | None = {"cost": 1, "remaining": 4999, "resetAt": _time(told.READ + dt.timedelta(hours=1))}
        return {
            "__typename": "Query",
            "rateLimit": self.rate(rate or {}),
            "repository": self._repository,
            "node": self._node,
        }

    def _repository(self, arguments: Json) -> Json | None:
        if (arguments["owner"].lower(), arguments["name"].lower()) != (told.OWNER, told.NAME):
            return None
        return {
            "__typename": "Repository",
            "nameWithOwner": told.LABEL,
            "hasIssuesEnabled": True,
            "hasDiscussionsEnabled": self.discussions,
            **self.world.lists,
        }

    def _node(self, arguments: Json) -> Json | None:
        return self.world.nodes.get(arguments["id"])


class _Dated(Asked):
    def date_time_string(self, timestamp: float | None = None) -> str:
        """The server's own clock stands still."""
        return super().date_time_string(told.READ.replace(tzinfo=dt.UTC).timestamp())


class _Walk:
    """Answers one query."""

    def __init__(self, server: GitHubServer, fragments: dict[str, FragmentDefinitionNode], values: Json) -> None:
        self.server, self.fragments, self.values = server, fragments, values
        self.missing: list[Json] = []

    def run(self, operation: OperationDefinitionNode) -> tuple[Json, list[Json]]:
        return self._select(operation.selection_set, self.server.root(), []), self.missing

    def _select(self, chosen: SelectionSetNode, node: Json, path: list[str]) -> Json:
        made: Json = {}
        for one in chosen.selections:
            if isinstance(one, FieldNode):
                name = one.alias.value if one.alias else one.name.value
                made[name] = self._field(one, node, [*path, name])
                continue
            if isinstance(one, FragmentSpreadNode):
                found: Any = self.fragments[one.name.value]
            else:
                assert isinstance(one, InlineFragmentNode)
                found = one
            kind = found.type_condition.name.value
            if node.get("__typename") == kind or (kind == "Actor" and node.get("__typename") in _ACTORS):
                made |= self._select(found.selection_set, node, path)
        return made

    def _field(self, one: FieldNode, node: Json, path: list[str]) -> Any:
        arguments = {each.name.value: self._value(each.value) for each in one.arguments or ()}
        value = node.get(one.name.value)
        if callable(value):
            value = value(arguments)
            if value is None:
                said = f"Could not resolve to a {path[-1].title()} with those names."
                self.missing.append({"type": "NOT_FOUND", "path": path, "message": said})
        if isinstance(value, list) and "first" in arguments:
            value = self._connection(value, arguments, path)
        if isinstance(value, list):
            assert one.selection_set is not None
            return [self._select(one.selection_set, each, path) if each else None for each in value]
        if isinstance(value, dict) and one.selection_set is not None:
            return self._select(one.selection_set, value, path)
        return value

    def _connection(self, nodes: list[Json], arguments: Json, path: list[str]) -> Json | None:
        by_update = "orderBy" in arguments
        after = arguments.get("after")
        size = min(arguments["first"], self.server.page if by_update else self.server.most)
        start = 0
        if after is not None:
            try:
                mark = json.loads(base64.b64decode(after, validate=True))
                start = (
                    sum((node["updatedAt"], node["number"]) <= tuple(mark) for node in nodes)
                    if by_update
                    else int(mark)
                )
            except (ValueError, TypeError):
                said = f"`{after}` does not appear to be a valid cursor."
                self.missing.append({"type": "INVALID_CURSOR_ARGUMENTS", "path": path, "message": said})
                return None
        part = nodes[start : start + size]
        end = [part[-1]["updatedAt"], part[-1]["number"]] if part and by_update else start + len(part)
        cursor = base64.b64encode(json.dumps(end).encode()).decode() if part else None
        more = start + size < len(nodes)
        return {
            "totalCount": len(nodes),
            "pageInfo": {"hasNextPage": more, "endCursor": cursor},
            "nodes": part,
        }

    def _value(self, node: Any) -> Any:
        if isinstance(node, VariableNode):
            return self.values.get(node.name.value)
        value = getattr(node, "value", None)
        return int(value) if type(node).__name__ == "IntValueNode" else value


Weight = Callable[[Json], int]


@cache
def _parsed(query: str) -> tuple[OperationDefinitionNode, dict[str, FragmentDefinitionNode], list[Json], Weight]:
    """A query, what GitHub's schema says against it, and how many nodes it may reach."""
    document = parse(query)
    found = schema()
    errors = [{"message": error.message} for error in validate(found, document)] if found else []
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    operation = next(one for one in document.definitions if isinstance(one, OperationDefinitionNode))

    def weight(values: Json, chosen: SelectionSetNode | None = operation.selection_set) -> int:
        total = 0
        for one in chosen.selections if chosen else ():
            if isinstance(one, FragmentSpreadNode):
                total += weight(values, fragments[one.name.value].selection_set)
                continue
            inner = weight(values, one.selection_set)
            first = next(
                (each.value for each in getattr(one, "arguments", None) or () if each.name.value == "first"), None
            )
            if first is not None:
                size = values[first.name.value] if isinstance(first, VariableNode) else int(first.value)
                assert 1 <= size <= 100, "a connection gives 1 to 100"
                inner = size * (1 + inner)
            total += inner
        return total

    return operation, fragments, errors, weight


# -- ways in which GitHub refuses ---------------------------------------------------------------------------------


def too_slow(asked: Asked) -> None:
    """A query that took too long."""
    said = "Something went wrong while executing your query. This may be the result of a timeout."
    asked.json({"data": None, "errors": [{"message": said}]}, 502)


def too_heavy(asked: Asked) -> None:
    """A query that asks for too much."""
    said = "Resource limits for this query exceeded."
    asked.json({"data": None, "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": said}]})


def spent(reset: int) -> Fault:
    """The allowance is spent; `reset` is when there is a new one, in seconds since 1970."""
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
    errors = [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}]
    return lambda asked: asked.json({"errors": errors}, 200, headers)


def secondary(after: str | None) -> Fault:
    """Too many requests at once; `after` is Retry-After."""
    headers = {"Retry-After": after} if after else {}
    return lambda asked: asked.json({"message": "You have exceeded a secondary rate limit. Please wait."}, 403, headers)


def refused(kind: str, message: str) -> Fault:
    """No data at all."""
    error = {"type": kind, "path": ["repository"], "message": message}
    return lambda asked: asked.json({"data": {"repository": None}, "errors": [error]})


def collect(workspace: Path, url: str, block: int = 9) -> None:
    """Collect, in a process of its own that may be going to be killed."""
    from connectors.http import Limits
    from connectors.review.github import GitHubConnector
    from influence.workspace import Workspace
    from tests.connectors.review.live_runs import run

    class Small(GitHubConnector):
        pass

    Small.block = block
    limits = Limits(per_second=1000, pause=0.01)
    base = f"{url}/graphql"
    run(Workspace(workspace), lambda known: Small(told.LABEL, base=base, token=TOKEN, limits=limits, stored=known))
