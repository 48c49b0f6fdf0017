"""Ethereum's proposals, EIPs and ERCs (one range of numbers): YAML front matter, then Markdown."""

from __future__ import annotations

import re

from connectors.documents import bylines, frontmatter, publication_dates
from connectors.documents.common import Work
from connectors.documents.mentions import in_text
from connectors.documents.parsed import Named, Parsed, Refused
from connectors.documents.series import Series, body, relation

_PATH = re.compile(r"(?:.*/)?(?:EIPS|ERCS|eips|ercs)/(?:eip|erc)-0*(\d{1,5})(?:-[\w-]+)?\.(?:md|mediawiki)")
_RELATIONS = {"requires": "requires", "replaces": "replaces", "superseded-by": "superseded-by"}
_MOVED = "moved"


class Eip(Series):
    """``EIPS/eip-1559.md``, ``ERCS/erc-20.md``."""

    name = "eip"
    withdrawn = Series.withdrawn | {"abandoned"}

    def id_of(self, path: str) -> str | None:
        """By the number in its name."""
        match = _PATH.fullmatch(path)
        return f"eip:{int(match[1])}" if match else None

    def parse(self, path: str, text: str) -> list[Parsed]:
        """Its header, and what it names there and in its text."""
        artifact = self.id_of(path)
        assert artifact is not None
        header, _, first = frontmatter.split(text)
        if not first:
            raise Refused("documents without a readable header", "no front matter at the top")
        try:
            fields = frontmatter.load(header)
        except frontmatter.Unreadable as error:
            fields = _plainly(header)
            if "title" not in fields:
                raise Refused("documents without a readable header", str(error)) from None
        status = " ".join(frontmatter.texts(fields.get("status")))
        if status.lower() == _MOVED:
            raise Refused("documents that have moved", "read the repository that they moved to as well")
        if not frontmatter.texts(fields.get("title")):
            raise Refused("documents without a readable header", "no title in it")
        created, precision = publication_dates.read(" ".join(frontmatter.texts(fields.get("created")))[:10])
        number = artifact.partition(":")[2]
        place = (
            "https://ercs.ethereum.org/ERCS/erc"
            if "/erc-" in f"/{path}".lower()
            else "https://eips.ethereum.org/EIPS/eip"
        )
        work = Work(
            id=artifact,
            kind=self.name,
            title=" ".join(frontmatter.texts(fields.get("title"))),
            created=created,
            precision=precision,
            status=status or None,
            url=f"{place}-{number}",
            authors=bylines.each(bylines.entries(fields.get("author"))),
            withdrawn=status.lower() in self.withdrawn,
        )
        named, problems = body(text, "md", first)
        for name, how in _RELATIONS.items():
            value = ", ".join(frontmatter.texts(fields.get(name)))
            named += relation(value, "eip", how, _lines(header, name))
        reason = " ".join(frontmatter.texts(fields.get("withdrawal-reason")))
        named += [Named(cited, "superseded-by", _lines(header, "withdrawal-reason")) for cited in in_text(reason)]
        return [Parsed(artifact, work, named, [], problems)]


def _lines(header: str, name: str) -> tuple[int, ...]:
    """The line of the document in which a field stands."""
    return tuple(at + 1 for at, line in enumerate(header.split("\n")) if line.startswith(f"{name}:"))


def _plainly(header: str) -> dict[str, str]:
    """Front matter that is no YAML (``title: A: B``, ``author: @ann``) read line by line, as it was meant."""
    fields = (line.partition(":") for line in header.split("\n") if re.match(r"[a-z][a-z-]*:", line))
    return {name: value.strip().strip("'\"") for name, _, value in fields}
