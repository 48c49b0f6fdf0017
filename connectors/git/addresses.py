"""The web page that belongs to a repository, guessed from its remotes."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SCP = re.compile(r"(?:[^@/:]+@)?([A-Za-z0-9.-]+):(?!/)(.+)\Z")


def web_url(remote: str) -> str | None:
    """The web page behind a remote's URL, without credentials; None where there is none to be guessed.

    >>> web_url("git@github.com:openstack/swift.git")
    'https://github.com/openstack/swift'
    >>> web_url("https://token@github.com/openstack/swift")
    'https://github.com/openstack/swift'
    >>> web_url("/srv/git/swift.git") is None
    True
    """
    remote = remote.strip()
    if "://" in remote:
        try:
            parts = urlsplit(remote)
            host, path, port = parts.hostname, parts.path, parts.port
        except ValueError:
            return None
        if parts.scheme not in ("http", "https", "ssh", "git"):
            return None
        scheme = parts.scheme if parts.scheme in ("http", "https") else "https"
        shown = f":{port}" if port and parts.scheme in ("http", "https") else ""
    else:
        match = _SCP.match(remote)
        if match is None:
            return None
        host, path, scheme, shown = match[1], "/" + match[2], "https", ""
    path = path.rstrip("/").removesuffix(".git")
    if not host or "." not in host or not re.fullmatch(r"(?:/[\w.~+-]+)+", path):
        return None
    return f"{scheme}://{host}{shown}{path}"
