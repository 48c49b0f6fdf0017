"""Identifiers as bibliographies write them, in one form each, so that two files that name one thing meet."""

from __future__ import annotations

import re
from urllib.parse import unquote

from connectors.documents.common import GLOBAL_SCHEMES

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_DOI_PREFIX = re.compile(r"(?:https?://)?(?:www\.|dx\.)?doi\.org/|(?:urn:|info:)?doi[:/]\s*|doi\s+", re.IGNORECASE)
_IN_TEXT = re.compile(r"(?<![\w.])10\.\d{4,9}(?:\.\d+)*/[^\s\"<>{}|\\^`]+")
_ARXIV = re.compile(
    r"(?:https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv\s*:\s*)?(\d{4}\.\d{4,5}|[a-z][a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?",
    re.IGNORECASE,
)
_ORCID = re.compile(
    r"(?:https?://)?(?:www\.)?(?:orcid(?:\.org)?[:/])?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])", re.IGNORECASE
)
_OPENALEX = re.compile(
    r"(?:https?://(?:api\.)?openalex\.org/(?:works/|authors/)?|openalex:)([WAI])(\d{1,12})", re.IGNORECASE
)
_BARE = re.compile(r"([WAI])(\d{1,12})")
_PMID = re.compile(r"(?:pmid:?\s*|https?://pubmed\.ncbi\.nlm\.nih\.gov/)?(\d{1,9})/?", re.IGNORECASE)
#: No identifier is longer; a hostile one gets no more.
_LONGEST = 500
#: Ids of numbered series.
_NUMBERED = re.compile(r"(?:pep|eip|bip|kep|rust-rfc|rfc):\d{1,6}", re.ASCII)
_PAIRS = {")": "(", "]": "["}


def doi(text: object) -> str | None:
    """A DOI in lower case without what stands before it (its resolver, ``doi:``); None for what is none.

    >>> doi("https://doi.org/10.1000/ABC.1"), doi("doi: 10.1000%2Fabc"), doi("10.1000")
    ('10.1000/abc.1', '10.1000/abc', None)
    """
    if not isinstance(text, str) or "10." not in text:
        return None
    bare = text[:_LONGEST].strip()
    if match := _DOI_PREFIX.match(bare):
        bare = bare[match.end() :]
    if "%" in bare:
        bare = unquote(bare, errors="replace")
    bare = bare.strip()
    return _trimmed(bare).lower() if _DOI.fullmatch(bare) else None


def doi_in(text: str) -> str | None:
    """The first DOI inside of free text, or None.

    >>> doi_in("Doe J, 2001, NATURE, V1, P1, DOI 10.1038/35057062.")
    '10.1038/35057062'
    """
    match = _IN_TEXT.search(text[:20_000]) if "10." in text else None
    return _trimmed(match[0]).lower() if match else None


def _trimmed(text: str) -> str:
    """A DOI without the punctuation of the sentence around it; brackets that belong to it stay."""
    while text:
        last = text[-1]
        if last in ".,;:'\"" or (last in _PAIRS and text.count(_PAIRS[last]) < text.count(last)):
            text = text[:-1]
        else:
            break
    return text


def arxiv(text: object) -> str | None:
    """The DOI that arXiv registers for one of its papers, without version.

    >>> arxiv("arXiv:1706.03762v5"), arxiv("hep-th/9901001")
    ('10.48550/arxiv.1706.03762', '10.48550/arxiv.hep-th/9901001')
    """
    if not isinstance(text, str):
        return None
    match = _ARXIV.fullmatch(text[:_LONGEST].strip())
    return f"10.48550/arxiv.{match[1].lower()}" if match else None


def orcid(text: object) -> str | None:
    """An ORCID iD whose check digit holds (ISO 7064 mod 11-2), as ``0000-0002-1825-0097``; None for any other text.

    >>> orcid("https://orcid.org/0000-0002-1825-0097"), orcid("0000-0002-1825-0098")
    ('0000-0002-1825-0097', None)
    """
    match = _ORCID.fullmatch(text[:_LONGEST].strip()) if isinstance(text, str) else None
    if not match:
        return None
    digits = "".join(match.groups()).upper()
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return "-".join(digits[i : i + 4] for i in (0, 4, 8, 12)) if digits[-1] == "0123456789X"[check] else None


def openalex(text: object, letter: str, bare: bool = False) -> str | None:
    """An OpenAlex id of a work (``W``), an author (``A``) or an institution (``I``) as ``W123``; `bare`: also ``W123``.

    >>> openalex("https://openalex.org/W123", "W"), openalex("https://openalex.org/A9", "W")
    ('W123', None)
    """
    if not isinstance(text, str):
        return None
    match = _OPENALEX.fullmatch(text[:_LONGEST].strip()) or (_BARE.fullmatch(text[:_LONGEST].strip()) if bare else None)
    return f"{letter}{match[2]}" if match and match[1].upper() == letter else None


def pmid(text: object) -> str | None:
    """A PubMed number, or None."""
    match = _PMID.fullmatch(text[:_LONGEST].strip()) if isinstance(text, str) else None
    return match[1].lstrip("0") or None if match else None


def namespace(label: str) -> str:
    """What stands before the ids of one corpus only: its label, unless that would make them look global.

    >>> namespace("acl"), namespace("doi"), namespace("a:b")
    ('acl', 'doi-corpus', 'a-b')
    """
    bare = label.replace(":", "-")[:100] or "corpus"
    return f"{bare}-corpus" if bare in GLOBAL_SCHEMES or bare in ("text", "doc", "adr") else bare


def artifact(text: str, label: str) -> str:
    """The artifact id of what a table or a list calls `text`: DOIs, arXiv, PubMed, OpenAlex ids and numbered series, as
    this tool writes them, are global.

    >>> artifact("https://doi.org/10.1000/X", "mine"), artifact("P08-1", "mine"), artifact("pep:8", "mine")
    ('doi:10.1000/x', 'mine:P08-1', 'pep:8')
    """
    text = text.strip()
    if ":" not in text and "/" not in text:
        return f"{label}:{text}"
    if _NUMBERED.fullmatch(text):
        return text
    if found := doi(text):
        return f"doi:{found}"
    if found := openalex(text, "W"):
        return f"openalex:{found}"
    if text[:6].lower() == "arxiv:" and (found := arxiv(text)):
        return f"doi:{found}"
    if text[:5].lower() == "pmid:" and (found := pmid(text)):
        return f"pmid:{found}"
    return f"{label}:{text}"
