"""Trees of documents in Markdown, reStructuredText, AsciiDoc or HTML: who wrote each, and which of them it links to.

See docs/markup.md for what counts as a reference and who as an author.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from connectors.documents import publication_dates
from connectors.documents.addresses import bases_of
from connectors.documents.bounded import Bounded, GaveUp
from connectors.documents.common import Author, Corpus, Reference, Work
from connectors.documents.files import File, Tree, open_tree
from connectors.documents.furniture import Furniture, Linked, line_of_words
from connectors.documents.links import MISSING, REASONS, REFUSED, Places
from connectors.documents.pages import Page, Pointer
from connectors.documents.parsing import MARKUPS, parse, suffix_of
from connectors.git.history import Commit, moment
from connectors.git.paths import PathRules, generated_header
from influence.robots import classify
from influence.schema import Progress, no_progress

__all__ = ["is_document", "parse", "read_tree"]

#: Who owns a smaller share of a document's lines corrected it; nobody becomes an author by that.
LEAST_SHARE = 0.05
#: What is looked at of a line.
_LONGEST_ROW = 5_000
_WITHDRAWN = ("withdrawn", "rejected", "superseded", "obsolete", "deprecated", "abandoned", "replaced")


@dataclass(slots=True)
class _Document:
    """A document between its parsing and the resolution of its links."""

    file: File
    page: Page
    authors: list[Author]
    shares: list[float] | None
    entered: list[Commit | None]
    lines: list[int]


def is_document(path: str) -> bool:
    """Whether a file at `path` is read as a document: by its suffix, outside of hidden folders.

    >>> is_document("design/a.md"), is_document(".github/a.md"), is_document("a.py")
    (True, False, False)
    """
    return suffix_of(path) in MARKUPS and not any(part.startswith(".") for part in path.split("/"))


def read_tree(
    path: str | os.PathLike[str] | Tree,
    *,
    ref: str | None = None,
    base_urls: Iterable[str] = (),
    undated: dt.datetime | None = None,
    source: str | None = None,
    progress: Progress = no_progress,
) -> Corpus:
    """Read a folder of documents, plain or in git (bare repositories too).

    Parameters
    ----------
    path
        The folder, or the tree that `files.open_tree` made of it.
    ref
        Branch, tag or commit to read; HEAD by default.
    base_urls
        Where the documents are published: see `addresses.bases_of`.
    undated
        When documents were written that neither a header nor git dates; None: not known.
    source
        Name of the source; ``documents:`` and the tree's label by default.
    progress
        Told how far it is.

    Raises
    ------
    influence.errors.InputError
        When the folder cannot be read or a base URL is none.
    """
    urls = list(base_urls)
    bases = bases_of(urls)
    tree = path if isinstance(path, Tree) else open_tree(path, ref)
    corpus = Corpus(
        source or f"documents:{tree.label}",
        tree.label,
        str(tree.location),
        "documents",
        repository=tree.repository,
        url=tree.url,
        options={
            "format": "markup",
            "ref": ref,
            "base_urls": urls,
            **({"date": f"{undated:%Y-%m-%d}"} if undated else {}),
        },
    )
    corpus.plain, corpus.undated = not tree.in_git, undated
    documents = _parse_all(tree, corpus, progress)
    places = Places(documents, tree.names, bases, (tree.url, _folder_of(tree)) if tree.url else None)
    for name, document in documents.items():
        places.learn(name, document.page)
    _Judge(tree, corpus, documents, places).judge()
    for (what, why), count in tree.problems.items():
        corpus.refuse(what, why, count)
    return corpus


def _folder_of(tree: Tree) -> str:
    """The folder of the repository that the tree is, '' for all of it; a repository's name has no slash."""
    return tree.label.partition("/")[2] if tree.in_git else ""


# -- reading ---------------------------------------------------------------------------------------------------------


def _wanted(tree: Tree, corpus: Corpus) -> set[str]:
    """The paths that are read."""
    rules = PathRules.default()
    chosen: set[str] = set()
    for name in tree.names:
        if is_document(name):
            reason = rules.excluded(name)
            if reason is None:
                chosen.add(name)
            else:
                corpus.refuse("documents that nobody here wrote", f"by their path: {reason}")
    made = {name for name in chosen if MARKUPS[suffix_of(name)] == "html_links" and _source_of(name, chosen)}
    corpus.refuse("pages that are made from a document beside them", "the document is read", len(made))
    return chosen - made


def _source_of(name: str, chosen: set[str]) -> bool:
    stem = name.rpartition(".")[0]
    return any(f"{stem}.{suffix}" in chosen for suffix in ("md", "rst", "adoc", "markdown", "asciidoc"))


def _parse_all(tree: Tree, corpus: Corpus, progress: Progress) -> dict[str, _Document]:
    wanted = _wanted(tree, corpus)
    documents: dict[str, _Document] = {}
    seen = 0
    with tree.read(wanted.__contains__, progress) as (files, lines), Bounded(f"{parse.__module__}:parse") as bounded:
        people = lines.history.people if lines is not None else {}
        for file in files:
            seen += 1
            progress("parsing documents", seen, len(wanted))
            text = file.text
            if text is None or file.data.startswith(b"-----BEGIN PGP"):
                corpus.refuse("files that are no text", "they have zero bytes in them, or are signatures")
                continue
            if generated_header(file.data[:8_000].split(b"\n")[:12]):
                corpus.refuse("documents that nobody here wrote", "they say that a program made them")
                continue
            try:
                page: Page = bounded(file.path, text)
            except GaveUp as error:
                corpus.refuse("documents that cannot be parsed", str(error))
                continue
            rows = text.split("\n")
            lines_of = {number: line_of_words(rows[number]) for number in {pointer.first for pointer in page.pointers}}
            entered = [_entered(file.owners, rows, pointer) for pointer in page.pointers]
            authors, shares = (page.people, None) if page.people else _owners(file, rows, people, corpus)
            for trouble in page.troubles:
                corpus.refuse(trouble, "the rest of the document is kept")
            file.data, file.owners = b"", None
            documents[file.path] = _Document(
                file, page, authors, shares, entered, [lines_of[pointer.first] for pointer in page.pointers]
            )
    return documents


