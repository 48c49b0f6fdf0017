"""Which part of a history is read: from which branches, and since when.

The default branch comes first, then every other branch, by name, with the commits that none before it has. A commit was
brought in by the first of them that has it: so adding branches changes nothing that is said of the default branch.
"""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from connectors.git.order import post_order

if TYPE_CHECKING:
    from connectors.git.repository import SafeRepository

#: Where branches are kept: those of the clone, and what it knows of others'.
BRANCHES = ("refs/heads/", "refs/remotes/")


def branches(repository: SafeRepository, references: Mapping[str, str]) -> tuple[list[str], int]:
    """The commits that branches end in, by the branches' names, each once; and how many branches end in none."""
    named = [references[name] for name in sorted(references) if name.startswith(BRANCHES)]
    if not named:
        return [], 0
    asked = "".join(f"{value}^{{commit}}\n" for value in named).encode()
    answers = repository.run("cat-file", "--batch-check=%(objectname)", stdin=asked).decode().split("\n")[:-1]
    ends = [answer for answer in answers if " " not in answer]
    return list(dict.fromkeys(ends)), len(named) - len(ends)


def ordered(repository: SafeRepository) -> tuple[dict[str, list[str]], list[int], int]:
    """What is read, in order.

    Returns
    -------
    tuple
        Every commit with its parents, as far as the clone has them, in the order of `connectors.git.order`; after how
        many of them each branch ends, those left out that bring nothing; how many commits are older than is asked for.
    """
    since = repository.since
    if repository.known and repository.plain and since is None and not repository.others:
        gone_on = _gone_on(repository)
        if gone_on is not None:
            return gone_on, [len(gone_on)], 0
    lines = repository.walk("rev-list", "--stdin", "--parents", *(("--timestamp",) if since else ())).decode("ascii")
    parents: dict[str, list[str]] = {}
    times: dict[str, int] = {}
    for line in lines.split("\n")[:-1]:
        words = line.split(" ")
        if since:
            time, *words = words
            times[words[0]] = int(time)
        parents[words[0]] = words[1:]
    done: set[str] = set()
    read: dict[str, list[str]] = {}
    ends: list[int] = []
    before = 0
    for tip in repository.tips:
        if since:
            old = _before(parents, times, tip, since, done)
            before += len(old)
            done |= old
        for commit in post_order(parents, tip, done):
            before_it = parents[commit]
            whole = all(parent in parents for parent in before_it)
            read[commit] = before_it if whole else [parent for parent in before_it if parent in parents]
        if not ends or len(read) > ends[-1]:
            ends.append(len(read))
    return read, ends, before


def _gone_on(repository: SafeRepository) -> dict[str, list[str]] | None:
    """What is read where the tip's first parents lead to the last of what is known; None where they do not."""
    known = repository.known
    last = next(reversed(known))
    try:
        lines = repository.run("rev-list", "--parents", repository.tip, f"^{last}").decode("ascii")
    except subprocess.CalledProcessError:
        return None
    parents = {commit: before for commit, *before in (line.split(" ") for line in lines.split("\n")[:-1])}
    at = repository.tip
    while parents.get(at):
        at = parents[at][0]
    if at != last or any(parent not in parents and parent not in known for each in parents.values() for parent in each):
        return None
    return known | {commit: parents[commit] for commit in (post_order(parents, repository.tip) if parents else ())}


def _before(
    parents: Mapping[str, Sequence[str]], times: Mapping[str, int], tip: str, since: dt.date, done: set[str]
) -> set[str]:
    """What the branch that ends in `tip` had when the day began (UTC), by its first parents, without what is `done`."""
    day = int(dt.datetime(since.year, since.month, since.day, tzinfo=dt.UTC).timestamp())
    at: str | None = tip
    while at is not None and at in parents and times[at] >= day:
        at = next(iter(parents[at]), None)
    old: set[str] = set()
    waiting = [at] if at is not None and at in parents else []
    while waiting:
        commit = waiting.pop()
        if commit not in old and commit not in done and commit in parents:
            old.add(commit)
            waiting.extend(parents[commit])
    return old
