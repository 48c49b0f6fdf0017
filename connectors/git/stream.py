"""The reader process: has git say which files some commits changed, and how, and writes what that says.

A reader gets blocks of commits and writes one marshalled frame a block, so that the one replay
(`connectors.git.replay`) that needs them in order has little left to do. It is a process of its own because parsing is
Python and there are several cores. It looks at many commits, then has all versions compared at once
(`connectors.git.pairs`).
"""

from __future__ import annotations

import gc
import marshal
import pickle
import struct
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import IO

from connectors.git.diffs import Changed, PlainCommit, Reader
from connectors.git.merges import Merge
from connectors.git.output import EndedEarly, raw_entries
from connectors.git.pairs import Pairs, started
from connectors.git.paths import PathRules
from influence.heap import never_hold

#: Merges are looked at without a search for renames: over whole trees, for each, it costs six times all the rest.
PLAIN = ("diff-tree", "--stdin", "--always", "-r", "--root", "--raw", "-M", "--no-abbrev")
MERGES = ("diff-tree", "--stdin", "--always", "-r", "-c", "--raw", "--no-renames", "--no-abbrev")
#: Commits that one git looks at: each holds on to what it has seen.
COMMITS = 4096
#: Blocks that one reader gets in a run and whose changes are compared together.
RUN = 32
#: Pairs of versions from which on a block closes what is compared together.
PAIRS = 8192

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

    Raises
    ------
    EndedEarly
        When git stops half way.
    """
    rules = PathRules.of(job.attributes, job.rules)
    reader = Reader(rules, job.generated, frozenset(name.encode() for name in job.missing), job.whitespace, job.names)
    unread = {sha.encode() for sha in job.unread}
    commits = [name for each in job.blocks for name in each.split(b"\n") if name.rstrip() not in unread]
    plain = _looked_at(job, PLAIN, [name for name in commits if not name.endswith(b" ")])
    merges = _looked_at(job, MERGES, [name.rstrip() for name in commits if name.endswith(b" ")])
    del commits
    pairs = Pairs(job.git, job.environment)

    def changes(name: bytes) -> Changed:
        if name.rstrip() in unread:
            return PlainCommit((), reader, pairs)
        return Merge(next(merges), reader, pairs) if name.endswith(b" ") else PlainCommit(next(plain), reader, pairs)

    waiting: list[list[Changed]] = []
    with closing(plain), closing(merges):
        for number, each in enumerate(job.blocks, 1):
            waiting.append([changes(name) for name in each.split(b"\n")])
            if len(pairs) < PAIRS and number % RUN and number < len(job.blocks):
                continue
            with pairs.compare() as patches:
                for commits_of_block in waiting:
                    frame = marshal.dumps([commit.item(patches) for commit in commits_of_block])
                    out.write(FRAME.pack(len(frame)))
                    out.write(frame)
                    out.flush()
            waiting.clear()


def _looked_at(job: Job, arguments: Sequence[str], commits: list[bytes]) -> Generator[list[bytes], None, None]:
    """The raw entries of each commit."""
    for start in range(0, len(commits), COMMITS):
        part = commits[start : start + COMMITS]
        process = started(job.git, job.environment, arguments, b"\n".join((*part, b"")))
        assert process.stdout is not None
        try:
            yield from raw_entries(process.stdout, part)
            if process.wait():
                raise EndedEarly
        finally:
            process.kill()
            process.communicate()


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
