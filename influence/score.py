"""The influence score: how much a person is followed, and by which kinds of following.

    influence = sum over kinds of  w_kind * v_kind / sqrt(V_kind)

v_kind is what a person's followers add in one kind (`weekly_value`, `adoption_value`, `citation_value`), V_kind the
sum of v_kind over all people: so a kind weighs with the square root of the evidence there is for it.

Floating-point sums depend on their order. Here they do not: what each follower adds is rounded to a multiple of one
power of two (`Score.quantum`, under 1e-15 of everybody's influence together), and such numbers add up without any
error. So parts add up to influence, followers add up to parts, and rows may come in any order: equal to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from influence.errors import InputError
from influence.graph import FollowGraph, encode
from influence.schema import BUILT_UPON, KINDS, TURNED_TO

Vector = npt.NDArray[np.float64]

#: A name counts at most this part of what all names of its leader add, before the cap.
NAME_CAP = 0.1
#: Shares of a week are rounded to multiples of this, for the sake of exact sums.
_SHARE_GRID = 2.0**-40


@dataclass(frozen=True, eq=False)
class Score:
    """Everybody's influence.

    Attributes
    ----------
    table
        One row per person with influence > 0, most first, equal ones by id: `leader`, `influence`, one column per kind
        of `schema.KINDS` (its part), `built_upon`, `turned_to`, `reach` (followers who count), `effective_followers`
        (exp of the Shannon entropy of their shares: 1 when one does all, `reach` when all do alike).
    scale
        w_kind / sqrt(V_kind) for every kind; 0 where there is no evidence of that kind.
    quantum
        A power of two of which all influence is a multiple.
    graph
        The follow graph of the contributions: its in-strengths are the influences.
    """

    table: pd.DataFrame
    scale: dict[str, float]
    quantum: float
    graph: FollowGraph

    def weigh(self, kinds: pd.Series | Sequence[str], values: npt.ArrayLike) -> Vector:
        """Influence that m values of these m kinds stand for: value * scale, as a multiple of `quantum`; shape (m,).

        Weigh the very values that were scored: they add up to parts and influence exactly.
        """
        factors = np.array(list(self.scale.values()))[_kind_codes(pd.Series(kinds))]
        return _on_grid(np.asarray(values, dtype=np.float64) * factors, self.quantum)


def influence(
    contributions: pd.DataFrame,
    weights: Mapping[str, float] | None = None,
    people: npt.ArrayLike | None = None,
) -> Score:
    """Score everybody who is followed.

    Parameters
    ----------
    contributions
        What counts (free and unknown occasions): columns `follower`, `leader` (person ids), `kind`, `value` (what this
        follower adds to the leader's v of that kind). Rows of the same three are added up; rows from a person to
        herself count nothing.
    weights
        w_kind; 1 for every kind that is not given.
    people
        Labels of the graph, when it should hold more people than stand in the rows.

    Raises
    ------
    InputError
        When a value or weight is negative or not a number, an id is missing, or a kind is not known.
    """
    factors = _weights(weights)
    values = _amounts(contributions["value"], "value")
    kinds = _kind_codes(contributions["kind"])
    followers, leaders, labels = encode(contributions["follower"], contributions["leader"], people)
    values = np.where(followers == leaders, 0.0, values)

    # fsum rounds once, so that V does not depend on the order of rows either.
    evidence = {kind: math.fsum(memoryview(values[kinds == code])) for code, kind in enumerate(KINDS)}
    scale = {kind: factors[kind] / math.sqrt(total) if total else 0.0 for kind, total in evidence.items()}
    everything = sum(factors[kind] * math.sqrt(total) for kind, total in evidence.items())
    quantum = 2.0 ** (math.frexp(everything)[1] - 52)
    counted = _on_grid(values * np.array(list(scale.values()))[kinds], quantum)

    cells = leaders * np.int64(len(KINDS)) + kinds
    parts = np.zeros(len(labels) * len(KINDS))
    parts += np.bincount(cells, weights=counted, minlength=len(parts))
    del cells, values, kinds  # of millions of rows, and the graph takes as much again
    graph = FollowGraph.from_places(followers, leaders, labels, counted)
    return Score(_table(graph, parts.reshape(-1, len(KINDS))), scale, quantum, graph)


def weekly_value(rows: pd.DataFrame, by: Sequence[str] = ("follower", "leader")) -> pd.DataFrame:
    """What each follower adds to a leader's v in kinds that are counted by weeks: log(1 + weeks).

    weeks = sum over weeks of min(1, sum of the weights in that week). So a second act in the same week adds nothing,
    and work shared among n people counts 1/n of a week on each side.

    Parameters
    ----------
    rows
        One row per signal: the columns of `by`, `week` (anything that is equal within a week), `weight`
        (follower_share * leader_share).
    by
        What is told apart; give `kind` and `occasion` too in order to keep those apart.

    Returns
    -------
    DataFrame
        The columns of `by`, sorted by them, `value` and `weeks`.
    """
    weights = np.rint(_amounts(rows["weight"], "weight") / _SHARE_GRID) * _SHARE_GRID
    keys = _Keys(rows, [*by, "week"])
    weeks = np.minimum(keys.sum(weights), 1.0)
    groups = keys.select(by)
    result = groups.frame()
    result["weeks"] = groups.sum(weeks)
    result.insert(len(by), "value", np.log1p(result["weeks"].to_numpy()))
    return result


def adoption_value(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What each adopter adds to a leader's v of `adopts`, and what each name adds.

    A follower who adopted k of the leader's names gives each of them weight * log(1 + k) / k, so that her names
    together count like k weeks would. k counts names whole; shares come in through the weight alone. Then no name may
    count more than a tenth of the sum of the leader's names before this cap: what is over it is taken from all adopters
    of that name alike. So somebody with one name only keeps a tenth of it.

    Parameters
    ----------
    rows
        One row per adoption that counts: `follower`, `leader`, `name` (told apart by repository: the same word in two
        repositories is two names), `weight` (follower_share * leader_share). Rows of the same three add up to at most
        1; rows without weight count nothing.

    Returns
    -------
    (DataFrame, DataFrame)
        `follower`, `leader`, `value`, `names` (k), sorted; and per name `leader`, `name`, `adopters`, `uncapped` (its
        sum before the cap) and `value` (after it), sorted.
    """
    keys = _Keys(rows, ["leader", "name", "follower"])
    weights = np.minimum(keys.sum(_amounts(rows["weight"], "weight")), 1.0)
    keys, weights = keys.where(weights > 0), weights[weights > 0]
    pairs = keys.select(["follower", "leader"])
    names = pairs.sum()
    values = weights * (np.log1p(names) / names)[pairs.codes]

    of_name = keys.select(["leader", "name"])
    uncapped = of_name.sum(values)
    owners = of_name.select(["leader"])
    limit = (NAME_CAP * owners.sum(uncapped))[owners.codes]
    capped = np.minimum(uncapped, limit)
    by_name = of_name.frame()
    by_name["adopters"] = of_name.sum().astype(np.int64)
    by_name["uncapped"] = uncapped
    by_name["value"] = capped
    by_pair = pairs.frame()
    by_pair["value"] = pairs.sum(values * (capped / uncapped)[of_name.codes])
    by_pair["names"] = names.astype(np.int64)
    return by_pair, by_name


def citation_value(rows: pd.DataFrame) -> pd.DataFrame:
    """What each citing author adds to a cited author's v of `cites`.

    Sum over the followed works of leader_share * follower_share * log(1 + c) / c, where c is the number of works that
    cite this one and share no author with it. A work that does share one counts nothing for anybody.

    Parameters
    ----------
    rows
        One row per citation, author of the citing work and author of the cited work, **all** of them (also those of an
        author citing herself, by which common authors are found): `follower`, `leader`, `citing`, `cited` (work ids),
        `weight` (follower_share * leader_share). A row that stands twice counts once.

    Returns
    -------
    DataFrame
        `follower`, `leader`, `value`, `works` (how many of the leader's works this follower cited), sorted.
    """
    everything = _Keys(rows, ["cited", "citing", "follower", "leader"])
    weights = everything.largest(_amounts(rows["weight"], "weight"))
    links = everything.select(["cited", "citing"])
    own = everything.same("follower", "leader")
    foreign = (links.sum(own.astype(np.float64)) == 0)[links.codes] & (weights > 0)
    keys, weights = everything.where(foreign), weights[foreign]

    works = keys.select(["cited"])
    links = keys.select(["cited", "citing"])
    citing = links.select(["cited"]).sum()
    pairs = keys.select(["follower", "leader"])
    result = pairs.frame()
    result["value"] = pairs.sum(weights * (np.log1p(citing) / citing)[works.codes])
    result["works"] = keys.select(["follower", "leader", "cited"]).select(["follower", "leader"]).sum().astype(np.int64)
    return result


def _table(graph: FollowGraph, parts: Vector) -> pd.DataFrame:
    """The table of `Score` from the parts, shape (n, kinds)."""
    size = graph.people
    columns = graph.matrix.indices
    total = parts.sum(axis=1)
    reach = np.bincount(columns, minlength=size)
    # Shares of one person's following: their entropy is log(S) - sum(x log x) / S for parts x of a sum S.
    shares = graph.matrix.data / total[columns]
    entropy = -np.bincount(columns, weights=shares * np.log(shares), minlength=size)
    effective = np.clip(np.exp(entropy), 1.0, np.maximum(reach, 1))
    followed = np.flatnonzero(total > 0)
    order = followed[np.lexsort((graph.labels[followed].astype(str), -total[followed]))]
    table = pd.DataFrame({"leader": graph.labels[order], "influence": total[order]})
    for code, kind in enumerate(KINDS):
        table[kind] = parts[order, code]
    table["built_upon"] = table[list(BUILT_UPON)].sum(axis=1)
    table["turned_to"] = table[list(TURNED_TO)].sum(axis=1)
    table["reach"] = reach[order]
    table["effective_followers"] = effective[order]
    return table


def _on_grid(values: Vector, quantum: float) -> Vector:
    result: Vector = values / quantum
    np.rint(result, out=result)
    result *= quantum
    return result


def _weights(weights: Mapping[str, float] | None) -> dict[str, float]:
    factors = dict.fromkeys(KINDS, 1.0)
    for kind, weight in (weights or {}).items():
        if kind not in factors or not 0 <= weight < math.inf:
            raise InputError(f"the weight {weight!r} of kind {kind!r} cannot be used", f"give 0 or more for {_kinds()}")
        factors[kind] = float(weight)
    return factors


def _kinds() -> str:
    return ", ".join(KINDS)


def _kind_codes(kinds: pd.Series) -> npt.NDArray[np.int8]:
    codes, distinct = pd.factorize(kinds)
    unknown = [kind for kind in distinct if kind not in KINDS]
    if unknown or (len(codes) and codes.min() < 0):
        raise InputError(f"the kind {unknown[0] if unknown else None!r} of following is not known", f"use {_kinds()}")
    places = np.array([KINDS.index(kind) for kind in distinct], dtype=np.int8)
    return places[codes]


def _amounts(values: pd.Series, what: str) -> Vector:
    amounts: Vector = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.isfinite(amounts).all() or (amounts < 0).any():
        raise InputError(
            f"a {what} of following is negative or not a finite number", f"give a {what} of 0 or more in every row"
        )
    return amounts


#: A column's name, a number for each row, and the distinct values that the numbers stand for, sorted.
_Coded = tuple[str, npt.NDArray[np.int64], pd.Index]


def _numbered(values: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], int]:
    """Each value's place among the distinct ones, in their order, and how many these are."""
    changes = values[1:] != values[:-1]
    if (values[1:] >= values[:-1]).all():
        places = np.zeros(len(values), dtype=np.int64)
        np.cumsum(changes, out=places[1:])
        return places, int(places[-1]) + 1 if len(places) else 0
    distinct, places = np.unique(values, return_inverse=True)
    return places, len(distinct)


