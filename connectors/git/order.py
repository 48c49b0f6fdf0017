"""In what order the commits of a history are read, and who descends from whom.

Parents come before children, and all that a commit's first parent knows before what its other parents bring: so the
order of a history that went on along its first parents begins with the order that it had before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def post_order(parents: Mapping[str, Sequence[str]], tip: str, done: set[str] | None = None) -> Iterator[str]:
    """All ancestors of `tip` and itself, each after its parents, the first parent's ancestors before the others'.

    Parents that are no keys of `parents` (beyond the boundary of a shallow clone) are left out, and so is what is
    `done` already; what is yielded is added to it.
    """
    done = set() if done is None else done
    waiting = [tip]
    while waiting:
        commit = waiting[-1]
        if commit in done:
            waiting.pop()
            continue
        before = [parent for parent in parents[commit] if parent not in done and parent in parents]
        if before:
            waiting.extend(reversed(before))
        else:
            done.add(commit)
            waiting.pop()
            yield commit


class Descent:
    """Who descends from whom, among commits numbered from 1 in the order of this module; 0 is whatever was not read.

    Attributes
    ----------
    parents
        `parents[number]` are the numbers of a commit's parents.
    brought_by
        The first-parent commit of its branch that brought a commit in.
    """

    def __init__(self) -> None:
        self.parents: list[tuple[int, ...]] = [()]
        self.brought_by: list[int] = [0]
        # The newest first-parent commit that a commit descends from: it knows all that was brought in until then.
        self._base: list[int] = [0]

    def extend(self, parents: Sequence[tuple[int, ...]], trunk: bool = True) -> None:
        """Add commits that follow those there are; the last one is the tip of their branch.

        The first branch may be added in several parts, and is the `trunk`. Others fork off: what comes before them in
        number need not be what they know.
        """
        known = len(self.parents)
        self.parents += parents
        tip = len(self.parents) - 1
        chain = []
        at = tip
        while at >= known:
            chain.append(at)
            at = self.parents[at][0] if self.parents[at] else 0
        chain.reverse()
        top = iter(chain)
        bringer = next(top, 0)
        base = self._base
        for number, before in enumerate(parents, known):
            self.brought_by.append(bringer)
            if number == bringer:
                bringer = next(top, 0)
                if trunk:
                    base.append(number)
                    continue
            base.append(base[before[0]] if len(before) == 1 else max([base[parent] for parent in before], default=0))

    def on_trunk(self, number: int) -> bool:
        """Whether a commit is one of the trunk's first parents."""
        return self._base[number] == number

    def is_ancestor(self, old: int, new: int) -> bool:
        """Whether `new` descends from `old`, or is it."""
        waiting = [new]
        seen = set(waiting)
        brought = self.brought_by[old]
        while waiting:
            at = waiting.pop()
            if at == old or brought <= self._base[at]:
                return True
            for parent in self.parents[at]:
                if parent >= old and parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        return False
