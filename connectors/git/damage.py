"""Reading on where objects are missing or damaged, and telling what could not be read.

Git stops at the first object that it cannot read. So, once it has stopped, what is lost is looked for, and
`refs/replace` in our own directory lets something harmless stand in for it: an empty file, an empty folder, a commit
without the parents that are lost. What the stand-ins would make git say falsely (that all files of a lost folder were
deleted, and written anew by the next commit) is not read at all: such commits are listed, and nobody follows or leads
by them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectors.git.borrowing import HASH, REPLACE, Borrowed
from connectors.git.objects import Objects, commit_links
from influence.errors import InputError

if TYPE_CHECKING:
    from connectors.git.repository import SafeRepository

#: How commits with at most one parent and merges are compared with what was before.
_PASSES = (False, ("--root", "--no-renames")), (True, ("-c", "--no-renames"))
_FOLDER = b"040000"
#: Folders in one another that are read: newer releases of git stop at 2,048, older ones when their stack is full.
_DEEPEST = 2000
_NAMED = 5
_REPLACED, _GRAFTED = "replaced objects", "grafted commits"
_DROPPED = "replacements and grafts that were not applied"


@dataclass(slots=True)
class Damage:
    """What a repository lacks, as far as reading has met it. Hashes are hex text.

    Attributes
    ----------
    boundary
        Commits that were cut off from all of their parents: what they seem to write may be anybody's.
    unread
        Commits whose changes cannot be told: a folder, a parent or a former name to compare with is lost.
    commits, trees, blobs
        Lost objects that the history names.
    cut, lacking
        Commits whose lost parents were cut off; commits that changed lost files.
    endless
        How many of `trees` are there, and too deep to be read.
    noted
        Problems that are known already, as `Harvest.problems`.
    """

    boundary: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    commits: set[str] = field(default_factory=set)
    trees: set[str] = field(default_factory=set)
    blobs: set[str] = field(default_factory=set)
    cut: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    endless: int = 0
    noted: list[tuple[str, int, str]] = field(default_factory=list)

    def problems(self) -> list[tuple[str, int, str]]:
        """(what, count, why), as `Harvest.problems`."""
        found = list(self.noted)
        if self.commits:
            why = f"what they and all before them did is unknown; read from {_listed(self.cut)} on"
            found.append(("commits that the clone lacks", len(self.commits), why))
        lost = len(self.trees) + len(self.blobs) - self.endless
        if lost:
            why = "the owners of what hangs on them are unknown"
            if self.lacking:
                why += f": files of {_commits(len(self.lacking))}, {_listed(self.lacking)}"
            found.append(("objects that the clone lacks", lost, why))
        if self.endless:
            found.append((f"folders with {_DEEPEST:,} in one another", self.endless, "git reads none so deep"))
        if self.unread:
            why = f"what they are to be compared with cannot be read: {_listed(sorted(self.unread))}"
            found.append(("commits whose changes were not read", len(self.unread), why))
        return found


def _listed(hashes: Collection[str]) -> str:
    first = ", ".join(name[:12] for name in list(hashes)[:_NAMED])
    return first + (f" and {len(hashes) - _NAMED} more" if len(hashes) > _NAMED else "")


def _commits(count: int) -> str:
    return "1 commit" if count == 1 else f"{count:,} commits"


def put_replacements(repository: SafeRepository, theirs: Borrowed) -> list[str]:
    """Apply their replacements and grafts, as git does in their directory, as far as they make sense.

    Returns the references by which objects are replaced.
    """
    dropped = 0
    if theirs.lacking:
        why = "its objects/info/alternates names them: fetch what it borrows, or clone it again"
        repository.damage.noted.append(("folders of objects that are not there", theirs.lacking, why))
    kept: dict[str, str] = {}
    if theirs.replaced:
        names = [name for pair in theirs.replaced.items() for name in pair]
        answers = repository.run("cat-file", "--batch-check=%(objecttype)", stdin="\n".join(names).encode() + b"\n")
        kinds = [line if line in (b"commit", b"tree", b"blob", b"tag") else b"" for line in answers.split(b"\n")]
        for at, (name, value) in enumerate(theirs.replaced.items()):
            if kinds[2 * at + 1] and kinds[2 * at] in (b"", kinds[2 * at + 1]):
                kept[name] = value
            else:
                dropped += 1
        repository.refer({REPLACE + name: value for name, value in kept.items()})
    grafted = 0
    if theirs.grafts:
        with Objects(repository) as objects:
            made = {
                name: _with_parents(repository, raw, parents)
                for name, parents in theirs.grafts.items()
                if (raw := objects.commit(name)) is not None
            }
        dropped += len(theirs.grafts) - len(made)
        grafted = len(made)
        repository.refer({REPLACE + name: value for name, value in made.items()})
    if kept:
        why = "refs/replace puts others in their place, and they are read as git reads them there"
        repository.damage.noted.append((_REPLACED, len(kept), why))
    if grafted:
        why = "info/grafts gives them other parents, and they are read as git reads them there"
        repository.damage.noted.append((_GRAFTED, grafted, why))
    if dropped:
        why = "they lead in circles, to nothing, or to something of another kind"
        repository.damage.noted.append((_DROPPED, dropped, why))
    return [REPLACE + name for name in (*kept, *(theirs.grafts if grafted else ()))]


def drop_circles(repository: SafeRepository, replaced: list[str]) -> None:
    """Take replacements and grafts back if they make a commit its own ancestor: git would leave it out in silence."""
    there = int(repository.walk("rev-list", "--count", "--stdin"))
    if there == repository.walk("rev-list", "--topo-order", "--stdin").count(b"\n"):
        return
    damage = repository.damage
    repository.refer(dict.fromkeys(replaced))
    damage.noted = [item for item in damage.noted if item[0] not in (_REPLACED, _GRAFTED)]
    damage.noted.append((_DROPPED, len(replaced), "they make a commit its own ancestor"))


def _with_parents(repository: SafeRepository, raw: bytes, parents: Collection[str]) -> str:
    """Write a commit that says what `raw` says, with other parents, into our own directory; returns its hash."""
    head, blank, body = raw.partition(b"\n\n")
    lines = [line for line in head.split(b"\n") if not line.startswith(b"parent ")]
    lines[1:1] = [b"parent " + parent.encode() for parent in parents]
    made = b"\n".join(lines) + blank + body
    return repository.run("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=made).decode().strip()


def cut_lost_commits(repository: SafeRepository) -> None:
    """Find the commits that cannot be read, and let their children be read as if they had no such parents.

    Raises
    ------
    influence.errors.InputError
        When the tip itself cannot be read.
    """
    damage = repository.damage
    read: dict[str, tuple[bytes, list[str]]] = {}
    children: dict[str, list[str]] = {}
    with Objects(repository) as objects:
        waiting = repository.tips
        while waiting:
            name = waiting.pop()
            if name in read or name in damage.commits:
                continue
            raw = objects.commit(name)
            links = commit_links(raw) if raw is not None else None
            if raw is None or links is None:
                damage.commits.add(name)
                continue
            parents = [] if name in damage.boundary else links[1]
            read[name] = b"", parents
            for parent in parents:
                children.setdefault(parent, []).append(name)
                waiting.append(parent)
        if repository.tip in damage.commits:
            raise InputError(
                f"the commit {repository.tip[:12]} of {repository.location} is missing or damaged",
                "choose another branch with --ref, or clone it again",
            )
        repository.others = [tip for tip in repository.others if tip not in damage.commits]
        cut = sorted({child for name in damage.commits for child in children.get(name, ())})
        made = {}
        for name in cut:
            raw = objects.commit(name)
            assert raw is not None
            left = [parent for parent in read[name][1] if parent not in damage.commits]
            made[REPLACE + name] = _with_parents(repository, raw, left)
            # With a parent left, the other side's work would look like the merge's own.
            (damage.unread if left else damage.boundary).add(name)
    damage.cut = cut
    repository.refer(made)


def find_missing(repository: SafeRepository) -> None:
    """Find the objects that the history names and the clone lacks, and let empty ones stand in for them.

    This takes git a second or two, and sees what is not there, as in partial clones; what is there and damaged takes
    `find_damaged`.
    """
    everything = _missing(repository)
    trees = _missing(repository, "--filter=blob:none")
    _stand_in(repository, trees, everything - trees)


def find_damaged(repository: SafeRepository) -> None:
    """Find the objects that are there and cannot be read, too: reads every object, as long as fsck takes."""
    cut_lost_commits(repository)
    damage = repository.damage
    with Objects(repository) as objects:
        damaged = {name for name in _stored(repository) if not objects.readable(name)}
        below = {name: found for name in _stored(repository) if (found := objects.trees_named_by(name))}
    # What a damaged object was, only those that name it can tell.
    trees = {child for found in below.values() for child in found if child in damaged}
    endless = _deepest(below)
    damage.endless = len(endless)
    _stand_in(repository, trees | endless, damaged - trees - damage.commits)
    find_missing(repository)


def _deepest(below: Mapping[str, list[str]]) -> set[str]:
    """Trees with more trees in one another than git reads; `below` are those that each commit and tree names."""
    above: dict[str, list[str]] = {}
    for name, found in below.items():
        for child in found:
            above.setdefault(child, []).append(name)
    left = {name: len(found) for name, found in below.items()}
    ready = [child for child in above if child not in below]
    for _ in range(_DEEPEST):
        reached = []
        for child in ready:
            for name in above.get(child, ()):
                left[name] -= 1
                if not left[name]:
                    reached.append(name)
        ready = reached
    return above.keys() & {*ready, *(name for name, count in left.items() if count)}


def _missing(repository: SafeRepository, *options: str) -> set[str]:
    try:
        output = repository.walk("rev-list", "--objects", "--missing=print", *options, "--stdin")
    except InputError:
        # Git dies here of a folder that is there and damaged: `find_damaged` sees those.
        return set()
    return {line[1:].decode() for line in output.split(b"\n") if line.startswith(b"?")}


def _stored(repository: SafeRepository) -> Iterator[str]:
    process = repository.stream("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)")
    assert process.stdout is not None
    for line in process.stdout:
        name = line.split(b" ", 1)[0].strip().decode("ascii", "replace")
        if HASH.match(name):
            yield name
    process.communicate()


def _stand_in(repository: SafeRepository, trees: set[str], blobs: set[str]) -> None:
    damage = repository.damage
    damage.trees |= trees
    damage.blobs |= blobs
    file = repository.run("hash-object", "-w", "--stdin", stdin=b"").decode().strip()
    folder = repository.run("mktree", stdin=b"").decode().strip()
    repository.refer({REPLACE + name: folder for name in trees} | {REPLACE + name: file for name in blobs})
    if trees or blobs:
        _tell(repository)


def _tell(repository: SafeRepository) -> None:
    """Find out which commits' changes are lost, and which commits changed lost files."""
    damage = repository.damage
    lost_trees = {name.encode() for name in damage.trees}
    lost_blobs = {name.encode() for name in damage.blobs}
    lost_roots = set()
    walked = repository.walk("log", "--topo-order", "--reverse", "--format=%H %T %P", "--stdin")
    commits = [line.split() for line in walked.decode("ascii").split("\n") if line]
    for name, tree, *_ in commits:
        if tree in damage.trees:
            lost_roots.add(name)
    unread = {name for name, _, *parents in commits if name in lost_roots or not lost_roots.isdisjoint(parents)}
    lacking: set[str] = set()
    changing = readable = 0
    for merge, options in _PASSES:
        for name, entries in _raw(repository, [c[0] for c in commits if (len(c) > 3) is merge], options):
            files = [words for words in entries if _FOLDER not in words]
            changing += bool(files) or name in unread
            if any(not lost_trees.isdisjoint(words) for words in entries) or (
                not merge and _may_be_renamed(files, lost_blobs)
            ):
                unread.add(name)
            lost = [not lost_blobs.isdisjoint(words) for words in files]
            if any(lost):
                lacking.add(name)
            readable += name not in unread and not all(lost)
    if changing and not readable:
        raise InputError(
            f"{repository.location} lacks the content of every commit: {len(lost_trees) + len(lost_blobs):,} objects",
            "fetch all of it ('git fetch --refetch --filter=' in a partial clone), or clone it again",
        )
    damage.unread |= unread
    damage.lacking = [name for name, *_ in commits if name in lacking and name not in damage.unread]


