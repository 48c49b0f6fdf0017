"""Gerrit on loopback: changes behind its REST API, with its prefix, its query language and its `_more_changes`.

Shapes: https://gerrit-review.googlesource.com/Documentation/rest-api-changes.html and .../user-search.html.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.connectors.loopback import Asked, Fault, Seen, Service

LOGIN = ("alice", "p4ss/w0rd+x")
#: What an answer holds only where it is asked for.
OPTIONAL = {
    "labels": "DETAILED_LABELS",
    "messages": "MESSAGES",
    "reviewer_updates": "REVIEWER_UPDATES",
    "revisions": "ALL_REVISIONS",
    "current_revision": "ALL_REVISIONS",
}
Json = dict[str, Any]


@dataclass
class House:
    """What a Gerrit holds: projects, changes with all their fields, and comments by number and file."""

    projects: set[str]
    changes: list[Json] = field(default_factory=list)
    comments: dict[int, Json] = field(default_factory=dict)


class GerritServer(Service):
    """Changes behind Gerrit's API.

    Parameters
    ----------
    house
        What there is; it may be changed while it is served.
    faults, before
        As in `Service`.
    private
        Whether only who is logged in sees it.
    most
        It lists no more at once, whatever is asked for.
    """

    def __init__(
        self,
        house: House,
        *,
        faults: Mapping[int, Fault] | None = None,
        private: bool = False,
        most: int = 500,
        before: Callable[[int], None] = lambda number: None,
    ) -> None:
        super().__init__(faults, before)
        self.house = house
        self.private = private
        self.most = most

    def _serve(self, asked: Asked, seen: Seen, number: int) -> None:
        path, given = seen.path, seen.headers.get("Authorization")
        if path.startswith("/a/"):
            path = path.removeprefix("/a")
            if given != "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode():
                _plain(asked, "Unauthorized", 401)
                return
        elif self.private:
            _plain(asked, "Not found", 404)
            return
        if place := re.fullmatch(r"/projects/([^/]+)", path):
            name = unquote(place[1])
            if name in self.house.projects:
                _answer(asked, {"id": place[1], "name": name, "state": "ACTIVE"})
            else:
                _plain(asked, f"Not found: {name}", 404)
        elif path == "/changes/":
            self._query(asked)
        elif place := re.fullmatch(r"/changes/([^/~]+)~(\d+)/comments", path):
            change = next((one for one in self.house.changes if one["_number"] == int(place[2])), None)
            if change is None or change["project"] != unquote(place[1]):
                _plain(asked, f"Not found: {place[2]}", 404)
            else:
                _answer(asked, self.house.comments.get(int(place[2]), {}))
        else:
            _plain(asked, "Not found", 404)

    def _query(self, asked: Asked) -> None:
        params = parse_qs(urlsplit(asked.path).query)
        try:
            found = [change for change in self.house.changes if _wanted(change, params["q"][0])]
            size, start = min(int(params.get("n", ["500"])[0]), self.most), int(params.get("S", ["0"])[0])
        except ValueError as error:
            _plain(asked, str(error), 400)
            return
        found.sort(key=lambda change: change["updated"], reverse=True)
        options = set(params.get("o", ()))
        part = [_shown(change, options) for change in found[start : start + size]]
        if part and start + size < len(found):
            part[-1]["_more_changes"] = True
        _answer(asked, part)


def _wanted(change: Json, query: str) -> bool:
    """Whether a query names a change: as much of the language as is asked in.

    >>> _wanted({"_number": 3, "project": "a", "updated": "2024-01-01 00:00:00.5"}, 'change:1 OR change:3')
    True
    """
    words = re.findall(r'(\w+):("[^"]*"|\S+)|(OR)|(\S+)', query)
    verdicts = []
    for name, value, either, rest in words:
        value = value.strip('"')
        if either:
            continue
        if rest:
            raise ValueError(f"line 1: no viable alternative at {rest}")
        if name == "project":
            verdicts.append(change["project"] == value)
        elif name == "change":
            verdicts.append(change["_number"] == int(value))
        elif name in ("after", "before"):
            time = re.fullmatch(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \+0000", value)
            if time is None:
                raise ValueError(f"Unable to parse {value}")
            second = change["updated"][:19]  # the index knows whole seconds
            verdicts.append(second >= time[1] if name == "after" else second <= time[1])
        else:
            raise ValueError(f"Unsupported operator {name}:{value}")
    return any(verdicts) if " OR " in query else all(verdicts)


def _shown(change: Json, options: set[str]) -> Json:
    shown = {name: value for name, value in change.items() if OPTIONAL.get(name, "") in options | {""}}
    if "DETAILED_ACCOUNTS" not in options:
        shown["owner"] = {"_account_id": change["owner"].get("_account_id")}
    if "revisions" in shown:
        current = change["current_revision"]
        wanted = {"commit": "CURRENT_COMMIT", "files": "CURRENT_FILES"}
        shown["revisions"] = {
            sha: {
                name: value
                for name, value in revision.items()
                if name not in wanted or (sha == current and wanted[name] in options)
            }
            for sha, revision in change["revisions"].items()
        }
    return shown


def _answer(asked: Asked, value: Any) -> None:
    asked.reply(b")]}'\n" + json.dumps(value).encode())


def _plain(asked: Asked, text: str, status: int) -> None:
    asked.reply(text.encode(), status, {"Content-Type": "text/plain; charset=utf-8"})


# -- shapes --------------------------------------------------------------------------------------------------------


def person(number: int, name: str, email: str | None = None, **more: Any) -> Json:
    """An account."""
    known = {"email": email or f"{name.split()[0].lower()}@example.org"} if email != "" else {}
    return {"_account_id": number, "name": name, **known, **more}


def make_house(changes: int, project: str = "tools/store", seed: int = 0) -> House:
    """A project of so many changes, beside another: for what goes wrong on the way, not for who leads."""
    draw = random.Random(seed)
    people = [person(1000 + i, f"{name} Lake") for i, name in enumerate(("Ada", "Bob", "Eve", "Kim", "Lou", "Mia"))]
    robot = person(2000, "Zuul", "zuul@example.org", tags=["SERVICE_USER"], username="zuul")
    gone = {"_account_id": 3000}
    house = House({project, "other"})
    start = dt.datetime(2024, 1, 1)

    def at(hours: float) -> str:
        return f"{start + dt.timedelta(hours=hours):%Y-%m-%d %H:%M:%S}.000000000"

    for number in range(1, changes + 1):
        owner, reviewer, third = draw.sample([*people, gone], 3)
        begun = number * 5.0
        merged = number % 9 != 0
        first, second = f"{number:040x}", f"{number + 10**9:040x}"
        git = {"name": owner.get("name", ""), "email": owner.get("email", ""), "date": at(begun)}
        text = f"Change {number}\n\nAs in http://review.example.org/c/{project}/+/{max(1, number - 3)}\n"
        said: list[tuple[Json, float, str, str]] = [
            (owner, 0, "Uploaded patch set 1.", "gerrit:newPatchSet"),
            (robot, 1, "Patch Set 1: Verified+1\n\nBuild succeeded", "zuul:check"),
            (reviewer, 2, "Patch Set 1: Code-Review-1\n\n(1 comment)", ""),
            (owner, 3, "Uploaded patch set 2.", "gerrit:newPatchSet"),
            (third, 4, "Patch Set 2: Code-Review+1\n\nlooks right, if slow", ""),
            (reviewer, 5, "Patch Set 2: Code-Review+2", ""),
        ]
        messages = [
            {"id": f"m{number}.{i}", "author": who, "date": at(begun + hours), "message": words}
            | ({"tag": f"autogenerated:{tag}"} if tag else {})
            for i, (who, hours, words, tag) in enumerate(said)
        ]
        commit = {"author": git, "committer": git, "message": text}
        house.changes.append(
            {
                "project": project if number % 11 else "other",
                "branch": "main",
                "subject": f"Change {number}",
                "status": "MERGED" if merged else "NEW",
                "created": at(begun),
                "updated": at(begun + 6 + draw.randrange(3) * 4),
                "_number": number,
                "owner": owner,
                "messages": messages,
                "reviewer_updates": [
                    {"updated": at(begun + 1), "updated_by": owner, "reviewer": reviewer, "state": "REVIEWER"}
                ],
                "labels": {},
                "total_comment_count": 1 if number % 2 else 0,
                "current_revision": second,
                "revisions": {
                    first: {"_number": 1, "created": at(begun), "kind": "REWORK", "uploader": owner},
                    second: {
                        "_number": 2,
                        "created": at(begun + 3),
                        "kind": "REWORK",
                        "uploader": owner,
                        "commit": commit,
                        "files": {"/COMMIT_MSG": {}, f"src/{number % 7}.py": {}},
                    },
                },
                **({"submitted": at(begun + 6), "submitter": reviewer} if merged else {}),
            }
        )
        if number % 2:
            house.comments[number] = {
                f"src/{number % 7}.py": [
                    {"id": f"c{number}", "author": reviewer, "updated": at(begun + 2), "message": "rename this"}
                    | {"unresolved": True, "patch_set": 1}
                ]
            }
    return house


def collect(workspace: Path, base: str, project: str, block: int) -> None:
    """Collect, in a process of its own that is going to be killed."""
    from connectors.http import Limits
    from connectors.review.gerrit import GerritConnector
    from influence.workspace import Workspace
    from tests.connectors.review.live_runs import run

    GerritConnector.block = block
    run(
        Workspace(workspace),
        lambda stored: GerritConnector(project, base=base, stored=stored, limits=Limits(per_second=100_000)),
    )
