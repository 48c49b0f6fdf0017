"""The tables that connectors and analysis agree on, and what a connector hands over.

Connectors write facts; analysis decides who a person is, what counts as following, and how free it was.
Identities are named by their `key`, which means the same identity in every source: ``Name <e-mail>`` as git
records it, ``login:alice`` on GitHub, ``login:alice@host`` on another forge, the chart's own key in an organisation
chart.
All times are UTC. Paths and identities are raw: nothing is merged, escaped or normalised here.

`repository` is canonical: the hash of the first root commit, so that clones and forks of one history are one;
the name that people know it by is `harvests.label`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA_VERSION = 2

#: Verbs with the follower as subject. Order is the order of display.
KINDS = ("builds_on", "adopts", "cites", "consults", "heeds", "mentions")
BUILT_UPON = ("builds_on", "adopts", "cites")
TURNED_TO = ("consults", "heeds", "mentions")
#: How free the following was, in the order in which analysis decides.
OCCASIONS = ("obliged", "solicited", "free", "unknown")
#: Occasions that count towards `influence`.
COUNTED_OCCASIONS = ("free", "unknown")
#: Ways of `builds_on` that a commit shows; only the first counts as following, the others are kept as facts.
BUILDS_ON_WAYS = ("replaced", "extended", "deleted", "repaired")
#: Ways of `builds_on` that count: lines, or a change that stands on another's unmerged one or takes it over.
COUNTED_WAYS = ("replaced", "stacked", "taken over")

_SQL = {
    "text": "VARCHAR",
    "real": "DOUBLE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "time": "TIMESTAMP",
    "texts": "VARCHAR[]",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its logical type (a key of `_SQL`) and its meaning."""

    name: str
    type: str
    doc: str

    @property
    def sql(self) -> str:
        """The column's type in DuckDB."""
        return _SQL[self.type]

    @property
    def arrow(self) -> pa.DataType:
        """The column's type in Arrow (times are microseconds, UTC, without a zone)."""
        import pyarrow as pa

        return {
            "text": pa.string(),
            "real": pa.float64(),
            "integer": pa.int64(),
            "boolean": pa.bool_(),
            "time": pa.timestamp("us"),
            "texts": pa.list_(pa.string()),
        }[self.type]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `identities` names the columns that hold an identity's key."""

    name: str
    doc: str
    columns: tuple[Column, ...]
    identities: tuple[str, ...] = ()
    #: Opting out empties the identity and keeps the row, so that nobody inherits what was theirs.
    keeps_row_on_opt_out: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def arrow(self) -> pa.Schema:
        """The table's Arrow schema."""
        import pyarrow as pa

        return pa.schema([(column.name, column.arrow) for column in self.columns])

    def batch(self, rows: list[dict[str, Any]] | Mapping[str, Any]) -> pa.Table:
        """Rows (a list of dicts, or a dict of columns) as an Arrow table; what is not given is null."""
        import pyarrow as pa

        if isinstance(rows, Mapping):
            size = len(next(iter(rows.values()))) if rows else 0
            arrays = []
            for column in self.columns:
                values = rows.get(column.name)
                if values is None:
                    arrays.append(pa.nulls(size, column.arrow))
                elif isinstance(values, (pa.Array, pa.ChunkedArray)):
                    arrays.append(values if values.type == column.arrow else values.cast(column.arrow))
                else:
                    arrays.append(pa.array(values, column.arrow))
            return pa.Table.from_arrays(arrays, schema=self.arrow)
        return pa.Table.from_pylist(rows, schema=self.arrow)


def _c(name: str, type: str, doc: str) -> Column:  # noqa: A002
    return Column(name, type, doc)


