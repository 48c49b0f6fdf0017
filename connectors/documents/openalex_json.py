"""OpenAlex works: what its API answers with and its snapshots hold, one object a work.

Format: https://docs.openalex.org/api-entities/works/work-object. Everything in it has an id of OpenAlex, and so has
what a work cites; so works are called ``openalex:W...``, also where a DOI is known.
"""

from __future__ import annotations

from typing import Any

from connectors.documents import author_names, publication_dates
from connectors.documents.author_names import PersonName
from connectors.documents.authors import Mention, tell_apart
from connectors.documents.common import Reference, Work
from connectors.documents.identifiers import doi, openalex, orcid
from connectors.documents.json_items import Item, dict_of, list_of, text_of
from connectors.documents.library import Cited, Record, kind_of
from connectors.documents.publication_dates import Dated

#: Ids that OpenAlex gives to everything it deleted: they stand for nobody and nothing.
DELETED = frozenset(("A9999999999", "A5317838346", "W4285719527"))


def looks_like(item: Item) -> bool:
    """Whether an object is a work of OpenAlex."""
    return openalex(item.get("id"), "W") is not None or "authorships" in item or "referenced_works" in item


def record(item: Item, scope: str = "") -> Record | None:
    """One work; None where it has no id, or is one that OpenAlex deleted."""
    found = openalex(item.get("id"), "W", bare=True)
    if found is None or found in DELETED:
        return None
    retracted = item.get("is_retracted") is True
    biblio = dict_of(item.get("biblio"))
    return Record(
        id=f"openalex:{found}",
        key=found,
        scope=scope,
        kind=kind_of(item.get("type")),
        title=text_of(item.get("title")) or text_of(item.get("display_name")),
        dated=_dated(item),
        authors=[mention for one in list_of(item.get("authorships")) if (mention := _mention(dict_of(one)))],
        unnamed=item.get("is_authors_truncated") is True,
        url=text_of(item.get("doi")) or f"https://openalex.org/{found}",
        status="Retracted" if retracted else None,
        withdrawn=retracted,
        volume=text_of(biblio.get("volume")),
        page=text_of(biblio.get("first_page")),
        references=[
            Cited(id=f"openalex:{one}")
            for one in (openalex(value, "W", bare=True) for value in list_of(item.get("referenced_works")))
            if one and one not in DELETED
        ],
        aliases=[f"doi:{one}"] if (one := doi(text_of(item.get("doi")))) else [],
    )


def work(item: Item) -> Work | None:
    """One work by itself; None as `record`.

    Authors without an id of OpenAlex who are known by initials only stay apart from everybody, because what tells them
    together is in other works: where all are at hand, `connectors.documents.library.Library` looks at it.
    """
    made = record(item)
    if made is None:
        return None
    created, precision = made.dated
    return Work(
        id=made.id,
        kind=made.kind,
        title=made.title or "(no title)",
        created=created,
        status=made.status,
        url=made.url,
        authors=tell_apart([made.id], [made.authors]).byline(0),
        references=[Reference(cited.id, cited.how) for cited in made.references],
        withdrawn=made.withdrawn,
        precision=precision,
    )


def _dated(item: Item) -> Dated:
    """The date of publication; the first of January mostly means that only the year is known, a first the month."""
    text = text_of(item.get("publication_date"))
    when = publication_dates.read(text)
    if when[0] is None:
        year = item.get("publication_year")
        return publication_dates.of_parts([year]) if year else publication_dates.UNKNOWN
    if when[1] == "day" and when[0].day == 1:
        return publication_dates.of_parts([when[0].year, *([when[0].month] if when[0].month > 1 else [])])
    return when


def _mention(authorship: Item) -> Mention | None:
    author = dict_of(authorship.get("author"))
    number = openalex(author.get("id"), "A", bare=True)
    own = f"openalex:{number}" if number and number not in DELETED else ""
    found = orcid(text_of(author.get("orcid"))) if own else None
    name = _name(text_of(author.get("display_name")) or text_of(authorship.get("raw_author_name")), bool(own))
    if not name.display and not own:
        return None
    places: list[Any] = [dict_of(one).get("id") for one in list_of(authorship.get("institutions"))]
    at = tuple(one for place in places if (one := openalex(place, "I", bare=True)))
    return Mention(name, f"orcid:{found}" if found else own, own if found else "", at)


def _name(text: str, identified: bool) -> PersonName:
    """A name; what would be nobody's keeps its words where an id says that it is somebody's."""
    name = author_names.parse(text)
    return name if name.display or not identified else PersonName(author_names.tidy(text))
