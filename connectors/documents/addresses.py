"""Where documents are published: addresses in one form, and what of one lies below another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from influence.errors import InputError

_HTTP = re.compile(r"https?://", re.IGNORECASE)


def normal(path: str) -> str | None:
    """A path without ``.`` and ``..``; None where it climbs out of its root.

    >>> normal("a/../b//./c"), normal("../etc/passwd"), normal("a/../../b")
    ('b/c', None, None)
    """
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part and part != ".":
            parts.append(part)
    return "/".join(parts)


def bases_of(given: Iterable[str]) -> list[tuple[str, str]]:
    """Addresses under which documents are published: ``https://docs.example/x/``, or with the folder, ``URL=docs``.

    >>> bases_of(["https://docs.example/x/", "https://wiki.example=handbook/"])
    [('https://docs.example/x/', ''), ('https://wiki.example', 'handbook')]

    Raises
    ------
    influence.errors.InputError
        When one is no address, or its folder lies outside of the tree.
    """
    found = []
    for text in given:
        url, _, folder = text.strip().partition("=")
        inside = normal(folder.strip())
        try:
            host = urlsplit(url).hostname if _HTTP.match(url) else None
        except ValueError:
            host = None
        if not host or inside is None:
            raise InputError(
                f"{text!r} is no base URL",
                "write https://HOST/PATH/, or https://HOST/PATH/=FOLDER for a part of the tree",
            )
        found.append((url.strip(), inside))
    return found


def address(url: str) -> str:
    """An address in one form: without scheme, credentials, ``www.``, query and anchor; unquoted."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return ""
    return host + port + unquote(parts.path, errors="replace").rstrip("/")


def below(address: str, base: str) -> str | None:
    """What of an address lies below another one; None where it does not."""
    if base and (address == base or address.startswith(f"{base}/")):
        return address[len(base) :]
    return None


def raw_address(forge: str) -> str:
    """Where GitHub serves a repository's files raw; '' for other forges."""
    return forge.replace("github.com/", "raw.githubusercontent.com/", 1) if forge.startswith("github.com/") else ""
