"""The life of `life` as GitLab tells it.

What GitLab has no words for is left out: teams that are asked, who set an assistant to work, closings that were undone.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re

from connectors.review.model import Account, Change, Discussion, Event
from tests.connectors.gitlab_server import GHOST, Json, Project, note, system, thread, user
from tests.connectors.review import life as lives

PATH = "acme/space/rocket"
_NUMBER = re.compile(r"#(\d+)")


def project(life: lives.Life) -> Project:
    """All of it behind one project. Merge requests are ``!12`` here."""
    made = Project(PATH, approvals={})
    teller = _Teller({change.unit for change in life.changes})
    for change in life.changes:
        number = int(change.unit)
        made.merge_requests.append(teller.merge_request(change))
        made.threads[number] = teller.threads(change)
        made.commits[number] = [_commit(change, index) for index in range(len(change.commits))]
        assert made.approvals is not None
        made.approvals[number] = _approvals(change)
    for issue in life.discussions:
        made.issues.append(teller.issue(issue))
        said = [thread(teller.said(event), alone=True) for event in issue.events]
        made.issue_threads[int(issue.unit)] = said
    return made


def at(time: dt.datetime) -> str:
    """A time as GitLab writes it."""
    return f"{time.isoformat(timespec='milliseconds')}Z"


def who(account: Account | None) -> Json:
    """An account; the ghost for nobody."""
    if account is None:
        return GHOST
    return user(account.login, account.name, **({"bot": True} if account.bot else {}))


class _Teller:
    def __init__(self, changes: set[str]) -> None:
        self._changes = changes
        self._notes = itertools.count(1)

    def text(self, body: str) -> str:
        return _NUMBER.sub(lambda m: f"{'!' if m[1] in self._changes else '#'}{m[1]}", body)

    def merge_request(self, change: Change) -> Json:
        closers = [event.actor for event in change.events if event.kind == "close"]
        merged, closed = change.merged is not None, change.closed is not None and change.merged is None
        assert change.updated is not None
        return {
            "iid": int(change.unit),
            "title": change.title,
            "description": self.text(change.body),
            "author": who(change.author),
            "created_at": at(change.created),
            "updated_at": at(change.updated),
            "merged_at": at(change.merged) if change.merged else None,
            "merge_user": who(change.merged_by) if merged else None,
            "closed_at": at(change.closed) if closed and change.closed else None,
            "closed_by": who(closers[-1]) if closed else None,
            "merge_commit_sha": change.merge_commit,
            "source_branch": change.branch,
            "target_branch": change.onto,
            "source_project_id": 4711 if change.own_branch else 4712,
            "target_project_id": 4711,
            "web_url": f"https://git.example.org/{PATH}/-/merge_requests/{change.unit}",
        }

    def issue(self, issue: Discussion) -> Json:
        last = max((event.time for event in issue.events), default=issue.created)
        return {
            "iid": int(issue.unit),
            "title": issue.title,
            "description": self.text(issue.body),
            "author": who(issue.author),
            "created_at": at(issue.created),
            "updated_at": at(last),
            "user_notes_count": len(issue.events),
            "web_url": f"https://git.example.org/{PATH}/-/issues/{issue.unit}",
        }

    def threads(self, change: Change) -> list[Json]:
        alone: list[Json] = []
        threads: dict[str, list[Json]] = {}
        for event in change.events:
            if event.thread is not None:
                threads.setdefault(event.thread, []).extend(self._on_line(change, event))
                continue
            words = _words(event)
            if words:
                told = who(event.actor or change.author)
                alone.append(thread(system(next(self._notes), told, at(event.time), words)))
            if event.kind in ("comment", "review") and event.body:
                alone.append(thread(self.said(event), alone=True))
        return [*alone, *(thread(*sorted(notes, key=lambda one: one["created_at"])) for notes in threads.values())]

    def said(self, event: Event) -> Json:
        return note(next(self._notes), who(event.actor), at(event.time), self.text(event.body))

    def _on_line(self, change: Change, event: Event) -> list[Json]:
        resolved: Json = {"resolvable": True, "resolved": event.resolved is not None}
        if event.resolved is not None:
            resolved |= {"resolved_by": who(event.resolved_by), "resolved_at": at(event.resolved)}
        position = {"position": {"new_path": event.path, "old_path": event.path, "new_line": 3}}
        said = {**self.said(event), "type": "DiffNote", **position, **resolved}
        if not event.changed:
            return [said]
        later = event.time + dt.timedelta(days=1)
        words = "changed this line in [version 2 of the diff](/diffs)"
        return [said, system(next(self._notes), who(change.author), at(later), words)]


def _words(event: Event) -> str:
    """The words of GitLab's own note, or ''."""
    if event.kind in ("request", "unrequest") and event.target is not None:
        verb = "requested review from" if event.kind == "request" else "removed review request for"
        return f"{verb} @{event.target.login}"
    if event.kind == "push":
        return "added 1 commit\n\n<ul><li>1234567 - Do it</li></ul>"
    return {"approved": "approved this merge request", "changes": "requested changes"}.get(event.state, "")


def _approvals(change: Change) -> Json:
    rules = [
        {"rule_type": "code_owner", "approvals_required": 1, "eligible_approvers": [who(event.target)]}
        for event in change.events
        if event.kind == "request" and event.by_rule
    ]
    return {"rules": rules}


def _commit(change: Change, index: int) -> Json:
    commit = change.commits[index]
    assert commit.author is not None
    assert commit.time is not None
    return {
        "id": commit.sha,
        "author_name": commit.author.name,
        "author_email": commit.author.email,
        "committed_date": at(commit.time),
        "message": commit.message,
    }
