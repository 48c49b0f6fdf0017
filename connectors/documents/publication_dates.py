"""When something was published: often only a year or a month is known, and then it lies in the middle of it.

The middle makes the error at most half of what is unknown, in both directions. How exact a date is goes with it, so
that nobody is refused for citing a paper of the same year.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

#: (when, UTC without a zone, or None; day, month or year)
Dated = tuple[dt.datetime | None, str]
UNKNOWN: Dated = (None, "year")

_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?)?(?:/.*)?[~?%]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?[-\s]+([^\W\d]{3,12})\.?,?[-\s]+(\d{4})")
_MONTH_DAY = re.compile(r"([^\W\d]{3,12})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})")
_YEAR_MONTH = re.compile(r"(\d{4})\s*,?\s+([^\W\d]{3,12})\.?(?:\s+(\d{1,2}))?")
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}


def month(text: object) -> int | None:
    """Number of a month from a number or an English name, or None."""
    if isinstance(text, int):
        return text if 1 <= text <= 12 else None
    if not isinstance(text, str):
        return None
    bare = text.strip().strip("{}\"'. ").lower()
    if bare.isascii() and bare.isdigit() and len(bare) <= 2:
        return int(bare) if 1 <= int(bare) <= 12 else None
    return _MONTHS.get(bare[:3]) if bare[:3].isalpha() else None


def of_parts(parts: Sequence[object], today: dt.date | None = None) -> Dated:
    """A date of year, month and day, of which the later ones may be missing or wrong.

    A year alone is its first of July, a month its fifteenth; where that is still to come, the first day.

    >>> of_parts([2010]), of_parts(["2010", "5"])
    ((datetime.datetime(2010, 7, 1, 0, 0), 'year'), (datetime.datetime(2010, 5, 15, 0, 0), 'month'))
    """
    numbers: list[int] = []
    for part in parts[:3]:
        try:
            number = int(part) if isinstance(part, (int, str)) and not isinstance(part, bool) else 0
        except ValueError:
            number = 0
        if number <= 0:
            break
        numbers.append(number)
    if not numbers or not 1000 <= numbers[0] <= 9999:
        return UNKNOWN
    if len(numbers) > 1 and numbers[1] > 12:
        numbers = numbers[:1]  # EDTF writes seasons as months 21 to 24
    now = today or dt.datetime.now(dt.UTC).date()
    if len(numbers) == 3:
        try:
            return dt.datetime(numbers[0], numbers[1], numbers[2]), "day"
        except (ValueError, OverflowError):
            numbers = numbers[:2]
    year = numbers[0]
    if len(numbers) == 2:
        middle = dt.datetime(year, numbers[1], 15)
        return (middle if middle.date() <= now else middle.replace(day=1)), "month"
    middle = dt.datetime(year, 7, 1)
    return (middle if middle.date() <= now else dt.datetime(year, 1, 1)), "year"


def read(text: object, today: dt.date | None = None) -> Dated:
    """A date as people and programs write it; of a span the beginning; the one year in any other text.

    >>> read("2010-05-03")[0], read("May 3, 2010")[0], read("ca. 2010")[1], read("199X")
    (datetime.datetime(2010, 5, 3, 0, 0), datetime.datetime(2010, 5, 3, 0, 0), 'year', (None, 'year'))
    """
    if isinstance(text, int):
        return of_parts([text], today)
    if not isinstance(text, str):
        return UNKNOWN
    bare = text[:100].strip().strip("{}[]\"' ")
    first = bare.split("--", 1)[0].strip()
    if match := _ISO.fullmatch(first):
        return of_parts([part for part in match.groups() if part], today)
    if match := _COMPACT.fullmatch(first):
        return of_parts(match.groups(), today)
    for pattern, order in ((_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2)), (_YEAR_MONTH, (1, 2, 3))):
        match = pattern.fullmatch(first)
        if match and (number := month(match[order[1]])):
            return of_parts([match[order[0]], number, match[order[2]] or 0], today)
    years = set(_YEAR.findall(bare))
    return of_parts([years.pop()], today) if len(years) == 1 else UNKNOWN
