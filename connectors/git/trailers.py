"""What a commit message says about people: co-authors, advice, contact, assistants, and the commits it names.

A trailer is read wherever a line starts with it, not only in the last paragraph as ``git interpret-trailers``
would: real projects put text, footers and further trailers after theirs. Indented lines are examples, quotations
and squashed messages, and are not read. Which trailer is following and which only contact stands in docs/trailers.md,
made from the table in trailer_roles.py.

Nothing here knows a repository: whether a hash exists is for the caller to find out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from connectors.git.citations import cited_commits
from connectors.git.trailer_roles import role
from influence.robots import classify, is_agent_text

_Item = TypeVar("_Item")
#: A message that names more people in one role is a mailing list; a longer line is no trailer.
MOST_NAMED = 100
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a message names her; `email` is '' when none is given, `name` is '' when only an address is."""

    name: str
    email: str

    @property
    def key(self) -> str:
        """The identity key, written as git writes an author."""
        return f"{self.name} <{self.email}>"


@dataclass(slots=True)
class Message:
    """One parsed commit message. Lists keep the order of the message and hold nothing twice.

    `coauthors` may hold coding assistants: who is one is for `influence.robots` to say. `mentions` are hashes (7 or
    more hex digits, perhaps abbreviated) of commits named as ground; `undoes` of commits that this one fixes or
    reverts; no hash is in both. A backport names the commit that it copies, which is no ground: its `mentions`
    are empty.
    """

    title: str = ""
    coauthors: list[Person] = field(default_factory=list)
    assistants: list[Person] = field(default_factory=list)
    advice: list[tuple[str, Person]] = field(default_factory=list)
    contacts: list[tuple[str, Person]] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    undoes: list[str] = field(default_factory=list)
    pull_request: str | None = None
    is_backport: bool = False


_COMMENT = re.compile(r"\s+#.*|\s*\[[^\]]*\]|\s*\([^)]*\)?|\s+(?:via|on|from|at|for|with|in|who|if|as)\b.*", re.I)
_ADDRESSED = re.compile(r"([^<>]*)<([^<>]*)")
_BARE = re.compile(r"(?:^|\s)([^\s<>@,;:()]+@[\w-]+(?:\.[\w-]+)+)[\s,;.]*$")
_SEPARATOR = re.compile(r"\s*[,;&]\s*|\s+and\s+|\s+(?=@)", re.I)
_NO_NAME = re.compile(
    r"(?:n/?a|none|nobody|no one|noone|me|myself|self|tbd|todo|yes|no|ok|everyone|everybody|many|various|others?|you|us"
    r"|all|team|list|anonymous|unknown|coverity|gcc|clang|valgrind|lintian|github|gitlab|the .*)\Z",
    re.I,
)
_LIST = re.compile(
    r"@(?:[\w-]+\.)*(?:vger\.kernel\.org|lists?\.|googlegroups\.com|freelists\.org)|@lists\b"
    r"|(?:^|[-_.])(?:dev|devel|lists?|reviews?|codereviews?|commits|patches|bugs|discuss|announce)@",
    re.I,
)


def persons(value: str) -> Iterator[Person]:
    """The people in a trailer's value: ``Jane <j@x>, Bob <b@y>``, ``Jane Doe``, ``@jane``, ``j@x``; comments dropped.

    Mailing lists and words that name nobody (``none``, ``everyone``, a version number, an URL) give nothing.
    """
    if "<" in value:
        for name, address in _ADDRESSED.findall(value):
            name = re.sub(r"^[\s,;&]+(?:and\s+)?", "", name)
            email = address.strip().replace(" at ", "@").replace(" dot ", ".")
            if "@" in email and " " not in email and not _LIST.search(email):
                yield Person(_clean(name), email)
            elif "@" not in email and (name := _clean(name)) and _is_name(name):
                yield Person(name, "")
        return
    value = _COMMENT.sub("", value).strip()
    for part in _SEPARATOR.split(value):
        bare = _BARE.search(part)
        if bare:
            if not _LIST.search(bare[1]):
                yield Person(_clean(part[: bare.start()]), bare[1])
            continue
        # An account has no blanks: what follows it is said to its owner.
        name = _clean(part.split()[0] if part.startswith("@") else part)
        if _is_name(name):
            yield Person(name, "")


