"""Who held which role over which paths of a repository, from when to when: OWNERS, MAINTAINERS and CODEOWNERS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from connectors.git import SafeRepository, Step, dated, open_safely
from connectors.git.history import moment
from connectors.organisation.holders import Owner, identities
from connectors.organisation.owner_files import MAX_SPANS, Holdings, TooMany, affordable, contents
from connectors.organisation.past import is_whole, past, recall
from influence.errors import InputError
from influence.schema import TABLES, Checkpoint, Harvest, Progress, no_progress

_LACKING = "the clone lacks them"
Problem = tuple[str, int, str]
Rows = list[dict[str, Any]]


class OwnersConnector:
    """Reads the files of owners of a git repository along the first parents of its history.

    Parameters
    ----------
    repository
        The folder of the repository; it is opened as safely as for its history.
    ref
        Branch, tag or commit to read; HEAD by default.
    source
        Name of the source; ``owners:`` and the repository's label by default.
    kept
        What an earlier run over the same repository left, `Checkpoint.kept` of it.
    """

    name: ClassVar[str] = "owners"

    def __init__(
        self, repository: Path, *, ref: str | None = None, source: str | None = None, kept: bytes | None = None
    ) -> None:
        self.repository = Path(repository)
        self.ref = ref
        self.source = source
        self.kept = kept

    def checkpoints(self, progress: Progress = no_progress) -> Iterator[Checkpoint]:
        """Read the files: the tables `authority` and `identities`.

        A role begins when the first-parent commit that brought it in was committed and ends with the one that took it
        away; null where the history does not go back that far, or where it holds to this day. Every pattern of
        CODEOWNERS has a row without a leader, besides one for each owner: a pattern takes ownership away from earlier
        ones even when it names nobody, or when whom it names has opted out. A repository without such files gives a
        harvest without rows, so that files that were removed from a rewritten history leave none. Where none of them
        changed since the run that left `kept`, nothing takes the place of what that one wrote.

        Raises
        ------
        influence.errors.InputError
            When there is no repository, or it cannot be read.
        """
        before = recall(self.kept)
        with open_safely(self.repository, self.ref) as opened:
            progress(f"reading who owns what in {opened.label}", 0, None)
            found, held = None, Holdings()
            harvest = self._harvest(opened)
            try:
                found = past(opened, before)
            except InputError as error:
                harvest.problems = [("histories of files of owners", 1, str(error))]
            harvest.repository = found.root if found is not None else opened.repository_id
            if found is not None and before is not None and is_whole(opened) and found.same_as(before):
                found.counts, found.problems = harvest.counts, harvest.problems = before.counts, before.problems
                yield Checkpoint(harvest, {}, units=frozenset(), kept=found.kept())
                return
            if found is not None:
                held, harvest.problems = _read(opened, dated(opened, found.changes))
            whole = is_whole(opened)
        rows, owners, now = _authority(harvest.source, harvest.repository, held)
        harvest.counts = {
            "patterns": len({(row["position"], row["pattern"]) for row in rows if row["until"] is None}),
            "people": len({owner.key for owner in now if owner.key}),
            "teams": len({owner.team for owner in now if owner.team}),
            "roles that ended": sum(1 for row in rows if row["until"] is not None and row["leader"]),
        }
        kept = None
        if found is not None and whole and not any(why == _LACKING for _, _, why in harvest.problems):
            found.counts, found.problems = harvest.counts, harvest.problems
            kept = found.kept()
        tables = {"authority": rows, "identities": identities(harvest.source, owners, held.names)}
        yield Checkpoint(harvest, {name: TABLES[name].batch(each) for name, each in tables.items()}, kept=kept)

    def _harvest(self, opened: SafeRepository) -> Harvest:
        return Harvest(
            source=self.source or f"{self.name}:{opened.label}",
            repository="",
            label=opened.label,
            location=str(self.repository),
            connector=self.name,
            tip=opened.tip,
            options={"ref": self.ref} if self.ref else {},
        )


def _read(repository: SafeRepository, steps: list[Step]) -> tuple[Holdings, list[Problem]]:
    steps, problems = affordable(repository, steps)
    for last in (steps, _as_it_stands(steps)):
        held = Holdings()
        missing = 0
        try:
            for time, found, lacking in contents(repository, last):
                held.step(time, found)
                missing += lacking
        except TooMany:
            problems.append(
                ("changes of who owns what", 1, f"over {MAX_SPANS:,} roles: only as it stands, for all time, if at all")
            )
            continue
        return held, problems + _problems(held, missing)
    return Holdings(), problems


def _as_it_stands(steps: list[Step]) -> list[Step]:
    """The last version of each file, with no time."""
    last: dict[str, str | None] = {}
    for step in steps:
        last |= step.blobs
    return [Step(steps[-1].sha, None, {path: blob for path, blob in last.items() if blob})] if steps else []


def _problems(held: Holdings, missing: int) -> list[Problem]:
    problems = [("versions of files of owners", missing, _LACKING)] if missing else []
    lines: Counter[tuple[str, str]] = Counter()
    for path, reasons in held.skipped.items():
        name = path if path == held.place else path.rpartition("/")[2]
        for reason, count in reasons.items():
            lines[f"lines of {name}", reason] += count
    files = Counter((f"files called {path.rpartition('/')[2]}", reason) for path, reason in held.refused.items())
    earlier = {(f"earlier versions of {name}", reason): count for (name, reason), count in held.earlier.items()}
    return problems + [(what, count, why) for (what, why), count in {**lines, **files, **earlier}.items()]


def _authority(source: str, repository: str, held: Holdings) -> tuple[Rows, list[Owner], set[Owner]]:
    """Rows of `authority`, everybody they name, and who holds something now."""
    rows: Rows = []
    owners: list[Owner] = []
    now: set[Owner] = set()

    def add(position: int, pattern: str | None, rule: str, role: str, owner: Owner | None, span: Any) -> None:
        rows.append(
            {
                "source": source,
                "leader": owner.key if owner else None,
                "leader_team": owner.team or None if owner else None,
                "repository": repository,
                "pattern": pattern,
                "position": position,
                "rule": rule,
                "role": role,
                "since": None if span.since is None else moment(span.since),
                "until": None if span.until is None else moment(span.until),
            }
        )
        if owner:
            owners.append(owner)
            if span.until is None:
                now.add(owner)

    place = 0
    for place, lines, said in held.in_order.spans():
        for line in lines:
            add(place, *line.said, "code owner", None, line)
        for one in said:
            add(place, *(lines[0].said), "code owner", one.said, one)
    positions: dict[tuple[str | None, str, str], int] = {}
    for each in held.together.spans():
        entry = each.said
        position = positions.setdefault((entry.pattern, entry.rule, entry.role), place + 1 + len(positions))
        add(position, entry.pattern, entry.rule, entry.role, entry.owner, each)
    return rows, owners, now
