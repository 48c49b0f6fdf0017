"""The name of an author taken apart, whichever way round a bibliography writes it.

``van der Berg, Jan``, ``Jan van der Berg`` and BibTeX's ``{van der Berg}, Jan`` come out as one string; ``Cheng Y``,
``Cheng, Y.`` and ``Y. Cheng`` as one form that is known not to tell who somebody is.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

#: No name needs more; a hostile one gets no more.
_LONGEST = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
#: A character as HTML writes it: its semicolon separates nobody.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_SUFFIX = re.compile(r"(?:jr|sr|junior|senior|ii|iii|iv|2nd|3rd|4th)\.?", re.IGNORECASE)
_NOBODY = re.compile(
    r"\W*(?:et\.? ?al\.?|(?:and )?others|anon(?:ymous)?\.?|n/?a|none|null|nil|unknown(?: author)?|no author|various"
    r")?\W*",
    re.IGNORECASE,
)
_CJK = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")
#: What a word of a name is split at to find initials: ``J.-P.`` is two of them.
_BREAKS = re.compile(r"[.\s‐‑\-]+")
_APOSTROPHES = "'’‘`ʻʼ"
_INITIALS_TOGETHER = re.compile(r"\b([^\W\d_]{1,3})\.(?=[^\W\d_])")
#: Lower-case words that open a surname.
_PARTICLES = frozenset(
    """
    af al am auf aus bin d da dal dalla de degli dei del della den der des di do dos du e el ibn la las le lo los ten
    ter und v van vande vander vom von y zu zum zur
    """.split()  # noqa: SIM905
)
_FOLD = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class PersonName:
    """One name.

    Attributes
    ----------
    display
        Given names, surname, suffix in that order, blanks made single; otherwise as written. '' for nobody
        (``et al.``, ``Anonymous``).
    given, family
        Its parts; `given` is '' where there is one word only.
    body
        An institution or a name that must not be taken apart.
    initials
        For a name that does not tell who somebody is, because it has no given name written out: the initials in lower
        case ('' where even these are missing). None where the name is full.
    form
        What two names have in common that may be one person's: folded surname, initials.
    """

    display: str
    given: str = ""
    family: str = ""
    body: bool = False
    initials: str | None = None
    form: tuple[str, str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # Kept, because telling a corpus apart asks for it a million times.
        object.__setattr__(self, "form", (fold(self.family), self.initials or ""))

    @property
    def first_letters(self) -> str:
        """The initials of the given names, in lower case."""
        return "".join(letter for word in _split(self.given) for letter in fold(word).strip(_APOSTROPHES)[:1])


def fold(text: str) -> str:
    """Lower case, without accents, blanks made single."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_FOLD))
        text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(text.split())


def tidy(text: str) -> str:
    """A name on one line: composed characters, single blanks, nothing invisible."""
    text = unescaped(text[:_LONGEST])
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(_CONTROL.sub(" ", text).split())


def unescaped(text: str) -> str:
    """Text in which characters that stand as HTML entities are themselves, lest it be split at their ``;``.

    >>> unescaped("M&uuml;ller; AT&T")
    'Müller; AT&T'
    """
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


NOBODY = PersonName("")


@lru_cache(maxsize=65_536)
def parse(text: str) -> PersonName:
    """A name written in one string: `Given Family`, `Family, Given`, `Family, Jr, Given` or `Family GI`."""
    text = tidy(text)
    if _NOBODY.fullmatch(text):
        return NOBODY
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 1:
        suffix = [part for part in parts[1:] if _SUFFIX.fullmatch(part)]
        rest = [part for part in parts[1:] if part and not _SUFFIX.fullmatch(part)]
        if not rest:
            return _turned(parts[0], " ".join(suffix))
        if not parts[0]:
            return _turned(" ".join(rest), " ".join(suffix))
        if len(rest) > 1:
            return body(text)
        return of_parts(rest[0], parts[0], " ".join(suffix))
    return _turned(text)


def body(text: str) -> PersonName:
    """An institution, or any name that stays in one piece."""
    text = tidy(text)
    return NOBODY if _NOBODY.fullmatch(text) else PersonName(text, "", text, body=True)


