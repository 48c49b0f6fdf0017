"""`influence leaders`, `explain` and `people`: answers on the terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from influence.commands import options
from influence.errors import InputError

if TYPE_CHECKING:
    from influence.findings import Findings

_LEADERS_EXAMPLES = """Examples:

\b
  influence leaders path/to/repository
  influence leaders --workspace work.duckdb --org chart.csv --until 2024-12-31
  influence leaders --workspace work.duckdb --format json | jq '.leaders[0]'
"""
_EXPLAIN_EXAMPLES = """Examples:

\b
  influence explain "Ada Byron" path/to/repository
  influence explain ada@example.org --workspace work.duckdb
"""
_PEOPLE_EXAMPLES = """To correct a merge, write a people.csv and give it with --people; nothing that was read is
changed by it.

\b
Examples:
  influence people --workspace work.duckdb
  influence people review --workspace work.duckdb --people people.csv
  influence people opt-out "Ada Byron" --workspace work.duckdb
"""


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command(short_help="List who is followed most.", epilog=_LEADERS_EXAMPLES)(leaders)
    app.command(short_help="Show what somebody's influence is made of.", epilog=_EXPLAIN_EXAMPLES)(explain)
    people = typer.Typer(
        rich_markup_mode=None,
        invoke_without_command=True,
        short_help="Review who was taken for whom; opt out.",
        epilog=_PEOPLE_EXAMPLES,
        help="Who was taken for whom and why (review), and leaving for good (opt-out).",
    )
    people.callback()(people_default)
    people.command("review")(people_review)
    people.command("opt-out")(people_opt_out)
    app.add_typer(people, name="people")


def leaders(
    paths: options.Paths = None,
    workspace: options.WorkspaceFile = None,
    org: options.Org = None,
    people: options.People = None,
    since: options.Since = None,
    until: options.Until = None,
    top: options.Top = 20,
    seed: options.Seed = 0,
    pseudonyms: options.Pseudonyms = False,
    format: options.Print = options.Format.table,  # noqa: A002
    ref: options.Ref = None,
    rules: options.Rules = None,
) -> None:
    """List who is followed most, best first, with the range in which each rank lies."""
    with options.found(paths, workspace, org, people, since, until, top, seed, pseudonyms, ref, rules) as findings:
        if format == options.Format.json:
            options.print_json(findings.to_json(top))
        elif format == options.Format.csv:
            from reports.table import write_csv

            write_csv(findings, sys.stdout, top)
        else:
            _print_leaders(findings, top)


def explain(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Name, a part of it, e-mail address, login or id.")],
    paths: options.Paths = None,
    workspace: options.WorkspaceFile = None,
    org: options.Org = None,
    people: options.People = None,
    since: options.Since = None,
    until: options.Until = None,
    top: options.Top = 20,
    seed: options.Seed = 0,
    pseudonyms: options.Pseudonyms = False,
    ref: options.Ref = None,
    rules: options.Rules = None,
) -> None:
    """Show what somebody's influence is made of: who follows, in what, and the very commits, names and files."""
    from influence.terminal import say

    with options.found(paths, workspace, org, people, since, until, top, seed, pseudonyms, ref, rules) as findings:
        say(findings.explain(person).text())


def people_default(
    context: typer.Context,
    workspace: options.WorkspaceFile = None,
    people: options.People = None,
    format: options.Print = options.Format.table,  # noqa: A002
) -> None:
    """Review, unless another verb follows."""
    if context.invoked_subcommand is None:
        if workspace is None:
            raise InputError("--workspace is missing", "name the file that was collected into")
        people_review(workspace, people, format)
    elif workspace is not None:
        raise InputError("--workspace comes too early", f"write it after {context.invoked_subcommand}")


def people_review(
    workspace: options.NeededWorkspace,
    people: options.People = None,
    format: options.Print = options.Format.table,  # noqa: A002
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write a people.csv to edit and give back with --people."),
    ] = None,
) -> None:
    """List which identities were taken for one person, by which rule and how sure; what most needs a look first."""
    from influence import doors
    from influence.people import review_table, write_review
    from influence.terminal import safe, say, table, warn

    doors.readable(people, "--people")
    who = doors.who_is_who(doors.open(workspace), people)
    for key in who.unmatched:
        warn(f"influence: {people} names nobody who was read: {safe(key)}")
    if output is not None:
        write_review(who, output)
        say(f"Edit {output} and give it with --people.")
        return
    rows = [
        [f"{row.sure:.2f}", row.rule, "joined" if row.joined else "left apart", row.id, row.a, row.b]
        for row in review_table(who).itertuples()
    ]
    header = ["confidence", "rule", "outcome", "id", "identity", "and"]
    if format == options.Format.json:
        options.print_json([dict(zip(header, row, strict=True)) for row in rows])
    elif format == options.Format.csv:
        options.print_csv(header, rows)
    else:
        say(table(header, rows, right=["confidence"], widest=60))


def people_opt_out(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Name, e-mail address, login or id.")],
    workspace: options.NeededWorkspace,
    people: options.People = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take a person out, now and in every later collect. It cannot be undone: only a hash of who left is kept."""
    from influence import doors
    from influence.terminal import safe, say

    doors.readable(people, "--people")
    target = doors.open(workspace)
    who = doors.who_is_who(target, people)
    identity = who.find(person)
    keys = sorted(who.keys.loc[who.keys["id"] == identity, "key"])
    name = safe(who.table.loc[who.table["id"] == identity, "person"].iloc[0])
    if not yes:
        if not sys.stdin.isatty():
            raise InputError("this cannot be undone", "say --yes where nobody can be asked")
        say(f"{name} is known by:\n" + "\n".join(f"  {safe(key)}" for key in keys))
        typer.confirm("Remove this person for good?", abort=True)
    say(f"{name}: {target.opt_out(keys):,} rows removed; later collects leave this person out")


def _print_leaders(findings: Findings, top: int) -> None:
    from influence.terminal import safe, say, table

    # Documents have no commits and lie in no areas.
    documents = findings.meta["documents_only"]
    works = findings.table["works"].head(top)
    rows = [
        [
            row["rank"],
            f"{row['rank_low']}–{row['rank_high']}",
            row["person"],
            f"{row['influence']:.2f}",
            row["reach"],
            _implicit(row["implicit"]),
            f"{written if documents else row['commits']:,}",
            row["last_seen"] or "",
            *(() if documents else (", ".join(row["areas"][:2]),)),
            "; ".join(row["formal"]),
        ]
        for row, written in zip(findings.to_json(top)["leaders"], works, strict=True)
    ]
    made = ["works", "last seen"] if documents else ["commits", "last seen", "areas"]
    header = ["rank", "90 %", "person", "influence", "followers", "implicit", *made, "formal"]
    say(table(header, rows, right=["rank", "influence", "followers", "works", "commits"]))
    named = list(findings.table.loc[findings.table["named"], "person"])
    if named:
        say(f"\nNamed as implicit leaders: {', '.join(map(safe, named))}.")
    else:
        say(f"\n{safe(findings.meta['named_note'])}")
    hidden = findings.meta["hidden_rights"]
    if hidden and findings.meta["authority_known"]:
        say(
            f"{hidden:,} with rights over a whole repository are known by a login or address that nobody here uses: "
            "who leads there without formal power is not known (collect the reviews, or correct people.csv)."
        )
    if not findings.meta["authority_known"]:
        whom = "cite" if documents else "follow"
        say(f"No chart was read: whether they manage those who {whom} them is not known (--org chart.csv).")


def _implicit(value: object) -> str:
    return "?" if value is None else "yes" if value else "formal"
