"""What of OpenAlex is asked for: a filter, words, an id, or the address of a list on its site or of its API.

Filters: https://developers.openalex.org/guides/filtering
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlsplit

from connectors.documents.identifiers import doi, orcid
from influence.errors import InputError

HOSTS = ("api.openalex.org", "openalex.org", "www.openalex.org", "explore.openalex.org")
#: Letter of an id -> the filter for the works that belong to it.
BY_LETTER = {
    "A": "authorships.author.id",
    "F": "funders.id",
    "I": "authorships.institutions.lineage",
    "P": "primary_location.source.host_organization_lineage",
    "S": "primary_location.source.id",
    "T": "primary_topic.id",
    "W": "ids.openalex",
}
#: Parameters that say how a list is shown, not what is in it.
_SHOWN = frozenset(("page", "per_page", "per-page", "cursor", "sort", "select", "mailto", "format", "view"))
#: Parameters whose answer is no list of works, or none that can be paged through.
_NO_LIST = ("group_by", "group-by", "sample", "seed", "q")
_SECRET = ("api_key", "api-key", "key", "token")
_IDS = re.compile(r"[AFIPSTW]\d{1,12}(?:\|[AFIPSTW]\d{1,12})*", re.IGNORECASE)
_FILTER = re.compile(r"[a-z][a-z_]*(?:\.[a-z_]+)*:(?=\S)")
#: OpenAlex takes queries of up to 8 kB.
_LONGEST = 8000
_EXAMPLE = "for example authorships.author.id:A5023888391, or words in quotes"


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a list of works, in one order, so that one list has one name."""

    params: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The list's name: a filter as it is, anything else as ``search=words``."""
        if len(self.params) == 1 and self.params[0][0] == "filter":
            return self.params[0][1]
        return "&".join(f"{name}={value}" for name, value in self.params)

    @property
    def url(self) -> str:
        """The list on OpenAlex's site."""
        asked = "&".join(f"{quote(name)}={quote(value, safe=':,|')}" for name, value in self.params)
        return f"https://openalex.org/works?{asked}"


def parse(text: str, host: str) -> Query:
    """What `text` asks for; `host` is the service's own, beside those of OpenAlex.

    Raises
    ------
    influence.errors.InputError
        When it asks for nothing, for something else than a list of works, or holds a key.

    >>> parse("A5023888391", "api.openalex.org").text
    'authorships.author.id:A5023888391'
    >>> parse("https://openalex.org/works?page=2&filter=cites:W1,type:article", "api.openalex.org").text
    'cites:W1,type:article'
    >>> parse("silent leadership", "api.openalex.org").text
    'search=silent leadership'
    """
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise InputError("a query of OpenAlex is a line of text that says which works", _EXAMPLE)
    if one := doi(text):
        return Query((("filter", f"doi:{one}"),))
    if one := orcid(text):
        return Query((("filter", f"authorships.author.orcid:{one}"),))
    if text.lower().startswith(("http://", "https://")):
        return _of_url(text, host)
    if _IDS.fullmatch(text):
        return _of_ids(text)
    if _FILTER.match(text):
        return Query((("filter", text),))
    return Query((("search", text),))


def _of_ids(text: str) -> Query:
    ids = text.upper().split("|")
    if len({one[0] for one in ids}) > 1:
        raise InputError(f"{text} mixes ids of several kinds", "collect them one after the other")
    return Query((("filter", f"{BY_LETTER[ids[0][0]]}:{'|'.join(ids)}"),))


def _of_url(text: str, host: str) -> Query:
    try:
        parts = urlsplit(text)
        asked = parse_qsl(parts.query, keep_blank_values=False, max_num_fields=50)
        own = (parts.hostname or "") in (*HOSTS, host) and parts.username is None
    except ValueError:
        raise InputError("this is no address", _EXAMPLE) from None
    names = [name.lower() for name, _ in asked]
    if any(name in _SECRET for name in names):
        raise InputError("the address holds a key", "leave it out and set OPENALEX_API_KEY instead")
    if not own:
        raise InputError(f"{parts.hostname or 'this'} is not OpenAlex", "give an address of openalex.org")
    if wrong := next((name for name in names if name in _NO_LIST), None):
        raise InputError(f"the address asks for {wrong}, which gives no list of works", "leave that out")
    *before, last = parts.path.strip("/").split("/") or [""]
    if _IDS.fullmatch(last) and len(before) < 2:
        return _of_ids(last)
    kept = tuple(sorted((name, value) for name, value in asked if name.lower() not in _SHOWN and value.strip()))
    if last not in ("", "works") or before or not kept:
        raise InputError("the address is not one of a list of works", "copy it from openalex.org/works, with a filter")
    return Query(kept)
