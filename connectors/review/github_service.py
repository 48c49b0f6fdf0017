"""Asking GitHub, within its limits: what a query may cost, how much it may ask for at once, and what is left."""

from __future__ import annotations

import datetime as dt
import email.utils
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any

from connectors.http import Answer, Client, Limits, ServiceError
from connectors.review import github_queries as queries
from connectors.review import github_shapes as shapes
from connectors.review.github_queries import Connection, More
from connectors.review.live import Page, StaleMarkError
from connectors.review.model import Change, Discussion, moment
from connectors.review.values import Item, items, mapping, text
from connectors.waiting import span

WHAT = "GitHub"
TOKEN = "put a token of GitHub that may read the repository into GITHUB_TOKEN"  # noqa: S105 - says where it goes
#: So many further pieces of lists are asked for at once.
_PIECES = 25
#: After so many pages that came without trouble more is asked for at once again.
_CALM = 20
#: What GitHub says when a query is too much for it: https://docs.github.com/graphql/overview
_HEAVY_TYPES = ("MAX_NODE_LIMIT_EXCEEDED", "RESOURCE_LIMITS_EXCEEDED", "QUERY_COMPLEXITY_EXCEEDED", "TIMEOUT")
_HEAVY_WORDS = ("timeout", "timed out", "something went wrong while executing", "node limit", "too complex")
#: Where nothing says how long, a secondary limit is to be waited out for a minute.
_SECONDARY_WAIT = 60.0


class HeavyError(ServiceError):
    """A query was too much for the service: less has to be asked for at once."""


