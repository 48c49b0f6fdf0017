"""Options that several commands share, and what they mean together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from influence.errors import InputError

if TYPE_CHECKING:
    from influence.findings import Findings


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    json = "json"
    csv = "csv"


Paths = Annotated[list[Path] | None, typer.Argument(metavar="PATH", help="Git repositories, read as they lie on disk.")]
WorkspaceFile = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", metavar="FILE", help="Workspace to keep what is read in, and to read from."),
]
NeededWorkspace = Annotated[Path, typer.Option("--workspace", "-w", metavar="FILE", help="Workspace file.")]
Org = Annotated[
    list[Path] | None,
    typer.Option("--org", metavar="FILE", help="Organisation chart or memberships, CSV. Can be given several times."),
]
People = Annotated[
    Path | None, typer.Option("--people", metavar="FILE", help="people.csv: your corrections of who is who.")
]
Since = Annotated[str | None, typer.Option("--since", metavar="YYYY-MM-DD", help="Only what was done since that day.")]
Until = Annotated[
    str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="Only what others could see by that day.")
]
Top = Annotated[int, typer.Option("--top", metavar="N", min=1, help="How many leaders to list.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of all that is drawn at random.")]
Pseudonyms = Annotated[
    bool, typer.Option("--pseudonyms", help="Show invented names; commits still lead to people who may read them.")
]
Ref = Annotated[
    str | None, typer.Option("--ref", metavar="REF", help="Branch, tag or commit to read, instead of HEAD.")
]
Rules = Annotated[
    Path | None,
    typer.Option("--rules", metavar="FILE", help="Your rules of which paths are vendored, generated, or neither."),
]
Out = Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The HTML file to write.")]
Print = Annotated[Format, typer.Option("--format", help="How to print; json and csv print nothing else.")]


@contextmanager
def found(
    paths: list[Path] | None,
    workspace: Path | None,
    org: list[Path] | None,
    people: Path | None,
    since: str | None,
    until: str | None,
    top: int,
    seed: int,
    pseudonyms: bool,
    ref: str | None,
    rules: Path | None,
) -> Iterator[Findings]:
    """The findings that a command is about; what it shows them with may read its workspace until the block ends.

    Paths are collected into `workspace` where it is given, else into one that is gone afterwards.
    """
    from influence import doors, terminal

    # Before an hour is spent on reading, whatever can be wrong on the command line is looked at.
    first, last = doors.a_date(since), doors.a_date(until)
    if first and last and first > last:
        raise InputError(f"--since {first} is later than --until {last}", "swap them")
    doors.readable(people, "--people")
    doors.readable(rules, "--rules")
    for file in org or ():
        doors.readable(file, "--org")
    if not paths and workspace is None:
        raise InputError("nothing to read", "name a git repository, or a --workspace that was collected before")
    if not paths and (ref or rules):
        raise InputError("--ref and --rules say how repositories are read", "name the repository, too")
    with doors.workspace_for(workspace) as target:
        with terminal.progress() as progress:
            doors.collect(
                *(paths or (), target),
                org=org or (),
                ref=ref,
                rules=rules,
                progress=progress,
                warn=lambda text: terminal.warn(f"influence: {terminal.safe(text)}"),
            )
            progress("working out who follows whom", 0, None)
            findings = doors.analyse(
                target, since=first, until=last, people=people, seed=seed, top=top, pseudonyms=pseudonyms
            )
        yield findings


def print_json(value: Any) -> None:
    """Print a JSON document and nothing else."""
    from influence.terminal import safe_json, say

    say(safe_json(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)))


def print_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a CSV table that a spreadsheet can open without running anything."""
    import sys

    from influence.terminal import csv_text

    sys.stdout.write(csv_text(header, rows))
