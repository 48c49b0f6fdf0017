"""Who is who: each rule on cases from real histories, and what must hold whatever the histories say."""

from __future__ import annotations

import csv
import datetime as dt
import os
import random
import stat
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from influence.errors import InputError
from influence.nodes import person_id
from influence.people import People, pseudonymise, resolve, review_table, write_review
from influence.robots import classify

NO_LINKS = pd.DataFrame(columns=["source", "a", "b", "same", "by", "since", "until"])
COLUMNS = ["source", "key", "display", "email", "login", "title", "first"]


def row(text: str, day: int = 0, **columns: Any) -> dict[str, Any]:
    """One row of `identities`: `Name <email>` as the git connector writes it, first seen on `day`."""
    name, _, email = text.removesuffix(">").rpartition(" <")
    base = {"source": "git:x", "key": text, "display": name or None, "email": email or None, "login": None}
    return {**base, "title": None, "first": dt.datetime(2020, 1, 1) + dt.timedelta(days=day), **columns}


def chart(key: str, display: str, email: str | None = None, login: str | None = None, **columns: Any) -> dict[str, Any]:
    """One row of `identities` as the chart connector writes it."""
    base = {"source": "chart:x", "key": f"chart:{key}", "display": display, "email": email, "login": login}
    return {**base, "title": None, "first": None, **columns}


def table(*rows: str | dict[str, Any]) -> pd.DataFrame:
    made = [row(r, day) if isinstance(r, str) else r for day, r in enumerate(rows)]
    return pd.DataFrame(made, columns=COLUMNS)


def link(a: str, b: str, same: bool = True, by: str = "mailmap") -> dict[str, Any]:
    return {"source": "git:x", "a": a, "b": b, "same": same, "by": by, "since": None, "until": None}


def links(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=NO_LINKS.columns)


def who(*rows: str | dict[str, Any], linked: pd.DataFrame = NO_LINKS, overrides: Path | None = None) -> People:
    return resolve(table(*rows), linked, overrides)


def parts(people: People) -> set[frozenset[str]]:
    return {frozenset(group) for _, group in people.keys.groupby("id")["key"]}


def are_one(*keys: str, **more: Any) -> bool:
    return len(parts(who(*keys, **more))) == 1


