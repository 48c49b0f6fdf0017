"""CODEOWNERS: the file as the forges document it, read out of real repositories."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.organisation.codeowners import parse_codeowners
from connectors.organisation.owner_files import CODEOWNERS
from connectors.organisation.owners import OwnersConnector
from influence.errors import InputError
from tests.conftest import Repo
from tests.connectors.organisation.reading import Rows, tables

AUTHOR = "Ann Smith <ann@x.org>"


def entries(text: str | bytes, gitlab: bool = False) -> list[tuple[str, str, str]]:
    """(pattern, owners, rule); logins as @a, teams as @o/t."""
    read = parse_codeowners(text.encode() if isinstance(text, str) else text, gitlab)
    return [
        (
            entry.pattern,
            " ".join(o.email or f"@{o.login or o.team}" for o in entry.owners),
            entry.rule,
        )
        for entry in read.entries
    ]


def test_the_forms_that_github_documents() -> None:
    text = (
        "# comment\n"
        "\n"
        "*       @global-owner1 @global-owner2\n"
        "*.js    @js-owner #This is an inline comment.\n"
        "*.go docs@example.com\n"
        "*.txt @octo-org/octocats\n"
        "/build/logs/ @doctocat\r\n"
        "/apps/github \n"
        "path\\ with\\ spaces/\t@space @space\n"
    )
    assert entries(text) == [
        ("*", "@global-owner1 @global-owner2", "last"),
        ("*.js", "@js-owner", "last"),
        ("*.go", "docs@example.com", "last"),
        ("*.txt", "@octo-org/octocats", "last"),
        ("/build/logs/", "@doctocat", "last"),
        ("/apps/github", "", "last"),
        ("path\\ with\\ spaces/", "@space", "last"),
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("!*.js @ann", "! has no meaning in CODEOWNERS"),
        ("[ab].js @ann", "[ ] has no meaning in CODEOWNERS"),
        ("\\#x @ann", "\\# has no meaning in CODEOWNERS"),
        ("*.js ann", "not an owner"),
        ("*.js @ann @", "not an owner"),
        ("*.js <a@b>", "not an owner"),
        ("\\", "no pattern"),
    ],
)
def test_lines_that_github_skips(line: str, why: str) -> None:
    read = parse_codeowners(f"{line}\n* @bob\n".encode())
    assert [entry.pattern for entry in read.entries] == ["*"]
    assert read.skipped == [(1, why)]


def test_sections_of_gitlab() -> None:
    text = (
        "* @general\n"
        "\\#odd @odd\n"
        "[Docs][2] @docs-team a@x.org\n"
        "docs/\n"
        "README.md @writer\n"
        "!*.lock\n"
        "^[Database] @org/sub/db\n"
        "model/db/\n"
        "[DOCS]\n"
        "guide/\n"
        "x @@maintainer\n"
        "y nobody @ann\n"
    )
    assert entries(text) == [
        ("*", "@general", "gitlab:"),
        ("#odd", "@odd", "gitlab:"),
        ("docs/", "@docs-team a@x.org", "gitlab:docs"),
        ("README.md", "@writer", "gitlab:docs"),
        ("!*.lock", "", "gitlab:docs"),
        ("model/db/", "@org/sub/db", "gitlab:database"),
        ("guide/", "", "gitlab:docs"),
        ("x", "@@maintainer", "gitlab:docs"),
        ("y", "@ann", "gitlab:docs"),
    ]
    assert parse_codeowners(text.encode()).skipped == [(12, "not an owner")]


def test_where_only_gitlab_looks() -> None:
    assert entries("[ab].js @ann\n", gitlab=True) == [("[ab].js", "@ann", "gitlab:")]


def test_marks_and_bytes_that_are_no_text() -> None:
    assert entries(b"\xef\xbb\xbf* @ann\n\xff\xfe @bob\n") == [("*", "@ann", "last"), ("\ufffd\ufffd", "@bob", "last")]


@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    for gitlab in (False, True):
        for entry in parse_codeowners(data, gitlab).entries:
            assert entry.pattern


def read(repo: Repo, **options: object) -> Rows:
    (checkpoint,) = OwnersConnector(repo.path, **options).checkpoints()
    return {name: table.to_pylist() for name, table in checkpoint.tables.items()}


def leaders(rows: Rows) -> list[str]:
    """Who holds something at the tip."""
    return [row["leader"] for row in rows["authority"] if row["leader"] and row["until"] is None]


def test_rows(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("swift")
    root = repo.commit({"CODEOWNERS": "* @Ann @org/team\nx ann@x.org @ann y@x\n*.md bad\n"}, AUTHOR, "2024-01-01")
    harvest, rows = tables(repo.path, OwnersConnector)
    assert (harvest.source, harvest.repository, harvest.tip, harvest.label) == ("owners:swift", root, root, "swift")
    assert harvest.counts == {"patterns": 2, "people": 3, "teams": 1, "roles that ended": 0}
    assert harvest.problems == [("lines of CODEOWNERS", 1, "not an owner")]
    # Each pattern by itself, then each owner.
    assert [
        (row["position"], row["pattern"], row["leader"], row["leader_team"]) for row in rows["authority"]
    ] == [
        (1, "*", None, None),
        (1, "*", "login:ann", None),
        (1, "*", None, "org/team"),
        (2, "x", None, None),
        (2, "x", "email:ann@x.org", None),
        (2, "x", "login:ann", None),
        (2, "x", "email:y@x", None),
    ]  # fmt: skip
    shared = {(row["role"], row["rule"], row["repository"]) for row in rows["authority"]}
    assert shared == {("code owner", "last", root)}
    assert {row["key"]: (row["display"], row["email"], row["login"]) for row in rows["identities"]} == {
        "login:ann": ("Ann", None, "Ann"),
        "email:ann@x.org": ("ann", "ann@x.org", None),
        "email:y@x": ("y", "y@x", None),
    }


def test_the_file_that_the_forge_reads(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("r")
    assert CODEOWNERS == (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
    found = []
    for place in reversed(CODEOWNERS):
        repo.commit({place: f"* @{place.replace('/', '-').strip('.')}\n"}, AUTHOR, "2024-01-01")
        found += [row for row in read(repo)["authority"] if row["leader"] and row["until"] is None]
    assert [row["leader"] for row in found] == [
        "login:gitlab-codeowners", "login:docs-codeowners", "login:codeowners", "login:github-codeowners",
    ]  # fmt: skip
    assert [row["rule"] for row in found] == ["gitlab:", "last", "last", "last"]


def test_a_reference(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("r")
    first = repo.commit({"CODEOWNERS": "* @old\n"}, AUTHOR, "2024-01-01")
    repo.commit({"CODEOWNERS": "* @new\n"}, AUTHOR, "2024-01-02")
    assert leaders(read(repo)) == ["login:new"]
    assert leaders(read(repo, ref=first)) == ["login:old"]


def test_a_name_for_the_source(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("r")
    repo.commit({"CODEOWNERS": "* @ann\n"}, AUTHOR, "2024-01-01")
    assert {row["source"] for row in read(repo, source="owners:other")["authority"]} == {"owners:other"}


def test_a_repository_without_the_file_has_a_harvest_without_rows(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("r")
    repo.commit({"a": "b"}, AUTHOR, "2024-01-01")
    harvest, rows = tables(repo.path, OwnersConnector)
    assert harvest.counts["patterns"] == 0
    assert rows == {"authority": [], "identities": []}


def test_a_file_that_no_forge_loads(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("r")
    repo.commit({"CODEOWNERS": "/a/b @ann\n" * 400_000}, AUTHOR, "2024-01-01")
    harvest, rows = tables(repo.path, OwnersConnector)
    assert rows["authority"] == []
    assert harvest.problems == [("files called CODEOWNERS", 1, "larger than 3 MB: nobody loads it")]


def test_a_link_is_not_followed(make_repo: Callable[[str], Repo], tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("* @secret\n")
    repo = make_repo("r")
    (repo.path / "CODEOWNERS").symlink_to(secret)
    repo.commit({"a": "b"}, AUTHOR, "2024-01-01")
    assert read(repo)["authority"] == []


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a git repository"):
        list(OwnersConnector(tmp_path).checkpoints())
