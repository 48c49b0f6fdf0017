"""What the tests of links share."""

from __future__ import annotations

from connectors.documents.parsing import parse


def targets(path: str, text: str) -> list[str]:
    return [pointer.target for pointer in parse(path, text).pointers]


def pointed(path: str, text: str) -> list[tuple[str, str]]:
    return [(pointer.how, pointer.target) for pointer in parse(path, text).pointers]
