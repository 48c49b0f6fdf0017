"""Formal power: transitive in time (against networkx and brute force), over repositories, over paths."""

from __future__ import annotations

import datetime as dt
import itertools
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influence.authority import Authority, build
from influence.management import ALWAYS, FOREVER, closure
from influence.ownership import OwnedPaths
from influence.schema import TABLES
from tests.conftest import GIT_ENVIRONMENT, Repo

DAY = dt.date(2024, 1, 1)


@dataclass
class FakePeople:
    """What `build` needs of `influence.people.People`: who each key is, and what they are called."""

    table: pd.DataFrame
    keys: pd.DataFrame


def table(name: str, rows: list[dict]) -> pd.DataFrame:
    """Rows as the workspace gives them."""
    return TABLES[name].batch(rows).to_pandas()


def people_of(keys: dict[str, str], titles: dict[str, str] | None = None) -> FakePeople:
    """Ids double as names."""
    ids = list(dict.fromkeys(keys.values()))
    return FakePeople(
        pd.DataFrame({"id": ids, "person": ids, "title": [(titles or {}).get(i) for i in ids]}, dtype=object),
        pd.DataFrame({"key": list(keys), "id": list(keys.values())}),
    )


def make(
    rows: list[dict], keys: dict[str, str] | None = None, memberships: Iterable[dict] = (), **more: object
) -> Authority:
    """Authority in which, unless `keys` says otherwise, everybody is called as their key."""
    if keys is None:
        memberships = list(memberships)
        named = [row.get(c) for row in rows for c in ("leader", "follower")] + [row["identity"] for row in memberships]
        keys = {key: key for key in named if key}
    rows = [{"source": "s", **row} for row in rows]
    members = [{"source": "s", **row} for row in memberships]
    return build(table("authority", rows), table("memberships", members), people_of(keys, **more), {"r": "swift"})


def managed(leader: str | None, follower: str, since: str | None = None, until: str | None = None) -> dict:
    day = {name: pd.Timestamp(text) for name, text in (("since", since), ("until", until)) if text}
    return {"leader": leader, "follower": follower, "role": "manager", **day}


def owning(*lines: tuple[str, str], rule: str = "last", repository: str = "r", first: int = 1) -> list[dict]:
    """Rows as the connector writes them: one for the pattern and one for each of its owners (names, or @teams)."""
    rows = []
    for position, (pattern, owners) in enumerate(lines, first):
        common = {
            "repository": repository,
            "pattern": pattern,
            "position": position,
            "rule": rule,
            "role": "code owner",
        }
        rows.append(common)
        for owner in owners.split():
            who = {"leader_team": owner[1:]} if owner.startswith("@") else {"leader": owner}
            rows.append(common | who)
    return rows


def owned(path: str, *lines: tuple[str, str], rule: str = "last") -> str:
    return " ".join(sorted(make(owning(*lines, rule=rule)).owners("r", [path], DAY)))


# -- management --------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20))
def test_closure_without_dates_is_networkx_descendants(edges: list[tuple[int, int]]) -> None:
    # Any graph, circles included: merging identities can make what no chart holds.
    leader, follower = (np.array([edge[side] for edge in edges], dtype=np.int64) for side in (0, 1))
    spans = closure(leader, follower, np.full(len(edges), ALWAYS), np.full(len(edges), FOREVER))
    graph = nx.DiGraph([edge for edge in edges if edge[0] != edge[1]])
    expected = {(a, b) for a in graph for b in nx.descendants(graph, a)}
    assert set(zip(spans.leader.tolist(), spans.follower.tolist(), strict=True)) == expected
    depths: dict[tuple[int, int], int] = {}
    for a, b, depth in zip(spans.leader.tolist(), spans.follower.tolist(), spans.depth.tolist(), strict=True):
        depths[a, b] = min(depth, depths.get((a, b), 99))
    assert depths == {(a, b): nx.shortest_path_length(graph, a, b) for a, b in expected}


dated_edges = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.booleans(), st.booleans()),
    max_size=18,
)


