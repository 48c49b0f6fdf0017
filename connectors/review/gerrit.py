"""Gerrit, live: the changes of a project over REST, anonymously or with an HTTP password.

API: https://gerrit-review.googlesource.com/Documentation/rest-api.html. Gerrit lists the newest first, so the list is
read first, bare and up to 500 a request; the changes themselves are then asked for from the oldest on, many at once.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, ClassVar
from urllib.parse import quote

from connectors.http import CircleError, Client, Limits, ServiceError, address
from connectors.review import gerrit_shapes as shapes
from connectors.review import tokens
from connectors.review.live import LiveConnector, Page, Service, Stored
from connectors.review.model import Change, Discussion, moment
from connectors.review.reached import Reached
from connectors.review.values import Item, items, mapping, number, text
from influence.errors import InputError

CHANGES = "changes"
#: As many as Gerrit lists at once for whoever has no special rights.
LISTED = 500
#: So many changes are asked for at once, with all that happened to them.
DETAILED = 50
#: Stands before all that Gerrit answers, lest a browser run it.
PREFIX = b")]}'"
#: So many pages in a row without anything that had not come are no accident.
_FRUITLESS = 3
_PROJECT = re.compile(r"\w[\w.+~@-]*(?:/\w[\w.+~@-]*)*\Z")
_GONE = "not to be read by us, or deleted meanwhile"


class GerritConnector(LiveConnector):
    """The changes of a project.

    Parameters
    ----------
    project
        Its name, ``openstack/swift``.
    base
        Where Gerrit lies, ``https://host/path``.
    login
        Name and HTTP password; by default GERRIT_USER and GERRIT_PASSWORD or the keyring; without, what everybody sees.
    limits
        How long and how often it is asked.
    stored, strict
        As in `LiveConnector`.

    Raises
    ------
    influence.errors.InputError
        When the project or the address is none.
    """

    name: ClassVar[str] = "gerrit"
    what: ClassVar[str] = "Gerrit"
    #: A request a change: whoever is killed shall not have asked for a thousand in vain.
    block: ClassVar[int] = 200

    def __init__(
        self,
        project: str,
        *,
        base: str,
        login: tuple[str, str] | None = None,
        limits: Limits | None = None,
        stored: Stored | None = None,
        strict: bool = True,
    ) -> None:
        label = project.strip().strip("/")
        if not _PROJECT.match(label) or len(label) > 500:
            problem = f"{project.strip()[:100]!r} is no project of Gerrit"
            raise InputError(problem, "write its name as Gerrit lists it, and Gerrit's address as --base-url")
        self._base = base.rstrip("/")
        house = address(self._base)
        self._login = login or tokens.login()
        location = f"{self._base}/a" if self._login else self._base
        super().__init__(label, house.host, location, stored=stored, strict=strict)
        self._limits = limits

    def mark_of(self, unit: str, kind: str) -> str:
        """``!12``: texts name changes by address, which `gerrit_shapes` turns into that; ``#12`` is a bug there."""
        return f"!{unit}"

    def service(self) -> AbstractContextManager[Service]:
        """A connection to the project."""
        names = " and ".join(tokens.GERRIT)
        known = f"check {names}: it wants the HTTP password from your settings there"
        client = Client(
            self.location,
            what=self.what,
            token=base64.b64encode(":".join(self._login).encode()).decode() if self._login else None,
            scheme="Basic",
            unauthorised=known if self._login else f"put a name and an HTTP password into {names}",
            prefix=PREFIX,
            limits=self._limits,
        )
        return _Project(client, self.label, self._base, self.host)


