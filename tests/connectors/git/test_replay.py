"""Who owns which line, against `git blame`; what a commit's change says about following."""

from __future__ import annotations

import subprocess
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.git import GitConnector, read_lines
from connectors.git.diffs import unquote
from connectors.git.ownership import EXTENDED, splice
from tests.conftest import GIT_ENVIRONMENT, Repo
from tests.connectors.git.world import blame, owners_at_tip

MakeRepo = Callable[[str], Repo]
IDENTITY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Cy"), ("EMAIL", "cy@example.org"))
}
ADA, BO, CY = "Ada <ada@example.org>", "Bo <bo@example.org>", "Cy <cy@example.org>"


def rows(repo: Repo, table: str = "signals", **options: Any) -> list[dict[str, Any]]:
    return next(GitConnector(repo.path, **options).checkpoints()).tables[table].to_pylist()


def following(repo: Repo, **options: Any) -> set[tuple[str, str, str, float]]:
    return {(r["follower"][:3], r["leader"][:3], r["how"], r["amount"]) for r in rows(repo, **options)}


# -- ownership -------------------------------------------------------------------------------------------------


@given(
    st.lists(st.integers(1, 9), max_size=30),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(0, 4)), max_size=6),
)
def test_splice_equals_rewriting_a_list(before: list[int], edits: list[tuple[int, int, int]]) -> None:
    """Against the plain meaning: cut the removed lines out of a list, put the commit's own in."""
    hunks = array("i")
    expected: list[int] = []
    cursor = shift = 0
    for gap, removed, added in edits:
        start = cursor + gap
        if start > len(before) or removed + added == 0:
            break
        removed = min(removed, len(before) - start)
        if removed + added == 0:
            break
        expected += before[cursor:start] + [99] * added
        hunks.extend((start + 1 if removed else start, removed, start + shift + 1 if added else start + shift, added))
        cursor, shift = start + removed, shift + added - removed
    expected += before[cursor:]
    after, amounts, _ = splice(array("I", before), hunks, None, 99, False)
    assert list(after) == expected
    assert sum(amount for key, amount in amounts.items() if key % 4 != EXTENDED) == sum(hunks[1::4])
    assert sum(amount for key, amount in amounts.items() if key % 4 == EXTENDED) <= sum(hunks[3::4])


def test_git_quoting_is_undone() -> None:
    assert unquote(rb'"a\"\\\t\303\244b"') == 'a"\\\täb'.encode()
    assert unquote(b"plain name") == b"plain name"


# -- what is following -----------------------------------------------------------------------------------------


def test_replaced_extended_and_deleted_are_told_apart(make_repo: MakeRepo) -> None:
    repo = make_repo("ways")
    repo.commit({"a.txt": "one\ntwo\nthree\nfour\n"}, ADA, "2024-01-01")
    repo.commit({"a.txt": "one\n2\nthree\nfour\n"}, BO, "2024-01-02")
    repo.commit({"a.txt": "one\n2\nthree\nmore\nfour\n"}, CY, "2024-01-03")
    repo.commit({"a.txt": "one\nthree\nmore\nfour\n"}, CY, "2024-01-04")
    assert following(repo) == {
        ("Bo ", "Ada", "replaced", 1.0),
        ("Cy ", "Ada", "extended", 1.0),
        ("Cy ", "Bo ", "deleted", 1.0),
    }


def test_evidence_names_the_leaders_commit_path_and_line(make_repo: MakeRepo) -> None:
    repo = make_repo("evidence")
    first = repo.commit({"a.txt": "one\ntwo\nthree\n"}, ADA, "2024-01-01")
    second = repo.commit({"a.txt": None, "b.txt": "one\n2\nthree\n"}, BO, "2024-01-02")
    (row,) = rows(repo)
    assert (row["evidence"], row["path"], row["unit"]) == (f"{first}:a.txt:2", "b.txt", second)


def test_undoing_is_not_following(make_repo: MakeRepo) -> None:
    repo = make_repo("undo")
    repo.commit({"a.txt": "one\ntwo\n"}, ADA, "2024-01-01")
    bad = repo.commit({"a.txt": "one\nbad\n"}, BO, "2024-01-02")
    repo.commit({"a.txt": "one\ntwo\n"}, CY, "2024-01-03", f'Revert "Change"\n\nThis reverts commit {bad}.\n')
    worse = repo.commit({"a.txt": "worse\ntwo\n"}, BO, "2024-01-04")
    repo.commit({"a.txt": "right\ntwo\n"}, CY, "2024-01-05", f'Right it\n\nFixes: {worse[:12]} ("Change")\n')
    assert ("Cy ", "Bo ", "repaired", 1.0) in following(repo)
    assert not [row for row in following(repo) if row[0] == "Cy " and row[2] == "replaced"]


