"""The few errors that a user can meet. Each message is one line that says what is wrong and what to do."""

from __future__ import annotations


class InfluenceError(Exception):
    """Base of all errors meant for the user: one line, no traceback.

    Attributes
    ----------
    exit_code
        2 when the input is at fault, 1 when we are.
    """

    exit_code = 2

    def __init__(self, problem: str, remedy: str = "") -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem}; {remedy}" if remedy else problem)


class InputError(InfluenceError):
    """Something the user named cannot be used: a path, a reference, a file, a person."""


class WorkspaceError(InfluenceError):
    """The workspace file cannot be used: locked, from a newer version, no workspace, no room."""


class InternalError(InfluenceError):
    """Our fault: exit code 1."""

    exit_code = 1
