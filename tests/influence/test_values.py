"""What stands on a command line means what Typer makes of it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer

from influence.commands.values import take_plainly


class Colour(StrEnum):
    red = "red"
    blue = "blue"


def invoke(arguments: list[str], plainly: bool) -> Any:
    app = typer.Typer()
    found: list[Any] = []

    @app.command()
    def command(
        paths: Annotated[list[Path] | None, typer.Argument()] = None,
        text: Annotated[str | None, typer.Option()] = None,
        texts: Annotated[list[str] | None, typer.Option()] = None,
        file: Annotated[Path, typer.Option()] = Path("x"),
        number: Annotated[int, typer.Option(min=1)] = 3,
        other: Annotated[int | None, typer.Option()] = None,
        colour: Annotated[Colour, typer.Option()] = Colour.red,
        flag: Annotated[bool, typer.Option()] = False,
    ) -> None:
        found.append((paths, text, texts, file, number, other, colour, flag))

    made = typer.main.get_command(app)
    if plainly:
        take_plainly(made)
    try:
        with made.make_context("command", list(arguments)) as context:
            made.invoke(context)
    except Exception as error:
        return type(error), error.format_message() if hasattr(error, "format_message") else str(error)
    return found


@pytest.mark.parametrize(
    "line",
    [
        "",
        "a b/c",
        "a --text x --texts y --texts z --file q --number 7 --other 8 --colour blue --flag",
        "--text= --file=",
        "--number 0",
        "--number x",
        "--other 1.5",
        "--colour green",
        "--nothing",
        "--file",
        "/ --no-flag",
    ],
)
def test_values_are_what_they_would_be_anyway(line: str) -> None:
    assert invoke(line.split(), plainly=True) == invoke(line.split(), plainly=False)