def near(people: People) -> set[frozenset[str]]:
    missed = people.merges[~people.merges["accepted"]]
    return {frozenset(pair) for pair in zip(missed["a"], missed["b"], strict=True)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # the same address
        ("Jon Gjengset <jon@thesquareplanet.com>", "jonhoo <JON@thesquareplanet.com>"),
        ("Jonathan Nieder <jrnieder@gmail.com>", "Johnathan Nieder <jrnieder@gmail.com>"),
        ("James Clarke <jrtc27@jrtc27.com>", "Jessica Clarke <jrtc27@jrtc27.com>"),
        ("Flavio Percoco <flaper87@gmail.com>", "Flaper Fesp <flaper87@gmail.com>"),
        # the same mailbox
        ("Stefan Beller <stefanbeller@gmail.com>", "sb <stefan.beller@googlemail.com>"),
        ("Tom Scanlan <tompscanlan@gmail.com>", "Tom Scanlan <tompscanlan+git@gmail.com>"),
        # the same account on a forge
        (
            "hi-rustin <29879298+hi-rustin@users.noreply.github.com>",
            "R Liu <29879298+Rustin1@users.noreply.github.com>",
        ),
        ("bjorn3 <bjorn3@users.noreply.github.com>", "bjorn3 <17426603+bjorn3@users.noreply.github.com>"),
        # the same full name: case, accents, order with a comma, remarks, bad decoding, scripts
        ("Weihang Lo <me@weihanglo.tw>", "weihang lo <x@weihang.example.net>"),
        ("Slavica Đukić <slawica92@hotmail.com>", "Slavica Djukic <slavicadj.ip2018@gmail.com>"),
        ("Jürgen Rühle <j-r@online.de>", "Juergen Ruehle <juergen@ruehle.net>"),
        ("Jan Krüger <jk@jk.gs>", "Jan KrÃ¼ger <jan@krueger.net>"),
        ("Stoppa, Emanuele <emanuele.stoppa@baml.com>", "Emanuele Stoppa <my.burning@gmail.com>"),
        ("Alexis (Poliorcetics) Bourget <ab@poliorcetiq.eu>", "Alexis Bourget <alexis.bourget@gmail.com>"),
        ('Linus "good taste" Torvalds <torvalds@osdl.org>', "Linus Torvalds <torvalds@linuxfoundation.org>"),
        ("许杰友 Jieyou Xu (Joe) <39484203+jieyouxu@users.noreply.github.com>", "Jieyou Xu <jieyouxu@outlook.com>"),
        ("Дилян Палаузов <dilyan.palauzov@aegee.org>", "Дилян Палаузов <git-dpa@aegee.org>"),
        ("Signed-off-by: Shawn O. Pearce <sop@google.com>", "Shawn O. Pearce <spearce@spearce.org>"),
        ("Anthony D'Atri <aad@dreamsnake.net>", "Anthony D’Atri <anthony.datri@gmail.com>"),
        # the middle name missing, or an initial
        ("Eric W. Biederman <ebiederm@xmission.com>", "Eric Biederman <ebiederman@aristanetworks.com>"),
        # last name first without a comma, where it is plain which is which
        ("Fangyi Zhou <me@fangyi.io>", "Zhou Fangyi <fangyi.zhou@yuriko.moe>"),
        # a name in one word
        ("Caleb Cartwright <caleb.cartwright@outlook.com>", "calebcartwright <c@cartwright.io>"),
        # an account name made from the full name, or known to a forge
        ("Dag Canadillas <41782403+dcanadillas@users.noreply.github.com>", "dcanadillas <dcanadillas@hashicorp.com>"),
        ("xiaoxiaojx <xiaoxiaojx@qq.com>", "xiaoxiaojx <23253540+xiaoxiaojx@users.noreply.github.com>"),
        ("J. Bruce Fields <bfields@fieldses.org>", "J. Bruce Fields <bfields@citi.umich.edu>"),
        # one name at a weak address
        ("Jonathon Mah <me@JonathonMah.com>", "Jonathon Mah <me@jonathonmah.com>"),
    ],
)
def test_one_person(one: str, other: str) -> None:
    assert are_one(one, other)
    assert are_one(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # a first name, whatever else agrees
        ("Mike <mike@a.example.net>", "Mike <mike@b.example.net>"),
        ("Chinwe <chinwe@gmail.com>", "Chinwe <chinwe@company.com>"),
        ("Mike Barton <mike@weirdlooking.com>", "Mike Perez <mike@openstack.org>"),
        ("Jean-Luc <jl@a.fr>", "Jean-Luc <jeanluc@b.fr>"),
        ("Tim <tim@swiftstack.com>", "Tim Burke <tim@nvidia.com>"),
        # addresses of nobody
        ("Ann Bell <root@localhost>", "Bob Cole <root@localhost>"),
        ("Ann Bell <>", "Bob Cole <>"),
        ("Ann Bell <noreply@github.com>", "Bob Cole <noreply@github.com>"),
        ("Ann Bell <info@house.com>", "Bob Cole <info@house.com>"),
        ("Ann Bell <you@example.com>", "Bob Cole <you@example.com>"),
        ("root <root@localhost>", "root <root@other.localdomain>"),
        ("Ann Krahe <ann@laptop>", "Ann Bell <ann@laptop>"),
        # a name that many share, nothing else in common
        ("Ray Chen <rchen@cs.umd.edu>", "Ray Chen <oldsharp@gmail.com>"),
        ("John Smith <js1@a.org>", "John Smith <johnny@b.org>"),
        ("Wei Zhang <wz@a.org>", "Zhang Wei <zw@b.org>"),
        # middle names that contradict, also where only the address gives one away
        ("James Y Knight <foom@fuhm.net>", "James Knight <james.d.knight@live.com>"),
        ("Ann A. Krahe <aa@x.org>", "Ann B. Krahe <ab@y.org>"),
        # numbered in one house
        ("Ann Krahe <ann.krahe@house.com>", "Ann Krahe <ann.krahe2@house.com>"),
        # initials, siblings, slips of the pen are for a human to decide
        ("J. Krahe <jane@krahe.org>", "John Krahe <john@krahe.org>"),
        ("Ghanshyam Mann <gmann@ghanshyammann.com>", "Ghanshyam Maan <gmaan.os14@gmail.com>"),
        ("Martín Ferrari <tincho@debian.org>", "Martina Ferrari <tina@debian.org>"),
        # another's name at an address that spells somebody
        ("Han Guangyu <weilingfei@uniontech.com>", "Wei LingFei <weilingfei@uniontech.com>"),
        # a tag that stands for a pair at one screen
        ("Carlhuda <wycats+carl@gmail.com>", "Yehuda Katz <wycats@gmail.com>"),
        # robots
        ("webpack bot <tobias.koppers+webpack-bot@gmail.com>", "Tobias Koppers <tobias.koppers@gmail.com>"),
    ],
)
def test_two_people(one: str, other: str) -> None:
    assert not are_one(one, other)
    assert not are_one(other, one)


