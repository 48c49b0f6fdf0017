"""From when until when a question is asked, and what was read at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb

from influence.errors import InputError

#: Whoever did nothing for this many days before the end of the window is gone.
GONE_AFTER_DAYS = 180
_BEGINNING = dt.datetime(1, 1, 1)
#: Time of day that ends a day.
LAST_INSTANT = dt.time(23, 59, 59, 999999)
_DATED = ("signals", "names", "uses", "citations", "acts")

Moment = dt.date | str | None


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, both ends included, UTC.

    Attributes
    ----------
    since
        What was done earlier is no following; None: from the beginning.
    until
        What became visible later does not exist.
    asked
        Whether the user gave `until`; otherwise it is the newest that was read.
    """

    since: dt.datetime | None
    until: dt.datetime
    asked: bool = False

    @property
    def start(self) -> dt.datetime:
        """`since`, or the beginning of time."""
        return self.since or _BEGINNING

    @property
    def gone_before(self) -> dt.datetime:
        """Whoever acted last before this is gone."""
        if self.until < _BEGINNING + dt.timedelta(days=GONE_AFTER_DAYS):
            return _BEGINNING
        return self.until - dt.timedelta(days=GONE_AFTER_DAYS)


def window(connection: duckdb.DuckDBPyConnection, since: Moment, until: Moment) -> Window:
    """The window that a user asks for.

    A date means the whole day. Without `until` the newest row that was read ends it; what bears a later date than the
    day on which it was read comes from a wrong clock, which must not make everybody seem long gone.

    Raises
    ------
    influence.errors.InputError
        When a text is no date, or the window is empty.
    """
    start = moment(since, dt.time.min)
    end = moment(until, LAST_INSTANT)
    asked = end is not None
    if end is None:
        read = "SELECT max(collected) FROM harvests"
        newest = " UNION ALL ".join(
            f"SELECT max(visible) AS visible FROM {table} WHERE visible <= ({read})" for table in _DATED
        )
        end = connection.execute(f"SELECT coalesce(max(visible), ({read})) FROM ({newest})").fetchall()[0][0]
        end = end or dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    if start is not None and start > end:
        newest = "--until" if asked else "the newest that was read"
        raise InputError(f"{start:%Y-%m-%d} is after {newest}, {end:%Y-%m-%d}", "give an earlier --since")
    return Window(start, end, asked)


def moment(value: Moment, time: dt.time) -> dt.datetime | None:
    """A date, a time or ISO 8601 text as a time in UTC without a zone; a date gets `time`.

    Raises
    ------
    influence.errors.InputError
        When the text is no date.
    """
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value) if len(value) <= 10 else dt.datetime.fromisoformat(value)
        except ValueError:
            raise InputError(f"{value!r} is no date", "write it as YYYY-MM-DD, for example 2024-12-31") from None
    if not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, time)
    if value.tzinfo is not None:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
    return value
