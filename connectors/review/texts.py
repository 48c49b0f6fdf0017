"""What words of a review mean: approvals, grounds, requests, work that is built on. The table is in docs/review.md.

Quoted lines (``>``), code and comments in markup are others' words or none, and are left out first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

#: No more of a text is looked at.
LONGEST = 20_000
#: Several rules look at each text of a change: what was found in so many of the last ones is kept.
_RECENT = 256

_FENCE = re.compile(r"^[ \t]*(`{3,10}|~{3,10})[^\n]*\n.*?(?:^[ \t]*\1[^\n]*$|\Z)", re.M | re.S)
_INLINE = re.compile(r"(?<!`)(`{1,5})(?!`)[^`\n]{1,500}\1(?!`)")
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_QUOTED = re.compile(r"^[ \t]*>[^\n]*$", re.M)
_DETAILS = re.compile(r"<details.*?(?:</details>|\Z)", re.S | re.I)


@lru_cache(maxsize=_RECENT)
def own_words(text: str) -> str:
    """What somebody says themselves: without quotes, code, hidden comments and folded details."""
    text = text[:LONGEST].replace("\r\n", "\n")
    if "<" in text:
        text = _DETAILS.sub(" ", _HIDDEN.sub(" ", text))
    if "`" in text or "~~~" in text:
        text = _INLINE.sub(" ", _FENCE.sub("\n", text))
    return _QUOTED.sub("", text) if ">" in text else text


def quotes(text: str) -> list[str]:
    """The lines that a text quotes."""
    if ">" not in text:
        return []
    return [line.strip().lstrip("> ").strip() for line in _QUOTED.findall(text[:LONGEST].replace("\r\n", "\n"))]


# --- approval ----------------------------------------------------------------------------------------------------

_ACK = re.compile(
    r"^[ \t*_~#:.\-]{0,20}(?P<word>(?:(?:code[ -]?review|approach|concept|tested|untested|re|light(?:ly)?|"
    r"partial|weak|crypto|strong|"
    r"post-?merge|slight|diff|rebase)[ \t-]{0,3}){0,4}(?:(?:ut|t|cr|re|reut|ret|cr-?t)?ACK)|LGTM|/lgtm|/approve|"
    r"looks good to me|ship it|"
    r"r\+|@bors r\+)(?P<rest>[^\n]*)$",
    re.M | re.I,
)
_NACK = re.compile(r"\bN-?ACK\b", re.I)
_NICETIES = re.compile(
    r"[\W_]*(?:(?:(?-i:\b[0-9a-f]{6,40}\b)|"
    r"thanks?(?: you)?|thx|ty|for (?:the|your) (?:fix|pr|work|update|changes?)|nice|great|good|"
    r"cool|awesome|works?|looks?|i see|got it|fair enough|makes sense|never ?mind|nvm|sorry|"
    r"for (?:the noise|wasting your time)|concept|will (?:re)?review|soon|that['\u2019]?s|i think|fine|lgtm|"
    r"yeah|yep|agreed?|right|sure|yes|ok(?:ay)?|and|very|much|again|job|work|now|it|this|on|at|commit|to me|so far|"
    r"cancel|no-issue|will|"
    r"merge|when|green|once|ci|is|passes)[\W_]*)*\Z",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval written in words: which, and whether nothing else is said with it."""

    how: str
    bare: bool


#: Each approval has one of them, and they are found faster.
_APPROVING = ("ack", "lgtm", "/approve", "looks good to me", "ship it", "r+")


@lru_cache(maxsize=_RECENT)
def approval(body: str) -> Approval | None:
    """The approval that a text is or holds: at the beginning of a line, as reviewers write it."""
    text = own_words(body)
    low = text.lower()
    if not any(word in low for word in _APPROVING):
        return None
    found = _ACK.search(text)
    if found is None or _NACK.search(found[0]):
        return None
    word = re.sub(r"[\s-]+", " ", found["word"]).strip().lower()
    if word == "/approve":
        how = "approve"
    elif "ack" in word:
        how = "concept-ack" if ("concept" in word or "approach" in word) else "ack"
    else:
        how = "lgtm"
    rest = text[: found.start()] + " " + found["rest"] + " " + text[found.end() :]
    return Approval(how, is_bare(rest))


_DRESS = re.compile(r"https?://\S+|@[\w-]+|:[\w+-]+:")


@lru_cache(maxsize=_RECENT)
def is_bare(text: str) -> bool:
    """Whether a text says nothing that could be followed: hashes, thanks, smileys."""
    text = own_words(text)
    if "BEGIN PGP" in text:
        text = text.partition("-----BEGIN PGP")[0]
    if ":" in text or "@" in text:
        text = _DRESS.sub(" ", text)
    return bool(_NICETIES.match(text))


