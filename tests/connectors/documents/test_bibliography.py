"""Bibliographies as programs write them: entries, authors, dates and references; broken ones beside whole ones."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.documents import bibliography, bibtex, openalex_json, publication_dates, tex
from connectors.documents.cited_text import Shelf, Words, of_text
from connectors.documents.identifiers import artifact, arxiv, doi, doi_in, namespace, openalex, orcid
from connectors.documents.latex import plain
from influence.errors import InputError
from influence.schema import TABLES, Checkpoint

IRIS = "0000-0002-1825-0097"


class Read:
    """What was read, by what one asks for."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.harvest = checkpoint.harvest
        self.tables = {name: table.to_pylist() for name, table in checkpoint.tables.items()}
        for name, table in checkpoint.tables.items():
            assert table.schema == TABLES[name].arrow

    @property
    def works(self) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.tables["artifacts"]}

    @property
    def titles(self) -> list[str]:
        return sorted(row["title"] for row in self.tables["artifacts"])

    def authors(self, work: str) -> list[str]:
        return [row["identity"] for row in self.tables["authorships"] if row["artifact"] == work]

    @property
    def cites(self) -> set[tuple[str, str]]:
        return {(row["citing"], row["cited"]) for row in self.tables["citations"]}

    @property
    def problems(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for what, count, _ in self.harvest.problems:
            found[what] += count
        return found


def read(path: Path, text: str | bytes | None = None, **options: Any) -> Read:
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Read(bibliography.read(path, **options))


# --- identifiers and dates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10.1000/ABC", "10.1000/abc"),
        ("https://doi.org/10.1000/abc", "10.1000/abc"),
        ("http://dx.doi.org/10.1000/abc.", "10.1000/abc"),
        ("doi:10.1000/abc", "10.1000/abc"),
        ("DOI: 10.1000/abc", "10.1000/abc"),
        ("10.1000%2Fabc", "10.1000/abc"),
        (
            "10.1002/(SICI)1097-4571(199806)49:8<693::AID>3.0.CO;2-O",
            "10.1002/(sici)1097-4571(199806)49:8<693::aid>3.0.co;2-o",
        ),
        ("info:doi/10.1000/abc", "10.1000/abc"),
        ("10.1000", None),
        ("11.1000/abc", None),
        ("not 10.1000/abc", None),
        ("", None),
        (None, None),
        (3, None),
    ],
)
def test_a_doi_has_one_form(text: object, found: str | None) -> None:
    assert doi(text) == found


def test_identifiers_inside_of_text_and_of_other_kinds() -> None:
    assert doi_in("see (https://doi.org/10.1000/a(b)c).") == "10.1000/a(b)c"
    assert doi_in("V1, P1, DOI 10.1000/abc, and more") == "10.1000/abc"
    assert doi_in("110.1000/abc") is None
    assert orcid(f"https://orcid.org/{IRIS}") == IRIS
    assert orcid("0000-0002-1825-0098") is None
    assert orcid("0000-0000-0000-0000") is None
    assert openalex("https://openalex.org/w12", "W") == "W12"
    assert openalex("https://example.org/W12", "W") is None
    assert arxiv("https://arxiv.org/abs/1706.03762v2") == arxiv("arXiv:1706.03762") == "10.48550/arxiv.1706.03762"
    assert artifact("arXiv:1706.03762", "x") == "doi:10.48550/arxiv.1706.03762"
    assert artifact("=cmd()", "x") == "x:=cmd()"
    # A folder called like a series must not make its papers proposals of that series.
    assert artifact("8", namespace("pep")) != "pep:8"


