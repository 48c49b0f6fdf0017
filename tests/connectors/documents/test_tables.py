"""Tables of works and citations: the same rows as the builder makes, fast, from whatever file people have."""

from __future__ import annotations

import csv
import datetime as dt
import random
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from connectors.documents import publication_dates, table_files, tables
from connectors.documents.author_names import parse
from connectors.documents.authors import Mention, tell_apart
from connectors.documents.common import Corpus, Reference, Work
from connectors.documents.identifiers import artifact, namespace
from influence.errors import InputError
from influence.schema import TABLES, Checkpoint
from influence.workspace import Workspace

Rows = list[dict[str, str]]


def write(folder: Path, works: Rows, citations: Rows, **options: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in (("works", works), ("citations", citations)):
        header = list(dict.fromkeys(key for row in rows for key in row))
        with (folder / f"{name}.csv").open("w", newline="", encoding=options.get("encoding", "utf-8")) as stream:
            writer = csv.DictWriter(stream, header, delimiter=options.get("delimiter", ","), restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def rows(checkpoint: Checkpoint, table: str) -> list[dict[str, Any]]:
    assert checkpoint.tables[table].schema == TABLES[table].arrow
    found: list[dict[str, Any]] = checkpoint.tables[table].to_pylist()
    return found


def problems(checkpoint: Checkpoint) -> dict[str, int]:
    return {what: count for what, count, _ in checkpoint.harvest.problems}


WORKS = [
    {"id": "a", "title": "Alpha", "date": "2001-02-03", "authors": "van der Berg, Jan; Cheng Y", "author_ids": ""},
    {"id": "b", "title": '=HYPERLINK("x")', "date": "2003", "authors": "Ada Lovelace;Alan Turing", "author_ids": "7;"},
    {"id": "10.1000/C", "title": "", "date": "2002-05", "authors": "Ada Lovelace", "author_ids": "7"},
    {"id": "d", "title": "<b>D</b>", "date": "", "authors": "", "author_ids": "0000-0002-1825-0097"},
    {"id": "b", "title": "twice", "date": "2003", "authors": "X Y"},
    {"id": "", "title": "no id", "date": "2003", "authors": "X Y"},
]
CITATIONS = [
    {"citing": "b", "cited": "a"},
    {"citing": "b", "cited": "https://doi.org/10.1000/c"},
    {"citing": "b", "cited": "a"},
    {"citing": "b", "cited": "b"},
    {"citing": "a", "cited": "b"},
    {"citing": "b", "cited": "zzz"},
    {"citing": "b", "cited": "10.1000/elsewhere"},
    {"citing": "zzz", "cited": "a"},
    {"citing": "d", "cited": "a"},
    {"citing": "b", "cited": "d"},
]


def test_tables(tmp_path: Path) -> None:
    made = tables.read(write(tmp_path / "mine", WORKS, CITATIONS))
    assert made.harvest.source == "documents:mine"
    assert made.harvest.contact == "coauthors"
    assert [(row["id"], row["created"], row["title"]) for row in rows(made, "artifacts")] == [
        ("mine:a", dt.datetime(2001, 2, 3), "Alpha"),
        ("mine:b", dt.datetime(2003, 7, 1), '=HYPERLINK("x")'),
        ("doi:10.1000/c", dt.datetime(2002, 5, 15), "(no title)"),
        ("mine:d", None, "<b>D</b>"),
    ]
    assert [(row["artifact"], row["identity"], row["share"]) for row in rows(made, "authorships")] == [
        ("mine:a", "author:Jan van der Berg", 0.5),
        ("mine:a", "author:Y. Cheng [mine:a]", 0.5),
        ("mine:b", "mine:7", 0.5),
        ("mine:b", "author:Alan Turing", 0.5),
        ("doi:10.1000/c", "mine:7", 1.0),
        ("mine:d", "orcid:0000-0002-1825-0097", 1.0),
    ]
    assert {(row["citing"], row["cited"]) for row in rows(made, "citations")} == {
        ("mine:b", "mine:a"),
        ("mine:b", "doi:10.1000/c"),
        ("mine:b", "doi:10.1000/elsewhere"),
        ("mine:b", "mine:d"),
    }
    # Nobody dated it: it was there when it was cited.
    assert rows(made, "authorships")[-1]["visible"] == dt.datetime(2003, 7, 1)
    assert problems(made) == {
        "works without an id": 1,
        "documents whose number or id another has": 1,
        "citations by a work that is not there": 1,
        "references of documents to themselves": 1,
        "references to a later document": 1,
        "references to what is not there": 1,
        "references without a date": 1,
    }
    workspace = Workspace(tmp_path / "w.duckdb")
    workspace.commit(made)
    with workspace.read() as connection:
        assert connection.execute("SELECT count(*) FROM citations").fetchall() == [(4,)]


def by_corpus(folder: Path, works: Rows, citations: Rows) -> Checkpoint:
    """The oracle: the same rows through the builder, one work at a time."""
    label = folder.name
    space = namespace(label)
    corpus = Corpus(f"documents:{label}", label, str(folder), "documents")
    kept: dict[str, dict[str, str]] = {}
    for row in works:
        if not row["id"].strip():
            corpus.refuse("works without an id", "nothing could cite them")
        elif artifact(row["id"], space) in kept:
            corpus.refuse("documents whose number or id another has", "the first one was kept")
        else:
            kept[artifact(row["id"], space)] = row
    bylines = [
        [Mention(name) for one in row["authors"].split(";") if (name := parse(one)).display] for row in kept.values()
    ]
    told = tell_apart(list(kept), bylines)
    cited: dict[str, list[Reference]] = {}
    for row in citations:
        when = publication_dates.read(row.get("date", ""))[0]
        reference = Reference(artifact(row["cited"], space), "reference", when)
        by = artifact(row["citing"], space)
        if by in kept:
            cited.setdefault(by, []).append(reference)
        else:
            corpus.refuse("citations by a work that is not there", "the table of works does not have it")
    for position, (one, row) in enumerate(kept.items()):
        created, precision = publication_dates.read(row["date"])
        corpus.add(
            Work(
                one,
                "paper",
                row["title"].strip() or "(no title)",
                created,
                authors=told.byline(position),
                references=cited.get(one, []),
                precision=precision,
            )
        )
    return corpus.checkpoint()


ids = st.sampled_from(["a", "b", "c", "d", "e", "10.1000/X", "doi:10.1000/x", "zzz", ""])
dates = st.sampled_from(["", "2001", "2002", "2002-03", "2002-03-04", "2002-09-30", "2003", "9999", "nonsense"])
works_of = st.lists(
    st.fixed_dictionaries(
        {
            "id": ids,
            "title": st.sampled_from(["", "T", "a, b", 'q"q', "two\nlines"]),
            "date": dates,
            "authors": st.lists(
                st.sampled_from(["Ada Lovelace", "Turing, Alan", "Cheng Y", "Y. Cheng", "et al."]), max_size=3
            ).map("; ".join),
        }
    ),
    min_size=1,
    max_size=7,
)
citations_of = st.lists(
    st.fixed_dictionaries(
        {"citing": ids, "cited": ids.filter(bool), "date": st.sampled_from(["", "", "2002-05-06", "2005"])}
    ),
    min_size=1,
    max_size=12,
)


def agrees(folder: Path, works: Rows, citations: Rows) -> None:
    assume(any(row["id"] for row in works))
    made = tables.read(write(folder, works, citations))
    expected = by_corpus(folder, works, citations)
    for name, table in expected.tables.items():
        if name != "authority":
            a, b = (sorted(map(repr, map(rounded, one.to_pylist()))) for one in (made.tables[name], table))
            assert a == b, name
    counts = {k: v for k, v in made.harvest.counts.items() if k in expected.harvest.counts}
    assert counts == expected.harvest.counts
    assert made.harvest.problems == expected.harvest.problems
    assert (made.harvest.first, made.harvest.last) == (expected.harvest.first, expected.harvest.last)


def rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 9) if isinstance(value, float) else value for key, value in row.items()}


