"""The life of a small organisation's code review, in our own words: every test server and export tells this one.

Twenty people, 300 changes in two years, sixty issues. Seeded: the same seed gives the same life, whoever tells it.

Who leads: `LEADERS`. They are asked for reviews, what they say is acted upon, their work is built on, their names are
given as grounds. Two managers (`MANAGERS`) and one loud reviewer (`LOUD`) write more comments than any of them: the
managers because everything passes by them, the loud one because he comes unasked and comments on everything; nobody
changes anything for it. `Life.occasions` says of every review how free it was.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from dataclasses import dataclass, field

from connectors.review.model import KNOWLEDGE, Account, Change, Commit, Discussion, Event, account

OWNER, NAME = "acme", "rocket"
LABEL = f"{OWNER}/{NAME}"
WEB = f"https://github.com/{LABEL}"
START = dt.datetime(2022, 1, 3, 9)
#: When all of it is read.
READ = dt.datetime(2024, 3, 1, 12)

LEADERS = ("ada", "bea", "cyr")
MANAGERS = ("mia", "noa")
LOUD = "lou"
OTHERS = ("ann", "ben", "cat", "dan", "eva", "fay", "gus", "hal", "ivy", "jon", "kim", "zoe-lang", "max", "ned")
PEOPLE = (*LEADERS, *MANAGERS, LOUD, *OTHERS)
#: Whose account was deleted: services say nobody, or ghost.
DELETED = "ned"
#: Renamed: texts still call her by the old login, services by the new one.
RENAMED = ("zoe", "zoe-lang")
#: Directory -> who owns the code there and has to review it.
OWNERS = {"billing": "ann", "engine": "ben", "docs": "", "web": ""}
TEAM = f"{OWNER}/pilots"
ROBOT, ASSISTANT, CHECKER = "dependabot", "copilot-swe-agent", "checks"
ROLES = {"mia": "OWNER", "noa": "OWNER", "ada": "MEMBER", "bea": "MEMBER", "ann": "COLLABORATOR"}


@dataclass(slots=True)
class Life:
    """What happened.

    Attributes
    ----------
    changes, discussions
        As a source that knows everything would tell it. A request for a review that is asked of a team has no target.
    occasions
        (unit, reviewer) -> free, solicited, obliged or unknown.
    teams
        Id of a request's event -> team that was asked.
    pending
        (unit, reviewer or team) that were asked and did not review yet.
    """

    changes: list[Change] = field(default_factory=list)
    discussions: list[Discussion] = field(default_factory=list)
    occasions: dict[tuple[str, str], str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    pending: set[tuple[str, str]] = field(default_factory=set)


def person(login: str) -> Account | None:
    """The account of one of `PEOPLE`, or of a robot."""
    if login in (ROBOT, ASSISTANT, CHECKER):
        return account(login, bot=True)
    return account("ghost" if login == DELETED else login, name=full_name(login))


def full_name(login: str) -> str:
    """What somebody is called in their profile and their commits."""
    return f"{login.partition('-')[0].title()} {'Lang' if 'zoe' in login else 'Rivera'}"


def hand(login: str) -> Account:
    """Somebody as git knows them."""
    name = full_name(login)
    found = account("", name=name, email=f"{name.replace(' ', '.').lower()}@acme.example")
    assert found is not None
    return found


def make_life(seed: int = 0, changes: int = 300) -> Life:
    """Let it happen."""
    return _Maker(seed, changes).life


class _Maker:
    def __init__(self, seed: int, changes: int) -> None:
        self.draw = random.Random(seed)
        self.life = Life()
        self._ids = 0
        self._number = 0
        self._recent: list[Change] = []
        for index in range(changes):
            if index % 5 == 2:
                self._issue(START + dt.timedelta(hours=58 * index))
            self._change(index, START + dt.timedelta(hours=58 * index, minutes=self.draw.randrange(600)))

    # -- one change --------------------------------------------------------------------------------------------------

    def _change(self, index: int, created: dt.datetime) -> None:
        draw, number = self.draw, self._next()
        by_assistant, by_robot = index % 37 == 20, index % 29 == 11
        author = ROBOT if by_robot else ASSISTANT if by_assistant else draw.choice(PEOPLE)
        folder = draw.choice(list(OWNERS))
        change = Change(
            unit=str(number),
            mark=f"#{number}",
            author=person(author),
            created=created,
            title=f"Change {number} of <b>{folder}</b>",
            body=f"Makes {folder} better.",
            url=f"{WEB}/pull/{number}",
            branch=f"{author}-{number}",
            onto="main",
            own_branch=draw.random() < 0.6,
            paths=(f"{folder}/a.py", f"{folder}/b.py") if number % 4 else (f"{folder}/a.py",),
            known=frozenset(KNOWLEDGE),
        )
        at = self._after(created, 1)
        if by_assistant:
            asker = draw.choice(OTHERS[:6])
            change.asked_assistant = person(asker)
            change.events.append(Event("assistant", at, person(asker), self._id("assigned")))
        self._grounds(change, author)
        self._closes(change, index)
        change.commits.append(self._commit(change, author, created - dt.timedelta(minutes=5)))
        for reviewer in self._reviewers(author, folder):
            at = self._review(change, author, reviewer, folder, self._after(at, 1))
        if index % 9 == 4:
            at = self._after(at, 1)
            change.events.append(Event("push", at, person(author), self._id("forced")))
        if draw.random() < 0.2:
            at = self._after(at, 1)
            change.events.append(self._comment(change, CHECKER, at, "All checks have passed."))
        self._end(change, author, index, self._after(at, 2))
        self._recent = [*self._recent[-9:], change]
        self.life.changes.append(change)

    def _reviewers(self, author: str, folder: str) -> list[str]:
        draw = self.draw
        chosen = draw.sample(LEADERS, draw.choice([1, 2, 2])) if draw.random() < 0.7 else []
        chosen += draw.sample(MANAGERS, draw.choice([1, 1, 2]))
        chosen += [LOUD] if draw.random() < 0.8 else []
        chosen += draw.sample(OTHERS, draw.choice([0, 0, 1, 1, 2]))
        chosen += [OWNERS[folder]] if OWNERS[folder] else []
        return [one for one in dict.fromkeys(chosen) if one != author]

    def _review(self, change: Change, author: str, reviewer: str, folder: str, at: dt.datetime) -> dt.datetime:
        draw = self.draw
        leads = reviewer in LEADERS
        occasion = "unknown"
        if OWNERS[folder] == reviewer:
            occasion = "obliged"
        elif leads:
            occasion = "free" if author not in (ROBOT, ASSISTANT) else "unknown"
        elif reviewer not in (*MANAGERS, LOUD):
            occasion = draw.choice(["free", "solicited", "third", "team", "unknown"])
        at = self._ask(change, author, reviewer, occasion, at)
        if draw.random() < 0.06 and occasion != "team":
            if occasion in ("free", "obliged", "third"):
                self.life.pending.add((change.unit, reviewer))
            return at  # never comes round to it
        self._note(change, reviewer, occasion)
        at = self._after(at, 3)
        review = self._id("review")
        state = "changes" if leads and draw.random() < 0.5 else draw.choice(["approved", "commented"])
        said = "Two things to change." if state == "changes" else draw.choice(["", "Looks good, one question."])
        change.events.append(
            Event("review", at, person(reviewer), review, self._url(change, review), said, state=state)
        )
        comments = draw.choice([1, 2]) if leads else draw.choice([2, 3, 4]) if reviewer in (*MANAGERS, LOUD) else 1
        for _ in range(comments):
            at = self._thread(change, author, reviewer, review, folder, at)
        if leads and draw.random() < 0.8:
            at = self._after(at, 2)
            change.commits.append(self._commit(change, author, at))
        return at

    def _ask(self, change: Change, author: str, reviewer: str, occasion: str, at: dt.datetime) -> dt.datetime:
        asker: str | None = author
        target: Account | None = person(reviewer)
        if occasion == "unknown":
            return at
        if occasion == "solicited":
            asker = reviewer
        elif occasion == "third":
            asker = self.draw.choice([one for one in PEOPLE if one not in (author, reviewer)])
        request = self._id("request")
        if occasion == "team":
            target = None
            self.life.teams[request] = TEAM
        assert asker is not None
        change.events.append(Event("request", at, person(asker), request, target=target, by_rule=occasion == "obliged"))
        if occasion == "third" and self.draw.random() < 0.2:
            change.events.append(
                Event("unrequest", self._after(at, 1), person(asker), self._id("unrequest"), target=target)
            )
        return at

    def _note(self, change: Change, reviewer: str, occasion: str) -> None:
        known = occasion if occasion in ("free", "solicited", "obliged") else "unknown"
        self.life.occasions[(change.unit, reviewer)] = known

    def _thread(
        self, change: Change, author: str, reviewer: str, review: str, folder: str, at: dt.datetime
    ) -> dt.datetime:
        draw = self.draw
        thread = self._id("thread")
        heeded = reviewer in LEADERS and draw.random() < 0.7
        assert change.paths is not None
        path = draw.choice(change.paths)
        first = self._comment(
            change, reviewer, at, f"Why not the other way round in {folder}? <script>alert(1)</script>"
        )
        first.thread, first.review, first.path, first.changed = thread, review, path, heeded
        change.events.append(first)
        if heeded or draw.random() < 0.2:
            at = self._after(at, 1)
            answer = self._comment(change, author, at, "You are right, done." if heeded else "As it was discussed.")
            answer.thread, answer.review, answer.path, answer.changed = thread, self._id("review"), path, heeded
            change.events.append(answer)
            if heeded and draw.random() < 0.5:
                for one in (first, answer):
                    one.resolved_by, one.resolved = person(author), self._after(at, 3)
        return at

    def _grounds(self, change: Change, author: str) -> None:
        """Work that stands on others', or names them."""
        draw = self.draw
        led = [one for one in self._recent if one.author and one.author.login in LEADERS]
        kind = draw.randrange(8)
        if kind == 0 and led:
            change.body += f"\n\nDone as in {draw.choice(led).mark}."
        elif kind == 1 and led:
            under = draw.choice(led)
            if under.own_branch:
                change.onto = under.branch
                change.created = under.created + dt.timedelta(hours=1, minutes=draw.randrange(30))
        elif kind == 2 and led:
            change.body += f"\n\nSupersedes {draw.choice(led).mark}, cherry-picked from {draw.choice(led).mark}."
        elif kind == 3:
            change.body += f"\n\nLike @{draw.choice(LEADERS)} suggested."
        elif kind == 4:
            change.body += f"\n\ncc @{RENAMED[0]} please review"
        elif kind == 5:
            # Comments may name what comes later.
            change.events.append(
                self._comment(
                    change,
                    draw.choice(OTHERS[:8]),
                    change.created + dt.timedelta(days=40),
                    f"Same as #{self._number + 5}.",
                )
            )

    def _closes(self, change: Change, index: int) -> None:
        """Some end an issue, and say so; of some of them only the service knows."""
        if index % 6 == 3 and self.life.discussions:
            mark = self.life.discussions[-1].mark
            change.closes = (mark,)
            if index % 12 == 3:
                change.body += f"\n\nFixes: {mark}"

    def _end(self, change: Change, author: str, index: int, at: dt.datetime) -> None:
        draw = self.draw
        last = max([at, *(event.time + dt.timedelta(minutes=9) for event in change.events)])
        if index % 11 == 5:
            change.closed = last
            change.events.append(Event("close", last, person(draw.choice(MANAGERS)), self._id("closed")))
            if index % 2:
                reopened = last + dt.timedelta(days=1)
                change.events.append(Event("reopen", reopened, person(author), self._id("reopened")))
                change.closed, last = None, reopened
        elif index % 13 != 7:
            by = author if draw.random() < 0.1 and author in PEOPLE else draw.choice((*MANAGERS, *LEADERS))
            change.merged = change.closed = last
            change.merged_by = person(by)
            change.merge_commit = _sha(f"merge {change.unit}")
            for kind in ("merge", "close"):
                change.events.append(Event(kind, last, person(by), self._id(kind)))
        change.updated = last + dt.timedelta(minutes=int(change.unit) % 7)
        change.events.sort(key=lambda event: event.time)

    # -- pieces ------------------------------------------------------------------------------------------------------

    def _issue(self, created: dt.datetime) -> None:
        draw, number = self.draw, self._next()
        made = Discussion(
            unit=str(number),
            mark=f"#{number}",
            author=person(draw.choice(PEOPLE)),
            created=created,
            title=f"Issue {number}",
            body=f"It does not work. @{draw.choice(LEADERS)}'s approach in #{max(1, number - 3)} would.",
            url=f"{WEB}/issues/{number}",
        )
        at = created
        for _ in range(draw.randrange(4)):
            at = self._after(at, 20)
            mark = self._id("comment")
            url = f"{made.url}#issuecomment-{mark}"
            made.events.append(Event("comment", at, person(draw.choice(PEOPLE)), mark, url, "Same here, as @bea said."))
        self.life.discussions.append(made)

    def _comment(self, change: Change, login: str, at: dt.datetime, body: str) -> Event:
        mark = self._id("comment")
        return Event("comment", at, person(login), mark, self._url(change, mark), body)

    def _commit(self, change: Change, author: str, at: dt.datetime) -> Commit:
        sha = _sha(f"{change.unit} {len(change.commits)}")
        people = author in PEOPLE
        if at > change.created:
            change.events.append(Event("push", at, None, sha))
        login = author if people and author != DELETED else ""
        return Commit(
            sha, at, hand(author) if people else account("", name=author, email=""), login, f"Do {change.unit}"
        )

    def _url(self, change: Change, mark: str) -> str:
        return f"{change.url}#{mark}"

    def _after(self, time: dt.datetime, hours: int) -> dt.datetime:
        return time + dt.timedelta(minutes=self.draw.randrange(1, 60 * hours), seconds=self.draw.randrange(60))

    def _id(self, kind: str) -> str:
        self._ids += 1
        return f"{kind}-{self._ids}"

    def _next(self) -> int:
        self._number += 1
        return self._number


def _sha(of: str) -> str:
    return hashlib.sha1(of.encode(), usedforsecurity=False).hexdigest()
