"""Authors told apart, as far as a bibliography lets one.

In this order, and never guessing past it:

1. An ORCID iD, an OpenAlex author id or the author id of a table is one person; two of them are two, whatever they are
   called. An identifier that stands with different names in the byline of one work is a slip and says nothing there.
2. A full name (a given name written out) is one person: the same string, whichever way round it was written. Two
   different full names are never one here; whether they are is for `influence.people` and `people.csv`.
3. A name with initials only ("Cheng Y", "Y. Cheng"), or a single word, is no person yet. Two such names of one form are
   one person only if their works share a co-author or they share an affiliation. Where that proves little, because
   the co-author is known by initials as well (or it is the affiliation) and the surname is a common one in this very
   corpus, two are asked for. Such a person is the one with the full name if the same evidence leads to exactly one whom
   the initials fit and who is not on the same work. Otherwise they stay apart: ``author:Y. Cheng [doi:10.1000/x]``,
   named by the first (in the order of ids) of their works.

The order in which works are read does not matter.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.documents.author_names import fold
from connectors.documents.common import Author
from connectors.documents.in_common import Evidence, Mention, Place, Tokens, common_surnames

__all__ = ["Mention", "Told", "tell_apart"]

#: A work id that is longer stands in a key as its hash.
_LONGEST_ID = 100


@dataclass(slots=True)
class Told:
    """Who is who.

    Attributes
    ----------
    keys
        One identity key for each mention of each byline, in order.
    names
        Key -> the name to show.
    links
        (a, b, same, by): what is known of two keys, for the table `identity_links`.
    undecided
        How many persons known by initials only stayed apart from everybody else.
    """

    keys: list[list[str]]
    names: dict[str, str]
    links: list[tuple[str, str, bool, str]]
    undecided: int

    def byline(self, position: int) -> list[Author]:
        """The authors of the work at `position`."""
        return [Author(key, self.names[key]) for key in self.keys[position]]


@dataclass(slots=True)
class _Person:
    """Somebody with a key, whom a name with initials may belong to."""

    key: str
    display: str
    initials: set[str]
    identified: bool
    works: set[int] = field(default_factory=set)
    evidence: Evidence = field(default_factory=Evidence)


def tell_apart(works: Sequence[str], bylines: Sequence[Sequence[Mention]]) -> Told:
    """Tell the authors of a corpus apart.

    Parameters
    ----------
    works
        Artifact ids, each once.
    bylines
        The authors of each work, in order; nobody (an empty name without an id) must not be among them.

    Returns
    -------
    The key of every mention. Time is near linear in their number; works with over 50 authors give no evidence, because
    to share one says little.
    """
    keys: list[list[str]] = [_plain_keys(byline) for byline in bylines]
    open_places = [(w, i) for w, row in enumerate(keys) for i, key in enumerate(row) if not key]
    undecided: set[str] = set()
    if open_places:
        undecided = _decide(works, bylines, keys, open_places)
    called = _called(bylines, keys)
    names = {key: _best(key, count) for key, count in called.items()}
    links = sorted({*_said_same(bylines, keys), *_known_apart(called, undecided)})
    return Told(keys, names, links, len(undecided))


def _plain_keys(byline: Sequence[Mention]) -> list[str]:
    """Keys by identifier or full name; '' for a name that does not tell who it is."""
    ids = Counter(m.id for m in byline if m.id)
    if not ids:
        return ["" if (name := m.name).initials is not None else f"author:{name.display}" for m in byline]
    slips = {one for one, n in ids.items() if n > 1 and len({m.name.display for m in byline if m.id == one} - {""}) > 1}
    return [
        m.id
        if m.id and (m.id not in slips or not m.name.display)
        else f"author:{m.name.display}"
        if m.name.initials is None
        else ""
        for m in byline
    ]


def _decide(
    works: Sequence[str], bylines: Sequence[Sequence[Mention]], keys: list[list[str]], places: Sequence[Place]
) -> set[str]:
    """Fill in the keys of the `places` whose names do not tell who they are; returns those that stand alone."""
    common = common_surnames(bylines)
    by_family: dict[str, list[Place]] = defaultdict(list)
    for w, i in places:
        by_family[bylines[w][i].name.form[0]].append((w, i))
    tokens = Tokens(bylines, [list(row) for row in keys], common)
    persons = _candidates(bylines, keys, by_family, tokens)
    alone: set[str] = set()
    for family, members in sorted(by_family.items()):
        known = _Known(persons.get(family, []))
        forms: dict[str, list[Place]] = defaultdict(list)
        for place in members:
            forms[bylines[place[0]][place[1]].name.form[1]].append(place)
        # The most telling first: whom `J. D.` turned out to be, `J.` may be too.
        for initials in sorted(forms, key=lambda text: (-len(text), text)):
            twice = {w for w, n in Counter(w for w, _ in forms[initials]).items() if n > 1}
            clusters = [[p] for p in forms[initials] if p[0] in twice]
            clusters += tokens.clusters([p for p in forms[initials] if p[0] not in twice])
            found: list[_Person] = []
            for cluster in clusters:
                person = _person(works, bylines, cluster, initials, tokens)
                one = None if cluster[0][0] in twice or not initials else known.one_for(person, initials)
                if one is not None:
                    person.key = one.key
                else:
                    if person.key in alone:
                        person.key = f"{person.key[:-1]} #{cluster[0][1] + 1}]"
                    alone.add(person.key)
                found.append(person)
                for w, i in cluster:
                    keys[w][i] = person.key
            known.add(found)
    return alone


class _Known:
    """Persons of one surname, found by what speaks for them."""

    def __init__(self, persons: Iterable[_Person]) -> None:
        self._persons: dict[str, _Person] = {}
        self._by: dict[Hashable, dict[str, None]] = defaultdict(dict)
        self.add(persons)

    def add(self, persons: Iterable[_Person]) -> None:
        """Add persons; of one that is there already, the works and the evidence."""
        for person in persons:
            one = self._persons.setdefault(person.key, person)
            if one is not person:
                one.works |= person.works
                one.evidence.add(person.evidence)
            for token in (*person.evidence.strong, *person.evidence.weak):
                self._by[token][person.key] = None

    def one_for(self, person: _Person, initials: str) -> _Person | None:
        """Whom a cluster of names belongs to, if the evidence leads to exactly one."""
        evidence = person.evidence
        near = {key for token in (*evidence.strong, *evidence.weak) for key in self._by.get(token, ())}
        fits = [
            other
            for other in (self._persons[key] for key in sorted(near))
            if any(letters.startswith(initials) for letters in other.initials)
            and other.works.isdisjoint(person.works)
            and other.evidence.meets(evidence)
        ]
        if len({fold(other.display) for other in fits}) != 1:
            return None
        # A full name without an identifier, and one identifier of that name: `influence.people` joins these two.
        rest = [other for other in fits if other.identified] or fits
        return rest[0] if len(rest) == 1 else None


def _person(
    works: Sequence[str],
    bylines: Sequence[Sequence[Mention]],
    cluster: Sequence[Place],
    initials: str,
    tokens: Tokens,
) -> _Person:
    """A cluster of names as a person of its own."""
    w, i = min(cluster, key=lambda place: (works[place[0]], place[1]))
    work = works[w]
    if len(work) > _LONGEST_ID:
        work = hashlib.sha256(work.encode("utf-8", "replace")).hexdigest()[:16]
    display = bylines[w][i].name.display
    person = _Person(f"author:{display} [{work}]", display, {initials}, False, {w for w, _ in cluster})
    for place in cluster:
        person.evidence.add(tokens.of(place))
    return person


def _candidates(
    bylines: Sequence[Sequence[Mention]], keys: list[list[str]], families: Iterable[str], tokens: Tokens
) -> dict[str, list[_Person]]:
    """Those with a key already, by the surnames that matter."""
    wanted = set(families)
    found: dict[str, dict[str, _Person]] = defaultdict(dict)
    # One set a key: an identifier may stand with several surnames, and nobody is twice on one work.
    works: dict[str, set[int]] = defaultdict(set)
    for w, byline in enumerate(bylines):
        for i, mention in enumerate(byline):
            name, key = mention.name, keys[w][i]
            if key == mention.id and key:
                works[key].add(w)
            family = name.form[0]
            if name.body or not key or family not in wanted:
                continue
            person = found[family].get(key)
            if person is None:
                person = _Person(key, name.display, set(), key == mention.id, works[key])
                found[family][key] = person
            person.display = max(person.display, name.display)
            person.initials.add(name.first_letters)
            person.works.add(w)
            person.evidence.add(tokens.of((w, i)))
    return {family: list(people.values()) for family, people in found.items()}


#: Key -> (display, whether the name is full) -> [how often, the name, whether an identifier stood with it]
_Called = dict[str, dict[tuple[str, bool], list[Any]]]


def _called(bylines: Sequence[Sequence[Mention]], keys: list[list[str]]) -> _Called:
    """The names under which each key appears."""
    called: _Called = {}
    for byline, row in zip(bylines, keys, strict=True):
        for mention, key in zip(byline, row, strict=True):
            name = mention.name
            names = called.setdefault(key, {})
            if key != mention.id:
                # Only under an identifier does one appear with different names; otherwise the key has the name.
                known = (name.display, True) in names if name.initials is None else bool(names)
                if known or not f"{key} [".startswith(f"author:{name.display} ["):
                    continue
            seen = names.setdefault((name.display, name.initials is None), [0, name, False])
            seen[0] += 1
            seen[2] = seen[2] or key == mention.id
    return called


def _best(key: str, names: Mapping[tuple[str, bool], list[Any]]) -> str:
    """The name to show: the fullest, then the most frequent one."""
    display, _ = max(names, key=lambda one: (one[1] and one[0] != "", names[one][0], one[0]))
    return display or key.partition(":")[2]


def _said_same(bylines: Sequence[Sequence[Mention]], keys: list[list[str]]) -> Iterator[tuple[str, str, bool, str]]:
    for byline, row in zip(bylines, keys, strict=True):
        for mention, key in zip(byline, row, strict=True):
            if mention.same and key == mention.id:
                yield key, mention.same, True, "identifiers of one author"


def _known_apart(called: _Called, undecided: set[str]) -> Iterator[tuple[str, str, bool, str]]:
    """Keys of one name that are two people, so that nobody later joins them by that name.

    One of them against each of the others: a name that is known to be borne by two proves nothing any more.
    """
    bearers: dict[tuple[str, str], set[str]] = defaultdict(set)
    identified: dict[tuple[str, str], set[str]] = defaultdict(set)
    doubtful: set[tuple[str, str]] = set()
    for key, names in called.items():
        for _, name, by_id in names.values():
            if name.body or not name.display:
                continue
            # As it is shown: `JD` is shown as `J. D.`, which nobody takes for a given name.
            given = fold(name.display).split()[0].strip(".") if name.given else ""
            ends = (given, name.form[0].rpartition(" ")[2])
            bearers[ends].add(key)
            if by_id:
                identified[ends].add(key)
            elif key in undecided and len(ends[0]) > 1 and len(ends[1]) > 1:
                # `Yu. Manin` and `JUN XU` look like full names elsewhere; `Y. Cheng` does not.
                doubtful.add(ends)
    for ends, found in bearers.items():
        several = len(identified.get(ends, ())) > 1
        if several or (ends in doubtful and len(found) > 1):
            first, *others = sorted(found)
            for other in others:
                yield first, other, False, "identifiers of two authors" if several else "initials only"
