"""Who owns a path in one commit, worked out from that commit's files alone, in the plainest way: no dates, no tables.

Written from the forms' documentation, beside the code that it judges: its own parsing, its own matching.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import yaml

Read = Callable[[str], str | None]
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


def codeowners(read: Read, path: str) -> set[str]:
    """GitHub's: the last line that matches; keys of identities."""
    text = next((text for place in PLACES if (text := read(place)) is not None), "")
    owners: set[str] = set()
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        named = []
        for word in words[1:]:
            if word.startswith("#"):
                break
            named.append(word)
        if re.search(r"[\[\]!]", words[0]) or not all(
            re.match(r"@[\w.-]+(/[\w./-]+)?$|[^@]+@[^@]+$", w) for w in named
        ):
            continue
        if gitignored(words[0], path):
            owners = {key(word) for word in named if "/" not in word}
    return owners


def gitignored(pattern: str, path: str) -> bool:
    """Whether a pattern without escapes matches a file, as CODEOWNERS means it."""
    folders_only = pattern.endswith("/")
    body = pattern.strip("/")
    anchored = "/" in pattern.rstrip("/")
    expression = "".join(
        {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part))
        for part in re.split(r"(\*\*/|/\*\*\Z|\*\*|\*|\?)", body)
    )
    start = "" if anchored else "(?:.*/)?"
    if folders_only:
        end = "/.+"
    elif body.endswith("/*") or (body == "*" and anchored):
        end = ""
    else:
        end = "(?:/.*)?"
    return re.fullmatch(f"{start}{expression}{end}", path) is not None


def key(word: str) -> str:
    """The identity key of a login or an e-mail address."""
    word = word.lower().removeprefix("@")
    return f"email:{word}" if "@" in word else f"login:{word}"


def approvers(read: Read, path: str, role: str = "approvers") -> set[str]:
    """Kubernetes': everybody from the file's folder up to the root, or to a file that says no_parent_owners."""
    aliases = {
        str(name).lower(): [str(each).lower() for each in members or ()]
        for name, members in (_yaml(read("OWNERS_ALIASES")).get("aliases") or {}).items()
    }
    found: set[str] = set()
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        owners = _yaml(read(f"{folder}/OWNERS" if folder else "OWNERS"))
        if any(owners.get(name) for name in ("approvers", "reviewers", "required_reviewers", "labels")):
            parts = [(".*", owners)]
        else:
            parts = list((owners.get("filters") or {}).items())
        relative = path[len(folder) + 1 :] if folder else path
        for expression, config in parts:
            if re.search(expression, relative):
                for name in (config or {}).get(role) or ():
                    login = str(name).strip().lower().removeprefix("@")
                    found |= {key(each.removeprefix("@")) for each in aliases.get(login, [login]) if "/" not in each}
        if (owners.get("options") or {}).get("no_parent_owners") is True:
            break
    return found


def _yaml(text: str | None) -> Mapping:
    try:
        # As Go's, the parser in C takes a tab at the end of a line; Python's own does not.
        value = yaml.load(text or "", Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return {}
    return value if isinstance(value, dict) else {}


def maintainers(texts: list[str], path: str, letter: str = "M") -> set[str]:
    """Linux's: everybody of every section that matches."""
    found: set[str] = set()
    for text in texts:
        section: list[tuple[str, str]] = []
        for line in [*text.split("\n"), "the end"]:
            if re.match(r"[A-Z]:\s", line):
                section.append((line[0], line[2:].strip()))
            elif line.strip():
                if _section_matches(section, path):
                    values = [value for kind, value in section if kind == letter]
                    found |= {key(mail) for value in values for mail in re.findall(r"[^\s<>,\"]+@[^\s<>,\"]+", value)}
                section = []
    return found


def _section_matches(section: list[tuple[str, str]], path: str) -> bool:
    if any(kind == "X" and _linux(value, path) for kind, value in section):
        return False
    return any(
        (kind == "F" and _linux(value, path)) or (kind == "N" and re.search(value, path)) for kind, value in section
    )


def _linux(pattern: str, path: str) -> bool:
    pattern = pattern.removeprefix("./").lstrip("/")
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.rstrip("/"))
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    expression = "".join(wild.get(part, re.escape(part)) for part in parts)
    if pattern.endswith("/"):
        return re.match(f"{expression}/.", path) is not None
    below = "(?:/.*)?" if len(parts) == 1 else ""
    return re.fullmatch(f"{expression}{below}", path) is not None
