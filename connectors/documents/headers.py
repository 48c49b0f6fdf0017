"""Headers like those of mail: ``Name: value``, values that go on in indented lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIELD = re.compile(r"(?P<indent>[ \t]*)(?P<name>[A-Za-z][A-Za-z0-9_-]{0,40})[ \t]*:(?P<value>.*)")


@dataclass(slots=True)
class Field:
    """One field; its value's lines, and their numbers in the document."""

    name: str
    values: list[str]
    lines: tuple[int, ...]

    @property
    def value(self) -> str:
        """The value on one line."""
        return " ".join(" ".join(self.values).split())


def read(lines: list[str], first: int, last: int) -> dict[str, Field]:
    """The fields in `lines` from `first` up to and without `last`, by name in lower case; of one name the first."""
    fields: dict[str, Field] = {}
    current: Field | None = None
    indent = 0
    for number in range(first, min(last, len(lines))):
        line = lines[number]
        match = _FIELD.match(line)
        deeper = len(line) - len(line.lstrip()) > indent
        if match and not (current is not None and deeper):
            indent = len(match["indent"])
            current = Field(match["name"].lower(), [match["value"].strip()], (number,))
            fields.setdefault(current.name, current)
        elif current is not None and line.strip():
            current.values.append(line.strip())
            current.lines += (number,)
    return fields