@given(works_of, citations_of)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_rows_are_those_of_the_builder(tmp_path: Path, works: Rows, citations: Rows) -> None:
    agrees(tmp_path / "x", works, citations)


@pytest.mark.soak
@given(works_of, citations_of)
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_rows_are_those_of_the_builder_in_ten_thousand(tmp_path: Path, works: Rows, citations: Rows) -> None:
    agrees(tmp_path / "x", works, citations)


def same(a: Checkpoint, b: Checkpoint) -> bool:
    return all(rows(a, name) == rows(b, name) for name in ("artifacts", "authorships", "citations"))


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_encodings_and_separators(delimiter: str, encoding: str, tmp_path: Path) -> None:
    works = [{"id": "ä", "title": 'Über, "alles"; und\nmehr', "year": "2001", "authors": "Jörg Müller; Åse Ås"}]
    works += [{"id": "b", "title": "B", "year": "2002", "authors": "Ada Lovelace"}]
    folder = write(tmp_path / "x", works, [{"citing": "b", "cited": "ä"}], delimiter=delimiter, encoding=encoding)
    made = tables.read(folder)
    assert rows(made, "artifacts")[0]["title"] == works[0]["title"]
    assert [row["identity"] for row in rows(made, "authorships")][:2] == ["author:Jörg Müller", "author:Åse Ås"]
    assert [(row["citing"], row["cited"]) for row in rows(made, "citations")] == [("x:b", "x:ä")]


