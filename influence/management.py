"""Who was under whom, directly or through others, and when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Ints = npt.NDArray[np.int64]

#: Microseconds that stand for "since ever" and "without end".
ALWAYS = np.iinfo(np.int64).min
FOREVER = np.iinfo(np.int64).max
#: Levels of managers that are followed upwards; merged identities can make longer chains than an organisation has.
MAX_LEVELS = 64


def utc(at: dt.datetime | dt.date) -> dt.datetime:
    """A time without a zone, in UTC; what has no zone is UTC, a date is its first instant."""
    if not isinstance(at, dt.datetime):
        return dt.datetime(at.year, at.month, at.day)
    return at if at.tzinfo is None else at.astimezone(dt.UTC).replace(tzinfo=None)


def instant(at: dt.datetime | dt.date) -> int:
    """A time as microseconds since 1970, UTC."""
    return int(np.datetime64(utc(at), "us").astype(np.int64))


@dataclass(frozen=True, eq=False)
class Spans:
    """Pairs of people (as numbers) with half-open times: `leader` had power over `follower` in [since, until).

    `depth` is the number of steps from one to the other: 1 for the direct manager. All arrays have one length.
    """

    leader: Ints
    follower: Ints
    since: Ints
    until: Ints
    depth: Ints

    def __len__(self) -> int:
        return len(self.leader)

    def _take(self, which: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Spans:
        return Spans(self.leader[which], self.follower[which], self.since[which], self.until[which], self.depth[which])

    def coalesced(self, by_depth: bool = True) -> Spans:
        """Overlapping and adjoining times of one pair (and depth) as one; sorted by pair and time."""
        group = self.depth if by_depth else np.zeros_like(self.depth)
        order = np.lexsort((self.since, group, self.follower, self.leader))
        spans, group = self._take(order), group[order]
        if not len(spans):
            return spans
        new = np.ones(len(spans), bool)
        new[1:] = (np.diff(spans.leader) != 0) | (np.diff(spans.follower) != 0) | (np.diff(group) != 0)
        # The latest end so far within each pair: a running maximum that starts again where a pair does.
        rank = np.unique(spans.until, return_inverse=True)[1]
        base = np.cumsum(new) * (rank.max() + 1)
        latest = np.maximum.accumulate(base + rank)
        ends = np.sort(np.unique(spans.until))[latest - base]
        new[1:] |= spans.since[1:] > ends[:-1]
        starts = np.flatnonzero(new)
        last = np.append(starts[1:], len(spans)) - 1
        depth = np.minimum.reduceat(spans.depth, starts)
        return Spans(spans.leader[starts], spans.follower[starts], spans.since[starts], ends[last], depth)


def closure(leader: Ints, follower: Ints, since: Ints, until: Ints) -> Spans:
    """Everybody above everybody, with the times in which the whole chain between them held.

    Parameters
    ----------
    leader, follower
        People as numbers from 0, one row a direct manager.
    since, until
        Microseconds, half-open; `ALWAYS` and `FOREVER` where there is no bound.

    Notes
    -----
    One level at a time: the managers of all leaders found in the last step, their times intersected. Circles, which
    merged identities can make, end: nobody is above herself and no row is followed twice.
    """
    kept = (leader != follower) & (since < until)
    direct = Spans(leader, follower, since, until, np.ones(len(leader), np.int64))._take(kept).coalesced()
    if not len(direct):
        return direct
    size = int(max(direct.leader.max(), direct.follower.max())) + 1
    by_follower = direct._take(np.argsort(direct.follower, kind="stable"))
    first = np.searchsorted(by_follower.follower, np.arange(size + 1))
    levels, front = [direct], direct
    seen = _rows(direct) if _has_circle(direct, size) else None
    for depth in range(2, MAX_LEVELS + 1):
        counts = first[front.leader + 1] - first[front.leader]
        source = np.repeat(np.arange(len(front)), counts)
        if not len(source):
            break
        offset = np.arange(len(source)) - np.repeat(np.cumsum(counts) - counts, counts)
        upper = by_follower._take(first[front.leader[source]] + offset)
        begins = np.maximum(front.since[source], upper.since)
        ends = np.minimum(front.until[source], upper.until)
        people = front.follower[source]
        found = Spans(upper.leader, people, begins, ends, np.full(len(source), depth, np.int64))
        front = found._take((begins < ends) & (upper.leader != people)).coalesced()
        if seen is not None:
            rows = _rows(front)
            front = front._take(~np.isin(rows, seen))
            seen = np.union1d(seen, rows)
        if not len(front):
            break
        levels.append(front)
    names = ("leader", "follower", "since", "until", "depth")
    return Spans(*(np.concatenate([getattr(level, name) for level in levels]) for name in names)).coalesced()


def _has_circle(spans: Spans, people: int) -> bool:
    """Whether somebody is above herself when times are ignored."""
    graph = csr_array((np.ones(len(spans), np.int8), (spans.leader, spans.follower)), shape=(people, people))
    # Slow to import, and only charts need it.
    from scipy.sparse.csgraph import connected_components

    return int(connected_components(graph, connection="strong", return_labels=False)) < people


def _rows(spans: Spans) -> npt.NDArray[np.void]:
    """Each row but its depth as one comparable value."""
    table = np.ascontiguousarray(np.stack([spans.leader, spans.follower, spans.since, spans.until], axis=1))
    return table.view([("", np.int64)] * 4).reshape(-1)


class Lookup:
    """Answers for many (leader, follower, time) at once whether the one was above the other."""

    def __init__(self, spans: Spans, people: int) -> None:
        self._people = people
        self._spans = spans.coalesced(by_depth=False)
        self._pairs = self._spans.leader * people + self._spans.follower

    def held(self, leader: Ints, follower: Ints, time: Ints) -> npt.NDArray[np.bool_]:
        """One answer a row; people below 0 are unknown and above or under nobody."""
        pair = np.where((leader < 0) | (follower < 0), -1, leader * self._people + follower)
        low = np.searchsorted(self._pairs, pair, "left")
        high = np.searchsorted(self._pairs, pair, "right")
        answer = np.zeros(len(pair), bool)
        rows = np.flatnonzero(low < high)
        # A pair has few spells: each pass looks at the next one of the rows that are left.
        while len(rows):
            at = low[rows]
            answer[rows] = (self._spans.since[at] <= time[rows]) & (time[rows] < self._spans.until[at])
            low[rows] += 1
            rows = rows[~answer[rows] & (low[rows] < high[rows])]
        return answer
