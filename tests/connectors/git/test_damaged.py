"""Clones that lack objects or hold damaged ones: read to the end, nothing invented, and told what was not read."""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import stat
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.git import GitConnector, open_safely
from influence import cli
from influence.errors import InputError
from influence.schema import Checkpoint
from tests.conftest import GIT_ENVIRONMENT, Repo

MakeRepo = Callable[[str], Repo]
ADA, BO, CY = "Ada Byron <ada@example.org>", "Bo Diddley <bo@example.org>", "Cy Twombly <cy@example.org>"
PEOPLE = (ADA, BO, CY)
Whole = tuple[Repo, list[str], Counter[tuple[str, ...]]]
LINES = "".join(f"line {n}\n" for n in range(8))


def collected(path: Path, ref: str | None = None) -> Checkpoint:
    return next(GitConnector(path, ref=ref, processes=1).checkpoints())


def problems(found: Checkpoint) -> dict[str, tuple[int, str]]:
    return {what: (count, why) for what, count, why in found.harvest.problems}


def followings(found: Checkpoint) -> Counter[tuple[str, ...]]:
    """Each `builds_on` and how many lines it is about."""
    seen: Counter[tuple[str, ...]] = Counter()
    for row in found.tables["signals"].to_pylist():
        if row["kind"] == "builds_on":
            seen[row["unit"], row["follower"], row["leader"], row["how"], row["path"]] += row["amount"]
    return seen


def object_file(repo: Repo, name: str) -> Path:
    return repo.path / ".git/objects" / name[:2] / name[2:]


def lose(repo: Repo, *revisions: str) -> list[str]:
    """Take loose objects away; returns their hashes."""
    names = [repo.git("rev-parse", revision) for revision in revisions]
    for name in names:
        object_file(repo, name).unlink()
    return names


def spoil(path: Path, at: int | None = None) -> None:
    """Turn bits of a file around, by default in the middle."""
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    data = bytearray(path.read_bytes())
    place = len(data) // 2 if at is None else at
    for index in range(place, min(place + 4, len(data))):
        data[index] ^= 0xFF
    path.write_bytes(bytes(data))


def five_commits(repo: Repo) -> list[str]:
    """Ada writes, Bo and Cy build on it in turn, in a folder and beside it."""
    made = [repo.commit({"src/lib/a.py": LINES, "top.py": LINES}, ADA, "2024-01-01")]
    for number, person in enumerate((BO, CY, BO, CY), 1):
        changed = LINES.replace(f"line {number}\n", f"line {number} of {person[:2]}\n")
        made.append(
            repo.commit({"src/lib/a.py": changed, "top.py": changed}, person, f"2024-01-{1 + number:02d}", "Do it")
        )
    return made


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    repo = Repo(tmp_path_factory.mktemp("original") / "whole")
    made = five_commits(repo)
    return repo, made, followings(collected(repo.path))


@pytest.fixture
def whole(original: Whole, tmp_path: Path) -> Whole:
    """The five commits in a clone of their own, and who follows whom by them."""
    repo, made, before = original
    place = tmp_path / "whole"
    shutil.copytree(repo.path, place)
    copy = Repo(tmp_path / "empty")
    copy.path = place
    return copy, made, before


@pytest.mark.parametrize("what", ["{c2}^{{tree}}", "{c2}:src/lib"])
def test_of_a_lost_folder_only_the_commits_beside_it_are_unknown(whole: Whole, what: str) -> None:
    repo, made, before = whole
    lose(repo, what.format(c2=made[2]))
    found = collected(repo.path)
    assert found.tables["units"].num_rows == 5
    count, why = problems(found)["commits whose changes were not read"]
    assert count == 2
    assert made[2][:12] in why
    assert made[3][:12] in why
    after = followings(found)
    assert after <= before
    assert {key[0] for key in after} >= {made[1]}
    assert not {key[0] for key in after} & {made[2], made[3]}
    assert problems(found)["objects that the clone lacks"][0] == 1


