"""What a change does to the owners of a file's lines: by a commit, by a merge.

Owners are one number a line: the commit that wrote it, 0 where nobody knows. Hunks are four integers each, as git
prints them: old start, old count, new start, new count.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence

from connectors.git.owners import UNKNOWN

REPLACED, EXTENDED, DELETED, REPAIRED = range(4)
_WAYS = 4
#: Up to how many lines counting in a loop is faster than a counter's set-up.
_FEW = 12


def splice(
    owners: array[int],
    hunks: array[int],
    spaces: dict[int, list[int]] | None,
    me: int,
    blameless: bool,
) -> tuple[array[int], dict[int, int], dict[int, int]]:
    """Apply a commit's hunks to a version's owners.

    Parameters
    ----------
    owners
        Owner of each line before; where there are too few, nobody knows the rest.
    hunks
        As git prints them, in order.
    spaces
        By hunk, pairs (added line, removed line), flattened, that differ in white space only: those lines keep their
        owner and were not replaced.
    me
        Number of the commit that writes.
    blameless
        The commit is on the ignore list: replaced lines keep their owners, line for line, as far as there are any.

    Returns
    -------
    tuple
        Owners after; then what was done to whose lines: by ``owner * 4 + way`` the lines that were really replaced,
        deleted or, after a line of the owner's, added, and the first old line of it. Nobody's lines are not counted.
    """
    lacking = _extent(hunks) - len(owners)
    if lacking > 0:
        owners = owners + array("I", (UNKNOWN,)) * lacking
    mine = array("I", (me,))
    after = array("I")
    amounts: dict[int, int] = {}
    lines: dict[int, int] = {}
    taken = 0
    numbers = iter(hunks)
    for place, (start, count_old, _, count_new) in enumerate(zip(numbers, numbers, numbers, numbers, strict=True)):
        first = start - 1 if count_old else start
        after += owners[taken:first]
        taken = first + count_old
        if not count_old:
            after += mine * count_new
            above = owners[first - 1] if 0 < first <= len(owners) else UNKNOWN
            if above:
                key = above * _WAYS + EXTENDED
                amounts[key] = amounts.get(key, 0) + count_new
                lines.setdefault(key, max(start, 1))
            continue
        before: Sequence[int] = owners[first:taken]
        if blameless:
            after.extend(before[min(line, count_old - 1)] for line in range(count_new))
            continue
        pairs = spaces.get(place) if spaces else None
        way = REPLACED
        if pairs:
            fill = mine * count_new
            kept = set(pairs[1::2])
            for at in range(0, len(pairs), 2):
                fill[pairs[at]] = before[pairs[at + 1]]
            after += fill
            before = [owner for line, owner in enumerate(before) if line not in kept]
            if count_new == len(kept):
                way = DELETED
            elif not before and first and owners[first - 1 : first]:
                before, way = (owners[first - 1],) * (count_new - len(kept)), EXTENDED
        else:
            after += mine * count_new
            if not count_new:
                way = DELETED
        if len(before) <= _FEW:
            for owner in before:
                if owner:
                    key = owner * _WAYS + way
                    amounts[key] = amounts.get(key, 0) + 1
                    lines.setdefault(key, start)
        else:
            for owner, amount in Counter(before).items():
                if owner:
                    key = owner * _WAYS + way
                    amounts[key] = amounts.get(key, 0) + amount
                    lines.setdefault(key, start)
    after += owners[taken:]
    return after, amounts, lines


def _extent(hunks: array[int]) -> int:
    """How many lines there were at least."""
    if not hunks:
        return 0
    start, count = hunks[-4:-2]
    return start + count - 1 if count else start


def merge(parents: Sequence[array[int] | None], hunks: Sequence[array[int] | None], me: int) -> array[int]:
    """Owners of a file that a merge wrote, from those of its parents and from how it differs from each of them.

    A line that stands in a parent keeps its owner there, in the first parent's rather than in the others'; only lines
    that are in no parent belong to the merge. That is how git blame decides.

    Parameters
    ----------
    parents
        Owners of the lines of the file in each parent; None where nobody knows them.
    hunks
        What leads from each parent's version to the merge's; None where that parent has no such file.
    me
        Number of the merge.
    """
    after = array("I", (me,)) * max(map(_length, parents, hunks))
    for owners, changes in zip(reversed(parents), reversed(hunks), strict=True):
        if changes is not None:
            _overlay(after, owners if owners is not None else array("I"), changes)
    return after


def _length(owners: array[int] | None, hunks: array[int] | None) -> int:
    """How many lines there are after the hunks, as far as one can tell."""
    if not hunks:
        return len(owners or ()) if hunks is not None else 0
    last = hunks[-2] + hunks[-1] - 1 if hunks[-1] else hunks[-2]
    return max(last, len(owners or ()) + sum(hunks[3::4]) - sum(hunks[1::4]))


def _overlay(after: array[int], owners: array[int], hunks: array[int]) -> None:
    """Give the lines of `after` that `hunks` leave as they were their owners of before."""
    source = target = 0
    numbers = iter(hunks)
    for start_old, count_old, start_new, count_new in zip(numbers, numbers, numbers, numbers, strict=True):
        first = start_old - 1 if count_old else start_old
        _copy(after, target, owners, source, first - source)
        source = first + count_old
        target = (start_new - 1 if count_new else start_new) + count_new
    _copy(after, target, owners, source, len(after) - target)


def _copy(after: array[int], target: int, owners: array[int], source: int, count: int) -> None:
    if count <= 0:
        return
    there = owners[source : source + count]
    if len(there) < count:
        there = there + array("I", (UNKNOWN,)) * (count - len(there))
    after[target : target + count] = there
