"""Processes of our own that tests kill, forked from one that has imported what they need: each would spend a second."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
# One list for all tests: the process that they are forked from is begun only once.
_CONTEXT.set_forkserver_preload(
    [
        "pandas",
        "influence.asking",
        "influence.doors",
        "influence.workspace",
        "connectors.documents.openalex",
        *(f"connectors.review.{name}" for name in ("github", "gitlab", "gerrit")),
        *(f"tests.connectors.{name}_server" for name in ("github", "gitlab", "gerrit", "openalex")),
        "tests.connectors.review.live_runs",
        "tests.influence.test_workspace",
    ]
)


def process(target: Callable[..., object], *arguments: Any) -> BaseProcess:
    """A process that will call `target`, a function of a module."""
    return _CONTEXT.Process(target=target, args=arguments)


@contextmanager
def talking(target: Callable[..., object], *arguments: Any) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process that was begun, and the other end of the connection that `target` is given last; waited for."""
    ours, theirs = _CONTEXT.Pipe()
    begun = process(target, *arguments, theirs)
    begun.start()
    theirs.close()
    try:
        yield begun, ours
    finally:
        ours.close()
        begun.join()
