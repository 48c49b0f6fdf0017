"""What others wrote must come out harmless: controls, reordering, addresses, formulas, markup in JSON."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influence.errors import InputError
from reports import safety

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
nasty = st.text(st.characters(codec=None) | st.sampled_from("@=+-\x1b\u202e\u2028<>&\"'\ud800\x9b\t\n;,|.a"))


@given(nasty)
def test_plain_text_has_no_control_no_reordering_no_address_and_is_valid(text: str) -> None:
    clean = safety.plain(text)
    clean.encode("utf-8")
    assert not BIDI & set(clean)
    assert not [c for c in clean if unicodedata.category(c) == "Cc" or c in "\u2028\u2029"]
    assert not ADDRESS.search(clean)


@pytest.mark.parametrize(
    "name",
    [
        "Ines Abara",
        "José Núñez",
        "王小明",
        "عمر حداد",
        "Zoë O'Neill-Smith",
        "R. \u05d0\u05d1",
        "नेहा\u200d",
        "👩🏽\u200d💻 dev",
    ],
)
def test_real_names_stay_as_they_are(name: str) -> None:
    assert safety.plain(name) == name


def test_a_control_character_is_shown_not_hidden() -> None:
    assert safety.plain("\x1b[31mred\x1b[0m\x07") == "␛[31mred␛[0m␇"
    assert safety.plain("a\x9b31mb") == "a\ufffd31mb"


def test_a_tower_of_marks_is_cut() -> None:
    assert len(safety.plain("e" + "\u0301" * 500)) == 4


def test_lone_surrogates_do_not_stop_the_writing(tmp_path: Path) -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    safety.write_private(tmp_path / "x", safety.plain(name))
    assert (tmp_path / "x").read_text(encoding="utf-8") == "caf\ufffd"


@given(st.lists(nasty, min_size=1, max_size=4))
def test_no_cell_is_a_formula_for_any_usual_separator(texts: list[str]) -> None:
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC).writerow([safety.cell(text) for text in texts])
    for separator in ",;\t|":
        for field in next(csv.reader(io.StringIO(stream.getvalue()), delimiter=separator)):
            assert not re.match(r'[\s"]*[=+\-@＝＋－＠]', field), (separator, field)


def test_numbers_stay_numbers_and_the_unknown_is_empty() -> None:
    assert [safety.cell(v) for v in (-1.5, 3, None, float("nan"))] == [-1.5, 3, "", ""]


@settings(max_examples=50)
@given(st.recursive(nasty | st.none() | st.integers() | st.floats(), lambda x: st.lists(x) | st.dictionaries(nasty, x)))
def test_json_in_a_script_holds_no_markup_and_can_be_read(value: object) -> None:
    text = safety.script_json(value)
    assert not re.search("[<>&\u2028\u2029]", text)
    json.loads(text)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://a b",
        'https://a"onclick=x',
        "https://a/<b>",
        "//x.org",
        None,
        3,
        "https://user:pw@x.org/",
        "https://xn\u202e.org",
    ],
)
def test_only_plain_web_addresses_become_links(url: object) -> None:
    assert safety.link(url) is None


def test_a_web_address_is_a_link() -> None:
    assert safety.link("https://example.org/r/commit/1?a=b#L3") == "https://example.org/r/commit/1?a=b#L3"


def test_the_file_is_its_owners_only_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        path = safety.write_private(tmp_path / "report.html", "x")
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        safety.write_private(path, "new" * 1000)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_device_is_never_replaced() -> None:
    with pytest.raises(InputError, match="not a file"):
        safety.write_private("/dev/full", "x")
    assert not Path("/dev/full").is_file()


def test_a_missing_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        safety.write_private(tmp_path / "nowhere" / "report.html", "x")
    assert "\n" not in str(error.value)
    assert "cannot write" in str(error.value)
