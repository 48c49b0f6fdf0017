"""Fixtures that several tests share: small real repositories, written by plain git in a fixed environment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

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
        return self.git("rev-parse", "HEAD")


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
    files: dict[str, str | bytes | None] = {
        "store/reader.py": "class StoreReader:\n    def __init__(self, path, part):\n        self.path = path\n\n\n"
        + store
    }
    if owners:
        files["CODEOWNERS"] = owners
    repo.commit(files, ada, "2023-01-02", "A store that reads by part")
    for i in range(30):
        repo.commit({f"notes/{i}.txt": f"note {i}\n"}, bob, f"2023-02-{1 + i % 28:02d}", f"Note {i}")
    for i in range(followers):
        person = f"Follower Number{chr(65 + i)} <f{i}@engine.corp>"
        current = (repo.path / "store/reader.py").read_text()
        repo.commit(
            {
                "store/reader.py": current.replace(f"StoreReader(path, {i})", f"StoreReader(path, part={i})"),
                f"app/use_{i}.py": f"from store.reader import StoreReader, open_bucket_{i}\n\nopen_bucket_{i}('x')\n",
            },
            person,
            f"2023-{3 + i % 9:02d}-11",
            f"Read part {i} by name\n\nHelped-by: {ada}\n",
        )


@pytest.fixture
def team(make_repo: Callable[[str], Repo]) -> Repo:
    """The repository `team`: one designer, seven followers, one loud committer."""
    repo = make_repo("team")
    write_team_history(repo)
    return repo


#: Files that take longest: each runs as a whole in one worker, so they go first, lest one is left over at the end.
_LONGEST = (
    "tests/test_packaging.py",
    "tests/influence/test_cli.py",
    "tests/connectors/review/test_github_again.py",
    "tests/influence/test_simulate.py",
    "tests/connectors/documents/test_openalex.py",
    "tests/reports/test_html.py",
    "tests/reports/test_page.py",
    "tests/influence/test_workspace.py",
    "tests/influence/test_doors.py",
    "tests/influence/test_follows.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files; within one nothing moves."""
    places = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(_LONGEST)))
