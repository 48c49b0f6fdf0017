"""What Gerrit noted in a clone, beside each commit that it merged: who voted, who submitted it, where it was reviewed.

The notes of the reviewnotes plug-in (``git fetch origin refs/notes/review:refs/notes/review``), one a commit::

    Code-Review+2: Name <mail>
    Submitted-by: Name <mail>
    Submitted-at: Tue, 11 Dec 2012 21:45:47 +0000
    Reviewed-on: https://review.example.org/17143
    Project: group/name

They hold the last vote of each voter, without its time: each is dated by when the change was submitted, the latest
that it can have been.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from email.utils import parseaddr, parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

from connectors.git.repository import SafeRepository, open_safely
from connectors.review import gerrit_shapes
from connectors.review.gerrit_query import LABEL
from connectors.review.model import Account, Change, Commit, Event, account
from connectors.review.places import Place, Problems
from connectors.review.reading import Reading
from connectors.review.shelves import when
from influence.errors import InputError

REF = "refs/notes/review"
_LARGEST = 1 << 20
_MISSING = ("notes or commits that are missing", "the clone lacks the objects: fetch them, and collect again")
_NO_NOTE = ("notes that tell of no review", "without Reviewed-on and votes, or of another tool")

_FIELD = re.compile(r"^(?P<name>[A-Za-z][\w-]*?)(?P<vote>[+-]\d)?:[ \t]*(?P<value>[^\n]{1,500})$", re.M)
_NUMBER = re.compile(r"/(\d{1,15})/?\Z")
_SIGNATURE = re.compile(rb"(?P<who>.*) (?P<seconds>\d{1,11}) [+-]\d{4}\Z", re.S)
_HASH = re.compile(r"[0-9a-f]{40,64}\Z")


def recognise(place: Place) -> bool:
    """Whether it is a clone that has such notes."""
    if not place.tip:
        return False
    with open_safely(place.location, place.tip) as repository:
        return bool(_notes(repository))


def readings(place: Place, wanted: Callable[[str], bool]) -> list[Reading]:
    """The one project whose clone it is, if it is `wanted`.

    Raises
    ------
    influence.errors.InputError
        When it is no clone with such notes.
    """
    if not place.tip:
        raise InputError(f"{place.location} is no clone", "name the folder of a git repository")
    problems: Problems = Counter()
    with open_safely(place.location, place.tip) as repository:
        tip = _notes(repository)
        projects: Counter[tuple[str, str]] = Counter()
        for _, fields in _read(repository, tip, Counter()):
            label = fields.get("Project", [""])[-1]
            if LABEL.match(label):
                projects[(_host(fields["Reviewed-on"][-1]), label)] += 1
        label = repository.label
    if not tip:
        raise InputError(
            f"{place.location} has no review notes", f"fetch them: git fetch origin {REF}:{REF}, and collect again"
        )
    (host, label), _ = projects.most_common(1)[0] if projects else (("gerrit", label), 0)
    if not wanted(label):
        return []
    return [Reading(label, host, partial(_items, place, host, problems), "review", tip, problems)]


def _notes(repository: SafeRepository) -> str:
    """The commit that holds the notes; '' where there is none."""
    try:
        return repository.run("rev-parse", "--verify", "--quiet", f"{REF}^{{commit}}").decode().strip()
    except subprocess.CalledProcessError:
        return ""


def _read(repository: SafeRepository, tip: str, problems: Problems) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """(commit, fields) of each note that tells of a review."""
    if not tip:
        return
    listed = repository.run("ls-tree", "-r", "-z", "--full-tree", tip).decode("utf-8", "replace")
    entries = [entry.partition("\t") for entry in listed.split("\0") if entry]
    notes = [(name.replace("/", ""), meta.split()[2]) for meta, _, name in entries]
    notes = [(commit, blob) for commit, blob in notes if _HASH.match(commit)]
    for (commit, _), (_, _, data) in zip(notes, repository.blobs((blob for _, blob in notes), _LARGEST), strict=True):
        if data is None:
            problems[_MISSING] += 1
            continue
        fields: dict[str, list[str]] = {}
        for match in _FIELD.finditer(data.decode("utf-8", "replace")):
            fields.setdefault(match["name"], []).append(f"{match['vote'] or ''} {match['value']}".strip())
        if "Reviewed-on" in fields and _NUMBER.search(fields["Reviewed-on"][-1]):
            yield commit, fields
        else:
            problems[_NO_NOTE] += 1


def _items(place: Place, host: str, problems: Problems) -> Iterator[Change]:
    with open_safely(place.location, place.tip) as repository:
        tip = _notes(repository)
        notes = dict(_read(repository, tip, problems))
        for (commit, fields), (_, _, data) in zip(notes.items(), repository.blobs(notes, _LARGEST), strict=True):
            made = None if data is None else _change(commit, data, fields, host)
            if made is not None:
                yield made
            else:
                problems[_MISSING] += 1


def _change(commit: str, data: bytes, fields: dict[str, list[str]], host: str) -> Change | None:
    """The change of a commit, as its note and the commit itself tell it; None where it is no commit."""
    head, _, message = data.partition(b"\n\n")
    author, written = _signature(head, b"author")
    _, committed = _signature(head, b"committer")
    if written is None or committed is None:
        return None
    words = message.decode("utf-8", "replace")
    url = fields["Reviewed-on"][-1]
    number = _NUMBER.search(url)
    assert number is not None
    submitted = _date(fields.get("Submitted-at", [""])[-1]) or committed
    made = Change(
        unit=number[1],
        mark=f"!{number[1]}",
        author=author,
        created=min(written, submitted),
        title=words.partition("\n")[0],
        body=words.partition("\n")[2],
        url=url if url.startswith(("https://", "http://")) else None,
        merged=submitted,
        merged_by=_person(fields.get("Submitted-by", [""])[-1], host),
        closed=submitted,
        merge_commit=commit,
        onto=fields.get("Branch", [""])[-1].removeprefix("refs/heads/")[:300],
        commits=[Commit(commit, committed, author, message=words)],
        known=frozenset(("merges",)),
    )
    for voted in fields.get(gerrit_shapes.LABEL, ()):
        value, _, who = voted.partition(" ")
        vote = int(value) if re.fullmatch(r"[+-]\d", value) else 0
        if vote:
            state = gerrit_shapes.state(vote)
            made.events.append(Event("review", submitted, _person(who, host), url=made.url, state=state, vote=vote))
    return made


def _signature(head: bytes, name: bytes) -> tuple[Account | None, dt.datetime | None]:
    line = next((one for one in head.split(b"\n") if one.startswith(name + b" ")), b"")
    found = _SIGNATURE.match(line[len(name) + 1 :])
    if found is None or int(found["seconds"]) >= 7_000_000_000:
        return None, None
    called, _, email = found["who"].decode("utf-8", "replace").rpartition(" <")
    return account("", name=called, email=email.rstrip(">")), when(int(found["seconds"]))


def _person(value: str, host: str) -> Account | None:
    name, email = parseaddr(value[:500])
    if name or email:
        return gerrit_shapes.user({"name": name, "email": email}, host)
    return None


def _date(value: str) -> dt.datetime | None:
    try:
        time = parsedate_to_datetime(value)
        return (time.astimezone(dt.UTC) if time.tzinfo else time).replace(tzinfo=None)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "gerrit").lower()
    except ValueError:
        return "gerrit"
