"""`influence collect` and `influence sources`: what is in a workspace."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from influence.commands import collect_git, options
from influence.commands.told import amounts, say_collected
from influence.errors import InputError

_ORG_EXAMPLES = """A chart has a line for each person, with at least the columns person and manager; a membership
file has team and person. Both may have title, since and until (YYYY-MM-DD).

\b
Examples:
  influence collect org chart.csv --workspace work.duckdb
  influence collect org teams.csv --format memberships --workspace work.duckdb
"""
_OPENALEX_EXAMPLES = """A query is a filter, words to search for, an id (an author's, a topic's, a DOI, ...) or the
address of a list on openalex.org. Put a key (free, from openalex.org/settings/api) into the environment variable
OPENALEX_API_KEY. A reading that was stopped goes on where it was when the same command is given again.

\b
Examples:
  influence collect openalex authorships.author.id:A5023888391 --workspace work.duckdb
  influence collect openalex "https://openalex.org/works?filter=primary_topic.id:T10102" --workspace work.duckdb
"""
_DOCUMENTS_EXAMPLES = """Recognised are numbered series (pep, eip, bip, kep, rust-rfc, adr, ietf), folders of Markdown,
reStructuredText, AsciiDoc or HTML (markup), bibliographies (bibtex, csl-json, ris, wos, crossref, openalex) and the
tables works and citations (tables). See docs/documents.md.

\b
Examples:
  influence collect documents peps/ design-notes/ --workspace work.duckdb
  influence collect documents papers/references.bib --workspace work.duckdb
  influence collect documents corpus/ --format tables --column id=paper --workspace work.duckdb
"""
_REVIEW_EXAMPLES = """Recognised are backups of GitHub (one JSON file for each pull request; a bare clone of one
is enough), what Perceval and gerrit print, GH Archive's hours, and mailboxes. See docs/review.md.

\b
Examples:
  influence collect review github-metadata-backup/ --workspace work.duckdb
  influence collect review 2025-*.json.gz --repository acme/storage --workspace work.duckdb
"""
_FORGE_EXAMPLES = """The token is read from the environment ({token}) or the keyring, is sent to that
service only, and is kept nowhere. A reading that was stopped goes on where it was when the same command is given again;
later ones ask only for what is new.

\b
Example:
  influence collect {service} --workspace work.duckdb
"""
_SOURCES_EXAMPLES = """Examples:

\b
  influence sources --workspace work.duckdb
  influence sources remove git:console --workspace work.duckdb
