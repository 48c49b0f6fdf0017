"""GitLab on loopback: one project behind REST v4, with its lists, refusals and pages as it has them.

Shapes: https://docs.gitlab.com/api/merge_requests/, .../api/discussions/, .../api/rest/#pagination.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.connectors.loopback import Asked, Fault, Seen, Service

TOKEN = "glpat-s3cr3t_T0ken"
Json = dict[str, Any]


@dataclass
class Project:
    """What a GitLab holds of one project. Threads, commits and approval states are by number."""

    path: str
    merge_requests: list[Json] = field(default_factory=list)
    issues: list[Json] = field(default_factory=list)
    threads: dict[int, list[Json]] = field(default_factory=dict)
    issue_threads: dict[int, list[Json]] = field(default_factory=dict)
    commits: dict[int, list[Json]] = field(default_factory=dict)
    approvals: dict[int, Json] | None = None
    identifier: int = 4711
    more: Json = field(default_factory=dict)


class GitLabServer(Service):
    """A project behind GitLab's API.

    Parameters
    ----------
    project
        What there is; it may be changed while it is served.
    faults, before
        As in `Service`.
    private
        Whether only the token sees it.
    most
        A page holds no more, whatever is asked for.
    headers
        Whether pages say what comes next (some proxies cut that off).
    """

    def __init__(
        self,
        project: Project,
        *,
        faults: Mapping[int, Fault] | None = None,
        private: bool = False,
        most: int = 100,
        headers: bool = True,
        before: Callable[[int], None] = lambda number: None,
    ) -> None:
        super().__init__(faults, before)
        self.project = project
        self.private = private
        self.most = most
        self.headers = headers

    def _serve(self, asked: Asked, seen: Seen, number: int) -> None:
        given = seen.headers.get("Authorization")
        if given is not None and given != f"Bearer {TOKEN}":
            asked.json({"message": "401 Unauthorized"}, 401)
            return
        place = re.fullmatch(r"/api/v4/projects/([^/]+)(?:/(.+))?", seen.path)
        project = self.project
        mine = place is not None and unquote(place[1]) in (project.path, str(project.identifier))
        if place is None or not mine or (self.private and given is None):
            asked.json({"message": "404 Project Not Found"}, 404)
        elif place[2] is None:
            page = f"{self.url}/{project.path}"
            asked.json(
                {
                    "id": project.identifier,
                    "path_with_namespace": project.path,
                    "web_url": page,
                    "issues_enabled": True,
                    "merge_requests_access_level": "enabled",
                    **project.more,
                }
            )
        else:
            self._list(asked, seen, place[2])

    def _list(self, asked: Asked, seen: Seen, what: str) -> None:
        project = self.project
        found: Any = None
        if what in ("merge_requests", "issues"):
            refusal, found = _chosen(getattr(project, what), seen.params)
            if refusal:
                asked.json({"error": refusal}, 400)
                return
        elif part := re.fullmatch(r"(merge_requests|issues)/(\d+)/(\w+)", what):
            of = {
                "merge_requests/discussions": project.threads,
                "merge_requests/commits": project.commits,
                "merge_requests/approval_state": project.approvals,
                "issues/discussions": project.issue_threads,
            }.get(f"{part[1]}/{part[3]}")
            listed = {item["iid"] for item in getattr(project, part[1])}
            if of is not None and int(part[2]) in listed:
                found = of.get(int(part[2]), {} if part[3] == "approval_state" else [])
        if found is None:
            asked.json({"message": "404 Not found"}, 404)
        elif isinstance(found, dict):
            asked.json(found)
        else:
            size = min(int(seen.params.get("per_page", "20")), self.most)
            page = int(seen.params.get("page", "1"))
            part_of = found[(page - 1) * size : page * size]
            following = str(page + 1) if page * size < len(found) else ""
            sent = {"X-Next-Page": following, "X-Total": str(len(found)), "X-Page": str(page)} if self.headers else {}
            asked.json(part_of, headers=sent)


def _chosen(listed: list[Json], params: Mapping[str, str]) -> tuple[str, list[Json]]:
    """Why a list is refused, or ''; what of it is asked for."""
    known = {"order_by", "sort", "per_page", "page", "state", "scope", "updated_after"}
    if unknown := set(params) - known:
        return f"{sorted(unknown)[0]} is not known", []
    if params.get("order_by") not in ("created_at", "updated_at") or params.get("sort") not in ("asc", "desc"):
        return "order_by does not have a valid value", []
    if not params.get("page", "1").isdecimal() or params.get("page") == "0":
        return "page is invalid", []
    since = params.get("updated_after", "")
    if since and not re.match(r"\d{4}-\d\d-\d\dT", since):
        return "updated_after is invalid", []
    key = params["order_by"]
    found = [item for item in listed if item["updated_at"] >= since]
    return "", sorted(found, key=lambda item: (item[key], item["iid"]), reverse=params["sort"] == "desc")


# -- shapes --------------------------------------------------------------------------------------------------------


def user(login: str, name: str = "", **more: Any) -> Json:
    """A basic user object."""
    number = sum(map(ord, login))
    return {"id": number, "username": login, "name": name or login.title(), "state": "active", **more}


GHOST = user("ghost", "Ghost User")


def note(number: int, who: Json, time: str, body: str, **more: Any) -> Json:
    """A note by a person."""
    return {
        "id": number,
        "type": None,
        "body": body,
        "author": who,
        "created_at": time,
        "updated_at": time,
        "system": False,
        "resolvable": False,
        **more,
    }


def system(number: int, who: Json, time: str, body: str) -> Json:
    """A note by GitLab of what somebody did."""
    return note(number, who, time, body, system=True)


def thread(*notes: Json, alone: bool = False) -> Json:
    """A thread; `alone`: a note that nobody can answer in place."""
    return {"id": f"{notes[0]['id']:040x}", "individual_note": alone, "notes": list(notes)}


def make_project(changes: int, issues: int = 0, seed: int = 0) -> Project:
    """A project of so many merge requests and issues: for what goes wrong on the way, not for who leads."""
    draw = random.Random(seed)
    people = [user(name) for name in ("ada", "bob", "eve", "kim", "lou", "mia", "noa", "project_4711_bot_9f")]
    people.append(GHOST)
    project = Project("acme/tools/store")
    notes = itertools.count(1)
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)

    def at(hours: float) -> str:
        return (start + dt.timedelta(hours=hours)).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    for number in range(1, changes + 1):
        author, reviewer = draw.sample(people[:7], 2)
        begun = number * 5.0
        position = {"new_path": f"src/{number % 7}.py", "old_path": f"src/{number % 7}.py", "new_line": number}
        threads = [
            thread(system(next(notes), author, at(begun + 1), f"requested review from @{reviewer['username']}")),
            thread(
                note(next(notes), reviewer, at(begun + 2), "rename this", type="DiffNote", position=position),
                system(next(notes), author, at(begun + 3), "changed this line in [version 2 of the diff](/d)"),
            ),
            thread(system(next(notes), author, at(begun + 3), "added 1 commit")),
            thread(note(next(notes), draw.choice(people), at(begun + 4), f"as in !{max(1, number - 3)}"), alone=True),
            thread(system(next(notes), reviewer, at(begun + 5), "approved this merge request")),
        ]
        merged = number % 9 != 0
        project.merge_requests.append(
            {
                "iid": number,
                "title": f"Change {number}",
                "description": f"follow-up to !{number - 1}" if number % 4 == 0 else "",
                "author": author,
                "created_at": at(begun),
                "updated_at": at(begun + 6 + draw.randrange(3) * 4),
                "merged_at": at(begun + 6) if merged else None,
                "merge_user": draw.choice(people[:3]) if merged else None,
                "merge_commit_sha": f"{number:040x}" if merged else None,
                "source_branch": f"topic-{number}",
                "target_branch": "main",
                "source_project_id": 4711,
                "target_project_id": 4711,
                "web_url": f"https://git.example.org/{project.path}/-/merge_requests/{number}",
            }
        )
        project.threads[number] = threads
        project.commits[number] = [
            {
                "id": f"{number + 10**9:040x}",
                "author_name": author["name"],
                "author_email": f"{author['username']}@example.org",
                "committed_date": at(begun + 3),
                "message": f"Change {number}",
            }
        ]
    for number in range(1, issues + 1):
        said = draw.randrange(3)
        project.issues.append(
            {
                "iid": number,
                "title": f"Issue {number}",
                "description": "",
                "author": draw.choice(people[:7]),
                "created_at": at(number * 7),
                "updated_at": at(number * 7 + 3),
                "user_notes_count": said,
                "web_url": f"https://git.example.org/{project.path}/-/issues/{number}",
            }
        )
        project.issue_threads[number] = [
            thread(note(next(notes), draw.choice(people), at(number * 7 + 1 + i), f"as @{draw.choice('abc')} did"))
            for i in range(said)
        ]
    return project


def collect(workspace: Path, base: str, project: str, block: int) -> None:
    """Collect, in a process of its own that is going to be killed."""
    from connectors.http import Limits
    from connectors.review.gitlab import GitLabConnector
    from influence.workspace import Workspace
    from tests.connectors.review.live_runs import run

    GitLabConnector.block = block
    run(
        Workspace(workspace),
        lambda stored: GitLabConnector(project, base=base, stored=stored, limits=Limits(per_second=100_000)),
    )
