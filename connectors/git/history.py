"""The commits of a history in order: who made them, when, and when others could know it."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from connectors.git.logins import opener
from connectors.git.order import Descent
from connectors.git.repository import SafeRepository
from connectors.git.trailers import Message, Person, parse_message
from influence.errors import InputError
from influence.robots import classify

_SECONDS = re.compile(rb" (-?\d{1,18})(?: [+-]?\d+)?\s*\Z")
#: Names of codecs that may stand in a commit. Python has others that are no encodings of text, or take for ever.
_CODEC = re.compile(
    r"(?:iso[-_]?)?(?:8859[-_]?\d{1,2}|latin[-_]?\d{1,2}|2022[-_]jp)|us-ascii|utf-?8|(?:windows[-_]?|cp)\d{3,4}|koi8[-_]?[rut]"
    r"|gb(?:k|2312|18030)|big5(?:hkscs)?|euc[-_]?(?:jp|kr|cn)|s(?:hift)?[-_]?jis|mac[-_]?roman",
    re.I,
)
#: What pairs that work at one machine write between their names.
_TOGETHER = re.compile(r" (?:\+|&|and) ")
_EPOCH = dt.datetime(1970, 1, 1)
#: Times outside of 1970 to 2262 do not fit Arrow's clocks; histories with broken clocks have them.
_LATEST = 9_000_000_000
#: Bytes of a commit that are read. What is longer is a log that somebody pasted, or an attack; Linux has no longer one.
_LONGEST = 1 << 20
#: Bytes of a line that names an author or a committer.
_LONGEST_IDENT = 4096
#: What git can take apart again into name and address.
_PLAIN = re.compile(r"[^<>\n\x00]*\Z")


#: What one run leaves to the next, as JSON has it.
Kept = dict[str, Any]


@dataclass(slots=True)
class Commit:
    """One commit. `authors` are keys of the humans who wrote it; `via` is the coding assistant among them, or None.

    `time` and `visible` are seconds since 1970: when it was written (never later than when it was committed), and when
    the first-parent commit that brought it in was committed. `brought_by` is that commit's number.
    """

    number: int
    sha: str
    parents: list[str]
    author: Person
    committer: Person
    time: int
    committed: int
    message: Message
    authors: list[str] = field(default_factory=list)
    via: str | None = None
    visible: int = 0
    brought_by: int = 0

    @property
    def is_merge(self) -> bool:
        """More than one parent."""
        return len(self.parents) > 1


class History:
    """All commits that are read, parents before children, numbered from 1; the default branch's come first.

    Attributes
    ----------
    commits
        `commits[number - 1]` is the commit of that number.
    people
        Every identity that appears: key -> Person, in order of appearance.
    unreadable
        Commits that name no author, or not in a way that can be understood.
    shortened
        Commits so long that only their first megabyte was read.
    reviewed
        Commits that name a reviewer.
    opened
        Number of a merge -> the login that opened the pull request which it brought in.
    known
        How many of the commits an earlier run has read: they come first, without their messages.
    trunk
        The number of the default branch's last commit.
    """

    def __init__(self, repository: SafeRepository, kept: Kept | None = None) -> None:
        self.people: dict[str, Person] = {}
        self.first: dict[str, int] = {}
        # One text for each key, and one list for each group of authors, however often they come.
        self._keys: dict[str, str] = {}
        self._groups: dict[tuple[str, ...], list[str]] = {}
        self.commits: list[Commit] = []
        self.opened: dict[int, str] = {}
        # Of so many people, the first ones, it is known which are persons: these.
        self._classified = 0
        self._humans: set[str] = set()
        self.unreadable = self.shortened = self.reviewed = self.known = 0
        self.descent = Descent()
        ordered = repository.ordered()
        self.trunk = repository.ends[0]
        if kept is not None:
            self._restore(kept, list(ordered.items()), repository.ends)
        fresh = list(ordered)[self.known :]
        for sha, raw in zip(fresh, _raw_commits(repository, fresh), strict=False):
            self._add(sha, ordered[sha], raw)
            self.shortened += len(raw) == _LONGEST
        if len(self.commits) < len(ordered):
            raise InputError(
                f"{repository.location} cannot be read to the end", "run 'git fsck' in it, or clone it again"
            )
        self.number = self._descend(repository.ends)
        self._sorted = sorted(self.number)
        for commit in self.new:
            commit.visible = max(self.commits[commit.brought_by - 1].committed, commit.time)

    @property
    def new(self) -> list[Commit]:
        """The commits that no earlier run has read."""
        return self.commits[self.known :]

    def find(self, prefix: str, before: int) -> Commit | None:
        """The commit whose hash starts with `prefix`, of those that come before the commit of that number.

        None where none or several do.
        """
        prefix = prefix.lower()
        found = None
        for at in range(bisect_left(self._sorted, prefix), len(self._sorted)):
            if not self._sorted[at].startswith(prefix):
                break
            number = self.number[self._sorted[at]]
            if number < before:
                if found is not None:
                    return None
                found = self.commits[number - 1]
        return found

    def humans(self) -> set[str]:
        """Keys of the identities that are persons, neither robots nor assistants."""
        for key, person in islice(self.people.items(), self._classified, None):
            if classify(person.name, person.email) == "person":
                self._humans.add(key)
        self._classified = len(self.people)
        return self._humans

    def kept(self) -> Kept:
        """What a later run needs of this one."""
        commits = self.commits
        authors = list(dict.fromkeys(key for commit in commits for key in (*commit.authors, commit.via) if key))
        index = {key: at for at, key in enumerate(authors)}
        groups: dict[tuple[str, ...], int] = {}
        parents = self.descent.parents[1:]
        humans = self.humans()
        return {
            "people": [[person.name, person.email, self.first.get(key)] for key, person in self.people.items()],
            "others": [place for place, key in enumerate(self.people) if key not in humans],
            "authors": authors,
            "by": [groups.setdefault(tuple(commit.authors), len(groups)) for commit in commits],
            "groups": [[index[key] for key in group] for group in groups],
            "via": [[commit.number, index[commit.via]] for commit in commits if commit.via is not None],
            "time": [commit.time for commit in commits],
            "committed": [commit.committed for commit in commits],
            "visible": [commit.visible for commit in commits],
            "parents": [number for numbers in parents for number in numbers],
            "parent_counts": list(map(len, parents)),
            "opened": list(self.opened.items()),
            "counts": [self.unreadable, self.shortened, self.reviewed],
        }

    def _descend(self, ends: Sequence[int]) -> dict[str, int]:
        """Find out who descends from whom, branch by branch; returns the commits' numbers."""
        number = {commit.sha: commit.number for commit in self.commits}
        for branch, end in enumerate(ends):
            fresh = self.commits[len(self.descent.parents) - 1 : end]
            if fresh:
                parents = [tuple([number.get(parent, 0) for parent in commit.parents]) for commit in fresh]
                self.descent.extend(parents, trunk=branch == 0)
            for commit in fresh:
                commit.brought_by = self.descent.brought_by[commit.number]
        return number

    def _restore(self, kept: Kept, ordered: list[tuple[str, list[str]]], ends: Sequence[int]) -> None:
        for name, email, first in kept["people"]:
            person = Person(name, email)
            self.know(person)
            if first is not None:
                self.first[person.key] = first
        others = set(kept["others"])
        self._humans = {key for place, key in enumerate(self.people) if place not in others}
        self._classified = len(self.people)
        self.unreadable, self.shortened, self.reviewed = kept["counts"]
        self.opened = dict(kept["opened"])
        authors = kept["authors"]
        groups = [[authors[at] for at in group] for group in kept["groups"]]
        self._groups = {tuple(group): group for group in groups}
        columns = (kept[name] for name in ("by", "time", "committed", "visible"))
        nobody, said = Person("", ""), Message("")
        self.commits = [
            Commit(number, sha, parents, nobody, nobody, time, committed, said, groups[by], None, visible)
            for number, ((sha, parents), by, time, committed, visible) in enumerate(
                zip(ordered, *columns, strict=False), 1
            )
        ]
        for number, via in kept["via"]:
            self.commits[number - 1].via = authors[via]
        self.known = len(self.commits)
        self._descend(ends)

    def problems(self) -> list[tuple[str, int, str]]:
        """(what, count, why), as `Harvest.problems`."""
        found = []
        if self.unreadable:
            found.append(("commits without a readable author", self.unreadable, "nobody leads by them"))
        if self.shortened:
            found.append(("messages over a megabyte", self.shortened, "what comes after it was not read"))
        return found

    def know(self, person: Person) -> str:
        """Remember an identity and return its key."""
        key = person.key
        if key not in self._keys:
            self._keys[key] = key
            self.people[key] = person
        return self._keys[key]

    def _add(self, sha: str, parents: list[str], raw: bytes) -> None:
        head, _, body = raw.partition(b"\n\n")
        author = committer = None
        encoding = "utf-8"
        for line in head.split(b"\n"):
            name, _, value = line.partition(b" ")
            if name == b"author":
                author = author or value
            elif name == b"committer":
                committer = committer or value
            elif name == b"encoding":
                encoding = value.decode("ascii", "replace")
        wrote, written = _ident(author or committer, encoding)
        committing, ended = _ident(committer or author, encoding)
        committed = next((time for time in (ended, written) if time is not None), 0)
        written = committed if written is None else written
        if not wrote.name and not wrote.email:
            self.unreadable += 1
        text = _decode(body, encoding)
        message = parse_message(text)
        commit = Commit(
            len(self.commits) + 1, sha, parents, wrote, committing, min(written, committed), committed, message
        )
        self._attribute(commit)
        for key in (*commit.authors, commit.via, commit.author.key):
            if key is not None:
                self.first[key] = min(commit.time, self.first.get(key, commit.time))
        self.reviewed += any(how == "reviewed-by" for how, _ in message.advice)
        self.commits.append(commit)
        if len(parents) > 1 and (login := opener(text)):
            self.opened[commit.number] = login

    def _attribute(self, commit: Commit) -> None:
        """Who leads or follows by this commit: its human authors; for an assistant's, the human who asked."""
        humans: list[str] = []
        agents: list[str] = []
        seen = set()
        for person in (*_pair(commit.author), *commit.message.coauthors):
            mark = person.email.lower() or person.name.lower()
            if mark in seen:
                continue
            seen.add(mark)
            key = self.know(person)
            (agents if classify(person.name, person.email) == "agent" else humans).append(key)
        agents += [self.know(person) for person in commit.message.assistants]
        if not humans and classify(commit.committer.name, commit.committer.email) == "person":
            humans.append(self.know(commit.committer))
        commit.authors = self._groups.setdefault(tuple(humans), humans)
        commit.via = agents[0] if agents else None

    @property
    def first_parents(self) -> list[Commit]:
        """The default branch's first-parent chain, oldest first."""
        return [commit for commit in self.commits[: self.trunk] if commit.brought_by == commit.number]


