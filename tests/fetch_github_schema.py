"""Fetches GitHub's published GraphQL schema (npm @octokit/graphql-schema, MIT) for the tests; it is not in the tree.

python tests/fetch_github_schema.py [FILE]     by default share/github/schema.graphql in the running environment
Without a network nothing is there, and the tests that need it say so.
"""

from __future__ import annotations

import io
import os
import sys
import tarfile
import urllib.request
from pathlib import Path

VERSION = "15.26.1"
REGISTRY = os.environ.get("NPM_CONFIG_REGISTRY") or "https://registry.npmjs.org"
MOST = 32 << 20


def fetch(place: Path) -> None:
    """Put the schema of `VERSION` at `place`, unless it is there."""
    if place.exists():
        return
    address = f"{REGISTRY.rstrip('/')}/@octokit/graphql-schema/-/graphql-schema-{VERSION}.tgz"
    with urllib.request.urlopen(address, timeout=60) as answer:
        packed = answer.read(MOST)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        member = archive.extractfile("package/schema.graphql")
        assert member is not None
        schema = member.read(MOST)
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_suffix(".part")
    half.write_bytes(schema)
    half.replace(place)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(sys.prefix) / "share" / "github" / "schema.graphql"
    try:
        fetch(target)
    except (OSError, tarfile.TarError, KeyError) as error:
        print(f"GitHub's schema could not be fetched ({error}): a test is skipped", file=sys.stderr)
