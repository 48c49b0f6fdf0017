"""OpenAlex over real HTTP on loopback: what is asked, what becomes of it, and what is left when it goes wrong."""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.documents import bibliography
from connectors.documents.openalex import KEY, MAIL, OpenAlexConnector, _page, _Reading
from connectors.documents.openalex_query import parse
from connectors.http import Limits
from connectors.spool import KEPT_SECONDS, Spool, spool_file
from influence import cli, doors
from influence.errors import InputError
from influence.schema import TABLES, Checkpoint
from influence.workspace import Workspace
from tests.connectors import loopback, openalex_server
from tests.connectors.loopback import Asked, Fault
from tests.connectors.openalex_server import Json, OpenAlexServer, make_works
from tests.processes import process

QUICK = Limits(attempts=3, pause=0.01, wait=0.5, per_second=10_000, body=8 << 20)
EVERYTHING = "publication_year:>1900"
Tables = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (KEY, MAIL, "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def works() -> list[Json]:
    return make_works(340)


def reading(server: OpenAlexServer, query: str = EVERYTHING, **options: Any) -> OpenAlexConnector:
    return OpenAlexConnector(query, **{"base": server.url, "limits": QUICK, **options})


def whole(server: OpenAlexServer, query: str = EVERYTHING, **options: Any) -> Checkpoint:
    return list(reading(server, query, **options).checkpoints())[-1]


def rows(checkpoint: Checkpoint) -> Tables:
    """What the tables hold, without the source's name."""
    found = {}
    for name, table in checkpoint.tables.items():
        columns = [column for column in table.column_names if column != "source"]
        found[name] = sorted(map(tuple, (row.values() for row in table.select(columns).to_pylist())), key=repr)
    return {name: table for name, table in found.items() if table}


def stored(workspace: Path) -> Tables:
    """All tables of a workspace; of the harvests what does not tell when and where."""
    with Workspace(workspace).read() as connection:
        found = {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in TABLES
            if name != "harvests"
        }
        columns = "source, label, connector, tip, url, options, first, last, contact, counts, problems"
        found["harvests"] = connection.execute(f"SELECT {columns} FROM harvests ORDER BY source").fetchall()
    return found


def problems(checkpoint: Checkpoint) -> dict[str, int]:
    return {what: count for what, count, _ in checkpoint.harvest.problems}


# -- what is asked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("authorships.author.id:A5023888391", {"filter": "authorships.author.id:A5023888391"}),
        ("A5023888391", {"filter": "authorships.author.id:A5023888391"}),
        ("a1|A2", {"filter": "authorships.author.id:A1|A2"}),
        ("T10102", {"filter": "primary_topic.id:T10102"}),
        ("W1|W2", {"filter": "ids.openalex:W1|W2"}),
        ("10.1000/ABC", {"filter": "doi:10.1000/abc"}),
        ("https://doi.org/10.1000/abc", {"filter": "doi:10.1000/abc"}),
        ("https://orcid.org/0000-0002-1825-0097", {"filter": "authorships.author.orcid:0000-0002-1825-0097"}),
        ("primary_topic.id:T1,publication_year:>2000", {"filter": "primary_topic.id:T1,publication_year:>2000"}),
        ("  silent \n leadership ", {"search": "silent leadership"}),
        ("leadership: a review", {"search": "leadership: a review"}),
        ("https://openalex.org/A5023888391", {"filter": "authorships.author.id:A5023888391"}),
        ("https://openalex.org/works/W7", {"filter": "ids.openalex:W7"}),
        (
            "https://api.openalex.org/works?filter=cites:W1&search=a%20b&per-page=50&cursor=*&sort=x&mailto=m@n.o",
            {"filter": "cites:W1", "search": "a b"},
        ),
        ("http://127.0.0.1/works?search=x", {"search": "x"}),
    ],
)
def test_forms_of_a_query(text: str, asked: dict[str, str]) -> None:
    assert dict(parse(text, "127.0.0.1").params) == asked


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x" * 9000,
        "a\x1b[2J",
        "A1|T1",
        "https://evil.example/works?filter=cites:W1",
        "https://openalex.org@evil.example/works?filter=cites:W1",
        "https://me:pw@openalex.org/works?filter=cites:W1",
        "https://openalex.org/works",
        "https://openalex.org/authors?filter=works_count:>5",
        "https://openalex.org/works?group_by=type&filter=cites:W1",
        "https://openalex.org/works?sample=20",
        "https://openalex.org/works?filter=cites:W1&api_key=s3cret",
        "https://[openalex.org/works?filter=cites:W1",
    ],
)
def test_what_is_no_query(text: str) -> None:
    with pytest.raises(InputError) as caught:
        OpenAlexConnector(text)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert caught.value.remedy


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"https?://(api\.)?openalex\.org/.*", fullmatch=True))
def test_no_text_breaks_a_query(text: str) -> None:
    try:
        query = parse(text, "api.openalex.org")
    except InputError:
        return
    assert query.params
    assert parse(query.url, "api.openalex.org").params == query.params or "search" not in query.text