class _Project:
    """A project behind a connection, as `connectors.review.live.Service` wants it."""

    def __init__(self, client: Client, label: str, base: str, host: str) -> None:
        self.problems: Counter[tuple[str, str]] = Counter()
        self._client = client
        self._label = label
        self._base = base
        self._host = host
        self._listed: list[tuple[str, str]] | None = None
        self._total = 0

    def __enter__(self) -> _Project:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.__exit__(kind, error, trace)

    def listings(self) -> Sequence[str]:
        """There is one list, where there is the project."""
        try:
            self._client.get(f"projects/{quote(self._label, safe='')}")
        except ServiceError as error:
            if error.status != 404:
                raise
            problem = f"Gerrit has no project {self._label} that we may see"
            remedy = f"check the name; for one that is not public set {' and '.join(tokens.GERRIT)}"
            raise ServiceError(problem, remedy, status=404) from None
        return [CHANGES]

    def page(self, listing: str, mark: str) -> Page:
        """The next changes that were updated after those up to `mark`, the earliest first."""
        reached = Reached.of(mark)
        if self._listed is None:
            self._listed = [one for one in self._list(reached.time) if not reached.has(*one)]
            self._total = len(self._listed)
        now, self._listed = self._listed[:DETAILED], self._listed[DETAILED:]
        details = self._details([key for key, _ in now]) if now else []
        found: list[Change | Discussion] = [made for item in details if (made := self._change(item)) is not None]
        if len(found) < len(now):
            self.problems[CHANGES, _GONE] += len(now) - len(found)
        more = bool(self._listed)
        after = reached.after(now) if now else reached
        return Page(found, after.written(more), more, self._total)

    def _list(self, since: str) -> list[tuple[str, str]]:
        """Number and time of update of all changes since a time, the earliest first.

        Each request begins at the time where the last one ended: what is updated meanwhile moves to the front, and
        by counting places something would be passed over.
        """
        first = moment(since)
        query = f'project:"{self._label}"' + (f' after:"{first:%Y-%m-%d %H:%M:%S} +0000"' if first else "")
        found: dict[str, str] = {}
        before, start, fruitless = "", 0, 0
        while fruitless < _FRUITLESS:
            params = {"q": f"{query}{before}", "n": str(LISTED), "S": str(start)}
            listed = items(_listed(self._client.get("changes/", params).value))
            known = len(found)
            for item in listed:
                key, time = str(number(item.get("_number")) or ""), text(item.get("updated"))
                if key and moment(time) is not None:
                    found.setdefault(key, time)
            if not listed or listed[-1].get("_more_changes") is not True:
                return sorted(found.items(), key=lambda one: (one[1], int(one[0])))
            last = moment(listed[-1].get("updated"))
            following = f' before:"{last:%Y-%m-%d %H:%M:%S} +0000"' if last else before
            if following == before:
                start += len(listed)  # so many at one time: places must do
            else:
                before, start = following, 0
            fruitless = 0 if len(found) > known else fruitless + 1
        raise CircleError("Gerrit sends the same changes again and again", "try again later")

    def _details(self, numbers: list[str]) -> list[Item]:
        """These changes with all that happened to them; fewer at once where they are too much for one answer."""
        query = " OR ".join(f"change:{one}" for one in numbers)
        params = {"q": query, "n": str(len(numbers)), "o": shapes.OPTIONS}
        try:
            listed = items(_listed(self._client.get("changes/", params).value))
        except ServiceError as error:
            if len(numbers) == 1 or error.status not in (200, 400, 413, 414, 500, 504):
                raise
            middle = len(numbers) // 2
            return self._details(numbers[:middle]) + self._details(numbers[middle:])
        wanted = {
            str(item["_number"]): item
            for item in listed
            if str(item.get("_number")) in numbers and item.get("project") == self._label
        }
        left = [one for one in numbers if one not in wanted]
        if 0 < len(left) < len(numbers) and listed[-1].get("_more_changes") is True:
            wanted.update((str(item["_number"]), item) for item in self._details(left))
        return [wanted[one] for one in numbers if one in wanted]

    def _change(self, item: Item) -> Change | None:
        comments: Item = {}
        if item.get("total_comment_count") != 0:
            where = f"changes/{quote(self._label, safe='')}~{item['_number']}/comments"
            try:
                comments = mapping(self._client.get(where).value)
            except ServiceError as error:
                if error.status not in (403, 404):
                    raise
                return None
        return shapes.change(item, comments, self._base, self._host)


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ServiceError("Gerrit answers with something else than a list", "check the address")
    return value