def test_a_shared_address_belongs_to_nobody() -> None:
    people = who(
        "Ann Abel <team@house.com>",
        "Bob Cole <team@house.com>",
        "Cid Dorn <all@house.com>",
        "Eva Falk <all@house.com>",
        "Gus Hahn <all@house.com>",
        "gus hahn <all@house.com>",
    )
    assert len(parts(people)) == 5
    assert frozenset({"Gus Hahn <all@house.com>", "gus hahn <all@house.com>"}) in parts(people)


def test_a_wrong_address_pasted_into_a_trailer_joins_nobody() -> None:
    junio = [f"{name} <gitster@pobox.com>" for name in ("Junio C Hamano", "Junio C. Hamano")]
    wrong = "Wincent Colaiuta <gitster@pobox.com>"
    people = who(*junio, "Junio C Hamano <junkio@cox.net>", wrong, "Wincent Colaiuta <win@wincent.com>")
    assert frozenset({wrong}) in parts(people)
    assert frozenset({*junio, "Junio C Hamano <junkio@cox.net>"}) in parts(people)
    # Both possibilities are there to be reviewed.
    assert {frozenset({junio[0], wrong}), frozenset({wrong, "Wincent Colaiuta <win@wincent.com>"})} <= near(people)


def test_an_account_name_that_two_full_names_claim_joins_nobody() -> None:
    people = who("John Krahe <jkrahe@a.org>", "Jane Krahe <jkrahe@b.org>", "jkrahe <jkrahe@c.org>")
    assert len(parts(people)) == 3


def test_a_common_name_joins_with_something_else_in_common() -> None:
    oli = [f"Oliver Smith <{local}@oli-obk.de>" for local in ("git-spam-no1", "github3")]
    people = who(*oli, "Oliver Smith <oli-obk@users.noreply.github.com>", "Oliver Smith <os@other.org>")
    assert max(map(len, parts(people))) == 3
    assert frozenset({"Oliver Smith <os@other.org>"}) in parts(people)


def test_a_name_is_common_where_the_corpus_says_so() -> None:
    ann = ["Anna Krahe <ak@a.org>", "Anna Krahe <anna@b.org>"]
    few = [f"Bo Zorn{c} <bo{c}@z.org>" for c in "abcdefgh"]
    many = [f"Anna Zorn{c} <az{c}@z.org>" for c in "abcdefgh"] + [f"Bo{c} Krahe <bk{c}@z.org>" for c in "abcdefgh"]
    assert frozenset(ann) in parts(who(*ann, *few))
    assert frozenset(ann) not in parts(who(*ann, *many))
    assert frozenset(ann) in near(who(*ann, *many))


def test_the_bare_name_among_two_middle_names_is_left_alone() -> None:
    people = who("Ann A. Krahe <aa@x.org>", "Ann B. Krahe <ab@y.org>", "Ann Krahe <ak@z.org>")
    assert len(parts(people)) == 3


# --- charts ------------------------------------------------------------------------------------------------------


