"""Numbered series of documents: what a format must say, and the way from its files to a checkpoint."""

from __future__ import annotations

import datetime as dt
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any, ClassVar

from connectors.documents import markdown, mediawiki, rst
from connectors.documents.blocks import LONGEST_DOCUMENT, Block
from connectors.documents.bounded import why
from connectors.documents.common import Author, Corpus, Reference, Work
from connectors.documents.entered import first_mentions
from connectors.documents.files import File, Tree
from connectors.documents.mentions import in_blocks
from connectors.documents.parsed import Named, Parsed, Refused, in_lines
from connectors.documents.workers import parse_all
from connectors.git.history import Commit, moment
from influence.schema import Checkpoint, Progress, no_progress

#: A document whose text names so many others, and this share of the series, is a list of it.
LIST = 20
LIST_SHARE = 0.25

#: Name of a series -> module and class; imported when asked for.
SERIES = {
    "pep": "connectors.documents.pep:Pep",
    "eip": "connectors.documents.eip:Eip",
    "bip": "connectors.documents.bip:Bip",
    "kep": "connectors.documents.kep:Kep",
    "rust-rfc": "connectors.documents.rust_rfc:RustRfc",
    "adr": "connectors.documents.adr:Adr",
    "ietf": "connectors.documents.ietf:Ietf",
}

_MARKUP = {
    "rst": rst.parse,
    "txt": rst.parse,
    "md": markdown.parse,
    "markdown": markdown.parse,
    "mediawiki": mediawiki.parse,
}


class Series(ABC):
    """One series: which files are its documents, and what each says."""

    #: Name of the format, and `Work.kind`.
    name: ClassVar[str]
    #: Schemes of ids of which a repository of the series holds every work.
    whole: ClassVar[Collection[str]] = ()
    #: Whether the history of its files says when works were written and references made.
    in_history: ClassVar[bool] = True
    #: Statuses, in lower case, of what no longer holds.
    withdrawn: ClassVar[frozenset[str]] = frozenset(("withdrawn", "rejected", "superseded", "replaced", "obsolete"))

    @abstractmethod
    def id_of(self, path: str) -> str | None:
        """The id of the document that a file at `path` is (or once was, under a former name), or is a part of."""

    def claims(self, path: str) -> bool:
        """Whether a file at `path` is to be read."""
        return self.id_of(path) is not None

    @abstractmethod
    def parse(self, path: str, text: str) -> list[Parsed]:
        """What a file says.

        Raises
        ------
        Refused
            When it is no document.
        """

    def prepare(self, names: Collection[str]) -> None:  # noqa: B027 - most need not
        """Look at the paths of all files before any is read."""

    def label(self, artifact: str, label: str) -> str:
        """An id as it is written: those that hold within one source only get its `label`."""
        return artifact

    def settle(self, works: list[Work]) -> None:  # noqa: B027 - most need not
        """Look at all works together, before they are written."""


def series_of(name: str) -> Series:
    """The series called `name`.

    Raises
    ------
    KeyError
        When there is none of that name.
    """
    module, _, attribute = SERIES[name].partition(":")
    series: Series = getattr(import_module(module), attribute)()
    return series


def body(
    text: str,
    markup: str,
    first: int = 0,
    rfc: str = "rfc",
    siblings: tuple[str, re.Pattern[str]] | None = None,
) -> tuple[list[Named], list[tuple[str, str]]]:
    """What `text` names from line `first` on, by the parser of `markup` (a file's suffix); and what went wrong.

    `rfc` and `siblings` as in `mentions.in_blocks`.
    """
    if len(text) > LONGEST_DOCUMENT:
        return [], [("bodies of documents that are too long", f"over {LONGEST_DOCUMENT:,} characters")]
    try:
        with parser_broke():
            blocks = blocks_of(text, markup, first)
    except Refused as refused:
        # The header still holds.
        return [], [("bodies of documents that cannot be parsed", refused.why)]
    return in_lines(text, in_blocks(blocks, rfc, siblings)), []


@contextmanager
def parser_broke() -> Iterator[None]:
    """What parsers raise on markup that was broken on purpose, as `Refused`."""
    try:
        yield
    except Exception as error:
        raise Refused("documents that cannot be parsed", why(error)) from None


def blocks_of(text: str, markup: str, first: int = 0) -> list[Block]:
    """`text` from line `first` on as blocks, with the line numbers of the whole."""
    rest = "\n".join(text.split("\n")[first:]) if first else text
    return _MARKUP[markup](rest, first)


def relation(value: str, scheme: str, how: str, lines: tuple[int, ...]) -> list[Named]:
    """What a header such as ``Requires: 20, 165`` names; numbers may bear the name of the series."""
    numbers = (word.rpartition("-")[2] for word in value.replace(",", " ").replace(";", " ").split())
    return [Named(f"{scheme}:{int(number)}", how, lines) for number in numbers if number.isascii() and number.isdigit()]


