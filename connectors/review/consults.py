"""Whose advice a change received: one adviser once, and who had asked for it.

Approving after somebody else approved is no following of theirs: both looked at the same work, often because the same
rule wanted two of them, and neither order nor agreement tells that one moved the other. Only the author follows here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from connectors.review.model import Account, Change, Event
from connectors.review.texts import approval, asked, asks_to_be_followed, is_bare

#: The more a review says, the earlier it stands: of several by one adviser the first of these names the signal.
STRENGTH = ("changes-requested", "approved", "ack", "lgtm", "voted", "concept-ack", "approve", "commented", "asked")
_STATES = {
    "changes": "changes-requested",
    "approved": "approved",
    "ack": "ack",
    "commented": "commented",
    "vote": "voted",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """What one adviser gave one change: how, when first, on whose asking, and whether a rule demanded it.

    `required` is None where the source does not tell, `asked_by` where nobody is known to have asked.
    """

    leader: Account
    how: str
    time: dt.datetime
    asked_by: Account | None
    required: bool | None
    url: str | None


def advice(change: Change, strict: bool = True) -> list[Advice]:
    """The advice that `change` received from others than its author.

    `strict`: an approval that nobody asked for, that says nothing and after which nothing happened is contact only
    (where the source tells what happened).
    """
    author = change.author.key if change.author else None
    given: dict[str, list[Event]] = {}
    for event in change.events:
        if event.actor is not None and event.actor.key != author and event.kind in ("review", "comment"):
            given.setdefault(event.actor.key, []).append(event)
    asking = [event for event in change.events if _may_ask(event, author)]
    found = []
    for acts in given.values():
        one = _from(change, acts, asking, strict)
        if one is not None:
            found.append(one)
    return found


def _may_ask(event: Event, author: str | None) -> bool:
    """Whether an event can tell who asked for a review: few can, and they are gone through for each adviser."""
    if event.kind in ("request", "unrequest"):
        return True
    if event.kind not in ("comment", "review") or not event.body or event.actor is None:
        return False
    return "@" in event.body if event.actor.key == author else asks_to_be_followed(event.body)


def _from(change: Change, acts: list[Event], asking: list[Event], strict: bool) -> Advice | None:
    leader = acts[0].actor
    assert leader is not None
    reviews = [(act, how) for act in acts if (how := _how(act))]
    asked_by, required = _who_asked(change, asking, leader, acts[0].time)
    if not reviews:
        if asked_by is None and not required:
            return None
        return Advice(leader, "asked", acts[0].time, asked_by, required, acts[0].url)
    bare = asked_by is None and not required and all(_says_nothing(act) for act in acts)
    # Where neither answers nor pushes are known, nobody can say that nothing happened.
    seen = not change.known.isdisjoint(("pushes", "threads"))
    if strict and bare and seen and not _something_happened(change, reviews[0][0]):
        return None
    first = next((act for act, _ in reviews if not _says_nothing(act)), reviews[0][0])
    how = min((how for _, how in reviews), key=STRENGTH.index)
    return Advice(leader, how, reviews[0][0].time, asked_by, required, first.url)


def _how(act: Event) -> str | None:
    """What kind of review an act is; None for a mere comment."""
    said = approval(act.body) if act.body else None
    if act.kind == "review":
        how = _STATES.get(act.state)
        return said.how if said and how in ("commented", "voted", None) else how
    if act.review is not None or act.path is not None:
        return "commented"
    return said.how if said else None


def _says_nothing(act: Event) -> bool:
    if act.kind == "comment" and (act.review is not None or act.path is not None):
        return False
    if not act.body:
        return act.state != "changes"
    said = approval(act.body)
    return said.bare if said else is_bare(act.body)


def _something_happened(change: Change, act: Event) -> bool:
    """Whether the author answered, or anything was pushed, after `act` and before it was merged."""
    author = change.author.key if change.author else None
    end = change.merged or change.closed
    for event in change.events:
        if event.time <= act.time or (end is not None and event.time > end):
            continue
        if event.kind == "push" or (
            event.kind in ("comment", "review") and event.actor is not None and event.actor.key == author
        ):
            return True
    return False


def _who_asked(
    change: Change, events: list[Event], leader: Account, before: dt.datetime
) -> tuple[Account | None, bool | None]:
    """Who first asked `leader` for a review until `before`, and whether a rule demanded it; `events` may tell."""
    asking: list[tuple[dt.datetime, Account | None]] = []
    required: bool | None = None
    login = leader.login.lower()
    author = change.author
    if login and author is not None and login in asked(change.body):
        asking.append((change.created, author))
    for event in events:
        if event.kind == "request" and event.target is not None and event.target.key == leader.key:
            if event.by_rule is not None:
                required = bool(required) or event.by_rule
            if event.time <= before:
                asking.append((event.time, event.actor))
        elif event.time > before or event.actor is None:
            continue
        elif event.kind == "unrequest" and event.target is not None and event.target.key == leader.key:
            asking.clear()
        elif login and event.kind in ("comment", "review") and event.body:
            if (
                author is not None
                and event.actor.key == author.key
                and event.time < before
                and login in asked(event.body)
            ):
                asking.append((event.time, author))
            elif event.actor.key == leader.key and asks_to_be_followed(event.body):
                asking.append((event.time, leader))
    asking.sort(key=lambda one: one[0])
    return (asking[0][1] if asking else None), required