def _clean(name: str) -> str:
    name = _COMMENT.sub("", name).strip(" \t,;.:*'\"`!")
    return "" if ":" in name else name.removeprefix("@")


def _is_name(name: str) -> bool:
    """Whether text without an address can be somebody's name rather than a remark."""
    return (
        1 < len(name) <= 60
        and name[0].isalpha()
        and name.count(" ") < 5
        and "://" not in name
        and "/" not in name
        and not re.search(r"\d\.\d|[?=<>{}|]|\b(?:the|this|that|was|is|are|please)\b", name)
        and not _NO_NAME.match(name)
    )


_FOOTER = re.compile(
    r"\W{0,8}(?:Generated|Made|Created|Written|Built)[ -](?:with|by|using|via)[: ]\s*\[?([^\](<]{2,40})"
)
_PULL = re.compile(
    r"\(#(\d+)\)\s*$|^(?:Auto merge of|Rollup merge of|Merge pull request|Merge PR|Merge) #(\d+)\b"
    r"|^Merge [\w.-]+/[\w.-]+#(\d+):",
    re.I,
)
_MERGE_REQUEST = re.compile(r"^See merge request \S*!(\d+)\s*$", re.M)
#: ``r=alice,bob`` at the end of a title; only further flags, a pull request number or capitals may follow.
_FLAGS = re.compile(r"(?<![\w?&.-])(?:r|sr|rs|ui-r)=([\w.@|!#+-]+(?:, ?[\w.@|!#+-]+)*)(?=[\s,;.)\]]|$)")
_AFTER_FLAGS = re.compile(r"(?:[\s,;.)\]]|\b[a-z-]+[=?]\S++|\b[A-Z]{2,}\b|\(#\d+\))*+$")
_BORS_LINE = re.compile(r"^\d+: .* r=\S+ a=\S+$")
_NO_REVIEWER = {"me", "none", "null", "true", "false", "self", "trivial", "test", "tests", "try", "nobody", "backout"}
_LETTER_FIELD = re.compile(r"(R|LGTM|CC)=(.+)$")
_BACKPORT = re.compile(
    r"cherry[- ]picked[- ](?:from|commit)|^\[?\(?back-?port|back-?port(?:ed)? (?:of|from)\b"
    r"|upstream commit [0-9a-f]{7}|^commit [0-9a-f]{12,40} upstream",
    re.I | re.M,
)


