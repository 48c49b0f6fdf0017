"""GitHub's REST shapes, wherever they are found: in backups, in Perceval's files, in events of GH Archive."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from connectors.review.model import Account, Change, Commit, Discussion, Event, account, moment
from connectors.review.values import Item, mapping, sha, text, web

#: What GitHub calls somebody's standing -> what we do. The others say nothing of power.
ROLES = {"OWNER": "owner", "MEMBER": "member", "COLLABORATOR": "collaborator"}
#: What GitHub calls a review -> what we do.
STATES = {"APPROVED": "approved", "CHANGES_REQUESTED": "changes", "COMMENTED": "commented", "DISMISSED": "dismissed"}
_PAGE = re.compile(r"/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)(?:/|\Z)")
_KNOWN = frozenset(("pushes", "lines", "threads", "requests", "merges"))


def repository_of(url: Any) -> tuple[str, str] | None:
    """(house, ``owner/name``) of a page's address; None where it is none."""
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    found = _PAGE.match(parts.path)
    if not host or found is None:
        return None
    return host.removeprefix("www."), f"{found['owner']}/{found['name']}"


def user(value: Any, host: str) -> Account | None:
    """The account in a REST user object."""
    if not isinstance(value, dict):
        return None
    return account(
        value.get("login"),
        name=value.get("name"),
        email=value.get("email"),
        host=host,
        bot=value.get("type") == "Bot",
    )


def change(
    pull: Item, events: Iterable[Item], comments: Iterable[Item], host: str, exported: dt.datetime | None
) -> Change | None:
    """A pull request with its timeline and its comments on lines; None where it has no number or date.

    `exported` is when all this was so: of what stands in it without a date (who is a member) it is the first one known.
    """
    made = bare(pull, host)
    if made is None:
        return None
    made.known = _KNOWN
    roles: dict[str, tuple[Account, str]] = {}
    _standing(pull, made.author, roles)
    for item in events:
        event = _take(made, item, host)
        if event is not None:
            made.events.append(event)
            if event.kind in ("comment", "review"):
                _standing(item, event.actor, roles)
    for item in comments:
        event = line_comment(item, host)
        if event is not None:
            made.events.append(event)
            _standing(item, event.actor, roles)
    if exported is not None:
        made.roles = [(who, role, exported) for who, role in roles.values()]
    starts = (event.actor for event in made.events if event.kind == "assistant" and event.actor is not None)
    made.asked_assistant = next(starts, None)
    return made


def bare(pull: Item, host: str) -> Change | None:
    """A pull request without what happened to it."""
    number, created = pull.get("number"), moment(pull.get("created_at"))
    if not isinstance(number, int) or isinstance(number, bool) or created is None:
        return None
    head, base = mapping(pull.get("head")), mapping(pull.get("base"))
    homes = [text(mapping(side.get("repo")).get("full_name")) for side in (head, base)]
    merged = moment(pull.get("merged_at"))
    return Change(
        unit=str(number),
        mark=f"#{number}",
        author=user(pull.get("user"), host),
        created=created,
        title=text(pull.get("title")),
        body=text(pull.get("body")),
        url=web(pull.get("html_url")),
        updated=moment(pull.get("updated_at")),
        merged=merged,
        merged_by=user(pull.get("merged_by"), host) if merged else None,
        closed=moment(pull.get("closed_at")),
        merge_commit=sha(pull.get("merge_commit_sha")) if merged else None,
        branch=text(head.get("ref"))[:300],
        onto=text(base.get("ref"))[:300],
        own_branch=bool(homes[0]) and homes[0] == homes[1],
    )


def discussion(issue: Item, events: Iterable[Item], host: str) -> Discussion | None:
    """An issue with its timeline; None where it has no number or date."""
    number, created = issue.get("number"), moment(issue.get("created_at"))
    if not isinstance(number, int) or isinstance(number, bool) or created is None:
        return None
    made = Discussion(
        unit=str(number),
        mark=f"#{number}",
        author=user(issue.get("user"), host),
        created=created,
        title=text(issue.get("title")),
        body=text(issue.get("body")),
        url=web(issue.get("html_url")),
    )
    for item in events:
        event = comment(item, host) if item.get("event") == "commented" else None
        if item.get("event") == "connected" and (time := moment(item.get("created_at"))) is not None:
            event = Event("linked", time, user(item.get("actor"), host), _id(item))
        if event is not None:
            made.events.append(event)
    return made


