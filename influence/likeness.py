"""How alike two names are, and what an account name gives away. Pure functions on folded words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import combinations

from rapidfuzz import fuzz

from influence.identity import Words
from influence.wordlists import GIVEN_NAMES

#: Groups beyond this are not compared pair by pair; nobody has so many names.
LARGEST = 60


def _script(words: Words) -> int:
    """Coarse script of a name: names in different ones cannot contradict each other."""
    letter = next((c for c in "".join(words) if c.isalpha()), "a")
    return 0 if letter < "\u0370" else 1 if letter < "\u0400" else 2 if letter < "\u0530" else 3


@lru_cache(maxsize=65_536)
def alike(a: Words, b: Words) -> bool:
    """Whether two names are plausibly one person's: the same last name and a first name that may be the other.

    >>> alike(("j", "smith"), ("john", "smith")), alike(("jane", "smith"), ("john", "smith"))
    (True, False)
    """
    if a == b:
        return True
    if len(a) < 2 or len(b) < 2:
        return False
    first, other = sorted((a[0], b[0]), key=len)
    if a[-1] == b[-1] and (len(first) == 1 or len(first) >= 3) and other.startswith(first):
        return agree(a[1:-1], b[1:-1])
    if len(set(a) & set(b)) >= 2 and (set(a) <= set(b) or set(b) <= set(a)):
        return True
    return a[0][0] == b[0][0] and len(a) == len(b) and fuzz.ratio(" ".join(a), " ".join(b)) >= 88


@lru_cache(maxsize=65_536)
def related(a: Words, b: Words) -> bool:
    """Whether two names at one address may belong to one person: anything in common, or nothing to compare."""
    if _script(a) != _script(b) or alike(a, b):
        return True
    if any(len(x) >= 3 and (x in b or x.startswith(y) or y.startswith(x)) for x in a for y in b if len(y) >= 3):
        return True
    one, other = "".join(a), "".join(b)
    if one in spellings(b) or other in spellings(a) or one in other or other in one:
        return True
    return fuzz.token_sort_ratio(" ".join(a), " ".join(b)) >= 70


def agree(a: Words, b: Words) -> bool:
    """Whether two runs of middle names can be one person's: one is missing, or each fits the other by its initial."""
    return not a or not b or all(x.startswith(y) or y.startswith(x) for x, y in zip(a, b, strict=False))


@lru_cache(maxsize=65_536)
def spellings(words: Words) -> frozenset[str]:
    """Account names that people make out of a full name: `johnsmith`, `jsmith`, `johns`, `smithj`, `jqsmith`."""
    if len(words) < 2 or not words[0] or not words[-1]:
        return frozenset()
    first, last = words[0], words[-1]
    initials = "".join(w[0] for w in words[:-1])
    made = {first + last, last + first, first[0] + last, first + last[0], last + first[0], initials + last}
    made |= {"".join(words), "".join(words[:-1]) + last[0]}
    return frozenset(made)


def plain(handle: str) -> str:
    """An account name without dots, hyphens and underscores."""
    return re.sub(r"[-_.]", "", handle)


def is_telling(handle: str) -> bool:
    """Whether an account name is unlikely to be chosen by two people: no given name, and long enough."""
    word = plain(handle)
    if len(word) < 5 or len(word.rstrip("0123456789")) < 3:
        return False
    return not all(part in GIVEN_NAMES for part in re.split(r"[-_.\d]+", handle) if part)


def clusters(items: Iterable[Words], same: Callable[[Words, Words], bool]) -> dict[Words, int]:
    """Number of the cluster of each name, clusters being the connected parts under `same`."""
    names = sorted(set(items))
    if len(names) > LARGEST:
        return {name: i for i, name in enumerate(names)}
    number = {name: i for i, name in enumerate(names)}
    for a, b in combinations(names, 2):
        if number[a] != number[b] and same(a, b):
            old, new = number[b], number[a]
            number = {name: new if n == old else n for name, n in number.items()}
    return number
