"""Asking a web service for JSON: one small client for every live source.

A service is not trusted. Answers are capped in size and time, redirects go nowhere but to the same host, the token is
sent nowhere else either and stands in no error and no log, and whatever a service does wrong ends in one clear line.
What passes (a broken connection, 429, 5xx) is asked for again, a bounded number of times, and no sooner than the
service wants (`Retry-After`, https://www.rfc-editor.org/rfc/rfc9110#field.retry-after, or ``X-RateLimit-Reset``).
"""

from __future__ import annotations

import ipaddress
import json
import logging
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import orjson
import stamina

from connectors.waiting import asked_wait, span
from influence.errors import InputError

Page = TypeVar("Page")

AGENT = "implicit-leaders"
# Whoever set logging up sees each retry; without, Python would print it between the lines of a command.
logging.getLogger("stamina").addHandler(logging.NullHandler())
#: What an error says of an answer's own words is no longer than this.
_LONGEST_WORDS = 200
#: So much of the body of an error is read.
_ERROR_BODY = 64 << 10


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often a service is asked.

    Attributes
    ----------
    connect, read, whole
        Seconds until there is a connection, until a next piece arrives, until an answer is there as a whole.
    body
        Bytes of an answer, decompressed.
    attempts, pause
        How often one thing is asked for, and how many seconds apart where the service does not say: doubled each time.
    wait
        The longest wait, in seconds, that a service may ask for; where it wants more we stop and say so.
    per_second
        No more requests than that in a second.
    redirects
        How many in a row are followed.
    """

    connect: float = 10.0
    read: float = 60.0
    whole: float = 120.0
    body: int = 32 << 20
    attempts: int = 6
    pause: float = 0.5
    wait: float = 120.0
    per_second: float = 10.0
    redirects: int = 5


class ServiceError(InputError):
    """A service did not give what it was asked for.

    Attributes
    ----------
    status
        HTTP status, or None where there was no answer.
    wait
        Seconds after which the service wants to be asked again, or None.
    """

    def __init__(self, problem: str, remedy: str = "", *, status: int | None = None, wait: float | None = None) -> None:
        super().__init__(problem, remedy)
        self.status = status
        self.wait = wait


class CircleError(ServiceError):
    """A service's pages lead to no end: going on from the last one is of no use."""


class _PassingError(ServiceError):
    """May be gone when asked again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered: the JSON value and the headers."""

    value: Any
    status: int
    headers: httpx.Headers


