"""What a path holds: which numbered series, a folder of documents, a bibliography, or tables."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from connectors.documents import bibliography, markup, tables
from connectors.documents.files import Tree, open_tree
from connectors.documents.series import SERIES, Series, series_of
from influence.errors import InputError

#: Every format by name, as the command takes it.
FORMATS = (*SERIES, "markup", *bibliography.FORMATS, "tables")
#: A series is what at least so many files, and this share of all documents, belong to.
_FEWEST = 2
_SHARE = 0.3
_BIBLIOGRAPHIC = (".bib", ".bibtex", ".biblatex", ".ris", ".ciw", ".json", ".jsonl", ".ndjson", ".csljson")


def recognise(path: Path, ref: str | None = None) -> str:
    """The format of what lies at `path`: a file or folder, a repository (bare too) or a folder in one.

    Raises
    ------
    influence.errors.InputError
        When there is nothing at `path`, or nothing in it is known.
    """
    if path.is_dir() and tables.recognise(path):
        return "tables"
    tree = open_tree(path, ref)
    found = of_tree(tree)
    if found is None:
        raise InputError(
            f"{path} holds no documents that can be recognised", f"say with --format what it is: {', '.join(FORMATS)}"
        )
    return found


def of_tree(tree: Tree) -> str | None:
    """The format of an opened tree; None where there is none."""
    place = tree.location
    if place.is_file():
        if series_of("ietf").claims(tree.names[0]):
            return "ietf"
        return bibliography.recognise(place) or ("markup" if markup.is_document(tree.names[0]) else None)
    documents = sum(markup.is_document(name) for name in tree.names)
    # The more special series come first: an RFC's number may look like that of a decision.
    counts = Counter({name: _claimed(series_of(name), tree.names) for name in SERIES})
    best = max(SERIES, key=lambda name: counts[name])
    if counts[best] >= max(_FEWEST, _SHARE * documents) or (counts[best] and counts[best] >= documents):
        return best
    files = sum(name.lower().endswith(_BIBLIOGRAPHIC) for name in tree.names)
    if files >= documents and (found := bibliography.recognise(place)):
        return found
    if documents:
        return "markup"
    return bibliography.recognise(place) if files else None


def _claimed(series: Series, names: list[str]) -> int:
    return sum(series.claims(name) for name in names)
