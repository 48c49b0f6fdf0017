"""What every registered connector owes the tables: replace, UTC, stable ids, hostile input as text."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from connectors.http import Limits
from connectors.registry import CONNECTORS, connector
from connectors.review.model import Account, Change, Commit, Event
from influence.errors import InputError
from influence.schema import TABLES, Checkpoint, Connector
from influence.workspace import Workspace
from tests.conftest import Repo
from tests.connectors import github_server
from tests.connectors.gerrit_server import GerritServer
from tests.connectors.gitlab_server import GitLabServer
from tests.connectors.loopback import Asked, Loopback, Seen
from tests.connectors.review import life as told_of
from tests.connectors.review import life_as_gerrit, life_as_gitlab
from tests.connectors.review.life import Life

HOSTILE = "\x1b[2J=cmd()'; DROP TABLE signals; --<script>alert(1)</script>\u202e"
#: When something is done that a careless reader of time zones would put on another day.
LOCAL, UTC = "2024-01-01T01:30:00+09:00", dt.datetime(2023, 12, 31, 16, 30)


class Sample(ABC):
    """A source of one connector: `place` holds it, `change` takes `gone` away and adds something."""

    gone: ClassVar[str]
    moment: ClassVar[dt.datetime | None] = None

    def __init__(self, place: Path) -> None:
        self.place = place

    @abstractmethod
    def write(self) -> None: ...

    @abstractmethod
    def change(self) -> None: ...

    @abstractmethod
    def connector(self, place: Path) -> Connector: ...

    def copy(self, to: Path) -> Path:
        """The same source somewhere else, under the same name."""
        to.mkdir()
        copied = to / self.place.name
        (shutil.copytree if self.place.is_dir() else shutil.copy)(self.place, copied)
        return copied


class GitSample(Sample):
    gone = "Gone Person <gone@example.org>"
    moment = UTC

    def connector(self, place: Path) -> Connector:
        return connector("git")(place, processes=1)

    def write(self) -> None:
        repo = Repo(self.place)
        hostile = HOSTILE.replace("<", "(").replace(">", ")")  # git itself takes angle brackets out of names
        author = f"{hostile} <evil\x1b@example.org>"
        folder = HOSTILE.replace("/", "")
        repo.commit({f"{folder}/read_me.py": "def open_door():\n    pass\n"}, author, LOCAL, HOSTILE)
        no_utf8 = "\udcff\udcfe"  # what Python makes of bytes that are not UTF-8, and hands to git as they were
        repo.commit({"b/two_words.py": "open_door(1)\n"}, "Other One <other@example.org>", "2024-02-01", no_utf8)
        self.repo = repo
        self.kept = repo.git("rev-parse", "HEAD")
        repo.commit({"b/two_words.py": "open_door(2)\n"}, self.gone, "2024-03-01", f"Two\n\nReviewed-by: {author}")

    def change(self) -> None:
        self.repo.git("reset", "-q", "--hard", self.kept)  # a force-push
        self.repo.commit({"b/two_words.py": "open_door(3)\n"}, "New Here <new@example.org>", "2024-04-01")


class OwnersSample(Sample):
    gone = "login:gone"

    def connector(self, place: Path) -> Connector:
        return connector("owners")(place)

    def write(self) -> None:
        self.repo = Repo(self.place)
        text = f"* @gone @org/team\n/{HOSTILE.replace(' ', '').replace('[', '')} @other\nx {HOSTILE}\n".encode()
        self.repo.commit({"CODEOWNERS": text + b"\xff\xfe @a\n"}, "A B <a@b.org>", "2024-01-01")

    def change(self) -> None:
        self.repo.git("update-ref", "-d", "HEAD")  # a history written anew: of the old one nothing was ever held
        self.repo.commit({"CODEOWNERS": "* @other\n"}, "A B <a@b.org>", "2024-01-02")


class ChartSample(Sample):
    moment = dt.datetime(2024, 1, 1)
    header = "Name,Email,Manager email,Title,Team,Since\n"
    gone = "gone@example.org"

    def connector(self, place: Path) -> Connector:
        return connector("chart")(place)

    def write(self) -> None:
        rows = [
            ["Boss One", "boss@example.org", "", HOSTILE, "Top", ""],
            [HOSTILE, "evil@example.org", "boss@example.org", "=1+1", HOSTILE, "2024-01-01"],
            ["Gone Person", "gone@example.org", "boss@example.org", "", "", ""],
        ]
        text = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows)
        self.place.write_text(self.header + text.replace("\x1b", ""), encoding="utf-8")

    def change(self) -> None:
        self.place.write_text(
            self.header + "Boss One,boss@example.org,,,,\nNew Here,new@example.org,boss@example.org,,,\n"
        )


class MembershipsSample(Sample):
    moment = dt.datetime(2024, 1, 1)
    gone = "gone@example.org"

    def connector(self, place: Path) -> Connector:
        return connector("memberships")(place)

    def write(self) -> None:
        hostile = HOSTILE.replace("\x1b", "")
        self.place.write_text(
            "Team,Name,Email,Since\n"
            f'"{hostile}","{hostile}",evil@example.org,2024-01-01\nCore,Gone Person,gone@example.org,\n'
        )

    def change(self) -> None:
        self.place.write_text("Team,Name,Email,Since\nCore,New Here,new@example.org,\n")


class DocumentsSample(Sample):
    gone = "Gone Person <gone@example.org>"
    moment = UTC

    def connector(self, place: Path) -> Connector:
        return connector("documents")(place, processes=1)

    def write(self) -> None:
        self.repo = Repo(self.place)
        hostile = HOSTILE.replace("\x1b", "").replace("<", "(").replace(">", ")")
        first = f"PEP: 1\nTitle: {HOSTILE}\nAuthor: {hostile} <evil@example.org>\nStatus: {HOSTILE}\n\nText.\n"
        self.repo.commit({"pep-0001.rst": first}, "A B <a@b.org>", LOCAL)
        second = "PEP: 2\nTitle: Two\nAuthor: Gone Person <gone at example.org>\nSponsor: Spon Sor\n\nSee PEP 1.\n"
        self.repo.commit({"pep-0002.rst": second}, "A B <a@b.org>", "2024-02-01")

    def change(self) -> None:
        third = "PEP: 3\nTitle: Three\nAuthor: New Here <new@example.org>\n\nSee PEP 1.\n"
        self.repo.commit({"pep-0002.rst": None, "pep-0003.rst": third}, "A B <a@b.org>", "2024-03-01")


class ReviewSample(Sample):
    gone = "login:gone"
    moment = UTC

    def connector(self, place: Path) -> Connector:
        return connector("review")(place)

    def write(self) -> None:
        self._pull(1, "evil", LOCAL, "gone")

    def change(self) -> None:
        self._pull(1, "evil", "2024-03-01T00:00:00Z", "newhere")

    def _pull(self, number: int, author: str, created: str, reviewer: str) -> None:
        page = {
            "number": number,
            "html_url": f"https://github.com/acme/store/pull/{number}",
            "user": {"login": author, "name": HOSTILE},
            "title": HOSTILE,
            "body": f"{HOSTILE} as @other did",
            "created_at": created,
        }
        review = {
            "event": "reviewed",
            "user": {"login": reviewer},
            "submitted_at": "2024-04-01T00:00:00Z",
            "state": "CHANGES_REQUESTED",
            "body": HOSTILE,
        }
        (self.place / "pulls").mkdir(parents=True, exist_ok=True)
        value = {"pull": page, "events": [review], "comments": []}
        (self.place / "pulls" / f"{number}.json").write_text(json.dumps(value))


class ForgeSample(Sample):
    """What a forge answers with is told in a file; it is served over HTTP from there."""

    gone = "gone"
    moment = UTC

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        self.open: list[Loopback] = []

    @abstractmethod
    def served(self, life: Life) -> tuple[Loopback, Any]: ...

    def connector(self, place: Path) -> Connector:
        try:
            told = json.loads(place.read_text())
            server, options = self.served(Life([self._made(*one) for one in told]))
        except (OSError, ValueError):
            server, options = Loopback(lambda asked, seen, number: asked.json({"message": "gone"}, 404)), None
        if server not in self.open:
            self.open.append(server.__enter__())
        return self.asking(server, options)

    @abstractmethod
    def asking(self, server: Loopback, options: Any) -> Connector: ...

    def write(self) -> None:
        self.place.write_text(json.dumps([[1, "evil", LOCAL, "gone"]]))

    def change(self) -> None:
        self.place.write_text(json.dumps([[1, "evil", "2024-02-01T00:00:00+00:00", "newhere"]]))

    def _made(self, number: int, author: str, created: str, reviewer: str) -> Change:
        begun = dt.datetime.fromisoformat(created).astimezone(dt.UTC).replace(tzinfo=None)
        who = Account(reviewer, name=reviewer.title(), email=f"{reviewer}@example.org")
        review = Event("review", begun + dt.timedelta(1), who, "r1", None, HOSTILE, state="changes")
        return Change(
            str(number),
            Account(author, name="Evil One", email="evil@example.org"),
            begun,
            f"#{number}",
            HOSTILE,
            HOSTILE,
            updated=begun + dt.timedelta(2),
            branch="topic",
            onto="main",
            commits=[Commit("a" * 40, begun, Account(name="Evil One", email="evil@example.org"))],
            events=[review],
        )


class GitHubSample(ForgeSample):
    def served(self, life: Life) -> tuple[Loopback, Any]:
        server = github_server.GitHubServer(life)
        return server, server.base

    def asking(self, server: Loopback, options: Any) -> Connector:
        base = options or f"{server.url}/graphql"
        token = github_server.TOKEN
        return connector("github")(told_of.LABEL, base=base, token=token, limits=Limits(attempts=1, per_second=1000))


class GitLabSample(ForgeSample):
    def served(self, life: Life) -> tuple[Loopback, Any]:
        project = life_as_gitlab.project(life)
        return GitLabServer(project), project.path

    def asking(self, server: Loopback, options: Any) -> Connector:
        return connector("gitlab")(options or "a/b", base=server.url, limits=Limits(attempts=1, per_second=1000))


class GerritSample(ForgeSample):
    server: GerritServer | None = None

    def served(self, life: Life) -> tuple[Loopback, Any]:
        # Gerrit names no address of its pages: those it is asked at stand in the rows, so it stays at one.
        if self.server is None:
            self.server = GerritServer(life_as_gerrit.house(life))
        self.server.house = life_as_gerrit.house(life)
        return self.server, life_as_gerrit.PROJECT

    def asking(self, server: Loopback, options: Any) -> Connector:
        return connector("gerrit")(options or "a/b", base=server.url, limits=Limits(attempts=1, per_second=1000))


class OpenAlexSample(Sample):
    """What the service answers with lies in a file; it is served over HTTP from there."""

    gone = "openalex:A9"
    moment = dt.datetime(2023, 12, 31)

    def connector(self, place: Path) -> Connector:
        def answer(asked: Asked, seen: Seen, number: int) -> None:
            try:
                asked.reply(place.read_bytes())
            except OSError:
                asked.json({"message": "gone"}, 404)

        server = Loopback(answer).__enter__()
        return connector("openalex")("cites:W1", base=server.url, limits=Limits(attempts=1))

    def write(self) -> None:
        self._serve(self._work(1, "A1", HOSTILE), self._work(2, "A9", "Gone Person", 1))

    def change(self) -> None:
        self._serve(self._work(1, "A1", HOSTILE), self._work(3, "A3", "New Here", 1))

    def _serve(self, *works: dict[str, Any]) -> None:
        meta = {"count": len(works), "next_cursor": None}
        self.place.write_text(json.dumps({"meta": meta, "results": works}))

    @staticmethod
    def _work(number: int, author: str, name: str, *cited: int) -> dict[str, Any]:
        return {
            "id": f"https://openalex.org/W{number}",
            "title": HOSTILE,
            "publication_date": f"202{2 + number}-12-31",
            "authorships": [{"author": {"id": f"https://openalex.org/{author}", "display_name": name}}],
            "referenced_works": [f"https://openalex.org/W{one}" for one in cited],
        }


SAMPLES: dict[str, type[Sample]] = {
    "git": GitSample,
    "owners": OwnersSample,
    "chart": ChartSample,
    "memberships": MembershipsSample,
    "documents": DocumentsSample,
    "openalex": OpenAlexSample,
    "review": ReviewSample,
    "github": GitHubSample,
    "gitlab": GitLabSample,
    "gerrit": GerritSample,
}


def test_every_registered_connector_is_held_to_it() -> None:
    assert set(SAMPLES) == set(CONNECTORS)


@pytest.fixture(params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Sample:
    made = SAMPLES[request.param](tmp_path / ("source.csv" if request.param in ("chart", "memberships") else "source"))
    made.write()
    return made


@pytest.fixture(scope="module", params=sorted(SAMPLES))
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Sample, list[Checkpoint]]:
    """A sample that stays as it is, and what was read of it once."""
    made = SAMPLES[request.param](tmp_path_factory.mktemp("told") / "source.csv")
    made.write()
    return made, read(made)


def read(sample: Sample, place: Path | None = None) -> list[Checkpoint]:
    return list(sample.connector(place or sample.place).checkpoints())


def rows(workspace: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    """All rows but those that say when and where something was read."""
    with workspace.read() as connection:
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in TABLES
            if name != "harvests"
        }


def test_its_name_is_the_one_it_is_registered_under(told: tuple[Sample, list[Checkpoint]]) -> None:
    sample, checkpoints = told
    made = sample.connector(sample.place)
    assert SAMPLES[made.name] is type(sample)
    assert {checkpoint.harvest.connector for checkpoint in checkpoints} == {made.name}


def test_its_rows_fit_the_tables(told: tuple[Sample, list[Checkpoint]]) -> None:
    written: set[str] = set()
    known: set[str] = set()
    used: set[str] = set()
    for checkpoint in told[1]:
        harvest = checkpoint.harvest
        for name, table in checkpoint.tables.items():
            assert table.schema == TABLES[name].arrow, name
            written |= {name} if table.num_rows else set()
            assert set(table.column("source").to_pylist()) <= {harvest.source}
            if "repository" in TABLES[name].names and name != "authority":
                assert set(table.column("repository").to_pylist()) <= {harvest.repository}
            for column in TABLES[name].identities:
                keys = set(table.column(column).to_pylist()) - {None}
                (known if name == "identities" else used).update(keys)
    assert "identities" in written
    assert len(written) > 1
    assert used <= known, "an identity that is used but not described"


def test_times_are_utc_and_seen_no_earlier_than_done(told: tuple[Sample, list[Checkpoint]]) -> None:
    sample, checkpoints = told
    seen = set()
    for checkpoint in checkpoints:
        for name, table in checkpoint.tables.items():
            for column in TABLES[name].columns:
                if column.type == "time":
                    assert table.schema.field(column.name).type == pa.timestamp("us")
                    seen |= set(table.column(column.name).to_pylist())
            if {"time", "visible"} <= set(TABLES[name].names):
                both = zip(table.column("time").to_pylist(), table.column("visible").to_pylist(), strict=True)
                assert all(time <= visible for time, visible in both)
    assert sample.moment is None or sample.moment in seen


def test_reading_again_replaces(sample: Sample, tmp_path: Path) -> None:
    first, fresh = Workspace(tmp_path / "first.duckdb"), Workspace(tmp_path / "fresh.duckdb")
    for checkpoint in read(sample):
        first.commit(checkpoint)
    assert sample.gone in repr(rows(first))
    sample.change()
    for workspace in (first, fresh):
        for checkpoint in read(sample):
            workspace.commit(checkpoint)
    found = rows(first)
    assert found == rows(fresh)
    assert sample.gone not in repr(found)


def test_the_same_source_read_elsewhere_gives_the_same_rows(sample: Sample, tmp_path: Path) -> None:
    here, there = Workspace(tmp_path / "here.duckdb"), Workspace(tmp_path / "there.duckdb")
    for checkpoint in read(sample):
        here.commit(checkpoint)
    for checkpoint in read(sample, sample.copy(tmp_path / "elsewhere")):
        there.commit(checkpoint)
    written = rows(here)
    assert written == rows(there)
    for name, found in written.items():
        if "id" in TABLES[name].names and "visible" in TABLES[name].names:
            ids = [row[TABLES[name].names.index("id")] for row in found]
            assert all(ids)


def test_hostile_input_comes_through_as_text(told: tuple[Sample, list[Checkpoint]], tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    for checkpoint in told[1]:
        workspace.commit(checkpoint)
    found = rows(workspace)
    texts = [cell for table in found.values() for row in table for cell in row if isinstance(cell, str)]
    assert any("DROP" in text and "script" in text for text in texts)
    assert set(found) == set(TABLES) - {"harvests"}


@pytest.mark.parametrize("what", ["missing", "empty folder", "noise"])
def test_what_cannot_be_read_is_one_line(sample: Sample, what: str, tmp_path: Path) -> None:
    place = tmp_path / "bad"
    if what == "empty folder":
        place.mkdir()
    elif what == "noise":
        place.write_bytes(bytes(range(256)) * 16)
    with pytest.raises(InputError) as refused:
        read(sample, place)
    assert "\n" not in str(refused.value)
    assert refused.value.remedy