class SeriesReader:
    """Reads one series from a tree into one checkpoint.

    Parameters
    ----------
    tree, series, source
        What to read, as what, and the name of the source.
    options
        What shaped the reading, for the record.
    processes
        How many processes parse; as many as cores by default.
    """

    def __init__(
        self, tree: Tree, series: Series, source: str, options: dict[str, Any], processes: int | None = None
    ) -> None:
        self.tree = tree
        self.series = series
        self.processes = processes
        self._ids: frozenset[str] = frozenset()
        self.corpus = Corpus(
            source,
            tree.label,
            str(tree.location),
            "documents",
            repository=tree.repository,
            url=tree.url,
            options=options,
            whole=series.whole,
        )

    def checkpoint(self, progress: Progress = no_progress) -> Checkpoint:
        """Read everything."""
        self.series.prepare(self.tree.names)
        with self.tree.read(self.series.claims, progress) as (files, lines):
            documents = self._documents(files, progress)
            entered: dict[tuple[str, str], Commit] = {}
            if lines is not None:
                progress("finding when references were made", 0, None)
                entered = first_mentions(lines.repository, lines.history, self.series.id_of, _late(documents))
            self.series.settle([document.work for document in documents.values() if document.work is not None])
            self._ids = frozenset(documents)
            for document in documents.values():
                self._add(document, entered)
        for reason, count in self.tree.problems.items():
            self.corpus.refuse(*reason, count)
        return self.corpus.checkpoint(self.tree.tip)

    def _documents(self, files: Iterator[File], progress: Progress) -> dict[str, _Document]:
        """Documents by id, their parts put together, in the order of their paths."""
        read: list[File] = []

        def texts() -> Iterator[tuple[str, str]]:
            for file in files:
                text = file.text
                if text is None:
                    self.corpus.refuse("files that are no text", "they have zero bytes in them")
                    continue
                read.append(File(file.path, b"") if not self.series.in_history else replace(file, data=b""))
                yield file.path, text

        parsed = parse_all(self.series.name, texts(), self.processes, progress)
        documents: dict[str, _Document] = {}
        for file, results in sorted(zip(read, parsed, strict=True), key=lambda pair: pair[0].path):
            if isinstance(results, tuple):
                self.corpus.refuse(*results)
                continue
            for result in results:
                for problem in result.problems:
                    self.corpus.refuse(*problem)
                artifact = self.series.label(result.id, self.tree.label)
                document = documents.setdefault(artifact, _Document(artifact))
                if result.work is not None:
                    if document.work is not None:
                        self.corpus.refuse("documents whose number or id another has", "the first one was kept")
                        continue
                    document.work = result.work
                    document.work.id = artifact
                    document.file = file
                    document.aliases = result.aliases
                document.named += [(named, file) for named in result.named]
        return documents

    def _add(self, document: _Document, entered: dict[tuple[str, str], Commit]) -> None:
        work = document.work
        if work is None:
            self.corpus.refuse("files of documents without a header", "nothing says whose they are")
            return
        file = document.file
        work.path = file.path
        if file.created is not None:
            written = moment(file.created.time)
            work.visible = moment(file.created.visible)
            # A header's date may be that of a later step (a number assigned), or a slip of the pen.
            if work.created is None or _BEFORE_GIT < written < work.created:
                work.created, work.precision = written, "day"
            if not work.authors:
                work.authors = git_authors(file.created)
        listed = {named.cited for named, _ in document.named if named.how == "body" and named.cited in self._ids}
        if len(listed) >= max(LIST, LIST_SHARE * len(self._ids)):
            self.corpus.refuse("references in lists of the whole series", "a list does not cite", len(listed))
            self.corpus.counts["references_refused"] += len(listed)
            document.named = [(named, part) for named, part in document.named if named.how != "body"]
        for named, part in document.named:
            commit = entered.get((work.id, named.cited)) or _owner(named, part)
            reference = Reference(self.series.label(named.cited, self.tree.label), named.how)
            if commit is not None:
                first = part.created is not None and commit.number <= part.created.number
                # What came with the document is as old as it, also where it was imported long after.
                if first and part is file and work.created is not None and work.created <= moment(commit.time):
                    reference.time = work.created
                else:
                    reference.time = moment(commit.time)
                reference.visible = moment(commit.visible)
            work.references.append(reference)
        self.corpus.add(work, document.aliases)


class _Document:
    """A document put together from its files."""

    def __init__(self, artifact: str) -> None:
        self.id = artifact
        self.work: Work | None = None
        self.file: File
        self.aliases: list[str] = []
        self.named: list[tuple[Named, File]] = []


#: Dates of commits before this come from broken clocks and from histories made up.
_BEFORE_GIT = dt.datetime(1985, 1, 1)


def git_authors(commit: Commit) -> list[Author]:
    """Who wrote a commit: humans only."""
    found = []
    for key in commit.authors:
        name, _, rest = key.rpartition(" <")
        found.append(Author(key, name or None, rest.removesuffix(">") or None))
    return found


def _owner(named: Named, file: File) -> Commit | None:
    """The earliest commit that wrote one of the lines in which something is named."""
    owners = [file.owners[line] for line in named.lines if line < len(file.owners)] if file.owners else []
    return min((owner for owner in owners if owner is not None), key=lambda owner: owner.number, default=None)


def _late(documents: dict[str, _Document]) -> dict[str, dict[str, tuple[str, int]]]:
    """References whose line was written after the document: id -> cited -> (how, number of the line's commit).

    Whoever reformats a text owns its lines and does not make its references.
    """
    late: dict[str, dict[str, tuple[str, int]]] = {}
    for document in documents.values():
        for named, part in document.named:
            commit = _owner(named, part)
            if commit is not None and part.created is not None and commit.number > part.created.number:
                known = late.setdefault(document.id, {}).get(named.cited)
                if known is None or known[1] > commit.number:
                    late[document.id][named.cited] = (named.how, commit.number)
    return late
