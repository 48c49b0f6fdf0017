"""What ``gerrit query --format=JSON --comments --patch-sets --all-reviewers`` prints: a change a line.

https://gerrit-review.googlesource.com/Documentation/json.html. Each is turned into the shape that Gerrit's REST has,
and read by the same rules. Beside what is said there, a query cannot tell who put whom on a change, nor when a comment
on a line was written: those are dated by the message that they were published with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from connectors.review import gerrit_shapes
from connectors.review.model import Change
from connectors.review.places import Place, Problems
from connectors.review.reading import Reading
from connectors.review.shelves import CHANGE, Shelf, Shelves, seconds, when
from connectors.review.streams import NO_JSON, beginnings, objects, parse
from connectors.review.values import Item, items, mapping, text, web
from influence.errors import InputError

ENDINGS = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz", ".txt", ".log")
NO_CHANGE = ("items that hold no change or issue", "without a number or date")
UNDATED = ("comments on lines without a date", "no message was published with them")

_PROJECT = re.compile(rb'"project"\s*:\s*"([^"\\]{1,300})"')
_LINE = re.compile(rb'\A\s*\{(?=.{0,4000}"project"\s*:)(?=.{0,8000}"(?:owner|number)"\s*:)|\A\s*\{"type":"stats"', re.S)
_PAGE = re.compile(r"(?P<base>https?://(?P<host>[^/:]+)(?::\d+)?(?:/.*?)?)/(?:#/)?(?:c/)?(?:.*/\+/)?\d+/?\Z")
LABEL = re.compile(r"[\w.~+-]+(?:/[\w.~+-]+)*\Z")
_COUNTED = re.compile(r"^\(\d+ (?:inline )?comments?\)[ \t]*$", re.M)
_PATCH_SET = re.compile(r"Patch Set (\d+):")
#: The label's name before Gerrit 2.6.
_OLD_LABEL = "CRVW"


def recognise(place: Place) -> bool:
    """Whether a file of it begins as such a query's answer does."""
    return any(_LINE.match(data) and b'"backend_name"' not in data for data in beginnings(place, ENDINGS))


def readings(place: Place, wanted: Callable[[str], bool]) -> list[Reading]:
    """The projects in the files that are `wanted`.

    Raises
    ------
    influence.errors.InputError
        When no change is in them.
    """
    names = place.names if place.is_file else [name for name in place.names if name.lower().endswith(ENDINGS)]
    shelves = Shelves(place, names)
    found = False
    for file, name in enumerate(names):
        for begin, data in objects(place, name, place.problems):
            item = parse(data)
            if item is None:
                place.problems[NO_JSON] += 1
                continue
            item = mapping(item)
            if item.get("type") in ("stats", "error"):
                continue
            label = text(item.get("project"))
            page = _PAGE.match(text(item.get("url")))
            if not LABEL.match(label):
                place.problems[NO_CHANGE] += 1
                continue
            found = True
            if wanted(label):
                key = ("gerrit", page["host"].lower() if page else "gerrit", label)
                updated, number = seconds(item.get("lastUpdated")), str(item.get("number"))[:20]
                shelves.put(key, file, begin, len(data), CHANGE, updated, number)
    if not found:
        raise InputError(
            f"no change of Gerrit's is in {place.location}",
            "print them with 'gerrit query --format=JSON --comments --patch-sets --all-reviewers'",
        )
    lost = shelves.done()
    return [_reading(shelves, key, shelf, lost) for key, shelf in shelves.found.items()]


def project(data: bytes) -> str:
    """The project that a change is of, found without parsing it all where it stands there once."""
    first = _PROJECT.search(data)
    if first is not None and _PROJECT.search(data, first.end()) is None:
        return first[1].decode("utf-8", "replace")
    found = mapping(parse(data))
    inside = mapping(found.get("data")) or mapping(mapping(found.get("_source")).get("data"))
    return text(inside.get("project"))


def _reading(shelves: Shelves, key: tuple[str, str, str], shelf: Shelf, lost: Problems) -> Reading:
    problems: Problems = lost.copy()
    read = partial(shelf.read, shelves.place, shelves.names, CHANGE, problems)
    _, host, label = key
    return Reading(label, host, lambda: changes(read(), host, problems), "review", shelf.tip, problems)


def changes(found: Iterator[Any], host: str, problems: Problems) -> Iterator[Change]:
    """The changes among what a query printed; what is none is counted."""
    for item in found:
        made = change(mapping(item), host, problems)
        if made is not None:
            yield made
        else:
            problems[NO_CHANGE] += 1


