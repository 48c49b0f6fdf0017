"""Who works at the simulated organisation: invented people, their teams, their parts in the play, and the chart.

Parts are planted: they say how much somebody's lines invite others to build on them and how useful the names that
somebody coins are. What comes out of that is for the analysis to find.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from dataclasses import dataclass, field

#: First and last day of the history.
START = dt.date(2023, 1, 2)
END = dt.date(2025, 12, 19)
NAME = "Northwind Storage (simulated)"
DOMAIN = "northwind.example"
BOT = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"
FORGE = "GitHub <noreply@github.com>"
ASSISTANT = "Copilot <copilot@github.com>"

DIRECTOR, COMMITTING_MANAGER, MANAGER = "Helen Brandt", "Ingrid Solberg", "Ravi Narayan"
DESIGNER, DISCOVERER, ADVISER = "Mira Halvorsen", "Tomás Okafor", "Adaeze Obi"
GONE, LOUD, RELEASE = "Yuki Tanabe", "Brad Kessler", "Pavel Novák"
#: Who came first and committed the code base that the company had bought.
FOUNDER = "Piotr Zieliński"
#: They hand some of their commits to a coding assistant.
ASSISTED = (
    "Chloé Martin",
    "Deepak Rao",
    "Wei Zhang",
    "Amara Diallo",
    "Isla Macdonald",
    "Samuel Osei",
    "Rosa Marchetti",
)

TEAMS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    # team: (manager, repository it works in first, people)
    "Storage": (
        COMMITTING_MANAGER,
        "vault",
        (
            *(DESIGNER, FOUNDER, "Sinéad O'Brien", "Deepak Rao", "Lars Eriksen", "Fatima Zahra", "Noah Becker"),
            *("Xiomara Ruiz", "Anton Petrov", "Grace Kim", "Jonas Weber", "Leila Haddad"),
        ),
    ),
    "Durability": (
        COMMITTING_MANAGER,
        "vault",
        (
            *("Wei Zhang", "Marta Kowalska", "Samuel Osei", "Elif Yılmaz", "Henrik Lund", "Priya Menon"),
            *("Carlos Vega", "Kofi &lt;b&gt; Mensah", "Nadia Rahman", "Owen Clarke"),
        ),
    ),
    "Gateway": (
        COMMITTING_MANAGER,
        "vault",
        (
            *(LOUD, "Chloé Martin", "Dmitri Volkov", "Hana Sato", "Ibrahim Toure", "Julia Novak", "Kenji Mori"),
            *("Lucía Fernández", "Magnus Berg"),
        ),
    ),
    "Platform": (
        MANAGER,
        "relay",
        (
            *(GONE, "Amara Diallo", "Bruno Costa", "Cora Lindgren", "Diego Morales", "Eva Horváth", "Farid Aziz"),
            *("Greta Olsen", "Hugo Laurent", "Isla Macdonald", "Jae-won Park"),
        ),
    ),
    "Telemetry": (
        MANAGER,
        "relay",
        (ADVISER, "Kavya Iyer", "Liam Doyle", "Mei Chen", "Nils Andersson", "Olga Ivanova", "Pedro Alves"),
    ),
    "Client": (
        MANAGER,
        "relay",
        (
            *(DISCOVERER, "Quinn Harper", "Rosa Marchetti", "Søren Holm", "Tamar Levi", "Umar Siddiqui"),
            *("Viktor Nagy", "Zoë van Dijk"),
        ),
    ),
    "Release": (MANAGER, "relay", (RELEASE, "Aisha Bello", "Ben Carter", "Dana Friedman")),
}
#: Two addresses each. The first four stand in a mailmap; the others' names alone say that they are one.
TWO_ADDRESSES = ("Lars Eriksen", "Hana Sato", "Bruno Costa", "Mei Chen", "Greta Olsen", "Viktor Nagy", "Zoë van Dijk")
IN_MAILMAP = TWO_ADDRESSES[:4]
_LEFT = {GONE: dt.date(2024, 9, 13), "Owen Clarke": dt.date(2025, 2, 28), "Hugo Laurent": dt.date(2024, 5, 31)}
_HEADER = ("Employee ID", "Name", "Email", "Manager Email", "Job Title", "Team", "Start Date", "End Date", "GitHub")
#: In the chart and in no repository.
_NEVER = (("Fiona Walsh", "Product Manager", MANAGER), ("=HYPERLINK(0) Contractor", "<i>Temp</i>", COMMITTING_MANAGER))
#: Commits in three years; everybody else draws a number.
_COMMITS = {
    DESIGNER: 190,
    DISCOVERER: 105,
    ADVISER: 85,
    GONE: 125,
    LOUD: 345,
    RELEASE: 60,
    FOUNDER: 60,
    COMMITTING_MANAGER: 90,
}


@dataclass(slots=True, eq=False)
class Worker:
    """Somebody who commits. `lines` and `names` say how inviting her lines and names are; `wide`: to other teams."""

    name: str
    login: str
    team: str
    manager: str
    home: str
    title: str
    since: dt.date
    until: dt.date | None
    commits: int
    zone: int
    lines: float
    names: float
    wide: float
    rising: bool = False
    addresses: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """As git names her, with the address at work."""
        return f"{self.name} <{self.addresses[0]}>"

    def identity(self, chance: random.Random) -> str:
        """As git names her today: now and then from the other address."""
        return f"{self.name} <{self.addresses[-1 if chance.random() < 0.3 else 0]}>"


def login_of(name: str) -> str:
    """An account name: ASCII letters, a hyphen between the words."""
    plain = {"á": "a", "é": "e", "í": "i", "ö": "o", "ø": "o", "ë": "e", "ń": "n", "ı": "i", "ã": "a", "ú": "u"}
    letters = "".join(plain.get(letter, letter) for letter in name.replace("&lt;b&gt; ", "").lower())
    return "-".join("".join(part for part in word if part.isascii() and part.isalpha()) for word in letters.split())


def workers(chance: random.Random) -> list[Worker]:
    """Everybody who commits, in the order of the teams."""
    found = []
    roster = [(name, team, manager, home) for team, (manager, home, names) in TEAMS.items() for name in names]
    roster.insert(0, (COMMITTING_MANAGER, "Storage", DIRECTOR, "vault"))
    for name, team, manager, home in roster:
        early = name in _COMMITS or name in _LEFT or chance.random() < 0.5
        since = START if early else START + dt.timedelta(days=chance.randrange(20, 640))
        worker = Worker(
            name=name,
            login=login_of(name),
            team=team,
            manager=manager,
            home=home,
            title=_title(name, chance),
            since=since,
            until=_LEFT.get(name),
            commits=_COMMITS.get(name) or min(70, max(8, round(chance.lognormvariate(3.45, 0.5)))),
            zone=chance.choice((0, 60, 60, -300, 330, 540)),
            lines=0.35 * chance.lognormvariate(0, 0.5),
            names=0.35 * chance.lognormvariate(0, 0.5),
            wide=0.05,
        )
        worker.addresses.append(f"{worker.login.replace('-', '.')}@{DOMAIN}")
        if name in TWO_ADDRESSES:
            worker.addresses.append(f"{worker.login.split('-')[0]}@home.example")
        _part(worker)
        found.append(worker)
    return found


def _title(name: str, chance: random.Random) -> str:
    if name == COMMITTING_MANAGER:
        return "Engineering Manager"
    if name == LOUD:
        return "Principal Engineer"
    return chance.choice(("Engineer", "Engineer", "Senior Engineer", "Senior Engineer", "Staff Engineer"))


def _part(worker: Worker) -> None:
    parts = {
        DESIGNER: (2.4, 1.6, 0.5),
        DISCOVERER: (0.3, 3.0, 0.8),
        GONE: (1.8, 0.8, 0.35),
        ADVISER: (0.5, 0.5, 0.1),
        LOUD: (0.0, 0.0, 0.0),
        FOUNDER: (0.1, 0.03, 0.3),
        COMMITTING_MANAGER: (3.0, 3.0, 0.0),
    }
    if worker.name in parts:
        worker.lines, worker.names, worker.wide = parts[worker.name]
    worker.rising = worker.name == DESIGNER
    worker.title = {DESIGNER: "Senior Engineer", DISCOVERER: "Engineer"}.get(worker.name, worker.title)


def chart(people: list[Worker]) -> str:
    """The organisation chart as an HR system exports it: CSV, UTF-8, one row for each person."""
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\n")
    out.writerow(_HEADER)

    def address(name: str) -> str:
        return f"{login_of(name).replace('-', '.')}@{DOMAIN}"

    rows: list[tuple[str, str, str, str, dt.date, dt.date | None, str]] = [
        (DIRECTOR, "", "Director of Engineering", "", dt.date(2019, 4, 1), None, ""),
        (MANAGER, DIRECTOR, "Engineering Manager", "Platform", dt.date(2020, 9, 1), None, ""),
    ]
    rows += [
        (person.name, person.manager, person.title, person.team, person.since, person.until, person.login)
        for person in people
    ]
    rows += [(name, manager, title, "", START, None, "") for name, title, manager in _NEVER]
    for number, (name, manager, title, team, since, until, login) in enumerate(rows, 1001):
        ends = until.isoformat() if until else ""
        boss = address(manager) if manager else ""
        out.writerow([number, name, address(name), boss, title, team, since.isoformat(), ends, login])
    return text.getvalue()


def mailmap(people: list[Worker]) -> str:
    """The mailmap of one repository: some of those with two addresses."""
    return "".join(f"{person.key} <{person.addresses[1]}>\n" for person in people if person.name in IN_MAILMAP)