def test_a_chart_joins_by_address_login_or_a_name_that_it_knows_once() -> None:
    people = who(
        "Ann Krahe <ann@house.com>",
        "bcole <bcole@house.com>",
        "Dora Smith <dora@gmail.com>",
        "Eli <eli@house.com>",
        chart("ann@house.com", "ann@house.com", email="ann@house.com", title="Architect"),
        chart("bcole", "bcole", login="bcole"),
        chart("dora smith", "Smith, Dora"),
        chart("eli", "eli", login="eli"),
    )
    assert len(parts(people)) == 4
    ann = people.table[people.table["person"] == "Ann Krahe"].iloc[0]
    assert (ann["title"], ann["identities"]) == ("Architect", 2)


def test_a_chart_that_knows_a_name_twice_joins_neither_by_it() -> None:
    two = [chart("1", "Ann Krahe", login="akrahe"), chart("2", "Ann Krahe", login="annk")]
    told = links(link("chart:1", "chart:2", same=False, by="chart"))
    people = who("Ann Krahe <ann@gmail.com>", *two, linked=told)
    assert len(parts(people)) == 3
    assert len(near(people)) >= 1


def test_an_id_does_not_change_because_a_chart_was_added() -> None:
    git = "Ann Krahe <ann@house.com>"
    with_chart = who(git, chart("ann@house.com", "Ann Krahe", email="ann@house.com"))
    assert with_chart.table["id"].tolist() == [person_id(git)] == who(git).table["id"].tolist()


def test_a_code_owner_is_known_by_the_login_of_the_forge() -> None:
    owner = {**chart("", "tim", login="tim"), "key": "login:tim", "source": "owners:x"}
    assert len(parts(who("Tim Burke <1+tim@users.noreply.github.com>", owner))) == 1
    assert len(parts(who("Tim Burke <tim@gmail.com>", owner))) == 2


@pytest.mark.parametrize("email", ["ada@house.com", "ada@example.org"])
def test_a_code_owner_is_known_by_the_address(email: str) -> None:
    owner = {**chart("", "ada", email=email), "key": f"email:{email}", "source": "owners:x"}
    people = who(f"Ada Byron <{email}>", owner)
    assert people.table[["person", "identities"]].values.tolist() == [["Ada Byron", 2]]
    # In a history the same word and a machine's address are no proof.
    assert not are_one("Ada Byron <ada@localhost>", "Ada <ada@localhost>")


# --- links -------------------------------------------------------------------------------------------------------


def test_a_mailmap_joins_and_names() -> None:
    raw, proper = "gholt <gholt@brim.net>", "Greg Holt <gholt@rackspace.com>"
    assert who(raw, proper, linked=links(link(raw, proper))).table["person"].tolist() == ["Greg Holt"]
    # Also where nobody ever wrote the proper form.
    people = who(raw, "g <z-github@brim.net>", linked=links(link(raw, proper), link("g <z-github@brim.net>", proper)))
    assert people.table[["person", "identities"]].values.tolist() == [["Greg Holt", 2]]


def test_a_mailmap_does_not_make_a_robot_a_person() -> None:
    bot, human = "webpack bot <bot@webpack.js.org>", "Tobias Koppers <tobias@koppers.me>"
    people = who(bot, human, linked=links(link(bot, human)))
    assert len(parts(people)) == 2
    assert people.merges.loc[0, ["rule", "accepted"]].tolist() == ["mailmap (bot and person)", False]


def test_pairs_known_to_be_two_stay_apart() -> None:
    one, other = "Ann Krahe <ann@x.org>", "ann krahe <ann@x.org>"
    people = who(one, other, linked=links(link(one, other, same=False, by="chart")))
    assert len(parts(people)) == 2
    assert near(people) == set()  # decided: nothing to review


def test_the_titles_of_merges_say_whose_a_login_is() -> None:
    login, one, other = "kv <>", "Ann Krahe <ann@x.org>", "Ann Krahe <a.krahe@y.org>"
    titles = [link(login, key, by="merge titles") for key in (one, other)]
    people = who(one, other, login, linked=links(*titles))
    assert people.table[["person", "identities"]].values.tolist() == [["Ann Krahe", 3]]
    assert people.merges.set_index("rule").loc["merge titles", "confidence"] == 0.95


