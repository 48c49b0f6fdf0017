"""Which part of a history is read: other branches, only since a day, several clones of one repository."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import influence
from connectors.git import GitConnector, open_safely
from influence.schema import TABLES, Checkpoint
from influence.workspace import Workspace
from tests.conftest import GIT_ENVIRONMENT, Repo
from tests.connectors.git.test_incremental import Life, again, same_as_fresh
from tests.connectors.git.test_replay import ADA, BO, CY, MakeRepo
from tests.connectors.git.world import World

DAY = dt.date(2024, 3, 1)


def read(path: Path, **options: Any) -> Checkpoint:
    return next(GitConnector(path, processes=1, **options).checkpoints())


def facts(found: Checkpoint, *left_out: str) -> dict[str, list[str]]:
    """All rows as text, in any order, without some columns."""
    return {
        name: sorted(
            str({column: value for column, value in row.items() if column not in left_out})
            for row in found.tables[name].to_pylist()
        )
        for name in TABLES
        if name in found.tables
    }


def commits(found: Checkpoint) -> set[str]:
    return set(found.tables["units"]["unit"].to_pylist())


def forked(make_repo: MakeRepo) -> tuple[Repo, dict[str, str]]:
    """A default branch, one that was never merged, one that forks from it, and one of somebody else's."""
    repo = make_repo("forked")
    sha = {"base": repo.commit({"a.txt": "1\n2\n3\n4\n", "x.py": "def ring_one():\n    pass\n"}, ADA, "2024-01-01")}
    repo.git("checkout", "-q", "-b", "side")
    sha["side"] = repo.commit({"a.txt": "1\nside\n3\n4\n"}, BO, "2024-01-10")
    repo.git("checkout", "-q", "-b", "later")
    sha["later"] = repo.commit({"a.txt": "1\nlater\n3\n4\n", "y.py": "ring_one()\n"}, CY, "2024-01-20")
    repo.git("checkout", "-q", "-b", "theirs", "main")
    sha["theirs"] = repo.commit({"a.txt": "1\n2\n3\ntheirs\n"}, CY, "2024-01-05")
    repo.git("update-ref", "refs/remotes/origin/theirs", "theirs")
    repo.git("checkout", "-q", "main")
    repo.git("branch", "-q", "-D", "theirs")
    sha["main"] = repo.commit({"a.txt": "one\n2\n3\n4\n"}, BO, "2024-02-01")
    return repo, sha


# -- all branches ----------------------------------------------------------------------------------------------------


def test_all_branches_are_read_each_commit_once(make_repo: MakeRepo) -> None:
    repo, sha = forked(make_repo)
    assert commits(read(repo.path)) == {sha["base"], sha["main"]}
    found = read(repo.path, all_branches=True)
    assert sorted(found.tables["units"]["unit"].to_pylist()) == sorted(sha.values())
    built = {(row["unit"], row["evidence"]) for row in found.tables["signals"].to_pylist()}
    assert built == {
        (sha["main"], f"{sha['base']}:a.txt:1"),
        (sha["side"], f"{sha['base']}:a.txt:2"),
        (sha["later"], f"{sha['side']}:a.txt:2"),
        (sha["theirs"], f"{sha['base']}:a.txt:4"),
    }
    # What no branch had merged was known when it was committed.
    visible = {row["unit"]: f"{row['visible']:%Y-%m-%d}" for row in found.tables["acts"].to_pylist()}
    assert {name: visible[each] for name, each in sha.items()} == {
        "base": "2024-01-01", "main": "2024-02-01", "side": "2024-01-10", "later": "2024-01-20", "theirs": "2024-01-05",
    }  # fmt: skip
    assert ("ring_one", CY) in {(row["name"], row["identity"]) for row in found.tables["uses"].to_pylist()}


@pytest.mark.parametrize("seed", range(2))
def test_other_branches_change_nothing_of_the_default_one(tmp_path: Path, seed: int) -> None:
    """On random histories: every row of the default branch's reading is there, and what is held is the same."""
    repo = life(tmp_path, seed)
    alone, together = read(repo.path), read(repo.path, all_branches=True)
    assert len(commits(together)) > len(commits(alone))
    one, both = facts(alone), facts(together)
    assert one["holdings"] == both["holdings"]
    for name in ("signals", "names", "uses", "acts", "units"):
        assert not set(one[name]) - set(both[name]), name


def life(folder: Path, seed: int) -> Repo:
    """A random history of months, with a branch that was not merged."""
    choose = random.Random(seed)
    months = Months(folder / "life", choose)
    for _ in range(4):
        for _ in range(choose.randrange(4)):
            months.change()
        months.branch()
    months.repo.git("checkout", "-q", "-b", "open", "HEAD~1")
    for _ in range(4):
        months.change()
    months.repo.git("checkout", "-q", "main")
    months.change()
    return months.repo


