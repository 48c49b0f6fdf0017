"""Which words of a language's code are names that count, looked up once and remembered.

A history repeats its words: so each is judged by patterns when it is met first, and millions of times found again.
"""

from __future__ import annotations

import re
from itertools import chain

from connectors.git.frameworks import FRAMEWORK_NAMES
from connectors.git.languages.common import Language, Runs, keeping

LONGEST_NAME = 80

_WORDS = keeping(b"")
_COMPOUND = re.compile(rb"_*[A-Za-z](?:[A-Za-z0-9]*_+[A-Za-z0-9]|[A-Za-z0-9]*?[a-z0-9][A-Z]|[A-Z]*[A-Z]{2}[a-z])\w*+\Z")
_TEST_CASE = re.compile(rb"_*(?:[tT]est(?:_|[A-Z0-9])|(?:Benchmark|Example|Fuzz)[A-Z])|\w*[a-z0-9_]Tests?\Z|__\w+__\Z")
#: No compound is without.
_MARK = re.compile(rb"[_A-Z]")
#: Words that are remembered at most, and as many runs for each language: some ten megabytes.
_REMEMBERED = 100_000


def is_counted(token: bytes) -> bool:
    """Whether an identifier is compound, no test case, and not a name that frameworks and standard libraries share."""
    return (
        5 <= len(token) <= LONGEST_NAME
        and _COMPOUND.match(token) is not None
        and _TEST_CASE.match(token) is None
        and token not in FRAMEWORK_NAMES
    )


class _Names(dict[bytes, str | None]):
    """Words met so far: the name that each is, or None where it does not count."""

    def __missing__(self, word: bytes) -> str | None:
        name = word.decode("ascii") if _MARK.search(word) and is_counted(word) else None
        if len(word) <= LONGEST_NAME:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[word] = name
        return name


class _Used(dict[bytes, tuple[str, ...]]):
    """Runs of a language met so far: the names in them that are of use."""

    def __init__(self, runs: Runs) -> None:
        self._other = runs.other

    def __missing__(self, run: bytes) -> tuple[str, ...]:
        used: tuple[str, ...] = ()
        if _MARK.search(run) and names_in(run):
            used = tuple(names_in(self._other.sub(b" ", run.replace(b"\0", b" "))))
        if len(run) <= 2 * LONGEST_NAME:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[run] = used
        return used


_NAMES = _Names()
_USED: dict[str, _Used] = {}

#: The name that a word is, or None where it does not count.
name_of = _NAMES.__getitem__


def words_of(code: bytes) -> list[bytes]:
    """The words in the code, whether or not they count."""
    return code.translate(_WORDS).split()


def names_in(code: bytes) -> list[str]:
    """The names in the code that count, as often as they stand there."""
    return [*filter(None, map(name_of, code.translate(_WORDS).split()))]


def names_used(language: Language, code: bytes) -> list[str]:
    """The same without those that `Language.runs` tells are no use of a definition."""
    if language.runs is None:
        return names_in(code)
    used = _USED.get(language.name)
    if used is None:
        used = _USED[language.name] = _Used(language.runs)
    return [*chain.from_iterable(filter(None, map(used.__getitem__, language.runs.apart(code).split())))]