def test_asks_as_the_api_wants_it(works: list[Json], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, openalex_server.KEY)
    monkeypatch.setenv(MAIL, "me@example.org")
    with OpenAlexServer(works, key=True) as server:
        made = whole(server)
    assert made.harvest.counts["documents"] == len(works)
    assert len(server.seen) == 4  # the least possible: 100 works a page
    assert [seen.params["cursor"] == "*" for seen in server.seen] == [True, False, False, False]
    for seen in server.seen:
        assert set(seen.params) == {"filter", "per_page", "cursor", "select"}
        assert seen.headers["User-Agent"] == "implicit-leaders (mailto:me@example.org)"
        assert openalex_server.KEY not in seen.path + repr(seen.params)
    written = repr((made.harvest, [table.to_pylist() for table in made.tables.values()]))
    assert openalex_server.KEY not in written
    assert "me@example.org" not in written


def test_the_key_goes_to_openalex_and_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, openalex_server.KEY)
    assert OpenAlexConnector("A1")._key == openalex_server.KEY
    assert OpenAlexConnector("A1", base="https://mirror.example")._key is None
    with pytest.raises(InputError, match="mail address"):
        OpenAlexConnector("A1", mail="me@example.org)\r\nX: y")


def test_without_a_key_it_says_where_to_get_one(works: list[Json]) -> None:
    with OpenAlexServer(works, key=True) as server, pytest.raises(InputError) as caught:
        whole(server)
    assert "Cursor paging needs an API key" in str(caught.value)
    assert KEY in caught.value.remedy


# -- what becomes of it --------------------------------------------------------------------------------------------


def test_rows_are_those_of_the_same_works_on_disk(works: list[Json], tmp_path: Path) -> None:
    with OpenAlexServer(works) as server:
        live = whole(server)
    for start in (0, 200):
        page = {"meta": {}, "results": works[start : start + 200]}
        (tmp_path / f"{start}.json").write_text(json.dumps(page))
    disk = bibliography.read(tmp_path)
    assert rows(live) == rows(disk)
    counts = dict(live.harvest.counts)
    assert counts.pop("works_found") == len(works)
    counts.pop("works_with_unnamed_authors")  # on disk nobody cut them off
    assert counts.items() <= disk.harvest.counts.items()


def test_crowds_are_kept_and_counted(works: list[Json]) -> None:
    with OpenAlexServer(works) as server:
        made = whole(server)
    crowds = [work["id"] for work in works if len(work["authorships"]) > 50]
    assert len(crowds) == made.harvest.counts["works_over_50_authors"] == 4
    assert made.harvest.counts["works_with_unnamed_authors"] == 4  # a list stops at the hundredth author
    artifacts = made.tables["authorships"].column("artifact").to_pylist()
    assert artifacts.count(crowds[0].replace("https://openalex.org/", "openalex:")) > 50


def test_references_meet_works_and_lead_outside(works: list[Json]) -> None:
    with OpenAlexServer(works) as server:
        made = whole(server)
    counts, known = made.harvest.counts, {work["id"] for work in works}
    inside = sum(cited in known for work in works for cited in work["referenced_works"])
    outside = sum(len(work["referenced_works"]) for work in works) - inside
    assert (counts["references_resolved"], counts["references_elsewhere"]) == (inside, outside)
    assert made.harvest.contact == "coauthors"
    assert made.harvest.tip == "whole"
    assert made.harvest.url == "https://openalex.org/works?filter=publication_year:%3E1900"


