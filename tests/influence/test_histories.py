"""Many repositories: found or listed, read side by side, whatever fails or is killed meanwhile."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import pytest

import influence
from connectors.git import GitConnector
from influence import cli, doors
from influence.errors import InputError
from influence.schema import TABLES
from influence.workspace import Workspace
from tests.conftest import Repo, write_team_history

ROOT = Path(__file__).resolve().parents[2]
ADA, BO = "Ada <ada@example.org>", "Bo <bo@example.org>"


def small(path: Path, number: int = 0) -> Repo:
    repo = Repo(path)
    repo.commit({"a.py": f"def ring_{number}():\n    pass\n", "lib/b.txt": "b\n"}, ADA, "2024-01-01")
    repo.commit({"a.py": f"def ring_{number}():\n    return {number}\n", "lib/b.txt": "c\n"}, BO, "2024-01-02")
    return repo


def rows(workspace: Workspace) -> dict[str, list[str]]:
    with workspace.read() as connection:
        return {
            name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}").fetchall()))
            for name in TABLES
            if name != "harvests"
        }


def test_what_fails_does_not_stop_the_rest(tmp_path: Path, capsys) -> None:
    root = tmp_path / "root"
    for number, name in enumerate(("one", "deep/er/two")):
        small(root / name, number)
    Repo(root / "empty")
    (root / "broken/.git").mkdir(parents=True)
    damaged = small(root / "damaged")
    for pack in (damaged.path / ".git/objects").glob("??/*"):
        pack.chmod(0o600)
        pack.write_bytes(b"")
    workspace = tmp_path / "w.duckdb"
    assert cli.run(["collect", "git", str(root), "--jobs", "1", "-w", str(workspace)]) == 0
    out, err = capsys.readouterr()
    assert err == "influence: 3 of 5 repositories could not be read\n"
    lines = {line.split()[0]: line.split(maxsplit=1)[1] for line in out.splitlines()[1:]}
    assert out.splitlines()[0].split() == ["repository", "commits", "left", "out", "seconds", "outcome"]
    assert [lines[name].split()[0::3] for name in ("git:one", "git:two")] == [["2", "ok"]] * 2
    assert "empty has no commits" in lines["empty"]
    assert "not a git repository" in lines["broken"]
    assert "failed: " in lines["damaged"]
    assert set(Workspace(workspace).harvests()["source"]) == {"git:one", "git:two", "owners:one", "owners:two"}
    # As each of them alone.
    alone = Workspace(tmp_path / "alone.duckdb")
    for name in ("one", "deep/er/two"):
        doors.collect_git([root / name], alone)
    assert rows(Workspace(workspace)) == rows(alone)


def test_nothing_that_can_be_read_is_exit_2(tmp_path: Path, capsys) -> None:
    for name in ("one", "two"):
        Repo(tmp_path / "root" / name)
    workspace = tmp_path / "w.duckdb"
    assert cli.run(["collect", "git", str(tmp_path / "root"), "-w", str(workspace)]) == 2
    assert capsys.readouterr().err.startswith("influence: none of 2 repositories could be read; ")
    (tmp_path / "nothing").mkdir()
    assert cli.run(["collect", "git", str(tmp_path / "nothing"), "-w", str(workspace)]) == 2
    assert "there is none below it" in capsys.readouterr().err
    assert not workspace.exists()


def test_a_wrong_list_is_seen_before_anything_is_read(tmp_path: Path, capsys) -> None:
    small(tmp_path / "one")
    (tmp_path / "r.toml").write_text('[[repository]]\npath = "one"\nnmae = "x"\n')
    wanted = ["collect", "git", "--config", str(tmp_path / "r.toml"), "-w", str(tmp_path / "w.duckdb")]
    assert cli.run(wanted) == 2
    assert "nobody knows the key 'nmae'" in capsys.readouterr().err
    assert not (tmp_path / "w.duckdb").exists()


def test_what_a_list_says_of_each(tmp_path: Path) -> None:
    repo = small(tmp_path / "one")
    repo.git("checkout", "-q", "-b", "side")
    ignored = repo.commit({"a.py": "def ring_0():\n    return 'side'\n"}, ADA, "2024-02-01")
    repo.git("checkout", "-q", "main")
    small(tmp_path / "two", 2)
    (tmp_path / "ignored").write_text(ignored + "\n")
    (tmp_path / "rules").write_text("lib/\n")
    (tmp_path / "r.toml").write_text(
        '[defaults]\nrules = "rules"\n[[repository]]\npath = "one"\nname = "Store"\nref = "side"\nall = true\n'
        'ignore_revs = "ignored"\nurl = "https://forge.example.org/acme/store"\nareas = ["lib"]\n'
        '[[repository]]\npath = "two"\nsince = 2024-01-02\n[[repository]]\npath = "gone"\n'
    )
    with pytest.warns(UserWarning, match="gone was not read: there is no folder"):
        workspace = influence.collect((), tmp_path / "w.duckdb", config=tmp_path / "r.toml", processes=1)
    harvests = workspace.harvests().set_index("source")
    store = harvests.loc["git:Store"]
    assert (store["label"], store["url"]) == ("Store", "https://forge.example.org/acme/store")
    assert store["tip"] == ignored
    options = json.loads(store["options"])
    assert (options["ref"], options["all"], options["areas"]) == ("side", True, ["lib"])
    assert options["ignore_revs"] == ignored + "\n"
    assert json.loads(harvests.loc["git:two", "options"])["since"] == "2024-01-02"
    assert json.loads(harvests.loc["git:two", "counts"])["commits"] == 1
    with workspace.read() as connection:
        paths = connection.execute("SELECT DISTINCT path FROM signals").fetchall()
    assert paths == [("a.py",)]
    # A place that was read before keeps its name.
    with warnings.catch_warnings(action="ignore"):
        influence.collect((), workspace, config=tmp_path / "r.toml", processes=1)
    assert set(workspace.harvests()["source"]) == {"git:Store", "owners:Store", "git:two", "owners:two"}


def test_areas_are_those_that_were_said(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "team")
    write_team_history(repo)
    (tmp_path / "r.toml").write_text('[[repository]]\npath = "team"\nareas = ["store", "app"]\n')
    workspace = influence.collect((), tmp_path / "w.duckdb", config=tmp_path / "r.toml")
    areas = influence.analyse(workspace).areas
    identity = repo.git("rev-list", "--max-parents=0", "HEAD")
    assert [areas.of(identity, each) for each in ("store/inner", "app", "notes", "")] == [
        "store", "app", "top level", "top level",
    ]  # fmt: skip


def test_progress_says_how_many_of_how_many(tmp_path: Path) -> None:
    for number in range(3):
        small(tmp_path / "root" / str(number), number)
    told: list[tuple[str, int, int | None]] = []
    read = doors.collect_git(
        [tmp_path / "root"], Workspace(tmp_path / "w.duckdb"), processes=1, progress=lambda *each: told.append(each)
    )
    assert told == [("reading repositories", number, 3) for number in range(4)]
    assert all(each.seconds > 0 and each.problem is None for each in read)


def test_large_ones_are_read_alone_and_the_same(tmp_path: Path, monkeypatch) -> None:
    from influence import histories

    for number in range(2):
        small(tmp_path / "root" / str(number), number)
    apart = Workspace(tmp_path / "apart.duckdb")
    for number in range(2):
        doors.collect_git([tmp_path / "root" / str(number)], apart)
    runs: list[int] = []
    real = histories.side_by_side.run
    monkeypatch.setattr(histories, "LARGE", 1)
    monkeypatch.setattr(histories.side_by_side, "run", lambda *each: runs.append(each[2]) or real(*each))
    alone = Workspace(tmp_path / "alone.duckdb")
    doors.collect_git([tmp_path / "root"], alone, processes=2)
    assert runs == [1]
    assert rows(alone) == rows(apart)


def test_pages_join_by_the_address_in_the_list(tmp_path: Path) -> None:
    """Reviews of a repository whose clone has no remote: the list says whose they are."""
    repo = small(tmp_path / "one")
    folder = tmp_path / "backup/pulls"
    folder.mkdir(parents=True)
    page = {"number": 1, "html_url": "https://github.com/acme/store/pull/1", "user": {"login": "ann"}}
    review = {"event": "reviewed", "user": {"login": "bo"}, "state": "APPROVED", "body": "The lock is right."}
    value = {
        "pull": {**page, "created_at": "2024-01-01T00:00:00Z"},
        "events": [{**review, "submitted_at": "2024-01-02T00:00:00Z"}],
    }
    (folder / "1.json").write_text(json.dumps(value))
    (tmp_path / "r.toml").write_text('[[repository]]\npath = "one"\nurl = "https://github.com/acme/store"\n')
    workspace = Workspace(tmp_path / "w.duckdb")
    doors.collect_review([folder.parent], workspace)
    doors.collect_git([], workspace, config=tmp_path / "r.toml")
    assert set(workspace.harvests()["repository"]) == {repo.git("rev-list", "--max-parents=0", "HEAD")}


# -- killed ----------------------------------------------------------------------------------------------------------


def killed(tmp_path: Path, kills: int, repositories: int) -> None:
    """Kill a collect that often, at any time, and let it end: all is as if it had never been killed."""
    choose = random.Random(kills)
    root = tmp_path / "root"
    for number in range(repositories):
        small(root / f"r{number}", number)
    workspace = tmp_path / "w.duckdb"
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    command = [sys.executable, "-m", "influence", "collect", "git", str(root), "-w", str(workspace)]
    environment: dict[str, Any] = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    seen = 0
    for _ in range(kills):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Not before something happens, whatever else the machine does: the next one is kept, or a moment has passed.
        until = time.monotonic() + choose.choice((0.3, 1.0, 3.0))
        size = workspace.stat().st_size if workspace.exists() else 0
        while time.monotonic() < until or choose.random() < 0.5:
            if process.poll() is not None or (workspace.exists() and workspace.stat().st_size != size):
                break
            time.sleep(0.05)
        process.kill()
        process.wait()
        now = len(Workspace(workspace).harvests()) if workspace.exists() else 0
        assert now >= seen
        seen = now
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    fresh = Workspace(tmp_path / "fresh.duckdb")
    doors.collect_git([root], fresh, processes=1)
    assert rows(Workspace(workspace)) == rows(fresh)
    assert not list(temporary.glob("influence-side-by-side-*"))


def test_killed_three_times_it_goes_on_where_it_was(tmp_path: Path) -> None:
    killed(tmp_path, 3, 3)


@pytest.mark.soak
def test_killed_a_hundred_times_it_goes_on_where_it_was(tmp_path: Path) -> None:
    killed(tmp_path, 100, 30)


def test_what_was_read_costs_little_the_next_time(tmp_path: Path, monkeypatch) -> None:
    root = tmp_path / "root"
    for number in range(2):
        small(root / str(number), number)
    workspace = Workspace(tmp_path / "w.duckdb")
    doors.collect_git([root], workspace, processes=1)
    small(root / "new", 9)
    kept = {name: workspace.kept(f"git:{name}") for name in ("0", "1", "new")}
    assert None not in (kept["0"], kept["1"])
    assert kept["new"] is None
    assert next(GitConnector(root / "0", source="git:0", kept=kept["0"]).checkpoints()).units == set()
    doors.collect_git([root], workspace, processes=1)
    assert workspace.kept("git:new") is not None


def test_what_takes_long_to_load_is_not_loaded(tmp_path: Path) -> None:
    small(tmp_path / "one")
    heavy = ("pandas", "pyarrow.parquet", "scipy", "rich", "yaml")
    script = (
        "import atexit, sys; from influence.cli import main; "
        f"atexit.register(lambda: print('loaded', [name for name in {heavy!r} if name in sys.modules])); main()"
    )
    command = [sys.executable, "-c", script, "collect", "git", str(tmp_path / "one"), "-w", str(tmp_path / "w.duckdb")]
    for _ in range(2):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "loaded []"


def test_named_ones_must_be_there(tmp_path: Path) -> None:
    small(tmp_path / "one")
    with pytest.raises(InputError, match="there is no folder"):
        doors.collect_git([tmp_path / "one", tmp_path / "two"], Workspace(tmp_path / "w.duckdb"))
    assert not (tmp_path / "w.duckdb").exists()
