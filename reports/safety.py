"""The gate that everything written by others passes on its way out: a page, a spreadsheet, a file.

Names, titles and paths come out of histories that anybody can write into. Escaping is the template engine's
job; here they lose what escaping leaves: terminal and bidirectional controls, invisible characters, e-mail
addresses, spreadsheet formulas.
"""

from __future__ import annotations

import json
import math
import os
import re
import secrets
from pathlib import Path
from typing import Any

from influence.errors import InputError

#: Reordering (bidi) and invisible characters that let a text look like another one. The joiners U+200C and
#: U+200D stay: Persian, Indic scripts and emoji need them, and they reorder nothing.
_INVISIBLE = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BLANKS = re.compile("[\\s\u2028\u2029]+")
#: More than three marks on one letter belong to no orthography in use here, and cover the lines around.
_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
#: Anything that a harvester of addresses would take for one: wider than RFC 5321 on purpose.
EMAIL = re.compile(r"[^\s@<>\"'(),;:\[\]]+@[^\s@<>\"'(),;:\[\]]+")
_FORMULA = re.compile('(^\\s*|[;,|\t"]\\s*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])')


def plain(value: object) -> str:
    """One line of text by others, safe to show once escaped: no controls, no reordering, no e-mail address.

    >>> plain("ev\\x1b[31mil\\u202e <mail@example.org>")
    'ev\u241b[31mil <mail@\u2026>'
    """
    text = str(value)
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = _MARKS.sub(r"\1", _INVISIBLE.sub("", text))
    if not text.isprintable():
        text = _BLANKS.sub(" ", text)
    text = _CONTROL.sub(_picture, text)
    return EMAIL.sub(_without_host, text) if "@" in text else text


def _picture(match: re.Match[str]) -> str:
    """The visible sign for a control character: hiding it would hide that somebody tried."""
    code = ord(match.group())
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"


def _without_host(match: re.Match[str]) -> str:
    return match.group().split("@", 1)[0] + "@\u2026"


def clip(value: object, length: int = 80) -> str:
    """`plain`, cut to `length` characters with an ellipsis."""
    text = plain(value).strip()
    return text if len(text) <= length else text[: length - 1].rstrip() + "\u2026"


def link(url: object) -> str | None:
    """The address if a page may link to it: http or https, nothing that hides where it leads, else None.

    >>> link("javascript:alert(1)") is None
    True
    """
    if not isinstance(url, str) or not re.fullmatch(r"https?://[^\s\"'<>\\^`{|}\x00-\x20\x7f-\uffff]+", url):
        return None
    return None if "@" in url else url


def cell(value: object) -> object:
    """A value for a spreadsheet: numbers as they are, text that no spreadsheet takes for a formula.

    Follows OWASP's advice on CSV injection: a quote goes before ``= + - @`` wherever a field may start,
    also after another locale's separator.

    >>> cell("=cmd()")
    "'=cmd()"
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, (bool, int, float)):
        return value
    return _FORMULA.sub(r"\1'", plain(value))


def script_json(value: Any) -> str:
    """JSON that may stand inside a ``<script>`` element: no markup can be read in it, no NaN."""
    text = json.dumps(_clean(value), ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {plain(key): _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int)):
        return value
    return plain(value)


def write_private(path: str | Path, text: str) -> Path:
    """Write `text` as UTF-8 so that the file is there whole or not at all, and its owner alone can read it.

    Raises
    ------
    influence.errors.InputError
        When it cannot be written: the folder is missing, not writable or full, or something that is no file is there.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise InputError(f"cannot write {path}: it is there and is not a file", "name a file with -o")
    draft = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    try:
        with open(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline=""
        ) as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise InputError(
            f"cannot write {path}: {error.strerror or error}", "free some room or name another place with -o"
        ) from error
    return path
