"""Whose comments moved a change: the author altered the work after them.

A comment was heeded where, after it, the lines under it changed, its thread was resolved by the author with a push,
what it suggested was applied, or the author answered it and pushed. Where a source does not know lines, a push is
shared among those who commented since the last one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.review.model import Account, Change, Event
from connectors.review.texts import is_bare, pings, quotes

#: An answer or a push that comes later than this has other reasons.
PATIENCE = dt.timedelta(days=30)


@dataclass(slots=True)
class Heeded:
    """One push that heeded comments of one person: their number, and the share of it that is theirs."""

    leader: Account
    how: str
    time: dt.datetime
    share: float
    amount: int
    path: str | None
    url: str | None


def heeded(change: Change, strict: bool = True) -> list[Heeded]:
    """What of others' comments on `change` was heeded, one row a push and commenter.

    `strict` as above; otherwise every comment is heeded that a push follows within 30 days.
    """
    author = change.author.key if change.author else None
    pushes = [event for event in change.events if event.kind == "push"]
    comments = [
        event
        for event in change.events
        if event.kind in ("comment", "review")
        and event.actor is not None
        and event.actor.key != author
        and (event.path is not None or not is_bare(event.body))
    ]
    if not comments:
        return []
    if not strict:
        return _joined((comment, "pushed", push.time, 1.0) for comment in comments if (push := _next(pushes, comment)))
    found = list(_one_by_one(change, comments, pushes, author))
    if "lines" not in change.known and "pushes" in change.known:
        taken = {id(comment) for comment, *_ in found}
        found.extend(_shared([comment for comment in comments if id(comment) not in taken], pushes))
    return _joined(iter(found))


_Found = tuple[Event, str, dt.datetime, float]


def _one_by_one(change: Change, comments: list[Event], pushes: list[Event], author: str | None) -> Iterator[_Found]:
    replies = [
        event
        for event in change.events
        if event.kind in ("comment", "review") and event.actor is not None and event.actor.key == author and event.body
    ]
    for comment in comments:
        push = _next(pushes, comment)
        end = change.merged or change.closed or change.updated
        if comment.applied:
            yield comment, "applied", (push.time if push else comment.resolved or end or comment.time), 1.0
        elif comment.changed and (push or ("pushes" not in change.known and end)):
            time = push.time if push else end
            assert time is not None
            yield comment, "lines changed", max(time, comment.time), 1.0
        elif push is None:
            continue
        elif (
            comment.resolved is not None
            and comment.resolved_by is not None
            and comment.resolved_by.key == author
            and push.time <= comment.resolved + dt.timedelta(days=1)
        ):
            yield comment, "resolved", push.time, 1.0
        elif any(_answers(reply, comment, change) for reply in replies):
            yield comment, "answered", push.time, 1.0


def _next(pushes: list[Event], comment: Event) -> Event | None:
    """The first push after a comment, in time to be meant by it, by somebody else than the commenter."""
    assert comment.actor is not None
    for push in pushes:
        if push.time > comment.time and (push.actor is None or push.actor.key != comment.actor.key):
            return push if push.time - comment.time <= PATIENCE else None
    return None


def _answers(reply: Event, comment: Event, change: Change) -> bool:
    """Whether the author's `reply` answers `comment`: in its thread; else by name, by a quote, or directly after it."""
    if not comment.time < reply.time <= comment.time + PATIENCE:
        return False
    if comment.thread is not None:
        return reply.thread == comment.thread
    if reply.thread is not None:
        return False
    assert comment.actor is not None
    if comment.actor.login.lower() in pings(reply.body):
        return True
    if any(len(line) > 10 and line in comment.body for line in quotes(reply.body)):
        return True
    between = (
        event
        for event in change.events
        if event.kind in ("comment", "review") and comment.time < event.time < reply.time and event.thread is None
    )
    return all(event.actor == reply.actor or event.actor == comment.actor for event in between)


def _shared(comments: list[Event], pushes: list[Event]) -> Iterator[_Found]:
    """Each push shared among those who commented since the last one."""
    since = dt.datetime.min
    for push in pushes:
        waiting: dict[str, list[Event]] = {}
        for comment in comments:
            if since <= comment.time < push.time and push.time - comment.time <= PATIENCE:
                assert comment.actor is not None
                if push.actor is None or push.actor.key != comment.actor.key:
                    waiting.setdefault(comment.actor.key, []).append(comment)
        for own in waiting.values():
            for comment in own:
                yield comment, "next version", push.time, 1 / len(waiting)
        since = push.time


def _joined(found: Iterator[_Found]) -> list[Heeded]:
    """One row for every commenter and time."""
    rows: dict[tuple[str, dt.datetime], Heeded] = {}
    for comment, how, time, share in found:
        assert comment.actor is not None
        row = rows.setdefault(
            (comment.actor.key, time), Heeded(comment.actor, how, time, share, 0, comment.path, comment.url)
        )
        row.amount += 1
        row.share = max(row.share, share)
        if row.how != how and how in ("applied", "lines changed"):
            row.how, row.path, row.url = how, comment.path, comment.url
    return list(rows.values())
