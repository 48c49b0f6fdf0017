"""Adoption from another repository, rule by rule: workspaces written from rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from influence.findings import analyse
from influence.workspace import Workspace
from tests.influence.factories import Rows
from tests.influence.following import Followed, adoptions, followed

A, B, C = "a" * 40, "b" * 40, "c" * 40


class Company:
    """Repositories `vault` (A) and `relay` (B), which imports it, and `third` (C). Ada introduces."""

    def __init__(self, folder: Path) -> None:
        self.workspace = Workspace(folder / "workspace.duckdb")
        self.vault, self.relay, self.third = (
            Rows(label, repository) for label, repository in (("vault", A), ("relay", B), ("third", C))
        )

    def ring(self, when: str = "2020-01-01", **more: Any) -> Company:
        """Ada gives the module and its class."""
        self.gives(self.vault, "ada", "vault.ring", "2020-01-01")
        columns = {"path": "vault/ring.py", "language": "python", "family": "python", "method": False} | more
        self.vault.defines("ada", "RingBuilder", when, **columns)
        return self

    @staticmethod
    def gives(rows: Rows, who: str, name: str, when: str, kind: str = "module:python", **more: Any) -> None:
        columns = {"path": "vault/ring.py", "language": kind.partition(":")[0], "family": kind, "method": False}
        rows.defines(who, name, when, **(columns | more))

    @staticmethod
    def takes(rows: Rows, who: str | None, name: str, when: str, kind: str = "module:python", **more: Any) -> None:
        rows.uses(who, name, when, **({"family": kind, "path": "app.py"} | more))  # type: ignore[arg-type]

    @staticmethod
    def uses(rows: Rows, who: str, when: str, name: str = "RingBuilder", **more: Any) -> None:
        rows.uses(who, name, when, **({"family": "python", "path": "app.py", "reached": False} | more))

    def written(self) -> Workspace:
        for rows in (self.vault, self.relay, self.third):
            if any(rows.rows.values()):
                rows.write(self.workspace)
        return self.workspace

    def found(self) -> Followed:
        return followed(self.written())

    def adopted(self, **options: Any) -> set[tuple[str, str, str]]:
        """(follower, leader, name) of adoptions that count."""
        return adoptions(followed(self.written(), **options))


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def test_a_name_is_adopted_from_the_repository_that_the_file_imports(company: Company) -> None:
    company.ring()
    company.takes(company.relay, "bea", "vault.ring", "2020-02-01")
    company.uses(company.relay, "bea", "2020-02-01")
    company.uses(company.relay, "cal", "2020-03-01")
    company.uses(company.relay, "dan", "2020-03-01", path="other.py")
    company.uses(company.relay, "eve", "2020-01-20")  # the file imported nothing of it yet
    findings = company.found()
    assert adoptions(findings) == {
        ("bea", "ada", "vault.ring"),
        ("bea", "ada", "RingBuilder"),
        ("cal", "ada", "RingBuilder"),
    }


def test_both_sides_are_evidence(company: Company) -> None:
    company.ring(line=7, unit="where it began")
    company.relay.unit("where it is used", "app.py", title="Place by ring")
    company.takes(company.relay, None, "vault.ring", "2020-02-01")
    company.uses(company.relay, "cal", "2020-03-01", unit="where it is used")
    findings = analyse(company.written())
    leader = findings.leaders.iloc[0]["id"]
    act = findings.acts(leader).iloc[0]
    assert (act["repository"], act["leader_unit"], act["path"], act["line"]) == (
        A,
        "where it began",
        "vault/ring.py",
        7,
    )
    assert (act["used_in"], act["follower_unit"], act["used_at"]) == (B, "where it is used", "app.py")
    assert act["title"] == "Place by ring"
    explained = findings.explain(leader)
    row = explained.evidence.iloc[0]
    assert (row["repository"], row["used_in"], row["used_at"]) == ("vault", "relay", "app.py")
    assert explained.names.iloc[0]["used_in"] == ["relay"]
    assert "RingBuilder (vault, used in relay)" in explained.text()


def test_in_its_own_repository_nothing_is_used_elsewhere(company: Company) -> None:
    company.ring()
    company.uses(company.vault, "cal", "2020-03-01")
    findings = analyse(company.written())
    explained = findings.explain(findings.leaders.iloc[0]["id"])
    assert explained.evidence["used_in"].tolist() == [None]
    assert explained.names["used_in"].tolist() == [[]]


@pytest.mark.parametrize("when", ["2019-01-01", "2020-05-01"])
def test_what_a_repository_defines_itself_it_has_from_nobody(company: Company, when: str) -> None:
    company.ring()
    company.takes(company.relay, None, "vault.ring", "2020-02-01")
    company.relay.defines("dan", "RingBuilder", when, path="own.py", language="python", family="python", method=False)
    company.uses(company.relay, "cal", "2020-03-01")
    assert ("cal", "ada", "RingBuilder") not in company.adopted()


def test_a_name_of_two_repositories_is_undecided_from_then_on(company: Company) -> None:
    company.ring()
    company.takes(company.relay, None, "vault.ring", "2020-02-01")
    company.third.defines("eve", "RingBuilder", "2020-04-01", path="r.py", language="python", family="python")
    company.uses(company.relay, "cal", "2020-03-01")
    company.uses(company.relay, "dan", "2020-05-01")
    findings = company.found()
    assert adoptions(findings) == {("cal", "ada", "RingBuilder")}
    why = "two or more repositories had defined the name by then: which is meant is not known"
    assert ("first uses of names", 1, why) in findings.meta["left_out"]


def test_three_definers_leave_it_undecided_across_as_well(company: Company) -> None:
    company.ring()
    company.takes(company.relay, None, "vault.ring", "2020-02-01")
    for who in ("dan", "eve"):
        columns = {"path": "vault/ring.py", "language": "python", "family": "python", "method": False}
        company.vault.defines(who, "RingBuilder", "2020-02-10", **columns)
    company.uses(company.relay, "cal", "2020-03-01")
    assert company.adopted() == set()


def test_what_somebody_elsewhere_used_before_comes_from_elsewhere(company: Company) -> None:
    company.ring()
    company.takes(company.relay, None, "vault.ring", "2020-02-01")
    company.uses(company.third, "eve", "2019-06-01")
    company.uses(company.relay, "cal", "2020-03-01")
    findings = company.found()
    assert adoptions(findings) == set()
    why = "it was used in another repository before it was introduced: it comes from elsewhere"
    assert ("first uses of names", 1, why) in findings.meta["left_out"]


def test_the_introducers_own_trials_elsewhere_take_nothing_away(company: Company) -> None:
    company.ring()
    company.takes(company.relay, None, "vault.ring", "2020-02-01")
    company.uses(company.third, "ada", "2019-06-01")
    company.uses(company.relay, "cal", "2020-03-01")
    assert company.adopted() == {("cal", "ada", "RingBuilder")}


def test_what_others_could_not_see_yet_they_do_not_adopt(company: Company) -> None:
    company.ring(visible="2020-04-01")
    company.takes(company.relay, None, "vault.ring", "2020-02-01")
    company.uses(company.relay, "cal", "2020-03-01")
    company.uses(company.relay, "dan", "2020-05-01")
    assert company.adopted() == {("dan", "ada", "RingBuilder")}


def test_nobody_adopts_their_own_or_twice(company: Company) -> None:
    company.ring()
    company.takes(company.relay, None, "vault.ring", "2020-02-01")
    company.takes(company.third, None, "vault.ring", "2020-02-01")
    company.uses(company.relay, "ada", "2020-03-01")
    company.uses(company.relay, "cal", "2020-03-01")
    company.uses(company.third, "cal", "2020-04-01")
    company.uses(company.relay, "dan", "2020-03-01")
    company.uses(company.vault, "dan", "2020-04-01")  # at home it counts, and once
    findings = company.found()
    assert adoptions(findings) == {("cal", "ada", "RingBuilder"), ("dan", "ada", "RingBuilder")}
    assert findings.acts["follower"].is_unique


@pytest.mark.parametrize(
    ("more", "reached", "adopted"),
    [
        ({"public": False}, False, False),
        ({"method": True}, False, False),
        ({"method": True}, True, True),
        ({"family": "c", "language": "c"}, False, False),
    ],
)
def test_only_what_the_other_repository_can_mean(
    company: Company, more: dict[str, Any], reached: bool, adopted: bool
) -> None:
    company.ring(**more)
    company.takes(company.relay, None, "vault.ring", "2020-02-01")
    company.uses(company.relay, "cal", "2020-03-01", reached=reached)
    assert bool(company.adopted()) == adopted


@pytest.mark.parametrize(
    ("brought", "adopted"),
    [("vault.ring.RingBuilder", True), ("libring.RingBuilder", False), ("libring.RingReader", True)],
)
def test_a_name_that_is_imported_from_elsewhere_is_from_there(company: Company, brought: str, adopted: bool) -> None:
    company.ring()
    company.takes(company.relay, None, "vault.ring", "2020-02-01")
    company.takes(company.relay, None, brought, "2020-02-01")
    company.uses(company.relay, "cal", "2020-03-01")
    assert (("cal", "ada", "RingBuilder") in company.adopted()) == adopted


def test_a_module_that_two_repositories_give_ties_nothing(company: Company) -> None:
    company.ring()
    company.gives(company.third, "eve", "vault.ring", "2020-01-10")
    company.takes(company.relay, "bea", "vault.ring", "2020-02-01")
    company.uses(company.relay, "cal", "2020-03-01")
    assert company.adopted() == set()


def test_a_header_ties_the_whole_repository(company: Company) -> None:
    columns = {"path": "core/ring.c", "language": "c", "family": "c"}
    company.vault.defines("ada", "ring_open", "2020-01-01", **columns)
    company.vault.defines("ada", "ring_hidden", "2020-01-01", **(columns | {"public": False}))
    company.gives(company.vault, "ada", "ring.h", "2020-01-01", "module:c", path="core/ring.h")
    company.takes(company.relay, None, "ring.h", "2020-02-01", "module:c", path="all.h")
    for name in ("ring_open", "ring_hidden"):
        company.uses(company.relay, "cal", "2020-03-01", name, family="c", path="main.c")
    assert company.adopted() == {("cal", "ada", "ring_open")}


def test_packages_lead_whoever_first_asks_for_them(company: Company) -> None:
    company.gives(company.vault, "ada", "northwind-vault", "2020-01-01", "package:pypi", path="pyproject.toml", line=2)
    company.takes(company.relay, "bea", "northwind-vault", "2020-02-01", "package:pypi", path="requirements.txt")
    company.takes(company.relay, "cal", "northwind-vault", "2020-02-01", "package:npm", path="package.json")
    assert company.adopted() == {("bea", "ada", "northwind-vault")}


def test_a_module_that_has_left_is_somebody_elses(company: Company) -> None:
    company.gives(company.vault, "ada", "vault.ring", "2020-01-01")
    company.gives(company.vault, None, "vault.ring", "2020-03-01", public=False)  # type: ignore[arg-type]
    company.takes(company.relay, "bea", "vault.ring", "2020-02-01")
    company.takes(company.relay, "cal", "vault.ring", "2020-04-01")
    company.takes(company.relay, "dan", "vault.ring", "2020-04-01", path="other.py")
    assert company.adopted() == {("bea", "ada", "vault.ring")}


def test_who_moved_a_module_did_not_coin_it(company: Company) -> None:
    company.gives(company.vault, "dan", "vault.circle", "2020-01-01", renamed_from="vault.ring")
    company.takes(company.relay, "bea", "vault.circle", "2020-02-01")
    assert company.adopted() == set()


def test_a_renamed_name_stays_its_introducers_across_repositories(company: Company) -> None:
    company.ring()
    columns = {"path": "vault/ring.py", "language": "python", "family": "python", "method": False}
    company.vault.defines("dan", "RingMaker", "2020-01-20", renamed_from="RingBuilder", **columns)
    company.takes(company.relay, None, "vault.ring", "2020-02-01")
    company.uses(company.relay, "cal", "2020-03-01", "RingMaker")
    assert company.adopted() == {("cal", "ada", "RingBuilder")}


def test_windows_managers_and_machines_hold_across_repositories(company: Company) -> None:
    company.ring()
    company.takes(company.relay, None, "vault.ring", "2020-02-01")
    company.relay.manages("ada", "bea")
    company.uses(company.relay, "bea", "2020-03-01")
    company.uses(company.relay, "cal", "2020-02-20")
    company.uses(company.relay, "dependabot[bot] <support@dependabot.com>", "2020-03-01")
    company.uses(company.relay, "dan", "2020-03-01")
    assert company.adopted(since="2020-02-25") == {("dan", "ada", "RingBuilder")}
    assert company.adopted(until="2020-02-25") == {("cal", "ada", "RingBuilder")}


def test_modules_and_packages_count_only_across(company: Company) -> None:
    company.gives(company.vault, "ada", "vault.ring", "2020-01-01")
    company.takes(company.vault, "bea", "vault.ring", "2020-02-01")
    company.gives(company.vault, "ada", "northwind-vault", "2020-01-01", "package:pypi")
    company.takes(company.vault, "bea", "northwind-vault", "2020-02-01", "package:pypi")
    assert company.adopted() == set()
