"""Changed lines of a file, given as text, and what they say of names."""

from __future__ import annotations

from connectors.git import names
from connectors.git.languages import TABLE
from connectors.git.names import FileNames

LANGUAGE_NAMES = tuple(TABLE)


def lines(text: str | bytes) -> list[bytes]:
    return (text.encode() if isinstance(text, str) else text).strip(b"\n").split(b"\n")


def file_names(language: str, hunks: list[tuple[int, list[bytes], int, list[bytes]]]) -> FileNames | None:
    """What `names.file_names` says of hunks that are given line by line."""

    def text(side: list[bytes]) -> bytes | None:
        return b"\n".join(side) if side else None

    return names.file_names(language, [(at, text(old), to, text(new)) for at, old, to, new in hunks])


def added(language: str, text: str, line: int = 1) -> FileNames:
    return file_names(language, [(0, [], line, lines(text))]) or FileNames(language)


def change(language: str, *hunks: tuple[str, str]) -> FileNames:
    """A file's change, its hunks far apart."""
    parts = [
        (100 * number, lines(old) if old else [], 100 * number, lines(new) if new else [])
        for number, (old, new) in enumerate(hunks, 1)
    ]
    return file_names(language, parts) or FileNames(language)


def defined(found: FileNames) -> set[str]:
    return {name for name, *_ in found.defined}
