"""Live collecting as the command does it, without the command: read on from the workspace, commit block by block."""

from __future__ import annotations

import random
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from connectors.review.live import LiveConnector, Stored
from influence.asking import stored
from influence.schema import TABLES
from influence.workspace import Workspace
from tests.processes import process

Tables = dict[str, list[tuple[Any, ...]]]


def run(workspace: Workspace, make: Callable[[Stored | None], LiveConnector]) -> LiveConnector:
    """Collect once; what breaks off raises after what was read is in."""
    connector = make(stored(workspace, make(None).source))
    for checkpoint in connector.checkpoints():
        workspace.commit(checkpoint)
    return connector


def tables(workspace: Path) -> Tables:
    """All that a workspace holds, but for when it was read and by which steps."""
    with Workspace(workspace).read() as connection:
        found = {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in TABLES
            if name not in ("harvests", "identity_links")
        }
        links = connection.execute("SELECT DISTINCT a, b, same FROM identity_links").fetchall()
        found["identity_links"] = sorted(links, key=repr)
        kept = "source, repository, label, url, options, first, last, contact, problems"
        found["harvests"] = connection.execute(f"SELECT {kept} FROM harvests ORDER BY source").fetchall()
    return found


def kill_often(
    collect: Callable[..., None],
    server: Any,
    calm: Tables,
    folder: Path,
    arguments: tuple[Any, ...],
    times: int,
    seed: int,
) -> int:
    """Collect so many times in a process that is killed at a random request; how many of them were killed.

    Each workspace outlives one, two or three of them in a row and is read to its end then: it equals `calm`, which was
    all that the server was asked for until now.
    """
    draw = random.Random(seed)
    asked = len(server.seen)
    begun = killed = 0
    while begun < times:
        workspace, before_all = folder / f"{begun}.duckdb", len(server.seen)
        for _ in range(min(1 + begun % 3, times - begun)):
            begun += 1
            child = process(collect, workspace, server.url, *arguments)
            left = asked - (len(server.seen) - before_all)
            fatal = len(server.seen) + draw.randrange(1, max(left, 1) + 1)
            delay = draw.choice([0, draw.uniform(0, 0.02), draw.uniform(0, 0.1)])

            def before(number: int, fatal: int = fatal, delay: float = delay, child: Any = child) -> None:
                if number == fatal:
                    threading.Timer(delay, child.kill).start()

            server.before = before
            child.start()
            child.join(60)
            server.before = lambda number: None
            killed += child.exitcode != 0
        collect(workspace, server.url, *arguments)
        assert tables(workspace) == calm
        shutil.rmtree(workspace, ignore_errors=True)
    return killed
