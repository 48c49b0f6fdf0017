"""What an export is: every format by name, recognised by what it holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module

from connectors.review.places import Place, open_place
from connectors.review.reading import Reading
from influence.errors import InputError

#: Every format by name, as the command takes it -> the module that has `recognise` and `readings`.
FORMATS = {
    "github-backup": "connectors.review.backup",
    "gerrit-notes": "connectors.review.gerrit_notes",
    "perceval": "connectors.review.perceval",
    "gharchive": "connectors.review.gharchive",
    "gerrit-query": "connectors.review.gerrit_query",
    "mbox": "connectors.review.mbox",
}

#: Whether the repository called so (``owner/name``) is to be read.
Wanted = Callable[[str], bool]


def _all(label: str) -> bool:
    return True


def readings(
    path: str | os.PathLike[str],
    format: str | None = None,  # noqa: A002 - as the command calls it
    wanted: Wanted = _all,
) -> tuple[str, list[Reading]]:
    """The format of an export, and what it holds of each repository that is `wanted`.

    Raises
    ------
    influence.errors.InputError
        When there is nothing, when it is not recognised, or not what `format` says.
    """
    if format is not None and format not in FORMATS:
        raise InputError(f"there is no format {format!r}", f"these are: {', '.join(FORMATS)}")
    place = open_place(path)
    for name in FORMATS if format is None else (format,):
        module = import_module(FORMATS[name])
        recognise: Callable[[Place], bool] = module.recognise
        if format is not None or recognise(place):
            return name, module.readings(place, wanted)
    raise InputError(
        f"{place.location} is no export of reviews that is known", f"say with --format what it is: {', '.join(FORMATS)}"
    )