def test_a_query_without_works_is_no_harvest(works: list[Json], tmp_path: Path) -> None:
    kept = tmp_path / "part"
    with OpenAlexServer(works) as server, pytest.raises(InputError, match="no work for primary_topic.id:T9"):
        whole(server, "primary_topic.id:T9", spool=kept)
    assert not kept.exists()


def test_searches_and_ids(works: list[Json]) -> None:
    with OpenAlexServer(works) as server:
        found = whole(server, "implicit leadership")
        one = whole(server, "W1000003|W1000004")
    assert 0 < found.harvest.counts["documents"] < len(works)
    assert found.harvest.source == "openalex:search=implicit leadership"
    assert sorted(one.tables["artifacts"].column("id").to_pylist()) == ["openalex:W1000003", "openalex:W1000004"]


# -- a list that changes, a server that lies -----------------------------------------------------------------------


def test_drift_takes_the_later_version_and_counts(works: list[Json]) -> None:
    newer = {**works[99], "title": "Now in print", "display_name": "Now in print"}

    def drifting(number: int) -> list[Json]:
        # A work is put in front while the list is read: the last of each page comes again, changed.
        return works if number == 1 else [works[0], *works[:99], newer, *works[100:]]

    with OpenAlexServer(drifting) as server:
        made = whole(server)
    assert made.harvest.counts["documents"] == len(works)
    titles = dict(zip(*(made.tables["artifacts"].column(name).to_pylist() for name in ("id", "title")), strict=True))
    assert titles["openalex:W1000099"] == "Now in print"
    assert problems(made)["works that came twice"] == 1


def test_a_count_that_is_wrong_is_said_and_harms_nobody(works: list[Json]) -> None:
    with OpenAlexServer(works, meta=lambda meta: {**meta, "count": 400}) as server:
        made = whole(server)
    assert problems(made)["works that OpenAlex counted but did not send"] == 60
    for lie in (5, -1, None, "many", 1e300, True):
        with OpenAlexServer(works, meta=lambda meta, lie=lie: {**meta, "count": lie}) as server:  # type: ignore[misc]
            assert whole(server).harvest.counts["documents"] == len(works)


def test_a_list_that_is_too_long_is_not_begun(works: list[Json]) -> None:
    with (
        OpenAlexServer(works, meta=lambda meta: {**meta, "count": 8_695_857}) as server,
        pytest.raises(InputError, match="8,695,857 works are more"),
    ):
        whole(server)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("lie", "says", "kept"),
    [
        (lambda meta: {**meta, "next_cursor": "WzEwMF0="}, "circle", 200),
        (lambda meta: {**meta, "next_cursor": 7}, "something else than a list", 0),
        (lambda meta: {**meta, "next_cursor": "x" * 5000}, "cursor that is none", 0),
    ],
)
def test_cursors_that_lie(works: list[Json], lie: Callable[[Json], Json], says: str, kept: int, tmp_path: Path) -> None:
    spool = tmp_path / "part"
    with OpenAlexServer(works, meta=lie) as server:
        came, error = _read(reading(server, spool=spool))
    assert says in error
    assert [made.harvest.counts["documents"] for made in came] == ([kept] if kept else [])
    assert not spool.exists()  # from there nobody could go on


def test_the_same_works_under_ever_new_cursors_end(works: list[Json]) -> None:
    turn = iter(range(1, 10**9))

    def again(asked: Asked) -> None:
        asked.json({"meta": {"count": 340, "next_cursor": f"c{next(turn)}"}, "results": works[:100]})

    with OpenAlexServer(works, faults=dict.fromkeys(range(2, 100), again)) as server:
        with pytest.raises(InputError, match="the same works again and again"):
            list(reading(server).checkpoints())
        assert len(server.seen) == 4


