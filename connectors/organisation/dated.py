"""From versions of a file, one after the other, to what it said from when to when.

Times are seconds since 1970; None as a beginning: since before the history begins, as an end: to this day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from connectors.git import longest_rising

Said = TypeVar("Said", bound=Hashable)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Span(Generic[Said]):
    """What was said from `since` until before `until`."""

    said: Said
    since: int | None
    until: int | None


class Together(Generic[Said]):
    """What some files say together, in whatever order: as long as any of them says it, it is said.

    So what moves from one file to another in one step goes on.
    """

    def __init__(self) -> None:
        self._open: dict[Said, int | None] = {}
        self._times: Counter[Said] = Counter()
        self._files: dict[str, dict[Said, None]] = {}
        self._closed: list[Span[Said]] = []

    def step(self, time: int | None, files: Mapping[str, Iterable[Said]]) -> None:
        """At `time` each of `files` begins to say this, and nothing else."""
        touched: dict[Said, None] = {}
        for path, said in files.items():
            before, after = self._files.pop(path, {}), dict.fromkeys(said)
            if after:
                self._files[path] = after
            ended = [each for each in before if each not in after]
            begun = [each for each in after if each not in before]
            self._times.subtract(ended)
            self._times.update(begun)
            touched |= dict.fromkeys((*ended, *begun))
        for each in touched:
            if self._times[each] <= 0:
                del self._times[each]
                if each in self._open:
                    _close(self._closed, each, self._open.pop(each), time)
            elif each not in self._open:
                self._open[each] = time

    def __len__(self) -> int:
        return len(self._open) + len(self._closed)

    def spans(self) -> Iterator[Span[Said]]:
        """All that was said, by when it began to be."""
        yield from self._closed
        yield from (Span(each, since, None) for each, since in self._open.items())


@dataclass(eq=False, slots=True)
class _Line(Generic[Said, Key]):
    key: Key
    since: int | None
    said: Together[Said] = field(default_factory=Together)
    spans: list[Span[Key]] = field(default_factory=list)
    next: _Line[Said, Key] | None = None
    says: tuple[Said, ...] = ()

    def say(self, time: int | None, said: tuple[Said, ...]) -> None:
        if said != self.says:
            self.said.step(time, {"": said})
            self.says = said


class InOrder(Generic[Said, Key]):
    """What one file says line by line, where order matters.

    Lines keep the order that they had among each other: one that stays stays, whatever is put before it; one that is
    moved ends and begins. Each line has a key (two of one key are told apart by their order) and says any number of
    things, which come and go while the line stays.
    """

    def __init__(self) -> None:
        self._first: _Line[Said, Key] | None = None
        self._now: list[_Line[Said, Key]] = []
        self.size = 0

    def step(self, time: int | None, lines: Sequence[tuple[Key, Sequence[Said]]]) -> None:
        """At `time` the file begins to consist of `lines`, and nothing else."""
        places = {key: place for place, key in enumerate(_numbered(line.key for line in self._now))}
        keys = _numbered(key for key, _ in lines)
        known = [(new, places[key]) for new, key in enumerate(keys) if key in places]
        kept = {known[at][0]: known[at][1] for at in longest_rising([old for _, old in known])}
        stays = set(kept.values())
        for place, line in enumerate(self._now):
            if place not in stays:
                _close(line.spans, line.key, line.since, time)
                line.say(time, ())
        now: list[_Line[Said, Key]] = []
        before: _Line[Said, Key] | None = None
        for new, (key, said) in enumerate(lines):
            line = self._now[kept[new]] if new in kept else self._put(before, key, time)
            line.say(time, tuple(said))
            now.append(line)
            before = line
        self._now = now

    def spans(self) -> Iterator[tuple[int, list[Span[Key]], list[Span[Said]]]]:
        """Of each line that ever was: its place among all of them, when it was, and when it said what."""
        still = set(map(id, self._now))
        place, line = 0, self._first
        while line is not None:
            place += 1
            yield (
                place,
                line.spans + ([Span(line.key, line.since, None)] if id(line) in still else []),
                list(line.said.spans()),
            )
            line = line.next

    def _put(self, before: _Line[Said, Key] | None, key: Key, time: int | None) -> _Line[Said, Key]:
        line: _Line[Said, Key] = _Line(key, time)
        self.size += 1
        if before is None:
            line.next, self._first = self._first, line
        else:
            line.next, before.next = before.next, line
        return line


def _close(into: list[Span[Said]], said: Said, since: int | None, until: int | None) -> None:
    # What came and went at one moment was never seen.
    if until is not None and (since is None or since < until):
        into.append(Span(said, since, until))


def _numbered(keys: Iterable[Key]) -> list[tuple[Key, int]]:
    """Each key with how many of it came before."""
    seen: Counter[Key] = Counter()
    out = []
    for key in keys:
        out.append((key, seen[key]))
        seen[key] += 1
    return out
