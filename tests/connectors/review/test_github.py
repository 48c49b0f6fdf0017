"""GitHub over real HTTP on loopback: what is asked, what becomes of it, and what is left when it goes wrong."""

from __future__ import annotations

import copy
import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.http import Limits, ServiceError
from connectors.review import github_queries as queries
from connectors.review import tokens
from connectors.review.consults import advice
from connectors.review.github import BASE, GitHubConnector
from connectors.review.live import Stored
from connectors.review.model import Event
from connectors.review.rest import ROLES
from connectors.review.rows import Gatherer
from influence.errors import InputError
from influence.schema import TABLES, Checkpoint
from influence.workspace import Workspace
from tests.connectors import github_server, loopback
from tests.connectors.github_server import SCHEMA, TOKEN, GitHubServer, refused, secondary, spent, too_heavy, too_slow
from tests.connectors.loopback import Fault, Loopback
from tests.connectors.review import life as told
from tests.connectors.review.life import LABEL, LEADERS, LOUD, MANAGERS, READ, Life, make_life, person
from tests.connectors.review.life_told import led
from tests.connectors.review.live_runs import Tables, kill_often, run, tables

QUICK = Limits(attempts=3, pause=0.01, wait=0.5, per_second=10_000, body=8 << 20)
#: Requests of an undisturbed reading of 24 changes, 10 a page, and 5 issues: what there is, three pages, two lists.
REQUESTS = 1 + 3 + 1 + 1
Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def _no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*tokens.GITHUB, "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tokens, "import_module", _no_module)


def _no_module(name: str) -> Any:
    raise ImportError(name)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """What an undisturbed reading of `small` leaves in a workspace."""
    workspace = Workspace(tmp_path_factory.mktemp("calm") / "w.duckdb")
    with GitHubServer(small(), page=10) as server:
        run(workspace, lambda known: reading(server, stored=known))
        assert len(server.seen) == REQUESTS
    return tables(workspace.path)


def small(**options: Any) -> Life:
    return make_life(**{"changes": 24, **options})


def reading(server: Loopback, **options: Any) -> GitHubConnector:
    base = getattr(server, "base", f"{server.url}/graphql")
    return GitHubConnector(LABEL, **{"base": base, "token": TOKEN, "limits": QUICK, **options})


def read(connector: GitHubConnector) -> tuple[list[Checkpoint], str]:
    """The checkpoints, and the error that ended them, or ''."""
    came: list[Checkpoint] = []
    try:
        for checkpoint in connector.checkpoints():
            came.append(checkpoint)
    except InputError as error:
        return came, str(error)
    return came, ""


def rows(made: dict[str, Any]) -> Rows:
    found = {}
    for name in TABLES:
        if name in made:
            found[name] = sorted((tuple(row.values()) for row in made[name].to_pylist()), key=repr)
    return {name: table for name, table in found.items() if table}


def whole(server: Loopback, **options: Any) -> Rows:
    came, error = read(reading(server, **options))
    assert error == ""
    assert len(came) == 1
    return rows(came[0].tables)


def as_told(life: Life) -> Rows:
    """The rows that a life gives when nobody stands between, but for what GitHub does not tell."""
    gatherer = Gatherer("github:acme/rocket", f"github.com/{LABEL}", "github.com", whole=False)
    life = copy.deepcopy(life)
    for change in life.changes:
        for event in change.events:
            event.resolved = None  # it tells who, not when
            if event.kind == "request":
                asked = event.target.login if event.target else ""
                if (change.unit, asked) not in life.pending:
                    event.by_rule = None  # it tells only of requests that wait
        standing = [change.author, *(event.actor for event in change.events if event.kind in ("review", "comment"))]
        change.roles = [
            (one, ROLES[told.ROLES[one.login]], READ) for one in standing if one and one.login in told.ROLES
        ]
        gatherer.take(change)
    for discussion in life.discussions:
        gatherer.discuss(discussion)
    gatherer.resolve()
    return rows(gatherer.tables())


