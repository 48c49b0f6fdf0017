"""Whose login is whose, by the titles of merges: the rule on made histories, and a reviewer in a real repository."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import influence
from connectors.git.logins import Owner, opener, owners
from connectors.git.trailers import Person
from influence.workspace import Workspace
from tests.conftest import Repo
from tests.connectors.git.test_incremental import again, same_as_fresh
from tests.connectors.git.test_replay import MakeRepo, rows

ADA, BOB = Person("Ada Lovelace", "ada@engine.org"), Person("Bob Cole", "bob@engine.org")
ROBOT = Person("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com")


@pytest.mark.parametrize(
    ("message", "login"),
    [
        ("Merge pull request #77 from jane-doe/topic", "jane-doe"),
        ("\nMerge pull request #77 from jane/fix/it\r\n\r\nFix it", "jane"),
        ("Merge pull request house/lib#77 from jane/topic", "jane"),
        ("Auto merge of #14790 - epage:test-compare, r=weihanglo", "epage"),
        ("auto merge of #70 : alexcrichton/cargo/buildbot, r=wycats", "alexcrichton"),
        ("Rollup merge of #8 - a.b_c:d, r=alice,bob", "a.b_c"),
        ("Merge #8\n\n8: Do it r=alice a=bob\n\nBecause.", "bob"),
        ("Merge #8 #9\n\n8: Do it r=alice a=bob\n\n9: Do more r=alice a=cy", None),
        ("Merge #8\n\n9: Do it r=alice a=bob", None),
        ("Merge #8\n\nr=alice a=bob", None),
        ("Merge branch 'jane/topic' into 'main'", None),
        ("Merge pull request #77 from topic", None),
        ("Merge pull request #77 from dependabot[bot]/npm", None),
        ("Revert the merge pull request #77 from jane/topic", None),
        ("Auto merge of #1 - , r=bob", None),
        ("Merge pull request #1 from " + "x" * 50 + "/topic", None),
        ("", None),
    ],
)
def test_who_opened_what_a_merge_brought(message: str, login: str | None) -> None:
    assert opener(message) == login


# ---- the rule, on histories that are made up


@dataclass
class Read:
    authors: list[str]
    brought_by: int


@dataclass
class Made:
    """A trunk of merges. Each commit of a branch is by a list of people; `inner` is merged into the branch first."""

    commits: list[Read] = field(default_factory=lambda: [Read([], 1)])
    parents: list[tuple[int, ...]] = field(default_factory=lambda: [(), ()])
    people: dict[str, Person] = field(default_factory=dict)
    opened: dict[int, str] = field(default_factory=dict)
    tip: int = 1

    def merge(self, login: str, *commits: list[Person], inner: tuple[str, list[Person]] | None = None) -> None:
        fresh = len(self.commits)
        at = self.tip
        for team in commits:
            at = self.add(team, at)
        if inner is not None:
            at = self.add([], at, self.add(inner[1], at))
            self.opened[at] = inner[0]
        self.tip = self.add([], self.tip, at)
        self.opened[self.tip] = login
        for commit in self.commits[fresh:]:
            commit.brought_by = self.tip

    def add(self, team: list[Person], *parents: int) -> int:
        self.people.update((person.key, person) for person in team)
        self.commits.append(Read([person.key for person in team], 0))
        self.parents.append(parents)
        return len(self.commits)

    def owners(self, *mapped: tuple[Person, Person]) -> dict[str, Owner]:
        canonical = [(person.key, proper) for person, proper in mapped]
        return owners(self.opened, self.commits, self.parents, self.people, canonical)


def test_a_login_whose_merges_bring_one_persons_commits_is_theirs() -> None:
    made = Made()
    made.merge("ada", [ADA])
    assert made.owners() == {}  # once is chance
    made.merge("Ada", [ADA], [BOB], [ADA])
    assert made.owners() == {"ada": Owner(ADA.key, 2, 2)}
    made.merge("ada", [ADA], [BOB])
    assert made.owners() == {}  # two of three


def test_who_writes_under_two_names_and_addresses_is_one() -> None:
    made = Made()
    other, third, fourth = Person("Ada Lovelace", "a@x"), Person("A.", ADA.email), Person("B.", "b@y")
    for person in (other, third, ADA, ADA, fourth):
        made.merge("kv", [person])
    assert made.owners() == {"kv": Owner(ADA.key, 4, 5)}
    made.merge("kv", [fourth])
    assert made.owners() == {}
    assert made.owners((fourth, ADA)) == {"kv": Owner(ADA.key, 6, 6)}
    # Whoever writes as the login is one as well, whatever the address.
    made = Made()
    for address in ("kv@x.org", "kv@y.org"):
        made.merge("kv", [Person("KV", address)])
    assert made.owners()["kv"].hers == 2


def test_pairs_robots_and_many_are_nobody() -> None:
    made = Made()
    for _ in range(9):
        made.merge("pair", [ADA, BOB])
        made.merge("robot", [ROBOT])
        made.merge("dependabot", [BOB])
    for person in (ADA, BOB, Person("Cy", "cy@x")):
        made.merge("house", [person], [person])
    assert made.owners() == {}


def test_who_has_two_logins_is_neither_unless_one_hardly_counts() -> None:
    made = Made()
    for _ in range(4):
        made.merge("ada", [ADA])
    made.merge("house", [ADA])
    assert set(made.owners()) == {"ada"}
    made.merge("house", [ADA])
    assert made.owners() == {}
    # What many bring in under one login does not count against hers.
    for name in ("Cy Dee", "Eve Fay"):
        made.merge("house", [Person(name, f"{name[:2]}@x")])
    assert set(made.owners()) == {"ada"}


def test_who_is_known_by_another_account_does_not_own_this_one() -> None:
    made = Made()
    noreply = Person(ADA.name, "12+Lovelace@users.noreply.github.com")
    for person in (ADA, ADA, noreply):
        made.merge("engine", [person])
    assert made.owners() == {}
    for _ in range(20):
        made.merge("lovelace", [ADA])
    assert set(made.owners()) == {"lovelace"}


def test_a_login_that_spells_somebody_elses_name_is_not_hers() -> None:
    made = Made()
    for _ in range(3):
        made.merge("bob-cole", [ADA])
    assert set(made.owners()) == {"bob-cole"}
    made.people[BOB.key] = BOB
    assert made.owners() == {}


def test_a_merge_within_another_keeps_its_commits() -> None:
    made = Made()
    for _ in range(3):
        made.merge("bob", [BOB], inner=("ada", [ADA]))
    assert made.owners() == {"ada": Owner(ADA.key, 3, 3), "bob": Owner(BOB.key, 3, 3)}


PEOPLE = [ADA, BOB, ROBOT, Person("Cy Dee", "cy@x"), Person("eve", "eve@x")]
history = st.lists(
    st.tuples(st.sampled_from(["ada", "Ada", "bob", "eve"]), st.lists(st.sampled_from(PEOPLE), max_size=3)),
    max_size=12,
)


@given(history)
def test_the_rule_is_what_the_docs_say(merged: list[tuple[str, list[Person]]]) -> None:
    made = Made()
    for login, authors in merged:
        made.merge(login, *([person] for person in authors))
    merges: Counter[str] = Counter()
    hers: dict[str, Counter[str]] = defaultdict(Counter)
    for login, authors in merged:
        merges[login.lower()] += bool(authors)
        for person in {*authors} - {ROBOT}:
            hers[login.lower()][person.key] += authors.count(person) > len(authors) / 2
    mostly = [(o, p, n) for o, counts in hers.items() for p, n in counts.items() if n > merges[o] / 2]
    expected = {
        login: Owner(person, n, merges[login])
        for login, person, n in mostly
        if n >= 2
        and 5 * n >= 4 * merges[login]
        and 5 * n >= 4 * sum(other for _, who, other in mostly if who == person)
    }
    found = made.owners()
    assert found == expected
    assert len({owner.key for owner in found.values()}) == len(found)


# ---- in a repository


def merge(repo: Repo, login: str, author: str, title: str = "Auto merge of #{n} - {login}:topic, r=bob") -> None:
    """What a robot makes of a pull request."""
    number = len(repo.git("rev-list", "--all").split())
    day = f"2024-{1 + number // 28:02d}-{1 + number % 28:02d}"
    repo.git("checkout", "-q", "-b", f"topic{number}")
    repo.commit({"a.txt": f"{number}\n"}, author, day)
    repo.git("checkout", "-q", "main")
    bors = {"NAME": "bors", "EMAIL": "bors@rust-lang.org", "DATE": f"{day}T13:00:00Z"}
    roles = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in bors.items()}
    repo.git("merge", "-q", "--no-ff", "-m", title.format(n=number, login=login), f"topic{number}", **roles)


@pytest.fixture
def merged(make_repo: MakeRepo) -> Repo:
    """Ada opened two pull requests as `ALovelace`, and reviewed three of others' as `alovelace`."""
    repo = make_repo("merged")
    repo.commit({"a.txt": "start\n"}, "Start Er <start@x.org>", "2023-12-01")
    for person in ("Cy Dee <cy@x.org>", "Eve Fay <eve@x.org>", "Gus Hay <gus@x.org>"):
        merge(repo, person[:3].lower().strip(), person, "Auto merge of #{n} - {login}:topic, r=alovelace")
    merge(repo, "ALovelace", ADA.key)
    return repo


