"""Manuscripts beside a bibliography: whoever wrote them cites what they cite by key.

LaTeX (``\\cite{key}`` and its kin, also in the files that are put in, and ``\\citation`` in the ``.aux`` file) and
Markdown as pandoc and Quarto read it (``[@key]``, ``@key``). ``\\nocite`` puts a work on the list without citing it. A
manuscript without a date is taken to be as old as the youngest work that it cites.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from connectors.documents import author_names, latex, markdown, publication_dates, tex
from connectors.documents.authors import Mention
from connectors.documents.blocks import decode
from connectors.documents.csljson import dated as csl_date
from connectors.documents.csljson import person
from connectors.documents.frontmatter import Unreadable, load, split
from connectors.documents.identifiers import orcid
from connectors.documents.library import Cited, Library, Record

#: No manuscript is longer; what is, is data.
_MAX_BYTES = 5 << 20
_MOST_FILES = 5_000
_MARKDOWN = (".md", ".markdown", ".qmd", ".rmd")
_KEY = re.compile(r"(?<![\w@\\])-?@(?:\{([^{}\s]{1,200})\}|(\w(?:[\w:.#$%&+?<>~/-]{0,198}\w)?))")
_AUX = re.compile(r"\\(?:citation|abx@aux@cite(?:\{[^{}]*\})?)\{([^{}]*)\}")
_AUX_INPUT = re.compile(r"\\@input\{([^{}]*)\.aux\}")


def read(folder: Path, library: Library) -> None:
    """Add the manuscripts in a folder to `library`."""
    texts = dict(_texts(folder, library))
    parts: set[str] = set()
    documents: dict[str, tex.Document] = {}
    for path, text in texts.items():
        if path.lower().endswith(".tex"):
            documents[path] = tex.read(text)
    for path, document in documents.items():
        if document.whole:
            keys, used = _gathered(path, documents)
            parts |= used
            # An .aux file does not tell \\nocite from \\cite: it counts where the source does not say.
            keys = keys or _of_aux(f"{path[:-4]}.aux", texts)
            _add(library, path, document.title, document.authors, document.date, keys)
    for path, text in texts.items():
        if path.lower().endswith(".aux") and f"{path[:-4]}.tex" not in texts:
            _add(library, path, Path(path).stem, [], "", _of_aux(path, texts))
        elif path.lower().endswith(_MARKDOWN):
            _of_markdown(library, path, text)
    lost = [path for path, one in documents.items() if not one.whole and path not in parts and one.keys]
    library.refuse("parts of manuscripts", "no manuscript in the folder puts them in", len(lost))


def _texts(folder: Path, library: Library) -> Iterator[tuple[str, str]]:
    """Paths and texts of what may be a manuscript; nothing outside of the folder, no links."""
    number = 0
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(place) / name
            if file.suffix.lower() not in (".tex", ".aux", *_MARKDOWN):
                continue
            number += 1
            if number > _MOST_FILES:
                library.refuse("manuscripts", f"only the first {_MOST_FILES:,} files were looked at")
                return
            try:
                status = file.lstat()
                if not stat.S_ISREG(status.st_mode):
                    continue
                if status.st_size > _MAX_BYTES:
                    library.refuse("manuscripts", f"over {_MAX_BYTES >> 20} MB")
                    continue
                text = decode(file.read_bytes())
            except OSError:
                library.refuse("manuscripts", "the system refused to read them")
                continue
            if text is not None:
                yield file.relative_to(folder).as_posix(), text


def _gathered(path: str, documents: dict[str, tex.Document]) -> tuple[list[str], set[str]]:
    """The keys that a manuscript cites, with those of the files that it puts in, and which these are."""
    keys: list[str] = []
    used: set[str] = set()
    waiting = [path]
    while waiting:
        one = waiting.pop()
        if one in used or one not in documents:
            continue
        used.add(one)
        keys += documents[one].keys
        for name in documents[one].inputs:
            for base in (os.path.dirname(path), os.path.dirname(one)):
                target = os.path.normpath(os.path.join(base, name)).replace(os.sep, "/")
                waiting += [target, f"{target}.tex"]
    return keys, used


def _of_aux(path: str, texts: dict[str, str]) -> list[str]:
    """The keys in an ``.aux`` file and those that it puts in; `*` is ``\\nocite{*}``."""
    keys: list[str] = []
    seen: set[str] = set()
    waiting = [path]
    while waiting:
        one = waiting.pop()
        if one in seen or one not in texts:
            continue
        seen.add(one)
        for line in texts[one].split("\n"):
            for match in _AUX.finditer(line):
                keys += [key.strip() for key in match[1].split(",") if key.strip() not in ("", "*")]
            if found := _AUX_INPUT.match(line):
                waiting.append(os.path.normpath(os.path.join(os.path.dirname(path), f"{found[1]}.aux")))
    return keys


def _of_markdown(library: Library, path: str, text: str) -> None:
    front, body, _ = split(text)
    keys = [match[1] or match[2] for block in markdown.parse(body) for match in _KEY.finditer(block.text)]
    # An @handle is no citation: only what the bibliography knows is.
    keys = [key for key in keys if library.key(key, path)]
    if not keys:
        return
    try:
        header = load(front) if front else {}
    except Unreadable as error:
        library.refuse("headers of manuscripts", str(error))
        header = {}
    title = header.get("title")
    _add(
        library,
        path,
        title if isinstance(title, str) else Path(path).stem,
        list(_front_matter_authors(header.get("author", header.get("authors")))),
        header.get("date", ""),
        keys,
    )


def _front_matter_authors(value: Any) -> Iterator[Mention]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            name, found = author_names.parse(one), None
        elif isinstance(one, dict):
            inner = one.get("name")
            name = person(inner) if isinstance(inner, dict) else person(inner if isinstance(inner, str) else one)
            found = orcid(one.get("orcid"))
        else:
            continue
        if name.display:
            yield Mention(name, f"orcid:{found}" if found else "")


def _add(library: Library, path: str, title: str, authors: Iterable[Mention], date: Any, keys: Iterable[str]) -> None:
    cited = dict.fromkeys(keys)
    if not cited:
        return
    library.add(
        Record(
            id=f"doc:{library.label}:{path}",
            scope=path,
            kind="manuscript",
            title=latex.plain(title) or Path(path).stem,
            dated=csl_date(date) if not isinstance(date, str) else publication_dates.read(latex.plain(date)),
            authors=list(authors),
            path=path,
            references=[Cited(key=key, how="body") for key in cited],
            latest_cited=True,
        )
    )
