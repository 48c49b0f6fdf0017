"""What the command line prints: names made harmless, plain tables, and progress on a terminal's stderr only."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TextIO

from influence.schema import Progress, no_progress

# Controls (C0, DEL, C1), lone surrogates, line separators, and the invisible formatting characters that reorder or
# hide text. The two joiners stay: Persian, Indic scripts and emoji are written with them.
_CANDIDATE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_FORMULA = re.compile(r"^(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")
_JOINERS = "\u200c\u200d"


def safe(text: object) -> str:
    """`text` on one line, with whatever could steer a terminal spelled out (``\\x1b`` for an escape).

    Names, titles and paths come out of other people's histories: nothing of theirs may move the cursor, recolour,
    reorder or hide what is printed.
    """
    return _CANDIDATE.sub(_spell, str(text))


def safe_json(text: str) -> str:
    """A JSON document that still says the same, its dangerous characters written as JSON escapes."""
    return _CANDIDATE.sub(lambda match: match[0] if match[0] in _JOINERS + "\n" else _json_escape(match[0]), text)


def _spell(match: re.Match[str]) -> str:
    character = match[0]
    if character in _JOINERS:
        return character
    if character in "\t\n\r":
        return {"\t": " ", "\n": "\\n", "\r": "\\r"}[character]
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _json_escape(character: str) -> str:
    code = ord(character)
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


@lru_cache(maxsize=4096)
def _cells(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    return sum(
        0 if unicodedata.combining(character) or character in _JOINERS
        else 2 if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )  # fmt: skip


def _clip(text: str, width: int) -> str:
    if _cells(text) <= width:
        return text
    while text and _cells(text) > width - 1:
        text = text[:-1]
    return text + "…"


def table(
    header: Sequence[str], rows: Sequence[Sequence[object]], *, right: str | Sequence[str] = (), widest: int = 36
) -> str:
    """Columns in plain text, made safe; a cell wider than `widest` columns is cut, the last column never.

    Parameters
    ----------
    header
        Column names.
    rows
        Cells; each is printed with `str`.
    right
        Names of the columns that are set flush right; in one text, separated by spaces.
    """
    names = right.split() if isinstance(right, str) else right
    flush = {index for index, name in enumerate(header) if name in names}
    last = len(header) - 1
    lines = [
        [_clip(safe(cell), widest) if index != last else safe(cell) for index, cell in enumerate(row)]
        for row in [header, *rows]
    ]
    widths = [max(_cells(line[index]) for line in lines) for index in range(len(header))]
    out = []
    for line in lines:
        cells = []
        for index, cell in enumerate(line):
            pad = " " * (widths[index] - _cells(cell))
            cells.append(pad + cell if index in flush else cell + pad)
        out.append("  ".join(cells).rstrip())
    return "\n".join(out)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV document in which no cell can move a terminal or run in a spreadsheet (OWASP, CSV injection).

    A quote goes before text that starts as a formula does, and text is always quoted, so that a spreadsheet of
    another locale finds no separator of its own in it. E-mail addresses stay.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    for row in (header, *rows):
        writer.writerow([cell if isinstance(cell, (int, float)) else _FORMULA.sub("'", safe(cell), 1) for cell in row])
    return out.getvalue()


def say(text: str = "") -> None:
    """Print `text` (already made safe) on stdout."""
    _write(sys.stdout, text)


def warn(text: str) -> None:
    """Print `text` (already made safe) on stderr."""
    _write(sys.stderr, text)


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


@contextmanager
def progress() -> Iterator[Progress]:
    """Bars with the time left, on stderr and only where that is a terminal; elsewhere nothing is written.

    Each text that is reported on gets a bar; one whose total is not known shows how much is done.
    """
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True, width=min(shutil.get_terminal_size().columns, 110))
    bars = Bars(
        TextColumn("{task.fields[what]}", markup=False),
        BarColumn(bar_width=28),
        TextColumn("{task.fields[count]}", markup=False),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    tasks: dict[str, TaskID] = {}

    def report(what: str, done: int, total: int | None) -> None:
        count = f"{done:,} of {total:,}" if total is not None else f"{done:,}"
        if what not in tasks:
            for task in tasks.values():
                bars.update(task, visible=False)
            tasks[what] = bars.add_task("", total=total, what=safe(what), count=count)
        bars.update(tasks[what], completed=done, total=total, count=count)

    with bars:
        yield report
