"""GitLab, live: merge requests and issues of a project, from gitlab.com or an own house.

Over REST v4 (https://docs.gitlab.com/api/rest/), not GraphQL: docs/review-live.md says why.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from connectors.http import Answer, CircleError, Client, Limits, ServiceError, address, is_loopback
from connectors.review import gitlab_shapes as shapes
from connectors.review import tokens
from connectors.review.live import LiveConnector, Page, Service, StaleMarkError, Stored
from connectors.review.model import Change, Discussion
from connectors.review.reached import Reached
from connectors.review.values import Item, items, mapping, number, text
from influence.errors import InputError

BASE = "https://gitlab.com"
#: Variable of GitLab's own command that names the house a token is for.
HOUSE = "GITLAB_HOST"
#: As many as one request may ask for.
PER_PAGE = 100
MERGE_REQUESTS, ISSUES = "merge requests", "issues"
#: What goes on for more pages is no conversation, and no work of the hours in which a list is read.
_MOST_PAGES = 500
_PROJECT = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)+\Z")
_GONE = "not to be read by us, or deleted meanwhile"


class GitLabConnector(LiveConnector):
    """The merge requests and issues of a project.

    Parameters
    ----------
    project
        ``group/project``, ``group/subgroup/project``, or the address of its page.
    base
        Where GitLab lies, ``https://host/path``; of the page, else gitlab.com.
    token
        With the scope read_api; by default from GITLAB_TOKEN or the keyring. That one is sent to gitlab.com, to `base`,
        and to the house in GITLAB_HOST only: an address that somebody pasted does not get it.
    limits
        How long and how often it is asked.
    stored, strict
        As in `LiveConnector`.

    Raises
    ------
    influence.errors.InputError
        When the project or the address is none.
    """

    name: ClassVar[str] = "gitlab"
    what: ClassVar[str] = "GitLab"
    #: Three requests a merge request: whoever is killed shall not have asked for thousands in vain.
    block: ClassVar[int] = 100

    def __init__(
        self,
        project: str,
        *,
        base: str | None = None,
        token: str | None = None,
        limits: Limits | None = None,
        stored: Stored | None = None,
        strict: bool = True,
    ) -> None:
        where, label = _named(project, base)
        house = address(where)
        super().__init__(label, house.host, f"{where}/api/v4", stored=stored, strict=strict)
        self._page = f"{where}/{label}"
        self._limits = limits
        own = base is not None or where == BASE or is_loopback(house.host)
        own = own or house.host == _host(os.environ.get(HOUSE, ""))
        self._token = token or (tokens.token(tokens.GITLAB) if own else None)
        self._unsent = not own

    def mark_of(self, unit: str, kind: str) -> str:
        """``!12`` of merge request ``12``, ``#12`` of issue ``issue:12``."""
        return f"#{unit.rpartition(':')[2]}" if kind == "issue" else f"!{unit}"

    def service(self) -> AbstractContextManager[Service]:
        """A connection to the project."""
        remedy = f"put a token with the scope read_api into {tokens.GITLAB[0]}"
        if self._unsent:
            remedy += f", and name the house by --base-url or {HOUSE}: else the token is not sent there"
        client = Client(
            self.location,
            what=self.what,
            token=self._token,
            unauthorised=remedy if self._token is None else f"check the token in {tokens.GITLAB[0]}: it needs read_api",
            limits=self._limits,
        )
        return _Project(client, self.label, self.host)


