"""What a path holds is seen by itself; what is not known is said in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.documents.connector import DocumentsConnector
from connectors.documents.detect import FORMATS, recognise
from influence import doors
from influence.errors import InputError
from influence.workspace import Workspace
from tests.conftest import Repo

BIB = "@article{a, title={A}, author={Ann One}, year={2001}}\n"
PLACES: dict[str, tuple[str, dict[str, str]]] = {
    "proposals of Python": ("pep", {"peps/pep-0001.rst": "x", "peps/pep-0002.rst": "x", "README.rst": "x", "a.py": ""}),
    "one proposal": ("pep", {"pep-0008.rst": "x"}),
    "Ethereum": ("eip", {"EIPS/eip-1.md": "x", "EIPS/eip-20.md": "x", "README.md": "x", "assets/eip-1/a.md": "x"}),
    "Bitcoin": ("bip", {"bip-0001.mediawiki": "x", "bip-0003.md": "x", "README.mediawiki": "x"}),
    "Kubernetes": ("kep", {"keps/sig-a/1-b/kep.yaml": "x", "keps/sig-a/1-b/README.md": "x", "README.md": "x"}),
    "Rust": ("rust-rfc", {"text/0001-a.md": "x", "text/0002-b.md": "x", "README.md": "x"}),
    "decisions": ("adr", {"0001-a.md": "x", "0002-b.md": "x", "README.md": "x"}),
    "decisions in their folder": ("adr", {"doc/adr/0001-a.md": "x", "doc/adr/0002-b.md": "x"}),
    "an index": ("ietf", {"rfc-index.xml": "<rfc-index/>"}),
    "designs": ("markup", {"design/a.md": "x", "design/b.rst": "x", "adr/0001-a.md": "x", "c.adoc": "x", "d.md": "x"}),
    "a folder of references": ("bibtex", {"a.bib": BIB, "README.md": "x"}),
    "tables": ("tables", {"works.csv": "id,authors\n", "citations.csv": "citing,cited\n", "README.md": "x"}),
}


def write(folder: Path, names: dict[str, str]) -> Path:
    for name, text in names.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("place", PLACES)
def test_a_folder_is_recognised(place: str, tmp_path: Path) -> None:
    expected, names = PLACES[place]
    assert recognise(write(tmp_path, names)) == expected
    assert expected in FORMATS


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [("refs.bib", BIB, "bibtex"), ("rfc-index.xml", "<rfc-index/>", "ietf"), ("notes.md", "x", "markup")],
)
def test_a_file_is_recognised(name: str, text: str, expected: str, tmp_path: Path) -> None:
    assert recognise(write(tmp_path, {name: text}) / name) == expected


def test_a_repository_is_recognised_by_what_its_tip_holds(make_repo: Callable[[str], Repo], tmp_path: Path) -> None:
    repo = make_repo("peps")
    repo.commit({"peps/pep-0001.rst": "x", "peps/pep-0002.rst": "x"}, "Ann <a@b.c>", "2020-01-01")
    write(repo.path, {f"note-{i}.md": "not committed" for i in range(20)})
    assert recognise(repo.path) == "pep"
    assert recognise(repo.path / "peps") == "pep"
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    assert recognise(tmp_path / "bare") == "pep"


@pytest.mark.parametrize("names", [{}, {"a.py": "", "b.c": ""}, {"a.json": "{}"}])
def test_what_is_not_known_is_one_line(names: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--format") as refused:
        recognise(write(tmp_path, names))
    assert "\n" not in str(refused.value)
    with pytest.raises(InputError, match="there is no"):
        recognise(tmp_path / "missing")


def test_a_format_that_is_forced_is_taken(tmp_path: Path) -> None:
    write(tmp_path, {"0001-a.md": "# 1. A\n", "0002-b.md": "# 2. B\n\nSee [A](0001-a.md).\n"})
    kinds = {}
    for name in ("adr", "markup"):
        (made,) = DocumentsConnector(tmp_path, processes=1, format=name).checkpoints()
        assert made.harvest.options["format"] == name
        kinds[name] = set(made.tables["artifacts"].column("kind").to_pylist())
    assert kinds == {"adr": {"adr"}, "markup": {"document"}}


def test_places_of_one_name_are_two_sources_and_keep_their_names(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    text = "PEP: {}\nTitle: T\nAuthor: Ann One\nCreated: 01-Jan-2001\n\nPEP 1.\n"
    here, there = (
        write(tmp_path / name / "peps", {f"pep-000{n}.rst": text.format(n)}) for name, n in (("here", 1), ("there", 2))
    )
    assert doors.collect_documents([here, there, here], workspace) == ["documents:peps", "documents:there/peps"]
    assert doors.collect_documents([there], workspace) == ["documents:there/peps"]
    with workspace.read() as connection:
        held = connection.execute("SELECT source, id FROM artifacts ORDER BY ALL").fetchall()
    assert held == [("documents:peps", "pep:1"), ("documents:there/peps", "pep:2")]
    with pytest.raises(InputError, match="there is no"):
        doors.collect_documents([here, tmp_path / "missing"], workspace)


def test_a_folder_of_several_formats_is_read_whole_unless_one_is_asked_for(tmp_path: Path) -> None:
    ris = "TY  - JOUR\nAU  - Two, Bob\nTI  - B\nPY  - 2002\nER  - \n"
    folder = write(tmp_path / "papers", {"a.bib": BIB, "b.ris": ris})
    for asked, titles in ((None, ["A", "B"]), ("ris", ["B"])):
        workspace = doors.collect((), tmp_path / f"{asked}.duckdb", documents=folder, format=asked)
        with workspace.read() as connection:
            held = connection.execute("SELECT title FROM artifacts ORDER BY ALL").fetchall()
        assert [title for (title,) in held] == titles
