"""The client for web services against servers that throttle, break off and lie, over real HTTP."""

from __future__ import annotations

import email.utils
import json
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.http import CircleError, Client, Limits, ServiceError, pages
from connectors.waiting import asked_wait, span
from influence.errors import InputError
from tests.connectors import loopback
from tests.connectors.loopback import Asked, Fault, Loopback, Seen

TOKEN = "s3cr+t/t0ken=="
QUICK = Limits(body=1 << 20, attempts=3, pause=0.01, wait=0.5, per_second=1000, redirects=3)
HASTY = replace(QUICK, read=0.2, whole=0.2, attempts=2)


def serving(*faults: Fault | None, then: Any = "fine") -> Loopback:
    """A server that does these in order, None and everything later being right."""

    def answer(asked: Asked, seen: Seen, number: int) -> None:
        fault = faults[number - 1] if number <= len(faults) else None
        if fault:
            fault(asked)
        else:
            asked.json(then)

    return Loopback(answer)


def always(fault: Fault) -> Loopback:
    return Loopback(lambda asked, seen, number: fault(asked))


def client(server: Loopback, **options: Any) -> Client:
    return Client(server.url, what="The service", **{"token": TOKEN, "limits": QUICK, **options})


def refused(server: Loopback, **options: Any) -> ServiceError:
    """The error of asking once: one line that says what to do and not the token."""
    with client(server, **options) as asking, pytest.raises(ServiceError) as caught:
        asking.get("works")
    said = str(caught.value)
    assert "\n" not in said
    assert said.isprintable()
    assert len(said) < 400
    assert caught.value.problem.startswith("The service ")
    assert caught.value.remedy
    assert caught.value.exit_code == 2
    assert TOKEN not in said + repr(caught.value) + repr(caught.value.__cause__)
    return caught.value


# -- what goes out -------------------------------------------------------------------------------------------------


def test_asks_below_its_address_with_its_token() -> None:
    with serving(then={"a": 1}) as server, client(server, agent="(mailto:me@example.org)") as asking:
        answer = asking.get("works", {"filter": "a:b|c,d", "cursor": "x+/="})
        posted = asking.post("graphql", {"query": "é"})
    assert answer.value == posted.value == {"a": 1}
    first, second = server.seen
    assert (first.method, first.path, first.params) == ("GET", "/works", {"filter": "a:b|c,d", "cursor": "x+/="})
    assert first.headers["Authorization"] == f"Bearer {TOKEN}"
    assert first.headers["User-Agent"] == "implicit-leaders (mailto:me@example.org)"
    assert "Cookie" not in first.headers
    assert (second.method, json.loads(second.body)) == ("POST", {"query": "é"})
    assert second.headers["Content-Type"] == "application/json"


def test_base_path_is_kept_and_the_prefix_taken_off() -> None:
    with (
        always(loopback.body(b")]}'\n[1]")) as server,
        Client(f"{server.url}/r/", what="Gerrit", prefix=b")]}'\n", limits=QUICK) as asking,
    ):
        assert asking.get("changes/").value == [1]
    assert server.seen[0].path == "/r/changes/"
    assert "Authorization" not in server.seen[0].headers


@pytest.mark.parametrize(
    "base",
    [
        "",
        "works",
        "ftp://example.org",
        "http://",
        "https://me:pw@example.org",
        "https://example.org/?x=1",
        "http://[::1",
    ],
)
def test_what_is_no_address(base: str) -> None:
    with pytest.raises(InputError) as caught:
        Client(base, what="It")
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("base", ["http://example.org", "http://127.0.0.1.example.org", "http://10.0.0.1"])
def test_a_token_goes_nowhere_in_the_clear(base: str) -> None:
    with pytest.raises(InputError, match="https"):
        Client(base, what="It", token=TOKEN)
    Client(base, what="It")