def test_white_space_changes_nothing(make_repo: MakeRepo) -> None:
    repo = make_repo("space")
    repo.commit({"a.py": "if x:\n  call_one(a)\n  call_two(b)\n"}, ADA, "2024-01-01")
    repo.commit({"a.py": "if x:\n    call_one( a )\n    call_three(b)\n"}, BO, "2024-01-02")
    repo.commit({"a.py": "if x:\n    call_zero(a)\n    call_three(b)\n"}, CY, "2024-01-03")
    assert following(repo) == {("Bo ", "Ada", "replaced", 1.0), ("Cy ", "Ada", "replaced", 1.0)}
    assert ("Cy ", "Bo ", "replaced", 1.0) in following(repo, whitespace=False)


def test_the_ignore_list_keeps_owners(make_repo: MakeRepo) -> None:
    repo = make_repo("ignored")
    repo.commit({"a.py": "a = 'one'\nb = 'two'\n"}, ADA, "2024-01-01")
    formatting = repo.commit({"a.py": 'a = "one"\nb = "two"\n'}, BO, "2024-01-02")
    repo.commit({".git-blame-ignore-revs": f"# quotes\n{formatting}\n"}, BO, "2024-01-03")
    repo.commit({"a.py": 'a = "one"\nb = "three"\n'}, CY, "2024-01-04")
    assert following(repo) == {("Cy ", "Ada", "replaced", 1.0)}


def test_coauthors_share_and_assistants_stand_aside(make_repo: MakeRepo) -> None:
    repo = make_repo("shares")
    repo.commit({"a.txt": "one\ntwo\n"}, ADA, "2024-01-01", "Start\n\nCo-authored-by: Bo <bo@example.org>\n")
    repo.commit({"a.txt": "1\ntwo\n"}, CY, "2024-01-02", "Change\n\nCo-authored-by: Claude <noreply@anthropic.com>\n")
    repo.commit(
        {"a.txt": "1\n2\n"}, "copilot-swe-agent[bot] <198982749+Copilot@users.noreply.github.com>", "2024-01-03"
    )
    found = rows(repo)
    assert {(r["follower"], r["leader"], r["follower_share"], r["leader_share"]) for r in found} == {
        (CY, ADA, 1.0, 0.5),
        (CY, BO, 1.0, 0.5),
    }
    assert {r["follower_via"] for r in found} == {"Claude <noreply@anthropic.com>"}
    assert "Claude <noreply@anthropic.com>" in {r["key"] for r in rows(repo, "identities")}


@pytest.mark.parametrize(
    ("author", "keys"),
    [
        ("Ada Lovelace + Bo Diddley <pair@example.org>", {"Ada Lovelace <>", "Bo Diddley <>"}),
        ("Ada Lovelace and Bo Diddley <pair@example.org>", {"Ada Lovelace <>", "Bo Diddley <>"}),
        ("Rock and Roll <pair@example.org>", {"Rock and Roll <pair@example.org>"}),
    ],
)
def test_a_pair_at_one_machine_are_two_authors(make_repo: MakeRepo, author: str, keys: set[str]) -> None:
    repo = make_repo("pair")
    repo.commit({"a.txt": "one\ntwo\n"}, author, "2024-01-01")
    repo.commit({"a.txt": "1\ntwo\n"}, CY, "2024-01-02")
    assert {(r["leader"], r["leader_share"]) for r in rows(repo)} == {(key, 1 / len(keys)) for key in keys}
    assert {r["key"] for r in rows(repo, "identities")} == {CY, *keys}


