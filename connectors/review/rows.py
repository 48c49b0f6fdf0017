"""From changes to rows: whatever told of them, the same life of a change gives the same rows."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from connectors.review.columns import Columns
from connectors.review.consults import advice
from connectors.review.heeds import heeded
from connectors.review.model import Account, Change, Discussion, Event
from connectors.review.texts import closes, grounds, pings, stacked_on, taken_over
from influence.robots import classify

if TYPE_CHECKING:
    import pyarrow as pa

#: A base branch of more changes than this is a line of development, not somebody's unfinished work.
_STACKED_MOST = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What other changes may refer to: who wrote it, when it was begun and ended, where it is read, its branch.

    `merged`: it ended so. `discussed`: it is no change but an issue or a discussion.
    """

    unit: str
    author: str | None
    created: dt.datetime
    ended: dt.datetime | None
    url: str | None
    branch: str
    merged: bool = False
    discussed: bool = False


@dataclass(slots=True)
class Pending:
    """A reference to a change by its mark, or to the branch of one, that is resolved when all are known."""

    kind: str
    how: str
    mark: str
    unit: str
    follower: str | None
    via: str | None
    time: dt.datetime
    url: str | None


class Gatherer:
    """Takes changes one by one and gives tables.

    Parameters
    ----------
    source, repository
        As in the tables.
    host
        The house of accounts that texts name.
    strict
        As in `consults.advice` and `heeds.heeded`.
    whole
        Whether all changes are taken before `tables` is called: what only all of them can tell is left out otherwise,
        and branches are written, so that a later reading knows them.

    Attributes
    ----------
    counts
        What was read, number by name.
    first, last
        The earliest and the latest time read, or None.
    units
        Changes and discussions taken since the last call of `tables`.
    """

    def __init__(self, source: str, repository: str, host: str, *, strict: bool = True, whole: bool = True) -> None:
        self._host = host
        self._strict = strict
        self._whole = whole
        # Texts name changes of their own repository by address too.
        # That of a single comment means whoever wrote it, not whose change it stands in.
        self._address = re.compile(
            rf"https?://{re.escape(repository)}/(?:-/)?(pull|issues|merge_requests)/(\d{{1,7}})"
            r"(?![\w/]*#(?:issuecomment|discussion_r|pullrequestreview|note_|r\d))(?:[#/][\w#/-]*)?",
            re.I,
        )
        self.counts: Counter[str] = Counter()
        self.first: dt.datetime | None = None
        self.last: dt.datetime | None = None
        self.units: set[str] = set()
        self._columns = Columns(source, repository)
        self._accounts: dict[str, Account] = {}
        self._first_seen: dict[str, dt.datetime] = {}
        self._known: dict[str, Known] = {}
        self._branches: dict[str, set[str]] = {}
        # Changes by the branch that they are to go into; no more of them than tell what kind of branch it is.
        self._bases: dict[str, set[str]] = {}
        self._pending: list[Pending] = []
        # Links that were made by hand, by when and by whom: what they lead from, what to.
        self._links: dict[tuple[dt.datetime, str | None], tuple[list[Pending], list[str]]] = {}
        self._roles: dict[tuple[str, str], dt.datetime] = {}
        self._hands: Counter[tuple[str, str]] = Counter()
        self._vouched: set[tuple[str, str]] = set()

    # -- taking ------------------------------------------------------------------------------------------------------

    def take(self, change: Change) -> None:
        """Take a change with all that happened to it."""
        self.counts["changes"] += 1
        change.events.sort(key=lambda event: event.time)
        change.body = self._local(change.body)
        author, via = self._asking(change)
        ended = change.merged or change.closed
        paths = list(change.paths) if change.paths is not None else None
        self._unit(change.unit, "pull_request", change.title, change.url, paths)
        for sha in dict.fromkeys((*(commit.sha for commit in change.commits), change.merge_commit or "")):
            if sha:
                self._columns.add("units", sha, "commit", None, None, None, change.unit)
        self._act(change.unit, "pull_request", change.created, author, via=via)
        merged = change.merged is not None
        self._know(change.mark, Known(change.unit, author, change.created, ended, change.url, change.branch, merged))
        if change.branch and change.own_branch:
            self._branches.setdefault(change.branch, set()).add(change.mark)
            if not self._whole:
                name = f"branch:{change.branch}"
                self._columns.add("units", name, "branch", change.branch, None, None, change.unit)
        self._events(change.unit, change.events, author)
        if change.merged_by is not None and change.merged and not any(e.kind == "merge" for e in change.events):
            merger = self._key(change.merged_by)
            self._act(change.unit, "merge", change.merged, merger, None if merger == author else author)
        self._advice(change, author, via)
        self._heeds(change, author, via)
        self._references(change, author, via)
        for account, role, since in change.roles:
            key = (self._key(account) or "", role)
            self._roles[key] = min(since, self._roles.get(key, since))
        self._same_people(change)
        self._columns.settle()

    def discuss(self, discussion: Discussion) -> None:
        """Take an issue or discussion: contacts and grounds."""
        self.counts["discussions"] += 1
        discussion.events.sort(key=lambda event: event.time)
        author = self._key(discussion.author)
        self._unit(discussion.unit, "issue", discussion.title, discussion.url, None)
        self._act(discussion.unit, "issue", discussion.created, author)
        known = Known(discussion.unit, author, discussion.created, None, discussion.url, "", discussed=True)
        self._know(discussion.mark, known)
        self._events(discussion.unit, discussion.events, author)
        inside = {author}
        self._grounds(
            discussion.unit, self._local(discussion.body), discussion.created, author, None, discussion.url, inside
        )
        for event in discussion.events:
            key = self._key(event.actor)
            if event.kind == "linked":
                self._links.setdefault((event.time, key), ([], []))[1].append(discussion.mark)
                continue
            self._grounds(discussion.unit, event.body, event.time, key, None, event.url, inside)
            inside.add(key)
        self._columns.settle()

    def know(self, mark: str, known: Known) -> None:
        """A change that was read by an earlier reading: this one's may refer to it."""
        self._known.setdefault(mark, known)
        if known.branch:
            self._branches.setdefault(known.branch, set()).add(mark)

    def forget(self, units: Iterable[str]) -> None:
        """These units are about to be taken again: what they refer to now takes the place of what they referred to."""
        again = set(units)
        self._pending = [reference for reference in self._pending if reference.unit not in again]

    def bases(self) -> dict[str, list[str]]:
        """Changes by the branch that they are to go into, for `go_on`."""
        return {name: sorted(units) for name, units in sorted(self._bases.items())}

    def references(self) -> list[list[str | None]]:
        """What waits to be resolved, for `go_on`."""
        return [
            [one.kind, one.how, one.mark, one.unit, one.follower, one.via, one.time.isoformat(), one.url]
            for one in self._pending
        ]

    def go_on(self, bases: dict[str, list[str]], references: Iterable[list[Any]]) -> None:
        """Go on where an earlier reading ended, with its `bases()` and `references()`."""
        self._bases = {name: set(units) for name, units in bases.items()}
        for kind, how, mark, unit, follower, via, time, url in references:
            self._pending.append(Pending(kind, how, mark, unit, follower, via, dt.datetime.fromisoformat(time), url))

    # -- giving ------------------------------------------------------------------------------------------------------

    def resolve(self, whole: bool = True) -> None:
        """References to changes that are known by now become signals.

        The others are counted and dropped where all was read (`whole`), else they wait.
        """
        waiting: list[Pending] = []
        self._tie()
        for reference in self._pending:
            if reference.kind == "branch":
                if whole:
                    self._stack(reference)
                elif len(self._bases[reference.mark]) <= _STACKED_MOST:
                    waiting.append(reference)
                continue
            known = self._known.get(reference.mark)
            if known is None and not whole:
                waiting.append(reference)
            elif known is None:
                self.counts["references to what was not read"] += 1
            elif reference.kind == "contact":
                self._meet(reference, known)
            elif _leads(known, reference):
                self._refer(reference, known)
        self._pending = waiting

    def tables(self) -> dict[str, pa.Table]:
        """All rows since the last call, by table."""
        for account in self._accounts.values():
            shown, first = account.shown or None, self._first_seen.get(account.key)
            self._columns.add("identities", account.key, account.name or shown, account.email or None, shown, first)
        for (leader, role), since in self._roles.items():
            self._columns.add("authority", leader, role, since)
        for login, key in self._joined():
            self._columns.add("identity_links", login, key, True, "commits of their changes")
        self._accounts = {}
        self._roles = {}
        self._vouched = set()
        self.units = set()
        return self._columns.take()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _asking(self, change: Change) -> tuple[str | None, str | None]:
        """Who the change is for, and the assistant that wrote it, if one did."""
        author = change.author
        if author is None or classify(author.name, author.email, author.shown) != "agent":
            return self._key(author), None
        return self._key(change.asked_assistant), self._key(author)

    def _local(self, body: str) -> str:
        """The text with addresses of this repository's changes as marks."""
        if "://" not in body:
            return body
        return self._address.sub(lambda m: f"{'!' if m[1].startswith('merge') else '#'}{m[2]}", body)

    def _key(self, account: Account | None) -> str | None:
        if account is None:
            return None
        key = account.key
        known = self._accounts.get(key)
        if known is None or (account.name and not known.name):
            self._accounts[key] = account
        return key

    def _events(self, unit: str, events: Iterable[Event], author: str | None) -> None:
        for event in events:
            actor = self._key(event.actor)
            if event.kind in ("review", "comment"):
                self.counts["reviews" if event.kind == "review" else "comments"] += 1
                if actor is None:
                    self.counts["comments by unknown people"] += 1
                    continue
                if actor != author:
                    self._act(unit, event.kind, event.time, actor, author, event.path)
                else:
                    self._act(unit, event.kind, event.time, actor, None, event.path)
                for login in pings(event.body) if event.body else ():
                    # Whoever is called by name has been spoken to.
                    named = self._login(login)
                    if named != actor:
                        self._act(unit, "contact", event.time, actor, named)
            elif event.kind in ("merge", "close", "reopen"):
                self._act(unit, event.kind, event.time, actor, None if actor == author else author)
            elif event.kind == "request":
                self.counts["review requests"] += 1
                self._act(unit, "contact", event.time, actor, self._key(event.target))
            elif event.kind == "reaction" and event.target is not None:
                self._act(unit, "contact", event.time, actor, self._key(event.target))

    def _advice(self, change: Change, author: str | None, via: str | None) -> None:
        for one in advice(change, self._strict):
            leader = self._key(one.leader)
            if leader == author:
                continue  # who set the assistant to work reviews what they asked for
            self._signal(
                change.unit,
                "consults",
                one.how,
                one.time,
                author,
                leader,
                via=via,
                url=one.url or change.url,
                asked_by=self._key(one.asked_by),
                required=one.required,
            )

    def _heeds(self, change: Change, author: str | None, via: str | None) -> None:
        for one in heeded(change, self._strict):
            leader = self._key(one.leader)
            if leader != author:
                self._signal(
                    change.unit,
                    "heeds",
                    one.how,
                    one.time,
                    author,
                    leader,
                    via=via,
                    url=one.url or change.url,
                    share=one.share,
                    amount=float(one.amount),
                    path=one.path,
                )

    def _references(self, change: Change, author: str | None, via: str | None) -> None:
        inside = {author}
        self._grounds(change.unit, change.body, change.created, author, via, change.url, inside)
        for how, marks in (("stacked", stacked_on(change.body)), ("taken over", taken_over(change.body))):
            for mark in marks:
                self._pending.append(
                    Pending("builds_on", how, mark, change.unit, author, via, change.created, change.url)
                )
        issue = Pending("contact", "closes", "", change.unit, author, via, change.created, change.url)
        for mark in dict.fromkeys((*closes(change.body), *(change.closes or ()))):
            self._pending.append(replace(issue, mark=mark))
        for event in change.events:
            key = self._key(event.actor)
            if event.kind == "linked":
                self._links.setdefault((event.time, key), ([], []))[0].append(issue)
                continue
            self._grounds(change.unit, event.body, event.time, key, None, event.url, inside)
            inside.add(key)
        if change.onto:
            into = self._bases.setdefault(change.onto, set())
            if len(into) <= _STACKED_MOST:
                into.add(change.unit)
            self._pending.append(
                Pending("branch", "stacked", change.onto, change.unit, author, via, change.created, change.url)
            )

    def _grounds(
        self,
        unit: str,
        body: str,
        time: dt.datetime,
        who: str | None,
        via: str | None,
        url: str | None,
        inside: set[str | None],
    ) -> None:
        """Whom a text names as ground; those who take part in the thread are heard there, not named from outside."""
        if not body or who is None:
            return
        for ground in grounds(self._local(body)):
            if ground.number:
                self._pending.append(Pending("mentions", "named", ground.number, unit, who, via, time, url))
                continue
            leader = self._login(ground.login)
            if leader != who and leader not in inside:
                self._signal(unit, "mentions", "named", time, who, leader, via=via, url=url)

    def _login(self, login: str) -> str:
        key = self._key(Account(login, host=self._host))
        assert key is not None
        return key

    def _tie(self) -> None:
        """A link that is told on both sides, but not what with: the one change and the one issue of that moment."""
        for changes, marks in self._links.values():
            if len(changes) == len(marks) == 1:
                self._pending.append(replace(changes[0], mark=marks[0]))
        self._links = {}

    def _meet(self, reference: Pending, known: Known) -> None:
        """Who ends an issue has to do with whoever opened it. Nobody is followed for a report."""
        if known.discussed and known.author is not None:
            self.counts["issues closed by changes"] += 1
            time = max(reference.time, known.created)
            self._act(reference.unit, "contact", time, reference.follower, known.author, via=reference.via)

    def _stack(self, reference: Pending) -> None:
        if len(self._bases.get(reference.mark, ())) > _STACKED_MOST:
            return
        there = (self._known[mark] for mark in self._branches.get(reference.mark, ()))
        open_then = [
            known
            for known in there
            if known.branch == reference.mark
            and known.unit != reference.unit
            and known.created < reference.time < (known.ended or dt.datetime.max)
        ]
        if open_then:
            # A name may be used again: the last change begun under it is meant.
            known = max(open_then, key=lambda one: (one.created, one.unit))
            if known.author is not None and known.author != reference.follower:
                self._refer(reference, known, "builds_on")

    def _refer(self, reference: Pending, known: Known, kind: str | None = None) -> None:
        self._signal(
            reference.unit,
            kind or reference.kind,
            reference.how,
            reference.time,
            reference.follower,
            known.author,
            via=reference.via,
            url=known.url if (kind or reference.kind) == "builds_on" else reference.url,
        )

    def _know(self, mark: str, known: Known) -> None:
        if mark:
            self._known[mark] = known

    def _same_people(self, change: Change) -> None:
        """Who wrote the commits of an account's changes: the service says so, or they are all by one hand."""
        for commit in change.commits:
            if commit.author is not None and commit.login:
                # The service knows whose address that is.
                account = Account(commit.login, host=self._host)
                self._vouched.add((self._key(account) or "", self._key(commit.author) or ""))
        hands = {commit.author.key: commit.author for commit in change.commits if commit.author is not None}
        if len(hands) == 1 and change.author is not None and change.author.login:
            author = next(iter(hands.values()))
            if classify(author.name, author.email) == "person":
                self._hands[(change.author.key, self._key(author) or "")] += 1

    def _joined(self) -> list[tuple[str, str]]:
        """Accounts and git identities that are one person.

        The service vouches for it; or the hand of at least two of the account's changes, a tenth of all, wrote hardly
        anything for others. An account has a second hand only under the same name: people move house, and people
        finish the work of those who left.
        """
        joined = {pair for pair in self._vouched if all(pair)}
        if not self._whole:
            return sorted(joined)
        of_hand: Counter[str] = Counter()
        of_login: dict[str, Counter[str]] = {}
        for (login, hand), number in self._hands.items():
            of_hand[hand] += number
            of_login.setdefault(login, Counter())[hand] = number
        for login, hands in of_login.items():
            everything = sum(hands.values())
            name = None
            for hand, number in sorted(hands.items(), key=lambda one: (-one[1], one[0])):
                own = hand.rpartition(" <")[0].casefold()
                if number >= max(2, everything / 10) and number >= 0.8 * of_hand[hand] and name in (None, own):
                    joined.add((login, hand))
                    name = own
        return sorted(joined)

    def _unit(self, unit: str, kind: str, title: str, url: str | None, paths: list[str] | None) -> None:
        self.units.add(unit)
        self._columns.add("units", unit, kind, title[:500], url, paths, None)

    def _act(
        self,
        unit: str,
        kind: str,
        time: dt.datetime,
        actor: str | None,
        counterpart: str | None = None,
        path: str | None = None,
        via: str | None = None,
    ) -> None:
        if actor is None or actor == counterpart:
            return
        self._seen(time, actor)
        self._columns.add("acts", unit, kind, time, actor, counterpart, path, via)

    def _signal(
        self,
        unit: str,
        kind: str,
        how: str,
        time: dt.datetime,
        follower: str | None,
        leader: str | None,
        *,
        via: str | None,
        url: str | None,
        share: float = 1.0,
        amount: float = 1.0,
        path: str | None = None,
        asked_by: str | None = None,
        required: bool | None = None,
    ) -> None:
        self._seen(time, None)
        self.counts[kind] += 1
        self._columns.add(
            "signals", unit, kind, how, time, follower, leader, share, amount, path, url, asked_by, required, via
        )

    def _seen(self, time: dt.datetime, who: str | None) -> None:
        self.first = time if self.first is None or time < self.first else self.first
        self.last = time if self.last is None or time > self.last else self.last
        if who is not None and time < self._first_seen.get(who, dt.datetime.max):
            self._first_seen[who] = time


def _leads(known: Known, reference: Pending) -> bool:
    """Whether what a text refers to is another's, older, and for `builds_on` a change that was not merged by then."""
    if known.author is None or known.author == reference.follower or known.created >= reference.time:
        return False
    if reference.kind != "builds_on":
        return known.unit != reference.unit
    # What was merged by then everything stands on; what was closed may be taken over, and is no ground to stand on.
    over = known.ended is not None and known.ended <= reference.time
    return not known.discussed and not (over and (known.merged or reference.how == "stacked"))