@pytest.mark.parametrize("token", ["a b", "a\nb", "a\x00", "ключ"])
def test_a_token_that_would_break_the_header(token: str) -> None:
    with pytest.raises(InputError) as caught:
        Client("https://example.org", what="It", token=token)
    assert token not in str(caught.value)


def test_asks_no_faster_than_it_may() -> None:
    with serving() as server, client(server, limits=Limits(per_second=50)) as asking:
        begun = time.monotonic()
        for _ in range(6):
            asking.get("x")
        assert time.monotonic() - begun >= 5 / 50


# -- what passes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        loopback.throttle("0"),
        loopback.throttle(None),
        loopback.throttle("0", status=403),
        loopback.fails(500),
        loopback.fails(503),
        loopback.html(502),
        loopback.breaks_off,
        loopback.hangs_up,
        loopback.body(b'{"results": [1, 2'),
        loopback.body(b"not gzip", Content_Encoding="gzip"),
    ],
    ids=lambda fault: getattr(fault, "__qualname__", "").partition(".")[0],
)
def test_what_passes_is_asked_for_again(fault: Fault) -> None:
    with serving(fault, fault) as server, client(server) as asking:
        assert asking.get("works").value == "fine"
        assert len(server.seen) == 3
    with always(fault) as server:
        refused(server)
        assert len(server.seen) == QUICK.attempts


@pytest.mark.parametrize("fault", [loopback.never_answers, loopback.drips])
def test_does_not_wait_for_ever(fault: Fault) -> None:
    with always(fault) as server:
        begun = time.monotonic()
        assert "did not answer within 0.2 s" in refused(server, limits=HASTY).problem
        assert time.monotonic() - begun < 5
        assert len(server.seen) == HASTY.attempts


def test_waits_as_long_as_it_is_told() -> None:
    with serving(loopback.throttle("0.2")) as server, client(server) as asking:
        begun = time.monotonic()
        asking.get("x")
        assert time.monotonic() - begun >= 0.2


def test_does_not_wait_for_hours() -> None:
    with always(loopback.throttle("54000")) as server:
        begun = time.monotonic()
        error = refused(server)
        assert time.monotonic() - begun < 5
        assert len(server.seen) == 1
    assert "15 h 0 min" in error.problem
    assert "slow down" in error.problem
    assert error.wait == 54000


def test_a_spent_allowance_waits_for_its_renewal() -> None:
    spent = loopback.throttle("1", X_RateLimit_Remaining="0", X_RateLimit_Reset="11987")
    with always(spent) as server:
        assert refused(server).wait == 11987
        assert len(server.seen) == 1
    github = loopback.throttle(None, 403, X_RateLimit_Remaining="0", X_RateLimit_Reset=str(int(time.time()) + 3000))
    with always(github) as server:
        assert 2900 < (refused(server).wait or 0) <= 3000


