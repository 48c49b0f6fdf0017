"""The people of one file: rows about the same person joined, references to people resolved.

Rows are about one person when they share an e-mail address, a login or an employee id; a row that has only a name
joins whoever alone has that name. A reference that fits two people is an error, never a guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from connectors.organisation.persons import Person, Reference, id_key, identity_key, name_key
from connectors.organisation.table import quoted
from influence.errors import InputError

#: Namesakes beyond this many are not kept apart by explicit pairs.
MAX_NAMESAKES = 50


class Directory:
    """Everybody whom a file has a row for, and whoever is only referred to.

    Parameters
    ----------
    path
        The file, for messages.
    rows
        (row number, who it is about), in the order of the file.

    Attributes
    ----------
    people
        Every person once, in the order of the file.
    of_row
        The person of each of `rows`.

    Raises
    ------
    influence.errors.InputError
        When a row is about nobody, or about two people.
    """

    def __init__(self, path: Path, rows: Sequence[tuple[int, Reference]]) -> None:
        self.path = path
        self._by_email: dict[str, Person] = {}
        self._by_login: dict[str, Person] = {}
        self._by_id: dict[str, Person] = {}
        self._by_name: dict[str, list[Person]] = {}
        self.people: list[Person] = []
        roots = self._joined(rows)
        persons: dict[int, Person] = {}
        self.of_row: list[Person] = []
        for (number, reference), root in zip(rows, roots, strict=True):
            if root not in persons:
                persons[root] = Person(Reference(), number)
                self.people.append(persons[root])
            self._same(persons[root], number, reference)
            _extend(persons[root].reference, reference)
            self.of_row.append(persons[root])
        for person in self.people:
            self._index(person)

    def name_keys(self) -> None:
        """Give everybody a key; to be called once all references are resolved."""
        # Addresses and logins are one person's by now; only a name can be what somebody else is called or logs in as.
        taken = {identity_key(text, "", "") for text in [*self._by_email, *self._by_login]}
        for person in self.people:
            reference = person.reference
            email, login, name, number = (
                next(iter(texts), "") for texts in (reference.emails, reference.logins, reference.names, reference.ids)
            )
            person.key = identity_key(email, login, name, number)
            if email or login:
                continue
            if person.key in taken and number:
                person.key += f" ({number.lower()})"
            base, count = person.key, 1
            while person.key in taken:
                count += 1
                person.key = f"{base} ({count})"
            taken.add(person.key)

    def find(self, reference: Reference, row: int, what: str) -> Person | None:
        """The person that `reference` means; None where the file has no row for anybody like that.

        Raises
        ------
        influence.errors.InputError
            When it fits two people.
        """
        # The first that fits decides: an id is surer than an address, an address surer than a name.
        for number in reference.ids:
            if person := self._by_id.get(id_key(number)):
                return person
        for email in reference.emails:
            if person := self._by_email.get(email.lower()):
                return person
        found: list[Person] = []
        for text in [*reference.logins, *reference.anything]:
            if person := self._by_login.get(text.lower()):
                found.append(person)
        for text in reference.anything:
            if person := self._by_id.get(id_key(text)):
                found.append(person)
        if not found or reference.anything:
            for text in [*reference.names, *reference.anything]:
                found.extend(self._by_name.get(name_key(text), ()))
        # Another number or address is another person, whatever the name.
        persons = [
            person
            for person in dict.fromkeys(found)
            if not (reference.ids and person.reference.ids) and not (reference.emails and person.reference.emails)
        ]
        if len(persons) > 1:
            rows = " and ".join(str(person.row) for person in persons[:3])
            raise InputError(
                f"{self.path} row {row}: {what} {quoted(reference.shown)} fits {len(persons)} people (rows {rows})",
                "name the e-mail address or employee id instead",
            )
        return persons[0] if persons else None

    def complete(self, person: Person, reference: Reference) -> None:
        """Add to `person` what a reference says and no row does."""
        known = person.reference
        for old, new in _both(known, reference):
            if new and not old:
                old.extend(new)
                self._index(person)

    def add(self, reference: Reference, row: int) -> Person:
        """Somebody who has no row."""
        person = Person(Reference(), row)
        _extend(person.reference, reference)
        self.people.append(person)
        self._index(person)
        return person

    def namesakes(self) -> Iterator[tuple[Person, Person]]:
        """Pairs of people with one name whom the file itself tells apart."""
        for people in self._by_name.values():
            # A name that so many have joins nobody anyway, and the pairs would be millions.
            yield from combinations(dict.fromkeys(people[:MAX_NAMESAKES]), 2)

    def _same(self, person: Person, row: int, reference: Reference) -> None:
        """Refuse a shared mailbox that would make one person of two: no word of the names and no id in common."""
        known = person.reference
        words, others = ({word for name in one.names for word in name_key(name).split()} for one in (known, reference))
        if not words or not others or words & others or {*map(id_key, known.ids)} & {*map(id_key, reference.ids)}:
            return
        mine, theirs = ({text.lower() for text in one.emails + one.logins} for one in (known, reference))
        shared = min(mine & theirs, default="")
        raise InputError(
            f"{self.path} rows {person.row} and {row} share {quoted(shared)} but name {quoted(known.shown)} and "
            f"{quoted(reference.shown)}",
            "give each an own address, or both one employee id if they are one person",
        )

    def _index(self, person: Person) -> None:
        reference = person.reference
        for email in reference.emails:
            self._by_email.setdefault(email.lower(), person)
        for login in reference.logins:
            self._by_login.setdefault(login.lower(), person)
        for number in reference.ids:
            self._by_id.setdefault(id_key(number), person)
        for name in map(name_key, reference.names):
            namesakes = self._by_name.setdefault(name, [])
            if person not in namesakes[-1:]:
                namesakes.append(person)

    def _joined(self, rows: Sequence[tuple[int, Reference]]) -> list[int]:
        """For each row the first row about the same person."""
        parent = list(range(len(rows)))

        def find(index: int) -> int:
            while parent[index] != index:
                parent[index] = parent[parent[index]]
                index = parent[index]
            return index

        first: dict[tuple[str, str], int] = {}
        for index, (number, reference) in enumerate(rows):
            if not reference:
                raise InputError(
                    f"{self.path} row {number} does not say whom it is about",
                    "give it a name, an e-mail address, a login or an employee id, or delete the row",
                )
            for token in _tokens(reference):
                a, b = find(first.setdefault(token, index)), find(index)
                parent[max(a, b)] = min(a, b)
        named: dict[str, set[int]] = defaultdict(set)
        nameless = [not any(True for _ in _tokens(reference)) for _, reference in rows]
        for index, (_, reference) in enumerate(rows):
            if not nameless[index]:
                for name in map(name_key, reference.names):
                    named[name].add(find(index))
        for index, (number, reference) in enumerate(rows):
            if nameless[index]:
                name = name_key(reference.names[0])
                homes = named[name]
                if len(homes) > 1:
                    others = " and ".join(str(rows[home][0]) for home in sorted(homes)[:3])
                    raise InputError(
                        f"{self.path} row {number}: {quoted(reference.shown)} fits {len(homes)} people (rows {others})",
                        "give the row an e-mail address or employee id",
                    )
                home = next(iter(homes), index)
                parent[max(find(home), index)] = min(find(home), index)
                named[name] = {find(index)}
        return [find(index) for index in range(len(rows))]


def _tokens(reference: Reference) -> Iterator[tuple[str, str]]:
    for email in reference.emails:
        yield "email", email.lower()
    for login in reference.logins:
        yield "login", login.lower()
    for number in reference.ids:
        yield "id", id_key(number)


def _both(one: Reference, other: Reference) -> Iterator[tuple[list[str], list[str]]]:
    yield one.names, other.names
    yield one.emails, other.emails
    yield one.logins, other.logins
    yield one.ids, other.ids


def _extend(target: Reference, source: Reference) -> None:
    """Add what `source` says; what is said later comes first, since later rows of a history are the newer ones."""
    for old, new in _both(target, source):
        merged: dict[str, str] = {}
        for text in [*new, *old]:
            merged.setdefault(text.lower(), text)
        old[:] = merged.values()
