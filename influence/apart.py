"""What if identities that were joined are two people: the ranks they would have apart."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd

from influence import follows, score
from influence.confidence import competition_ranks
from influence.evidence import Reading
from influence.people import People
from influence.schema import TABLES
from influence.union import Union

#: A join that is at least this sure is not put in question.
SURE = 0.95
#: Where it stands who did what: all that following is worked out from.
_DONE = ("signals", "names", "uses", "acts", "authorships")


def doubtful(merges: pd.DataFrame, person_id: str) -> pd.DataFrame:
    """The joins of a person that are less than sure: rows of `People.merges`."""
    joined = (merges["id"] == person_id) & merges["accepted"].astype(bool)
    return merges[joined & (merges["confidence"] < SURE)]


def split(people: People, person_id: str) -> tuple[People, list[str]]:
    """The same people, one of them taken apart wherever a join is less than sure; and the ids of the parts."""
    keys = people.keys.loc[people.keys["id"] == person_id, "key"].tolist()
    place = {key: number for number, key in enumerate(keys)}
    merges = people.merges
    sure = merges[(merges["id"] == person_id) & merges["accepted"].astype(bool) & (merges["confidence"] >= SURE)]
    parts = Union([""] * len(keys), [""] * len(keys))
    for a, b in zip(sure["a"], sure["b"], strict=True):
        if a in place and b in place:
            parts.join(place[a], place[b])
    heads = [parts.find(number) for number in range(len(keys))]
    different = enumerate(dict.fromkeys(heads))
    ids = {head: f"{person_id}-{number}" if number else person_id for number, head in different}
    owner = {key: ids[head] for key, head in zip(keys, heads, strict=True)}
    row = people.table[people.table["id"] == person_id]
    added = [row.assign(id=one) for one in ids.values() if one != person_id]
    apart = replace(
        people,
        table=pd.concat([people.table, *added], ignore_index=True),
        keys=people.keys.assign(id=people.keys["key"].map(owner).fillna(people.keys["id"])),
    )
    return apart, list(ids.values())


def ranks_apart(reading: Reading, person_id: str, rank: int) -> list[int]:
    """The ranks that the parts of a person would have, best first; parts whom nobody follows have none.

    `rank` is the one that she has together.
    """
    people, parts = split(reading.people, person_id)
    others = people.keys.loc[people.keys["id"].isin(parts[1:]), "key"].tolist()
    with reading.workspace.read() as connection:
        if not _acted(connection, others):
            # Entries of a chart, mostly: all that was done, and her power, stays with the first part.
            return [int(rank)]
        follows.prepare(connection, people, reading.window)
        follows.stage(connection, people, reading.authority)
        edges = follows.follow(connection, people).edges
    scored = score.influence(edges[edges["counted"]][["follower", "leader", "kind", "value"]]).table
    ranks = pd.Series(competition_ranks(scored["influence"].to_numpy()), index=scored["leader"].to_numpy())
    return sorted(int(rank) for rank in ranks.reindex(parts).dropna().astype(np.int64))


def _acted(connection: duckdb.DuckDBPyConnection, keys: list[str]) -> bool:
    """Whether one of these identities did anything, or had anything done to it."""
    for table in _DONE:
        columns = [*TABLES[table].identities, *(("asked_by",) if table == "signals" else ())]
        found = " OR ".join(f'list_contains($keys, "{column}")' for column in columns)
        if connection.execute(f"SELECT 1 FROM {table} WHERE {found} LIMIT 1", {"keys": keys}).fetchall():
            return True
    return False
