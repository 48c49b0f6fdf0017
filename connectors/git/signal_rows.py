"""Rows of `signals`: whose lines a commit built on, whom and what its message names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connectors.git.columns import Columns, taken, texts
from connectors.git.history import Commit, History, moment
from connectors.git.replay import BuildsOn
from connectors.git.trailers import Person
from influence.robots import classify
from influence.schema import BUILDS_ON_WAYS, TABLES

Places = npt.NDArray[np.int64]


def builds_on(found: BuildsOn, history: History, columns: Columns, imports: set[int]) -> pa.Table:
    """One row a fact and pair of authors: of the commit, and of the commit whose lines they were."""
    take, followers, leaders = _pairs(found, history, columns)
    if not len(take):
        return TABLES["signals"].batch([])
    commits, owners = _numbers(found.commit)[take], _numbers(found.owner)[take]
    imported = np.zeros(len(columns.authors), bool)
    imported[list(imports)] = True
    lines = pa.array([str(line) for line in _numbers(found.line)[take].tolist()], pa.string())
    place = [taken(columns.sha, owners), taken(texts(found.old_path), take), lines]
    evidence = pc.binary_join_element_wise(*place, ":")
    return columns.table(
        "signals",
        len(take),
        {
            **columns.of(commits),
            "kind": pa.repeat("builds_on", len(take)),
            "how": taken(pa.array(BUILDS_ON_WAYS, pa.string()), _numbers(found.way)[take]),
            "follower": taken(columns.keys, followers),
            "leader": taken(columns.keys, leaders),
            "follower_share": pa.array(columns.share[commits]),
            "leader_share": pa.array(columns.share[owners]),
            "amount": pa.array(_numbers(found.amount)[take].astype(np.float64)),
            "path": taken(texts(found.path), take),
            "evidence": evidence,
            "imported": pa.array(imported[owners]),
            "follower_via": taken(columns.via, commits),
            "leader_via": taken(columns.via, owners),
        },
    )


def _numbers(values: Iterable[int]) -> Places:
    return np.asarray(values).astype(np.int64)


def _pairs(found: BuildsOn, history: History, columns: Columns) -> tuple[Places, Places, Places]:
    """Facts with each pair of a follower and another as leader: which fact, and the two as places in `columns.keys`."""
    commits, owners = _numbers(found.commit), _numbers(found.owner)
    followers, leaders = columns.sole[commits], columns.sole[owners]
    plain = np.flatnonzero((followers >= 0) & (leaders >= 0) & (followers != leaders))
    more = [
        (fact, columns.places[follower], columns.places[leader])
        for fact in np.flatnonzero((followers < 0) | (leaders < 0)).tolist()
        for follower in history.commits[commits[fact] - 1].authors
        for leader in history.commits[owners[fact] - 1].authors
        if leader != follower
    ]
    several = np.array(more, np.int64).reshape(-1, 3).T
    return (
        np.concatenate((plain, several[0])),
        np.concatenate((followers[plain], several[1])),
        np.concatenate((leaders[plain], several[2])),
    )


def from_messages(commits: Iterable[Commit], history: History, source: str, repository: str) -> pa.Table:
    """`consults` and `mentions`."""
    rows: list[dict[str, Any]] = []
    for commit in commits:
        message = commit.message
        if not (message.advice or message.mentions):
            continue
        followers = asking(commit, history)
        same = {
            "source": source,
            "repository": repository,
            "unit": commit.sha,
            "time": moment(commit.time),
            "visible": moment(commit.visible),
            "follower_share": 1 / max(1, len(followers)),
            "amount": 1.0,
            "imported": False,
            "follower_via": commit.via,
        }
        told = [
            ("consults", how, [history.know(person)], commit.sha)
            for how, person in message.advice
            if is_somebody(person)
        ]
        for prefix in message.mentions:
            named = history.find(prefix, commit.number)
            if named is not None:
                told.append(("mentions", "commit", named.authors, named.sha))
        rows += [
            {
                **same,
                "kind": kind,
                "how": how,
                "follower": follower,
                "leader": leader,
                "leader_share": 1 / len(leaders),
                "evidence": evidence,
            }
            for kind, how, leaders, evidence in told
            for leader in leaders
            for follower in followers
            if follower != leader
        ]
    return TABLES["signals"].batch(rows)


def asking(commit: Commit, history: History) -> list[str]:
    """Whose work a message is about: its authors; for a merge, the authors of what it brought in."""
    if not commit.is_merge:
        return commit.authors
    # What a merge brings in comes right before it.
    first = commit.number - 1
    while first > history.known and history.commits[first - 1].brought_by == commit.number:
        first -= 1
    brought = history.commits[first : commit.number - 1]
    return list(dict.fromkeys(key for each in brought if not each.is_merge for key in each.authors)) or commit.authors


def is_somebody(person: Person) -> bool:
    """Whether that is a person's name, or a robot's, and no coding assistant's."""
    return bool(person.name or person.email) and classify(person.name, person.email) != "agent"
