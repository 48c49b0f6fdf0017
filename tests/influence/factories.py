"""Small workspaces written from rows: what a connector would have handed over, said in a line each."""

from __future__ import annotations

import datetime as dt
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from influence.schema import TABLES, Checkpoint, Harvest
from influence.workspace import Workspace

REPOSITORY = "r" * 40


def key(who: str) -> str:
    """The identity key of a person called `who`."""
    return f"{who.capitalize()} {who.capitalize()}son <{who}@example.org>"


def at(when: str | dt.datetime | None) -> dt.datetime | None:
    """`YYYY-MM-DD` as noon of that day; with a time of day as it is."""
    if when is None or isinstance(when, dt.datetime):
        return when
    return dt.datetime.fromisoformat(when if len(when) > 10 else f"{when}T12:00:00")


@cache
def _empty() -> bytes:
    """A workspace without rows: to copy one is quicker than to make all tables again."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "empty.duckdb")
        with workspace._write():
            pass
        return workspace.path.read_bytes()


class Rows:
    """Rows of one source. People are called by first names in small letters; `None` is nobody."""

    def __init__(
        self, label: str = "team", repository: str = REPOSITORY, connector: str = "git", **harvest: Any
    ) -> None:
        self.repository = repository
        self.harvest = Harvest(f"{connector}:{label}", repository, label, f"/{label}", connector, **harvest)
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES if name != "harvests"}
        self._people: dict[str, dict[str, Any]] = {}

    def person(self, who: str | None, **columns: Any) -> str | None:
        """The key of `who`, who is listed among the identities from now on."""
        if who is None:
            return None
        name = who if {"<", ":"} & set(who) else key(who)
        if name not in self._people:
            display, _, email = name.removesuffix(">").rpartition(" <")
            self._people[name] = {"key": name, "display": display, "email": email or None, "first": at("2000-01-01")}
        self._people[name].update(columns)
        return name

    def add(self, table: str, **columns: Any) -> None:
        """One row of `table`; identities are called by first name, times are text."""
        row: dict[str, Any] = {"source": self.harvest.source}
        known = TABLES[table].names
        if "repository" in known:
            row["repository"] = self.repository
        for name, value in columns.items():
            if name in (*TABLES[table].identities, "asked_by"):
                value = self.person(value)
            elif name in ("time", "visible", "since", "until", "quarter", "created", "first"):
                value = at(value)
            row[name] = value
        if "visible" in known and "visible" not in row:
            row["visible"] = row.get("time")
        self.rows[table].append(row)

    def signal(self, follower: str, leader: str, when: str, kind: str = "builds_on", **more: Any) -> None:
        """`follower` followed `leader`."""
        ways = {"builds_on": "replaced", "consults": "reviewed-by", "heeds": "comment", "mentions": "as in"}
        unit = more.pop("unit", f"c-{len(self.rows['signals'])}")
        columns = {"how": ways[kind], "follower_share": 1.0, "leader_share": 1.0, "amount": 1.0, "path": "src/a.c"}
        columns |= {"imported": False} | more
        self.add("signals", unit=unit, kind=kind, follower=follower, leader=leader, time=when, **columns)

    def defines(self, who: str | None, name: str, when: str, path: str = "src/a.c", **more: Any) -> None:
        """`who` defined `name`."""
        columns = {"unit": f"d-{name}-{when}", "share": 1.0, "line": 1, "language": "C", "public": True} | more
        self.add("names", name=name, identity=who, time=when, path=path, **columns)

    def uses(self, who: str, name: str, when: str, **more: Any) -> None:
        """`who` first used `name`."""
        columns = {"unit": f"u-{name}-{who}-{when}", "share": 1.0, "path": "src/b.c"} | more
        self.add("uses", name=name, identity=who, time=when, **columns)

    def act(self, who: str, when: str, kind: str = "commit", **more: Any) -> None:
        """`who` did something."""
        columns = {"unit": f"a-{len(self.rows['acts'])}", "amount": 1.0} | more
        self.add("acts", kind=kind, actor=who, time=when, **columns)

    def unit(self, unit: str, *paths: str, **more: Any) -> None:
        """What a unit touched."""
        self.add("units", unit=unit, paths=list(paths) or None, **({"kind": "commit", "title": unit} | more))

    def manages(self, leader: str, follower: str, since: str | None = None, until: str | None = None) -> None:
        """`leader` is the manager of `follower`."""
        columns = {"role": "manager", "since": since, "until": until, "repository": None}
        self.add("authority", leader=leader, follower=follower, **columns)

    def owns(self, leader: str, pattern: str | None = None, role: str = "code owner", **more: Any) -> None:
        """`leader` holds a role over paths of the repository; without a pattern, over all of it."""
        position = len(self.rows["authority"])
        self.add("authority", leader=leader, pattern=pattern, position=position, rule="last", role=role, **more)

    def write(self, workspace: Workspace | Path) -> Workspace:
        """Commit the rows, replacing what this source wrote before."""
        target = workspace if isinstance(workspace, Workspace) else Workspace(workspace / "workspace.duckdb")
        if not target.path.exists():
            target.path.write_bytes(_empty())
            target.path.chmod(0o600)
        self.rows["identities"] = [{"source": self.harvest.source, **row} for row in self._people.values()]
        tables = {name: TABLES[name].batch(rows) for name, rows in self.rows.items() if rows}
        target.commit(Checkpoint(self.harvest, tables))
        return target
