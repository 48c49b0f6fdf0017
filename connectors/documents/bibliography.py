"""Bibliographies: files of a reference manager, an index or an archive, one by one or all of a folder together.

A folder is one corpus: an entry of one file may cite one of another. Beside the files may lie a table of citations
(`citations.csv`) and manuscripts that cite the entries by their keys.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from connectors.documents import bibtex, crossref, csljson, manuscripts, openalex_json, ris
from connectors.documents.blocks import decode
from connectors.documents.json_items import LONGEST_LINE, Item, items, line_item
from connectors.documents.library import Library, Record
from connectors.documents.tables import pairs
from influence.errors import InputError
from influence.schema import Checkpoint, Progress, no_progress

#: What a file may be; `recognise` tells.
FORMATS = ("bibtex", "csl-json", "ris", "wos", "crossref", "openalex")
#: A larger file is not held in memory; one with an object a line is read line by line, however large.
MAX_BYTES = 100 << 20
MAX_LINES_BYTES = 64 << 30
#: A folder with more files of this kind is no bibliography.
_MOST_FILES = 100_000
_HEAD = 1 << 16
_LOOKED_AT = 20
_BY_SUFFIX = {".bib": "bibtex", ".bibtex": "bibtex", ".biblatex": "bibtex", ".ris": "ris", ".ciw": "wos"}
_JSON = (".json", ".jsonl", ".ndjson", ".csljson")
_LINES = (".jsonl", ".ndjson")
_TEXT = (".txt", ".isi")
_LINKS = ("symbolic links", "what they lead to is read where it lies, if it lies in the tree")
_COMPANIONS = ("citations.csv", "citations.tsv", "citations.parquet")

_Json = tuple[Callable[[Item], bool], Callable[[Item, str], Record | None]]
_OF_JSON: dict[str, _Json] = {
    "openalex": (openalex_json.looks_like, openalex_json.record),
    "crossref": (crossref.looks_like, crossref.record),
    "csl-json": (csljson.looks_like, csljson.record),
}
_OF_TEXT: dict[str, Callable[[str, Library, str], None]] = {
    "bibtex": bibtex.read,
    "ris": ris.read,
    "wos": ris.read_wos,
}


def recognise(path: Path) -> str | None:
    """The format of a file, or of the first file of a folder that has one; None where it is no bibliography."""
    if path.is_dir():
        return next((found for file in _files(path) if (found := recognise(file))), None)
    suffix = path.suffix.lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if suffix not in (*_JSON, *_TEXT):
        return None
    try:
        with path.open("rb") as stream:
            head = decode(stream.read(_HEAD))
    except OSError:
        return None
    if head is None:
        return None
    if suffix in _TEXT:
        return "wos" if ris.looks_like_wos(head) else "ris" if ris.looks_like_ris(head) else None
    return _format_of_json(head)


def _format_of_json(head: str) -> str | None:
    """The format of a JSON text by its first objects, of which the last may be cut off."""
    for item in islice(items(head, _silent), _LOOKED_AT):
        if found := next((name for name, (fits, _) in _OF_JSON.items() if fits(item)), None):
            return found
    # The first work may be longer than what was read: its names tell.
    for name, marks in (
        ("openalex", ('"https://openalex.org/W', '"referenced_works"')),
        ("crossref", ('"reference-count"', '"is-referenced-by-count"')),
    ):
        if any(mark in head for mark in marks):
            return name
    return None


def _silent(what: str, why: str, count: int) -> None:
    """Take no note: the file is read again."""


def read(
    path: Path,
    *,
    format: str | None = None,  # noqa: A002 - as the command calls it
    source: str | None = None,
    label: str | None = None,
    connector: str = "documents",
    options: Mapping[str, Any] | None = None,
    progress: Progress = no_progress,
) -> Checkpoint:
    """Read a bibliography: one file, or every one in a folder.

    Parameters
    ----------
    path
        The file or folder.
    format
        One of `FORMATS`: what all files are; by default each is recognised.
    source, label, connector, options
        As in `influence.schema.Harvest`; source and label come from the path by default.
    progress
        Called after each file.

    Raises
    ------
    influence.errors.InputError
        When there is nothing to read, or nothing in it is an entry.
    """
    path = Path(path)
    label = label or (path.name or path.absolute().name)
    library = Library(source or f"{connector}:{label}", label, str(path), connector, options=options)
    if path.is_dir():
        files = [(file, format or recognise(file)) for file in _files(path, library)]
    elif path.exists():
        files = [(path, format or recognise(path))]
    else:
        raise InputError(f"there is no {path}", "check the path of the bibliography")
    library.refuse(
        "files of no format that is known",
        "--format says what they are, if they are bibliographies",
        sum(found is None for _, found in files),
    )
    known = [(file, found) for file, found in files if found and (format is None or _may_be(file, format, path))]
    for done, (file, found) in enumerate(known, start=1):
        _read_file(file, found, library, file.relative_to(path).as_posix() if path.is_dir() else "")
        progress(f"reading {label}", done, len(known))
    if not library.records:
        raise InputError(
            f"{path} holds no entry of a bibliography that can be read",
            "name a .bib, .ris or .json file (CSL, Crossref, OpenAlex), or a folder of them",
        )
    if path.is_dir():
        _read_companions(path, library)
        manuscripts.read(path, library)
    return library.checkpoint()


def _may_be(file: Path, format: str, named: Path) -> bool:  # noqa: A002
    """Whether a file may be of a format that was forced: the named file is, in a folder those with a fitting name."""
    suffix = file.suffix.lower()
    if file == named:
        return True
    if format in _OF_JSON:
        return suffix in _JSON
    return _BY_SUFFIX.get(suffix) == format or (format in ("ris", "wos") and suffix in _TEXT)


def _files(folder: Path, library: Library | None = None) -> Iterator[Path]:
    """The files under a folder whose names may be those of bibliographies, in order; no links, nothing hidden."""
    number = 0
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if library is not None:
            library.refuse(*_LINKS, sum(os.path.islink(os.path.join(place, name)) for name in folders))
        for name in sorted(names):
            file = Path(place) / name
            if file.suffix.lower() not in (*_BY_SUFFIX, *_JSON, *_TEXT):
                continue
            number += 1
            if number > _MOST_FILES:
                raise InputError(f"{folder} holds over {_MOST_FILES:,} files", "name the folder of the bibliography")
            try:
                mode = file.lstat().st_mode
            except OSError:
                continue
            if stat.S_ISREG(mode):
                yield file
            elif library is not None and stat.S_ISLNK(mode):
                library.refuse(*_LINKS)
            elif library is not None:
                library.refuse("files that are no plain files", "pipes and devices are not read")


def _read_file(file: Path, format: str, library: Library, scope: str) -> None:  # noqa: A002
    before = library.seen
    try:
        size = file.stat().st_size
        lines = format in _OF_JSON and file.suffix.lower() in _LINES
        if size > (MAX_LINES_BYTES if lines else MAX_BYTES):
            library.refuse("files that are too large", f"over {MAX_BYTES >> 20} MB; split them, or write JSON lines")
            return
        if lines:
            _read_json(_of_lines(file, library), format, library, scope)
        else:
            data = file.read_bytes()
            if b"\n" not in data[:_HEAD]:
                data = data.replace(b"\r", b"\n")
            text = decode(data)
            if text is None:
                library.refuse("files that are no text", "they hold zero bytes")
                return
            if format in _OF_TEXT:
                _OF_TEXT[format](text, library, scope)
            else:
                _read_json(items(text, library.refuse), format, library, scope)
    except OSError as error:
        library.refuse("files that cannot be read", error.strerror or "the system refused")
        return
    library.refuse("files without an entry", "nothing in them could be read as one", int(library.seen == before))


def _of_lines(file: Path, library: Library) -> Iterator[Item]:
    with file.open("rb") as stream:
        while line := stream.readline(LONGEST_LINE):
            text = decode(line)
            if text is not None and (item := line_item(text, library.refuse)):
                yield item


def _read_json(found: Iterable[Item], format: str, library: Library, scope: str) -> None:  # noqa: A002
    for item in found:
        record = _OF_JSON[format][1](item, scope)
        if record is None:
            library.refuse("entries without title and author", "nothing tells what they are")
        else:
            library.add(record)


def _read_companions(folder: Path, library: Library) -> None:
    """Citations in a table beside the files: two columns, citing and cited, by key, DOI or id."""
    for name in _COMPANIONS:
        file = folder / name
        if file.is_file() and not file.is_symlink():
            for citing, cited in pairs(file, library.refuse):
                library.cite(citing, cited)
