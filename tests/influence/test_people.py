"""Who is who: each rule on cases from real histories, and what must hold whatever the histories say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from influence.nodes import person_id
from influence.people import review_table
from tests.influence.identities import are_one, chart, link, links, near, parts, row, who


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


# --- charts ----------------------------------------------------------------------------------------------------------


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


# --- links -----------------------------------------------------------------------------------------------------------


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


# --- classes and names -----------------------------------------------------------------------------------------------


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
