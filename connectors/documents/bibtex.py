"""BibTeX and BibLaTeX: entries, and what they cite where an export or a reference manager says so.

bibtexparser splits a file into entries and goes on after a broken one; what a field means (strings put together, names,
dates, inheritance from `crossref`) follows the BibTeX documentation and the BibLaTeX manual (section 2.2 to 2.4).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names
from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry

from connectors.documents import author_names, publication_dates
from connectors.documents.author_names import NOBODY, PersonName
from connectors.documents.authors import Mention
from connectors.documents.cited_text import of_text
from connectors.documents.identifiers import arxiv, doi, doi_in, orcid, pmid
from connectors.documents.latex import decode, plain
from connectors.documents.library import Cited, Library, Record, kind_of
from connectors.documents.publication_dates import Dated

# Its findings are counted, not printed.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
logging.getLogger("bibtexparser").propagate = False

#: Entries that are no works.
_NO_WORKS = frozenset(("xdata", "set", "bibnote", "control", "ieeetranbstctl", "comment", "string", "preamble"))
#: Where those who put the whole together are its authors.
_EDITED = frozenset(("book", "mvbook", "collection", "mvcollection", "proceedings", "mvproceedings", "reference"))
#: Strings that every style knows.
_MONTHS = {name: name for name in ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")}
#: What a part inherits from the whole it appeared in.
_INHERITED = ("date", "year", "month", "volume")
#: Fields in which exports and reference managers keep what a work cites.
_REFERENCES = ("cites", "references", "cited-references")
_LONGEST_LIST = 2_000_000
#: Strings that stand for strings must not make a small file a large one: so many characters in all come of them.
_MOST_GROWTH = 64 << 20
#: No entry that a human keeps has more fields, or inherits from more.
_MOST_FIELDS = 200
_MOST_PARENTS = 20
_MACRO = re.compile(r"[^\s#{}\",]+")
_PREFIXED = re.compile(r"\s*(given|family|prefix|suffix|useprefix)(?:-i)?\s*=", re.IGNORECASE)
_ANNOTATION = re.compile(r"(\d+)\s*=\s*\"?([^;\"]+)")

Fields = Mapping[str, str]


class Strings(dict[str, str]):
    """What the strings of a file (``@string``) stand for, as long as it does not swell by them.

    Attributes
    ----------
    unused
        How often the name of a string was left to stand for itself.
    """

    def __init__(self) -> None:
        super().__init__(_MONTHS)
        self.unused = 0
        self._left = _MOST_GROWTH

    def put(self, name: str) -> str:
        """What stands in place of a name: itself, where it is no string's."""
        value = self.get(name.lower(), name)
        if len(value) > self._left:
            self.unused += 1
            return name
        self._left -= len(value)
        return value


def read(text: str, library: Library, scope: str) -> None:
    """Add the entries of a file to `library`; a broken entry is refused, the others are kept."""
    parsed = parse_string(text, parse_stack=[])
    strings = Strings()
    for key, string in parsed.strings_dict.items():
        strings[key.lower()] = _value(str(string.value), strings)
    entries: list[tuple[str, str, dict[str, str]]] = []
    for block in parsed.blocks:
        again = (
            block.ignore_error_block if isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)) else None
        )
        entry = block if isinstance(block, Entry) else again
        if isinstance(entry, Entry):
            entries.append((entry.entry_type.lower(), entry.key.strip(), _fields(entry, strings)))
    library.refuse(
        "entries that cannot be read",
        "they break off or have no comma or brace where one must be",
        sum(not isinstance(getattr(block, "ignore_error_block", None), Entry) for block in parsed.failed_blocks),
    )
    library.refuse("uses of strings in place of what they stand for", "they would swell the file", strings.unused)
    by_key: dict[str, Fields] = {}
    for _, key, fields in entries:
        by_key.setdefault(key.lower(), fields)
    keys = {key for _, key, _ in entries}
    for kind, key, fields in entries:
        if kind not in _NO_WORKS:
            _add(library, kind, key, _inherited(fields, by_key), scope, keys)


