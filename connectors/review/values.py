"""Values in JSON that a service sent: nothing of their shape is taken for granted."""

from __future__ import annotations

import re
from typing import Any

Item = dict[str, Any]

_SHA = re.compile(r"[0-9a-f]{40,64}\Z")


def text(value: object) -> str:
    """The text, or '' where it is none."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> Item:
    """The object, or an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Item]:
    """The objects in a list; whatever else stands in it is left out."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def number(value: object) -> int | None:
    """The number (of a change, of an account), or None where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 53 else None


def sha(value: object) -> str | None:
    """The commit's id, or None where it is none."""
    return value if isinstance(value, str) and _SHA.match(value) else None


def web(value: object) -> str | None:
    """The address that a reader may open, or None where it is none."""
    return value[:2000] if isinstance(value, str) and value.startswith(("https://", "http://")) else None