_SOURCE = _c("source", "text", "connector and object, e.g. git:swift")
_REPOSITORY = _c("repository", "text", "canonical id: hash of the first root commit")
_UNIT = _c("unit", "text", "what changes and is replaced as a whole: commit hash, pull request, document")
_TIME = _c("time", "time", "when it was done (author time, never later than the committer's)")
_VISIBLE = _c("visible", "time", "when others could know it (merged, published)")
_SHARE = _c("share", "real", "1/n of n co-authors")
_VIA = _c("via", "text", "key of the coding assistant that stood on this side, or null")

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "harvests",
            "One reading of one source.",
            (
                _SOURCE,
                _REPOSITORY,
                _c("label", "text", "the name people know it by: folder or file name"),
                _c("location", "text", "where it was read: a path or URL"),
                _c("connector", "text", "git, chart, memberships, ..."),
                _c("tip", "text", "commit hash or cursor that was read up to"),
                _c("url", "text", "web page of the repository, guessed from its remotes, or null"),
                _c("options", "text", "JSON object of the options that shaped the reading"),
                _c("tool", "text", "version of this tool"),
                _c("schema_version", "integer", "version of these tables"),
                _c("collected", "time", "when it was read"),
                _c("first", "time", "earliest `time` read"),
                _c("last", "time", "latest `visible` read"),
                _c("contact", "text", "which direct contact it can see: none, coauthors, review"),
                _c("counts", "text", "JSON object: what was read, number by name"),
                _c("problems", "text", "JSON list of [what, count, why]: what could not be read or was left out"),
            ),
        ),
        Table(
            "units",
            "One commit, pull request or document.",
            (
                _SOURCE,
                _REPOSITORY,
                _UNIT,
                _c("kind", "text", "commit, merge, pull_request, issue, document"),
                _c("title", "text", "first line of the message, or the title"),
                _c("url", "text", "where it can be opened, or null"),
                _c("paths", "texts", "what it touched, or null where not known"),
                _c("part_of", "text", "a commit's pull request"),
            ),
        ),
        Table(
            "signals",
            "One act of following of one identity towards another.",
            (
                _SOURCE,
                _REPOSITORY,
                _UNIT,
                _c("id", "text", "hash of the content without `source`; null on entry: the workspace fills it"),
                _c("kind", "text", "one of KINDS"),
                _c("how", "text", "the way: replaced, extended, ... ; reviewed-by, helped-by, ..."),
                _TIME,
                _VISIBLE,
                _c("follower", "text", "identity key"),
                _c("leader", "text", "identity key"),
                _c("follower_share", "real", "1/n of n co-authors on the follower's side"),
                _c("leader_share", "real", "1/n of n co-authors on the leader's side"),
                _c("amount", "real", "lines, or 1"),
                _c("path", "text", "path it happened in, or null"),
                _c("evidence", "text", "what a reader can open: URL, or COMMIT:PATH:LINE of the leader's work"),
                _c("imported", "boolean", "the leader's side arrived in an import: it may be others' work"),
                _c("asked_by", "text", "identity key of who asked for it; null: not known"),
                _c("required", "boolean", "whether a rule demanded it; null: not known"),
                _c("follower_via", "text", "coding assistant on the follower's side, or null"),
                _c("leader_via", "text", "coding assistant on the leader's side, or null"),
            ),
            ("follower", "leader"),
        ),
        Table(
            "names",
            "A name that an identity defined: one row per name, identity and path, at the first time. Modules and "
            "packages that the repository gives to others: one per name and identity.",
            (
                _SOURCE,
                _REPOSITORY,
                _UNIT,
                _c("name", "text", "identifier as written"),
                _c("identity", "text", "key of who defined it; null after an opt-out"),
                _SHARE,
                _TIME,
                _VISIBLE,
                _c("path", "text", "file of the definition"),
                _c("line", "integer", "line of the definition in that commit"),
                _VIA,
                _c("language", "text", "language by file name; module and package for these"),
                _c(
                    "family",
                    "text",
                    "languages that share names, by one's name; module:python, package:pypi, ...; null: not known",
                ),
                _c("method", "boolean", "a function that is only reached through its object; null: not known"),
                _c(
                    "public",
                    "boolean",
                    "visible outside its file or module, as its language says; false: a module's last file went",
                ),
                _c("imported", "boolean", "arrived in an import: it may be others' work"),
                _c("renamed_from", "text", "name it replaced: the introduction stays with that name's"),
            ),
            ("identity",),
            keeps_row_on_opt_out=True,
        ),
        Table(
            "uses",
            "The first net use of a name, whoever defines it: one row an identity, name, family and `reached`. "
            "Imports of modules and requests for packages that the repository does not have itself: one a file, too.",
            (
                _SOURCE,
                _REPOSITORY,
                _UNIT,
                _c("name", "text", "identifier as written"),
                _c("identity", "text", "key of who used it; null where a renamed file took its imports along"),
                _SHARE,
                _TIME,
                _VISIBLE,
                _c("path", "text", "file of the use"),
                _VIA,
                _c("family", "text", "as in `names`: a name is one name within a family; null: not known"),
                _c("reached", "boolean", "through an object or a path; null: not known"),
                _c(
                    "gone",
                    "boolean",
                    "its last definition had left the repository by then; null: not known",
                ),
            ),
            ("identity",),
        ),
        Table(
            "citations",
            "A work cites a work.",
            (
                _SOURCE,
                _c("citing", "text", "artifact id"),
                _c("cited", "text", "artifact id"),
                _TIME,
                _VISIBLE,
                _c("how", "text", "requires, replaces, body, ..."),
            ),
        ),
        Table(
            "authorships",
            "An identity is an author of a work.",
            (
                _SOURCE,
                _c("artifact", "text", "artifact id"),
                _c("identity", "text", "identity key; null after an opt-out"),
                _SHARE,
                _VISIBLE,
            ),
            ("identity",),
            keeps_row_on_opt_out=True,
        ),
        Table(
            "acts",
            "One thing somebody did.",
            (
                _SOURCE,
                _REPOSITORY,
                _UNIT,
                _c("id", "text", "hash of the content without `source`; null on entry: the workspace fills it"),
                _c(
                    "kind",
                    "text",
                    "commit, merge, close, pull_request, issue, review, comment, document, contact (named)",
                ),
                _TIME,
                _VISIBLE,
                _c("actor", "text", "identity key"),
                _c("counterpart", "text", "identity key of the other side of a direct contact, or null"),
                _c("path", "text", "path it happened in, or null"),
                _c("amount", "real", "changed lines of a commit, else 1"),
                _VIA,
            ),
            ("actor", "counterpart"),
        ),
        Table(
            "holdings",
            "How much of somebody's work was there to be followed. A row holds from the end of its quarter until "
            "the next row of the same repository, directory, identity and kind; 0 ends it.",
            (
                _SOURCE,
                _REPOSITORY,
                _c("quarter", "time", "last instant of the quarter"),
                _c("directory", "text", "directory of the files, '' for the root"),
                _c("identity", "text", "identity key"),
                _c("kind", "text", "lines, names, documents"),
                _c("amount", "real", "live lines, live introduced names, citable documents (shares added up)"),
            ),
            ("identity",),
        ),
        Table(
            "artifacts",
            "A thing that can be cited.",
            (
                _SOURCE,
                _c("id", "text", "artifact id"),
                _c("kind", "text", "pep, paper, document, ..."),
                _c("created", "time", "when it was published"),
                _c("title", "text", "title"),
                _c("status", "text", "status as the series words it, or null"),
                _c("url", "text", "where it can be opened, or null"),
            ),
        ),
        Table(
            "authority",
            "Formal power. Exactly one of `follower`, `team`, `pattern` says over whom or what; all null: a whole "
            "repository.",
            (
                _SOURCE,
                _c("leader", "text", "identity key of who holds it; null when `leader_team` holds it"),
                _c("leader_team", "text", "team that holds it (CODEOWNERS, OWNERS)"),
                _c("follower", "text", "identity key of who is under it"),
                _c("team", "text", "team that is under it"),
                _c("repository", "text", "repository it is about, or null"),
                _c("pattern", "text", "paths it is about, in the form's own syntax"),
                _c("position", "integer", "order of the pattern in its file"),
                _c(
                    "rule",
                    "text",
                    "how patterns of one file combine: last, gitlab:SECTION, upward, every (influence.ownership)",
                ),
                _c(
                    "role", "text", "manager, code owner, approver, maintainer, merger, reviewer (asked, no power), ..."
                ),
                _c("since", "time", "null: for all time"),
                _c("until", "time", "null: for all time"),
            ),
            ("leader", "follower"),
        ),
        Table(
            "memberships",
            "Who is in a team.",
            (
                _SOURCE,
                _c("team", "text", "team's name"),
                _c("identity", "text", "identity key"),
                _c("since", "time", "null: for all time"),
                _c("until", "time", "null: for all time"),
            ),
            ("identity",),
        ),
        Table(
            "identities",
            "One way a person appears.",
            (
                _SOURCE,
                _c("key", "text", "identity key, the same in every source"),
                _c("display", "text", "name as written"),
                _c("email", "text", "e-mail address as written, or null"),
                _c("login", "text", "account name, or null"),
                _c("title", "text", "job title, where a chart says it"),
                _c("first", "time", "when it was first seen, or null"),
            ),
            ("key",),
        ),
        Table(
            "identity_links",
            "Two identities are one person, or are not.",
            (
                _SOURCE,
                _c("a", "text", "identity key"),
                _c("b", "text", "identity key; with rule mailmap the canonical one"),
                _c("same", "boolean", "one person, or two"),
                _c("by", "text", "rule or who said so: mailmap, merge titles, chart, ..."),
                _c("since", "time", "null: for all time"),
                _c("until", "time", "null: for all time"),
            ),
            ("a", "b"),
        ),
        Table(
            "recognitions",
            "The organisation or peers said so.",
            (
                _SOURCE,
                _c("identity", "text", "identity key"),
                _TIME,
                _c("title", "text", "what was given"),
            ),
            ("identity",),
        ),
    )
}


