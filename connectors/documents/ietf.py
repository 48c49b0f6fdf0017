"""The IETF's series: the index of the RFC Editor (``rfc-index.xml``), and RFCs and drafts as XML (RFC 7991)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors.documents import author_names, publication_dates, safe_xml
from connectors.documents.authors import Mention, tell_apart
from connectors.documents.bylines import plain_address
from connectors.documents.common import Author, Work
from connectors.documents.parsed import Named, Parsed, Refused
from connectors.documents.series import Series

_PATH = re.compile(r"(?:.*/)?(?:rfc-index|rfc-?\d+|draft-[a-z0-9-]+)\.xml")
_DOCUMENT = re.compile(r"RFC0*(\d{1,5})", re.IGNORECASE)
_DRAFT = re.compile(r"(draft-[a-z0-9-]+?)(?:-(?:\d\d|latest))?(?:\.\w+)?", re.IGNORECASE)
_INCLUDED = re.compile(
    r"reference\.(?:RFC\.0*(\d{1,5})|I-D\.((?:draft-)?[a-z0-9-]+?))(?:-\d\d)?(?:\.xml)?\Z", re.IGNORECASE
)
_NO_HEADER = "documents without a readable header"


class Ietf(Series):
    """``rfc-index.xml``, ``rfc9110.xml``, ``draft-ietf-quic-http.xml``."""

    name = "ietf"
    in_history = False
    withdrawn = Series.withdrawn | {"historic"}

    def id_of(self, path: str) -> str | None:
        """The file's own name: what is in it, only its text says."""
        return path if _PATH.fullmatch(path) else None

    def parse(self, path: str, text: str) -> list[Parsed]:
        """Every entry of an index, or the one document."""
        try:
            root = safe_xml.parse(text)
        except safe_xml.Unreadable as error:
            raise Refused("documents that cannot be parsed", str(error)) from None
        if root.name == "rfc-index":
            return [parsed for entry in root.children if entry.name == "rfc-entry" for parsed in _entry(entry)]
        if root.name == "rfc":
            return [_document(root)]
        raise Refused(_NO_HEADER, f"neither an index nor an RFC, but <{root.name[:40]}>")

    def settle(self, works: list[Work]) -> None:
        """Tell authors apart who are named by initials only, as all are in the index."""
        bylines = [
            [
                Mention(author_names.parse(author.name or ""), "" if author.key.startswith("author:") else author.key)
                for author in work.authors
            ]
            for work in works
        ]
        told = tell_apart([work.id for work in works], bylines)
        for work, keys in zip(works, told.keys, strict=True):
            for author, key in zip(work.authors, keys, strict=True):
                author.key = key
                if author.email is None:
                    author.name = told.names.get(key, author.name)


def _entry(entry: safe_xml.Element) -> Iterator[Parsed]:
    number = _DOCUMENT.fullmatch(entry.words("doc-id"))
    if number is None:
        return
    artifact = f"rfc:{int(number[1])}"
    status = entry.words("current-status")
    work = Work(
        id=artifact,
        kind="rfc",
        title=entry.words("title"),
        status=status or None,
        url=f"https://www.rfc-editor.org/info/rfc{int(number[1])}",
        authors=[
            Author(f"author:{name}", name)
            for child in entry.children
            if child.name == "author" and (name := child.words("name"))
        ],
        withdrawn=status.lower() == "historic" or entry.first("obsoleted-by") is not None,
    )
    work.created, work.precision = _date(entry.first("date"))
    named = []
    for relation in ("obsoletes", "updates", "see-also"):
        element = entry.first(relation)
        for child in element.children if element is not None else ():
            if cited := _DOCUMENT.fullmatch(child.words()):
                named.append(Named(f"rfc:{int(cited[1])}", relation, (child.line,)))
    aliases = [f"doi:{doi.lower()}" for doi in [entry.words("doi")] if doi]
    draft = _DRAFT.fullmatch(entry.words("draft"))
    if draft:
        aliases.append(f"draft:{draft[1].lower()}")
    yield Parsed(artifact, work, named, aliases)


