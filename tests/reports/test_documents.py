"""The page and the figures of a workspace that holds documents only: its words fit, and health comes first."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from influence import analyse
from influence.findings import Findings
from influence.workspace import Workspace
from reports import figures, html, view, wording
from tests.influence.factories import Rows
from tests.reports.conftest import HOSTILE

PEOPLE = ["bea", "cal", "dan", "eve", "fay", "gil"]


def library(folder: Path, poison: str = "") -> Workspace:
    """Ada's w0 is cited by six others, one a year; Bea wrote one work with her in the end, and cites it again."""
    counts = {"documents": 9, "authors": 7, "references_found": 9, "references_resolved": 7, "references_refused": 2}
    rows = Rows(
        "library", None, "documents", contact="coauthors", counts=counts,  # type: ignore[arg-type]
        problems=[("references to what is not there", 2, "no such document" + poison)],
    )  # fmt: skip
    works = [("w0", "2010-01-01", ["ada"]), ("both", "2018-01-01", ["ada", "bea"]), ("w9", "2019-01-01", ["bea"])]
    works += [(f"w{n + 1}", f"{2011 + n}-01-01", [who]) for n, who in enumerate(PEOPLE)]
    for work, when, authors in works:
        rows.add("artifacts", id=work, kind="paper", created=when, title=f"On {work}{poison}", status="Final")
        for who in authors:
            rows.add("authorships", artifact=work, identity=who, share=1 / len(authors), visible=when)
            rows.act(who, when, "document", unit=work, repository=None)
        if work not in ("w0", "both"):
            rows.add("citations", citing=work, cited="w0", time=when, how="body")
    return rows.write(folder)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    return analyse(library(tmp_path_factory.mktemp("library"))).load()


@pytest.fixture(scope="module")
def page(papers: Findings) -> str:
    return html.render(papers)


def visible(page: str) -> str:
    """What a reader sees: no scripts, styles or marks."""
    text = re.sub(r"(?s)<(script|style).*?</\1>", " ", page)
    return " ".join(re.sub(r"</?b>", "", re.sub(r"<(?!/?b>)[^>]+>", " ", text)).split())


def test_health_stands_before_who_is_followed(page: str) -> None:
    assert page.index('id="health"') < page.index('id="followed"')
    text = visible(page)
    assert "references to what is not there 2 no such document" in text
    assert "references found 9" in text


def test_the_words_are_those_of_documents(page: str) -> None:
    text = visible(page)
    assert "9 documents by 7 people with 7 citations of others" in text
    assert "Documents tell who wrote and who cites" in text
    assert ">Works</th>" in page
    for word in ("commit", "lines", "an import", "coding assistant (", "In what"):
        assert word not in text.split("How it is measured")[0].split("One by one")[0], word
    assert "they build on another's lines" not in text
    assert "Commits" not in text


def test_followers_are_those_who_cite_and_nothing_is_told_in_weeks(papers: Findings, page: str) -> None:
    explanation = papers.explain("Ada Adason")
    assert dict(zip(explanation.followers["person"], explanation.followers["works"], strict=True))["Bea Beason"] == 2
    work = explanation.works.iloc[0]
    assert (work["id"], work["title"], work["followers"], work["citing"]) == ("w0", "On w0", 6, 7)
    assert explanation.works["share"].sum() == pytest.approx(1)
    assert "On w0" in explanation.text()
    text = visible(page).split("One by one")[-1].split("What was read, and what was left out")[0]
    for word in ("Weeks", "In what", "assistant", "commit", "lines"):
        assert word not in text, word
    assert "6 people cite their works; most On w0 (6 people)" in text
    assert "Works of theirs that others cite Work People In works On w0 w0 6 7" in text
    assert "100 % of it hangs on the work On w0." in text


def test_the_method_is_that_of_documents(page: str) -> None:
    text = visible(page).split("How it is measured")[-1].split("What not to conclude")[0]
    for word in ("code owner", "assistant", "directory", "review"):
        assert word not in text, word
    assert "nor do groups that stand in the place of an author" in text


def test_on_a_phone_works_are_works(page: str) -> None:
    assert 'class="n commits" data-what=" works"' in page


