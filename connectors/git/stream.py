"""The reader process: runs `git diff-tree --stdin` over blocks of commits and writes what the diffs say.

A reader gets blocks of commits and writes one marshalled frame a block, so that the one replay
(`connectors.git.replay`) that needs them in order has little left to do. It is a process of its own because parsing is
Python and there are several cores.

Commits with at most one parent are compared with rename detection, merges without it (a rename search over whole trees
for every merge costs six times the rest of the history); `connectors.git.merges` says how.
"""

from __future__ import annotations

import gc
import marshal
import pickle
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import IO, Any

from connectors.git.diffs import Reader, plain_commit
from connectors.git.merges import CACHE, Merges
from connectors.git.output import EndedEarly, Output
from connectors.git.paths import PathRules
from influence.heap import never_hold

PLAIN = (*CACHE, "diff-tree", "--stdin", "--always", "-r", "--root", "--raw", "-p", "-U0", "-M", "--full-index",
         "--no-ext-diff", "--no-textconv", "--no-color")  # fmt: skip
#: Merges, and other commits, that one git compares: each holds on to what it has seen.
MERGES = 16384
COMMITS = 8192

FRAME = struct.Struct("<Q")


#: Exit code of a reader whose git stopped half way: an object is missing or damaged.
ENDED_EARLY = 3


@dataclass(slots=True)
class Job:
    """What a reader is told: everything it needs, since it opens nothing else.

    `blocks` are commits in order, as `block` writes them. `attributes` and `rules` are the texts from which the
    path rules are made; `generated` are paths known to be generated; `missing` are blobs that are not there, `unread`
    commits whose changes cannot be told.
    """

    git: list[str]
    environment: dict[str, str]
    blocks: list[bytes]
    attributes: bytes = b""
    rules: str = ""
    generated: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    whitespace: bool = True
    names: bool = True


def block(commits: Iterable[tuple[str, bool]]) -> bytes:
    """Commits (hash, whether it is a merge) as few bytes: a history has millions."""
    return b"\n".join(b"%s%s" % (sha.encode(), b" " if merge else b"") for sha, merge in commits)


def read(job: Job, out: IO[bytes]) -> None:
    """Read the job's blocks and write a frame for each: 8 bytes of length, then a marshalled list.

    One item a commit, in the block's order: (files, names, left out), where a merge has no names.
    """
    rules = PathRules.of(job.attributes, job.rules)
    reader = Reader(rules, job.generated, frozenset(name.encode() for name in job.missing), job.whitespace, job.names)
    unread = {sha.encode() for sha in job.unread}
    commits = [name for each in job.blocks for name in each.split(b"\n") if name.rstrip() not in unread]
    plain = _plain(job, [name for name in commits if not name.endswith(b" ")], reader)
    merges = _merges(job, [name.replace(b" ", b"\n") for name in commits if name.endswith(b" ")], reader)
    del commits
    with closing(plain), closing(merges):
        for each in job.blocks:
            frame = marshal.dumps(
                [
                    ([], None, {}) if name.rstrip() in unread else next(merges if name.endswith(b" ") else plain)
                    for name in each.split(b"\n")
                ]
            )
            out.write(FRAME.pack(len(frame)))
            out.write(frame)
            out.flush()


def _plain(job: Job, commits: list[bytes], reader: Reader) -> Generator[tuple[Any, Any, dict[str, int]], None, None]:
    """Items of commits with at most one parent."""
    for start in range(0, len(commits), COMMITS):
        part = commits[start : start + COMMITS]
        with tempfile.TemporaryFile() as feed:
            feed.write(b"\n".join((*part, b"")))
            feed.seek(0)
            process = subprocess.Popen(
                [*job.git, *PLAIN],
                stdin=feed,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=job.environment,
                bufsize=1 << 20,
            )
        assert process.stdout is not None
        try:
            output = Output(process.stdout, part[0])
            for following in (*part[1:], b""):
                files, names = plain_commit(output, following, reader)
                if not following and process.wait():
                    raise EndedEarly
                yield files, names, dict(reader.left_out)
                reader.left_out.clear()
        finally:
            process.kill()
            process.communicate()


def _merges(job: Job, commits: list[bytes], reader: Reader) -> Generator[tuple[Any, Any, dict[str, int]], None, None]:
    """Items of merges."""
    of_merges = replace(reader, left_out=Counter())
    for start in range(0, len(commits), MERGES):
        part = commits[start : start + MERGES]
        with closing(Merges(job.git, job.environment, part, of_merges).files()) as merges:
            for files, left_out in merges:
                yield files, None, left_out


def main() -> int:
    """Run as a reader process: the job comes pickled on stdin (from our own parent), frames go to stdout."""
    # Nothing here goes round in circles; looking for circles among millions of lines costs a tenth of the time.
    gc.disable()
    never_hold()
    job = pickle.load(sys.stdin.buffer)  # noqa: S301
    try:
        read(job, sys.stdout.buffer)
    except BrokenPipeError:
        return 0
    except EndedEarly:
        return ENDED_EARLY
    return 0
