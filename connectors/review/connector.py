"""Reviews from exports: files that people have on disk, and that need no token."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from connectors.review.formats import readings
from connectors.review.model import Change
from connectors.review.reading import Reading
from connectors.review.rows import Gatherer
from connectors.review.unswept import unswept
from influence.errors import InputError
from influence.schema import TABLES, Checkpoint, Harvest, Progress, no_progress


class ReviewConnector:
    """The reviews in an export, one source for each repository in it.

    Parameters
    ----------
    path
        A folder, a clone (bare too), or a file.
    format
        One of `connectors.review.formats.FORMATS`; recognised by default.
    repositories
        Only these, ``owner/name`` or ``owner``; all by default.
    strict
        As in `connectors.review.consults.advice`.

    Raises
    ------
    influence.errors.InputError
        From `checkpoints`, when there is nothing to read or it is not what `format` says.
    """

    name: ClassVar[str] = "review"

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        format: str | None = None,  # noqa: A002 - as the command calls it
        repositories: tuple[str, ...] = (),
        strict: bool = True,
    ) -> None:
        self.path = Path(path)
        self.format = format
        self.repositories = frozenset(name.strip("/").lower() for name in repositories)
        self.strict = strict

    def checkpoints(self, progress: Progress = no_progress) -> Iterator[Checkpoint]:
        """Read everything; yields one checkpoint a repository."""
        progress("looking at reviews", 0, None)
        with unswept():
            found, wanted = readings(self.path, self.format, self._wanted)
        if not wanted:
            raise InputError(f"{self.path} holds nothing of {', '.join(sorted(self.repositories))}", "check the name")
        empty = True
        for reading in wanted:
            with unswept():
                made = self._checkpoint(reading, found, progress)
            if made.harvest.counts.get("changes") or made.harvest.counts.get("discussions"):
                empty = False
                yield made
        if empty:
            raise InputError(f"{self.path} holds no review that can be read as {found}", "is the export whole?")

    def _wanted(self, label: str) -> bool:
        label = label.lower()
        return not self.repositories or not self.repositories.isdisjoint((label, label.partition("/")[0]))

    def _checkpoint(self, reading: Reading, found: str, progress: Progress) -> Checkpoint:
        source = f"{self.name}:{reading.label}"
        gatherer = Gatherer(source, reading.repository, reading.host, strict=self.strict)
        for number, item in enumerate(reading.items()):
            if isinstance(item, Change):
                gatherer.take(item)
            else:
                gatherer.discuss(item)
            if number % 100 == 0:
                progress(f"reading reviews of {reading.label}", number, None)
        gatherer.resolve()
        tables = gatherer.tables()
        harvest = Harvest(
            source=source,
            repository=reading.repository,
            label=reading.label,
            location=str(self.path.absolute()),
            connector=self.name,
            tip=reading.tip,
            url=f"https://{reading.repository}" if "." in reading.host else None,
            options={"format": found, "strict": self.strict},
            first=gatherer.first,
            last=gatherer.last,
            contact=reading.contact,
            counts=dict(gatherer.counts),
            problems=[(what, count, why) for (what, why), count in sorted(reading.problems.items())],
        )
        return Checkpoint(
            harvest, {name: tables.get(name, TABLES[name].batch([])) for name in TABLES if name != "harvests"}
        )
