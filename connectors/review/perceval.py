"""Files that Perceval wrote: one JSON object an item, ``{backend_name, category, origin, updated_on, data}``.

``perceval github --category pull_request OWNER NAME --json-line > pulls.json`` and the like; pretty-printed and gzipped
ones too, several of them in a folder, several origins in one of them. The first pass finds out where whose items lie
without parsing them; then each item is parsed once, when its repository's turn comes.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from connectors.review import perceval_shapes as shapes
from connectors.review.model import Change, Discussion
from connectors.review.places import Place, Problems
from connectors.review.reading import Reading
from connectors.review.streams import NO_JSON, Spool, beginnings, objects, parse, spans
from connectors.review.values import Item, mapping, number, text
from influence.errors import InputError

ENDINGS = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")

#: Backend -> service, and category -> whether it is the change itself or what was said beside it.
_SERVICES = {"github": "github", "gitlab": "gitlab"}
_TAKEN = {
    "github": {"pull_request": 1, "issue": 0},
    "gitlab": {"merge_request": 1, "issue": 0},
}
_OTHER_KIND = ("items that hold no review", "of other kinds: read here are {}")
_NOT_OURS = ("items that are none of Perceval's", "no backend, category or origin")
_NO_CHANGE = ("items that hold no change or issue", "without a number or date")

#: So far from its beginning and end, at most, an item says what it is: the data lie between, or behind, or before.
_EDGE = 4096
_FIELD = re.compile(rb'"(backend_name|category|origin|uuid|updated_on)"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)')
_LABEL = re.compile(r"[\w.~+-]+(?:/[\w.~+-]+)*\Z")


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What an item says of itself."""

    service: str
    category: int
    host: str
    label: str
    uuid: str
    updated: float


@dataclass(slots=True)
class _Shelf:
    """Where the items of one repository lie: by row the file, begin, length, category and time of change."""

    files: array[int] = field(default_factory=lambda: array("L"))
    begins: array[int] = field(default_factory=lambda: array("Q"))
    lengths: array[int] = field(default_factory=lambda: array("Q"))
    categories: array[int] = field(default_factory=lambda: array("B"))
    updated: array[float] = field(default_factory=lambda: array("d"))


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
    shelves: dict[tuple[str, str, str], _Shelf] = {}
    found = False
    newest: dict[int, tuple[_Shelf, int]] = {}
    for file, name in enumerate(names):
        for begin, data in objects(place, name, place.problems):
            envelope = _envelope(data, place.problems)
            if envelope is None:
                continue
            found = True
            if not wanted(envelope.label):
                continue
            shelf = shelves.setdefault((envelope.service, envelope.host, envelope.label), _Shelf())
            if _is_newest(envelope, shelf, newest):
                shelf.files.append(file)
                shelf.begins.append(begin)
                shelf.lengths.append(len(data))
                shelf.categories.append(envelope.category)
                shelf.updated.append(envelope.updated)
    if not found:
        raise InputError(
            f"no review that Perceval fetched is in {place.location}",
            "fetch with --category pull_request, merge_request, review or message",
        )
    return [_reading(place, names, key, shelf) for key, shelf in shelves.items()]


def _is_newest(envelope: _Envelope, shelf: _Shelf, newest: dict[int, tuple[_Shelf, int]]) -> bool:
    """Whether an item is newer than what was seen of it; then that counts no more: who fetches again has both."""
    if not envelope.uuid:
        return True
    key = hash((envelope.uuid, envelope.service, envelope.label, envelope.category))
    before = newest.get(key)
    if before is not None:
        older, row = before
        if older.updated[row] > envelope.updated:
            return False
        older.lengths[row] = 0
    newest[key] = (shelf, len(shelf.files))
    return True


def _reading(place: Place, names: list[str], key: tuple[str, str, str], shelf: _Shelf) -> Reading:
    service, host, label = key
    problems: Problems = Counter(place.problems)
    last = dt.datetime.fromtimestamp(max(shelf.updated), dt.UTC).replace(tzinfo=None).isoformat()
    read = partial(_read, place, names, shelf, problems=problems)
    items = {"github": _github, "gitlab": _gitlab}[service]
    return Reading(label, host, partial(items, read, host, problems), "review", last, problems)


def _envelope(data: bytes, problems: Problems) -> _Envelope | None:
    """What an item says of itself, looked for at its edges; None where it says nothing."""
    edges = data if len(data) <= 2 * _EDGE else data[:_EDGE] + b"\n" + data[-_EDGE:]
    found: dict[str, Any] = {}
    for match in _FIELD.finditer(edges):
        name = match[1].decode()
        if name in found:
            found = {}  # its data have such a field too
            break
        found[name] = _plain(match[2])
    if not {"backend_name", "category", "origin"} <= set(found):
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
    where = _where(origin)
    if category not in taken or where is None:
        kinds = ", ".join(f"{name} {' and '.join(of)}" for name, of in _TAKEN.items())
        problems[(_OTHER_KIND[0], _OTHER_KIND[1].format(kinds))] += 1
        return None
    return _Envelope(service, taken[category], *where, text(found.get("uuid")), _seconds(found.get("updated_on")))


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


def _seconds(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and 0 <= value < 7e9 else 0.0


def _where(origin: str) -> tuple[str, str] | None:
    """(house, path) of an origin."""
    try:
        parts = urlsplit(origin)
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return None
    label = unquote(parts.path).strip("/")
    return (host, label) if host and len(label) < 300 and _LABEL.match(label) else None


_Read = Callable[[int], Iterator[tuple[Item, dt.datetime | None]]]


def _read(
    place: Place, names: list[str], shelf: _Shelf, category: int, problems: Problems
) -> Iterator[tuple[Item, dt.datetime | None]]:
    """(data, when it was fetched) of the items of one category."""
    by_file: dict[int, list[int]] = {}
    for row, file in enumerate(shelf.files):
        if shelf.categories[row] == category and shelf.lengths[row]:
            by_file.setdefault(file, []).append(row)
    for file, rows in by_file.items():
        for data in spans(place, names[file], ((shelf.begins[row], shelf.lengths[row]) for row in rows), problems):
            found = _item(parse(data))
            inside = mapping(found.get("data"))
            if not inside:
                problems[NO_JSON] += 1
                continue
            fetched = _seconds(found.get("timestamp"))
            when = dt.datetime.fromtimestamp(fetched, dt.UTC).replace(tzinfo=None) if fetched else None
            yield inside, when


def _github(read: _Read, host: str, problems: Problems) -> Iterator[Change | Discussion]:
    """Issues first: those of pull requests hold what was said in them, and wait on disk until these come."""
    waiting = Spool()
    marks: dict[int, tuple[int, dt.datetime | None]] = {}
    made: Change | Discussion | None
    for found, fetched in read(0):
        key = number(found.get("number"))
        if key is not None and mapping(found.get("pull_request")):
            marks[key] = waiting.put(shapes.conversation(found)), fetched
            continue
        made = shapes.issue(found, host)
        if made is not None:
            yield made
        else:
            problems[_NO_CHANGE] += 1
    for found, fetched in read(1):
        mark, _ = marks.pop(number(found.get("number")) or 0, (None, None))
        made = shapes.pull_request(found, None if mark is None else waiting.get(mark), host, fetched)
        if made is not None:
            yield made
        else:
            problems[_NO_CHANGE] += 1
    for mark, fetched in marks.values():
        made = shapes.pull_request_of_issue(waiting.get(mark), host, fetched)
        if made is not None:
            yield made
        else:
            problems[_NO_CHANGE] += 1


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
                problems[_NO_CHANGE] += 1
