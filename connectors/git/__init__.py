"""Git histories: who builds on whose lines, who uses whose names, who asked whose advice.

Everything is imported when first used: the reader processes need a third of it, and start in a third of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connectors.git.connector import GitConnector
    from connectors.git.lines import Lines, TextFile, read_lines
    from connectors.git.repository import SafeRepository, open_safely
    from connectors.git.versions import Change, Step, changes, dated, longest_rising, paths_in

_DOORS = {
    "GitConnector": "connector",
    "Lines": "lines",
    "SafeRepository": "repository",
    "Change": "versions",
    "Step": "versions",
    "changes": "versions",
    "dated": "versions",
    "paths_in": "versions",
    "TextFile": "lines",
    "longest_rising": "versions",
    "open_safely": "repository",
    "read_lines": "lines",
}
__all__ = [
    "Change",
    "GitConnector",
    "Lines",
    "SafeRepository",
    "Step",
    "TextFile",
    "changes",
    "dated",
    "longest_rising",
    "open_safely",
    "paths_in",
    "read_lines",
]


def __getattr__(name: str) -> Any:
    if name not in _DOORS:
        raise AttributeError(f"module 'connectors.git' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"connectors.git.{_DOORS[name]}"), name)
    globals()[name] = value
    return value