_WISHES = re.compile(
    r"\?|`|\b(?:nits?|suggest\w*|should|could|would|may ?be|perhaps|might|consider|except|mod(?:ulo)?|needs?|missing|"
    r"please|pls|worth|instead|typos?|better|rather|wonder\w*|nice to|prefer\w*|want|however|not|n['\u2019]t)\b",
    re.I,
)


def wishes(text: str) -> bool:
    """Whether somebody who approves wants something for all that: a nit, a question, code."""
    said = approval(text)
    return bool(_WISHES.search(_without_names(_QUOTED.sub("", text[:LONGEST])))) and (said is None or not said.bare)


# --- asking ------------------------------------------------------------------------------------------------------

_LOGIN = r"@(?P<login>[A-Za-z0-9](?:[A-Za-z0-9._-]{0,38}[A-Za-z0-9])?)(?![\w/])"
_PING = re.compile(r"(?<![\w/.`])" + _LOGIN)
_ASKS = re.compile(
    r"\b(?:please|pls|plz|ptal|review|reviews|reviewers?|take (?:a|another) look|have (?:a|another) look|"
    r"look at|thoughts|opinion|"
    r"feedback|cc|r\?|mind|could you|can you|would you|what do you think|wdyt|interested|might want|want to)\b|\br\?",
    re.I,
)


def pings(body: str) -> list[str]:
    """Logins that a text names with an at sign, in lower case, each once."""
    if "@" not in body:
        return []
    return list(dict.fromkeys(match["login"].lower() for match in _PING.finditer(own_words(body))))


def asked(body: str) -> list[str]:
    """Logins that a text asks for a review or an opinion: named on a line that asks."""
    if "@" not in body:
        return []
    found: dict[str, None] = {}
    for line in own_words(body).split("\n"):
        if "@" in line and _ASKS.search(line):
            found.update(dict.fromkeys(match["login"].lower() for match in _PING.finditer(line)))
    return list(found)


_ASKS_FOR_IT = re.compile(
    r"\b(?:please (?:use|follow|adopt|apply|take|look at|see) my|(?:assign|request|add) me (?:as|for)|"
    r"i(?:'d| would) like to review|"
    r"request(?:ing)? (?:my|a) review from me|wait for my review)\b",
    re.I,
)


def asks_to_be_followed(body: str) -> bool:
    """Whether somebody asks to be asked, or to be followed."""
    low = body.lower()
    if " m" not in low and "to review" not in low:
        return False  # each such wish has one of them, and they are found faster
    return bool(_ASKS_FOR_IT.search(own_words(body)))


# --- taking up, declining ----------------------------------------------------------------------------------------

# Rebasing and squashing are housekeeping. A participle says what was done where a clause begins with it, or after
# whoever did it: "the added fields" says nothing.
_TAKEN_UP = re.compile(
    r"(?:^|[.!?,:;()\[\]*+\u2013\u2014-]|\b(?:(?:i|we)(?:['\u2019]ve| have)?|(?:have|has) been|should be|"
    r"now|also|mostly|ok|okay|thanks|thank you|yes|yeah|yep|sure|indeed|agreed|(?:i|we)(?:['\u2019]ve| have)? "
    r"(?:just|now|also|already|mostly|have)|force-?pushed with))[ \t]{0,3}"
    r"(?:done|fixed|added|removed|renamed|changed|updated|addressed|adopted|applied|incorporated|re-?worded|rephrased|"
    r"dropped|moved|modified|implemented|corrected|edited|adjusted|adapted|restructured|refactored|reworked|rewrote|"
    r"rewritten|simplified|clarified|replaced|reverted|resolved|improved|extended|expanded|included|tweaked|taken|"
    r"took (?:your|the|this|that|it|all|most|@)|"
    r"went with|good (?:catch|point|idea|call|suggestion|spot)|"
    r"nice (?:catch|idea)|great (?:catch|point|idea|suggestion)|sounds good|makes sense|oops|whoops|"
    r"you(?:['\u2019]| a)re (?:absolutely |completely |totally )?right)\b|"
    r"\b(?:thanks|thank you) for (?:catching|spotting|noticing|pointing|the (?:suggestion|catch|fix))\b|"
    r"\b(?:will|i['\u2019]ll|going to|let me) (?:re-?)?(?:do|fix|add|remove|rename|change|update|address|adopt|apply|"
    r"incorporate|tweak|drop|move|clarify|rewrite|rework|refactor)\b",
    re.I | re.M,
)
_DECLINED = re.compile(
    r"\b(?:(?:do|does|did|would|wo|ca|is|are|should)(?: not|n(?:'|\u2019)t) (?:really |quite |actually )?"
    r"(?:think|want|see|like|agree|believe|need|necessary|change|make sense)|disagree|"
    r"not (?:sure|convinced|necessary|needed)|(?:would|i(?:'|\u2019)d) (?:rather|prefer)|prefer (?:to keep|not)|"
    r"intentional(?:ly)?|on purpose|by design|out of scope|"
    r"(?:leave|leaving|keep|keeping) (?:it|this|that|as)|beyond the scope|not worth|nack)\b",
    re.I,
)


