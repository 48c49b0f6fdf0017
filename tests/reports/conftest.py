"""Findings of invented organisations, written as rows into a workspace and really analysed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from influence.workspace import Workspace
from tests.influence.factories import Rows

if TYPE_CHECKING:
    from influence.findings import Findings

#: Leaders: name, where they are followed, the names they define, weight.
STAFF = (
    ("Ines Abara", "storage/ring", ("RingBuilder", "partition_power", "rebalance_once"), 9),
    ("Tomas Vik", "lib/retry", ("retry_call", "backoff_steps"), 7),
    ("Ruth Okafor", "api", ("route_table",), 6),
    ("Pei Lin Sato", "billing", (), 5),
    ("Marek Dudek", "storage/replicator", ("replica_plan",), 5),
    ("Anouk Visser", "tools/build", ("build_graph",), 4),
    ("Jonas Ritter", "storage/auth", ("token_cache",), 5),
)
#: Names, titles and paths that would do harm if anything of theirs were run, believed or reordered.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "eve\u202egnp.exe\u2066",
    "\x1b[31mred\x1b[0m {{ 7 * 7 }}",
    "=cmd()|'/C calc'!A0",
    "</script><svg onload=alert(3)>" + "a" * 400,
    "somebody@secret.example.org",
)
_FIRST = [
    "Ada",
    "Ben",
    "Cleo",
    "Dag",
    "Eva",
    "Finn",
    "Gro",
    "Hugo",
    "Ida",
    "Jan",
    "Kai",
    "Lea",
    "Mio",
    "Nils",
    "Olga",
    "Pia",
    "Quin",
    "Rosa",
    "Sven",
    "Tina",
]
_LAST = ["Bach", "Cruz", "Diaz", "Ek", "Frey", "Gold", "Hahn", "Ito", "Jung", "Kuhn", "Lund", "Moe"]


def _key(name: str) -> str:
    return f"{name} <{''.join(c for c in name.lower() if c.isalnum())[:20]}@example.org>"


def _hash(seed: random.Random) -> str:
    return "".join(seed.choices("0123456789abcdef", k=40))


def write_organisation(
    folder: Path,
    *,
    chart: bool = True,
    staff: Sequence[str] | None = None,
    poison: Sequence[str] = ("",),
    contact: str = "coauthors",
) -> Workspace:
    """Three years of two repositories: seven whom others follow, one of them a manager, one gone, and the others."""
    seed = random.Random(7)
    names = list(staff or [row[0] for row in STAFF])
    keys = [_key(name) for name in names]
    crowd = [_key(f"{_FIRST[i % 20]} {_LAST[(i // 20 + i) % 12]} {i}") for i in range(60 - len(keys))]
    workspace = Workspace(folder / "workspace.duckdb")
    problems = [("vendored files", 12, "third_party/ is not the people's own work")]
    for label, leaders in (("ring", range(4)), ("tools", range(4, 7))):
        rows = Rows(label, label * 8, tip=_hash(seed), contact=contact, problems=problems if label == "ring" else [])
        rows.harvest.first, rows.harvest.last = _time(0), _time(1090)
        rows.harvest.counts = {"commits": 3000, "files": 210}
        for who in crowd:
            path = f"{STAFF[seed.randrange(7)][1]}/own.py"
            for day in seed.sample(range(1090), 6):
                commit = _hash(seed)
                rows.act(who, _day(day), unit=commit, path=path)
                rows.unit(commit, path, title="Daily work")
        for index in leaders:
            _lead(rows, seed, keys[index], crowd, STAFF[index], poison)
        rows.act("renovate[bot] <bot@renovateapp.com>", _day(400))
        rows.act("Claude <noreply@anthropic.com>", _day(420))
        rows.write(workspace)
    if chart:
        organisation = Rows("chart.csv", connector="chart")
        organisation.repository = organisation.harvest.repository = None  # type: ignore[assignment]
        for follower in crowd[:9]:
            organisation.manages(keys[2], follower)
        for member in [*keys, *crowd[9:]]:
            if member != keys[2]:
                organisation.manages(_key("Head Office"), member)
        organisation.manages(_key("Head Office"), keys[2])
        for key in keys:
            organisation.person(key, title="Engineer")
        organisation.write(workspace)
    return workspace


def _lead(
    rows: Rows,
    seed: random.Random,
    who: str,
    crowd: list[str],
    row: tuple[str, str, tuple[str, ...], int],
    poison: Sequence[str],
) -> None:
    _, place, names, weight = row
    place += seed.choice(poison)
    last = 500 if row[0] == "Jonas Ritter" else 1090
    for day in (1, 100, last):
        commit = _hash(seed)
        rows.act(who, _day(day), unit=commit, path=f"{place}/core.py")
        rows.unit(commit, f"{place}/core.py", title="Make the store simpler")
    for number, name in enumerate(names):
        rows.defines(
            who, name, _day(2 + number), f"{place}/core.py", unit=_hash(seed), language="Python", line=number + 10
        )
    for follower in seed.sample(crowd, min(5 * weight, len(crowd))):
        for day in seed.sample(range(120, 1090), seed.randint(1, weight)):
            unit = _hash(seed)
            evidence = f"{_hash(seed)}:{place}/core.py:{day}"
            rows.signal(
                follower,
                who,
                _day(day),
                path=f"{place}/core.py",
                unit=unit,
                amount=float(day % 40 + 1),
                evidence=evidence,
            )
            rows.unit(unit, f"{place}/core.py", title="Build on the store" + seed.choice(poison))
        for name in names[: seed.randint(0, len(names))]:
            rows.uses(follower, name, _day(seed.randint(130, 1090)), path="app/main.py", unit=_hash(seed))
        if (seed.random() < 0.3 and last > 1000) or not names:
            rows.signal(follower, who, _day(seed.randint(120, 1090)), "consults", unit=_hash(seed), how="helped-by")


def _time(day: int):  # type: ignore[no-untyped-def]
    import datetime as dt

    return dt.datetime(2023, 1, 1, 12) + dt.timedelta(days=day)


def _day(day: int) -> str:
    return f"{_time(day):%Y-%m-%d}"


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """Sixty people with a chart."""
    from influence import analyse

    return analyse(write_organisation(tmp_path_factory.mktemp("organisation")))


@pytest.fixture(scope="session")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """The same without a chart: formal power is unknown."""
    from influence import analyse

    return analyse(write_organisation(tmp_path_factory.mktemp("unknown"), chart=False))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """The same with names that attack whoever shows them."""
    from influence import analyse

    return analyse(write_organisation(tmp_path_factory.mktemp("hostile"), staff=HOSTILE, poison=HOSTILE))


@pytest.fixture(scope="session")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """Two people of whom one followed the other once."""
    from influence import analyse

    rows = Rows("small")
    rows.act("ada", "2024-01-01")
    rows.act("bob", "2024-02-01")
    rows.signal("bob", "ada", "2024-02-01")
    return analyse(rows.write(tmp_path_factory.mktemp("small")))


@pytest.fixture(scope="session")
def pages(
    organisation: Findings, unknown: Findings, hostile: Findings, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The reports on the three, each written once; of the second only what does not depend on who it is about."""
    from reports import html

    folder = tmp_path_factory.mktemp("pages")
    every = {"organisation": (organisation, 10), "unknown": (unknown, 2), "hostile": (hostile, 10)}
    return {
        name: html.write(findings, folder / f"{name}.html", dossiers=dossiers)
        for name, (findings, dossiers) in every.items()
    }
