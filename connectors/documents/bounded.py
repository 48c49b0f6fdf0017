"""Calling a parser with a bound on time, memory and depth.

Parsers of markup need quadratic time for some texts, and some nest until the process ends. So they run in a process of
their own, which counts its own processor time (a busy machine does not make a document refused) and is started anew
when a document has ended it.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import signal
import struct
import subprocess
import sys
import time
from importlib import import_module
from types import TracebackType
from typing import IO, Any

from influence.errors import InternalError

#: Seconds of processor time that a call may take.
SECONDS = 20.0
#: Bytes of memory that the process may take.
_MEMORY = 3 << 30
#: How many times longer than the processor time a call may take by the clock, before the process is ended.
_SLACK = 20
_SIZE = struct.Struct("<Q")
_BOOT = (
    "import sys, ast; sys.path[:] = ast.literal_eval(sys.argv[1]); "
    "from connectors.documents import bounded; bounded.serve(sys.argv[2], float(sys.argv[3]))"
)
_LATE = "it takes too long to parse"
_DEEP = "it nests too deeply"
_LARGE = "it takes too much memory to parse"
_BROKEN = "its markup breaks the parser"


class GaveUp(Exception):
    """A call came to no result; the text says why."""


class Bounded:
    """A function of ours, called in a process of its own.

    Parameters
    ----------
    function
        ``module:name``; arguments and results must be picklable.
    seconds
        Processor time that a call may take.
    """

    def __init__(self, function: str, seconds: float = SECONDS) -> None:
        self._function = function
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Bounded:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def __call__(self, *arguments: Any) -> Any:
        """The function's result.

        Raises
        ------
        GaveUp
            When it took too long or too much, or broke down.
        influence.errors.InternalError
            When the process cannot be started.
        """
        process = self._process or self._start()
        try:
            assert process.stdin is not None
            _send(process.stdin, arguments)
            done, value = self._receive(process)
        except _Slow:
            self._stop()
            raise GaveUp(_LATE) from None
        except (OSError, EOFError):
            self._stop()
            raise GaveUp(_BROKEN) from None
        if not done:
            raise GaveUp(value)
        return value

    def _start(self) -> subprocess.Popen[bytes]:
        # Isolated from the environment and the working folder: a stray `connectors/` there must not be run.
        path = [entry for entry in sys.path if entry]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOT, repr(path), self._function, str(self._seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            ready = self._receive(self._process)
        except (OSError, EOFError, _Slow):
            ready = None
        if ready != "ready":
            self._stop()
            raise InternalError("the process that parses documents does not start", "run again and report it")
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()

    def _receive(self, process: subprocess.Popen[bytes]) -> Any:
        assert process.stdout is not None
        until = time.monotonic() + self._seconds * _SLACK + 60
        size = _SIZE.unpack(_read(process.stdout, _SIZE.size, until))[0]
        return pickle.loads(_read(process.stdout, size, until))  # noqa: S301 - between two processes of ours


class _Slow(Exception):
    """Nothing came in time."""


def _read(stream: IO[bytes], size: int, until: float) -> bytes:
    parts: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while size:
            if not selector.select(max(0.0, until - time.monotonic())):
                raise _Slow
            part = os.read(stream.fileno(), min(size, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
    return b"".join(parts)


def _send(stream: IO[bytes], value: Any) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(_SIZE.pack(len(data)) + data)
    stream.flush()


class _TimeIsUp(BaseException):
    """No parser catches this one."""


def serve(function: str, seconds: float) -> None:
    """The life of the process: answer calls until there are no more."""
    module, _, name = function.partition(":")
    call = getattr(import_module(module), name)
    answers = os.fdopen(os.dup(1), "wb")
    # What a parser prints must not get between the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _limit()
    signal.signal(signal.SIGPROF, _time_is_up)
    _send(answers, "ready")
    requests = sys.stdin.buffer
    while head := requests.read(_SIZE.size):
        arguments = pickle.loads(requests.read(_SIZE.unpack(head)[0]))  # noqa: S301 - between two processes of ours
        try:
            try:
                # It strikes again, in case somebody swallowed it.
                signal.setitimer(signal.ITIMER_PROF, seconds, 0.5)
                answer = (True, call(*arguments))
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
        except _TimeIsUp:
            signal.setitimer(signal.ITIMER_PROF, 0)
            answer = (False, _LATE)
        except Exception as error:
            answer = (False, why(error))
        _send(answers, answer)


def why(error: Exception) -> str:
    """What an error that a parser raised says of the document."""
    if isinstance(error, GaveUp):
        return str(error)
    if isinstance(error, RecursionError):
        return _DEEP
    return _LARGE if isinstance(error, MemoryError) else _BROKEN


def too_deep() -> GaveUp:
    """What to raise over a document that nests too deeply."""
    return GaveUp(_DEEP)


def _time_is_up(number: int, frame: Any) -> None:
    raise _TimeIsUp


def _limit() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
