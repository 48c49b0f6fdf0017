"""Whose comments moved a change."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.review.heeds import PATIENCE, heeded
from connectors.review.model import Account, Change, Event

ANN, BO, CY = Account("ann"), Account("bo"), Account("cy")
LINES = frozenset(("pushes", "lines", "threads"))


def at(hour: float) -> dt.datetime:
    return dt.datetime(2025, 1, 1) + dt.timedelta(hours=hour)


def said(who: Account, hour: float, body: str, **more: Any) -> Event:
    return Event("comment", at(hour), who, f"{who.login}{hour}", f"https://x/{who.login}{hour}", body, **more)


def on_line(who: Account, hour: float, body: str = "This leaks.", *, changed: bool | None = False) -> Event:
    return said(who, hour, body, thread="t", path="a.py", changed=changed)


def reply(hour: float, body: str, thread: str | None = None) -> Event:
    return said(ANN, hour, body, thread=thread)


def push(hour: float, who: Account | None = ANN) -> Event:
    return Event("push", at(hour), who)


def change(*events: Event, known: frozenset[str] = LINES) -> Change:
    return Change("1", ANN, at(0), events=sorted(events, key=lambda event: event.time), known=known)


def hows(*events: Event, known: frozenset[str] = LINES, strict: bool = True) -> list[tuple[str, str]]:
    return [(row.how, row.leader.login) for row in heeded(change(*events, known=known), strict)]


@pytest.mark.parametrize(
    ("events", "found"),
    [
        # The lines under it changed after a push; not without one, not when the author declined it.
        ([on_line(BO, 1, changed=True), push(2)], ["lines changed"]),
        ([push(1), on_line(BO, 2, changed=True)], []),
        ([on_line(BO, 1, changed=True), reply(2, "I don't think so.", "t"), push(3)], []),
        ([on_line(BO, 1, changed=True), reply(2, "I don't think so.", "t"), push(3), reply(4, "Done.", "t")], 1),
        # The author said that it is taken up, in its thread, and pushed.
        ([on_line(BO, 1), reply(2, "Will fix", "t"), push(3)], ["answered"]),
        ([on_line(BO, 1), push(2), reply(3, "Fixed", "t")], ["answered"]),
        ([on_line(BO, 1), reply(2, "Why?", "t"), push(3)], []),
        ([on_line(BO, 1), reply(2, "Fixed", "u"), push(3)], []),
        ([on_line(BO, 1), reply(2, "Fixed", "t")], []),
        # In the conversation: by name, by a quote, or next, before anybody else speaks.
        ([said(BO, 1, "It leaks."), reply(2, "Fixed."), push(3)], ["answered"]),
        ([said(BO, 1, "It leaks."), said(CY, 2, "So?"), reply(3, "@bo fixed"), push(4)], ["answered"]),
        ([said(BO, 1, "It leaks much."), said(CY, 2, "So?"), reply(3, "> It leaks  much.\n\nFixed"), push(4)], 1),
        ([said(BO, 1, "It leaks."), reply(2, "@cy fixed"), push(3)], []),
        ([said(BO, 1, "It leaks."), reply(2, "> You should rename it\n\nFixed"), push(3)], []),
        ([said(BO, 1, "It leaks."), reply(2, "Why?"), reply(3, "Fixed another thing"), push(4)], []),
        # Nothing to heed: thanks, an approval without a wish.
        ([said(BO, 1, "Thanks!"), reply(2, "Fixed."), push(3)], []),
        ([said(BO, 1, "ACK 1a2b3c4, tested on Debian"), reply(2, "Updated."), push(3)], []),
        ([said(BO, 1, "ACK 1a2b3c4\nnit: a typo"), reply(2, "Fixed."), push(3)], ["answered"]),
        ([on_line(BO, 1, "LGTM", changed=True), push(2)], []),
        ([on_line(BO, 1, "I see.", changed=True), push(2)], []),
        ([on_line(BO, 1, "`int`", changed=True), push(2)], ["lines changed"]),
        # One's own push and one's own comment heed nobody.
        ([on_line(BO, 1, changed=True), push(2, BO)], []),
        ([on_line(ANN, 1, changed=True), push(2)], []),
    ],
)
def test_what_is_heeded(events: list[Event], found: list[str] | int) -> None:
    made = [how for how, _ in hows(*events)]
    assert made == found if isinstance(found, list) else len(made) == found


def test_what_comes_late_has_other_reasons() -> None:
    late = PATIENCE / dt.timedelta(hours=1) + 2
    assert hows(on_line(BO, 1, changed=True), push(late)) == []
    assert hows(said(BO, 1, "It leaks."), push(2), reply(late, "Fixed.")) == []


def test_suggestions_that_were_applied_and_threads_resolved_with_a_push() -> None:
    applied = on_line(BO, 1, "```suggestion\nx\n```")
    applied.applied = True
    resolved = on_line(CY, 1)
    resolved.resolved, resolved.resolved_by = at(3), ANN
    assert hows(applied, resolved, push(2)) == [("applied", "bo"), ("resolved", "cy")]
    resolved.resolved_by = CY
    assert hows(resolved, push(2)) == []


def test_where_lines_are_not_known_a_push_is_shared_among_those_who_commented_since_the_last() -> None:
    known = frozenset(("pushes",))
    made = heeded(
        change(
            said(BO, 1, "It leaks."), said(BO, 2, "Here too."), said(CY, 2, "And slow."), push(3), push(4), known=known
        )
    )
    assert [(row.leader, row.how, row.share, row.amount) for row in made] == [
        (BO, "next version", 0.5, 2),
        (CY, "next version", 0.5, 1),
    ]


def test_the_loose_rule_takes_any_push_within_thirty_days() -> None:
    assert hows(said(BO, 1, "Why?"), push(2), strict=False) == [("pushed", "bo")]


def test_one_row_a_push_and_commenter_named_by_the_surest() -> None:
    (row,) = heeded(change(said(BO, 1, "Slow."), on_line(BO, 2, changed=True), reply(3, "@bo done"), push(4)))
    assert (row.how, row.amount, row.path, row.url, row.time) == ("lines changed", 2, "a.py", "https://x/bo2", at(4))


BODIES = ["Done.", "I don't think so.", "Why?", "It leaks.", "@bo fixed", "> It leaks much.\nok", "LGTM", ""]
EVENTS = st.builds(
    lambda kind, who, hour, body, changed, thread: (
        push(hour, who)
        if kind == "push"
        else said(who, hour, body, thread=thread, path="a.py" if thread else None, changed=changed if thread else None)
    ),
    st.sampled_from(["push", "comment"]),
    st.sampled_from([ANN, BO, CY]),
    st.integers(0, 2000),
    st.sampled_from(BODIES),
    st.booleans(),
    st.sampled_from([None, "t", "u"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(EVENTS, max_size=12), st.booleans(), st.sampled_from([LINES, frozenset(("pushes",))]))
def test_heeding_follows_a_comment_of_another_by_a_push_in_time(
    events: list[Event], strict: bool, known: frozenset[str]
) -> None:
    rows = heeded(change(*events, known=known), strict)
    pushes = {event.time for event in events if event.kind == "push"}
    assert len({(row.leader, row.time) for row in rows}) == len(rows)
    for row in rows:
        comments = [event for event in events if event.kind == "comment" and event.actor == row.leader]
        assert row.leader != ANN
        assert row.time in pushes
        assert any(event.time < row.time <= event.time + PATIENCE for event in comments)
        assert 0 < row.share <= 1
        assert 1 <= row.amount <= len(comments)
    if strict and known == LINES:
        # The strict rule never sees what the loose one does not.
        loose = {(row.leader, row.time) for row in heeded(change(*events, known=known), False)}
        assert {(row.leader, row.time) for row in rows} <= loose
