"""Kubernetes Enhancement Proposals: ``kep.yaml`` says whose they are, the Markdown beside it what they say."""

from __future__ import annotations

import re

from connectors.documents import bylines, frontmatter, publication_dates
from connectors.documents.common import Author, Work
from connectors.documents.mentions import in_target, in_text
from connectors.documents.parsed import Named, Parsed, Refused
from connectors.documents.series import Series, body

_PATH = re.compile(r"(?:.*/)?keps/(?:[\w.-]+/)+?0*(\d{1,5})-[^/]+/(?:kep\.yaml|[^/]+\.md)", re.IGNORECASE)
_SIBLING = re.compile(
    r"(?:\.\./)+(?:(?:sig|wg|provider)-[\w-]+/)?(?:[a-z]+/)?0*([1-9]\d{0,4})-(?![\w%.-]*\.md(?:[#?]|$))[\w%.-]+(?:[/#?].*)?$"
)
_RELATIONS = {"see-also": "see-also", "replaces": "replaces", "superseded-by": "superseded-by"}
_POWERS = {"approvers": "approver", "prr-approvers": "approver", "reviewers": "reviewer"}
_HANDLE = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9-]{0,38}")


class Kep(Series):
    """``keps/sig-node/4603-tune-crashloopbackoff/``."""

    name = "kep"
    whole = ("kep",)

    def id_of(self, path: str) -> str | None:
        """By the number in its name."""
        match = _PATH.fullmatch(path)
        return f"kep:{int(match[1])}" if match and "NNNN" not in path else None

    def parse(self, path: str, text: str) -> list[Parsed]:
        """Its header, and what it names there and in its text."""
        artifact = self.id_of(path)
        assert artifact is not None
        if not path.endswith("kep.yaml"):
            named, problems = body(text, "md", frontmatter.split(text)[2], siblings=("kep", _SIBLING))
            return [Parsed(artifact, None, named, [], problems)]
        try:
            fields = frontmatter.load(text)
        except frontmatter.Unreadable as error:
            raise Refused("documents without a readable header", str(error)) from None
        title = " ".join(frontmatter.texts(fields.get("title")))
        if not title:
            raise Refused("documents without a readable header", "no title in it")
        status = " ".join(frontmatter.texts(fields.get("status")))
        created, precision = publication_dates.read(" ".join(frontmatter.texts(fields.get("creation-date"))))
        number = " ".join(frontmatter.texts(fields.get("kep-number"))).strip()
        if number.isascii() and number.isdigit() and len(number) <= 5:
            artifact = f"kep:{int(number)}"
        work = Work(
            id=artifact,
            kind=self.name,
            title=title,
            created=created,
            precision=precision,
            status=status or None,
            url=f"https://kep.k8s.io/{artifact.partition(':')[2]}",
            authors=_handles(frontmatter.texts(fields.get("authors"))),
            powers=[
                *(
                    (person, role)
                    for name, role in _POWERS.items()
                    for person in _handles(frontmatter.texts(fields.get(name)))
                ),
                *((Author(f"team:{team}", team), "owner") for team in frontmatter.texts(fields.get("owning-sig"))),
            ],
            withdrawn=status.lower() in self.withdrawn,
        )
        lines = text.split("\n")
        named = []
        for name, how in _RELATIONS.items():
            for value in frontmatter.texts(fields.get(name)):
                at = tuple(number for number, line in enumerate(lines) if value in line)
                target = in_target(value)
                named += [Named(cited, how, at) for cited in ([target] if target else in_text(value))]
        return [Parsed(artifact, work, named, [])]


def _handles(values: list[str]) -> list[Author]:
    """People by handle, with or without ``@``; by name where there is a blank in it."""
    found = []
    for value in values:
        for part in value.split(","):
            part = part.strip()
            if _HANDLE.fullmatch(part) and part.lower() not in ("tbd", "todo", "none", "na"):
                login = part.lstrip("@")
                found.append(Author(f"login:{login.lower()}", None, None, login))
            else:
                found += bylines.people(part)
    return found
