"""Mails -> changes: a series of patches with its versions and what was answered, or a thread that is a discussion.

The first version is the change; each later one is a push. A later version answers an earlier one of the same author,
or has its subject. Answers belong to the series whose patch they answer, however deep in the thread.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from connectors.review import patches
from connectors.review.mail import Mail, person
from connectors.review.model import Account, Change, Discussion, Event
from connectors.review.streams import Spool

#: Patches of one version are sent together; versions of a series follow each other.
_TOGETHER, _FOLLOWING = dt.timedelta(hours=1), dt.timedelta(days=366)
_KNOWN = frozenset(("pushes", "threads"))


@dataclass(slots=True)
class _Head:
    """What is kept in memory of a mail; its text waits under `mark`."""

    id: str
    above: list[str]
    time: dt.datetime
    sender: Account | None
    subject: patches.Subject
    diff: bool
    mark: int

    @property
    def by(self) -> str:
        """Who sent it, as versions are compared: by name, for people move house and lists take their addresses."""
        sender = self.sender
        return (sender.name or sender.email).casefold() if sender is not None else self.id


@dataclass(slots=True)
class _Series:
    versions: list[_Version] = field(default_factory=list)
    answers: list[tuple[_Head, _Head, str]] = field(default_factory=list)

    @property
    def last(self) -> dt.datetime:
        return self.versions[-1].last


@dataclass(slots=True)
class _Version:
    series: _Series
    number: int
    total: int | None
    last: dt.datetime
    members: list[_Head] = field(default_factory=list)
    again: bool = False


class Threads:
    """Takes mails in any order and gives changes and discussions.

    Attributes
    ----------
    twice
        How many mails stood there again.
    """

    def __init__(self) -> None:
        self.twice = 0
        self._heads: dict[str, _Head] = {}
        self._spool = Spool()
        self._versions: dict[str, _Version] = {}

    def __len__(self) -> int:
        return len(self._heads)

    def put(self, mail: Mail) -> None:
        """Take a mail; of those with one id the first counts."""
        if mail.id in self._heads:
            self.twice += 1
            return
        mark = self._spool.put([mail.body, mail.url])
        found, diff = patches.subject(mail.subject), patches.has_diff(mail.body)
        self._heads[mail.id] = _Head(mail.id, mail.above, mail.time, mail.sender, found, diff, mark)

    def items(self) -> Iterator[Change | Discussion]:
        """The changes and discussions that the mails make up."""
        heads = sorted(self._heads.values(), key=lambda head: (head.time, head.subject.number or 0, head.id))
        self._versions = {}
        all_series = list(self._group([head for head in heads if _is_patch(head)]))
        threads: dict[str, list[_Head]] = {}
        for head in heads:
            if head.id not in self._versions and not self._answers(head):
                threads.setdefault(self._top(head), []).append(head)
        for series in all_series:
            yield self._change(series)
        for top, members in threads.items():
            yield self._discussion(top, members)

    # -- grouping ----------------------------------------------------------------------------------------------------

    def _group(self, heads: list[_Head]) -> Iterator[_Series]:
        sent: dict[tuple[str, int, int], _Version] = {}
        by_words: dict[tuple[str, str], _Series] = {}
        for head in heads:
            subject = head.subject
            version = self._same_version(head, sent)
            if version is None:
                series = self._earlier(head) or by_words.get((head.by, subject.words.casefold()))
                if series is None or head.time - series.last > _FOLLOWING:
                    series = _Series()
                    yield series
                again = subject.again and any(one.number == subject.version for one in series.versions)
                version = _Version(series, subject.version, subject.total, head.time, again=again)
                series.versions.append(version)
                by_words[(head.by, subject.words.casefold())] = series
            version.members.append(head)
            version.last = head.time
            self._versions[head.id] = version
            if subject.total is not None:
                sent[(head.by, subject.version, subject.total)] = version

    def _same_version(self, head: _Head, sent: dict[tuple[str, int, int], _Version]) -> _Version | None:
        """The version whose other patches were sent before: above it in the thread, or just now."""
        subject = head.subject
        if subject.total is None:
            return None
        for above in self._ancestors(head):
            version = self._versions.get(above.id)
            if version is not None and (version.number, version.total) == (subject.version, subject.total):
                return version if version.members[0].by == head.by else None
        version = sent.get((head.by, subject.version, subject.total))
        if version is None or head.time - version.last > _TOGETHER:
            return None
        taken = any(member.subject.number == subject.number for member in version.members)
        return None if taken else version

    def _earlier(self, head: _Head) -> _Series | None:
        """The series of the same author that a later version answers."""
        for above in self._ancestors(head):
            version = self._versions.get(above.id)
            if version is not None and version.members[0].by == head.by:
                same = any(member.subject.words == head.subject.words for member in version.members)
                return version.series if head.subject.version > version.number or same else None
        return None

    def _answers(self, head: _Head) -> bool:
        """Note what a mail answers; False where that is no patch."""
        below = head
        for above in self._ancestors(head):
            version = self._versions.get(above.id)
            if version is not None:
                version.series.answers.append((head, above, below.id))
                return True
            below = above
        return False

    def _ancestors(self, head: _Head) -> Iterator[_Head]:
        seen = {head.id}
        while True:
            above = next((self._heads[one] for one in head.above if one in self._heads), None)
            if above is None or above.id in seen:
                return
            seen.add(above.id)
            yield above
            head = above

    def _top(self, head: _Head) -> str:
        """What a thread began with, be it here or not."""
        for above in self._ancestors(head):
            head = above
        missing = [one for one in head.above if one not in self._heads]
        return missing[-1] if missing else head.id

    # -- giving ------------------------------------------------------------------------------------------------------

    def _change(self, series: _Series) -> Change:
        first, last = series.versions[0], series.versions[-1]
        root = first.members[0]
        body, url = self._text(root)
        authors = [head.sender for head in first.members if head.sender is not None]
        made = Change(
            unit=root.id,
            author=next((one for one in authors if one.email), authors[0] if authors else None),
            created=root.time,
            title=root.subject.words,
            body=patches.words_before_diff(body).strip(),
            url=url,
            updated=last.last,
            paths=self._paths(last),
            known=_KNOWN,
        )
        for version in series.versions[1:]:
            if not version.again:
                head = version.members[0]
                made.events.append(Event("push", head.time, made.author, head.id, self._text(head)[1]))
        for head, patch, thread in series.answers:
            made.events.append(self._said(head, patch, thread))
        return made

    def _paths(self, version: _Version) -> tuple[str, ...] | None:
        paths: set[str] = set()
        for head in version.members:
            paths.update(patches.touched(self._text(head)[0]))
        return tuple(sorted(paths)) or None

    def _said(self, head: _Head, patch: _Head, thread: str) -> Event:
        """An answer to a patch: a review where its sender vouches for it, a comment on lines where it quotes some."""
        body, url = self._text(head)
        quoted, path = patches.quoted_path(body)
        if quoted and path is None:
            only = patches.touched(self._text(patch)[0])
            path = only[0] if len(only) == 1 else None
        said, rest = patches.vouched(body)
        own = [how for how, who in said if _is(head.sender, who)]
        event = Event("comment", head.time, head.sender, head.id, url, patches.answer(rest), thread=thread, path=path)
        if own:
            event.kind, event.state = "review", "approved" if "approved" in own else "ack"
        elif quoted:
            event.review = head.id
        return event

    def _discussion(self, top: str, members: list[_Head]) -> Discussion:
        root = self._heads.get(top)
        first = root or members[0]
        body, url = self._text(root) if root else ("", None)
        made = Discussion(
            unit=top,
            author=root.sender if root else None,
            created=first.time,
            title=first.subject.words,
            body=patches.answer(body),
            url=url,
        )
        for head in members:
            if head is not root:
                said, link = self._text(head)
                made.events.append(Event("comment", head.time, head.sender, head.id, link, patches.answer(said)))
        return made

    def _text(self, head: _Head) -> tuple[str, str]:
        """A mail's text, and where it is read: in its archive, else by its id (RFC 2392)."""
        body, url = self._spool.get(head.mark)
        return body, url or f"mid:{quote(head.id, safe='@')}"


def _is_patch(head: _Head) -> bool:
    subject = head.subject
    return subject.patch and not subject.answer and (head.diff or subject.number is not None)


def _is(sender: Account | None, who: str) -> bool:
    """Whether a line ``Name <mail>`` names the sender: others' words are passed on by authors."""
    name, address = person(who)
    if sender is None:
        return False
    return bool(address and address == sender.email) or bool(name and name.casefold() == sender.name.casefold())
