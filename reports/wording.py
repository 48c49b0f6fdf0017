"""The sentences of the report. Plain English, singular and plural right, no pronoun that guesses a gender,
and an honest sentence for each case in which something is not known.

A sentence is a list of `Part`: text, and how it stands out. Escaping is left to whoever shows it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from reports.safety import clip

if TYPE_CHECKING:
    from influence.findings import Findings

_WORDS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)


class Part(NamedTuple):
    """A piece of a sentence. `mark` is "", "b" (stands out), "who" (a person), "code" or "title" (of a work)."""

    text: str
    mark: str = ""


Sentence = list[Part]


def text(sentence: Sentence) -> str:
    """The sentence without its marks."""
    return "".join(part.text for part in sentence)


def number(value: float) -> str:
    """1234567 -> "1,234,567"; a fraction keeps one digit."""
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:,.1f}"


def word(value: int) -> str:
    """Small numbers as words: 4 -> "four", 21 -> "21"."""
    return _WORDS[value] if 0 <= value < len(_WORDS) else number(value)


def count(value: int, one: str, many: str | None = None) -> str:
    """(1, "person", "people") -> "1 person"; (0, ...) -> "no people"."""
    return f"{'no' if value == 0 else number(value)} {one if value == 1 else many or one + 's'}"


def percent(share: float | None) -> str:
    """0.034 -> "3 %"; what rounds to 0 or 100 without being it says so; "not known" for None and NaN."""
    if not known(share):
        return "not known"
    assert share is not None
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{share * 100:.0f} %"


def known(value: object) -> bool:
    """Whether it is there at all (None, NaN and NaT are not)."""
    return value is not None and not (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def listing(items: Sequence[str], at_most: int = 3, what: str = "more") -> str:
    """["a", "b", "c"] -> "a, b and c"; what is beyond `at_most` is counted."""
    shown, rest = list(items[:at_most]), len(items) - at_most
    if rest > 0:
        shown.append(f"{rest} {what}")
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def day(value: Any) -> str:
    """Like "31 December 2025"."""
    if not known(value):
        return "not known"
    stamp = pd.Timestamp(value)
    return f"{stamp.day} {stamp:%B %Y}"


def month(value: Any) -> str:
    """Like "March 2023"."""
    return f"{pd.Timestamp(value):%B %Y}" if known(value) else "not known"


def ago(value: Any, until: Any, created: Any = None) -> str:
    """When somebody was last seen. "2 weeks ago" only where what was read ends where the page was made, so that
    the words are true; else, and beyond ten weeks, the month.

    >>> ago("2025-12-17", "2025-12-31", "2026-01-02")
    '2 weeks ago'
    >>> ago("2025-12-17", "2025-12-31", "2031-01-02")
    'December 2025'
    """
    if not known(value):
        return "not known"
    if not known(until) or not known(created) or abs((_date(created) - _date(until)).days) > 10:
        return month(value)
    days = (_date(until) - _date(value)).days
    if days < 7:
        return "this week"
    return f"{count(round(days / 7), 'week')} ago" if days < 70 else month(value)


def _date(value: Any) -> dt.date:
    return pd.Timestamp(value).date()


def span(first: Any, last: Any) -> str:
    """How long from first to last: "3 years", "5 months"."""
    if not known(first) or not known(last):
        return "a time that is not known"
    days = max((pd.Timestamp(last) - pd.Timestamp(first)).days, 1)
    if days >= 700:
        return count(round(days / 365.25), "year")
    return count(round(days / 30.4), "month") if days >= 60 else count(days, "day")


def period(since: Any, until: Any) -> str:
    """The window: "1 January 2023 to 31 December 2025"."""
    return f"{day(since)} to {day(until)}" if known(since) else f"until {day(until)}"


def ranks(low: Any, high: Any) -> str:
    """Like "2 to 4", or "1"."""
    return f"{number(low)}" if low == high else f"{number(low)} to {number(high)}"


def others(findings: Findings) -> str:
    """How the page calls the people around somebody: colleagues where a chart says that they are."""
    return "colleagues" if findings.meta.get("chart") else "others"


def documents(findings: Findings) -> bool:
    """Whether documents and no code were read: then there are works that are cited, and no commits or lines."""
    return bool(findings.meta.get("documents_only"))


def population(findings: Findings) -> int:
    """How many people could follow somebody: everybody who was read, but for that somebody."""
    people = findings.meta.get("counts", {}).get("people")
    return max(int(len(findings.people) if people is None else people) - 1, 0)


def answer(findings: Findings) -> Sentence:
    """The answer first: who leads without managing, followed by how many; or that nobody can be named."""
    named = findings.named()
    if not len(findings.leaders):
        return [Part("Nothing that was read shows anybody following anybody.")]
    if not len(named):
        return _nobody(findings)
    here, gone = named[named["here"].astype(bool)], named[~named["here"].astype(bool)]
    first = foremost(named)
    followed = f"followed by {number(first.reach)} of {number(population(findings))} {others(findings)}"
    if not len(here):
        sentence = [Part(f"Nobody who is still here leads without formal power. {_still_followed(len(gone))}: ")]
        sentence += [Part(str(first.person), "who"), Part(f", last seen in {month(first.last_seen)}, is {followed}")]
        return [*sentence, Part(".")]
    sentence = [Part(_how_many_lead(findings, len(here), sum(not known(value) for value in here["implicit"])))]
    if len(here) == 1:
        sentence += [Part(": "), Part(str(first.person), "who"), Part(f", {followed}")]
    else:
        sentence += [Part(". "), Part(str(first.person), "who"), Part(f" is {followed}")]
    silent = first.get("silent_share")
    if known(silent) and float(silent) >= 0.5:
        before = "without having written together" if documents(findings) else "without a word between them"
        sentence.append(Part(f", {percent(silent)} of it {before} first"))
    sentence.append(Part("."))
    if len(gone):
        sentence.append(Part(f" {_still_followed(len(gone))}"))
        before = gone.iloc[0]
        if before["rank"] < first["rank"]:
            sentence += [
                Part(", "),
                Part(str(before.person), "who"),
                Part(" more than anyone here" if len(gone) > 1 else ""),
            ]
        sentence.append(Part("."))
    return sentence


def _still_followed(gone: int) -> str:
    verb = "is" if gone == 1 else "are"
    return f"{word(gone).capitalize()} who {verb} gone {verb} still followed"


def foremost(rows: pd.DataFrame) -> pd.Series:
    """Whom the page speaks of first: the most followed of those who are still here, if any are."""
    here = rows[rows["here"].astype(bool)]
    return (here if len(here) else rows).iloc[0]


def _how_many_lead(findings: Findings, people: int, unknown: int) -> str:
    subject = f"{word(people).capitalize()} {'person leads' if people == 1 else 'people lead'} here"
    without = "without managing anyone" if findings.meta.get("chart") else "without a formal role that was read"
    if unknown == 0:
        return f"{subject} {without}"
    if unknown == people:
        what = "what others cite" if documents(findings) else "what others build on"
        return f"{subject} by {what}, with or without formal power"
    return f"{subject}: {word(people - unknown)} {without}, {word(unknown)} whose formal power is not known"


def _nobody(findings: Findings) -> Sentence:
    first = foremost(findings.leaders)
    why = str(findings.meta.get("named_note") or "").strip().rstrip(".")
    sentence = [Part("Nobody can be named here as leading without managing.")]
    if why:
        sentence.append(Part(f" {why[0].upper()}{why[1:]}."))
    return [
        *sentence,
        Part(" Most followed is "),
        Part(str(first.person), "who"),
        Part(f", by {number(first.reach)} of {number(population(findings))} {others(findings)}."),
    ]


def sure(findings: Findings) -> str:
    """How sure the answer is, from the rank ranges of those named."""
    rows = findings.named()
    if not len(rows):
        rows = findings.leaders.head(1)
    if not len(rows):
        return ""
    first = foremost(rows)
    rest = rows[rows["id"] != first["id"]]
    if first["rank"] == 1 and known(first.get("first_share")):
        often = "all" if first.first_share == 1 else f"{percent(first.first_share)} of"
        line = f"{clip(first.person, 60)} comes first in {often} random re-weighings of the followers"
    else:
        span = f"between rank {first.rank_low} and {first.rank_high}"
        where = span if first.rank_low != first.rank_high else f"at rank {first.rank_low}"
        line = f"{clip(first.person, 60)} stays {where} in 90 % of random re-weighings of the followers"
    if len(rest):
        whom = "the other one stays" if len(rest) == 1 else f"the other {word(len(rest))} stay"
        line += f"; {whom} between rank {number(rest.rank_low.min())} and {number(rest.rank_high.max())}"
    return line + "."


def read(findings: Findings) -> list[Sentence]:
    """What was read, what was left out, what is not known: one sentence each."""
    meta, counts = findings.meta, findings.meta.get("counts", {})
    what: Sentence = [Part("Read: ")]
    for key, one, many, ink in (
        ("repositories", "repository", "repositories", "b"),
        ("reviews", "review", "reviews", "b"),
        ("documents", "document", "documents", "b"),
        ("commits", "commit", "commits", ""),
    ):
        if counts.get(key):
            what += [Part(", ")] if len(what) > 1 else []
            what.append(Part(count(int(counts[key]), one, many), ink))
    if counts.get("reviews") and counts.get("commits"):
        both, all_of_them = int(counts["reviewing_matched"]), int(counts["reviewing"])
        what.append(Part(f" ({number(both)} of {number(all_of_them)} who took part in reviews have commits)"))
    if counts.get("people"):
        what.append(Part(f" by {count(int(counts['people']), 'person', 'people')}"))
    if counts.get("citations"):
        what.append(Part(f" with {count(int(counts['citations']), 'citation')} of others"))
    what.append(Part(f" over {span(meta.get('since'), meta.get('until'))}"))
    chart = meta.get("chart")
    if chart:
        what.append(Part(" · "))
        what.append(Part(f"org chart of {count(int(chart['chart_people']), 'person', 'people')}", "b"))
        what.append(Part(f", {number(int(chart['matched']))} matched"))
    owning = [
        s for s in meta.get("sources", []) if s.get("connector") == "owners" and (s.get("counts") or {}).get("people")
    ]
    if owning:
        what.append(Part(" · "))
        what.append(
            Part(
                f"files of owners (OWNERS, MAINTAINERS, CODEOWNERS) of {listing([str(s['label']) for s in owning], 3)}",
                "b",
            )
        )
    what.append(Part("."))
    return [what, left_out(findings), not_known(findings)]


def left_out(findings: Findings) -> Sentence:
    """Bots, assistants, unreadable files and following owed to power, in a few words; the full list stands below."""
    counts = findings.meta.get("counts", {})
    items = [count(int(counts.get("bots", 0)), "bot")] if counts.get("bots") else []
    if counts.get("agents"):
        agents, commits = int(counts["agents"]), int(counts.get("ai_commits", 0))
        items.append(count(agents, "coding assistant"))
        if commits:
            owner, verb = "its" if agents == 1 else "their", "counts" if commits == 1 else "count"
            items[-1] += f" ({owner} {count(commits, 'commit')} {verb} for those who asked)"
    whats = [str(p[0]) for source in findings.meta.get("sources", []) for p in source.get("problems") or [] if p[1]]
    items += _grouped(whats)
    owed = findings.edges.loc[findings.edges["occasion"] == "obliged", "signals"].sum()
    if owed:
        items.append(f"{count(int(owed), 'act')} of following owed to formal power")
    return [Part(f"Left out: {listing(items, 4)}.")] if items else [Part("Nothing was left out.")]


def _grouped(whats: list[str]) -> list[str]:
    """["files: binary", "files: data", "forks"] -> ["files (binary and data)", "forks"]; each once."""
    groups: dict[str, list[str]] = {}
    for what in whats:
        head, _, tail = what.partition(": ")
        kinds = groups.setdefault(head, [])
        if tail and tail not in kinds:
            kinds.append(tail)
    return [f"{head} ({listing(kinds, 3)})" if kinds else head for head, kinds in groups.items()]


def not_known(findings: Findings) -> Sentence:
    """What the sources cannot tell: who asked, who spoke first, who holds power."""
    items = []
    share = unknown_occasion(findings)
    if known(share) and share:
        items.append(f"who asked for {'any' if share > 0.995 else percent(share)} of what was followed")
    silent = findings.leaders["silent_share"] if "silent_share" in findings.leaders else pd.Series(dtype=float)
    if not silent.notna().any():
        items.append("who had spoken to whom first (no review was read)")
    elif documents(findings):
        items.append("whether people who never wrote together had spoken")
    if not findings.meta.get("authority_known"):
        items.append("who has formal power")
    elif findings.meta.get("hidden_rights"):
        hidden = int(findings.meta["hidden_rights"])
        people, verb = count(hidden, "person", "people"), "is" if hidden == 1 else "are"
        items.append(f"who {people} with rights over a whole repository {verb} in the history")
    elif (findings.meta.get("chart") or {}).get("unmatched"):
        items.append(
            f"who {count(len(findings.meta['chart']['unmatched']), 'person', 'people')} of the chart "
            f"{'is' if len(findings.meta['chart']['unmatched']) == 1 else 'are'} in the history"
        )
    return [Part(f"Not known: {listing(items, 4)}.")] if items else []


def unknown_occasion(findings: Findings) -> float | None:
    """Share of the counted following of which no source says who asked for it."""
    edges = findings.edges
    counted = edges[edges["counted"].astype(bool)]
    total = float(counted["influence"].sum())
    return float(counted.loc[counted["occasion"] == "unknown", "influence"].sum()) / total if total else None


def title(findings: Findings) -> str:
    """What the page is about: "Who is followed at X", with a word where it was simulated."""
    name = str(findings.meta.get("title") or "this organisation")
    return f"Who is followed in {name}" + (
        " (simulated)" if findings.meta.get("simulated") and "(simulated)" not in name else ""
    )


def formal(row: Any, chart: bool) -> tuple[str, str]:
    """(what to say of somebody's formal power, how to ink it: "none", "formal" or "unknown")."""
    roles = listing([str(role) for role in row.formal], 3) if isinstance(row.formal, (list, tuple)) else ""
    ended = getattr(row, "formerly", None)
    past = f"formerly {listing([str(role) for role in ended], 3)}" if isinstance(ended, (list, tuple)) and ended else ""
    more = "".join(f"; {each}" for each in (roles, past) if each)
    if not known(row.implicit):
        return f"formal power unknown{more}", "unknown"
    if row.implicit:
        return ("manages nobody" if chart else "no formal role that was read") + more, "none"
    return "; ".join(each for each in (roles or "holds formal power", past) if each), "formal"


def did(kind: str, how: str = "") -> str:
    """What a follower did: a verb that what was used, or the follower's own change, comes after."""
    if kind == "consults":
        words = how.replace("-", " ")
        if how == "asked":
            return "asked them for a review of"
        # Trailers are the author's thanks, the rest is what the reviewer said.
        if not how or how.endswith("-by"):
            return f"thanks them ({words}) in" if how else "thanks them in"
        return f"had their review ({words}) of"
    if kind == "builds_on" and how in ("stacked", "taken over"):
        return "began from their unmerged change in" if how == "stacked" else "went on with their change in"
    return {
        "builds_on": "built on their lines in",
        "adopts": "uses their",
        "cites": "cites",
        "heeds": "changed after their comment",
        "mentions": "names their work as the ground for",
    }.get(kind, kind)


def short_month(value: Any) -> str:
    """Like "Mar 2023"."""
    return f"{pd.Timestamp(value):%b %Y}" if known(value) else ""


def kind_label(kind: str) -> str:
    """A kind as a heading."""
    return {
        "builds_on": "lines built on",
        "adopts": "names used",
        "cites": "works cited",
        "consults": "advice and review",
        "heeds": "advice heeded",
        "mentions": "named as ground",
    }.get(kind, kind)


def kind_people(kind: str, people: int) -> str:
    """What goes after the number in "23 people use names they defined"."""
    one = people == 1
    return {
        "builds_on": "built on lines they wrote",
        "adopts": f"{'uses' if one else 'use'} names they defined",
        "cites": f"{'cites' if one else 'cite'} their works",
        "consults": "took or credited their advice or review",
        "heeds": "changed the work after their comment",
        "mentions": f"{'names' if one else 'name'} their work as the ground for their own",
    }.get(kind, kind)
