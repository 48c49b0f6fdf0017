"""Plausible code: functions with compound names, made of statements that can be replaced one by one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from influence.simulate.cast import Worker


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_VERBS = _words(
    "place seal weigh split merge trim pack unpack read write probe repair scrub count drain fill shift pin evict flush"
    " stage promote demote verify rebuild locate mark sweep order join cut route guard queue retry spread resume"
)
_KINDS = _words("cold hot stale dirty spare remote local partial pending sparse shared early late closed frozen")
_THINGS = _words(
    "replica extent segment shard chunk block journal ledger cursor window ring bucket manifest digest lease quota"
    " stripe snapshot tombstone index page batch frame session stream epoch marker header token range handoff region"
)

#: Statements, with {n} a large and {m} a small number and {call} a function; blocks are indented by one step.
_STATEMENTS = {
    "Python": (
        "total += block * {n}",
        "total = min(total, limit + {n})",
        "if block > {n}:\n\ttotal -= limit // {m}",
        "for step in range({m}):\n\ttotal += step % {n}",
        "while total > limit * {m}:\n\ttotal -= {n}",
        "block = (block + {n}) % max(limit, {m})",
        "if total % {m} == 1:\n\treturn total + {n}",
        "limit = max(limit, total // {m}) + {n}",
    ),
    "Go": (
        "total += block * {n}",
        "if total > limit+{n} {{\n\ttotal = limit\n}}",
        "if block > {n} {{\n\ttotal -= limit / {m}\n}}",
        "for step := 0; step < {m}; step++ {{\n\ttotal += step % {n}\n}}",
        "block = (block + {n}) % {m}",
        "limit += total / {m} * {n}",
        "if total%{m} == 1 {{\n\treturn total + {n}\n}}",
    ),
    "C": (
        "total += block * {n};",
        "if (total > limit + {n})\n\ttotal = limit;",
        "if (block > {n})\n\ttotal -= limit / {m};",
        "for (long step = 0; step < {m}; step++)\n\ttotal += step % {n};",
        "block = (block + {n}) % {m};",
        "limit += total / {m} * {n};",
        "if (total % {m} == 1)\n\treturn total + {n};",
    ),
}
_CALLS = {
    "Python": (
        "total += {call}(block, {n})",
        "block = {call}(total, limit + {n})",
        "if {call}(block, limit) > {n}:\n\ttotal += {m}",
    ),
    "Go": (
        "total += {call}(block, {n})",
        "block = {call}(total, limit+{n})",
        "if {call}(block, limit) > {n} {{\n\ttotal += {m}\n}}",
    ),
    "C": (
        "total += {call}(block, {n});",
        "block = {call}(total, limit + {n});",
        "if ({call}(block, limit) > {n})\n\ttotal += {m};",
    ),
}
_SUFFIX = {"Python": ".py", "Go": ".go", "C": ".c"}


@dataclass(slots=True, eq=False)
class Function:
    """A function, and by whom; `statements` are (text, whose)."""

    name: str
    by: Worker
    module: Module
    statements: list[tuple[str, Worker]] = field(default_factory=list)
    calls: set[str] = field(default_factory=set)
    #: Mark and title of the commit that touched it last.
    last: tuple[int, str] | None = None
    #: Since when it has had its name, in seconds.
    since: int = 0


@dataclass(slots=True, eq=False)
class Module:
    """One source file. In C a header goes with it."""

    folder: str
    stem: str
    language: str
    team: str
    functions: list[Function] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)
    #: Since when it has lain there, in seconds.
    since: int = 0

    @property
    def path(self) -> str:
        """Where it lies."""
        return f"{self.folder}/{self.stem}{_SUFFIX[self.language]}"

    @property
    def area(self) -> str:
        """What titles of commits call it."""
        return self.folder.rsplit("/", 1)[-1]

    def uses(self, function: Function) -> None:
        """Import what a call of `function` needs."""
        other = function.module
        if other is self:
            return
        if self.language == "Python":
            dotted = other.folder.replace("/", ".")
            self.imports[function.name] = f"from {dotted}.{other.stem} import {function.name}"
        elif self.language == "C":
            self.imports[other.path] = f'#include "{other.stem}.h"'
        elif other.folder != self.folder:
            self.imports[other.folder] = f'\t"northwind/{other.folder}"'

    def call(self, function: Function) -> str:
        """How a function is called from here."""
        if self.language == "Go" and function.module.folder != self.folder:
            return f"{function.module.area}.{function.name}"
        return function.name

    def files(self) -> dict[str, bytes]:
        """Paths and contents."""
        found = {self.path: _RENDER[self.language](self).encode()}
        if self.language == "C":
            guard = f"{self.stem.upper()}_H"
            declared = "".join(f"long {function.name}(long block, long limit);\n" for function in self.functions)
            text = f"#ifndef {guard}\n#define {guard}\n\n{declared}\n#endif\n"
            found[f"{self.folder}/{self.stem}.h"] = text.encode()
        return found


def statement(chance: random.Random, module: Module, called: Function | None = None) -> str:
    """One statement; with `called`, one that calls it (and the import that it needs)."""
    forms: Sequence[str] = _STATEMENTS[module.language]
    call = ""
    if called is not None:
        forms = _CALLS[module.language]
        module.uses(called)
        call = module.call(called)
    return chance.choice(forms).format(n=chance.randrange(3, 5000), m=chance.randrange(2, 40), call=call)


class Coin:
    """Coins names that nobody has used yet."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._taken: set[str] = set()

    def name(self, module: Module) -> str:
        """A compound name in the manner of the module's language."""
        while True:
            words = [self._chance.choice(_VERBS), self._chance.choice(_THINGS)]
            if self._chance.random() < 0.6:
                words.insert(1, self._chance.choice(_KINDS))
            if module.language == "C":
                words.insert(0, module.stem.split("_")[0])
            name = "".join(word.title() for word in words) if module.language == "Go" else "_".join(words)
            if name not in self._taken:
                self._taken.add(name)
                return name


