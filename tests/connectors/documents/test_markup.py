"""Trees of documents in real folders and real repositories: who wrote what, who cites whom, and since when."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.documents.markup import is_document, read_tree
from influence.errors import InputError
from tests.conftest import Repo

ANN = "Ann Smith <ann@x.org>"
BOB = "Bob Jones <bob@x.org>"
CAT = "Cat Miller <cat@x.org>"
ROOT = Path(__file__).parents[3]
BOT = "dependabot[bot] <support@dependabot.com>"


class Read:
    """What `read_tree` made of a folder, and what a workspace gets of it."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.corpus = read_tree(path, **options)
        checkpoint = self.corpus.checkpoint()
        self.harvest = checkpoint.harvest
        self.tables: dict[str, list[dict[str, Any]]] = {n: t.to_pylist() for n, t in checkpoint.tables.items()}
        self._prefix = f"doc:{self.harvest.label}:"
        self.works = {row["id"].removeprefix(self._prefix): row for row in self.tables["artifacts"]}

    @property
    def cites(self) -> dict[tuple[str, str], dt.datetime]:
        """(citing, cited) as paths -> since when."""
        prefix = self._prefix
        return {
            (row["citing"].removeprefix(prefix), row["cited"].removeprefix(prefix)): row["time"]
            for row in sorted(self.tables["citations"], key=lambda row: (row["citing"], row["cited"]))
        }

    def shares(self, path: str) -> dict[str, float]:
        """Authors of a document and their shares."""
        artifact = f"{self._prefix}{path}"
        return {row["identity"]: row["share"] for row in self.tables["authorships"] if row["artifact"] == artifact}

    @property
    def problems(self) -> dict[str, int]:
        """What was left out, whatever the reason."""
        found: Counter[str] = Counter()
        for what, count, _ in self.harvest.problems:
            found[what] += count
        return dict(found)


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


# -- in git ------------------------------------------------------------------------------------------------------------


def test_documents_of_four_markups_cite_each_other_since_the_commit_of_the_line(
    make_repo: Callable[[str], Repo],
) -> None:
    repo = make_repo("designs")
    repo.commit(
        {"a.md": "# Alpha\n\nText.\n", "b.rst": "Beta\n====\n\n.. _why:\n\nWhy\n---\n\nText.\n"}, ANN, "2020-01-01"
    )
    repo.commit(
        {"c.adoc": "= Gamma\n\nSee xref:a.md[].\n", "d.html": "<h1>Delta</h1><p><a href=c.adoc>c</a>"},
        BOB,
        "2021-01-01",
    )
    repo.commit({"a.md": "# Alpha\n\nText.\n\nNow see [delta](d.html).\n"}, CAT, "2022-01-01")
    repo.commit({"e.rst": "Epsilon\n=======\n\nBecause :ref:`why`.\n"}, CAT, "2023-01-01")
    corpus = Read(repo.path)
    at = dt.datetime
    assert corpus.cites == {
        ("a.md", "d.html"): at(2022, 1, 1, 12),
        ("c.adoc", "a.md"): at(2021, 1, 1, 12),
        ("d.html", "c.adoc"): at(2021, 1, 1, 12),
        ("e.rst", "b.rst"): at(2023, 1, 1, 12),
    }
    assert {row["title"] for row in corpus.works.values()} == {"Alpha", "Beta", "Gamma", "Delta", "Epsilon"}
    assert corpus.works["a.md"]["created"] == at(2020, 1, 1, 12)
    harvest = corpus.harvest
    assert (harvest.source, harvest.label, harvest.contact) == ("documents:designs", "designs", "coauthors")
    assert harvest.repository == repo.git("rev-list", "--max-parents=0", "HEAD")
    assert (harvest.counts["documents"], harvest.counts["references_resolved"]) == (5, 4)


def test_authors_own_lines_in_fractions_and_robots_and_corrections_do_not_count(
    make_repo: Callable[[str], Repo],
) -> None:
    repo = make_repo("designs")
    body = [f"Line {i}.\n" for i in range(60)]
    repo.commit({"a.md": "".join(body), "b.md": "---\nauthor: Dan Roe <dan@x.org>\n---\nText.\n"}, ANN, "2020-01-01")
    body[0:20] = [f"Better line {i}.\n" for i in range(20)]
    repo.commit({"a.md": "".join(body)}, BOB, "2020-02-01")
    body[20:30] = [f"Robots wrote {i}.\n" for i in range(10)]
    repo.commit({"a.md": "".join(body)}, BOT, "2020-03-01")
    body[59] = "Line fifty-nine.\n"
    repo.commit({"a.md": "".join(body)}, CAT, "2020-04-01")
    corpus = Read(repo.path)
    assert corpus.shares("a.md") == pytest.approx({ANN: 29 / 49, BOB: 20 / 49})
    assert corpus.shares("b.md") == {"Dan Roe <dan@x.org>": 1.0}
    assert corpus.problems["people with under 5% of a document's lines"] == 1


