"""The workspace file: transactions, versions, locks between processes, opt-out, kills."""

from __future__ import annotations

import datetime as dt
import os
import random
import stat
import subprocess
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import duckdb
import pytest

from influence.errors import InputError, WorkspaceError
from influence.schema import SCHEMA_VERSION, TABLES, Checkpoint, Harvest
from influence.workspace import Workspace
from tests.processes import talking

MOMENT = dt.datetime(2024, 5, 1)
ANA, BO = "Ana <ana@x.example>", "Bo <bo@x.example>"


def checkpoint(source: str = "git:one", size: int = 3, **harvest: Any) -> Checkpoint:
    """`size` signals of Bo following Ana, one definition by Ana."""
    common = {"source": source, "repository": "r", "time": MOMENT, "visible": MOMENT}
    signals = [
        {**common, "unit": f"u{i}", "kind": "builds_on", "how": "replaced", "follower": BO, "leader": ANA, "amount": i}
        for i in range(size)
    ]
    names = [{**common, "unit": "u0", "name": "ring_builder", "identity": ANA, "path": "ring.py"}]
    people = [
        {"source": source, "key": ANA, "display": "Ana", "email": "ana@x.example"},
        {"source": source, "key": BO, "display": "Bo", "email": "bo@x.example"},
    ]
    tables: dict[str, list[dict[str, Any]]] = {"signals": signals, "names": names, "identities": people}
    return Checkpoint(
        Harvest(source, "r", "one", "/somewhere", "git", **harvest),
        {name: TABLES[name].batch(rows) for name, rows in tables.items()},
    )


def contents(workspace: Workspace, table: str = "signals") -> list[tuple[Any, ...]]:
    with workspace.read() as connection:
        return sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)


def test_a_second_harvest_replaces_the_first(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint(size=5))
    workspace.commit(checkpoint("git:two", size=2))
    workspace.commit(checkpoint(size=3))
    assert len(contents(workspace)) == 5
    assert list(workspace.harvests()["source"]) == ["git:one", "git:two"]


