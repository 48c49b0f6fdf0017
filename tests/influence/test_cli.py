"""The command line as a contract: what it offers, what it prints where, and how it leaves."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from influence import cli
from influence.errors import WorkspaceError
from tests.conftest import Repo, write_team_history

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"pandas", "numpy", "duckdb", "pyarrow", "networkx", "scipy", "plotly", "git", "jinja2", "rapidfuzz", "rich"}
COMMANDS = ("report", "demo", "leaders", "explain", "collect", "collect git", "collect org",
            "collect documents", "collect review", "collect github", "collect gitlab", "collect gerrit",
            "collect openalex", "sources",
            "sources list", "sources remove", "people", "people review", "people opt-out")  # fmt: skip


def influence(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "influence", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def one_line(stderr: str) -> str:
    assert re.fullmatch(r"influence: [^\n]+\n", stderr), stderr
    return stderr


# -- help and speed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(command: str, capsys) -> None:
    assert cli.run([*command.split(), "--help"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Usage: influence " + command)
    assert err == ""
    if command not in ("collect", "sources list", "sources remove", "people review", "people opt-out"):
        assert f"  influence {command} " in out  # an example


def test_what_is_offered_works(capsys) -> None:
    assert cli.run(["--help"]) == 0
    offered = re.findall(r"^  (\w[\w-]*)  ", capsys.readouterr().out.split("Commands:")[1], re.M)
    assert set(offered) == {
        "report", "demo", "leaders", "explain", "collect", "sources", "people", "export", "import"
    }  # fmt: skip
    assert cli.run(["collect", "--help"]) == 0
    assert re.findall(r"^  (\w+)  ", capsys.readouterr().out.split("Commands:")[1], re.M) == [
        "git",
        "org",
        "documents",
        "review",
        "github",
        "gitlab",
        "gerrit",
        "openalex",
    ]


def test_reviews_are_collected_from_what_lies_on_disk(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "backup" / "pulls"
    folder.mkdir(parents=True)
    page = {"number": 1, "html_url": "https://github.com/acme/store/pull/1", "user": {"login": "ann"}}
    review = {"event": "reviewed", "user": {"login": "bo"}, "state": "APPROVED", "body": "The lock is right."}
    value = {
        "pull": {**page, "created_at": "2024-01-01T00:00:00Z"},
        "events": [{**review, "submitted_at": "2024-01-02T00:00:00Z"}],
    }
    (folder / "1.json").write_text(json.dumps(value))
    workspace = str(tmp_path / "w.duckdb")
    assert cli.run(["collect", "review", str(folder.parent), "--workspace", workspace]) == 0
    assert "1 changes, 1 consults, 1 reviews" in capsys.readouterr().out
    assert cli.run(["leaders", "--workspace", workspace]) == 0
    assert re.search(r"^ +1 .* bo ", capsys.readouterr().out, re.M)
    wanted = ["collect", "review", str(folder.parent), "--repository", "acme/other", "--workspace", workspace]
    assert cli.run(wanted) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["-c", "import influence"], ["-m", "influence", "--help"]])
def test_starts_at_once(arguments: list[str]) -> None:
    took = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        # Processor time: the wall clock also knows who else uses the machine.
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(took) < 0.3


@pytest.mark.parametrize(
    "program", ["import influence; dir(influence)", "import influence.cli as c; c.run(['--help'])"]
)
def test_nothing_heavy_is_imported_for_it(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{program}\nprint(*sys.modules, file=sys.stderr)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not HEAVY & set(done.stderr.split())


def test_version(capsys) -> None:
    assert cli.run(["--version"]) == 0
    assert re.fullmatch(r"influence \d+\.\d+\.\d+\n", capsys.readouterr().out)


# -- wrong input: exit 2 and one line ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["leader"], "leaders"),
        (["leaders", "--nonsense"], "--nonsense"),
        (["leaders", "--top", "0"], "--top"),
        (["leaders", "--format", "xml", "."], "xml"),
        (["leaders"], "name a git repository"),
        (["report"], "name a git repository"),
        (["leaders", ".", "--since", "2024-13-01"], "YYYY-MM-DD"),
        (["leaders", ".", "--until", "20240101"], "YYYY-MM-DD"),
        (["leaders", ".", "--until", "yesterday"], "YYYY-MM-DD"),
        (["leaders", ".", "--since", "2024-02-01", "--until", "2024-01-31"], "later than"),
        (["leaders", ".", "--org", "nowhere.csv"], "nowhere.csv"),
        (["leaders", ".", "--people", "nowhere.csv"], "nowhere.csv"),
        (["leaders", "--ref", "main", "-w", "x.duckdb"], "--ref"),
        (["leaders", "-w", "nowhere.duckdb"], "nowhere.duckdb"),
        (["sources"], "--workspace"),
        (["sources", "-w", "nowhere.duckdb"], "nowhere.duckdb"),
        (["sources", "-w", "x.duckdb", "list"], "after list"),
        (["sources", "remove", "-w", "x.duckdb"], "SOURCE"),
        (["people"], "--workspace"),
        (["collect", "git", "."], "--workspace"),
        (["collect", "git", "-w", "x.duckdb"], "PATH"),
        (["collect", "review", ".", "-w", "x.duckdb"], "review"),
        (["report", ".", "-o", "no/such/folder/report.html"], "no/such/folder"),
        (["report", ".", "-o", "."], "folder"),
        (["demo", "-o", "."], "folder"),
        (["demo", "--keep", "."], "not an empty folder"),
    ],
)
def test_wrong_input_is_one_line(arguments: list[str], said: str, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    assert cli.run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in one_line(err)
    assert {path.name for path in tmp_path.iterdir()} == {"file"}


def test_without_a_command_it_helps(capsys) -> None:
    assert cli.run([]) == 2
    assert "influence report path/to/repository" in capsys.readouterr().err


def test_wrong_input_has_no_traceback_even_in_its_own_process(tmp_path: Path) -> None:
    done = influence("leaders", tmp_path / "no\x1b[31mwhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no\\x1b[31mwhere" in one_line(done.stderr)


# -- our fault, the user's Ctrl-C, a closed pipe, a full disk ------------------------------------------------------


def failing_with(error: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_our_fault_is_one_line_and_says_what_to_do(monkeypatch, capsys) -> None:
    monkeypatch.setattr("influence.doors.open", failing_with(ZeroDivisionError("a\x1b[31m\nb")))
    monkeypatch.delenv("INFLUENCE_DEBUG", raising=False)
    assert cli.run(["sources", "-w", "x"]) == 1
    line = one_line(capsys.readouterr().err)
    assert "ZeroDivisionError: a\\x1b[31m" in line
    assert "--debug" in line


@pytest.mark.parametrize("how", ["option first", "option last", "environment"])
def test_debug_shows_where(how: str, monkeypatch, capsys) -> None:
    monkeypatch.setattr("influence.doors.open", failing_with(ZeroDivisionError()))
    monkeypatch.setenv("INFLUENCE_DEBUG", "1" if how == "environment" else "0")
    command = ["sources", "-w", "x"]
    if how != "environment":
        command = ["--debug", *command] if how == "option first" else [*command, "--debug"]
    assert cli.run(command) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "stopped"),
        (OSError(28, "No space left on device", "/x/y"), 2, "no room on the disk for /x/y"),
        (WorkspaceError("no room", "make some"), 2, "no room; make some"),
    ],
)
def test_how_it_leaves(error: BaseException, code: int, said: str, monkeypatch, capsys) -> None:
    monkeypatch.setattr("influence.doors.open", failing_with(error))
    assert cli.run(["sources", "-w", "x"]) == code
    assert said in one_line(capsys.readouterr().err)


def test_a_reader_who_has_enough_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "influence", "--help"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


# -- whatever lies in the folder -----------------------------------------------------------------------------------


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder whose modules cry out when they are imported in place of ours, or of what we need."""
    folder = tmp_path / "trap"
    (folder / "connectors" / "git").mkdir(parents=True)
    cry = "raise SystemExit('imported from the current folder')\n"
    for name in ("reports.py", "connectors/__init__.py", "connectors/git/__init__.py", "typer.py", "duckdb.py"):
        (folder / name).write_text(cry)
    return folder