class Months(Life):
    """Every commit is four days after the one before; nothing is rewritten or corrected afterwards."""

    def change(self) -> None:
        self.step(moves=True)
        self.code()
        self.commit()

    def branch(self) -> None:
        self.repo.git("branch", "-f", "side")
        for branch in ("side", "main"):
            self.repo.git("checkout", "-q", branch)
            self.step(moves=branch == "side")
            self.code()
            self.commit()
        self.merge("side")

    def commit(self, message: str = "") -> str:
        self.day += dt.timedelta(days=4)
        return World.commit(self, message)


def test_a_branch_that_ends_in_nothing_is_said(make_repo: MakeRepo) -> None:
    repo, sha = forked(make_repo)
    (repo.path / ".git/refs/heads/lost").write_text("1234567890" * 4 + "\n")
    found = read(repo.path, all_branches=True)
    assert commits(found) == set(sha.values())
    assert [problem[:2] for problem in found.harvest.problems if problem[0] == "branches"] == [("branches", 1)]


# -- since a day -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_since_a_day_is_what_the_whole_says_of_then(tmp_path: Path, seed: int) -> None:
    """On random histories: of the whole reading, what was done since to lines that were written since."""
    repo = life(tmp_path, seed)
    whole, part = read(repo.path), read(repo.path, since=DAY)
    old = repo.git("rev-list", "-1", "--first-parent", "--before=2024-03-01T00:00:00Z", "HEAD")
    new = set(repo.git("rev-list", f"{old}..HEAD").split())
    assert commits(part) == new
    assert 0 < len(new) < len(commits(whole))

    def built(found: Checkpoint) -> set[str]:
        return {
            str({column: value for column, value in row.items() if column != "source"})
            for row in found.tables["signals"].to_pylist()
            if row["unit"] in new and row["evidence"].partition(":")[0] in new
        }

    assert built(part) == built(whole)
    assert len(built(part)) == part.tables["signals"].num_rows
    assert {row["unit"] for row in part.tables["names"].to_pylist()} <= new
    assert ("commits before 2024-03-01", len(commits(whole) - new)) in [each[:2] for each in part.harvest.problems]
    assert part.harvest.options["since"] == DAY


def test_what_was_merged_since_happened_since(make_repo: MakeRepo) -> None:
    repo = make_repo("late")
    repo.commit({"a.txt": "1\n2\n3\n"}, ADA, "2024-01-01")
    repo.git("checkout", "-q", "-b", "side")
    waited = repo.commit({"b.txt": "1\n2\n"}, BO, "2024-02-01")
    repo.git("checkout", "-q", "main")
    repo.commit({"a.txt": "1\n2\nmore\n"}, ADA, "2024-02-02")
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in
           (("NAME", "Cy"), ("EMAIL", "cy@example.org"), ("DATE", "2024-04-01T00:00:00Z"))}  # fmt: skip
    repo.git("merge", "-q", "--no-ff", "-m", "Merge", "side", **who)
    merge = repo.git("rev-parse", "HEAD")
    new = repo.commit({"a.txt": "1\ntwo\nmore\n", "b.txt": "1\ntwo\n"}, CY, "2024-04-02")
    found = read(repo.path, since=DAY)
    assert commits(found) == {waited, merge, new}
    assert [(row["unit"], row["leader"]) for row in found.tables["signals"].to_pylist()] == [(new, BO)]


def test_since_a_day_when_nothing_had_begun_is_everything(make_repo: MakeRepo) -> None:
    repo, _ = forked(make_repo)
    assert facts(read(repo.path, since=dt.date(2020, 1, 1))) == facts(read(repo.path))


