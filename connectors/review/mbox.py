"""Archives of mailing lists where patches are reviewed: mbox files (gzipped too), folders of mails (Maildir, ``.eml``).

All files together are one list: monthly archives hold one thread in several of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from connectors.review.mail import Mail, parse
from connectors.review.places import Place, Problems
from connectors.review.reading import Reading
from connectors.review.series import Threads
from connectors.review.streams import beginnings, lines
from influence.errors import InputError

#: Files with mails one after the other, and files with one mail.
_MANY = (".mbox", ".mbox.gz", ".mbx", ".txt", ".txt.gz")
_ONE = re.compile(r"(?:.*/)?(?:(?:cur|new)/[^/]+|[^/]+\.eml)\Z")
#: A line that begins a mail; in a mail's text it is quoted, or does not follow an empty line.
_BEGIN = re.compile(rb"From .{0,300}\d{4}\s*\Z|From mboxrd@z", re.S)
_LARGEST = 16 << 20

_TOO_LARGE = ("mails that are too large", f"over {_LARGEST >> 20} MB")
NO_MAIL = ("mails that cannot be read", "no Message-ID or no date, or broken")
TWICE = ("mails that stand there twice", "the first was taken")


def recognise(place: Place) -> bool:
    """Whether it is such an archive; a repository that merely has mails in it is none."""
    if place.tip:
        return False
    if any(_ONE.match(name) for name in place.names):
        return True
    return any(_BEGIN.match(data.partition(b"\n")[0] + b"\n") for data in beginnings(place, _MANY))


def readings(place: Place, wanted: Callable[[str], bool]) -> list[Reading]:
    """The one list that the archive is of, if it is `wanted`.

    Raises
    ------
    influence.errors.InputError
        When no mail is in it.
    """
    label = place.location.absolute().name
    for ending in (".gz", ".mbox", ".mbx", ".txt", ".eml"):
        label = label.removesuffix(ending)
    reading = threads(_mails(place), "mail", label, place.problems)
    if reading is None:
        raise InputError(f"no mail is in {place.location}", "name an mbox file, or a folder of them or of mails")
    return [reading] if wanted(reading.label) else []


def threads(mails: Iterable[Mail | None], host: str, label: str, problems: Problems) -> Reading | None:
    """What mails say, as one list; `label` is its name where they tell none. None where there are none."""
    found = Threads()
    lists: Counter[str] = Counter()
    last = None
    for mail in mails:
        if mail is None:
            problems[NO_MAIL] += 1
            continue
        found.put(mail)
        last = max(last or mail.time, mail.time)
        if mail.list:
            lists[mail.list] += 1
    if last is None:
        return None
    if found.twice:
        problems[TWICE] += found.twice
    if lists:
        label = lists.most_common(1)[0][0]
    return Reading(label, host, found.items, "review", last.isoformat(), problems)


def _mails(place: Place) -> Iterator[Mail | None]:
    for name in place.names:
        if _ONE.match(name):
            yield from map(parse, _joined(place, name, _never))
        elif place.is_file or name.lower().endswith(_MANY):
            yield from map(parse, _joined(place, name, _begins))


def _never(line: bytes) -> bool:
    return False


def _begins(line: bytes) -> bool:
    return line.startswith(b"From ") and _BEGIN.match(line) is not None


def _joined(place: Place, name: str, begins: Callable[[bytes], bool]) -> Iterator[bytes]:
    """The mails of a file; text before the first ``From`` line, as a single mail has, is a mail too."""
    waiting: list[bytes] = []
    size, after_empty = 0, True
    for _, line in lines(place, name, place.problems):
        if after_empty and begins(line):
            yield from _whole(waiting, size, place.problems)
            waiting, size = [], 0
        elif size <= _LARGEST:
            waiting.append(line)
            size += len(line)
        after_empty = not line.strip()
    yield from _whole(waiting, size, place.problems)


def _whole(waiting: list[bytes], size: int, problems: Problems) -> Iterator[bytes]:
    if size > _LARGEST:
        problems[_TOO_LARGE] += 1
    elif any(line.strip() for line in waiting):
        yield b"".join(waiting)
