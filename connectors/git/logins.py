"""Whose login is whose, as the titles of merges tell.

A forge names the login of whoever opened a pull request in the title of the merge, and the commits that the merge
brought in name their author. Where over a history the same two stand together again and again, the login is that
person's. Nothing is guessed from how they are spelt. The rule and how well it does: docs/people.md.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from connectors.git.trailers import Person
from influence.robots import classify

if TYPE_CHECKING:
    from connectors.git.history import History

#: What `identity_links` name as the reason.
BY = "merge titles"
#: Merges that a login needs, all of whose commits are mostly by one person.
FEWEST = 2
#: The least share of a login's merges that must be one person's, and of that person's that must be the login's.
SHARE = 0.8
#: An address at which more names than this stand is no one's.
_MOST_NAMES = 2

#: An address that a forge makes up for an account.
_NO_REPLY = re.compile(r"(?:\d+[+-])?([^@]+)@users\.noreply\.\w+\.\w+", re.ASCII | re.I)

_LOGIN = r"@?([A-Za-z0-9][\w.-]{0,38}?)"
#: GitHub and the robots that merge for it: homu (old and new) and its rollups.
_TITLE = re.compile(
    rf"Merge pull request (?:[\w./-]+)?#\d+ from {_LOGIN}/\S"
    rf"|(?:Auto|Rollup) merge of #\d+ - {_LOGIN}:\S"
    rf"|auto merge of #\d+ : {_LOGIN}/\S",
    re.ASCII,
)
#: bors-ng, where it merges one pull request: its line names reviewer and author.
_ALONE = re.compile(r"Merge #(\d+)\s*\Z")
_LINE = re.compile(rf"^(\d+): .*\sr=\S+ a={_LOGIN}\s*$", re.ASCII | re.M)


class Read(Protocol):
    """What is needed of a commit: see `connectors.git.history.Commit`."""

    authors: list[str]
    brought_by: int


class Owner(NamedTuple):
    """Whose a login is: the `key` under which most was written, in how many of the login's `merges` most was `hers`."""

    key: str
    hers: int
    merges: int


def opener(text: str) -> str | None:
    """The login that opened the pull request which a merge with this message brought in; None where it names none."""
    title, _, body = text.lstrip("\n").partition("\n")
    if found := _TITLE.match(title):
        return found[1] or found[2] or found[3]
    if (alone := _ALONE.match(title)) and (line := _LINE.search(body[:5000])) and line[1] == alone[1]:
        return line[2]
    return None


def owners(
    opened: Mapping[int, str],
    commits: Sequence[Read],
    parents: Sequence[tuple[int, ...]],
    people: Mapping[str, Person],
    mapped: Iterable[tuple[str, Person]] = (),
    human: Container[str] | None = None,
) -> dict[str, Owner]:
    """Whose each login is.

    Parameters
    ----------
    opened
        Number of a merge -> login that opened what it brought in.
    commits, parents
        Commits in order, numbered from 1, and `parents[number]` the numbers of a commit's parents.
    people
        Every identity by its key.
    mapped
        What the mailmap makes of some of them: key, canonical identity.
    human
        Which of them are persons, where it is known.

    Returns
    -------
    login in lower case -> owner, only where it is sure. Nobody owns two.
    """
    person_of = _persons(people, mapped, {login.lower() for login in opened.values()})
    accounts, spelt = _called(people, person_of)
    if human is None:
        human = {key for key, person in people.items() if classify(person.name, person.email) == "person"}
    merges: Counter[str] = Counter()
    won: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for number, brought in _brought(opened, commits, parents):
        login = opened[number].lower()
        merges[login] += 1
        first = commits[brought[0] - 1].authors
        if all(commits[commit - 1].authors is first for commit in brought):
            # As below, for the most that there are.
            keys_of_all = [key for key in first if key in human]
            if len(persons_of_all := {person_of[key] for key in keys_of_all}) == 1:
                won[login][persons_of_all.pop()][keys_of_all[0]] += 1
            continue
        teams = [[key for key in commits[commit - 1].authors if key in human] for commit in brought]
        (who, most), (_, next_most), *_ = [
            *Counter(person for team in teams for person in {person_of[key] for key in team}).most_common(2),
            ("", 0),
            ("", 0),
        ]
        # As many by another is a pair that works together: the login may be either's.
        if 2 * most > len(brought) and most > next_most:
            keys = Counter(key for team in teams for key in team if person_of[key] == who)
            won[login][who][keys.most_common(1)[0][0]] += 1
    theirs: Counter[str] = Counter()
    for login, persons in won.items():
        # Not what stands under a login of many people: an organisation's, or one that brings in what others wrote.
        theirs.update({who: n.total() for who, n in persons.items() if 2 * n.total() > merges[login]})
    found = {}
    for login, persons in won.items():
        person, counts = max(persons.items(), key=lambda item: item[1].total())
        total = counts.total()
        if (
            total >= max(FEWEST, SHARE * merges[login], SHARE * theirs[person])
            and classify(login, "", login) == "person"
            # Who has another account, or writes what somebody else is called, pushed to a repository of others.
            and login in accounts.get(person, (login,))
            and person in spelt.get(_letters(login), (person,))
        ):
            found[login] = Owner(counts.most_common(1)[0][0], total, merges[login])
    return found