# -- what is asked -------------------------------------------------------------------------------------------------


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


# -- how much is asked for at once ---------------------------------------------------------------------------------


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


# -- tokens --------------------------------------------------------------------------------------------------------


def test_the_token_comes_from_the_environment_or_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ring:
        @staticmethod
        def get_password(service: str, name: str) -> str | None:
            if name == "GITHUB_TOKEN":
                raise RuntimeError("locked")
            return {("implicit-leaders", "GH_TOKEN"): " from-the-ring\n"}.get((service, name))

    assert tokens.token(tokens.GITHUB) is None
    assert tokens.login() is None
    monkeypatch.setattr(tokens, "import_module", lambda name: Ring)
    assert tokens.token(tokens.GITHUB) == "from-the-ring"
    monkeypatch.setenv("GH_TOKEN", "second")
    assert tokens.token(tokens.GITHUB) == "second"
    monkeypatch.setenv("GITHUB_TOKEN", "first")
    assert tokens.token(tokens.GITHUB) == "first"
    monkeypatch.setenv("GERRIT_USER", "me")
    monkeypatch.setenv("GERRIT_PASSWORD", "pw")
    assert tokens.login() == ("me", "pw")


def test_without_a_token_nothing_is_asked() -> None:
    with GitHubServer(small()) as server:
        came, error = read(reading(server, token=None))
        assert server.seen == []
    assert came == []
    assert "GITHUB_TOKEN" in error


def test_the_token_is_sent_to_the_service_and_stands_nowhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    workspace = Workspace(tmp_path / "w.duckdb")
    with GitHubServer(small(), faults={3: loopback.fails(500, f"bad {TOKEN}")}) as server:
        run(workspace, lambda known: reading(server, token=None, stored=known))
        assert all(seen.headers["Authorization"] == f"bearer {TOKEN}" for seen in server.seen)
        assert not any(TOKEN in seen.path + seen.body.decode() for seen in server.seen)
        server.faults = dict.fromkeys(range(len(server.seen) + 1, 999), loopback.fails(400, f"bad {TOKEN}"))
        _, error = read(reading(server, token=None))
    assert "bad ***" in error
    assert TOKEN not in caplog.text + repr(tables(tmp_path / "w.duckdb"))
    assert TOKEN.encode() not in (tmp_path / "w.duckdb").read_bytes()


def test_no_redirect_takes_the_token_elsewhere() -> None:
    with Loopback(lambda asked, seen, number: asked.json({})) as other:
        faults = dict.fromkeys(range(1, 9), loopback.redirect(f"{other.url}/graphql", 307))
        with GitHubServer(small(), faults=faults) as server:
            _, error = read(reading(server))
        assert other.seen == []
    assert "another host" in error


@pytest.mark.parametrize("token", ["wrong", "no such thing", "ümlaut"])
def test_wrong_tokens(token: str) -> None:
    with GitHubServer(small()) as server:
        came, error = read(reading(server, token=token))
    assert came == []
    assert "token" in error
    assert token not in error.replace("token of GitHub", "")


def test_tokens_are_not_sent_in_the_clear() -> None:
    with pytest.raises(InputError, match="not sent over http"):
        list(GitHubConnector(LABEL, base="http://git.example.org", token=TOKEN).checkpoints())