NOON = dt.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("text", "when", "exact"),
    [
        ("2010", (2010, 7, 1), "year"),
        (2010, (2010, 7, 1), "year"),
        ("2010-05", (2010, 5, 15), "month"),
        ("2010/05/03/", (2010, 5, 3), "day"),
        ("2010///", (2010, 7, 1), "year"),
        ("2010-05-03T10:00:00Z", (2010, 5, 3), "day"),
        ("20100503", (2010, 5, 3), "day"),
        ("2010-21", (2010, 7, 1), "year"),  # EDTF: spring
        ("2010/2012", (2010, 7, 1), "year"),
        ("1998--1999", (1998, 7, 1), "year"),
        ("May 2010", (2010, 5, 15), "month"),
        ("3 May 2010", (2010, 5, 3), "day"),
        ("May 3rd, 2010", (2010, 5, 3), "day"),
        ("2010 May 3", (2010, 5, 3), "day"),
        ("[ca. 2010?]", (2010, 7, 1), "year"),
        ("2010-02-31", (2010, 2, 15), "month"),
        ("2026", (2026, 1, 1), "year"),  # its middle is still to come
        ("2026-06", (2026, 6, 1), "month"),
        ("2009 or 2010", None, "year"),
        ("201X", None, "year"),
        ("in press", None, "year"),
        ("0000-00-00", None, "year"),
        ("٢٠١٠", (2010, 7, 1), "year"),
        (None, None, "year"),
        (True, None, "year"),
    ],
)
def test_dates(text: object, when: tuple[int, int, int] | None, exact: str) -> None:
    expected = (dt.datetime(*when) if when else None, exact)
    assert publication_dates.read(text, NOON) == expected


@given(st.one_of(st.text(max_size=30), st.integers(), st.from_regex(r"\d{1,5}[-/. ]\w{0,9}[-/. ,]\d{0,5}")))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_date_or_none(text: object) -> None:
    when, exact = publication_dates.read(text)
    assert exact in ("day", "month", "year")
    assert when is None or when.tzinfo is None


# --- BibTeX ---------------------------------------------------------------------------------------------------------

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


# --- JSON -----------------------------------------------------------------------------------------------------------

CSL = [
    {
        "id": "a",
        "type": "article-journal",
        "title": "Alpha",
        "DOI": "10.1000/A",
        "author": [
            {"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"},
            {"literal": "The Group"},
            {"family": "Doe", "given": "Jane", "ORCID": f"http://orcid.org/{IRIS}"},
        ],
        "issued": {"date-parts": [["2010", 5]]},
    },
    {"id": "b", "type": "book", "title": "Beta", "issued": {"raw": "3 May 2012"}, "references": ["a"], "author": "x"},
    {"id": "c", "type": "book", "title": "Gamma", "issued": 2013, "reference": [{"DOI": "10.1000/a"}, {"key": "z"}]},
    "no object",
    {"id": "d", "type": "book"},
    {"id": "e", "type": "book", "title": ["List"], "author": {"family": "Single"}, "issued": {"date-parts": [[]]}},
]


def test_csl_json(tmp_path: Path) -> None:
    found = read(tmp_path / "items.json", json.dumps(CSL))
    assert found.authors("doi:10.1000/a") == ["author:Jan van der Berg", f"orcid:{IRIS}"]
    assert found.works["doi:10.1000/a"]["created"] == dt.datetime(2010, 5, 15)
    assert found.works["items.json:b"]["created"] == dt.datetime(2012, 5, 3)
    assert found.cites == {("items.json:b", "doi:10.1000/a"), ("items.json:c", "doi:10.1000/a")}
    assert found.problems["entries that are no objects"] == 1
    assert found.problems["entries without title and author"] == 1
    assert found.titles == ["Alpha", "Beta", "Gamma", "List"]


def crossref_work(number: int, **more: Any) -> dict[str, Any]:
    return {
        "DOI": f"10.1000/{number}",
        "prefix": "10.1000",
        "type": "journal-article",
        "title": [f"Work {number}"],
        "author": [
            {"given": "Jan", "family": "Berg", "ORCID": f"https://orcid.org/{IRIS}", "affiliation": [{"name": "X"}]},
            {"name": "The Consortium", "sequence": "additional"},
        ],
        "issued": {"date-parts": [[2000 + number, 2]]},
        **more,
    }


