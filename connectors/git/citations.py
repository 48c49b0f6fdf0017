"""Which other commits a message names, and whether as ground for its own work or as something that it undoes.

Naming as ground (``since abc1234 (subject, date)``, ``as in abc1234``, ``follow-up to abc1234``) is following; naming
what is fixed or reverted is not, and naming without any sign of why is neither. In doubt a hash is dropped.
What this gets right and wrong on real histories stands in docs/trailers.md.
"""

from __future__ import annotations

import re

#: A message that names more commits is a log; what comes after is not read.
MOST_NAMED = 100

_HEX_MASK = bytes(ord("x") if chr(byte) in "0123456789abcdef" else ord(" ") for byte in range(256))
#: A hash in a text so masked. The first seven stand one by one: the engine leaps to where they are.
_HASH = re.compile(rb"xxxxxxxx{0,33}")
#: What may stand directly before and after a hash; anything else makes it part of an address, a path, a range, an id.
_MAY_PRECEDE = " \n\t([`'\",;:"
_AFTER = re.compile(r"(?:[\^~][\^~0-9]*)?(?:[\s)\]`'\",;:!?]|\.(?!\.|\w)|'s\b|$)")
_ADDRESS_ENDS = ("/", "@")
_ADDRESS = re.compile(r"(?:https?://\S{1,100}/commits?/|(?<![\w/.-])[\w.-]{1,40}/[\w.-]{1,60}@)$")
#: ``(subject, 2020-01-02)``, ``("subject")``, ``("subject", date)``: how git and Linux cite a commit.
_CITED = re.compile(
    r"`?\s{1,4}\(\s*(?:[\"“]|[\w/.-]+: \S"
    r"|(?:[^()\n]|\([^()]*\)|\n(?!\n)){3,300}?,\s+\d{4}-\s?\d\d-\s?\d\d\s*\))"
)
_SUBJECT = re.compile(r"[`'\"]?\s{0,4}\((?:[^()]|\([^()]*\)){3,300}\)")
#: Between two hashes that are named alike.
_AND = re.compile(
    r"(?:[`'\"]?\s{0,4}\((?:[^()]|\([^()]*\)){3,300}\))?[`'\"]?(?:\s*(?:,|and|or|&|/|\+|, and))?"
    r"\s+(?:commits? )?[`'\"(]?$"
)
#: What follows a hash in a copied log, and in the link lists of release notes.
_LISTED = re.compile(r"\n(?:Author|Merge|Date): |[`'\"]?\]\(")
#: A sentence ends here; so does whatever a paragraph, a list item, a footnote or a trailer before it said.
_SENTENCE_END = re.compile(
    r"[.!?;\n](?:(?<!\n)(?<!e\.g.)(?<!i\.e.)(?<!\bcf.)(?<!c\.f.)(?=\s)"
    r"|(?<=\n)(?:[ \t]*\n|[ \t]*[-*+] |(?=\[?\d\]?:? |[A-Z][\w-]+: )))"
)
_OPENING = " \n\t([`'\""

# Ends of the text before a hash: patterns are searched in one sentence, white space collapsed, its last blank kept.
_COMMIT = r"(?:(?:the|my|our|a|recent|earlier|merge|commits?|changeset|rev(?:ision)?|patch|that is|namely) )*$"
_DEFECT = (
    r"(?:regress\w*(?! tests?\b)|bugs?|break(?:age)?|broken\w*|typos?|mistakes?|errors?|leaks?|crash\w*|oversight"
    r"|misspell\w*|defect|segfaults?|off-by-one|thinko|glitch|race|deadlock|overflow|fallout|mis-?merge|blunder|flaw|problems?|issues?)"
)