"""


class OrganisationFile(StrEnum):
    """What a file of `collect org` is."""

    chart = "chart"
    memberships = "memberships"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    collect = typer.Typer(
        rich_markup_mode=None,
        no_args_is_help=True,
        short_help="Read sources into a workspace.",
        help="Read sources into a workspace: one file, readable only by you. Reading a source again replaces it.",
    )
    collect.command("git", epilog=collect_git.EXAMPLES)(collect_git.collect_git)
    collect.command("org", epilog=_ORG_EXAMPLES)(collect_org)
    collect.command("documents", epilog=_DOCUMENTS_EXAMPLES)(collect_documents)
    collect.command("review", epilog=_REVIEW_EXAMPLES)(collect_review)
    tokens = {
        "github": ("GITHUB_TOKEN", "github acme/storage acme/console"),
        "gitlab": ("GITLAB_TOKEN", "gitlab acme/storage --base-url https://gitlab.example.org"),
        "gerrit": ("GERRIT_USER, GERRIT_PASSWORD", "gerrit openstack/swift --base-url https://review.opendev.org"),
    }
    for name, command in (("github", collect_github), ("gitlab", collect_gitlab), ("gerrit", collect_gerrit)):
        token, example = tokens[name]
        collect.command(name, epilog=_FORGE_EXAMPLES.format(token=token, service=example))(command)
    collect.command("openalex", epilog=_OPENALEX_EXAMPLES)(collect_openalex)
    app.add_typer(collect, name="collect")
    sources = typer.Typer(
        rich_markup_mode=None,
        invoke_without_command=True,
        short_help="List what a workspace holds; take a source out.",
        epilog=_SOURCES_EXAMPLES,
        help="What a workspace was collected from (list), and taking one source out again (remove).",
    )
    sources.callback()(sources_default)
    sources.command("list")(sources_list)
    sources.command("remove")(sources_remove)
    app.add_typer(sources, name="sources")


def collect_org(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE", help="CSV files.")],
    workspace: options.NeededWorkspace,
    format: Annotated[  # noqa: A002
        OrganisationFile | None, typer.Option("--format", help="What the files are; else seen by their columns.")
    ] = None,
) -> None:
    """Read who manages whom (a chart), or who is in which team (memberships)."""
    from influence import doors, terminal
    from influence.workspace import Workspace

    target = Workspace(workspace.expanduser())
    with terminal.progress() as progress:
        sources = doors.collect_organisation(paths, target, format=format and format.value, progress=progress)
    say_collected(target, sources)


def collect_openalex(
    queries: Annotated[list[str], typer.Argument(metavar="QUERY", help="A filter, words, an id, or an address.")],
    workspace: options.NeededWorkspace,
    mail: Annotated[
        str | None,
        typer.Option("--mailto", metavar="ADDRESS", help="Where OpenAlex can reach you (or set OPENALEX_MAILTO)."),
    ] = None,
    base: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="A service with the same API, instead of OpenAlex.")
    ] = None,
) -> None:
    """Ask OpenAlex for works, their authors and what they cite. The query, the key and ADDRESS are sent there."""
    from influence import doors, terminal
    from influence.workspace import Workspace

    target = Workspace(workspace.expanduser())
    with terminal.progress() as progress:
        sources = doors.collect_openalex(queries, target, mail=mail, base=base, progress=progress)
    say_collected(target, sources)


def collect_documents(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Repositories, folders or files.")],
    workspace: options.NeededWorkspace,
    format: Annotated[  # noqa: A002
        str | None, typer.Option("--format", metavar="FORMAT", help="What all of them are; else it is recognised.")
    ] = None,
    ref: options.Ref = None,
    base_urls: Annotated[
        list[str] | None,
        typer.Option("--base-url", metavar="URL", help="Where a folder of documents is published."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="MEANING=NAME", help="A column of tables that has another name."),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="When files were written that bear no date, outside of git."),
    ] = None,
) -> None:
    """Read documents: who wrote them, and which of them they cite."""
    from influence import doors, terminal
    from influence.workspace import Workspace

    named = [column.partition("=") for column in columns or ()]
    for meaning, _, name in named:
        if not meaning or not name:
            raise InputError(f"--column {meaning or name} names no column", "write it as MEANING=NAME, e.g. id=paper")
    target = Workspace(workspace.expanduser())
    with terminal.progress() as progress:
        sources = doors.collect_documents(
            paths,
            target,
            format=format,
            ref=ref,
            base_urls=base_urls or (),
            columns={meaning: name for meaning, _, name in named} or None,
            date=date,
            progress=progress,
        )
    say_collected(target, sources)


def collect_review(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Exports: folders, clones or files.")],
    workspace: options.NeededWorkspace,
    format: Annotated[  # noqa: A002
        str | None, typer.Option("--format", metavar="FORMAT", help="What all of them are; else it is recognised.")
    ] = None,
    repositories: Annotated[
        list[str] | None,
        typer.Option("--repository", metavar="OWNER/NAME", help="Only this one of those inside, or an owner's."),
    ] = None,
) -> None:
    """Read code review that is on disk already: who asked whom, whose comments were heeded, who is named as ground."""
    from influence import doors, terminal
    from influence.workspace import Workspace

    target = Workspace(workspace.expanduser())
    with terminal.progress() as progress:
        sources = doors.collect_review(paths, target, format=format, repositories=repositories or (), progress=progress)
    say_collected(target, sources)


_Repositories = Annotated[list[str], typer.Argument(metavar="OWNER/NAME", help="Repositories, or their addresses.")]
_Base = Annotated[str | None, typer.Option("--base-url", metavar="URL", help="A server of your own.")]


def collect_github(repositories: _Repositories, workspace: options.NeededWorkspace, base: _Base = None) -> None:
    """Ask GitHub for pull requests, reviews, requests and discussions. Only the repositories' names are sent."""
    _collect_forge("github", repositories, workspace, base)


