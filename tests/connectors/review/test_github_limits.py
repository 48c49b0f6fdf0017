"""GitHub over real HTTP on loopback: how much is asked for at once, and what is left when it goes wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.review.github import GitHubConnector
from connectors.review.live import Stored
from influence.errors import InputError
from influence.workspace import Workspace
from tests.connectors import loopback
from tests.connectors.github_server import TOKEN, GitHubServer, refused, secondary, spent, too_heavy, too_slow
from tests.connectors.loopback import Fault
from tests.connectors.review.github_runs import QUICK, REQUESTS, as_told, read, reading, small, whole
from tests.connectors.review.life import READ
from tests.connectors.review.live_runs import Tables, run, tables


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """What an undisturbed reading of `small` leaves in a workspace."""
    workspace = Workspace(tmp_path_factory.mktemp("calm") / "w.duckdb")
    with GitHubServer(small(), page=10) as server:
        run(workspace, lambda known: reading(server, stored=known))
        assert len(server.seen) == REQUESTS
    return tables(workspace.path)


@pytest.mark.parametrize("refusal", [too_slow, too_heavy], ids=["too slow", "too heavy"])
def test_less_is_asked_for_where_it_is_too_much(refusal: Fault) -> None:
    with GitHubServer(small()) as server:
        calm = whole(server)
    with GitHubServer(small(), heavy=7) as server:
        server.too_much = refusal
        assert whole(server) == calm
    with GitHubServer(small(), heavy=0) as server:
        server.too_much = refusal
        came, error = read(reading(server))
        assert came == []
        assert error.startswith("GitHub fails")


def test_more_is_asked_for_again_when_it_is_calm() -> None:
    with GitHubServer(small(), faults=dict.fromkeys(range(1, 5), too_slow)) as server, reading(server).service() as one:
        one._sizes["pull requests"] = 4
        one.page("pull requests", "")
        sizes = []
        for _ in range(65):
            one.page("pull requests", "")
            sizes.append(one._sizes["pull requests"])
        assert sizes[0] == 1 or sizes[0] == 2
        assert sizes[-1] > sizes[0]
        assert max(sizes) <= 50


def test_it_waits_for_its_allowance_by_the_clock_of_the_service() -> None:
    def rate(true: dict[str, Any]) -> dict[str, Any]:
        # The service's clock stands at READ, years from ours.
        return {**true, "remaining": 0, "resetAt": f"{READ.isoformat()}Z"}

    with GitHubServer(small(), rate=rate) as server:
        assert whole(server) == as_told(small())


def test_where_the_wait_is_long_it_stops_and_keeps_what_there_is(tmp_path: Path) -> None:
    left = iter([9, 9, 0])

    def rate(true: dict[str, Any]) -> dict[str, Any]:
        later = READ + dt.timedelta(minutes=42, seconds=30)
        return {**true, "cost": 3, "remaining": next(left, 9), "resetAt": f"{later.isoformat()}Z"}

    with GitHubServer(small(), rate=rate, page=10) as server:
        came, error = read(reading(server))
    assert error.startswith(
        "GitHub wants no more requests for 42 min: the allowance of this hour is spent; run the same"
    )
    assert len(came) == 1
    assert came[0].harvest.counts["changes"] == 20


def test_no_rate_limit_is_none() -> None:
    with GitHubServer(small(), rate=lambda true: None) as server:
        assert whole(server) == as_told(small())


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (spent(int(READ.replace(tzinfo=dt.UTC).timestamp()) + 3000), "wants no more requests for 50 min"),
        (secondary(None), "wants no more requests for 60 s"),
        (secondary("0"), "throttles (HTTP 403)"),
        (secondary("900"), "wants no more requests for 15 min"),
        (loopback.throttle("54000", X_RateLimit_Remaining="0"), "wants no more requests for 15 h 0 min"),
        (loopback.fails(503), "fails (HTTP 503): it hurts"),
        (loopback.html(503), "fails (HTTP 503)"),
        (loopback.html(), "something else than JSON (text/html)"),
        (loopback.body(b"[]"), "something else than GraphQL"),
        (loopback.body(b'{"data": {"repository": {}}}'), "shows no repository"),
        (loopback.body(b'{"data": {"repository": {"pullRequests": 7}}}'), "something else than pull requests"),
        (loopback.body(b'{"data": '), "JSON that cannot be read"),
        (loopback.breaks_off, "broke off"),
        (loopback.hangs_up, "broke off"),
        (loopback.huge, "more than 8,388,608 bytes"),
        (loopback.redirect("https://evil.example/"), "another host (evil.example)"),
        (loopback.redirect("/graphql", 307), "redirects without end"),
        (loopback.fails(401, "Bad credentials"), "refuses (HTTP 401): Bad credentials"),
        (refused("FORBIDDEN", "Resource protected by organization SAML\nenforcement."), "SAML enforcement"),
        (refused("NOT_FOUND", "Could not resolve"), "shows no repository acme/rocket"),
        (loopback.never_answers, "did not answer within 2 s"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_was_collected_is_kept(fault: Fault, says: str) -> None:
    limits = replace(QUICK, read=2, attempts=1) if fault is loopback.never_answers else QUICK
    with GitHubServer(small(), faults=dict.fromkeys(range(3, 99), fault), page=10) as server:
        came, error = read(reading(server, limits=limits))
    assert says in error
    assert "\n" not in error
    assert error.endswith("; 10 changes and discussions are kept, and the same command goes on from there")
    assert TOKEN not in error
    assert [made.harvest.counts["changes"] for made in came] == [10]
    assert came[0].harvest.problems[-1][0] == "lists that were not read to their end"


@pytest.mark.parametrize("first", range(2, REQUESTS + 1))
def test_the_same_command_goes_on(first: int, tmp_path: Path, calm: Tables) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")

    def make(known: Stored | None) -> GitHubConnector:
        return reading(server, stored=known)

    with GitHubServer(small(), faults=dict.fromkeys(range(first, 99), loopback.fails(400)), page=10) as server:
        with pytest.raises(InputError, match="HTTP 400"):
            run(workspace, make)
        server.faults.clear()
        server.seen.clear()
        run(workspace, make)
        # Lists that were read to their end are looked at once more: something may be new.
        assert len(server.seen) == 1 + max(1, 3 - max(0, first - 2)) + 2
    assert tables(workspace.path) == calm


def test_passing_faults_change_nothing() -> None:
    faults = {
        1: loopback.throttle("0.05"),
        3: loopback.breaks_off,
        5: loopback.fails(500),
        7: loopback.hangs_up,
        8: too_slow,
        10: secondary("0.01"),
        12: loopback.body(b'{"data": {'),
    }
    with GitHubServer(small(), page=10) as server:
        calm = whole(server)
        server.faults = {len(server.seen) + number: fault for number, fault in faults.items()}
        assert whole(server) == calm


def test_what_of_an_answer_is_missing_is_counted() -> None:
    with GitHubServer(small()) as server:
        nodes = server.world.lists["pullRequests"]
        for node in nodes[:3]:
            node["timelineItems"].insert(0, None)
        nodes[5] = {**nodes[5], "createdAt": None}
        server.beside[2] = [{"type": "FORBIDDEN", "message": "no teams for you"}] * 2
        came, error = read(reading(server))
    assert error == ""
    found = {what: (count, why) for what, count, why in came[0].harvest.problems}
    assert found["parts of answers that GitHub left out"] == (2, "forbidden")
    assert found["pull requests that GitHub did not give"][0] == 1
    assert came[0].harvest.counts["changes"] == 23
