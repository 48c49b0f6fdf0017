"""Rules on full names, and how much a name proves: who else may bear it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from rapidfuzz import fuzz

from influence.identity import Who, Words, is_free_mail
from influence.likeness import LARGEST, agree, clusters, is_telling, plain, spellings
from influence.wordlists import COMMON_SURNAMES, GIVEN_NAMES, SHORT_SURNAMES

#: A name alone joins down to this: about 0.35 expected namesakes.
SURE = 0.7

#: Nobody has more identities of one name than this.
_MOST_ADDRESSES = 400

#: A domain with more names than this is a big house: sharing it says little about two people of one name.
SMALL_HOUSE = 25

#: Expected namesakes of "John Smith" or "Li Wei" that the corpus itself does not show.
_COMMON = 0.5

#: How many of these also share a middle name or initial.
_SAME_MIDDLE = 0.2

Apart = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two positions in the list of identities, the rule that found them, how sure it is, whether to join them."""

    a: int
    b: int
    rule: str
    confidence: float
    accepted: bool = True


def between(a: int, b: int, rule: str, confidence: float, accepted: bool = True) -> Proposal:
    """A proposal, the older identity first."""
    return Proposal(min(a, b), max(a, b), rule, round(confidence, 2), accepted)


def star(members: Sequence[int], rule: str, confidence: float, accepted: bool = True) -> Iterator[Proposal]:
    """Join all to the first of them."""
    for other in members[1:]:
        if other != members[0]:
            yield between(members[0], other, rule, confidence, accepted)


