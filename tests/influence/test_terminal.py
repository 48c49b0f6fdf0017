"""Nothing that others wrote can steer the terminal, and what we print still says what they wrote."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
import unicodedata
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from influence.terminal import csv_text, progress, safe, safe_json, table

ROOT = Path(__file__).resolve().parents[2]
DANGEROUS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
ANY_TEXT = st.text(st.characters(categories=None) | st.sampled_from("\x1b\x9b\x07\r\u202e\u200d\ufeff\ud800=+-@"))


@given(ANY_TEXT)
@example("\x1b[31mred\x1b]0;title\x07")
def test_nothing_printed_can_steer_a_terminal(text: str) -> None:
    shown = safe(text)
    left = {character for character in shown if unicodedata.category(character) in DANGEROUS}
    assert left <= {"\u200c", "\u200d"}
    assert safe(shown) == shown


def test_no_dangerous_character_is_forgotten() -> None:
    every = "".join(chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in DANGEROUS)
    assert set(safe(every)) & set(every) == {"\u200c", "\u200d"}


def test_what_cannot_harm_stays_as_it_is() -> None:
    for text in ("Zoë Łukasz-O'Brien", "李小龍", "می‌خواهم", "👩‍💻 <a@b.c>", "a\\b"):
        assert safe(text) == text
    assert safe("a\x1b[2Jb\u202ec\x9b") == "a\\x1b[2Jb\\u202ec\\x9b"


@given(st.dictionaries(ANY_TEXT, ANY_TEXT))
def test_json_made_harmless_says_the_same(value: dict[str, str]) -> None:
    text = safe_json(json.dumps(value, ensure_ascii=False, indent=2))
    assert json.loads(text) == value
    left = {character for character in text if unicodedata.category(character) in DANGEROUS}
    assert left <= {"\u200c", "\u200d", "\n"}


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT)))
@example([("=cmd|'/c calc'!A1", " \u200c@SUM(1)")])
def test_no_spreadsheet_takes_a_cell_for_a_formula(rows: list[tuple[str, str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(["a", "b"], rows))))
    assert len(read) == len(rows) + 1
    for cells, row in zip(read[1:], rows, strict=True):
        for cell, value in zip(cells, row, strict=True):
            assert cell.lstrip()[:1] not in tuple("=+-@")
            assert cell in (safe(value), "'" + safe(value))


def test_columns_line_up_whatever_the_script() -> None:
    text = table(["name", "n"], [["李小龍", 1], ["Zoe\u0301", 20], ["x" * 50, 300]], right=["n"], widest=10)
    ends = []
    for line in text.splitlines():
        ends.append(sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in line))
    assert len(set(ends)) == 1
    assert "x" * 9 + "…" in text


def test_no_progress_where_nobody_watches(capsys) -> None:
    with progress() as report:
        report("reading", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_how_far_and_how_long() -> None:
    program = (
        "import time\nfrom influence.terminal import progress\n"
        "with progress() as report:\n"
        "    for i in range(4):\n        report('reading \\x1b[31mswift', i, 4)\n        time.sleep(.12)\n"
        "    print('on stdout')\n"
    )
    parent, child = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=child,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        check=True,
    )
    os.close(child)
    seen = b""
    while True:
        try:
            read = os.read(parent, 65536)
        except OSError:
            break
        if not read:
            break
        seen += read
    os.close(parent)
    assert done.stdout == b"on stdout\n"
    assert b"reading \\x1b[31mswift" in seen
    assert b"3 of 4" in seen
    assert b"0:00:0" in seen  # the time left
