"""Which numbered documents a text names, by link or in words.

Patterns are looked for in prose and in the addresses of links, after a parser has taken the markup away and code out:
see `connectors.documents.blocks`. Every series may be named in every other one (an EIP names a BIP and RFCs).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connectors.documents.blocks import Block

#: "PEPs 3000 through 3099" names a series, not a hundred documents.
_LONGEST_RANGE = 10


@dataclass(frozen=True, slots=True)
class Mention:
    """A document named in lines `first` up to and without `last`."""

    cited: str
    first: int
    last: int


#: After a dot, what makes ``rfc822.py`` and ``ERC20.sol`` code, which ``pep-0008.txt`` is not.
_MEMBER = r"(?!(?:txt|rst|md|mediawiki|html?|xml|pdf)\b)[A-Za-z_]"


def _word(names: str, digits: str = r"\d{1,5}") -> re.Pattern[str]:
    """A name and a number; after the plural, or after a slash, further numbers, which may stand in brackets."""
    joint = r"(?:\s*(?:,|/|&|\+|-|–|,?\s*\b(?:and|or|through|to)\b)\s*)"
    # "EIPs (3 of them)" and "EIPs (2)" count them.
    bracket = rf"\((?={digits}(?:{joint}{digits})+\))"
    return re.compile(
        rf"(?<![\w/.-])(?:{names})(?:(?P<many>['’]?[sS])(?=[\s-])(?:\s{bracket})?|)(?:[-‑_#]|[\s\xa0]{{1,2}}#?|)"
        rf"(?P<first>{digits})(?=[sS]?(?:\W|$))(?!\.(?:\d|{_MEMBER}))"
        rf"(?P<more>(?:{joint}(?:{names})?[\s-]?#?{digits}(?![\w]|\.\d))*)"
    )


_SERIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("pep", _word("PEP|pep|Pep", r"\d{1,4}")),
    ("eip", _word("EIP|ERC|eip|erc|Eip|Erc")),
    ("bip", _word("BIP|bip|Bip", r"\d{1,4}")),
    ("kep", _word("KEP|kep")),
    ("rfc", _word("RFC|rfc")),
)
#: How forges abbreviate addresses of issues that have a document's number.
_ISSUES = (
    ("rust-rfc", re.compile(r"\brust-lang/rfcs#(\d{1,4})\b")),
    ("kep", re.compile(r"\bkubernetes/enhancements#(\d{1,5})\b")),
)
_NUMBER = re.compile(r"(\D*)(\d+)")

_TARGETS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (series, re.compile(pattern, re.IGNORECASE))
    for series, pattern in (
        (
            "pep",
            r"(?:^|\bpython\.org/.*|python/peps/.*|\.\.?/|^/)pep-0*(\d{1,4})(?:/?|\.(?:html?|rst|txt))(?:[#?].*)?$",
        ),
        ("pep", r"^pep-?0*(\d{1,4})-[a-z][\w-]*$"),  # a label inside of another one
        (
            "eip",
            r"(?:^(?:\.\.?/)*(?:eips/|ercs/)?|eips\.ethereum\.org/.*|ercs\.ethereum\.org/.*|ethereum/(?:eips|ercs)/.*"
            r"|^/(?:eips|ercs)/)(?:eip|erc)-?(\d{1,5})(?:-[\w-]+)?(?:/?|\.(?:md|html))(?:[#?].*)?$",
        ),
        (
            "bip",
            r"(?:^(?:\.?/)?|^\.\./|bitcoin/bips/.*|en\.bitcoin\.it/wiki/|bips\.(?:dev|xyz)/|bitcoinbips\.org/|/)"
            r"bip[-_ ]?0*(\d{1,4})(?:/?|\.(?:mediawiki|md|html))(?:[#?].*)?$",
        ),
        ("bip", r"\bbips\.(?:dev|xyz)/(\d{1,4})/?(?:[#?].*)?$"),
        # Issue and proposal have one number; a pull request has another one.
        ("kep", r"kubernetes/(?:enhancements|features)/issues/(\d{1,5})(?:[/#?].*)?$"),
        ("kep", r"\bkep\.k8s\.io/(\d{1,5})\b"),
        # Files that were proposals before each got a folder had numbers of their own.
        ("kep", r"(?:^|/)keps/(?:sig-|provider-|wg-)[\w-]+/(?:[\w.-]+/)*?(\d{4,8}-[\w%-]+\.md)(?:[#?].*)?$"),
        ("kep", r"(?:^|/)keps/(?:sig-|provider-|wg-)[\w-]+/(?:[\w.-]+/)*?0*(\d{1,5})-[\w%.-]+"),
        ("rust-rfc", r"rust-lang/rfcs/(?:pull|issues)/0*(\d{1,4})\b"),
        ("rust-rfc", r"(?:rust-lang/rfcs/(?:blob|tree)/[^/]+/(?:text/)?|rust-lang\.github\.io/rfcs/)0*(\d{1,4})-"),
        (
            "rfc",
            r"(?:tools\.ietf\.org|datatracker\.ietf\.org|rfc-editor\.org|(?:www\.)?ietf\.org|faqs\.org|rfc\.net)/"
            r"(?:[\w-]+/)*rfc-?0*(\d{1,5})(?:\.(?:html?|txt|xml|pdf))?(?:[/#?].*)?$",
        ),
        ("draft", r"(?:ietf\.org|rfc-editor\.org)/(?:[\w-]+/)*(draft-[a-z0-9-]+?)(?:-\d\d)?(?:\.\w+)?(?:[/#?].*)?$"),
    )
)
_ADDRESS = re.compile(r"https?://[^\s<>\"'\]|{}]+")
#: What can make any of the patterns above match; most blocks have nothing of it.
_WORTH_A_LOOK = re.compile(r"[PEBKpebk](?:EP|IP|ep|ip)|ERC|erc|Erc|RFC|rfc|Rfc|enhancements#")


def in_target(target: str) -> str | None:
    """The document that an address leads to: ``https://peps.python.org/pep-0008/#x`` is ``pep:8``."""
    if len(target) > 500:
        return None
    for series, pattern in _TARGETS:
        if match := pattern.search(target):
            found = match[1].lower()
            return f"{series}:{int(found) if found.isdigit() else found}"
    return None