class Client:
    """A connection to one service.

    Parameters
    ----------
    base
        Address that everything asked for is relative to, ``https://host/path``.
    what
        What errors call the service.
    token
        Sent as ``Authorization``, and only where nobody on the way can read it (https, or this machine).
    scheme
        Word before the token.
    unauthorised
        What to do when the service wants a (better) token.
    agent
        Added to the User-Agent: who is asking.
    headers
        Sent with every request.
    prefix
        Bytes that stand before the JSON (Gerrit).
    limits
        How long and how often.

    Raises
    ------
    influence.errors.InputError
        When the address is none, holds a password, or is not fit for the token.
    """

    def __init__(
        self,
        base: str,
        *,
        what: str,
        token: str | None = None,
        scheme: str = "Bearer",
        unauthorised: str = "check the token",
        agent: str = "",
        headers: Mapping[str, str] | None = None,
        prefix: bytes = b"",
        limits: Limits | None = None,
    ) -> None:
        self.what = what
        self.limits = limits or Limits()
        self._base = address(base)
        self._token = token
        self._unauthorised = unauthorised
        self._prefix = prefix
        self._next = 0.0
        sent = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": f"{AGENT} {agent}".strip()}
        sent |= headers or {}
        if token:
            if not (token.isascii() and token.isprintable()) or " " in token:
                raise InputError(f"the token for {what} has characters that no token has", "copy it again")
            if self._base.scheme != "https" and not is_loopback(self._base.host):
                raise InputError(f"a token is not sent over {self._base.scheme}", "use the service's https address")
            sent["Authorization"] = f"{scheme} {token}"
        limit = httpx.Timeout(self.limits.read, connect=self.limits.connect)
        self._http = httpx.Client(
            headers=sent, timeout=limit, follow_redirects=False, http1=True, http2=False, verify=_trusted()
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, where: str, params: Mapping[str, str | Sequence[str]] | None = None) -> Answer:
        """Ask for JSON at `where`, an address below `base` or a whole one on the same host.

        A parameter with several values is sent several times.

        Raises
        ------
        ServiceError
            When there is none to be had.
        """
        return self._ask("GET", where, params=params)

    def post(self, where: str, value: Any) -> Answer:
        """Send JSON (a query: it may be sent more than once) and read JSON; else as `get`."""
        return self._ask("POST", where, value=value)

    # -- one thing, as often as it takes -----------------------------------------------------------------------------

    def _ask(
        self,
        method: str,
        where: str,
        *,
        params: Mapping[str, str | Sequence[str]] | None = None,
        value: Any = None,
    ) -> Answer:
        url = self._base.join(where)
        if _origin(url) != _origin(self._base):
            raise self._error(f"{self.what} points to another host ({url.host})", "nothing was sent there")
        if params:
            url = url.copy_merge_params(params)
        content = None if value is None else json.dumps(value).encode()
        # Each wait is bounded by `wait` or by `wait_max`, their number by `attempts`.
        for attempt in stamina.retry_context(
            on=_how_long,
            attempts=self.limits.attempts,
            timeout=None,
            wait_initial=self.limits.pause,
            wait_max=30,
            wait_jitter=self.limits.pause,
        ):
            with attempt:
                return self._once(method, url, content)
        raise AssertionError("unreachable")

    def _once(self, method: str, url: httpx.URL, content: bytes | None) -> Answer:
        for _ in range(self.limits.redirects + 1):
            self._pace()
            headers = {} if content is None else {"Content-Type": "application/json"}
            try:
                with self._http.stream(method, url, content=content, headers=headers) as response:
                    if response.next_request is None:
                        return self._answer(response)
                    following = response.next_request.url
            except httpx.TimeoutException:
                raise self._silent() from None
            except httpx.DecodingError:
                raise self._error(f"{self.what} sent a broken answer", _LATER, passing=True) from None
            except httpx.RemoteProtocolError as error:
                raise self._error(f"{self.what} broke off ({error})", _LATER, passing=True) from None
            except httpx.TransportError as error:
                why = str(error) or type(error).__name__
                problem = f"{self.what} cannot be reached at {url.host} ({why})"
                raise self._error(problem, "check the address and the network", passing=True) from None
            except httpx.InvalidURL:
                raise self._error(f"{self.what} redirects to no address", "check the address") from None
            if _origin(following) != _origin(self._base):
                problem = f"{self.what} redirects to another host ({following.host or 'none'})"
                raise self._error(problem, "nothing was sent there: check the address")
            url = following
        raise self._error(f"{self.what} redirects without end", "check the address")

    def _pace(self) -> None:
        now = time.monotonic()
        if now < self._next:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + 1 / self.limits.per_second

    # -- one answer --------------------------------------------------------------------------------------------------

    def _answer(self, response: httpx.Response) -> Answer:
        if response.status_code >= 300:
            raise self._refused(response)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not (kind == "application/json" or kind.endswith("+json")):
            said = _words(kind) or "of no kind"
            raise self._error(
                f"{self.what} answers with something else than JSON ({said})",
                "check the address: a proxy or a login page may stand between",
            )
        body = b"".join(self._body(response, self.limits.body))
        try:
            value = _parsed(body.removeprefix(self._prefix))
        except (ValueError, RecursionError):
            # A proxy may have cut it short, and the next answer may be whole.
            raise self._error(f"{self.what} sent JSON that cannot be read", _LATER, passing=True) from None
        return Answer(value, response.status_code, response.headers)

    def _body(self, response: httpx.Response, most: int) -> Iterator[bytes]:
        # One layer of compression makes a thousand bytes out of one; several would make a bomb.
        if response.headers.get("content-encoding", "identity").strip().lower() not in ("identity", "gzip"):
            raise self._error(f"{self.what} packs its answers in a way nobody asked for", "check the address")
        size, end = 0, time.monotonic() + self.limits.whole
        for piece in response.iter_bytes():
            size += len(piece)
            if size > most:
                problem = f"{self.what} sent more than {most:,} bytes at once"
                raise self._error(problem, "check the address", status=response.status_code)
            if time.monotonic() > end:
                raise self._silent(self.limits.whole)
            yield piece

    def _refused(self, response: httpx.Response) -> ServiceError:
        """The error that an answer of an error is."""
        status, headers = response.status_code, response.headers
        says = self._said(response)
        spent = headers.get("x-ratelimit-remaining", "").strip() in ("0", "0.0")
        throttled = status == 429 or (status == 403 and (spent or "retry-after" in headers))
        if throttled or status >= 500 or status in (408, 425):
            wait = asked_wait(headers, spent)
            if wait is not None and wait > self.limits.wait:
                problem = f"{self.what} wants no more requests for {span(wait)}{says}"
                return self._error(problem, "run the same command again then", status=status, wait=wait)
            problem = f"{self.what} {'throttles' if throttled else 'fails'} (HTTP {status}){says}"
            return self._error(problem, _LATER, status=status, wait=wait, passing=True)
        remedy = {
            401: self._unauthorised,
            403: self._unauthorised,
            404: "check the address",
            410: "check the address",
        }.get(status, "check what was asked for")
        return self._error(f"{self.what} refuses (HTTP {status}){says}", remedy, status=status)

    def _said(self, response: httpx.Response) -> str:
        """What the service says for itself, as ``: words``, or ''."""
        body = b""
        try:
            for piece in self._body(response, _ERROR_BODY):
                body += piece
            value = json.loads(body)
        except (ServiceError, httpx.HTTPError, ValueError, RecursionError):
            return ""
        if not isinstance(value, dict):
            return ""
        words = next((value[name] for name in ("message", "error") if isinstance(value.get(name), str)), "")
        return f": {_words(words)}" if _words(words) else ""

    def _silent(self, seconds: float | None = None) -> ServiceError:
        seconds = self.limits.read if seconds is None else seconds
        return self._error(f"{self.what} did not answer within {seconds:g} s", _LATER, passing=True)

    def _error(
        self,
        problem: str,
        remedy: str,
        *,
        status: int | None = None,
        wait: float | None = None,
        passing: bool = False,
    ) -> ServiceError:
        """An error on one line, without the token."""
        for secret in {self._token, quote(self._token or "", safe="")} - {None, ""}:
            problem = problem.replace(str(secret), "***")
        kind = _PassingError if passing else ServiceError
        return kind(" ".join(problem.split()), remedy, status=status, wait=wait)