# -- names and addresses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("repository", "base", "repo", "endpoint"),
    [
        ("Acme/Rocket", None, "github.com/acme/rocket", BASE),
        ("https://github.com/acme/rocket.git", None, "github.com/acme/rocket", BASE),
        ("https://www.github.com/acme/rocket/pull/7", None, "github.com/acme/rocket", BASE),
        ("a/b", "https://git.acme.org", "git.acme.org/a/b", "https://git.acme.org/api/graphql"),
        ("a/b", "https://git.acme.org/api", "git.acme.org/a/b", "https://git.acme.org/api/graphql"),
        ("a/b", "https://git.acme.org:8443/api/graphql", "git.acme.org/a/b", "https://git.acme.org:8443/api/graphql"),
        ("https://git.acme.org/a/b", "https://git.acme.org", "git.acme.org/a/b", "https://git.acme.org/api/graphql"),
        ("a/b", "https://api.acme.ghe.com/graphql", "acme.ghe.com/a/b", "https://api.acme.ghe.com/graphql"),
    ],
)
def test_names(repository: str, base: str | None, repo: str, endpoint: str) -> None:
    made = GitHubConnector(repository, base=base)
    assert made.repository == repo
    assert made.location == endpoint


@pytest.mark.parametrize(
    ("repository", "base"),
    [
        ("", None),
        ("rocket", None),
        ("a/b/c", None),
        ("a/../b", None),
        ("a/b\x1b[2J", None),
        ("https://git.acme.org/a/b", None),
        ("https://me:s3cret@github.com/a/b", None),
        ("https://[github.com/a/b", None),
        ("a/b", "https://me:s3cret@git.acme.org"),
        ("a/b", "ftp://git.acme.org"),
        ("a/b", "nonsense"),
    ],
)
def test_what_is_no_repository(repository: str, base: str | None) -> None:
    with pytest.raises(InputError) as caught:
        GitHubConnector(repository, base=base)
    assert "s3cret" not in str(caught.value)
    assert str(caught.value).isprintable()


def test_accounts_of_an_enterprise_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with GitHubServer(small()) as server:
        made = reading(server)
        made.host = "git.acme.org"
        (came,), _ = read(made)
    keys = {row["key"] for row in came.tables["identities"].to_pylist() if row["login"]}
    assert keys
    assert all(key.endswith("@git.acme.org") for key in keys)


# -- again, later --------------------------------------------------------------------------------------------------


def _late(life: Life) -> None:
    """What happens after the first reading: a review, a merge, a rebase, work that goes on with old work."""
    old, other = life.changes[3], life.changes[15]
    at = READ - dt.timedelta(days=2)
    old.events.append(Event("review", at, person("kim"), "late-1", f"{old.url}#late-1", "Why?", state="changes"))
    old.commits = [replace(old.commits[0], sha="f" * 40)]
    old.updated = at
    other.body += f"\n\nSupersedes {life.changes[5].mark}."
    other.updated = at + dt.timedelta(hours=1)
    asked = life.discussions[2]
    asked.events.append(Event("comment", at, person("kim"), "late-2", f"{asked.url}#late-2", "As @ada said."))


def _newer(life: Life) -> Life:
    """A change that stands on another's branch, read by an earlier run."""
    under = next(one for one in life.changes if one.own_branch and one.author and one.author.name)
    top = copy.deepcopy(life.changes[-1])
    top.unit, top.mark, top.author = "999", "#999", person("kim")
    top.url, top.onto, top.branch = f"{told.WEB}/pull/999", under.branch, "kim-999"
    top.created, top.updated = under.created + dt.timedelta(minutes=1), READ
    top.body, top.events, top.commits = f"Based on {under.mark}.", [], []
    life.changes.append(top)
    return life


def test_a_later_reading_asks_for_what_is_new_and_ends_where_a_fresh_one_would(tmp_path: Path) -> None:
    life = small()
    workspace = Workspace(tmp_path / "w.duckdb")
    with GitHubServer(life) as server:

        def make(known: Stored | None) -> GitHubConnector:
            return reading(server, stored=known)

        run(workspace, make)
        before = len(server.seen)
        run(workspace, make)
        assert len(server.seen) == before + 1 + 3  # one look at each list
        _late(life)
        _newer(life)
        server.world.renew()
        server.seen.clear()
        run(workspace, make)
        assert len(server.seen) <= 1 + 3 + 1
        run(Workspace(tmp_path / "fresh.duckdb"), make)
    later, fresh = tables(tmp_path / "w.duckdb"), tables(tmp_path / "fresh.duckdb")
    assert later == fresh
    assert "f" * 40 in repr(fresh["units"])
    assert any(row[4] == "builds_on" and row[2] == "999" for row in fresh["signals"])