class _Project:
    """A project behind a connection, as `connectors.review.live.Service` wants it."""

    def __init__(self, client: Client, label: str, host: str) -> None:
        self.problems: Counter[tuple[str, str]] = Counter()
        self._client = client
        self._label = label
        self._host = host
        self._root = ""
        self._rules = True
        self._came: set[tuple[str, str]] = set()

    def __enter__(self) -> _Project:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.__exit__(kind, error, trace)

    def listings(self) -> Sequence[str]:
        """What the project has switched on. Later requests name it by number, so that it may be renamed meanwhile."""
        try:
            answer = self._client.get(f"projects/{quote(self._label, safe='')}")
        except ServiceError as error:
            if error.status != 404:
                raise
            problem = f"GitLab has no project {self._label} that we may see"
            raise ServiceError(
                problem, f"check the name; for one that is not public put a token into {tokens.GITLAB[0]}", status=404
            ) from None
        project = mapping(answer.value)
        identifier = number(project.get("id"))
        if identifier is None:
            raise ServiceError("GitLab answers with something else than a project", "check the address")
        self._root = f"projects/{identifier}"
        wanted = ((MERGE_REQUESTS, "merge_requests"), (ISSUES, "issues"))
        return [name for name, word in wanted if _on(project, word)]

    def page(self, listing: str, mark: str) -> Page:
        """The changes or discussions that were updated after those up to `mark`, the earliest first.

        What came before in this run comes again where it was updated meanwhile. From there on the list holds nothing
        but what was updated while we read: what is new of it is taken at once, and the next run begins there. Else a
        busy project would be read without end.
        """
        reached = Reached.of(mark)
        try:
            listed, more, total = self._listed(listing, reached)
        except ServiceError as error:
            if mark and error.status == 400:
                raise StaleMarkError(error.problem, error.remedy, status=400) from None
            if error.status in (403, 404) and listing == ISSUES:
                self.problems["lists of issues", _GONE] += 1
                return Page([], mark, False)
            raise
        again = next((i for i, item in enumerate(listed) if self._came_before(listing, item, reached)), None)
        after = reached.after([_key(item) for item in listed[:again]]) if again != 0 else reached
        found = self._read(listing, listed, reached)
        if again is None:
            return Page(found, after.written(more), more, total)
        for _ in range(_MOST_PAGES):
            if not more:
                return Page(found, after.written(False), False, total)
            reached = reached.after([_key(item) for item in listed])
            listed, more, _ = self._listed(listing, reached)
            found += self._read(listing, listed, reached)
        raise CircleError(f"GitLab sends {listing} without end", "try again later")

    def _listed(self, listing: str, reached: Reached) -> tuple[list[Item], bool, int | None]:
        """A page of a list, whether there are more, and how long the whole is."""
        params = {"order_by": "updated_at", "sort": "asc", "per_page": str(PER_PAGE), "page": str(reached.page)}
        params |= {"state": "all", "scope": "all"}
        if reached.time:
            params["updated_after"] = reached.time
        answer = self._client.get(f"{self._root}/{listing.replace(' ', '_')}", params)
        listed = items(_list(answer.value))
        return listed, _more(answer, len(listed)), _total(answer)

    def _came_before(self, listing: str, item: Item, reached: Reached) -> bool:
        return (listing, _key(item)[0]) in self._came and not reached.has(*_key(item))

    def _read(self, listing: str, listed: list[Item], reached: Reached) -> list[Change | Discussion]:
        """Those of a page that did not come in this run yet, with all that happened to them."""
        take = self._change if listing == MERGE_REQUESTS else self._discussion
        found = []
        for item in listed:
            if (listing, _key(item)[0]) in self._came or reached.has(*_key(item)):
                continue
            made = self._detailed(take, item, listing)
            if made is not None:
                found.append(made)
            self._came.add((listing, _key(item)[0]))
        return found

    def _detailed(
        self, take: Callable[[Item], Change | Discussion | None], item: Item, listing: str
    ) -> Change | Discussion | None:
        try:
            made = take(item)
        except ServiceError as error:
            if error.status not in (403, 404):
                raise
            self.problems[listing, _GONE] += 1
            return None
        if made is None:
            self.problems[listing, "no number or no date"] += 1
        return made

    def _change(self, item: Item) -> Change | None:
        place = f"{self._root}/merge_requests/{number(item.get('iid')) or 0}"
        threads = list(self._all(f"{place}/discussions"))
        commits = list(self._all(f"{place}/commits"))
        made = shapes.change(item, threads, commits, self._host)
        asked = made is not None and any(event.kind in ("request", "review") for event in made.events)
        if asked and self._rules:
            state = self._approval_state(place)
            if state is not None:
                return shapes.change(item, threads, commits, self._host, state)
        return made

    def _approval_state(self, place: str) -> Item | None:
        """The approval rules; None, and not asked for again, where this GitLab has none or keeps them from us."""
        try:
            return mapping(self._client.get(f"{place}/approval_state").value)
        except ServiceError as error:
            if error.status not in (401, 403, 404):
                raise
            self._rules = False
            return None

    def _discussion(self, item: Item) -> Discussion | None:
        if item.get("user_notes_count") == 0:
            return shapes.discussion(item, (), self._host)
        place = f"{self._root}/issues/{number(item.get('iid')) or 0}"
        return shapes.discussion(item, self._all(f"{place}/discussions"), self._host)

    def _all(self, where: str) -> Iterator[Item]:
        """The whole of a short list."""
        for page in range(1, _MOST_PAGES + 1):
            answer = self._client.get(where, {"per_page": str(PER_PAGE), "page": str(page)})
            listed = _list(answer.value)
            yield from items(listed)
            if not listed or not _more(answer, len(listed)):
                return
        raise CircleError("GitLab sends a conversation without end", "try again later")


def _named(project: str, base: str | None) -> tuple[str, str]:
    """(where GitLab lies, the project's full path)."""
    label = project.strip()
    where = (base or BASE).rstrip("/")
    if label.startswith(("https://", "http://")):
        page = label.partition("/-/")[0]
        if base is None:
            house = address(page)
            where = f"{house.scheme}://{house.netloc.decode('ascii')}"
        if not page.startswith(f"{where}/"):
            raise InputError(f"{page} does not lie below {where}", "give its full path instead, group/project")
        label = page.removeprefix(f"{where}/")
    label = label.strip("/").removesuffix(".git")
    if not _PROJECT.match(label) or len(label) > 500:
        raise InputError(f"{project.strip()[:100]!r} is no project of GitLab", "write it as group/project")
    return where, label


def _key(item: Item) -> tuple[str, str]:
    return str(item.get("iid")), text(item.get("updated_at"))


def _host(house: str) -> str:
    return (urlsplit(house if "://" in house else f"https://{house}").hostname or "") if house else ""


def _on(project: Item, word: str) -> bool:
    """Whether a project has a list switched on; it has where nothing is said of it."""
    return project.get(f"{word}_access_level") != "disabled" and project.get(f"{word}_enabled") is not False


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ServiceError("GitLab answers with something else than a list", "check the address")
    return value


def _more(answer: Answer, length: int) -> bool:
    following = answer.headers.get("x-next-page")
    return length >= PER_PAGE if following is None else bool(following.strip()) and length > 0


def _total(answer: Answer) -> int | None:
    found = answer.headers.get("x-total", "")
    return int(found) if found.isdecimal() else None
