"""LaTeX in the fields of a bibliography, as plain text."""

from __future__ import annotations

import logging
import re
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

logging.getLogger("pylatexenc").addHandler(logging.NullHandler())
logging.getLogger("pylatexenc").propagate = False

#: No field that is read is longer; a hostile one gets no more.
_LONGEST = 20_000
_DEEPEST = 50
# Braces that hold more than a letter stay for the time being: they say what must not be taken apart.
_DECODER = LatexNodes2Text(keep_braced_groups=True, keep_braced_groups_minlen=2, math_mode="verbatim")
_PERCENT = re.compile(r"(?<!\\)%")


def decode(text: str) -> str:
    """Text with its commands and accents resolved, groups of braces kept.

    >>> decode(r"M{\\"u}ller and {Barnes \\& Noble}"), decode("100% {DNA}")
    ('Müller and {Barnes & Noble}', '100% {DNA}')
    """
    text = text[:_LONGEST]
    if "\\" in text:
        text = _decoded(text)
    return text.replace("~", " ").replace("\xa0", " ")


def plain(text: str) -> str:
    """Text without commands and braces, on one line.

    >>> plain(r"The {DNA} of  Erd{\\H{o}}s")
    'The DNA of Erdős'
    """
    return " ".join(decode(text).replace("{", "").replace("}", "").split())


@lru_cache(maxsize=16_384)
def _decoded(text: str) -> str:
    depth = deepest = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    if deepest <= _DEEPEST:
        try:
            # A percent sign is a comment in LaTeX and a percent sign in a bibliography.
            return str(_DECODER.latex_to_text(_PERCENT.sub(r"\\%", text)))
        except Exception:
            # Whatever a parser makes of hostile text, the text as it stands will do.
            return text.replace("\\", "")
    return text.replace("\\", "")
