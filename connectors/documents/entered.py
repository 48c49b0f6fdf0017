"""When a reference entered a document, where its line has been rewritten since.

Reformatting gives every line a new owner: the whole series was once converted to other markup, and the references
seem to be from that day. So former versions of the document are searched for the name of what it cites, oldest first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from connectors.git import SafeRepository
from connectors.git.history import Commit, History

#: Series by what they are called in text, in headers and in addresses; searched in raw text, so generously.
_CALLED = {
    b"pep": ("pep",),
    b"eip": ("eip",),
    b"erc": ("eip",),
    b"bip": ("bip",),
    b"kep": ("kep",),
    b"rfc": ("rfc", "rust-rfc"),
    b"enhancements/issues/": ("kep",),
    b"enhancements/pull/": ("kep",),
    b"rfcs/pull/": ("rust-rfc",),
    b"rfcs/issues/": ("rust-rfc",),
    b"text/": ("rust-rfc",),
}
_HEADERS = (b"requires", b"replaces", b"superseded-by", b"proposed-replacement", b"see-also", b"obsoletes", b"updates")
_NAMED = re.compile(
    b"(" + b"|".join([*_CALLED, *_HEADERS]) + rb"|keps/[\w./-]{1,100}/)s?[^0-9a-z\n]{0,4}"
    rb"(\d+(?:\s*(?:[,/&+-]|and\b|or\b|,\s*and\b)\s*(?:pep|eip|erc|bip|kep|rfc)?[^0-9a-z\n]{0,3}\d+)*)"
)
#: Bytes of old versions that are held at a time.
_ROUND = 64 << 20

#: (document, cited) -> (how, number of the commit that wrote the line today)
Late = Mapping[str, Mapping[str, tuple[str, int]]]


def first_mentions(
    repository: SafeRepository, history: History, id_of: Callable[[str], str | None], late: Late
) -> dict[tuple[str, str], Commit]:
    """The first commit after which a version of the document names what it cites.

    Parameters
    ----------
    repository, history
        Of `connectors.git.read_lines`.
    id_of
        The document at a path, under former names too.
    late
        What to look for: document -> cited -> (how, number of a commit that has it for sure).

    Returns
    -------
    dict
        (document, cited) -> commit, only where one before the known one was found.
    """
    found: dict[tuple[str, str], Commit] = {}
    if not late:
        return found
    versions = _versions(repository, history, id_of, late)
    pending = {document: dict(cited) for document, cited in late.items() if document in versions}
    step = 1
    position = 0
    while pending:
        asked = [
            (document, commit, blob)
            for document, cited in pending.items()
            for commit, blob in versions[document][position : position + step]
            if commit.number < max(number for _, number in cited.values())
        ]
        if not asked:
            break
        for document, commit, text in _read(repository, asked):
            wanted = pending.get(document, {})
            named = _named(text) if wanted else frozenset()
            for cited in [cited for cited, (_, number) in wanted.items() if commit.number < number]:
                if cited in named:
                    found[document, cited] = commit
                    del wanted[cited]
            if not wanted:
                pending.pop(document, None)
        position += step
        step = min(2 * step, 64)
    return found


def _named(text: bytes) -> frozenset[str]:
    """What a raw text may name: every series for a number in a header."""
    found: set[str] = set()
    for match in _NAMED.finditer(text.lower()):
        name = match[1]
        series = _CALLED.get(name, ("kep",) if name.startswith(b"keps/") else _ALL)
        found.update(f"{one}:{int(digits[-6:])}" for digits in _DIGITS.findall(match[2]) for one in series)
    return frozenset(found)


_ALL = tuple(dict.fromkeys(one for names in _CALLED.values() for one in names))
_DIGITS = re.compile(rb"\d+")


def _versions(
    repository: SafeRepository, history: History, id_of: Callable[[str], str | None], wanted: Late
) -> dict[str, list[tuple[Commit, str]]]:
    """Every version of each wanted document: (commit that made it, blob), oldest first."""
    shas = "".join(f"{commit.sha}\n" for commit in history.commits if not commit.is_merge)
    output = repository.run(
        "diff-tree", "--stdin", "-r", "--root", "--raw", "--no-abbrev", "--no-renames", "-z", stdin=shas.encode()
    )
    versions: dict[str, list[tuple[Commit, str]]] = {}
    known: dict[bytes, str | None] = {}
    commit: Commit | None = None
    fields = iter(output.split(b"\x00"))
    for entry in fields:
        if entry.startswith(b":"):
            path = next(fields, b"")
            _, mode, _, blob, status = entry.split(b" ")
            if path not in known:
                document = id_of(path.decode("utf-8", "backslashreplace"))
                known[path] = document if document in wanted else None
            document = known[path]
            if document is not None and commit is not None and status != b"D" and mode in (b"100644", b"100755"):
                versions.setdefault(document, []).append((commit, blob.decode()))
        elif sha := entry.strip().decode("ascii", "replace"):
            number = history.number.get(sha)
            commit = history.commits[number - 1] if number else commit
    for found in versions.values():
        found.sort(key=lambda version: version[0].number)
    return versions


def _read(repository: SafeRepository, asked: list[tuple[str, Commit, str]]) -> list[tuple[str, Commit, bytes]]:
    """The texts of blobs; one that the clone lacks or that is very long is left out."""
    blobs = sorted({blob for _, _, blob in asked})
    sizes = {}
    for line in repository.run("cat-file", "--batch-check", stdin="".join(f"{b}\n" for b in blobs).encode()).split(
        b"\n"
    ):
        parts = line.split()
        if len(parts) == 3 and parts[1] == b"blob" and int(parts[2]) <= _ROUND // 16:
            sizes[parts[0].decode()] = int(parts[2])
    texts: dict[str, bytes] = {}
    batch: list[str] = []
    held = 0
    result: list[tuple[str, Commit, bytes]] = []
    for blob in [*sizes, ""]:
        if batch and (not blob or held + sizes[blob] > _ROUND):
            output = repository.run("cat-file", "--batch", stdin="".join(f"{b}\n" for b in batch).encode())
            at = 0
            for name in batch:
                at = output.index(b"\n", at) + 1
                texts[name] = output[at : at + sizes[name]]
                at += sizes[name] + 1
            batch, held = [], 0
        if blob:
            batch.append(blob)
            held += sizes[blob]
    for document, commit, blob in asked:
        if blob in texts:
            result.append((document, commit, texts[blob]))
    return result
