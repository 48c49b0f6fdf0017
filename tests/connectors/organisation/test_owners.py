"""OWNERS, MAINTAINERS and CODEOWNERS along real histories: who held what when, by each form's own rule."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.git import open_safely
from connectors.organisation import owner_files, past
from connectors.organisation.kubernetes import parse_aliases, parse_owners
from connectors.organisation.maintainers import parse_sections
from connectors.organisation.name_lists import parse_list
from connectors.organisation.owners import OwnersConnector
from influence.authority import Authority, build
from influence.people import People
from influence.schema import TABLES
from tests.conftest import Repo
from tests.connectors.organisation import owners_oracle as oracle
from tests.connectors.organisation.reading import Rows, tables

AUTHOR = "Ann Smith <ann@x.org>"


def held(repo: Repo, ref: str | None = None) -> list[tuple[str, str, str, str, str]]:
    """(who, role, pattern, since, until) of all that anybody ever held; '' for the whole and for no bound."""
    (checkpoint,) = OwnersConnector(repo.path, ref=ref).checkpoints()
    return sorted(
        (
            row["leader"].partition(":")[2],
            row["role"],
            row["pattern"] or "",
            *(f"{row[bound]:%m-%d}" if row[bound] else "" for bound in ("since", "until")),
        )
        for row in checkpoint.tables["authority"].to_pylist()
        if row["leader"]
    )


# -- OWNERS ------------------------------------------------------------------------------------------------------------


def owners(text: str | bytes, folder: str = "pkg", aliases: str = "") -> list[tuple[str, str, str]]:
    """(rule, role, who) in order."""
    members, _ = parse_aliases(aliases.encode())
    read = parse_owners(text if isinstance(text, bytes) else text.encode()).entries(folder, members)
    assert {entry.pattern for entry in read.entries} <= {f"/{folder}/" if folder else "/"}
    return [(e.rule, e.role, (e.owner.key or e.owner.team) if e.owner else "") for e in read.entries]


def test_owners_as_kubernetes_documents_them() -> None:
    text = """
approvers:
  - Alice  # comment
  - "@bob"
  - sig-leads
  - nick@example.org
  - acme/team
reviewers: [carol, carol]
required_reviewers: [dan]
emeritus_approvers: [eve]
labels: [sig/x]
options: {no_parent_owners: true}
"""
    assert owners(text, aliases="aliases:\n  SIG-leads:\n  - Lea\n  - leo\n  nobody: []\n") == [
        ("upward only", "approver", ""),
        ("upward", "approver", "login:alice"),
        ("upward", "approver", "login:bob"),
        ("upward", "approver", "login:lea"),
        ("upward", "approver", "login:leo"),
        ("upward", "approver", "email:nick@example.org"),
        ("upward", "approver", "acme/team"),
        ("upward", "reviewer", "login:carol"),
        ("upward", "reviewer", "login:dan"),
    ]
    filters = "filters:\n  '.*': {approvers: [all]}\n  '\\.go$': {approvers: [gopher]}\n  '(': {approvers: [x]}\n"
    assert owners(filters) == [("upward", "approver", "login:all"), ("upward:\\.go$", "approver", "login:gopher")]
    assert parse_owners(filters.encode()).skipped == {"no regular expression": 1}
    # Prow looks at filters only where the file names nobody outside of them.
    assert owners("approvers: [a]\n" + filters) == [("upward", "approver", "login:a")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ann@chromium.org\nper-file *.cc=bob@x.org\n", "no fields"),
        ("approvers: [a\n", "no YAML"),
        (
            "a: &a [x,x,x]\n"
            + "".join(f"{c}: &{c} [*{p},*{p},*{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
            "",
        ),
        ("[" * 100_000, "nests too deeply"),
        ("- " * 50_000, "nests too deeply"),
        ("a: " * 50_000, "nests too deeply"),
        ("approvers:\n" + "- aaaaaaaaaa\n" * 100_000, "too long"),
        (b"\xff\xfe\x00", ""),
    ],
)
def test_owners_that_are_none(text: str | bytes, why: str) -> None:
    read = parse_owners(text if isinstance(text, bytes) else text.encode())
    assert why in read.refused
    assert read.held == []


# -- MAINTAINERS -------------------------------------------------------------------------------------------------------


NETWORK = "every:" + hashlib.sha256(b"X: net/ipv6/").hexdigest()[:12]


def test_sections_as_linux_writes_them() -> None:
    text = """