def in_text(text: str, rfc: str = "rfc") -> Iterator[str]:
    """The documents that a text names in words; `rfc` is the series that ``RFC 1`` means here.

    >>> list(in_text("PEPs 8, 20 and 257, ERC-20/721 and BIP32; ERC20Token is code"))
    ['pep:8', 'pep:20', 'pep:257', 'eip:20', 'eip:721', 'bip:32']
    """
    for series, pattern in _ISSUES:
        yield from (f"{series}:{int(number)}" for number in pattern.findall(text))
    for series, pattern in _SERIES:
        for match in pattern.finditer(text):
            name = rfc if series == "rfc" else series
            numbers = [int(match["first"])]
            more = match["more"]
            for joint, digits in _NUMBER.findall(more):
                # "PEP 8, 20 of them": only a plural, a slash or the name again goes on.
                if not (match["many"] or "/" in joint or re.search(r"[A-Za-z]{3}(?!ough)", joint.replace("and", ""))):
                    break
                if joint.strip() in ("-", "–", "to", "through"):
                    if 0 < int(digits) - numbers[-1] <= _LONGEST_RANGE:
                        numbers += range(numbers[-1] + 1, int(digits) + 1)
                else:
                    numbers.append(int(digits))
            yield from (f"{name}:{number}" for number in numbers)


def in_blocks(
    blocks: Iterable[Block], rfc: str = "rfc", siblings: tuple[str, re.Pattern[str]] | None = None
) -> Iterator[Mention]:
    """Every mention in `blocks`, in order.

    `rfc` as in `in_text`; `siblings` is a series and how a relative link to one of its documents looks, the number in
    its first group.
    """
    for block in blocks:
        text = block.text
        found: list[str] = []
        for link in block.links:
            named = in_target(link.target)
            if named is None and siblings and len(link.target) < 500 and (near := siblings[1].match(link.target)):
                named = f"{siblings[0]}:{int(near[1])}"
            if named:
                found.append(named)
                if rfc != "rfc" and named.startswith("rfc:"):
                    # Here "RFC 2119" by itself would be another one.
                    text = text.replace(link.label, " ")
        if "://" in text:
            targets = (in_target(address.rstrip(".,;:)")) for address in _ADDRESS.findall(text))
            found += [named for named in targets if named]
            text = _ADDRESS.sub(" ", text)
        if _WORTH_A_LOOK.search(text):
            found += in_text(text, rfc)
        for cited in dict.fromkeys(found):
            yield Mention(cited, block.first, block.last)
