"""Parsing in processes of our own: several at once, and a document that hangs or crashes one costs only itself."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from itertools import chain

from connectors.documents.bounded import Bounded, GaveUp
from connectors.documents.parsed import Parsed, Refused
from influence.schema import Progress, no_progress

#: For fewer characters than this one process is enough.
_FOR_ONE = 400_000

#: What a file came to: its documents, or (what, why) it was refused.
Outcome = list[Parsed] | tuple[str, str]


def parse(series: str, path: str, text: str) -> Outcome:
    """What `series` makes of one file."""
    from connectors.documents.series import series_of

    try:
        return series_of(series).parse(path, text)
    except Refused as refused:
        return refused.what, refused.why


def parse_all(
    series: str, texts: Iterator[tuple[str, str]], processes: int | None = None, progress: Progress = no_progress
) -> list[Outcome]:
    """What `series` makes of each (path, text), in order."""
    first: list[tuple[str, str]] = []
    size = 0
    for item in texts:
        first.append(item)
        size += len(item[1])
        if size > _FOR_ONE:
            break
    if not first:
        return []
    count = 1 if size <= _FOR_ONE else max(1, processes or _cores())
    return _Pool(series, chain(first, texts)).run(count, progress)


class _Pool:
    """Threads that each give one document after the other to a process of theirs."""

    def __init__(self, series: str, texts: Iterator[tuple[str, str]]) -> None:
        self._series = series
        self._waiting = enumerate(texts)
        self._lock = threading.Lock()
        self._outcomes: dict[int, Outcome] = {}
        self._failure: BaseException | None = None

    def run(self, count: int, progress: Progress) -> list[Outcome]:
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.1)
                progress("parsing documents", len(self._outcomes), None)
        if self._failure is not None:
            raise self._failure
        return [self._outcomes[number] for number in range(len(self._outcomes))]

    def _work(self) -> None:
        try:
            with Bounded(f"{parse.__module__}:{parse.__name__}") as parsed:
                while (item := self._next()) is not None:
                    number, (path, text) = item
                    try:
                        self._outcomes[number] = parsed(self._series, path, text)
                    except GaveUp as reason:
                        self._outcomes[number] = "documents that cannot be parsed", str(reason)
        except BaseException as error:
            self._failure = error

    def _next(self) -> tuple[int, tuple[str, str]] | None:
        # The texts come out of one git process: one thread at a time asks for the next.
        with self._lock:
            return next(self._waiting, None) if self._failure is None else None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
