"""Bibliographies as JSON: CSL, Crossref, OpenAlex."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from connectors.documents import openalex_json
from influence.errors import InputError
from tests.connectors.documents.bibliographies import IRIS, read

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
