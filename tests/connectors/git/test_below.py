"""Which repositories lie below a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from connectors.git import below
from connectors.git.below import repositories_below
from influence.errors import InputError
from tests.conftest import Repo
from tests.connectors.git.test_replay import ADA, MakeRepo


def names(root: Path) -> list[str]:
    return [str(place.relative_to(root)) for place in repositories_below(root).repositories]


@pytest.fixture
def one(make_repo: MakeRepo) -> Repo:
    repo = make_repo("root/team/one")
    repo.commit({"a.txt": "one\n"}, ADA, "2024-01-01")
    return repo


def test_every_kind_is_found_once(one: Repo, tmp_path: Path) -> None:
    root = tmp_path / "root"
    one.git("clone", "-q", "--bare", ".", str(root / "mirrors/one.git"))
    one.git("worktree", "add", "-q", str(root / "aside"))  # before it in order, and yet the repository itself counts
    whole = Repo(root / "team/whole")
    whole.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(one.path), "inner")
    whole.commit({"b.txt": "two\n"}, ADA, "2024-01-02")
    # A submodule's work tree that somebody moved out of it is a repository of its own.
    (root / "moved").mkdir()
    (root / "moved/.git").write_text(f"gitdir: {whole.path}/.git/modules/inner\n")
    assert names(root) == ["mirrors/one.git", "moved", "team/one", "team/whole"]


def test_worktrees_whose_repository_lies_elsewhere_are_one(one: Repo, tmp_path: Path) -> None:
    for name in ("b", "a"):
        one.git("worktree", "add", "-q", str(tmp_path / "trees" / name))
    assert names(tmp_path / "trees") == ["a"]


def test_what_is_hidden_linked_or_inside_is_not_looked_into(one: Repo, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(one.path, root / ".cache/copy")
    shutil.copytree(one.path, one.path / "vendored")
    shutil.copytree(one.path, tmp_path / "outside")
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "round").symlink_to(root)
    assert names(root) == ["team/one"]


def test_what_looks_like_one_is_told_of_when_it_is_read(one: Repo, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "broken/.git").mkdir(parents=True)
    (root / "gone").mkdir()
    (root / "gone/.git").write_text("gitdir: /nowhere\n")
    (root / "plain/HEAD").mkdir(parents=True)
    assert names(root) == ["broken", "gone", "team/one"]


def test_there_is_an_end_to_it(one: Repo, tmp_path: Path, monkeypatch) -> None:
    deep = tmp_path / "root" / "/".join("abcdefghijklmnop")
    shutil.copytree(one.path, deep)
    found = repositories_below(tmp_path / "root")
    assert (len(found.repositories), found.too_deep) == (1, 1)
    monkeypatch.setattr(below, "MOST_FOLDERS", 5)
    with pytest.raises(InputError, match="over 5 folders"):
        repositories_below(tmp_path / "root")