def change(item: Item, host: str, problems: Problems) -> Change | None:
    """A change as a query prints it."""
    page = _PAGE.match(text(item.get("url")))
    base = page["base"] if page else f"https://{host}"
    patch_sets = items(item.get("patchSets"))
    messages = [_message(one) for one in items(item.get("comments"))]
    messages.extend(_votes(patch_sets, messages))
    submitted = next((one for one in _approvals(patch_sets) if one[1].get("type") == "SUBM"), (0, {}))[1]
    last = patch_sets[-1] if patch_sets else {}
    number = item.get("number")
    shaped: Item = {
        "_number": int(number) if isinstance(number, str) and number.isdecimal() and len(number) < 16 else number,
        "project": item.get("project"),
        "created": _time(item.get("createdOn")),
        "updated": _time(item.get("lastUpdated")),
        "owner": item.get("owner"),
        "subject": item.get("subject"),
        "branch": item.get("branch"),
        "status": item.get("status"),
        "revisions": {text(one.get("revision")): _revision(one, item) for one in patch_sets},
        "current_revision": last.get("revision"),
        "messages": messages,
        "submitter": submitted.get("by"),
        "submitted": _time(submitted.get("grantedOn")),
    }
    made = gerrit_shapes.change(shaped, _comments(patch_sets, messages, problems), base, host)
    if made is not None:
        made.url = web(item.get("url")) or made.url
        for event in made.events:
            event.url = made.url  # a query has no addresses of what was said
    return made


def _time(value: Any) -> str | None:
    stamp = seconds(value)
    return when(stamp).isoformat() if stamp else None


def _message(item: Item) -> Item:
    return {
        "date": _time(item.get("timestamp")),
        "author": item.get("reviewer"),
        "message": item.get("message"),
    }


def _revision(patch_set: Item, item: Item) -> Item:
    """A patch set; its author is as git has it where Gerrit knows no account by that address."""
    files = patch_set.get("files")
    time = _time(patch_set.get("createdOn"))
    author = mapping(patch_set.get("author")) | {"date": time}
    return {
        "_number": patch_set.get("number"),
        "created": time,
        "kind": patch_set.get("kind"),
        "uploader": patch_set.get("uploader"),
        "commit": {"author": author, "message": item.get("commitMessage")},
        "files": {text(one.get("file")): {} for one in items(files)} if isinstance(files, list) else None,
    }


def _approvals(patch_sets: list[Item]) -> Iterator[tuple[Any, Item]]:
    for patch_set in patch_sets:
        for approval in items(patch_set.get("approvals")):
            yield patch_set.get("number"), approval


def _votes(patch_sets: list[Item], messages: list[Item]) -> Iterator[Item]:
    """Votes that no message announced, as messages. A vote carried over to a later patch set is the same vote."""
    announced = set()
    for message in messages:
        vote = gerrit_shapes.said(text(message["message"])).vote
        if vote is not None:
            announced.add((_who(message["author"]), vote))
    for patch_set, approval in _approvals(patch_sets):
        if approval.get("type") not in (gerrit_shapes.LABEL, _OLD_LABEL):
            continue
        value = text(approval.get("value"))
        vote = int(value) if re.fullmatch(r"-?[0-2]", value) else 0
        key = (_who(approval.get("by")), vote)
        if vote and key not in announced:
            announced.add(key)
            words = f"Patch Set {patch_set}: {gerrit_shapes.LABEL}{vote:+d}"
            yield {"date": _time(approval.get("grantedOn")), "author": approval.get("by"), "message": words}


def _comments(patch_sets: list[Item], messages: list[Item], problems: Problems) -> Item:
    """Comments on lines by file. They have no date of their own: they came with a message that counts them."""
    found: dict[str, list[Item]] = {}
    for patch_set in patch_sets:
        count, begun = patch_set.get("number"), _time(patch_set.get("createdOn")) or ""
        for place, comment in enumerate(items(patch_set.get("comments"))):
            sent = _sent_with(comment.get("reviewer"), count, begun, messages)
            if sent is None:
                problems[UNDATED] += 1
                continue
            path = text(comment.get("file"))
            found.setdefault(path, []).append(
                {
                    "id": f"{count}/{place}",
                    "updated": sent,
                    "author": comment.get("reviewer"),
                    "message": comment.get("message"),
                    "in_reply_to": f"{count}/{path}:{comment.get('line')}",
                }
            )
    return dict(found)


def _sent_with(reviewer: Any, patch_set: Any, begun: str, messages: list[Item]) -> str | None:
    """When the reviewer published comments: last on that patch set, else first after it came."""
    who = _who(reviewer)
    later = []
    for message in messages:
        date, body = message["date"], text(message["message"])
        if date is None or date < begun or _who(message["author"]) != who or not _COUNTED.search(body):
            continue
        head = _PATCH_SET.match(body)
        later.append((head is not None and head[1] == str(patch_set), date))
    own = [date for on_it, date in later if on_it]
    return max(own) if own else min((date for _, date in later), default=None)


def _who(value: Any) -> tuple[str, ...]:
    person = mapping(value)
    return tuple(text(person.get(name)) for name in ("username", "email", "name"))
