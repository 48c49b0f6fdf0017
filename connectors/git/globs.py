"""Path patterns as ``.gitignore`` and ``.gitattributes`` write them, matched in time linear in the path.

Patterns come from repositories that nobody vouches for: ``*a*a*a*a*b`` must not take exponential time. So a pattern
is matched segment by segment, each by a regular expression that cannot backtrack, and ``**`` by remembering the last.
Source of the rules: gitignore(5), gitattributes(5).
"""

from __future__ import annotations

import re


class Glob:
    """One pattern. `below`: it also matches everything in a folder that it matches (gitignore, not gitattributes)."""

    __slots__ = ("_anchored", "_below", "_folder_only", "_segments", "pattern")

    def __init__(self, pattern: str, *, below: bool) -> None:
        self.pattern = pattern
        self._below = below
        self._folder_only = pattern.endswith("/")
        stripped = pattern.strip("/") if below or not self._folder_only else pattern.lstrip("/")
        self._anchored = "/" in pattern.rstrip("/")
        self._segments = [None if part == "**" else re.compile(_segment(part)) for part in stripped.split("/")]

    def matches(self, path: str) -> bool:
        """Whether the pattern matches `path` (a file, relative to the root)."""
        parts = path.split("/")
        if not self._anchored:
            only = self._segments[0]
            if only is None:
                return True
            if not self._below:
                return not self._folder_only and only.match(parts[-1]) is not None
            return any(map(only.match, parts[:-1] if self._folder_only else parts))
        if not self._below:
            return self._spans(parts)
        longest = len(parts) - 1 if self._folder_only else len(parts)
        return any(self._spans(parts[:length]) for length in range(1, longest + 1))

    def _spans(self, parts: list[str]) -> bool:
        """Whether the segments match all of `parts`; ``**`` takes any number of them (one or more at the end)."""
        segments = self._segments
        at, part, star, resumed = 0, 0, -1, 0
        while part < len(parts):
            segment = segments[at] if at < len(segments) else None
            if at < len(segments) and segment is None:
                if at == len(segments) - 1:
                    return True
                star, resumed = at, part
                at += 1
            elif segment is not None and segment.match(parts[part]):
                at += 1
                part += 1
            elif star >= 0:
                resumed += 1
                at, part = star + 1, resumed
            else:
                return False
        return at == len(segments)


def _segment(pattern: str) -> str:
    """A regular expression for a pattern without ``/``; every ``*`` but the last goes the shortest way and stays."""
    chunks = [""]
    position = 0
    while position < len(pattern):
        character = pattern[position]
        position += 1
        if character == "*":
            if chunks[-1] or len(chunks) == 1:
                chunks.append("")
        elif character == "?":
            chunks[-1] += "."
        elif character == "[" and (close := _class_end(pattern, position)) > 0:
            chunks[-1] += _class(pattern[position:close])
            position = close + 1
        else:
            if character == "\\" and position < len(pattern):
                character = pattern[position]
                position += 1
            chunks[-1] += re.escape(character)
    first, *rest = chunks
    if not rest:
        return rf"(?s:{first})\Z"
    middle = "".join(f"(?>.*?{chunk})" for chunk in rest[:-1])
    return rf"(?s:{first}{middle}.*{rest[-1]})\Z"


def _class_end(pattern: str, start: int) -> int:
    """Where the bracket that opened before `start` closes; 0 when it does not."""
    position = start + (pattern[start : start + 1] in ("!", "^"))
    return pattern.find("]", position + 1) if position < len(pattern) else 0


def _class(body: str) -> str:
    negated = body[:1] in ("!", "^")
    body = body[1:] if negated else body
    inside = ""
    for index, character in enumerate(body):
        between = character == "-" and 0 < index < len(body) - 1 and body[index - 1] <= body[index + 1]
        inside += "-" if between else re.escape(character)
    return f"[{'^' if negated else ''}{inside}]"
