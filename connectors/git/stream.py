"""The reader process: runs `git diff-tree --stdin` over blocks of commits and writes what the diffs say.

A reader gets blocks of commits and writes one marshalled frame a block, so that the one replay
(`connectors.git.replay`) that needs them in order has little left to do. It is a process of its own because parsing is
Python and there are several cores.

Two diff-trees run side by side in a reader: commits with at most one parent with rename detection, merges as combined
diffs without it (a rename search over whole trees for every merge costs six times the rest of the history).
"""

from __future__ import annotations

import gc
import marshal
import pickle
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import IO, Any

from connectors.git.diffs import EndedEarly, Reader, merge_commit, plain_commit
from connectors.git.paths import PathRules

PLAIN = ("diff-tree", "--stdin", "--always", "-r", "--root", "--raw", "-p", "-U0", "-M", "--full-index",
         "--no-ext-diff", "--no-textconv", "--no-color")  # fmt: skip
# Without a line of context git (2.39) runs neighbouring combined hunks together and leaves out the lines between them.
MERGES = ("diff-tree", "--stdin", "--always", "-r", "-c", "--raw", "-p", "-U1", "--no-renames", "--full-index",
          "--no-ext-diff", "--no-textconv", "--no-color")  # fmt: skip

FRAME = struct.Struct("<Q")


#: Exit code of a reader whose git stopped half way: an object is missing or damaged.
ENDED_EARLY = 3


@dataclass(slots=True)
class Job:
    """What a reader is told: everything it needs, since it opens nothing else.

    `blocks` are lists of (commit hash, whether it is a merge). `attributes` and `rules` are the texts from which the
    path rules are made; `generated` are paths known to be generated; `missing` are blobs that are not there, `unread`
    commits whose changes cannot be told.
    """

    git: list[str]
    environment: dict[str, str]
    blocks: list[list[tuple[str, bool]]]
    attributes: bytes = b""
    rules: str = ""
    generated: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    whitespace: bool = True
    names: bool = True


def read(job: Job, out: IO[bytes]) -> None:
    """Read the job's blocks and write a frame for each: 8 bytes of length, then a marshalled list.

    One item a commit, in the block's order: (files, names, left out), where a merge has no names.
    """
    rules = PathRules.default()
    if job.attributes:
        rules = rules.with_attributes(job.attributes)
    if job.rules:
        rules = rules.with_file(job.rules)
    reader = Reader(rules, job.generated, frozenset(name.encode() for name in job.missing), job.whitespace, job.names)
    lists: dict[bool, list[bytes]] = {False: [], True: []}
    for block in job.blocks:
        for commit, merge in block:
            if commit not in job.unread:
                lists[merge].append(commit.encode() + b"\n")
    processes = {}
    streams: dict[bool, IO[bytes]] = {}
    for merge, arguments in ((False, PLAIN), (True, MERGES)):
        if lists[merge]:
            feed = tempfile.TemporaryFile()  # noqa: SIM115
            feed.writelines(lists[merge])
            feed.seek(0)
            processes[merge] = subprocess.Popen(
                [*job.git, *arguments],
                stdin=feed,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=job.environment,
                bufsize=1 << 20,
            )
            stdout = processes[merge].stdout
            assert stdout is not None
            streams[merge] = stdout
    at = {False: 0, True: 0}
    try:
        for merge, stream in streams.items():
            if stream.readline() != lists[merge][0]:
                raise EndedEarly
        for block in job.blocks:
            items: list[tuple[Any, Any, dict[str, int]]] = []
            for commit, merge in block:
                if commit in job.unread:
                    items.append(([], None, {}))
                    continue
                at[merge] += 1
                following = lists[merge][at[merge]] if at[merge] < len(lists[merge]) else b""
                if merge:
                    item: tuple[Any, Any] = (merge_commit(streams[merge], following, reader), None)
                else:
                    item = plain_commit(streams[merge], following, reader)
                items.append((*item, dict(reader.left_out)))
                reader.left_out.clear()
            frame = marshal.dumps(items)
            out.write(FRAME.pack(len(frame)))
            out.write(frame)
            out.flush()
    finally:
        for process in processes.values():
            process.kill()
            process.wait()


def main() -> int:
    """Run as a reader process: the job comes pickled on stdin (from our own parent), frames go to stdout."""
    # Nothing here goes round in circles; looking for circles among millions of lines costs a tenth of the time.
    gc.disable()
    job = pickle.load(sys.stdin.buffer)  # noqa: S301
    try:
        read(job, sys.stdout.buffer)
    except BrokenPipeError:
        return 0
    except EndedEarly:
        return ENDED_EARLY
    return 0