def test_a_merge_owns_only_what_it_wrote(make_repo: MakeRepo) -> None:
    repo = make_repo("merge")
    repo.commit({"a.txt": "1\n2\n3\n4\n5\n"}, ADA, "2024-01-01")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"a.txt": "1\n2 side\n3\n4\n5\n"}, BO, "2024-01-02")
    repo.git("checkout", "-q", "main")
    repo.commit({"a.txt": "1\n2 main\n3\n4\n5 main\n"}, ADA, "2024-01-03")
    merging = ["git", "merge", "-q", "--no-commit", "side"]
    subprocess.run(merging, cwd=repo.path, env={**GIT_ENVIRONMENT, **IDENTITY}, capture_output=True)
    repo.commit({"a.txt": "1\n2 both\n2 side\n3\n4\n5 main\n"}, CY, "2024-01-04", "Merge")
    assert owners_at_tip(repo.path)["a.txt"] == blame(repo, "a.txt")
    merged = [row for row in rows(repo, "units") if row["kind"] == "merge"]
    assert [row["paths"] for row in merged] == [["a.txt"]]


def test_what_arrives_at_once_is_marked_as_an_import(make_repo: MakeRepo) -> None:
    repo = make_repo("import")
    body = "".join(f"line {i}\n" for i in range(120))
    repo.commit({f"lib/{i}.txt": f"{i}\n{body}" for i in range(25)}, ADA, "2024-01-01")
    tip = repo.commit({"lib/3.txt": f"3\nmine\n{body[7:]}"}, BO, "2024-01-02")
    (row,) = rows(repo)
    assert row["imported"] is True
    assert row["unit"] == tip
    first = repo.git("rev-list", "--max-parents=0", "HEAD")
    assert rows(repo, disown=[first]) == []


def test_visible_is_when_the_main_line_got_it(make_repo: MakeRepo) -> None:
    repo = make_repo("visible")
    repo.commit({"a.txt": "1\n"}, ADA, "2024-01-01")
    repo.git("checkout", "-q", "-b", "side")
    side = repo.commit({"b.txt": "1\n"}, BO, "2024-02-01")
    repo.git("checkout", "-q", "main")
    repo.git(
        "merge", "-q", "--no-ff", "-m", "Merge pull request #7 from bo/side", "side",
        **IDENTITY, GIT_AUTHOR_DATE="2024-03-01T00:00:00Z", GIT_COMMITTER_DATE="2024-03-01T00:00:00Z",
    )  # fmt: skip
    (act,) = [row for row in rows(repo, "acts") if row["unit"] == side]
    assert (act["time"].month, act["visible"].month) == (2, 3)
    (unit,) = [row for row in rows(repo, "units") if row["unit"] == side]
    assert unit["part_of"] == "7"


def test_advice_in_a_merge_is_asked_by_those_whose_work_it_brings(make_repo: MakeRepo) -> None:
    repo = make_repo("advice")
    repo.commit({"a.txt": "1\n"}, ADA, "2024-01-01")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"b.txt": "1\n"}, BO, "2024-02-01")
    repo.git("checkout", "-q", "main")
    message = "Merge #7: b\n\nACKs for top commit:\n  Dee:\n    ACK 1234567\n"
    repo.git(
        "merge", "-q", "--no-ff", "-m", message, "side", **IDENTITY,
    )  # fmt: skip
    assert [(r["kind"], r["follower"], r["leader"]) for r in rows(repo)] == [("consults", BO, "Dee <>")]


def test_names_and_first_uses(make_repo: MakeRepo) -> None:
    repo = make_repo("names")
    repo.commit({"ring.py": "class RingBuilder:\n    def get_part(self):\n        pass\n"}, ADA, "2024-01-01")
    repo.commit({"use.py": "import ring\nx = ring.RingBuilder()\n"}, BO, "2024-01-02")
    repo.commit({"use.py": None, "moved.py": "import ring\nx = ring.RingBuilder()\n"}, CY, "2024-01-03")
    assert {(r["name"], r["identity"], r["line"]) for r in rows(repo, "names")} == {
        ("RingBuilder", ADA, 1),
        ("get_part", ADA, 2),
    }
    assert {(r["name"], r["identity"], r["path"]) for r in rows(repo, "uses")} == {("RingBuilder", BO, "use.py")}


def test_holdings_count_live_lines_by_quarter(make_repo: MakeRepo) -> None:
    repo = make_repo("held")
    repo.commit({"lib/a.txt": "1\n2\n3\n4\n"}, ADA, "2024-01-01")
    repo.commit({"lib/a.txt": "1\n2\n3\nfour\n"}, BO, "2024-02-01")
    repo.commit({"lib/a.txt": None, "top.txt": "1\n2\n3\nfour\n"}, CY, "2024-05-01")
    held = {(r["quarter"].month, r["directory"], r["identity"]): r["amount"] for r in rows(repo, "holdings")}
    assert held == {
        (3, "lib", ADA): 3.0,
        (3, "lib", BO): 1.0,
        (6, "lib", ADA): 0.0,
        (6, "lib", BO): 0.0,
        (6, "", ADA): 3.0,
        (6, "", BO): 1.0,
    }


