"""`people.csv`: what a human says about who is who. Written for review, edited by hand, read back.

One row is one identity. Rows with the same `person` are one person, rows with different ones are two, whatever any
rule says; an identity without a row is left to the rules. `name` and `class` override what is worked out. Other
columns are for reading only.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from influence.errors import InputError

COLUMNS = ("person", "name", "class", "key", "rule", "sure", "perhaps", "note")
CLASSES = ("person", "bot", "agent")

#: A cell that starts so would be run by a spreadsheet; the apostrophe itself is escaped so that reading undoes it.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "|", "%")


#: Controls, and marks that turn the direction of the text after them.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_JSON = 'json:"'


@dataclass(frozen=True, slots=True)
class Override:
    """One row: an identity (key, e-mail address, login or name), and what is said about it; '' where nothing is."""

    key: str
    person: str = ""
    name: str = ""
    kind: str = ""
    note: str = ""
    line: int = 0


def escape(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula and that moves no terminal; `unescape` undoes it.

    >>> escape("=cmd()"), escape("\x1b[2J")
    ("'=cmd()", 'json:"\\\\u001b[2J"')
    """
    if _UNSAFE.search(cell) or cell.startswith(_JSON):
        return "json:" + json.dumps(cell)
    return f"'{cell}" if cell.startswith(_ACTIVE) else cell


def unescape(cell: str) -> str:
    """What `escape` was given."""
    if cell.startswith(_JSON):
        try:
            value = json.loads(cell.removeprefix("json:"))
        except ValueError:
            return cell
        return value if isinstance(value, str) else cell
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_ACTIVE) else cell


def read(path: Path) -> list[Override]:
    """Read a `people.csv`; comma, semicolon or tab, columns in any order, `key` needed.

    Raises
    ------
    InputError
        The file cannot be read, has no column `key`, names an unknown class, or says two things about one identity.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}", "check the path of people.csv") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8", "save it as CSV in UTF-8") from None
    with _any_field_size():
        try:
            rows = list(_rows(text))
        except csv.Error as error:
            raise InputError(f"{path} is no CSV file ({error})", "save it as CSV in UTF-8") from None
    if not rows:
        return []
    header = [cell.strip().casefold() for cell in rows[0][1]]
    if "key" not in header:
        raise InputError(
            f"{path} has no column `key`", "name the columns in its first line, at least `key` and `person`"
        )
    place = {name: header.index(name) for name in ("key", "person", "name", "class", "note") if name in header}
    found: dict[str, Override] = {}
    for line, row in rows[1:]:
        cells = {name: unescape(row[i]) if i < len(row) else "" for name, i in place.items()}
        kind = cells.get("class", "").strip().casefold()
        if kind and kind not in CLASSES:
            raise InputError(
                f"{path}, line {line}: class {_shown(kind)} is not known", f"use {', '.join(CLASSES)} or leave it empty"
            )
        if not any(cells.values()):
            continue
        one = Override(
            cells["key"], cells.get("person", "").strip(), cells.get("name", ""), kind, cells.get("note", ""), line
        )
        before = found.get(one.key)
        if before and (before.person, before.kind) != (one.person, one.kind):
            raise InputError(
                f"{path}: lines {before.line} and {line} say different things about {_shown(one.key)}",
                "keep one of them",
            )
        found.setdefault(one.key, one)
    return list(found.values())


def write(rows: Iterable[Sequence[str]], path: Path, overwrite: bool = False) -> None:
    """Write rows of `COLUMNS`, readable by the owner only, whole or not at all.

    Raises
    ------
    InputError
        The file is there already (somebody may have edited it) and `overwrite` is not set, or it cannot be written.
    """
    if path.exists() and not overwrite:
        raise InputError(f"{path} exists and may hold your edits", "choose another name or move it away")
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([escape(cell) for cell in row] for row in rows)
    try:
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror or error}", "choose a folder that you can write to"
        ) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text.getvalue())
        os.replace(scratch, path)
    except OSError as error:
        os.unlink(scratch)
        raise InputError(
            f"cannot write {path}: {error.strerror or error}", "make room or choose another folder"
        ) from None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells); the delimiter is the one that the header uses most."""
    head = text[: text.find("\n") + 1] or text
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    for row in reader:
        yield reader.line_num, row


@contextmanager
def _any_field_size() -> Iterator[None]:
    """Names may be longer than the csv module's default limit; the limit is the process's, so put it back."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _shown(text: str) -> str:
    """Somebody's text in an error: one line, no controls, not too long."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:60])
    return f"“{text}”"