def _add(library: Library, kind: str, key: str, fields: Fields, scope: str, keys: set[str]) -> None:
    names, unnamed = _names(fields, "author")
    if not names and not unnamed and kind in _EDITED:
        names, unnamed = _names(fields, "editor")
    title = plain(fields.get("title") or fields.get("booktitle") or "")
    if not title and not names:
        library.refuse("entries without title and author", "nothing tells what they are")
        return
    found = doi(plain(fields.get("doi", ""))) or doi(fields.get("url", "").replace("\\", ""))
    preprint = fields.get("eprinttype", fields.get("archiveprefix", "arxiv")).strip().lower() == "arxiv"
    eprint = arxiv(fields.get("eprint", "").replace("\\", "")) if preprint else None
    ids = [f"doi:{one}" for one in (found, eprint) if one]
    if number := pmid(fields.get("pmid", "")):
        ids.append(f"pmid:{number}")
    status = plain(fields.get("pubstate", "")) or None
    library.add(
        Record(
            id=ids[0] if ids else "",
            key=key,
            scope=scope,
            kind=kind_of(kind),
            title=title,
            dated=_dated(fields),
            authors=names,
            unnamed=unnamed,
            url=_url(fields, found),
            status=status,
            withdrawn=title.lower().startswith(("retracted:", "retracted article:", "withdrawn:")),
            volume=plain(fields.get("volume", "")),
            page=plain(fields.get("pages", fields.get("article-number", ""))),
            references=list(_references(fields, keys)),
            aliases=ids[1:],
        )
    )


def _fields(entry: Entry, strings: Strings) -> dict[str, str]:
    """The fields by lower-case name; of a field that stands twice the first."""
    fields: dict[str, str] = {}
    for field in entry.fields[:_MOST_FIELDS]:
        name = field.key.strip().lower()
        if name not in fields and name not in ("abstract", "file", "keywords", "bdsk-file-1"):
            fields[name] = author_names.unescaped(_value(str(field.value), strings))
    return fields


def _value(raw: str, strings: Strings) -> str:
    """A field's value put together: no braces or quotes around it, strings replaced, parts joined (``a # "b"``)."""
    raw = raw.strip()
    if len(raw) > 1 and raw[0] == "{" and _group_end(raw, 0) == len(raw) - 1:
        return raw[1:-1].strip()
    parts: list[str] = []
    at = 0
    while at < len(raw):
        character = raw[at]
        if character in '{"':
            end = _group_end(raw, at) if character == "{" else _quote_end(raw, at)
            parts.append(raw[at + 1 : end])
            at = end + 1
        elif match := _MACRO.match(raw, at):
            parts.append(strings.put(match[0]))
            at = match.end()
        else:
            at += 1
    return "".join(parts).strip()


def _group_end(text: str, start: int) -> int:
    depth = 0
    for at in range(start, len(text)):
        if text[at] in "{}" and (at == 0 or text[at - 1] != "\\"):
            depth += 1 if text[at] == "{" else -1
            if depth == 0:
                return at
    return len(text)


def _quote_end(text: str, start: int) -> int:
    depth = 0
    for at in range(start + 1, len(text)):
        if text[at] in "{}":
            depth += 1 if text[at] == "{" else -1
        elif text[at] == '"' and depth <= 0:
            return at
    return len(text)


def _inherited(fields: Fields, by_key: Mapping[str, Fields]) -> Fields:
    """Fields completed from what `crossref`, `xdata` or `xref` names; an editor of the whole wrote no part of it."""
    for name in ("crossref", "xdata", "xref"):
        for key in fields.get(name, "").split(",")[:_MOST_PARENTS]:
            parent = by_key.get(key.strip().lower())
            if parent is not None and parent is not fields:
                wanted = parent if name == "xdata" else [one for one in _INHERITED if one in parent]
                if "date" in fields or "year" in fields:
                    wanted = [one for one in wanted if one not in ("date", "year", "month")]
                fields = {**{one: parent[one] for one in wanted}, **fields}
    return fields


def _names(fields: Fields, role: str) -> tuple[list[Mention], bool]:
    """The people in a field of names, and whether more are not named."""
    raw = fields.get(role, "")
    if not raw:
        return [], False
    # Names are decoded one by one: a collaboration of thousands is longer than any other field.
    found = [shown for one in split_multiple_persons_names(raw[:_LONGEST_LIST]) if (shown := decode(one)).strip()]
    if len(found) == 1 and ";" in found[0] and "{" not in found[0]:
        # Not BibTeX, but what several programs write.
        found = found[0].split(";")
    unnamed = bool(found) and found[-1].strip().lower() in ("others", "et al.", "et al")
    ids = _identifiers(fields, role)
    mentions = []
    for position, text in enumerate(found, start=1):
        name = _name(text.strip())
        if name.display:
            one = ids.get(str(position)) or ids.get(author_names.fold(name.display), "")
            mentions.append(Mention(name, f"orcid:{one}" if one else ""))
    return mentions, unnamed


