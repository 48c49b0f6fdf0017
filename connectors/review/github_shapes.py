"""GitHub's GraphQL shapes -> model."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from connectors.review.model import Account, Change, Commit, Discussion, Event, account, moment
from connectors.review.rest import ROLES, STATES
from connectors.review.values import Item, items, mapping, sha, text, web
from connectors.review.values import number as number_of
from influence.robots import classify

#: When a thread was resolved and whether a rule demanded a review that was given is not told.
_KNOWN = frozenset(("pushes", "lines", "threads", "requests", "merges"))


def who(value: Any, host: str) -> Account | None:
    """An actor's account; a mannequin (somebody whom an import could not place) is nobody known."""
    if not isinstance(value, dict):
        return None
    kind = value.get("__typename")
    if kind == "Mannequin":
        return None
    return _account(text(value.get("login")), text(value.get("name")), host, kind == "Bot")


@lru_cache(maxsize=1 << 14)
def _account(login: str, name: str, host: str, bot: bool = False) -> Account | None:
    """The account: the same few people are in all that a page holds."""
    return account(login, name=name, host=host, bot=bot)


def change(node: Item, host: str, read: dt.datetime) -> Change | None:
    """A pull request with all that its lists hold; None where it has no number or date.

    `read` is when the service said so: who is a member says nothing of an earlier time.
    """
    number, created = number_of(node.get("number")), moment(node.get("createdAt"))
    if number is None or created is None:
        return None
    merged = moment(node.get("mergedAt"))
    made = Change(
        unit=str(number),
        mark=f"#{number}",
        author=who(node.get("author"), host),
        created=created,
        title=text(node.get("title")),
        body=text(node.get("body")),
        url=web(node.get("url")),
        updated=moment(node.get("updatedAt")),
        merged=merged,
        merged_by=who(node.get("mergedBy"), host) if merged else None,
        closed=moment(node.get("closedAt")),
        merge_commit=sha(mapping(node.get("mergeCommit")).get("oid")) if merged else None,
        branch=text(node.get("headRefName"))[:300],
        onto=text(node.get("baseRefName"))[:300],
        own_branch=node.get("isCrossRepository") is False,
        paths=tuple(dict.fromkeys(path for one in nodes(node, "files") if (path := text(one.get("path"))))),
        closes=_closes(node),
        known=_KNOWN,
    )
    standing = _Standing(host)
    standing.add(node)
    for one in nodes(node, "commits"):
        _commit(made, mapping(one.get("commit")))
    for one in nodes(node, "reviews"):
        standing.add(one)
        time, state = moment(one.get("submittedAt")), STATES.get(text(one.get("state")))
        if time is not None and state is not None:
            made.events.append(_said("review", time, one, host, state=state))
    for thread in nodes(node, "reviewThreads"):
        made.events.extend(_thread(thread, host, standing))
    made.events.extend(_comments(node, host, standing))
    _timeline(made, node, host)
    made.roles = [(one, role, read) for one, role in standing.found.values()]
    return made


def discussion(node: Item, host: str) -> Discussion | None:
    """An issue or a discussion; None where it has no number or date."""
    number, created = number_of(node.get("number")), moment(node.get("createdAt"))
    if number is None or created is None:
        return None
    made = Discussion(
        unit=str(number),
        mark=f"#{number}",
        author=who(node.get("author"), host),
        created=created,
        title=text(node.get("title")),
        body=text(node.get("body")),
        url=web(node.get("url")),
    )
    made.events.extend(_comments(node, host))
    for one in nodes(node, "comments"):
        made.events.extend(_comments(one, host, of="replies"))
    return made


def _closes(node: Item) -> tuple[str, ...]:
    """The issues of the same repository that a pull request closes, linked by its text or by hand."""
    home = text(node.get("url")).rpartition("/pull/")[0]
    linked = nodes(node, "closingIssuesReferences")
    found = (one.get("number") for one in linked if text(one.get("url")).rpartition("/issues/")[0] == home)
    return tuple(f"#{number}" for number in found if number_of(number))


class _Standing:
    """What GitHub says of people's standing in the repository."""

    def __init__(self, host: str) -> None:
        self._host = host
        self.found: dict[str, tuple[Account, str]] = {}

    def add(self, item: Item) -> None:
        role = ROLES.get(text(item.get("authorAssociation")))
        one = who(item.get("author"), self._host) if role is not None else None
        if role is not None and one is not None:
            self.found[one.key] = (one, role)