@lru_cache(maxsize=65_536)
def of_parts(given: str, family: str, suffix: str = "") -> PersonName:
    """A name of which the parts are known; particles belong to `family` (or stand at the end of `given`)."""
    given, family, suffix = tidy(given), tidy(family), tidy(suffix)
    if not any(c.isalpha() for c in family):
        return _turned(given, suffix) if given else NOBODY
    if not any(c.isalpha() for c in given):
        return _turned(family, suffix)
    first, last = given.split(), family.split()
    moved: list[str] = []
    while len(first) > 1 and first[-1] in _PARTICLES and len(first[-1]) > 1:
        moved.insert(0, first.pop())
    while len(last) > 1 and _SUFFIX.fullmatch(last[-1]):
        suffix = f"{last.pop()} {suffix}".rstrip()
    given, family = " ".join(first), " ".join([*moved, *last])
    if _is_cjk(given + family):
        # 王, 伟: in these scripts the surname comes first, without a blank.
        return PersonName(f"{family}{given}".replace(" ", ""), given, family)
    initials = _initials(given)
    # In a name that is all capitals two or three letters may be initials or a name: they prove nothing, and stay.
    shown = _dotted(given, spread=initials is not None and not family.isupper())
    return PersonName(f"{shown} {family} {suffix}".rstrip(), given, family, initials=initials)


def _turned(text: str, suffix: str = "") -> PersonName:
    """A name without a comma."""
    if _NOBODY.fullmatch(text):
        return NOBODY
    words = text.split()
    tail: list[str] = []
    while len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        tail.insert(0, words.pop())
    suffix = " ".join([*tail, suffix]).strip()
    if _is_cjk(text):
        joined = "".join(words)
        return PersonName(joined, "", joined, initials=None if len(joined) > 1 else "")
    if len(words) == 1:
        # A word with a digit in it is an account or a number of somebody, which is meant to tell who it is.
        telling = any(c.isdigit() or c in "@_" for c in text)
        return PersonName(f"{text} {suffix}".rstrip(), "", text, initials=None if telling else "")
    start = len(words)
    while start > 1 and _initials(words[start - 1]) and not (len(words[start - 1]) > 1 and text.isupper()):
        start -= 1
    if start < len(words) and not _initials(words[0]):
        # `Cheng Y`, `van der Berg JD`, `Ivanov Yu. A.`: initials after the surname.
        return of_parts(" ".join(words[start:]), " ".join(words[:start]), suffix)
    start = next((i for i, word in enumerate(words) if i and word in _PARTICLES), len(words) - 1)
    return of_parts(" ".join(words[:start]), " ".join(words[start:]), suffix)


def _is_cjk(text: str) -> bool:
    return bool(_CJK.search(text)) and not re.search(r"[a-zA-Z]", text)


def _split(given: str) -> list[str]:
    return [word for word in _BREAKS.split(given) if word]


def _initials(given: str) -> str | None:
    """The initials that `given` consists of, in lower case; None where a name is written out.

    Up to three capitals without a point are initials as well (``JD``), and so is what a point cuts short (``Yu.``,
    ``Chr.``).
    """
    found = []
    for word in given.split():
        for piece in word.replace("‐", "-").replace("‑", "-").split("-"):
            *cut, whole = piece.split(".")
            for part, short in (*((part, True) for part in cut), (whole, False)):
                # An apostrophe or a vowel sign is no end of a name: Jun'ichi, Ya'akov, राम.
                part = "".join(c for c in part if c.isalpha() or unicodedata.category(c)[0] == "M")
                if not part:
                    continue
                if len(part) == 1:
                    found.append(part)
                elif part.isupper() and not _CJK.search(part) and len(part) <= 3:
                    found.extend(part)
                elif short and len(part) <= 3:
                    found.append(part[0])
                elif part not in _PARTICLES:
                    return None
    return fold("".join(found))


def _dotted(given: str, spread: bool) -> str:
    """Given names with a point after each initial (``John D``), `spread`: capitals one by one (``JD``)."""
    words = []
    for word in _INITIALS_TOGETHER.sub(r"\1. ", given).split():
        if len(word) == 1 and word.isupper():
            words.append(f"{word}.")
        elif spread and word.isupper() and word.isalpha():
            words.append(" ".join(f"{letter}." for letter in word))
        else:
            words.append(word)
    return " ".join(words)