def _may_be_renamed(files: list[list[bytes]], lost: set[bytes]) -> bool:
    """Whether a lost file came or went together with one that is there, which may be the same under another name."""
    came = [words[3] in lost for words in files if not words[2].strip(b"0")]
    went = [words[2] in lost for words in files if not words[3].strip(b"0")]
    return (any(came) and not all(went)) or (any(went) and not all(came))


def _raw(
    repository: SafeRepository, commits: list[str], options: tuple[str, ...]
) -> Iterator[tuple[str, list[list[bytes]]]]:
    """(commit, modes and objects of each line of `diff-tree --raw`) of each; folders have lines, too."""
    with tempfile.TemporaryFile() as feed:
        feed.write("".join(f"{name}\n" for name in commits).encode())
        feed.seek(0)
        process = repository.stream(
            "diff-tree", "--stdin", "--always", "-r", "-t", "--raw", "--no-abbrev", *options, stdin=feed
        )
    assert process.stdout is not None
    name = ""
    entries: list[list[bytes]] = []
    for line in process.stdout:
        if line.startswith(b":"):
            entries.append(line.partition(b"\t")[0].strip(b":").split(b" "))
        elif HASH.match(shown := line.decode("ascii", "replace").strip()):
            if name:
                yield name, entries
            name, entries = shown, []
    if name:
        yield name, entries
    process.communicate()
