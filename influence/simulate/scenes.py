"""What happens once: how a repository begins, what is bought, dropped in, renamed, reformatted; and the bot."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from influence.simulate import cast
from influence.simulate.cast import Worker
from influence.simulate.code import Function, Module, statement
from influence.simulate.work import Workshop

_LIBRARIES = ("lz4frame", "msgpack", "uvloop", "zstandard", "prometheus-client", "grpc", "yaml", "raftlog")
_LICENCE = "Invented code of an invented company. Do what you like with it.\n"


def begin(shop: Workshop, founder: Worker, seconds: int, files: Mapping[str, str]) -> None:
    """An empty repository with its first files."""
    first = {"LICENSE": _LICENCE, **files}
    shop.commit(founder, seconds, "Begin", {path: text.encode() for path, text in first.items()})


def buy(shop: Workshop, founder: Worker, seconds: int, modules: int) -> None:
    """A code base that the company had bought arrives in one commit."""
    files: dict[str, bytes | None] = {}
    folders = [folder for folder in shop.folders if folder[2] in cast.TEAMS]
    for number in range(modules):
        folder, language, team = folders[number % len(folders)]
        stem = "_".join(shop.coin.name(Module("", "", "Python", "")).split("_")[1:])
        module = Module(
            folder, f"{stem}_{number}" if any(m.stem == stem for m in shop.modules) else stem, language, team
        )
        shop.modules.append(module)
        for _ in range(6):
            function = Function(shop.coin.name(module), founder, module)
            function.statements = [(statement(shop.chance, module), founder) for _ in range(9)]
            module.functions.append(function)
            shop.functions.append(function)
        files |= module.files()
    shop.commit(founder, seconds, "Import the code that we bought", files, body="As it came, without its history.")


def vendor(shop: Workshop, by: Worker, seconds: int, folder: str) -> None:
    """A library is dropped in."""
    files: dict[str, bytes | None] = {}
    for part in ("frame", "block", "stream", "table", "check"):
        lines = "".join(
            f"static int {part}_step_{number}(int x) {{ return x * {shop.chance.randrange(2, 999)}; }}\n"
            for number in range(260)
        )
        files[f"{folder}/lz4frame/{part}.c"] = f"/* lz4frame, {part} */\n{lines}".encode()
    shop.commit(by, seconds, f"Vendor lz4frame 1.2 in {folder}", files)


def rename_function(shop: Workshop, by: Worker, seconds: int) -> None:
    """A function gets another name, with all its callers."""
    candidates = [
        function
        for function in shop.functions
        if function.module.language != "C"
        and function.by.name not in (cast.DISCOVERER, cast.LOUD)
        and not shop.busy(function.module)
    ]
    function = shop.chance.choice(candidates)
    callers = [other for other in shop.functions if function.name in other.calls]
    touched = {caller.module.path: caller.module for caller in callers} | {function.module.path: function.module}
    if any(shop.busy(module) for module in touched.values()):
        return
    old, function.name, function.since = function.name, shop.coin.name(function.module), seconds
    word = re.compile(rf"\b{re.escape(old)}\b")
    for caller in callers:
        caller.calls = {function.name if name == old else name for name in caller.calls}
        caller.statements = [
            (word.sub(function.name, text), by) if word.search(text) else (text, whose)
            for text, whose in caller.statements
        ]
    for module in touched.values():
        if old in module.imports:
            module.imports[function.name] = word.sub(function.name, module.imports.pop(old))
    files: dict[str, bytes | None] = {}
    for module in touched.values():
        files |= module.files()
    shop.commit(by, seconds, f"{function.module.area}: rename {old} to {function.name}", files)


def rename_file(shop: Workshop, by: Worker, seconds: int) -> None:
    """A module gets another name, and whoever imports it follows."""
    theirs = (cast.LOUD, cast.DISCOVERER)
    candidates = [m for m in shop.modules if m.language == "Python" and m.team not in theirs and not shop.busy(m)]
    module = shop.chance.choice(candidates)
    dotted = f"{module.folder.replace('/', '.')}.{module.stem} import"
    importers = [m for m in shop.modules if any(dotted in line for line in m.imports.values())]
    if any(shop.busy(m) for m in importers):
        return
    files: dict[str, bytes | None] = {module.path: None}
    old = module.stem
    module.stem, module.since = f"{old}_core", seconds
    renamed = f"{module.folder.replace('/', '.')}.{module.stem} import"
    for importer in importers:
        importer.imports = {name: line.replace(dotted, renamed) for name, line in importer.imports.items()}
        files |= importer.files()
    files |= module.files()
    shop.commit(by, seconds, f"{module.area}: call {old} what it is", files)


def drop_function(shop: Workshop, by: Worker, seconds: int) -> None:
    """A function that nothing calls goes away."""
    called = {name for function in shop.functions for name in function.calls}
    imported = {name for module in shop.modules for name in module.imports}
    unused = [
        f
        for f in shop.functions
        if f.name not in called | imported and not shop.busy(f.module) and f.by.name == cast.FOUNDER
    ]
    if not unused:
        return
    function = shop.chance.choice(unused)
    function.module.functions.remove(function)
    shop.functions.remove(function)
    title = f"{function.module.area}: drop {function.name}, which nothing calls"
    shop.commit(by, seconds, title, dict(function.module.files()))


def reformat(shop: Workshop, by: Worker, seconds: int, folder: str) -> None:
    """A formatter runs over a folder; the commit is noted as one that blame shall skip."""
    files: dict[str, bytes | None] = {}
    for module in shop.modules:
        if module.folder == folder and not shop.busy(module):
            for function in module.functions:
                function.statements = [
                    (re.sub(r" ([*/%]) ", r"\1", text), whose) for text, whose in function.statements
                ]
            files |= module.files()
    mark = shop.commit(by, seconds, f"Run the formatter over {folder}", files)
    note = f"# Run the formatter over {folder}\n{shop.repository.sha(mark)}\n"
    shop.commit(by, seconds + 900, "Let blame skip the formatter", {".git-blame-ignore-revs": note.encode()})


class Robot:
    """The dependency bot of one repository: it bumps one version at a time, in the list and in the lock file."""

    def __init__(self, listed: str, locked: str) -> None:
        self.listed, self.locked = listed, locked
        self._versions = {library: [1, 0, 0] for library in _LIBRARIES}

    def bump(self, shop: Workshop, seconds: int, chance: random.Random) -> None:
        """One commit."""
        library = chance.choice(_LIBRARIES)
        version = self._versions[library]
        old = ".".join(map(str, version))
        version[chance.choice((1, 2, 2))] += 1
        new = ".".join(map(str, version))
        listed = "".join(f"{name}=={'.'.join(map(str, parts))}\n" for name, parts in self._versions.items())
        locked = "".join(
            f"{name} {'.'.join(map(str, parts))} {chance.getrandbits(64):016x}\n"
            for name, parts in self._versions.items()
        )
        message = f"Bump {library} from {old} to {new}\n\nBumps {library} from {old} to {new}.\n"
        shop.plain(cast.BOT, seconds, message, {self.listed: listed.encode(), self.locked: locked.encode()})
