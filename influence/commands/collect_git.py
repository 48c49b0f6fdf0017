"""`influence collect git`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from influence.commands import options
from influence.commands.told import say_of, say_readings
from influence.errors import InputError

EXAMPLES = """Below a folder that is no repository itself they are looked for, not in hidden folders and along no
symbolic links. Several are read side by side; one that cannot be read does not stop the rest. Each is kept as soon as
it is read: a run that was stopped goes on where it was when the same command is given again.

\b
Examples:
  influence collect git storage/ console/ --workspace work.duckdb
  influence collect git mirror.git --ref release-7 --workspace work.duckdb
  influence collect git /srv/git --all --since 2023-01-01 --workspace work.duckdb
  influence collect git --config repositories.toml --workspace work.duckdb

\b
repositories.toml has, for each repository (all but path can be left out; docs/repositories.md):
  [[repository]]
  path = "storage.git"
  name = "storage"
  ref = "main"
  url = "https://github.com/acme/storage"
  areas = ["store", "client/python"]
  rules = "storage.paths"
  ignore_revs = "reformatted.txt"
"""


def collect_git(
    workspace: options.NeededWorkspace,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH", help="Clones, bare ones too, or folders of them.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="TOML that lists repositories and how to read each.")
    ] = None,
    ref: options.Ref = None,
    all_branches: Annotated[
        bool, typer.Option("--all", help="Read every branch of a clone, remote ones too, not only the default one.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="YYYY-MM-DD", help="Read only what was brought in since; older lines are nobody's."
        ),
    ] = None,
    rules: options.Rules = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", metavar="N", min=1, help="How many processes; as many as cores, unless said."),
    ] = None,
) -> None:
    """Read git repositories: who built on whose lines and names, took whose advice; and who owns which code.

    Nothing is fetched and nothing that a repository configures is run.
    """
    from influence import doors, terminal
    from influence.lean import without_pandas
    from influence.workspace import Workspace

    if not paths and config is None:
        raise InputError("PATH is missing", "name a repository, a folder of them, or a --config that lists them")
    doors.readable(rules, "--rules")
    target = Workspace(workspace.expanduser())
    without_pandas()
    with terminal.progress() as progress:
        readings = doors.collect_git(
            paths or (),
            target,
            config=config,
            ref=ref,
            all_branches=all_branches,
            since=since,
            rules=rules,
            processes=jobs,
            progress=progress,
        )
    if len(readings) == 1:
        say_of({each.source: (dict(sorted(each.counts.items())), each.problems) for each in readings[0].harvests})
    else:
        say_readings(target, readings)
