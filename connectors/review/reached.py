"""How far a list in order of update was read, as a mark that a later run goes on from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from connectors.review.model import moment
from connectors.review.values import number

#: Of more things updated at the very same time it is not remembered which were read: they are read again.
_MOST = 100


class Reached:
    """Up to which time a list was read, and of that very time what, or how many pages.

    Services list what was updated at or after a time, so the next page begins with what the last one ended with; by
    `has` it is not read twice. Where a whole page has one time, `page` counts on.

    Parameters
    ----------
    time
        As the service writes it; '': the beginning.
    page
        The page of what was updated at or after `time` that comes next, from 1.
    read
        Time of update by key, of what was read and has that `time`.
    """

    def __init__(self, time: str = "", page: int = 1, read: Mapping[str, str] | None = None) -> None:
        self.time = time
        self.page = page
        self._read = dict(read or {})

    @classmethod
    def of(cls, mark: str) -> Reached:
        """From a mark; the beginning where it is none."""
        try:
            time, page, read = json.loads(mark)
        except (ValueError, TypeError, RecursionError):
            return cls()
        if moment(time) is None or number(page) is None or not isinstance(read, dict):
            return cls()
        return cls(time, page, read)

    def has(self, key: str, time: str) -> bool:
        """Whether it was read as it is."""
        return bool(time) and self._read.get(key) == time

    def after(self, listed: Sequence[tuple[str, str]]) -> Reached:
        """How far it is read after a page of these: key and time of update, the earliest first."""
        times = [time for _, time in listed if moment(time) is not None]
        last = times[-1] if times else self.time
        read = {key: time for key, time in listed if time == last}
        if last == self.time:
            return Reached(last, self.page + 1, {**self._read, **read})
        return Reached(last, 1, read)

    def written(self, more: bool) -> str:
        """As a mark. Where the list ends, the next run begins with the last time again: it may not have been over."""
        if not self.time:
            return ""
        read = self._read if len(self._read) <= _MOST else {}
        return json.dumps([self.time, self.page if more else 1, read], separators=(",", ":"))