def _commit(made: Change, commit: Item) -> None:
    author = mapping(commit.get("author"))
    time = moment(commit.get("committedDate"))
    oid = text(commit.get("oid"))[:64]
    hand = account("", name=author.get("name"), email=author.get("email"))
    login = text(mapping(author.get("user")).get("login"))
    made.commits.append(Commit(oid, time, hand, login, text(commit.get("message"))))
    if time is not None and time > made.created:
        made.events.append(Event("push", time, None, oid))


def _said(kind: str, time: dt.datetime, item: Item, host: str, **more: Any) -> Event:
    return Event(
        kind,
        time,
        who(item.get("author"), host),
        text(item.get("id"))[:100],
        web(item.get("url")),
        text(item.get("body")),
        **more,
    )


def _comments(item: Item, host: str, standing: _Standing | None = None, of: str = "comments") -> list[Event]:
    found = []
    for one in nodes(item, of):
        time = moment(one.get("createdAt"))
        if standing is not None:
            standing.add(one)
        if time is not None:
            found.append(_said("comment", time, one, host))
    return found


def _thread(thread: Item, host: str, standing: _Standing) -> list[Event]:
    """The comments of a thread. It is outdated once the lines under it are gone; a file as a whole has no lines."""
    changed = thread.get("isOutdated")
    if thread.get("subjectType") != "LINE" or not isinstance(changed, bool):
        changed = None
    resolver = who(thread.get("resolvedBy"), host) if thread.get("isResolved") else None
    found = []
    for one in nodes(thread, "comments"):
        time = moment(one.get("createdAt"))
        standing.add(one)
        if time is None:
            continue
        event = _said("comment", time, one, host)
        event.thread = text(thread.get("id"))[:100] or None
        event.review = text(mapping(one.get("pullRequestReview")).get("id"))[:100] or None
        event.path = text(thread.get("path")) or None
        event.changed = changed
        event.resolved_by = resolver
        found.append(event)
    return found


_KINDS = {
    "ReviewRequestedEvent": "request",
    "ReviewRequestRemovedEvent": "unrequest",
    "HeadRefForcePushedEvent": "push",
    "MergedEvent": "merge",
    "ClosedEvent": "close",
    "ReopenedEvent": "reopen",
}


def _timeline(made: Change, node: Item, host: str) -> None:
    # Only requests that still wait tell whether a rule demanded them.
    rules = {
        _reviewer(one.get("requestedReviewer")): one.get("asCodeOwner") is True
        for one in nodes(node, "reviewRequests")
        if isinstance(one.get("asCodeOwner"), bool)
    }
    helper: Account | None = None
    for item in nodes(node, "timelineItems"):
        kind, time, actor = text(item.get("__typename")), moment(item.get("createdAt")), who(item.get("actor"), host)
        if time is None:
            continue
        if kind == "AssignedEvent":
            assignee = who(item.get("assignee"), host)
            if assignee is None:
                continue
            if _is_agent(assignee):
                if actor is not None and not actor.bot:
                    made.events.append(Event("assistant", time, actor, text(item.get("id"))[:100]))
                    made.asked_assistant = made.asked_assistant or actor
            elif _is_agent(actor):
                # An assistant puts whoever set it to work beside itself.
                helper = helper or assignee
        elif kind in _KINDS:
            event = Event(_KINDS[kind], time, actor, text(item.get("id"))[:100])
            if event.kind in ("request", "unrequest"):
                asked = item.get("requestedReviewer")
                event.target = who(asked, host) if mapping(asked).get("__typename") != "Team" else None
                event.by_rule = rules.get(_reviewer(asked)) if event.kind == "request" else None
                # Whom of a team they get is not theirs to choose: that a team was asked names nobody.
            elif event.kind == "merge":
                made.merge_commit = made.merge_commit or sha(mapping(item.get("commit")).get("oid"))
            made.events.append(event)
    if made.asked_assistant is None and _is_agent(made.author):
        made.asked_assistant = helper


def _is_agent(one: Account | None) -> bool:
    return one is not None and classify(one.name, one.email, one.shown) == "agent"


def _reviewer(value: Any) -> str:
    item = mapping(value)
    return text(item.get("login")) or text(item.get("combinedSlug"))


def nodes(item: Item, name: str) -> list[Item]:
    """The nodes of a connection that there are."""
    return items(mapping(item.get(name)).get("nodes"))