def links_of(history: History, mapped: Iterable[tuple[str, Person]]) -> Iterator[tuple[str, str]]:
    """(key of an identity that is a bare login, key of the author whose it is), for `identity_links`."""
    parents, people = history.descent.parents, history.people
    owned = owners(history.opened, history.commits, parents, people, mapped, history.humans())
    for key, person in history.people.items():
        if not person.email and person.name.lower() in owned:
            owner = owned[person.name.lower()].key
            if owner != key:
                yield key, owner


def _brought(
    opened: Mapping[int, str], commits: Sequence[Read], parents: Sequence[tuple[int, ...]]
) -> Iterator[tuple[int, list[int]]]:
    """Each merge that names a login, with the plain commits that came by it and by no such merge within it."""
    claimed: set[int] = set()
    for number in sorted(opened):
        bringer = commits[number - 1].brought_by
        first, *others = parents[number]
        waiting = others
        brought = []
        while waiting:
            at = waiting.pop()
            # An ancestor of the first parent has a lower number than that one.
            if at <= first or at in claimed or commits[at - 1].brought_by != bringer:
                continue
            claimed.add(at)
            if len(parents[at]) < 2:
                brought.append(at)
            waiting.extend(parents[at])
        if brought:
            yield number, brought


def _persons(
    people: Mapping[str, Person], mapped: Iterable[tuple[str, Person]], logins: Container[str]
) -> dict[str, str]:
    """Identity -> a word for the person: those of one mailmap entry, full name, login or address are together."""
    canonical = dict(mapped)
    points: dict[str, list[str]] = defaultdict(list)
    names: dict[str, set[str]] = defaultdict(set)
    for key, person in people.items():
        proper = canonical.get(key, person)
        email, name = proper.email.lower(), " ".join(proper.name.lower().split())
        if email:
            points[email].append(key)
            names[email].add(name)
        if " " in name or name in logins:
            points[name].append(key)
    root = {key: key for key in people}

    def find(key: str) -> str:
        while root[key] != key:
            root[key] = key = root[root[key]]
        return key

    for point, keys in points.items():
        if len(names[point]) <= _MOST_NAMES:
            for key in keys[1:]:
                root[find(key)] = find(keys[0])
    return {key: find(key) for key in people}


def _called(
    people: Mapping[str, Person], person_of: Mapping[str, str]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Person -> the accounts that their addresses name; full name as one word -> persons. All in lower case."""
    accounts: dict[str, set[str]] = defaultdict(set)
    spelt: dict[str, set[str]] = defaultdict(set)
    for key, person in people.items():
        if made := _NO_REPLY.fullmatch(person.email):
            accounts[person_of[key]].add(made[1].lower())
        if " " in person.name:
            spelt[_letters(person.name)].add(person_of[key])
    return accounts, spelt


def _letters(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