def test_a_lost_commit_cuts_the_history_and_its_child_leads_nobody(whole: Whole) -> None:
    repo, made, before = whole
    lose(repo, made[1])
    found = collected(repo.path)
    assert [row["unit"] for row in found.tables["units"].to_pylist()] == made[2:]
    after = followings(found)
    assert after <= before
    assert {key[:3] for key in after} == {(made[4], CY, BO)}
    count, why = problems(found)["commits that the clone lacks"]
    assert count == 1
    assert made[2][:12] in why


def test_a_merge_that_lost_a_parent_is_not_taken_for_the_author_of_its_side(make_repo: MakeRepo) -> None:
    repo = make_repo("merge")
    first = repo.commit({"a.py": LINES}, ADA, "2024-01-01")
    repo.git("checkout", "-q", "-b", "side")
    side = repo.commit({"a.py": LINES.replace("line 1\n", "one\n")}, BO, "2024-01-02")
    repo.git("checkout", "-q", "main")
    repo.commit({"a.py": LINES.replace("line 6\n", "six\n")}, CY, "2024-01-03")
    identity = ("-c", "user.name=Dee", "-c", "user.email=dee@example.org")
    repo.git(*identity, "merge", "-q", "--no-edit", "side")
    repo.commit({"a.py": LINES.replace("line 6\n", "six\n").replace("line 1\n", "uno\n")}, ADA, "2024-01-05")
    before = followings(collected(repo.path))
    lose(repo, side)
    found = collected(repo.path)
    assert found.tables["units"].num_rows == 4
    assert followings(found) <= before
    assert problems(found)["commits whose changes were not read"][0] == 1
    assert problems(found)["commits that the clone lacks"][0] == 1
    assert found.harvest.repository == first


def test_a_lost_file_that_may_have_been_renamed_makes_nobody_its_author(make_repo: MakeRepo) -> None:
    repo = make_repo("renamed")
    repo.commit({"old.py": LINES, "b.py": LINES}, ADA, "2024-01-01")
    (repo.path / "old.py").rename(repo.path / "new.py")
    renaming = repo.commit({"new.py": LINES + "more\n"}, BO, "2024-01-02")
    repo.commit({"new.py": LINES.replace("line 2", "two") + "more\n"}, CY, "2024-01-03")
    before = followings(collected(repo.path))
    assert any(key[1:3] == (CY, ADA) for key in before)
    lose(repo, f"{renaming}~1:old.py")
    found = collected(repo.path)
    assert followings(found) <= before
    assert renaming[:12] in problems(found)["commits whose changes were not read"][1]


def test_what_was_restored_after_a_lost_version_is_nobodys(make_repo: MakeRepo) -> None:
    repo = make_repo("restored")
    repo.commit({"a.py": LINES}, ADA, "2024-01-01")
    repo.commit({"a.py": "other\n"}, BO, "2024-01-02")
    repo.commit({"a.py": LINES}, BO, "2024-01-03")
    repo.commit({"a.py": LINES.replace("line 2", "two")}, CY, "2024-01-04")
    before = followings(collected(repo.path))
    lose(repo, "HEAD~2:a.py")
    assert followings(collected(repo.path)) <= before


@pytest.mark.parametrize("what", ["{c2}:top.py", "{c2}:src/lib", "{c2}"])
def test_damaged_objects_are_as_good_as_lost_ones(whole: Whole, what: str) -> None:
    repo, made, before = whole
    name = repo.git("rev-parse", what.format(c2=made[2]))
    spoil(object_file(repo, name))
    found = collected(repo.path)
    assert followings(found) <= before
    assert any("the clone lacks" in problem for problem in problems(found))
    assert found.tables["units"].num_rows == (2 if what == "{c2}" else 5)


