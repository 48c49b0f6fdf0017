"""Adopting names within a repository, rule by rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from influence.workspace import Workspace
from tests.influence.factories import Rows, at, key
from tests.influence.following import adopted, analysed, edges, followed, value


def test_whoever_first_defined_a_name_is_followed_by_who_uses_it_later(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "ring", "2020-01-01")
    rows.defines("bea", "ring", "2020-02-01", path="src/other.c")
    rows.uses("cal", "ring", "2020-03-01")
    rows.uses("dan", "ring", "2019-12-01")  # used it when it was something else's
    rows.uses("ada", "ring", "2020-03-01")
    rows.uses("bea", "ring", "2020-03-01")  # may mean her own
    assert adopted(analysed(rows, tmp_path)) == {("cal", "ada")}


def test_a_tie_of_time_is_decided_by_when_it_was_visible_then_by_unit(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "ring", "2020-01-01", unit="a", visible="2020-01-05")
    rows.defines("bea", "ring", "2020-01-01", unit="b", visible="2020-01-04")
    rows.defines("ada", "build", "2020-01-01", unit="b")
    rows.defines("bea", "build", "2020-01-01", unit="a")
    rows.uses("cal", "ring", "2020-03-01")
    rows.uses("dan", "build", "2020-03-01")
    assert adopted(analysed(rows, tmp_path)) == {("cal", "bea"), ("dan", "bea")}


def test_renaming_hands_the_introduction_on(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "ring", "2020-01-01")
    rows.defines("bea", "hoop", "2020-02-01", renamed_from="ring")
    rows.defines("cal", "wheel", "2020-02-10", renamed_from="hoop")
    rows.defines("bea", "stray", "2020-02-10", renamed_from="never defined")
    rows.defines("bea", "left", "2020-02-10", renamed_from="right")
    rows.defines("bea", "right", "2020-02-11", renamed_from="left")
    for name in ("wheel", "stray", "left", "right"):
        rows.uses("dan", name, "2020-03-01")
    rows.uses("dan", "ring", "2020-01-20")
    rows.uses("eve", "hoop", "2020-03-01")
    findings = analysed(rows, tmp_path)
    assert adopted(findings) == {("dan", "ada"), ("eve", "ada")}
    # One name under whatever it was called: first used in January.
    assert edges(findings)["dan", "ada", "adopts", "unknown"]["first"] == at("2020-01-20")
    assert edges(findings)["dan", "ada", "adopts", "unknown"]["signals"] == 1


@pytest.mark.parametrize("third", [{"who": "cal"}, {"who": "ada", "path": "src/third.c"}])
def test_a_name_that_many_define_is_nobodys_from_then_on(tmp_path: Path, third: dict[str, str]) -> None:
    rows = Rows()
    rows.defines("ada", "init", "2020-01-01")
    rows.defines("bea", "init", "2020-01-02", path="src/second.c")
    rows.defines(third["who"], "init", "2020-02-01", path=third.get("path", "src/a.c"))
    rows.uses("dan", "init", "2020-01-20")
    rows.uses("eve", "init", "2020-02-20")
    rows.uses("fay", "init", "2020-02-01")  # the very moment
    findings = analysed(rows, tmp_path)
    assert adopted(findings) == {("dan", "ada")}
    assert ("first uses of names", 2, "three or more people, or files, had defined the name by then") in findings.meta[
        "left_out"
    ]


def test_a_name_is_lost_with_the_word_it_was_introduced_by(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "init", "2020-01-01")
    rows.defines("ada", "init", "2020-01-02", path="src/second.c")
    rows.defines("bea", "begin", "2020-01-03", renamed_from="init")
    rows.uses("cal", "begin", "2020-01-10")
    rows.defines("ada", "init", "2020-02-01", path="src/third.c")
    rows.uses("dan", "begin", "2020-02-10")
    assert adopted(analysed(rows, tmp_path)) == {("cal", "ada")}


def test_two_people_in_two_files_leave_a_name_decided(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "init", "2020-01-01")
    for who, path in (("bea", "src/a.c"), ("ada", "src/second.c"), ("bea", "src/second.c")):
        rows.defines(who, "init", "2020-01-02", path=path)
    rows.uses("cal", "init", "2020-02-01")
    assert adopted(analysed(rows, tmp_path)) == {("cal", "ada")}


def test_a_bare_word_means_the_first_definition_that_is_no_method(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "rustc_host", "2020-01-01", method=True, family="rust")
    rows.uses("cal", "rustc_host", "2020-01-10", reached=False, family="rust")  # a local variable, perhaps
    rows.uses("dan", "rustc_host", "2020-01-10", reached=True, family="rust")
    rows.defines("bea", "rustc_host", "2020-02-01", path="src/support.c", method=False, family="rust")
    rows.uses("cal", "rustc_host", "2020-03-01", reached=False, family="rust", unit="later")
    rows.uses("eve", "rustc_host", "2020-03-01", reached=False, family="rust")
    rows.uses("dan", "rustc_host", "2020-03-02", reached=False, family="python")
    assert adopted(analysed(rows, tmp_path)) == {("dan", "ada"), ("eve", "bea")}


def test_a_bare_word_is_no_use_where_all_that_is_called_so_are_methods(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "get_ring", "2020-01-01", method=True, family="python")
    rows.uses("cal", "get_ring", "2020-02-01", reached=False, family="python")
    rows.uses("dan", "get_ring", "2020-02-01", reached=True, family="python")
    rows.uses("eve", "get_ring", "2020-02-01", reached=True, family="c")
    assert adopted(analysed(rows, tmp_path)) == {("dan", "ada")}


@pytest.mark.parametrize("early", [2, 3])
def test_what_many_used_before_it_was_defined_is_a_librarys(tmp_path: Path, early: int) -> None:
    rows = Rows()
    rows.defines("ada", "to_string", "2020-01-01")
    rows.uses("ada", "to_string", "2019-01-01")
    for who in ("bea", "cal", "dan")[:early]:
        rows.uses(who, "to_string", "2019-01-01")
    rows.uses("eve", "to_string", "2020-02-01")
    findings = analysed(rows, tmp_path)
    assert adopted(findings) == ({("eve", "ada")} if early == 2 else set())
    why = "three or more people had used the name before anybody defined it here: a library's"
    assert (("first uses of names", 1, why) in findings.meta["left_out"]) == (early == 3)


def test_nobody_leads_by_one_name(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "lucky", "2020-01-01")
    for number in range(11):
        rows.defines("bea", f"name{number}", "2020-01-01")
    for who in ("cal", "dan", "eve"):
        rows.uses(who, "lucky", "2020-02-01")
        for number in range(11):
            rows.uses(who, f"name{number}", "2020-02-01")
    findings = analysed(rows, tmp_path)
    assert value(findings, "cal", "ada", "adopts", "unknown") == pytest.approx(0.0693147181)  # log(2) / 10
    assert value(findings, "cal", "bea", "adopts", "unknown") == pytest.approx(2.4849066498)  # log(12)


def test_who_opts_out_is_gone_and_nobody_inherits_their_names(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "ring", "2020-01-01")
    rows.defines("bea", "ring", "2020-02-01")
    rows.uses("cal", "ring", "2020-03-01")
    rows.signal("cal", "ada", "2020-03-01")
    rows.signal("cal", "bea", "2020-03-01")
    workspace = rows.write(tmp_path)
    workspace.opt_out([key("ada")])
    for _ in range(2):
        findings = followed(workspace)
        assert set(edges(findings)) == {("cal", "bea", "builds_on", "unknown")}
        assert "Ada Adason" not in set(findings.people["person"])
        assert ("first uses of names", 1, "who introduced the name may not be named or is not known") in findings.meta[
            "left_out"
        ]
        rows.write(workspace)  # collected once more


def test_a_static_of_c_is_private_to_its_file(tmp_path: Path) -> None:
    rows = Rows()
    rows.defines("ada", "parse_options", "2020-01-01", path="a.c", language="c", public=False)
    rows.defines("bea", "parse_options", "2020-02-01", path="parse.c", language="c")
    rows.uses("cal", "parse_options", "2020-03-01", path="main.c")
    rows.defines("ada", "local_helper", "2020-01-01", path="a.c", language="c", public=False)
    rows.uses("cal", "local_helper", "2020-03-01", path="main.c")
    rows.uses("dan", "local_helper", "2020-03-01", path="a.c")
    assert adopted(analysed(rows, tmp_path)) == {("cal", "bea"), ("dan", "ada")}


def test_names_of_two_repositories_are_two_names(tmp_path: Path) -> None:
    one, two = Rows("one"), Rows("two", repository="s" * 40)
    one.defines("ada", "ring", "2020-01-01")
    two.defines("bea", "ring", "2020-02-01")
    two.uses("cal", "ring", "2020-03-01")
    one.write(tmp_path)
    assert adopted(analysed(two, tmp_path)) == {("cal", "bea")}
    for rows in (one, two):
        rows.defines("dan", "build", "2020-01-01")
        rows.uses("eve", "build", "2020-03-01")
        rows.write(tmp_path)
    findings = followed(Workspace(tmp_path / "workspace.duckdb"))
    assert value(findings, "eve", "dan", "adopts", "unknown") == pytest.approx(0.2197224577)  # log(3) / 2, a tenth each