def test_what_is_kept_comes_back_as_it_was_however_much(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    for size in (5 << 19, 3, 0):
        one = checkpoint()
        one.kept = random.Random(size).randbytes(size)
        workspace.commit(one)
        assert workspace.kept("git:one") == (one.kept or None)
    workspace.commit(checkpoint())
    assert workspace.kept("git:one") is None


def test_named_units_are_replaced_and_the_others_stay(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint(size=4))
    part = checkpoint(size=1)
    part.units = frozenset({"u0", "u1"})
    del part.tables["identities"]
    workspace.commit(part)
    assert sorted(row[2] for row in contents(workspace)) == ["u0", "u2", "u3"]


def test_the_same_fact_from_two_clones_has_one_id(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint("git:one"))
    workspace.commit(checkpoint("git:two"))
    ids = [row[TABLES["signals"].names.index("id")] for row in contents(workspace)]
    assert len(ids) == 6
    assert len(set(ids)) == 3


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    before = os.umask(0o022)
    os.umask(before)
    workspace.commit(checkpoint())
    assert stat.S_IMODE((tmp_path / "w.duckdb").stat().st_mode) == 0o600
    after = os.umask(before)
    assert after == before


def test_removing_a_source_removes_its_rows_everywhere(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint("git:one"))
    workspace.commit(checkpoint("git:two"))
    assert workspace.remove("git:one") == 3 + 1 + 2 + 1
    with workspace.read() as connection:
        for name in TABLES:
            assert connection.execute(f"SELECT count(*) FROM {name} WHERE source = 'git:one'").fetchall() == [(0,)]
    with pytest.raises(InputError, match="git:two"):
        workspace.remove("git:one")


def test_an_opt_out_outlives_the_next_collect(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint())
    assert workspace.opt_out([ANA]) == 3 + 1 + 1
    for _ in range(2):
        assert contents(workspace) == []
        names = contents(workspace, "names")
        assert [row[TABLES["names"].names.index("identity")] for row in names] == [None]
        assert [row[1] for row in contents(workspace, "identities")] == [BO]
        workspace.commit(checkpoint())


def test_an_opt_out_knows_the_address_under_another_name(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint())
    workspace.opt_out([ANA])
    later = checkpoint("git:two")
    renamed = [
        {"source": "git:two", "key": "A. N. A. <ANA@x.example>", "display": "A. N. A.", "email": "ANA@x.example"}
    ]
    later.tables["identities"] = TABLES["identities"].batch(renamed)
    workspace.commit(later)
    assert [row[1] for row in contents(workspace, "identities")] == [BO]


def test_the_opt_out_list_names_nobody(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint())
    workspace.opt_out([ANA])
    with workspace.read() as connection:
        for (mark,) in connection.execute("SELECT hash FROM opt_outs").fetchall():
            assert len(mark) == 64
            assert "ana" not in mark


def test_no_workspace_no_folder_no_database(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no workspace"), Workspace(tmp_path / "none.duckdb").read():
        pass
    with pytest.raises(WorkspaceError, match="no folder"):
        Workspace(tmp_path / "none" / "w.duckdb").commit(checkpoint())
    (tmp_path / "text").write_text("hello, this is no database at all\n" * 400)
    with pytest.raises(WorkspaceError, match="no workspace"), Workspace(tmp_path / "text").read():
        pass
    with pytest.raises(WorkspaceError), Workspace(tmp_path).read():
        pass
    with duckdb.connect(str(tmp_path / "other.duckdb")) as connection:
        connection.execute("CREATE TABLE mine (x INTEGER)")
    with pytest.raises(WorkspaceError, match="no workspace of this tool"), Workspace(tmp_path / "other.duckdb").read():
        pass


def test_a_newer_workspace_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint())
    with duckdb.connect(str(workspace.path)) as connection:
        connection.execute("UPDATE workspace SET schema_version = ?", [SCHEMA_VERSION + 1])
    before = workspace.path.read_bytes()
    with pytest.raises(WorkspaceError, match="newer version"):
        workspace.commit(checkpoint("git:two"))
    with pytest.raises(WorkspaceError, match="newer version"), workspace.read():
        pass
    assert workspace.path.read_bytes() == before


def test_an_older_workspace_is_brought_up_to_date_when_it_is_read(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint())
    rows = contents(workspace)
    with duckdb.connect(str(workspace.path)) as connection:
        connection.execute("ALTER TABLE names DROP COLUMN family")
        connection.execute("ALTER TABLE uses DROP COLUMN reached")
        connection.execute("UPDATE workspace SET schema_version = 1")
    with workspace.read() as connection:
        for table in TABLES.values():
            assert tuple(connection.table(table.name).columns) == table.names
    assert contents(workspace) == rows


@pytest.mark.parametrize("read_only", [True, False])
def test_the_file_is_opened_once_for_what_is_done_in_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_only: bool
) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    with workspace.at_once():
        workspace.commit(checkpoint(size=2))
    before = contents(workspace)
    opened = []
    connect = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda *given, **more: opened.append(given) or connect(*given, **more))
    with workspace.at_once(read_only):
        assert contents(workspace) == before
        if not read_only:
            broken = checkpoint(size=9)
            broken.tables["uses"] = broken.tables["names"].drop_columns(["share"])
            with pytest.raises(duckdb.Error):
                workspace.commit(broken)
            assert contents(workspace) == before
            workspace.commit(checkpoint(size=3))
        assert len(workspace.sources("git")) == 1
    assert len(opened) == 1
    assert len(contents(workspace)) == len(before) + (0 if read_only else 1)
    assert len(opened) == 2
    with connect(str(workspace.path)) as connection:
        connection.execute("UPDATE workspace SET schema_version = 1")
        connection.execute("ALTER TABLE names DROP COLUMN family")
    with workspace.at_once(read_only):
        assert len(contents(workspace, "names")) > 0


def test_a_failing_commit_leaves_the_last_state(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint(size=2))
    before = contents(workspace)
    broken = checkpoint(size=9)
    broken.tables["uses"] = broken.tables["names"].drop_columns(["share"])
    with pytest.raises(duckdb.Error):
        workspace.commit(broken)
    assert contents(workspace) == before


def test_a_failing_first_commit_leaves_no_file(tmp_path: Path) -> None:
    broken = checkpoint()
    broken.tables["uses"] = broken.tables["names"].drop_columns(["share"])
    with pytest.raises(duckdb.Error):
        Workspace(tmp_path / "w.duckdb").commit(broken)
    assert list(tmp_path.iterdir()) == []


