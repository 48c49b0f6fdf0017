"""GH Archive: what happened on public GitHub, an event a line, an hour a file (``2024-01-31-15.json.gz``).

https://www.gharchive.org, events as https://docs.github.com/rest/using-the-rest-api/github-event-types. Until October
2025 an event held the whole pull request; since then its number and branches only: who opened it is told by the event
of that, and whether a closed one was merged is not known. Review requests and pushes to it were never in it.

Files are streamed; what belongs to one repository waits on disk until all are read, since a pull request's life is
spread over many of them.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from connectors.review import rest
from connectors.review.model import GITHUB, Account, Change, Discussion, Event, moment
from connectors.review.places import Place, Problems
from connectors.review.reading import Reading
from connectors.review.streams import NO_JSON, Spool, beginnings, lines, parse
from connectors.review.values import Item, mapping, number, text
from influence.errors import InputError

ENDINGS = (".json.gz", ".json", ".jsonl", ".ndjson", ".jsonl.gz")

#: Kinds of events that tell of reviews -> the part of the payload that says what was said.
_TYPES = {
    "PullRequestEvent": "",
    "PullRequestReviewEvent": "review",
    "PullRequestReviewCommentEvent": "comment",
    "IssueCommentEvent": "comment",
    "IssuesEvent": "",
}
_TYPE = re.compile(rb'\A\s*\{"id"\s*:\s*"?\d+"?\s*,\s*"type"\s*:\s*"(\w{1,60})"')
_REPO = re.compile(rb'"repo"\s*:\s*\{\s*"id"\s*:\s*\d+\s*,\s*"name"\s*:\s*"([^"\\]{1,200})"')
_NAME = re.compile(r"[\w.-]+/[\w.-]+\Z")
#: So far from the beginning of a line its type and repository stand.
_EDGE = 2000

_NO_EVENT = ("events that lack something", "no repository, number or time")
_OLD = ("events of before 2015", "they have another shape, and no reviews")
_UNOPENED = ("pull requests whose opening was not read", "begun with what is known first: their author is not known")

_OF_PULL = ("number", "title", "body", "html_url", "created_at", "updated_at", "merged", "merged_at", "closed_at")
_OF_TEXT = ("id", "body", "state", "html_url", "created_at", "submitted_at", "author_association", "path")
_OF_LINE = ("in_reply_to_id", "pull_request_review_id")


@dataclass(slots=True)
class _Heap:
    """Where the events of one repository wait: number -> marks in the spool; whether it is a pull request."""

    label: str
    marks: dict[int, array[int]] = field(default_factory=dict)
    last: str = ""


def recognise(place: Place) -> bool:
    """Whether a file of it begins with such an event."""
    return any(_TYPE.match(data) and b'"actor"' in data[:_EDGE] for data in beginnings(place, ENDINGS))


def readings(place: Place, wanted: Callable[[str], bool]) -> list[Reading]:
    """The repositories in the files that are `wanted`; events of others are passed over as they stream by.

    Raises
    ------
    influence.errors.InputError
        When no event is in them.
    """
    names = place.names if place.is_file else [name for name in place.names if name.lower().endswith(ENDINGS)]
    spool = Spool()
    heaps: dict[str, _Heap] = {}
    found = False
    for name in names:
        for _, line in lines(place, name, place.problems):
            kind = _TYPE.match(line)
            found = found or kind is not None
            if kind is not None and kind[1].decode() not in _TYPES:
                continue
            repository = _REPO.search(line, 0, _EDGE)
            if repository is not None and not wanted(repository[1].decode("utf-8", "replace")):
                continue
            event = parse(line)
            if not isinstance(event, dict):
                place.problems[NO_JSON] += bool(line.strip())
                continue
            if "repository" in event and "repo" not in event:
                place.problems[_OLD] += 1
                continue
            if text(event.get("type")) not in _TYPES:
                continue
            found = True
            _put(event, spool, heaps, wanted, place.problems)
    if not found:
        raise InputError(f"no event of GH Archive's is in {place.location}", "get the hours from gharchive.org")
    return [_reading(heap, spool, place.problems) for heap in heaps.values()]


def _reading(heap: _Heap, spool: Spool, lost: Problems) -> Reading:
    problems: Problems = Counter(lost)
    return Reading(heap.label, GITHUB, partial(_items, heap, spool, problems), "review", heap.last, problems)


def _put(event: Item, spool: Spool, heaps: dict[str, _Heap], wanted: Callable[[str], bool], problems: Problems) -> None:
    """Put aside what is needed of an event."""
    payload, label = mapping(event.get("payload")), text(mapping(event.get("repo")).get("name"))
    pull, issue = mapping(payload.get("pull_request")), mapping(payload.get("issue"))
    page = pull or issue
    key = number(page.get("number")) or number(payload.get("number"))
    at = text(event.get("created_at"))
    if key is None or not _NAME.match(label) or moment(at) is None:
        problems[_NO_EVENT] += 1
        return
    if not wanted(label):
        return
    kind = text(event.get("type"))
    said = mapping(payload.get(_TYPES[kind])) if _TYPES[kind] else {}
    slim: Item = {
        "type": kind,
        "action": text(payload.get("action")),
        "at": at,
        "actor": _user(event.get("actor")),
        "page": {name: page[name] for name in _OF_PULL if name in page} | {"number": key},
        "user": _user(page.get("user")),
        "standing": page.get("author_association"),
        "is_pull": bool(pull) or bool(issue.get("pull_request")),
        "said": {name: said.get(name) for name in (*_OF_TEXT, *_OF_LINE)} | {"user": _user(said.get("user"))},
    }
    if "merged_at" in mapping(issue.get("pull_request")):
        slim["page"]["merged_at"] = issue["pull_request"]["merged_at"]
    if pull:
        slim["page"] |= {
            "merged_by": _user(pull.get("merged_by")),
            "merge_commit_sha": pull.get("merge_commit_sha"),
            "head": _side(pull.get("head")),
            "base": _side(pull.get("base")),
        }
    heap = heaps.setdefault(label.lower(), _Heap(label))
    heap.marks.setdefault(key, array("Q")).append(spool.put(slim))
    heap.last = max(heap.last, at)


def _user(value: Any) -> Item | None:
    """A user; an actor's robots are told by their login only."""
    found = mapping(value)
    login = text(found.get("login"))
    if not login:
        return None
    return {"login": login, "type": "Bot" if login.endswith("[bot]") else found.get("type")}


