"""Design documents of the simulated organisation: a third repository, of Markdown alone.

Who leads by documents is planted like everything else, as what a document invites: how much, whom beyond the team, and
since when. What came out is counted by nobody here.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass, field

from influence.simulate import cast
from influence.simulate.cast import Worker
from influence.simulate.fast_import import Repository

_SUBJECTS = (
    *("Leases", "Chunk ranges", "Repair order", "Quotas", "Write journals", "Cold segments", "Tombstones", "Retries"),
    *("Snapshots", "Stream cursors", "Session tokens", "Replica placement", "Upgrade steps", "Error budgets", "Names"),
    *("Handoff", "Manifests", "Client caches", "Load shedding", "Clocks", "Back pressure", "Checksums", "Old formats"),
)
_FORMS = (
    *("{} that expire by themselves", "{} without a lock", "{} across two sites", "What {} cost us", "{}, second try"),
    *("A smaller model of {}", "{} when the disk is full", "Who may change {}", "{} for people on call", "Testing {}"),
)
_GROUND = (
    "We start from [{title}]({path}) and keep its order of steps.",
    "The idea is that of [{title}]({path}), taken one step further.",
    "As [{title}]({path}) says, the slow path must not wait for the fast one.",
    "This only works because of [{title}]({path}).",
    "Numbers are counted as in [{title}]({path}), so that they can be compared.",
    "Unlike in the old plan, and as [{title}]({path}) proposed, nobody has to be asked first.",
)
_TEXT = (
    "Two sites disagree for up to a minute after a switch, and operators repair by hand what they see.",
    "Most of the cost is in the tail: one block in a thousand takes longer than all others together.",
    "The first version was written in a week and has carried more load than it was meant for.",
    "Nothing here changes what is stored; it changes when we look at it.",
    "We measured this for a month on the staging cluster before writing it down.",
    "It is the smallest change that we could think of, and it can be undone.",
)
_LATER = "Since this was written [{title}]({path}) has come; the third step now follows it."
_README = "# design\n\nHow things at {name} are meant to work, and why. One file a question.\n"


@dataclass(frozen=True, slots=True)
class _Part:
    """How many documents somebody writes, between which days, and what they invite: in the team; `wide`: beyond."""

    documents: int
    appeal: float
    wide: float
    days: tuple[int, int] = (20, 1070)
    #: Days until others come along.
    slow: int = 1


_PARTS = {
    cast.DISCOVERER: _Part(8, 3.0, 0.8, (50, 1060), slow=250),
    cast.DESIGNER: _Part(4, 1.0, 0.4),
    cast.GONE: _Part(3, 0.8, 0.3, (30, 560)),
    cast.ADVISER: _Part(2, 0.5, 0.2),
    cast.COMMITTING_MANAGER: _Part(3, 2.0, 0.0, (30, 700)),
    cast.LOUD: _Part(14, 0.0, 0.0),
}


@dataclass(slots=True, eq=False)
class _Document:
    title: str
    path: str
    authors: list[Worker]
    day: int
    part: _Part
    text: str = ""
    grounds: list[_Document] = field(default_factory=list)

    def invites(self, reader: Worker, day: int) -> float:
        """How likely `reader`, who writes on `day`, is to build on it."""
        writer = self.authors[0]
        near = 1.0 if reader.team == writer.team else self.part.wide
        return self.part.appeal * near * min(1.0, (day - self.day) / self.part.slow) ** 2


def write(repository: Repository, people: list[Worker], chance: random.Random) -> None:
    """Write some hundred documents, one commit each, and what their authors add to some of them later."""
    plans = sorted(_plans(people, chance), key=lambda plan: plan[0])
    titles = [form.format(subject) for subject in _SUBJECTS for form in _FORMS]
    chance.shuffle(titles)
    known: list[_Document] = []
    shelf = _Shelf(repository, chance)
    later: list[tuple[int, _Document]] = []
    for day, writer, part in plans:
        while later and later[0][0] < day:
            shelf.add_to(*later.pop(0), known)
        title = titles.pop()
        title = title[0].upper() + title[1:]
        slug = re.sub(r"\W+", "-", title.lower()).strip("-")
        document = _Document(title, f"{writer.team.lower()}/{slug}.md", [writer], day, part)
        if writer.name not in _PARTS and chance.random() < 0.3:
            document.authors += chance.sample(_beside(writer, people, day), 1)
        document.grounds = _grounds(document, known, chance, chance.choice((1, 2, 2, 3, 3, 4)))
        shelf.put(document)
        known.append(document)
        if chance.random() < 0.3:
            later.append((day + chance.randrange(60, 400), document))
            later.sort(key=lambda entry: entry[0])
    for day, document in later:
        if cast.START + dt.timedelta(days=day) < cast.END:
            shelf.add_to(day, document, known)


def _plans(people: list[Worker], chance: random.Random) -> list[tuple[int, Worker, _Part]]:
    """On which day who writes, weekdays only."""
    found = []
    for person in people:
        part = _PARTS.get(person.name)
        if part is None:
            part = _Part(chance.choice((0, 0, 1, 1, 2, 2, 3)), 0.3 * chance.lognormvariate(0, 0.5), 0.15)
        first = max(part.days[0], (person.since - cast.START).days)
        last = min(part.days[1], ((person.until or cast.END) - cast.START).days - 7)
        for _ in range(part.documents):
            day = chance.randrange(first, last)
            found.append((day - max(0, (cast.START + dt.timedelta(days=day)).weekday() - 4), person, part))
    return found


def _beside(writer: Worker, people: list[Worker], day: int) -> list[Worker]:
    """Who else is in the writer's team on that day."""
    today = cast.START + dt.timedelta(days=day)
    team = [person for person in people if person.team == writer.team and person is not writer]
    return [person for person in team if person.since <= today < (person.until or cast.END)]