def test_parquet_gives_the_same(tmp_path: Path) -> None:
    works = [{**row, "author_ids": row.get("author_ids", "")} for row in WORKS]
    from_csv = tables.read(write(tmp_path / "mine", works, CITATIONS))
    folder = tmp_path / "other" / "mine"
    (folder / "works").mkdir(parents=True)
    half = len(works) // 2
    for number, part in enumerate((works[:half], works[half:])):
        pq.write_table(pa.Table.from_pylist(part), folder / "works" / f"part-{number}.parquet")
    pq.write_table(pa.Table.from_pylist(CITATIONS), folder / "citations.parquet")
    assert same(from_csv, tables.read(folder))


def test_parquet_with_types_of_its_own(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "paper_id": [1.0, 2.0, 3.0],
            "publication_date": pd.to_datetime(["2001-02-03", "2002-02-03", None]),
            "year": [2001, 2002, 2003],
            "authors": [["Ada Lovelace"], ["Alan Turing", "Ada Lovelace"], []],
        }
    )
    frame.to_parquet(tmp_path / "works.parquet")
    pd.DataFrame({"from": [2, 3, 3], "to": [1, 1, None]}).to_parquet(tmp_path / "citations.parquet")
    made = tables.read(tmp_path, label="x")
    assert [(row["id"], row["created"]) for row in rows(made, "artifacts")] == [
        ("x:1", dt.datetime(2001, 2, 3)),
        ("x:2", dt.datetime(2002, 2, 3)),
        ("x:3", dt.datetime(2003, 7, 1)),
    ]
    assert len(rows(made, "authorships")) == 3
    assert {(row["citing"], row["cited"]) for row in rows(made, "citations")} == {("x:2", "x:1"), ("x:3", "x:1")}


def test_columns_of_other_names(tmp_path: Path) -> None:
    works = [
        {"Nummer": "1", "Jahr": "2001", "Wer": "Ada Lovelace"},
        {"Nummer": "2", "Jahr": "2002", "Wer": "Alan Turing"},
    ]
    folder = write(tmp_path / "x", works, [{"Von": "2", "Nach": "1"}])
    with pytest.raises(InputError, match="has no column for id"):
        tables.read(folder)
    given_names = {"id": "Nummer", "year": "Jahr", "authors": "Wer", "citing": "Von", "cited": "Nach"}
    made = tables.read(folder, columns=given_names)
    assert [(row["citing"], row["cited"]) for row in rows(made, "citations")] == [("x:2", "x:1")]
    assert made.harvest.options["columns"] == given_names
    with pytest.raises(InputError, match="no column 'Nope'"):
        tables.read(folder, columns={**given_names, "id": "Nope"})
    with pytest.raises(InputError, match="no column 'colour' to name"):
        tables.read(folder, columns={"colour": "red"})


