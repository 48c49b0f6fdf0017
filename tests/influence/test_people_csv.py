"""What a `people.csv` corrects; reviewing joins, finding people, pseudonyms."""

from __future__ import annotations

import csv
import os
import stat
from pathlib import Path

import pytest

from influence.errors import InputError
from influence.nodes import person_id
from influence.people import pseudonymise, review_table, write_review
from tests.influence.identities import chart, link, links, parts, row, who

# --- people.csv ------------------------------------------------------------------------------------------------------


def csv_of(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_a_human_has_the_last_word(tmp_path: Path) -> None:
    one, alias, other = "Ann Krahe <ann@x.org>", "ann krahe <ann@x.org>", "Bob Cole <bob@y.org>"
    rows = ["person,key,name", f"a,{one},Dr. Krahe", f"a,{other},", f"b,{alias},"]
    told = links(link(one, other, same=False), link(one, alias))
    people = who(one, alias, other, linked=told, overrides=csv_of(tmp_path / "p.csv", *rows))
    assert parts(people) == {frozenset({one, other}), frozenset({alias})}
    assert people.table["person"].tolist() == ["Dr. Krahe", "ann krahe"]


def test_a_class_goes_for_all_that_is_known_to_be_that_person(tmp_path: Path) -> None:
    keys = ["marvin <marvin@x.org>", "Marvin Krahe <marvin@x.org>", "Marvin Krahe <mk@y.org>", "Ann Bell <ann@x.org>"]
    people = who(*keys, overrides=csv_of(tmp_path / "p.csv", "key;class", "mk@y.org;Bot"))
    assert people.table[["class", "identities"]].values.tolist() == [["bot", 3], ["person", 1]]


def test_a_human_may_join_a_robot_to_a_person(tmp_path: Path) -> None:
    bot, human = "webpack bot <bot@webpack.js.org>", "Tobias Koppers <tobias@koppers.me>"
    people = who(bot, human, overrides=csv_of(tmp_path / "p.csv", "key,person", f"{bot},t", f"{human},t"))
    assert people.table["class"].tolist() == ["person"]


def test_entries_may_be_addresses_logins_or_names(tmp_path: Path) -> None:
    rows = ["key\tperson", "BOB@y.org\tx", "@annk\tx", "Cid Dorn\tx", "nobody@z.org\tx"]
    rows += ["dfalk@users.noreply.github.com\tx", "egeld\tx"]
    people = who(
        "Bob Cole <bob@y.org>",
        {**row("Ann Krahe <a@x.org>"), "login": "annk"},
        "Cid Dorn <cid@z.org>",
        "Dora Falk <7+dfalk@users.noreply.github.com>",
        "Eli Geld <8+egeld@users.noreply.github.com>",
        overrides=csv_of(tmp_path / "p.csv", *rows),
    )
    assert people.table["identities"].tolist() == [5]
    assert people.unmatched == ["nobody@z.org"]


def test_moving_somebody_in_the_written_file(tmp_path: Path) -> None:
    one, other, third = "Ann Krahe <ann@x.org>", "A. Krahe <ak@y.org>", "Bob Cole <bob@y.org>"
    people = who(one, other, third)
    path = tmp_path / "people.csv"
    write_review(people, path)
    ids = {key: f"id-{person_id(key)}" for key in (one, other)}
    path.write_text(path.read_text(encoding="utf-8").replace(ids[other], ids[one]), encoding="utf-8")
    moved = who(one, other, third, overrides=path)
    assert parts(moved) == {frozenset({one, other}), frozenset({third})}
    assert moved.table["person"].tolist() == ["Ann Krahe", "Bob Cole"]
    assert moved.table["id"].tolist() == [person_id(one), person_id(third)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"person,name\na,b\n", "no column `key`"),
        (b"key,class\nx,robot\n", "line 2"),
        (b"key,person\nx,a\nx,b\n", "lines 2 and 3"),
        (b"key,person\n\xff\xfe,a\n", "UTF-8"),
        (None, "cannot read"),
    ],
)
def test_a_bad_file_is_said_in_one_line(tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "people.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=says) as error:
        who("Ann Krahe <ann@x.org>", overrides=path)
    assert "\n" not in str(error.value)


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert who("Ann Krahe <ann@x.org>", overrides=csv_of(tmp_path / "p.csv")).unmatched == []


def test_the_written_file_is_private_whole_and_safe_to_open(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    evil = ["=cmd() <a@x.org>", "+1 <b@x.org>", "-1 <c@x.org>", "@sum <d@x.org>", "\x1b[2J\t<e@x.org> <e@x.org>"]
    people = who(*evil, "Ann Krahe <ann@x.org>", "ann krahe <ann@x.org>")
    write_review(people, path)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert os.listdir(tmp_path) == ["people.csv"]
    with path.open(encoding="utf-8", newline="") as file:
        cells = [cell for cells in csv.reader(file) for cell in cells]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert all(cell.isprintable() for cell in cells)
    with pytest.raises(InputError, match="exists"):
        write_review(people, path)
    write_review(people, path, overwrite=True)
    with pytest.raises(InputError, match="cannot write"):
        write_review(people, tmp_path / "no" / "people.csv")


def test_notes_are_written_again(tmp_path: Path) -> None:
    first = csv_of(tmp_path / "p.csv", "key,person,note", "ann@x.org,a,asked her")
    write_review(who("Ann Krahe <ann@x.org>", overrides=first), tmp_path / "again.csv")
    assert "asked her" in (tmp_path / "again.csv").read_text(encoding="utf-8")


# --- review, find, pseudonyms ----------------------------------------------------------------------------------------


def test_the_review_says_what_was_joined_and_what_was_not() -> None:
    people = who("Ann Krahe <ann@x.org>", "ann krahe <ann@x.org>", "Ray Chen <rc@x.org>", "Ray Chen <os@gmail.com>")
    review = review_table(people)
    assert review[["joined", "rule"]].values.tolist() == [
        [False, "same name, a common one"],
        [True, "same e-mail"],
    ]
    assert review["person"].tolist() == ["Ray Chen", "Ann Krahe"]
    assert review["sure"].between(0, 1).all()
    # Every join of a person is there: as many as identities less one.
    assert review["joined"].sum() == len(people.keys) - len(people.table)


def test_find() -> None:
    ann, bob, bot = "Ann Krahe <ann@x.org>", "Bob Coleman <bob@y.org>", "coleman-bot <cb@bots.org>"
    people = who(ann, bob, "Bobby Lee <12+blee@users.noreply.github.com>", bot)
    assert people.find(person_id(ann)) == person_id(ann)
    for text in ("ann krahe", "ANN@x.org", "krahe", "ann", "Krahé", ann):
        assert people.find(text) == person_id(ann), text
    assert people.find("coleman") == person_id(bob)  # a person before a robot
    assert people.find("@blee") == person_id("Bobby Lee <12+blee@users.noreply.github.com>")
    with pytest.raises(InputError, match=r"Bob Coleman.*Bobby Lee|Bobby Lee.*Bob Coleman") as several:
        people.find("bo")
    assert "coleman-bot" not in str(several.value)
    with pytest.raises(InputError, match="did you mean “Ann Krahe”"):
        people.find("Anne Kraehe")
    for nobody in ("", "zzz", "\x1b[2J", "(", "x" * 10_000):
        with pytest.raises(InputError) as error:
            people.find(nobody)
        assert str(error.value).isprintable()


def test_a_name_in_an_error_moves_no_terminal() -> None:
    people = who("Ann\x1b[2J Krahe <a@x.org>", "Ann\x1b[2J Korn <b@x.org>")
    with pytest.raises(InputError) as error:
        people.find("ann")
    assert str(error.value).isprintable()


def test_pseudonyms_keep_nothing_that_tells() -> None:
    people = who(
        "Ann Krahe <ann@x.org>", chart("ann@x.org", "Ann Krahe", email="ann@x.org", title="CEO"), "b[bot] <b@x>"
    )
    hidden = pseudonymise(people, "key")
    assert hidden.table["person"].str.fullmatch(r"(Person|Bot) [0-9a-f]{4}").all()
    assert hidden.table["title"].isna().all()
    assert hidden.merges.empty
    assert not set(hidden.table["id"]) & set(people.table["id"])
    assert hidden.table["id"].tolist() == pseudonymise(people, "key").table["id"].tolist()
    assert not set(hidden.table["id"]) & set(pseudonymise(people, "other").table["id"])
    assert [len(group) for group in parts(hidden)] == [len(group) for group in parts(people)]
    assert hidden.find(hidden.table["person"][0]) == hidden.table["id"][0]
    for text in ("Ann Krahe", "ann@x.org"):
        with pytest.raises(InputError):
            hidden.find(text)


def test_pseudonyms_of_many_are_all_different() -> None:
    people = who(*(f"Nr{i} Person{i} <p{i}@x{i}.org>" for i in range(600)))
    assert pseudonymise(people, 7).table["person"].is_unique
