"""Which patterns of the files of owners hold for a path at a time.

Forms, told apart by the `rule` of the table `authority`; how patterns are written is in `influence.patterns`:

``last``
    GitHub's CODEOWNERS: the last pattern that matches decides.
``gitlab:SECTION``
    GitLab's CODEOWNERS: the last pattern of each section decides, what ``!`` excludes from a section has no owner in
    it.
``upward``, ``upward:EXPRESSION``, ``upward only``
    OWNERS of Kubernetes: the pattern is the file's folder; whoever holds there holds below, up from the path's own
    folder to the first with ``upward only`` (it says ``no_parent_owners``), else to the root. With a regular
    expression: where that is found in the path relative to the folder
    (https://www.kubernetes.dev/docs/guide/owners/).
``every:KEY``
    MAINTAINERS of Linux: every pattern that matches counts; what ``X: `` excludes is left out of patterns with its key.
anything else
    Every pattern that matches counts; patterns as GitHub's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from influence.patterns import Form, Matcher, found_in

GITLAB, UPWARD, STOP, SECTIONS = "gitlab:", "upward", "upward only", "every:"
#: Since and before when, in microseconds; None: at all times.
Spans: TypeAlias = Sequence[tuple[int, int]] | None
_EXCLUDED = "X: "
_LAST, _UP, _EACH = "last", "upward", "every"


@dataclass(slots=True)
class _Group:
    """Patterns that decide together."""

    kind: str
    rule: str
    including: Matcher
    excluding: Matcher
    dated: bool
    folders: dict[str, list[int]] = field(default_factory=dict)


class OwnedPaths:
    """The patterns of the files of one source, in their order.

    Parameters
    ----------
    patterns
        (pattern, rule) in the order of the files.
    spans
        When each of them stood there; always by default.
    """

    def __init__(self, patterns: Sequence[tuple[str, str | None]], spans: Sequence[Spans] | None = None) -> None:
        self._patterns = [(pattern, rule or "every") for pattern, rule in patterns]
        self._spans = spans or [None] * len(patterns)
        members: dict[str, list[int]] = {}
        for place, (_, rule) in enumerate(self._patterns):
            members.setdefault(_together(rule), []).append(place)
        self._groups = [self._group(rule, places) for rule, places in members.items()]
        #: Path -> (group, places that match, by level where levels count).
        self._known: dict[str, list[tuple[_Group, list[list[int]]]]] = {}

    def holding(self, path: str, time: int | None = None) -> tuple[int, ...]:
        """Positions in `patterns` of those that hold for `path` at `time` (microseconds; None: whenever they stood)."""
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = [
                (group, levels) for group in self._groups if (levels := self._match(group, path))
            ]
        found: list[int] = []
        for group, levels in known:
            if group.kind == _UP:
                for level in levels:
                    standing = [place for place in level if self._stands(place, time)]
                    found.extend(standing)
                    if any(self._patterns[place][1] == STOP for place in standing):
                        break
            elif group.kind == _EACH:
                including, excluding = levels
                without = {self._patterns[place][1] for place in excluding if self._stands(place, time)}
                found.extend(
                    place
                    for place in including
                    if self._patterns[place][1] not in without and self._stands(place, time)
                )
            elif not any(self._stands(place, time) for place in levels[1]):
                last = next((place for place in reversed(levels[0]) if self._stands(place, time)), None)
                found.extend([] if last is None else [last])
        return tuple(found)

    def _stands(self, place: int, time: int | None) -> bool:
        spans = self._spans[place]
        return time is None or spans is None or any(since <= time < until for since, until in spans)

    def _group(self, rule: str, places: list[int]) -> _Group:
        dated = any(self._spans[place] is not None for place in places)
        if rule == UPWARD:
            folders: dict[str, list[int]] = {}
            for place in places:
                folders.setdefault(self._patterns[place][0].strip("/"), []).append(place)
            nothing = Matcher([], "github")
            return _Group(_UP, rule, nothing, nothing, dated, folders)
        form: Form = "github"
        mark = ""
        if rule.startswith(GITLAB):
            form, mark = "gitlab", "!"
        elif rule == SECTIONS:
            form, mark = "linux", _EXCLUDED
        excluding = [place for place in places if mark and self._patterns[place][0].startswith(mark)]
        left = set(excluding)
        return _Group(
            _LAST if rule == "last" or form == "gitlab" else _EACH,
            rule,
            Matcher([(self._patterns[place][0], place) for place in places if place not in left], form),
            Matcher([(self._patterns[place][0].removeprefix(mark), place) for place in excluding], form),
            dated,
        )

    def _match(self, group: _Group, path: str) -> list[list[int]]:
        """Places of a group that match `path`, whenever they stood: [including, excluding], or a list a level."""
        if group.kind == _UP:
            return self._levels(group, path)
        if group.kind == _LAST and not group.dated:
            last = group.including.last(path)
            including = [last] if last >= 0 else []
        else:
            including = group.including.all(path)
        return [including, group.excluding.all(path)] if including else []

    def _levels(self, group: _Group, path: str) -> list[list[int]]:
        levels = []
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            below = path[len(folder) + 1 :] if folder else path
            level = [place for place in group.folders.get(folder, ()) if self._covers(place, below)]
            if level:
                levels.append(level)
        return levels

    def _covers(self, place: int, below: str) -> bool:
        _, colon, expression = self._patterns[place][1].partition(":")
        return not colon or found_in(expression, below)


def _together(rule: str) -> str:
    """Rules whose patterns decide together."""
    if rule in (UPWARD, STOP) or rule.startswith(f"{UPWARD}:"):
        return UPWARD
    return SECTIONS if rule.startswith(SECTIONS) else rule