def takes_up(body: str) -> bool:
    """Whether an author's answer says that a comment is, was or will be followed."""
    return bool(_TAKEN_UP.search(_without_names(own_words(body))))


def declines(body: str) -> bool:
    """Whether an author's answer refuses what a comment wanted, and nothing in it takes it up."""
    text = _without_names(own_words(body))
    return bool(_DECLINED.search(text)) and not _TAKEN_UP.search(text)


_NAMES = re.compile(r"https?://\S+|@[\w-]+")


def _without_names(text: str) -> str:
    """A clause may begin after the name or the address of what is answered."""
    return _NAMES.sub(".", text) if "@" in text or "://" in text else text


# --- grounds -----------------------------------------------------------------------------------------------------

_WORK = (
    r"(?:approach|idea|suggestion|proposal|design|work|implementation|patch(?:es|set)?|branch|commits?|pr|"
    r"pull request|change|"
    r"fix|solution|version|code|comment|point|observation|analysis|explanation|argument|review|feedback|"
    r"advice|write-?up|post|"
    r"recommendation|trick|technique|method|gist|script|draft)"
)
_SAID = (
    r"(?:did|does|do|said|says|suggest(?:s|ed)?|propos(?:es|ed)|point(?:s|ed)(?: out)?|note[sd]|mention(?:s|"
    r"ed)|describe[sd]|"
    r"explain(?:s|ed)|recommend(?:s|ed)|implement(?:s|ed)|wrote|writes|observed|argued|showed|shows|found|"
    r"discovered|had|has|is doing)"
)
_AS_X_DID = re.compile(
    r"\b(?:as|like|what|where|how|the way|since|because|which)\s+(?:also\s+)?"
    + _LOGIN
    + r"(?:\s+(?:also|already|has|had|"
    r"correctly|rightly|nicely|once|previously|originally|recently|just))*\s+" + _SAID + r"\b",
    re.I,
)
_XS_WORK = re.compile(_LOGIN + r"['\u2019]s?\s+(?:\w+\s+){0,2}?" + _WORK + r"\b", re.I)
_BY_X = re.compile(
    r"\b(?:suggest(?:ed|ion)|propos(?:ed|al)|inspired|idea|recommended|pointed out|reported and fixed|"
    r"based on (?:the )?\w+|"
    r"following|as per|per|credit(?:s)?(?: goes)?|thanks|kudos|hat ?tip|h/t|originally written|designed|implemented)"
    r"\s+(?:by|from|of|to|work of|an? \w+ (?:by|from))?\s*" + _LOGIN,
    re.I,
)
_THANKS_FOR_IDEA = re.compile(
    r"\b(?:for|with)\s+(?:the|this|that|a|an)\s+(?:\w+\s+){0,2}?(?:idea|suggestion|approach|design|trick|"
    r"hint|pointer)",
    re.I,
)
_NUMBER = r"(?<![\w&/])(?P<number>[#!]\d{1,7})\b(?!-)"
_LIKE_NUMBER = re.compile(
    r"\b(?:(?<!such )as (?:in|done in|proposed in|suggested in|described in|discussed in|explained in|implemented in|"
    r"per)|(?:like in|(?:just|much|exactly) like(?: in)?)|"
    r"similar(?:ly)? to|same (?:as|approach as|way as|idea as|thing as)(?: in)?|in the (?:style|spirit|vein|"
    r"same vein) of|"
    r"inspired by|modell?ed (?:on|after)|following(?: the (?:approach|example|idea|lead) (?:of|in))?|"
    r"analogous(?:ly)? to|"
    r"per|borrow(?:s|ed|ing)? from|the (?:approach|idea|design|method|trick|technique) (?:of|in|from))\s+"
    r"(?:(?:the )?(?:PR|pull request|MR|discussion in|comments? in)\s+)?" + _NUMBER,
    re.I,
)
# Two things that are alike, or a trouble met elsewhere too: nobody went by it.
_ALIKE = re.compile(
    r"(?:\b(?:is|are|was|were|be|looks?|seems?|sounds?|feels?|smells?)|['\u2019]s)\s+"
    r"(?:(?:just|very|quite|rather|pretty|somewhat|really|kind of|like|the|much|also|probably|likely)\s+)*$"
    r"|\b(?:issues?|problems?|bugs?|errors?|failures?|crash(?:es)?|symptoms?|misconceptions?|mistakes?)[\w\s]{0,20}$",
    re.I,
)
_LIKENESS = re.compile(r"similar|same|analogous|as in|like", re.I)
_NEGATED = re.compile(
    r"\b(?:not|never|no longer|unlike|instead of|rather than|avoid|\w{2,6}n['\u2019]t)\s+(?:\w+\s+){0,2}$", re.I
)
_PERHAPS = re.compile(r"\b(?:may|might|could|would|should|can|if|whether)\s+(?:\w+\s+){0,2}$", re.I)


