"""Who is who: identities -> persons, with bots and AI agents apart.

Worked out anew from the raw rows each time, so nothing is ever lost by a merge: take back the rule or the line of
`people.csv`, and the identities are as they were. The rules and how sure each is: `influence.matching`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pandas as pd
from rapidfuzz import fuzz, process

from influence import overrides as csv_file
from influence.errors import InputError
from influence.identity import fold
from influence.matching import propose
from influence.namesakes import Apart, Proposal, between
from influence.nodes import Link, Node, assign, columns_of, comparable, display_name, person_id, read_links, read_nodes
from influence.overrides import Override
from influence.union import Union

#: Near misses beyond these, least sure first, are not kept: nobody reviews more.
NEAR_MISSES = 2_000

#: Who said so, where it is the titles of merges (`connectors.git.logins`).
_TITLES = "merge titles"

#: Agents are one by product, whatever the model, the version and the address.
_PRODUCTS = re.compile(
    r"claude|anthropic|copilot|codex|openai|chatgpt|\bgpt|cursor|gemini|devin|jules|amazon.?q|aider|openhands|qwen|\bglm"
    r"|deepseek|junie|opencode|windsurf|coderabbit|sweep|grok|kimi|llama|mistral|\bamp\b"
)
_SAME_PRODUCT = {"anthropic": "claude", "openai": "codex", "chatgpt": "codex", "gpt": "codex"}


@dataclass
class People:
    """Persons and the identities that they are made of.

    Attributes
    ----------
    table
        One row per person, first seen first: `id` (12 hex digits, from the key seen first), `person` (display name,
        raw: neutralise it where it is shown), `class` (person, bot, agent), `title` (of a chart, or None),
        `identities` (how many), `first` (when first seen, or NaT).
    keys
        `key`, `id`: every identity and its person.
    merges
        `id`, `a`, `b`, `rule`, `confidence` (0 to 1), `accepted`: every join that was made and near misses that were
        not. `a` and `b` are keys, `id` the person of `a`.
    unmatched
        Entries of `people.csv` that no identity answers to.
    """

    table: pd.DataFrame
    keys: pd.DataFrame
    merges: pd.DataFrame
    unmatched: list[str] = field(default_factory=list)
    #: id, key, name, email, login: what `find` looks in.
    lookup: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["id", "key", "name", "email", "login"]), repr=False
    )
    #: key -> what `people.csv` said about it, to be written again.
    said: dict[str, Override] = field(default_factory=dict, repr=False)

    def find(self, text: str) -> str:
        """Id of the person meant by an id, name, e-mail address, login, key, or a part of a name that only one has.

        Raises
        ------
        InputError
            Nobody or several people answer to it; names who might be meant.
        """
        wanted = text.strip()
        if wanted in set(self.table["id"]):
            return wanted
        folded = fold(wanted[:300]).strip("@<> ")
        names = dict(zip(self.table["id"], self.table["person"].map(lambda name: fold(name[:300])), strict=True))
        columns = (
            [(key.casefold(), one) for key, one in zip(self.lookup["key"], self.lookup["id"], strict=True)],
            [(name, one) for one, name in names.items()],
            self._column("name"),
            self._column("email"),
            self._column("login"),
        )
        for column in columns:
            found = {one for value, one in column if value == folded or value == wanted.casefold()}
            if found:
                return self._only(found, wanted)
        if folded:
            column = [*columns[1], *columns[2]]
            for part in (rf"(?:.*\W)?{re.escape(folded)}(?:\W.*)?", rf".*{re.escape(folded)}.*"):
                found = {one for value, one in column if re.fullmatch(part, value, re.DOTALL)}
                if found:
                    return self._only(found, wanted)
        close = process.extract(folded, names, scorer=fuzz.WRatio, limit=3, score_cutoff=70)
        hint = (
            f"did you mean {self._listed([one for _, _, one in close])}?" if close else "`influence people` lists all"
        )
        raise InputError(f"nobody is called {_one_line(wanted)}", hint)

    def _column(self, name: str) -> list[tuple[str, str]]:
        pairs = zip(self.lookup[name], self.lookup["id"], strict=True)
        return [(fold(value[:300]), one) for value, one in pairs if value]

    def _only(self, found: set[str], wanted: str) -> str:
        if len(found) > 1:
            persons = set(self.table.loc[self.table["class"] == "person", "id"]) & found
            if len(persons) != 1:
                several = self._listed(sorted(persons or found))
                raise InputError(f"{_one_line(wanted)} may be {several}", "give the id or an e-mail address")
            found = persons
        return found.pop()

    def _listed(self, ids: Sequence[str]) -> str:
        names = self.table.set_index("id")["person"]
        shown = [f"{_one_line(names[one])} ({one})" for one in ids[:5]]
        return ", ".join(shown) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")


def resolve(identities: pd.DataFrame, links: pd.DataFrame, overrides: Path | None = None) -> People:
    """Work out who is who.

    Parameters
    ----------
    identities
        Rows of the table `identities` (several rows of one key are one identity).
    links
        Rows of the table `identity_links`.
    overrides
        A `people.csv`, see `influence.overrides`.

    Raises
    ------
    InputError
        `overrides` cannot be used.

    Notes
    -----
    In this order: `people.csv`; pairs that are known to be two; what the links say; the rules of
    `influence.matching`; whose logins are by the titles of merges. A later step never undoes an earlier one. Neither
    the order of the rows nor when they were harvested matters.
    """
    stated = read_links(links)
    nodes = read_nodes(identities, stated)
    said, unmatched = assign(csv_file.read(overrides) if overrides is not None else [], nodes)
    union, made = _joined(nodes, [n.kind for n in nodes], said, stated)
    if any(row.kind for row in said.values()):
        # A class is said of a person by the name of one identity: it goes for all that are known to be that person.
        kind_of = {union.find(i): said[n.key].kind for i, n in enumerate(nodes) if n.key in said and said[n.key].kind}
        kinds = [kind_of.get(union.find(i), n.kind) for i, n in enumerate(nodes)]
        union, made = _joined(nodes, [k if n.real else "" for n, k in zip(nodes, kinds, strict=True)], said, stated)
    canonical = Counter(b for _, b, same, by in stated if same and by == "mailmap")
    return _people(nodes, union, made, said, unmatched, canonical)


def pseudonymise(people: People, key: str | int | bytes) -> People:
    """The same people under invented names (`Person 7f3a`) and ids, stable for one `key` and unlinkable without it.

    Keys of identities stay, because the analysis needs them: never show them. What `find` knows is gone but the new
    name and id, and so are merges, titles and what `people.csv` said.
    """
    secret = key if isinstance(key, bytes) else str(key).encode()
    digests = {one: hmac.new(secret, one.encode(), hashlib.sha256).hexdigest() for one in people.table["id"]}
    taken = Counter(d[:4] for d in digests.values())
    table = people.table.copy()
    words = table["class"].map({"person": "Person", "bot": "Bot", "agent": "Agent"})
    short = table["id"].map(lambda one: digests[one][: 4 if taken[digests[one][:4]] == 1 else 12])
    table["person"] = words + " " + short
    table["id"] = table["id"].map(lambda one: digests[one][:12])
    table["title"] = None
    keys = people.keys.assign(id=people.keys["id"].map(lambda one: digests[one][:12]))
    return People(table, keys, people.merges.iloc[:0].copy())


def review_table(people: People) -> pd.DataFrame:
    """What was merged, by which rule, how sure, and near misses; what most needs a look comes first.

    Columns: `joined` (bool), `sure` (0 to 1), `rule`, `a`, `b` (identity keys), `person`, `other` (display names of
    their persons), `id`, `other_id`.
    """
    ids = people.keys.set_index("key")["id"]
    names = people.table.set_index("id")["person"]
    table = people.merges.rename(columns={"confidence": "sure", "accepted": "joined"})
    table["other_id"] = table["b"].map(ids).fillna(table["id"])
    table["person"] = table["id"].map(names)
    table["other"] = table["other_id"].map(names)
    # A near miss that is likely and a join that is doubtful are where a human helps most.
    doubt = (table["sure"] - 0.6).abs()
    table = table.assign(_doubt=doubt).sort_values(["_doubt", "rule", "a", "b"], kind="stable")
    return table[["joined", "sure", "rule", "a", "b", "person", "other", "id", "other_id"]].reset_index(drop=True)


def write_review(people: People, path: Path, *, overwrite: bool = False) -> None:
    """Write a `people.csv` to edit: one row per identity; read back unchanged it gives these very people.

    Persons who are part of a near miss come first, then those made of several identities, then the rest. Readable by
    its owner only, and safe to open in a spreadsheet.

    Raises
    ------
    InputError
        The file exists and `overwrite` is not set, or it cannot be written.
    """
    csv_file.write(_review_rows(people), path, overwrite)


def _review_rows(people: People) -> Iterator[list[str]]:
    rule = {
        b: (r, f"{c:.2f}") for b, r, c, ok in columns_of(people.merges, "b", "rule", "confidence", "accepted") if ok
    }
    ids = dict(zip(people.keys["key"], people.keys["id"], strict=True))
    perhaps: dict[str, str] = {}
    for a, b, name, sure, ok in columns_of(people.merges, "a", "b", "rule", "confidence", "accepted"):
        if not ok and a in ids and b in ids:
            perhaps.setdefault(a, f"id-{ids[b]}: {name} ({sure:.2f})")
            perhaps.setdefault(b, f"id-{ids[a]}: {name} ({sure:.2f})")
    doubtful = {ids[key] for key in perhaps}
    keys: dict[str, list[str]] = defaultdict(list)
    for key, one in ids.items():
        keys[one].append(key)
    persons = list(columns_of(people.table, "id", "person", "class"))
    persons.sort(key=lambda row: (row[0] not in doubtful, len(keys[row[0]]) == 1))
    for one, name, kind in persons:
        for key in keys[one]:
            note = people.said[key].note if key in people.said else ""
            yield [f"id-{one}", name, kind, key, *rule.get(key, ("", "")), perhaps.get(key, ""), note]


# --- from rows to persons ----------------------------------------------------------------------------------------


def _joined(
    nodes: list[Node], kinds: list[str], said: dict[str, Override], stated: list[Link]
) -> tuple[Union, list[tuple[Proposal, str]]]:
    """Join what is one; beside it every proposal with what kept it from being followed, '' where it was."""
    labels = [said[n.key].person if n.key in said else "" for n in nodes]
    union = Union(kinds, labels)
    position = {n.key: i for i, n in enumerate(nodes)}
    made: list[tuple[Proposal, str]] = []

    groups: dict[str, list[int]] = defaultdict(list)
    for i, label in enumerate(labels):
        if label:
            groups[label].append(i)
    for group in groups.values():
        # Whom a human puts together is one, also where the classes differ: then a person if one of them is.
        kind = max((kinds[i] for i in group), key=("", "bot", "agent", "person").index)
        for i in group:
            if union.join(group[0], i, kind):
                made.append((Proposal(group[0], i, "people.csv", 1.0), ""))

    two = {(position[a], position[b]) for a, b, same, _ in stated if not same}
    for one, other in two:
        union.keep_apart(one, other)

    def apart(a: int, b: int) -> bool:
        said_two = labels[a] != "" and labels[b] != "" and labels[a] != labels[b]
        return said_two or (a, b) in two or (b, a) in two

    said_one = [(position[a], position[b], by) for a, b, same, by in stated if same and a != b]
    links = [between(a, b, by, 0.99) for a, b, by in said_one if by != _TITLES]
    logins = [(a, b) for a, b, by in said_one if by == _TITLES]
    for proposal in chain(links, _by_rule(nodes, kinds, apart), _by_titles(logins, union)):
        obstacle = union.obstacle(proposal.a, proposal.b)
        if not proposal.accepted or obstacle:
            made.append((proposal, obstacle or "near"))
        elif union.join(proposal.a, proposal.b):
            made.append((proposal, ""))
    return union, made


def _by_titles(logins: list[tuple[int, int]], union: Union) -> Iterator[Proposal]:
    """Whose a login is by what merges tell, when all else is joined: where that is one person, whatever was read."""
    owners: dict[int, set[int]] = defaultdict(set)
    for login, owner in logins:
        owners[login].add(owner)
    clear = {login: len({union.find(owner) for owner in found}) == 1 for login, found in owners.items()}
    for login, owner in logins:
        # The same login may be somebody else's at another forge.
        yield between(login, owner, _TITLES, 0.95 if clear[login] else 0.5, clear[login])


def _by_rule(nodes: list[Node], kinds: list[str], apart: Apart) -> Iterator[Proposal]:
    """Proposals of the rules: people among people, robots among robots of their class."""
    human = [i for i, n in enumerate(nodes) if n.real and kinds[i] == "person"]
    for p in propose([comparable(nodes[i]) for i in human], lambda a, b: apart(human[a], human[b])):
        yield Proposal(human[p.a], human[p.b], p.rule, p.confidence, p.accepted)
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for i, node in enumerate(nodes):
        if node.real and kinds[i] in ("bot", "agent"):
            name = " ".join(fold(node.display[:200]).removesuffix("[bot]").split())
            points = [("same e-mail", node.contact.email), ("same login", node.contact.login), ("same name", name)]
            if kinds[i] == "agent" and (match := _PRODUCTS.search(f"{name} {node.contact.email}")):
                points.append(("same assistant", _SAME_PRODUCT.get(match[0], match[0])))
            for rule, value in points:
                if value:
                    groups[rule, value, kinds[i]].append(i)
    for (rule, _, _), group in groups.items():
        for i in group[1:]:
            yield Proposal(group[0], i, rule, 0.95)


def _people(
    nodes: list[Node],
    union: Union,
    made: list[tuple[Proposal, str]],
    said: dict[str, Override],
    unmatched: list[str],
    canonical: Counter[str],
) -> People:
    parts: dict[int, list[int]] = defaultdict(list)
    named_only: dict[int, list[int]] = defaultdict(list)
    for i, node in enumerate(nodes):
        (parts if node.real else named_only)[union.find(i)].append(i)
    ids = {root: person_id(nodes[members[0]].key) for root, members in parts.items()}
    rows = []
    for root, members in parts.items():
        group = [nodes[i] for i in members]
        also = [nodes[i] for i in named_only.get(root, ())]
        title = next((n.title for n in sorted(group, key=lambda n: not n.formal) if n.title), None)
        name = display_name([*group, *also], union.kind[root], said, canonical)
        rows.append((ids[root], name, union.kind[root], title, len(group), group[0].first))
    table = pd.DataFrame(rows, columns=["id", "person", "class", "title", "identities", "first"])
    table["first"] = pd.to_datetime(table["first"])
    real = [(i, n) for i, n in enumerate(nodes) if n.real]
    owner = [ids[union.find(i)] for i, _ in real]
    lookup = pd.DataFrame(
        {
            "id": owner,
            "key": [n.key for _, n in real],
            "name": [n.display for _, n in real],
            "email": [n.email for _, n in real],
            "login": [n.login or n.contact.login for _, n in real],
        },
        dtype=object,
    )
    merges = pd.DataFrame(
        _settled(nodes, union, ids, made), columns=["id", "a", "b", "rule", "confidence", "accepted"]
    ).astype({"confidence": float, "accepted": bool})
    return People(table, lookup[["key", "id"]].copy(), merges, unmatched, lookup, said)


def _settled(
    nodes: list[Node], union: Union, ids: dict[int, str], made: list[tuple[Proposal, str]]
) -> list[tuple[str, str, str, str, float, bool]]:
    """Joins, then near misses: one a pair of persons, the surest, and none that a human has already decided."""
    joined: list[Proposal] = []
    near: dict[tuple[int, int], tuple[str, float, Proposal]] = {}
    for proposal, obstacle in made:
        a, b = union.find(proposal.a), union.find(proposal.b)
        if not obstacle:
            joined.append(proposal)
        elif a != b and a in ids and b in ids:
            why = union.obstacle(a, b)
            if why in ("people.csv", "known to be two"):
                continue
            pair = (min(a, b), max(a, b))
            rule = f"{proposal.rule} ({why})" if why else proposal.rule
            if pair not in near or near[pair][1] < proposal.confidence:
                near[pair] = (rule, proposal.confidence, proposal)
    surest = sorted(near.values(), key=lambda item: (-item[1], nodes[item[2].a].key, nodes[item[2].b].key))
    rows = [(ids.get(union.find(p.a), ""), nodes[p.a].key, nodes[p.b].key, p.rule, p.confidence, True) for p in joined]
    for rule, confidence, p in surest[:NEAR_MISSES]:
        rows.append((ids[union.find(p.a)], nodes[p.a].key, nodes[p.b].key, rule, confidence, False))
    return rows


def _one_line(text: str) -> str:
    """Somebody's name in an error: one line, no controls, not too long."""
    cleaned = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:60])
    return f"“{cleaned}”"