def test_crossref_json(tmp_path: Path) -> None:
    works = [
        crossref_work(1),
        crossref_work(
            2,
            reference=[
                {"key": "1", "DOI": "10.1000/1", "doi-asserted-by": "crossref"},
                {"key": "2", "unstructured": "Doe. Elsewhere. https://doi.org/10.1000/Far."},
                {"key": "3", "author": "Berg", "year": "2001", "article-title": "Work 3 with a long enough title"},
                {"key": "4", "unstructured": "Something that nobody knows"},
                {"key": "5"},
            ],
        ),
        crossref_work(
            3,
            title=["Work 3 with a long enough title"],
            issued={"date-parts": [[None]]},
            created={"date-parts": [[2001, 1, 2]]},
        ),
        crossref_work(4, title=["Retraction notice"], **{"update-to": [{"type": "retraction", "DOI": "10.1000/1"}]}),
        {"DOI": "no doi", "prefix": "x"},
    ]
    answer = {"status": "ok", "message-type": "work-list", "message": {"total-results": 5, "items": works}}
    found = read(tmp_path / "answer.json", json.dumps(answer))
    assert found.authors("doi:10.1000/1") == [f"orcid:{IRIS}"]
    assert found.cites == {
        ("doi:10.1000/2", "doi:10.1000/1"),
        ("doi:10.1000/2", "doi:10.1000/far"),
        ("doi:10.1000/2", "doi:10.1000/3"),
    }
    assert found.works["doi:10.1000/1"]["status"] == "Retracted"
    assert found.harvest.counts["withdrawn"] == 1
    assert found.works["doi:10.1000/3"]["created"] == dt.datetime(2001, 1, 2)
    one = read(tmp_path / "one.json", json.dumps({"status": "ok", "message-type": "work", "message": works[1]}))
    assert list(one.works) == ["doi:10.1000/2"]


def openalex_work(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": f"https://doi.org/10.1000/{number}",
        "title": f"Work {number}",
        "publication_date": f"{2000 + number}-05-17",
        "type": "article",
        "is_retracted": False,
        "authorships": [
            {
                "author": {"id": f"https://openalex.org/A{number}", "display_name": "Jan Berg", "orcid": None},
                "raw_author_name": "J. Berg",
                "institutions": [{"id": "https://openalex.org/I1"}],
            },
            {
                "author": {
                    "id": "https://openalex.org/A77",
                    "display_name": "Iris Doe",
                    "orcid": f"https://orcid.org/{IRIS}",
                }
            },
        ],
        "referenced_works": [f"https://openalex.org/W{number - 1}", "https://openalex.org/W4285719527"],
        **more,
    }


def test_openalex_json(tmp_path: Path) -> None:
    works = [
        openalex_work(2),
        openalex_work(1, is_retracted=True, publication_date="2001-01-01"),
        openalex_work(
            3, authorships=[{"author": {"id": "https://openalex.org/A9999999999", "display_name": "K. Nobody"}}]
        ),
    ]
    found = read(tmp_path / "works.json", json.dumps({"meta": {"count": 3}, "results": works}))
    assert found.cites == {
        ("openalex:W2", "openalex:W1"),
        ("openalex:W3", "openalex:W2"),
        ("openalex:W1", "openalex:W0"),
    }
    assert found.authors("openalex:W2") == ["openalex:A2", f"orcid:{IRIS}"]
    assert found.authors("openalex:W3") == ["author:K. Nobody [openalex:W3]"]
    assert found.works["openalex:W1"]["created"] == dt.datetime(2001, 7, 1)  # the first of January: a year
    assert found.works["openalex:W2"]["created"] == dt.datetime(2002, 5, 17)
    assert found.works["openalex:W1"]["status"] == "Retracted"
    links = {(row["a"], row["b"], row["same"]) for row in found.tables["identity_links"]}
    assert links == {(f"orcid:{IRIS}", "openalex:A77", True), ("openalex:A1", "openalex:A2", False)}
    lines = read(tmp_path / "works.jsonl", "\n".join(json.dumps(work) for work in works))
    assert lines.tables["authorships"] == [
        {**row, "source": "documents:works.jsonl"} for row in found.tables["authorships"]
    ]
    made = openalex_json.work(works[0])
    assert made is not None
    assert [author.key for author in made.authors] == found.authors("openalex:W2")
    assert [one.cited for one in made.references] == ["openalex:W1"]
    assert openalex_json.work({"id": "nonsense"}) is None
    short = openalex_json.work({"id": "W7", "title": "T", "referenced_works": ["W6", "A1", None]})
    assert short is not None
    assert (short.id, [one.cited for one in short.references]) == ("openalex:W7", ["openalex:W6"])


