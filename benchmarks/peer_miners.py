"""Other miners of git histories, each in a process of its own, over commits that a collect reads.

They are no dependencies of ours: `install` puts them into a virtual environment in a folder that is thrown away.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from measured_runs import Run, timed

#: What is installed, and nothing newer: the figures in the docs are of these.
PINNED = ("pydriller==2.12", "git2net==1.8.0")

# Every modified file's diff parsed, and no more: no source code, no metrics, no methods.
_PYDRILLER = """
import json, sys
from pydriller import Repository
path, listed = sys.argv[1:]
only = json.load(open(listed))
seen = lines = 0
for commit in Repository(path, **({"only_commits": only} if only else {})).traverse_commits():
    seen += 1
    for file in commit.modified_files:
        parsed = file.diff_parsed
        lines += len(parsed["added"]) + len(parsed["deleted"])
json.dump([seen, lines], open(listed, "w"))
"""

# Its network of who edits whose lines, by blame: its defaults, in one process.
_GIT2NET = """
import json, sys
import git2net
path, listed, store = sys.argv[1:]
git2net.mine_git_repo(path, store, commits=json.load(open(listed)), no_of_processes=1)
"""


@dataclass(frozen=True, slots=True)
class Mined:
    """Commits that a miner went through, and the run."""

    commits: int
    run: Run


def install(folder: Path) -> tuple[str, str]:
    """The interpreter of a new environment that has the peers in it, or '' and the reason why there is none."""
    python = folder / "peers" / "bin" / "python"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder / "peers")], check=True, capture_output=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PINNED],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error).encode()).decode("utf-8", "replace").strip()
        return "", said.splitlines()[-1] if said else str(error)
    return str(python), ""


def pydriller(python: str, repository: Path, commits: Sequence[str], folder: Path) -> Mined:
    """PyDriller over the named commits; over all of them where none is named."""
    listed = folder / "pydriller.json"
    listed.write_text(json.dumps(list(commits)))
    run = timed([python, "-c", _PYDRILLER, str(repository), str(listed)])
    return Mined(json.loads(listed.read_text())[0], run)


def git2net(python: str, repository: Path, commits: Sequence[str], folder: Path, limit: float) -> Mined:
    """git2net over the named commits, or as many as it has done after `limit` seconds."""
    listed, store = folder / "git2net.json", folder / "git2net.db"
    listed.write_text(json.dumps(list(commits)))
    run = timed([python, "-c", _GIT2NET, str(repository), str(listed), str(store)], limit=limit)
    with closing(sqlite3.connect(store)) as database:
        try:
            done = database.execute("SELECT count(*) FROM commits").fetchone()[0]
        except sqlite3.OperationalError:  # not even one
            done = 0
    return Mined(done, run)
