"""Identities as nodes: what the tables, the links and `people.csv` say about each, and what to call a group of them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from influence.identity import Contact, Who, Words, contact, fold, forms, is_address, is_full, plain_order
from influence.overrides import Override
from influence.robots import classify

_NAME_AND_EMAIL = re.compile(r"(.*?)\s*<[^<>]*>", re.DOTALL)

#: What has no place in a display while there is a better one.
_UNCLEAN = re.compile(r"[\x00-\x1f\x7f\"<>()@\ufffd]|-by:|\svia\s|Ã")

#: Keys of identities that stand in a file about people (a chart, CODEOWNERS) rather than in what people did.
_FILED = ("chart:", "email:", "login:")

_TEXTS = ("display", "email", "login", "title")

#: (a, b, same, by)
Link = tuple[str, str, bool, str]


@dataclass(slots=True)
class Node:
    """One identity: its row, or a key that only a link names (`real` is then False)."""

    key: str
    first: Any = pd.NaT
    display: str = ""
    email: str = ""
    login: str = ""
    title: str = ""
    real: bool = True
    kind: str = ""
    contact: Contact = field(default_factory=Contact)
    names: tuple[Words, ...] = ()

    @property
    def formal(self) -> bool:
        """Whether it stands in a chart rather than in what people did."""
        return self.key.startswith("chart:")


def columns_of(table: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    """Rows of some columns of a table, as tuples of Python values."""
    return zip(*(table[name].tolist() for name in names), strict=True) if len(table) else iter(())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def person_id(key: str) -> str:
    """Id of the person whose key seen first is `key`."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def read_links(links: pd.DataFrame) -> list[Link]:
    """(a, b, same, by) in an order that does not depend on that of the rows; what says nothing is left out."""
    found = set()
    for a, b, same, by in columns_of(links, "a", "b", "same", "by"):
        if isinstance(a, str) and isinstance(b, str) and not pd.isna(same):
            found.add((a, b, bool(same), _text(by) or "link"))
    return sorted(found)


def read_nodes(identities: pd.DataFrame, links: list[Link]) -> list[Node]:
    """One node a key, earliest first, ties and unknown times by key, those that only a link names last."""
    nodes: dict[str, Node] = {}
    texts = [[_text(v) for v in identities.get(c, [None] * len(identities))] for c in _TEXTS]
    times = pd.to_datetime(identities["first"]).tolist() if "first" in identities else [pd.NaT] * len(identities)
    rows = [row for row in zip(times, identities["key"].tolist(), *texts, strict=True) if isinstance(row[1], str)]
    rows.sort(key=lambda row: (pd.isna(row[0]), 0 if pd.isna(row[0]) else row[0].value, row[1:]))
    for first, key, display, email, login, title in rows:
        node = nodes.setdefault(key, Node(key, first))
        node.display = node.display or display
        node.email = node.email or email
        node.login = node.login or login
        node.title = node.title or title
    for a, b, _, _ in links:
        for key in (a, b):
            if key not in nodes:
                match = _NAME_AND_EMAIL.fullmatch(key)
                nodes[key] = Node(key, display=match[1] if match else "", real=False)
    for node in nodes.values():
        if not node.real:
            continue
        if is_address(node.display) and not node.email:
            node.email = node.display.strip()
        node.contact = contact(node.email)
        node.names = forms(node.display)
        node.kind = classify(node.display, node.email, node.login)
    known = [n for n in nodes.values() if not pd.isna(n.first)]
    known.sort(key=lambda n: (n.first, n.key))
    return known + sorted((n for n in nodes.values() if pd.isna(n.first)), key=lambda n: (not n.real, n.key))


def assign(rows: list[Override], nodes: list[Node]) -> tuple[dict[str, Override], list[str]]:
    """What `people.csv` says by identity key, and its entries that nobody answers to.

    An entry may be a key, an e-mail address, a login or an exact name; the more exact one wins.
    """
    if not rows:
        return {}, []
    by: list[dict[str, list[str]]] = [defaultdict(list) for _ in range(4)]
    for node in nodes:
        logins = {node.login.casefold(), node.contact.login}
        for index, values in zip(by, ({node.key}, {node.email.casefold()}, logins, {node.display}), strict=True):
            for value in values - {""}:
                index[value].append(node.key)
    said: dict[str, Override] = {}
    unmatched = []
    for row in rows:
        exact = by[0].get(row.key) or by[0].get(f"'{row.key}")
        if exact:
            said[exact[0]] = row
    for row in rows:
        if row.key in said or f"'{row.key}" in said:
            continue
        wanted = row.key.strip()
        login = contact(wanted).login or wanted.casefold().lstrip("@")
        found = by[1].get(wanted.casefold()) or by[2].get(login) or by[3].get(wanted)
        for key in found or ():
            said.setdefault(key, row)
        if not found and wanted:
            unmatched.append(row.key)
    return said, unmatched


def comparable(node: Node) -> Who:
    """A node made comparable."""
    logins, nicks = set(), set()
    if node.contact.login:
        logins.add((node.contact.platform, node.contact.login))
    login = node.login.strip().lstrip("@").casefold()[:200]
    if login:
        # A login in a chart is the house's own; one that is a bare word in a history is only what somebody was called.
        formal = node.key.startswith("login:")
        if not node.formal and (formal or node.display.casefold() != login):
            logins.add(("", login))
        else:
            nicks.add(login)
    # Files that name people by account or address show that as their display: it is no name of one word.
    made_up = node.key.startswith(_FILED) and fold(node.display.strip()) in {
        login,
        node.contact.local,
        node.contact.login,
    }
    names = () if made_up else node.names
    return Who(node.key, names, node.contact, frozenset(logins), frozenset(nicks), node.formal)


def display_name(group: list[Node], kind: str, said: dict[str, Override], canonical: Counter[str]) -> str:
    """Display name of a person: `people.csv`, else the mailmap's, else the chart's, else the most complete one.

    `canonical` counts the links that say so of a key. An e-mail address is never a display, its local part may be.
    """
    stated = [said[n.key] for n in group if n.key in said and said[n.key].name]
    if stated:
        # A person who was moved to another keeps the other's name: that of the identity whose id is the label.
        return min(stated, key=lambda o: (o.person != f"id-{person_id(o.key)}", o.line)).name
    named = [n for n in group if n.display.strip() and not is_address(n.display)]
    if kind == "agent" and named:
        return min((n.display for n in named), key=lambda name: (len(name), name))
    for chosen in (
        sorted((n for n in named if canonical[n.key]), key=lambda n: (-canonical[n.key], n.key)),
        [n for n in named if n.formal and n.display != n.login],
    ):
        if chosen:
            return plain_order(chosen[0].display)
    named = [n for n in named if n.real]
    if named:
        count = Counter(n.names for n in named)
        newest = {n.key: i for i, n in enumerate(group)}
        best = max(named, key=lambda n: (*_completeness(n), count[n.names], newest[n.key]))
        return plain_order(best.display)
    for node in group:
        if text := node.login or node.contact.login or node.contact.local or node.display:
            return text.partition("@")[0] or text
    return "(no name)"


def _completeness(node: Node) -> tuple[bool, bool, bool, bool]:
    """How well a name serves as a display: full, clean, written with capitals, with its accents."""
    name = node.display
    full = any(is_full(words) for words in node.names)
    clean = not _UNCLEAN.search(name) and len(name) <= 100
    return full, clean, any(c.isupper() for c in name) or not name.isascii(), not name.isascii()