@pytest.mark.parametrize("shape", ["list", "answer", "lines", "indented"])
def test_json_that_breaks_keeps_what_is_whole(shape: str, tmp_path: Path) -> None:
    works = [openalex_work(n) for n in range(1, 6)]
    if shape == "list":
        text = json.dumps(works)
    elif shape == "answer":
        text = json.dumps({"meta": {}, "results": works})
    elif shape == "lines":
        text = "\n".join(map(json.dumps, works))
    else:
        text = json.dumps(works, indent=2)
    cut = text[: text.rindex("openalex.org/W5")]
    found = read(tmp_path / ("w.jsonl" if shape == "lines" else "w.json"), cut)
    assert set(found.works) == {f"openalex:W{n}" for n in range(1, 5)}
    assert sum(found.problems.values()) >= 1
    broken = text.replace('"title": "Work 3"', '"title": "Work" 3')
    found = read(tmp_path / ("x.jsonl" if shape == "lines" else "x.json"), broken)
    assert {"openalex:W1", "openalex:W2"} <= set(found.works)
    assert "openalex:W3" not in found.works
    if shape in ("lines", "indented"):
        assert {"openalex:W4", "openalex:W5"} <= set(found.works)


def test_json_made_to_exhaust_is_refused(tmp_path: Path) -> None:
    deep = "[" * 100_000
    text = json.dumps(openalex_work(1)) + "\n" + '{"id": ' + deep + "\n" + '{"id": ' + "9" * 10_000 + "}\n"
    found = read(tmp_path / "w.jsonl", text)
    assert list(found.works) == ["openalex:W1"]
    with pytest.raises(InputError):
        read(tmp_path / "deep.json", deep)
    (tmp_path / "wide.json").write_text(json.dumps(openalex_work(2))[:-1] + f', "x": [{"[]," * 5_000_001}0]}}')
    assert read(tmp_path).problems["files made to exhaust the memory"] == 1


def test_a_byline_made_to_exhaust_is_cut_and_counted(tmp_path: Path) -> None:
    found = read(tmp_path / "a.ris", f"TY  - JOUR\nTI  - A\nAU  - {'Doe, Jane;' * 30_000}\nER  - \n")
    assert found.problems["authors of a work with too many"] == 10_000


# --- lines with tags ------------------------------------------------------------------------------------------------

RIS = """\ufeffTY  - JOUR
AU  - van der Berg, Jan
A1  - Cheng, Y.
TI  - A title that
 goes on
PY  - 2010/05/03/
DO  - 10.1000/A
UR  - javascript:alert(1)
ER  -

TY  - BOOK
ED  - Moe, Max
T1  - =HYPERLINK("x")
Y1  - 1999
ID  - moe
TY  - CHAP
AU  - Roe, Richard
TI  - No end
PY  - 2001
CR  - Moe M, 1999, X
CR  - 10.1000/a
"""

WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Cheng, Y
   Doe, J
AF Cheng, Yong
   Doe, Jane
TI A very long title of
   two lines