@dataclass(slots=True)
class Harvest:
    """The record of one reading: the row of `harvests`, before the workspace stamps version and time.

    `problems` are (what, count, why): everything that was left out or could not be read, so that nothing is
    dropped in silence.
    """

    source: str
    repository: str | None
    label: str
    location: str
    connector: str
    tip: str = ""
    url: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    first: dt.datetime | None = None
    last: dt.datetime | None = None
    contact: str = "none"
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[str, int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Checkpoint:
    """What is committed in one transaction.

    `units` names the units whose rows these tables replace; None replaces all that the source ever wrote. Where units
    are named, the tables `whole` are replaced as a whole, and of `holdings` the quarters from `quarter` on. `kept` is
    what the source's next reading may go on from, in the connector's own form.
    """

    harvest: Harvest
    tables: Mapping[str, pa.Table]
    units: frozenset[str] | None = None
    whole: frozenset[str] = frozenset()
    quarter: dt.datetime | None = None
    kept: bytes | None = None


#: Called with (what is being done, how much is done, of how much or None).
Progress = Callable[[str, int, int | None], None]


def no_progress(what: str, done: int, total: int | None) -> None:
    """A `Progress` that shows nothing."""


class Connector(Protocol):
    """A source: constructed with what to read, it yields checkpoints. One file, one class, one registry line."""

    name: ClassVar[str]

    def checkpoints(self, progress: Progress = no_progress) -> Iterator[Checkpoint]:
        """Read the source.

        Raises
        ------
        influence.errors.InputError
            When it cannot be read at all.
        """
        ...
