"""Which files of a repository say who holds power over what, and what each of their versions says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from connectors.git import SafeRepository, Step
from connectors.git.paths import VENDORED, built_in_reason
from connectors.organisation.codeowners import parse_codeowners
from connectors.organisation.dated import InOrder, Together
from connectors.organisation.holders import Entry, Owner, Read
from connectors.organisation.kubernetes import Aliases, OwnersText, parse_aliases, parse_owners
from connectors.organisation.maintainers import is_sectioned, parse_sections
from connectors.organisation.name_lists import parse_list
from connectors.organisation.past import ALIASES, CODEOWNERS, MAINTAINERS, OWNERS

#: No forge loads a larger CODEOWNERS, and nobody keeps a larger one of the others.
MAX_BYTES = 3 << 20
#: Bytes of all versions that are read; of more, only some versions of each file are.
BUDGET = 256 << 20
#: Holdings that anybody ever had in one repository.
MAX_SPANS = 2_000_000


class TooMany(Exception):
    """More holdings than `MAX_SPANS`."""


@dataclass(slots=True)
class Holdings:
    """Who held what when, as far as the steps that were taken tell.

    Attributes
    ----------
    together
        What OWNERS and MAINTAINERS say, where every file counts.
    in_order
        What CODEOWNERS says, where the order of lines counts: (pattern, rule) and its owners.
    names
        What people are called, by identity key.
    skipped
        Of each file as it is now: reason -> how many lines were left out.
    refused
        Of each file as it is now: why nothing of it could be read.
    earlier
        (file name, reason) -> how many earlier versions could not be read.
    """

    together: Together[Entry] = field(default_factory=Together)
    in_order: InOrder[Owner, tuple[str, str]] = field(default_factory=InOrder)
    names: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, dict[str, int]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    earlier: Counter[tuple[str, str]] = field(default_factory=Counter)
    _codeowners: dict[str, bytes] = field(default_factory=dict)
    _place: str = ""
    _owners: dict[str, OwnersText] = field(default_factory=dict)
    _aliases: Aliases = field(default_factory=dict)
    _size: int = 0

    def step(self, time: int | None, contents: dict[str, bytes | None]) -> None:
        """At `time` (seconds since 1970) these files begin to have this content; None: they are gone.

        Raises
        ------
        TooMany
            When that is more than can be kept.
        """
        said: dict[str, Sequence[Entry]] = {}
        again: set[str] = set()
        for path, data in contents.items():
            self.skipped.pop(path, None)
            if (why := self.refused.pop(path, None)) is not None:
                self.earlier[path.rpartition("/")[2], why] += 1
            if data is not None and len(data) > MAX_BYTES:
                self.refused[path], data = f"larger than {MAX_BYTES >> 20} MB: nobody loads it", None
            if path in CODEOWNERS:
                self._codeowners.pop(path, None)
                if data is not None:
                    self._codeowners[path] = data
            elif path == ALIASES:
                again |= self._renew_aliases(data)
            elif path.rpartition("/")[2] == OWNERS:
                self._owners.pop(path, None)
                said[path] = ()
                if data is not None:
                    text = self._owners[path] = parse_owners(data)
                    if text.refused:
                        self.refused[path] = text.refused
                    again.add(path)
            else:
                said[path] = self._maintainers(path, data)
        for path in again & self._owners.keys():
            said[path] = self._noted(path, self._owners[path].entries(path.rpartition("/")[0], self._aliases))
        self.together.step(time, said)
        if not contents.keys().isdisjoint(CODEOWNERS):
            self._renew_codeowners(time)
        if len(self.together) + self._size > MAX_SPANS:
            raise TooMany

    @property
    def place(self) -> str:
        """The CODEOWNERS that holds now, or ''."""
        return self._place

    def _noted(self, path: str, read: Read) -> list[Entry]:
        if read.skipped:
            self.skipped[path] = read.skipped
        for key, name in read.names.items():
            self.names.setdefault(key, name)
        return read.entries

    def _maintainers(self, path: str, data: bytes | None) -> list[Entry]:
        if data is None:
            return []
        if built_in_reason(path) == VENDORED:
            self.refused[path] = "a copy of somebody else's: it says who maintains that elsewhere"
            return []
        text = data.decode("utf-8-sig", "replace")
        if is_sectioned(text):
            return self._noted(path, parse_sections(text))
        whole = MAINTAINERS.match(path) is not None
        return self._noted(path, parse_list(text, "" if whole else path.rpartition("/")[0]))

    def _renew_aliases(self, data: bytes | None) -> set[str]:
        """Read the aliases anew; returns the files that name one of which the members changed."""
        before = self._aliases
        self._aliases, why = parse_aliases(data) if data is not None else ({}, "")
        if why:
            self.refused[ALIASES] = why
        changed = {name for name in {*before, *self._aliases} if before.get(name) != self._aliases.get(name)}
        return {
            path for path, text in self._owners.items() if changed and any(name in changed for _, _, name in text.held)
        }

    def _renew_codeowners(self, time: int | None) -> None:
        self.skipped.pop(self._place, None)
        self._place = next((place for place in CODEOWNERS if place in self._codeowners or place in self.refused), "")
        data = self._codeowners.get(self._place, b"")
        read = parse_codeowners(data, gitlab=self._place.startswith(".gitlab/"))
        if read.skipped:
            self.skipped[self._place] = dict(Counter(reason for _, reason in read.skipped))
        self.in_order.step(time, [((entry.pattern, entry.rule), entry.owners) for entry in read.entries])
        self._size = self.in_order.size


def affordable(repository: SafeRepository, steps: list[Step]) -> tuple[list[Step], list[tuple[str, int, str]]]:
    """Where all versions together are too much to read: of each file every so many, and always the last."""
    blobs = sorted({blob for step in steps for blob in step.blobs.values() if blob})
    answers = repository.run("cat-file", "--batch-check=%(objectsize)", stdin="".join(f"{b}\n" for b in blobs).encode())
    sizes = {blob: int(line) if line.isdigit() else 0 for blob, line in zip(blobs, answers.split(b"\n"), strict=False)}
    total = sum(min(sizes.get(blob or "", 0), MAX_BYTES) for step in steps for blob in step.blobs.values())
    every = -(-total // BUDGET)
    if every <= 1:
        return steps, []
    last = {path: number for number, step in enumerate(steps) for path in step.blobs}
    seen: Counter[str] = Counter()
    left_out = 0
    kept = []
    for number, step in enumerate(steps):
        chosen: dict[str, str | None] = {}
        for path, blob in step.blobs.items():
            seen[path] += 1
            if blob is None or number == last[path] or seen[path] % every == 1:
                chosen[path] = blob
            else:
                left_out += 1
        if chosen:
            kept.append(Step(step.sha, step.time, chosen))
    why = f"together over {BUDGET >> 20} MB: one in {every} of each is read, and the last"
    return kept, [("versions of files of owners", left_out, why)]


def contents(
    repository: SafeRepository, steps: Iterable[Step]
) -> Iterator[tuple[int | None, dict[str, bytes | None], int]]:
    """(time, content by path, how many are missing from the clone) of each step; what is missing is as it was."""
    steps = list(steps)
    lost = repository.damage.blobs
    read = repository.blobs((blob for step in steps for blob in step.blobs.values() if blob), MAX_BYTES)
    for step in steps:
        found: dict[str, bytes | None] = {}
        missing = 0
        for path, blob in step.blobs.items():
            if blob is None:
                found[path] = None
                continue
            _, size, data = next(read)
            if size is None or blob in lost:
                missing += 1
            else:
                # Too large to be read: what says so is one byte more than may be.
                found[path] = data if data is not None else bytes(MAX_BYTES + 1)
        yield step.time, found, missing
