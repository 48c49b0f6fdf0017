"""How much of whose work was there to be followed, at the end of each quarter."""

from __future__ import annotations

import datetime as dt
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from connectors.git.diffs import text_path, unquote
from connectors.git.history import Commit, History, moment
from connectors.git.kept_rows import columns, rows
from connectors.git.readers import ObjectsMissing
from connectors.git.replay import Found, Replay, directory_of
from connectors.git.repository import SafeRepository

_Counts = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
_NONE: _Counts = (np.zeros(0, np.int64), np.zeros(0, np.int64))


class Holdings:
    """Live lines and names of each identity by directory, quarter by quarter, while the replay runs.

    Lines come from the owners of the versions in the tree that was the tip then; names from the definitions that had
    come and gone until then, credited to whoever first defined them.

    Attributes
    ----------
    rows
        (last second of the quarter, directory, identity key, kind, amount); amounts that changed, 0 where one ended.
    """

    def __init__(
        self, repository: SafeRepository, history: History, replay: Replay, kept: dict[str, Any] | None = None
    ) -> None:
        self.rows: list[tuple[int, str, str, str, float]] = []
        #: What a later run needs of this one, as JSON has it: how it stood before the newest quarter was counted.
        self.kept: dict[str, Any] = {}
        self._commits = history.commits
        self._replay = replay
        counted = kept["counted"] if kept else 0
        tips = [
            (quarter, commit) for quarter, commit in _quarter_tips(history.first_parents) if commit.number > counted
        ]
        self._tips = {commit.number: quarter for quarter, commit in tips}
        self._last = tips[-1][1].number
        self._counted = counted
        before = history.commits[counted - 1].sha if counted else None
        self._changes = _changes(repository, before, [commit.sha for _, commit in tips])
        #: The first quarter that is counted here: rows of it and of later ones take the place of earlier runs'.
        self.since = tips[0][0]
        # Authors of a commit are few combinations: lines are counted by these.
        teams: dict[tuple[str, ...], int] = {(): 0}
        numbers = [teams.setdefault(tuple(commit.authors), len(teams)) for commit in history.commits]
        self._team_of = np.array([0, *numbers], np.int64)
        self._teams = list(teams)
        self._live: dict[bytes, _Counts] = {}
        self._amounts: dict[tuple[str, str, str], float] = defaultdict(float)
        self._touched: set[tuple[str, str, str]] = set()
        self._introducers: dict[str, list[str]] = {}
        # Definitions (commit, name, what it was called before) and changes (bringer, commit, name, path, step).
        self._defined: list[tuple[int, str, str | None]] = []
        self._waiting: list[tuple[int, int, str, str, int]] = []
        if kept:
            self._live = {
                path.encode("latin-1"): (np.array(teams, np.int64), np.array(counts, np.int64))
                for path, teams, counts in kept["live"]
            }
            self._amounts.update({(directory, who, kind): n for directory, who, kind, n in rows(kept["amounts"])})
            self._introducers = kept["introducers"]
            self._defined = [(number, name, old) for number, name, old in kept["defined"]]
            self._waiting = [(by, number, name, path, step) for by, number, name, path, step in kept["waiting"]]
            for commit in [commit for _, commit in tips if commit.number <= history.known]:
                self.passed(commit)

    def passed(self, commit: Commit) -> None:
        """Tell that the replay has applied `commit` and all before it, and that what it found was heard."""
        quarter = self._tips.get(commit.number)
        if quarter is None:
            return
        changes = next(self._changes, None)
        if changes is None:
            raise ObjectsMissing
        if commit.number == self._last:
            self._keep()
        self._count_lines(changes, commit.number)
        self._count_names(commit.number)
        for key in sorted(self._touched):
            amount = self._amounts[key]
            if abs(amount) < 1e-9:
                del self._amounts[key]
                amount = 0.0
            self.rows.append((quarter, *key, round(max(amount, 0.0), 6)))
        self._touched.clear()
        self._counted = commit.number

    def hear(self, found: Found) -> None:
        """Take over what the replay has found: all that the commits until the next end of a quarter said."""
        self._defined += [(each.commit, each.name, each.renamed_from) for each in found.definitions]
        for number, name, path, step in found.name_changes:
            self._waiting.append((self._commits[number - 1].brought_by, number, name, path, step))

    def is_end(self, commit: Commit) -> bool:
        """Whether a quarter ends with `commit`."""
        return commit.number in self._tips

    def _keep(self) -> None:
        self.kept = {
            "counted": self._counted,
            "live": [
                (path.decode("latin-1"), teams.tolist(), counts.tolist())
                for path, (teams, counts) in self._live.items()
            ],
            "amounts": columns((*key, amount) for key, amount in self._amounts.items()),
            "introducers": dict(self._introducers),
            "defined": list(self._defined),
            "waiting": list(self._waiting),
        }

    def _count_lines(self, changes: list[tuple[bytes, bytes]], tip: int) -> None:
        changed: dict[str, npt.NDArray[np.int64]] = {}
        for path, blob in changes:
            before = self._live.pop(path, _NONE)
            after = self._counts(path, blob, tip)
            if len(after[0]):
                self._live[path] = after
            if len(before[0]) or len(after[0]):
                directory = directory_of(text_path(path))
                sums = changed.get(directory)
                if sums is None:
                    sums = changed[directory] = np.zeros(len(self._teams), np.int64)
                sums[before[0]] -= before[1]
                sums[after[0]] += after[1]
        for directory, sums in changed.items():
            for team in np.flatnonzero(sums):
                authors = self._teams[team]
                for identity in authors:
                    self._add(directory, identity, "lines", int(sums[team]) / len(authors))

    def _counts(self, path: bytes, blob: bytes, tip: int) -> _Counts:
        """Lines of a version by team."""
        owners = self._replay.versions.get(path, blob, tip) if blob.strip(b"0") else None
        if not owners:
            return _NONE
        counts = np.bincount(self._team_of[np.frombuffer(owners, np.uint32)])
        teams = np.flatnonzero(counts)
        return teams, counts[teams]

    def _count_names(self, tip: int) -> None:
        for number, name, old in self._defined:
            if name not in self._introducers:
                inherited = self._introducers.get(old) if old else None
                self._introducers[name] = inherited or self._commits[number - 1].authors
        self._defined.clear()
        ready = sorted(change for change in self._waiting if change[0] <= tip)
        self._waiting = [change for change in self._waiting if change[0] > tip]
        for _, _, name, path, step in ready:
            authors = self._introducers.get(name, ())
            for identity in authors:
                self._add(directory_of(path), identity, "names", step / len(authors))

    def _add(self, directory: str, identity: str, kind: str, amount: float) -> None:
        key = (directory, identity, kind)
        self._amounts[key] += amount
        self._touched.add(key)


