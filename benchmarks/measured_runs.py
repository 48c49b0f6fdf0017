"""One command at a time with its clocks: wall time, processor time, and the memory of all its processes together.

Memory is PSS (a page that several processes share counts in parts that sum to one), from ``/proc/PID/smaps_rollup``:
Linux only.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Seconds between two looks at the memory.
INTERVAL = 0.05


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds on the wall, and of processor time by the command and every process that it waited for."""

    wall: float
    cpu: float


@dataclass(slots=True)
class Peak:
    """The largest sum of PSS in MB; at that moment the share of git, and each of our processes, the largest first."""

    total: float = 0.0
    of_git: float = 0.0
    ours: tuple[float, ...] = ()
    looks: int = 0


def timed(
    command: Sequence[str],
    *,
    cores: Collection[int] | None = None,
    look: Callable[[int], None] | None = None,
    limit: float | None = None,
) -> Run:
    """Run a command that must succeed, with its output thrown away.

    Parameters
    ----------
    cores
        The processor cores that it and its children may use; all of ours by default.
    look
        Called every `INTERVAL` with the process' id. It takes time itself: not for runs whose time counts.
    limit
        Seconds after which the command and its children are ended.

    Raises
    ------
    subprocess.CalledProcessError
        When it fails; its message is the end of what it said.
    """
    mine = os.sched_getaffinity(0)
    # What is installed was compiled once, whatever is set here.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as said:
        # Children inherit it: with no time between their start and the restriction.
        os.sched_setaffinity(0, cores or mine)
        start = time.perf_counter()
        try:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env={**environment, "PYTHONPATH": str(ROOT)},
                start_new_session=True,
            )
        finally:
            os.sched_setaffinity(0, mine)
        ended = False
        try:
            while (look or limit) and os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                if look is not None:
                    look(process.pid)
                ended = limit is not None and time.perf_counter() - start > limit
                if ended:
                    break
                time.sleep(INTERVAL)
            if ended:
                os.killpg(process.pid, signal.SIGKILL)
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode and not ended:
            said.seek(max(0, said.tell() - 2000))
            raise subprocess.CalledProcessError(process.returncode, list(command), None, said.read())
    return Run(wall, usage.ru_utime + usage.ru_stime)


def peak_of(command: Sequence[str]) -> Peak:
    """The peak memory of a command and all its descendants."""
    peak = Peak()

    def look(root: int) -> None:
        held = [(_name(process), _pss(process)) for process in _tree(root)]
        total = sum(size for _, size in held)
        peak.looks += 1
        if total > peak.total:
            peak.total = total
            peak.ours = tuple(sorted((size for name, size in held if name != "git"), reverse=True))
            peak.of_git = sum(size for name, size in held if name == "git")

    timed(command, look=look)
    return peak


def _tree(root: int) -> list[int]:
    """The process and its descendants."""
    found = [root]
    for process in found:
        try:
            for task in Path(f"/proc/{process}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # it has just ended
    return found


def _pss(process: int) -> float:
    """MB that a process holds; 0 when it has just ended."""
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return "?"