@pytest.mark.parametrize(
    "answer",
    [
        b"[]",
        b"null",
        b"{}",
        b'{"results": {}}',
        b'{"results": "x", "meta": []}',
        b'{"error": "x"}',
        b'{"meta": {"count": 9}, "group_by": [], "results": null}',
        b'{"results": [' + b"{}," * 1000 + b"{}]}",
        b"[" * 100_000,
        b'{"meta": {"count": NaN}, "results": []}',
        b"\xff\xfe",
        b"",
    ],
    ids=lambda answer: answer[:20].decode("latin-1"),
)
def test_answers_that_are_no_list(works: list[Json], answer: bytes) -> None:
    with OpenAlexServer(works, faults=dict.fromkeys(range(2, 99), loopback.body(answer))) as server:
        came, error = _read(reading(server))
    assert [made.harvest.counts["documents"] for made in came] == [100]
    assert "\n" not in error
    assert "OpenAlex" in error


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9)
    | st.sampled_from(["https://openalex.org/W1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(sorted(openalex_server.FIELDS)), inner),
    max_leaves=12,
)


_WORKS = st.lists(st.dictionaries(st.sampled_from(sorted(openalex_server.FIELDS)), JSON) | JSON, max_size=3)


def _survives(works: list[Json], items: list[Any]) -> None:
    reading = _Reading()
    for mark, results in (("*", works[:5]), ("b", items)):
        answer = {"meta": {"count": 7, "next_cursor": "b" if mark == "*" else None}, "results": results}
        reading.take(mark, *_page(json.loads(json.dumps(answer))))
    made = OpenAlexConnector("A1")._checkpoint(reading)
    assert 5 <= made.harvest.counts["documents"] <= 5 + len(items)
    for name, table in made.tables.items():
        assert table.schema == TABLES[name].arrow


@settings(max_examples=40, deadline=None)
@given(items=_WORKS)
def test_no_work_breaks_the_reading(works: list[Json], items: list[Any]) -> None:
    _survives(works, items)


@pytest.mark.soak
@settings(max_examples=10_000, deadline=None)
@given(items=_WORKS)
def test_no_work_breaks_the_reading_in_the_long_run(works: list[Json], items: list[Any]) -> None:
    _survives(works, items)


# -- what breaks off: what was collected is kept, and a later run goes on ------------------------------------------


def _read(connector: OpenAlexConnector) -> tuple[list[Checkpoint], str]:
    """The checkpoints, and the error that ended them, or ''."""
    came: list[Checkpoint] = []
    try:
        for checkpoint in connector.checkpoints():
            came.append(checkpoint)
    except InputError as error:
        return came, str(error)
    return came, ""


def _until_error(connector: OpenAlexConnector) -> list[Checkpoint]:
    came, error = _read(connector)
    assert error
    return came


LASTING: list[tuple[Fault, str]] = [
    (loopback.throttle("54000", X_RateLimit_Remaining="0"), "wants no more requests for 15 h 0 min"),
    (loopback.throttle("0"), "throttles (HTTP 429)"),
    (loopback.fails(503), "fails (HTTP 503): it hurts"),
    (loopback.html(502), "fails (HTTP 502)"),
    (loopback.html(), "something else than JSON (text/html)"),
    (loopback.breaks_off, "broke off"),
    (loopback.hangs_up, "broke off"),
    (loopback.huge, "more than 8,388,608 bytes"),
    (loopback.redirect("https://evil.example/"), "another host (evil.example)"),
    (loopback.redirect("/works"), "redirects without end"),
    (loopback.fails(403, "no\nmore"), "refuses (HTTP 403): no more"),
    (loopback.never_answers, "did not answer within 0.2 s"),
]


@pytest.mark.parametrize(("fault", "says"), LASTING, ids=[says[:30] for _, says in LASTING])
def test_what_was_collected_is_kept_and_gone_on_from(
    works: list[Json], fault: Fault, says: str, tmp_path: Path
) -> None:
    spool = tmp_path / "part"
    limits = replace(QUICK, read=0.2, attempts=2) if fault is loopback.never_answers else QUICK
    with OpenAlexServer(works, faults=dict.fromkeys(range(3, 99), fault)) as server:
        came, error = _read(reading(server, spool=spool, limits=limits))
        assert says in error
        assert "\n" not in error
        assert error.endswith("; 200 works are kept, and the same command goes on from there")
        assert [made.harvest.counts["documents"] for made in came] == [200]
        assert problems(came[0])["works not read yet"] == 140
        assert came[0].harvest.tip == "WzIwMF0="
        assert stat.S_IMODE(spool.stat().st_mode) == 0o600
        assert openalex_server.KEY.encode() not in spool.read_bytes()
        asked = len(server.seen)
        server.faults.clear()
        made = whole(server, spool=spool)
        assert len(server.seen) == asked + 2  # nothing is asked for twice
        assert rows(made) == rows(whole(server))
        assert not spool.exists()


def test_passing_faults_change_nothing(works: list[Json]) -> None:
    faults = {1: loopback.throttle("0.05"), 3: loopback.breaks_off, 5: loopback.fails(500), 6: loopback.hangs_up}
    with OpenAlexServer(works, faults=faults) as server:
        disturbed = whole(server)
        server.faults.clear()
        assert rows(disturbed) == rows(whole(server))


def test_a_part_never_takes_the_place_of_the_whole(works: list[Json], tmp_path: Path) -> None:
    workspace = tmp_path / "w.duckdb"
    with OpenAlexServer(works, most=10) as server:
        doors.collect_openalex([EVERYTHING], Workspace(workspace), base=server.url, limits=QUICK)
        before = stored(workspace)
        server.faults = dict.fromkeys(range(len(server.seen) + 15, 999), loopback.fails(400))
        with pytest.raises(InputError, match="the earlier reading stays as it was, and the same command goes on"):
            doors.collect_openalex([EVERYTHING], Workspace(workspace), base=server.url, limits=QUICK)
        assert stored(workspace) == before
        assert spool_file(workspace, f"openalex:{EVERYTHING}").exists()
        server.faults.clear()
        doors.collect_openalex([EVERYTHING], Workspace(workspace), base=server.url, limits=QUICK)
    assert stored(workspace) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w.duckdb"]


def test_checkpoints_come_ever_more_seldom(works: list[Json]) -> None:
    with OpenAlexServer(works, most=4) as server:
        came = list(reading(server).checkpoints())
    assert [made.harvest.counts["documents"] for made in came] == [40, 80, 160, 320, 340]
    assert [made.units for made in came] == [None] * 5  # each takes the place of the one before


def test_a_cursor_that_is_none_any_more_begins_anew(works: list[Json], tmp_path: Path) -> None:
    spool = tmp_path / "part"
    with OpenAlexServer(works, faults={3: loopback.fails(403)}) as server:
        _until_error(reading(server, spool=spool))
        server.faults = {4: loopback.fails(400, "Invalid cursor")}
        made = whole(server, spool=spool)
        assert made.harvest.counts["documents"] == len(works)
        assert len(server.seen) == 3 + 1 + 4


@pytest.mark.parametrize("damage", ["cut", "noise", "empty", "old", "another query", "gap"])
def test_what_is_left_of_a_part_is_used_and_no_more(works: list[Json], damage: str, tmp_path: Path) -> None:
    spool = tmp_path / "part"
    with OpenAlexServer(works, most=20, faults={9: loopback.fails(403)}) as server:
        _until_error(reading(server, spool=spool))
        content = spool.read_bytes()
        lines = content.splitlines(keepends=True)
        assert len(lines) == 1 + 8
        left = {"cut": 7, "noise": 8, "gap": 4}.get(damage, 0)
        if damage == "cut":
            spool.write_bytes(content[:-5])
        elif damage == "noise":
            spool.write_bytes(content + os.urandom(3000))
        elif damage == "gap":
            spool.write_bytes(b"".join(lines[:5] + lines[6:]))
        elif damage == "empty":
            spool.write_bytes(b"")
        elif damage == "old":
            then = time.time() - KEPT_SECONDS - 60
            os.utime(spool, (then, then))
        server.seen.clear()
        server.faults.clear()
        query = "type:article" if damage == "another query" else EVERYTHING
        made = whole(server, query, spool=spool)
        pages = -(-made.harvest.counts["documents"] // 20)
        assert len(server.seen) == pages - left
        assert rows(made) == rows(whole(server, query))


def test_two_at_the_same_do_not_mix(tmp_path: Path) -> None:
    with Spool(tmp_path / "part", {"query": "x"}), pytest.raises(InputError, match="another process"):
        Spool(tmp_path / "part", {"query": "x"}).__enter__()


def test_a_part_that_cannot_be_written_is_said(works: list[Json], tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    for place in (tmp_path, tmp_path / "link", tmp_path / "none" / "part"):
        with OpenAlexServer(works) as server, pytest.raises(InputError, match="cannot be written"):
            whole(server, spool=place)
    assert not (tmp_path / "precious").exists()


# -- killed at random points, run again: as if nothing had been ----------------------------------------------------


def _killed(workspace: Path, server: OpenAlexServer, pages: int, draw: random.Random) -> bool:
    """Collect in a process that is killed at a random request, or some time after; whether it was still at it."""
    child = process(openalex_server.collect, workspace, server.url, EVERYTHING)
    fatal = len(server.seen) + draw.randrange(1, pages + 1)
    delay = draw.choice([0, draw.uniform(0, 0.02), draw.uniform(0, 0.2)])
    waits = draw.random() < 0.3

    def before(number: int) -> None:
        if number == fatal:
            timer = threading.Timer(delay, child.kill)
            timer.start()
            if waits:
                timer.join()

    server.before = before
    child.start()
    child.join(60)
    server.before = lambda number: None
    assert child.exitcode is not None
    return child.exitcode != 0


def _kill_often(works: list[Json], folder: Path, times: int, seed: int) -> int:
    """So many kills, each in a reading of its own; returns how many came before it was through."""
    draw = random.Random(seed)
    pages = -(-len(works) // 5)
    killed = 0
    with OpenAlexServer(works, most=5) as server:
        openalex_server.collect(folder / "before.duckdb", server.url, "primary_topic.id:T1")
        before = stored(folder / "before.duckdb")
        shutil.copy(folder / "before.duckdb", folder / "calm.duckdb")
        openalex_server.collect(folder / "calm.duckdb", server.url, EVERYTHING)
        calm = stored(folder / "calm.duckdb")
        assert len(calm["artifacts"]) > len(before["artifacts"]) > 0
        for number in range(times):
            workspace = folder / f"{number}.duckdb"
            there = number % 3 == 2  # a whole reading, which no part may take the place of
            shutil.copy(folder / ("calm.duckdb" if there else "before.duckdb"), workspace)
            killed += _killed(workspace, server, pages, draw)
            if number % 3 == 1:
                _killed(workspace, server, pages, draw)
            if there:
                assert stored(workspace) == calm
            openalex_server.collect(workspace, server.url, EVERYTHING)
            assert stored(workspace) == calm
            assert not list(folder.glob("*.part"))
    return killed


def test_killed_at_random_points(tmp_path: Path) -> None:
    assert _kill_often(make_works(60), tmp_path, 5, seed=1) >= 3


@pytest.mark.soak
def test_killed_at_a_hundred_random_points(tmp_path: Path) -> None:
    assert _kill_often(make_works(60), tmp_path, 100, seed=int(time.time())) >= 60


# -- the command ---------------------------------------------------------------------------------------------------


def test_the_command_collects_and_takes_out(
    works: list[Json], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = str(tmp_path / "w.duckdb")
    with OpenAlexServer(works, faults={1: loopback.throttle("0.01")}) as server:
        command = ["collect", "openalex", "primary_topic.id:T1", "-w", workspace, "--base-url", server.url]
        assert cli.run([*command, "A5000000003", "--mailto", "me@example.org"]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        assert "openalex:primary_topic.id:T1: " in out
        assert "170 documents" in out
        assert "openalex:authorships.author.id:A5000000003: " in out
        server.faults = dict.fromkeys(range(len(server.seen) + 2, 999), loopback.html())
        assert cli.run(["collect", "openalex", EVERYTHING, "-w", workspace, "--base-url", server.url]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        assert "100 works are kept" in err
    assert len(list(tmp_path.glob("*.part"))) == 1
    assert cli.run(["sources", "remove", f"openalex:{EVERYTHING}", "-w", workspace]) == 0
    assert list(tmp_path.glob("*.part")) == []
    capsys.readouterr()
    assert cli.run(["leaders", "-w", workspace]) == 0
    assert "Lovelace" in capsys.readouterr().out or works


def test_whom_a_person_opted_out_stays_out(works: list[Json], tmp_path: Path) -> None:
    workspace = tmp_path / "w.duckdb"
    with OpenAlexServer(works, most=20, faults={9: loopback.fails(403)}) as server:
        with pytest.raises(InputError):
            doors.collect_openalex([EVERYTHING], Workspace(workspace), base=server.url)
        Workspace(workspace).opt_out(["openalex:A5000000001"])
        server.faults.clear()
        doors.collect_openalex([EVERYTHING], Workspace(workspace), base=server.url)
    assert "A5000000001'" not in repr(stored(workspace))
    assert "A5000000002'" in repr(stored(workspace))
