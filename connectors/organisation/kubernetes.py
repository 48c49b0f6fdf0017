"""OWNERS and OWNERS_ALIASES as Kubernetes and Prow read them.

https://www.kubernetes.dev/docs/guide/owners/ and, where that is silent, Prow's own reading (``pkg/repoowners``): who
approves in a folder approves below it, until a file with ``options.no_parent_owners``; ``filters`` are regular
expressions (RE2) that are looked for in the path relative to the file's folder, and count only where the file names
nobody outside of them; an alias stands for its members, one level deep; logins are compared in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.organisation.holders import REVIEWER, Entry, Owner, Read, is_email

#: Rules, as `influence.ownership` reads them.
UPWARD, STOP = "upward", "upward only"
#: Fields and the roles that they give; others (labels, those who are emeritus) give none.
ROLES = {"approvers": "approver", "reviewers": REVIEWER, "required_reviewers": REVIEWER}
#: No file names more people, aliases resolved.
MAX_ENTRIES = 20_000
#: Characters of a file, and levels in it, that are read.
LONGEST, DEEPEST = 256 * 1024, 20
_BRACKETS = re.compile(r"[\[\]{}]")
_INDENTED = re.compile(r"^ {200}", re.MULTILINE)
_ALL = ".*"
Aliases = Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class OwnersText:
    """An OWNERS file as written: (regular expression or '', role, name) of each holder, and whether it ends a search.

    `refused` says why nothing could be read, or is ''.
    """

    held: list[tuple[str, str, str]] = field(default_factory=list)
    stops: bool = False
    skipped: dict[str, int] = field(default_factory=dict)
    refused: str = ""

    def entries(self, folder: str, aliases: Aliases) -> Read:
        """What it says of `folder` ('' for the root)."""
        pattern = f"/{folder}/" if folder else "/"
        read = Read(skipped=dict(self.skipped))
        if self.stops:
            read.entries.append(Entry(pattern, STOP, "approver"))
        for expression, role, name in self.held:
            rule = f"{UPWARD}:{expression}" if expression else UPWARD
            members = aliases.get(name, (name,))
            if len(read.entries) + len(members) > MAX_ENTRIES:
                read.skip("more people than anybody lists")
                continue
            for member in members:
                if (owner := _owner(member)) is None:
                    read.skip("not an owner")
                else:
                    read.entries.append(Entry(pattern, rule, role, owner))
        return read


def parse_owners(data: bytes) -> OwnersText:
    """Read an OWNERS file; what is none gives one that says why."""
    read = OwnersText()
    try:
        top = _load(data)
    except ValueError as error:
        read.refused = f"no OWNERS file of Kubernetes' form: {error}"
        return read
    options = top.get("options")
    read.stops = isinstance(options, dict) and str(options.get("no_parent_owners")).lower() in ("true", "yes", "on")
    filters = top.get("filters")
    simple = any(_names(top.get(name)) for name in (*ROLES, "labels"))
    if simple or not isinstance(filters, dict):
        _hold(read, "", top)
        return read
    for expression, config in filters.items():
        if not isinstance(expression, str) or not isinstance(config, dict):
            continue
        if expression != _ALL and not is_regular(expression):
            read.skipped["no regular expression"] = read.skipped.get("no regular expression", 0) + 1
        else:
            _hold(read, "" if expression == _ALL else expression, config)
    return read


def parse_aliases(data: bytes) -> tuple[Aliases, str]:
    """Alias -> members, all in lower case; and why nothing could be read, or ''."""
    try:
        named = _load(data).get("aliases")
    except ValueError as error:
        return {}, str(error)
    if not isinstance(named, dict):
        return {}, ""
    return {_login(name): tuple(_names(members)) for name, members in named.items() if isinstance(name, str)}, ""


def is_regular(expression: str) -> bool:
    """Whether RE2 (Go's regular expressions, matched in linear time) takes `expression`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), expression)
    except pa.ArrowException:
        return False
    return True


def _load(data: bytes) -> dict[Any, Any]:
    """A YAML mapping of texts, lists and mappings; nothing else is constructed (``no`` is a name).

    Raises
    ------
    ValueError
        Why it is none, or would be expensive.
    """
    import yaml

    text = data.decode("utf-8-sig", "replace")
    if len(text) > LONGEST:
        raise ValueError("it is too long")
    if _is_deep(text):
        raise ValueError("it nests too deeply")
    try:
        # Aliases are resolved to one object each: nothing swells, as long as nobody walks through all of it.
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        value = yaml.load(text, Loader=loader)  # noqa: S506 - base loaders construct text, lists and mappings only
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, AttributeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise ValueError("it is no YAML" + (f" at line {mark.line + 1}" if mark is not None else "")) from None
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise ValueError("it names no fields")
    return value


def _is_deep(text: str) -> bool:
    """Whether a parser might have to nest deeper than any such file: in brackets, dashes or indentation."""
    depth = 0
    for character in _BRACKETS.findall(text):
        depth += 1 if character in "[{" else -1 if depth else 0
        if depth > DEEPEST:
            return True
    return any(line.count("- ") + line.count("? ") + line.count(": ") > DEEPEST for line in text.split("\n")) or bool(
        _INDENTED.search(text)
    )


def _hold(read: OwnersText, expression: str, config: Mapping[Any, Any]) -> None:
    for name, role in ROLES.items():
        read.held += [(expression, role, each) for each in _names(config.get(name))]


def _names(value: Any) -> list[str]:
    """The texts of a list, each once, in lower case; a list in it (an alias of YAML) is none."""
    entries = value if isinstance(value, list) else []
    return list(dict.fromkeys(_login(entry) for entry in entries if isinstance(entry, str) and entry.strip()))


def _login(text: str) -> str:
    return text.strip().lower().removeprefix("@")


def _owner(name: str) -> Owner | None:
    if is_email(name):
        return Owner(email=name)
    if not name or len(name) > 200 or any(character.isspace() or character in "<>()@:" for character in name):
        return None
    return Owner(team=name) if "/" in name else Owner(login=name)
