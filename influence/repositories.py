"""One repository as its checkpoints. Nothing else is imported: processes that do this alone start quickly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from connectors.registry import connector
from influence.listing import Wanted
from influence.schema import Checkpoint, Progress

#: What is wanted, the source's name, what an earlier reading left of both, how many readers, and the progress.
Told = tuple[Wanted, str, Sequence[bytes | None], int | None, Progress]


def owners_of(source: str) -> str:
    """What the owners of the repository that is called `source` are called."""
    return source.replace("git:", "owners:", 1)


def read(told: Told) -> Iterator[Checkpoint]:
    """Read a repository: its history, then who owned what in it; see `influence.side_by_side`."""
    one, source, (kept, kept_of_owners), processes, progress = told
    history = connector("git")(
        one.path,
        ref=one.ref,
        all_branches=one.all_branches,
        since=one.since,
        name=one.name,
        url=one.url,
        areas=one.areas,
        source=source,
        rules=one.rules,
        ignore_revs=one.ignore_revs,
        processes=processes,
        kept=kept,
    )
    owners = connector("owners")(one.path, ref=one.ref, source=owners_of(source), kept=kept_of_owners)
    with ThreadPoolExecutor(1) as beside:
        # Who owns what takes long only where none of it is known. A history is committed by one thread: meanwhile there
        # is time for it.
        waiting = beside.submit(list, owners.checkpoints()) if kept_of_owners is not None else None
        (checkpoint,) = history.checkpoints(progress)
        if waiting is None:
            waiting = beside.submit(list, owners.checkpoints())
        yield checkpoint
        yield from waiting.result()
