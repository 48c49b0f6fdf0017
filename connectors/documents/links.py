"""Where the links of a tree of documents lead: to a document of it, to one of a known series, or nowhere that counts.

A link is text written by strangers. It is compared with the list of paths that the tree has; nothing is ever opened
because a link names it.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urljoin

from connectors.documents import identifiers, mentions
from connectors.documents.addresses import address, below, normal, raw_address
from connectors.documents.pages import LONGEST_TARGET, Page, Pointer
from connectors.documents.parsing import MARKUPS, suffix_of

OUTSIDE, MACHINE, SCRIPT, AMBIGUOUS, OVERLONG = "outside", "machine", "script", "ambiguous", "overlong"
ELSEWHERE, FILE, MISSING = "elsewhere", "file", "missing"
#: Why a link stands for no reference: what, and why. The first five are refused, the next two never were references.
REASONS: Mapping[str, tuple[str, str]] = {
    OUTSIDE: ("links out of the tree", "nothing outside of it is read"),
    MACHINE: ("links to files of a machine", "only what lies in the tree is read"),
    SCRIPT: ("links that run a script", "they lead to no document"),
    AMBIGUOUS: ("links that fit several documents", "which one is meant is not known"),
    OVERLONG: ("links that are too long", f"over {LONGEST_TARGET:,} characters"),
    ELSEWHERE: ("links to other places", "no base URL makes them documents of this tree"),
    FILE: ("links to files and folders of the tree that are no documents", "images and code are not cited"),
}
REFUSED = frozenset((OUTSIDE, MACHINE, SCRIPT, AMBIGUOUS, OVERLONG))

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+-]*):")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\[^\\]")
_SCRIPTS = frozenset(("javascript", "vbscript", "data", "livescript", "mocha"))
_FORGE_PATH = re.compile(r"/(?:-/)?(?:blob|tree|raw|blame|edit|src/(?:branch|commit|tag))/([^/]+)/(.+)")
#: What a folder's address shows.
_FOLDER_PAGES = ("index", "readme", "_index", "home")
_SUFFIXES = tuple(MARKUPS)
#: Folders inside of folders that people make.
_DEEPEST = 40
#: Paths whose document is remembered before the memory is emptied.
_REMEMBERED = 200_000
_PUBLISHED = frozenset(("html", "htm", "xhtml", "php", "aspx"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link leads.

    Attributes
    ----------
    path
        A document of the tree, or None.
    cited
        The id of a work of a known series (``rfc:9110``), or None.
    reason
        A key of `REASONS`, ``missing`` (no document of that path or name), or '' for what needs no counting: places
        in the same document, mail addresses.
    wanted
        For ``missing``: what it would be.
    """

    path: str | None = None
    cited: str | None = None
    reason: str = ""
    wanted: str = ""


_NOWHERE = Place()


