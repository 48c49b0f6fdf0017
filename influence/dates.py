"""Dates as people write them."""

from __future__ import annotations

import datetime as dt

from influence.errors import InputError


def a_date(value: dt.date | str | None) -> dt.date | None:
    """`value` as a date; text must be YYYY-MM-DD.

    Raises
    ------
    influence.errors.InputError
        When it is no such date.
    """
    if value is None or not isinstance(value, str):
        return value
    try:
        if len(value) != 10:
            raise ValueError
        return dt.date.fromisoformat(value)
    except ValueError:
        raise InputError(f"{value!r} is no date", "write it as YYYY-MM-DD, for example 2024-12-31") from None
