"""Opening somebody's repository: nothing of its configuration is used, whatever its form."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.git import GitConnector, open_safely
from connectors.git.addresses import web_url
from influence.errors import InputError
from tests.conftest import Repo, write_team_history

MakeRepo = Callable[[str], Repo]
ADA = "Ada Byron <ada@example.org>"


def test_nothing_that_the_configuration_names_is_run(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo("trap")
    write_team_history(repo, followers=2)
    mark = tmp_path / "ran"
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\necho ran >> {mark}\ncat\n")
    trap.chmod(0o755)
    for key in (
        "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.gitProxy", "core.hooksPath",
        "gpg.program", "gpg.ssh.program", "diff.external", "diff.trap.textconv", "diff.trap.command",
        "filter.trap.clean", "filter.trap.smudge", "filter.trap.process", "credential.helper",
        "uploadpack.packObjectsHook",
        "pager.log", "alias.log", "mergetool.x.cmd", "sequence.editor", "log.showSignature",
    ):  # fmt: skip
        repo.git("config", key, "true" if key == "log.showSignature" else str(trap))
    evil = tmp_path / "evil.cfg"
    evil.write_text(f"[diff]\n\texternal = {trap}\n")
    repo.git("config", "include.path", str(evil))
    (repo.path / ".git/info/attributes").write_text("* diff=trap filter=trap\n")
    for hook in ("post-checkout", "reference-transaction", "pre-commit", "fsmonitor-watchman"):
        shutil.copy(trap, repo.path / ".git/hooks" / hook)
    with (repo.path / ".git/config").open("a") as config:
        config.write('[remote "origin"]\n\turl = ext::' + str(trap) + "\n\tpromisor = true\n")
    before = sorted((str(p), p.stat().st_mtime_ns) for p in (repo.path / ".git").rglob("*"))
    tables = next(GitConnector(repo.path).checkpoints()).tables
    assert tables["units"].num_rows == 33
    assert not mark.exists()
    assert sorted((str(p), p.stat().st_mtime_ns) for p in (repo.path / ".git").rglob("*")) == before


def test_a_bare_clone_a_worktree_and_a_subfolder_git_file_are_one_repository(
    make_repo: MakeRepo, tmp_path: Path
) -> None:
    repo = make_repo("one")
    tip = repo.commit({"a.txt": "a\n"}, ADA, "2024-01-01")
    repo.git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "side")
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    repo.git("pack-refs", "--all")
    for path, label in ((repo.path, "one"), (repo.path / ".git", "one"), (tmp_path / "tree", "tree")):
        with open_safely(path) as opened:
            assert (opened.tip, opened.repository_id, opened.label) == (tip, tip, label)
    with open_safely(tmp_path / "bare.git") as opened:
        assert (opened.tip, opened.repository_id) == (tip, tip)
        assert opened.read_file("a.txt") == b"a\n"
        assert opened.read_file("b.txt") is None


def test_sha256_repositories_are_read(tmp_path: Path) -> None:
    path = tmp_path / "long"
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(path)], check=True)
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", *identity, "commit", "-q", "--allow-empty", "-m", "x"], cwd=path, check=True)
    checkpoint = next(GitConnector(path).checkpoints())
    assert len(checkpoint.harvest.tip) == 64
    assert checkpoint.tables["units"].num_rows == 1


def test_references_are_chosen_and_missing_ones_named(make_repo: MakeRepo) -> None:
    repo = make_repo("refs")
    first = repo.commit({"a.txt": "a\n"}, ADA, "2024-01-01")
    repo.git("tag", "v1")
    second = repo.commit({"a.txt": "b\n"}, ADA, "2024-01-02")
    for ref, tip in ((None, second), ("v1", first), ("main~1", first), (first[:12], first)):
        with open_safely(repo.path, ref) as opened:
            assert opened.tip == tip
    for ref in ("nothing", "--output=x", "v1:a.txt"):
        with pytest.raises(InputError, match="no branch, tag or commit"), open_safely(repo.path, ref):
            pass


def test_what_is_no_readable_repository_is_said_in_one_line(make_repo: MakeRepo, tmp_path: Path) -> None:
    cases = {tmp_path / "none": "no folder", tmp_path: "not a git repository"}
    empty = make_repo("empty")
    cases[empty.path] = "no commits"
    file = tmp_path / "file"
    file.write_text("x")
    cases[file] = "not a git repository"
    for path, expected in cases.items():
        with pytest.raises(InputError, match=expected) as caught, open_safely(path):
            pass
        assert "\n" not in str(caught.value)


def test_a_detached_or_dangling_head_names_the_branches(make_repo: MakeRepo) -> None:
    repo = make_repo("head")
    repo.commit({"a.txt": "a\n"}, ADA, "2024-01-01")
    (repo.path / ".git/HEAD").write_text("ref: refs/heads/gone\n")
    with pytest.raises(InputError, match="--ref .*main"), open_safely(repo.path):
        pass


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root reads everything")
def test_a_repository_of_somebody_else_is_read_but_not_a_locked_one(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo("theirs")
    repo.commit({"a.txt": "a\n"}, ADA, "2024-01-01")
    if os.geteuid() == 0:
        # As root: give it away, which plain git would refuse as "dubious ownership".
        for path in [repo.path, *repo.path.rglob("*")]:
            os.chown(path, 65534, 65534)
        refused = subprocess.run(["git", "log"], cwd=repo.path, capture_output=True)
        assert refused.returncode != 0
    with open_safely(repo.path) as opened:
        assert opened.read_file("a.txt") == b"a\n"


def test_missing_large_objects_are_left_out_and_counted(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo("full")
    repo.commit({"a.py": "x = 1\n", "big.txt": "big\n" * 5000}, ADA, "2024-01-01")
    repo.commit({"a.py": "x = 2\n", "big.txt": "big\n" * 5000 + "end\n"}, "Bo <bo@example.org>", "2024-01-02")
    repo.commit({"a.py": "x = 3\n"}, "Cy <cy@example.org>", "2024-01-03")
    lost = repo.git("rev-parse", "HEAD~2:big.txt")
    path = repo.path / ".git/objects" / lost[:2] / lost[2:]
    path.chmod(stat.S_IRWXU)
    path.unlink()
    checkpoint = next(GitConnector(repo.path).checkpoints())
    assert checkpoint.tables["units"].num_rows == 3
    signals = checkpoint.tables["signals"].to_pylist()
    assert {(row["follower"], row["leader"]) for row in signals} == {
        ("Bo <bo@example.org>", ADA),
        ("Cy <cy@example.org>", "Bo <bo@example.org>"),
    }
    assert ("objects that the clone lacks", 1) in [problem[:2] for problem in checkpoint.harvest.problems]


def test_a_shallow_clone_is_read_and_says_so(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo("deep")
    for day in range(1, 6):
        repo.commit({"a.txt": f"{day}\n"}, ADA, f"2024-01-0{day}")
    subprocess.run(
        ["git", "clone", "-q", "--depth=2", f"file://{repo.path}", str(tmp_path / "shallow")],
        check=True,
        capture_output=True,
    )
    checkpoint = next(GitConnector(tmp_path / "shallow").checkpoints())
    assert checkpoint.tables["units"].num_rows == 2
    assert "a shallow clone" in [problem[0] for problem in checkpoint.harvest.problems]


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("git@github.com:openstack/swift.git", "https://github.com/openstack/swift"),
        ("https://user:secret@gitlab.example/a/b.git", "https://gitlab.example/a/b"),
        ("ssh://git@host.example:2222/a/b", "https://host.example/a/b"),
        ("http://host.example:8080/a/b/", "http://host.example:8080/a/b"),
        ("https://host.example/a/<script>", None),
        ("javascript:alert(1)//x.y", None),
        ("ext::sh -c evil", None),
        ("/srv/git/a.git", None),
        ("https://[bad/a", None),
        ("", None),
    ],
)
def test_web_pages_are_guessed_without_credentials(remote: str, page: str | None) -> None:
    assert web_url(remote) == page
