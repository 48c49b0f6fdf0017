"""Identities and people in a line each, for tests of who is who."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from influence.people import People, resolve

NO_LINKS = pd.DataFrame(columns=["source", "a", "b", "same", "by", "since", "until"])
COLUMNS = ["source", "key", "display", "email", "login", "title", "first"]


def row(text: str, day: int = 0, **columns: Any) -> dict[str, Any]:
    """One row of `identities`: `Name <email>` as the git connector writes it, first seen on `day`."""
    name, _, email = text.removesuffix(">").rpartition(" <")
    base = {"source": "git:x", "key": text, "display": name or None, "email": email or None, "login": None}
    return {**base, "title": None, "first": dt.datetime(2020, 1, 1) + dt.timedelta(days=day), **columns}


def chart(key: str, display: str, email: str | None = None, login: str | None = None, **columns: Any) -> dict[str, Any]:
    """One row of `identities` as the chart connector writes it."""
    base = {"source": "chart:x", "key": f"chart:{key}", "display": display, "email": email, "login": login}
    return {**base, "title": None, "first": None, **columns}


def table(*rows: str | dict[str, Any]) -> pd.DataFrame:
    made = [row(r, day) if isinstance(r, str) else r for day, r in enumerate(rows)]
    return pd.DataFrame(made, columns=COLUMNS)


def link(a: str, b: str, same: bool = True, by: str = "mailmap") -> dict[str, Any]:
    return {"source": "git:x", "a": a, "b": b, "same": same, "by": by, "since": None, "until": None}


def links(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=NO_LINKS.columns)


def who(*rows: str | dict[str, Any], linked: pd.DataFrame = NO_LINKS, overrides: Path | None = None) -> People:
    return resolve(table(*rows), linked, overrides)


def parts(people: People) -> set[frozenset[str]]:
    return {frozenset(group) for _, group in people.keys.groupby("id")["key"]}


def are_one(*keys: str, **more: Any) -> bool:
    return len(parts(who(*keys, **more))) == 1


def near(people: People) -> set[frozenset[str]]:
    missed = people.merges[~people.merges["accepted"]]
    return {frozenset(pair) for pair in zip(missed["a"], missed["b"], strict=True)}
