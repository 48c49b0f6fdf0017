"""Folders of bibliographies, and the manuscripts that lie beside them."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pytest

from connectors.documents import bibliography, tex
from tests.connectors.documents.bibliographies import IRIS, read


def test_a_folder_is_one_corpus(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "a.bib").write_text("@article{a, title={A}, author={Doe, Jane}, year=2001, doi={10.1000/a}}")
    (tmp_path / "sub" / "b.ris").write_text("TY  - JOUR\nTI  - A\nDO  - 10.1000/A\nCR  - 10.1000/c\nER  - \n")
    (tmp_path / "sub" / "c.json").write_text(
        json.dumps([{"type": "book", "title": "C", "DOI": "10.1000/c", "issued": 2000}])
    )
    (tmp_path / ".hidden" / "d.bib").write_text("@article{d, title={D}, author={D D}}")
    (tmp_path / "settings.json").write_text('{"editor": {"tab": 4}}')
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / "link.bib").symlink_to("/etc/hostname")
    found = read(tmp_path)
    assert set(found.works) == {"doi:10.1000/a", "doi:10.1000/c"}
    assert found.cites == {("doi:10.1000/a", "doi:10.1000/c")}
    assert found.problems["entries of a work that another entry describes"] == 1
    assert found.problems["symbolic links"] == 1
    assert bibliography.recognise(tmp_path) == "bibtex"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.bib", "@article{a, title={R&amp;D}, author={Max M&uuml;ller}, year={2001}}"),
        ("a.ris", "TY  - JOUR\nAU  - M&uuml;ller, Max\nTI  - R&amp;D\nPY  - 2001\nER  - \n"),
        ("a.ciw", "PT J\nAU M&uuml;ller, Max\nTI R&amp;D\nPY 2001\nER\n"),
        ("a.json", '[{"type":"book","title":"R&amp;D","author":[{"family":"M&#252;ller","given":"Max"}]}]'),
    ],
)
def test_characters_written_as_html_split_no_name(name: str, text: str, tmp_path: Path) -> None:
    found = read(tmp_path / name, text)
    assert {row["identity"] for row in found.tables["authorships"]} == {"author:Max Müller"}
    assert found.titles == ["R&D"]


def test_a_copy_of_a_work_gives_its_authors_their_identifiers(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text("@article{a, title={A}, author={Ann One and Rex Roe}, doi={10.1000/a}}")
    work: dict[str, Any] = {"id": "https://openalex.org/W1", "doi": "https://doi.org/10.1000/a", "authorships": []}
    for number, name in enumerate(("Ann One", "Rex Roe"), start=1):
        work["authorships"].append({"author": {"id": f"https://openalex.org/A{number}", "display_name": name}})
    (tmp_path / "b.json").write_text(json.dumps(work))
    assert read(tmp_path).authors("doi:10.1000/a") == ["openalex:A1", "openalex:A2"]
    (tmp_path / "b.json").write_text(json.dumps(work).replace("Rex Roe", "Sue Poe"))
    assert read(tmp_path).authors("doi:10.1000/a") == ["author:Ann One", "author:Rex Roe"]


def test_files_of_a_folder_that_are_no_bibliography_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text("@article{a, title={A}, author={Ann One}}")
    (tmp_path / "package.json").write_text('{"name": "x"}')
    (tmp_path / "b.bib").write_text("")
    os.mkfifo(tmp_path / "c.bib")
    (tmp_path / "d.bib").symlink_to("/etc/passwd")
    (tmp_path / "e").symlink_to("/etc")
    found = read(tmp_path).problems
    assert found == {
        "files of no format that is known": 1,
        "files without an entry": 1,
        "files that are no plain files": 1,
        "symbolic links": 2,
    }


def test_a_table_of_citations_beside_a_bibliography(tmp_path: Path) -> None:
    (tmp_path / "refs.bib").write_text(
        "@article{a, title={A}, author={Doe, Jane}, year=2001}\n"
        "@article{b, title={B}, author={Roe, Rex}, year=2002, doi={10.1000/b}}"
    )
    (tmp_path / "citations.csv").write_text("citing,cited\n10.1000/B,a\nb,zzz\nzzz,a\na,b\n")
    found = read(tmp_path, label="mine")
    assert found.cites == {("doi:10.1000/b", "mine:a")}
    assert found.problems == {
        "citations by a work that is not in the bibliography": 1,
        "references to what is not there": 1,
        "references to a later document": 1,
    }


PAPER = r"""
\documentclass{article}
\title{On {Implicit} \emph{Leaders}\thanks{Funded by nobody \cite{not1}}}
\author{Jane Doe\thanks{x} \\ University \and Rex van der Roe$^1$}
\date{May 2020}
\begin{document}
% \cite{comment1}
See \citep[see][p.~3]{a} and \textcite{b,c}, \nocite{n}\verb|\cite{verb}|.
\begin{verbatim}
\cite{inverbatim}
\end{verbatim}
\footnote{\parencites[1]{d}[2]{e}} \citestyle{style} \input{part}
\end{document}
"""


def entries(*keys: str) -> str:
    return "".join(f"@article{{{k}, title={{T {k}}}, author={{Author{k.title()} Name}}, year=2001}}\n" for k in keys)


def test_a_manuscript_cites_what_it_cites(tmp_path: Path) -> None:
    (tmp_path / "refs.bib").write_text(entries(*"abcdefn", "comment1", "verb", "inverbatim", "style", "not1", "aux1"))
    (tmp_path / "paper.tex").write_text(PAPER)
    (tmp_path / "part.tex").write_text(r"More \cite{f} and \input{paper}")
    (tmp_path / "lost.tex").write_text(r"\cite{n}")
    (tmp_path / "thesis.aux").write_text("\\relax\n\\citation{a,aux1}\n\\abx@aux@cite{0}{b}\n\\@input{../../x.aux}\n")
    found = read(tmp_path, label="mine")
    paper = "doc:mine:paper.tex"
    assert {cited for citing, cited in found.cites if citing == paper} == {f"mine:{k}" for k in (*"abcdef", "not1")}
    assert found.works[paper]["title"].startswith("On Implicit Leaders")
    assert found.works[paper]["kind"] == "manuscript"
    assert found.works[paper]["created"] == dt.datetime(2020, 5, 15)
    assert found.authors(paper) == ["author:Jane Doe", "author:Rex van der Roe"]
    thesis = "doc:mine:thesis.aux"
    assert {cited for citing, cited in found.cites if citing == thesis} == {"mine:a", "mine:aux1", "mine:b"}
    assert found.works[thesis]["created"] == dt.datetime(2001, 7, 1)  # not older than what it cites
    assert found.problems == {"parts of manuscripts": 1}


def test_markdown_manuscripts(tmp_path: Path) -> None:
    (tmp_path / "refs.bib").write_text(entries("doe2001", "roe", "moe", "code"))
    (tmp_path / "paper.md").write_text(
        "---\ntitle: A paper\nauthor:\n  - name: Jane Doe\n    orcid: 0000-0002-1825-0097\n"
        "  - Rex Roe\ndate: 2021-03-04\n---\n"
        "As @doe2001 says [see @roe, p. 3; -@moe]. Mail me@roe.org, ask @somebody.\n\n```\n@code\n```\n"
    )
    (tmp_path / "README.md").write_text("Made by @somebody.")
    (tmp_path / "bad.md").write_text("---\ntitle: [broken\n---\n@roe\n")
    found = read(tmp_path, label="mine")
    paper = "doc:mine:paper.md"
    assert {cited for citing, cited in found.cites if citing == paper} == {"mine:doe2001", "mine:roe", "mine:moe"}
    assert found.authors(paper) == [f"orcid:{IRIS}", "author:Rex Roe"]
    assert found.works[paper]["created"] == dt.datetime(2021, 3, 4)
    assert "doc:mine:README.md" not in found.works
    assert found.works["doc:mine:bad.md"]["title"] == "bad"
    assert found.problems["headers of manuscripts"] == 1


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (r"\author{Jane Doe, Rex Roe, and Max Moe}", ["Jane Doe", "Rex Roe", "Max Moe"]),
        (r"\author[1]{Jane Doe}\author{Rex Roe}\affil{X}", ["Jane Doe", "Rex Roe"]),
        (
            r"\author{\IEEEauthorblockN{Jane Doe}\IEEEauthorblockA{Univ}\and\IEEEauthorblockN{Rex Roe}}",
            ["Jane Doe", "Rex Roe"],
        ),
        (r"\author{Jane Doe\inst{1}\orcidID{0} \and M{\"u}ller, J.\thanks{y}}", ["Jane Doe", "J. Müller"]),
        (r"\author{}", []),
    ],
)
def test_authors_of_latex(source: str, names: list[str]) -> None:
    assert [mention.name.display for mention in tex.read(source).authors] == names