@settings(max_examples=80, deadline=None)
@given(dated_edges)
def test_dated_closure_is_the_closure_of_each_date(edges: list[tuple[int, int, int, int, bool, bool]]) -> None:
    columns = [np.array([edge[i] for edge in edges], dtype=np.int64) for i in range(4)]
    leader, follower, since, until = columns
    since[[edge[4] for edge in edges]] = ALWAYS
    until[[edge[5] for edge in edges]] = FOREVER
    spans = closure(leader, follower, since, until)
    for moment in range(-1, 8):
        held = (since <= moment) & (moment < until)
        graph = nx.DiGraph([(a, b) for a, b in zip(leader[held], follower[held], strict=True) if a != b])
        expected = {(a, b) for a in graph for b in nx.descendants(graph, a)}
        now = (spans.since <= moment) & (moment < spans.until)
        assert set(zip(spans.leader[now], spans.follower[now], strict=True)) == expected
    # Nothing is said twice: rows of one pair and depth neither overlap nor adjoin.
    rows = sorted(zip(spans.leader, spans.follower, spans.depth, spans.since, spans.until, strict=True))
    for one, other in itertools.pairwise(rows):
        assert one[:3] != other[:3] or one[4] < other[3]


@settings(max_examples=25, deadline=None)
@given(dated_edges, st.randoms(use_true_random=False))
def test_obliged_by_management_agrees_with_the_table(edges, random) -> None:
    rows = [
        managed(
            f"p{a}", f"p{b}", None if open_start else f"2020-01-0{s + 1}", None if open_end else f"2020-01-0{u + 1}"
        )
        for a, b, s, u, open_start, open_end in edges
    ]
    power = make(rows)
    people = [f"p{i}" for i in range(7)] + ["nobody"]
    asked = [
        (random.choice(people), random.choice(people), pd.Timestamp(2020, 1, random.randint(1, 9))) for _ in range(40)
    ]
    table = power.management
    expected = [
        bool(
            (
                (table["follower"] == f)
                & (table["leader"] == m)
                & (table["since"].isna() | (table["since"] <= at))
                & (table["until"].isna() | (at < table["until"]))
            ).any()
        )
        for f, m, at in asked
    ]
    followers, leaders, times = (pd.Series(column) for column in zip(*asked, strict=True))
    assert power.obliged_by_management(followers, leaders, times).tolist() == expected
    as_categories = power.obliged_by_management(followers.astype("category"), leaders.astype("category"), times)
    assert as_categories.tolist() == expected


def test_power_follows_the_dates_of_the_whole_chain() -> None:
    power = make(
        [
            managed("boss", "lead", "2020-01-01", "2022-01-01"),
            managed("boss2", "lead", "2022-01-01"),
            managed("lead", "ann", "2021-01-01", "2023-01-01"),
        ]
    )
    asked = [("boss", "2021-06-01"), ("boss", "2022-06-01"), ("boss2", "2022-06-01"), ("boss2", "2023-01-01")]
    times = np.array([time for _, time in asked], dtype="datetime64[us]")
    assert power.obliged_by_management(["ann"] * 4, [m for m, _ in asked], times).tolist() == [True, False, True, False]
    assert power.reports(dt.datetime(2021, 6, 1)).to_dict() == {"boss": 2, "lead": 1}
    assert power.reports(dt.datetime(2020, 6, 1)).to_dict() == {"boss": 1}
    assert power.reports(dt.date(2023, 1, 1)).to_dict() == {"boss2": 1}
    assert power.formal(dt.date(2021, 6, 1)) == {"boss": ["manages 2"], "lead": ["manages 1"]}


