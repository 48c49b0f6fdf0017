"""Memberships of teams, and that they meet the chart."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from influence.errors import InputError
from tests.connectors.organisation.reading import memberships, tables, written


def test_people_and_dates(tmp_path: Path) -> None:
    content = (
        "Team;Person;Since;Until\n"
        "Storage;ann@x.org;01.02.2020;\nacme/net;@bob;;\nacme/net;Cy Young;;2021-12-31\nStorage;@bob;;\n"
    )
    read = memberships(tmp_path, content)
    assert [(row["team"], row["identity"], row["since"], row["until"]) for row in read["memberships"]] == [
        ("Storage", "chart:ann@x.org", dt.datetime(2020, 2, 1), None),
        ("acme/net", "chart:bob", None, None),
        # The last day is included.
        ("acme/net", "chart:cy young", None, dt.datetime(2022, 1, 1)),
        ("Storage", "chart:bob", None, None),
    ]
    assert {row["key"]: (row["display"], row["email"], row["login"]) for row in read["identities"]} == {
        "chart:ann@x.org": ("ann", "ann@x.org", None),
        "chart:bob": ("bob", None, "bob"),
        "chart:cy young": ("Cy Young", None, None),
    }


@pytest.mark.parametrize("who", ["ann@x.org", "ANN@x.org", "Ann Smith <ann@x.org>"])
def test_keys_are_those_of_the_chart(who: str, tmp_path: Path) -> None:
    _, chart = tables(written(tmp_path, "Name,Email,Manager\nAnn Smith,Ann@x.org,\n"))
    read = memberships(tmp_path, f"Team,Person\nStorage,{who}\n")
    assert read["memberships"][0]["identity"] == chart["identities"][0]["key"]


def test_a_list_of_an_export(tmp_path: Path) -> None:
    content = "Group name\tFirst name\tLast name\tWork email\nStorage\tAnn\tSmith\tann@x.org\n"
    (row,) = memberships(tmp_path, content)["memberships"]
    assert (row["team"], row["identity"]) == ("Storage", "chart:ann@x.org")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Person\nann\n", "no header that says which team: Team, Group or Department"),
        ("Team,Foo\nx,y\n", "no header that says who is in it: Person, Name, Email"),
        ("Team,Person\n,ann\n", "row 2 names no team; fill the team in"),
        ("Team,Person\nStorage,\n", "row 2 does not say whom it is about"),
        ("Team,Person,Since\nStorage,ann,1/2/2020\n", "row 2: '1/2/2020' can be read with the day or the month first"),
        ("", "is empty"),
    ],
)
def test_one_clear_line(content: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        memberships(tmp_path, content)
