"""The very acts behind a person's influence, read from the workspace when somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import pandas as pd

from influence import follows
from influence.authority import Authority
from influence.people import People
from influence.window import Window
from influence.workspace import Workspace

#: Columns of `Evidence.of`.
COLUMNS = (
    "follower", "leader", "kind", "occasion", "how", "repository", "used_in", "used_at", "follower_unit",
    "leader_unit", "name", "used_name",
    "path", "line", "introduced", "language", "evidence", "time", "weight", "amount", "imported", "ai",
    "title", "follower_url", "cited_title", "leader_url",
)  # fmt: skip


class Evidence:
    """Acts of following by leader; each leader is read once."""

    def __init__(self) -> None:
        self._known: dict[str, pd.DataFrame] = {}

    def of(self, leader: str, alike: Iterable[str] = ()) -> pd.DataFrame:
        """The acts of following `leader` that count, columns `COLUMNS`, oldest first.

        `alike` are leaders who will be asked for next: they are read at the same time.
        """
        if leader not in self._known:
            self.read([person for person in dict.fromkeys((leader, *alike)) if person not in self._known])
        return self._known[leader]

    def read(self, leaders: list[str]) -> None:
        """Read these leaders' acts now."""
        rows = self._fetch(leaders).sort_values(["time", "follower", "follower_unit"], ignore_index=True)
        groups = dict(list(rows.groupby("leader", observed=True)))
        empty = rows.iloc[:0]
        self._known.update({leader: groups.get(leader, empty).reset_index(drop=True) for leader in leaders})

    def _fetch(self, leaders: list[str]) -> pd.DataFrame:
        return pd.DataFrame(columns=list(COLUMNS))


@dataclass(frozen=True, eq=False)
class Reading:
    """What an analysis was made of, so that the same rows can be found again."""

    workspace: Workspace
    people: People
    authority: Authority
    window: Window


class WorkspaceEvidence(Evidence):
    """Evidence from a workspace, worked out again as the analysis did it."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading

    def _fetch(self, leaders: list[str]) -> pd.DataFrame:
        made = self.reading
        ids = pd.Index(made.people.table["id"])
        with made.workspace.read() as connection:
            follows.prepare(connection, made.people, made.window)
            follows.stage(connection, made.people, made.authority)
            follows.load(connection, "asked", pd.DataFrame({"person": ids.get_indexer(leaders)}))
            rows = connection.execute(follows.query("evidence")).df()
        for side in ("follower", "leader"):
            rows[side] = ids.take(rows[side]).astype(object)
        return rows


class GivenEvidence(Evidence):
    """Evidence that a researcher gave: rows with the columns `COLUMNS`."""

    def __init__(self, rows: pd.DataFrame) -> None:
        super().__init__()
        self._rows = rows

    def _fetch(self, leaders: list[str]) -> pd.DataFrame:
        return self._rows[self._rows["leader"].isin(leaders)]


def commit_url(web: str | None, commit: str | None) -> str | None:
    """The page of a commit, where the repository's web page is one of a forge whose addresses are known; else None."""
    # A change under review is called by its number; a commit by at least seven digits of its hash.
    if not web or not commit or len(commit) < 7 or commit.strip("0123456789abcdef"):
        return None
    commits = _commits_at(web)
    return commits and f"{commits}/{commit}"


@lru_cache(maxsize=1_000)
def _commits_at(web: str) -> str | None:
    """Where a forge shows the commits of the repository whose page is `web`."""
    try:
        parts = urlsplit(web)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        return None
    if not _is_plain(web):
        return None
    base = web.rstrip("/").removesuffix(".git")
    if host == "github.com" or host == "codeberg.org":
        return f"{base}/commit"
    if host.split(".")[0] == "gitlab":
        return f"{base}/-/commit"
    return None


def unit_name(unit: object) -> str:
    """What a unit is called in few letters: a commit by twelve digits, a change under review by its number."""
    if not isinstance(unit, str):
        return ""
    return f"#{unit}" if unit.isdigit() and len(unit) < 10 else unit[:12]


def web_page(url: object) -> str | None:
    """`url`, where it is a plain web address; else None: nothing of theirs becomes a link that runs something."""
    return url if isinstance(url, str) and url.startswith(("https://", "http://")) and _is_plain(url) else None


def _is_plain(address: str) -> bool:
    """Whether nothing in an address ends a link or cannot be seen; of spaces, only that of ASCII is printable."""
    return address.isprintable() and not any(character in address for character in " <>\"'`\\")
