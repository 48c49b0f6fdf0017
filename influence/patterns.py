"""Path patterns as the forms of files of owners write them, found by table or matched in linear time.

GitHub's CODEOWNERS
    gitignore's without ``!``, ``[ ]`` and ``\\#``; ``docs/*`` does not reach into subdirectories
    (https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners).
GitLab's CODEOWNERS
    Ruby's ``File.fnmatch`` with ``FNM_PATHNAME | FNM_DOTMATCH``; one without a leading slash matches in every
    directory, one without a trailing slash matches no directory
    (https://docs.gitlab.com/user/project/codeowners/reference/).
Linux's MAINTAINERS
    Paths from the root; ``*`` and ``?`` stay within a folder, ``**`` does not; a trailing slash, or a name without
    wildcards that is a folder, takes all that lies below; ``N: `` in front: a regular expression (RE2) that is looked
    for in the path (https://docs.kernel.org/process/maintainers.html).

Patterns are compiled once and most are looked up, not tried: a file of 5,000 lines costs a path hardly more than one
of ten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

Form = Literal["github", "gitlab", "linux"]
#: What stands before a regular expression among the patterns of MAINTAINERS.
REGULAR = "N: "
_TOKEN = re.compile(r"\\(.)|(\*+|\?|\[[^\]/]+\])", re.DOTALL)


class Matcher:
    """Patterns in order; those without wildcards inside are kept in tables by what they name."""

    def __init__(self, patterns: Sequence[tuple[str, int]], form: Form) -> None:
        #: (what part of a path, its text) -> places, ascending.
        self._tables: dict[tuple[str, str], list[int]] = {}
        self._tried: list[tuple[int, Callable[[str], object]]] = []
        for pattern, place in patterns:
            keys = _KEYS[form](pattern)
            if form == "linux" and pattern.startswith(REGULAR):
                self._tried.append((place, partial(found_in, pattern.removeprefix(REGULAR))))
            elif keys is None:
                expression = _EXPRESSIONS[form](pattern)
                if expression is not None:
                    self._tried.append((place, re.compile(expression, re.DOTALL).match))
            else:
                for key in keys:
                    self._tables.setdefault(key, []).append(place)
        self._kinds = {kind for kind, _ in self._tables}

    def last(self, path: str) -> int:
        """The place of the last pattern that matches, or -1."""
        best = max((places[-1] for places in self._looked_up(path)), default=-1)
        for place, match in reversed(self._tried):
            if place < best:
                break
            if match(path):
                return place
        return best

    def all(self, path: str) -> list[int]:
        """The places of all patterns that match."""
        found = {place for places in self._looked_up(path) for place in places}
        return sorted(found | {place for place, match in self._tried if match(path)})

    def _looked_up(self, path: str) -> list[list[int]]:
        parts = path.split("/")
        keys = [("all", ""), ("path", path), ("base", parts[-1]), ("children", "/".join(parts[:-1]))]
        keys.extend(("base suffix", suffix) for suffix in self._suffixes("base suffix", parts[-1]))
        below = ""
        for part in parts[:-1]:
            below = f"{below}/{part}" if below else part
            keys.append(("under", below))
            keys.append(("directory", part))
            keys.extend(("directory suffix", suffix) for suffix in self._suffixes("directory suffix", part))
        return [places for key in keys if (places := self._tables.get(key))]

    def _suffixes(self, kind: str, name: str) -> list[str]:
        if kind not in self._kinds:
            return []
        return [name[index:] for index, character in enumerate(name) if character == "."]


def _literal(text: str) -> str | None:
    """`text` without its escapes; None when it has wildcards."""
    if any(match[2] for match in _TOKEN.finditer(text)):
        return None
    return _TOKEN.sub(lambda match: match[1], text)


def _github_keys(pattern: str) -> list[tuple[str, str]] | None:
    """How a simple pattern is looked up; None: it must be tried."""
    body = pattern.removesuffix("/")
    only_directories = body != pattern
    body = body.removeprefix("**/") if "/" not in body.removeprefix("**/") else body
    if not body.strip("/") or "//" in body:
        return []
    if body in ("*", "**", "/**"):
        return None if only_directories else [("all", "")]
    if "[" in body:
        # "[ ]" has no meaning here, and its line none.
        return []
    inner = body.removeprefix("/")
    if "/" not in body:
        if (name := _literal(body)) is not None:
            return [("directory", name)] if only_directories else [("base", name), ("directory", name)]
        if body.startswith("*.") and (suffix := _literal(body[1:])) is not None:
            wanted = [("directory suffix", suffix)]
            return wanted if only_directories else [*wanted, ("base suffix", suffix)]
        return None
    if (name := _literal(inner)) is not None:
        return [("under", name)] if only_directories else [("path", name), ("under", name)]
    if inner.endswith("/*") and not only_directories and (name := _literal(inner[:-2])) is not None:
        return [("children", name)]
    if inner.endswith("/**") and (name := _literal(inner[:-3])) is not None and not only_directories:
        return [("under", name)]
    return [("children", "")] if inner == "*" and not only_directories else None


def _gitlab_keys(pattern: str) -> list[tuple[str, str]] | None:
    anchored = pattern.startswith("/")
    inner = pattern.removeprefix("/")
    if pattern == "*":
        return [("all", "")]
    if inner.endswith("/"):
        name = _literal(inner[:-1])
        if name and (anchored or "/" not in name):
            return [("under" if anchored else "directory", name)]
        return None
    if (name := _literal(inner)) is not None:
        if anchored:
            return [("path", name)]
        return None if "/" in name else [("base", name)]
    if not anchored and "/" not in inner and inner.startswith("*.") and (suffix := _literal(inner[1:])) is not None:
        return [("base suffix", suffix)]
    if anchored and inner.endswith("/*") and (name := _literal(inner[:-2])) is not None:
        return [("children", name)]
    return None


def _segment(text: str, gitlab: bool) -> str:
    """One segment with wildcards as an expression that a hostile one cannot make slow.

    What stands between two stars is best matched as early as possible, so each such part is atomic (no backtracking).
    """
    parts: list[list[str]] = [[]]
    position = 0
    for match in _TOKEN.finditer(text):
        parts[-1].append(re.escape(text[position : match.start()]))
        position = match.end()
        if match[1] is not None:
            parts[-1].append(re.escape(match[1]))
        elif match[2].startswith("*"):
            parts.append([])
        elif match[2] == "?":
            parts[-1].append("[^/]")
        elif gitlab:
            parts[-1].append(_set(match[2][1:-1]))
        else:
            parts[-1].append(re.escape(match[2]))
    parts[-1].append(re.escape(text[position:]))
    pieces = ["".join(part) for part in parts]
    if len(pieces) == 1:
        return pieces[0]
    middle = "".join(f"(?>[^/]*?{piece})" for piece in pieces[1:-1] if piece)
    # The last part must end the segment: the only place where the star gives back, one character at a time.
    return f"{pieces[0]}{middle}[^/]*{pieces[-1]}"


def _set(inside: str) -> str:
    negated = inside[0] in "!^" and len(inside) > 1
    escaped = re.sub(r"([\\\[\]^&~|])", r"\\\1", inside[1:] if negated else inside)
    expression = f"[{'^/' if negated else ''}{escaped}]"
    try:
        re.compile(expression)
    except re.error:
        return re.escape(f"[{inside}]")
    return expression


def _expression(segments: Sequence[str], gitlab: bool, end: str) -> str:
    """Segments, ``**`` among them, as one expression; runs between two ``**`` are matched as early as possible."""
    runs: list[list[str]] = [[]]
    for segment in segments:
        if segment == "**":
            runs.append([])
        else:
            runs[-1].append(f"(?=[^/]){_segment(segment, gitlab)}")
    first, *rest = runs
    out = "/".join(first)
    if not rest:
        return rf"\A{out}{end}\Z"
    out += "/" if first else ""
    for run in rest[:-1]:
        if run:
            out += rf"(?>(?:[^/]+/)*?{'/'.join(run)}/)"
    last = "/".join(rest[-1])
    # A trailing ** is whatever lies below.
    return rf"\A{out}(?:[^/]+/)*{last}{end}\Z" if rest[-1] else rf"\A{out}.+{end}\Z"


def _github_expression(pattern: str) -> str | None:
    only_directories = pattern.endswith("/")
    body = pattern.removesuffix("/")
    segments = body.removeprefix("/").split("/")
    if "" in segments:
        return None
    if "/" not in body:
        segments.insert(0, "**")
    if only_directories:
        end = "/.+"
    else:
        # A last "*" means the files right there; anything else also what lies below.
        end = "" if segments[-1] == "*" else "(?:/.+)?"
    return _expression(segments, False, end)


def _gitlab_expression(pattern: str) -> str | None:
    segments = pattern.removeprefix("/").split("/")
    if not pattern.startswith("/"):
        segments.insert(0, "**")
    if segments[-1] == "":
        segments[-1:] = ["**", "*"]
    elif segments[-1] == "**":
        # fnmatch descends at "**/" only.
        segments[-1] = "*"
    return None if "" in segments else _expression(segments, True, "")


def _linux_keys(pattern: str) -> list[tuple[str, str]] | None:
    name = _literal(pattern.removesuffix("/"))
    if name is None:
        return None
    return [("under", name)] if pattern.endswith("/") else [("path", name), ("under", name)]


def _linux_expression(pattern: str) -> str | None:
    segments = pattern.removesuffix("/").split("/")
    return None if "" in segments else _expression(segments, True, "/.+" if pattern.endswith("/") else "")


_KEYS: dict[Form, Callable[[str], list[tuple[str, str]] | None]] = {
    "github": _github_keys,
    "gitlab": _gitlab_keys,
    "linux": _linux_keys,
}
_EXPRESSIONS: dict[Form, Callable[[str], str | None]] = {
    "github": _github_expression,
    "gitlab": _gitlab_expression,
    "linux": _linux_expression,
}


def found_in(expression: str, text: str) -> bool:
    """Whether a regular expression (RE2: linear in the text, whatever the expression) is found anywhere in `text`.

    One that is none is found nowhere.
    """
    return _regular(expression) and bool(pc.match_substring_regex(pa.array([text]), expression)[0].as_py())


@lru_cache(maxsize=10_000)
def _regular(expression: str) -> bool:
    try:
        pc.match_substring_regex(pa.array([""]), expression)
    except pa.ArrowException:
        return False
    return True
