"""Python Enhancement Proposals: mail headers, then reStructuredText (plain text long ago)."""

from __future__ import annotations

import re

from connectors.documents import bylines, headers, publication_dates
from connectors.documents.common import Work
from connectors.documents.parsed import Parsed, Refused
from connectors.documents.series import Series, body, relation

_PATH = re.compile(r"(?:.*/)?pep-0*(\d{1,4})(?:\.(?:rst|txt)|/[\w.-]+\.(?:rst|txt))")
_RELATIONS = {"requires": "requires", "replaces": "replaces", "superseded-by": "superseded-by"}
_POWERS = {"bdfl-delegate": "delegate", "pep-delegate": "delegate", "sponsor": "sponsor"}


class Pep(Series):
    """``pep-0008.rst``, and what lies in the folder ``pep-0008/``."""

    name = "pep"
    whole = ("pep",)

    def id_of(self, path: str) -> str | None:
        """By the number in its name."""
        match = _PATH.fullmatch(path)
        return f"pep:{int(match[1])}" if match and "/tests/" not in path else None

    def parse(self, path: str, text: str) -> list[Parsed]:
        """Its header, and what it names there and in its text."""
        artifact = self.id_of(path)
        assert artifact is not None
        lines = text.split("\n")
        end = next((at for at, line in enumerate(lines) if not line.strip() and at), len(lines))
        fields = headers.read(lines, 0, end)
        if "pep" not in fields or "title" not in fields:
            if "/pep-" in path.rpartition("/")[0]:
                named, problems = body(text, "rst")
                return [Parsed(artifact, None, named, [], problems)]
            raise Refused("documents without a readable header", "no PEP and Title at the top")
        if not fields["pep"].value.isdigit():
            raise Refused("templates", "they are no documents of the series")
        status = fields["status"].value if "status" in fields else ""
        number = int(artifact.partition(":")[2])
        created, precision = publication_dates.read(fields["created"].value if "created" in fields else "")
        work = Work(
            id=artifact,
            kind=self.name,
            title=fields["title"].value,
            created=created,
            precision=precision,
            status=status or None,
            url=f"https://peps.python.org/pep-{number:04}/",
            authors=bylines.people(_byline(fields, "author")),
            powers=[
                (person, role) for name, role in _POWERS.items() for person in bylines.people(_byline(fields, name))
            ],
            withdrawn=status.lower() in self.withdrawn,
        )
        named, problems = body(text, "rst", end)
        for name, how in _RELATIONS.items():
            if name in fields:
                named += relation(fields[name].value, "pep", how, fields[name].lines)
        return [Parsed(artifact, work, named, [], problems)]


def _byline(fields: dict[str, headers.Field], name: str) -> list[str]:
    """A header as people; a name may go on in the next line, a new line may also begin a new name."""
    if name not in fields:
        return []
    return [" ".join(fields[name].values)]
