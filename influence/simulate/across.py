"""What the second repository builds on the first: checks that call its functions, and the package that it asks for."""

from __future__ import annotations

import random

from influence.simulate.cast import Worker
from influence.simulate.code import Function
from influence.simulate.work import Workshop

PACKAGE = "northwind-vault"
_SETTLED = 14 * 86_400


class Checks:
    """Scripts of one repository that check what another one wrote, a file a team.

    Draws of its own, so that nothing else in the play changes with it.

    Parameters
    ----------
    library
        Functions of the other repository. Only those that had their name and place for two weeks are called.
    """

    def __init__(self, library: list[Function], seed: int) -> None:
        self._library = [function for function in library if function.module.language == "Python"]
        self._chance = random.Random(seed)  # noqa: S311  (a play, no secret)
        self._imports: dict[str, set[str]] = {}
        self._texts: dict[str, str] = {}

    def ask(self, shop: Workshop, by: Worker, seconds: int) -> None:
        """The package is asked for."""
        text = f'[project]\nname = "northwind-deploy"\nversion = "1"\ndependencies = ["{PACKAGE}"]\n'
        shop.plain(by.key, seconds, "deploy: ask for what vault gives\n", {"deploy/pyproject.toml": text.encode()})

    def add(self, shop: Workshop, seconds: int) -> None:
        """Somebody here writes a check; what it calls is as useful as its author's functions are."""
        home = [person for person in shop.people.values() if person.home == "relay" and shop.here(person, seconds)]
        author = self._chance.choice(home)
        known = [f for f in self._library if max(f.since, f.module.since) + _SETTLED < seconds and f.by is not author]
        weights = [shop.pull(author, f.by, f.by.names, seconds) for f in known]
        if not sum(weights) > 0:
            return
        function = self._chance.choices(known, weights)[0]
        module, team = function.module, author.team.lower()
        imports = self._imports.setdefault(team, set())
        imports.add(f"from {module.folder.replace('/', '.')}.{module.stem} import {function.name}\n")
        self._texts[team] = self._texts.get(team, "") + (
            f"\n\ndef check_{len(self._texts.get(team, ''))}(block, limit):\n"
            f"    return {function.name}(block, limit) < {self._chance.randrange(3, 5000)}\n"
        )
        text = f'"""What {team} checks in vault."""\n\n{"".join(sorted(imports))}{self._texts[team]}'
        title = f"deploy: check {module.area} with {function.name}\n"
        shop.plain(author.key, seconds, title, {f"deploy/check_{team}.py": text.encode()})