C1 [Cheng, Yong; Doe, Jane] Univ X, Dept Y, City, Country.
OI Doe, Jane/0000-0002-1825-0097
CR Roe R, 1999, NATURE, V1, P5, DOI [10.1000/r,
   10.1000/s]
   Moe M, 1990, SCIENCE, V2, P7
PY 2005
PD MAR 3
VL 9
BP 12
DI 10.1000/w
UT WOS:1
ER

PT J
AU Moe, M
TI Cited by words
PY 1990
VL 2
BP 7
UT WOS:2
ER
EF
"""


def test_ris(tmp_path: Path) -> None:
    found = read(tmp_path / "refs.ris", RIS)
    assert found.works["doi:10.1000/a"]["title"] == "A title that goes on"
    assert found.works["doi:10.1000/a"]["created"] == dt.datetime(2010, 5, 3)
    assert found.works["doi:10.1000/a"]["url"] is None
    assert found.authors("doi:10.1000/a") == ["author:Jan van der Berg", "author:Y. Cheng [doi:10.1000/a]"]
    assert found.authors("refs.ris:moe") == ["author:Max Moe"]
    assert found.works["refs.ris:moe"]["title"] == '=HYPERLINK("x")'
    assert found.problems["entries without an end"] == 2
    assert found.problems["references to a later document"] == 1


def test_web_of_science(tmp_path: Path) -> None:
    found = read(tmp_path / "savedrecs.txt", WOS)
    assert found.works["doi:10.1000/w"]["title"] == "A very long title of two lines"
    assert found.works["doi:10.1000/w"]["created"] == dt.datetime(2005, 3, 3)
    assert found.authors("doi:10.1000/w") == ["author:Yong Cheng", f"orcid:{IRIS}"]
    assert found.cites == {("doi:10.1000/w", "doi:10.1000/r"), ("doi:10.1000/w", "savedrecs.txt:WOS:2")}


# --- folders, companions, manuscripts -------------------------------------------------------------------------------


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


# --- fairness, refusals, limits -------------------------------------------------------------------------------------


def test_nobody_is_refused_for_citing_a_paper_of_the_same_year(tmp_path: Path) -> None:
    text = """
@article{a, title={A}, author={A One}, year=2010, cites={b, c, d}}
@article{b, title={B}, author={B Two}, date={2010-11-30}}
@article{c, title={C}, author={C Three}, year=2011}
@article{d, title={D}, author={D Four}, year=2009}
@article{e, title={E}, author={E Five}, date={2010-03-05}, cites={f}}
@article{f, title={F}, author={F Six}, date={2010-03-06}}
"""
    found = read(tmp_path / "x.bib", text)
    assert found.cites == {("x.bib:a", "x.bib:b"), ("x.bib:a", "x.bib:d")}
    assert found.problems == {"references to a later document": 2}


def test_a_work_of_a_thousand_is_one_set_of_rows(tmp_path: Path) -> None:
    many = " and ".join(f"Name{n}x, Given" for n in range(1_000))
    text = f"""
