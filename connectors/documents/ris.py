"""RIS (``TY  - JOUR`` to ``ER  -``) and the plain text of the Web of Science (``PT J`` to ``ER``), which cites.

Both are lines with a tag of two characters; what follows without one goes on with the last. Formats: the RIS
specification of Research Information Systems (tags as Zotero, EndNote and JabRef write them); Web of Science field
tags.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from connectors.documents import author_names, publication_dates
from connectors.documents.authors import Mention
from connectors.documents.bibtex import cited
from connectors.documents.identifiers import doi, orcid, pmid
from connectors.documents.library import Library, Record, kind_of
from connectors.documents.publication_dates import Dated

_RIS = re.compile(r"([A-Z][A-Z0-9]) {1,3}- ?(.*)")
_WOS = re.compile(r"([A-Z][A-Z0-9])(?: (.*))?")
#: Kinds of the Web of Science by the first letter of `PT`.
_WOS_KINDS = {"J": "paper", "B": "book", "S": "book", "P": "patent"}
#: No entry has more lines of one tag than a review has references; a hostile one gets no more.
_MOST_LINES = 100_000

Entry = Mapping[str, list[str]]


def looks_like_ris(head: str) -> bool:
    """Whether a file begins like RIS."""
    return bool(re.search(r"^TY {1,3}- ", head, re.MULTILINE))


def looks_like_wos(head: str) -> bool:
    """Whether a file begins like the plain text of the Web of Science."""
    return bool(re.match(r"\s*FN (?:Clarivate|Thomson|ISI)|\s*PT [JBSP]\b", head))


def read(text: str, library: Library, scope: str) -> None:
    """Add the entries of a RIS file to `library`."""
    for entry in _entries(text.splitlines(), _RIS, "TY", library):
        _add(_of_ris(entry, scope), library)


def read_wos(text: str, library: Library, scope: str) -> None:
    """Add the entries of a Web of Science file to `library`."""
    for entry in _entries(text.splitlines(), _WOS, "PT", library):
        _add(_of_wos(entry, scope), library)


def _entries(lines: Iterable[str], pattern: re.Pattern[str], opens: str, library: Library) -> Iterator[Entry]:
    entry: dict[str, list[str]] | None = None
    tag = ""
    for line in lines:
        match = pattern.fullmatch(line.rstrip())
        if match and match[1] == opens:
            if entry:
                library.refuse("entries without an end", "the next one began; they were read as far as they go")
                yield entry
            entry, tag = defaultdict(list), opens
        if entry is None:
            continue
        if match and match[1] == "ER":
            yield entry
            entry = None
        elif match and len(entry[match[1]]) < _MOST_LINES:
            tag = match[1]
            entry[tag].append((match[2] or "").strip())
        elif not match and tag and line.strip() and len(entry[tag]) < _MOST_LINES:
            if pattern is _WOS:
                entry[tag].append(line.strip())
            else:
                entry[tag][-1] = f"{entry[tag][-1]} {line.strip()}".strip()
    if entry:
        library.refuse("entries without an end", "the file ended; they were read as far as they go")
        yield entry


def _add(record: Record | None, library: Library) -> None:
    if record is None:
        library.refuse("entries without title and author", "nothing tells what they are")
    else:
        library.add(record)


def _first(entry: Entry, *tags: str) -> str:
    return next((value for tag in tags for value in entry.get(tag, ()) if value), "")


def _of_ris(entry: Entry, scope: str) -> Record | None:
    names = [line for tag in ("AU", "A1") for line in entry.get(tag, ())]
    kind = kind_of(_first(entry, "TY"))
    if not names and kind == "book":
        names = [line for tag in ("A2", "ED", "A3") for line in entry.get(tag, ())]
    title = _first(entry, "TI", "T1", "CT", "BT")
    mentions = _mentions(names)
    if not title and not mentions:
        return None
    urls = [*entry.get("UR", ()), *entry.get("L2", ())]
    found = doi(_first(entry, "DO", "DI")) or next(filter(None, map(doi, urls)), None)
    ids = [f"doi:{found}"] if found else []
    if "pubmed" in _first(entry, "DB").lower() and (number := pmid(_first(entry, "AN"))):
        ids.append(f"pmid:{number}")
    return Record(
        id=ids[0] if ids else "",
        key=_first(entry, "ID", "U1") if not ids else _first(entry, "ID"),
        scope=scope,
        kind=kind,
        title=title,
        dated=_dated(_first(entry, "DA"), _first(entry, "PY", "Y1", "YR")),
        authors=mentions,
        url=next((url for url in urls if url.lower().startswith(("http://", "https://"))), None),
        volume=_first(entry, "VL"),
        page=_first(entry, "SP"),
        references=[one for line in entry.get("CR", ()) for one in cited(line)],
        aliases=ids[1:],
    )


def _mentions(names: Iterable[str]) -> list[Mention]:
    found = []
    for text in _listed(names):
        name = author_names.parse(text)
        if name.display:
            found.append(Mention(name))
    return found


def _listed(lines: Iterable[str]) -> list[str]:
    """Names; semicolons separate them where a program put all authors on one line."""
    return [name for line in lines for name in author_names.unescaped(line).split(";")]


def _dated(date: str, year: str) -> Dated:
    """The more exact of two dates, if they agree on the year; else the year of publication."""
    one, other = publication_dates.read(date), publication_dates.read(year)
    if other[0] is None or (one[0] is not None and one[0].year == other[0].year and other[1] != "day"):
        return one
    return other


def _of_wos(entry: Entry, scope: str) -> Record | None:
    short, full = (_listed(entry.get(tag, ())) for tag in ("AU", "AF"))
    names = full if len(full) == len(short) and full else short
    title = " ".join(entry.get("TI", ()))
    if not title and not names:
        return None
    ids = {}
    for part in " ".join(entry.get("OI", ())).split(";"):
        who, _, number = part.rpartition("/")
        if number_of := orcid(number):
            ids[author_names.fold(author_names.parse(who).display)] = number_of
    places = _places(entry.get("C1", ()))
    mentions = []
    for text, abbreviated in zip(names, short if len(short) == len(names) else names, strict=True):
        name = author_names.parse(text)
        if name.display:
            shown = author_names.fold(name.display)
            one = ids.get(shown) or ids.get(author_names.fold(author_names.parse(abbreviated).display), "")
            mentions.append(Mention(name, f"orcid:{one}" if one else "", places=tuple(places.get(shown, ()))))
    found = doi(_first(entry, "DI"))
    month, year = _first(entry, "PD"), _first(entry, "PY")
    return Record(
        id=f"doi:{found}" if found else "",
        key=_first(entry, "UT"),
        scope=scope,
        kind=_WOS_KINDS.get(_first(entry, "PT")[:1], "document"),
        title=title,
        dated=_dated(f"{month.split('-')[0].title()} {year}", year),
        authors=mentions,
        url=f"https://doi.org/{found}" if found else None,
        volume=_first(entry, "VL"),
        page=_first(entry, "BP") or _first(entry, "AR"),
        references=[one for line in _whole_references(entry.get("CR", ())) for one in cited(line)],
    )


def _whole_references(lines: Iterable[str]) -> Iterator[str]:
    """References of which a long list of DOIs was broken over lines put together again."""
    held = ""
    for line in lines:
        held = f"{held} {line}".strip()
        if held.count("[") <= held.count("]"):
            yield held
            held = ""
    if held:
        yield held


def _places(lines: Iterable[str]) -> dict[str, list[str]]:
    """Organisations by folded author name, of lines like `[Doe, Jane; Roe, Richard] Univ X, Dept Y, City, Country.`."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        match = re.match(r"\[([^\]]*)\] ([^,]+)", line)
        for name in match[1].split(";") if match else ():
            found[author_names.fold(author_names.parse(name).display)].append(match[2] if match else "")
    return found
