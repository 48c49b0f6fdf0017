"""BibTeX: what a .bib file says, and what is made of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from connectors.documents import bibtex
from connectors.documents.cited_text import Shelf, Words, of_text
from connectors.documents.latex import plain
from tests.connectors.documents.bibliographies import IRIS, read

BIB = r"""
% a comment outside
@string{acl = {Association for " # "nothing}}
@string(j = "J. of Things")
@preamble{"\newcommand{\x}{y}"}
@article{doe2001,
  title = {The {DNA} of 100% things: M{\"u}nster \& co},
  author = {van der Berg, Jan and Erd{\H{o}}s, P{\'a}l and {Barnes \& Noble Inc.} and others},
  year = 2001, month = mar, volume = 5, pages = {11--19},
  journal = j # { X},
  doi = {https://doi.org/10.1000/ABC},
}
@inproceedings(roe2003,
  title = "A part",
  author = "Roe, Richard",
  crossref = {proc},
  cites = {doe2001, nobody1999}
)
@proceedings{proc, title = {The whole}, editor = {Max Moe}, year = {2003}}
@misc{pre, author={Jane {van den} Loe}, title={On arXiv}, eprint={1706.03762},
  archiveprefix={arXiv}, date={2017-06-12/2017-07}}
@book{lo, author = {given=Hans, family=Harman, prefix=von}, title = {BibLaTeX}, date = {1999~},
  author+an:orcid = {1="0000-0002-1825-0097"}}
@comment{@article{no, title={No}}}
@xdata{x, title={no work}}
"""


def test_bibtex(tmp_path: Path) -> None:
    found = read(tmp_path / "refs.bib", BIB)
    works = found.works
    assert works["doi:10.1000/abc"]["title"] == "The DNA of 100% things: Münster & co"
    assert works["doi:10.1000/abc"]["created"] == dt.datetime(2001, 3, 15)
    assert found.authors("doi:10.1000/abc") == [
        "author:Jan van der Berg",
        "author:Pál Erdős",
        "author:Barnes & Noble Inc.",
    ]
    assert found.harvest.counts["works_with_unnamed_authors"] == 1
    # A part inherits the year of the whole, not those who edited it.
    assert works["refs.bib:roe2003"]["created"] == dt.datetime(2003, 7, 1)
    assert found.authors("refs.bib:roe2003") == ["author:Richard Roe"]
    assert found.authors("refs.bib:proc") == ["author:Max Moe"]
    assert found.authors("doi:10.48550/arxiv.1706.03762") == ["author:Jane van den Loe"]
    assert works["doi:10.48550/arxiv.1706.03762"]["created"] == dt.datetime(2017, 6, 12)
    assert found.authors("refs.bib:lo") == [f"orcid:{IRIS}"]
    assert len(works) == 5
    assert found.cites == {("refs.bib:roe2003", "doi:10.1000/abc")}
    assert found.problems["references to what is not there"] == 1
    assert {row["kind"] for row in works.values()} == {"paper", "book", "document"}


def test_a_broken_entry_does_not_take_the_others(tmp_path: Path) -> None:
    text = """
@article{one, title={One}, author={A. One}, year=2001}
@article{two, title={never closed, author={B Two},
@article{three title={no comma}}
@article{four, title={Four}, title={again}, author={Four, Fay}, year=2004}
@article{one, title={The key again}, author={Five, Fay}, year=2005}
@article{six, note={neither title nor author}}
@article{seven, title={Seven}, author={Seven, S"""
    found = read(tmp_path / "refs.bib", text)
    assert found.titles == ["Four", "One", "The key again"]
    assert found.problems["entries that cannot be read"] >= 3
    assert found.problems["entries without title and author"] == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings(encoding: str, ending: str, tmp_path: Path) -> None:
    text = f"@book{{k,{ending} title={{Über Straßen}},{ending} author={{Müller, Jörg}}, year={{1999}}{ending}}}{ending}"
    found = read(tmp_path / "refs.bib", text.encode(encoding))
    assert found.titles == ["Über Straßen"]
    assert found.authors("refs.bib:k") == ["author:Jörg Müller"]


def test_concatenation_months_and_latex() -> None:
    strings = bibtex.Strings()
    assert bibtex._value('jan # "~5"', strings) == "jan~5"
    assert bibtex._value("{a} # {b}", strings) == "ab"
    assert bibtex._value("{a {nested} b}", strings) == "a {nested} b"
    assert bibtex._value('"a {"} b"', strings) == 'a {"} b'
    assert plain(r"\'{A}lvarez, {\O}rsted, {\ss}, \v{C}ern\'y, Jos{\'\i}a, 50% {of} it") == (
        "Álvarez, Ørsted, ß, Černý, Josía, 50% of it"
    )
    assert plain("{" * 10_000 + "x" + "}" * 10_000) == "x"
    assert "x" in plain("\\'" * 5_000 + "{" * 3_000 + "x")


def test_strings_made_of_strings_swell_no_file(tmp_path: Path) -> None:
    bomb = "".join(f"@string{{s{i + 1} = {' # '.join([f's{i}'] * 10)}}}\n" for i in range(30))
    text = '@string{s0 = "aaaaaaaaaa"}\n' + bomb + "@article{a, title=s30 # s30, author={Ann One}, year=2001}"
    found = read(tmp_path / "a.bib", text)
    assert found.authors("a.bib:a") == ["author:Ann One"]
    assert found.problems["uses of strings in place of what they stand for"] > 50


def test_a_byline_of_thousands_stays_whole(tmp_path: Path) -> None:
    names = [f"Ann{'bcdefghij'[i % 9]} One{i}" for i in range(3_000)]
    found = read(tmp_path / "a.bib", f"@article{{a, title={{A}}, author={{{' and '.join(names)}}}, year=2001}}")
    assert found.authors("a.bib:a") == [f"author:{name}" for name in names]


def test_references_of_exports_by_identifier_words_or_neither(tmp_path: Path) -> None:
    text = r"""
@article{a, title={A theory of very implicit leadership}, author={Doe, Jane}, year={1998}, volume={12}, pages={101-120}}
@article{b, title={Another theory of leadership at work}, author={van der Berg, Jan}, year={1999}, doi={10.1000/b}}
@article{wos, title={From the Web of Science}, author={Roe, Richard}, year={2005},
 Cited-References = {Doe J, 1998, LEADERSHIP Q, V12, P101, DOI 10.1000/elsewhere.
   DOE J, 1998, LEADERSHIP Q, V12, P101.
   VAN DER BERG J, 1999, THINGS, V1, P1, DOI 10.1000/B.
   Nobody N, 1990, NOTHING, V1, P1.}}
@article{sco, title={From Scopus}, author={Roe, Richard}, year={2006},
 references = {Doe, J., A theory of very implicit leadership, (1998) Leadership Quarterly, 12, pp. 101-120;
   Moe, M., Something else, (2000) J}}
"""
    found = read(tmp_path / "refs.bib", text)
    assert ("refs.bib:wos", "refs.bib:a") in found.cites
    assert ("refs.bib:wos", "doi:10.1000/b") in found.cites
    assert ("refs.bib:wos", "doi:10.1000/elsewhere") in found.cites
    assert ("refs.bib:sco", "refs.bib:a") in found.cites
    assert len(found.cites) == 4
    counts = found.harvest.counts
    assert (counts["references_found"], counts["references_resolved"], counts["references_elsewhere"]) == (6, 3, 1)


def test_a_reference_that_fits_two_works_fits_none() -> None:
    shelf = Shelf()
    shelf.add("x:1", Words("", "Doe", "1998", "The same long title of it", "1", "5"))
    shelf.add("x:2", Words("", "Doe", "1998", "The same long title of it", "1", "7"))
    assert shelf.find(of_text("Doe, J., The same long title of it, (1998) J")) is None
    assert shelf.find(of_text("Doe J, 1998, J, V1, P7")) == "x:2"
    assert shelf.find(of_text("Doe J, 1999, J, V1, P7")) is None
    assert shelf.find(of_text("")) is None
    shelf.add("x:3", Words("", "van der Berg", "2002", "Zipf's law and the Internet"))
    assert (
        shelf.find(of_text("L. van der Berg and B.A. Doe. 2002. Zipf's law and the Internet. Glott. 3(2002), 1-5."))
        == "x:3"
    )
    assert shelf.find(of_text("Doe, B. A. 2002. Zipf's law and the Internet.")) is None
