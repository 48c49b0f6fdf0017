"""How long a web service wants us to wait, and how to say so."""

from __future__ import annotations

import email.utils
import math
import time
from collections.abc import Mapping

#: Reset times above this are seconds since 1970, below it seconds from now: services do either.
_AN_EPOCH = 1_000_000_000


def asked_wait(headers: Mapping[str, str], spent: bool = False) -> float | None:
    """Seconds that a service wants us to wait; None where it does not say.

    `spent`: nothing of an allowance is left, so that it is its renewal that counts.
    """
    text = headers.get("retry-after", "").strip()
    seconds = _seconds(text)
    if seconds is None and text:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, OverflowError, TypeError):
            seconds = None
    if spent:
        reset = _seconds(headers.get("x-ratelimit-reset", ""))
        if reset is not None:
            reset -= time.time() if reset > _AN_EPOCH else 0
            seconds = max(reset, seconds or 0.0)
    return None if seconds is None else max(seconds, 0.0)


def span(seconds: float) -> str:
    """A length of time for people.

    >>> span(75), span(5 * 3600 + 61)
    ('75 s', '5 h 1 min')
    """
    if seconds < 120:
        return f"{math.ceil(seconds)} s"
    minutes = int(seconds // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None