def test_a_reviewer_by_login_becomes_the_author(merged: Repo) -> None:
    merge(merged, "ALovelace", ADA.key, "Merge pull request #{n} from {login}/topic")
    assert [(r["a"], r["b"], r["by"]) for r in rows(merged, "identity_links")] == [
        ("alovelace <>", ADA.key, "merge titles")
    ]
    leaders = influence.analyse(merged.path).leaders.set_index("person")
    assert "alovelace" not in leaders.index
    assert leaders.loc["Ada Lovelace", "reach"] == 3
    assert "bob" in leaders.index  # reviewed only: nothing tells who that is


def test_what_is_read_later_tells_whose_an_earlier_login_is(merged: Repo, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    again(merged, workspace)
    same_as_fresh(merged, workspace, tmp_path)
    assert links(workspace) == []
    merge(merged, "alovelace", ADA.key)
    assert len(again(merged, workspace).units or ()) == 2
    same_as_fresh(merged, workspace, tmp_path)
    assert links(workspace) == [("alovelace <>", ADA.key)]
    # And takes it back.
    for _ in range(2):
        merge(merged, "alovelace", "Cy Dee <cy@x.org>")
    again(merged, workspace)
    same_as_fresh(merged, workspace, tmp_path)
    assert links(workspace) == []


def links(workspace: Workspace) -> list[tuple[str, str]]:
    with workspace.read() as connection:
        return connection.execute("SELECT a, b FROM identity_links ORDER BY a").fetchall()