def test_line_owners_are_those_of_git_blame(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("designs")
    people = [ANN, BOB, CAT]
    lines = [f"Sentence {i}." for i in range(9)]
    for step in range(12):
        lines[step * 7 % 9] = f"Sentence {step} anew."
        repo.commit({"a.md": "\n\n".join(lines) + "\n"}, people[step % 3], f"2020-01-{step + 1:02d}")
    blamed: dict[str, int] = {}
    for line in repo.git("blame", "--line-porcelain", "a.md").split("\n"):
        if line.startswith("author-mail "):
            mail = line.removeprefix("author-mail ")
        elif line.startswith("\t") and line.strip():
            blamed[mail] = blamed.get(mail, 0) + 1
    expected = {person: blamed[person.split(" ")[2]] / 9 for person in people}
    assert Read(repo.path).shares("a.md") == pytest.approx(expected)


def test_a_document_that_was_moved_keeps_its_first_commit(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("designs")
    text = "# Alpha\n\n" + "".join(f"Line {i}.\n" for i in range(20))
    repo.commit({"old/a.md": text}, ANN, "2020-01-01")
    repo.commit({"old/a.md": None, "new/a.md": text}, BOB, "2022-01-01")
    corpus = Read(repo.path)
    assert {path: row["created"] for path, row in corpus.works.items()} == {"new/a.md": dt.datetime(2020, 1, 1, 12)}
    assert corpus.shares("new/a.md") == {ANN: 1.0}


def test_bare_repositories_folders_of_one_and_other_commits(make_repo: Callable[[str], Repo], tmp_path: Path) -> None:
    repo = make_repo("house")
    files = {"docs/a.md": "# A\n\n[b](b.md) [up](../README.md)\n", "docs/b.md": "# B\n", "README.md": "# R\n"}
    repo.commit(files, ANN, "2020-01-01")
    repo.git("tag", "v1")
    repo.commit({"docs/a.md": "# A\n"}, ANN, "2021-01-01")
    (repo.path / "docs/a.md").write_text("# not committed\n\n[r](../README.md)\n")
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    assert list(Read(repo.path).cites) == []
    assert list(Read(repo.path, ref="v1").cites) == [("docs/a.md", "README.md"), ("docs/a.md", "docs/b.md")]
    assert list(Read(tmp_path / "bare", ref="v1").cites) == [("docs/a.md", "README.md"), ("docs/a.md", "docs/b.md")]
    inside = Read(repo.path / "docs", ref="v1")
    assert inside.harvest.label == "house/docs"
    assert list(inside.cites) == [("a.md", "b.md")]
    assert inside.problems["links out of the tree"] == 1
    with pytest.raises(InputError, match="no branch, tag or commit"):
        read_tree(repo.path, ref="v2")


def test_pages_of_the_forge_and_published_addresses(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("house")
    repo.git("config", "remote.origin.url", "git@github.com:team/house.git")
    repo.commit(
        {
            "docs/a.md": "# A\n\nSee https://github.com/team/house/blob/main/docs/b.md.\n",
            "docs/b.md": "# B\n\n[a](https://docs.example/a/#x) [out](https://docs.example.org/a/)\n",
        },
        ANN,
        "2020-01-01",
    )
    corpus = Read(repo.path, base_urls=["https://docs.example/=docs"])
    assert list(corpus.cites) == [("docs/a.md", "docs/b.md"), ("docs/b.md", "docs/a.md")]
    assert corpus.problems == {"links to other places": 1}
    tip = repo.git("rev-parse", "HEAD")
    assert corpus.works["docs/a.md"]["url"] == f"https://github.com/team/house/blob/{tip}/docs/a.md"
    inside = Read(repo.path / "docs", base_urls=["https://docs.example"])
    assert list(inside.cites) == [("a.md", "b.md"), ("b.md", "a.md")]
    with pytest.raises(InputError, match="is no base URL"):
        read_tree(repo.path, base_urls=["docs.example"])


# -- what does not cite ------------------------------------------------------------------------------------------------


def test_pages_that_lead_to_others_do_not_cite_them(tmp_path: Path) -> None:
    head = "---\nauthor: Ann Smith\ndate: 2020-01-02\n---\n"
    documents: dict[str, str | bytes] = {f"p{i:02d}.md": f"{head}# P{i}\n" for i in range(30)}
    everything = "".join(f"* [P{i}](p{i:02d}.md)\n" for i in range(30))
    documents |= {
        "README.md": f"{head}# Designs\n\n{everything}\nBegin with [the first](p01.md).\n",
        "SUMMARY.md": f"{head}# Summary\n\n{everything}\nBegin with [the second](p02.md).\n",
        "all.md": f"{head}# All\n\n{everything}\nWe think highly of [the third](p03.md).\n",
        "few.md": f"{head}# Few\n\n* [one](p04.md), which solved it\n\n[Back](p05.md) | [Next](p06.md)\n",
        "tree.rst": ":Author: Ann\n:Date: 2020-01-02\n\nT\n=\n\n.. toctree::\n\n   p07\n\nAs in :doc:`p08`.\n",
        "page.html": "<meta name=author content=A><meta name=date content=2020-01-02>"
        "<nav><a href=p09.md>x</a></nav><p>As in <a href=p10.md>x</a>",
    }
    corpus = Read(write(tmp_path / "designs", documents))
    assert list(corpus.cites) == [
        ("README.md", "p01.md"),
        ("all.md", "p03.md"),
        ("few.md", "p04.md"),
        ("page.html", "p10.md"),
        ("tree.rst", "p08.md"),
    ]
    # 30 in README, 31 in SUMMARY, 30 in all, 2 in few, 1 in the navigation of page; a toctree's entries are no links.
    assert corpus.problems["links of menus, lists of pages and templates"] == 94


def test_a_line_of_a_template_does_not_cite_and_many_who_cite_one_document_do(tmp_path: Path) -> None:
    head = "---\nauthor: Ann Smith\ndate: 2020-01-02\n---\n"
    documents: dict[str, str | bytes] = {
        f"d{i:02d}.md": f"{head}# D{i}\n\nReason {i} to follow [it](found.md) is clear.\n\n"
        "This design follows [our process](process.md) in all its parts.\n"
        for i in range(15)
    }
    corpus = Read(write(tmp_path / "designs", {**documents, "found.md": f"{head}# F\n", "process.md": f"{head}# P\n"}))
    assert list(corpus.cites) == [(f"d{i:02d}.md", "found.md") for i in range(15)]


def test_menus_that_every_generated_page_bears_do_not_cite(tmp_path: Path) -> None:
    head = "<meta name=author content=Ann><meta name=date content=2020-01-02><p>"
    pages: dict[str, str | bytes] = {
        f"p{i:02d}.html": f"{head}<a href=home-page.html>Start</a><p>Number {i}, "
        f"<a href=p{(i + 1) % 30:02d}.html>see</a>"
        for i in range(30)
    }
    corpus = Read(write(tmp_path / "site", {**pages, "home-page.html": head}))
    assert list(corpus.cites) == [(f"p{i:02d}.html", f"p{(i + 1) % 30:02d}.html") for i in range(30)]


def test_made_pages_and_what_nobody_here_wrote_are_no_documents(tmp_path: Path) -> None:
    corpus = Read(
        write(
            tmp_path / "designs",
            {
                "a.md": "# A\n",
                "a.html": "<h1>A</h1>",
                "b.html": "<h1>B</h1>",
                "vendor/lib/README.md": "# Lib\n",
                "made.md": "<!-- Code generated by tool. DO NOT EDIT. -->\n# M\n",
                ".github/x.md": "# X\n",
                "key.asc": "-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
                "x.py": "[a](a.md)",
            },
        )
    )
    assert sorted(corpus.corpus.works) == ["doc:designs:a.md", "doc:designs:b.html"]
    assert corpus.problems == {
        "documents that nobody here wrote": 2,
        "files without a date": 2,
        "pages that are made from a document beside them": 1,
        "files that are no text": 1,
    }


# -- plain folders and bad input ---------------------------------------------------------------------------------------


def test_a_plain_folder_takes_times_from_headers_only(tmp_path: Path) -> None:
    corpus = Read(
        write(
            tmp_path / "designs",
            {
                "a.md": "---\ntitle: A\nauthors:\n- Ann Smith <ann@x.org>\n- '@Bob'\ndate: 2020-05\n"
                "status: Superseded\n---\n[b](b.md)\n",
                "b.md": "# B\n\n[[A]]\n",
                "c.md": "---\nauthor: Cat\ndate: 2019-01-01\n---\n[a](a.md)\n",
            },
        )
    )
    assert corpus.works["b.md"]["created"] is None
    assert corpus.works["a.md"]["created"] == dt.datetime(2020, 5, 15)
    assert corpus.works["a.md"]["status"] == "Superseded"
    assert corpus.harvest.counts["withdrawn"] == 1
    assert corpus.shares("a.md") == {ANN: 0.5, "login:bob": 0.5}
    assert list(corpus.cites) == [("a.md", "b.md")]
    told = corpus.problems
    assert (told["references without a date"], told["references to a later document"]) == (1, 1)


def test_nothing_outside_of_the_tree_is_read(tmp_path: Path) -> None:
    secret = write(tmp_path, {"secret/plan.md": "# Secret\n", "secret/deep/x.md": "# Deep\n"}) / "secret"
    head = "---\nauthor: Ann\ndate: 2020-01-02\n---\n"
    root = write(
        tmp_path / "designs",
        {
            "a.md": f"{head}[1](../secret/plan.md) [2](../../etc/passwd) [3](link.md) [4](folder/x.md)\n\n"
            f"[5](file://{secret}/plan.md) <a href='javascript:steal()'>6</a> [7]({secret}/plan.md) [8](b.rst)\n\n"
            "[9](data:text/html,x)\n",
            "b.rst": f":Author: Bob\n:Date: 2020-01-02\n\nB\n=\n\n.. include:: {secret}/plan.md\n\n"
            f".. literalinclude:: {secret}/plan.md\n\n.. csv-table::\n   :file: {secret}/plan.md\n\n"
            f".. csv-table::\n   :url: file://{secret}/plan.md\n\n.. raw:: html\n   :file: {secret}/plan.md\n\n"
            f".. figure:: {secret}/plan.md\n   :figwidth: image\n\n:ref:`x` `y <../secret/plan.md>`__\n",
        },
    )
    (root / "link.md").symlink_to(secret / "plan.md")
    (root / "folder").symlink_to(secret)
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == 'open' else None)\n"
        "from connectors.documents.markup import read_tree\n"
        "from connectors.documents.parsing import parse\n"
        "corpus = read_tree(sys.argv[1])\n"
        # The parser runs in a process of its own: here once more, where the hook sees it.
        "parse('b.rst', open(sys.argv[1] + '/b.rst').read())\n"
        "assert any('designs' in name for name in opened)\n"
        "print([name for name in opened if 'secret' in name or 'passwd' in name], sorted(corpus.works))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(root)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] ['doc:designs:a.md', 'doc:designs:b.rst']"
    corpus = Read(root)
    assert list(corpus.cites) == [("a.md", "b.rst")]
    told = corpus.problems
    assert told["symbolic links"] == 2
    assert told["links out of the tree"] == 3
    assert told["links to files of a machine"] == 1
    assert told["links that run a script"] == 2
    assert corpus.harvest.counts["references_refused"] == 10


def test_what_cannot_be_read_is_counted_and_the_rest_kept(tmp_path: Path) -> None:
    head = "---\nauthor: Ann\ndate: 2020-01-02\n---\n"
    root = write(
        tmp_path / "designs",
        {
            "good.md": f"{head}# Good\n\n[latin](latin.md) [utf16](utf16.md) [header](header.md) [self](good.md)\n",
            "latin.md": "# Caf\xe9\n".encode("latin-1"),
            "utf16.md": "# Über\n".encode("utf-16"),
            "header.md": "---\nauthor: [Ann\n---\n# Header\n",
            "binary.md": b"# X\x00\x01\x02",
            "deep.md": "> " * 3_000 + "x\n",
            "long.md": "word " * 500_000,
            "empty.md": "",
            "cycle.md": f"{head}[b](cycle2.md)\n",
            "cycle2.md": f"{head}[b](cycle.md)\n",
        },
    )
    with (root / "huge.md").open("wb") as stream:
        stream.truncate(100 << 20)
    corpus = Read(root)
    assert {path: row["title"] for path, row in corpus.works.items()} == {
        "good.md": "Good",
        "latin.md": "Café",
        "utf16.md": "Über",
        "header.md": "Header",
        "empty.md": "empty.md",
        "cycle.md": "cycle.md",
        "cycle2.md": "cycle2.md",
    }
    assert ("cycle.md", "cycle2.md") in list(corpus.cites)
    assert ("cycle2.md", "cycle.md") in list(corpus.cites)
    assert len(list(corpus.cites)) == 5
    told = corpus.problems
    assert told["files that are too large"] == 1
    assert told["files that are no text"] == 1
    assert told["documents that cannot be parsed"] == 2
    assert told["headers that cannot be read"] == 1
    assert told["references of documents to themselves"] == 1


def test_a_single_file_is_a_tree_of_one(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": "---\nauthor: Ann\ndate: 2020-01-02\n---\n[b](b.md)\n", "b.md": "# B\n"})
    corpus = Read(root / "a.md")
    assert list(corpus.works) == ["a.md"]
    assert corpus.problems == {"references to what is not there": 1}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no"):
        read_tree(tmp_path / "gone")
    assert read_tree(write(tmp_path / "none", {"x.py": ""})).works == {}


@pytest.mark.parametrize("name", ["a.md", "A.MD", "x/a.rst", "a.adoc", "a.asciidoc", "a.html", "a.htm", "a.markdown"])
def test_suffixes_of_documents(name: str) -> None:
    assert is_document(name)
    assert not is_document(f".hidden/{name}")
    assert not is_document(f"{name}.bak")