def _document(root: safe_xml.Element) -> Parsed:
    front = root.first("front")
    number = root.attributes.get("number", "")
    draft = _DRAFT.fullmatch(root.attributes.get("docName", ""))
    if front is None or not (number.isdigit() or draft):
        raise Refused(_NO_HEADER, "no number or name of a draft, or no front")
    artifact = f"rfc:{int(number)}" if number.isdigit() else f"draft:{draft[1].lower()}" if draft else ""
    aliases = [f"draft:{draft[1].lower()}"] if draft and number.isdigit() else []
    status = root.attributes.get("category", "")
    work = Work(
        id=artifact,
        kind="rfc" if number.isdigit() else "draft",
        title=front.words("title"),
        status=status or None,
        url=f"https://www.rfc-editor.org/info/rfc{int(number)}"
        if number.isdigit()
        else f"https://datatracker.ietf.org/doc/{artifact.partition(':')[2]}/",
        authors=[author for child in front.children if child.name == "author" and (author := _author(child))],
        withdrawn=status.lower() in Ietf.withdrawn,
    )
    work.created, work.precision = _date(front.first("date"))
    named: dict[tuple[str, str], Named] = {}
    for relation in ("obsoletes", "updates"):
        for word in re.findall(r"\d{1,5}", root.attributes.get(relation, "")):
            named.setdefault((f"rfc:{int(word)}", relation), Named(f"rfc:{int(word)}", relation, (root.line,)))
    for references in root.all("references"):
        title = (
            references.words("name") or references.attributes.get("title", "") or references.words("title")
        ).lower()
        how = "normative" if "normative" in title else "informative" if "informative" in title else "body"
        for child in references.children:
            for cited in _cited(child):
                named.setdefault((cited, how), Named(cited, how, (child.line,)))
    return Parsed(artifact, work, list(named.values()), aliases)


def _cited(element: safe_xml.Element) -> Iterator[str]:
    """What an entry of a list of references stands for; a group of them stands for several."""
    if element.name == "referencegroup":
        for child in element.children:
            yield from _cited(child)
        return
    if element.name == "include":
        match = _INCLUDED.search(element.attributes.get("href", ""))
        if match:
            draft = (match[2] or "").lower()
            yield (
                f"rfc:{int(match[1])}"
                if match[1]
                else f"draft:{draft if draft.startswith('draft-') else 'draft-' + draft}"
            )
        return
    if element.name != "reference":
        return
    named = {
        info.attributes.get("name", "").lower(): info.attributes.get("value", "") for info in element.all("seriesInfo")
    }
    number = named.get("rfc", "").strip().lower().removeprefix("rfc").strip()
    draft = _DRAFT.fullmatch(named.get("internet-draft", "").strip())
    anchor = _DOCUMENT.fullmatch(element.attributes.get("anchor", ""))
    if number.isascii() and number.isdigit():
        yield f"rfc:{int(number)}"
    elif draft:
        yield f"draft:{draft[1].lower()}"
    elif named.get("doi"):
        yield f"doi:{named['doi'].strip().lower()}"
    elif anchor:
        yield f"rfc:{int(anchor[1])}"


def _author(element: safe_xml.Element) -> Author | None:
    name = " ".join(element.attributes.get("fullname", "").split()) or " ".join(
        f"{element.attributes.get('initials', '')} {element.attributes.get('surname', '')}".split()
    )
    email = plain_address(element.words("address", "email"))
    if "@" in email:
        return Author(f"{name} <{email}>", name or None, email)
    name = name or element.words("organization")
    return Author(f"author:{name}", name) if name else None


def _date(element: safe_xml.Element | None) -> publication_dates.Dated:
    if element is None:
        return publication_dates.UNKNOWN
    parts = []
    for name in ("year", "month", "day"):
        value: object = element.words(name) or element.attributes.get(name, "")
        if name == "month":
            value = publication_dates.month(value)
        if not value:
            break
        parts.append(value)
    return publication_dates.of_parts(parts)
