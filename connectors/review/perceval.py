"""Files that Perceval wrote: one JSON object an item, ``{backend_name, category, origin, updated_on, data}``.

``perceval github --category pull_request OWNER NAME --json-line > pulls.json`` and the like; pretty-printed and gzipped
ones too, several of them in a folder, several origins in one of them. The first pass finds out where whose items lie
without parsing them; then each item is parsed once, when its repository's turn comes.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from urllib.parse import unquote, urlsplit

from connectors.review import gerrit_query, mbox
from connectors.review import perceval_shapes as shapes
from connectors.review.gerrit_query import LABEL, NO_CHANGE, project
from connectors.review.mail import from_fields
from connectors.review.model import Change, Discussion
from connectors.review.places import Place, Problems
from connectors.review.reading import Reading
from connectors.review.shelves import BESIDE, CHANGE, Shelf, Shelves, seconds, when
from connectors.review.streams import NO_JSON, Spool, beginnings, objects, parse
from connectors.review.values import Item, mapping, number, text
from influence.errors import InputError

ENDINGS = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")

#: Backend -> service, and category -> whether it is the change itself or what was said beside it.
_SERVICES = {
    "github": "github",
    "gitlab": "gitlab",
    "gerrit": "gerrit",
    **dict.fromkeys(("mbox", "pipermail", "hyperkitty", "groupsio"), "mail"),
}
_TAKEN = {
    "github": {"pull_request": CHANGE, "issue": BESIDE},
    "gitlab": {"merge_request": CHANGE, "issue": BESIDE},
    "gerrit": {"review": CHANGE},
    "mail": {"message": CHANGE},
}
_OTHER_KIND = ("items that hold no review", "of other kinds: read here are {}")
_NOT_OURS = ("items that are none of Perceval's", "no backend, category or origin")

#: So far from its beginning and end, at most, an item says what it is: the data lie between, or behind, or before.
_EDGE = 4096
_FIELDS = ("backend_name", "category", "origin", "uuid", "updated_on")
_VALUE = re.compile(rb'\s*:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)')

_NO_LABEL = re.compile(r"[^\w.~+-]+")


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What an item says of itself."""

    service: str
    category: int
    host: str
    label: str
    uuid: str
    updated: float


def recognise(place: Place) -> bool:
    """Whether a file of it begins with an item of Perceval's."""
    return any(b'"backend_name"' in data for data in beginnings(place, ENDINGS))


def readings(place: Place, wanted: Callable[[str], bool]) -> list[Reading]:
    """The repositories in the files that are `wanted`.

    Raises
    ------
    influence.errors.InputError
        When no review that Perceval fetched is in them.
    """
    names = place.names if place.is_file else [name for name in place.names if name.lower().endswith(ENDINGS)]
    shelves = Shelves(place, names)
    found = False
    for file, name in enumerate(names):
        for begin, data in objects(place, name, place.problems):
            envelope = _envelope(data, place.problems)
            if envelope is None:
                continue
            found = True
            if envelope.service == "mail" or wanted(envelope.label):
                key = (envelope.service, envelope.host, envelope.label)
                shelves.put(key, file, begin, len(data), envelope.category, envelope.updated, envelope.uuid)
    if not found:
        raise InputError(
            f"no review that Perceval fetched is in {place.location}",
            "fetch with --category pull_request, merge_request, review or message",
        )
    lost = shelves.done()
    made = (_reading(shelves, key, shelf, lost) for key, shelf in shelves.found.items())
    return [reading for reading in made if reading is not None and wanted(reading.label)]


def _reading(shelves: Shelves, key: tuple[str, str, str], shelf: Shelf, lost: Problems) -> Reading | None:
    service, host, label = key
    problems = lost.copy()
    read = partial(_read, shelves, shelf, problems)
    if service == "mail":  # mails name their list themselves
        return mbox.threads((from_fields(mail) for mail, _ in read(CHANGE)), "mail", label, problems)
    items = {"github": _github, "gitlab": _gitlab, "gerrit": _gerrit}[service]
    return Reading(label, host, partial(items, read, host, problems), "review", shelf.tip, problems)