def _side(value: Any) -> Item:
    """A branch and its repository, which since October 2025 is named by its address only."""
    side = mapping(value)
    repo = mapping(side.get("repo"))
    named = text(repo.get("full_name")) or text(repo.get("url")).partition("/repos/")[2]
    return {"ref": side.get("ref"), "repo": {"full_name": named}}


def _items(heap: _Heap, spool: Spool, problems: Problems) -> Iterator[Change | Discussion]:
    for marks in heap.marks.values():
        events = sorted((spool.get(mark) for mark in marks), key=lambda event: text(event["at"]))
        is_pull = any(event["is_pull"] for event in events)
        made = _change(events, problems) if is_pull else _discussion(events)
        if made is not None:
            yield made
        else:
            problems[_NO_EVENT] += 1


def _page(events: list[Item]) -> tuple[Item, bool]:
    """The pull request or issue as its last events show it, and whether who opened it is known."""
    page: Item = {}
    for event in events:
        page |= {name: value for name, value in event["page"].items() if value is not None or name not in page}
        if event["user"] is not None:
            page["user"] = event["user"]
        if event["type"] in ("PullRequestEvent", "IssuesEvent") and event["action"] == "opened":
            page = {"created_at": event["at"], "user": event["actor"]} | page
    opened = bool(page.get("created_at"))
    return {"created_at": events[0]["at"]} | page, opened


def _change(events: list[Item], problems: Problems) -> Change | None:
    page, opened = _page(events)
    made = rest.bare(page, GITHUB)
    if made is None:
        return None
    if not opened:
        problems[_UNOPENED] += 1
    done: dict[tuple[str, str], Item] = {}
    for event in events:
        if event["type"] == "PullRequestEvent":
            done[(event["action"], event["at"])] = event  # an hour may stand in two files
    for event in done.values():
        _take(made, event)
    # A closed one of which no more than its number was kept may have been merged.
    told = any(event["page"].get("closed_at") and "merged_at" in event["page"] for event in events)
    known = told or made.merged is not None or made.closed is None
    made.known = frozenset(("threads", "merges")) if known else frozenset(("threads",))
    made.events.extend(_said(events))
    made.roles = list(_standings(events))
    return made


def _take(made: Change, event: Item) -> None:
    """Add what was done to the pull request itself."""
    time, actor = moment(event["at"]), rest.user(event["actor"], GITHUB)
    if time is None:
        return
    action = event["action"]
    if action == "merged" or (action == "closed" and event["page"].get("merged") is True):
        made.merged = made.merged or time
        made.merged_by = made.merged_by or actor
        made.closed = made.closed or time
        if not any(before.kind == "merge" for before in made.events):
            made.events.append(Event("merge", made.merged, made.merged_by))
    elif action == "closed":
        made.closed = time
        made.events.append(Event("close", time, actor))
    elif action == "reopened":
        made.closed = None
        made.events.append(Event("reopen", time, actor))
    elif action == "synchronize":
        made.events.append(Event("push", time, actor))


def _discussion(events: list[Item]) -> Discussion | None:
    page, _ = _page(events)
    made = rest.discussion(page, (), GITHUB)
    if made is not None:
        made.events.extend(_said(events))
    return made


def _said(events: list[Item]) -> list[Event]:
    """Reviews and comments; of one that was edited, or that stands in two files, the last."""
    found: dict[tuple[str, str], Event] = {}
    for event in events:
        if not _TYPES[event["type"]]:
            continue
        said = event["said"]
        said["user"] = said["user"] or event["actor"]
        made: Event | None
        if event["type"] == "PullRequestReviewEvent":
            made = rest.review(said | {"submitted_at": said["submitted_at"] or event["at"]}, GITHUB)
        elif event["type"] == "PullRequestReviewCommentEvent":
            made = rest.line_comment(said | {"created_at": said["created_at"] or event["at"]}, GITHUB)
        else:
            made = rest.comment(said | {"created_at": said["created_at"] or event["at"]}, GITHUB)
        if made is not None:
            found[(event["type"], made.id or event["at"])] = made
    return list(found.values())


def _standings(events: list[Item]) -> Iterator[tuple[Account, str, Any]]:
    """Who stood how in the repository, from when the first event says so."""
    first: dict[tuple[str, str], tuple[Account, str, Any]] = {}
    for event in events:
        time = moment(event["at"])
        stated = ((event["user"], event["standing"]), (event["said"]["user"], event["said"]["author_association"]))
        for user, association in stated:
            who, role = rest.user(user, GITHUB), rest.ROLES.get(text(association))
            if who is not None and role is not None and time is not None:
                first.setdefault((who.key, role), (who, role, time))
    yield from first.values()
