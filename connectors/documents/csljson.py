"""CSL-JSON: what Zotero, Mendeley and pandoc write, and what DOI resolvers answer with (those with `reference`).

Specification: Citation Style Language, CSL 1.0.2, appendix on variables; https://citationstyles.org.
"""

from __future__ import annotations

from typing import Any

from connectors.documents import author_names, publication_dates
from connectors.documents.author_names import PersonName
from connectors.documents.authors import Mention
from connectors.documents.bibtex import cited
from connectors.documents.crossref import references as crossref_references
from connectors.documents.identifiers import arxiv, doi, orcid, pmid
from connectors.documents.json_items import Item, dict_of, list_of, text_of
from connectors.documents.library import Cited, Record, kind_of
from connectors.documents.publication_dates import Dated


def looks_like(item: Item) -> bool:
    """Whether an object is an entry of CSL-JSON."""
    return isinstance(item.get("type"), str) and any(name in item for name in ("title", "author", "issued", "DOI"))


def record(item: Item, scope: str = "") -> Record | None:
    """One entry; None where neither a title nor an author tells what it is."""
    title = text_of(item.get("title"))
    names, unnamed = _byline(item.get("author"))
    if not names and not unnamed:
        names, unnamed = _byline(item.get("editor"))
    if not title and not names:
        return None
    found = [f"doi:{one}" for one in (doi(text_of(item.get("DOI"))), _arxiv(item)) if one]
    if number := pmid(text_of(item.get("PMID"))):
        found.append(f"pmid:{number}")
    url = text_of(item.get("URL"))
    return Record(
        id=found[0] if found else "",
        key=text_of(item.get("citation-key")) or text_of(item.get("id")),
        scope=scope,
        kind=kind_of(item.get("type")),
        title=title,
        dated=dated(item.get("issued")),
        authors=names,
        unnamed=unnamed,
        url=url if url.lower().startswith(("http://", "https://")) else None,
        status=text_of(item.get("status")) or None,
        volume=text_of(item.get("volume")),
        page=text_of(item.get("page")),
        references=_references(item),
        aliases=found[1:],
    )


def dated(value: Any) -> Dated:
    """A date variable: `date-parts` (a span's beginning), else `raw` or `literal`, else plain text."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return publication_dates.read(value)
    date = dict_of(value)
    parts = list_of(date.get("date-parts"))
    if parts and isinstance(parts[0], list):
        parts = parts[0]
    when = publication_dates.of_parts(parts)
    for name in ("raw", "literal"):
        if when[0] is None:
            when = publication_dates.read(date.get(name))
    return when


def person(value: Any) -> PersonName:
    """A name variable, or a name in one string."""
    if isinstance(value, str):
        return author_names.parse(value)
    name = dict_of(value)
    literal = text_of(name.get("literal")) or text_of(name.get("name"))
    family, given = text_of(name.get("family")), text_of(name.get("given"))
    if literal and not family:
        return author_names.body(literal)
    before = f"{text_of(name.get('dropping-particle'))} {text_of(name.get('non-dropping-particle'))} {family}"
    return author_names.of_parts(given, before.strip(), text_of(name.get("suffix")))


def _byline(value: Any) -> tuple[list[Mention], bool]:
    mentions = []
    unnamed = False
    for one in list_of(value) if not isinstance(value, (str, dict)) else [value]:
        name = person(one)
        if not name.display:
            unnamed = unnamed or bool(text_of(dict_of(one).get("literal")) or text_of(dict_of(one).get("family")))
            continue
        found = orcid(text_of(dict_of(one).get("ORCID") or dict_of(one).get("orcid")))
        places = tuple(text_of(dict_of(place).get("name")) for place in list_of(dict_of(one).get("affiliation")))
        mentions.append(Mention(name, f"orcid:{found}" if found else "", places=tuple(filter(None, places))))
    return mentions, unnamed


def _arxiv(item: Item) -> str | None:
    number = text_of(item.get("number"))
    return arxiv(number) if number.lower().startswith("arxiv:") else None


def _references(item: Item) -> list[Cited]:
    """A list as Crossref gives it; keys of other entries; or text with a reference a line."""
    value = item.get("reference", item.get("references"))
    if isinstance(value, str):
        return [one for line in value.split("\n") for one in cited(line)]
    listed = list_of(value)
    keys = [Cited(key=one) for one in listed if isinstance(one, str)]
    return keys + crossref_references([one for one in listed if isinstance(one, dict)])
