"""A real HTTP server on loopback that does what it is told, and ways for a server to go wrong."""

from __future__ import annotations

import gzip
import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Seen:
    """A request as the server got it."""

    method: str
    path: str
    params: dict[str, str]
    headers: Mapping[str, str]
    body: bytes


class Asked(BaseHTTPRequestHandler):
    """One request; `reply` and the faults below answer it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        seen = Seen(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers.items()), body)
        with self.server.guard:
            self.server.seen.append(seen)
            number = len(self.server.seen)
        try:
            self.server.answer(self, seen, number)
        except ConnectionError:
            self.close_connection = True

    do_POST = do_GET  # noqa: N815

    def log_message(self, *args: Any) -> None:
        pass

    def reply(
        self, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None, length: int | None = None
    ) -> None:
        self.send_response(status)
        sent = {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(body)), **(headers or {})}
        if length is not None:
            sent["Content-Length"] = str(length)
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def json(self, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.reply(json.dumps(value).encode(), status, headers)


Answerer = Callable[[Asked, Seen, int], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 50

    def __init__(self, answer: Answerer) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.answer = answer
        self.seen: list[Seen] = []
        self.guard = threading.Lock()
        self.over = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asks may be killed; any other error is one of the test's own."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Loopback:
    """A server at `url` for the length of the `with` block; `seen` are the requests, numbered from 1."""

    def __init__(self, answer: Answerer) -> None:
        self._server = _Server(answer)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def seen(self) -> list[Seen]:
        return self._server.seen

    def __enter__(self) -> Any:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.over.set()
        self._server.shutdown()
        self._server.server_close()


class Service(Loopback):
    """A server with an API, which `_serve` gives.

    Parameters
    ----------
    faults
        Number of a request -> what goes wrong with it; it can be asked again.
    before
        Called with each request's number before it is answered.
    """

    def __init__(self, faults: Mapping[int, Fault] | None, before: Callable[[int], None]) -> None:
        super().__init__(self._answer)
        self.faults = dict(faults or {})
        self.before = before

    def _answer(self, asked: Asked, seen: Seen, number: int) -> None:
        self.before(number)
        if number in self.faults:
            self.faults[number](asked)
        else:
            self._serve(asked, seen, number)

    def _serve(self, asked: Asked, seen: Seen, number: int) -> None:
        raise NotImplementedError


# -- ways to go wrong: each answers a request ---------------------------------------------------------------------

Fault = Callable[[Asked], None]


def throttle(after: str | None, status: int = 429, **headers: str) -> Fault:
    """Too many requests; `after` is Retry-After."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if after is not None:
        sent["Retry-After"] = after
    return lambda asked: asked.json({"error": "Too many requests", "message": "slow down"}, status, sent)


def fails(status: int, message: str = "it hurts") -> Fault:
    return lambda asked: asked.json({"error": "Broken", "message": message}, status)


def html(status: int = 200) -> Fault:
    page = b"<!doctype html><title>Sign in</title><script>alert(1)</script>"
    return lambda asked: asked.reply(page, status, {"Content-Type": "text/html"})


def body(content: bytes, **headers: str) -> Fault:
    return lambda asked: asked.reply(
        content, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def breaks_off(asked: Asked) -> None:
    asked.reply(b'{"meta": {"count": 3}, "results": [{"id": "https://openalex.org/W1', length=100_000)
    asked.close_connection = True
    asked.connection.close()


def hangs_up(asked: Asked) -> None:
    asked.close_connection = True
    asked.connection.close()


def never_answers(asked: Asked) -> None:
    asked.server.over.wait(60)


def drips(asked: Asked) -> None:
    """A byte now and then, and never an end."""
    asked.reply(b"", length=1_000_000)
    while not asked.server.over.wait(0.02):
        asked.wfile.write(b" ")
        asked.wfile.flush()


def huge(asked: Asked) -> None:
    asked.reply(b"", length=1 << 40)
    while not asked.server.over.is_set():
        asked.wfile.write(b" " * (1 << 20))


_PACKED = gzip.compress(b" " * (8 << 20))


def gzip_bomb(asked: Asked) -> None:
    """Eight kilobytes that unpack to eight megabytes."""
    asked.reply(_PACKED, headers={"Content-Encoding": "gzip"})


def bomb(asked: Asked) -> None:
    """A few bytes that do so in two layers."""
    asked.reply(gzip.compress(_PACKED), headers={"Content-Encoding": "gzip, gzip"})


def redirect(to: str, status: int = 302) -> Fault:
    return lambda asked: asked.reply(b"", status, {"Location": to})