def _envelope(data: bytes, problems: Problems) -> _Envelope | None:
    """What an item says of itself, looked for at its edges; None where it says nothing."""
    edges = data if len(data) <= 2 * _EDGE else data[:_EDGE] + b"\n" + data[-_EDGE:]
    found: dict[str, Any] = {}
    for name in _FIELDS:
        key = b'"%s"' % name.encode()
        place = edges.find(key)
        value = _VALUE.match(edges, place + len(key)) if place >= 0 else None
        if value is not None and edges.find(key, place + 1) < 0:  # else its data have such a field too
            found[name] = _plain(value[1])
    if len(found) < len(_FIELDS):
        value = parse(data)
        if value is None:
            problems[NO_JSON] += 1
            return None
        found = _item(value)
    backend, category, origin = (text(found.get(name)) for name in ("backend_name", "category", "origin"))
    if not (backend and category and origin):
        problems[_NOT_OURS] += 1
        return None
    service = _SERVICES.get(backend.lower(), "")
    taken = _TAKEN.get(service, {})
    # A Gerrit is one origin with many projects.
    if service == "gerrit":
        origin = f"ssh://{origin}/{project(data)}"
    elif service == "mail":
        origin = f"mail://list/{_NO_LABEL.sub('-', origin.rstrip('/').rpartition('/')[2])}"
    where = _where(origin)
    if category not in taken or where is None:
        kinds = ", ".join(f"{name} {' and '.join(of)}" for name, of in _TAKEN.items())
        problems[(_OTHER_KIND[0], _OTHER_KIND[1].format(kinds))] += 1
        return None
    return _Envelope(service, taken[category], *where, text(found.get("uuid")), seconds(found.get("updated_on")))


def _plain(value: bytes) -> Any:
    if value[:1] == b'"' and b"\\" not in value:
        return value[1:-1].decode("utf-8", "replace")
    try:
        return json.loads(value)
    except ValueError:
        return None


def _item(value: Any) -> Item:
    """The item itself: tools that copy GrimoireLab's raw indices wrap it once more."""
    found = mapping(value)
    return found if "backend_name" in found else mapping(found.get("_source"))


@lru_cache(maxsize=1 << 10)
def _where(origin: str) -> tuple[str, str] | None:
    """(house, path) of an origin."""
    try:
        parts = urlsplit(origin)
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return None
    label = unquote(parts.path).strip("/")
    return (host, label) if host and len(label) < 300 and LABEL.match(label) else None


_Read = Callable[[int], Iterator[tuple[Item, dt.datetime | None]]]


def _read(
    shelves: Shelves, shelf: Shelf, problems: Problems, category: int
) -> Iterator[tuple[Item, dt.datetime | None]]:
    """(data, when it was fetched) of the items of one category."""
    for value in shelf.read(shelves.place, shelves.names, category, problems):
        found = _item(value)
        inside, fetched = mapping(found.get("data")), seconds(found.get("timestamp"))
        if inside:
            yield inside, when(fetched) if fetched else None
        else:
            problems[NO_JSON] += 1


def _github(read: _Read, host: str, problems: Problems) -> Iterator[Change | Discussion]:
    """Issues first: those of pull requests hold what was said in them, and wait on disk until these come."""
    waiting = Spool()
    marks: dict[int, tuple[int, dt.datetime | None]] = {}
    made: Change | Discussion | None
    for found, fetched in read(BESIDE):
        key = number(found.get("number"))
        if key is not None and mapping(found.get("pull_request")):
            marks[key] = waiting.put(shapes.conversation(found)), fetched
            continue
        made = shapes.issue(found, host)
        if made is not None:
            yield made
        else:
            problems[NO_CHANGE] += 1
    for found, fetched in read(CHANGE):
        mark, _ = marks.pop(number(found.get("number")) or 0, (None, None))
        made = shapes.pull_request(found, None if mark is None else waiting.get(mark), host, fetched)
        if made is not None:
            yield made
        else:
            problems[NO_CHANGE] += 1
    for mark, fetched in marks.values():
        made = shapes.pull_request_of_issue(waiting.get(mark), host, fetched)
        if made is not None:
            yield made
        else:
            problems[NO_CHANGE] += 1


def _gitlab(read: _Read, host: str, problems: Problems) -> Iterator[Change | Discussion]:
    readers: tuple[Callable[[Item, str], Change | Discussion | None], ...] = (
        shapes.gitlab_issue,
        shapes.merge_request,
    )
    for category, reader in enumerate(readers):
        for found, _ in read(category):
            made = reader(found, host)
            if made is not None:
                yield made
            else:
                problems[NO_CHANGE] += 1


def _gerrit(read: _Read, host: str, problems: Problems) -> Iterator[Change | Discussion]:
    return gerrit_query.changes((found for found, _ in read(CHANGE)), host, problems)
