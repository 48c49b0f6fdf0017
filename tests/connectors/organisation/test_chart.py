"""Organisation charts as HR systems export them."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.organisation.chart import ChartConnector
from influence.errors import InputError
from tests.connectors.organisation.reading import identities, managers, spells, tables, written

EXPORTS = {
    "plain": (
        "person,manager,title,team,since,until\n"
        "ann@x.org,bob@x.org,Engineer,Storage,2020-01-01,\n"
        "bob@x.org,,Director,,,\n"
    ),
    "names": "Employee,Reports to\nAnn Smith,Bob Jones\nBob Jones,\n",
    "workday": (
        '"Headcount report"\n"Run on","2024-03-04"\n\n'
        "Employee ID,Worker,Work Email,Business Title,Supervisory Organization,Worker's Manager,Manager ID,Hire Date\n"
        "1001,Ann Smith (1001),ann@x.org,Engineer,Storage,Bob Jones (1002),1002,2020-01-01\n"
        "1002,Bob Jones (1002) ,bob@x.org,Director,All,,,2010-05-06\n"
    ),
    "bamboo": (
        "Employee #,Last name, First name,Work Email,Job Title,Department,Reporting to,Hire Date\n".replace(
            "Last name, First name", '"Last name, First name"'
        )
        + '1,"Smith, Ann",ann@x.org,Engineer,Storage,"Jones, Bob",2020-01-01\n'
        '2,"Jones, Bob",bob@x.org,Director,,,\n'
    ),
    "personio": (
        "﻿First name;Last name;E-mail;Position;Department;Team;Supervisor;Hire date;Termination date\r\n"
        "Ann;Smith;ann@x.org;Engineer;Engineering;Storage;Bob Jones;01.02.2020;\r\n"
        "Bob;Jones;bob@x.org;Director;Engineering;;;13.05.2010;\r\n"
    ),
    "azure": (
        "displayName\tmail\tjobTitle\tdepartment\tmanager\n"
        "Ann Smith\tann@x.org\tEngineer\tStorage\tbob@x.org\n"
        "Bob Jones\tbob@x.org\tDirector\t\t\n"
    ),
    "ids": (
        "Employee_ID,Full Name,Email Address,Manager_ID\n0007,Ann Smith,ann@x.org,0042.0\n42,Bob Jones,bob@x.org,\n"
    ),
    "adp": (
        "First Name,Last Name,Work Contact: Work Email,Reports To Name,Reports To Email\n"
        'Ann,Smith,ann@x.org,"Jones, Bob",bob@x.org\nBob,Jones,bob@x.org,,\n'
    ).replace("Work Contact: Work Email", "Work Email"),
    "excel": "sep=;\r\nName;E-Mail;Manager E-Mail\r\nAnn Smith;ann@x.org;bob@x.org\r\nBob Jones;bob@x.org;\r\n",
    "managers' names": (
        "Name,Email,Manager First Name,Manager Last Name\nAnn Smith,ann@x.org,Bob,Jones\nBob Jones,bob@x.org,,\n"
    ),
    "angles": "Name,Manager\nAnn Smith <ann@x.org>,Bob Jones <bob@x.org>\n",
    "github": "GitHub,Work email,Line manager\nhttps://github.com/Annie,ann@x.org,@bobby\n@bobby,bob@x.org,\n",
}


@pytest.mark.parametrize("export", EXPORTS)
def test_exports(export: str, tmp_path: Path) -> None:
    expected = (
        {"ann smith": "bob jones", "bob jones": None}
        if export == "names"
        else {"ann@x.org": "bob@x.org", "bob@x.org": None}
    )
    assert managers(tmp_path, EXPORTS[export]) == expected


def test_what_an_export_says_of_a_person(tmp_path: Path) -> None:
    people = identities(tmp_path, EXPORTS["personio"])
    ann = people["ann@x.org"]
    assert (ann["display"], ann["email"], ann["login"], ann["title"]) == ("Ann Smith", "ann@x.org", None, "Engineer")
    # Dates of employment would make the chart's key the first one seen.
    assert ann["first"] is None
    harvest, read = tables(written(tmp_path, EXPORTS["personio"]))
    assert [(row["team"], row["identity"]) for row in read["memberships"]] == [
        ("Engineering", "chart:bob@x.org"),
        ("Storage", "chart:ann@x.org"),
    ]
    assert harvest.source == "chart:chart.csv"
    assert harvest.counts["people"] == 2
    assert harvest.last is None


def test_logins_and_further_addresses_are_identities_of_the_same_person(tmp_path: Path) -> None:
    content = (
        "Name,Work email,Personal email,GitHub,Username,Manager\n"
        "Ann Smith,ann@x.org,ann@home.net,annie,asmith,\n"
        "Bob Jones,bob@x.org,,,,Ann Smith\n"
    )
    _, read = tables(written(tmp_path, content))
    people = {row["key"]: row for row in read["identities"]}
    assert people["chart:ann@x.org"]["login"] == "annie"
    assert people["chart:ann@home.net"]["email"] == "ann@home.net"
    assert people["chart:asmith"]["login"] == "asmith"
    assert {(row["a"], row["b"], row["same"]) for row in read["identity_links"]} == {
        ("chart:ann@x.org", "chart:ann@home.net", True),
        ("chart:ann@x.org", "chart:asmith", True),
    }


def test_namesakes_are_told_apart(tmp_path: Path) -> None:
    content = "Employee ID,Name,Manager ID\n1,Wei Wang,3\n2,Wei Wang,3\n3,Bob Jones,\n"
    _, read = tables(written(tmp_path, content))
    assert [row["key"] for row in read["identities"]] == ["chart:wei wang", "chart:wei wang (2)", "chart:bob jones"]
    assert [(row["a"], row["b"], row["same"]) for row in read["identity_links"]] == [
        ("chart:wei wang", "chart:wei wang (2)", False)
    ]


def test_a_name_that_is_somebody_elses_login(tmp_path: Path) -> None:
    assert managers(tmp_path, "Name,Login,Manager\nAnn Smith,cher,\nCher,,\n") == {"cher": None, "cher (2)": None}


def test_every_key_is_one_persons(tmp_path: Path) -> None:
    content = "Employee ID,Name,Work email,Personal email,Login,Username,Manager\n" + (
        "1,Wei Wang,,,,,\n2,Wei Wang,,,,,\n3,Wei Wang,w@x.org,wei@home.net,ww,wei,\n4,,,,,,\n5,Wei,,,,,\n"
    )
    _, read = tables(written(tmp_path, content))
    keys = [row["key"] for row in read["identities"]]
    assert len(set(keys)) == len(keys) == 7


def test_a_manager_without_a_row_is_somebody(tmp_path: Path) -> None:
    content = (
        "Name,Email,Manager,Manager email\n"
        "Ann Smith,ann@x.org,Bob Jones,\nCy Young,cy@x.org,Bob Jones,bob@x.org\nDi Xu,di@x.org,Other One,\n"
    )
    harvest, read = tables(written(tmp_path, content))
    assert managers(tmp_path, content) == {
        "ann@x.org": "bob@x.org",
        "cy@x.org": "bob@x.org",
        "di@x.org": "other one",
        "bob@x.org": None,
        "other one": None,
    }
    assert ("managers without a row", 2, "known only by what other rows say of them") in harvest.problems
    assert {row["display"] for row in read["identities"]} == {
        "Ann Smith", "Cy Young", "Di Xu", "Bob Jones", "Other One",
    }  # fmt: skip


def test_an_address_that_only_the_managers_column_knows(tmp_path: Path) -> None:
    content = "Name,Manager,Manager email\nAnn Smith,Bob Jones,bob@x.org\nBob Jones,,\n"
    assert managers(tmp_path, content) == {"ann smith": "bob@x.org", "bob@x.org": None}


def test_no_address_is_shown_as_a_name(tmp_path: Path) -> None:
    assert identities(tmp_path, "Email,Manager\nann@x.org,\n")["ann@x.org"]["display"] == "ann"


def test_blanks_are_no_managers(tmp_path: Path) -> None:
    blanks = ["", "-", "N/A", "none", "NULL", "#N/A", " \u00a0", "nan"]
    content = "Name,Manager\n" + "".join(f"P {i} X,{blank}\n" for i, blank in enumerate(blanks))
    assert set(managers(tmp_path, content).values()) == {None}


def test_whoever_manages_themselves_is_at_the_top(tmp_path: Path) -> None:
    content = "Name,Manager\nBob Jones,Bob Jones\nAnn Smith,Bob Jones\n"
    assert managers(tmp_path, content) == {"bob jones": None, "ann smith": "bob jones"}
    assert any(count == 1 and "own manager" in what for what, count, _ in tables(tmp_path / "chart.csv")[0].problems)


def test_one_column_may_hold_everything(tmp_path: Path) -> None:
    content = "person,manager\nann,@bob\nbob,cy@x.org\nDi Xu (77),77\nCy Young <cy@x.org>,Di Xu\n"
    content = content.replace("Di Xu (77),77", "Di Xu (77),-")
    assert managers(tmp_path, content) == {"ann": "bob", "bob": "cy@x.org", "di xu": None, "cy@x.org": "di xu"}
    people = identities(tmp_path, content)
    assert people["ann"]["login"] == "ann"
    assert people["di xu"]["login"] is None
    assert people["cy@x.org"]["display"] == "Cy Young"


def test_names_and_addresses_are_kept_as_written(tmp_path: Path) -> None:
    content = 'Name,Email,Manager\n"=HYPERLINK(""http://x"")",Ann@X.org,\n"<b>\u202ebob\u202c</b>",b@x.org,ANN@x.ORG\n'
    people = identities(tmp_path, content)
    assert people["ann@x.org"]["display"] == '=HYPERLINK("http://x")'
    assert people["ann@x.org"]["email"] == "Ann@X.org"
    assert people["b@x.org"]["display"] == "<b>\u202ebob\u202c</b>"
    assert managers(tmp_path, content)["b@x.org"] == "ann@x.org"


# -- encodings and delimiters ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", ",;\t|")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_encodings_and_delimiters(encoding: str, delimiter: str, tmp_path: Path) -> None:
    text = "Name,Manager\nZoë Müller-Ødegård,José Peña\nJosé Peña,\n".replace(",", delimiter)
    assert managers(tmp_path, text.encode(encoding)) == {"zoë müller-ødegård": "josé peña", "josé peña": None}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ends_of_lines(end: str, tmp_path: Path) -> None:
    content = end.join(["Name,Manager", "Ann Smith,Bob Jones", "", "Bob Jones,"])
    assert managers(tmp_path, content) == {"ann smith": "bob jones", "bob jones": None}


def test_a_guessed_encoding_is_said(tmp_path: Path) -> None:
    harvest, _ = tables(written(tmp_path, "Name,Manager\nZoë M,\n".encode("cp1252")))
    assert ("characters may be wrong", 1, "read as cp1252") in harvest.problems
    harvest, _ = tables(written(tmp_path, "Name,Manager\nZoë M,\n"))
    assert not any("characters" in problem[0] for problem in harvest.problems)


def test_quotes_line_breaks_and_delimiters_inside_cells(tmp_path: Path) -> None:
    content = 'Name,Manager,Title\r\n"Smith, Ann","Bob ""B"" Jones","a\r\nb"\r\n"Bob ""B"" Jones",,\r\n'
    assert managers(tmp_path, content) == {"smith, ann": 'bob "b" jones', 'bob "b" jones': None}


def test_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    content = 'Name,Email,Manager,Since\n"A\nB",ab@x.org,,\n\nCy D,cd@x.org,,soon\n'
    with pytest.raises(InputError, match="row 5: 'soon' is not a date"):
        managers(tmp_path, content)


# -- dates -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("2024-04-03", "2024/04/03", "2024.4.3", "20240403", "3.4.2024", "03. 04. 2024", "3 Apr 2024", "03-APR-2024"),
        *("April 3, 2024", "Apr 3 2024", "3rd April 2024", "2024-04-03T23:59:59Z", "2024-04-03 00:00:00.000"),
        *("2024-04-03T00:00:00+02:00", "3.4.2024 12:00:00 AM"),
    ],
)
def test_forms_of_a_date(text: str, tmp_path: Path) -> None:
    content = f'Name,Manager,Since\nAnn Smith,Bob Jones,"{text}"\n'
    assert spells(tmp_path, content)[0] == ("bob jones", "ann smith", "2024-04-03", "")


@pytest.mark.parametrize("separator", ["/", "-"])
@pytest.mark.parametrize(("other", "expected"), [("25{}04{}2023", "2024-04-03"), ("04{}25{}2023", "2024-03-04")])
def test_another_row_tells_day_from_month(separator: str, other: str, expected: str, tmp_path: Path) -> None:
    other = other.format(separator, separator)
    content = f"Name,Manager,Since,Until\nAnn S,Bob J,{separator.join(['03', '04', '2024'])},\nCy Y,Bob J,,{other}\n"
    assert {person: since for _, person, since, _ in spells(tmp_path, content)}["ann s"] == expected


def test_the_same_either_way_is_not_ambiguous(tmp_path: Path) -> None:
    assert spells(tmp_path, "Name,Manager,Since\nAnn S,Bob J,04/04/2024\n")[0][2] == "2024-04-04"


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (
            "03/04/2024",
            "05/06/2024",
            r"row 2: '03/04/2024' can be read with the day or the month first; write dates as",
        ),
        ("25/04/2024", "04/25/2024", r"day first in row 2 \('25/04/2024'\) and the month first in row 3"),
        ("2024-02-30", "", "row 2: '2024-02-30' is not a date"),
        ("45356", "", "not a date"),
        ("3/4/24", "", "not a date"),
        ("3 Foo 2024", "", "not a date"),
        ("=TODAY()", "", "not a date"),
        ("1" * 5000, "", "not a date"),
    ],
)
def test_dates_that_cannot_be_read(first: str, second: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        managers(tmp_path, f"Name,Manager,Since\nAnn S,Bob J,{first}\nCy Y,Bob J,{second}\n")


def test_an_end_before_the_beginning(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"row 2 ends \(2023-01-01\) before it begins \(2024-01-01\)"):
        managers(tmp_path, "Name,Manager,Since,Until\nAnn S,Bob J,2024-01-01,2023-01-01\n")


def test_open_ends_and_unset_dates_of_databases(tmp_path: Path) -> None:
    content = "Name,Manager,Valid from,Valid to\nAnn S,Bob J,0001-01-01,9999-12-31\nCy Y,Bob J,00.00.0000,31.12.9999\n"
    assert {spell[2:] for spell in spells(tmp_path, content)} == {("", "")}


# -- histories ---------------------------------------------------------------------------------------------------------


def test_the_last_day_is_included(tmp_path: Path) -> None:
    content = "Name,Manager,Since,Until\nAnn S,Bob J,2020-01-01,2020-12-31\nAnn S,Cy Y,2021-01-01,\n"
    assert spells(tmp_path, content)[:2] == [
        ("bob j", "ann s", "2020-01-01", "2021-01-01"),
        ("cy y", "ann s", "2021-01-01", ""),
    ]


def test_a_last_day_on_which_the_next_row_begins_belongs_to_the_next(tmp_path: Path) -> None:
    content = "Name,Manager,Since,Until\nAnn S,Cy Y,2021-01-01,\nAnn S,Bob J,2020-01-01,2021-01-01\n"
    assert spells(tmp_path, content)[:2] == [
        ("bob j", "ann s", "2020-01-01", "2021-01-01"),
        ("cy y", "ann s", "2021-01-01", ""),
    ]


def test_rows_without_an_end_hold_until_the_next(tmp_path: Path) -> None:
    content = (
        "Employee ID,Name,Manager,Effective date,Job title,Team\n"
        "1,Ann Jones,Cy Y,2022-01-01,Lead,Net\n"
        "1,Ann Smith,Bob J,,Trainee,Storage\n"
        "1,Ann Smith,Bob J,2021-01-01,Engineer,Storage\n"
    )
    assert [spell for spell in spells(tmp_path, content) if spell[0]] == [
        ("bob j", "ann jones", "", "2021-01-01"),
        ("bob j", "ann jones", "2021-01-01", "2022-01-01"),
        ("cy y", "ann jones", "2022-01-01", ""),
    ]
    ann = identities(tmp_path, content)["ann jones"]
    assert ann["title"] == "Lead"
    assert ann["display"] == "Ann Jones"


def test_former_addresses_stay_identities(tmp_path: Path) -> None:
    content = "Employee ID,Name,Email,Manager,Since\n1,Ann S,new@x.org,,2022-01-01\n1,Ann S,old@x.org,,2020-01-01\n"
    assert list(identities(tmp_path, content)) == ["new@x.org", "old@x.org"]


def test_two_teams_at_once_are_no_contradiction(tmp_path: Path) -> None:
    content = "Name,Manager,Team\nAnn S,Bob J,Storage\nAnn S,Bob J,Net\nAnn S,Bob J,Net\n"
    _, read = tables(written(tmp_path, content))
    assert [row["team"] for row in read["memberships"]] == ["Storage", "Net"]
    assert len([row for row in read["authority"] if row["leader"]]) == 1


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("BCD"), st.integers(1, 28), st.integers(0, 9)), min_size=1, max_size=6))
def test_nobody_has_two_managers_on_a_day(tmp_path: Path, rows: list[tuple[str, int, int]]) -> None:
    # Either the file is refused, or each day has one manager at most and each row's first day has its manager.
    lines = "".join(
        f"Ann S,{m} M,2020-01-{since:02d},{f'2020-02-{length:02d}' if length else ''}\n" for m, since, length in rows
    )
    days = [dt.datetime(2020, 1, 1) + dt.timedelta(d) for d in range(80)]

    def on(spell: tuple[str | None, str, str, str], day: dt.datetime) -> bool:
        return (not spell[2] or spell[2] <= f"{day:%Y-%m-%d}") and (not spell[3] or f"{day:%Y-%m-%d}" < spell[3])

    found, error = [], ""
    try:
        found = [s for s in spells(tmp_path, "Name,Manager,Since,Until\n" + lines) if s[0] and s[1] == "ann s"]
    except InputError as refused:
        error = str(refused)
    if error:
        assert "two managers at one time" in error
        assert len({m for m, _, _ in rows}) > 1
        return
    for day in days:
        assert len({spell[0] for spell in found if on(spell, day)}) <= 1
    for manager, since, _ in rows:
        day = dt.datetime(2020, 1, since)
        assert {spell[0] for spell in found if on(spell, day)} == {f"{manager} m".lower()}


# -- what is refused ---------------------------------------------------------------------------------------------------

HEAD = "Employee ID,Name,Email,Manager,Since,Until\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty; export it again"),
        ("\n \n", "is empty"),
        ("Name,Manager\n", "a header and no rows"),
        ("Name,Manager\n,\n", "a header and no rows"),
        ("Foo,Bar\n1,2\n", r"no header that says who a row is about.*who manages.*found: 'Foo', 'Bar'\); rename"),
        ("Name,Title\nAnn S,Boss\n", r"no header that says who manages that person: Manager, Reports to"),
        ("Name,Manager\n\x00,x\n", "is not a text file; save it as CSV"),
        (b"PK\x03\x04abc", "is an Excel workbook or another zip archive, not CSV; open it in a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook"),
        (b"%PDF-1.7", "is a PDF"),
        (bytes(range(256)) * 20, "not a text file"),
        (b"\xff\xfea", "not a text file"),
        ('Name,Manager\n"Ann S,Bob J\nCy Y,Bob J\n', "not readable as CSV from line 2 on"),
        ("Name,Manager\n" + "x" * 200_000 + ",\n", "not readable as CSV from line 2 on"),
        (HEAD + ",,,Bob J,,\n", "row 2 does not say whom it is about; give it a name"),
        (HEAD + "1,Ann S,,Bob J,,\n1,Ann S,,Cy Y,,\n", "rows 2 and 3 give 'Ann S' two managers at one time: 'Bob J'"),
        (
            HEAD + "1,Ann S,,Bob J,2020-01-01,2020-03-01\n1,Ann S,,Cy Y,2020-02-01,\n",
            "rows 2 and 3 give 'Ann S' two managers at one time",
        ),
        (
            HEAD + "1,Wei Wang,,,,\n2,Wei Wang,,,,\n3,Ann S,,Wei Wang,,\n",
            r"row 4: the manager 'Wei Wang' fits 2 people \(rows 2 and 3\); name the e-mail address or employee id",
        ),
        (HEAD + "1,Wei Wang,,,,\n2,Wei Wang,,,,\n,Wei Wang,,,,\n", "row 4: 'Wei Wang' fits 2 people"),
        (HEAD + "1,Ann S,a@x,,,\n2,Bob J,A@x,,,\n", "rows 2 and 3 share 'a@x' but name 'Ann S' and 'Bob J'"),
        (HEAD + "1,Ann S,,Bob J,,\n2,Bob J,,Ann S,,\n", r"circle: 'Ann S' -> 'Bob J' -> 'Ann S' \(rows 2, 3\)"),
    ],
)  # fmt: skip
def test_one_clear_line(content: str | bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message) as raised:
        managers(tmp_path, content)
    assert "\n" not in str(raised.value)
    assert raised.value.remedy


def test_what_is_said_of_hostile_cells_is_one_harmless_line(tmp_path: Path) -> None:
    content = 'Name,Manager,Since\nAnn S,Bob J,"\u202e\r\n' + "x" * 500 + '"\n'
    with pytest.raises(InputError) as raised:
        managers(tmp_path, content)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 300


CELLS = st.sampled_from(
    [
        "Ann S",
        "Bob J",
        "a@x",
        "@b",
        "12",
        "0012.0",
        "",
        "n/a",
        "2020-01-01",
        "1/13/2020",
        "9999-12-31",
        '"',
        "\n",
        ";",
        "²",
        "(",
    ]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=60)
    | st.lists(st.lists(CELLS, min_size=7, max_size=7), max_size=6).map(
        lambda rows: "\n".join(
            ",".join(cells) for cells in [["Name", "Email", "ID", "Login", "Manager", "Since", "Until"], *rows]
        )
    )
)
def test_anything_is_read_or_refused_in_one_line(tmp_path: Path, content: bytes | str) -> None:
    error = None
    try:
        _, read = tables(written(tmp_path, content))
        keys = [row["key"] for row in read["identities"]]
        assert len(set(keys)) == len(keys)
        assert {row["follower"] for row in read["authority"]} <= set(keys)
        assert {row["leader"] for row in read["authority"]} <= {None, *keys}
    except InputError as refused:
        error = refused
    if error is not None:
        assert error.remedy
        assert "\n" not in str(error)


def test_places_that_are_no_file(tmp_path: Path) -> None:
    for path, message in ((tmp_path, "is not a file"), (tmp_path / "none.csv", "there is no file")):
        with pytest.raises(InputError, match=message):
            list(ChartConnector(path).checkpoints())


# -- circles -----------------------------------------------------------------------------------------------------------


def test_a_circle_at_different_times_is_none(tmp_path: Path) -> None:
    content = "Name,Manager,Since,Until\nAnn S,Bob J,2020-01-01,2020-12-31\nBob J,Ann S,2021-01-01,\n"
    assert len(spells(tmp_path, content)) == 2


def test_a_long_circle_is_named_in_short(tmp_path: Path) -> None:
    content = "Name,Manager\n" + "".join(f"P {i},P {(i + 1) % 40}\n" for i in range(40))
    with pytest.raises(InputError, match="circle") as raised:
        managers(tmp_path, content)
    assert len(str(raised.value)) < 300


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.integers(0, 5), st.tuples(st.integers(0, 5), st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=6
    )
)
def test_circles_are_what_networkx_finds_on_some_day(tmp_path: Path, chart: dict[int, tuple[int, int, int]]) -> None:
    rows = {p: (m, since, max(since, until) if until else 99) for p, (m, since, until) in chart.items() if p != m}
    lines = "".join(
        f"P {p},P {m},2020-01-{since:02d},{'' if until == 99 else f'2020-01-{until:02d}'}\n"
        for p, (m, since, until) in rows.items()
    )
    circle = any(
        not nx.is_directed_acyclic_graph(nx.DiGraph([(p, m) for p, (m, s, u) in rows.items() if s <= day <= u]))
        for day in range(1, 11)
    )
    if not lines:
        return
    error = ""
    try:
        managers(tmp_path, "Name,Manager,Since,Until\n" + lines)
    except InputError as refused:
        error = str(refused)
    assert ("circle" in error) == circle
    assert circle or not error


def test_a_chain_that_no_organisation_has(tmp_path: Path) -> None:
    content = "Name,Manager\n" + "".join(f"P {i},P {i + 1}\n" for i in range(5000))
    with pytest.raises(InputError, match="a chain of 5000 managers"):
        managers(tmp_path, content)


def test_twenty_thousand_people_in_seconds(tmp_path: Path) -> None:
    content = "Employee ID,Name,Email,Manager ID,Team,Since\n" + "".join(
        f"{i},Person {i},p{i}@x.org,{i // 8 or ''},Team {i % 500},2020-01-01\n" for i in range(1, 20_001)
    )
    began = time.process_time()
    harvest, read = tables(written(tmp_path, content))
    assert time.process_time() - began < 60
    assert harvest.counts["people"] == len(read["identities"]) == 20_000
    assert len(read["authority"]) == 20_000
