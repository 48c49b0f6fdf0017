"""Whether a following was obliged, solicited, free or unknown, rule by rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from influence.findings import Findings, analyse
from tests.influence.factories import Rows, at
from tests.influence.following import Followed, analysed, edges

PEOPLE = ["ada", "bea", "cal", "dan", "eve"]


def occasions(findings: Findings | Followed, kind: str) -> dict[str, str]:
    """Occasion by follower, for one kind and one leader."""
    return {follower: occasion for follower, _, k, occasion in edges(findings) if k == kind}


def test_management_obliges_any_kind_while_it_lasts(tmp_path: Path) -> None:
    rows = Rows()
    rows.manages("ada", "bea", since="2020-02-01", until="2020-03-01")
    rows.defines("ada", "ring", "2019-01-01")
    for kind in ("builds_on", "consults", "heeds", "mentions"):
        rows.signal("bea", "ada", "2020-02-10", kind)
        rows.signal("cal", "ada", "2020-02-10", kind)
    rows.uses("bea", "ring", "2020-02-11")
    rows.signal("bea", "ada", "2020-01-31", unit="before")
    rows.signal("bea", "ada", "2020-03-01", unit="after")
    found = edges(analysed(rows, tmp_path))
    for kind in ("builds_on", "consults", "heeds", "mentions", "adopts"):
        assert found["bea", "ada", kind, "obliged"]["signals"] == 1
        assert not found["bea", "ada", kind, "obliged"]["counted"]
    assert found["bea", "ada", "builds_on", "unknown"]["signals"] == 2
    assert ("cal", "ada", "builds_on", "unknown") in found


def test_management_reaches_through_others_and_not_upwards(tmp_path: Path) -> None:
    rows = Rows()
    rows.manages("ada", "bea")
    rows.manages("bea", "cal")
    rows.signal("cal", "ada", "2020-02-10")
    rows.signal("ada", "cal", "2020-02-10")
    assert set(edges(analysed(rows, tmp_path))) == {
        ("cal", "ada", "builds_on", "obliged"),
        ("ada", "cal", "builds_on", "unknown"),
    }


def test_what_a_rule_demanded_is_obliged_even_when_asked_for(tmp_path: Path) -> None:
    rows = Rows()
    rows.signal("bea", "ada", "2020-02-10", "consults", required=True, asked_by="bea")
    rows.signal("cal", "ada", "2020-02-10", "consults", required=False, asked_by="cal")
    rows.signal("dan", "ada", "2020-02-10", "consults", asked_by="ada")
    rows.signal("eve", "ada", "2020-02-10", "consults", asked_by="bea")
    assert occasions(analysed(rows, tmp_path), "consults") == {
        "bea": "obliged",
        "cal": "free",
        "dan": "solicited",
        "eve": "unknown",
    }


def test_power_over_the_paths_obliges_advice_and_not_building(tmp_path: Path) -> None:
    rows = Rows()
    rows.owns("ada", "src/")
    for unit, *paths in (("inside", "src/a.c", "doc/x"), ("outside", "doc/x"), ("unknown",)):
        rows.unit(unit, *paths)
    rows.signal("bea", "ada", "2020-02-10", "consults", unit="inside", path=None)
    rows.signal("cal", "ada", "2020-02-10", "consults", unit="outside", path=None)
    rows.signal("dan", "ada", "2020-02-10", "consults", unit="unknown", path=None)
    rows.signal("eve", "ada", "2020-02-10", "heeds", unit="inside")
    rows.signal("bea", "ada", "2020-02-11", unit="inside")
    findings = analysed(rows, tmp_path)
    assert occasions(findings, "consults") == {"bea": "obliged", "cal": "unknown", "dan": "unknown"}
    assert occasions(findings, "heeds") == {"eve": "obliged"}
    assert occasions(findings, "builds_on") == {"bea": "unknown"}


def test_power_over_paths_is_dated(tmp_path: Path) -> None:
    rows = Rows()
    rows.owns("ada", "*", since="2020-02-01", until="2020-03-01")
    for who, day in (("bea", "2020-01-31"), ("cal", "2020-02-01"), ("dan", "2020-03-01")):
        rows.unit(who, "src/a.c")
        rows.signal(who, "ada", day, "consults", unit=who)
    assert occasions(analysed(rows, tmp_path), "consults") == {"bea": "unknown", "cal": "obliged", "dan": "unknown"}


@pytest.mark.parametrize(("holders", "occasion"), [(1, "obliged"), (3, "unknown")])
def test_a_right_over_everything_obliges_unless_many_hold_it(tmp_path: Path, holders: int, occasion: str) -> None:
    rows = Rows()
    for who in PEOPLE:
        rows.act(who, "2020-02-01")
    for who in PEOPLE[:holders]:
        rows.owns(who, role="maintainer")
    rows.signal("eve", "ada", "2020-02-10", "consults", unit="of unknown paths")
    findings = analyse(rows.write(tmp_path))
    assert occasions(findings, "consults") == {"eve": occasion}
    assert findings.meta["authority_known"]


def test_what_is_the_custom_is_so_year_by_year(tmp_path: Path) -> None:
    rows = Rows()
    for who in PEOPLE:
        rows.act(who, "2020-02-01")
    for who in ("ada", "eve"):
        rows.act(who, "2021-02-01")
    rows.owns("ada", role="maintainer")
    for year in (2020, 2021):
        rows.signal("eve", "ada", f"{year}-02-10", "consults", unit=f"of {year}")
    found = edges(analysed(rows, tmp_path))
    assert found["eve", "ada", "consults", "obliged"]["first"] == at("2020-02-10")
    assert found["eve", "ada", "consults", "unknown"]["first"] == at("2021-02-10")


def test_whoever_merged_it_obliges_unless_the_author_had_asked_her(tmp_path: Path) -> None:
    rows = Rows()
    rows.act("ada", "2020-02-12", "merge", unit="p1")
    rows.unit("c1", "a.c", part_of="p1")
    rows.signal("bea", "ada", "2020-02-10", "heeds", unit="p1")
    rows.signal("cal", "ada", "2020-02-10", "heeds", unit="c1")
    rows.signal("dan", "ada", "2020-02-10", "heeds", unit="p1", asked_by="dan")
    rows.signal("eve", "ada", "2020-02-10", "heeds", unit="p2")
    assert occasions(analysed(rows, tmp_path), "heeds") == {
        "bea": "obliged",
        "cal": "obliged",
        "dan": "free",
        "eve": "unknown",
    }