class Places:
    """Finds where links lead.

    Parameters
    ----------
    documents
        Paths of the documents.
    files
        Paths of all files of the tree, documents among them.
    bases
        (address, folder): where documents are published; see `addresses.bases_of`.
    forge
        (address of the repository's web page, folder of the tree in it), or None.
    """

    def __init__(
        self,
        documents: Collection[str],
        files: Iterable[str] = (),
        bases: Sequence[tuple[str, str]] = (),
        forge: tuple[str, str] | None = None,
    ) -> None:
        self._documents = set(documents)
        self._files = set(files) | self._documents
        self._folders = {folder for path in self._files for folder in _folders(path)}
        self._bases = sorted(((address(url), folder) for url, folder in bases), key=lambda base: -len(base[0]))
        self._forge = (address(forge[0]), forge[1]) if forge else None
        self._folded: dict[str, list[str]] = defaultdict(list)
        self._stems: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._documents):
            self._folded[path.casefold()].append(path)
            self._stems[_stem(path)].append(path)
        self._matched: dict[str, str | None] = {}
        self._labels: dict[str, set[str]] = defaultdict(set)
        self._headings: dict[str, set[str]] = defaultdict(set)

    def learn(self, path: str, page: Page) -> None:
        """Remember the labels that a document defines; before any link to a label is looked for."""
        for label in page.labels:
            self._labels[_label(label)].add(path)
        for heading in page.headings:
            self._headings[_label(heading)].add(path)

    def find(self, pointer: Pointer, path: str, base: str = "") -> Place:
        """Where a link in the document at `path` leads; `base` is what its relative links are relative to."""
        target = pointer.target.strip()
        if len(target) > LONGEST_TARGET:
            return Place(reason=OVERLONG)
        if not target:
            return _NOWHERE
        if pointer.how == "id":
            return Place(cited=target)
        if pointer.how == "ref":
            return self._label_place(target, path)
        if pointer.how == "any":
            found = self._find_document(_parts_of(path, target), path)
            return Place(found) if found else self._label_place(target, path)
        if pointer.how == "anchor":
            place = self._label_place(target, path)
            return place if place.path or place.reason == AMBIGUOUS else _NOWHERE
        if pointer.how == "macro":
            return self._page_place(target, path, quiet=True)
        if pointer.how == "wiki":
            return self._wiki_place(target, path)
        if pointer.how == "xref":
            return self._antora_place(target, path) or self._path_place(target, path)
        if base and not _SCHEME.match(target):
            target = urljoin(base, target)
        return self._path_place(target, path)

    # -- paths and addresses -------------------------------------------------------------------------------------------

    def _path_place(self, target: str, path: str) -> Place:
        if _DRIVE.match(target):
            return Place(reason=MACHINE)
        # Browsers ignore these inside of an address, so `java\nscript:` runs.
        target = re.sub(r"[\t\r\n]", "", target).lstrip("\x00 ")
        if target.startswith("//"):
            target = "https:" + target
        scheme = _SCHEME.match(target)
        if scheme:
            name = scheme[1].lower()
            if name in ("http", "https"):
                return self._web_place(target)
            if name in _SCRIPTS:
                return Place(reason=SCRIPT)
            return Place(reason=MACHINE) if name == "file" else _NOWHERE
        bare = unquote(re.split(r"[#?]", target, maxsplit=1)[0], errors="replace").replace("\\", "/")
        if not bare.strip() or "{" in bare:
            # Only a place in the same document; or a template's variable.
            return _NOWHERE
        if "\x00" in bare:
            return Place(reason=OUTSIDE)
        parts = _parts_of(path, bare)
        found = self._find_document(parts, path, absolute=bare.startswith("/"))
        if found is None and not bare.startswith("/"):
            # Where `guide.md` is published as `guide/`, links are written as seen from there.
            inside = normal(f"{path.rpartition('.')[0]}/{bare}")
            found = self._match(inside) if inside else None
            if found is None and MARKUPS.get(suffix_of(path)) == "adoc_links":
                # It may be included by a document in a folder above, and its links are written as seen from there.
                found = self._find_document(_parts_of("", bare), path, absolute=True)
        if found:
            return Place(found)
        return Place(reason=OUTSIDE) if parts is None else self._unmatched("/".join(parts))

    def _find_document(self, parts: list[str] | None, path: str, absolute: bool = False) -> str | None:
        """The document at normal `parts`; the root of an absolute path may be any folder above the document."""
        if parts is None:
            return None
        joined = "/".join(parts)
        if found := self._match(joined):
            return found
        if absolute:
            for folder in reversed(list(_folders(path))):
                if folder and (found := self._match(f"{folder}/{joined}")):
                    return found
        return None

    def _match(self, path: str) -> str | None:
        """The document that a path means: itself, without its suffix, as published, or a folder's page."""
        if path not in self._matched:
            if len(self._matched) >= _REMEMBERED:
                self._matched.clear()
            found = next((candidate for candidate in _candidates(path) if candidate in self._documents), None)
            if found is None and path not in self._files:
                alike = (self._folded.get(candidate.casefold(), ()) for candidate in _candidates(path))
                found = next((same[0] for same in alike if len(same) == 1), None)
            self._matched[path] = found
        return self._matched[path]

    def _unmatched(self, path: str) -> Place:
        if path in self._files or path in self._folders or not path:
            return Place(reason=FILE)
        return Place(reason=MISSING, wanted=path)

    def _web_place(self, target: str) -> Place:
        place = address(target)
        if self._forge and (rest := below(place, self._forge[0])) is not None:
            match = _FORGE_PATH.fullmatch(rest)
            if match is None:
                return Place(reason=ELSEWHERE)
            return self._published(match[2], self._forge[1]) or Place(reason=ELSEWHERE)
        if self._forge and (rest := below(place, raw_address(self._forge[0]))) is not None:
            return self._published(rest.lstrip("/").partition("/")[2], self._forge[1]) or Place(reason=ELSEWHERE)
        for base, folder in self._bases:
            rest = below(place, base)
            if rest is not None:
                path = normal(posixpath.join(folder, rest.lstrip("/")))
                if path is None:
                    return Place(reason=OUTSIDE)
                found = self._match(path)
                return Place(found) if found else self._unmatched(path)
        named = mentions.in_target(target) or (f"doi:{doi}" if (doi := identifiers.doi(target)) else None)
        return Place(cited=named) if named else Place(reason=ELSEWHERE)

    def _published(self, path: str, under: str) -> Place | None:
        """A path of the repository, of which the tree is the folder `under`; None for one that lies beside it."""
        whole = normal(path)
        if whole is None or not f"{whole}/".startswith(f"{under}/" if under else ""):
            return None
        inside = whole[len(under) + 1 :] if under else whole
        found = self._match(inside)
        return Place(found) if found else self._unmatched(inside)

    # -- names ---------------------------------------------------------------------------------------------------------

    def _label_place(self, target: str, path: str) -> Place:
        label = _label(target)
        for known in (self._labels, self._headings):
            holders = known.get(label, ())
            if path in holders:
                return Place(path)
            if len(holders) == 1:
                return Place(next(iter(holders)))
            if holders:
                return Place(reason=AMBIGUOUS)
        # With `autosectionlabel_prefix_document` a heading bears its document's path.
        document, colon, heading = target.partition(":")
        if colon and (found := self._match(document.strip().strip("/"))) and found in self._headings[_label(heading)]:
            return Place(found)
        return Place(reason=MISSING, wanted=f"#{label[:200]}")

    def _page_place(self, name: str, path: str, quiet: bool = False) -> Place:
        """A page by its name: beside the document, in a folder above it, or the only one of that name."""
        name = re.split(r"[#?]", name, maxsplit=1)[0].strip().strip("/")
        if not name:
            return _NOWHERE
        if ".." in name.split("/"):
            return _NOWHERE if quiet else Place(reason=OUTSIDE)
        for folder in _folders(path):
            spelled = f"{folder}/{name}" if folder else name
            for form in dict.fromkeys((spelled, spelled.replace(" ", "-"), spelled.replace(" ", "_"))):
                if found := self._match(form):
                    return Place(found)
        if quiet:
            return _NOWHERE
        holders = self._stems.get(_stem(name), ())
        if len(holders) == 1:
            return Place(holders[0])
        return Place(reason=AMBIGUOUS) if holders else Place(reason=MISSING, wanted=name[:200])

    def _wiki_place(self, target: str, path: str) -> Place:
        """``[[Page|text]]`` of most wikis, ``[[text|Page]]`` of GitHub's."""
        first, bar, second = target.partition("|")
        place = self._page_place(first, path)
        if bar and place.path is None:
            other = self._page_place(second, path)
            place = other if other.path else place
        if place.reason == MISSING and (_SCHEME.match(second or first) or (second or first).startswith("/")):
            return self._path_place((second or first).strip(), path)
        return place

    def _antora_place(self, target: str, path: str) -> Place | None:
        """``version@component:module:page.adoc#id`` of Antora, relative to the pages of a module."""
        bare = target.partition("#")[0].rpartition("@")[2]
        if not bare:
            return self._label_place(target.partition("#")[2], path) if target.partition("#")[2] else _NOWHERE
        above, pages, _ = path.rpartition("/pages/")
        if not pages or ".." in bare.split("/"):
            return None
        *where, page = bare.split(":")
        page = page.rpartition("$")[2]
        if len(where) > 1 and where[0]:
            return None
        module = f"{above.rpartition('/')[0]}/{where[-1]}".lstrip("/") if where and where[-1] else above
        found = self._match(f"{module}/pages/{page}")
        return Place(found) if found else None