def test_the_command_takes_nothing_from_the_folder_it_runs_in(trap: Path) -> None:
    done = influence("sources", "-w", "nowhere.duckdb", cwd=trap)
    assert "nowhere.duckdb" in one_line(done.stderr)


def test_nor_from_a_path_that_somebody_set(trap: Path, tmp_path: Path) -> None:
    (trap / "typer.py").unlink()  # what is asked for by PYTHONPATH is the user's: only our own names are ours
    (trap / "duckdb.py").unlink()
    script = f"import sys; sys.path.append({str(ROOT)!r}); from influence.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "sources", "-w", "nowhere.duckdb"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(trap)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "nowhere.duckdb" in one_line(done.stderr)


@pytest.mark.parametrize("hiding", ["reports.py", "connectors/__init__.py"])
def test_in_python_a_hidden_package_is_named(hiding: str, trap: Path) -> None:
    for name in ("reports.py", "connectors/__init__.py"):
        if name != hiding:
            (trap / name).unlink()
    done = subprocess.run(
        [sys.executable, "-c", "import influence; influence.analyse"],
        cwd=trap,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"ImportError: {trap / hiding} hides the package" in done.stderr


def test_a_folder_that_hides_nothing_may_be_called_anything(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()  # data, no module: Python's own rules find ours first
    done = subprocess.run(
        [sys.executable, "-c", "import influence; print(influence.open.__name__)"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "open\n"


# -- the whole way, on a small real repository ---------------------------------------------------------------------

CHART = """Name,Email,Manager,Title
Ada Byron,ada@engine.corp,Grace Boss,Engineer
Grace Boss,grace@engine.corp,,Head
Follower NumberA,f0@engine.corp,Grace Boss,Engineer
=cmd() Nobody,nobody@engine.corp,Grace Boss,Engineer
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the repository `team`, its `chart.csv` and a workspace `work.duckdb` of both."""
    folder = tmp_path_factory.mktemp("place")
    write_team_history(Repo(folder / "team"), owners="/store/ ada@engine.corp\n")
    (folder / "chart.csv").write_text(CHART)
    workspace = str(folder / "work.duckdb")
    assert cli.run(["collect", "git", str(folder / "team"), "-w", workspace]) == 0
    assert cli.run(["collect", "org", str(folder / "chart.csv"), "-w", workspace]) == 0
    return folder


def leaders(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    capsys.readouterr()
    assert cli.run(["leaders", *map(str, arguments), "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def test_leaders_as_json_is_the_contract(place: Path, capsys) -> None:
    found = leaders(capsys, "-w", place / "work.duckdb")
    assert list(found) == ["until", "people", "leaders"]
    assert found["until"] == "2023-09-11"
    first = found["leaders"][0]
    for key, kind in {
        "rank": int, "id": str, "person": str, "influence": float, "rank_low": int, "rank_high": int, "parts": dict,
        "reach": int, "effective_followers": float, "standing": float, "implicit": bool, "implicitness": list,
        "silent_share": (float, type(None)), "formal": list, "areas": list, "commits": int, "last_seen": str,
    }.items():  # fmt: skip
        assert isinstance(first[key], kind), key
    assert (first["person"], first["implicit"], first["reach"], first["commits"]) == ("Ada Byron", True, 7, 1)
    assert sum(first["parts"].values()) == pytest.approx(first["influence"], rel=1e-12)
    assert first["formal"] == ["code owner of store/ in team"]


def test_repositories_or_a_workspace_say_the_same(place: Path, capsys, monkeypatch) -> None:
    kept = leaders(capsys, "-w", place / "work.duckdb")
    scratch = place / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    assert leaders(capsys, place / "team", "--org", place / "chart.csv") == kept
    assert list(scratch.iterdir()) == [], "something was left in the folder for temporary files"


def test_until_knows_nothing_that_came_later(place: Path, capsys) -> None:
    found = leaders(capsys, "-w", place / "work.duckdb", "--until", "2023-05-11")
    assert found["until"] == "2023-05-11"
    assert found["leaders"][0]["reach"] == 3
    none = leaders(capsys, "-w", place / "work.duckdb", "--since", "2023-02-01", "--until", "2023-03-10")
    assert none["leaders"] == []


def test_leaders_as_csv_and_table(place: Path, capsys) -> None:
    capsys.readouterr()
    assert cli.run(["leaders", "-w", str(place / "work.duckdb"), "--format", "csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["rank"], row["person"], row["reach"]) == ("1", "Ada Byron", "7")
    assert cli.run(["leaders", "-w", str(place / "work.duckdb")]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1].split()[:4] == ["1", "1–1", "Ada", "Byron"]
    assert err == ""


def test_explain(place: Path, capsys) -> None:
    capsys.readouterr()
    for person in ("Ada Byron", "ada@engine.corp"):
        assert cli.run(["explain", person, "-w", str(place / "work.duckdb")]) == 0
        assert "StoreReader" in capsys.readouterr().out
    assert cli.run(["explain", "Adah Byrom", "-w", str(place / "work.duckdb")]) == 2
    assert "Ada Byron" in one_line(capsys.readouterr().err)


def test_report_and_the_people_whom_nothing_shows(place: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "leaders.html"
    capsys.readouterr()
    assert cli.run(["report", str(place / "team"), "--org", str(place / "chart.csv"), "-o", str(out)]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "Ada Byron" in printed.out
    assert str(out) in printed.out
    assert "Ada Byron" in out.read_text("utf-8")
    unmatched = tmp_path / "leaders.unmatched.csv"
    assert str(unmatched) in printed.out
    people = [row["person"] for row in csv.DictReader(unmatched.open())]
    assert len(people) == 2
    assert any(person.startswith("Grace Boss") for person in people)
    assert any(person.startswith("'=cmd()") for person in people)
    assert {path.stat().st_mode & 0o777 for path in (out, unmatched)} == {0o600}
    assert {path.name for path in tmp_path.iterdir()} == {"leaders.html", "leaders.unmatched.csv"}


def test_sources_come_and_go(place: Path, tmp_path: Path, capsys) -> None:
    workspace = tmp_path / "w.duckdb"
    for name in ("one", "two"):
        Repo(tmp_path / name / "api").commit({"a.txt": name}, f"{name} <{name}@engine.corp>", "2024-01-01")
    both = [str(tmp_path / name / "api") for name in ("one", "two")]
    assert cli.run(["collect", "git", *both, "--jobs", "1", "-w", str(workspace)]) == 0
    assert cli.run(["collect", "git", both[1], "-w", str(workspace)]) == 0  # again: in its own place
    shutil.copytree(both[0], tmp_path / "three" / "api")
    shutil.rmtree(both[0])
    assert cli.run(["collect", "git", str(tmp_path / "three" / "api"), "-w", str(workspace)]) == 0  # in place of it
    capsys.readouterr()

    def sources() -> dict[str, str]:
        assert cli.run(["sources", "list", "-w", str(workspace), "--format", "json"]) == 0
        return {row["source"]: row["location"] for row in json.loads(capsys.readouterr().out)}

    assert {name: place for name, place in sources().items() if name.startswith("git:")} == {
        "git:api": str(tmp_path / "three" / "api"),
        "git:two/api": both[1],
    }
    assert {name for name in sources() if not name.startswith("git:")} == {"owners:api", "owners:two/api"}
    assert cli.run(["sources", "remove", "git:nowhere", "-w", str(workspace)]) == 2
    assert "git:two/api" in one_line(capsys.readouterr().err)
    assert cli.run(["sources", "remove", "git:two/api", "-w", str(workspace)]) == 0
    capsys.readouterr()
    assert "git:two/api" not in sources()


def test_one_bad_path_among_many_is_seen_before_the_first_is_read(place: Path, tmp_path: Path, capsys) -> None:
    workspace = tmp_path / "w.duckdb"
    assert cli.run(["collect", "git", str(place / "team"), str(tmp_path), "-w", str(workspace)]) == 2
    assert "not a git repository" in one_line(capsys.readouterr().err)
    assert not workspace.exists()


def test_people_review_and_opt_out(place: Path, tmp_path: Path, capsys) -> None:
    workspace = str(tmp_path / "w.duckdb")
    shutil.copy(place / "work.duckdb", workspace)
    capsys.readouterr()
    assert cli.run(["people", "-w", workspace, "--format", "json"]) == 0
    joined = json.loads(capsys.readouterr().out)
    assert any("ada@engine.corp" in row["identity"] + row["and"] for row in joined)
    command = ["people", "opt-out", "Ada Byron", "-w", workspace]
    assert cli.run(command) == 2  # nobody to ask
    assert "--yes" in one_line(capsys.readouterr().err)
    assert cli.run([*command, "--yes"]) == 0
    assert cli.run(["collect", "git", str(place / "team"), "-w", workspace]) == 0
    assert "Ada Byron" not in str(leaders(capsys, "-w", workspace))


def test_hostile_names_reach_no_terminal(tmp_path: Path, capsys) -> None:
    repo = Repo(tmp_path / "team")
    write_team_history(repo, ada="=cmd()\x1b[2J\u202eAda\x9b <ada@engine.corp>")
    workspace = str(tmp_path / "w.duckdb")
    assert cli.run(["collect", "git", str(repo.path), "-w", workspace]) == 0
    capsys.readouterr()
    for command in (["leaders"], ["leaders", "--format", "csv"], ["leaders", "--format", "json"], ["explain", "=cmd"]):
        assert cli.run([*command, "-w", workspace]) == 0
        out = capsys.readouterr().out
        assert "Ada" in out
        assert not {"\x1b", "\u202e", "\x9b"} & set(out)
        if "csv" in command:
            assert ",=cmd" not in out
            assert '"=cmd' not in out


def test_pseudonyms_show_nobody(place: Path, tmp_path: Path, capsys) -> None:
    workspace, page = str(place / "work.duckdb"), tmp_path / "report.html"
    people = [leader["person"] for leader in leaders(capsys, "-w", workspace, "--pseudonyms")["leaders"]]
    assert people
    assert all(re.fullmatch(r"Person [0-9a-f]{4,12}", person) for person in people)
    assert cli.run(["report", "-w", workspace, "--pseudonyms", "-o", str(page)]) == 0
    text = page.read_text("utf-8")
    assert "Names are invented" in text
    assert "Ada Byron" not in text


def test_a_review_can_be_edited_and_given_back(place: Path, tmp_path: Path, capsys) -> None:
    workspace, edited = str(place / "work.duckdb"), tmp_path / "people.csv"
    assert cli.run(["people", "review", "--workspace", workspace, "-o", str(edited)]) == 0
    edited.write_text(
        edited.read_text("utf-8").replace('"Ada Byron","person"', '"Countess of Lovelace","person"'), "utf-8"
    )
    found = leaders(capsys, "--workspace", workspace, "--people", edited)
    assert found["leaders"][0]["person"] == "Countess of Lovelace"
