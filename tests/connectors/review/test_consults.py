"""Whose advice a change received, and who had asked for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.review.consults import STRENGTH, advice
from connectors.review.model import Account, Change, Event

ANN, BO, CY = Account("ann"), Account("bo"), Account("cy")


def at(hour: float) -> dt.datetime:
    return dt.datetime(2025, 1, 1) + dt.timedelta(hours=hour)


def event(kind: str, who: Account | None, hour: float, body: str = "", **more: Any) -> Event:
    return Event(kind, at(hour), who, url=f"https://x/{hour}", body=body, **more)


def change(*events: Event, body: str = "", merged: float | None = None) -> Change:
    ordered = sorted(events, key=lambda one: one.time)
    end = at(merged) if merged else None
    return Change("1", ANN, at(0), body=body, merged=end, events=ordered, known=frozenset(("pushes", "threads")))


APPROVED = event("review", BO, 2, state="approved")


@pytest.mark.parametrize(
    ("made", "found"),
    [
        # Contact only: a bare approval that nobody asked for and that nothing followed; a mere comment.
        (change(APPROVED), []),
        (change(event("comment", BO, 2, "ACK 1a2b3c4d")), []),
        (change(event("comment", BO, 2, "Why?"), event("push", ANN, 3)), []),
        (change(APPROVED, event("push", ANN, 5), merged=4), []),
        # Something happened after it, it says something, or it was asked for.
        (change(APPROVED, event("push", ANN, 3)), [("approved", None)]),
        (change(APPROVED, event("comment", ANN, 3, "Thanks")), [("approved", None)]),
        (change(event("comment", BO, 2, "ACK 1a2b3c4d. The lock is held longer now.")), [("ack", None)]),
        (change(event("review", BO, 2, state="changes")), [("changes-requested", None)]),
        (change(APPROVED, event("request", ANN, 1, target=BO)), [("approved", ANN)]),
        (change(APPROVED, event("request", CY, 1, target=BO)), [("approved", CY)]),
        (change(APPROVED, body="@bo please review"), [("approved", ANN)]),
        (change(event("comment", BO, 2, "Why?"), event("request", ANN, 1, target=BO)), [("asked", ANN)]),
        (change(APPROVED, event("comment", BO, 1, "Please add me as reviewer")), [("approved", BO)]),
        # A request that was taken back, and one that came later, asked nobody.
        (change(APPROVED, event("request", ANN, 1, target=BO), event("unrequest", ANN, 1.5, target=BO)), []),
        (change(APPROVED, event("request", ANN, 3, target=BO)), []),
        # One's own, and nobody's.
        (change(event("review", ANN, 2, "Fine so", state="approved")), []),
        (change(event("review", None, 2, "Fine so", state="approved")), []),
    ],
)
def test_whose_advice(made: Change, found: list[tuple[str, Account | None]]) -> None:
    assert [(one.how, one.asked_by) for one in advice(made)] == found


def test_a_rule_that_demands_it_is_told_and_what_is_not_known_is_none() -> None:
    (one,) = advice(change(APPROVED, event("request", None, 1, target=BO, by_rule=True)))
    assert one.required is True
    (one,) = advice(change(APPROVED, event("request", ANN, 1, target=BO)))
    assert one.required is None


def test_the_loose_rule_takes_every_review_and_the_strongest_names_it() -> None:
    (one,) = advice(change(APPROVED, event("review", BO, 1, "Hm, slow.", state="commented")), strict=False)
    assert (one.leader, one.how, one.time) == (BO, "approved", at(1))
    assert len(advice(change(APPROVED), strict=False)) == 1


EVENTS = st.builds(
    lambda kind, who, hour, body, state, target: event(kind, who, hour, body, state=state, target=target),
    st.sampled_from(["review", "comment", "request", "unrequest", "push"]),
    st.sampled_from([ANN, BO, CY, None]),
    st.integers(1, 9),
    st.sampled_from(["", "ACK 1a2b3c4d", "LGTM", "This leaks.", "@bo please review", "Please add me as reviewer"]),
    st.sampled_from(["approved", "changes", "commented"]),
    st.sampled_from([BO, CY, None]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(EVENTS, max_size=10))
def test_one_row_an_adviser_and_the_strict_are_among_the_loose(events: list[Event]) -> None:
    strict, loose = (advice(change(*events), which) for which in (True, False))
    assert {one.leader for one in strict} <= {one.leader for one in loose}
    for found in (strict, loose):
        assert len({one.leader for one in found}) == len(found)
        assert all(one.leader != ANN and one.how in STRENGTH for one in found)


def test_where_neither_pushes_nor_answers_are_known_a_bare_approval_counts() -> None:
    made = change(APPROVED)
    made.known = frozenset()
    assert [one.how for one in advice(made)] == ["approved"]
