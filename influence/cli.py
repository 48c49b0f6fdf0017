"""The command line: its commands, and what becomes of an error.

Exit 0: done. 2: what was given cannot be used, one line on stderr says what to do. 1: our fault.
130 and 141, as a shell expects, when the user or a closed pipe stopped it.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import gc
import os
import sys
from typing import Annotated, Any

import typer

from influence.commands import collect, exchange, look, report
from influence.errors import InfluenceError
from influence.version import __version__

_ABOUT = """Who is followed without being told to lead, found in what an organisation wrote.

\b
Look at one repository, and open report.html in a browser:
  influence report path/to/repository
\b
The same with the organisation chart taken out:
  influence report path/to/repository --org chart.csv
\b
On invented people first:
  influence demo
\b
Read several sources once, ask often:
  influence collect git storage/ console/ --workspace work.duckdb
  influence collect org chart.csv --workspace work.duckdb
  influence leaders --workspace work.duckdb --since 2024-01-01
  influence explain "Ada Byron" --workspace work.duckdb
"""
_EPILOG = (
    "Nothing leaves this machine but what you ask a service for (`collect openalex`). It is meant for finding whom to "
    "listen to, never for judging single people."
)

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help=_ABOUT,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
report.add_to(app)
collect.add_to(app)
look.add_to(app)
exchange.add_to(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"influence {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", is_eager=True, callback=_version)
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error arose (or set INFLUENCE_DEBUG=1).")
    ] = False,
) -> None:
    """`run` has taken --debug out before, since it may stand anywhere; here it is for the help."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    from influence.own import prefer_own

    prefer_own()
    # People and works are many small objects, and all of them stay: to look for rubbish among them as often as Python
    # does by default took a seventh of the time of collecting 120,000 papers.
    gc.set_threshold(100_000, 20, 100)
    code = run(sys.argv[1:])
    # Nor to look for it once more in everything on the way out, and to free that piece by piece: a tenth of a short
    # run's time. The system does so at once.
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        # Whether all of the result was written is known by now; either may be closed.
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command line; returns the exit code, raises nothing."""
    debug = "--debug" in arguments or os.environ.get("INFLUENCE_DEBUG", "") not in ("", "0")
    try:
        code = _invoke([argument for argument in arguments if argument != "--debug"])
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _fail("stopped; what was committed before is kept", 130)
    except BrokenPipeError:
        # Whoever read our output has enough. Python would complain of it once more while it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:  # the last to see it: every error becomes one line
        if debug:
            import traceback

            traceback.print_exc()
        return _fail(*_told(error))


def _invoke(arguments: list[str]) -> int:
    command = typer.main.get_command(app)
    try:
        # Not `command.main`: it would print errors over several lines and decide on exit codes itself.
        with command.make_context("influence", arguments) as context:
            command.invoke(context)
        return 0
    except typer.Exit as leaving:
        return leaving.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None


def _told(error: Exception) -> tuple[str, int]:
    """What to say of an error, and the exit code."""
    from influence.terminal import safe

    if isinstance(error, InfluenceError):
        return safe(error), error.exit_code
    if hasattr(error, "format_message"):  # what the argument parser objects to, whichever release of it
        return _usage(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no room on the disk for {safe(error.filename or 'a temporary file')}; make room and run again", 2
    kind = type(error).__name__
    lines = str(error).strip().splitlines()
    said = f"{kind}: {lines[0]}" if lines else kind
    return f"this is our fault, not yours: {safe(said)}; run it again with --debug and report what it prints", 1


def _usage(error: Any) -> tuple[str, int]:
    from influence.terminal import safe

    context = getattr(error, "ctx", None)
    message = error.format_message()
    if type(error).__name__ == "NoArgsIsHelpError":
        return message, 2
    path = context.command_path if context is not None else "influence"
    return f"{safe(message).rstrip('.')}; see {safe(path)} --help", 2


def _fail(message: str, code: int) -> int:
    from influence.terminal import warn

    warn(message if "\n" in message else f"influence: {message}")
    return code