class _Keys:
    """Rows grouped by several columns, fast: each column as numbers, each combination as one number.

    `codes` says for every row the position of its combination; combinations are sorted, and `frame` lists them.
    """

    def __init__(self, rows: pd.DataFrame, columns: Sequence[str]) -> None:
        coded = []
        for name in columns:
            codes, distinct = pd.factorize(rows[name], sort=True)
            if len(codes) and codes.min() < 0:
                raise InputError(f"a {name} of following is missing", f"fill in {name} in every row")
            coded.append((name, codes.astype(np.int64), distinct))
        self._group(coded)

    def _group(self, coded: list[_Coded]) -> None:
        combined = np.zeros(len(coded[0][1]), dtype=np.int64)
        size = 1
        for _, codes, distinct in coded:
            if size * len(distinct) >= 2**62:
                combined, size = _numbered(combined)
            combined = combined * len(distinct) + codes
            size *= len(distinct)
        self.codes, self.size = _numbered(combined)
        first = np.empty(self.size, dtype=np.int64)
        first[self.codes] = np.arange(len(self.codes))
        self._coded = [(name, codes[first], distinct) for name, codes, distinct in coded]

    @classmethod
    def _of(cls, coded: list[_Coded]) -> _Keys:
        keys = cls.__new__(cls)
        keys._group(coded)
        return keys

    def select(self, columns: Sequence[str]) -> _Keys:
        """The combinations grouped again, by fewer columns."""
        by_name = {entry[0]: entry for entry in self._coded}
        return self._of([by_name[name] for name in columns])

    def where(self, kept: npt.NDArray[np.bool_]) -> _Keys:
        """Only these combinations, as rows of their own."""
        return self._of([(name, codes[kept], distinct) for name, codes, distinct in self._coded])

    def sum(self, amounts: Vector | None = None) -> Vector:
        """Sum of the amounts (number of rows without them) of each combination, float64, shape (size,)."""
        return np.bincount(self.codes, weights=amounts, minlength=self.size).astype(np.float64)

    def largest(self, amounts: Vector) -> Vector:
        """Largest of the amounts of each combination, shape (size,)."""
        result = np.zeros(self.size)
        np.maximum.at(result, self.codes, amounts)
        return result

    def same(self, one: str, other: str) -> npt.NDArray[np.bool_]:
        """Whether two columns of a combination hold the same value, shape (size,)."""
        _, codes, distinct = next(entry for entry in self._coded if entry[0] == one)
        _, others, values = next(entry for entry in self._coded if entry[0] == other)
        result: npt.NDArray[np.bool_] = codes == pd.Index(distinct).get_indexer(pd.Index(values))[others]
        return result

    def frame(self) -> pd.DataFrame:
        """One row per combination."""
        return pd.DataFrame({name: distinct.take(codes) for name, codes, distinct in self._coded})
