"""What words of a review mean."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.review import texts
from connectors.review.texts import Ground

RULES = {
    name: getattr(texts, name)
    for name in (
        "own_words",
        "quotes",
        "approval",
        "is_bare",
        "pings",
        "asked",
        "asks_to_be_followed",
        "grounds",
        "stacked_on",
        "taken_over",
        "closes",
        "takes_up",
        "declines",
        "wishes",
    )
}


@pytest.mark.parametrize(
    ("body", "how", "bare"),
    [
        ("ACK 1a2b3c4d", "ack", True),
        ("utACK 1a2b3c4d5e, thanks!", "ack", True),
        ("re-ACK", "ack", True),
        ("**Concept ACK**", "concept-ack", True),
        ("Approach ACK, but the lock is held too long", "concept-ack", False),
        ("LGTM :+1:", "lgtm", True),
        ("/lgtm", "lgtm", True),
        ("/approve", "approve", True),
        ("I read it.\n\nACK 1a2b3c4d except for the last commit", "ack", False),
    ],
)
def test_approvals(body: str, how: str, bare: bool) -> None:
    assert texts.approval(body) == texts.Approval(how, bare)


@pytest.mark.parametrize(
    "body", ["NACK", "Concept NACK", "> ACK 1a2b3c4d\nWhy?", "We got an ack from upstream", "```\nACK\n```"]
)
def test_no_approvals(body: str) -> None:
    assert texts.approval(body) is None


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("as @eve did in #12", [Ground("eve")]),
        ("As @eve already pointed out, this leaks.", [Ground("eve")]),
        ("@eve's approach is simpler", [Ground("eve")]),
        ("Suggested by @eve.", [Ground("eve")]),
        ("Thanks @eve for the idea", [Ground("eve")]),
        ("Following the approach in #12", [Ground(number="#12")]),
        ("Inspired by #12", [Ground(number="#12")]),
        ("As discussed in #12 this adds a lock", [Ground(number="#12")]),
        ("Same as #12, but for the other build", [Ground(number="#12")]),
        ("just like #12", [Ground(number="#12")]),
        ("Similar to #12, this takes the lock first", [Ground(number="#12")]),
        # Pings, manners, quotes and code.
        ("@eve please review", []),
        ("Thanks @eve!", []),
        ("> as @eve did", []),
        ("`as @eve did`", []),
        # What one does not do, and examples.
        ("not as @eve did", []),
        ("unlike @eve's approach", []),
        ("we didn't like #12", []),
        ("changes like #12 are hard to read", []),
        ("issues (like #12)", []),
        ("to avoid misconceptions such as in #12", []),
        # Two things that are alike.
        ("This is very similar to #12.", []),
        ("It's the same as #12", []),
        ("This smells like the same issue as in #12", []),
    ],
)
def test_grounds(body: str, found: list[Ground]) -> None:
    assert texts.grounds(body) == found


@pytest.mark.parametrize(
    ("body", "stacked", "taken"),
    [
        ("Based on #12", ["#12"], []),
        ("This builds on top of PR #12 and #13", ["#12"], []),
        ("Depends on !7", ["!7"], []),
        ("Picks up #12", [], ["#12"]),
        ("Supersedes #12.", [], ["#12"]),
        ("cherry-picked from #12", [], ["#12"]),
        ("This is a continuation of #12", [], ["#12"]),
        ("not based on #12", [], []),
        ("May supersede #12, depending on what people prefer", [], []),
        ("> Based on #12", [], []),
    ],
)
def test_work_that_is_built_on(body: str, stacked: list[str], taken: list[str]) -> None:
    assert (texts.stacked_on(body), texts.taken_over(body)) == (stacked, taken)


@pytest.mark.parametrize(
    "body",
    [
        "Done.",
        "Fixed in 1a2b3c4.",
        "Thanks, fixed!",
        "Good catch",
        "Oh, you're right.",
        "@bo Added.",
        "I've updated the comment.",
        "https://github.com/acme/store/pull/1#discussion_r1 addressed in 1a2b3c4",
        "Will do!\nI will rename it tomorrow",
        "* moved the lock\n* renamed the file",
        "I don't like the name, but renamed.\nRenamed.",
    ],
)
def test_answers_that_take_up(body: str) -> None:
    assert texts.takes_up(body)
    assert not texts.declines(body)


@pytest.mark.parametrize(
    ("body", "declined"),
    [
        ("I don't think that is needed.", True),
        ("That's intentional", True),
        ("I'd rather keep it", True),
        ("Out of scope here", True),
        ("Why?", False),
        ("Rebased.", False),
        ("the added fields are only created and modified by public functions", False),
        ("> Done.", False),
    ],
)
def test_answers_that_do_not(body: str, declined: bool) -> None:
    assert not texts.takes_up(body)
    assert texts.declines(body) is declined


@pytest.mark.parametrize(
    ("body", "ended"),
    [
        ("Fixes #12, closes: #13 and resolved #12", ["#12", "#13"]),
        ("FIX #12", ["#12"]),
        ("Fixes #12, #13", ["#12"]),
        ("> fixes #12\n`closes #13` discloses #14, fixing #15, see #16, fixes other/store#17", []),
    ],
)
def test_issues_that_end_with_a_change(body: str, ended: list[str]) -> None:
    assert texts.closes(body) == ended


@pytest.mark.parametrize(
    ("body", "wish"),
    [
        ("ACK 1a2b3c4, tested on Linux Mint 20.1 (Qt 5.12.8).", False),
        ("ACK 1a2b3c4", False),
        ("utACK 1a2b3c4\n\nPerhaps rename it?", True),
        ("ACK 1a2b3c4\nnit: trailing blank", True),
        ("LGTM with `const`", True),
    ],
)
def test_wishes_of_those_who_approve(body: str, wish: bool) -> None:
    assert texts.wishes(body) is wish


def test_who_is_called_and_who_is_asked() -> None:
    body = "cc @Bo, @cy-x\nSee a@di.org and @acme/team.\n> @ed please review\n@fay said so"
    assert texts.pings(body) == ["bo", "cy-x", "fay"]
    assert texts.asked(body) == ["bo", "cy-x"]


def test_own_words_are_without_quotes_code_and_what_is_hidden() -> None:
    body = "mine\n> theirs\n```\ncode\n```\n`more` <!-- hidden --><details>folded</details> too"
    assert texts.own_words(body).split() == ["mine", "too"]
    assert texts.quotes(body) == ["theirs"]


PIECES = [
    "@eve ", "#12 ", "as ", "like ", "thanks ", "very ", "`", "```\n", "> ", "<!--", "<details", "\n", " ", "ACK ",
    "re-", "concept ", "similar to ", "is ", "not ", "I've ", "just ", "also ", "https://", "~~~", "'s ", "(", ".", "*",
    "per ", "a" * 50, "-", "suggested by ", "please ", "based on ", "the work commits PR ", "\u00e9", "\0",
]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), min_size=1, max_size=8))
def test_no_text_keeps_a_rule_busy(pieces: list[str]) -> None:
    body = ("".join(pieces) * 20_000)[: texts.LONGEST]
    for name, rule in RULES.items():
        rule = getattr(rule, "__wrapped__", rule)
        # Processor time, and again when it is over: a pause of a busy machine says nothing.
        assert any(_seconds(rule, body) < 3 for _ in range(3)), (name, body[:200])


def _seconds(rule: object, body: str) -> float:
    start = time.process_time()
    rule(body)  # type: ignore[operator]
    return time.process_time() - start


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_rules_take_any_text_and_name_nobody_whom_it_does_not(body: str) -> None:
    for rule in RULES.values():
        rule(body)
    for ground in texts.grounds(body):
        assert (ground.login or ground.number) in body.lower()
    assert all(mark in body for mark in (*texts.stacked_on(body), *texts.taken_over(body)))
    assert not (texts.takes_up(body) and texts.declines(body))
    assert set(texts.asked(body)) <= set(texts.pings(body))
