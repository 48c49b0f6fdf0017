"""Bibliographies as programs write them: entries, authors, dates and references; broken ones beside whole ones."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.documents import bibliography, publication_dates
from connectors.documents.identifiers import artifact, arxiv, doi, doi_in, namespace, openalex, orcid
from influence.errors import InputError
from tests.connectors.documents.bibliographies import IRIS, Read, read
from tests.connectors.documents.test_bibliography_json import CSL, crossref_work, openalex_work
from tests.connectors.documents.test_bibliography_tags import RIS, WOS
from tests.connectors.documents.test_bibtex import BIB
from tests.connectors.documents.test_manuscripts import PAPER, entries

# --- identifiers and dates --------------------------------------------------------------------------------------------


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


# --- fairness, refusals, limits ---------------------------------------------------------------------------------------


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


# --- whatever bytes come ----------------------------------------------------------------------------------------------

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