def test_a_damaged_pack_is_read_as_far_as_it_goes(make_repo: MakeRepo) -> None:
    repo = make_repo("packed")
    rng = random.Random(5)
    for number in range(12):
        noise = "".join(f"{rng.random()}\n" for _ in range(300))
        repo.commit({f"f{number % 3}.py": noise, f"g{number}.py": noise[:4000]}, PEOPLE[number % 3], "2024-01-01")
    before = followings(collected(repo.path))
    repo.git("repack", "-q", "-a", "-d", "-f")
    pack = next((repo.path / ".git/objects/pack").glob("*.pack"))
    spoil(pack, pack.stat().st_size * 2 // 3)
    found = collected(repo.path)
    assert found.tables["units"].num_rows == 12
    assert followings(found) <= before
    assert problems(found)["objects that the clone lacks"][0] >= 1


def test_what_cannot_be_read_at_all_is_said_in_one_line(
    whole: Whole, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo, made, _ = whole
    workspace = str(tmp_path / "w.influence")

    def said(path: Path, *more: str) -> str:
        assert cli.run(["collect", "git", str(path), *more, "--workspace", workspace]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1, error
        return error

    broken = tmp_path / "cut"
    shutil.copytree(repo.path, broken)
    pack = broken / ".git/objects"
    subprocess.run(["git", "gc", "-q"], cwd=broken, env=GIT_ENVIRONMENT, check=True)
    for file in pack.glob("pack/*.pack"):
        file.chmod(0o600)
        file.write_bytes(file.read_bytes()[:40])
    assert "missing or damaged" in said(broken)
    lose(repo, made[4])
    assert f"{made[4][:12]} is missing or damaged" in said(repo.path)
    repo.git("update-ref", "refs/heads/old", made[3])
    assert "--ref (main, old)" in said(repo.path)
    assert cli.run(["collect", "git", str(repo.path), "--ref", "old", "--workspace", workspace]) == 0
    (tmp_path / "pointer").mkdir()
    (tmp_path / "pointer/.git").write_text("gitdir: ../nowhere\n")
    assert "points to" in said(tmp_path / "pointer")
    (tmp_path / "pointer/.git").write_bytes(b"gitdir: a\x00b\n")
    assert "pointer" in said(tmp_path / "pointer")


def test_most_was_read_is_a_success_with_a_warning(
    whole: Whole, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo, made, _ = whole
    lose(repo, f"{made[2]}:src")
    workspace, page = str(tmp_path / "w.influence"), tmp_path / "page.html"
    assert cli.run(["collect", "git", str(repo.path), "--workspace", workspace]) == 0
    out, err = capsys.readouterr()
    assert "left out: 2 commits whose changes were not read" in re.sub(r"\s+", " ", out)
    assert err == ""
    assert cli.run(["report", "--workspace", workspace, "-o", str(page)]) == 0
    assert "commits whose changes were not read" in page.read_text()
    assert made[2][:12] in page.read_text()


# -- partial clones: nothing is fetched ------------------------------------------------------------------------------


@pytest.fixture
def knocked() -> Iterator[tuple[int, list[bytes]]]:
    """A port on loopback and what anybody said there."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    heard.append(peer.recv(100))

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)


def partial_clone(repo: Repo, target: Path, *options: str) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    subprocess.run(
        ["git", "clone", "-q", *options, f"file://{repo.path}", str(target)],
        check=True,
        capture_output=True,
        env=GIT_ENVIRONMENT,
    )


@pytest.mark.parametrize(
    ("options", "readable"),
    [
        (("--filter=blob:none",), True),
        (("--filter=blob:none", "--bare"), False),
        (("--filter=tree:0",), False),
        (("--filter=blob:limit=200", "--bare"), True),
    ],
)
def test_of_a_partial_clone_what_is_there_is_read_and_nothing_is_fetched(
    make_repo: MakeRepo, tmp_path: Path, knocked: tuple[int, list[bytes]], options: tuple[str, ...], readable: bool
) -> None:
    repo = make_repo("full")
    repo.commit({"src/a.py": LINES, "top.py": LINES}, ADA, "2024-02-01")
    repo.commit({"src/a.py": LINES + "more\n", "large.py": LINES * 40}, BO, "2024-02-02")
    repo.commit({"src/a.py": LINES + "less\n", "large.py": LINES * 40 + "more\n"}, CY, "2024-02-03")
    repo.commit({"src/b.py": "b\n"}, BO, "2024-02-04")
    port, heard = knocked
    clone = tmp_path / "part"
    partial_clone(repo, clone, *options)
    mark, helper = tmp_path / "ran", tmp_path / "helper.sh"
    helper.write_text(f"#!/bin/sh\ntouch {mark}\n")
    helper.chmod(0o755)
    setting = ["git", "config", "--add"]
    subprocess.run(["git", "config", "remote.origin.url", f"ext::{helper}"], cwd=clone, env=GIT_ENVIRONMENT, check=True)
    for name, url in (("http", f"http://127.0.0.1:{port}/a.git"), ("git", f"git://127.0.0.1:{port}/a.git")):
        for key, value in (("url", url), ("promisor", "true"), ("partialclonefilter", "blob:none")):
            subprocess.run([*setting, f"remote.{name}.{key}", value], cwd=clone, env=GIT_ENVIRONMENT, check=True)
    subprocess.run([*setting, "protocol.ext.allow", "always"], cwd=clone, env=GIT_ENVIRONMENT, check=True)
    if readable:
        found = collected(clone)
        assert found.tables["units"].num_rows == 4
        assert problems(found)["objects that the clone lacks"][0] > 0
        expected = {BO: ADA, CY: BO} if "--bare" in options else {}
        assert {key[1]: key[2] for key in followings(found)} == expected
    else:
        with pytest.raises(InputError, match="lacks the content of every commit"):
            collected(clone)
    assert heard == []
    assert not mark.exists()
    # The traps are some: git itself goes there.
    subprocess.run(["git", "log", "-p", "-m"], cwd=clone, env=GIT_ENVIRONMENT, capture_output=True)
    assert mark.exists()
    assert heard


def test_nobody_leads_by_what_lay_at_the_boundary_of_a_shallow_clone(whole: Whole, tmp_path: Path) -> None:
    repo, made, before = whole
    clone = tmp_path / "shallow"
    partial_clone(repo, clone, "--depth=3")
    found = collected(clone)
    assert [row["unit"] for row in found.tables["units"].to_pylist()] == made[2:]
    after = followings(found)
    assert after <= before
    # By the boundary itself nobody leads; by what came after it, as in the whole.
    assert {key[:3] for key in after} == {(made[4], CY, BO)}
    assert problems(found)["a shallow clone"][0] == 1


# -- histories that are told otherwise ---------------------------------------------------------------------------


def test_replacements_are_applied_as_git_applies_them_there(whole: Whole) -> None:
    repo, made, before = whole
    repo.git("replace", "--graft", made[3], made[1])
    found = collected(repo.path)
    assert {row["unit"] for row in found.tables["units"].to_pylist()} == {*made} - {made[2]}
    assert problems(found)["replaced objects"][0] == 1
    repo.git("config", "core.useReplaceRefs", "false")
    assert followings(collected(repo.path)) == before


def test_grafts_are_applied_as_git_applies_them_there(whole: Whole) -> None:
    repo, made, _ = whole
    info = repo.path / ".git/info"
    info.mkdir(exist_ok=True)
    (info / "grafts").write_text(f"# a remark\n{made[3]} {made[1]}\n{'0' * 40} {made[0]}\nnonsense\n")
    found = collected(repo.path)
    shown = repo.git("rev-list", "HEAD").split("\n")
    assert {row["unit"] for row in found.tables["units"].to_pylist()} == set(shown) == {*made} - {made[2]}
    assert problems(found)["grafted commits"][0] == 1
    assert problems(found)["replacements and grafts that were not applied"][0] == 1


@pytest.mark.parametrize("kind", ["circle of references", "nothing", "another kind", "own ancestor"])
def test_replacements_that_make_no_sense_are_left_out(whole: Whole, kind: str) -> None:
    repo, made, before = whole
    if kind == "circle of references":
        one, two = made[1:3]
        pairs = {one: two, two: one}
    elif kind == "nothing":
        pairs = {made[1]: "1" * 40}
    elif kind == "another kind":
        pairs = {made[1]: repo.git("rev-parse", f"{made[1]}^{{tree}}")}
    else:
        raw = repo.git("cat-file", "commit", made[0]).encode()
        head, _, rest = raw.partition(b"\n")
        text = head + b"\nparent " + made[4].encode() + b"\n" + rest + b"\n"
        made_up = subprocess.run(
            ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
            cwd=repo.path, input=text, capture_output=True, check=True, env=GIT_ENVIRONMENT,
        ).stdout.decode().strip()  # fmt: skip
        pairs = {made[0]: made_up}
    for name, value in pairs.items():
        file = repo.path / ".git/refs/replace" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(value + "\n")
    found = collected(repo.path)
    assert followings(found) == before
    if kind != "circle of references":
        assert problems(found)["replacements and grafts that were not applied"][0] == 1


def test_lists_of_commits_that_lie_are_not_believed(whole: Whole) -> None:
    repo, _, before = whole
    repo.git("commit-graph", "write", "--reachable")
    graph = repo.path / ".git/objects/info/commit-graph"
    spoil(graph, graph.stat().st_size // 2)
    repo.git("repack", "-q", "-a", "-d")
    repo.git("multi-pack-index", "write")
    assert followings(collected(repo.path)) == before


# -- where repositories lie --------------------------------------------------------------------------------------


def test_alternates_are_followed_in_a_chain_in_circles_and_to_nowhere(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo("base")
    five_commits(repo)
    before = followings(collected(repo.path))
    at = repo.path / ".git/objects"
    for number in range(8):
        odd = os.fsdecode(b'n\xff\n"') if number == 3 else f"n{number}"
        store = tmp_path / odd / "objects"
        (store / "info").mkdir(parents=True)
        target = os.path.relpath(at, store)
        line = os.fsencode(target)
        if b"\n" in line:
            line = b'"' + line.replace(b'"', b'\\"').replace(b"\n", b"\\n").replace(b"\xff", b"\\377") + b'"'
        more = b"/nowhere/objects\n" if number == 5 else b""
        (store / "info/alternates").write_bytes(b"# a remark\n" + line + b"\n" + more)
        at = store
    (repo.path / ".git/objects/info/alternates").write_text(str(at) + "\n")
    top = tmp_path / "n7"
    shutil.copytree(repo.path / ".git/refs", top / "refs")
    shutil.copy(repo.path / ".git/HEAD", top / "HEAD")
    (top / "config").write_text("[core]\n\tbare = true\n")
    found = collected(top)
    assert followings(found) == before
    assert problems(found)["folders of objects that are not there"][0] == 1


def test_separate_git_directories_submodules_and_worktrees(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo("inner")
    tip = repo.commit({"a.txt": "a\n"}, ADA, "2024-01-01")
    run = ["git", "-c", "protocol.file.allow=always"]
    subprocess.run(
        [*run, "clone", "-q", f"--separate-git-dir={tmp_path / 'elsewhere'}", str(repo.path), str(tmp_path / "apart")],
        check=True, env=GIT_ENVIRONMENT, capture_output=True,
    )  # fmt: skip
    outer = make_repo("outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repo.path), "sub")
    outer.commit({}, BO, "2024-01-02")
    outer.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    (tmp_path / "linked").symlink_to(repo.path)
    for place in (tmp_path / "apart", tmp_path / "elsewhere", outer.path / "sub", tmp_path / "linked"):
        with open_safely(place) as opened:
            assert opened.tip == tip
    with open_safely(tmp_path / "tree") as opened:
        assert opened.tip == outer.git("rev-parse", "HEAD")
        assert opened.read_file("sub") is None
    assert collected(outer.path).tables["units"].num_rows == 1


def test_pipes_and_devices_in_a_git_directory_do_not_hold_us_up(whole: Whole, tmp_path: Path) -> None:
    repo, _, before = whole
    git_dir = repo.path / ".git"
    for name in ("refs/heads/pipe", "packed-refs", "shallow", "info/grafts", "info/attributes"):
        (git_dir / name).parent.mkdir(exist_ok=True)
        (git_dir / name).unlink(missing_ok=True)
        os.mkfifo(git_dir / name)
    assert followings(collected(repo.path)) == before
    (git_dir / "objects/info").mkdir(exist_ok=True)
    for name in ("objects/info/alternates", "objects/pack/pack-1.idx"):
        os.mkfifo(git_dir / name)
        with pytest.raises(InputError, match="is a pipe or a device"):
            collected(repo.path)
        (git_dir / name).unlink()
    shutil.rmtree(git_dir / "objects/pack")
    (git_dir / "objects/pack").symlink_to("/dev/null")
    with pytest.raises(InputError, match="is a pipe or a device"):
        collected(repo.path)
    config = git_dir / "config"
    config.unlink()
    os.mkfifo(config)
    (git_dir / "objects/pack").unlink()
    assert followings(collected(repo.path)) == before


def test_references_with_impossible_names_do_not_end_the_reading(whole: Whole) -> None:
    repo, made, before = whole
    names = ["refs/heads/a..b", "refs/heads/x.lock", "refs/heads/.dot", "refs/heads/a//b", "refs/heads/q@{1}",
             "refs/heads/end/", "refs/../HEAD", "refs/heads/\u2603", "refs/heads/\udcff", "HEAD"]  # fmt: skip
    text = "".join(f"{made[0]} {name}\n" for name in names) + "junk\n" + f"{made[1][:20]} refs/heads/short\n"
    (repo.path / ".git/packed-refs").write_text(text, "utf-8", "surrogateescape")
    assert followings(collected(repo.path)) == before
    for ref in ("\u2603", "\udcff"):
        with open_safely(repo.path, ref) as opened:
            assert opened.tip == made[0]


def test_symbolic_references_are_followed_but_not_in_circles(whole: Whole) -> None:
    repo, made, _ = whole
    heads = repo.path / ".git/refs/heads"
    (heads / "alias").write_text("ref: refs/heads/main\n")
    (heads / "one").write_text("ref: refs/heads/two\n")
    (heads / "two").write_text("ref: refs/heads/one\n")
    with open_safely(repo.path, "alias") as opened:
        assert opened.tip == made[4]
    with pytest.raises(InputError, match="no branch"), open_safely(repo.path, "one"):
        pass


# -- anything at all -----------------------------------------------------------------------------------------------


def a_history(repo: Repo, rng: random.Random) -> None:
    files = ["a.py", "src/b.py", "src/lib/c.py"]
    for number in range(9):
        name = rng.choice(files)
        path = repo.path / name
        lines = path.read_text().splitlines(True) if path.exists() else [f"{name} {n}\n" for n in range(6)]
        lines[rng.randrange(len(lines))] = f"{number}\n"
        repo.commit({name: "".join(lines)}, rng.choice(PEOPLE), f"2024-01-{1 + number:02d}")
        if number == 3:
            repo.git("checkout", "-q", "-b", "side", "HEAD~2")
        if number == 5:
            repo.git("checkout", "-q", "main")
            merging = ("-c", "user.name=Dee", "-c", "user.email=d@x", "merge", "-q", "-X", "ours", "--no-edit", "side")
            repo.git(*merging)


def lose_some(tmp_path_factory: pytest.TempPathFactory, seed: int, data: st.DataObject) -> None:
    """Lose or spoil some objects of one of three histories: whatever is read of it then was in the whole one."""
    place = tmp_path_factory.getbasetemp() / f"history-{seed}"
    if not place.exists():
        a_history(Repo(place), random.Random(seed))
    before = followings(collected(place))
    copy = tmp_path_factory.mktemp("lost") / "copy"
    shutil.copytree(place, copy)
    objects = sorted(path for path in (copy / ".git/objects").glob("??/*"))
    for index in data.draw(st.lists(st.integers(0, len(objects) - 1), min_size=1, max_size=4, unique=True)):
        if data.draw(st.booleans()):
            objects[index].unlink()
        else:
            size = objects[index].stat().st_size
            spoil(objects[index], data.draw(st.integers(0, size - 1)))
    try:
        found = collected(copy)
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert followings(found) <= before
    assert found.harvest.problems


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_lost_or_damaged_nothing_is_invented(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    lose_some(tmp_path_factory, 0, data)


@pytest.mark.soak
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2), data=st.data())
def test_whatever_is_lost_or_damaged_nothing_is_invented_at_length(
    tmp_path_factory: pytest.TempPathFactory, seed: int, data: st.DataObject
) -> None:
    lose_some(tmp_path_factory, seed, data)
