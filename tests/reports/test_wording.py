"""The sentences: answer first, numbers and plurals right, and every case of not knowing said."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from reports import wording
from reports.wording import text

if TYPE_CHECKING:
    from influence.findings import Findings


def varied(findings: Findings, meta: dict[str, Any] | None = None, **columns: Any) -> Findings:
    """The same findings with other columns in the table of leaders, or other meta."""
    table = findings.table.copy()
    for name, values in columns.items():
        table[name] = pd.array([values] * len(table) if not isinstance(values, list) else values, dtype=object)
    for name in {"named", "here"} & set(columns):
        table[name] = table[name].astype(bool)
    return dataclasses.replace(findings, table=table, meta={**findings.meta, **(meta or {})})


def first(findings: Findings, n: int) -> list[bool]:
    return [i < n for i in range(len(findings.table))]


def test_the_answer_names_how_many_lead_and_who_is_first(organisation: Findings) -> None:
    best = organisation.table.iloc[0]
    answer = text(wording.answer(varied(organisation, named=first(organisation, 4), implicit=True, here=True)))
    assert answer == (
        f"Four people lead here without managing anyone. {best.person} is followed by {best.reach} of "
        f"{organisation.meta['counts']['people'] - 1} colleagues."
    )


def test_who_is_gone_is_told_apart(organisation: Findings) -> None:
    here = [i not in (0, 2) for i in range(len(organisation.table))]
    gone, best = organisation.table.iloc[0], organisation.table.iloc[1]
    answer = text(wording.answer(varied(organisation, named=first(organisation, 4), implicit=True, here=here)))
    assert answer.startswith(f"Two people lead here without managing anyone. {best.person} is followed by {best.reach}")
    assert answer.endswith(f" Two who are gone are still followed, {gone.person} more than anyone here.")
    assert wording.sure(varied(organisation, named=first(organisation, 4), here=here)).startswith(best.person)


def test_where_all_are_gone_the_page_says_so(organisation: Findings) -> None:
    answer = text(wording.answer(varied(organisation, named=first(organisation, 1), implicit=True, here=False)))
    assert answer.startswith("Nobody who is still here leads without formal power. One who is gone is still followed: ")
    assert f"last seen in {wording.month(organisation.table.iloc[0].last_seen)}, is followed by " in answer


def test_one_leader_is_one_person(organisation: Findings) -> None:
    answer = text(wording.answer(varied(organisation, named=first(organisation, 1), implicit=True, here=True)))
    assert answer.startswith("One person leads here without managing anyone: ")


def test_small_numbers_are_words_and_large_ones_are_not() -> None:
    assert [wording.word(n) for n in (1, 12, 20, 21, 1200)] == ["one", "twelve", "twenty", "21", "1,200"]


def test_a_leader_of_unknown_power_is_not_said_to_manage_nobody(unknown: Findings) -> None:
    answer = text(wording.answer(unknown))
    assert "without managing" not in answer
    assert "with or without formal power" in answer
    assert " others" in answer


def test_who_is_missing_in_the_chart_is_counted_apart(organisation: Findings) -> None:
    implicit = [None, *[True] * (len(organisation.table) - 1)]
    answer = text(wording.answer(varied(organisation, named=first(organisation, 3), implicit=implicit, here=True)))
    assert answer.startswith(
        "Three people lead here: two without managing anyone, one whose formal power is not known."
    )


def test_nobody_is_named_and_the_reason_is_given(nobody: Findings) -> None:
    answer = text(wording.answer(nobody))
    assert answer.startswith("Nobody can be named here as leading without managing. Nobody is followed by at least 5 ")
    assert answer.endswith("Most followed is Ada Adason, by 1 of 1 others.")
    assert ".." not in answer


def test_silence_is_said_only_where_it_is_known(organisation: Findings) -> None:
    named = first(organisation, 2)
    assert "without a word" not in text(wording.answer(varied(organisation, named=named, silent_share=None)))
    assert "95 % of it without a word" in text(wording.answer(varied(organisation, named=named, silent_share=0.95)))


def test_the_answer_guesses_no_gender(organisation: Findings, unknown: Findings, nobody: Findings) -> None:
    for findings in (organisation, unknown, nobody):
        words = text([p for s in (wording.answer(findings), *wording.read(findings)) for p in s]).lower().split()
        assert not {"he", "she", "his", "her", "him"} & {w.strip(".,:;") for w in words}


def test_what_was_read_and_what_is_not_known_stand_above_the_fold(organisation: Findings) -> None:
    what, left, unknown = (text(sentence) for sentence in wording.read(organisation))
    assert what.startswith("Read: 2 repositories, ")
    assert "over 3 years" in what
    assert "org chart of " in what
    assert "1 bot" in left
    assert "coding assistant" in left
    assert "vendored files" in left
    assert "owed to formal power" in left
    assert "who asked for" in unknown
    assert "no review was read" in unknown


def test_unknown_power_is_among_what_is_not_known(unknown: Findings) -> None:
    assert "who has formal power" in text(wording.not_known(unknown))


def test_files_of_owners_are_named_and_whoever_hides_in_them_is_counted(organisation: Findings) -> None:
    owners = {"connector": "owners", "label": "ring", "counts": {"people": 3}, "problems": []}
    chart = {**organisation.meta["chart"], "unmatched": []}
    meta = {**organisation.meta, "sources": [owners], "hidden_rights": 1, "chart": chart}
    told = dataclasses.replace(organisation, meta=meta)
    assert "files of owners (OWNERS, MAINTAINERS, CODEOWNERS) of ring" in text(wording.read(told)[0])
    assert "who 1 person with rights over a whole repository is in the history" in text(wording.not_known(told))


def test_formal_power_is_said_as_known_as_it_is(organisation: Findings) -> None:
    row = organisation.table.iloc[0]
    say = lambda **changes: wording.formal(pd.Series({**row.to_dict(), **changes}), chart=True)  # noqa: E731
    assert say(implicit=True, formal=[]) == ("manages nobody", "none")
    assert say(implicit=False, formal=["manages 9"]) == ("manages 9", "formal")
    assert say(implicit=None, formal=[]) == ("formal power unknown", "unknown")
    ended = ["approver in ring until 2020-05-01"]
    assert (
        say(implicit=True, formal=[], formerly=ended)[0] == "manages nobody; formerly approver in ring until 2020-05-01"
    )
    assert say(implicit=False, formal=["manages 9"], formerly=ended)[1] == "formal"
    assert (
        say(implicit=True, formal=["code owner of storage/ in ring"])[0]
        == "manages nobody; code owner of storage/ in ring"
    )


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "0 %"),
        (0.001, "under 1 %"),
        (0.034, "3 %"),
        (0.999, "over 99 %"),
        (1, "100 %"),
        (None, "not known"),
        (float("nan"), "not known"),
    ],
)
def test_percent(share: float | None, said: str) -> None:
    assert wording.percent(share) == said


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ("2025-12-30", "this week"),
        ("2025-12-17", "2 weeks ago"),
        ("2025-12-23", "1 week ago"),
        ("2025-06-02", "June 2025"),
        (None, "not known"),
        (pd.NaT, "not known"),
    ],
)
def test_last_seen_in_words(seen: Any, said: str) -> None:
    assert wording.ago(seen, "2025-12-31", "2026-01-02") == said


def test_ago_is_never_said_of_an_old_history() -> None:
    assert wording.ago("2015-12-30", "2015-12-31", "2026-01-02") == "December 2015"


def test_counts_and_lists() -> None:
    assert [wording.count(n, "person", "people") for n in (0, 1, 2, 1200)] == [
        "no people",
        "1 person",
        "2 people",
        "1,200 people",
    ]
    assert wording.listing(["a"]) == "a"
    assert wording.listing(["a", "b", "c"]) == "a, b and c"
    assert wording.listing(["a", "b", "c", "d"], 2) == "a, b and 2 more"
    assert wording.listing([]) == ""
    assert wording.span("2023-01-01", "2025-12-31") == "3 years"
    assert wording.span("2023-01-01", "2023-06-01") == "5 months"


def test_what_was_left_out_is_grouped() -> None:
    whats = ["files: binary", "files: data", "forks", "files: binary"]
    assert wording._grouped(whats) == ["files (binary and data)", "forks"]