def hold(path: Path, told: Connection) -> None:
    """Read until somebody says that it is enough."""
    with Workspace(path).read():
        told.send("open")
        told.recv()


def write(path: Path, commits: int, told: Connection) -> None:
    """Commit so often, and tell the number of each."""
    workspace = Workspace(path)
    told.send("ready")
    for number in range(commits):
        workspace.commit(checkpoint(size=1 + number % 7, counts={"number": number}))
        told.send(number)


def test_a_writer_waits_for_a_reader_in_another_process_then_says_who(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb", patience=0.4)
    workspace.commit(checkpoint())
    with talking(hold, workspace.path) as (holder, reading):
        assert reading.recv() == "open"
        with pytest.raises(WorkspaceError, match=f"process {holder.pid}"):
            workspace.commit(checkpoint("git:two"))
        patient = Workspace(workspace.path, patience=20)
        with talking(write, workspace.path, 1) as (_, writing):
            assert writing.recv() == "ready"
            assert not writing.poll(0.3)
            reading.send("enough")
            assert writing.recv() == 0
        patient.commit(checkpoint("git:two"))
    assert len(workspace.harvests()) == 2


def test_readers_and_a_writer_take_turns(tmp_path: Path) -> None:
    """An idle notebook holds nothing; one that reads in a loop and a collect that commits in a loop both get on."""
    workspace = Workspace(tmp_path / "w.duckdb", patience=30)
    workspace.commit(checkpoint())
    with talking(write, workspace.path, 8) as (writer, _):
        reads = 0
        while writer.is_alive():
            rows = contents(workspace)
            assert len(rows) in range(1, 8)
            reads += 1
            time.sleep(0.02)
        assert writer.exitcode == 0
    assert reads > 1


def kill_the_first_writer(tmp_path: Path, times: int) -> None:
    """Killed while the file is made: the next one finds none, or a whole one."""
    chance = random.Random(11)
    for number in range(times):
        workspace = Workspace(tmp_path / f"{number}.duckdb")
        with talking(write, workspace.path, 1) as (writer, writing):
            writing.recv()
            time.sleep(chance.uniform(0.0, 0.06))
            writer.kill()
        workspace.commit(checkpoint())
        assert len(contents(workspace)) == 3


def kill_at_random(tmp_path: Path, times: int) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint(size=1))
    chance = random.Random(7)
    for _ in range(times):
        told: list[int] = []
        with talking(write, workspace.path, 100_000) as (writer, writing):
            writing.recv()
            time.sleep(chance.uniform(0.0, 0.15))
            writer.kill()
            with suppress(EOFError, OSError):
                while True:
                    told.append(writing.recv())
        last = max(told, default=None)
        counts = workspace.harvests()["counts"][0]
        number = int(counts.split(":")[1].strip(" }")) if "number" in counts else None
        if last is not None:
            # What was reported as committed is there; at most the commit under way may be there beyond it.
            assert number in (last, last + 1)
        if number is not None:
            assert len(contents(workspace)) == 1 + number % 7


def test_kill_leaves_the_last_committed_state(tmp_path: Path) -> None:
    kill_at_random(tmp_path, 5)
    kill_the_first_writer(tmp_path, 5)


@pytest.mark.soak
def test_a_hundred_kills_leave_the_last_committed_state(tmp_path: Path) -> None:
    kill_at_random(tmp_path, 100)
    kill_the_first_writer(tmp_path, 100)


def test_a_full_disk_is_said_plainly_and_nothing_is_lost(tmp_path: Path) -> None:
    """A real small file system that is really full (needs root and Linux; elsewhere nothing can be shown)."""
    mount = tmp_path / "small"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(mount)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no small file system can be mounted here")
    try:
        workspace = Workspace(mount / "w.duckdb")
        workspace.commit(checkpoint(size=2))
        before = contents(workspace)
        filler = mount / "filler"
        with pytest.raises(OSError), filler.open("wb", buffering=0) as stream:
            while True:
                stream.write(os.urandom(1 << 16))
        with pytest.raises(WorkspaceError, match="no room"):
            workspace.commit(checkpoint("git:two", size=60_000))
        filler.unlink()
        assert contents(workspace) == before
    finally:
        subprocess.run(["umount", str(mount)], check=False)
