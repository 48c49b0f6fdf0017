"""What each trailer says about the person it names: the table behind docs/trailers.md.

A trailer is *following* when the author asked for or took somebody's advice and says so; it is *contact* when that
person merely acted on the work or was told of it. Contact is kept: it decides what counts as silent following.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: Asked for or credited advice: last word(s) of a trailer before ``-by`` -> the `how` of the signal.
FOLLOWING: dict[str, str] = {
    "reviewed": "reviewed-by",
    "lgtm": "reviewed-by",
    "looks-fine-to-me": "reviewed-by",
    "looks-good-to-me": "reviewed-by",
    "acked": "acked-by",
    "acknowledged": "acked-by",
    "approved": "approved-by",
    "helped": "helped-by",
    "assisted": "assisted-by",
    "improved": "helped-by",
    "commit-message": "helped-by",
    "comments": "helped-by",
    "commented": "helped-by",
    "encouraged": "helped-by",
    "suggested": "suggested-by",
    "suggestions": "suggested-by",
    "proposed": "suggested-by",
    "hinted-at": "suggested-by",
    "hinted": "suggested-by",
    "advised": "suggested-by",
    "mentored": "mentored-by",
    "guided": "mentored-by",
    "taught": "mentored-by",
    "inspired": "inspired-by",
    "idea": "inspired-by",
    "original-idea": "inspired-by",
    "designed": "inspired-by",
    "diagnosed": "diagnosed-by",
    "analyzed": "diagnosed-by",
    "analysed": "diagnosed-by",
    "analysis": "diagnosed-by",
    "explained": "diagnosed-by",
    "researched": "diagnosed-by",
    "investigated": "diagnosed-by",
    "debugged": "diagnosed-by",
    "bisected": "diagnosed-by",
    "root-caused": "diagnosed-by",
    "patch": "based-on-patch-by",
    "work": "based-on-patch-by",
    "code": "based-on-patch-by",
    "contributions": "based-on-patch-by",
    "originally": "based-on-patch-by",
    "originally-authored": "based-on-patch-by",
    "written": "based-on-patch-by",
    "original-test": "based-on-patch-by",
    "initial-test": "based-on-patch-by",
    "tests": "based-on-patch-by",
    "test-case": "based-on-patch-by",
}

#: Direct contact that did not lead the author's work.
CONTACT: dict[str, str] = {
    "tested": "tested-by",
    "verified": "tested-by",
    "reported": "reported-by",
    "noticed": "reported-by",
    "spotted": "reported-by",
    "found": "reported-by",
    "discovered": "reported-by",
    "pointed-out": "reported-by",
    "requested": "requested-by",
    "liked": "liked-by",
    "supported": "liked-by",
    "edited": "edited-by",
    "modified": "edited-by",
    "tweaked": "edited-by",
    "nacked": "nacked-by",
}

#: Trailers that do not end in ``-by``: name -> (what it is, `how`).
OTHER: dict[str, tuple[str, str]] = {
    "thanks-to": ("advice", "helped-by"),
    "with-help-from": ("advice", "helped-by"),
    "helped-with": ("advice", "helped-by"),
    "discussed-with": ("advice", "helped-by"),
    "looks-good-to": ("advice", "reviewed-by"),
    "reviewer": ("advice", "reviewed-by"),
    "mentor": ("advice", "mentored-by"),
    "original-author": ("advice", "based-on-patch-by"),
    "cc": ("contact", "cc"),
    "reviewers": ("contact", "asked-to-review"),
    "subscribers": ("contact", "cc"),
    "reporter": ("contact", "reported-by"),
    "tester": ("contact", "tested-by"),
    "co-author": ("coauthor", ""),
    "coauthor": ("coauthor", ""),
    "co-authors": ("coauthor", ""),
    "paired-with": ("coauthor", ""),
    "pair-programmed-with": ("coauthor", ""),
}

#: Who shares the authorship: words before ``-by``.
COAUTHOR = ("co-authored", "coauthored", "co-author", "co-developed", "co-written", "also", "pair-programmed")

_HEAD = re.compile(r"[a-z]+(?:-[a-z]+)*(?: by)?\Z")
_MISSPELT = {"review": "reviewed", "reviewd": "reviewed", "ack": "acked", "suggest": "suggested", "test": "tested"}
_MISSPELT |= {"report": "reported", "help": "helped", "mentor": "mentored", "inspire": "inspired"}


@lru_cache(maxsize=4096)
def role(head: str) -> tuple[str, str] | None:
    """What the trailer `head` is: (coauthor, advice, contact or assistant, how), or None for any other line.

    Compound ones (``Reported-and-reviewed-by``) are following as soon as one part is; adverbs before the last word
    (``Trivially-acked-by``, ``Co-mentored-by``) change nothing.
    """
    name = head.strip().lower()
    if not _HEAD.match(name):
        return None
    if name in OTHER:
        return OTHER[name]
    if not name.endswith(("-by", " by")):
        return None
    name = name[:-3]
    if name in COAUTHOR:
        return "coauthor", ""
    if name in ("generated", "made"):
        return "assistant", name
    found: list[tuple[str, str]] = []
    for part in name.split("-and-"):
        words = part.split("-")
        for start in range(len(words)):
            rest = "-".join(words[start:])
            rest = _MISSPELT.get(rest, rest) if len(words) == 1 else rest
            if rest in FOLLOWING:
                found.append(("advice", FOLLOWING[rest]))
                break
            if rest in CONTACT:
                found.append(("contact", CONTACT[rest]))
                break
    return min(found, default=None)  # "advice" sorts before "contact"
