"""What was read and is no following, in words: nothing is dropped in silence."""

from __future__ import annotations

import json

import duckdb
import pandas as pd

from influence.authority import Authority

#: What, how many, and why.
Item = tuple[str, int, str]

#: How many teams or people a reason names.
_NAMED = 5
_WHAT = {
    "builds_on": "changes to lines of others",
    "adopts": "first uses of names",
    "cites": "citations",
    "consults": "pieces of advice",
    "heeds": "changes after a comment",
    "mentions": "mentions",
}
_WHY = {
    "outside the window": "done before the window began",
    "wrong clock": "its date lies after the day on which it was read",
    "extended": "lines were put beside others' lines and replaced none",
    "deleted": "lines were taken away and nothing put in their place",
    "repaired": "undoing or fixing is not following",
    "identity not listed": "one side is somebody whom no source lists",
    "introducer unknown": "who introduced the name may not be named or is not known",
    "bot": "bots neither lead nor follow",
    "agent": "coding assistants neither lead nor follow",
    "own work": "nobody follows themselves",
    "borrowed name": "three or more people had used the name before anybody defined it here: a library's",
    "gone name": "nothing of that name was left in the repository by then: a library's",
    "private name": "the name is private to a file of C: in another file it is another name",
    "undecidable name": "three or more people, or files, had defined the name by then",
    "not yet known": "the name was used in another repository before others could see it",
    "several repositories": "two or more repositories had defined the name by then: which is meant is not known",
    "used before": "it was used in another repository before it was introduced: it comes from elsewhere",
    "more than 50 authors": "a work with over 50 authors names no leaders and no followers",
    "pointer": "the text only says what took its place: nobody follows their successor by that",
    "told twice": "the same advice on the same change was told more than once",
    "obliged": "owed to a manager, a rule, or power over the paths",
    "solicited": "the leader asked for it",
}


def left_out(connection: duckdb.DuckDBPyConnection, query: str) -> list[Item]:
    """(what, count, why) of the rows that the steps of `influence.follows` marked, and of what does not count.

    `query` gives kind, reason and number.
    """
    found = connection.execute(query).fetchall()
    return [(_WHAT.get(kind, kind), int(count), _WHY.get(reason, reason)) for kind, reason, count in found]


def not_read(harvests: pd.DataFrame) -> list[Item]:
    """(what, count, why) of what the harvests could not read, with the source's name where there are several."""
    several = len(harvests) > 1
    items: list[Item] = []
    for row in harvests.itertuples():
        for what, count, why in json.loads(row.problems or "[]"):
            if not count:
                continue
            items.append((f"{what} ({row.label})" if several else str(what), int(count), str(why)))
    return items


def not_known(power: Authority) -> list[Item]:
    """Formal power that was read and cannot be told whose it is."""
    items: list[Item] = []
    if power.unknown_teams:
        teams = _listed(list(power.unknown_teams))
        items.append(("patterns that teams own", sum(power.unknown_teams.values()), f"nothing tells who is in {teams}"))
    if power.unknown_owners:
        owners = _listed(power.unknown_owners)
        why = f"they did nothing in what was read, or under another name: {owners}"
        items.append(("owners of paths", len(power.unknown_owners), why))
    return items


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def machines(seen: pd.DataFrame) -> list[Item]:
    """Bots and coding assistants among the people seen, as things left out."""
    classes = seen["class"].value_counts()
    items = [
        ("bots", int(classes.get("bot", 0)), "they neither lead nor follow"),
        ("coding assistants", int(classes.get("agent", 0)), "their work counts for whoever asked for it"),
    ]
    return [item for item in items if item[1]]
