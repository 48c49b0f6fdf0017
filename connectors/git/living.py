"""Which names still have a definition, commit by commit while the replay runs.

A name whose last definition has gone from the repository is nobody's here from then on: who uses it later uses a
library's (openstack/swift gave its client away, and imports it since).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from connectors.git.diffs import text_path
from connectors.git.languages import TABLE
from connectors.git.names import family_of, file_names, language_of
from connectors.git.renames import Hunk

#: Lines around a word that are looked at to tell whether they define it.
_ABOVE, _BELOW = 3, 8


class Living:
    """Counts of definitions by path and name, and the names that had some and have none.

    Parameters
    ----------
    content
        A blob's bytes, by its hash. Asked only where one of several definitions in a file goes: branches that brought
        the same definition in twice, and two definitions, look alike in sums.
    """

    def __init__(self, content: Callable[[bytes], bytes]) -> None:
        self._content = content
        self._counts: dict[str, dict[str, int]] = {}
        # In how many files each name is defined.
        self._places: dict[tuple[str, str | None], int] = {}
        # Name -> time (seconds) of the commit that removed its last definition.
        self._gone: dict[tuple[str, str | None], int] = {}

    def kept(self) -> list[Any]:
        """What a later run needs of this one, as JSON has it."""
        return [self._counts, [[*key, time] for key, time in self._gone.items()]]

    def restore(self, kept: list[Any]) -> None:
        """Go on where the run ended whose `kept` this is."""
        counts, gone = kept
        for path, names in counts.items():
            for name, count in names.items():
                self._put(name, path, count)
        self._gone = {(name, speech): time for name, speech, time in gone}

    def gone(self, name: str, speech: str | None, time: int) -> bool:
        """Whether nothing defined `name` in a family of languages any more at `time`, though something had."""
        since = self._gone.get((name, speech))
        return since is not None and since <= time

    def moved(self, old: bytes, new: bytes) -> None:
        """Tell that a file was renamed."""
        before, after = text_path(old), text_path(new)
        for name, count in self._counts.pop(before, {}).items():
            self._drop(name, before)
            self._put(name, after, count)

    def removed(self, path: bytes, time: int) -> None:
        """Tell that a file was deleted by a commit of `time` (seconds), after what `changed` says of it."""
        gone = text_path(path)
        for name in self._counts.pop(gone, {}):
            self._drop(name, gone)
            self._mark(name, gone, time)

    def changed(
        self,
        changes: list[tuple[str, str, int]],
        renamed: Collection[str],
        blobs: dict[str, bytes],
        time: int,
    ) -> None:
        """Tell what one commit of `time` (seconds) changed: (name, path, definitions added less removed).

        `renamed` are former names: they live on under their new ones. `blobs` are the new versions by path.
        """
        lost = []
        for name, path, step in changes:
            left = self._counts.get(path, {}).get(name, 0) + step
            if step < 0 < left and path in blobs:
                left = self._count(name, path, blobs[path])
            if left > 0:
                self._put(name, path, left)
            elif self._counts.get(path, {}).pop(name, 0):
                self._drop(name, path)
                lost.append((name, path))
        for name, path in lost:
            if name not in renamed:
                self._mark(name, path, time)

    def _put(self, name: str, path: str, count: int) -> None:
        counts = self._counts.setdefault(path, {})
        key = (name, family_of(path))
        if name not in counts:
            self._places[key] = self._places.get(key, 0) + 1
        counts[name] = count
        self._gone.pop(key, None)

    def _drop(self, name: str, path: str) -> None:
        self._places[name, family_of(path)] -= 1

    def _mark(self, name: str, path: str, time: int) -> None:
        key = (name, family_of(path))
        if not self._places.get(key):
            self._gone[key] = time

    def _count(self, name: str, path: str, blob: bytes) -> int:
        """How often a version of a file defines a name."""
        language = language_of(path)
        lines = self._content(blob).split(b"\n")
        folded = language is not None and TABLE[language].fold is not None
        word = re.compile(rb"\b" + name.encode() + rb"\b", re.IGNORECASE if folded else 0)
        hunks: list[Hunk] = []
        end = 0
        for number, line in enumerate(lines):
            if word.search(line):
                start = max(end, number - _ABOVE)
                end = number + _BELOW
                hunks.append((start, None, start + 1, b"\n".join(lines[start:end])))
        found = file_names(language, hunks) if language is not None and hunks else None
        return sum(other == name for other, *_ in found.defined) if found is not None else 0