def parse_message(text: str) -> Message:
    """Read one commit message (any text; never fails). Typical messages cost 10 to 20 microseconds."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    lines = text.strip("\n\t \x00").split("\n")
    title = lines[0].rstrip()
    message = Message(title)
    if "#" in title and (pull := _PULL.search(title)):
        message.pull_request = pull[1] or pull[2] or pull[3]
    elif "!" in text and (request := _MERGE_REQUEST.search(text)):
        message.pull_request = request[1]
    if "r=" in title or "rs=" in title:
        _read_flags(title[-300:], message)
    footers = "Generated" in text or "Made" in text or "Created" in text or "Written" in text or "Built" in text
    for number, line in enumerate(lines):
        if ":" in line:
            _read_line(lines, number, line, message)
        elif "=" in line and number and (letter := _LETTER_FIELD.match(line)):
            kind, how = ("contact", "cc") if letter[1] == "CC" else ("advice", "reviewed-by")
            _add(message, kind, how, persons(letter[2][:LONGEST]))
        elif footers and (" with " in line or " by " in line or " using " in line or " via " in line):
            _read_footer(line, message)
    if "ckport" in text or "ck-port" in text or "icked" in text or "pstream" in text or "ackport" in text:
        message.is_backport = bool(_BACKPORT.search(text))
    mentions, undoes = cited_commits(text)
    message.undoes = undoes
    if not message.is_backport:
        message.mentions = mentions
    return message


def _read_line(lines: list[str], number: int, line: str, message: Message) -> None:
    head, _, value = line[:LONGEST].partition(":")
    kind_how = role(head) if number and len(head) <= 40 and head[:1] != "\t" and head[:2] != "  " else None
    if kind_how is None:
        if head == "ACKs for top commit":
            _read_acks(lines, number + 1, message)
        elif head.isdigit() and _BORS_LINE.match(line):
            _read_flags(line[-300:], message)
        elif "with" in head or "by" in head:
            _read_footer(line, message)
        return
    # A wrapped address or further people stand on indented lines after it.
    for more in lines[number + 1 : number + 6]:
        if not (more[:1].isspace() and "<" in more and "@" in more and ":" not in more):
            break
        value += " " + more.strip()[:LONGEST]
    kind, how = kind_how
    if kind == "assistant":
        _read_assistant(value, message)
    elif how == "assisted-by":
        _read_assisted(value, message)
    elif how != "cc" or "@" in value:  # "CC: clang" is a compiler
        _add(message, kind, how, persons(value.strip()))


def _add(message: Message, kind: str, how: str, people: Iterable[Person]) -> None:
    for person in people:
        if kind == "coauthor":
            _append(message.coauthors, person)
        else:
            _append(message.advice if kind == "advice" else message.contacts, (how, person))


def _append(target: list[_Item], item: _Item) -> None:
    if len(target) < MOST_NAMED and item not in target:
        target.append(item)


def _read_assisted(value: str, message: Message) -> None:
    """``Assisted-by`` names a coding assistant today and named people before; a lone word or a version is no person."""
    for person in persons(value.strip()) if "<" in value else (_agent(value),):
        named = bool(person.email) or (" " in person.name and not re.search(r"[\d:]", person.name))
        if named and not _is_agent(person) and classify(person.name, person.email) == "person":
            _add(message, "advice", "assisted-by", (person,))
        elif person.name:
            _append(message.assistants, person)


def _agent(value: str) -> Person:
    """``Claude:claude-3-opus [tool]`` or ``Codex (GPT 5.5)``: the text before comments."""
    return Person(re.sub(r"\s+(?:[\[(#].*|v?\d[\w.]*$)", "", value.strip()).strip(" .*`'\"")[:80], "")


def _read_assistant(value: str, message: Message) -> None:
    """A script that generated a commit is no assistant; a known coding agent is."""
    for person in persons(value.strip()) if "<" in value else (_agent(value),):
        if _is_agent(person):
            _append(message.assistants, person)


def _is_agent(person: Person) -> bool:
    return is_agent_text(person.key if person.email else person.name)


def _read_footer(line: str, message: Message) -> None:
    footer = _FOOTER.match(line)
    if footer:
        _read_assistant(footer[1], message)


def _read_flags(line: str, message: Message) -> None:
    """``r=alice,bob`` of Mozilla, bors and homu."""
    for flag in _FLAGS.finditer(line):
        if not _AFTER_FLAGS.match(line, flag.end()):
            continue
        for name in re.split("[,+|]", flag[1]):
            name = name.strip(" !.@")
            if name[:1].isalpha() and len(name) > 1 and name.lower() not in _NO_REVIEWER:
                _add(message, "advice", "reviewed-by", (Person(name, ""),))


_ACK = re.compile(r"(?<![A-Za-z])(?:re-?|ut|t|cr|concept |code[- ]review )?ACK\b", re.I)


def _read_acks(lines: list[str], start: int, message: Message) -> None:
    """Bitcoin's list in merge commits: ``  name:`` at two blanks, below it what that person said."""
    name = ""
    for number in range(start, min(len(lines), start + 3 * MOST_NAMED)):
        line = lines[number]
        if line.strip() and not line.startswith("  "):
            break
        if line[2:3].strip() and line.rstrip().endswith(":"):
            name = line.strip().rstrip(":").removeprefix("@")
        elif name and "NACK" not in line and _ACK.search(line):
            _add(message, "advice", "acked-by", (Person(name, ""),))
            name = ""
