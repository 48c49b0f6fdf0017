"""Replaying a history: whose lines each commit replaced, what names it introduced and used.

The readers deliver each commit's hunks; the replay applies them in order to the owners of the versions they start from
and writes down what that says. It decides nothing about people: it works on commit numbers and identity keys.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from connectors.git.diffs import text_path
from connectors.git.history import Commit, History
from connectors.git.living import Living
from connectors.git.names import family_of
from connectors.git.ownership import UNKNOWN, Versions, adopt_from, merge, splice
from connectors.git.trees import Trees
from influence.schema import BUILDS_ON_WAYS

REPLACED, EXTENDED, DELETED, REPAIRED = range(4)
assert BUILDS_ON_WAYS == ("replaced", "extended", "deleted", "repaired")

#: A commit that brings in at least so many new files and lines at once is an import: it may be others' work.
IMPORT_FILES = 20
IMPORT_LINES = 2_000


@dataclass(slots=True)
class BuildsOn:
    """Columns of `builds_on` facts, one entry a (commit, path, leader's commit, way)."""

    commit: list[int] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    way: list[int] = field(default_factory=list)
    amount: list[int] = field(default_factory=list)
    path: list[bytes] = field(default_factory=list)
    old_path: list[bytes] = field(default_factory=list)
    line: list[int] = field(default_factory=list)


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
    builds_on, definitions, uses
        What was found; `uses` maps (identity key, name, family of languages, whether it was reached through an object
        or a path) to (commit, path, whether nothing defined the name any more) of the first net use.
    imports
        Commits that were imports.
    changed
        Lines added and removed by each commit in files that were looked into.
    paths
        Files that each commit touched.
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
        self.versions = Versions()
        self.builds_on = BuildsOn()
        self.definitions: list[Definition] = []
        self.uses: dict[tuple[str, str, str | None, bool], tuple[int, str, bool]] = {}
        self.imports: set[int] = set()
        self.changed: dict[int, int] = {}
        self.paths: dict[int, list[str]] = {}
        self.left_out: Counter[str] = Counter()
        self.name_changes: list[tuple[int, str, str, int]] = []
        self._living = Living(trees.content)
        self._defined: set[tuple[str, str, str]] = set()
        # Authors as a tuple, so that "the same people" is one comparison.
        self._team = [(), *(tuple(sorted(commit.authors)) for commit in history.commits)]

    def feed(self, commit: Commit, item: tuple[Any, Any, dict[str, int]]) -> None:
        """Apply one commit as `connectors.git.stream.read` delivers it."""
        files, names, left_out = item
        self.left_out.update(left_out)
        if commit.is_merge:
            for path, blob, blobs, hunks in files:
                self._merge(commit, path, blob, blobs, hunks)
            self.paths[commit.number] = [text_path(file[0]) for file in files]
            return
        blameless = commit.number in self._blameless
        undone = {found.number for sha in commit.message.undoes if (found := self._history.find(sha)) is not None}
        new_files = new_lines = changed = 0
        for status, path_old, path_new, blob_old, blob_new, packed, spaces in files:
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
            self._apply(commit, status, path_old, path_new, blob_old, blob_new, hunks, spaces, undone, blameless)
        self.changed[commit.number] = changed
        self.paths[commit.number] = [text_path(file[2]) for file in files]
        if new_files >= IMPORT_FILES and new_lines >= IMPORT_LINES:
            self.imports.add(commit.number)
        if names is not None:
            blobs = {text_path(file[2]): file[4] for file in files if file[0] != b"D"}
            self._living.changed(names[3], names[1].values(), blobs, commit.time)
        for file in files:
            if file[0] == b"D":
                self._living.removed(file[1], commit.time)
        if names is not None and not blameless:
            self._name(commit, *names)

    def _apply(
        self,
        commit: Commit,
        status: bytes,
        path_old: bytes,
        path_new: bytes,
        blob_old: bytes,
        blob_new: bytes,
        hunks: array[int],
        spaces: dict[int, list[int]] | None,
        undone: set[int],
        blameless: bool,
    ) -> None:
        me = UNKNOWN if commit.number in self._disowned else commit.number
        before = array("I") if status == b"A" else self.versions.get(path_old, blob_old)
        if before is None:
            # Its former content was not looked into (it was excluded, shallow or missing): nobody is known to own it.
            before = array("I")
        after, replaced = splice(before, hunks, spaces, me, blameless)
        if status != b"D":
            self.versions.put(path_new, blob_new, after)
        if blameless or status == b"A" or not self._team[commit.number]:
            return
        found: dict[tuple[int, int], list[int]] = {}
        for start, _, _, added, counts, above in replaced:
            if counts:
                way = REPLACED if added else DELETED
                for owner, amount in counts.items():
                    if owner:
                        key = (owner, REPAIRED if owner in undone else way)
                        known = found.get(key)
                        if known is None:
                            found[key] = [amount, start]
                        else:
                            known[0] += amount
            elif added > 0 and above:
                known = found.get((above, EXTENDED))
                if known is None:
                    found[above, EXTENDED] = [added, max(start, 1)]
                else:
                    known[0] += added
        team = self._team[commit.number]
        out = self.builds_on
        for (owner, way), (amount, line) in found.items():
            if self._team[owner] == team or not self._team[owner]:
                continue
            out.commit.append(commit.number)
            out.owner.append(owner)
            out.way.append(way)
            out.amount.append(amount)
            out.path.append(path_new)
            out.old_path.append(path_old)
            out.line.append(line)

    def _merge(self, commit: Commit, path: bytes, blob: bytes, blobs: list[bytes], hunks: list[Any]) -> None:
        if not blob.strip(b"0"):
            return
        lacking = [index for index, parent in enumerate(blobs) if not parent.strip(b"0")]
        if lacking and self.versions.knows(blob):
            # A subtree merge, or a rename on the other side: the file itself came from there, under another name.
            known = self.versions.get(path, blob)
            assert known is not None
            self.versions.put(path, blob, known)
            return
        parents = [None if index in lacking else self.versions.get(path, blobs[index]) for index in range(len(blobs))]
        me = commit.number if commit.authors else UNKNOWN
        after = merge(parents, hunks, me)
        for index in lacking:
            for former in self.former_names(path):
                old = self._trees.blob_at(commit.parents[index], former)
                owners = self.versions.get(former, old) if old is not None else None
                changes = self._trees.hunks(old, blob) if old is not None and owners is not None else None
                if owners is not None and changes is not None:
                    adopt_from(after, me, owners, changes)
                    break
        self.versions.put(path, blob, after)

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

    def _name(
        self,
        commit: Commit,
        defined: list[tuple[str, str, int, bool, str, bool]],
        renamed: dict[str, str],
        used: dict[str, tuple[str, bool]],
        changes: list[tuple[str, str, int]],
    ) -> None:
        authors = [] if commit.number in self._disowned else commit.authors
        for identity in authors or ("",):
            for name, path, line, public, language, method in defined:
                key = (name, identity, path)
                if key not in self._defined:
                    self._defined.add(key)
                    self.definitions.append(
                        Definition(
                            commit.number, name, path, line, public, language, renamed.get(name), identity, method
                        )
                    )
        for identity in commit.authors:
            for name, (path, reached) in used.items():
                speech = family_of(path)
                key_of_use = (identity, name, speech, reached)
                if key_of_use not in self.uses:
                    self.uses[key_of_use] = (commit.number, path, self._living.gone(name, speech, commit.time))
        self.name_changes += [(commit.number, name, path, step) for name, path, step in changes]


def directory_of(path: str) -> str:
    """The directory of a path, '' for the root."""
    return path.rpartition("/")[0]
