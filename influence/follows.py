"""From signals, names and citations to follow edges.

The joins are plain SQL (`sql/*.sql`, each one SELECT in the dialect that DuckDB and Spark share), run inside the
workspace's connection on temporary tables in the order of `STEPS` and `CROSSINGS`. A step marks what it leaves out with
a `reason`, so that it can be counted. What a row is worth is said by the formulas of `influence.score`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import duckdb
import numpy as np
import pandas as pd

from influence import worth
from influence.authority import Authority
from influence.left_out import Item, left_out
from influence.people import People
from influence.window import Window

#: Temporary tables in the order in which they are made; each is the SELECT in the file of its name.
STEPS = (
    "staged_signals",
    "definitions",
    "first_definitions",
    "origins",
    "introductions",
    "undecided",
    "spoken",
    "first_uses",
    "borrowed",
    "staged_adoptions",
    "authors",
    "citing",
    "citing_works",
    "advice",
)
#: Those by which names are adopted from another repository, after the others: where there is but one, nothing is.
CROSSINGS = ("offers", "imported", "ties", "brought", "crossing", "staged_crossings")
_SEVERAL = """
SELECT count(DISTINCT repository) > 1
FROM (SELECT repository FROM names UNION ALL SELECT repository FROM uses) AS named
"""

_TYPES = {
    **dict.fromkeys(("key", "class", "repository", "unit", "kind"), "VARCHAR"),
    **dict.fromkeys(("person", "follower", "leader"), "BIGINT"),
    **dict.fromkeys(("since", "until"), "TIMESTAMP"),
    "influence": "DOUBLE",
}


@dataclass(frozen=True, eq=False)
class Following:
    """What follows from a window of a workspace.

    Attributes
    ----------
    edges
        One row per follower, leader, kind and occasion: `follower`, `leader` (category of person ids), `kind`,
        `occasion`, `counted` (bool), `value` (what this follower adds to the leader's v: free and unknown together are
        v; for the others what it would be, of them alone), `sums` (what v sums: weeks; for `adopts` names, for `cites`
        shares of works), `signals` (acts), `weeks` (weeks with such an act, of n co-authors 1/n; 0 for `adopts` and
        `cites`), `first`, `last` (times), `ai`, `imported` (the share of it that went through a coding assistant, that
        stands on an import; in [0, 1]).
    names
        What each name adds: `leader` (category), `repository`, `name` (as introduced), `path`, `adopters`, `value` (its
        part of the leader's v of `adopts`).
    left_out
        (what, count, why) of everything that was read and is no following.
    """

    edges: pd.DataFrame
    names: pd.DataFrame
    left_out: list[Item]


@cache
def query(name: str) -> str:
    """The SQL text of `sql/<name>.sql`."""
    return files("influence").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def make(connection: duckdb.DuckDBPyConnection, *steps: str) -> None:
    """Make the temporary tables `steps`, each from the SELECT in the file of its name."""
    for step in steps:
        connection.execute(f"CREATE TEMP TABLE {step} AS {query(step)}")


def _look(connection: duckdb.DuckDBPyConnection, *views: str) -> None:
    """Make temporary views: what would take much memory and is read seldom."""
    for view in views:
        connection.execute(f"CREATE TEMP VIEW {view} AS {query(view)}")


def prepare(connection: duckdb.DuckDBPyConnection, people: People, window: Window) -> None:
    """Make the temporary tables `bounds`, `persons` (positions in `people.table`, from here on) and `powers`."""
    connection.execute(
        "CREATE TEMP TABLE bounds AS SELECT CAST(? AS TIMESTAMP) AS since, CAST(? AS TIMESTAMP) AS until",
        [window.start, window.until],
    )
    persons = people.keys.assign(person=pd.Index(people.table["id"]).get_indexer(people.keys["id"]))
    persons["class"] = people.table["class"].to_numpy()[persons["person"]]
    load(connection, "persons", persons[["key", "person", "class"]])
    make(connection, "powers")


def stage(connection: duckdb.DuckDBPyConnection, people: People, authority: Authority) -> None:
    """Make the temporary view `following`, and the tables it comes from, of what `prepare` made."""
    make(connection, *STEPS)
    if connection.execute(_SEVERAL).fetchall()[0][0]:
        make(connection, *CROSSINGS)
        connection.execute("INSERT INTO staged_adoptions SELECT * FROM staged_crossings")
    _look(connection, "staged_citations", "acts_of_following")
    ids = pd.Index(people.table["id"])
    spans = authority.management
    management = pd.DataFrame({side: ids.get_indexer(spans[side]) for side in ("leader", "follower")})
    load(connection, "management", management.assign(since=spans["since"], until=spans["until"]))
    load(connection, "power", _power(connection, authority, ids))
    make(connection, "merged", "followed", "followed_citations")
    _look(connection, "following")


def load(connection: duckdb.DuckDBPyConnection, name: str, rows: pd.DataFrame) -> None:
    """Make the temporary table `name` of `rows`, whose columns are some of those in `_TYPES`."""
    # Types are told, because those of a column without rows cannot be guessed.
    columns = ", ".join(f"{column} {_TYPES[column]}" for column in rows.columns)
    connection.execute(f"CREATE TEMP TABLE {name} ({columns})")
    if len(rows):
        connection.register("loading", rows)
        connection.execute(f"INSERT INTO {name} SELECT * FROM loading")
        connection.unregister("loading")


def follow(connection: duckdb.DuckDBPyConnection, people: People) -> Following:
    """The edges of what `stage` made."""
    cited = connection.execute(query("citing_pairs")).df()
    occasions = pd.Series(["free", "obliged"])
    cited["occasion"] = occasions.take(cited.pop("obliged").to_numpy(dtype=np.int64)).to_numpy()
    edges, names = worth.edges(
        pairs=connection.execute(query("pairs")).df(),
        weekly=connection.execute(query("weekly")).df(),
        adopting=connection.execute(query("adopting")).df(),
        cited=cited,
        ids=people.table["id"],
    )
    return Following(edges, names, left_out(connection, query("left_out")))


def _power(connection: duckdb.DuckDBPyConnection, authority: Authority, ids: pd.Index) -> pd.DataFrame:
    """Which adviser had power over which unit when it was made: `repository`, `unit`, `leader`."""
    owned = connection.execute("SELECT DISTINCT repository FROM powers WHERE repository IS NOT NULL").fetchall()
    if not owned:
        return pd.DataFrame(columns=["repository", "unit", "leader"])
    # Who owns a path changes only where a span begins or ends, and customs with the year: ask once for each such time.
    ends = connection.execute(query("turns_of_power")).fetchall()
    turns = np.array(sorted(row[0] for row in ends), dtype="datetime64[us]")
    known: dict[tuple[str, str | None, int, int], set[str]] = {}

    def owners(repository: str, path: str | None, time: dt.datetime, turn: int) -> set[str]:
        key = (repository, path, time.year, turn)
        if key not in known:
            known[key] = authority.owners(repository, None if path is None else [path], time)
        return known[key]

    found = []
    for repository, unit, leader, time, paths in connection.execute(query("advised")).fetchall():
        turn = int(np.searchsorted(turns, np.datetime64(time, "us"), side="right"))
        adviser = ids[leader]
        if any(adviser in owners(repository, path, time, turn) for path in (paths or (None,))):
            found.append((repository, unit, leader))
    return pd.DataFrame(found, columns=["repository", "unit", "leader"])
