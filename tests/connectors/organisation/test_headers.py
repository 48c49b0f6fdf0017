"""The headers that docs/organisation.md promises, and those that could be taken for one another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connectors.organisation.headers import CHART_HEADERS
from connectors.organisation.table import normal_header
from tests.connectors.organisation.reading import identities, managers

DOCS = Path(__file__).parents[3] / "docs" / "organisation.md"
FIELDS = {
    "person": ["person"],
    "name": ["name", "first", "last", "last_comma_first"],
    "e-mail": ["email"],
    "further e-mail of the same person": ["other_email"],
    "login": ["login"],
    "employee id": ["id"],
    "manager": ["manager"],
    "title": ["title"],
    "team": ["team"],
    "since": ["since"],
    "until": ["until"],
}


def promised() -> list[tuple[str, str]]:
    text = DOCS.read_text(encoding="utf-8").partition("| what | headers |")[2].partition("\n\n")[0]
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")][1:]
    assert {row[0].split(" (")[0].strip() for row in rows} == set(FIELDS)
    out = []
    for what, cells in rows:
        cells, _, beside = cells.partition("; each also with")
        quoted = re.findall(r'"([^"]+)"', cells)
        plain = re.sub(r'"[^"]+"', "", cells)
        names = [*quoted, *re.split(r"[,;()+]", plain)]
        field = what.split(" (")[0].strip()
        out += [(field, name.strip()) for name in names if name.strip() and " that is " not in name]
        if beside:
            parts = [part.strip() for part in re.split(r"[,+]", beside) if part.strip()]
            out += [(f"manager {part}", f"Manager {part}") for part in parts]
    return out


@pytest.mark.parametrize(("what", "header"), promised())
def test_what_the_docs_promise_is_recognised(what: str, header: str) -> None:
    fields = FIELDS.get(what) or [field for field in CHART_HEADERS if field.startswith("manager")]
    assert any(normal_header(header) in CHART_HEADERS[field] for field in fields), header


def test_no_header_means_two_things() -> None:
    seen: dict[str, str] = {}
    for field, names in CHART_HEADERS.items():
        assert len(set(names)) == len(names), field
        for name in names:
            assert seen.setdefault(name, field) == field, name
            assert normal_header(name) == name


@pytest.mark.parametrize(
    "header", ["Work E-mail", "work_email", "WORK  EMAIL", "WorkEmail", " Work email: ", "\ufeffwork-email"]
)
def test_case_blanks_and_marks_do_not_matter(header: str, tmp_path: Path) -> None:
    assert managers(tmp_path, f"{header},Manager\nann@x.org,\n") == {"ann@x.org": None}


def test_the_more_telling_column_speaks(tmp_path: Path) -> None:
    content = (
        "Title,Name,Preferred name,Email,Work email,Job title,Manager,Team,Department\n"
        "Ms,Ann Smith,Annie,ann@home.net,ann@x.org,Engineer,,,Storage\n"
    )
    people = identities(tmp_path, content)
    assert list(people) == ["ann@x.org", "ann@home.net"]
    assert people["ann@x.org"]["title"] == "Engineer"
    assert people["ann@x.org"]["display"] == "Ann Smith"


def test_numbers_of_two_kinds_are_not_mixed(tmp_path: Path) -> None:
    # "ID" counts the rows of the export: its 1 is not the employee 1.
    content = "ID,Employee number,Name,Manager\n1,2,Ann Smith,Bob Jones\n2,1,Bob Jones,\n"
    assert managers(tmp_path, content) == {"ann smith": "bob jones", "bob jones": None}


def test_a_preferred_first_name_is_not_enough_to_be_found_by(tmp_path: Path) -> None:
    content = "Name,Preferred name,Manager\nRobert Jones,Bob,\nAnn Smith,,Bob\n"
    assert managers(tmp_path, content)["ann smith"] == "bob"
