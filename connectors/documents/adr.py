"""Records of architecture decisions: MADR (front matter, or a list of fields) and Nygard's form (``## Status``)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from typing import Any

from connectors.documents import bylines, frontmatter, publication_dates
from connectors.documents.blocks import LONGEST_DOCUMENT, Block
from connectors.documents.common import Author, Work
from connectors.documents.mentions import in_blocks
from connectors.documents.parsed import Named, Parsed, Refused, in_lines
from connectors.documents.series import Series, blocks_of, parser_broke

_FILE = re.compile(r"(?:adr[-_ .]?)?0*(\d{1,5})[-_. ]+[^/]*\.(md|markdown|rst)", re.IGNORECASE)
_FOLDERS = frozenset(
    """
    adr adrs decisions decision decision-records decision_records decision-log decision-logs adl architecture-decisions
    architecture_decisions architecture-decision-records architectural-decisions architecture-decision-log
    architecturedecisions architecture-decision
    """.split()  # noqa: SIM905
)
#: A byline of a template that nobody filled in.
_TEMPLATE = re.compile(r"\{|\blist everyone\b")
_NAMED = re.compile(r"\bADRs?[-\s_#]{0,2}0*(\d{1,5})(?![\d.]\d|\w)", re.IGNORECASE)
_NUMBERED_TITLE = re.compile(r"(?:adr[-\s_#]*)?0*\d{1,5}\s*[.:)–-]\s+|adr[-\s_#]+0*\d{1,5}\s+", re.IGNORECASE)
_FIELD = re.compile(
    r"(?:[-*]\s+)?\**(status|date|deciders|decision[- ]makers?|authors?|proposers?|owners?)\**\s*:\**\s*(.*)",
    re.IGNORECASE,
)
_RELATIONS = (
    (
        "superseded-by",
        re.compile(
            r"(?:partially\s+)?(?:superse[dc]+ed|replaced|obsoleted|deprecated)\s+(?:by|in favou?r of)\b", re.IGNORECASE
        ),
    ),
    ("updated-by", re.compile(r"(?:amended|extended|updated|clarified|refined)\s+by\b", re.IGNORECASE)),
    ("replaces", re.compile(r"(?:partially\s+)?(?:superse[dc]+es|replaces|obsoletes|deprecates)\b", re.IGNORECASE)),
    ("updates", re.compile(r"(?:amends|extends|updates|clarifies|refines)\b", re.IGNORECASE)),
    ("requires", re.compile(r"(?:requires|depends\s+on|builds\s+on|based\s+on)\b", re.IGNORECASE)),
    ("see-also", re.compile(r"(?:see(?:\s+also)?|relat(?:ed|es)(?:\s+to)?|links?\s+to|refers\s+to)\b", re.IGNORECASE)),
)
_WITHDRAWN = re.compile(
    r"(?<!partly )(?<!partially )(?<!mostly )(?:superse[dc]+ed|deprecated|rejected|withdrawn|replaced|obsolete)",
    re.IGNORECASE,
)


class Adr(Series):
    """``doc/adr/0001-record-architecture-decisions.md``."""

    name = "adr"

    def __init__(self) -> None:
        self._alone = False

    def id_of(self, path: str) -> str | None:
        """Number and folder; only in folders that are called so, or with a name that says so."""
        folder, _, name = path.rpartition("/")
        match = _FILE.fullmatch(name)
        if (
            match is None
            or "template" in path.lower()
            or not (_is_log(folder) or name.lower().startswith("adr") or re.match(r"\d{3,5}-", name))
        ):
            return None
        return f"adr::{folder}:{int(match[1])}"

    def parse(self, path: str, text: str) -> list[Parsed]:
        """One decision."""
        artifact = self.id_of(path)
        assert artifact is not None
        if len(text) > LONGEST_DOCUMENT:
            raise Refused("documents that are too long", f"over {LONGEST_DOCUMENT:,} characters")
        header, _, first = frontmatter.split(text)
        problems: list[tuple[str, str]] = []
        try:
            fields = frontmatter.load(header) if first else {}
        except frontmatter.Unreadable as error:
            fields = {}
            problems.append(("headers that cannot be read", str(error)))
        markup = "rst" if path.lower().endswith(".rst") else "md"
        with parser_broke():
            blocks = blocks_of(text, markup, first)
        plain = _plain_fields(blocks)
        told = {name: frontmatter.texts(fields.get(name)) for name in fields}
        status = " ".join(told.get("status", [])) or plain.get("status", "") or _under(blocks, "status")
        date = " ".join(told.get("date", [])) or plain.get("date", "") or _under(blocks, "date")
        created, precision = publication_dates.read(date)
        deciders = _people(fields, plain, ("deciders", "decision-makers", "decision-maker"))
        title = next((block.text for block in blocks if block.heading and block.text.strip()), "")
        title = _NUMBERED_TITLE.sub("", " ".join((told.get("title") or [title])[0].split()), count=1)
        work = Work(
            id=artifact,
            kind=self.name,
            title=title or path.rpartition("/")[2],
            created=created,
            precision=precision,
            status=status[:100].strip() or None,
            authors=_people(fields, plain, ("author", "authors", "proposer", "proposers", "owner", "owners")),
            powers=[(person, "decision-maker") for person in deciders],
            withdrawn=_WITHDRAWN.search(status) is not None,
        )
        named = in_lines(text, in_blocks(blocks))
        for block in blocks:
            named += _relations(path, block)
        for number in _NAMED.findall(" ".join(told.get("status", []))):
            named.append(Named(self._sibling(path, number), _relation(status) or "body", (0,)))
        return [Parsed(artifact, work, named, [], problems)]

    @staticmethod
    def _sibling(path: str, number: str) -> str:
        return f"adr::{path.rpartition('/')[0]}:{int(number)}"

    def prepare(self, names: Collection[str]) -> None:
        """Look whether there is one log of decisions, or several."""
        self._alone = len({name.rpartition("/")[0] for name in names if self.claims(name)}) < 2

    def label(self, artifact: str, label: str) -> str:
        """``adr:<label>:<number>``; with the folder behind the label where there are several logs."""
        if not artifact.startswith("adr::"):
            return artifact
        folder, _, number = artifact.removeprefix("adr::").rpartition(":")
        return f"adr:{label}:{number}" if self._alone or not folder else f"adr:{label}/{folder}:{number}"


def _is_log(folder: str) -> bool:
    return not folder or any(part.lower() in _FOLDERS for part in folder.split("/"))


def _relations(path: str, block: Block) -> list[Named]:
    """What a block names, line by line: what a line begins with says in which way."""
    found = []
    folder = path.rpartition("/")[0]
    for line in block.text.split("\n") if block.text.strip() else [""]:
        cited = [f"adr::{folder}:{int(number)}" for number in _NAMED.findall(line)]
        for link in block.links:
            if link.label.strip() and link.label.split("\n")[0] in line:
                target = _target(folder, link.target)
                cited += [target] if target else []
        found += [
            Named(one, _relation(line) or "body", tuple(range(block.first, block.last))) for one in dict.fromkeys(cited)
        ]
    return found


def _relation(line: str) -> str | None:
    """The way in which a line of relations names what it names."""
    start = re.sub(r"^[\s>*_-]*(?:(?:accepted|proposed|status)\b[\s:.,;]*)*[*_]*", "", line, flags=re.IGNORECASE)
    return next((how for how, pattern in _RELATIONS if pattern.match(start)), None)


def _target(folder: str, target: str) -> str | None:
    """The decision that a relative link leads to."""
    path = target.partition("#")[0].partition("?")[0]
    if not path or "://" in path or path.startswith(("/", "mailto:")):
        return None
    place = posixpath.normpath(posixpath.join(folder, path))
    match = _FILE.fullmatch(place.rpartition("/")[2])
    if match is None or place.startswith(".."):
        return None
    return f"adr::{place.rpartition('/')[0]}:{int(match[1])}"


def _plain_fields(blocks: list[Block]) -> dict[str, str]:
    """``* Status: accepted`` and the like before the second heading of a record."""
    fields: dict[str, str] = {}
    headings = 0
    for block in blocks:
        headings += bool(block.heading)
        if headings > 2:
            break
        for line in block.text.split("\n"):
            match = _FIELD.match(line.strip())
            if match and match[2].strip():
                fields.setdefault(match[1].lower().replace(" ", "-"), match[2].strip(" *"))
    return fields


def _under(blocks: list[Block], heading: str) -> str:
    """The first line under a heading of that name."""
    for at, block in enumerate(blocks[:-1]):
        if block.heading and block.text.strip().lower() == heading and not blocks[at + 1].heading:
            return blocks[at + 1].text.strip().split("\n")[0]
    return ""


def _people(fields: dict[str, Any], plain: dict[str, str], names: tuple[str, ...]) -> list[Author]:
    found: list[Author] = []
    for name in names:
        value = fields.get(name) or plain.get(name)
        said = [text for text in frontmatter.texts(value) if not _TEMPLATE.search(text)]
        found += bylines.each(said if isinstance(value, list) else bylines.entries("\n".join(said)))
    return found
