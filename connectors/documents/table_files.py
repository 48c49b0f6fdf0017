"""Reading a table from CSV or Parquet into Arrow, all columns that matter as text, whatever encoding and separator.

A row of a CSV file that has too many or too few cells is left out and counted. Nothing in a cell is evaluated.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.dataset as ds

from connectors.documents.author_names import unescaped
from connectors.documents.common import LONGEST_TITLE
from influence.errors import InputError

#: Column by the names that it goes by, as `normal` gives them, the most telling first.
Names = Mapping[str, Sequence[str]]
Refuse = Callable[[str, str, int], None]

SUFFIXES = (".csv", ".tsv", ".parquet")
#: A larger file is not held in memory.
MAX_BYTES = 8 << 30
_CHUNK = 16 << 20
#: Rows of Parquet that are unpacked at a time.
_ROWS = 1 << 15
#: A row is never longer: a quotation mark that nobody closes ends here.
_BLOCK = 8 << 20
_DELIMITERS = ",\t;|"
#: Between authors, and between their ids.
SEPARATOR = ";"


def normal(name: str) -> str:
    """A column's name without case, blanks and punctuation."""
    return re.sub(r"[\W_]+", "", name.casefold())


def find(folder: Path, stem: str) -> Path | None:
    """The file (or folder of Parquet parts) called `stem` in a folder; no links."""
    for name in (*(f"{stem}{suffix}" for suffix in SUFFIXES), stem):
        place = folder / name
        if not place.is_symlink() and (place.is_file() if name != stem else place.is_dir() and bool(_parts(place))):
            return place
    return None


def _parts(folder: Path) -> list[Path]:
    return sorted(part for part in folder.glob("*.parquet") if part.is_file() and not part.is_symlink())


def _links(folder: Path) -> list[Path]:
    return [part for part in folder.glob("*.parquet") if part.is_symlink()]


