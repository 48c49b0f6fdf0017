"""Tasks side by side in processes of their own: one that fails, or dies, takes nothing but itself along.

A task is a generator function, named as ``module:function``; what it yields comes back in pieces. At most one piece
waits, and each process holds one more, so that memory is bounded whatever the number of tasks.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import queue
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from influence.errors import InfluenceError
from influence.lean import without_pandas

_FRAME = struct.Struct("<Q")
_FOLDER = "influence-side-by-side-"
# As the readers of git histories: isolated from the environment and the working folder, deaf to Ctrl-C.
_BOOT = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "import sys, ast; sys.path[:] = ast.literal_eval(sys.argv[1]); "
    "from influence import side_by_side; sys.exit(side_by_side.main())"
)
#: Seconds that a process is given to tidy up when it is no longer needed.
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Ended:
    """The last that is heard of a task: how long it took, and why it failed (None: it did not)."""

    seconds: float
    problem: str | None


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(task: str, told: Sequence[Callable[[], Any]], processes: int) -> Iterator[tuple[int, Any]]:
    """Run a task for each of `told`, at most `processes` at a time.

    Parameters
    ----------
    task
        ``module:function``: called with what a caller of `told` returned; everything passed must be picklable.
    told
        What to tell each task, worked out when its turn has come.
    processes
        How many processes.

    Yields
    ------
    tuple
        (number of the task, what it yielded), as it comes; for each task in the end (number, `Ended`).
    """
    results: queue.Queue[tuple[int, Any]] = queue.Queue(1)
    turns = iter(range(len(told)))
    taking = threading.Lock()
    over = threading.Event()

    def put(number: int, item: Any) -> None:
        while not over.is_set():
            with suppress(queue.Full):
                results.put((number, item), timeout=0.1)
                return

    def serve(worker: _Worker) -> None:
        while not over.is_set():
            with taking:
                number = next(turns, None)
            if number is None:
                return
            began = time.monotonic()
            try:
                for item in worker.run(task, told[number]()):
                    put(number, item)
                problem = None
            except InfluenceError as error:
                problem = str(error)
            except Exception as error:
                # What nobody foresaw must be told of this task, and must not stop the others.
                problem = f"{type(error).__name__}: {error}"
            put(number, Ended(time.monotonic() - began, problem))

    with _folder() as folder:
        workers = [_Worker(folder) for _ in range(max(1, min(processes, len(told))))]
        threads = [threading.Thread(target=serve, args=(worker,), daemon=True) for worker in workers]
        try:
            for thread in threads:
                thread.start()
            left = len(told)
            while left:
                number, item = results.get()
                yield number, item
                left -= isinstance(item, Ended)
        finally:
            over.set()
            for worker in workers:
                worker.end()
            for thread in threads:
                thread.join()


class _Worker:
    """One process, begun when it is needed and begun again when it has died."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._guard = threading.Lock()
        self._ended = False

    def run(self, task: str, told: Any) -> Iterator[Any]:
        process = self._begun()
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            _send(process.stdin, (task, told))
            while True:
                kind, item = _receive(process.stdout)
                if kind == "done":
                    return
                if kind == "failed":
                    raise item
                yield item
        except (EOFError, OSError):
            code = process.wait()
            raise InfluenceError(
                f"the process that read it ended ({_cause(code)})", "with little memory, read it alone"
            ) from None

    def end(self) -> None:
        with self._guard:
            self._ended = True
            process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()

    def _begun(self) -> subprocess.Popen[bytes] | None:
        with self._guard:
            if self._ended:
                return None
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-c", _BOOT, repr([entry for entry in sys.path if entry])],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=None if os.environ.get("INFLUENCE_DEBUG") else subprocess.DEVNULL,
                    env={**os.environ, "TMPDIR": str(self._folder)},
                    bufsize=1 << 20,
                )
            return self._process


def main() -> int:
    """Run as a worker: tasks come pickled on stdin (from our own parent), what they yield goes to stdout."""
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    # Not `sys.stdin`: whoever ends while a thread waits for that one dies of it.
    told_here = os.fdopen(os.dup(0), "rb")
    os.dup2(2, 1)  # Whatever prints must not come between the frames.
    tasks: queue.Queue[Any] = queue.Queue()
    busy = threading.Event()
    signal.signal(signal.SIGTERM, _leave)
    without_pandas()

    def listen() -> None:
        while True:
            try:
                tasks.put(_receive(told_here))
            except (EOFError, OSError):
                # The parent is gone, or done: what is running tidies up after itself and ends.
                tasks.put(None)
                if busy.is_set():
                    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
                return

    threading.Thread(target=listen, daemon=True).start()
    while (told := tasks.get()) is not None:
        busy.set()
        try:
            module, _, function = told[0].partition(":")
            for item in getattr(import_module(module), function)(told[1]):
                _send(out, ("item", item))
            answer: Any = ("done", None)
        except BrokenPipeError:
            return 0
        except Exception as error:
            answer = ("failed", error if isinstance(error, InfluenceError) else RuntimeError(_told(error)))
        try:
            _send(out, answer)
        except BrokenPipeError:
            return 0
        busy.clear()
    return 0


def _leave(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(143)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".split("\n")[0]


def _cause(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"


def _send(stream: IO[bytes], value: Any) -> None:
    data = pickle.dumps(value, protocol=5)
    stream.write(_FRAME.pack(len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    head = stream.read(_FRAME.size)
    if len(head) < _FRAME.size:
        raise EOFError
    size = _FRAME.unpack(head)[0]
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)  # noqa: S301


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for all that the processes write meanwhile, gone afterwards; those of runs that were killed go now."""
    for left in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        _sweep(left)
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER))
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _sweep(folder: Path) -> None:
    """Remove the folder of a run that is over, if it is ours."""
    try:
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            return
        lock = os.open(folder / "lock", os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return
    finally:
        os.close(lock)