def test_nothing_since_replaces_what_was_read(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo, _ = forked(make_repo)
    workspace = Workspace(tmp_path / "w.duckdb")
    again(repo, workspace)
    again(repo, workspace, since=dt.date(2030, 1, 1))
    with workspace.read() as connection:
        assert connection.execute("SELECT count(*) FROM units").fetchone() == (0,)
    again(repo, workspace)
    same_as_fresh(repo, workspace, tmp_path)


def test_every_branch_has_its_own_beginning(make_repo: MakeRepo) -> None:
    repo, sha = forked(make_repo)
    found = read(repo.path, all_branches=True, since=dt.date(2024, 1, 15))
    assert commits(found) == {sha["main"], sha["later"]}
    assert found.tables["signals"].num_rows == 0


# -- reading again ---------------------------------------------------------------------------------------------------


def test_a_changed_choice_is_as_a_fresh_reading(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo, _ = forked(make_repo)
    workspace = Workspace(tmp_path / "w.duckdb")
    choices: list[dict[str, Any]] = [
        {}, {"all_branches": True}, {"all_branches": True}, {"since": dt.date(2024, 1, 15)}, {"ref": "later"},
        {"all_branches": True, "since": dt.date(2024, 1, 15)}, {},
    ]  # fmt: skip
    for number, choice in enumerate(choices):
        found = again(repo, workspace, **choice)
        assert (found.units is not None) is (number == 2)
        same_as_fresh(repo, workspace, tmp_path, **choice)


def test_branches_that_move_are_read_again(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo, _ = forked(make_repo)
    workspace = Workspace(tmp_path / "w.duckdb")
    again(repo, workspace, all_branches=True)
    for step in range(2):
        repo.git("checkout", "-q", "side" if step % 2 else "main")
        repo.commit({"a.txt": f"1\nside\n3\n{step}\n"}, CY, f"2024-03-0{step + 1}")
        again(repo, workspace, all_branches=True)
        same_as_fresh(repo, workspace, tmp_path, all_branches=True)
    for branch in ("side", "later"):
        repo.git("checkout", "-q", "main")
        repo.git("branch", "-q", "-D", branch)
    repo.git("update-ref", "-d", "refs/remotes/origin/theirs")
    again(repo, workspace, all_branches=True)
    repo.commit({"a.txt": "last\n"}, BO, "2024-03-09")
    # One branch is left: what is new is enough.
    assert again(repo, workspace, all_branches=True).units is not None
    same_as_fresh(repo, workspace, tmp_path, all_branches=True)


def test_since_goes_on_from_before(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo, _ = forked(make_repo)
    workspace = Workspace(tmp_path / "w.duckdb")
    day = dt.date(2024, 1, 15)
    again(repo, workspace, since=day)
    repo.commit({"a.txt": "one\ntwo\n3\n4\n"}, CY, "2024-03-01")
    assert again(repo, workspace, since=day).units is not None
    same_as_fresh(repo, workspace, tmp_path, since=day)


# -- several clones --------------------------------------------------------------------------------------------------


def test_a_commit_in_two_clones_counts_once(team: Repo, tmp_path: Path) -> None:
    """A mirror changes nothing; a fork adds its own commits alone."""

    def counted(path: Path, name: str) -> Any:
        """What the workspace `name` tells when `path` is in it, too."""
        findings = influence.analyse(influence.collect(path, tmp_path / name))
        edges = findings.edges.drop(columns=["influence"]).sort_values(["follower", "leader", "kind"])
        return edges.to_csv(index=False), findings.leaders, findings.meta["counts"]

    def clone(name: str, *more: str) -> Path:
        subprocess.run(["git", "clone", "-q", *more, team.path, tmp_path / name], check=True, env=GIT_ENVIRONMENT)
        return tmp_path / name

    alone = counted(team.path, "mirrored.duckdb")
    mirror = clone("mirror.git", "--mirror")
    doubled = counted(mirror, "mirrored.duckdb")
    assert doubled[0] == alone[0]
    # In another order of rows, sums differ in their last digit.
    pd.testing.assert_frame_equal(doubled[1], alone[1], rtol=1e-9)
    assert doubled[2] == alone[2]
    # Upstream and the fork both go on.
    fork = Repo.__new__(Repo)
    fork.path = clone("fork")
    text = (fork.path / "store/reader.py").read_text()
    fork.commit(
        {
            "store/reader.py": text.replace("StoreReader(path, 9)", "StoreReader(path, part=9)"),
            "app/fork.py": "from store.reader import open_bucket_9\n\nopen_bucket_9('x')\n",
        },
        "Forker Number <forker@engine.corp>",
        "2024-01-05",
    )
    team.commit({"notes/last.txt": "last\n"}, "Bob Loud <bob@engine.corp>", "2024-01-06")
    upstream, both = counted(team.path, "forked.duckdb"), counted(fork.path, "forked.duckdb")
    assert both[2]["commits"] == upstream[2]["commits"] + 1
    assert both[2]["repositories"] == 1
    assert both[1].loc[both[1]["person"] == "Ada Byron", "reach"].item() == 8
    # A fork's adoption weighs on what her other names weigh: only who, whom and how are compared.
    pairs = [{tuple(line.split(",")[:3]) for line in text.split("\n")} for text in (upstream[0], both[0])]
    assert sorted(kind for *_, kind in pairs[1] - pairs[0]) == ["adopts", "builds_on"]
    assert not pairs[0] - pairs[1]
    with open_safely(fork.path) as one, open_safely(team.path) as two:
        assert one.repository_id == two.repository_id
