"""GitHub, live, by its GraphQL API: pull requests, issues and discussions with all that happened to them.

https://docs.github.com/graphql. The lists come in the order of their last update, so that the next collect asks only
for what is new. A token is needed: GitHub answers nobody without one.
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from typing import ClassVar
from urllib.parse import urlsplit

from connectors.http import Limits, address, is_loopback
from connectors.review import tokens
from connectors.review.github_service import TOKEN, WHAT, GitHubService
from connectors.review.live import LiveConnector, Stored
from connectors.review.model import GITHUB
from influence.errors import InputError

BASE = "https://api.github.com/graphql"
_LABEL = re.compile(r"(?P<owner>[A-Za-z0-9][\w-]{0,99})/(?P<name>[\w.-]{1,100}?)(?:\.git)?/?\Z", re.A)


class GitHubConnector(LiveConnector):
    """The reviews of one repository on GitHub.

    Parameters
    ----------
    repository
        ``owner/name``, or its address.
    base
        Address of the API, where it is not GitHub's own: ``https://HOST`` or ``https://HOST/api/graphql`` of an
        Enterprise Server. What answers on this machine stands in for github.com.
    token
        By default what GITHUB_TOKEN or GH_TOKEN holds, else the keyring. It goes to `base` and nowhere else.
    limits
        How long and how often the API is asked.
    stored, strict
        As `connectors.review.live.LiveConnector`.

    Raises
    ------
    influence.errors.InputError
        When `repository` or `base` is none; from `checkpoints`, when there is no token or it cannot be read.
    """

    name: ClassVar[str] = "github"
    what: ClassVar[str] = WHAT

    def __init__(
        self,
        repository: str,
        *,
        base: str | None = None,
        token: str | None = None,
        limits: Limits | None = None,
        stored: Stored | None = None,
        strict: bool = True,
    ) -> None:
        endpoint, host = _endpoint(base)
        self._owner, self._name = _label(repository, host)
        super().__init__(f"{self._owner}/{self._name}", host, endpoint, stored=stored, strict=strict)
        self._token = token
        self._limits = limits

    @property
    def source(self) -> str:
        """Name of the source; of other houses than github.com with the house."""
        return f"{self.name}:{self.label}" if self.host == GITHUB else f"{self.name}:{self.host}/{self.label}"

    def service(self) -> AbstractContextManager[GitHubService]:
        """A connection to the API."""
        token = self._token or tokens.token(tokens.GITHUB)
        if not token:
            raise InputError("GitHub answers nobody without a token", TOKEN)
        return GitHubService(self.location, self._owner, self._name, self.host, token, self._limits)


def _endpoint(base: str | None) -> tuple[str, str]:
    """Address of the GraphQL API, and the house whose accounts it tells of.

    >>> _endpoint(None), _endpoint("https://git.example.org")
    (('https://api.github.com/graphql', 'github.com'), ('https://git.example.org/api/graphql', 'git.example.org'))
    """
    if base is None:
        return BASE, GITHUB
    url = address(base)
    path = url.path.rstrip("/")
    if not path.endswith("/graphql"):
        path = f"{path or '/api'}/graphql"
    host = url.host.removeprefix("api.")
    return f"{url.scheme}://{url.netloc.decode()}{path}", GITHUB if is_loopback(host) else host


def _label(repository: str, host: str) -> tuple[str, str]:
    """Owner and name of a repository."""
    shown = "".join(char if char.isprintable() else " " for char in repository.strip())[:200]
    label = repository.strip()
    if "://" in label:
        try:
            parts = urlsplit(label)
            there = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            raise InputError(f"{shown!r} is no address", "write it as owner/name") from None
        if parts.username or parts.password:
            raise InputError("an address with a password in it", "passwords and tokens come from the environment only")
        if there != host:
            raise InputError(
                f"{shown} does not lie on {host}",
                "say where its API is, with the base address https://HOST/api/graphql",
            )
        label = "/".join(parts.path.strip("/").split("/")[:2])
    found = _LABEL.match(label)
    if found is None:
        raise InputError(f"{shown!r} is no repository on GitHub", "write it as owner/name")
    return found["owner"], found["name"]
