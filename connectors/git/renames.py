"""Which definition a hunk turns into which, so that the new name belongs to whoever introduced the old one.

The rule is in docs/names.md.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rapidfuzz import fuzz

#: One hunk: old line of the first removed, removed lines, new line of the first added, added lines. Lines are joined by
#: newlines; None where there are none.
Hunk = tuple[int, bytes | None, int, bytes | None]
#: One side of all hunks: the joined text, where each hunk begins in it, its definitions (position, name, public, kind).
Side = tuple[bytes, list[int], list[tuple[int, str, bool, str]]]

#: What stands between hunks in the joined text.
APART = b"\n\0\n"
#: How alike (0 to 100) the first lines of two definitions, and what follows, must be for one to be the other renamed.
ALIKE_FIRST, ALIKE_REST = 70, 60
#: Bytes of a definition that are compared.
_LONGEST_BODY = 1_000
#: Definitions on either side of a hunk that are compared for renames.
_COMPARED = 8


def renamed_definitions(hunks: list[Hunk], old: Side, new: Side) -> list[tuple[str, str]]:
    """Pairs (old, new) of definitions that one hunk turns into one another, the most alike first."""
    old_at, new_at = _by_hunk(hunks, 1, old), _by_hunk(hunks, 3, new)
    both = {name for _, name, _, _ in old[2]} & {name for _, name, _, _ in new[2]}
    candidates = []
    for number in old_at.keys() & new_at.keys():
        for before in old_at[number][:_COMPARED]:
            for after in new_at[number][:_COMPARED]:
                if before.name not in both and after.name not in both:
                    alike = _alike(before, after)
                    if alike:
                        candidates.append((-alike, before.name, after.name))
    found = []
    taken: set[str] = set()
    for _, old_name, new_name in sorted(candidates):
        if old_name not in taken and new_name not in taken:
            taken.update((old_name, new_name))
            found.append((old_name, new_name))
    return found


@dataclass(slots=True)
class _Definition:
    """A definition in a hunk; its first line and what follows there, both without the name."""

    name: str
    kind: str
    first: bytes
    rest: bytes


def _alike(before: _Definition, after: _Definition) -> float:
    """How alike two definitions are, names apart (0 to 200); 0 when they are not one renamed."""
    first = fuzz.ratio(before.first, after.first)
    if before.kind != after.kind or first < ALIKE_FIRST:
        return 0.0
    if before.kind not in ("function", "method", "type"):
        # Many values are alike by chance: short ones need names that are.
        return first if len(after.first) >= 20 or fuzz.ratio(before.name, after.name) >= ALIKE_REST else 0.0
    if not before.rest or not after.rest:
        # The body was not touched, or a line or two (a docstring) was put before it.
        return first if (before.rest + after.rest).count(b"\n") <= 3 else 0.0
    rest = fuzz.ratio(before.rest, after.rest)
    return first + rest if rest >= ALIKE_REST else 0.0


def _by_hunk(hunks: list[Hunk], lines: Literal[1, 3], side: Side) -> dict[int, list[_Definition]]:
    """Number of a hunk -> the definitions in it. `lines` says which side of the hunks it is."""
    text, starts, definitions = side
    numbers = [number for number, hunk in enumerate(hunks) if hunk[lines] is not None]
    found: dict[int, list[_Definition]] = {}
    following = [position for position, _, _, _ in definitions[1:]] + [len(text)]
    for (position, name, _, kind), end in zip(definitions, following, strict=True):
        at = bisect_right(starts, position) - 1
        last = starts[at + 1] - len(APART) if at + 1 < len(starts) else len(text) - 1
        first = text.rfind(b"\n", 0, position) + 1
        block = text[first : min(end, last, first + _LONGEST_BODY)]
        if end >= last:
            block += _near(hunks, numbers[at], lines)
        line, _, rest = block.replace(name.encode(), b"").partition(b"\n")
        found.setdefault(numbers[at], []).append(_Definition(name, kind, line, rest))
    return found


def _near(hunks: list[Hunk], number: int, lines: Literal[1, 3]) -> bytes:
    """What one side of the next hunks holds, as long as hardly a line (an opening brace) is unchanged between them."""
    found = b""
    for before, after in pairwise(hunks[number : number + 4]):
        removed = 0 if before[1] is None else before[1].count(b"\n") + 1
        if after[0] - before[0] - removed > 2 or len(found) > _LONGEST_BODY:
            break
        found += b"\n" + (after[lines] or b"")
    return found[:_LONGEST_BODY]