def test_a_login_that_is_one_here_and_another_there_is_nobodys() -> None:
    login, one, other = "kv <>", "Ann Krahe <ann@x.org>", "Bob Cole <bob@y.org>"
    titles = [link(login, key, by="merge titles") for key in (one, other)]
    people = who(one, other, login, linked=links(*titles))
    assert len(parts(people)) == 3
    assert near(people) == {frozenset({login, one}), frozenset({login, other})}
    # Nor is who is known to be another.
    people = who(one, login, linked=links(titles[0], link(login, one, same=False, by="chart")))
    assert len(parts(people)) == 2


def test_what_a_link_leaves_open_says_nothing() -> None:
    one, other, third = "Ann Krahe <ann@x.org>", "ann <ann@x.org>", "Bob Cole <bob@y.org>"
    linked = links(
        {**link(one, other), "same": None}, {**link(one, third), "same": None}, {**link(one, one), "b": None}
    )
    assert parts(who(one, other, third, linked=linked)) == {frozenset({one, other}), frozenset({third})}


# --- classes and names -------------------------------------------------------------------------------------------


def test_classes_are_apart_and_all_there() -> None:
    people = who(
        "Ann Krahe <ann@x.org>",
        "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
        "dependabot[bot] <support@dependabot.com>",
        "Claude Opus 4.7 <noreply@anthropic.com>",
        "Claude:claude-3-opus <>",
        " <>",
    )
    assert people.table["class"].tolist() == ["person", "bot", "agent", "bot"]
    assert people.table["person"].tolist()[:2] == ["Ann Krahe", "dependabot[bot]"]
    assert people.table["identities"].tolist() == [1, 2, 2, 1]


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        (["ann <ann.krahe@x.org>", "Ann Krahe <ann.krahe@x.org>"], "Ann Krahe"),
        (["Ann Krahe <ann@x.org>", "ann krahe <ann@x.org>"], "Ann Krahe"),
        (["Krahe, Ann <ann@x.org>"], "Ann Krahe"),
        (["Krahe, Jr <ann@x.org>"], "Krahe, Jr"),
        (["Rene Krahe <r@krahe.org>", "René Krahe <r@krahe.org>"], "René Krahe"),
        (["René Krahe <r@krahe.org>", "RenÃ© Krahe <r@krahe.org>"], "René Krahe"),
        (["Signed-off-by: Ann Krahe <ann@x.org>", "Ann Krahe <ann@x.org>"], "Ann Krahe"),
        (["ann@x.org <ann@x.org>"], "ann"),
        (["ann@x.org <>"], "ann"),
        ([" <12+annk@users.noreply.github.com>"], "annk"),
        ([" <ann.krahe@x.org>"], "ann.krahe"),
        (["Ann Krahe <ann@x.org>", chart("ann@x.org", "Anna Krahe", email="ann@x.org")], "Anna Krahe"),
    ],
)
def test_display(rows: list[Any], shown: str) -> None:
    assert who(*rows).table["person"].tolist() == [shown]


def test_rows_of_one_key_are_one_identity() -> None:
    ann = row("Ann Krahe <ann@x.org>", 5)
    people = who(ann, {**ann, "source": "git:y", "first": dt.datetime(2019, 1, 1)}, {**ann, "title": "CTO"})
    assert people.table[["title", "identities"]].values.tolist() == [["CTO", 1]]
    assert people.table["first"].tolist() == [pd.Timestamp(2019, 1, 1)]


def test_nobody_at_all() -> None:
    people = who()
    assert people.table.empty
    assert people.keys.empty
    assert review_table(people).empty


# --- people.csv --------------------------------------------------------------------------------------------------


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


# --- review, find, pseudonyms ------------------------------------------------------------------------------------


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


# --- what holds whatever the histories say -----------------------------------------------------------------------

