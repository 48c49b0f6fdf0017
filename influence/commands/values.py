"""What stands on a command line, taken as it is where that is all there is to it.

Typer checks every value with pydantic, which takes as long to load as all the rest of a command's start. Texts and
paths need no check; numbers and choices that were given, and paths that cannot be read, go its usual way.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def take_plainly(command: Any) -> None:
    """Have all parameters of a command, and of those below it, taken like that."""
    given = command.get_params

    def get_params(context: Any) -> list[Any]:
        # How this release of Typer puts it off to load pydantic. Another one may not: then nothing changes.
        parameters: list[Any] = given(context)
        for parameter in parameters:
            if getattr(parameter, "_runtime_param", parameter) is None and hasattr(parameter, "type_descriptor"):
                parameter._runtime_param = _Plain(parameter.type_descriptor.annotation)
        return parameters

    command.get_params = get_params
    for below in getattr(command, "commands", {}).values():
        take_plainly(below)


class _Plain:
    def __init__(self, annotation: Any) -> None:
        self._annotation = annotation

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        values = value if several else [value]
        if self._annotation in (str, list[str]) and all(isinstance(each, str) for each in values):
            return list(values) if several else value
        if self._annotation in (Path, list[Path]) and all(map(_is_readable, values)):
            return [Path(each) for each in values] if several else Path(value)
        if isinstance(self._annotation, type) and isinstance(value, self._annotation):
            return value  # The default.
        param._runtime_param = None
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _is_readable(path: Any) -> bool:
    return isinstance(path, (str, Path)) and (not os.path.exists(path) or os.access(path, os.R_OK))