def collect_gitlab(repositories: _Repositories, workspace: options.NeededWorkspace, base: _Base = None) -> None:
    """Ask GitLab for merge requests, discussions and approvals. Only the projects' names are sent."""
    _collect_forge("gitlab", repositories, workspace, base)


def collect_gerrit(
    repositories: Annotated[list[str], typer.Argument(metavar="PROJECT", help="Projects.")],
    workspace: options.NeededWorkspace,
    base: Annotated[str, typer.Option("--base-url", metavar="URL", help="Where Gerrit lies.")],
) -> None:
    """Ask Gerrit for changes, votes and comments. Only the projects' names are sent."""
    _collect_forge("gerrit", repositories, workspace, base)


def _collect_forge(service: str, repositories: list[str], workspace: Path, base: str | None) -> None:
    from influence import doors, terminal
    from influence.workspace import Workspace

    target = Workspace(workspace.expanduser())
    with terminal.progress() as progress:
        sources = doors.collect_forge(service, repositories, target, base=base, progress=progress)
    say_collected(target, sources)


def sources_default(
    context: typer.Context,
    workspace: options.WorkspaceFile = None,
    format: options.Print = options.Format.table,  # noqa: A002
) -> None:
    """List, unless another verb follows."""
    if context.invoked_subcommand is None:
        if workspace is None:
            raise InputError("--workspace is missing", "name the file that was collected into")
        sources_list(workspace, format)
    elif workspace is not None:
        raise InputError("--workspace comes too early", f"write it after {context.invoked_subcommand}")


def sources_list(workspace: options.NeededWorkspace, format: options.Print = options.Format.table) -> None:  # noqa: A002
    """List what was collected, up to where and when, and what could not be read."""
    from influence import doors
    from influence.terminal import say, table

    harvests = doors.open(workspace).harvests()
    rows = [
        {
            "source": row.source,
            "from": _day(row.first),
            "to": _day(row.last),
            # A service's place in its own lists tells a reader nothing.
            "tip": None if not row.tip or row.tip.startswith("{") else row.tip,
            "collected": _day(row.collected),
            "counts": json.loads(row.counts or "{}"),
            "left_out": [list(problem) for problem in json.loads(row.problems or "[]")],
            "location": row.location,
        }
        for row in harvests.itertuples()
    ]
    if format == options.Format.json:
        options.print_json(rows)
        return
    if format == options.Format.csv:
        options.print_csv(
            list(rows[0]) if rows else ["source"],
            [
                [json.dumps(cell) if isinstance(cell, (dict, list)) else cell or "" for cell in row.values()]
                for row in rows
            ],
        )
        return
    say(
        table(
            ["source", "from", "to", "tip", "collected", "left out", "read"],
            [
                [
                    row["source"],
                    row["from"] or "",
                    row["to"] or "",
                    _tip(row["tip"] or ""),
                    row["collected"],
                    f"{sum(number for _, number, _ in row['left_out']):,}",
                    amounts(row["counts"]),
                ]
                for row in rows
            ],
            right=["left out"],
        )
    )


def sources_remove(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE", help="As `influence sources` names them.")],
    workspace: options.NeededWorkspace,
) -> None:
    """Take out all that was read from a source."""
    from influence import doors
    from influence.terminal import safe, say

    target = doors.open(workspace)
    for source in sources:
        say(f"{safe(source)}: {doors.remove(source, target):,} rows removed")


def _tip(tip: str) -> str:
    """Up to where a source was read: the day of a time, the beginning of a commit's hash."""
    return tip[:10] if tip[4:5] == "-" and tip[10:11] == "T" else tip[:12]


def _day(value: object) -> str | None:
    return None if value is None or value != value else str(value)[:10]  # NaT is not equal to itself