def test_what_does_not_fit_is_left_out_and_counted(tmp_path: Path) -> None:
    folder = write(tmp_path / "x", WORKS[:1], CITATIONS[:1])
    (folder / "works.csv").write_text(
        "id,year,authors\na,2001,Ada Lovelace\nb,2002\nc,2003,Alan Turing,more\nd,2004,Alan Turing\n"
    )
    (folder / "citations.csv").write_text("citing,cited\nd,a\nd\n\nd,a,x\n")
    made = tables.read(folder)
    assert [row["id"] for row in rows(made, "artifacts")] == ["x:a", "x:d"]
    assert len(rows(made, "citations")) == 1
    assert problems(made)["rows with too many or too few cells"] == 4


def test_a_quotation_mark_that_nobody_closes(tmp_path: Path) -> None:
    folder = write(tmp_path / "x", WORKS[:1], CITATIONS[:1])
    lines = [f"p{n},2001,Title {n},Person{n % 7}x Name" for n in range(2_000)]
    lines[3] = 'p3,2001,"never closed,Ada Lovelace'
    (folder / "works.csv").write_text("id,year,title,authors\n" + "\n".join(lines) + "\n")
    (folder / "citations.csv").write_text("citing,cited\np1,p2\n")
    made = tables.read(folder)
    assert len(rows(made, "artifacts")) == 1_999
    assert problems(made) == {"rows with too many or too few cells": 1}
    # Two of them in a row that looks whole.
    lines[9] = 'p9,2001,"never closed either,Ada Lovelace'
    (folder / "works.csv").write_text("id,year,title,authors\n" + "\n".join(lines) + "\n")
    made = tables.read(folder)
    assert len(rows(made, "artifacts")) == 1_998
    assert problems(made) == {"rows with too many or too few cells": 2}


def test_author_ids_that_do_not_fit_are_not_taken(tmp_path: Path) -> None:
    works = [{"id": "a", "year": "2001", "authors": "Ada Lovelace; Alan Turing", "author_ids": "1"}]
    made = tables.read(write(tmp_path / "x", works, [{"citing": "a", "cited": "a"}]))
    assert [row["identity"] for row in rows(made, "authorships")] == ["author:Ada Lovelace", "author:Alan Turing"]
    assert problems(made)["lists of author ids"] == 1


def test_a_folder_called_like_a_series_makes_no_proposals(tmp_path: Path) -> None:
    made = tables.read(write(tmp_path / "pep", WORKS[:1], [{"citing": "a", "cited": "8"}]))
    assert rows(made, "artifacts")[0]["id"] == "pep-corpus:a"
    assert not rows(made, "citations")


@pytest.mark.parametrize("what", ["missing", "empty", "noise", "zip", "folder", "nothing in it", "links"])
def test_what_cannot_be_read_is_one_line(what: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "x", WORKS[:1], CITATIONS[:1])
    place = folder / "works.csv"
    place.unlink()
    if what == "empty":
        place.write_text("")
    elif what == "noise":
        place.write_bytes(bytes(range(256)) * 20)
    elif what == "zip":
        place.write_bytes(b"PK\x03\x04rest")
    elif what == "folder":
        place.mkdir()
    elif what == "nothing in it":
        (folder / "works.parquet").write_bytes(b"PAR1")
    elif what == "links":
        place.symlink_to("/etc/hostname")
    with pytest.raises(InputError) as refused:
        tables.read(folder)
    assert "\n" not in str(refused.value)
    assert refused.value.remedy


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_files, "MAX_BYTES", 20)
    with pytest.raises(InputError, match="GB"):
        tables.read(write(tmp_path / "x", WORKS, CITATIONS))


