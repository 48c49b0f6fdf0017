"""GitHub over real HTTP on loopback: what is asked, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.http import ServiceError
from connectors.review import github_queries as queries
from connectors.review.consults import advice
from influence.schema import TABLES
from tests.connectors import github_server
from tests.connectors.github_server import SCHEMA, GitHubServer, refused
from tests.connectors.review import life as told
from tests.connectors.review.github_runs import as_told, read, reading, small, whole
from tests.connectors.review.life import LEADERS, LOUD, MANAGERS, make_life
from tests.connectors.review.life_told import led


def test_queries_are_such_as_the_published_schema_has() -> None:
    from graphql import parse, validate

    schema = github_server.schema()
    if schema is None:
        pytest.skip(f"GitHub's schema is not at {SCHEMA}: `make test` fetches it where the network allows")
    inner = (*queries.OF_PULLS, *queries.OF_ISSUES, *queries.OF_DISCUSSIONS, queries.THREAD_COMMENTS, queries.REPLIES)
    pieces = [queries.More(one, "id", "cursor") for one in inner]
    asked = [
        queries.REPOSITORY,
        *(one.query for one in queries.LISTINGS.values()),
        queries.more(pieces)[0],
        *(queries.more([piece])[0] for piece in pieces),
    ]
    for query in asked:
        assert validate(schema, parse(query)) == [], query


def test_what_a_page_asks_for_stays_within_the_limits() -> None:
    for listing in queries.LISTINGS.values():
        *_, weight = github_server._parsed(listing.query)
        assert weight({"first": listing.size}) < 50_000
    *_, weight = github_server._parsed(queries.more([queries.More(one, "x", "y") for one in queries.OF_PULLS] * 4)[0])
    assert weight({}) < 50_000


def test_a_life_told_by_github_is_the_life(tmp_path: Path) -> None:
    life = make_life()
    with GitHubServer(life) as server:
        found = whole(server)
        assert len(server.seen) == 1 + 6 + 1 + 1  # the least possible
    expected = as_told(life)
    assert found.keys() == expected.keys()
    for name in expected:
        assert found[name] == expected[name], name
    assert len(found["signals"]) > 1000
    assert len(found["identities"]) > 30


def test_who_is_followed_leads_though_others_say_more(tmp_path: Path) -> None:
    life = make_life()
    with GitHubServer(life) as server:
        found = list(reading(server).checkpoints())
    said = Counter(event.actor.login for one in life.changes for event in one.events if event.actor)
    assert min(said[one] for one in (*MANAGERS, LOUD)) > max(said[one] for one in LEADERS)
    assert set(LEADERS) <= set(led(found, tmp_path)[:5])


def test_lists_within_are_read_to_their_end() -> None:
    with GitHubServer(small()) as server:
        calm = whole(server)
    with GitHubServer(small(), most=2) as server:
        assert whole(server) == calm
        assert all(seen.path == "/graphql" for seen in server.seen)


def test_discussions_and_their_answers() -> None:
    life = small()
    for number, one in enumerate(life.discussions):
        if number % 3 == 0:
            one.url = str(one.url).replace("/issues/", "/discussions/")
            one.events *= 9
            one.events = [replace(event, id=f"{event.id}-{turn}") for turn, event in enumerate(one.events)]
    with GitHubServer(life) as server:
        assert whole(server)["acts"] == as_told(life)["acts"]
    with GitHubServer(life, most=2) as server:
        assert whole(server)["acts"] == as_told(life)["acts"]
    with GitHubServer(life, discussions=False) as server:
        found = {row[2] for row in whole(server)["units"]}
        assert not found & {one.unit for one in life.discussions[::3]}


def test_who_asked_and_whether_a_rule_did() -> None:
    """Each of the four ways to come to a review is known from what GitHub tells, or is not known."""
    life = make_life(changes=180)
    right: dict[str, list[bool]] = {"free": [], "solicited": [], "unknown": [], "obliged": []}
    with GitHubServer(life) as server:
        service = reading(server).service()
        with service:
            found, mark, more = [], "", True
            while more:
                page = service.page("pull requests", mark)
                found += page.items
                mark, more = page.mark, page.more
    for change in found:
        author = change.author.login if change.author else None
        change.events.sort(key=lambda event: event.time)
        for one in advice(change, strict=False):
            occasion = life.occasions.get((change.unit, one.leader.login))
            if occasion is None or author is None or author in (told.ROBOT, told.ASSISTANT):
                continue
            asked = one.asked_by.login if one.asked_by else None
            said = "free" if asked == author else "solicited" if asked == one.leader.login else "unknown"
            if occasion == "obliged":
                assert change.paths is not None  # by which the owners of the code are known
                continue
            right[occasion].append(said == occasion)
    assert {name: len(found) > 20 for name, found in right.items() if name != "obliged"} == dict.fromkeys(
        ("free", "solicited", "unknown"), True
    )
    for name, verdicts in right.items():
        assert sum(verdicts) >= 0.95 * len(verdicts), name


def test_people_who_are_none_and_assistants() -> None:
    life = small(changes=60)
    with GitHubServer(life) as server:
        for node in server.world.lists["pullRequests"]:
            for one in node["comments"]:
                if one["author"] and one["author"]["login"] == told.CHECKER:
                    one["author"] = {"__typename": "Mannequin", "login": "imported-1"}
        found = whole(server)
    keys = {row[1] for row in found["identities"]}
    assert f"login:{told.ROBOT}[bot]" in keys
    assert not keys & {"login:ghost", "login:imported-1", "login:imported-1[bot]", f"login:{told.CHECKER}[bot]"}
    vias = {row[TABLES["signals"].names.index("follower_via")] for row in found["signals"]}
    assert vias == {None, f"login:{told.ASSISTANT}[bot]"}
    links = {row[1:3] for row in found["identity_links"]}
    assert ("login:zoe-lang", "Zoe Lang <zoe.lang@acme.example>") in links


def test_whoever_an_assistant_puts_beside_itself_had_asked_it() -> None:
    life = small()
    change = next(one for one in life.changes if one.author and one.author.login == told.ASSISTANT)
    asker = change.asked_assistant
    assert asker is not None
    with GitHubServer(life) as server:
        node = server.world.nodes[f"PR_{change.unit}"]
        (event,) = (one for one in node["timelineItems"] if one["__typename"] == "AssignedEvent")
        event["actor"], event["assignee"] = event["assignee"], event["actor"]
        acts = whole(server)["acts"]
    actor = TABLES["acts"].names.index("actor")
    assert [row[actor] for row in acts if row[2] == change.unit and row[4] == "pull_request"] == [asker.key]


# -- nothing that a service sends breaks the reading ---------------------------------------------------------------


def _distorted(value: Any, draw: Callable[[], float]) -> Any:
    """A value of JSON with parts of it lost or of another shape."""
    if draw() < 0.02:
        return [None, 7, "x", [], {}, True, "2024-13-99T00:00:00Z", -1][int(draw() * 8)]
    if isinstance(value, dict):
        return {name: _distorted(one, draw) for name, one in value.items() if draw() > 0.01}
    if isinstance(value, list):
        return [_distorted(one, draw) for one in value]
    return value


@pytest.mark.parametrize("seed", range(8))
def test_distorted_answers_give_tables_or_a_clear_line(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    import random

    draw = random.Random(seed)
    with GitHubServer(small(seed=seed)) as server:
        run_walk = github_server._Walk.run

        def distorted(self: Any, operation: Any) -> Any:
            data, missing = run_walk(self, operation)
            for listing in ("pullRequests", "issues"):
                found = (data.get("repository") or {}).get(listing)
                if found:
                    found["nodes"] = _distorted(found["nodes"], draw.random) if seed % 2 else found["nodes"]
            return data if seed % 2 else _distorted(data, draw.random), missing

        monkeypatch.setattr(github_server._Walk, "run", distorted)
        came, error = read(reading(server))
    assert came or error
    assert "\n" not in error
    for checkpoint in came:
        for name, table in checkpoint.tables.items():
            assert table.schema == TABLES[name].arrow


def test_errors_are_of_the_service() -> None:
    fault = refused("INSUFFICIENT_SCOPES", "Your token lacks 'read:org'")
    with (
        GitHubServer(small(), faults={1: fault}) as server,
        pytest.raises(ServiceError, match="lacks 'read:org'") as caught,
    ):
        list(reading(server).checkpoints())
    assert caught.value.remedy.startswith("put a token")
