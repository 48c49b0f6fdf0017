"""Power that begins and ends, and the rules of OWNERS and MAINTAINERS."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from tests.influence.test_authority import DAY, make, owning, right


def dated(since: str | None, until: str | None, *lines: tuple[str, str], **more: Any) -> list[dict]:
    """As `owning`, from when to when."""
    bounds = {name: pd.Timestamp(day) for name, day in (("since", since), ("until", until)) if day}
    return [
        {**row, **bounds, "role": more.get("role", "code owner")}
        for row in owning(*lines, rule=more.get("rule", "last"), first=more.get("first", 1))
    ]


def test_power_that_ended_is_none_and_before_it_began_nobody_was_obliged() -> None:
    power = make(
        [*dated("2020-01-01", "2021-01-01", ("/a/", "ann")), *dated("2022-01-01", None, ("/a/", "bob"), first=2)]
    )
    when = {
        day: power.owners("r", ["a/x"], dt.date.fromisoformat(day))
        for day in ("2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01", "2022-01-01")
    }
    assert list(when.values()) == [set(), {"ann"}, {"ann"}, set(), {"bob"}]
    assert power.formerly(DAY) == {"ann": ["code owner in swift until 2021-01-01"]}
    assert power.formerly(dt.date(2020, 6, 1)) == {}
    assert power.formal(DAY) == {"bob": ["code owner of a/ in swift"]}


def test_whoever_goes_on_elsewhere_in_the_repository_has_not_ended() -> None:
    power = make(
        [*dated("2020-01-01", "2021-01-01", ("/old/", "ann")), *dated("2021-01-01", None, ("/new/", "ann"), first=2)]
    )
    assert power.formerly(DAY) == {}


def test_the_last_line_decides_among_those_that_stood_there_then() -> None:
    power = make([*dated(None, None, ("*", "all")), *dated("2020-01-01", "2021-01-01", ("/a/", ""), first=2)])
    assert power.owners("r", ["a/x"], dt.date(2019, 1, 1)) == {"all"}
    assert power.owners("r", ["a/x"], dt.date(2020, 6, 1)) == set()
    assert power.owners("r", ["a/x"], dt.date(2021, 6, 1)) == {"all"}


def approving(pattern: str, names: str, rule: str = "upward", role: str = "approver", **more: Any) -> list[dict]:
    return dated(
        more.get("since"), more.get("until"), (pattern, names), rule=rule, role=role, first=more.get("first", 1)
    )


def test_owners_of_kubernetes_hold_upward_until_a_file_says_otherwise() -> None:
    power = make(
        [
            *approving("/", "root"),
            *approving("/a/", "ann", first=2),
            *approving("/a/b/", "bob", first=3),
            *approving("/a/b/", "go", rule=r"upward:^c/.*\.go$", first=4),
            *approving("/a/b/", "", rule="upward only", first=5, since="2023-01-01"),
            *approving("/a/b/", "rev", role="reviewer", first=6),
        ]
    )
    assert power.owners("r", ["x"], DAY) == {"root"}
    assert power.owners("r", ["a/x"], DAY) == {"root", "ann"}
    assert power.owners("r", ["a/b/x.go"], DAY) == {"bob"}
    assert power.owners("r", ["a/b/c/x.go"], DAY) == {"bob", "go"}
    assert power.owners("r", ["a/b/x"], dt.date(2022, 1, 1)) == {"root", "ann", "bob"}
    # The root's approvers may merge everything: of a change whose paths are not known only they had power.
    assert power.owners("r", None, DAY) == {"root"}
    assert power.whole_repository(DAY)["leader"].tolist() == ["root"]
    assert power.formal(DAY) == {
        "root": ["approver of swift"],
        "ann": ["approver of a/ in swift"],
        "bob": ["approver of a/b/ in swift"],
        "go": ["approver of a/b/ in swift"],
        "rev": ["reviewer of a/b/ in swift"],
    }


def test_a_reviewer_is_asked_and_has_no_power() -> None:
    rows = [
        *approving("/", "rev", role="reviewer"),
        right("ann", "reviewer"),
        *dated(None, None, ("a/", "cy"), rule="every:", role="reviewer"),
    ]
    power = make(rows)
    assert power.owners("r", ["a/x"], DAY) == power.owners("r", None, DAY) == set()
    assert power.whole_repository(DAY).empty
    assert not power.roles_known


def test_maintainers_of_linux_all_count_and_sections_exclude_their_own() -> None:
    rows = [
        *dated(None, None, ("*", "top"), ("*/", "rest"), rule="every:", role="maintainer"),
        *dated(
            None,
            None,
            ("net/", "ann"),
            ("X: net/ipv6/", ""),
            ("N: [^a-z]tegra", "ann"),
            rule="every:k",
            role="maintainer",
            first=9,
        ),
        *dated(
            None,
            None,
            ("net/*.c", "cy"),
            ("drivers/?sb/*/", "usb"),
            ("fs/**/x*.c", "fs"),
            ("Makefile", "mk"),
            rule="every:",
            role="maintainer",
            first=19,
        ),
    ]
    power = make(rows)
    found = {
        path: power.owners("r", [path], DAY)
        for path in (
            "README",
            "net/a.c",
            "net/b/a.c",
            "net/ipv6/a.c",
            "net/ipv6/b-tegra",
            "drivers/usb/x/y/z",
            "drivers/usb/x",
            "fs/x.c",
            "fs/a/b/xy.c",
            "Makefile",
            "Makefile.x",
        )
    }
    assert found == {
        "README": {"top"},
        "net/a.c": {"rest", "ann", "cy"},
        "net/b/a.c": {"rest", "ann"},
        "net/ipv6/a.c": {"rest"},
        "net/ipv6/b-tegra": {"rest"},
        "drivers/usb/x/y/z": {"rest", "usb"},
        "drivers/usb/x": {"rest"},
        "fs/x.c": {"rest", "fs"},
        "fs/a/b/xy.c": {"rest", "fs"},
        "Makefile": {"top", "mk"},
        "Makefile.x": {"top"},
    }
    assert power.whole_repository(DAY)["leader"].tolist() == ["rest"]


def test_what_most_hold_at_the_root_is_the_custom_and_obliges_nobody() -> None:
    power = make([*approving("/", "a b"), *approving("/x/", "a", first=2)])
    active = pd.DataFrame([("r", 2023, person) for person in "abc"], columns=["repository", "year", "id"])
    judged = power.considering(active)
    assert judged.owners("r", ["y"], dt.date(2023, 5, 1)) == set()
    assert judged.owners("r", ["x/y"], dt.date(2023, 5, 1)) == {"a"}


def test_a_holder_of_whom_nothing_tells_who_that_is_may_be_anybody() -> None:
    keys = {"login:known": "ann", "Ann <a@x>": "ann", "login:odd": "odd"}
    assert make(approving("/", "login:known"), keys=keys).hiding(DAY) == frozenset()
    rows = approving("/", "login:known login:odd", until="2024-06-01")
    assert make(rows, keys=keys).hiding(DAY) == {"r"}
    assert make(rows, keys=keys).hiding(dt.date(2025, 1, 1)) == frozenset()


@pytest.mark.parametrize("expression", ["(a+)+$", "(a|a)*b", "(.*)*x", "(", "a{1000}{1000}"])
def test_hostile_expressions_take_no_time(expression: str) -> None:
    power = make(
        [
            *approving("/", "ann", rule=f"upward:{expression}"),
            *dated(None, None, (f"N: {expression}", "bob"), rule="every:"),
        ]
    )
    for path in ("a" * 4000, "/".join(["a" * 30] * 100)):
        assert power.owners("r", [path], DAY) <= {"ann", "bob"}
