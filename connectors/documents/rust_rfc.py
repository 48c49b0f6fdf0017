"""Rust's requests for comments: a list of fields, then Markdown. Their authors are known from git alone."""

from __future__ import annotations

import re

from connectors.documents import bylines, publication_dates
from connectors.documents.common import Work
from connectors.documents.parsed import Parsed, Refused
from connectors.documents.series import Series, body

_PATH = re.compile(r"(?:.*/)?text/(\d{4})-([^/]+?)(?:\.md|/[^/]+\.md)")
_SIBLING = re.compile(r"(?:\./|\.\./|text/)?(\d{4})-[\w.-]+\.md(?:#.*)?$")
_FIELD = re.compile(r"[-*]\s+(?:\*\*)?([A-Z][A-Za-z /-]{2,30}?)(?:\*\*)?(?:\s*#)?:(?:\*\*)?\s*(.*)")
_LONGEST_HEADER = 60
_SECTIONS = ("summary", "motivation", "abstract")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}\s+\w+\s+\d{4}|\w+\s+\d{1,2},?\s+\d{4}")
_RETIRED = re.compile(
    r"\b(?:RFC|it)\s+(?:was|has\s+been|is|has)\s+(?:never\s+implemented|(?:since\s+)?(?:been\s+)?"
    r"(?:superseded|retired|withdrawn|replaced|deprecated))\b",
    re.IGNORECASE,
)


class RustRfc(Series):
    """``text/2000-const-generics.md``."""

    name = "rust-rfc"
    whole = ("rust-rfc",)

    def id_of(self, path: str) -> str | None:
        """By the number in its name."""
        match = _PATH.fullmatch(path)
        return f"rust-rfc:{int(match[1])}" if match and match[1] != "0000" else None

    def parse(self, path: str, text: str) -> list[Parsed]:
        """Its header, and what it names there and in its text."""
        match = _PATH.fullmatch(path)
        artifact = self.id_of(path)
        assert match is not None
        assert artifact is not None
        if path.count("/", path.rindex("text/")) > 1:
            named, problems = body(text, "md", 0, "rust-rfc", ("rust-rfc", _SIBLING))
            return [Parsed(artifact, None, named, [], problems)]
        lines = text.split("\n")
        fields: dict[str, str] = {}
        title = ""
        after = len(lines)
        for at, line in enumerate(lines):
            if line.startswith("#"):
                if fields or title:
                    after = at
                    break
                title = line.lstrip("#").removeprefix(" RFC:").strip()
            elif (at < _LONGEST_HEADER) and (field := _FIELD.match(line)):
                fields.setdefault(field[1].strip().lower(), field[2])
                # The RFC's own pull request is no reference.
                lines[at] = ""
        if not fields:
            raise Refused("documents without a readable header", "no list of fields at the top")
        date = _DATE.search(fields.get("start date", ""))
        created, precision = publication_dates.read(date[0] if date else fields.get("start date", ""))
        number = int(match[1])
        retired = _RETIRED.search("\n".join(lines[: after + 5]))
        work = Work(
            id=artifact,
            kind=self.name,
            title=title if title.lower() not in _SECTIONS and title else match[2].replace("-", " "),
            created=created,
            precision=precision,
            status="Retired" if retired else None,
            url=f"https://rust-lang.github.io/rfcs/{number:04}-{match[2]}.html",
            authors=[person for name in ("author", "authors") for person in bylines.people(fields.get(name, ""))],
            withdrawn=retired is not None,
        )
        named, problems = body("\n".join(lines), "md", 0, "rust-rfc", ("rust-rfc", _SIBLING))
        return [Parsed(artifact, work, named, [], problems)]
