"""Code review at the simulated organisation, written as GitHub's own shapes: a backup folder, and Perceval's lines.

Planted are habits, as everywhere here: whom people ask, who comes unasked, who asks to be asked, what a rule demands,
and whose word is acted upon. `Pull` is what the history knows of a change; the rest is drawn.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from influence.simulate import cast
from influence.simulate.cast import Worker

PAGE = "https://github.com/northwind/relay"
_HOUR, _DAY = 3600, 86_400
_QUESTIONS = (
    "What happens here when the peer goes away in between?",
    "This takes the lock twice; the second time it cannot fail, but nobody sees that.",
    "The limit is off by one for the last block.",
    "I would count first and write then, so that a retry is harmless.",
    "Can this ever be empty? The loop below assumes that it is not.",
)
_ANSWERS = ("Done, thanks.", "Right, changed.", "Fixed in the new version.", "Good catch; it now gives up earlier.")
_LOUD = ("Looks fine to me.", "Interesting!", "I had the same thing in the console once.", "Ship it.")
_GROUNDS = (
    "I did it as @{login} did in #{number}: count first, write then.",
    "This follows @{login}'s approach for the slow path.",
)

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pull:
    """A change of the history: its number, who made it, when it was opened and merged, its commit."""

    number: int
    author: Worker
    title: str
    opened: int
    merged: int
    sha: str
    path: str


@dataclass(slots=True)
class _Thread:
    """A pull request as the forge keeps it."""

    pull: Pull
    events: list[Item] = field(default_factory=list)
    reviews: list[Item] = field(default_factory=list)
    comments: list[Item] = field(default_factory=list)
    replies: list[Item] = field(default_factory=list)


class Forge:
    """Plays the reviews of `pulls` and writes them."""

    def __init__(self, pulls: Sequence[Pull], people: Sequence[Worker], seed: int) -> None:
        # Of its own: the histories stay byte for byte what they are without reviews.
        self._chance = random.Random(f"reviews {seed}")  # noqa: S311  (a play, no secret)
        self._pulls = sorted(pulls, key=lambda pull: pull.opened)
        self._people = {person.name: person for person in people}
        self._ids = 0
        self._shown: list[Pull] = []
        self.threads = [self._play(pull) for pull in self._pulls]

    def backup(self, folder: Path) -> None:
        """Write a folder with one file for each pull request, as backups of GitHub are."""
        (folder / "pulls").mkdir(parents=True)
        made = max((pull.merged for pull in self._pulls), default=0)
        _write(folder / "state.json", {"version": 2, "last_backup": _when(made + _DAY)})
        for thread in self.threads:
            events = sorted((*thread.events, *thread.reviews, *thread.replies), key=_time)
            value = {"type": "pull", "pull": self._page(thread.pull), "events": events, "comments": thread.comments}
            _write(folder / "pulls" / f"{thread.pull.number}.json", value)

    def perceval(self, file: Path) -> None:
        """Write the same as Perceval prints it: a line for each pull request, and for the conversation of each."""
        lines = []
        for thread in self.threads:
            pull = self._page(thread.pull)
            data = {
                **pull,
                "user_data": pull["user"],
                "merged_by_data": pull["merged_by"],
                "reviews_data": [{**one, "user_data": one["user"]} for one in thread.reviews],
                "review_comments_data": [{**one, "user_data": one["user"]} for one in thread.comments],
                "requested_reviewers_data": [],
                "commits_data": [thread.pull.sha],
            }
            talk = {**pull, "pull_request": {"url": pull["html_url"]}, "user_data": pull["user"]}
            talk["comments_data"] = [{**one, "user_data": one["user"]} for one in thread.replies]
            for category, item in (("pull_request", data), ("issue", talk)):
                line = {
                    "backend_name": "GitHub",
                    "category": category,
                    "origin": PAGE,
                    "updated_on": float(thread.pull.merged),
                    "data": item,
                }
                lines.append(json.dumps(line))
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    # ---- one change

    def _play(self, pull: Pull) -> _Thread:
        thread, chance = _Thread(pull), self._chance
        who = {"name": pull.author.name, "email": pull.author.addresses[0], "date": _when(pull.opened - 60)}
        thread.events.append({"event": "committed", "sha": pull.sha, "author": who, "committer": who, "message": ""})
        if pull.author.name != cast.DESIGNER:
            # Nobody talks to the designer and she talks to nobody; her changes are merged as they come.
            self._ask(thread)
            if chance.random() < 0.45:
                self._loud(thread)
            if chance.random() < 0.05 and self._shown:
                self._ground(thread)
        merger = self._people[cast.RELEASE]
        thread.events.append(self._event("merged", merger, pull.merged, commit_id=pull.sha))
        thread.events.append(self._event("closed", merger, pull.merged))
        if pull.author.name not in (cast.DESIGNER, cast.LOUD):
            self._shown = [*self._shown[-40:], pull]
        return thread

    def _ask(self, thread: _Thread) -> None:
        """Somebody is asked: by the author, or by the rule that a path's owner must look."""
        pull, chance = thread.pull, self._chance
        owner = self._owner(pull)
        at = min(pull.opened + chance.randrange(60, _HOUR), pull.merged - _HOUR // 6)
        if owner is not None:
            # The forge asks in the author's name, and its export does not say that a rule did.
            self._request(thread, pull.author, owner, at)
            self._review(thread, owner, at + chance.randrange(_HOUR, 5 * _HOUR), heeded=0.3)
        if chance.random() < 0.55:
            adviser = self._adviser(pull)
            if adviser is not None and adviser is not owner:
                if chance.random() < 0.7:
                    self._request(thread, pull.author, adviser, at)
                self._review(thread, adviser, at + chance.randrange(_HOUR, 9 * _HOUR), heeded=0.75)

    def _owner(self, pull: Pull) -> Worker | None:
        owners = {"ingest": "Diego Morales", "telemetry": "Olga Ivanova", "edge": cast.COMMITTING_MANAGER}
        name = owners.get(pull.path.split("/")[0])
        owner = self._people.get(name or "")
        return owner if owner is not None and owner is not pull.author and self._here(owner, pull.opened) else None

    def _adviser(self, pull: Pull) -> Worker | None:
        """Whom the author would ask: the adviser, wherever they work; else somebody near."""
        others = [
            person
            for person in self._people.values()
            if person is not pull.author
            and person.name not in (cast.DESIGNER, cast.LOUD)
            and self._here(person, pull.opened)
        ]
        near = [1.0 if person.team == pull.author.team else 0.05 for person in others]
        weights = [3.0 if person.name == cast.ADVISER else weight for person, weight in zip(others, near, strict=True)]
        return self._chance.choices(others, weights)[0] if others else None

    def _loud(self, thread: _Thread) -> None:
        """The loud one wants to be asked, and has a word on everything that changes nothing."""
        pull, loud = thread.pull, self._people[cast.LOUD]
        if pull.author is loud or not self._here(loud, pull.opened):
            return
        at = min(pull.opened + self._chance.randrange(120, 2 * _HOUR), pull.merged - _HOUR // 6)
        if self._chance.random() < 0.5:
            self._request(thread, loud, loud, at)
            thread.reviews.append(self._reviewed(pull, loud, at + 300, "APPROVED", self._chance.choice(_LOUD)))
        else:
            thread.replies.append(self._comment(pull, loud, at, self._chance.choice(_LOUD)))

    def _ground(self, thread: _Thread) -> None:
        shown = self._chance.choice(self._shown)
        if shown.author is not thread.pull.author:
            text = self._chance.choice(_GROUNDS).format(login=shown.author.login, number=shown.number)
            at = thread.pull.opened + 300
            thread.replies.append(self._comment(thread.pull, thread.pull.author, at, text))

    def _review(self, thread: _Thread, by: Worker, at: int, heeded: float) -> None:
        pull, chance = thread.pull, self._chance
        if at > pull.merged - _HOUR // 2:
            at = max(pull.opened + 120, pull.merged - _HOUR // 2)
        asks = chance.random() < heeded
        review = self._reviewed(pull, by, at, "CHANGES_REQUESTED" if asks else "APPROVED", "" if asks else "Clear now.")
        thread.reviews.append(review)
        if not asks:
            return
        comment = self._on_line(pull, by, at, chance.choice(_QUESTIONS), review["id"])
        answer = self._on_line(pull, pull.author, at + 240, chance.choice(_ANSWERS), None, comment["id"])
        if chance.random() < 0.7:
            comment["line"] = None  # the line is gone in the new version
        thread.comments += (comment, answer)
        thread.events.append(self._event("head_ref_force_pushed", pull.author, at + 300))

    # ---- shapes

    def _page(self, pull: Pull) -> Item:
        return {
            "number": pull.number,
            "html_url": f"{PAGE}/pull/{pull.number}",
            "user": self._user(pull.author),
            "title": pull.title,
            "body": "",
            "created_at": _when(pull.opened),
            "updated_at": _when(pull.merged),
            "closed_at": _when(pull.merged),
            "merged_at": _when(pull.merged),
            "merged_by": self._user(self._people[cast.RELEASE]),
            "merge_commit_sha": pull.sha,
            "state": "closed",
            "head": {"ref": f"{pull.author.login.split('-')[0]}/{pull.number}", "repo": None},
            "base": {"ref": "main", "repo": {"full_name": "northwind/relay"}},
            "author_association": "CONTRIBUTOR",
        }

    def _user(self, person: Worker) -> Item:
        return {"login": person.login, "type": "User"}

    def _event(self, kind: str, by: Worker, at: int, **more: Any) -> Item:
        self._ids += 1
        return {"event": kind, "id": self._ids, "actor": self._user(by), "created_at": _when(at), **more}

    def _request(self, thread: _Thread, by: Worker, of: Worker, at: int) -> None:
        people = {"requested_reviewer": self._user(of), "review_requester": self._user(by)}
        thread.events.append(self._event("review_requested", by, at, **people))

    def _reviewed(self, pull: Pull, by: Worker, at: int, state: str, body: str) -> Item:
        self._ids += 1
        return {
            "event": "reviewed",
            "id": self._ids,
            "user": self._user(by),
            "state": state,
            "body": body,
            "submitted_at": _when(at),
            "html_url": f"{PAGE}/pull/{pull.number}#pullrequestreview-{self._ids}",
            "author_association": "CONTRIBUTOR",
        }

    def _comment(self, pull: Pull, by: Worker, at: int, body: str) -> Item:
        self._ids += 1
        return {
            "event": "commented",
            "id": self._ids,
            "user": self._user(by),
            "body": body,
            "created_at": _when(at),
            "html_url": f"{PAGE}/pull/{pull.number}#issuecomment-{self._ids}",
            "author_association": "CONTRIBUTOR",
        }

    def _on_line(self, pull: Pull, by: Worker, at: int, body: str, review: int | None, to: int | None = None) -> Item:
        self._ids += 1
        line = self._chance.randrange(1, 90)
        return {
            "id": self._ids,
            "pull_request_review_id": review,
            "in_reply_to_id": to,
            "user": self._user(by),
            "body": body,
            "path": pull.path,
            "line": line,
            "original_line": line,
            "created_at": _when(at),
            "html_url": f"{PAGE}/pull/{pull.number}#discussion_r{self._ids}",
            "author_association": "CONTRIBUTOR",
        }

    def _here(self, person: Worker, seconds: int) -> bool:
        day = dt.datetime.fromtimestamp(seconds, dt.UTC).date()
        return person.since <= day and (person.until is None or day < person.until)


def _when(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(item: Item) -> str:
    return str(item.get("created_at") or item.get("submitted_at") or item["committer"]["date"])


def _write(file: Path, value: Item) -> None:
    file.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