def words_of(name: str) -> str:
    """A function's name in words."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return spaced.replace("_", " ").strip()


def _indented(function: Function, step: str) -> str:
    lines = chain.from_iterable(text.split("\n") for text, _ in function.statements)
    return "".join(f"{step}{line.replace(chr(9), step)}\n" for line in lines)


def _python(module: Module) -> str:
    text = ""
    for function in module.functions:
        text += f"\n\ndef {function.name}(block, limit):\n"
        text += f'    """{words_of(function.name).capitalize()}."""\n    total = 0\n'
        text += _indented(function, "    ") + "    return total\n"
    imports = "".join(f"{line}\n" for name, line in sorted(module.imports.items(), key=_line) if f"{name}(" in text)
    return f'"""{module.stem.replace("_", " ").capitalize()} of the {module.area}."""\n\n{imports}{text}'


def _go(module: Module) -> str:
    text = ""
    for function in module.functions:
        text += f"\n// {function.name} can {words_of(function.name)}.\n"
        text += f"func {function.name}(block, limit int) int {{\n\ttotal := 0\n"
        text += _indented(function, "\t") + "\treturn total\n}\n"
    imports = "".join(f"{line}\n" for area, line in sorted(module.imports.items(), key=_line) if f"{area}." in text)
    head = f"// Package {module.area} is part of relay.\npackage {module.area}\n"
    return head + (f"\nimport (\n{imports})\n" if imports else "") + text


def _line(item: tuple[str, str]) -> str:
    return item[1]


def _c(module: Module) -> str:
    text = f'/* {module.stem.replace("_", " ").capitalize()}. */\n#include "{module.stem}.h"\n'
    text += "".join(f"{line}\n" for line in sorted(module.imports.values()))
    for function in module.functions:
        text += f"\n/* {words_of(function.name).capitalize()}. */\n"
        text += f"long {function.name}(long block, long limit)\n{{\n\tlong total = 0;\n\n"
        text += _indented(function, "\t") + "\n\treturn total;\n}\n"
    return text


_RENDER = {"Python": _python, "Go": _go, "C": _c}