def _grounds(document: _Document, known: list[_Document], chance: random.Random, most: int) -> list[_Document]:
    """What a document builds on. The loud one builds on himself."""
    writer = document.authors[0]
    if writer.name == cast.LOUD:
        return [other for other in known if other.authors[0] is writer][-2:]
    found: list[_Document] = []
    for _ in range(most):
        rest = [other for other in known if other not in (*found, document)]
        weights = [other.invites(writer, document.day) for other in rest]
        if sum(weights) > 0:
            found.append(chance.choices(rest, weights)[0])
    return found


class _Shelf:
    """The repository, and how documents are put into it."""

    def __init__(self, repository: Repository, chance: random.Random) -> None:
        self.repository = repository
        self.chance = chance
        self.list = _README.format(name=cast.NAME)
        self.head: list[int] = []

    def put(self, document: _Document) -> None:
        """Commit a new document and its line in the list of all."""
        chance = self.chance
        writers = [f"  - {author.key}" for author in document.authors]
        # A document often leaves to git who wrote it; a name with a separator in it would be several.
        named = not any(";" in writer for writer in writers) and (len(writers) > 1 or chance.random() < 0.6)
        status = chance.choice(("accepted", "accepted", "accepted", "proposed", "superseded"))
        header = ["---", *(["authors:", *writers] if named else []), f"status: {status}", "---"]
        paragraphs = [f"# {document.title}", *chance.sample(_TEXT, 2), "## What we do"]
        paragraphs += [self._link(chance.choice(_GROUND), document, ground) for ground in document.grounds]
        paragraphs.append(chance.choice(_TEXT))
        if chance.random() < 0.04:
            paragraphs.append("The numbers are in [the old sheet](../../sheets/load.md).")
        document.text = "\n".join(header) + "\n\n" + "\n\n".join(paragraphs) + "\n"
        self.list += f"- [{document.title}]({document.path})\n"
        self._commit(document, document.day, f"Say how: {document.title}", {"README.md": self.list.encode()})

    def add_to(self, day: int, document: _Document, known: list[_Document]) -> None:
        """The author comes back and says what has come since."""
        writer = document.authors[0]
        if writer.until is not None and cast.START + dt.timedelta(days=day) >= writer.until:
            return
        younger = [other for other in known if document.day < other.day <= day and other not in document.grounds]
        weights = [other.invites(writer, day) for other in younger]
        if writer.name == cast.LOUD or not sum(weights) > 0:
            return
        came = self.chance.choices(younger, weights)[0]
        document.grounds.append(came)
        document.text += f"\n{self._link(_LATER, document, came)}\n"
        self._commit(document, day, f"{document.title}: what has come since", {})

    def _link(self, sentence: str, document: _Document, ground: _Document) -> str:
        folder, _, name = ground.path.rpartition("/")
        path = name if document.path.startswith(f"{folder}/") else f"../{ground.path}"
        return sentence.format(title=ground.title, path=path)

    def _commit(self, document: _Document, day: int, title: str, files: dict[str, bytes | None]) -> None:
        writer = document.authors[0]
        morning = dt.datetime.combine(cast.START + dt.timedelta(days=day), dt.time(9), dt.UTC)
        seconds = int(morning.timestamp()) + self.chance.randrange(8 * 3600)
        mark = self.repository.commit(
            writer.identity(self.chance),
            (seconds, writer.zone),
            f"{title}\n",
            {**files, document.path: document.text.encode()},
            parents=self.head,
        )
        self.head = [mark]
