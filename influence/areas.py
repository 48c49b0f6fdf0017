"""Areas: directories, cut where a useful number of people work.

Starting from the root of each repository a directory is divided into its subdirectories while more than `LARGEST`
people were active in it; a subdirectory in which fewer than `SMALLEST` were active stays with what lies beside it. A
repository's root is divided even when fewer were active, if that leaves two or more areas: "everywhere" tells nobody
anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

SMALLEST = 5
LARGEST = 50


@dataclass(frozen=True)
class Areas:
    """Where each area begins.

    Attributes
    ----------
    labels
        What people call the area that begins at each (repository, directory): the directory, with the repository before
        it where there are several. A path belongs to the area of the nearest directory above it.
    """

    labels: dict[tuple[str, str], str]
    _known: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    def of(self, repository: str, directory: str) -> str:
        """The label of the area that a directory belongs to; the directory itself in a repository never cut."""
        known = self._known.get((repository, directory))
        if known is None:
            known = self._known[(repository, directory)] = self._find(repository, directory)
        return known

    def _find(self, repository: str, directory: str) -> str:
        for above in ancestors(directory):
            label = self.labels.get((repository, above))
            if label is not None:
                return label
        return directory or "top level"

    def label(self, repository: pd.Series, directory: pd.Series) -> list[str]:
        """`of` for columns of the same length."""
        return [self.of(one, two) for one, two in zip(repository.tolist(), directory.tolist(), strict=True)]


def cut(
    active: pd.DataFrame,
    names: Mapping[str, str],
    smallest: int = SMALLEST,
    largest: int = LARGEST,
    given: Mapping[str, Sequence[str]] | None = None,
) -> Areas:
    """Cut the repositories into areas.

    Parameters
    ----------
    active
        Who was active where: columns `repository`, `directory` ('' for the root), `person`; distinct rows.
    names
        The name that people know each repository by.
    smallest, largest
        How many people should be active in an area.
    given
        Repository -> the directories at which its areas begin, where somebody said so: it is not cut.
    """
    labels: dict[tuple[str, str], str] = {}
    several = len(names) > 1
    for repository, rows in active.groupby("repository", sort=True):
        name = names.get(str(repository), "")
        said = (given or {}).get(str(repository))
        roots = (
            sorted({"", *said})
            if said
            else _cut_one(rows.groupby("directory")["person"].agg(set).to_dict(), smallest, largest)
        )
        for root in roots:
            here = root or (name if len(roots) == 1 else "top level")
            labels[(str(repository), root)] = f"{name}: {here}" if several and here != name else here
    return Areas(labels)


def given(harvests: pd.DataFrame) -> dict[str, list[str]]:
    """Repository -> the directories at which its areas begin, where who collected it said so."""
    said: dict[str, list[str]] = {}
    of_git = harvests[(harvests["connector"] == "git") & harvests["repository"].notna()]
    for repository, options in zip(of_git["repository"], of_git["options"], strict=True):
        said.setdefault(repository, []).extend(json.loads(options or "{}").get("areas") or [])
    return {repository: directories for repository, directories in said.items() if directories}


def ancestors(directory: str) -> Iterable[str]:
    """A directory, those above it, and the root, from the inside out."""
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]
    yield ""


def _cut_one(own: dict[str, set[int]], smallest: int, largest: int) -> list[str]:
    """The directories at which the areas of one repository begin, sorted."""
    people: dict[str, set[int]] = {"": set()}
    children: dict[str, set[str]] = {}
    for directory, persons in own.items():
        inner = None
        for above in ancestors(directory):
            people.setdefault(above, set()).update(persons)
            if inner is not None:
                children.setdefault(above, set()).add(inner)
            inner = above
    roots: list[str] = []
    waiting = [""]
    while waiting:
        directory = waiting.pop()
        parts = [child for child in children.get(directory, ()) if len(people[child]) >= smallest]
        crowded = len(people[directory]) > largest
        if not parts or not (crowded or (directory == "" and len(parts) > 1)):
            roots.append(directory)
            continue
        waiting.extend(parts)
        if own.get(directory) or len(parts) < len(children[directory]):
            roots.append(directory)
    return sorted(roots)
