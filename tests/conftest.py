"""Fixtures that several tests share: small real repositories, written by plain git in a fixed environment."""

from __future__ import annotations

import calendar
import fcntl
import gc
import os
import pickle
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from influence.simulate import Simulated
    from influence.workspace import Workspace

# Properties that do not say how often they are tried; those that must be say so, and the soak tests try more.
settings.register_profile("test", max_examples=40, deadline=None)
settings.load_profile("test")

#: Nothing of the machine's or the developer's git configuration reaches a test.
GIT_ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    # After each commit git would start a process that looks whether something is to be tidied up.
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "maintenance.auto",
    "GIT_CONFIG_VALUE_0": "false",
}


class Repo:
    """A repository with a work tree. `commit` returns the hash."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, **environment: str) -> str:
        """Run git here; returns what it printed."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env={**GIT_ENVIRONMENT, **environment},
            capture_output=True,
            check=True,
        )
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(
        self,
        files: Mapping[str, str | bytes | None],
        author: str,
        date: str,
        message: str = "Change",
    ) -> str:
        """Write `files` (None: remove) and commit them as `author` (``Name <mail>``) on `date` (``YYYY-MM-DD``)."""
        for name, content in files.items():
            file = self.path / name
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "-A")
        name, _, mail = author.removesuffix(">").rpartition(" <")
        when = f"{date}T12:00:00Z" if len(date) == 10 else date
        self.git(
            *("commit", "-q", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", "-m", message),
            GIT_AUTHOR_NAME=name,
            GIT_AUTHOR_EMAIL=mail,
            GIT_AUTHOR_DATE=when,
            GIT_COMMITTER_NAME=name,
            GIT_COMMITTER_EMAIL=mail,
            GIT_COMMITTER_DATE=when,
        )
        return self.head()

    def head(self) -> str:
        """The hash of the commit that is checked out; read from its file where it has one: a process less."""
        folder = self.path / ".git"
        branch = folder / (folder / "HEAD").read_text().strip().removeprefix("ref: ")
        return branch.read_text().strip() if branch.is_file() else self.git("rev-parse", "HEAD")

    def commit_all(self, commits: Iterable[tuple[Mapping[str, str | None], str, str, str]]) -> None:
        """As `commit` for each (files, author, date, message) on `main`, but all by one process of git."""
        stream = []
        for files, author, date, message in commits:
            when = f"{author} {calendar.timegm(time.strptime(date, '%Y-%m-%d')) + 12 * 3600} +0000"
            stream.append(f"commit refs/heads/main\nauthor {when}\ncommitter {when}\n{_data(message, lines=True)}")
            if len(stream) == 1 and (self.path / ".git/refs/heads/main").exists():
                stream.append("from refs/heads/main^0\n")
            for name, content in files.items():
                stream.append(f"D {name}\n" if content is None else f"M 644 inline {name}\n{_data(content)}")
        subprocess.run(
            ["git", "fast-import", "--quiet", "--date-format=raw"],
            cwd=self.path,
            env=GIT_ENVIRONMENT,
            input="".join(stream).encode(),
            check=True,
        )
        self.git("reset", "-q", "--hard")


def _data(text: str, lines: bool = False) -> str:
    if lines and not text.endswith("\n"):
        text += "\n"
    return f"data {len(text.encode())}\n{text}\n"


@pytest.fixture
def make_repo(tmp_path: Path) -> Callable[[str], Repo]:
    """Makes a new empty repository of the given name under `tmp_path`."""
    return lambda name: Repo(tmp_path / name)


def write_team_history(
    repo: Repo, followers: int = 7, owners: str = "", ada: str = "Ada Byron <ada@engine.corp>"
) -> None:
    """Ada writes a store that `followers` others build on, use and ask about; Bob commits most and nobody follows."""
    bob = "Bob Loud <bob@engine.corp>"
    store = "".join(f"def open_bucket_{i}(path):\n    return StoreReader(path, {i})\n\n\n" for i in range(12))
    files = {
        "store/reader.py": "class StoreReader:\n    def __init__(self, path, part):\n        self.path = path\n\n\n"
        + store
    }
    if owners:
        files["CODEOWNERS"] = owners
    commits = [(files, ada, "2023-01-02", "A store that reads by part")]
    commits += [({f"notes/{i}.txt": f"note {i}\n"}, bob, f"2023-02-{1 + i % 28:02d}", f"Note {i}") for i in range(30)]
    current = files["store/reader.py"]
    for i in range(followers):
        current = current.replace(f"StoreReader(path, {i})", f"StoreReader(path, part={i})")
        files = {
            "store/reader.py": current,
            f"app/use_{i}.py": f"from store.reader import StoreReader, open_bucket_{i}\n\nopen_bucket_{i}('x')\n",
        }
        person = f"Follower Number{chr(65 + i)} <f{i}@engine.corp>"
        message = f"Read part {i} by name\n\nHelped-by: {ada}\n"
        commits.append((files, person, f"2023-{3 + i % 9:02d}-11", message))
    repo.commit_all(commits)


@pytest.fixture
def team(make_repo: Callable[[str], Repo]) -> Repo:
    """The repository `team`: one designer, seven followers, one loud committer."""
    repo = make_repo("team")
    write_team_history(repo)
    return repo


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills once, for whichever process of pytest-xdist comes first. Nobody writes into it."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / name
    with (base / f"{name}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if not lock.read():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            lock.write("made")
    return folder


@pytest.fixture(scope="session")
def northwind(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """The simulated organisation of seed 0; not to be changed."""

    def make(folder: Path) -> None:
        from influence import simulate

        (folder / "told.pickle").write_bytes(pickle.dumps(simulate.write(folder / "northwind", 0)))

    return pickle.loads((once(tmp_path_factory, "northwind", make) / "told.pickle").read_bytes())


@pytest.fixture(scope="session")
def northwind_workspace(northwind: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Its repositories, documents and chart; to be read only."""
    from influence import doors
    from influence.workspace import Workspace

    def make(folder: Path) -> None:
        doors.collect(
            northwind.repositories, folder / "w.duckdb", documents=northwind.design, org=northwind.chart, processes=1
        )

    return Workspace(once(tmp_path_factory, "northwind-workspace", make) / "w.duckdb")


def pytest_collection_finish() -> None:
    """What was imported by now stays: to look through it for garbage again and again costs every test a tenth."""
    gc.collect()
    gc.freeze()


#: What takes longest goes first, lest one is left over at the end.
_LONGEST = (
    "reports",
    "influence/test_cli",
    "influence/test_findings",
    "test_packaging",
    "influence/test_histories",
    "influence/test_simulate",
    "connectors/documents/test_openalex",
    "influence/test_parquet",
    "test_contract",
    "connectors/git/test_scope",
    "influence/test_crossings",
    "influence/test_authority",
    "influence/test_follows",
    "connectors/git/test_incremental",
    "connectors/review/test_gitlab_live",
    "connectors/git/test_outside",
    "influence/test_doors",
)


def _group(nodeid: str) -> str:
    """What runs as a whole in one process of pytest-xdist: a file, or all files that share costly fixtures."""
    name = nodeid.partition(".py::")[0].removeprefix("tests/")
    return "reports" if name.startswith("reports/") else name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the groups; within one nothing moves."""
    places = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: places.get(_group(item.nodeid), len(_LONGEST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Of `--dist loadfile`: by groups, and in the order of above, which it would change for that of their numbers."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _group(nodeid)

    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return Groups(config, log)
