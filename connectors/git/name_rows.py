"""Rows of `names` and `uses`: who defined what first, who used what first, here and across repositories."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from connectors.git.columns import Columns
from connectors.git.history import Commit
from connectors.git.names import family
from connectors.git.outside import Outside
from connectors.git.replay import Definition, Replay, Use


def defined(found: Sequence[Definition], columns: Columns, imports: set[int]) -> pa.Table:
    """Definitions, one a (name, identity, path)."""
    return columns.table(
        "names",
        len(found),
        {
            **columns.said_of([each.commit for each in found]),
            "name": [each.name for each in found],
            "identity": [each.identity or None for each in found],
            "path": [each.path for each in found],
            "line": [each.line for each in found],
            "language": [each.language for each in found],
            "family": [family(each.language) for each in found],
            "method": [each.method for each in found],
            "public": [each.public for each in found],
            "imported": [each.commit in imports for each in found],
            "renamed_from": [each.renamed_from for each in found],
        },
    )


def used(found: Sequence[Use], columns: Columns) -> pa.Table:
    """First net uses of names."""
    return columns.table(
        "uses",
        len(found),
        {
            **columns.said_of([each.commit for each in found]),
            "name": [each.name for each in found],
            "identity": [each.identity for each in found],
            "path": [each.path for each in found],
            "family": [each.family for each in found],
            "reached": [each.reached for each in found],
            "gone": [each.gone for each in found],
        },
    )


def offered(replay: Replay, commits: Sequence[Commit], columns: Columns) -> pa.Table:
    """Modules and packages that the repository gives, one a (name, identity)."""
    found = [
        (offer, identity)
        for offer in replay.outside.offered
        for identity in ([""] if offer.gone else replay.leaders(commits[offer.commit - 1]))
    ]
    return columns.table(
        "names",
        len(found),
        {
            **columns.said_of([offer.commit for offer, _ in found]),
            "name": [offer.name for offer, _ in found],
            "identity": [identity or None for _, identity in found],
            "path": [offer.path for offer, _ in found],
            "line": [offer.line for offer, _ in found],
            "language": [offer.family.partition(":")[0] for offer, _ in found],
            "family": [offer.family for offer, _ in found],
            "method": [False] * len(found),
            "public": [not offer.gone for offer, _ in found],
            "imported": [offer.commit in replay.imports for offer, _ in found],
            "renamed_from": [offer.renamed_from for offer, _ in found],
        },
    )


def taken(outside: Outside, columns: Columns) -> pa.Table:
    """Modules and packages that the repository does not have, one a (name, identity, file)."""
    found = outside.taken
    return columns.table(
        "uses",
        len(found),
        {
            **columns.said_of(list(found.values())),
            "name": [name for _, name, *_ in found],
            "identity": [who for who, *_ in found],
            "path": [path for *_, path in found],
            "family": [family for _, _, family, _ in found],
        },
    )
