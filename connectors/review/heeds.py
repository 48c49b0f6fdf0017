"""Whose comments moved a change: the author altered the work after them.

A comment was heeded where, after it, the lines under it changed (and the author did not decline it in its thread),
its thread was resolved by the author with a push, what it suggested was applied, or the author pushed and answered that
it is taken up: an answer alone may be a refusal, and most talk on a change moves nothing. Where a source does not know
lines, a push is shared among those who commented since the last one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from connectors.review.model import Account, Change, Event
from connectors.review.texts import approval, declines, is_bare, pings, quotes, takes_up, wishes

#: An answer or a push that comes later than this has other reasons.
PATIENCE = dt.timedelta(days=30)
#: A shorter line may stand in any comment: quoting it tells nothing.
_TELLING = 10


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
        and not (strict and _says_nothing(event))
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


def _says_nothing(comment: Event) -> bool:
    """Whether a comment has nothing to heed: thanks, an approval without a wish. Code on a line is a suggestion."""
    if not comment.body or (comment.path is not None and "`" in comment.body):
        return comment.path is None
    return is_bare(comment.body) or (approval(comment.body) is not None and not wishes(comment.body))


_Found = tuple[Event, str, dt.datetime, float]


class _Reply:
    """What the author said, and what of it matters, as far as it is asked for."""

    def __init__(self, event: Event) -> None:
        self.event = event

    @cached_property
    def named(self) -> list[str]:
        return pings(self.event.body)

    @cached_property
    def quoted(self) -> list[str]:
        return [line for line in map(_even, quotes(self.event.body)) if len(line) > _TELLING]

    @cached_property
    def takes_up(self) -> bool:
        return takes_up(self.event.body)

    @cached_property
    def declines(self) -> bool:
        return declines(self.event.body)


def _one_by_one(change: Change, comments: list[Event], pushes: list[Event], author: str | None) -> Iterator[_Found]:
    said = [event for event in change.events if event.kind in ("comment", "review")]
    replies = [_Reply(event) for event in said if event.actor is not None and event.actor.key == author and event.body]
    talk = [event for event in said if event.thread is None]
    for comment in comments:
        push = _next(pushes, comment)
        end = change.merged or change.closed or change.updated
        if comment.applied:
            yield comment, "applied", (push.time if push else comment.resolved or end or comment.time), 1.0
            continue
        if push is None and "pushes" in change.known:
            continue
        answers = _answers(comment, replies, talk, author)
        taken_up = any(answer.takes_up for answer in answers)
        declined = not taken_up and any(answer.declines for answer in answers)
        if comment.changed and not declined and (push or ("pushes" not in change.known and end)):
            time = push.time if push else end
            assert time is not None
            yield comment, "lines changed", max(time, comment.time), 1.0
        elif push is None:
            continue
        elif (
            comment.resolved_by is not None
            and comment.resolved_by.key == author
            # Some sources say who resolved it, but not when.
            and (comment.resolved is None or push.time <= comment.resolved + dt.timedelta(days=1))
        ):
            yield comment, "resolved", push.time, 1.0
        elif taken_up:
            yield comment, "answered", push.time, 1.0


def _next(pushes: list[Event], comment: Event) -> Event | None:
    """The first push after a comment, in time to be meant by it, by somebody else than the commenter."""
    assert comment.actor is not None
    for push in pushes:
        if push.time > comment.time and (push.actor is None or push.actor.key != comment.actor.key):
            return push if push.time - comment.time <= PATIENCE else None
    return None


def _even(text: str) -> str:
    return " ".join(text.split())


def _answers(comment: Event, replies: list[_Reply], talk: list[Event], author: str | None) -> list[_Reply]:
    """The author's answers to `comment`: in its thread; else by name, by a quote, or next, before anybody else speaks.

    Who names or quotes others only, answers those.
    """
    assert comment.actor is not None
    login, end = comment.actor.login.lower(), comment.time + PATIENCE
    later = [reply for reply in replies if comment.time < reply.event.time <= end]
    if comment.thread is not None:
        return [reply for reply in later if reply.event.thread == comment.thread]
    later = [reply for reply in later if reply.event.thread is None]
    if not later:
        return []
    two = (author, comment.actor.key)
    others = (
        event.time
        for event in talk
        if event.time > comment.time and (event.actor is None or event.actor.key not in two)
    )
    alone = next(others, dt.datetime.max)
    body = _even(comment.body)
    return [
        reply
        for reply in later
        if login in reply.named
        or any(line in body for line in reply.quoted)
        or (reply is later[0] and not reply.named and not reply.quoted and reply.event.time <= alone)
    ]


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
