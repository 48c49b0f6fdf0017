"""github-metadata-backup: one JSON file for each pull request and issue, of shapes that GitHub's REST API has.

``pulls/N.json``: `pull` (https://docs.github.com/rest/pulls/pulls), `events` (the timeline,
https://docs.github.com/rest/issues/timeline) and `comments` (on lines, https://docs.github.com/rest/pulls/comments);
``issues/N.json``: `issue` and `events`; ``state.json``: when it was made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from connectors.review import rest
from connectors.review.model import Change, Discussion, moment
from connectors.review.places import Place
from connectors.review.reading import Reading
from connectors.review.streams import parse
from influence.errors import InputError

_FILE = re.compile(r"(?:.*/)?(?P<kind>pulls|issues)/(?P<number>\d{1,9})\.json\Z")
_BROKEN = ("files that hold no pull request or issue", "broken JSON, or another shape")


def recognise(place: Place) -> bool:
    """Whether a folder or clone is such a backup."""
    return not place.is_file and any(_FILE.match(name) for name in place.names)


def readings(place: Place, wanted: Callable[[str], bool]) -> list[Reading]:
    """The one repository that a backup holds, if it is `wanted`.

    Raises
    ------
    influence.errors.InputError
        When no file of it can be read.
    """
    for _, data in place.read(lambda name: bool(_FILE.match(name))):
        value = _value(data)
        page = value.get("pull") or value.get("issue") if value else None
        found = rest.repository_of(page.get("html_url") if isinstance(page, dict) else None)
        if found is not None:
            host, label = found
            if not wanted(label):
                return []
            return [
                Reading(label, host, partial(_items, place, host), "review", place.tip or _made(place), place.problems)
            ]
    raise InputError(f"no pull request in {place.location} can be read", "is it whole? export it again")


def _items(place: Place, host: str) -> Iterator[Change | Discussion]:
    exported = moment(_made(place))
    for name, data in place.read(lambda name: bool(_FILE.match(name))):
        value = _value(data)
        made: Change | Discussion | None = None
        if value is not None:
            kind = "pull" if "/pulls/" in f"/{name}" else "issue"
            page = value.get(kind)
            if isinstance(page, dict):
                events = [event for event in _list(value.get("events")) if isinstance(event, dict)]
                comments = [one for one in _list(value.get("comments")) if isinstance(one, dict)]
                if kind == "pull":
                    made = rest.change(page, events, comments, host, exported)
                else:
                    made = rest.discussion(page, events, host)
        if made is None:
            place.problems[_BROKEN] += 1
        else:
            yield made


def _made(place: Place) -> str:
    for _, data in place.read(lambda name: name == "state.json" or name.endswith("/state.json")):
        value = _value(data)
        if value is not None and isinstance(value.get("last_backup"), str):
            return str(value["last_backup"])
    return ""


def _value(data: bytes) -> dict[str, Any] | None:
    value = parse(data)
    return value if isinstance(value, dict) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