def _any(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


#: Before a hash: this commit undoes or repairs that one.
_UNDONE_BEFORE = re.compile(
    _any(
        r"\b(?:revert(?:s|ed|ing)?|back(?:s|ed|ing)? out|undo(?:es|ing)?)(?: of)?:?",
        r"\b(?:reverts?|reverting|undo(?:es|ing)?)\b[^.;]{0,60} (?:from|of|in|by)",
        r"^(?:fixes|fix|fixup)(?: commit)?:?",
        r"\b(?:fixes|fixing|fixup(?: for| to)?|fix for|fix up|repairs?|corrects?|amends?):?",
        r"\bfix(?:es|ed|ing|up)? (?:(?!\b(?:in|by|see|as|since|like|with)\b)[^.;]){1,60} from",
        rf"\b{_DEFECT}\b[^.]{{0,60}}?\b(?:introduced|caused|crept|snuck|sneaked|slipped|started|came)"
        r"(?: back| into?| first| about)?(?: in| by| with| via| at| since| from)?(?: with)?",
        r"\b(?:broken?|regressed|broke)(?: it| this| that)?(?: again)?(?: ever)?"
        r"(?: in| by| since| with| from| after| at| as of)",
        r"\b(?:regressions?|breakages?|fallout|bugs?|typos?|mistakes?)(?: caused)?"
        r"(?: in| from| since| of| by| introduced by| after| with)",
        r"\b(?:bisect(?:s|ed)?|bisection|track(?:s|ed))(?: points?| pointed| leads?)?(?: it| this)?(?: down)? to",
        r"\b(?:culprit|offending commit|offender|to blame|at fault)(?: is| was|:)?",
    )
    + f" {_COMMIT}",
    re.I,
)
#: After a hash and its subject: the same.
_UNDONE_AFTER = re.compile(
    r"^[)\]`'\"]*,?\s+(?:(?:also|has|had|have|which|that|it|unfortunately|however|subtly|silently) )*"
    + _any(
        r"broke\b",
        r"regressed",
        r"(?:accidentally|inadvertently|mistakenly|wrongly|erroneously|incorrectly|unintentionally|carelessly)\b",
        r"forgot",
        r"neglected",
        r"missed",
        r"failed to",
        rf"introduced (?:a|an|the|this|that|some)\s(?:\w+\s){{0,3}}{_DEFECT}",
        r"caused",
        r"was (?:wrong|buggy|broken|bad)",
    ),
    re.I,
)
#: Around a hash: something was wrong with that commit, or this one takes back what it did.
_SUSPECT = re.compile(
    r"\b"
    + _any(
        r"regress\w*|broke\w*|breakage|bugs?|buggy|culprit|offending|problematic|mindless\w*",
        r"accident\w*|inadvertent\w*|mistak\w+|forg[eo]t\w*|typos?|oversight|neglected|missed|wrong\w*|erroneous\w*",
        r"incorrect\w*|unintention\w*|fail(?:s|ed|ing)?|no longer|stopped|leak\w*|crash\w*|segfault\w*",
        r"over-?eager\w*|too \w+|unfortunately|however|hard-?coded|should(?: not|n't)? have|(?:did|does)(?: not|n't)",
        r"add(?:s|ing)? back|br(?:ing|ought) back|re-?add|reinstat\w+|resurrect\w*|before|prior to",
    )
    + r"\b",
    re.I,
)
#: In a title: this commit repairs something, so that what it names in passing is likely to be where that came from.
_REPAIR = re.compile(
    r"\b(?:fix(?:e[sd]|ing|up)?|plug|repair|correct|regression|bugs?|leaks?|crash\w*|segfault\w*|broken|breakage|typos?)\b",
    re.I,
)
#: Before a hash: it is the model or the base of this work, whatever else the sentence says.
_MODEL = re.compile(
    r"\b"
    + _any(
        r"as (?:\w+ ){0,3}(?:in|by|with|of|per)",
        r"like(?:wise)?",
        r"similar(?:ly)?(?: \w+)? to",
        r"same (?:\w+ ){0,4}(?:as|in)",
        r"follow(?:s|ing|ed|-?up)?(?: on| up)*(?: to| from| of)?(?: the \w+ \w+ (?:of|in|by|set by))?",
        r"(?:analog\w+|companion|complement\w*|counterpart|refer|thanks)(?: to| of)?",
        r"mirror(?:s|ing)?|extend(?:s|ing)?|generali[sz]\w+",
        r"inspired by|based on|(?:builds?|building) (?:up)?on|on top of",
        r"continu\w+(?: of| from| with)?",
        r"in the (?:spirit|vein|style|footsteps) of",
        r"(?:borrow\w*|taken|copied|lifted) from",
        r"per|cf\.?|c\.f\.|see(?: also| e\.g\.)?:?",
        r"(?:described|explained) in",
    )
    + f" {_COMMIT}",
    re.I,
)
#: Before a hash: enough where nothing in the sentence is suspect.
_GROUND = re.compile(
    _any(
        r"\b(?:since|in|by|of|with|from|via|at|after|to|for|on|because of|due to|given|when|commits?|earlier)[,:]?",
        r"\brelated-change:",
        r"^\[?\d\]?:?",
    )
    + f" {_COMMIT}",
    re.I,
)
#: A sentence that opens with the hash tells history, and more often than not of how a fault came about.
_BACKGROUND = re.compile(
    r"(?:(?:in|with|when|while|and|but|then|also|however),? )?(?:(?:the|my|our|an|earlier) )*(?:commit )?$", re.I
)
#: Before a hash: it is copied or merged, or is no commit.
_COPIED = re.compile(
    _any(
        r"reversing changes made to",
        r"picked(?: from)?:?",
        r"back-?port(?:ed|s)?(?: of| from)?",
        r"upstream|subtree|merges? commit|merges|\* commit|split:|tree|blob|object|parent",
    )
    + f" {_COMMIT}",
    re.I,
)


def cited_commits(text: str) -> tuple[list[str], list[str]]:
    """Hashes that `text` names as ground, and of what it fixes or reverts: (mentions, undoes), each once, in order.

    A hash has 7 to 40 lower-case hex digits, and a digit and a letter unless it has 12 or more. Copied commits
    (``cherry picked from``), ids and parts of addresses are left out.
    """
    # Most messages name no commit: seven hex digits in a row are looked for at memory speed first.
    masked = text.encode("ascii", "replace").translate(_HEX_MASK)
    if b"xxxxxxx" not in masked:
        return [], []
    mentions: dict[str, None] = {}
    undoes: dict[str, None] = {}
    previous_end, verdict, named = 0, None, 0
    repairs = _REPAIR.search(text, 0, text.find("\n", 1, 300)) is not None
    for match in _HASH.finditer(masked):
        start, end = match.span()
        digits = text[start:end]
        if len(digits) < 12 and (digits.isdigit() or digits.isalpha()):
            continue
        before = text[start - 1] if start else " "
        if before not in _MAY_PRECEDE and not (
            before in _ADDRESS_ENDS and _ADDRESS.search(text, max(0, start - 120), start)
        ):
            continue
        if not _AFTER.match(text, end):
            continue
        named += 1
        if named > MOST_NAMED:
            break
        if not (verdict and start - previous_end < 400 and _AND.match(text, previous_end, start)):
            verdict = _verdict(text, start, end, repairs)
        previous_end = end
        if verdict == "undoes":
            undoes[digits] = None
        elif verdict == "mentions":
            mentions[digits] = None
    return [digits for digits in mentions if digits not in undoes], list(undoes)


def _verdict(text: str, start: int, end: int, repairs: bool) -> str | None:
    """What naming the hash at text[start:end] in a message that repairs or not means: "mentions", "undoes" or None."""
    line = text[text.rfind("\n", max(0, start - 300), start) + 1 : start] if start else ""
    if line.startswith(("\t", ">", "|", "+", ":")) or _LISTED.match(text, end):
        return None  # output of a command, a quotation, a log, release notes
    if line[:1].isspace() and text.startswith("Merge "):
        return None  # the list of what was merged
    before = text[max(0, start - 240) : start]
    if before.removesuffix("\n").endswith(_ADDRESS_ENDS):
        before = _ADDRESS.sub("", before)
    stops = [stop.end() for stop in _SENTENCE_END.finditer(before)]
    before = _SUBJECT.sub(" ", before[stops[-1] if stops else 0 :])
    before = " ".join(before.split()).rstrip(_OPENING) + " "
    if _COPIED.search(before):
        return None
    subject = _SUBJECT.match(text, end, end + 400)
    end_of_subject = subject.end() if subject else end
    after = text[end_of_subject : end_of_subject + 160]
    stop = _SENTENCE_END.search(after)
    after = " " + " ".join(after[: stop.start() if stop else 160].split())
    if _UNDONE_BEFORE.search(before) or _UNDONE_AFTER.match(after):
        return "undoes"
    if _MODEL.search(before):
        return "mentions"
    if repairs or _BACKGROUND.match(before.lstrip()) or _SUSPECT.search(before) or _SUSPECT.search(after):
        return None
    if _GROUND.search(before) or _CITED.match(text, end, end + 400):
        return "mentions"
    return None