class GitHubService:
    """An open connection to one repository.

    Parameters
    ----------
    endpoint
        Address of the GraphQL API.
    owner, name
        Of the repository.
    host
        The house of its accounts.
    token
        Sent to `endpoint` and nowhere else.
    limits
        How long and how often it is asked.
    """

    def __init__(self, endpoint: str, owner: str, name: str, host: str, token: str, limits: Limits | None) -> None:
        self.problems: Counter[tuple[str, str]] = Counter()
        self._limits = limits or Limits()
        self._names = {"owner": owner, "name": name}
        self._host = host
        self._read = _now()
        # What is too much for the service fails again when it is asked for again: less is asked for instead.
        base, _, self._where = endpoint.rpartition("/")
        brisk = replace(self._limits, attempts=min(self._limits.attempts, 2))
        self._patient, self._brisk = (
            Client(base, what=WHAT, token=token, scheme="bearer", unauthorised=TOKEN, limits=limit)
            for limit in (self._limits, brisk)
        )
        self._open = ExitStack()
        self._sizes = {listing: one.size for listing, one in queries.LISTINGS.items()}
        self._calm = 0
        self._left: tuple[int, int, float] | None = None

    def __enter__(self) -> GitHubService:
        self._open.enter_context(self._patient)
        self._open.enter_context(self._brisk)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def listings(self) -> Sequence[str]:
        """The lists that the repository has."""
        found = mapping(self._ask(queries.REPOSITORY, self._names, self._patient).get("repository"))
        enabled = {"issues": "hasIssuesEnabled", "discussions": "hasDiscussionsEnabled"}
        return [one for one in queries.LISTINGS if one not in enabled or found.get(enabled[one]) is True]

    def page(self, listing: str, mark: str) -> Page:
        """The page of a list after `mark`, with all that its changes hold."""
        asked = queries.LISTINGS[listing]
        data = self._list(listing, mark)
        found = mapping(mapping(data.get("repository")).get(asked.field))
        info = mapping(found.get("pageInfo"))
        if not isinstance(found.get("nodes"), list) or not isinstance(info.get("hasNextPage"), bool):
            raise ServiceError(f"{WHAT} answers with something else than {listing}", "check the address")
        nodes = items(found["nodes"])
        self._complete(nodes, asked.inner)
        made = [self._made(listing, node) for node in nodes]
        lost = len(found["nodes"]) - len(nodes) + sum(one is None for one in made)
        if lost:
            self.problems[
                (f"{listing} that {WHAT} did not give", "empty in its answer, or without number or date")
            ] += lost
        more, cursor = info["hasNextPage"], text(info.get("endCursor"))
        if more and not cursor:
            raise ServiceError(f"{WHAT} has more {listing} but does not say where", "try again later")
        total = found.get("totalCount")
        return Page(
            [one for one in made if one is not None], cursor or mark, more, total if isinstance(total, int) else None
        )

    def _made(self, listing: str, node: Item) -> Change | Discussion | None:
        if listing == "pull requests":
            return shapes.change(node, self._host, self._read)
        return shapes.discussion(node, self._host)

    # -- lists, and the lists in them --------------------------------------------------------------------------------

    def _list(self, listing: str, mark: str) -> Item:
        """A page, of as many as the service can give at once."""
        query = queries.LISTINGS[listing].query
        while True:
            size = self._sizes[listing]
            try:
                values = {**self._names, "first": size, "after": mark or None}
                data = self._ask(query, values, self._brisk if size > 1 else self._patient)
            except ServiceError as error:
                if size == 1 or not _is_heavy(error):
                    raise
                self._sizes[listing], self._calm = size // 2, 0
                continue
            self._calm += 1
            if self._calm >= _CALM and size < queries.LISTINGS[listing].size:
                self._sizes[listing], self._calm = min(2 * size, queries.LISTINGS[listing].size), 0
            return data

    def _complete(self, nodes: list[Item], inner: Sequence[Connection]) -> None:
        """Fetch what of the lists in `nodes` did not fit into the page."""
        wanted = [
            (More(one, text(node.get("id")), cursor), node) for node in nodes for one, cursor in _open_ends(node, inner)
        ]
        wanted += _inside(nodes, inner)
        turn = 0
        while wanted:
            turn += 1
            if turn > 10_000:
                raise ServiceError(f"{WHAT} sends lists without end", "try again later")
            later: list[tuple[More, Item]] = []
            for start in range(0, len(wanted), _PIECES):
                some = wanted[start : start + _PIECES]
                for (one, node), piece in zip(some, self._pieces([one for one, _ in some]), strict=True):
                    later.extend(self._join(one, node, piece))
            wanted = later

    def _pieces(self, wanted: list[More]) -> list[Item]:
        """The pieces of lists, fewer at once where they are too much at once."""
        query, values = queries.more(wanted)
        try:
            data = self._ask(query, values, self._brisk if len(wanted) > 1 else self._patient)
        except ServiceError as error:
            if len(wanted) == 1 or not _is_heavy(error):
                raise
            half = len(wanted) // 2
            return self._pieces(wanted[:half]) + self._pieces(wanted[half:])
        return [mapping(mapping(data.get(f"n{number}")).get(one.connection.name)) for number, one in enumerate(wanted)]

    def _join(self, one: More, node: Item, piece: Item) -> Iterator[tuple[More, Item]]:
        """Put a piece to what there is of its list; gives what is still missing."""
        new = items(piece.get("nodes"))
        there = mapping(node.get(one.connection.name))
        there["nodes"] = items(there.get("nodes")) + new
        info = mapping(piece.get("pageInfo"))
        cursor = text(info.get("endCursor"))
        if info.get("hasNextPage") is True and cursor and cursor != one.after:
            yield More(one.connection, one.id, cursor), node
        elif info.get("hasNextPage") is not False:
            self.problems[("lists within a change that are not whole", f"{WHAT} did not give their rest")] += 1
        if one.connection in queries.OF_PULLS + queries.OF_DISCUSSIONS:
            yield from _inside([{one.connection.name: {"nodes": new}}], (one.connection,))

    # -- one question ------------------------------------------------------------------------------------------------

    def _ask(self, query: str, values: dict[str, Any], client: Client) -> Item:
        """The data that a query gives; what of it is missing is counted."""
        for attempt in range(self._limits.attempts):
            self._wait_for_allowance()
            try:
                answer = client.post(self._where, {"query": query, "variables": values})
            except ServiceError as error:
                if error.status != 403 or error.wait is not None or "secondary rate limit" not in error.problem:
                    raise
                self._pause(_SECONDARY_WAIT, error, attempt)
                continue
            value = mapping(answer.value)
            data, errors = value.get("data"), items(value.get("errors"))
            self._note(answer, mapping(data))
            throttled = next((one for one in errors if _throttles(one)), None)
            if throttled is not None:
                said = ServiceError(f"{WHAT} throttles: {_said(throttled)}", "try again later", status=429)
                self._pause(_until_renewal(answer), said, attempt)
                continue
            if data is None and not errors:
                raise ServiceError(f"{WHAT} answers with something else than GraphQL", "check the address")
            self._refused(mapping(data), errors)
            return mapping(data)
        raise AssertionError("unreachable")

    def _pause(self, seconds: float, error: ServiceError, attempt: int) -> None:
        """Wait as long as the service wants, where that is not too long or too often."""
        if seconds > self._limits.wait:
            problem = f"{WHAT} wants no more requests for {span(seconds)}"
            raise ServiceError(problem, "run the same command again then", status=error.status, wait=seconds)
        if attempt + 1 >= self._limits.attempts:
            raise error
        time.sleep(seconds)

    def _wait_for_allowance(self) -> None:
        """Ask for nothing that is not left: wait until there is more, where that is not too long."""
        if self._left is None:
            return
        remaining, cost, renewal = self._left
        if remaining >= cost:
            return
        self._left = None
        left = renewal - time.monotonic()
        if left > self._limits.wait:
            problem = f"{WHAT} wants no more requests for {span(left)}: the allowance of this hour is spent"
            raise ServiceError(problem, "run the same command again then", status=429, wait=left)
        time.sleep(max(left, 0.0))

    def _note(self, answer: Answer, data: Item) -> None:
        """What the service says of its clock and of what is left."""
        self._read = _date(answer) or _now()
        rate = mapping(data.get("rateLimit"))
        remaining, cost, reset = rate.get("remaining"), rate.get("cost"), moment(rate.get("resetAt"))
        if isinstance(remaining, int) and isinstance(cost, int) and reset is not None:
            # By the service's own clock: ours may be wrong.
            self._left = remaining, max(cost, 1), time.monotonic() + (reset - self._read).total_seconds()

    def _refused(self, data: Item, errors: list[Item]) -> None:
        """Raise what makes an answer useless; count what is merely missing in it."""
        cursor = next((_said(one) for one in errors if "valid cursor" in _said(one)), None)
        if cursor is not None:
            raise StaleMarkError(f"{WHAT} does not know the cursor any more: {cursor}", "collect again")
        empty = "repository" in data and not any(mapping(data["repository"]).values())
        if not any(data.values()) or (empty and (errors or data["repository"] is None)):
            first = errors[0] if errors else {}
            kind, said = text(first.get("type")), _said(first)
            if _heavy_words(kind, said):
                raise HeavyError(f"{WHAT} fails: {said}", "try again later")
            label = "/".join(self._names.values())
            if kind == "NOT_FOUND" or not errors:
                raise ServiceError(f"{WHAT} shows no repository {label}", f"check the name, or {TOKEN}", status=404)
            raise ServiceError(f"{WHAT} refuses {label}: {said}", TOKEN, status=403)
        heavy = next((one for one in errors if _heavy_words(text(one.get("type")), _said(one))), None)
        if heavy is not None:
            raise HeavyError(f"{WHAT} fails: {_said(heavy)}", "try again later")
        for one in errors:
            why = text(one.get("type")).lower().replace("_", " ") or "an error without a name"
            self.problems[(f"parts of answers that {WHAT} left out", why[:80])] += 1