def test_reads_every_form_of_retry_after() -> None:
    soon = email.utils.formatdate(time.time() + 90, usegmt=True)
    assert 80 < (asked_wait({"retry-after": soon}) or 0) <= 90
    assert asked_wait({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert asked_wait({"retry-after": "-5"}) == 0
    assert asked_wait({"retry-after": "7"}) == 7
    assert asked_wait({}) is None
    assert (span(59.2), span(3599), span(90_000)) == ("60 s", "59 min", "25 h 0 min")


@given(st.text(max_size=40), st.text(max_size=20), st.booleans())
def test_no_header_breaks_the_wait(after: str, reset: str, spent: bool) -> None:
    wait = asked_wait({"retry-after": after, "x-ratelimit-reset": reset}, spent)
    assert wait is None or wait >= 0


# -- what does not pass --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (loopback.html(), "something else than JSON (text/html)"),
        (loopback.body(b"[1]", Content_Type="text/plain"), "something else than JSON (text/plain)"),
        (loopback.body(b"[1]", Content_Type=""), "something else than JSON"),
        (loopback.huge, "more than 1,048,576 bytes"),
        (loopback.gzip_bomb, "more than 1,048,576 bytes"),
        (loopback.bomb, "packs its answers"),
        (loopback.fails(400, "Unknown filter field: x"), "refuses (HTTP 400): Unknown filter field: x"),
        (loopback.fails(404), "refuses (HTTP 404)"),
        (loopback.html(404), "refuses (HTTP 404)"),
        (loopback.redirect("/works"), "redirects without end"),
        (loopback.redirect("http://127.0.0.1:1/works"), "redirects to another host"),
        (loopback.redirect("https://evil.example/works"), "redirects to another host (evil.example)"),
        (loopback.redirect("//evil.example/"), "redirects to another host (evil.example)"),
        (loopback.redirect("file:///etc/passwd"), "redirects to another host"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_does_not_pass_is_one_line(fault: Fault, says: str) -> None:
    with always(fault) as server:
        error = refused(server)
        assert says in error.problem
        assert len(server.seen) == (QUICK.redirects + 1 if "without end" in says else 1)


def test_a_redirect_on_the_same_host_is_followed() -> None:
    with serving(loopback.redirect("/elsewhere?x=1", 301), then=[2]) as server, client(server) as asking:
        assert asking.get("works").value == [2]
    assert [(seen.path, seen.params) for seen in server.seen] == [("/works", {}), ("/elsewhere", {"x": "1"})]


def test_the_token_follows_no_redirect_and_no_link() -> None:
    with serving() as other, always(loopback.redirect(f"{other.url}/works")) as server:
        refused(server)
        with client(server) as asking, pytest.raises(ServiceError, match="another host"):
            asking.get(f"{other.url}/next?page=2")
        assert other.seen == []


def test_nobody_there() -> None:
    with serving() as server:
        pass
    error = refused(server)
    assert "cannot be reached at 127.0.0.1" in error.problem


def test_a_wrong_token_says_what_to_do() -> None:
    with always(loopback.fails(401, "Invalid key")) as server:
        assert refused(server, unauthorised="set THE_KEY").remedy == "set THE_KEY"


@pytest.mark.parametrize("made", [str, lambda token: token.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")])
@pytest.mark.parametrize("status", [401, 429, 500])
def test_the_token_stands_in_no_error_and_no_log(
    made: Callable[[str], str], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with always(loopback.fails(status, f"your key\n{made(TOKEN)} is bad\x1b[2J")) as server:
        error = refused(server)
    assert "your key *** is bad" in error.problem
    assert caplog.records
    logged = "\n".join(record.getMessage() + repr(record.__dict__) for record in caplog.records)
    assert TOKEN not in logged
    assert made(TOKEN) not in logged


def test_no_answer_of_an_error_breaks_the_line() -> None:
    said: list[bytes] = []

    with always(lambda asked: asked.reply(said[-1], 400)) as server, client(server) as asking:

        @settings(deadline=None, max_examples=100)
        @given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: json.dumps({"message": text}).encode()))
        def holds(body: bytes) -> None:
            said.append(body)
            with pytest.raises(ServiceError) as caught:
                asking.get("works")
            assert str(caught.value).isprintable()
            assert len(str(caught.value)) < 400

        holds()


# -- paging --------------------------------------------------------------------------------------------------------


def test_pages_go_on_from_a_mark_to_the_end() -> None:
    chain = {"a": "b", "b": "c", "c": None}
    assert list(pages(lambda mark: (mark.upper(), chain[mark]), "b", "It")) == [("b", "B", "c"), ("c", "C", None)]
    assert list(pages(lambda mark: ("", None), None, "It")) == []


@pytest.mark.parametrize(("seen", "read"), [((), 2), (("b",), 1)])
def test_pages_in_a_circle_end(seen: tuple[str, ...], read: int) -> None:
    came = []
    with pytest.raises(CircleError, match="circle"):
        for mark, _, _ in pages(lambda mark: (0, {"a": "b", "b": "a"}[mark]), "a", "It", seen):
            came.append(mark)
    assert len(came) == read