List of maintainers
-------------------
\tM: Mail patches to
NETWORK
M:\tAda Byron <ada@x.org>
M:\t"Bob, Jr." <bob@x.org>
R:\tcy@x.org
L:\tlist@x.org
S:\tMaintained
F:\tnet/
F:\t./drivers/net/*
X:\tnet/ipv6/

K:\tcontent
WORDS
M:\tDi <di@x.org>
N:\t[^a-z]tegra
N:\t(?<=look)behind
NO PATHS
M:\tEd <ed@x.org>
"""
    read = parse_sections(text)
    assert [(e.pattern, e.rule, e.role, e.owner and e.owner.email) for e in read.entries] == [
        ("X: net/ipv6/", NETWORK, "maintainer", None),
        ("net/", NETWORK, "maintainer", "ada@x.org"),
        ("net/", NETWORK, "maintainer", "bob@x.org"),
        ("net/", NETWORK, "reviewer", "cy@x.org"),
        ("drivers/net/*", NETWORK, "maintainer", "ada@x.org"),
        ("drivers/net/*", NETWORK, "maintainer", "bob@x.org"),
        ("drivers/net/*", NETWORK, "reviewer", "cy@x.org"),
        ("N: [^a-z]tegra", "every:", "maintainer", "di@x.org"),
    ]
    assert read.names["email:ada@x.org"] == "Ada Byron"
    assert read.skipped == {
        "patterns of content, which no path tells": 1,
        "no regular expression that is matched in linear time": 1,
        "people of sections without paths": 1,
    }


def test_plain_lists() -> None:
    text = """# Maintainers
* Ada Byron <ada@x.org> (@ada)
1. [Bob Loud](https://github.com/BobL), storage
- Cy Nobody
@dan, @eve
Fay Low <fay@x.org>

Write to @nobody whenever you have got a question about any of this or another thing.
See [the process](https://github.com/acme/governance).
```
* Code <code@x.org>
```
<!-- * Hidden <hidden@x.org> -->
## Reviewers
| Name | GitHub ID | Company |
| --- | --- | --- |
| Gus Hi | gus-h | Acme |
| [Hal](https://github.com/hal) | | |

## Emeritus Maintainers
### 2019
* Old One <old@x.org>
## Security contacts
* Sec <security@x.org>
"""
    read = parse_list(text, "")
    assert [(e.role, e.owner.key) for e in read.entries if e.owner] == [
        ("maintainer", "email:ada@x.org"),
        ("maintainer", "login:bobl"),
        ("maintainer", "login:dan"),
        ("maintainer", "login:eve"),
        ("maintainer", "email:fay@x.org"),
        ("reviewer", "login:gus-h"),
        ("reviewer", "login:hal"),
    ]
    assert {e.pattern for e in read.entries} == {None}
    assert read.names == {
        "email:ada@x.org": "Ada Byron",
        "login:bobl": "Bob Loud",
        "email:fay@x.org": "Fay Low",
        "login:gus-h": "Gus Hi",
    }
    assert read.skipped == {"people without an address or login": 1}
    assert {e.pattern for e in parse_list(text, "libs/net").entries} == {"/libs/net/"}


def test_lists_of_parts_that_no_path_names_give_no_power_over_everything() -> None:
    read = parse_list(
        "Greg Allen <greg@x.org>\n\n\tUTX8245\tMPC8245\n\nAl <a@x.org>\nPantelis <p@x.org>\n\tNETVIA\n", ""
    )
    assert read.entries == []
    assert read.skipped == {"people of parts that no path names": 3}
    columns = "\tlubbock\t\txscale\tKyle Harris <k@x.org> / dead\nimx31  i.MX31  Gus <g@x.org> / resigned\n"
    assert parse_list(columns, "").entries == []
    assert parse_list("No <no@x.org>\n\t\t<no.bu@x.org>\n\n\tMS7750SE\tSH7750\n", "").entries == []
    assert len(parse_list("Maintainers:\n    Ada <a@x.org>\n    Bob <b@x.org>\n", "").entries) == 2
    assert parse_list('[people.ada]\nEmail = "ada@x.org"\n', "").skipped == {"a list in TOML": 1}


@given(st.text(alphabet="#*-|@<>[]() .:\n\tMFXN=abc/", max_size=120))
def test_any_text_is_read(text: str) -> None:
    parse_list(text, "")
    parse_sections(text)
    parse_owners(text.encode())


# -- histories ---------------------------------------------------------------------------------------------------------


def test_holdings_begin_and_end_with_the_commits_that_say_so(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("r")
    repo.commit({"a/x": "1", "a/OWNERS": "approvers: [ann, bob]\nreviewers: [cy]\n"}, AUTHOR, "2024-01-01")
    repo.commit({"a/x": "2"}, AUTHOR, "2024-01-02")
    repo.commit(
        {"a/OWNERS": "approvers: [team, ann]\n", "OWNERS_ALIASES": "aliases: {team: [di]}"}, AUTHOR, "2024-01-03"
    )
    repo.commit({"OWNERS_ALIASES": "aliases: {team: [di, ed]}"}, AUTHOR, "2024-01-04")
    repo.commit({"a/OWNERS": "approvers: [ann\n"}, AUTHOR, "2024-01-05")
    repo.commit({"a/OWNERS": "approvers: [ann]\n"}, AUTHOR, "2024-01-06")
    # Moved: power over the old folder ends where that over the new one begins.
    repo.commit({"a/OWNERS": None, "b/OWNERS": "approvers: [ann]\n"}, AUTHOR, "2024-01-07")
    assert held(repo) == [
        ("ann", "approver", "/a/", "01-01", "01-05"),
        ("ann", "approver", "/a/", "01-06", "01-07"),
        ("ann", "approver", "/b/", "01-07", ""),
        ("bob", "approver", "/a/", "01-01", "01-03"),
        ("cy", "reviewer", "/a/", "01-01", "01-03"),
        ("di", "approver", "/a/", "01-03", "01-05"),
        ("ed", "approver", "/a/", "01-04", "01-05"),
    ]
    harvest, _ = tables(repo.path, OwnersConnector)
    assert harvest.counts == {"patterns": 1, "people": 1, "teams": 0, "roles that ended": 6}
    assert harvest.problems == [
        ("earlier versions of OWNERS", 1, "no OWNERS file of Kubernetes' form: it is no YAML at line 2")
    ]


def test_where_a_file_lies_does_not_matter_for_forms_that_speak_of_the_whole(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("r")
    lines = "* @all\n/a/ @ann\n"
    net = "NET\nM: Ada <ada@x.org>\nF: net/\n"
    repo.commit({"CODEOWNERS": lines, "MAINTAINERS": net, "MAINTAINERS.md": "* @mo\n"}, AUTHOR, "2024-01-01")
    repo.commit({"CODEOWNERS": None, ".github/CODEOWNERS": f"/new/ @new\n{lines}"}, AUTHOR, "2024-01-02")
    repo.commit({"MAINTAINERS": None, "net/MAINTAINERS": net}, AUTHOR, "2024-01-03")
    repo.commit({"MAINTAINERS.md": None, "docs/maintainers.md": "- @mo\n"}, AUTHOR, "2024-01-04")
    assert held(repo) == [
        ("ada@x.org", "maintainer", "net/", "01-01", ""),
        ("all", "code owner", "*", "01-01", ""),
        ("ann", "code owner", "/a/", "01-01", ""),
        ("mo", "maintainer", "", "01-01", ""),
        ("new", "code owner", "/new/", "01-02", ""),
    ]


def test_a_branch_counts_from_its_merge_on(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("r")
    repo.commit({"OWNERS": "approvers: [ann]\n"}, AUTHOR, "2024-01-01")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"OWNERS": "approvers: [bob]\n"}, AUTHOR, "2024-01-02")
    repo.git("checkout", "-q", "main")
    repo.commit({"x": "1"}, AUTHOR, "2024-01-03")
    date = "2024-01-04T12:00:00Z"
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A"), ("EMAIL", "a@b"), ("DATE", date))
    }
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side", **who)
    assert held(repo) == [("ann", "approver", "/", "01-01", "01-04"), ("bob", "approver", "/", "01-04", "")]


def test_what_a_shallow_clone_begins_with_has_no_beginning(make_repo: Callable[[str], Repo], tmp_path: Path) -> None:
    repo = make_repo("r")
    repo.commit({"OWNERS": "approvers: [ann]\n"}, AUTHOR, "2024-01-01")
    repo.commit({"x": "1"}, AUTHOR, "2024-01-02")
    repo.commit({"OWNERS": "approvers: [ann, bob]\n"}, AUTHOR, "2024-01-03")
    repo.git("clone", "-q", "--depth", "2", f"file://{repo.path}", str(tmp_path / "shallow"))
    shallow = Repo.__new__(Repo)
    shallow.path = tmp_path / "shallow"
    assert held(shallow) == [("ann", "approver", "/", "", ""), ("bob", "approver", "/", "01-03", "")]


def test_clocks_that_go_back_neither_shorten_nor_turn_round(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("r")
    for date, who in [
        ("2024-01-01", "a"),
        ("2030-01-01", "b"),
        ("2024-01-03", "c"),
        ("2001-01-01", "d"),
        ("2024-01-05", "e"),
    ]:
        repo.commit({"OWNERS": f"approvers: [{who}, z]\n"}, AUTHOR, date)
    # Two clocks are wrong; each counts as the commit before it.
    assert held(repo) == [
        ("b", "approver", "/", "01-01", "01-03"),
        ("d", "approver", "/", "01-03", "01-05"),
        ("e", "approver", "/", "01-05", ""),
        ("z", "approver", "/", "01-01", ""),
    ]


def test_too_much_is_read_in_part_and_said(make_repo: Callable[[str], Repo], monkeypatch: pytest.MonkeyPatch) -> None:
    repo = make_repo("r")
    for day in range(1, 8):
        repo.commit({"OWNERS": f"approvers: [ann, p{day}]\n"}, AUTHOR, f"2024-01-0{day}")
    monkeypatch.setattr(owner_files, "BUDGET", 60)
    assert held(repo) == [
        ("ann", "approver", "/", "01-01", ""),
        ("p1", "approver", "/", "01-01", "01-04"),
        ("p4", "approver", "/", "01-04", "01-07"),
        ("p7", "approver", "/", "01-07", ""),
    ]
    assert tables(repo.path, OwnersConnector)[0].problems[0][:2] == ("versions of files of owners", 4)
    monkeypatch.undo()
    monkeypatch.setattr(owner_files, "MAX_SPANS", 4)
    assert held(repo) == [("ann", "approver", "/", "", ""), ("p7", "approver", "/", "", "")]
    assert tables(repo.path, OwnersConnector)[0].problems[0][0] == "changes of who owns what"


def test_nothing_outside_is_read_and_copies_are_not_taken_for_ours(
    make_repo: Callable[[str], Repo], tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("approvers: [secret]\n")
    repo = make_repo("r")
    (repo.path / "OWNERS").symlink_to(tmp_path / "secret")
    os.symlink("/etc/passwd", repo.path / "MAINTAINERS")
    repo.commit({"vendor/lib/MAINTAINERS": "* @stranger\n", "x\ny/OWNERS": "approvers: [odd]\n"}, AUTHOR, "2024-01-01")
    assert held(repo) == [("odd", "approver", "/x\ny/", "01-01", "")]


# -- against each commit's own files -----------------------------------------------------------------------------------


def authority_of(rows: Rows) -> Authority:
    frame = TABLES["authority"].batch(rows["authority"]).to_pandas()
    keys = pd.Series(frame["leader"].dropna().unique(), dtype=object)
    table = pd.DataFrame({"id": keys, "person": keys, "title": None})
    people = People(table=table, keys=pd.DataFrame({"key": keys, "id": keys}), merges=pd.DataFrame())
    return build(frame, TABLES["memberships"].batch([]).to_pandas(), people, {})


FOLDERS = ["", "a/", "a/b/", "a/b/c/", "d/"]
PATHS = ["x.go", "a/x.go", "a/b/y.md", "a/b/c/x.go", "a/b/c/y.md", "d/tegra.c", "d/e/x.go", "docs/y.md"]


def a_version(chance: random.Random, path: str) -> str:
    some = lambda: ", ".join(chance.sample(["ann", "bob", "cy", "Di", "team"], chance.randint(0, 3)))  # noqa: E731
    if path == "OWNERS_ALIASES":
        return f"aliases:\n  Team: [{some()}, tess]\n"
    if path.endswith("OWNERS") and not path.endswith("CODEOWNERS"):
        options = "options: {no_parent_owners: true}\n" if chance.random() < 0.3 else ""
        if chance.random() < 0.3:
            return f"{options}filters:\n  '\\.go$': {{approvers: [{some()}]}}\n  '.*': {{reviewers: [{some()}]}}\n"
        return f"{options}approvers: [{some()}]\nreviewers: [rev]\n"
    if path.endswith("CODEOWNERS"):
        patterns = ["*", "*.go", "/a/", "a/b", "docs/*", "**/c/", "/d/**/x.go", "y.md", "/a/*/"]
        lines = [f"{p} " + " ".join(f"@{c}" for c in chance.sample("pqrs", chance.randint(0, 2))) for p in patterns]
        return "\n".join(chance.sample(lines, chance.randint(0, 6))) + "\n"
    sections = []
    for title in chance.sample(["ONE", "TWO", "THE REST"], chance.randint(1, 3)):
        patterns = chance.sample(
            ["F: a/", "F: a/b", "F: */", "F: *", "F: d/*", "N: [^a-z]tegra", "X: a/b/c/", "X: d/*"], 4
        )
        sections.append("\n".join([title, f"M: M <{chance.choice('mno')}@x.org>", "R: R <r@x.org>", *patterns]))
    return "\n\n".join(sections) + "\n"


def agree_with_each_commit(repo: Repo, seed: int, commits: int) -> None:
    chance = random.Random(seed)
    places = [f"{folder}OWNERS" for folder in FOLDERS]
    places += ["OWNERS_ALIASES", "CODEOWNERS", ".github/CODEOWNERS", "MAINTAINERS", "d/MAINTAINERS"]
    now: dict[str, str] = {"README": "x"}
    seen: list[tuple[dt.datetime, dict[str, str]]] = []
    start = dt.datetime(2024, 1, 1)
    for number in range(commits):
        changes: dict[str, Any] = {}
        for path in chance.sample(places, chance.randint(1, 3)):
            gone = path in now and chance.random() < 0.25
            changes[path] = None if gone else a_version(chance, path)
            if path in now and not gone and chance.random() < 0.2:
                # Moved as it is.
                other = chance.choice([p for p in places if p.rpartition("/")[2] == path.rpartition("/")[2]])
                if other != path and other not in changes:
                    changes |= {path: None, other: now[path]}
        time = start + dt.timedelta(days=number)
        repo.commit({"README": f"{number}", **changes}, AUTHOR, f"{time:%Y-%m-%dT%H:%M:%SZ}")
        now = {path: text for path, text in {**now, **changes}.items() if text is not None}
        seen.append((time, now))
    _, rows = tables(repo.path, OwnersConnector)
    power = authority_of(rows)
    repository = rows["authority"][0]["repository"]
    for time, files in seen:
        texts = [text for path, text in files.items() if path.endswith("MAINTAINERS")]
        for path in PATHS:
            expected = oracle.codeowners(files.get, path) | oracle.approvers(files.get, path)
            assert power.owners(repository, [path], time) == expected | oracle.maintainers(texts, path), (time, path)


def test_dated_rows_say_of_each_commit_what_its_own_files_say(make_repo: Callable[[str], Repo]) -> None:
    agree_with_each_commit(make_repo("r"), 5, 40)


# -- again -------------------------------------------------------------------------------------------------------------


def read_again_and_again(repo: Repo, chance: random.Random, rounds: int) -> int:
    """Read after each of some rounds, going on from the last; returns how often that was of use."""
    places = [
        "OWNERS",
        "a/b/OWNERS",
        "OWNERS_ALIASES",
        ".github/CODEOWNERS",
        "MAINTAINERS.md",
        "d/MAINTAINERS",
        "README",
    ]
    start = dt.datetime(2024, 1, 1)
    now: dict[str, str] = {}
    kept: bytes | None = None
    written: Rows = {}
    went_on = number = 0
    for _ in range(rounds):
        commits: list[tuple[dict[str, str | None], str, str, str]] = []
        for _ in range(chance.choice([0, 1, 3, 9])):
            path = chance.choice(places)
            gone = path in now and chance.random() < 0.3
            text = None if gone else a_version(chance, path)
            commits.append(({path: text}, AUTHOR, f"{start + dt.timedelta(days=number):%Y-%m-%d}", "Change"))
            now = {name: each for name, each in {**now, path: text}.items() if each is not None}
            number += 1
        if commits or kept is None:
            repo.commit_all(commits or [({"README": "x"}, AUTHOR, "2023-01-01", "Change")])
        if chance.random() < 0.2:
            repo.git("checkout", "-q", "-B", "side", "HEAD~1" if number > 12 else "HEAD")
            repo.commit({"a/b/OWNERS": a_version(chance, "OWNERS")}, AUTHOR, "2024-02-01")
            repo.git("checkout", "-q", "main")
            who = ("-c", "user.name=x", "-c", "user.email=x@x.org")
            repo.git(*who, "merge", "-q", "-s", "ours", "--no-ff", "--no-commit", "side")
            if chance.random() < 0.5:
                repo.git("checkout", "-q", "side", "--", "a/b/OWNERS")
            repo.commit({}, AUTHOR, "2024-02-01", "Merge side")
        elif number > 12 and chance.random() < 0.2:
            repo.git("reset", "-q", "--hard", "HEAD~2")
        now = {name: (repo.path / name).read_text() for name in places if (repo.path / name).exists()}
        (fresh,) = OwnersConnector(repo.path).checkpoints()
        (found,) = OwnersConnector(repo.path, kept=kept).checkpoints()
        assert found.harvest == fresh.harvest
        rows = {name: table.to_pylist() for name, table in fresh.tables.items()}
        if found.units is None:
            written = {name: table.to_pylist() for name, table in found.tables.items()}
        else:
            assert (found.units, found.tables) == (set(), {})  # what was written stays
        assert written == rows
        before, kept = past.recall(kept), found.kept
        with open_safely(repo.path) as opened:
            went_on += before is not None and opened.first_parents(before.tip) is not None
    return went_on


def test_what_was_read_before_changes_nothing(make_repo: Callable[[str], Repo]) -> None:
    assert read_again_and_again(make_repo("r"), random.Random(3), 15) > 5


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_what_was_read_before_changes_nothing_in_many_histories(make_repo: Callable[[str], Repo], seed: int) -> None:
    read_again_and_again(make_repo("r"), random.Random(seed), 60)


@pytest.mark.parametrize("kept", [b"", b"no such thing", b"influence owners 2\n", b"influence owners 2\nx\x9c"])
def test_what_is_damaged_is_no_use(kept: bytes) -> None:
    assert past.recall(kept) is None


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_dated_rows_say_so_of_many_histories(make_repo: Callable[[str], Repo], seed: int) -> None:
    agree_with_each_commit(make_repo("r"), seed, 120)
