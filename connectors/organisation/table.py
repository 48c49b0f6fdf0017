"""Reading a CSV file as people export it: any of the usual encodings and delimiters, a few lines before the header.

Nothing in a cell is ever evaluated: a formula is the text that it is.
"""

from __future__ import annotations

import csv
import io
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from influence.errors import InputError

#: A chart of a million people has about 200 MB; what is larger is not a chart.
MAX_BYTES = 512 << 20
#: Exports put a title and a date before the header; deeper than this nobody looks for it.
HEADER_WITHIN = 20
DELIMITERS = ",;\t|"
#: Cells that say nothing, in lower case.
BLANKS = frozenset(
    ["", "-", "--", "–", "—", "n/a", "#n/a", "na", "nan", "nat", "none", "null", "(blank)", "(none)", "(null)"]
)
#: Fields for which one column speaks: numbers of two kinds would be taken for each other.
SINGLE = frozenset(["id", "manager_id"])
_NOT_TEXT = (
    (b"PK\x03\x04", "an Excel workbook or another zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
)
_CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\r\f\x0b")


def quoted(text: str, limit: int = 60) -> str:
    """A cell for an error message: on one line, quoted, harmless on a terminal, at most `limit` characters."""
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return "'" + "".join(c if c.isprintable() else " " for c in shown) + "'"


def normal_header(text: str) -> str:
    """A header without case, spaces, underscores and punctuation.

    >>> normal_header("Manager's E-mail") == normal_header("managers_email") == "managersemail"
    True
    """
    text = unicodedata.normalize("NFKC", text).casefold().replace("#", "number")
    return "".join(c for c in text if c.isalnum())


def clean(cell: str) -> str:
    """A cell without what exports leave around it: blanks (also unbreakable ones) and invisible marks."""
    return cell.strip(" \t\r\n\f\x0b\xa0\u200b\u200e\u200f\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet shows it (the first line is 1) and its cells by field, best column first."""

    number: int
    cells: Mapping[str, tuple[str, ...]]

    def all(self, field: str) -> tuple[str, ...]:
        """Every cell of `field` that says something."""
        return self.cells.get(field, ())

    def get(self, field: str) -> str:
        """The first cell of `field` that says something, or ''."""
        found = self.cells.get(field)
        return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read: its rows, and how it was read."""

    rows: list[Row]
    fields: frozenset[str]
    encoding: str
    delimiter: str


def read(
    path: Path,
    headers: Mapping[str, Sequence[str]],
    required: Sequence[tuple[Sequence[str], str]],
) -> Sheet:
    """Read the CSV file at `path`.

    Parameters
    ----------
    path
        The file.
    headers
        Field -> the headers (as `normal_header` gives them) that name it, the most telling first.
    required
        What a header row must have: (any of these fields, the headers to name when there is none).

    Raises
    ------
    influence.errors.InputError
        When it is no CSV file, or has no such header.
    """
    data = _bytes(path)
    text, encoding = _decode(path, data)
    if not text.strip():
        raise InputError(f"{path} is empty", "export it again, with a header and one row for each person")
    lines, delimiter = _header(path, text, headers, required)
    number, header = next(lines)
    columns = _columns(header, headers)
    rows = []
    for number, cells in lines:
        if not any(map(clean, cells)):
            continue
        found: dict[str, tuple[str, ...]] = {}
        for field, places in columns.items():
            values = (clean(cells[place]) for place in places if place < len(cells))
            if kept := tuple(value for value in values if value.lower() not in BLANKS):
                found[field] = kept
        rows.append(Row(number, found))
    if not rows:
        raise InputError(f"{path} has a header and no rows", "export it again, with one row for each person")
    return Sheet(rows, frozenset(columns), encoding, delimiter)


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{path} is not a file", "name a CSV file")
        if status.st_size > MAX_BYTES:
            raise InputError(f"{path} has more than {MAX_BYTES >> 20} MB", "name the CSV file of the chart")
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", "check the path of the CSV file") from None
    except PermissionError:
        raise InputError(f"{path} cannot be read: permission denied", "ask for read access") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", "check the path of the CSV file") from None


def _decode(path: Path, data: bytes) -> tuple[str, str]:
    for magic, what in _NOT_TEXT:
        if data.startswith(magic):
            raise InputError(f"{path} is {what}, not CSV", "open it in a spreadsheet and save it as CSV (UTF-8)")
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Spelled out because one stray control character makes a file binary, while csv would read on.
        if not _CONTROLS.isdisjoint(text):
            break
        return text.removeprefix("\ufeff"), encoding
    raise InputError(f"{path} is not a text file", "save it as CSV (UTF-8)")


def _encodings(data: bytes) -> Sequence[str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if data.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    # UTF-16 without a mark: in a header of mostly Latin letters every second byte is zero.
    start = data[:400]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if min(even, odd) == 0 and max(even, odd) > len(start) // 4:
        return ("utf-16-be",) if even else ("utf-16-le",)
    # What Western Excel calls CSV is Windows-1252, of which Latin-1 is the part that decodes everything.
    return ("utf-8", "cp1252", "latin-1")


def _header(
    path: Path, text: str, headers: Mapping[str, Sequence[str]], required: Sequence[tuple[Sequence[str], str]]
) -> tuple[Iterator[tuple[int, list[str]]], str]:
    """The rows from the header on, read with the delimiter under which a header is recognised best."""
    delimiters = DELIMITERS
    first, _, rest = text.partition("\n")
    skipped = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        # What Excel writes so that Excel finds the delimiter.
        delimiters, text, skipped = first.strip()[4], rest, 1
    best: tuple[int, int, str] | None = None
    seen: list[str] = []
    for delimiter in delimiters:
        try:
            for index, (_, cells) in enumerate(_rows(path, text, delimiter, skipped)):
                if index >= HEADER_WITHIN:
                    break
                columns = _columns(cells, headers)
                if len(cells) > 1 and sum(map(bool, cells)) > len(seen):
                    seen = [cell for cell in map(clean, cells) if cell]
                found = len(columns)
                if all(any(field in columns for field in fields) for fields, _ in required) and (
                    best is None or found > best[0]
                ):
                    best = (found, index, delimiter)
        except InputError:
            # A wrong delimiter sees quotes where there are none: only the right one may complain.
            continue
    if best is None:
        columns = _columns(seen, headers)
        wanted = "; ".join(names for fields, names in required if not any(field in columns for field in fields))
        # Read once more as what it most likely is, so that a damaged file is not called one without headers.
        for _ in _rows(path, text, max(delimiters, key=text[:4096].count), skipped):
            pass
        names = ", ".join(quoted(name, 30) for name in seen[:12]) or quoted(first.strip())
        raise InputError(f"{path} has no header that says {wanted} (found: {names})", "rename the columns")
    _, index, delimiter = best
    lines = _rows(path, text, delimiter, skipped)
    for _ in range(index):
        next(lines)
    return lines, delimiter


def _rows(path: Path, text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Rows with their line numbers; strict, because a quote that is never closed would swallow people unseen."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                f"{path} is not readable as CSV from line {number} on ({error})", "check the quotes, or save it again"
            ) from None
        yield number, cells


def _columns(header: Sequence[str], headers: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    """Field -> its columns, the most telling first."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        places.setdefault(normal_header(name), []).append(place)
    columns = {field: [place for name in names for place in places.get(name, ())] for field, names in headers.items()}
    return {field: found[:1] if field in SINGLE else found for field, found in columns.items() if found}
