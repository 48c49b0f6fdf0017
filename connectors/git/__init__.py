"""Git histories: who builds on whose lines, who uses whose names, who asked whose advice."""

from __future__ import annotations

from connectors.git.connector import GitConnector
from connectors.git.file_history import Step, file_history, longest_rising, names_in
from connectors.git.lines import Lines, TextFile, read_lines
from connectors.git.repository import SafeRepository, open_safely

__all__ = [
    "GitConnector",
    "Lines",
    "SafeRepository",
    "Step",
    "TextFile",
    "file_history",
    "longest_rising",
    "names_in",
    "open_safely",
    "read_lines",
]