def comment(item: Item, host: str) -> Event | None:
    """A comment in the conversation."""
    time = moment(item.get("created_at"))
    if time is None:
        return None
    return Event(
        "comment",
        time,
        user(item.get("user") or item.get("actor"), host),
        _id(item),
        web(item.get("html_url")),
        text(item.get("body")),
    )


def review(item: Item, host: str) -> Event | None:
    """A review that was submitted; None for one that was not."""
    time = moment(item.get("submitted_at"))
    state = STATES.get(text(item.get("state")).upper())
    if time is None or state is None:
        return None
    return Event(
        "review",
        time,
        user(item.get("user"), host),
        _id(item),
        web(item.get("html_url")),
        text(item.get("body")),
        state=state,
    )


def line_comment(item: Item, host: str) -> Event | None:
    """A comment on a line. `line` is null once that line is gone; where `original_line` is too, it never was on one.

    Exports from before there were lines (June 2020) have `position` and `original_position` in the diff.
    """
    time = moment(item.get("created_at"))
    if time is None:
        return None
    now = "line" if "line" in item else "position"
    changed = item.get(now) is None if item.get(f"original_{now}") is not None else None
    thread = item.get("in_reply_to_id") or item.get("id")
    return Event(
        "comment",
        time,
        user(item.get("user"), host),
        _id(item),
        web(item.get("html_url")),
        text(item.get("body")),
        thread=str(thread) if thread else None,
        review=str(item["pull_request_review_id"]) if item.get("pull_request_review_id") else None,
        path=text(item.get("path")) or None,
        changed=changed,
    )


def _take(made: Change, item: Item, host: str) -> Event | None:
    """The event in an item of the timeline; what it tells of the change itself is noted there."""
    kind = item.get("event")
    if kind == "commented":
        return comment(item, host)
    if kind == "reviewed":
        return review(item, host)
    if kind == "committed":
        commit = _commit(item)
        made.commits.append(commit)
        if commit.time is None or commit.time <= made.created:
            return None
        return Event("push", commit.time, None, commit.sha)
    time, actor = moment(item.get("created_at")), user(item.get("actor"), host)
    if time is None:
        return None
    if kind == "head_ref_force_pushed":
        return Event("push", time, actor, _id(item))
    if kind in ("review_requested", "review_request_removed"):
        asking = user(item.get("review_requester"), host) or actor
        target = user(item.get("requested_reviewer"), host)
        return Event("request" if kind == "review_requested" else "unrequest", time, asking, _id(item), target=target)
    if kind == "merged":
        made.merged = made.merged or time
        made.merge_commit = made.merge_commit or sha(item.get("commit_id"))
        return Event("merge", time, actor, _id(item))
    if kind in ("closed", "reopened"):
        return Event("close" if kind == "closed" else "reopen", time, actor, _id(item))
    other = {"copilot_work_started": "assistant", "connected": "linked"}.get(text(kind))
    return Event(other, time, actor, _id(item)) if other else None


def _commit(item: Item) -> Commit:
    author, committer = mapping(item.get("author")), mapping(item.get("committer"))
    who = account("", name=author.get("name"), email=author.get("email"))
    time = moment(committer.get("date")) or moment(author.get("date"))
    return Commit(text(item.get("sha"))[:64], time, who, message=text(item.get("message")))


def _standing(item: Item, who: Account | None, roles: dict[str, tuple[Account, str]]) -> None:
    role = ROLES.get(text(item.get("author_association")))
    if who is not None and role is not None:
        roles[who.key] = (who, role)


def _id(item: Item) -> str:
    return str(item.get("id") or item.get("node_id") or "")[:100]
