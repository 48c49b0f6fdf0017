"""Bitcoin Improvement Proposals: a header in a preformatted block, then MediaWiki markup or Markdown."""

from __future__ import annotations

import re

from connectors.documents import bylines, headers, publication_dates
from connectors.documents.common import Work
from connectors.documents.parsed import Parsed, Refused
from connectors.documents.series import Series, body, relation

_PATH = re.compile(r"(?:.*/)?bip-0*(\d{1,4})\.(mediawiki|md)")
_OPEN = re.compile(r"\s*(?:<pre>|```\w*|---)\s*", re.IGNORECASE)
_CLOSE = re.compile(r"\s*(?:</pre>|```|---)\s*", re.IGNORECASE)
_RELATIONS = {
    "requires": "requires",
    "replaces": "replaces",
    "superseded-by": "superseded-by",
    "proposed-replacement": "superseded-by",
}
_LONGEST_HEADER = 100


class Bip(Series):
    """``bip-0032.mediawiki``, ``bip-0003.md``."""

    name = "bip"
    whole = ("bip",)
    withdrawn = Series.withdrawn | {"closed"}

    def id_of(self, path: str) -> str | None:
        """By the number in its name."""
        match = _PATH.fullmatch(path)
        return f"bip:{int(match[1])}" if match else None

    def parse(self, path: str, text: str) -> list[Parsed]:
        """Its header, and what it names there and in its text."""
        artifact = self.id_of(path)
        assert artifact is not None
        lines = text.split("\n")
        opened = next((at for at, line in enumerate(lines[:_LONGEST_HEADER]) if _OPEN.fullmatch(line)), None)
        if opened is None:
            raise Refused("documents without a readable header", "no preformatted block at the top")
        last = opened + _LONGEST_HEADER
        end = next((at for at in range(opened + 1, min(last, len(lines))) if _CLOSE.fullmatch(lines[at])), None)
        fields = headers.read(lines, opened + 1, end or opened)
        if "bip" not in fields or "title" not in fields or end is None:
            raise Refused("documents without a readable header", "no BIP and Title at the top")
        status = fields["status"].value if "status" in fields else ""
        date = next((fields[name].value for name in ("created", "assigned", "date") if name in fields), "")
        created, precision = publication_dates.read(date)
        number = int(artifact.partition(":")[2])
        work = Work(
            id=artifact,
            kind=self.name,
            title=fields["title"].value,
            created=created,
            precision=precision,
            status=status or None,
            url=f"https://bips.dev/{number}/",
            authors=[
                person
                for name in ("authors", "author")
                if name in fields
                for person in bylines.people(fields[name].values)
            ],
            powers=[(person, "deputy") for person in bylines.people(fields["deputies"].values)]
            if "deputies" in fields
            else [],
            withdrawn=status.lower() in self.withdrawn,
        )
        named, problems = body(text, path.rpartition(".")[2], end + 1)
        for name, how in _RELATIONS.items():
            if name in fields:
                named += relation(fields[name].value, "bip", how, fields[name].lines)
        return [Parsed(artifact, work, named, [], problems)]