def _name(text: str) -> PersonName:
    if text.startswith("{") and _group_end(text, 0) == len(text) - 1:
        return author_names.body(text.replace("{", "").replace("}", ""))
    if _PREFIXED.match(text):
        # BibLaTeX: `family=Berg, given=Jan, prefix=van den`.
        parts = {one.partition("=")[0].strip().lower(): plain(one.partition("=")[2]) for one in text.split(",")}
        family = f"{parts.get('prefix', '')} {parts.get('family', '')}".strip()
        return author_names.of_parts(parts.get("given", ""), family, parts.get("suffix", ""))
    if "{" not in text:
        return author_names.parse(text)
    parsed = parse_single_name_into_parts(text, strict=False)
    first, von, last, jr = (
        " ".join(words).replace("{", "").replace("}", "")
        for words in (parsed.first, parsed.von, parsed.last, parsed.jr)
    )
    return author_names.of_parts(first, f"{von} {last}".strip(), jr) if first or last else NOBODY


def _identifiers(fields: Fields, role: str) -> dict[str, str]:
    """ORCID iDs by position (BibLaTeX's data annotation) or by folded name (Web of Science: `Doe, Jane/0000-...`)."""
    found: dict[str, str] = {}
    for match in _ANNOTATION.finditer(fields.get(f"{role}+an:orcid", "")):
        if one := orcid(match[2].strip()):
            found[match[1]] = one
    for part in re.split(r"[;\n]", plain_lines(fields.get("orcid-numbers", ""))):
        name, slash, number = part.rpartition("/")
        one = orcid(number)
        if slash and one:
            found[author_names.fold(author_names.parse(" ".join(name.split())).display)] = one
    return found


def plain_lines(text: str) -> str:
    """Text without LaTeX, its lines kept."""
    return "\n".join(map(plain, text.split("\n"))) if text else ""


def _dated(fields: Fields) -> Dated:
    when = publication_dates.read(plain(fields.get("date", "")))
    if when[0] is not None:
        return when
    year = publication_dates.read(plain(fields.get("year", "")))
    if year[0] is None or year[1] != "year":
        return year
    text = plain(fields.get("month", "")).replace("~", " ")
    month = publication_dates.month(text) or publication_dates.month(text.split("-")[0])
    days = re.findall(r"(?<!\d)\d{1,2}(?!\d)", text) if not text.isdigit() else []
    if month is None and text:
        words = [word for word in re.split(r"[^\w]+", text) if publication_dates.month(word) and not word.isdigit()]
        month = publication_dates.month(words[0]) if words else None
    day = fields.get("day", "").strip() or (days[0] if len(days) == 1 else "")
    return publication_dates.of_parts([year[0].year, month or 0, day])


def _url(fields: Fields, found: str | None) -> str | None:
    url = fields.get("url", "").replace("\\_", "_").replace("\\", "").strip().strip("{}")
    if url.lower().startswith(("http://", "https://")):
        return url[:2_000]
    return f"https://doi.org/{found}" if found else None


def _references(fields: Fields, keys: set[str]) -> Iterator[Cited]:
    for name in _REFERENCES:
        raw = fields.get(name, "")[:_LONGEST_LIST]
        if not raw:
            continue
        listed = [part.strip() for part in raw.split(",")]
        if name == "cites" or all(part in keys for part in listed if part):
            yield from (Cited(key=part) for part in dict.fromkeys(listed) if part)
            continue
        # Web of Science writes a reference a line, Scopus puts semicolons between them.
        lines = raw.split(";") if raw.count(";") > raw.count("\n") else raw.split("\n")
        for line in map(plain, lines):
            yield from cited(line)


def cited(line: str) -> Iterator[Cited]:
    """A reference in words, by the DOI in it where there is one."""
    line = line.strip(" .;")
    if line:
        found = doi_in(line)
        yield Cited(id=f"doi:{found}") if found else Cited(words=of_text(line))
