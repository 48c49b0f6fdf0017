"""GitLab's REST v4 shapes -> changes and discussions.

Merge requests: https://docs.gitlab.com/api/merge_requests/, their threads: https://docs.gitlab.com/api/discussions/,
approval rules: https://docs.gitlab.com/api/merge_request_approvals/. What happened to a merge request (pushes,
requests, approvals) stands in *system notes* among its threads, in English whatever language the interface has.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from connectors.review.model import Account, Change, Commit, Discussion, Event, account, moment
from connectors.review.values import Item, items, mapping, number, sha, text, web

#: What threads, commits and the list of merge requests tell. Approval rules come on top where they could be read.
_KNOWN = frozenset(("pushes", "lines", "threads", "requests", "merges"))

# Accounts that GitLab makes for tokens, service accounts and its own services.
_BOT = re.compile(
    r"(?:project|group)_\d+_bot(?:_?\w+)?|service_account_\w+|(?:alert|support|security|migration|automation)-bot"
    r"|gitlab-(?:security-policy|admin)-bot|duo-\w+|ghost_service_account\w*",
    re.I,
)
_GHOST = re.compile(r"ghost\d*")

_LOGINS = re.compile(r"@([\w.-]*\w)")
_ADDED = re.compile(r"added \d+ (?:new )?commits?\b", re.I)
_FORCED = re.compile(r"(?:force[- ]pushed|reset|changed) (?:the )?(?:source )?branch\b", re.I)
_REQUESTED = re.compile(r"requested (?:a )?review from (?P<who>@.*?)(?= and removed review request|\Z)", re.I | re.S)
_REMOVED = re.compile(r"removed review request for (?P<who>@.*)", re.I | re.S)
_CHANGED = re.compile(r"changed this (?:line|file) in\b", re.I)
_STATES = {
    "approved this merge request": "approved",
    "unapproved this merge request": "dismissed",
    "requested changes": "changes",
}
_ENDINGS = {"merged": "merge", "closed": "close", "reopened": "reopen"}


def user(value: object, host: str) -> Account | None:
    """The account in a user object; None for the ghost that stands for all deleted ones."""
    found = mapping(value)
    login = text(found.get("username"))
    if _GHOST.fullmatch(login) and text(found.get("name")).lower() in ("ghost user", ""):
        return None
    bot = found.get("bot") is True or text(found.get("user_type")).endswith("_bot") or bool(_BOT.fullmatch(login))
    return account(login, name=found.get("name"), host=host, bot=bot)


def change(
    merge: Item,
    discussions: Iterable[Item],
    commits: Iterable[Item],
    host: str,
    rules: Item | None = None,
) -> Change | None:
    """A merge request with its threads and commits; None where it has no number or date.

    `rules` is its approval state, None where that could not be read: then whether a rule demanded a review is unknown.
    """
    iid, created = number(merge.get("iid")), moment(merge.get("created_at"))
    if iid is None or created is None:
        return None
    merged, closed = moment(merge.get("merged_at")), moment(merge.get("closed_at"))
    squash, brought = sha(merge.get("squash_commit_sha")), sha(merge.get("merge_commit_sha"))
    source = merge.get("source_project_id")
    made = Change(
        unit=str(iid),
        mark=f"!{iid}",
        author=user(merge.get("author"), host),
        created=created,
        title=text(merge.get("title")),
        body=text(merge.get("description")),
        url=web(merge.get("web_url")),
        updated=moment(merge.get("updated_at")),
        merged=merged,
        merged_by=user(merge.get("merge_user") or merge.get("merged_by"), host) if merged else None,
        closed=closed,
        merge_commit=(brought or squash) if merged else None,
        branch=text(merge.get("source_branch"))[:300],
        onto=text(merge.get("target_branch"))[:300],
        own_branch=source is not None and source == merge.get("target_project_id"),
        known=_KNOWN,
    )
    made.commits = [one for item in commits if (one := _commit(item)) is not None]
    if merged and squash and brought:
        made.commits.append(Commit(squash, merged))  # the merge commit and the squashed one both belong to it
    for thread in discussions:
        made.events.extend(_thread(thread, made.url, host))
    _endings(made, merge, host)
    if rules is not None:
        made.known |= {"rules"}
        _demanded(made, rules, host)
    return made


def discussion(issue: Item, discussions: Iterable[Item], host: str) -> Discussion | None:
    """An issue with its threads; None where it has no number or date."""
    iid, created = number(issue.get("iid")), moment(issue.get("created_at"))
    if iid is None or created is None:
        return None
    url = web(issue.get("web_url"))
    said = (event for thread in discussions for event in _thread(thread, url, host))
    return Discussion(
        unit=f"issue:{iid}",
        mark=f"#{iid}",
        author=user(issue.get("author"), host),
        created=created,
        title=text(issue.get("title")),
        body=text(issue.get("description")),
        url=url,
        events=[event for event in said if event.kind == "comment"],
    )


def _commit(item: Item) -> Commit | None:
    found = sha(item.get("id"))
    if found is None:
        return None
    time = moment(item.get("committed_date")) or moment(item.get("authored_date")) or moment(item.get("created_at"))
    who = account("", name=item.get("author_name"), email=item.get("author_email"))
    return Commit(found, time, who, message=text(item.get("message")))


def _thread(thread: Item, url: str | None, host: str) -> list[Event]:
    """The events in one thread: what people said, and what GitLab noted."""
    notes = items(thread.get("notes"))
    outdated = [
        time
        for note in notes
        if note.get("system") is True and _CHANGED.match(text(note.get("body"))) and (time := _time(note))
    ]
    whole = thread.get("individual_note") is not True
    name = text(thread.get("id"))[:100] if whole else ""
    found: list[Event] = []
    for note in notes:
        if note.get("system") is True:
            found.extend(_noted(note, url, host))
        elif (time := _time(note)) is not None:
            found.append(_said(note, time, url, host, name, any(later >= time for later in outdated)))
    return found


def _time(note: Item) -> dt.datetime | None:
    return moment(note.get("created_at"))


def _said(note: Item, time: dt.datetime, url: str | None, host: str, thread: str, outdated: bool) -> Event:
    """A note by a person. A line that was changed has a system note in its thread that says so."""
    position = mapping(note.get("position"))
    on_line = bool(position) or note.get("type") == "DiffNote"
    path = text(position.get("new_path")) or text(position.get("old_path"))
    suggestions = items(note.get("suggestions"))
    resolved = note.get("resolved") is True
    return Event(
        "comment",
        time,
        user(note.get("author"), host),
        str(note.get("id") or "")[:100],
        _address(url, note),
        text(note.get("body")),
        thread=thread or None,
        path=path or None,
        changed=outdated if on_line else None,
        resolved_by=user(note.get("resolved_by"), host) if resolved else None,
        resolved=moment(note.get("resolved_at")) if resolved else None,
        applied=any(one.get("applied") is True for one in suggestions) if suggestions else None,
    )


def _noted(note: Item, url: str | None, host: str) -> list[Event]:
    """What a system note tells; nothing for those that tell of labels, milestones and the like."""
    time = _time(note)
    if time is None:
        return []
    body = text(note.get("body")).replace("*", "").strip()
    actor = user(note.get("author"), host)
    mark, address = str(note.get("id") or "")[:100], _address(url, note)
    first = body.partition("\n")[0].strip().lower()
    if first in _STATES:
        return [Event("review", time, actor, mark, address, state=_STATES[first])]
    if first in _ENDINGS:
        return [Event(_ENDINGS[first], time, actor, mark, address)]
    if _ADDED.match(body) or _FORCED.match(body):
        return [Event("push", time, actor, mark, address)]
    found = []
    for kind, pattern in (("request", _REQUESTED), ("unrequest", _REMOVED)):
        match = pattern.search(body)
        for login in _LOGINS.findall(match["who"]) if match else ():
            target = user({"username": login}, host)
            if target is not None:
                found.append(Event(kind, time, actor, mark, address, target=target))
    return found


def _address(url: str | None, note: Item) -> str | None:
    found = number(note.get("id"))
    return f"{url}#note_{found}" if url and found is not None else url


def _endings(made: Change, merge: Item, host: str) -> None:
    """Merging and closing, where no system note told of them: newer versions of GitLab write none."""
    kinds = {event.kind for event in made.events}
    if made.merged is not None and "merge" not in kinds:
        made.events.append(Event("merge", made.merged, made.merged_by))
    if made.closed is not None and made.merged is None and "close" not in kinds:
        made.events.append(Event("close", made.closed, user(merge.get("closed_by"), host)))


def _demanded(made: Change, rules: Item, host: str) -> None:
    """Say of requests whether an approval rule names the asked, and of unasked approvals whether they met one.

    A rule that any approver can meet names nobody.
    """
    named: set[str] = set()
    met: dict[str, Account] = {}
    for rule in items(rules.get("rules")):
        if rule.get("rule_type") == "any_approver" or number(rule.get("approvals_required")) is None:
            continue
        people = (*items(rule.get("eligible_approvers")), *items(rule.get("users")))
        named.update(who.key for one in people if (who := user(one, host)) is not None)
        for one in items(rule.get("approved_by")):
            who = user(one, host)
            if who is not None:
                met[who.key] = who
    asked = set()
    for event in made.events:
        if event.kind == "request" and event.target is not None:
            event.by_rule = event.target.key in named
            asked.add(event.target.key)
    author = made.author.key if made.author else None
    for key, who in met.items():
        if key not in asked and key != author:
            made.events.append(Event("request", made.created, None, target=who, by_rule=True))