def _open_ends(node: Item, inner: Sequence[Connection]) -> Iterator[tuple[Connection, str]]:
    """Lists of `node` of which there is more, and after which cursor."""
    for one in inner:
        info = mapping(mapping(node.get(one.name)).get("pageInfo"))
        if info.get("hasNextPage") is True and text(info.get("endCursor")):
            yield one, text(info.get("endCursor"))


#: Lists in the nodes of a list.
_WITHIN = {"reviewThreads": queries.THREAD_COMMENTS, "comments": queries.REPLIES}


def _inside(nodes: Sequence[Item], inner: Sequence[Connection]) -> list[tuple[More, Item]]:
    """What is missing of the lists in the lists of `nodes`."""
    return [
        (More(_WITHIN[one.name], text(below.get("id")), cursor), below)
        for one in inner
        if one.name in _WITHIN
        for node in nodes
        for below in shapes.nodes(node, one.name)
        for _, cursor in _open_ends(below, (_WITHIN[one.name],))
    ]


def _is_heavy(error: ServiceError) -> bool:
    return isinstance(error, HeavyError) or error.status in (500, 502, 504)


def _heavy_words(kind: str, said: str) -> bool:
    return kind in _HEAVY_TYPES or any(words in said.lower() for words in _HEAVY_WORDS)


def _throttles(error: Item) -> bool:
    return error.get("type") == "RATE_LIMITED" or "secondary rate limit" in _said(error).lower()


def _said(error: Item) -> str:
    """What the service says of an error, on one line."""
    line = "".join(char if char.isprintable() else " " for char in text(error.get("message"))[:800])
    return " ".join(line.split())[:200] or "it does not say why"


def _until_renewal(answer: Answer) -> float:
    """Seconds until the service gives more."""
    after, reset = (answer.headers.get(name, "") for name in ("retry-after", "x-ratelimit-reset"))
    if after.isdigit():
        return float(after)
    read = _date(answer) or _now()
    if reset.isdigit() and answer.headers.get("x-ratelimit-remaining") == "0":
        return max(float(reset) - read.replace(tzinfo=dt.UTC).timestamp(), 0.0) + 1
    return _SECONDARY_WAIT


def _date(answer: Answer) -> dt.datetime | None:
    """When the service answered, by its own clock."""
    try:
        date = email.utils.parsedate_to_datetime(answer.headers.get("date", ""))
        return date.astimezone(dt.UTC).replace(tzinfo=None)
    except (ValueError, TypeError, OverflowError):
        return None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
