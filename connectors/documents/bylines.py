"""Authors as headers name them: ``Ann Smith <ann at example.org>, Bob (@bob)``.

One rule for all series, because all grew out of the same mail headers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from connectors.documents import author_names, frontmatter
from connectors.documents.common import Author

#: No byline names more people; what comes after is text.
_MOST = 500
_LONGEST = 20_000

_ADDRESS = r"[^\s<>()@,;]+@[^\s<>()@,;]+"
_ANGLED = re.compile(r"<\s*(?:mailto:)?([^<>]*)>")
_HANDLE = re.compile(r"\(?\s*(?<![\w.])@([A-Za-z0-9](?:[\w.-]{0,38}\w)?)\s*\)?")
_BARE_ADDRESS = re.compile(rf"\(?\s*({_ADDRESS})\s*\)?")
_FORGE = re.compile(r"\(?\s*https?://(?:www\.)?git(?:hub|lab)\.com/([A-Za-z0-9][\w.-]{0,38})/?\s*\)?")
_MARKDOWN = re.compile(r"\[([^\[\]]*)\]\(\s*([^()\s]*)\s*\)")
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_AT = re.compile(r"\s+(?:at|AT)\s+|\s*[\[({]\s*at\s*[\])}]\s*", re.ASCII)
_DOT = re.compile(r"\s+(?:dot|DOT)\s+|\s*[\[({]\s*dot\s*[\])}]\s*", re.ASCII)
_MEANT = re.compile(rf"(?:^|\s){_ADDRESS}\.[A-Za-z]{{2,}}(?=\W*(?:\(|$))")
_SUFFIX = re.compile(r"\s*(?:jr|sr|ii|iii|iv|ph\.?d)\.?\s*(?=<|\(|\Z)", re.IGNORECASE)
_NOBODY = re.compile(
    r"\W*(?:et\.? ?al\.?|(?:and )?others|tbd|tba|todo|n/?a|none|nobody|unknown|anonymous|various|null|see above)?\W*",
    re.IGNORECASE,
)
_WORD = r"[^\W\d_][\w.'’-]*"
_FULL = rf"(?:{_WORD}\s+){{1,4}}{_WORD}"
_PAIR = re.compile(rf"\s*({_FULL})\s+(?:and|&)\s+({_FULL})\s*")


def people(text: str | Iterable[str]) -> list[Author]:
    """The people whom a header names, in order, each once.

    >>> [author.key for author in people("Fred L. Drake, Jr. <fred at fdrake.net>, Ann (@ann), Bob Builder, et al.")]
    ['Fred L. Drake, Jr. <fred@fdrake.net>', 'login:ann', 'author:Bob Builder']
    """
    return each(chunk for part in ([text] if isinstance(text, str) else text) for chunk in apart(part))


def each(entries: Iterable[str]) -> list[Author]:
    """The people of whom each entry names one, in order, each once.

    >>> [author.key for author in each(["Jos&eacute; Garc&iacute;a", "Doe, Jane", "Ann Smith, Example Ltd"])]
    ['author:José García', 'author:Jane Doe', 'author:Ann Smith']
    """
    found: dict[str, Author] = {}
    for entry in islice(entries, _MOST):
        author = person(entry[:_LONGEST])
        if author is not None:
            found.setdefault(author.key, author)
    return list(found.values())


def entries(value: Any) -> list[str]:
    """One text an author, of a field of a header: the entries of a list are one each, any other text is taken apart.

    >>> entries(["Doe, Jane", "Ann"]), entries("Ann, Bob")
    (['Doe, Jane', 'Ann'], ['Ann', 'Bob'])
    """
    found = frontmatter.texts(value)
    return _paired(found) if isinstance(value, list) else [chunk for text in found for chunk in apart(text)]


def person(text: str) -> Author | None:
    """The one whom `text` names: a name, an e-mail address, a handle, or several of these; None for nobody."""
    email = login = None
    text = author_names.unescaped(text)
    text = _MARKDOWN.sub(_markdown, text)
    for angled in _ANGLED.finditer(text):
        inside = plain_address(angled[1])
        if "@" in inside and not inside.startswith("@"):
            email = email or inside
        elif handle := (_FORGE.fullmatch(inside) or _HANDLE.fullmatch(inside)):
            login = login or handle[1]
    text = _ANGLED.sub(" ", text)
    if match := _FORGE.search(text):
        login = login or match[1]
        text = _FORGE.sub(" ", text)
    if match := _HANDLE.search(text):
        login = login or match[1]
        text = _HANDLE.sub(" ", text)
    spelled = plain_address(text)
    if email is None and (match := _BARE_ADDRESS.search(spelled)):
        email = match[1]
        text = spelled.replace(match[0], " ")
    name = _name(_REMARK.sub(" ", text))
    if not name and email and (remark := _REMARK.search(text)):
        name = _name(remark[0][1:-1])  # ann@example.org (Ann Smith)
    if email:
        return Author(f"{name} <{email}>", name or None, email, login)
    if login:
        return Author(f"login:{login.lower()}", name or None, None, login)
    return Author(f"author:{name}", name) if name else None


def _name(text: str) -> str:
    name = " ".join(text.split()).strip(" ,;:-*\"'")
    family, comma, rest = name.partition(", ")
    if comma and not _SUFFIX.fullmatch(rest):
        # `Doe, Jane` is Jane Doe; what comes after a whole name is where somebody works.
        turns = len([word for word in family.split() if not word.islower()]) == 1 and len(rest.split()) < 4
        name = author_names.parse(name).display if turns else family
    return "" if _NOBODY.fullmatch(name) else name


def plain_address(text: str) -> str:
    """An e-mail address that was spelled against robots, as it is meant; other text as it is.

    >>> plain_address("guido at python.org"), plain_address("a [at] b dot org"), plain_address("Look at this")
    ('guido@python.org', 'a@b.org', 'Look at this')
    """
    text = " ".join(text.split())
    if "@" in text:
        return text
    meant = _DOT.sub(".", _AT.sub("@", text))
    return meant if _MEANT.search(meant) else text


def apart(text: str) -> list[str]:
    """A byline cut between people: at commas, semicolons and lines, not in brackets nor before a suffix such as Jr."""
    text = author_names.unescaped(text[:_LONGEST])
    chunks: list[str] = []
    depth = start = 0
    for at, character in enumerate(text):
        if character in "<([":
            depth += 1
        elif character in ">)]":
            depth = max(0, depth - 1)
        elif (character in ",;" and not depth) or character == "\n":
            if character == "," and _SUFFIX.match(text, at + 1):
                continue
            chunks.append(text[start:at])
            start = at + 1
            depth = 0
    chunks.append(text[start:])
    return _paired(chunks)


def _paired(chunks: Iterable[str]) -> list[str]:
    """Texts of which those that name two people, joined by "and", are cut between them."""
    whole: list[str] = []
    for chunk in chunks:
        pair = _PAIR.fullmatch(chunk) if "<" not in chunk else None
        # "The core team and community" is one; two names written in full are two.
        if pair and all(name.split()[end][0].isupper() for name in pair.groups() for end in (0, -1)):
            whole += [pair[1], pair[2]]
        else:
            whole += re.split(r"(?<=[>)])\s*(?:and|&)\s+", chunk)
    return [chunk.strip() for chunk in whole if chunk.strip()]


def _markdown(match: re.Match[str]) -> str:
    return f"{match[1]} <{match[2]}>" if "@" in match[2] or _FORGE.fullmatch(match[2]) else match[1]