class Names:
    """Full names, blocked by first and last word, with how common these are in this corpus.

    Parameters
    ----------
    people
        Identities, oldest first.
    apart
        Whether two positions are known to be two people.
    """

    def __init__(self, people: Sequence[Who], apart: Apart) -> None:
        self.people = people
        self.apart = apart
        self.blocks: dict[Words, list[tuple[int, Words]]] = defaultdict(list)
        for i, who in enumerate(people):
            for end, middle in dict.fromkeys((ends(w), w[1:-1] or _middle(who, w)) for w in who.fulls):
                self.blocks[end].append((i, middle))
        self.first = Counter(end[0] for end in self.blocks)
        self.last = Counter(end[-1] for end in self.blocks)
        self.at = Counter(domain for domain, _ in {(w.contact.domain, name) for w in people for name in w.names[:1]})
        self._doubtful: list[tuple[int, Words]] = []

    def namesakes(self, end: Words) -> float:
        """Expected number of other people with this name.

        Were first and last names independent, `n` names of which `f` begin and `l` end so would hold `f * l / n` such
        people. To it comes what is known of the world: a given name that many have before a surname that many have.
        """
        expected = (self.first[end[0]] - 1) * (self.last[end[-1]] - 1) / max(len(self.blocks), 1)
        if len(end) == 2:
            one, other = end
            western = one in GIVEN_NAMES and other in COMMON_SURNAMES
            short = any(s in SHORT_SURNAMES and (g in GIVEN_NAMES or len(g) <= 4) for g, s in (end, end[::-1]))
            expected += _COMMON * (western or short)
        return expected

    def known_outside(self, fulls: Iterable[Words], inside: set[int]) -> bool:
        """Whether one of these names also stands at another address than that of the positions `inside`."""
        return any(i not in inside for words in fulls for i, _ in self.blocks.get(ends(words), ()))

    def doubt(self, position: int) -> None:
        """Take the name of an identity for nothing: its address says that it is somebody else's."""
        for words in self.people[position].fulls:
            block = self.blocks[ends(words)]
            self.blocks[ends(words)] = [entry for entry in block if entry[0] != position]
            self._doubtful.append((position, ends(words)))

    def rules(self) -> Iterator[Proposal]:
        """All proposals on full names; `doubt` comes before."""
        yield from self._same()
        yield from self._one_word()
        yield from self._other_order()
        for position, end in self._doubtful:
            for other, _ in self.blocks[end][:1]:
                yield between(position, other, "same name, another's address", 0.5, accepted=False)
        yield from self._misspelt()

    def _ambiguous(self, members: Sequence[int]) -> bool:
        """Whether a name is known to be borne by two: told apart, or numbered in one house (`j.smith`, `j.smith2`)."""
        if len(members) > _MOST_ADDRESSES:
            return True
        return any(self.apart(a, b) or self._numbered(a, b) for a, b in combinations(members, 2))

    def _numbered(self, a: int, b: int) -> bool:
        one, other = self.people[a].contact, self.people[b].contact
        if one.domain != other.domain or not one.strong or is_free_mail(one.domain) or one.local == other.local:
            return False
        stem = one.local.rstrip("0123456789")
        made = any(plain(stem) in spellings(words) for words in self.people[a].fulls)
        return made and stem == other.local.rstrip("0123456789")

    def _same(self) -> Iterator[Proposal]:
        """The same first and last name, middle names agreeing."""
        for end, block in self.blocks.items():
            members = sorted({i for i, _ in block})
            if len(members) < 2:
                continue
            if self._ambiguous(members):
                yield from star(members, "same name, borne by two", 0.4, accepted=False)
                continue
            number = clusters((middle for _, middle in block if middle), agree)
            parts: dict[int, list[int]] = defaultdict(list)
            for i, middle in block:
                parts[number.get(middle, -1)].append(i)
            several = len(set(number.values())) > 1
            # Where there is a John A. and a John B. Smith, the bare one may be either, or a third.
            bare = parts.pop(-1, []) if several else []
            for which, part in parts.items():
                yield from self._by_name(end, part, "same name", 0.95, middle=which >= 0)
            if several:
                yield from star([*bare, *(p[0] for p in parts.values())], "same name", 0.45, accepted=False)
            elif len(parts) == 2:
                yield from self._by_name(end, members, "same name but for the middle", 0.88)

    def _by_name(
        self, end: Words, members: Sequence[int], rule: str, best: float, middle: bool = False
    ) -> Iterator[Proposal]:
        sure = best / (1 + self.namesakes(end) * (_SAME_MIDDLE if middle else 1))
        if sure >= SURE:
            yield from star(members, rule, sure)
            return
        # A common name still joins where something else than the name speaks for it as well.
        groups: dict[str, list[int]] = defaultdict(list)
        for i in members:
            for token in self._evidence(i, end):
                groups[token].append(i)
        for group in groups.values():
            yield from star(group, f"{rule}, same house or account", 0.85)
        formal = [i for i in members if self.people[i].formal]
        others = [i for i in members if not self.people[i].formal]
        if len(formal) == 1 and len({self.people[i].contact.mailbox for i in others}) == 1:
            # An organisation knows one of this name, and so does what was read.
            yield from star([others[0], formal[0]], f"{rule}, the only one", 0.8)
        yield from star(members, f"{rule}, a common one", sure, accepted=False)

    def _evidence(self, position: int, end: Words) -> Iterator[str]:
        """Words in an address that few can share: a small house, its name, an account not made from the name."""
        contact = self.people[position].contact
        own = contact.strong and not is_free_mail(contact.domain)
        if own and 0 < self.at[contact.domain] <= SMALL_HOUSE:
            yield f"@{contact.domain}"
            label = contact.domain.rpartition(".")[0].rpartition(".")[2]
            if is_telling(label):
                yield plain(label)
        local = plain(contact.local)
        letters = local.rstrip("0123456789")
        if len(local) >= 4 and not contact.role and letters not in GIVEN_NAMES and letters not in spellings(end):
            yield local

    def _one_word(self) -> Iterator[Proposal]:
        """A full name written as one word (`johndickinson`), if only one name is spelt so."""
        spelt: dict[str, set[Words]] = defaultdict(set)
        for end, block in self.blocks.items():
            if block and len(end) > 1 and min(map(len, end)) >= 3 and len(end[0] + end[1]) >= 9:
                spelt[end[0] + end[1]].add(end)
                spelt[end[1] + end[0]].add(end)
        for i, who in enumerate(self.people):
            found = spelt.get(plain(who.word), set()) if who.word else set()
            if len(found) != 1:
                continue
            (end,) = found
            members = [j for j, _ in self.blocks[end]]
            middles = clusters((middle for _, middle in self.blocks[end] if middle), agree)
            sure = 0.85 / (1 + self.namesakes(end))
            clear = sure >= SURE and len(set(middles.values())) <= 1 and not self._ambiguous([i, *members])
            yield between(i, members[0], "same name in one word", sure, clear)

    def _other_order(self) -> Iterator[Proposal]:
        """Last name first without a comma: joined where it is plain which of the two words is the given name."""
        for end in list(self.blocks):
            turned = end[::-1]
            if len(end) < 2 or turned <= end or not self.blocks[end] or not self.blocks.get(turned):
                continue
            both = [*self.blocks[end], *self.blocks[turned]]
            given = sum(word in GIVEN_NAMES or self.first[word] > 1 for word in end)
            family = sum(word in COMMON_SURNAMES or word in SHORT_SURNAMES for word in end)
            sure = 0.85 / (1 + max(self.namesakes(end), self.namesakes(turned)))
            clear = (
                (given == 1 or (given == 0 and family == 1)) and sure >= SURE and not any(middle for _, middle in both)
            )
            clear = clear and not self._ambiguous(sorted({i for i, _ in both}))
            yield between(self.blocks[end][0][0], self.blocks[turned][0][0], "names in other order", sure, clear)

    def _misspelt(self) -> Iterator[Proposal]:
        """Near misses only: full names that differ by a slip, in one small house or side by side in the alphabet."""
        known = [end for end, block in self.blocks.items() if block and len(end) > 1]
        houses: dict[str, list[Words]] = defaultdict(list)
        for end in known:
            for domain in {self.people[i].contact.domain for i, _ in self.blocks[end]}:
                if domain and self.at[domain] <= SMALL_HOUSE and not is_free_mail(domain):
                    houses[domain].append(end)
        seen = set()
        for group in houses.values():
            for a, b in combinations(sorted(group)[:LARGEST], 2):
                if _slip(a, b):
                    seen.add((a, b))
                    yield self._near(a, b, "similar name, same house", 0.6)
        for order in (sorted(known), sorted(known, key=lambda end: end[::-1])):
            for a, b in pairwise(order):
                one, other = sorted((a, b))
                if (one, other) not in seen and _slip(one, other):
                    seen.add((one, other))
                    yield self._near(one, other, "similar name", 0.45)

    def _near(self, a: Words, b: Words, rule: str, confidence: float) -> Proposal:
        return between(self.blocks[a][0][0], self.blocks[b][0][0], rule, confidence, accepted=False)


def ends(words: Words) -> Words:
    """First and last word of a name."""
    return words if len(words) == 1 else (words[0], words[-1])


def _middle(who: Who, words: Words) -> Words:
    """Middle name that only the address gives away: `james.d.knight@` of a James Knight."""
    parts = tuple(re.split(r"[-_.]", who.contact.local))
    return parts[1:-1] if len(parts) == 3 and ends(parts) == words and parts[1].isalpha() else ()


def _slip(a: Words, b: Words) -> bool:
    one, other = " ".join(a), " ".join(b)
    return min(len(one), len(other)) >= 9 and fuzz.ratio(one, other, score_cutoff=90) >= 90
