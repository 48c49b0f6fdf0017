"""Tokens for services: from the environment, else from the system's keyring; never from arguments, never written down.

The keyring is read where the `keyring` package is installed: service ``implicit-leaders``, user the name of the
variable (``keyring set implicit-leaders GITHUB_TOKEN``).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from typing import Any

#: Variables that are looked at, in this order.
GITHUB = ("GITHUB_TOKEN", "GH_TOKEN")
GITLAB = ("GITLAB_TOKEN",)
#: Gerrit wants a name and an HTTP password.
GERRIT = ("GERRIT_USER", "GERRIT_PASSWORD")
SERVICE = "implicit-leaders"


def token(names: Sequence[str]) -> str | None:
    """The first of these tokens that there is, or None."""
    for name in names:
        value = os.environ.get(name, "").strip()
        if value:
            return value
    try:
        keyring: Any = import_module("keyring")
    except ImportError:
        return None
    for name in names:
        try:
            value = keyring.get_password(SERVICE, name)
        except Exception:  # noqa: S112 - a keyring that is locked or has no backend holds no token for us
            continue
        if value and value.strip():
            return str(value).strip()
    return None


def login(names: tuple[str, str] = GERRIT) -> tuple[str, str] | None:
    """Name and password, both or None."""
    user, password = token(names[:1]), token(names[1:])
    return (user, password) if user and password else None