def _owners(
    file: File, rows: Sequence[str], people: dict[str, Any], corpus: Corpus
) -> tuple[list[Author], list[float] | None]:
    """Who owns the document's lines, and each one's share of those whose owner is known.

    Lines with nothing on them count for nobody; the line of a commit with several authors in parts; robots are left
    out.
    """
    lines: Counter[str] = Counter()
    for owner, row in zip(file.owners or (), rows, strict=False):
        if owner is not None and row.strip():
            humans = [key for key in owner.authors if _is_person(people, key)]
            for key in humans:
                lines[key] += 1 / len(humans)  # type: ignore[assignment]
    whole = sum(lines.values())
    if not whole:
        return [], None
    kept = {key: amount for key, amount in lines.items() if amount >= LEAST_SHARE * whole} or dict(lines)
    corpus.refuse(
        f"people with under {LEAST_SHARE:.0%} of a document's lines",
        "who corrects a document is not its author",
        len(lines) - len(kept),
    )
    ranked = sorted(kept, key=lambda key: (-kept[key], key))
    return [_author(people, key) for key in ranked], [kept[key] for key in ranked]


def _is_person(people: dict[str, Any], key: str) -> bool:
    person = people.get(key)
    return person is not None and classify(person.name, person.email) == "person"


def _author(people: dict[str, Any], key: str) -> Author:
    person = people[key]
    return Author(key, person.name or None, person.email or None)


def _entered(owners: Sequence[Commit | None] | None, rows: Sequence[str], pointer: Pointer) -> Commit | None:
    """The commit that wrote the line in which a link stands.

    Where a block has several lines and none shows the target (it stands in a definition elsewhere), the latest of them:
    since then at the latest the link has been there.
    """
    if not owners:
        return None
    span = range(pointer.first, min(pointer.last, len(rows), len(owners)))
    if len(span) > 1:
        span = next((range(n, n + 1) for n in span if pointer.target in rows[n][:_LONGEST_ROW]), span)
    known = [owner for number in span if (owner := owners[number]) is not None]
    return max(known, key=lambda commit: commit.number, default=None)


# -- judging ---------------------------------------------------------------------------------------------------------


class _Judge:
    """Turns documents into works: which of their links are references."""

    def __init__(self, tree: Tree, corpus: Corpus, documents: dict[str, _Document], places: Places) -> None:
        self.tree = tree
        self.corpus = corpus
        self.documents = documents
        self.linked = {
            name: Linked(
                document.page,
                [places.find(pointer, name, document.page.base) for pointer in document.page.pointers],
                document.lines,
            )
            for name, document in documents.items()
        }
        self._furniture = Furniture(self.linked)

    def judge(self) -> None:
        """Add every document to the corpus."""
        for name in sorted(self.documents):
            work = self._work(name, self.documents[name])
            work.references = list(self._references(name))
            self.corpus.add(work)

    def id_of(self, path: str) -> str:
        """The artifact id of a document."""
        return f"doc:{self.tree.label}:{path}"

    def _references(self, name: str) -> Iterator[Reference]:
        rows = zip(self.linked[name].places, self._furniture.of(name), self.documents[name].entered, strict=True)
        for place, furniture, commit in rows:
            if place.reason in REASONS:
                self.corpus.refuse(*REASONS[place.reason])
                self.corpus.counts["references_refused"] += place.reason in REFUSED
                continue
            cited = place.cited
            if place.path is not None:
                cited = self.id_of(place.path)
            elif place.reason == MISSING:
                cited = self.id_of(place.wanted)
            if cited is None:
                continue
            if furniture:
                if place.path != name:
                    self.corpus.refuse(
                        "links of menus, lists of pages and templates", "they lead about, they do not cite"
                    )
            elif commit is None:
                yield Reference(cited, "body")
            else:
                yield Reference(cited, "body", moment(commit.time), moment(commit.visible))

    def _work(self, name: str, document: _Document) -> Work:
        file, page = document.file, document.page
        stated, precision = publication_dates.read(page.date) if page.date else (None, "day")
        created = visible = stated
        if file.created is not None:
            written, visible = moment(file.created.time), moment(file.created.visible)
            if created is None or created > written:
                created, precision = written, "day"
        status = page.status.strip() if page.status else None
        return Work(
            self.id_of(name),
            "document",
            page.title or name.rpartition("/")[2],
            created,
            visible,
            status,
            self._url(name),
            document.authors,
            document.shares,
            path=name,
            withdrawn=bool(status) and str(status).lower().startswith(_WITHDRAWN),
            precision=precision,
        )

    def _url(self, name: str) -> str | None:
        if not self.tree.url:
            return None
        folder = _folder_of(self.tree)
        path = f"{folder}/{name}" if folder else name
        return f"{self.tree.url}/blob/{self.tree.tip}/{quote(path, errors='replace')}"