def _pair(author: Person) -> list[Person]:
    """`Ada Lovelace + Bo Diddley <pair@x>` are two: each by name alone, since the address is no one's."""
    parts = _TOGETHER.split(author.name)
    if len(parts) < 2:
        return [author]
    names = [part.strip() for part in parts]
    if not all(" " in name for name in names):
        return [author]
    return [Person(name, "") for name in names]


def moment(seconds: int) -> dt.datetime:
    """Seconds since 1970 as a UTC time without a zone."""
    return _EPOCH + dt.timedelta(seconds=seconds)


def _raw_commits(repository: SafeRepository, commits: Sequence[str]) -> Iterator[bytes]:
    """Each of the commits as it is stored, the first `_LONGEST` bytes of it."""
    with tempfile.TemporaryFile() as feed:
        feed.write("".join(f"{commit}\n" for commit in commits).encode())
        feed.seek(0)
        process = repository.stream("cat-file", "--batch", "--buffer", stdin=feed)
    stream = process.stdout
    assert stream is not None
    try:
        while (size := stream.readline().rpartition(b" ")[2].strip()).isdigit():
            yield stream.read(min(int(size), _LONGEST))
            left = int(size) - _LONGEST
            while left > 0 and (piece := stream.read(min(left, _LONGEST))):
                left -= len(piece)
            stream.read(1)
    finally:
        process.kill()
        process.communicate()


