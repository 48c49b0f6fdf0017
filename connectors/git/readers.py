"""The reader processes seen from the replay: start them, give out the blocks, hand back frames in order."""

from __future__ import annotations

import io
import marshal
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any

from connectors.git.output import EndedEarly
from connectors.git.stream import ENDED_EARLY, FRAME, RUN, Job, read
from influence.errors import InternalError

#: Commits in a block. Small enough to share out evenly, large enough that a frame's cost does not show.
BLOCK = 64
#: Blocks that are not worth a second process.
_FEW = 8
#: Frames that may wait for the replay, per reader: bounds memory, and lets a reader work while another's turn is it.
_WAITING = 2 * RUN
# Ctrl-C reaches the whole group: readers leave it to their parent, which ends them. They give way to it, too: it has to
# wait for none of them when it has something to do.
_BOOT = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "import os; hasattr(os, 'nice') and os.nice(5); "
    "import sys, ast; sys.path[:] = ast.literal_eval(sys.argv[1]); "
    "from connectors.git import stream; sys.exit(stream.main())"
)


class ObjectsMissing(Exception):
    """Git could not read the history to its end: objects are missing."""


class Readers:
    """Reader processes at work on a job, from the moment this is made until the `with` block ends.

    Parameters
    ----------
    job
        What to read; its blocks are dealt out in turn.
    processes
        How many readers; by default as many as there are cores.
    """

    def __init__(self, job: Job, processes: int | None = None) -> None:
        count = max(1, min(processes or _cores(), len(job.blocks) // _FEW))
        self._turns = [(number // RUN) % count for number in range(len(job.blocks))]
        if len(job.blocks) == 1:
            self._readers: list[_Process | _Here] = [_Here(job)]
            return
        shares: list[list[bytes]] = [[] for _ in range(count)]
        for turn, block in zip(self._turns, job.blocks, strict=True):
            shares[turn].append(block)
        self._readers = [_Process(replace(job, blocks=share)) for share in shares if share]

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *_: object) -> None:
        for reader in self._readers:
            reader.stop()

    def blocks(self) -> Iterator[list[Any]]:
        """What `connectors.git.stream.read` makes of each of the job's blocks, in order.

        Raises
        ------
        ObjectsMissing
            When git stopped half way.
        """
        for turn in self._turns:
            yield self._readers[turn].next()


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Here:
    """A reader of one block, in this process: to begin another would take longer than to read so few commits."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def next(self) -> list[Any]:
        """The frame, decoded."""
        out = io.BytesIO()
        try:
            read(self._job, out)
        except EndedEarly:
            raise ObjectsMissing from None
        items: list[Any] = marshal.loads(out.getbuffer()[FRAME.size :])  # noqa: S302
        return items

    def stop(self) -> None:
        """There is nothing to end."""


class _Process:
    """One reader process and the thread that fetches its frames."""

    def __init__(self, job: Job) -> None:
        # Isolated from the environment and the working folder: a stray `connectors/` there must not be run.
        path = [entry for entry in sys.path if entry]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOT, repr(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("INFLUENCE_DEBUG") else subprocess.DEVNULL,
            bufsize=1 << 20,
        )
        self._frames: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._stopped = False
        self._thread = threading.Thread(target=self._fetch, args=(job,), daemon=True)
        self._thread.start()

    def next(self) -> list[Any]:
        """The next frame, decoded."""
        frame = self._frames.get()
        if frame is None:
            code = self._process.wait()
            if code == ENDED_EARLY:
                raise ObjectsMissing
            raise InternalError(
                f"a reader process ended with code {code}", "run again with INFLUENCE_DEBUG=1 and report what it says"
            )
        items: list[Any] = marshal.loads(frame)  # noqa: S302
        return items

    def stop(self) -> None:
        """End the process, whether or not it is done."""
        self._stopped = True
        self._process.kill()
        while self._thread.is_alive():
            try:
                self._frames.get(timeout=0.05)
            except queue.Empty:
                continue
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _fetch(self, job: Job) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            pickle.dump(job, self._process.stdin)
            self._process.stdin.close()
        except (BrokenPipeError, OSError):
            self._frames.put(None)
            return
        stream: IO[bytes] = self._process.stdout
        while not self._stopped:
            head = stream.read(FRAME.size)
            if len(head) < FRAME.size:
                break
            size = FRAME.unpack(head)[0]
            frame = stream.read(size)
            if len(frame) < size:
                break
            self._frames.put(frame)
        self._frames.put(None)