def test_blocks_of_any_size_give_the_same_tables(tmp_path: Path) -> None:
    life = make_life(changes=60)
    with GitHubServer(life, page=10) as server:
        for block in (1000, 10):
            github_server.collect(tmp_path / f"{block}.duckdb", server.url, block)
    one = tables(tmp_path / "1000.duckdb")
    assert sum(row[4] in ("mentions", "builds_on") for row in one["signals"]) > 20
    assert tables(tmp_path / "10.duckdb") == one


def test_a_list_that_changes_while_it_is_read(tmp_path: Path) -> None:
    life = small()
    workspace = tmp_path / "w.duckdb"

    def before(number: int) -> None:
        if number in (3, 4):
            change = life.changes[number]
            change.title, change.updated = f"Changed meanwhile {number}", READ - dt.timedelta(minutes=number)
            server.world.renew()

    with GitHubServer(life, page=10, before=before) as server:
        github_server.collect(workspace, server.url, 15)
        server.before = lambda number: None
        github_server.collect(tmp_path / "fresh.duckdb", server.url)
    assert tables(workspace) == tables(tmp_path / "fresh.duckdb")
    assert "Changed meanwhile 4" in repr(tables(workspace)["units"])


def test_a_cursor_that_is_none_any_more_begins_anew(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    with GitHubServer(small()) as server:

        def make(known: Stored | None) -> GitHubConnector:
            return reading(server, stored=known)

        run(workspace, make)
        calm = tables(workspace.path)
        with workspace._write() as connection:
            connection.execute(
                'UPDATE harvests SET tip = regexp_replace(tip, \'"pull requests":"[^"]*\', \'"pull requests":"gone\')'
            )
        run(workspace, make)
        assert tables(workspace.path) == calm
        # With other options the old reading is no base either.
        run(workspace, lambda known: reading(server, stored=known, strict=False))
        loose = tables(workspace.path)
        assert loose != calm
        run(workspace, make)
        assert tables(workspace.path) == calm


def test_pages_in_a_circle_end(tmp_path: Path) -> None:
    with GitHubServer(small(), page=10) as server:
        walk = server._repository

        def again(arguments: dict[str, Any]) -> Any:
            found = walk(arguments)
            return {**found, "pullRequests": _Endless(found["pullRequests"])} if found else None

        server._repository = again  # type: ignore[method-assign]
        came, error = read(reading(server))
    assert "again and again" in error or "circle" in error
    assert came[-1].harvest.counts["changes"] == 24
    assert '"pull requests"' not in came[-1].harvest.tip


class _Endless(list[Any]):
    """A list that always has more."""

    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, key: Any) -> Any:
        return list(self)[-10:] if not list.__getitem__(self, key) else list.__getitem__(self, key)


# -- killed at random points, run again: as if nothing had been ----------------------------------------------------


def _killed(folder: Path, times: int, seed: int) -> int:
    with GitHubServer(make_life(changes=24), page=4) as server:
        github_server.collect(folder / "calm.duckdb", server.url)
        calm = tables(folder / "calm.duckdb")
        assert len(calm["signals"]) > 80
        return kill_often(github_server.collect, server, calm, folder, (), times, seed)


def test_killed_at_random_points(tmp_path: Path) -> None:
    assert _killed(tmp_path, 10, seed=1) >= 5


@pytest.mark.soak
def test_killed_at_a_hundred_random_points(tmp_path: Path) -> None:
    assert _killed(tmp_path, 100, seed=int(time.time())) >= 50


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
