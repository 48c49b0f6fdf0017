"""A mail, read with hostile ones in mind: headers and text decoded as far as they can be, nothing else of it kept."""

from __future__ import annotations

import datetime as dt
import email.message
import email.parser
import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from connectors.review.model import Account, account
from connectors.review.values import text

#: No more of a header, and of a text, is looked at.
_HEADER, _TEXT = 4000, 200_000
_ID = re.compile(r"<([^<>\s]{1,250})>")
_AT = re.compile(r"^\s*([\w.+-]+) (?:at|AT) ([\w-]+(?:\.[\w-]+)+)")
_VIA = re.compile(r"\s+via\s+\S.*$", re.I)
_IN_BODY = re.compile(r"\s*From:[ \t]*([^\n]{3,300})\n")
_LIST = re.compile(r"<([\w.-]{3,200})>\s*\Z")


@dataclass(slots=True)
class Mail:
    """What a mail says.

    Attributes
    ----------
    id
        Its Message-ID without brackets.
    above
        Ids of what it answers, the nearest first.
    time
        Its Date, in UTC.
    sender
        Who sent it; where a list put its own address there, who wrote it, as far as it tells.
    subject, body
        Decoded.
    list
        Id of the list it came by, or ''.
    url
        Where it is archived, if it says so.
    """

    id: str
    above: list[str]
    time: dt.datetime
    sender: Account | None
    subject: str
    body: str
    list: str = ""
    url: str | None = None


def parse(data: bytes) -> Mail | None:
    """A mail as it stands in a file; None where it has no id or no date."""
    try:
        message = email.parser.BytesParser().parsebytes(data)
        headers = {name: _decoded(message.get(name)) for name in _NAMES}
        body = _body(message)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError, IndexError):
        return None  # the parser of mails is lenient, but not with everything
    return _mail(headers, body)


def from_fields(fields: dict[str, Any]) -> Mail | None:
    """A mail as Perceval keeps it: headers by name, and the body's parts by kind."""
    lower = {name.lower(): value for name, value in fields.items()}
    body = lower.get("body")
    plain = text(body.get("plain")) if isinstance(body, dict) else text(body)
    return _mail({name: _decoded(lower.get(name.lower())) for name in _NAMES}, plain[:_TEXT])


_NAMES = (
    "Message-ID",
    "In-Reply-To",
    "References",
    "Date",
    "From",
    "Reply-To",
    "Subject",
    "List-Id",
    "Archived-At",
)


def _mail(headers: dict[str, str], body: str) -> Mail | None:
    own = _ID.search(headers["Message-ID"])
    time = _time(headers["Date"])
    if own is None or time is None:
        return None
    above = [*_ID.findall(headers["In-Reply-To"]), *reversed(_ID.findall(headers["References"])[-50:])]
    archived = headers["Archived-At"].strip().strip("<>")
    by_list = _LIST.search(headers["List-Id"])
    return Mail(
        id=own[1],
        above=[one for one in dict.fromkeys(above) if one != own[1]],
        time=time,
        sender=_sender(headers, body),
        subject=re.sub(r"\s+", " ", headers["Subject"]).strip()[:500],
        body=body.replace("\r\n", "\n"),
        list=by_list[1].lower() if by_list else "",
        url=archived if re.fullmatch(r"https?://[^\s<>\"]{3,1000}", archived) else None,
    )


def _sender(headers: dict[str, str], body: str) -> Account | None:
    name, address = person(headers["From"])
    if _VIA.search(name):
        # Lists that must not send in others' names write "Ada via List <list@...>"; the patch itself may say who.
        inside = _IN_BODY.match(body)
        called, real = person(inside[1]) if inside else person(headers["Reply-To"])
        return account("", name=called or _VIA.sub("", name).strip("'\" "), email=real)
    return account("", name=name, email=address)


def person(value: str) -> tuple[str, str]:
    """(name, address) of a header; archives write ``ada at example.org (Ada Byron)``."""
    name, address = parseaddr(_AT.sub(r"\1@\2", value[:1000]))
    return name.strip(), address.lower() if "@" in address else ""


def _time(value: str) -> dt.datetime | None:
    try:
        time = parsedate_to_datetime(value[:100])
        time = (time.astimezone(dt.UTC) if time.tzinfo else time).replace(tzinfo=None)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return time if 1970 <= time.year < 2200 else None


def _decoded(value: Any) -> str:
    """A header with its encoded words decoded, without half characters."""
    if value is None:
        return ""
    raw = str(value)[:_HEADER]
    if "=?" not in raw:
        return _sound(raw)
    try:
        parts = decode_header(raw)
        return _sound("".join(_text_of(part, charset) for part, charset in parts))
    except (HeaderParseError, ValueError, LookupError):
        return _sound(raw)


def _text_of(part: Any, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return str(part.decode(charset or "utf-8", "replace"))
    except (LookupError, ValueError):
        return str(part.decode("latin-1"))


def _sound(value: str) -> str:
    """Bytes that are no text, which the parser hides as half characters, become question marks."""
    return value.encode("utf-8", "replace").decode()


def _body(message: email.message.Message) -> str:
    """The first part that is plain text."""
    for number, part in enumerate(message.walk()):
        if number > 100:
            break
        if part.get_content_type() == "text/plain" and not part.is_multipart():
            data = part.get_payload(decode=True)
            if isinstance(data, bytes):
                return _sound(_text_of(data[:_TEXT], part.get_content_charset()))
    return ""