def _ident(line: bytes | None, encoding: str) -> tuple[Person, int | None]:
    """Who stands on such a line, and when (seconds since 1970, made to fit); None where no time can be read."""
    if line is None or len(line) > _LONGEST_IDENT:
        return Person("", ""), None
    left, _, date = line.rpartition(b">")
    seconds = _SECONDS.match(date)
    time = max(0, min(int(seconds[1]), _LATEST)) if seconds else None
    return _person(left, encoding), time


@lru_cache(maxsize=50_000)
def _person(line: bytes, encoding: str) -> Person:
    """Who stands on a line, cut before the bracket that closes the address; nobody where none opens it."""
    start = line.find(b"<", line.rfind(b">") + 1)
    if start < 0:
        return Person("", "")
    return Person(_decode(line[:start], encoding).strip(), _decode(line[start + 1 :], encoding).strip())


def _decode(data: bytes, encoding: str) -> str:
    for codec in (encoding, "utf-8") if encoding != "utf-8" and _CODEC.fullmatch(encoding) else ("utf-8",):
        try:
            return data.decode(codec).replace("\x00", "�")
        except (UnicodeError, LookupError):
            continue
    return data.decode("latin-1").replace("\x00", "�")


def identities(repository: SafeRepository, people: dict[str, Person]) -> list[tuple[str, Person]]:
    """What the mailmap at the tip makes of each identity: (key, canonical), only where it differs."""
    if repository.read_file(".mailmap") is None or not people:
        return []
    # One that it cannot take apart would end git, and nobody would be joined.
    asked = [
        (key, person)
        for key, person in people.items()
        if person.email and _PLAIN.match(person.name) and _PLAIN.match(person.email)
    ]
    lines = "".join(f"{person.name} <{person.email}>\n" for _, person in asked)
    try:
        answer = repository.run(
            "-c", f"mailmap.blob={repository.tip}:.mailmap", "check-mailmap", "--stdin",
            stdin=lines.encode("utf-8", "replace"),
        )  # fmt: skip
    except (subprocess.CalledProcessError, OSError):
        return []
    mapped = []
    answers = answer.decode("utf-8", "replace").split("\n")
    for (key, _), line in zip(asked, answers, strict=False):
        name, _, address = line.rpartition(" <")
        canonical = Person(name.strip(), address.rstrip(">").strip()) if address else Person("", line.strip("<>"))
        if canonical.key != key:
            mapped.append((key, canonical))
    return mapped
