"""One identity made comparable: the words of a name, the parts of an address.

Pure functions on text that anybody may have written: never raise, cap what they look at, keep nothing. The raw text
stays in the tables; what is made here only serves to compare.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from influence.wordlists import FREE_MAIL, NO_NAMES, ROLES

#: No name or address needs more; a hostile one gets no more.
_LONGEST = 200

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]+")
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>")
_NICKNAME = re.compile(r"(?<=\S)\s+[\"'“‘«][^\"'”’»]{1,40}[\"'”’»]\s+(?=\S)")
_TRAILER = re.compile(r"^[\w-]{2,30}-by\s*:\s*", re.IGNORECASE)
_VIA = re.compile(r"\s+(?:via|by way of)\s+.*$", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_CJK = re.compile(
    r"[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
_TITLES = frozenset(("dr", "mr", "mrs", "ms", "prof", "ing", "dipl", "sir", "phd", "msc", "bsc"))
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv", "junior", "senior"))
_FOLD = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n"}
)
_SPELL_OUT = str.maketrans({"đ": "dj", "ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "ß": "ss", "æ": "ae"})

_WEAK_DOMAIN = re.compile(
    r"(?:.*\.)?(?:localhost|localdomain|local|lan|home|internal|intranet|invalid|test|example|none|\(none\)|hidden|unknown"
    r"|example\.(?:com|org|net)|googlegroups\.com|groups\.io|email\.com|domain\.com|company\.com)"
    r"|lists?\..*|.*\.lists?\..*|no-?reply\..*"
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOREPLY = re.compile(r"(?:(\d+)[+-])?([^@]+)@(?:users\.)?no-?reply\.(github|gitlab|codeberg|gitea)\.[a-z]+")

Words = tuple[str, ...]


def is_address(text: str) -> bool:
    """Whether a display is an e-mail address."""
    return bool(_ADDRESS.fullmatch(text.strip()[:_LONGEST].strip("<>")))


def fold(text: str) -> str:
    """Lower case without accents; scripts in which marks make other letters (kana, Hangul) stay as they are."""
    text = text.casefold()
    if text.isascii():
        return text
    kept: list[str] = []
    for character in text.translate(_FOLD):
        if character < "\u0530":
            kept.extend(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
        elif not unicodedata.combining(character) or character >= "\u0900":
            kept.append(character)
    return "".join(kept)


def _repair(text: str) -> str:
    """UTF-8 that was once read as Latin-1 (`RenÃ©`), as it was meant."""
    if "Ã" in text or "Â" in text or "Å" in text:
        try:
            return text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            return text
    return text


def _bare(text: str) -> str:
    """A name without remarks, nicknames, trailers and controls, on one line, first name first."""
    text = _CONTROL.sub(" ", unicodedata.normalize("NFKC", _repair(text[:_LONGEST])))
    text = _TRAILER.sub("", text.strip().strip("\"'`“”«»").strip())
    text = _VIA.sub("", _NICKNAME.sub(" ", _REMARK.sub(" ", text) or text)).strip(" \t\"'`,;")
    return plain_order(text)


def _words(text: str) -> Words:
    text = re.sub(r"['’`´ʼ]", "", fold(text))
    # A handle with a hyphen is one word; a given name with one (Jean-Luc) must not pass for first and last name.
    spaced = text if len(text.split()) > 1 else text.replace("-", "\0")
    words = [w.replace("\0", "-") for w in re.split(r"[^\w\0]+|_", spaced) if w.strip("\0")]
    while len(words) > 2 and words[0] in _TITLES:
        words.pop(0)
    tail = [words.pop() for _ in range(len(words) - 2) if words[-1] in _SUFFIXES | _TITLES]
    if tail and len(words) >= 2:
        words[-1:-1] = [t for t in tail if t in _SUFFIXES]
    return tuple(words)


@lru_cache(maxsize=8_192)
def forms(name: str) -> tuple[Words, ...]:
    """The ways to spell a name, folded; the first is the main one. Empty for what is no name.

    More than one where a script stands beside another (`许杰友 Jieyou Xu`) or umlauts are spelled out (`Juergen`).
    """
    bare = _bare(name)
    if is_address(bare) or fold(bare) in NO_NAMES:
        return ()
    found: list[Words] = []
    if _CJK.search(bare):
        parts = bare.split()
        other = [p for p in parts if not _CJK.search(p)]
        if len(other) >= 2:
            found.append(_words(" ".join(other)))
        joined = "".join(p for p in parts if _CJK.search(p))
        found.append((fold(joined),))
    else:
        found.append(_words(bare))
        spelled = bare.casefold().translate(_SPELL_OUT)
        if spelled != bare.casefold():
            found.append(_words(spelled))
    return tuple(dict.fromkeys(f for f in found if f))


def is_full(words: Words) -> bool:
    """Whether a name has a first and a last name of two letters each, or three characters that are syllables."""
    if len(words) == 1:
        return bool(_CJK.match(words[0])) and len(words[0]) >= 3
    return len(words) > 1 and len(words[0]) > 1 and len(words[-1]) > 1 and not (words[0] + words[-1]).isdigit()


@dataclass(slots=True)
class Contact:
    """An e-mail address taken apart.

    `mailbox` is where the mail arrives (the `+tag` and Gmail's dots removed); `strong` says that one person reads it;
    `login` and `account` are what a forge's no-reply address gives away.
    """

    email: str = ""
    mailbox: str = ""
    local: str = ""
    tag: str = ""
    domain: str = ""
    strong: bool = False
    role: bool = False
    login: str = ""
    account: str = ""
    platform: str = ""


def contact(email: str) -> Contact:
    """Take an address apart; any text will do."""
    text = _CONTROL.sub("", email[:_LONGEST]).strip().strip("<>\"'()").lower().removeprefix("mailto:")
    if not text:
        return Contact()
    if match := _NOREPLY.fullmatch(text):
        account, login, platform = match[1] or "", match[2], match[3]
        mailbox = f"{account or login}@{platform}"
        return Contact(text, mailbox, login, strong=True, login=login, account=account, platform=platform)
    local, _, domain = text.rpartition("@")
    if not local:
        return Contact(text, text, local=domain)
    person, _, tag = local.partition("+")
    person = person or local
    mailbox = f"{person}@{domain}"
    if domain in ("gmail.com", "googlemail.com"):
        mailbox = f"{person.replace('.', '')}@gmail.com"
    role = person in ROLES or bool(re.match(r"(?:no-?reply|do-?not-?reply)\b", person))
    named = "." in domain or bool(_UUID.fullmatch(domain))
    strong = named and not role and not _WEAK_DOMAIN.fullmatch(domain)
    return Contact(text, mailbox, person, tag, domain, strong, role)


def is_free_mail(domain: str) -> bool:
    """Whether a domain gives addresses to anybody, so that sharing it says nothing."""
    return domain in FREE_MAIL


@dataclass(slots=True)
class Who:
    """One identity, made comparable.

    `names` are its forms, `logins` the accounts that a forge vouches for as (platform, login), the platform '' if not
    known; `nicks` what somebody was called somewhere; `formal` says that it stands in a chart.
    """

    key: str
    names: tuple[Words, ...]
    contact: Contact
    logins: frozenset[tuple[str, str]] = frozenset()
    nicks: frozenset[str] = frozenset()
    formal: bool = False

    @property
    def fulls(self) -> tuple[Words, ...]:
        """Its full names."""
        return tuple(words for words in self.names if is_full(words))

    @property
    def word(self) -> str:
        """Its name, if that is a single word that is no full name."""
        return self.names[0][0] if self.names and len(self.names[0]) == 1 and not is_full(self.names[0]) else ""


def plain_order(name: str) -> str:
    """A name as it is shown: `Last, First` turned round, everything else as written."""
    last, comma, first = name.partition(",")
    if not comma or "," in first or not first.strip() or not last.strip() or len(last.split()) > 3:
        return name
    return name if fold(first).strip(" .") in _SUFFIXES | _TITLES else f"{first.strip()} {last.strip()}"
