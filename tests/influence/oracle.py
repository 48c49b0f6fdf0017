"""The definition of following once more, in plain loops over raw rows: slow, obvious, written apart from the SQL."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from typing import Any

from tests.influence.factories import Rows

Edge = tuple[str, str, str, str]
COUNTED = ("free", "unknown")


class Oracle:
    """What follows from `sources` between `since` and `until`.

    `person` maps identity keys to persons, `machines` are persons who neither lead nor follow, `management` is the
    transitive closure as (leader, follower, since, until).
    """

    def __init__(
        self,
        sources: list[Rows],
        person: dict[str, str],
        machines: set[str],
        management: list[tuple[str, str, dt.datetime | None, dt.datetime | None]],
        since: dt.datetime,
        until: dt.datetime,
    ) -> None:
        self.person, self.machines, self.management = person, machines, management
        self.since, self.until = since, until
        self.tables = {name: self._once(name, sources) for name in sources[0].rows}
        self.acts = [*self._signals(), *self._adoptions(), *self._citations()]

    def _once(self, table: str, sources: list[Rows]) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for source in sources:
            for row in source.rows[table]:
                if "visible" in row and row["visible"] > self.until:
                    continue
                content = {name: value for name, value in row.items() if name not in ("source", "visible")}
                key = repr(sorted(content.items(), key=lambda item: item[0]))
                if key not in found or row.get("visible", 0) < found[key].get("visible", 0):
                    found[key] = row
        return list(found.values())

    def _pair(self, follower: str | None, leader: str | None) -> tuple[str, str] | None:
        f, g = self.person.get(follower or ""), self.person.get(leader or "")
        if f is None or g is None or f == g or f in self.machines or g in self.machines:
            return None
        return f, g

    def _inside(self, time: dt.datetime) -> bool:
        return self.since <= time <= self.until

    def _managed(self, follower: str, leader: str, time: dt.datetime) -> bool:
        return any(
            (boss, report) == (leader, follower) and (since or time) <= time and (until is None or time < until)
            for boss, report, since, until in self.management
        )

    def _occasion(self, kind: str, follower: str, leader: str, time: dt.datetime, asked: Any, required: Any) -> str:
        asked_by = self.person.get(asked or "")
        if self._managed(follower, leader, time) or required:
            return "obliged"
        if asked_by is not None and asked_by == leader:
            return "solicited"
        if kind == "cites" or (asked_by is not None and asked_by == follower):
            return "free"
        return "unknown"

    def _signals(self) -> list[dict[str, Any]]:
        part_of = {row["unit"]: row["part_of"] for row in self.tables["units"] if row.get("part_of")}
        acts, advice = [], defaultdict(list)
        for row in self.tables["signals"]:
            pair = self._pair(row["follower"], row["leader"])
            if pair is None or not self._inside(row["time"]):
                continue
            if row["kind"] == "builds_on" and row["how"] != "replaced":
                continue
            asked, required = row.get("asked_by"), row.get("required") or False
            act = {
                "pair": pair,
                "kind": row["kind"],
                "occasion": self._occasion(row["kind"], *pair, row["time"], asked, required),
                "week": row["time"].isocalendar()[:2],
                "weight": row["follower_share"] * row["leader_share"],
            }
            if row["kind"] == "consults":
                known = self.person.get(asked or "")
                order = (row["unit"] in part_of, not required, known is None, row["time"], row["unit"], row["how"])
                advice[(*pair, part_of.get(row["unit"], row["unit"]))].append((order, -act["weight"], len(acts), act))
            else:
                acts.append(act)
        return acts + [min(told)[-1] for told in advice.values()]

    def _adoptions(self) -> list[dict[str, Any]]:
        names = self.tables["names"]

        def hidden(row: dict[str, Any]) -> bool:
            same = ("name", "unit", "path", "identity")
            rows = [other for other in names if all(other[key] == row[key] for key in same)]
            return row["language"] in ("c", "c++") and not any(other["public"] for other in rows)

        first: dict[str, list[dict[str, Any]]] = {}
        for name in {row["name"] for row in names}:
            rows = [row for row in names if row["name"] == name]
            places = [(hidden(row), row["time"], row["visible"], row["unit"]) for row in rows]
            first[name] = [row for row, place in zip(rows, places, strict=True) if place == min(places)]

        def origin(name: str) -> str | None:
            passed = set()
            while name in first and name not in passed:
                passed.add(name)
                before = {row.get("renamed_from") for row in first[name]} - {None}
                if not before:
                    return name
                name = max(before)
            return None

        def who(row: dict[str, Any]) -> str | None:
            return self.person.get(row["identity"] or "")

        def undecidable(name: str, time: dt.datetime) -> bool:
            rows = [row for row in names if row["name"] == name and row["time"] <= time]
            return len({who(row) for row in rows}) >= 3 or len({row["path"] for row in rows}) >= 3

        used: dict[tuple[str, str], tuple[Any, ...]] = {}
        for row in self.tables["uses"]:
            start, user = origin(row["name"]), who(row)
            if start is None or user is None:
                continue
            order = (
                row["time"],
                row["visible"],
                row["unit"],
                row["name"],
                -row["share"],
                row["path"],
                bool(row["gone"]),
            )
            if (start, user) not in used or order < used[(start, user)]:
                used[(start, user)] = order
        acts = []
        for (start, user), (time, visible, unit, name, share, path, gone) in used.items():
            known = [n for n in first if origin(n) == start]
            own = any(row["name"] in known and who(row) == user and row["time"] <= time for row in names)
            head = first[start]
            begun = (head[0]["time"], min(row["visible"] for row in head), head[0]["unit"])
            early = {other for (n, other), use in used.items() if n == start and use[0] < begun[0]}
            if len(early - {who(row) for row in head}) >= 3:
                continue
            if all(hidden(row) for row in head) and path != head[0]["path"]:
                continue
            if gone or own or not self._inside(time) or (time, visible, unit) <= begun:
                continue
            if undecidable(name, time) or undecidable(start, time):
                continue
            for leader in {who(row) for row in head} - {None, user}:
                if user in self.machines or leader in self.machines:
                    continue
                acts.append(
                    {
                        "pair": (user, leader),
                        "kind": "adopts",
                        "occasion": self._occasion("adopts", user, leader, time, None, False),
                        "name": start,
                        "weight": -share * max(row["share"] for row in head if who(row) == leader),
                    }
                )
        return acts

    def _citations(self) -> list[dict[str, Any]]:
        authors: dict[str, dict[str, float]] = defaultdict(dict)
        for row in self.tables["authorships"]:
            author = self.person.get(row["identity"] or "") or f"nobody of {row['artifact']}"
            authors[row["artifact"]][author] = authors[row["artifact"]].get(author, 0.0) + row["share"]
        links: dict[tuple[str, str], dt.datetime] = {}
        for row in self.tables["citations"]:
            pair = (row["citing"], row["cited"])
            links[pair] = min(links.get(pair, row["time"]), row["time"])
        links = {
            (citing, cited): time
            for (citing, cited), time in links.items()
            if citing != cited and self._inside(time) and not set(authors[citing]) & set(authors[cited])
        }
        acts = []
        for (citing, cited), time in links.items():
            citers = sum(other == cited and bool(authors[work]) for work, other in links)
            for follower, share in authors[citing].items():
                for leader, part in authors[cited].items():
                    if {follower, leader} & self.machines or "nobody" in (follower[:6], leader[:6]):
                        continue
                    acts.append(
                        {
                            "pair": (follower, leader),
                            "kind": "cites",
                            "occasion": self._occasion("cites", follower, leader, time, None, False),
                            "weight": share * part,
                            "value": share * part * math.log(1 + citers) / citers,
                        }
                    )
        return acts

    def _weeks(self, acts: list[dict[str, Any]]) -> float:
        weeks: dict[Any, float] = defaultdict(float)
        for act in acts:
            weeks[act["week"]] += act["weight"]
        return sum(min(1.0, weight) for weight in weeks.values())

    def values(self) -> dict[Edge, float]:
        """Value of every edge."""
        result: dict[Edge, float] = {}
        basis = {"free": "counted", "unknown": "counted", "solicited": "solicited", "obliged": "obliged"}
        groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        for act in self.acts:
            groups[(*act["pair"], act["kind"], basis[act["occasion"]])].append(act)
        for (follower, leader, kind, how), acts in groups.items():
            parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for act in acts:
                parts[act["occasion"]].append(act)
            if kind == "cites":
                value = sum(act["value"] for act in acts)
                sizes = {occasion: sum(a["weight"] for a in some) for occasion, some in parts.items()}
            elif kind == "adopts":
                rivals = [some for (_, other, k, h), some in groups.items() if (other, k, h) == (leader, kind, how)]
                value = self._adopted(follower, [act for some in rivals for act in some])
                sizes = {occasion: sum(a["weight"] for a in some) for occasion, some in parts.items()}
            else:
                value = math.log(1 + self._weeks(acts))
                sizes = {occasion: self._weeks(some) for occasion, some in parts.items()}
            for occasion, size in sizes.items():
                result[(follower, leader, kind, occasion)] = value * size / sum(sizes.values())
        return result

    @staticmethod
    def _adopted(follower: str, acts: list[dict[str, Any]]) -> float:
        """v of `adopts` from one follower, among all that adopt from the same leader."""
        names = {user: [a for a in acts if a["pair"][0] == user] for user in {a["pair"][0] for a in acts}}
        worth: dict[str, dict[str, float]] = defaultdict(dict)
        for user, some in names.items():
            for act in some:
                worth[act["name"]][user] = act["weight"] * math.log(1 + len(some)) / len(some)
        before = sum(sum(by_user.values()) for by_user in worth.values())
        total = 0.0
        for by_user in worth.values():
            here = sum(by_user.values())
            total += by_user.get(follower, 0.0) * min(here, before / 10) / here
        return total

    def influence(self) -> dict[str, float]:
        """Influence of every leader with any."""
        counted = {edge: value for edge, value in self.values().items() if edge[3] in COUNTED}
        evidence: dict[str, float] = defaultdict(float)
        for (_, _, kind, _), value in counted.items():
            evidence[kind] += value
        result: dict[str, float] = defaultdict(float)
        for (_, leader, kind, _), value in counted.items():
            result[leader] += value / math.sqrt(evidence[kind])
        return dict(result)
