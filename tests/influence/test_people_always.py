"""What holds of people whatever the histories say, hostile and large ones too."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from influence.nodes import person_id
from influence.people import People, resolve, write_review
from influence.robots import classify
from tests.influence.identities import NO_LINKS, chart, link, links, parts, row, table, who

# --- what holds whatever the histories say ---------------------------------------------------------------------------

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


# --- hostile and large -----------------------------------------------------------------------------------------------


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
