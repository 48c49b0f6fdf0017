"""Union-find whose parts may be kept apart: by class, by label, and by pairs that are known to be two."""

from __future__ import annotations

from collections.abc import Sequence


class Union:
    """Parts of `0 .. n-1`, joined one pair at a time unless something keeps them apart.

    Parameters
    ----------
    kinds
        Class of each; parts of different classes are never joined. '' goes with any.
    labels
        What a human called each; parts with different labels are never joined. '' goes with any.
    """

    def __init__(self, kinds: Sequence[str], labels: Sequence[str]) -> None:
        self._parent = list(range(len(kinds)))
        self.kind = list(kinds)
        self._label = list(labels)
        self._enemies: dict[int, set[int]] = {}

    def find(self, i: int) -> int:
        """The representative of the part of `i`: its least member."""
        root = i
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[i] != root:
            self._parent[i], i = root, self._parent[i]
        return root

    def keep_apart(self, a: int, b: int) -> None:
        """Never join the parts of `a` and `b` from now on; nothing happens if they are one already."""
        a, b = self.find(a), self.find(b)
        if a != b:
            self._enemies.setdefault(a, set()).add(b)
            self._enemies.setdefault(b, set()).add(a)

    def obstacle(self, a: int, b: int) -> str:
        """What keeps the parts of `a` and `b` apart, or ''."""
        a, b = self.find(a), self.find(b)
        if self._label[a] and self._label[b] and self._label[a] != self._label[b]:
            return "people.csv"
        if b in self._enemies.get(a, ()):
            return "known to be two"
        if self.kind[a] and self.kind[b] and self.kind[a] != self.kind[b]:
            return f"{min(self.kind[a], self.kind[b])} and {max(self.kind[a], self.kind[b])}"
        return ""

    def join(self, a: int, b: int, kind: str = "") -> bool:
        """Join two parts, whatever keeps them apart; `kind` is then the class of both. False if they were one."""
        a, b = sorted((self.find(a), self.find(b)))
        self.kind[a] = kind or self.kind[a] or self.kind[b]
        if a == b:
            return False
        self._parent[b] = a
        self._label[a] = self._label[a] or self._label[b]
        for enemy in self._enemies.pop(b, ()):
            self._enemies[enemy].discard(b)
            if enemy != a:
                self._enemies[enemy].add(a)
                self._enemies.setdefault(a, set()).add(enemy)
        return True
