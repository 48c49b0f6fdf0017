"""Dates as exports write them: read when there is one way to read them, refused when there are two."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path

from connectors.organisation.table import Row, quoted
from influence.errors import InputError

#: Exports write an open end as the last day that their database knows.
OPEN_END_YEAR = 2200
#: ... and an unset date as the first (0001-01-01, 00.00.0000).
UNSET_YEAR = 1
DAY = dt.timedelta(days=1)

_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})" + _TIME)
_YEAR_LAST = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})" + _TIME)
_DAY_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-./ ]{1,2}([A-Za-z]{3,9})[-., ]{1,2}(\d{4})" + _TIME)
_MONTH_NAMED = re.compile(r"([A-Za-z]{3,9})[-. ]{1,2}(\d{1,2})(?:st|nd|rd|th)?,?[- ]\s?(\d{4})" + _TIME)
_MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]


def _month(name: str) -> int | None:
    name = name.lower()
    name = "sep" if name == "sept" else name
    return next((i for i, month in enumerate(_MONTHS, 1) if name in (month, month[:3])), None)


class Dates:
    """Reads the dates of one file.

    ``03/04/2024`` is 3 April in one country and 4 March in another. A file has one order: where any of its dates
    shows which (``25/04/2024``), that holds for all; where none does, the first ambiguous one is an error.

    Parameters
    ----------
    path
        The file, for messages.
    rows
        Its rows; the fields `since` and `until` hold dates.

    Raises
    ------
    influence.errors.InputError
        When it writes some dates with the day first and others with the month first.
    """

    def __init__(self, path: Path, rows: Iterable[Row]) -> None:
        self.path = path
        cells = [(row.number, text) for row in rows for field in ("since", "until") for text in row.all(field)]
        shows: dict[str, tuple[int, str]] = {}
        for row, text in cells:
            if match := _YEAR_LAST.fullmatch(text):
                if 12 < int(match[1]) <= 31 and int(match[3]) <= 12:
                    shows.setdefault("day", (row, text))
                elif 12 < int(match[3]) <= 31 and int(match[1]) <= 12:
                    shows.setdefault("month", (row, text))
        if len(shows) == 2:
            day, month = shows["day"], shows["month"]
            raise InputError(
                f"{path} has the day first in row {day[0]} ({quoted(day[1])}) and the month first in row {month[0]} "
                f"({quoted(month[1])})",
                "write dates as 2024-04-03",
            )
        self.day_first = next(iter(shows)) == "day" if shows else None

    def span(self, row: Row) -> tuple[dt.datetime | None, dt.datetime | None]:
        """The first and the last day that `row` holds for; None where it does not say.

        Raises
        ------
        influence.errors.InputError
            When one cannot be read, or the last comes before the first.
        """
        since, until = self.read(row.number, row.get("since")), self.read(row.number, row.get("until"))
        if since and until and until < since:
            raise InputError(
                f"{self.path} row {row.number} ends ({until:%Y-%m-%d}) before it begins ({since:%Y-%m-%d})",
                "correct the dates",
            )
        return since, until

    def read(self, row: int, text: str) -> dt.datetime | None:
        """The start of the day that `text` names, times of day left out; None for '' and for an open end (year 9999).

        Raises
        ------
        influence.errors.InputError
            When it is no date, or two.
        """
        if not text:
            return None
        parts = self._parts(row, text)
        if parts is not None and not UNSET_YEAR < parts[0] < OPEN_END_YEAR:
            return None
        try:
            if parts is not None:
                return dt.datetime(*parts)
        except ValueError:
            pass
        raise InputError(f"{self.path} row {row}: {quoted(text)} is not a date", "write dates as 2024-04-03")

    def _parts(self, row: int, text: str) -> tuple[int, int, int] | None:
        if match := _YEAR_FIRST.fullmatch(text):
            return int(match[1]), int(match[3]), int(match[4])
        if match := _DIGITS.fullmatch(text):
            return int(match[1]), int(match[2]), int(match[3])
        if match := _DOTTED.fullmatch(text):
            return int(match[3]), int(match[2]), int(match[1])
        if match := _DAY_NAMED.fullmatch(text):
            month = _month(match[2])
            return (int(match[3]), month, int(match[1])) if month else None
        if match := _MONTH_NAMED.fullmatch(text):
            month = _month(match[1])
            return (int(match[3]), month, int(match[2])) if month else None
        match = _YEAR_LAST.fullmatch(text)
        if match is None:
            return None
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if self.day_first is None and first != second:
            raise InputError(
                f"{self.path} row {row}: {quoted(text)} can be read with the day or the month first",
                "write dates as 2024-04-03",
            )
        return (year, second, first) if self.day_first else (year, first, second)