@article{{a, title={{A}}, author={{{many}}}, year=2010, cites={{b}}}}
@article{{b, title={{B}}, author={{{many}}}, year=2009}}
"""
    found = read(tmp_path / "x.bib", text)
    assert len(found.tables["authorships"]) == 2_000
    assert len(found.tables["citations"]) == 1
    assert found.harvest.counts["works_over_50_authors"] == 2


def test_what_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "noise.bib").write_bytes(bytes(range(256)) * 16)
    (tmp_path / "empty.bib").write_text("")
    for place in ("empty", "noise.bib", "empty.bib", "missing.bib"):
        with pytest.raises(InputError) as refused:
            read(tmp_path / place)
        assert "\n" not in str(refused.value)
        assert refused.value.remedy


def test_a_file_that_is_too_large_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bibliography, "MAX_BYTES", 1_000)
    (tmp_path / "small.bib").write_text(entries("a"))
    (tmp_path / "large.bib").write_text(entries(*(f"k{n}" for n in range(100))))
    (tmp_path / "large.jsonl").write_text("\n".join(json.dumps(openalex_work(n)) for n in range(1, 20)))
    found = read(tmp_path)
    assert len(found.works) == 1 + 19
    assert found.problems["files that are too large"] == 1


def test_a_format_can_be_forced(tmp_path: Path) -> None:
    (tmp_path / "export.dat").write_text(entries("a"))
    assert read(tmp_path / "export.dat", format="bibtex").titles == ["T a"]
    (tmp_path / "other.ris").write_text(RIS)
    (tmp_path / "one.bib").write_text(entries("b"))
    assert read(tmp_path, format="bibtex").titles == ["T b"]


def test_hostile_text_comes_through_as_text(tmp_path: Path) -> None:
    hostile = "=cmd()'; DROP TABLE x; --<script>alert(1)</script>\u202e"
    found = read(
        tmp_path / "h.json",
        json.dumps([{"type": "book", "id": hostile, "title": hostile, "author": [{"literal": hostile}]}]),
    )
    assert found.titles == [" ".join(hostile.split())]
    assert found.tables["identities"][0]["display"].startswith("=cmd()'; DROP TABLE x; --<script>")


# --- whatever bytes come --------------------------------------------------------------------------------------------

SEEDS = [
    ("x.bib", BIB),
    ("x.ris", RIS),
    ("x.ciw", WOS),
    ("x.json", json.dumps(CSL)),
    ("x.json", json.dumps([crossref_work(1)], indent=1)),
    ("x.json", json.dumps({"results": [openalex_work(2), openalex_work(3)]})),
    ("x.jsonl", "\n".join(json.dumps(openalex_work(n)) for n in range(1, 4))),
    ("x.bib", BIB + PAPER),
]
NAMES = ["x.bib", "x.ris", "x.ciw", "x.json", "x.jsonl"]


@st.composite
def mangled(draw: st.DrawFn) -> tuple[bytes, str]:
    """Something like a bibliography: a good one with pieces cut, doubled, swapped or overwritten; and its name."""
    name, seed = draw(st.sampled_from(SEEDS))
    data = bytearray(seed.encode())
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        what = draw(st.sampled_from(["cut", "double", "write"]))
        if what == "cut":
            del data[start:end]
        elif what == "double":
            data[start:start] = data[start:end]
        else:
            data[start:end] = draw(
                st.one_of(st.binary(max_size=8), st.sampled_from([b"{", b"}", b'"', b"@", b"\\", b"\x00"]))
            )
    return bytes(data), name


def survives(data: bytes, name: str, folder: Path) -> None:
    for old in folder.iterdir():
        old.unlink()
    (folder / name).write_bytes(data)
    (folder / "paper.tex").write_bytes(data)
    (folder / "paper.md").write_bytes(data)
    try:
        found = Read(bibliography.read(folder))
    except InputError as error:
        if "\n" in str(error):
            raise
        return
    keys = {row["key"] for row in found.tables["identities"]}
    assert {row["identity"] for row in found.tables["authorships"]} <= keys
    assert {row["citing"] for row in found.tables["citations"]} <= set(found.works)
    counts = found.harvest.counts
    assert counts["references_found"] == sum(
        counts[f"references_{one}"] for one in ("resolved", "elsewhere", "refused")
    )


@given(st.one_of(mangled(), mangled(), st.tuples(st.binary(max_size=200), st.sampled_from(NAMES))))
@example((b"@a{" * 50, "x.bib"))
@example((b"\xff\xfe@", "x.bib"))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_bytes_break_a_reader(tmp_path: Path, file: tuple[bytes, str]) -> None:
    survives(*file, tmp_path)


@pytest.mark.soak
@given(st.one_of(mangled(), mangled(), st.tuples(st.binary(max_size=400), st.sampled_from(NAMES))))
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_bytes_break_a_reader_in_ten_thousand(tmp_path: Path, file: tuple[bytes, str]) -> None:
    survives(*file, tmp_path)
