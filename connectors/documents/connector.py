"""The documents connector: whatever holds documents becomes works, authors and citations."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from connectors.documents import bibliography, detect, markup, tables
from connectors.documents.files import open_tree
from connectors.documents.series import SERIES, SeriesReader, series_of
from influence.errors import InputError
from influence.schema import Checkpoint, Progress, no_progress


class DocumentsConnector:
    """Who wrote which document, and which documents it cites.

    Parameters
    ----------
    path
        A repository or a folder in one, a plain folder, or a file.
    format
        One of `connectors.documents.detect.FORMATS`; recognised by default.
    ref
        Branch, tag or commit to read instead of the one that is checked out.
    source
        Name of the source; ``documents:`` and what people call the place by default.
    base_urls
        Where a folder of documents is published, so that links to that address are links within it.
    columns
        Meaning -> name of a column of tables, where it has another name.
    date
        When files were written that bear no date and are in no git repository; without it they cite nobody.
    processes
        How many processes parse a series; as many as cores by default.

    Raises
    ------
    influence.errors.InputError
        From `checkpoints`, when there is nothing to read or it is not what `format` says.
    """

    name: ClassVar[str] = "documents"

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        format: str | None = None,  # noqa: A002 - as the command calls it
        ref: str | None = None,
        source: str | None = None,
        base_urls: Sequence[str] = (),
        columns: Mapping[str, str] | None = None,
        date: dt.date | None = None,
        processes: int | None = None,
    ) -> None:
        self.path = Path(path)
        self.format = format
        self.ref = ref
        self.source = source
        self.base_urls = tuple(base_urls)
        self.columns = columns
        self.date = dt.datetime.combine(date, dt.time()) if date else None
        self.processes = processes
        if format is not None and format not in detect.FORMATS:
            raise InputError(f"there is no format {format!r}", f"these are: {', '.join(detect.FORMATS)}")

    def checkpoints(self, progress: Progress = no_progress) -> Iterator[Checkpoint]:
        """Read everything; yields one checkpoint."""
        progress("looking at documents", 0, None)
        found = self.format or detect.recognise(self.path, self.ref)
        options = {"format": found, "ref": self.ref, **({"date": f"{self.date:%Y-%m-%d}"} if self.date else {})}
        if self.date and (found == "tables" or found in bibliography.FORMATS):
            raise InputError(
                f"--date is not for {self.path}, which is read as {found}", "works in it bear their own dates"
            )
        if found == "tables":
            made = tables.read(self.path, columns=self.columns, source=self.source, options=options, progress=progress)
        elif found in bibliography.FORMATS:
            made = bibliography.read(
                self.path, format=self.format, source=self.source, options=options, progress=progress
            )
        else:
            tree = open_tree(self.path, self.ref)
            source = self.source or f"{self.name}:{tree.label}"
            if found in SERIES:
                reader = SeriesReader(tree, series_of(found), source, options, self.processes)
                reader.corpus.plain, reader.corpus.undated = not tree.in_git, self.date
                made = reader.checkpoint(progress)
            else:
                made = markup.read_tree(
                    tree,
                    ref=self.ref,
                    base_urls=self.base_urls,
                    undated=self.date,
                    source=source,
                    progress=progress,
                ).checkpoint(tree.tip)
        if not made.harvest.counts.get("documents"):
            raise InputError(
                f"{self.path} holds no document that can be read as {found}", "look with --format whether it is another"
            )
        yield made
