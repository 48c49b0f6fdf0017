"""What acts of following are worth: the formulas of `influence.score` applied per pair, kind and occasion."""

from __future__ import annotations

import numpy as np
import pandas as pd

from influence import score
from influence.schema import COUNTED_OCCASIONS

_OCCASION = ["follower", "leader", "kind", "occasion"]
_OF_CITES = ["follower", "leader", "occasion"]
_BASIS = ["follower", "leader", "kind", "basis"]


def edges(
    *, pairs: pd.DataFrame, weekly: pd.DataFrame, adopting: pd.DataFrame, cited: pd.DataFrame, ids: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Follow edges with their values, and what each name is worth.

    Free and unknown acts of a pair are worth what they are together; that is divided between the two occasions in
    proportion to the weeks (for `adopts` and `cites`: the shares) of each. Obliged and solicited ones are worth what
    they would be alone.

    Parameters
    ----------
    pairs
        One row per follower, leader, kind (but `cites`) and occasion: these, `signals`, `weight`, `ai_weight`,
        `imported_weight`, `first`, `last`. Here as below persons are numbers: positions in `ids`.
    weekly
        Acts in the kinds that are counted by weeks: `follower`, `leader`, `kind`, `occasion`, `week`, `weight`.
    adopting
        Adoptions: `follower`, `leader`, `repository`, `name`, `path`, `weight`, `occasion`.
    cited
        The edges of `cites`, one row per follower, leader and occasion: these, `signals`, `value`, `first`, `last`.
    ids
        Person ids.

    Returns
    -------
    (DataFrame, DataFrame)
        `edges` and `names` of `influence.follows.Following`.
    """
    weekly = weekly.assign(basis=_basis(weekly["occasion"]))
    weeks = score.weekly_value(weekly, _OCCASION)[[*_OCCASION, "weeks"]]
    adopted, names = _adopted(adopting)
    values = [score.weekly_value(weekly, _BASIS)[[*_BASIS, "value"]], adopted]

    found = pairs.merge(weeks, on=_OCCASION, how="left")
    found["basis"] = _basis(found["occasion"])
    amount = found["weeks"].fillna(found["weight"])
    # Without a row a column has no type by which the two could be joined.
    texts = {"kind": str, "basis": str}
    found = found.astype(texts).merge(pd.concat(values, ignore_index=True).astype(texts), on=_BASIS, how="left")
    share = amount / amount.groupby([found[name] for name in _BASIS]).transform("sum")
    found["value"] = (found["value"] * share).fillna(0.0)
    found["sums"] = amount
    found["weeks"] = found["weeks"].fillna(0.0)
    found["counted"] = found["basis"] == "counted"
    for name in ("ai", "imported"):
        found[name] = (found[f"{name}_weight"] / found["weight"]).fillna(0.0)
    columns = [*_OCCASION, "counted", "value", "sums", "signals", "weeks", "first", "last", "ai", "imported"]
    found = found[columns].sort_values(_OCCASION, ignore_index=True)
    if len(cited):
        # There are millions of them: what can be constant is, and where there is nothing else nothing is copied.
        cited = cited.assign(kind="cites", counted=cited["occasion"].isin(COUNTED_OCCASIONS), sums=cited["value"])
        cited = cited.assign(weeks=0.0, ai=0.0, imported=0.0)[columns]
        both = pd.concat([found, cited], ignore_index=True) if len(found) else cited
        found = both.sort_values(_OCCASION, ignore_index=True) if len(found) else both
    people = pd.Index(ids)
    for frame, sides in ((found, ["follower", "leader"]), (names, ["leader"])):
        for side in sides:
            frame[side] = pd.Categorical.from_codes(frame[side].to_numpy(dtype=np.int64), categories=people)
    return found, names


def _basis(occasion: pd.Series) -> pd.Series:
    """What is valued together: the counted occasions as one, each other one by itself."""
    return occasion.where(~occasion.isin(COUNTED_OCCASIONS), "counted")


def _adopted(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Values of `adopts` per pair and basis, and those of the names that count."""
    # The same word in two repositories is two names.
    number = rows.groupby(["repository", "name"], sort=False, dropna=False).ngroup()
    rows = rows.assign(basis=_basis(rows["occasion"]), word=rows["name"], name=number)
    values = [pd.DataFrame(columns=[*_BASIS, "value"])]
    names = pd.DataFrame(columns=["leader", "repository", "name", "path", "adopters", "value"])
    for basis, part in rows.groupby("basis"):
        by_pair, by_name = score.adoption_value(part)
        values.append(by_pair.assign(kind="adopts", basis=basis)[[*_BASIS, "value"]])
        if basis == "counted":
            words = part.drop_duplicates(["name", "leader"])[["leader", "name", "repository", "word", "path"]]
            named = by_name.merge(words, on=["leader", "name"])
            names = named.drop(columns="name").rename(columns={"word": "name"})[names.columns.to_list()]
    return pd.concat(values, ignore_index=True), names


def cited(pairs: pd.DataFrame, citing: pd.DataFrame) -> pd.DataFrame:
    """The edges of `cites` that `edges` takes, of signals.

    Parameters
    ----------
    pairs
        One row per follower, leader and occasion: these, `signals`, `weight`, `first`, `last`.
    citing
        Citations, all authors: `citing`, `cited`, `follower`, `leader`, `weight`, `occasion`.
    """
    # Works without a common author only come here, so a follower may bear the basis in her name.
    basis = _basis(citing["occasion"])
    marked = citing.assign(follower=citing["follower"].astype(str) + " " + basis)
    values = score.citation_value(marked[["follower", "leader", "citing", "cited", "weight"]])
    parts = values["follower"].str.split(" ", n=1, expand=True).reindex(columns=[0, 1])
    values = values.assign(follower=parts[0].astype(np.int64), basis=parts[1].astype(str))
    pairs = pairs.assign(basis=_basis(pairs["occasion"]))
    keys = ["follower", "leader", "basis"]
    found = pairs.merge(values[[*keys, "value"]], on=keys, how="left")
    share = found["weight"] / found["weight"].groupby([found[name] for name in keys]).transform("sum")
    found["value"] = (found["value"] * share).fillna(0.0)
    return found.sort_values(_OF_CITES, ignore_index=True)[[*_OF_CITES, "signals", "value", "first", "last"]]