NAMES = ["Ann Krahe", "ann krahe", "Krahe, Ann", "Ann B. Krahe", "Ann", "Bob Cole", "B. Cole", "bcole", "Cole Bob"]
NAMES += ["Ray Chen", "李小明", "Claude", "Cole Bot", "", "root", "=1+1", "Zoë\x1b[2J Ünal", "x\x00y", "Annkrahe"]
EMAILS = ["ann@x.org", "ann.krahe@x.org", "bcole@y.org", "b.cole+git@gmail.com", "bcole@gmail.com", "root@localhost"]
EMAILS += [
    "1+bcole@users.noreply.github.com",
    "bcole@users.noreply.github.com",
    "noreply@anthropic.com",
    "",
    "info@x.org",
]
EMAILS += ["bot@y.org", "akrahe2@x.org", "akrahe@x.org"]

identity = st.builds(
    lambda name, email, day: row(f"{name} <{email}>", day),
    st.one_of(st.sampled_from(NAMES), st.text(max_size=12)),
    st.one_of(st.sampled_from(EMAILS), st.text(max_size=12)),
    st.integers(0, 20),
)
charted = st.builds(
    lambda name, email, login: chart(email or login or name, name, email or None, login or None),
    st.sampled_from(NAMES[:9]),
    st.sampled_from(["", *EMAILS[:3]]),
    st.sampled_from(["", "bcole", "ann"]),
)
corpora = st.lists(st.one_of(identity, identity, identity, charted), max_size=10)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def some_links(data: st.DataObject, rows: list[dict[str, Any]], same: list[bool], most: int = 3) -> pd.DataFrame:
    keys = st.sampled_from([r["key"] for r in rows] or ["x"])
    made = st.lists(st.builds(link, keys, keys, st.sampled_from(same)), max_size=most)
    return links(*[one for one in data.draw(made) if one["a"] != one["b"]])


def frames_equal(a: People, b: People) -> None:
    pd.testing.assert_frame_equal(a.table, b.table)
    pd.testing.assert_frame_equal(a.keys, b.keys)


@quick
@given(corpora, st.data())
def test_every_identity_is_exactly_one_person(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    people = who(*rows, linked=some_links(data, rows, [True, False]))
    assert sorted(people.keys["key"]) == sorted({r["key"] for r in rows})
    assert set(people.keys["id"]) == set(people.table["id"])
    assert people.table["id"].is_unique
    counts = people.keys["id"].value_counts()
    assert (people.table.set_index("id")["identities"] == counts.reindex(people.table["id"])).all()
    joined = people.merges[people.merges["accepted"]]
    assert len(joined) == len(people.keys) - len(people.table)
    assert people.merges["confidence"].between(0, 1).all()
    assert not people.table["person"].str.contains(r"@\S+\.", regex=True).any() or any(
        "@" in (r["display"] or "") for r in rows
    )


@quick
@given(corpora, st.data(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, Any]], data: st.DataObject, rng: random.Random) -> None:
    linked = some_links(data, rows, [True, False])
    people = resolve(table(*rows), linked)
    shuffled = [*rows, *rows[:2]]
    rng.shuffle(shuffled)
    again = resolve(table(*shuffled), linked.sample(frac=1, random_state=rng.randrange(99)))
    frames_equal(people, again)
    pd.testing.assert_frame_equal(people.merges, again.merges)