def _parts_of(path: str, target: str) -> list[str] | None:
    """The parts of the path that `target` means in the document at `path`; None for one out of the tree."""
    folder = "" if target.startswith("/") else path.rpartition("/")[0]
    joined = normal(f"{folder}/{target}")
    return None if joined is None else [part for part in joined.split("/") if part]


def _candidates(path: str) -> Iterator[str]:
    yield path
    stem, dot, suffix = path.rpartition(".")
    if dot and suffix.lower() in _PUBLISHED:
        yield from (f"{stem}.{other}" for other in _SUFFIXES)
    yield from (f"{path}.{suffix}" for suffix in _SUFFIXES)
    lead = f"{path}/" if path else ""
    yield from (f"{lead}{page}.{suffix}" for page in _FOLDER_PAGES for suffix in _SUFFIXES)


def _folders(path: str) -> Iterator[str]:
    """The folders above a file, the nearest first, '' last; of many, the nearest ones."""
    folder = path.rpartition("/")[0]
    for _ in range(_DEEPEST):
        if not folder:
            break
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _stem(path: str) -> str:
    """A page's name as wikis compare them: without folder and suffix, in any case, ``-`` and ``_`` as spaces."""
    name = path.rpartition("/")[2]
    if suffix_of(name) in MARKUPS:
        name = name.rpartition(".")[0]
    return re.sub(r"[-_\s]+", " ", name).strip().casefold()


def _label(text: str) -> str:
    return " ".join(text.split()).casefold()