def test_hostile_paths_names_and_messages_are_read_as_text(make_repo: MakeRepo) -> None:
    repo = make_repo("hostile")
    # Git itself drops < and > from names.
    name = '=cmd()"&lt;\x1b[31m\u202e <evil@example.org>'
    strange = 'a "quoted"\ttab\nline.txt'
    repo.commit(
        {strange: "1\n2\n", "ü.txt": b"\xff\xfe\x00bin"}, name, "2024-01-01", "=cmd()|' /C calc'!A0\n\n\x1b]0;x\x07"
    )
    repo.commit(
        {strange: "1\n3\n"}, BO, "2024-01-02", "\xe9\udcff".encode("utf-8", "surrogateescape").decode("latin-1")
    )
    (row,) = rows(repo)
    assert row["path"] == strange
    assert row["leader"] == name
    assert rows(repo, "units")[0]["title"] == "=cmd()|' /C calc'!A0"


def test_neither_processes_nor_pieces_change_the_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = []
    for i in range(400):
        name = ("Ada <ada@example.org>", "Bo <bo@example.org>", "Cy <cy@example.org>")[i % 3]
        text = f"{i}\n{i // 7}\nshared_name({i % 11})\n"
        stream.append(
            f"commit refs/heads/main\nauthor {name} {1_700_000_000 + i * 1000} +0000\n"
            f"committer {name} {1_700_000_000 + i * 1000} +0000\ndata 1\nx\n"
            f"M 100644 inline f{i % 5}.py\ndata {len(text)}\n{text}\n"
        )
    subprocess.run(["git", "init", "-q", "-b", "main", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=tmp_path, input="".join(stream).encode(), check=True)
    one = next(GitConnector(tmp_path, processes=1).checkpoints())
    three = next(GitConnector(tmp_path, processes=3).checkpoints())
    assert one.harvest == three.harvest
    assert all(one.tables[name].equals(three.tables[name]) for name in one.tables)
    assert one.tables["signals"].num_rows > 300
    monkeypatch.setattr("connectors.git.connector.PIECE", 64)
    pieces = next(GitConnector(tmp_path, processes=1).checkpoints())
    assert one.harvest == pieces.harvest
    for name in one.tables:
        rows = [sorted(map(repr, each.tables[name].to_pylist())) for each in (one, pieces)]
        assert rows[0] == rows[1], name


def test_other_connectors_get_files_with_the_writers_of_their_lines(make_repo: MakeRepo) -> None:
    repo = make_repo("lines")
    repo.commit({"doc.md": "# One\ntext\nmore\nlast\n", "code.py": "x\n"}, ADA, "2024-01-01")
    repo.commit({"doc.md": None, "docs/doc.md": "# One\nother\nmore\nlast\n"}, BO, "2024-02-01")
    (repo.path / "link.md").symlink_to("/etc/passwd")
    repo.commit({}, BO, "2024-02-02")
    with read_lines(repo.path, lambda path: path.endswith(".md")) as lines:
        (file,) = list(lines.files)
    assert file.path == "docs/doc.md"
    assert [owner and owner.authors for owner in file.owners] == [[ADA], [BO], [ADA], [ADA]]
    assert file.created is not None
    assert file.changed is not None
    assert (file.created.authors, file.changed.authors) == ([ADA], [BO])


def test_a_name_of_another_language_is_another_name(make_repo: MakeRepo) -> None:
    repo = make_repo("tongues")
    repo.commit({"a.py": "def is_remote(x):\n    return x\n"}, ADA, "2024-01-01")
    repo.commit({"b.c": "int main() { return is_remote(1); }\n"}, BO, "2024-01-02")
    repo.commit({"c.py": "print(is_remote(1))\n"}, BO, "2024-01-03")
    found = {(row["identity"], row["path"], row["family"]) for row in rows(repo, "uses")}
    assert found == {(BO, "b.c", "c"), (BO, "c.py", "python")}
    assert [row["family"] for row in rows(repo, "names")] == ["python"]