def test_parquet_that_unpacks_to_more_than_it_is_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    title = pa.DictionaryArray.from_arrays(pa.array([0] * 3_000, pa.int32()), ["x" * 10_000])
    works = {"id": pa.array([str(n) for n in range(3_000)]), "title": title, "authors": pa.array(["Ann One"] * 3_000)}
    pq.write_table(pa.table(works), tmp_path / "works.parquet")
    pq.write_table(pa.table({"citing": ["1"], "cited": ["2"]}), tmp_path / "citations.parquet")
    assert tables.read(tmp_path).harvest.counts["documents"] == 3_000
    monkeypatch.setattr(table_files, "MAX_BYTES", 1 << 20)
    assert (tmp_path / "works.parquet").stat().st_size < 1 << 20
    with pytest.raises(InputError, match="unpacks to over"):
        tables.read(tmp_path)


def test_no_part_of_a_table_lies_outside_of_its_folder(tmp_path: Path) -> None:
    here, there = tmp_path / "corpus", tmp_path / "secret.parquet"
    (here / "works").mkdir(parents=True)
    pq.write_table(pa.table({"id": ["1"], "authors": ["Ann One"]}), here / "works" / "0.parquet")
    pq.write_table(pa.table({"citing": ["1"], "cited": ["2"]}), here / "citations.parquet")
    pq.write_table(pa.table({"id": ["2"], "authors": ["Not Ours"]}), there)
    (here / "works" / "1.parquet").symlink_to(there)
    made = tables.read(here)
    assert made.tables["artifacts"]["id"].to_pylist() == ["corpus:1"]
    assert ("symbolic links", 1) in [(what, count) for what, count, _ in made.harvest.problems]
    (here / "works" / "0.parquet").unlink()
    assert not tables.recognise(here)


def test_columns_that_are_no_text_are_one_line(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [{"a": 1}], "authors": ["Ann One"]}), tmp_path / "works.parquet")
    pq.write_table(pa.table({"citing": ["1"], "cited": ["2"]}), tmp_path / "citations.parquet")
    with pytest.raises(InputError, match="cannot be read as tables"):
        tables.read(tmp_path)


@given(st.binary(max_size=300), st.sampled_from(["works.csv", "citations.csv", "works.parquet"]))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_bytes_break_the_reader(tmp_path: Path, data: bytes, name: str) -> None:
    folder = write(tmp_path / "x", WORKS, CITATIONS)
    (folder / "works.parquet").unlink(missing_ok=True)
    if name.endswith("parquet"):
        (folder / "works.csv").unlink()
    start = b"id,authors,citing,cited\n" if name.endswith("csv") else b""
    (folder / name).write_bytes(start + data)
    try:
        made = tables.read(folder)
    except InputError as error:
        if "\n" in str(error):
            raise
        return
    assert {row["citing"] for row in rows(made, "citations")} <= {row["id"] for row in rows(made, "artifacts")}


def corpus_of(folder: Path, works: int, citations: int) -> Path:
    folder.mkdir()
    draw = random.Random(14)
    people = [f"Family{n // 40}x, Given{n % 40}y" for n in range(works // 2)]
    with (folder / "works.csv").open("w") as stream:
        stream.write("id,title,year,authors\n")
        for n in range(works):
            names = ";".join(draw.choices(people, k=draw.randint(1, 5)))
            stream.write(f'p{n},"Title, number {n}",{1980 + 40 * n // works},"{names}"\n')
    with (folder / "citations.csv").open("w") as stream:
        stream.write("citing,cited\n")
        for _ in range(citations):
            citing = draw.randrange(1, works)
            stream.write(f"p{citing},p{draw.randrange(citing)}\n")
    return folder


def test_a_large_corpus_is_read_whole_columns_at_a_time(tmp_path: Path) -> None:
    folder = corpus_of(tmp_path / "x", 5_000, 50_000)
    start = time.process_time()
    made = tables.read(folder)
    assert made.harvest.counts["references_resolved"] > 49_000
    assert time.process_time() - start < 60


@pytest.mark.soak
def test_a_hundred_thousand_works_and_a_million_citations(tmp_path: Path) -> None:
    folder = corpus_of(tmp_path / "x", 100_000, 1_000_000)
    start = time.process_time()
    made = tables.read(folder)
    assert made.harvest.counts["documents"] == 100_000
    assert time.process_time() - start < 120
