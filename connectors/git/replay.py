"""Replaying a history: whose lines each commit replaced, what names it introduced and used.

The readers deliver each commit's hunks; the replay applies them in order to the owners of the versions they start from
and writes down what that says. It decides nothing about people: it works on commit numbers and identity keys.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from connectors.git.diffs import LOST, text_path
from connectors.git.history import Commit, History
from connectors.git.kept_rows import columns, rows
from connectors.git.living import Living
from connectors.git.names import family_of
from connectors.git.outside import Outside
from connectors.git.owners import UNKNOWN, Versions
from connectors.git.ownership import DELETED, EXTENDED, REPAIRED, REPLACED, merge, splice
from connectors.git.pool import Frame
from connectors.git.trees import Trees
from influence.schema import BUILDS_ON_WAYS

assert (REPLACED, EXTENDED, DELETED, REPAIRED) == (0, 1, 2, 3)
assert BUILDS_ON_WAYS == ("replaced", "extended", "deleted", "repaired")

#: A commit that brings in at least so many new files and lines at once is an import: it may be others' work.
IMPORT_FILES = 20
IMPORT_LINES = 2_000


@dataclass(slots=True)
class BuildsOn:
    """Columns of `builds_on` facts, one entry a (commit, path, leader's commit, way)."""

    commit: array[int] = field(default_factory=lambda: array("I"))
    owner: array[int] = field(default_factory=lambda: array("I"))
    way: array[int] = field(default_factory=lambda: array("B"))
    amount: array[int] = field(default_factory=lambda: array("I"))
    path: list[bytes] = field(default_factory=list)
    old_path: list[bytes] = field(default_factory=list)
    line: array[int] = field(default_factory=lambda: array("I"))


@dataclass(slots=True)
class Definition:
    """A name that an identity defined in a file, at the first time."""

    commit: int
    name: str
    path: str
    line: int
    public: bool
    language: str
    renamed_from: str | None
    identity: str
    method: bool


@dataclass(slots=True)
class Use:
    """The first net use of a name by an identity.

    `reached`: through an object or a path. `gone`: nothing defined the name any more.
    """

    commit: int
    name: str
    path: str
    identity: str
    family: str | None
    reached: bool
    gone: bool


@dataclass(slots=True)
class Found:
    """What some consecutive commits said.

    Attributes
    ----------
    builds_on, definitions, uses
        As their classes say.
    name_changes
        (commit, name, path, definitions added less removed).
    changed
        By commit, lines added and removed in files that were looked into.
    paths
        By commit, the files that it touched.
    """

    builds_on: BuildsOn = field(default_factory=BuildsOn)
    definitions: list[Definition] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    name_changes: list[tuple[int, str, str, int]] = field(default_factory=list)
    changed: dict[int, int] = field(default_factory=dict)
    paths: dict[int, list[str]] = field(default_factory=dict)


class Replay:
    """The state of a replay, fed one commit after the other.

    Parameters
    ----------
    history
        The commits.
    trees
        Where to look up what a parent has under a file's former name.
    blameless
        Commits whose changed lines keep their former owners (`.git-blame-ignore-revs`).
    disowned
        Imports whose lines and names belong to nobody, because the user said so.

    Attributes
    ----------
    found
        What the commits that were fed last have said: whoever takes it puts an empty one in its place.
    outside
        Modules and packages that it offers and takes.
    imports
        Commits that were imports.
    left_out
        Changed files that were not looked into, by reason.
    """

    def __init__(
        self,
        history: History,
        trees: Trees,
        blameless: frozenset[str] = frozenset(),
        disowned: frozenset[str] = frozenset(),
    ) -> None:
        self._history = history
        self._trees = trees
        # New path -> former paths, as the commits that renamed said.
        self._former: dict[bytes, set[bytes]] = {}
        self._blameless = {history.number[sha] for sha in blameless if sha in history.number}
        self._disowned = {history.number[sha] for sha in disowned if sha in history.number}
        self.versions = Versions(history.descent, self._blob_at)
        self.found = Found()
        self.imports: set[int] = set()
        self.left_out: Counter[str] = Counter()
        self._living = Living(trees.content)
        self.outside = Outside(trees.content)
        self._defined: set[tuple[str, str, str]] = set()
        self._used: set[tuple[str, str, str | None, bool]] = set()
        # Authors as a tuple, so that "the same people" is one comparison.
        groups = [tuple(commit.authors) for commit in history.commits]
        sorted_teams = {group: tuple(sorted(group)) for group in dict.fromkeys(groups)}
        teams = {team: team for team in sorted_teams.values()}
        self._team = [(), *[teams[sorted_teams[group]] for group in groups]]

    def kept(self) -> tuple[dict[str, Any], dict[str, bytes], list[Frame]]:
        """What a later run needs of this one: as JSON has it, and what is no text, as `Versions.kept` gives it."""
        written = {
            "former": [[_latin(new), *map(_latin, sorted(olds))] for new, olds in self._former.items()],
            "defined": columns(sorted(self._defined)),
            "used": columns(self._used),
            "imports": sorted(self.imports),
            "left_out": dict(self.left_out),
            "living": self._living.kept(),
            "outside": self.outside.kept(),
        }
        return written, *self.versions.kept()

    def restore(self, written: dict[str, Any], versions: dict[str, bytes], frames: Iterable[Frame]) -> None:
        """Go on where the run ended whose `kept` this is."""
        for new, *olds in written["former"]:
            self._former[_bytes(new)] = set(map(_bytes, olds))
        self._defined = set(rows(written["defined"]))
        self._used = set(rows(written["used"]))
        self.imports = set(written["imports"])
        self.left_out = Counter(written["left_out"])
        self._living.restore(written["living"])
        self.outside.restore(written["outside"])
        self.versions.restore(versions, frames)

    def feed(self, commit: Commit, item: tuple[Any, Any, dict[str, int]]) -> None:
        """Apply one commit as `connectors.git.stream.read` delivers it."""
        files, names, left_out = item
        self.left_out.update(left_out)
        if commit.is_merge:
            for path, blob, blobs, hunks in files:
                self._merge(commit, path, blob, blobs, hunks)
            self.found.paths[commit.number] = [text_path(file[0]) for file in files]
            return
        for status, _, path, _, blob, *_ in files:
            if status == LOST and blob.strip(b"0"):
                # It may have come again: whoever wrote it first did not write it now.
                self.versions.put(path, blob, array("I"), commit.number)
        files = [file for file in files if file[0] != LOST]
        blameless = commit.number in self._blameless
        named = [self._history.find(sha, commit.number) for sha in commit.message.undoes]
        undone = {found.number for found in named if found is not None}
        new_files = new_lines = changed = 0
        gone = {file[3]: file[1] for file in files if file[0] == b"R"}
        for file in files:
            status, path_old, path_new, _, _, packed, _ = file
            hunks = array("i")
            hunks.frombytes(packed)
            added = sum(hunks[3::4])
            changed += added + sum(hunks[1::4])
            if status == b"R":
                self._former.setdefault(path_new, set()).add(path_old)
                self._living.moved(path_old, path_new)
            elif status == b"A":
                new_files += 1
                new_lines += added
                source = self.versions.last(file[4]) if added else 0
                if source:
                    # A copy: where what was copied goes away later, git takes the two for a rename.
                    self._former.setdefault(path_new, set()).add(self.versions.path(source))
            if status == b"A" and file[4] in gone:
                # Moved to two places: git's diff takes the one for new, its blame does not.
                file, hunks = (b"R", gone[file[4]], path_new, file[4], file[4], b"", None), array("i")
            self._apply(commit, file, hunks, undone, blameless)
        self.found.changed[commit.number] = changed
        self.found.paths[commit.number] = [text_path(file[2]) for file in files]
        if new_files >= IMPORT_FILES and new_lines >= IMPORT_LINES:
            self.imports.add(commit.number)
        if names is not None:
            blobs = {text_path(file[2]): file[4] for file in files if file[0] != b"D"}
            self._living.changed(names[3], names[1].values(), blobs, commit.time)
        for file in files:
            if file[0] == b"D":
                self._living.removed(file[1], commit.time)
        if not blameless:
            modules, declared = names[4:] if names is not None else ((), ())
            versions = [file[:5] for file in files]
            self.outside.changed(commit.number, commit.authors, versions, modules, declared)
            if names is not None:
                self._name(commit, *names[:4])

    def _apply(
        self, commit: Commit, file: tuple[Any, ...], hunks: array[int], undone: set[int], blameless: bool
    ) -> None:
        status, path_old, path_new, blob_old, blob_new, packed, spaces = file
        me = UNKNOWN if commit.number in self._disowned else commit.number
        # Where its former content was not looked into (excluded, shallow, missing), nobody is known to own it.
        version = 0 if status == b"A" else self.versions.find(path_old, blob_old, self._parent(commit, 0))
        before = self.versions.owners(version) if version else array("I")
        after, amounts, lines = splice(before, hunks, spaces, me, blameless)
        if status != b"D":
            self.versions.put(path_new, blob_new, after, commit.number, version, packed)
        team = self._team[commit.number]
        if not amounts or blameless or status == b"A" or not team:
            return
        if undone:
            _repair(amounts, lines, undone)
        out = self.found.builds_on
        for key, amount in amounts.items():
            owner = key >> 2
            if self._team[owner] == team or not self._team[owner]:
                continue
            out.commit.append(commit.number)
            out.owner.append(owner)
            out.way.append(key & 3)
            out.amount.append(amount)
            out.path.append(path_new)
            out.old_path.append(path_old)
            out.line.append(lines[key])

    def _blob_at(self, commit: int, path: bytes) -> bytes | None:
        return self._trees.blob_at(self._history.commits[commit - 1].sha, path)

    def _parent(self, commit: Commit, index: int) -> int:
        parents = self._history.descent.parents[commit.number]
        return parents[index] if index < len(parents) else 0

    def _merge(self, commit: Commit, path: bytes, blob: bytes, blobs: list[bytes], packed: list[bytes | None]) -> None:
        if not blob.strip(b"0"):
            return
        lacking = [index for index, parent in enumerate(blobs) if not parent.strip(b"0")]
        moved = self.versions.find(path, blob, commit.number) if lacking else 0
        if moved and not self._is_copied(commit, moved, path):
            # A subtree merge, or a rename on the other side: the file itself came from there, under another name.
            self.versions.put(path, blob, self.versions.owners(moved), commit.number)
            return
        versions = [
            0 if index in lacking else self.versions.find(path, before, self._parent(commit, index))
            for index, before in enumerate(blobs)
        ]
        owners = [self.versions.owners(version) if version else None for version in versions]
        hunks = [None if changes is None else array("i", changes) for changes in packed]
        for index in lacking:
            for former in self.former_names(path):
                if self._trees.blob_at(commit.sha, former) is not None:
                    continue
                old = self._trees.blob_at(commit.parents[index], former)
                before = self.versions.get(former, old, self._parent(commit, index)) if old is not None else None
                changes = self._trees.hunks(old, blob) if old is not None and before is not None else None
                if changes is not None:
                    owners[index], hunks[index] = before, changes
                    break
        after = merge(owners, hunks, commit.number if commit.authors else UNKNOWN)
        self.versions.put(path, blob, after, commit.number, versions[0], packed[0] or b"")

    def _is_copied(self, commit: Commit, version: int, path: bytes) -> bool:
        """Whether a version that comes again at `path` is still where it was."""
        source = self.versions.path(version)
        return source != path and self._trees.blob_at(commit.sha, source) is not None

    def former_names(self, path: bytes) -> list[bytes]:
        """All names that the file had, newest first."""
        names: list[bytes] = []
        waiting = sorted(self._former.get(path, ()))
        while waiting:
            name = waiting.pop(0)
            if name not in names and name != path:
                names.append(name)
                waiting += sorted(self._former.get(name, ()))
        return names

    def leaders(self, commit: Commit) -> list[str]:
        """Who leads by what a commit introduces: its authors; nobody ('') where the user disowned it."""
        return [""] if commit.number in self._disowned or not commit.authors else commit.authors

    def _name(
        self,
        commit: Commit,
        defined: list[tuple[str, str, int, bool, str, bool]],
        renamed: dict[str, str],
        used: dict[str, tuple[str, bool]],
        changes: list[tuple[str, str, int]],
    ) -> None:
        for identity in self.leaders(commit):
            for name, path, line, public, language, method in defined:
                key = (name, identity, path)
                if key not in self._defined:
                    self._defined.add(key)
                    self.found.definitions.append(
                        Definition(
                            commit.number, name, path, line, public, language, renamed.get(name), identity, method
                        )
                    )
        for identity in commit.authors:
            for name, (path, reached) in used.items():
                speech = family_of(path)
                key_of_use = (identity, name, speech, reached)
                if key_of_use not in self._used:
                    self._used.add(key_of_use)
                    gone = self._living.gone(name, speech, commit.time)
                    self.found.uses.append(Use(commit.number, name, path, identity, speech, reached, gone))
        self.found.name_changes += [(commit.number, name, path, step) for name, path, step in changes]


def _latin(path: bytes) -> str:
    return path.decode("latin-1")


def _bytes(path: str) -> bytes:
    return path.encode("latin-1")


def directory_of(path: str) -> str:
    """The directory of a path, '' for the root."""
    return path.rpartition("/")[0]


def _repair(amounts: dict[int, int], lines: dict[int, int], undone: set[int]) -> None:
    """What a revert takes away from the commits that it names is repair. In place; keys as `splice` gives them."""
    for key in list(amounts):
        owner, way = key >> 2, key & 3
        if owner in undone and way in (REPLACED, DELETED):
            repaired = owner << 2 | REPAIRED
            amounts[repaired] = amounts.get(repaired, 0) + amounts.pop(key)
            lines[repaired] = min(lines.pop(key), lines.get(repaired, 1 << 62))
