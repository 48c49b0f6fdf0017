"""What is left of a marked-up document when only prose, links and lines matter."""

from __future__ import annotations

from dataclasses import dataclass, field

#: A longer document is not taken apart: markup parsers are slow on what was made to be slow.
LONGEST_DOCUMENT = 2_000_000

#: Characters at which Python, but neither git nor an editor, ends a line.
_ODD_ENDS = str.maketrans(dict.fromkeys("\v\f\x1c\x1d\x1e\x85\u2028\u2029", " "))


@dataclass(slots=True)
class Link:
    """A hyperlink: where it leads, as written, and its visible text."""

    target: str
    label: str = ""


@dataclass(slots=True)
class Block:
    """A paragraph, heading, table cell or the like.

    Attributes
    ----------
    text
        Its prose: labels of links stand in it, code does not, nor does a link whose label is its own address.
    first, last
        Source lines from `first` up to and without `last`, counted from 0.
    heading
        1 for a heading of the first level, and so on; 0 for what is no heading.
    links
        Its hyperlinks in order.
    """

    text: str
    first: int
    last: int
    heading: int = 0
    links: list[Link] = field(default_factory=list)


def decode(data: bytes) -> str | None:
    """The text of a document: UTF-8 (or what its byte order mark says), else Western European; None for no text at all.

    Lines end where git ends them, at ``\\n`` and nowhere else.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    elif b"\x00" in data[:65_536]:
        return None
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", " ").replace("\x00", "\ufffd").translate(_ODD_ENDS)