@quick
@given(corpora, st.data())
def test_saying_that_two_are_one_splits_nobody(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    linked = some_links(data, rows, [True])
    more = some_links(data, rows, [True], most=1)
    before, after = who(*rows, linked=linked), who(*rows, linked=pd.concat([linked, more]))
    ids = after.keys.set_index("key")["id"]
    assert all(ids[list(group)].nunique() == 1 for group in parts(before))


@quick
@given(corpora, st.data())
def test_those_known_to_be_two_stay_two(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    linked = some_links(data, rows, [True, False], most=5)
    ids = who(*rows, linked=linked).keys.set_index("key")["id"]
    for a, b, same in linked[["a", "b", "same"]].itertuples(index=False):
        assert same or ids[a] != ids[b]


@quick
@given(corpora, st.data())
def test_classes_never_mix(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    people = who(*rows, linked=some_links(data, rows, [True]))
    kind = people.table.set_index("id")["class"]
    ids = people.keys.set_index("key")["id"]
    first = {}
    for r in sorted(rows, key=lambda r: (r["first"] is None, r["first"] or dt.datetime.max, r["display"] or "")):
        first.setdefault(r["key"], r)
    for key, r in first.items():
        email = r["email"] or (r["display"] if "@" in (r["display"] or "") else "")
        if key.startswith("chart:") or email != (r["email"] or ""):
            continue
        assert kind[ids[key]] == classify(r["display"] or "", email, r["login"])


@quick
@given(corpora, corpora)
def test_ids_stay_when_more_is_seen_later(rows: list[dict[str, Any]], more: list[dict[str, Any]]) -> None:
    known = {r["key"] for r in rows}
    later = [{**r, "first": r["first"] and r["first"] + dt.timedelta(days=100)} for r in more if r["key"] not in known]
    rows = [r for r in rows if r["first"]]  # what has no time is named by whatever has one
    before, after = who(*rows), who(*rows, *later)
    old = after.keys[after.keys["key"].isin({r["key"] for r in rows})]
    first = {key: min(r["first"] for r in rows if r["key"] == key) for key in old["key"]}
    for one, group in old.groupby("id")["key"]:
        assert one == person_id(min(group, key=lambda key: (first[key], key)))
    if {frozenset(g) for _, g in old.groupby("id")["key"]} == parts(before):
        assert set(before.table["id"]) <= set(after.table["id"])


@quick
@given(corpora, st.data())
def test_the_written_file_gives_the_same_people(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    linked = some_links(data, rows, [True, False])
    people = who(*rows, linked=linked)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "people.csv"
        write_review(people, file)
        again = who(*rows, linked=linked, overrides=file)
        frames_equal(people, again)
        assert again.unmatched == []
        # And what is written from that is the same file, but for the rules.
        write_review(again, Path(scratch) / "again.csv")
        frames_equal(people, who(*rows, linked=linked, overrides=Path(scratch) / "again.csv"))


@quick
@given(st.lists(st.sampled_from(["Ann", "ann", "Bob", "ANN ", "Jean-Luc", "Chinwe"]), min_size=2, max_size=6))
def test_nobody_is_joined_on_a_first_name(names: list[str]) -> None:
    rows = [row(f"{name} <{name.strip().lower()}@house{i}.com>", i) for i, name in enumerate(names)]
    assert len(who(*rows).table) == len(names)


# --- hostile and large -------------------------------------------------------------------------------------------


def test_hostile_identities_are_cheap() -> None:
    big = "A b" * 300_000
    rows = [f"{big} <x@y.org>", f"x <{big}@y.org>", *(f"Ann Krahe <ann@h{i}.org>" for i in range(700))]
    rows += [f"Nr{i} Zzyzx{i} <all@house.com>" for i in range(700)] + [
        f"Ann{i} Same <s{i}@house.com>" for i in range(700)
    ]
    rows += [f"same <same@h{i}.org>" for i in range(700)]
    start = time.process_time()
    people = who(*rows)
    assert time.process_time() - start < 60
    assert big in set(people.table["person"])


def test_many_identities_are_fast() -> None:
    rng = random.Random(1)
    given = ["Ann", "Bob", "Chinwe", "Dora", "Emil", "Fay", "Gus", "Hugo", "Ida", "Jan", "Kaya", "Lea", "Max", "Nora"]
    rows = []
    for i in range(1500):
        last = "".join(rng.choice(["ka", "lo", "mi", "ru", "sten", "berg"]) for _ in range(3)).title()
        local = rng.choice([f"{i}", last.lower(), "x.y"])
        rows.append(f"{rng.choice(given)} {last} <{local}@{rng.choice(['gmail.com', 'corp.com', f'd{i}.org'])}>")
    identities = table(*rows)
    resolve(identities, NO_LINKS)
    start = time.process_time()
    resolve(identities, NO_LINKS)
    assert time.process_time() - start < 10  # 0.07 s where nothing else runs
