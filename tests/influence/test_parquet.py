"""A workspace as Parquet files and back: equal, whole or not at all, and nothing hostile is taken in."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import hypothesis.strategies as st
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from influence import cli, doors
from influence.errors import InputError, WorkspaceError
from influence.schema import SCHEMA_VERSION, TABLES, Checkpoint, Harvest
from influence.simulate import Simulated
from influence.workspace import Workspace
from tests.influence.test_workspace import ANA, BO, checkpoint

ROOT = Path(__file__).parents[2]


def everything(workspace: Workspace) -> dict[str, list[Any]]:
    """Every table that the file has, whatever made it, but what readings leave to the next: columns, types, rows."""
    with workspace.read() as connection:
        tables = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        tables.remove("kept")
        assert set(TABLES) < set(tables)
        return {
            name: connection.execute(f"DESCRIBE {name}").fetchall()
            + sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in tables
        }


# -- there and back --------------------------------------------------------------------------------------------------

KEYS = st.sampled_from([ANA, BO, "login:cy", "email:di@x.example", "Ümit \N{PILE OF POO}<u@x>"]) | st.text(max_size=9)
CELLS = {
    "text": st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    "real": st.floats(allow_nan=False),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "time": st.datetimes(),
    "texts": st.lists(st.none() | st.text(max_size=5), max_size=3),
}


@st.composite
def checkpoints(draw: Callable[..., Any], source: str) -> Checkpoint:
    tables = {}
    for name, table in TABLES.items():
        if name == "harvests":
            continue
        row = st.fixed_dictionaries(
            {
                column.name: st.just(source)
                if column.name == "source"
                else st.none() | (KEYS if column.name in table.identities else CELLS[column.type])
                for column in table.columns
            }
        )
        tables[name] = table.batch(draw(st.lists(row, max_size=3)))
    problems = draw(st.lists(st.tuples(CELLS["text"], st.integers(0, 9), CELLS["text"]), max_size=2))
    return Checkpoint(
        Harvest(source, draw(st.none() | st.text(max_size=4)), "x", "/x", "git", problems=problems), tables
    )


def there_and_back(folder: Path, first: Checkpoint, second: Checkpoint, leaving: list[str]) -> None:
    workspace = Workspace(folder / "w.duckdb")
    workspace.commit(first)
    workspace.opt_out(leaving)
    workspace.commit(second)
    rows = workspace.to_parquet(folder / "out")
    again = Workspace(folder / "again.duckdb")
    assert again.from_parquet(folder / "out") == ["chart:it's two", "git:one"]
    found = everything(again)
    assert found == everything(workspace)
    assert all(rows[name] == len(found[name]) - len(table.columns) for name, table in TABLES.items())


GIVEN = given(checkpoints("git:one"), checkpoints("chart:it's two"), st.lists(KEYS, max_size=2))
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=3, suppress_health_check=SLOW)
@GIVEN
def test_what_comes_back_is_equal(tmp_path_factory: Any, first: Checkpoint, second: Any, leaving: list[str]) -> None:
    there_and_back(tmp_path_factory.mktemp("it's a [new] *"), first, second, leaving)


@pytest.mark.soak
@settings(max_examples=300, suppress_health_check=SLOW)
@GIVEN
def test_many_come_back_equal(tmp_path_factory: Any, first: Checkpoint, second: Any, leaving: list[str]) -> None:
    there_and_back(tmp_path_factory.mktemp("it's a [new] *"), first, second, leaving)


def test_the_demo_organisation_comes_back_and_others_read_it(
    northwind: Simulated, northwind_workspace: Workspace, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    shutil.copy(northwind_workspace.path, workspace.path)
    doors.collect_review([northwind.reviews], workspace)
    out = tmp_path / "out"
    assert cli.run(["export", str(out), "-w", str(workspace.path)]) == 0
    assert cli.run(["import", str(out), "-w", str(tmp_path / "again.duckdb")]) == 0
    assert everything(Workspace(tmp_path / "again.duckdb")) == everything(workspace)
    # Readable by its owner only.
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in out.iterdir()} == {0o600}
    # pandas and DuckDB read the files without us.
    with workspace.read() as connection:
        for name, table in TABLES.items():
            expected = connection.execute(f"SELECT * FROM {name}").fetchall()
            assert duckdb.sql(f"FROM '{out / name}.parquet'").fetchall() == expected
            frame = pd.read_parquet(out / f"{name}.parquet")
            assert tuple(frame.columns) == table.names
            assert len(frame) == len(expected)
            for column in table.columns:
                if column.type == "time" and len(frame):
                    assert frame[column.name].dt.tz is None
                    times = connection.execute(f"SELECT max({column.name}) FROM {name}").fetchall()[0][0]
                    assert times is None or frame[column.name].max() == times


def test_an_older_version_comes_back_and_what_it_did_not_know_is_null(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint())
    workspace.to_parquet(out := tmp_path / "out")
    table(out, "signals", lambda t: t.drop_columns(["leader_via"]))
    rows = json.loads((out / "workspace.json").read_text())["tables"]
    del rows["recognitions"]
    (out / "recognitions.parquet").unlink()
    manifest(out, schema_version=SCHEMA_VERSION - 1, tables=rows)
    again = Workspace(tmp_path / "again.duckdb")
    again.from_parquet(out)
    assert everything(again) == everything(workspace)


def test_what_the_file_says_of_its_own_version_does_not_make_it_newer(pristine: Path, tmp_path: Path) -> None:
    shutil.copytree(pristine / "out", tmp_path / "out")
    table(tmp_path / "out", "workspace", cell("schema_version", [10**12]))
    again = Workspace(tmp_path / "again.duckdb")
    again.from_parquet(tmp_path / "out")
    assert everything(again) == everything(Workspace(pristine / "w.duckdb"))


# -- into a workspace that has something already -----------------------------------------------------------------------


def test_sources_that_come_replace_and_the_others_stay(tmp_path: Path) -> None:
    here, there = Workspace(tmp_path / "here.duckdb"), Workspace(tmp_path / "there.duckdb")
    here.commit(checkpoint("git:one", size=5))
    here.commit(checkpoint("git:mine", size=2))
    there.commit(checkpoint("git:one", size=3))
    there.commit(checkpoint("git:two", size=1))
    there.to_parquet(tmp_path / "out")
    for _ in range(2):
        assert here.from_parquet(tmp_path / "out") == ["git:one", "git:two"]
        with here.read() as connection:
            counts = connection.execute("SELECT source, count(*) FROM signals GROUP BY 1 ORDER BY 1").fetchall()
        assert counts == [("git:mine", 2), ("git:one", 3), ("git:two", 1)]
        assert list(here.harvests()["source"]) == ["git:mine", "git:one", "git:two"]


def names_anybody(workspace: Workspace, key: str) -> bool:
    return any(key in repr(rows) for rows in everything(workspace).values())


def test_whoever_left_either_workspace_is_in_neither_s_rows_and_does_not_come_back(tmp_path: Path) -> None:
    here, there = Workspace(tmp_path / "here.duckdb"), Workspace(tmp_path / "there.duckdb")
    here.commit(checkpoint("git:mine"))
    there.commit(checkpoint("git:two"))
    here.opt_out([ANA])
    there.opt_out([BO])
    assert names_anybody(here, BO)
    assert names_anybody(there, ANA)
    there.to_parquet(tmp_path / "out")
    here.from_parquet(tmp_path / "out")
    for _ in range(2):
        assert not names_anybody(here, ANA)
        assert not names_anybody(here, BO)
        here.commit(checkpoint("git:two"))
        here.commit(checkpoint("git:mine"))
    # And so it is in what is exported from here.
    here.to_parquet(tmp_path / "both")
    last = Workspace(tmp_path / "last.duckdb")
    last.from_parquet(tmp_path / "both")
    last.commit(checkpoint("git:three"))
    assert not names_anybody(last, ANA)
    assert not names_anybody(last, BO)


# -- whole or not at all -----------------------------------------------------------------------------------------------

EXPORT = """
import sys
from pathlib import Path
from influence.workspace import Workspace
print("ready", flush=True)
Workspace(sys.argv[1]).to_parquet(sys.argv[2])
print("done", flush=True)
"""
IMPORT = """
import sys
from influence.workspace import Workspace
print("ready", flush=True)
Workspace(sys.argv[1]).from_parquet(sys.argv[2])
"""


def run(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def kill(tmp_path: Path, times: int) -> None:
    chance = random.Random(3)
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint(size=20_000))
    target = Workspace(tmp_path / "target.duckdb")
    target.commit(checkpoint("git:mine", size=2))
    (whole := tmp_path / "whole").parent.mkdir(exist_ok=True)
    workspace.to_parquet(whole)
    ways = ((EXPORT, 0.15), (IMPORT, 0.4))
    for number in range(times):
        code, longest = ways[number % 2]
        arguments = (workspace.path, tmp_path / f"out{number}") if code is EXPORT else (target.path, whole)
        with run(code, *arguments) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, longest))
            process.send_signal(signal.SIGKILL)
        assert list(target.harvests()["source"]) in (["git:mine"], ["git:mine", "git:one"])
        with target.read() as connection:
            assert connection.execute("SELECT count(*) FROM signals").fetchall() in ([(2,)], [(20_002,)])
    for folder in tmp_path.iterdir():
        if folder.is_dir() and (folder / "workspace.json").exists():
            assert Workspace(tmp_path / f"{folder.name}.duckdb").from_parquet(folder) == ["git:one"]
        elif folder.is_dir():
            # What a kill left is under a name of its own, and no export.
            assert folder.name.endswith(".new")
            with pytest.raises(InputError, match="no whole export"):
                target.from_parquet(folder)


def test_a_kill_leaves_no_half_of_an_export_and_no_half_of_an_import(tmp_path: Path) -> None:
    kill(tmp_path, 2)


@pytest.mark.soak
def test_a_hundred_kills_leave_no_half(tmp_path: Path) -> None:
    kill(tmp_path, 100)


def test_an_export_overwrites_nothing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(checkpoint())
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("full", "file", "link"):
        with pytest.raises(InputError, match="something at"):
            workspace.to_parquet(tmp_path / name)
    with pytest.raises(InputError, match="cannot be written"):
        workspace.to_parquet(tmp_path / "none" / "out")
    assert sorted(place.name for place in tmp_path.iterdir()) == ["file", "full", "link", "w.duckdb"]
    (tmp_path / "empty").mkdir()
    workspace.to_parquet(tmp_path / "empty")
    with pytest.raises(WorkspaceError, match="no workspace"):
        Workspace(tmp_path / "none.duckdb").to_parquet(tmp_path / "new")


# -- what is refused ---------------------------------------------------------------------------------------------------


def manifest(out: Path, **changes: Any) -> None:
    file = out / "workspace.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def table(out: Path, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
    file = out / f"{name}.parquet"
    pq.write_table(change(pq.read_table(file)), file)


def cell(column: str, values: Any) -> Callable[[pa.Table], pa.Table]:
    def change(found: pa.Table) -> pa.Table:
        array = values if isinstance(values, pa.Array) else pa.array(values, found.field(column).type)
        return found.set_column(found.column_names.index(column), column, array)

    return change


def not_utf8(size: int) -> pa.Array:
    offsets = pa.py_buffer(b"".join((2 * i).to_bytes(4, "little") for i in range(size + 1)))
    return pa.Array.from_buffers(pa.string(), size, [None, offsets, pa.py_buffer(b"\xff\xfe" * size)])


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "newer": (lambda out: manifest(out, schema_version=SCHEMA_VERSION + 1), "newer version"),
    "version no number": (lambda out: manifest(out, schema_version="1"), "no version"),
    "version of nobody": (lambda out: manifest(out, schema_version=0), "no version"),
    "older, with a column of no version": (
        lambda out: (
            manifest(out, schema_version=1),
            table(out, "names", lambda t: t.append_column("x", t["name"])),
        ),
        "column 'x'",
    ),
    "no manifest": (lambda out: (out / "workspace.json").unlink(), "no whole export"),
    "broken manifest": (lambda out: (out / "workspace.json").write_text("{" * 99_999), "no whole export"),
    "manifest is a list": (lambda out: (out / "workspace.json").write_text("[]"), "no whole export"),
    "other tables": (lambda out: manifest(out, tables={"../../etc/passwd": 1}), "table"),
    "no table": (lambda out: (out / "uses.parquet").unlink(), "cannot be read"),
    "no Parquet": (lambda out: (out / "uses.parquet").write_text("PAR1 hello PAR1"), "cannot be read"),
    "half a table": (lambda out: os.truncate(out / "signals.parquet", 999), "cannot be read"),
    "a link": (
        lambda out: ((out / "uses.parquet").rename(out / "x"), (out / "uses.parquet").symlink_to(out / "x")),
        "cannot be read",
    ),
    "a pipe": (lambda out: ((out / "uses.parquet").unlink(), os.mkfifo(out / "uses.parquet")), "cannot be read"),
    "a row more": (lambda out: table(out, "signals", lambda t: pa.concat_tables([t, t])), "number of rows"),
    "a column less": (lambda out: table(out, "signals", lambda t: t.drop_columns(["kind"])), "other columns"),
    "a column more": (lambda out: table(out, "names", lambda t: t.append_column("x", t["name"])), "other columns"),
    "another order": (lambda out: table(out, "names", lambda t: t.select(t.column_names[::-1])), "order"),
    "another type": (lambda out: table(out, "signals", cell("kind", pa.array([1, 2, 3]))), "kind is int64"),
    "a zone": (
        lambda out: table(out, "signals", cell("time", pa.array([0, 0, 0], pa.timestamp("us", "UTC")))),
        "time is timestamp",
    ),
    "no UTF-8": (lambda out: table(out, "signals", cell("kind", not_utf8(3))), "UTF8"),
    "another's rows": (lambda out: table(out, "signals", cell("source", ["git:one", "git:z", None])), "does not name"),
    "a source twice": (lambda out: table(out, "harvests", cell("source", ["git:one", "git:one"])), "twice"),
    "a source without name": (lambda out: table(out, "harvests", cell("source", ["git:one", None])), "no name"),
    "no JSON": (lambda out: table(out, "harvests", cell("problems", ["[]", "{"])), "JSON"),
    "no secret": (lambda out: table(out, "workspace", cell("secret", ["0"])), "secret"),
    "no hash": (lambda out: table(out, "opt_outs", cell("hash", [None, None])), "hash"),
}  # fmt: skip


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine")
    workspace = Workspace(folder / "w.duckdb")
    workspace.commit(checkpoint())
    workspace.commit(checkpoint("git:two", size=0))
    workspace.opt_out(["Ed <ed@x.example>"])
    workspace.to_parquet(folder / "out")
    return folder


@pytest.mark.parametrize("how", REFUSED)
def test_what_is_no_export_is_refused_and_nothing_changes(pristine: Path, tmp_path: Path, how: str) -> None:
    change, said = REFUSED[how]
    shutil.copytree(pristine / "out", tmp_path / "out")
    change(tmp_path / "out")
    workspace = Workspace(pristine / "w.duckdb")
    before = everything(workspace)
    with pytest.raises(InputError, match=said) as refused:
        workspace.from_parquet(tmp_path / "out")
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 600
    assert everything(workspace) == before


def test_a_refusal_is_one_line_and_leaves_no_new_file(pristine: Path, tmp_path: Path, capsys) -> None:
    shutil.copytree(pristine / "out", tmp_path / "out")
    (tmp_path / "out" / "uses.parquet").unlink()
    assert cli.run(["import", str(tmp_path / "out"), "-w", str(tmp_path / "new.duckdb")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert [place.name for place in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in ("file", "none"):
        with pytest.raises(InputError, match="no folder"):
            Workspace(tmp_path / "w.duckdb").from_parquet(tmp_path / name)
    with pytest.raises(InputError, match="no whole export"):
        Workspace(tmp_path / "w.duckdb").from_parquet(tmp_path)
    assert not (tmp_path / "w.duckdb").exists()


def flip(pristine: Path, tmp_path: Path, times: int) -> None:
    """Any byte of any table may be any other: what is read is a table or refused, and nothing falls over."""
    chance = random.Random(9)
    out = tmp_path / "out"
    shutil.copytree(pristine / "out", out)
    files = sorted(out.glob("*.parquet"))
    for number in range(times):
        file = chance.choice(files)
        data = file.read_bytes()
        broken = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        file.write_bytes(broken)
        target = Workspace(tmp_path / f"{number}.duckdb")
        with suppress(InputError):
            target.from_parquet(out)
            everything(target)
            target.path.unlink()
        assert not target.path.exists()
        file.write_bytes(data)


def test_flipped_bytes_are_refused_or_read(pristine: Path, tmp_path: Path) -> None:
    flip(pristine, tmp_path, 5)


@pytest.mark.soak
def test_many_flipped_bytes_are_refused_or_read(pristine: Path, tmp_path: Path) -> None:
    flip(pristine, tmp_path, 2000)
