"""What happens in one repository of the simulated organisation, commit after commit."""

from __future__ import annotations

import datetime as dt
import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from influence.simulate import cast, messages
from influence.simulate.cast import Worker
from influence.simulate.code import Coin, Function, Module, statement
from influence.simulate.fast_import import Repository

_BEGIN = dt.datetime.combine(cast.START, dt.time(8), dt.UTC).timestamp()
_SPAN = dt.datetime.combine(cast.END, dt.time(18), dt.UTC).timestamp() - _BEGIN
_DAY = 86_400
#: Functions in a module before a new one is begun.
_FULL = 14


@dataclass(order=True)
class _Merge:
    """A branch that waits to be merged."""

    due: int
    order: int
    tip: int = field(compare=False)
    by: Worker = field(compare=False)
    name: str = field(compare=False)
    files: dict[str, bytes | None] = field(compare=False)
    modules: list[Module] = field(compare=False)


class Workshop:
    """One repository at work.

    Parameters
    ----------
    repository
        Where commits go.
    people
        Everybody; whoever has a share in this repository works here.
    folders
        Folder, language and team of the code there.
    squashes
        Whether branches are squashed by the forge (pull request numbers in titles) or merged.
    """

    def __init__(
        self,
        repository: Repository,
        people: Sequence[Worker],
        folders: Sequence[tuple[str, str, str]],
        chance: random.Random,
        squashes: bool,
    ) -> None:
        self.repository = repository
        self.people = {person.name: person for person in people}
        self.folders = list(folders)
        self.chance = chance
        self.squashes = squashes
        self.head: list[int] = []
        self.modules: list[Module] = []
        self.functions: list[Function] = []
        self.coin = Coin(chance)
        self._busy: set[Module] = set()
        self._merges: list[_Merge] = []
        self._order = count()
        #: Changes that went through the forge: (number, author, title, opened, merged, mark, path).
        self.pulls: list[tuple[int, Worker, str, int, int, int, str]] = []
        self._pull = 0
        self._tests: dict[str, list[str]] = {}
        self._notes: dict[str, list[str]] = {}
        self._cited: list[tuple[int, str, int]] = []

    # ---- time and people

    def progress(self, seconds: int) -> float:
        """How much of the three years is over, from 0 to 1."""
        return min(1.0, max(0.0, (seconds - _BEGIN) / _SPAN))

    def here(self, person: Worker, seconds: int) -> bool:
        """Whether somebody works there at that time."""
        day = dt.datetime.fromtimestamp(seconds, dt.UTC).date()
        return person.since <= day and (person.until is None or day < person.until)

    def pull(self, follower: Worker, leader: Worker, base: float, seconds: int) -> float:
        """How likely `follower` is to take up something of `leader`'s, in relation to others'."""
        if follower is leader:
            return 0.8
        if leader.name == cast.COMMITTING_MANAGER:
            return base if follower.manager == leader.name else 0.0
        if follower.name == cast.LOUD:
            return 0.02 * base
        near = 1.0 if follower.team == leader.team else leader.wide
        growth = 0.03 + 2.2 * self.progress(seconds) ** 1.4 if leader.rising else 1.0
        return base * near * growth

    # ---- commits

    def commit(
        self,
        author: Worker,
        seconds: int,
        title: str,
        files: dict[str, bytes | None],
        *,
        body: str = "",
        trailers: Sequence[str] = (),
        parents: Sequence[int] | None = None,
    ) -> int:
        """Write a commit of somebody's; onto the main branch unless `parents` say otherwise."""
        when = (seconds, author.zone)
        committer = None
        if self.squashes and parents is None and self.head and self.chance.random() < 0.5:
            self._pull += self.chance.randrange(1, 4)
            said, title = title, f"{title} (#{self._pull})"
            merged = seconds + self.chance.randrange(600, _DAY)
            committer = (cast.FORGE, (merged, 0))
        mark = self.repository.commit(
            author.identity(self.chance),
            when,
            messages.joined(title, body, "\n".join(trailers)),
            files,
            parents=self.head if parents is None else parents,
            committer=committer,
        )
        if committer is not None:
            self.pulls.append((self._pull, author, said, seconds, merged, mark, next(iter(files))))
        if parents is None:
            self.head = [mark]
        return mark

    def plain(self, identity: str, seconds: int, message: str, files: dict[str, bytes | None]) -> int:
        """A commit that the forge has no hand in, under a name as given."""
        mark = self.repository.commit(identity, (seconds, 0), message, files, parents=self.head)
        self.head = [mark]
        return mark

    # ---- what is done to code

    def busy(self, module: Module) -> bool:
        """Whether an open branch works on it."""
        return module in self._busy

    def free(self, modules: Sequence[Module]) -> list[Module]:
        """Those that no open branch works on."""
        return [module for module in modules if module not in self._busy]

    def module_for(self, author: Worker) -> Module:
        """Where somebody adds a function: a module of the own team's with room, or a new one."""
        own = [folder for folder in self.folders if folder[2] == author.team] or self.folders
        if author.name == cast.LOUD:
            own = [folder for folder in self.folders if folder[2] == cast.LOUD]
        elif author.name == cast.DISCOVERER:
            own = [folder for folder in self.folders if folder[2] == cast.DISCOVERER]
        names = {folder for folder, _, _ in own}
        room = [m for m in self.free(self.modules) if m.folder in names and len(m.functions) < _FULL]
        if room and self.chance.random() < 0.92:
            return self.chance.choice(room)
        folder, language, team = self.chance.choice(own)
        words = self.coin.name(Module("", "", "Python", ""))
        module = Module(folder, "_".join(words.split("_")[1:]), language, team)
        if any(module.path == other.path for other in self.modules):
            module.stem = words
        self.modules.append(module)
        return module

    def callee(self, author: Worker, module: Module, seconds: int) -> Function | None:
        """A function that somebody calls from a module: of the same language, as useful as its author's are."""
        sample = self.chance.sample(self.functions, min(24, len(self.functions)))
        fitting = [f for f in sample if f.module.language == module.language]
        weights = [self.pull(author, f.by, f.by.names, seconds) for f in fitting]
        return self.chance.choices(fitting, weights)[0] if sum(weights) > 0 else None

    def target(self, author: Worker, seconds: int, modules: Sequence[Module] | None = None) -> Function | None:
        """A function that somebody changes: as inviting as the lines in it are, more or less by whoever wrote them."""
        if author.name == cast.LOUD and modules is None and self.chance.random() < 0.97:
            sample = [function for function in self.functions if function.by is author]
        elif modules is None:
            sample = self.chance.sample(self.functions, min(16, len(self.functions)))
        else:
            sample = [function for module in modules for function in module.functions]
        sample = [f for f in sample if f.module not in self._busy and f.statements]
        weights = []
        for function in sample:
            _, whose = self.chance.choice(function.statements)
            weights.append(self.pull(author, whose, whose.lines, seconds))
        return self.chance.choices(sample, weights)[0] if sum(weights) > 0 else None

    def add(self, author: Worker, seconds: int, module: Module) -> Function:
        """Define a function."""
        function = Function(self.coin.name(module), author, module, since=seconds)
        for _ in range(self.chance.randrange(3, 9)):
            called = self.callee(author, module, seconds) if self.chance.random() < 0.25 else None
            if called is not None:
                function.calls.add(called.name)
            function.statements.append((statement(self.chance, module, called), author))
        module.functions.append(function)
        self.functions.append(function)
        return function

    def edit(self, author: Worker, seconds: int, function: Function) -> None:
        """Replace one to three statements, perhaps insert one, perhaps call something."""
        begin = self.chance.randrange(len(function.statements))
        for at in range(begin, min(len(function.statements), begin + self.chance.choice((1, 1, 1, 2, 3)))):
            called = self.callee(author, function.module, seconds) if self.chance.random() < 0.22 else None
            if called is function:
                called = None
            if called is not None:
                function.calls.add(called.name)
            function.statements[at] = (statement(self.chance, function.module, called), author)
        if len(function.statements) < 14 and self.chance.random() < 0.3:
            function.statements.insert(begin, (statement(self.chance, function.module), author))

    # ---- who is asked

    def adviser(self, author: Worker, seconds: int) -> Worker | None:
        """Whom somebody asks for a review or help: mostly the own team, often the one whom everybody asks."""
        others = [
            person
            for person in self.people.values()
            if person is not author and person.name not in (cast.DESIGNER, cast.LOUD) and self.here(person, seconds)
        ]
        weights = []
        for person in others:
            if person.name == cast.ADVISER:
                weights.append(4.5)
            elif person.name == author.manager:
                weights.append(2.0)
            else:
                weights.append(1.0 if person.team == author.team else 0.05)
        return self.chance.choices(others, weights)[0] if others else None

    def credits(self, author: Worker, seconds: int) -> list[str]:
        """The trailers of a commit."""
        reviewed = self.chance.random() < (0.12 if author.name == cast.LOUD else 0.3)
        reviewer = self.adviser(author, seconds) if reviewed else None
        helper = self.adviser(author, seconds) if self.chance.random() < 0.06 else None
        late = self.progress(seconds) > 0.45
        return messages.trailers(author, reviewer, helper if helper is not reviewer else None, self.chance, late)

    # ---- one piece of work

    def work(self, author: Worker, seconds: int) -> int:
        """One piece of work of somebody's; returns the number of commits that it took."""
        while self._merges and self._merges[0].due <= seconds:
            self._merge(heapq.heappop(self._merges))
        kind = self._kind(author)
        if kind == "branch":
            return self._branch(author, seconds)
        function = None if kind == "new" else self.target(author, seconds)
        if function is None:
            module = self.module_for(author)
            return self._finish(author, seconds, "new", self.add(author, seconds, module))
        if kind == "test":
            return self._test(author, seconds, function)
        if kind == "document":
            return self._document(author, seconds, function)
        before = list(function.statements)
        self.edit(author, seconds, function)
        return self._finish(author, seconds, kind, function, before)

    def _kind(self, author: Worker) -> str:
        kinds = ("edit", "new", "branch", "test", "document", "fix")
        weights = (62, 20, 7, 5, 3, 3)
        if author.name == cast.DESIGNER:
            weights = (30, 60, 6, 4, 0, 0)
        elif author.name == cast.DISCOVERER:
            weights = (35, 45, 5, 10, 5, 0)
        elif author.name == cast.LOUD:
            weights = (80, 18, 0, 1, 1, 0)
        return self.chance.choices(kinds, weights)[0]

    def _finish(
        self,
        author: Worker,
        seconds: int,
        kind: str,
        function: Function,
        before: list[tuple[str, Worker]] | None = None,
    ) -> int:
        title = messages.title(kind, function.module.area, function.name, self.chance)
        trailers = self.credits(author, seconds)
        body = messages.why(self.chance)
        if kind == "fix" and function.last is not None:
            mark, former = function.last
            trailers.insert(0, f'Fixes: {self.repository.sha(mark)[:12]} ("{former}")')
        elif author.name != cast.DESIGNER and self._cited and self.chance.random() < 0.03:
            mark, former, when = self.chance.choice(self._cited)
            day = dt.datetime.fromtimestamp(when, dt.UTC).date()
            body = f"The same as in {self.repository.sha(mark)[:10]} ({former},\n{day}), for the other path."
        mark = self.commit(author, seconds, title, dict(function.module.files()), body=body, trailers=trailers)
        function.last = (mark, title)
        if author.name not in (cast.DESIGNER, cast.LOUD) and self.chance.random() < 0.2:
            self._cited = [*self._cited[-30:], (mark, title, seconds)]
        if before is not None and self.chance.random() < 0.006:
            function.statements = before
            body = f"This reverts commit {self.repository.sha(mark)}."
            self.commit(author, seconds + 7200, f'Revert "{title}"', dict(function.module.files()), body=body)
        return 1

    def _test(self, author: Worker, seconds: int, function: Function) -> int:
        module = function.module
        if module.language == "Python":
            path = f"tests/test_{module.stem}.py"
            first = f"from {module.folder.replace('/', '.')}.{module.stem} import {function.name}"
            text = f"{first}\n\n\ndef test_{function.name}_{self.chance.randrange(10, 99)}():\n"
            text += f"    assert {function.name}(0, {self.chance.randrange(2, 99)}) >= 0\n\n"
        else:
            path = f"docs/cases-{module.stem}.md"
            text = f"- {function.name}: {self.chance.randrange(3, 40)} cases, none of them slow\n"
        lines = self._tests.setdefault(path, [])
        lines.append(text)
        title = messages.title("test", module.area, function.name, self.chance)
        self.commit(author, seconds, title, {path: "\n".join(lines).encode()}, trailers=self.credits(author, seconds))
        return 1

    def _document(self, author: Worker, seconds: int, function: Function) -> int:
        path = f"docs/{function.module.area}.md"
        lines = self._notes.setdefault(path, [f"# {function.module.area.capitalize()}\n"])
        sentence = self.chance.choice(("is called once per block", "never waits", "may be called twice", "is cheap"))
        lines.append(f"`{function.name}` {sentence}; see {function.module.path}.\n")
        title = messages.title("document", function.module.area, function.name, self.chance)
        self.commit(author, seconds, title, {path: "\n".join(lines).encode()})
        return 1

    # ---- branches

    def _branch(self, author: Worker, seconds: int) -> int:
        """Two to four commits beside the main branch, merged a day or more later."""
        first = self.target(author, seconds)
        if first is None or not self.head:
            return 0
        module, tip = first.module, self.head
        size = self.chance.randrange(2, 5)
        for step in range(size):
            later = seconds + step * self.chance.randrange(3600, 20_000)
            function = self.target(author, later, [module]) or first
            self.edit(author, later, function)
            title = messages.title("edit", module.area, function.name, self.chance)
            mark = self.commit(
                author, later, title, dict(module.files()), trailers=self.credits(author, later), parents=tip
            )
            function.last = (mark, title)
            tip = [mark]
        self._busy.add(module)
        due = seconds + size * 20_000 + self.chance.randrange(_DAY, 4 * _DAY)
        name = f"{author.login.split('-')[0]}/{first.name}"
        heapq.heappush(
            self._merges, _Merge(due, next(self._order), tip[0], author, name, dict(module.files()), [module])
        )
        return size

    def _merge(self, branch: _Merge) -> None:
        mark = self.repository.commit(
            branch.by.identity(self.chance),
            (branch.due, branch.by.zone),
            f"Merge branch '{branch.name}'\n",
            branch.files,
            parents=[*self.head, branch.tip],
        )
        self.head = [mark]
        self._busy -= set(branch.modules)

    def merge_all(self) -> None:
        """Merge what still waits."""
        while self._merges:
            self._merge(heapq.heappop(self._merges))
