"""`influence report` and `influence demo`: the whole way, from histories to one HTML file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from influence.commands import options
from influence.errors import InputError

if TYPE_CHECKING:
    from influence.findings import Findings

_REPORT_EXAMPLES = """Examples:

\b
  influence report path/to/repository
  influence report storage/ console/ --org chart.csv -o leaders.html
  influence report --workspace work.duckdb --since 2023-01-01 --until 2024-12-31
"""
_DEMO_EXAMPLES = """Example:

\b
  influence demo -o demo.html
"""


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command(short_help="Write the HTML report.", epilog=_REPORT_EXAMPLES)(report)
    app.command(short_help="The same on an invented organisation.", epilog=_DEMO_EXAMPLES)(demo)


def report(
    paths: options.Paths = None,
    workspace: options.WorkspaceFile = None,
    org: options.Org = None,
    output: options.Out = Path("report.html"),
    people: options.People = None,
    since: options.Since = None,
    until: options.Until = None,
    top: options.Top = 20,
    seed: options.Seed = 0,
    pseudonyms: options.Pseudonyms = False,
    ref: options.Ref = None,
    rules: options.Rules = None,
) -> None:
    """Write one HTML file that says who leads without managing, how sure that is, and how it is known.

    Repositories are read, analysed and forgotten again; with --workspace what was read is kept in that file, and
    everything that is in it counts. The page loads nothing from elsewhere and only you can read it.
    """
    _can_write(output)
    with options.found(paths, workspace, org, people, since, until, top, seed, pseudonyms, ref, rules) as findings:
        _write(findings, output, top)


def demo(
    output: options.Out = Path("report.html"),
    seed: options.Seed = 0,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="FOLDER", help="Keep what was invented there: repositories, chart."),
    ] = None,
) -> None:
    """The same on an invented organisation, whose leaders are known beforehand.

    About sixty people and three years in two git repositories of code and one of design documents, which are really
    written, read and analysed.
    """
    import tempfile

    _can_write(output)
    root = None if keep is None else _empty(keep)
    from influence import doors, simulate, terminal

    with tempfile.TemporaryDirectory(prefix="influence-demo-") as scratch, doors.workspace_for(None) as workspace:
        with terminal.progress() as progress:
            progress("inventing an organisation", 0, None)
            invented = simulate.write(root or Path(scratch), seed)
            doors.collect(
                invented.repositories, workspace, documents=invented.design, org=invented.chart, progress=progress
            )
            doors.collect_review([invented.reviews], workspace, progress=progress)
            progress("working out who follows whom", 0, None)
            findings = doors.analyse(workspace, seed=seed)
        findings.meta["simulated"] = True
        findings.meta["title"] = invented.truth["organisation"]
        _write(findings, output, 20)
        _say_truth(findings, invented.truth)


def _write(findings: Findings, output: Path, top: int) -> None:
    from influence.terminal import csv_text, safe, say
    from reports import html, wording
    from reports.safety import write_private

    output = output.expanduser()
    html.write(findings, output, top)
    say(safe(wording.text(wording.answer(findings))))
    named = findings.named()
    if len(named) > 1:
        say(f"Named: {safe(wording.listing(list(named['person']), 8))}.")
    say(f"The report: {safe(output.resolve())}")
    chart = findings.meta.get("chart")
    if chart and chart["unmatched"]:
        beside = output.with_suffix(".unmatched.csv")
        write_private(beside, csv_text(["person"], [[person] for person in chart["unmatched"]]))
        say(
            f"{len(chart['unmatched'])} of {chart['chart_people']} people in the chart did nothing that was read: "
            f"{safe(beside.resolve())}"
        )


def _say_truth(findings: Findings, truth: dict[str, Any]) -> None:
    """How those who were planted came out."""
    from influence.terminal import say

    ranks = dict(zip(findings.table["person"], findings.table["rank"], strict=True))
    planted = " and ".join(f"{name} (found at rank {ranks.get(name, 'none')})" for name in truth["planted_leaders"])
    say(f"Planted as leaders: {planted}. Planted as loud: {truth['loud']} (rank {ranks.get(truth['loud'], 'none')}).")


def _can_write(output: Path) -> None:
    output = output.expanduser()
    if output.is_dir():
        raise InputError(f"{output} is a folder", "name a file, for example -o report.html")
    if not output.parent.is_dir():
        raise InputError(f"there is no folder {output.parent}", "make it, or name another file with -o")
    if not os.access(output if output.exists() else output.parent, os.W_OK):
        raise InputError(f"{output} cannot be written", "check who owns it, or name another file with -o")


def _empty(folder: Path) -> Path:
    folder = folder.expanduser()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not an empty folder", "name one that is, or that is not there yet")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
