"""Whose line it is, against `git blame`: histories with all that git does to a file, and with every way of merging."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.connectors.git.world import World, blame, owners_at_tip


@settings(
    max_examples=4,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(st.randoms(use_true_random=False), st.booleans())
def test_owners_are_those_of_git_blame(choose: random.Random, sha256: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "world", choose, sha256)
        for _ in range(2):
            world.round()
        assert world.differences() == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(150))
def test_owners_are_those_of_git_blame_for_long(tmp_path: Path, seed: int) -> None:
    world = World(tmp_path / "world", random.Random(seed), seed % 5 == 0)
    for _ in range(4):
        world.round()
    assert world.differences() == []


def test_a_subtree_keeps_its_authors(tmp_path: Path) -> None:
    other = World(tmp_path / "other", random.Random(1))
    world = World(tmp_path / "world", random.Random(2))
    repo = world.repo
    repo.git("fetch", "-q", str(other.repo.path), "main:other")
    repo.git("merge", "-q", "-s", "ours", "--no-commit", "--allow-unrelated-histories", "other", **world.identity())
    repo.git("read-tree", "--prefix=lib/", "-u", "other")
    world.commit()
    expected = {f"lib/{name}": owners for name, owners in owners_at_tip(other.repo.path).items()}
    found = owners_at_tip(repo.path)
    assert {name: owners for name, owners in found.items() if name.startswith("lib/")} == expected
    assert world.differences() == []


def test_of_a_change_taken_from_another_branch_the_first_parents_author_leads(tmp_path: Path) -> None:
    """The same change stands on both sides of a merge: git blame names the first parent's."""
    world = World(tmp_path / "world", random.Random(3))
    repo = world.repo
    world.write("picked.txt")
    world.commit()
    repo.git("branch", "side")
    (repo.path / "picked.txt").write_text("one\ntwo\n")
    mine = world.commit()
    repo.git("checkout", "-q", "side")
    world.write("more.txt")
    world.commit()
    repo.git("cherry-pick", "main", **world.identity())
    repo.git("checkout", "-q", "main")
    world.merge("side")
    assert owners_at_tip(repo.path)["picked.txt"] == [mine, mine] == blame(repo, "picked.txt")


def test_a_file_that_was_moved_to_two_places_keeps_its_authors_in_both(tmp_path: Path) -> None:
    world = World(tmp_path / "world", random.Random(4))
    repo = world.repo
    text = "".join(f"line {number} of what is moved\n" for number in range(9))
    (repo.path / "moved.txt").write_text(text)
    wrote = world.commit()
    repo.git("mv", "moved.txt", "here.txt")
    (repo.path / "there.txt").write_text(text)
    world.commit()
    for name in ("here.txt", "there.txt"):
        assert owners_at_tip(repo.path)[name] == [wrote] * 9 == blame(repo, name)


def test_a_change_that_a_merge_brings_to_a_copy_keeps_its_author(tmp_path: Path) -> None:
    """The copied file went away in another commit: nothing says that it was renamed."""
    world = World(tmp_path / "world", random.Random(5))
    repo = world.repo
    text = "".join(f"line {number} of what is copied\n" for number in range(9))
    (repo.path / "copied.txt").write_text(text)
    world.commit()
    repo.git("branch", "side")
    (repo.path / "copy.txt").write_text(text)
    copied = world.commit()
    repo.git("rm", "-q", "copied.txt")
    (repo.path / "copy.txt").write_text("another line\n" + text)
    other = world.commit()
    repo.git("checkout", "-q", "side")
    (repo.path / "copied.txt").write_text(text + "one more line\n")
    added = world.commit()
    repo.git("checkout", "-q", "main")
    world.merge("side")
    assert owners_at_tip(repo.path)["copy.txt"] == [other, *[copied] * 9, added] == blame(repo, "copy.txt")