def _changes(repository: SafeRepository, before: str | None, tips: list[str]) -> Iterator[list[tuple[bytes, bytes]]]:
    """For each tip, (path, blob) of what differs from the tip before; the blob is zeros where the path is gone.

    `before` is the commit that the first tip is compared with; None: it is compared with nothing. Git begins at once,
    and is gone long before the last of what it printed is asked for.
    """
    options = ("diff-tree", "-r", "--raw", "--no-abbrev", "--no-renames")
    first = None
    if before is None:
        empty = repository.run("mktree", stdin=b"").decode().strip()
        first = [_raw(line) for line in repository.run(*options, empty, tips[0]).split(b"\n") if line]
        before, *tips = tips
    printed = tempfile.TemporaryFile()  # noqa: SIM115
    with tempfile.TemporaryFile() as feed:
        # A commit and another: git takes the other for its only parent.
        feed.write("".join(f"{tip} {old}\n" for old, tip in pairwise([before, *tips])).encode())
        feed.seek(0)
        process = repository.stream(*options, "--stdin", "--always", stdin=feed, stdout=printed)
    return _printed(first, process, printed)


def _printed(
    first: list[tuple[bytes, bytes]] | None, process: subprocess.Popen[bytes], printed: IO[bytes]
) -> Iterator[list[tuple[bytes, bytes]]]:
    try:
        if first is not None:
            yield first
        process.wait()
        printed.seek(0)
        found: list[tuple[bytes, bytes]] | None = None
        for line in printed:
            if line.startswith(b":"):
                assert found is not None
                found.append(_raw(line.rstrip(b"\n")))
                continue
            if found is not None:
                yield found
            found = []
        if found is not None and not process.returncode:
            yield found
    finally:
        process.kill()
        process.wait()
        printed.close()


def _raw(line: bytes) -> tuple[bytes, bytes]:
    meta, _, path = line.partition(b"\t")
    return unquote(path), meta.split(b" ")[3]


def _quarter_tips(chain: list[Commit]) -> list[tuple[int, Commit]]:
    """For each quarter in which the first-parent chain moved, its last second and the chain's last commit in it."""
    tips: dict[int, Commit] = {}
    latest = 0
    for commit in chain:
        # A clock that ran backwards must not put a later commit into an earlier quarter.
        latest = max(latest, commit.committed)
        tips[_quarter_end(latest)] = commit
    return sorted(tips.items(), key=lambda item: item[0])


def _quarter_end(seconds: int) -> int:
    at = moment(seconds)
    first_month = 3 * ((at.month - 1) // 3) + 4
    following = dt.datetime(at.year + (first_month > 12), (first_month - 1) % 12 + 1, 1)
    return int((following - dt.datetime(1970, 1, 1)).total_seconds()) - 1