def read(
    path: Path, names: Names, given: Mapping[str, str], needed: Sequence[Sequence[str]], refuse: Refuse
) -> pa.Table:
    """The columns of a table that have a meaning, under the names of `names`.

    Parameters
    ----------
    path
        A CSV or Parquet file, or a folder of Parquet files.
    names
        Meaning -> names that a column of this meaning may have.
    given
        Meaning -> the name that the column has here, where the user says it.
    needed
        Meanings without which it is of no use: one of each group must be there.
    refuse
        Told of rows that are left out.

    Raises
    ------
    influence.errors.InputError
        When it cannot be read or lacks a column.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(f"{path} has over {MAX_BYTES >> 30} GB", "write it as Parquet, or split the corpus")
        if path.suffix.lower() in (".csv", ".tsv"):
            return _csv(path, names, given, needed, refuse)
        files = _parts(path) if path.is_dir() else [path]
        if path.is_dir():
            refuse("symbolic links", "parts of a table are files of its folder", len(_links(path)))
        data = ds.dataset([str(file) for file in files], format="parquet")
        columns = _columns(path, data.schema.names, names, given, needed)
        table = _within_bounds(path, data, sorted(set(columns.values())))
        return pa.table({meaning: table.column(name) for meaning, name in columns.items()})
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
        what = str(error).strip().splitlines()[0][:150] if str(error).strip() else type(error).__name__
        raise InputError(
            f"{path} cannot be read as a table: {what}", "write it again as CSV (UTF-8) or Parquet"
        ) from None


def _within_bounds(path: Path, data: ds.Dataset, columns: list[str]) -> pa.Table:
    """Columns of Parquet files, of which a few kilobytes may unpack to any size."""
    fields = [data.schema.field(name) for name in columns]
    schema = pa.schema([f.with_type(f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in fields])
    batches: list[pa.RecordBatch] = []
    size = 0
    for packed in data.to_batches(columns=columns, batch_size=_ROWS, batch_readahead=2):
        # A dictionary says a text once and means it a million times: only what it unpacks to can be measured.
        plain = [c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in packed.columns]
        batch = pa.record_batch(plain, schema)
        size += batch.nbytes
        if size > MAX_BYTES:
            raise InputError(f"{path} unpacks to over {MAX_BYTES >> 30} GB", "split the corpus")
        batches.append(batch)
    return pa.Table.from_batches(batches, schema)


def _columns(
    path: Path, header: Sequence[str], names: Names, given: Mapping[str, str], needed: Sequence[Sequence[str]]
) -> dict[str, str]:
    """Meaning -> the column that has it."""
    there = {normal(name): name for name in reversed(header)}
    found: dict[str, str] = {}
    for meaning, wanted in given.items():
        if meaning in names:
            if wanted not in header and normal(wanted) not in there:
                raise InputError(f"{path} has no column {wanted!r} (it has {_listed(header)})", "name one of these")
            found[meaning] = wanted if wanted in header else there[normal(wanted)]
    for meaning, some in names.items():
        if meaning not in found:
            match = next((there[name] for name in some if name in there and there[name] not in found.values()), None)
            if match is not None:
                found[meaning] = match
    for group in needed:
        if not any(meaning in found for meaning in group):
            raise InputError(
                f"{path} has no column for {' or '.join(group)} (it has {_listed(header)})",
                f"say which one it is: {group[0]}=NAME",
            )
    return found


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join("".join(c if c.isprintable() else " " for c in name[:40]) for name in header[:12])
    return shown + (", ..." if len(header) > 12 else "") or "none"


def _csv(
    path: Path, names: Names, given: Mapping[str, str], needed: Sequence[Sequence[str]], refuse: Refuse
) -> pa.Table:
    encoding, marks, ends = _looked_at(path)
    delimiter, header = _header(path, encoding, names, given)
    columns = _columns(path, header, names, given, needed)
    wanted = sorted(set(columns.values()))
    table: pa.Table | None = None
    left_out = 0
    try:
        table, left_out = _parsed(path, encoding, delimiter, header, wanted)
    except pa.ArrowInvalid:
        if not marks:
            raise
    if table is None or (marks and ends > table.num_rows + left_out + 1):
        # Cells of several lines, or a quotation mark that nobody closes, which swallows what comes after it: where
        # reading line by line finds more, it was the latter.
        lines, whole, broken = _lines(path, encoding, delimiter, len(header))
        if table is None or whole > table.num_rows:
            table, left_out = _parsed(pa.py_buffer(lines), "utf-8", ",", header, wanted)
            left_out += broken
    refuse("rows with too many or too few cells", "they do not fit the header", left_out)
    return pa.table({meaning: table.column(name) for meaning, name in columns.items()})


def _parsed(
    source: Any, encoding: str, delimiter: str, header: Sequence[str], wanted: Sequence[str]
) -> tuple[pa.Table, int]:
    """Columns of a CSV file after its header, and how many rows do not fit."""
    left_out = 0

    def skip(row: Any) -> str:
        nonlocal left_out
        left_out += 1
        return "skip"

    table = pacsv.read_csv(
        source if isinstance(source, Path) else pa.BufferReader(source),
        read_options=pacsv.ReadOptions(encoding=encoding, block_size=_BLOCK, column_names=header, skip_rows=1),
        parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), include_columns=wanted, strings_can_be_null=False
        ),
    )
    return table, left_out


def _lines(path: Path, encoding: str, delimiter: str, width: int) -> tuple[bytes, int, int]:
    """The rows that are whole on their line, as CSV (UTF-8, commas), how many these are, and how many are not."""
    whole = broken = 0
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    with path.open(encoding=encoding, errors="replace", newline="\n") as stream:
        while line := stream.readline(_BLOCK):
            try:
                cells = next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter, strict=True), [])
            except csv.Error:
                cells = [""] * (width + 1)
            if len(cells) == width:
                writer.writerow(cells)
                whole += 1
            else:
                broken += bool(cells)
    return out.getvalue().encode("utf-8", "replace"), whole - 1, broken


def _looked_at(path: Path) -> tuple[str, int, int]:
    """The encoding of a text file, and how many quotation marks and ends of lines it has."""
    marks = ends = 0
    encoding = "utf-8"
    with path.open("rb") as stream:
        start = stream.read(4)
        if not start:
            raise InputError(f"{path} is empty", "it needs a header and rows")
        if start.startswith((b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")):
            raise InputError(f"{path} is no CSV file", "save it as CSV (UTF-8), not packed")
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            encoding = "utf-16"
        stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        while chunk := stream.read(_CHUNK):
            marks += chunk.count(b'"')
            ends += chunk.count(b"\n")
            if encoding == "utf-8":
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    encoding = "latin-1"
        if encoding == "utf-8":
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                encoding = "latin-1"
    return encoding, marks, ends


def _header(path: Path, encoding: str, names: Names, given: Mapping[str, str]) -> tuple[str, list[str]]:
    """The separator under which most columns are recognised, and the header."""
    with path.open(encoding=encoding, errors="replace", newline=None) as stream:
        line = stream.readline(1 << 20).rstrip("\n").removeprefix("\ufeff")
    if "\x00" in line:
        raise InputError(f"{path} is no text file", "save it as CSV (UTF-8)")
    known = {name for some in names.values() for name in some} | {normal(name) for name in given.values()}
    best = max(
        _DELIMITERS, key=lambda d: (sum(normal(cell) in known for cell in _cells(line, d)), line.count(d), d == ",")
    )
    cells = _cells(line, best)
    # A name that stands twice, or none, would be no name of a column.
    header: list[str] = []
    for place, cell in enumerate(cells):
        header.append(cell if cell and cell not in header else f"{cell} ({place + 1})")
    return best, header


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"').strip() for cell in line.split(delimiter)]


def texts(column: pa.ChunkedArray) -> pa.Array:
    """A column as text without blanks around it; null becomes ''."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], column.type)
    if pa.types.is_floating(array.type) and pc.all(pc.equal(array, pc.round(array)), min_count=0).as_py():
        array = array.cast(pa.int64())  # numbers of papers among which one was missing
    if not pa.types.is_string(array.type):
        array = array.cast(pa.string())
    return pc.utf8_trim_whitespace(pc.fill_null(array, ""))


def each(column: pa.Array, change: Any) -> pa.Array:
    """A function of text applied to every value, each different one once."""
    codes = column.dictionary_encode()
    changed = pa.array([change(text) for text in codes.dictionary.to_pylist()], pa.string())
    return changed.take(codes.indices)


def clipped(table: pa.Table, name: str, size: int) -> pa.Array:
    """A column of text that is shown, not too long; '' where there is none."""
    if name not in table.column_names:
        return pa.array([""] * size, pa.string())
    return pc.replace_substring(pc.utf8_slice_codeunits(texts(table.column(name)), 0, LONGEST_TITLE), "\x00", "\ufffd")


def or_null(column: pa.Array) -> pa.Array:
    """A column of text in which '' is null."""
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def lists(table: pa.Table, name: str, size: int) -> list[list[str]]:
    """A column of lists, or of texts with semicolons; [] where there is none."""
    if name not in table.column_names:
        return [[] for _ in range(size)]
    column = table.column(name)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return [["" if one is None else str(one) for one in row or ()] for row in column.to_pylist()]
    # An empty place counts: it keeps names and ids in step.
    rows = texts(column).to_pylist()
    return [[one.strip() for one in unescaped(row).split(SEPARATOR)] if row else [] for row in rows]
