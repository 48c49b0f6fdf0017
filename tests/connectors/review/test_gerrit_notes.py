"""Gerrit's notes in real clones: votes and who submitted, whatever else lies in them."""

from __future__ import annotations

import contextlib
import datetime as dt
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.review.connector import ReviewConnector
from connectors.review.formats import readings
from connectors.review.model import Change
from influence.errors import InputError
from tests.conftest import GIT_ENVIRONMENT, Repo

ADA = "Ada Byron <ada@acme.example>"
NOTE = """Code-Review+2: Bob Root <bob@acme.example>
Code-Review+1: "Cid, the <b>bold</b>" <cid@acme.example>
Code-Review-1: Dan <dan@acme.example>
Verified+2: Jenkins <jenkins@acme.example>
Workflow+1: Eve <eve@acme.example>
Submitted-by: Mia <mia@acme.example>
Submitted-at: Tue, 12 Mar 2024 21:45:47 +0100
Reviewed-on: https://review.acme.example/c/acme/store/+/17143
Project: acme/store
Branch: refs/heads/main
"""


@pytest.fixture
def noted(make_repo: Callable[[str], Repo]) -> Repo:
    repo = make_repo("store")
    repo.git("config", "user.name", "Gerrit")
    repo.git("config", "user.email", "gerrit@acme.example")
    first = repo.commit({"a": "1\n"}, ADA, "2024-03-01", "Keep the keys\n\nThey were lost.")
    second = repo.commit({"a": "2\n"}, ADA, "2024-03-02", "Another")
    repo.commit({"a": "3\n"}, ADA, "2024-03-03", "Never reviewed")
    repo.git("notes", "--ref=review", "add", "-m", NOTE, first)
    repo.git("notes", "--ref=review", "add", "-m", "just a remark", second)
    return repo


def test_votes_and_who_submitted(noted: Repo, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    noted.git("clone", "-q", "--mirror", str(noted.path), str(bare))
    found, [reading] = readings(bare)
    [change] = reading.items()
    assert isinstance(change, Change)
    assert (found, reading.repository, change.unit) == ("gerrit-notes", "review.acme.example/acme/store", "17143")
    assert change.author is not None
    assert change.author.key == ADA
    submitted = dt.datetime(2024, 3, 12, 20, 45, 47)
    assert (change.merged, change.created) == (submitted, dt.datetime(2024, 3, 1, 12))
    assert change.merged_by is not None
    assert change.merged_by.name == "Mia"
    assert [(e.kind, e.state, e.vote, e.actor.name, e.time) for e in change.events if e.actor] == [
        ("review", "approved", 2, "Bob Root", submitted),
        ("review", "vote", 1, "Cid, the <b>bold</b>", submitted),
        ("review", "changes", -1, "Dan", submitted),
    ]
    assert reading.problems == {
        ("notes that tell of no review", "without Reviewed-on and votes, or of another tool"): 1
    }


def test_a_vote_of_which_nothing_else_is_known_is_advice(noted: Repo) -> None:
    [made] = ReviewConnector(noted.path).checkpoints()
    rows = made.tables["signals"].to_pylist()
    assert {(r["kind"], r["how"], r["leader"].rpartition(" <")[0], r["asked_by"]) for r in rows} == {
        ("consults", "approved", "Bob Root", None),
        ("consults", "voted", "Cid, the <b>bold</b>", None),
        ("consults", "changes-requested", "Dan", None),
    }
    commits = {r["unit"]: r["part_of"] for r in made.tables["units"].to_pylist() if r["kind"] == "commit"}
    assert list(commits.values()) == ["17143"]


def write_notes(repo: Repo, notes: list[bytes]) -> None:
    """A commit for each note, and the note beside it."""
    stream = [b"blob\nmark :1\ndata 0\n"]
    who = f"{ADA} 1709300000 +0000".encode()
    for n in range(2, len(notes) + 2):
        words = b"%d" % n
        stream.append(b"commit refs/heads/main\nmark :%d\nauthor %s\ncommitter %s\n" % (n, who, who))
        stream.append(b"data %d\n%s\nM 644 :1 f\n" % (len(words), words))
    stream.append(b"commit refs/notes/review\ncommitter %s\ndata 1\nn\n" % who)
    for n, note in enumerate(notes, start=2):
        stream.append(b"N inline :%d\ndata %d\n%s\n" % (n, len(note), note))
    subprocess.run(
        ["git", "fast-import", "--quiet", "--force"],
        input=b"".join(stream),
        cwd=repo.path,
        env=GIT_ENVIRONMENT,
        check=True,
    )


def test_many_notes_lie_in_folders(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("many")
    note = "Code-Review+2: Bob <bob@acme.example>\nReviewed-on: https://r.acme.example/{}\n"
    write_notes(repo, [note.format(n).encode() for n in range(400)])
    [reading] = readings(repo.path)[1]
    assert len(list(reading.items())) == 400
    assert reading.label == "many"
    assert "/" in repo.git("ls-tree", "-r", "--name-only", "refs/notes/review").split("\n")[0]


FIELDS = ("Code-Review", "Code-Review+2", "Submitted-by", "Submitted-at", "Reviewed-on", "Project", "Branch")
a_value = st.text(max_size=20) | st.sampled_from(["https://r.acme.example/7", "acme/store", ADA, "1 Jan 2024 99:00 +1"])
a_line = st.tuples(st.sampled_from(FIELDS), a_value).map(lambda pair: f"{pair[0]}: {pair[1]}")
a_note = st.lists(a_line, max_size=6).map(lambda lines: "\n".join(lines).encode()) | st.binary(max_size=50)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(a_note, min_size=10, max_size=40))
def test_whatever_stands_in_notes_nothing_fails(tmp_path: Path, notes: list[bytes]) -> None:
    repo = Repo(tmp_path / uuid.uuid4().hex)
    write_notes(repo, notes)
    with contextlib.suppress(InputError):
        list(ReviewConnector(repo.path, format="gerrit-notes").checkpoints())


def test_broken_notes_are_counted(noted: Repo) -> None:
    blob = noted.git("rev-parse", "HEAD:a")
    noted.git("notes", "--ref=review", "add", "-m", NOTE.replace("17143", "9" * 30), "HEAD")
    noted.git("notes", "--ref=review", "add", "-m", NOTE.replace("Tue, 12 Mar", "Foo, 99 Bar"), blob)
    [reading] = readings(noted.path, "gerrit-notes")[1]
    assert [change.unit for change in reading.items()] == ["17143"]
    assert sum(reading.problems.values()) == 3


def test_without_notes_it_is_said_how_to_get_them(make_repo: Callable[[str], Repo], tmp_path: Path) -> None:
    repo = make_repo("plain")
    repo.commit({"a": "1\n"}, ADA, "2024-03-01")
    with pytest.raises(InputError, match="no review notes"):
        readings(repo.path, "gerrit-notes")
    with pytest.raises(InputError, match="no clone"):
        readings(tmp_path / "plain" / "a", "gerrit-notes")
    with pytest.raises(InputError, match="no export of reviews"):
        readings(repo.path)
