"""Tasks in processes of their own: what comes back, what fails, and what is left of those that were killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from influence import side_by_side
from influence.errors import InputError
from influence.side_by_side import Ended, run

ROOT = Path(__file__).resolve().parents[2]
TASK = "tests.influence.test_side_by_side:task"


def task(told: Any) -> Iterator[Any]:
    """What the tests run in other processes."""
    what, value = told
    if what == "count":
        yield from range(value)
    elif what == "print":
        print("not a frame")
        yield value
    elif what == "refuse":
        raise InputError("it cannot be used", "use another")
    elif what == "fail":
        raise ValueError("unforeseen\nsecond line")
    elif what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "leave":
        (Path(tempfile.gettempdir()) / "litter").write_text("x")
        Path(value).write_text(f"{os.getpid()} {tempfile.gettempdir()}")
        time.sleep(60)
    elif what == "who":
        yield os.getpid()


def all_of(*told: tuple[str, Any], processes: int = 2) -> tuple[dict[int, list[Any]], dict[int, str | None]]:
    items: dict[int, list[Any]] = {number: [] for number in range(len(told))}
    problems: dict[int, str | None] = {}
    for number, item in run(TASK, [partial(tuple, each) for each in told], processes):
        if isinstance(item, Ended):
            problems[number] = item.problem
        else:
            items[number].append(item)
    return items, problems


def test_what_fails_or_dies_takes_nothing_along() -> None:
    items, problems = all_of(
        ("count", 3), ("refuse", 0), ("die", 0), ("count", 2), ("fail", 0), ("die", 0), ("print", "x"), ("nothing", 0)
    )
    assert [items[number] for number in (0, 3, 6, 7)] == [[0, 1, 2], [0, 1], ["x"], []]
    assert sorted(problems) == list(range(8))
    assert {number for number, problem in problems.items() if problem is None} == {0, 3, 6, 7}
    assert problems[1] == "it cannot be used; use another"
    assert problems[4] is not None
    assert "ValueError: unforeseen" in problems[4]
    assert "\n" not in problems[4]
    for number in (2, 5):
        assert str(problems[number]).startswith("the process that read it ended (signal 9)")


def test_no_more_processes_than_asked_for() -> None:
    items, _ = all_of(*[("who", 0)] * 6, processes=2)
    assert 1 <= len({pid for (pid,) in items.values()}) <= 2


def test_what_to_tell_may_fail_too() -> None:
    def unknown() -> Any:
        raise InputError("nobody knows")

    ended = dict(run(TASK, [unknown, lambda: ("nothing", 0)], 1))
    assert (ended[0].problem, ended[1].problem) == ("nobody knows", None)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
def test_nothing_is_left_of_a_run_that_was_killed(tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = f"from influence.side_by_side import run\nlist(run({TASK!r}, [lambda: ('leave', {str(told)!r})], 1))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-c", program], env=environment, cwd=ROOT)
    while not (told.exists() and told.read_text()):
        assert process.poll() is None
        time.sleep(0.05)
    pid, folder = told.read_text().split()
    assert Path(folder).parent == tmp_path
    process.kill()
    process.wait()
    until = time.monotonic() + 60
    while not gone(int(pid)):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert (Path(folder) / "litter").exists()
    # The next run tidies up, but not what somebody still uses.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path))
        with side_by_side._folder() as first, side_by_side._folder():
            assert first.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["told"]
