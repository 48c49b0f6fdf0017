"""Crossref JSON: answers of its REST API (a work, a list of works) and its public data files.

Format: https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md. `issued` is the earliest publication.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.documents import author_names
from connectors.documents.authors import Mention
from connectors.documents.cited_text import Words
from connectors.documents.identifiers import doi, doi_in, orcid
from connectors.documents.json_items import Item, dict_of, list_of, text_of
from connectors.documents.library import Cited, Record, kind_of
from connectors.documents.publication_dates import UNKNOWN, Dated, of_parts

#: Updates that take a work back.
_RETRACTING = frozenset(("retraction", "withdrawal", "removal"))
#: Where a date of publication stands, best first.
_DATES = ("issued", "published", "published-online", "published-print", "posted", "created")


def looks_like(item: Item) -> bool:
    """Whether an object is a work of Crossref."""
    return "DOI" in item and any(
        name in item for name in ("reference-count", "is-referenced-by-count", "prefix", "member")
    )


def record(item: Item, scope: str = "") -> Record | None:
    """One work; None where it has no DOI."""
    found = doi(text_of(item.get("DOI")))
    if not found:
        return None
    title = text_of(item.get("title"))
    authors = [mention for one in list_of(item.get("author")) if (mention := _mention(dict_of(one)))]
    if not authors:
        authors = [mention for one in list_of(item.get("editor")) if (mention := _mention(dict_of(one)))]
    updates = [dict_of(one) for one in list_of(item.get("update-to"))]
    return Record(
        id=f"doi:{found}",
        key=found,
        scope=scope,
        kind=kind_of(item.get("type")),
        title=title,
        dated=_dated(item),
        authors=authors,
        url=f"https://doi.org/{found}",
        withdrawn=title.lower().startswith(("retracted:", "retracted article:", "withdrawn:")),
        volume=text_of(item.get("volume")),
        page=text_of(item.get("page")) or text_of(item.get("article-number")),
        references=references(item.get("reference")),
        undone=[
            f"doi:{other}"
            for one in updates
            if text_of(one.get("type")) in _RETRACTING and (other := doi(text_of(one.get("DOI"))))
        ],
    )


def _dated(item: Item) -> Dated:
    for name in _DATES:
        parts = list_of(dict_of(item.get(name)).get("date-parts"))
        when = (
            of_parts(parts[0])
            if parts and isinstance(parts[0], Sequence) and not isinstance(parts[0], str)
            else UNKNOWN
        )
        if when[0] is not None:
            return when
    return UNKNOWN


def _mention(author: Item) -> Mention | None:
    if organisation := text_of(author.get("name")):
        name = author_names.body(organisation)
    else:
        name = author_names.of_parts(
            text_of(author.get("given")), text_of(author.get("family")), text_of(author.get("suffix"))
        )
    if not name.display:
        return None
    found = orcid(text_of(author.get("ORCID")))
    places = (text_of(dict_of(place).get("name")) for place in list_of(author.get("affiliation")))
    return Mention(name, f"orcid:{found}" if found else "", places=tuple(filter(None, places)))


def references(value: Any) -> list[Cited]:
    """A list of references: by DOI where one was matched or stands in the text, else by what they say."""
    found = []
    for one in map(dict_of, list_of(value)):
        text = text_of(one.get("unstructured"))
        matched = doi(text_of(one.get("DOI"))) or doi_in(text)
        if matched:
            found.append(Cited(id=f"doi:{matched}"))
            continue
        author = text_of(one.get("author"))
        name = author_names.parse(author)
        title = text_of(one.get("article-title")) or text_of(one.get("volume-title"))
        family = author if len(author.split()) == 1 else name.family
        words = Words(
            "" if family and title else text,
            family,
            text_of(one.get("year"))[:4],
            title,
            text_of(one.get("volume")),
            text_of(one.get("first-page")),
        )
        if words != Words():
            found.append(Cited(words=words))
    return found