def test_a_time_with_a_zone_is_read_in_utc() -> None:
    power = make([managed("boss", "ann", "2020-01-02")])
    before = dt.datetime(2020, 1, 2, 0, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert power.reports(before).empty
    assert power.reports(before + dt.timedelta(hours=1)).to_dict() == {"boss": 1}


def test_whoever_has_two_ways_up_counts_once() -> None:
    power = make([managed("top", "a"), managed("top", "b"), managed("a", "x"), managed("b", "x"), managed("top", "x")])
    assert power.reports(DAY)["top"] == 3


def test_persons_and_not_identities_are_counted() -> None:
    power = make(
        [managed("chart:boss", "chart:ann"), managed("chart:boss", "chart:ann2")],
        keys={"chart:boss": "boss", "chart:ann": "ann", "chart:ann2": "ann"},
    )
    assert power.reports(DAY).to_dict() == {"boss": 1}


def test_identities_that_nobody_knows_are_left_out() -> None:
    power = make([managed("gone", "ann"), managed("boss", "ann")], keys={"ann": "ann", "boss": "boss"})
    assert power.reports(DAY).to_dict() == {"boss": 1}


def test_managing_oneself_after_a_merge_is_nothing() -> None:
    power = make([managed("a", "b"), managed("b", "a2")], keys={"a": "ann", "a2": "ann", "b": "bob"})
    assert power.reports(DAY).to_dict() == {"ann": 1, "bob": 1}
    assert not power.obliged_by_management(["ann"], ["ann"], np.array(["2020-01-01"], "datetime64[us]"))[0]


def test_power_over_a_team_is_power_over_its_members_while_they_are_in_it() -> None:
    power = make(
        [{"leader": "head", "team": "Storage", "role": "manager"}],
        memberships=[
            {"team": "storage", "identity": "ann", "until": pd.Timestamp("2020-01-01")},
            {"team": "storage", "identity": "bob"},
        ],
    )
    assert power.reports(dt.date(2019, 1, 1))["head"] == 2
    assert power.reports(dt.date(2021, 1, 1))["head"] == 1


def test_fifty_thousand_people_with_histories_in_seconds() -> None:
    size = 50_000
    rng = np.random.default_rng(0)
    # Seven managers a level up to one boss; everybody changed manager once.
    follower = np.arange(1, size)
    manager = follower // 7
    other = np.minimum(rng.permutation(follower) % np.maximum(manager, 1), manager)
    day = 86_400_000_000
    change = rng.integers(15_000, 19_000, size - 1) * day
    began = time.process_time()
    spans = closure(
        np.concatenate([manager, other]),
        np.concatenate([follower, follower]),
        np.concatenate([np.full(size - 1, ALWAYS), change]),
        np.concatenate([change, np.full(size - 1, FOREVER)]),
    )
    assert time.process_time() - began < 60
    # Everybody but the boss is below the boss at any time.
    at = 17_000 * day
    held = (spans.leader == 0) & (spans.since <= at) & (at < spans.until)
    assert len(np.unique(spans.follower[held])) == size - 1


# -- the chart ---------------------------------------------------------------------------------------------------------


def test_in_the_chart_are_those_with_a_row_and_their_managers() -> None:
    power = make([managed("boss", "ann"), managed(None, "contractor"), *owning(("*", "outsider"))])
    assert power.chart_known
    assert [power.in_chart(i) for i in ("boss", "ann", "contractor", "outsider", "?")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_without_a_chart_nothing_is_known() -> None:
    power = make(owning(("*", "ann")))
    assert not power.chart_known
    assert not power.roles_known
    assert power.matched == {"chart_people": 0, "matched": 0, "unmatched": []}
    assert power.reports(DAY).empty
    assert not power.obliged_by_management(["ann"], ["ann"], np.array(["2020-01-01"], "datetime64[us]")).any()


def test_nothing_at_all() -> None:
    power = make([])
    assert power.formal(DAY) == {}
    assert power.owners("r", ["a"], DAY) == set()
    assert power.whole_repository(DAY).empty
    assert power.management.empty


def test_matched_are_those_who_act_somewhere() -> None:
    power = make(
        [managed("chart:boss", "chart:ann"), managed("chart:boss", "chart:bob"), *owning(("*", "login:bob"))],
        keys={
            "chart:boss": "boss",
            "chart:ann": "ann",
            "Ann <a@x>": "ann",
            "chart:bob": "bob",
            # A code owner's login says who somebody is, not that anything was done.
            "login:bob": "bob",
        },
        titles={"ann": "Engineer"},
    )
    assert power.matched == {"chart_people": 3, "matched": 1, "unmatched": ["bob", "boss"]}
    assert power.unknown_owners == ["bob"]
    assert power.title("ann") == "Engineer"
    assert power.title("bob") is None


# -- whole repositories ------------------------------------------------------------------------------------------------


def right(leader: str, role: str = "maintainer", **more: object) -> dict:
    return {"leader": leader, "repository": "r", "role": role, **more}


def test_rights_over_a_whole_repository() -> None:
    power = make([right("ann", since=pd.Timestamp("2020-01-01")), right("bob", role="lead"), *owning(("*", "cy"))])
    assert power.roles_known
    assert power.whole_repository(dt.date(2019, 1, 1))["leader"].tolist() == ["bob"]
    assert power.whole_repository(DAY)["leader"].tolist() == ["ann", "bob"]
    assert power.formal(DAY) == {
        "ann": ["maintainer of swift"],
        "bob": ["lead of swift"],
        "cy": ["code owner of * in swift"],
    }
    # Unknown paths: only power over all of them.
    assert power.owners("r", [], DAY) == power.owners("r", None, DAY) == {"ann", "bob"}
    assert power.owners("r", ["x"], DAY) == {"ann", "bob", "cy"}
    assert power.owners("other", ["x"], DAY) == set()


def test_a_right_that_more_than_a_third_hold_is_the_custom() -> None:
    rows = [right("a", "merger"), right("b", "merger"), right("a", "lead"), right("idle", "lead")]
    power = make(rows)
    active = pd.DataFrame(
        [("r", 2024, person) for person in "abcde"] + [("r", 2023, person) for person in "abcdef"],
        columns=["repository", "year", "id"],
    )
    judged = power.considering(pd.concat([active, active]))
    # 2024: two of five merge; 2023: two of six, which is a third and no more.
    assert judged.whole_repository(dt.date(2024, 5, 1)).set_index(["leader", "role"])["customary"].to_dict() == {
        ("a", "merger"): True,
        ("b", "merger"): True,
        ("a", "lead"): False,
        ("idle", "lead"): False,
    }
    assert not judged.whole_repository(dt.date(2023, 5, 1))["customary"].any()
    assert judged.owners("r", [], dt.date(2024, 5, 1)) == {"a", "idle"}
    assert judged.owners("r", [], dt.date(2023, 5, 1)) == {"a", "b", "idle"}
    assert judged.formal(dt.date(2024, 5, 1))["b"] == ["merger of swift"]
    assert not power.whole_repository(dt.date(2024, 5, 1))["customary"].any()


def test_a_right_is_the_custom_only_in_years_in_which_it_was_held() -> None:
    power = make([right("a", since=pd.Timestamp("2024-06-01"))])
    active = pd.DataFrame([("r", year, "a") for year in (2023, 2024)], columns=["repository", "year", "id"])
    judged = power.considering(active)
    assert judged._customary == {("r", 2024, "maintainer")}


# -- paths -------------------------------------------------------------------------------------------------------------

# Pattern, paths that it matches, paths that it does not: the examples of GitHub's documentation, and what they imply.
GITHUB = [
    ("*", ["a", "a/b.c", ".hidden"], []),
    ("**", ["a", "a/b"], []),
    ("*.js", ["a.js", "x/y/a.js", "lib.js/readme"], ["a.jsx", "ajs", "js"]),
    ("*.test.js", ["a.test.js", "x/a.b.test.js"], ["a.js", "test.js/x.ts"]),
    ("/build/logs/", ["build/logs/a", "build/logs/b/c"], ["build/logs", "x/build/logs/a", "build/logs2/a"]),
    ("docs/*", ["docs/getting-started.md"], ["docs/build-app/troubleshooting.md", "x/docs/a.md", "docs"]),
    ("apps/", ["apps/a", "x/apps/b/c"], ["apps", "x/apps", "myapps/a"]),
    ("/docs/", ["docs/a", "docs/b/c"], ["x/docs/a", "docs"]),
    ("/scripts/", ["scripts/a"], ["a/scripts/b"]),
    ("**/logs", ["logs/a", "build/logs/a", "deeply/nested/logs/a", "scripts/logs"], ["logs2/a", "alogs"]),
    ("/apps/github", ["apps/github", "apps/github/a/b"], ["apps/githubx", "x/apps/github"]),
    ("/*", ["a"], ["a/b"]),
    ("/*/", ["a/b", "a/b/c"], ["a"]),
    ("README.md", ["README.md", "x/README.md", "README.md/x"], ["README_md", "readme.md"]),
    ("a/b", ["a/b", "a/b/c"], ["x/a/b", "a/bc"]),
    ("a/**/b", ["a/b", "a/x/b", "a/x/y/b", "a/x/b/c"], ["a/bb", "xa/b", "b"]),
    ("a/**", ["a/x", "a/x/y"], ["a", "b/a/x"]),
    ("/a/**/", ["a/x/y"], ["a/x", "a"]),
    ("**/a/b", ["a/b", "x/a/b/c"], ["a/xb"]),
    ("a*c/d", ["abc/d", "ac/d", "ac/d/e"], ["a/c/d", "x/abc/d"]),
    ("a?c", ["abc", "x/abc/y"], ["ac", "a/c", "abbc"]),
    ("*a*b*", ["ab", "xaybz", "q/ab/r"], ["ba", "a/b"]),
    ("x/*.py", ["x/a.py", "x/a.py/z"], ["x/y/a.py", "x/apy"]),
    ("path\\ with\\ spaces/", ["path with spaces/a"], ["path\\ with\\ spaces/a"]),
    ("a.b", ["a.b"], ["aXb"]),
    ("a+(b)|c^$", ["a+(b)|c^$"], ["aa(b)|c^$", "ab"]),
    ("/", [], ["a", "a/b"]),
    ("a//b", [], ["a/b", "a//b"]),
    ("[ab].py", [], ["a.py", "[ab].py"]),
]


@pytest.mark.parametrize(("pattern", "inside", "outside"), GITHUB, ids=[case[0] for case in GITHUB])
def test_patterns_of_github(pattern: str, inside: list[str], outside: list[str]) -> None:
    assert {path: owned(path, (pattern, "ann")) for path in inside} == dict.fromkeys(inside, "ann")
    assert {path: owned(path, (pattern, "ann")) for path in outside} == dict.fromkeys(outside, "")


GITLAB = [
    ("*", ["a", "a/b"], []),
    ("*.rb", ["a.rb", "x/a.rb"], ["a.rb/x"]),
    ("README.md", ["README.md", "x/README.md"], ["README.md/x"]),
    ("/README.md", ["README.md"], ["x/README.md"]),
    ("/docs/", ["docs/a", "docs/b/c"], ["docs", "x/docs/a"]),
    ("docs/", ["docs/a", "x/docs/b/c"], ["docs"]),
    ("/docs/*", ["docs/a", "docs/.a"], ["docs/b/c"]),
    ("docs/*", ["docs/a", "x/docs/a"], ["docs/b/c"]),
    ("/docs", ["docs"], ["docs/a"]),
    ("ee/docs", ["ee/docs", "x/ee/docs"], ["ee/docs/a"]),
    ("model/db/", ["model/db/a", "x/model/db/a/b"], ["model/db"]),
    ("/docs/**/*.md", ["docs/a.md", "docs/x/y/a.md"], ["docs/a.rb", "x/docs/a.md"]),
    ("/db/**/index.md", ["db/index.md", "db/x/y/index.md"], ["db/index.md/x"]),
    ("/docs/**", ["docs/a"], ["docs/a/b"]),
    ("/[ab].py", ["a.py", "b.py"], ["c.py", "[ab].py"]),
    ("/[!ab].py", ["c.py"], ["a.py"]),
    ("path\\ with\\ spaces/", ["path with spaces/a"], []),
]


@pytest.mark.parametrize(("pattern", "inside", "outside"), GITLAB, ids=[case[0] for case in GITLAB])
def test_patterns_of_gitlab(pattern: str, inside: list[str], outside: list[str]) -> None:
    assert {p: owned(p, (pattern, "ann"), rule="gitlab:") for p in inside} == dict.fromkeys(inside, "ann")
    assert {p: owned(p, (pattern, "ann"), rule="gitlab:") for p in outside} == dict.fromkeys(outside, "")


def test_the_last_pattern_that_matches_decides() -> None:
    lines = (("*", "global"), ("*.js", "js"), ("/apps/", "apps"), ("/apps/github", ""), ("/apps/x*/", "x"))
    assert owned("a", *lines) == "global"
    assert owned("a.js", *lines) == "js"
    assert owned("apps/a.js", *lines) == "apps"
    assert owned("apps/github/a.js", *lines) == ""
    assert owned("apps/xy/a.js", *lines) == "x"
    assert owned("apps/xy/a.js", *lines[::-1]) == "global"


def test_owners_of_many_paths_are_owners_of_any() -> None:
    power = make(owning(("*", "global"), ("/a/", "ann bob"), ("/b/", "cy")))
    assert power.owners("r", ["a/x", "b/x"], DAY) == {"ann", "bob", "cy"}


def test_each_section_of_gitlab_decides_for_itself() -> None:
    rows = [
        *owning(("*", "global"), rule="gitlab:"),
        *owning(("/docs/", "writer"), ("/docs/api/", "api"), rule="gitlab:docs", first=10),
        *owning(("*", "db"), ("/docs/db/", "dba"), ("!*.md", ""), rule="gitlab:database", first=20),
    ]
    power = make(rows)
    assert power.owners("r", ["docs/a"], DAY) == {"global", "writer", "db"}
    assert power.owners("r", ["docs/api/a"], DAY) == {"global", "api", "db"}
    # What is excluded from a section is not owned in it, whatever follows.
    assert power.owners("r", ["docs/db/a.md"], DAY) == {"global", "writer"}


def test_other_rules_let_every_pattern_count() -> None:
    lines = (("*", "all"), ("/a/", "ann"), ("*.x?z", "exotic"))
    assert owned("a/b.xyz", *lines, rule="every") == "all ann exotic"


def test_files_of_two_sources_do_not_shadow_each_other() -> None:
    rows = [row | {"source": "one"} for row in owning(("*", "ann"))]
    rows += [row | {"source": "two"} for row in owning(("*", "bob"))]
    assert make(rows).owners("r", ["x"], DAY) == {"ann", "bob"}


def test_whose_owner_opted_out_is_not_somebody_elses() -> None:
    rows = [row for row in owning(("*", "global"), ("/a/", "gone")) if row.get("leader") != "gone"]
    assert make(rows).owners("r", ["a/x"], DAY) == set()


def test_teams_are_their_members() -> None:
    rows = owning(("*", "@acme/data-platform"), ("/x/", "@acme/ghosts ann"), ("/y/", "@acme/ghosts"))
    power = make(
        rows,
        memberships=[
            {"team": "Data Platform", "identity": "bob", "until": pd.Timestamp("2023-01-01")},
            {"team": "Data Platform", "identity": "cy"},
            {"team": "other/data-platform", "identity": "dan"},
        ],
        keys={k: k for k in ("ann", "bob", "cy", "dan")},
    )
    assert power.owners("r", ["a"], dt.date(2022, 1, 1)) == {"bob", "cy"}
    assert power.owners("r", ["a"], DAY) == {"cy"}
    assert power.owners("r", ["x/a"], DAY) == {"ann"}
    assert power.unknown_teams == {"acme/ghosts": 2}
    assert power.formal(DAY)["cy"] == ["code owner of * in swift"]


def test_a_team_of_that_very_name_comes_first() -> None:
    power = make(
        owning(("*", "@acme/data")),
        memberships=[{"team": "data", "identity": "x"}, {"team": "@Acme/Data", "identity": "y"}],
        keys={"x": "x", "y": "y"},
    )
    assert power.owners("r", ["a"], DAY) == {"y"}


def test_long_lists_of_patterns_are_counted() -> None:
    power = make(owning(*[(f"/d{i}/", "ann") for i in range(9)]))
    assert power.formal(DAY) == {"ann": ["code owner of d0/, d1/, d2/ and 6 more in swift"]}


segments = st.text(alphabet="ab*?.", min_size=1, max_size=4)
paths = st.lists(st.text(alphabet="ab.", min_size=1, max_size=3), min_size=1, max_size=4).map("/".join)
patterns = st.tuples(st.booleans(), st.lists(segments | st.just("**"), min_size=1, max_size=4), st.booleans()).map(
    lambda p: ("/" if p[0] else "") + "/".join(p[1]) + ("/" if p[2] else "")
)


def slow_match(pattern: str, path: str) -> bool:
    """GitHub's rules by plain recursion over segments and characters, without any table or expression."""

    def glob(text: str, name: str) -> bool:
        if not text:
            return not name
        if text[0] == "*":
            return glob(text[1:], name) or (bool(name) and glob(text, name[1:]))
        return bool(name) and text[0] in (name[0], "?") and glob(text[1:], name[1:])

    def walk(wanted: list[str], parts: list[str], direct: bool) -> bool:
        if not wanted:
            # A file below what matched: none left is the file itself.
            return not parts if direct else True
        if wanted[0] == "**":
            if len(wanted) == 1:
                return bool(parts)
            return any(walk(wanted[1:], parts[i:], direct) for i in range(len(parts)))
        return bool(parts) and glob(wanted[0], parts[0]) and walk(wanted[1:], parts[1:], direct)

    only_directories = pattern.endswith("/")
    body = pattern.removesuffix("/")
    wanted = body.removeprefix("/").split("/")
    if "/" not in body:
        wanted = ["**", *wanted]
    parts = path.split("/")
    if only_directories:
        # The directories above the file: one of them matches as a whole.
        return any(walk_whole(wanted, parts[:i], glob) for i in range(1, len(parts)))
    return walk(wanted, parts, wanted[-1] == "*")


def walk_whole(wanted: list[str], parts: list[str], glob) -> bool:
    if not wanted:
        return not parts
    if wanted[0] == "**":
        if len(wanted) == 1:
            return bool(parts)
        return any(walk_whole(wanted[1:], parts[i:], glob) for i in range(len(parts)))
    return bool(parts) and glob(wanted[0], parts[0]) and walk_whole(wanted[1:], parts[1:], glob)


@settings(max_examples=120, deadline=None)
@given(patterns, paths)
def test_tables_and_expressions_match_as_plain_recursion(pattern: str, path: str) -> None:
    assert bool(OwnedPaths([(pattern, "last")]).holding(path)) == slow_match(pattern, path)


@settings(max_examples=100, deadline=None)
@given(st.lists(patterns, min_size=1, max_size=8), paths)
def test_last_is_last_however_patterns_are_kept(lines: list[str], path: str) -> None:
    matching = [place for place, pattern in enumerate(lines) if slow_match(pattern, path)]
    assert OwnedPaths([(line, "last") for line in lines]).holding(path) == tuple(matching[-1:])
    assert OwnedPaths([(line, "every") for line in lines]).holding(path) == tuple(matching)


@pytest.mark.parametrize("rule", ["last", "gitlab:", "every"])
@pytest.mark.parametrize(
    "pattern", ["a*" * 60 + "b", "**/a*" * 30 + "/b", "*/" * 60 + "b", "**/" * 60 + "b", "a**" * 50, "[" * 500 + "a]*"]
)
def test_hostile_patterns_take_no_time(pattern: str, rule: str) -> None:
    began = time.process_time()
    for path in ("a" * 4000, "/".join(["a" * 30] * 100), "/".join("a" * 500)):
        owned(path, (pattern, "ann"), rule=rule)
    assert time.process_time() - began < 30


def test_many_patterns_and_paths_take_seconds() -> None:
    power = make(owning(*[(f"/src/dir{i}/", f"p{i % 50}") for i in range(5000)], ("*.md", "docs")))
    paths = [f"src/dir{i % 6000}/sub/file{i}.py" for i in range(20_000)]
    began = time.process_time()
    found = [power.owners("r", [path], DAY) for path in paths]
    assert time.process_time() - began < 60
    assert found[4999] == {"p49"}
    assert found[5500] == set()


def test_patterns_match_as_git_itself_ignores(make_repo: Callable[[str], Repo]) -> None:
    # GitHub: "CODEOWNERS uses a pattern that follows most of the same rules used in gitignore files"; only "docs/*"
    # differs, and is left out here.
    repo = make_repo("r")
    random = Random(7)
    parts = ["a", "b", "*", "a*", "*b", "?", "**", "ab", "*.b", "a.b"]
    names = ["a", "b", "ab", "a.b", "ba", "aab"]
    paths = sorted({"/".join(random.choices(names, k=random.randint(1, 4))) for _ in range(60)})
    tried = 0
    while tried < 60:
        body = "/".join(random.choices(parts, k=random.randint(1, 3)))
        pattern = random.choice(["", "/"]) + body + random.choice(["", "/"])
        if pattern.endswith("/*"):
            continue
        (repo.path / ".git/info/exclude").write_text(pattern + "\n")
        command = ["git", "check-ignore", "--no-index", "--stdin", "-z"]
        answer = subprocess.run(
            command, cwd=repo.path, input="\0".join(paths), capture_output=True, text=True, env=GIT_ENVIRONMENT
        )
        assert answer.returncode in (0, 1), answer.stderr
        ignored = {path for path in answer.stdout.split("\0") if path}
        own = OwnedPaths([(pattern, "last")])
        assert {path for path in paths if own.holding(path)} == ignored, pattern
        tried += 1
