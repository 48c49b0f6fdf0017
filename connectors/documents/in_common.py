"""What two names in bylines have in common beside themselves: co-authors and affiliations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from connectors.documents.author_names import PersonName, fold
from connectors.documents.common import CROWD

#: A surname with as many given names (or initials) in one corpus is a common one there.
COMMON = 6
#: Weak evidence that more namesakes than this have in common is none.
_TOO_COMMON = 60


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the byline of a work.

    Attributes
    ----------
    name
        The name.
    id
        The identity key that an identifier gives (``orcid:...``, ``openalex:A...``, ``<corpus>:<id>``), or ''.
    same
        Another key that is known to be the same person's, or ''.
    places
        Affiliations, in any form that is the same for the same place.
    """

    name: PersonName
    id: str = ""
    same: str = ""
    places: tuple[str, ...] = ()


#: (work, place in its byline)
Place = tuple[int, int]


@dataclass(slots=True)
class Evidence:
    """What speaks for two names being one person's: one strong thing in common, or two weak ones."""

    strong: set[Hashable] = field(default_factory=set)
    weak: set[Hashable] = field(default_factory=set)

    def add(self, other: Evidence) -> None:
        """Take in what speaks for another name of the same person."""
        self.strong |= other.strong
        self.weak |= other.weak

    def meets(self, other: Evidence) -> bool:
        """Whether it is enough that both have."""
        if not self.strong.isdisjoint(other.strong):
            return True
        return len((self.strong | self.weak) & (other.strong | other.weak)) > 1


def common_surnames(bylines: Sequence[Sequence[Mention]]) -> set[str]:
    """Surnames that many different people bear in this corpus."""
    given: dict[str, set[str]] = defaultdict(set)
    for name in {m.name for byline in bylines for m in byline}:
        if not name.body:
            given[name.form[0]].add(fold(name.given).partition(" ")[0] if name.initials is None else name.initials)
    return {family for family, found in given.items() if len(found) >= COMMON}


class Tokens:
    """What each mention has in common with others: co-authors and affiliations."""

    def __init__(self, bylines: Sequence[Sequence[Mention]], keys: list[list[str]], common: set[str]) -> None:
        self.bylines = bylines
        self.keys = keys
        self.common = common
        self._of_work: dict[int, list[tuple[Hashable, bool]]] = {}

    def of(self, place: Place) -> Evidence:
        """The evidence beside the name at `place`."""
        w, i = place
        byline = self.bylines[w]
        found = Evidence()
        if len(byline) <= CROWD:
            own = self._work(w)[i][0]
            for token, strong in self._work(w):
                if token != own:
                    (found.strong if strong else found.weak).add(token)
        name = byline[i].name
        where = found.weak if name.form[0] in self.common else found.strong
        where.update(("at", fold(p)) for p in byline[i].places if p)
        return found

    def _work(self, w: int) -> list[tuple[Hashable, bool]]:
        tokens = self._of_work.get(w)
        if tokens is None:
            tokens = []
            for mention, key in zip(self.bylines[w], self.keys[w], strict=True):
                form = mention.name.form
                telling = bool(form[1]) and form[0] not in self.common
                tokens.append((key, True) if key else (form, telling))
            self._of_work[w] = tokens
        return tokens

    def clusters(self, places: Sequence[Place]) -> list[list[Place]]:
        """Mentions of one form as persons: the connected parts under shared evidence."""
        parent = list(range(len(places)))

        def find(a: int) -> int:
            while parent[a] != a:
                parent[a] = parent[parent[a]]
                a = parent[a]
            return a

        strong: dict[Hashable, int] = {}
        holders: dict[Hashable, list[int]] = defaultdict(list)
        for number, place in enumerate(places):
            evidence = self.of(place)
            for token in evidence.strong:
                parent[find(number)] = find(strong.setdefault(token, number))
            for token in evidence.weak:
                holders[token].append(number)
        for a, b in _twice(holders.values()):
            parent[find(a)] = find(b)
        groups: dict[int, list[Place]] = defaultdict(list)
        for number, place in enumerate(places):
            groups[find(number)].append(place)
        return sorted(groups.values())


def _twice(holders: Iterable[list[int]]) -> Iterator[tuple[int, int]]:
    """Pairs that share at least two things."""
    seen: set[tuple[int, int]] = set()
    for members in holders:
        if 1 < len(members) <= _TOO_COMMON:
            for pair in combinations(members, 2):
                if pair in seen:
                    yield pair
                seen.add(pair)