@dataclass(frozen=True, slots=True)
class Ground:
    """Whom or what a text names as its ground: one of `login` (lower case) and `number` (``#12``) is ''."""

    login: str = ""
    number: str = ""


def grounds(body: str) -> list[Ground]:
    """Whom and what a text names as ground for what its author does or thinks; each once."""
    if not any(sign in body for sign in "@#!"):
        return []
    text = own_words(body)
    found: dict[Ground, None] = {}
    if "@" in text:
        for pattern in (_AS_X_DID, _XS_WORK, _BY_X):
            for match in pattern.finditer(text):
                if _denied(text, match.start()):
                    continue
                # Thanks alone are manners; thanks for an idea say where it came from.
                manners = pattern is _BY_X and match[0].lower().startswith(("thanks", "kudos", "credit", "hat", "h/t"))
                if manners and not _THANKS_FOR_IDEA.search(_line(text, match.end())):
                    continue
                found[Ground(login=match["login"].lower())] = None
    if "#" in text or "!" in text:
        for match in _LIKE_NUMBER.finditer(text):
            alike = _LIKENESS.match(match[0]) and _ALIKE.search(text[max(0, match.start() - 60) : match.start()])
            if not alike and not _denied(text, match.start()):
                found[Ground(number=match["number"])] = None
    return list(found)


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)][:120]


def _denied(text: str, start: int) -> bool:
    return bool(_NEGATED.search(text[max(0, start - 40) : start]))


# --- building on a change ----------------------------------------------------------------------------------------

_STACKED = re.compile(
    r"\b(?:based on|built? (?:on )?(?:top of|upon)|on top of|stacked on|depends? on|dependent on|builds? on|requires|"
    r"follow[- ]?up (?:to|on|of|for)|rebased on(?: top of)?)[\s:*]+(?:(?:the )?(?:PR|pull request|MR)\s+)?" + _NUMBER,
    re.I,
)
_TAKEN_OVER = re.compile(
    r"\b(?:cherry[- ]?pick(?:ed|s)? (?:\w+ )?(?:from|of)|supersedes?|superseding|picks? up|picking up|"
    r"picked up(?: from)?|"
    r"takes? over|taking over|taken over from|revive[sd]?|reviving|resurrect(?:s|ed|ing)?|continu(?:es|ation of|ing)|"
    r"carr(?:y|ies) (?:on|over)|adopt(?:s|ed|ing)?(?: from)?|rebase(?:d)? (?:version )?of|rebased from|"
    r"split (?:off |out )?from|"
    r"broken out of|extracted from|replaces?|re-?open(?:s|ing)? of|new version of|successor (?:of|to)|"
    r"rework(?:s|ed|ing)?(?: of)?|up for grabs)[\s:*]+(?:(?:the )?(?:work|commits?|PR|pull request|MR|"
    r"stale)\s+){0,3}(?:(?:from|in|of|on)\s+)?" + _NUMBER,
    re.I,
)


#: https://docs.github.com/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue;
#: GitLab knows these words too.
_CLOSES = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+" + _NUMBER, re.I)


def closes(body: str) -> list[str]:
    """Marks (``#12``) of the issues that a text says its change ends, in the words that forges act upon; each once."""
    if "#" not in body:
        return []
    return list(dict.fromkeys(match["number"] for match in _CLOSES.finditer(own_words(body))))


def stacked_on(body: str) -> list[str]:
    """Numbers (``#12``, ``!12``) of changes that a text says its change stands on; each once."""
    return _numbers(_STACKED, body)


def taken_over(body: str) -> list[str]:
    """Numbers (``#12``, ``!12``) of changes whose work a text says its change goes on with; each once."""
    return _numbers(_TAKEN_OVER, body)


def _numbers(pattern: re.Pattern[str], body: str) -> list[str]:
    if "#" not in body and "!" not in body:
        return []
    text = own_words(body)
    found = (m for m in pattern.finditer(text) if not _denied(text, m.start()))
    return list(
        dict.fromkeys(m["number"] for m in found if not _PERHAPS.search(text[max(0, m.start() - 40) : m.start()]))
    )