def test_roles_over_many_documents_are_counted(tmp_path: Path) -> None:
    rows = Rows("series", "r" * 8, "documents", contact="coauthors")
    for n in range(9):
        rows.add("artifacts", id=f"pep:{n}", kind="pep", created="2010-01-01", title=f"P{n}")
        rows.add("authorships", artifact=f"pep:{n}", identity=f"a{n}", share=1.0, visible="2010-01-01")
        rows.act(f"a{n}", "2010-01-01", "document", unit=f"pep:{n}")
        if n:
            rows.add("citations", citing=f"pep:{n}", cited="pep:0", time=f"201{n}-01-01", how="body")
            rows.add(
                "authority", leader="a0", repository="r" * 8, pattern=f"pep-{n}.rst", position=n, rule="every",
                role="delegate" if n > 1 else "sponsor", since="2010-01-01",
            )  # fmt: skip
    formal = analyse(rows.write(tmp_path)).leaders.iloc[0]["formal"]
    assert sorted(formal) == ["delegate of 7 documents in series", "sponsor of pep-1.rst in series"]


def test_authors_stand_in_the_order_of_the_byline(tmp_path: Path) -> None:
    rows = Rows("papers", None, "documents", contact="coauthors")
    for work, authors in (("w", ["zoe", "ada", "mia"]), ("v", ["mia", "zoe"]), ("u", ["eve"])):
        rows.add("artifacts", id=work, kind="paper", created="2010-01-01", title=work)
        for who in authors:
            rows.add("authorships", artifact=work, identity=who, share=1 / len(authors), visible="2010-01-01")
            rows.act(who, "2010-01-01", "document", unit=work, repository=None)
    for cited in ("w", "v"):
        rows.add("citations", citing="u", cited=cited, time="2011-01-01", how="body")
    works = analyse(rows.write(tmp_path)).works.set_index("id")["authors"]
    assert works["w"] == ["Zoe Zoeson", "Ada Adason", "Mia Miason"]
    assert works["v"] == ["Mia Miason", "Zoe Zoeson"]


def test_a_notebook_shows_the_documents_first(papers: Findings, nobody: Findings, tmp_path: Path) -> None:
    shown = papers._repr_html_()
    assert shown.index("references to what is not there") < shown.index("Ada Adason")
    assert "<td>references found</td><td>9</td>" in shown
    assert "<th>works</th>" in shown
    assert "The documents that were read" not in nobody._repr_html_()
    hostile = analyse(library(tmp_path, "".join(HOSTILE)))._repr_html_()
    assert "<script>alert(1)" not in hostile
    assert "<img src=x" not in hostile


def test_silence_is_said_as_far_as_documents_tell(papers: Findings, page: str) -> None:
    # Six of the seven citations are from before Bea wrote with Ada; all weigh alike.
    assert papers.leaders.iloc[0]["silent_share"] == pytest.approx(6 / 7)
    text = visible(page)
    assert "86 % of it came from people who had not written anything with them before" in text
    assert "whether people who never wrote together had spoken" in text
    assert "without having written together first" in wording.text(wording.answer(papers))


def test_the_most_cited_works_say_how_soon_and_how_late(papers: Findings, page: str) -> None:
    row = view.works(papers, 5)[0]
    assert (row["title"], row["authors"], row["cited_by"], row["followers"], row["lag"]) == (
        *("On w0", "Ada Adason", 7, 6, "4.0"),
    )
    assert len(view.works(papers, 5)) == 1  # no bottom: what nobody cites is not listed
    assert "On w0 w0 · Final" in visible(page)


def test_the_curve_is_the_table_of_the_findings(papers: Findings) -> None:
    trace = figures.lag(papers).data[0]
    assert list(trace.y) == list(figures.shown_lag(papers.lag)["together"])
    many = pd.DataFrame({"year": [1, 2, 3], "works": [500, 10, 9], "together": [0.0, 1.0, 2.0]})
    assert list(figures.shown_lag(many)["year"]) == [1, 2]


def test_code_has_neither_section(nobody: Findings) -> None:
    text = html.render(nobody)
    assert 'id="health"' not in text
    assert 'id="works"' not in text
    assert len(figures.lag(nobody).data[0].x) == 0


def test_hostile_titles_and_reasons_are_text(tmp_path: Path) -> None:
    text = html.render(analyse(library(tmp_path, "".join(HOSTILE))))
    assert "<script>alert(1)" not in text
    assert "<img src=x" not in text
    assert "<svg onload" not in text