def pages(
    fetch: Callable[[str], tuple[Page, str | None]], mark: str | None, what: str, seen: Iterable[str] = ()
) -> Iterator[tuple[str, Page, str | None]]:
    """Page after page: (its mark, the page, the mark of the next or None).

    Parameters
    ----------
    fetch
        Gives the page at a mark (a cursor, a number, an address) and the mark of the next one.
    mark
        Where to begin; None: nothing is left.
    what
        What errors call the service.
    seen
        Marks of pages that were read before.

    Raises
    ------
    CircleError
        When a mark comes again: what follows would never end.
    """
    known = set(seen)
    while mark is not None:
        if mark in known:
            raise CircleError(f"{what} sends the same pages in a circle", "try again later")
        known.add(mark)
        page, following = fetch(mark)
        yield mark, page, following
        mark = following


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("127.0.0.1.example.org")
    (True, True, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_LATER = "try again later"


def _how_long(error: Exception) -> bool | float:
    """For stamina: whether to ask again, or after how many seconds."""
    if not isinstance(error, _PassingError):
        return False
    return True if error.wait is None else error.wait


def address(base: str) -> httpx.URL:
    """The address of a service, fit to be asked below.

    Raises
    ------
    influence.errors.InputError
        When it is none, or holds a password.
    """
    try:
        url = httpx.URL(base.rstrip("/") + "/")
    except httpx.InvalidURL:
        raise InputError(f"{_words(base)!r} is no address", "write it as https://host/path") from None
    if url.userinfo:
        raise InputError("an address with a password in it", "passwords and tokens come from the environment only")
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment:
        raise InputError(f"{_words(base)!r} is no address of a service", "write it as https://host/path")
    return url


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _words(text: str) -> str:
    """What somebody else wrote, on one line, printable, not too long."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * _LONGEST_WORDS]).split())
    return line if len(line) <= _LONGEST_WORDS else line[: _LONGEST_WORDS - 1] + "…"


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that are trusted, as httpx finds them: reading their list takes longer than a request."""
    return httpx.create_ssl_context()


def _parsed(body: bytes) -> Any:
    """The JSON value. Half characters and marks of byte order, which are none of orjson's, are taken too."""
    try:
        return orjson.loads(body)
    except ValueError:
        return json.loads(body, parse_constant=_no_number)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no JSON")
