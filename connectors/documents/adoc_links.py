"""Links of AsciiDoc, by a small scanner of lines.

No parser of AsciiDoc for Python is kept up, so this knows what matters here: which lines are code, literal or comment
(nothing in them is read), the document's header, and the macros that point somewhere.
"""

from __future__ import annotations

import re

from connectors.documents import author_names, bylines
from connectors.documents.pages import BYLINE_BLOCKS, Page, Pointer, byline

#: Blocks in which nothing is read, by what delimits them: listing, literal, passthrough, comment, code of Markdown.
_FENCE = re.compile(r"(?:-{4,}|\.{4,}|\+{4,}|/{4,}|```\S*)\s*")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,}|\^{3,}|\+{3,})\s*")
_TITLE = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)")
_STYLE = re.compile(r"\[(?P<style>[^\[\]]*)\]\s*")
_CODE_STYLES = re.compile(
    r"(?:source|listing|literal|stem|latexmath|asciimath|pass|plantuml|ditaa|graphviz|mermaid)\b|,"
)
_ENTRY = re.compile(r":(?P<name>!?[\w][\w-]*!?):(?:\s+(?P<value>.*))?")
_NAME = r"[^\W\d_][\w.'’-]*"
_AUTHORS = re.compile(rf"{_NAME}(?: {_NAME}){{0,3}}(?: <[^<>]+>)?(?:; *{_NAME}(?: {_NAME}){{0,3}}(?: <[^<>]+>)?)*")
_REVISION = re.compile(r"(?:v[\d.]+,?\s*)?(?P<date>\d{4}-\d\d-\d\d)?.*")
_ITEM = re.compile(r"\s*(?:[*.-]{1,5}|\d+\.|[a-z]\.|<\d+>|<\.>)\s+\S|.*\S(?:::{1,3}|;;)(?:\s|\Z)|\|")
_LABELS = re.compile(r"\[\[([A-Za-z_:][\w:.-]*)(?:,[^\]]*)?\]\]|\[#([\w:.-]+)[^\]]*\]|anchor:([\w:.-]+)\[")
_ATTRIBUTE = re.compile(r"\{([\w-]{1,60})\}")
_PASSED = re.compile(r"`\+.*?\+`|\+\+\+.*?\+\+\+|pass:\w*\[.*?\]")
_MACRO = re.compile(
    r"(?<!\\)(?:"
    r"<<(?P<angled>[^\s<>,][^<>,\n]*?)(?P<more>,[^<>\n]*)?(?=,|>>|\Z)(?:>>)?"
    r"|(?<![\w:])xref:(?P<xref>[^\s\[\]]+)\["
    r"|(?<![\w:])link:(?P<link>(?:\+\+[^\n]+?\+\+|[^\s\[\]]+))\["
    r"|(?P<address>https?://[^\s\[\]<>\"'`\\|^{}]+)"
    r"|(?<![\w:])(?P<name>[a-z][a-z0-9_-]{1,30}):(?P<page>[A-Za-z0-9][\w./-]*)\["
    r")"
)
#: Macros of AsciiDoc and its processors that point to no document.
_BUILT_IN = frozenset(
    """
    image icon kbd btn menu footnote footnoteref indexterm indexterm2 anchor pass stem latexmath asciimath mailto
    include video audio counter counter2 callto irc ifdef ifndef ifeval eval sys http https ftp
    """.split()  # noqa: SIM905
)
#: Texts whose attributes are filled in; each value is used as written, so that none can grow out of others.
_LONGEST_LINE = 20_000


def read(text: str) -> Page:
    """What a document in AsciiDoc says."""
    return _Scanner(text).scan()


class _Scanner:
    """Reads line by line."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.page = Page()
        self._attributes: dict[str, str] = {}
        self._fence = ""
        self._code_next = False
        self._skip_paragraph = False
        self._in_item = False
        self._in_table = False
        self._blocks = 0

    def scan(self) -> Page:
        """The page."""
        at = self._header()
        while at < len(self.lines):
            line = self.lines[at].rstrip()
            if self._fence:
                if line == self._fence:
                    self._fence = ""
            elif not self._structure(at, line):
                self._text(at, line)
            at += 1
        return self.page

    def _header(self) -> int:
        """The title, author line, revision line and attributes; returns where the body starts."""
        at = 0
        while at < len(self.lines) and self._is_idle(self.lines[at]):
            self._entry(self.lines[at])
            at += 1
        title = _TITLE.fullmatch(self.lines[at].rstrip()) if at < len(self.lines) else None
        if title and len(title[1]) == 1:
            self.page.head(title[2])
            at += 1
        elif at + 1 < len(self.lines) and self.lines[at + 1].startswith("==") and self._underlines(at + 1):
            self.page.head(self.lines[at])
            at += 2
        else:
            return at
        position = 0
        while at < len(self.lines) and self.lines[at].strip():
            line = self.lines[at].strip()
            if not self._entry(line) and not line.startswith("//"):
                if position == 0 and _AUTHORS.fullmatch(line):
                    self.page.authors += [name.replace("_", " ") for name in author_names.unescaped(line).split(";")]
                elif position == 1 and (match := _REVISION.fullmatch(line)):
                    self.page.date = self.page.date or match["date"]
                else:
                    break
                position += 1
            at += 1
        known = self._attributes
        if not self.page.authors and (named := known.get("authors") or known.get("author")):
            mail = known.get("email", "")
            self.page.authors = bylines.apart(f"{named} <{mail}>" if "@" in mail and "@" not in named else named)
        self.page.date = self.page.date or known.get("revdate") or known.get("date")
        self.page.status = self.page.status or known.get("status")
        return at

    def _is_idle(self, line: str) -> bool:
        return not line.strip() or line.startswith("//") or bool(_ENTRY.fullmatch(line.rstrip()))

    def _entry(self, line: str) -> bool:
        match = _ENTRY.fullmatch(line.rstrip())
        # Under which conditions a value holds is not known here: the last one that says something is taken.
        if match and match["value"] and len(self._attributes) < 1_000:
            self._attributes[match["name"]] = match["value"].strip()[:500]
        return match is not None

    def _structure(self, at: int, line: str) -> bool:
        """Whether the line is structure: a fence, a title, a style, an attribute, a comment."""
        if not line.strip():
            self._skip_paragraph = self._code_next = False
            following = self.lines[at + 1] if at + 1 < len(self.lines) else ""
            if not (following[:1] in (" ", "\t", "+") or _ITEM.match(following)):
                self._in_item = False
            elif following[:1] in (" ", "\t") and not self._in_item and not _ITEM.match(following):
                self._skip_paragraph = True  # an indented paragraph is literal
            return True
        if self._underlines(at):
            return True
        if _FENCE.fullmatch(line):
            self._fence = "```" if line.startswith("```") else line
            return True
        if self._code_next and line == "--":
            self._fence = line
            return True
        if self._skip_paragraph:
            return True
        if self._code_next:
            self._skip_paragraph = True
            return True
        if line.startswith("|==="):
            self._in_table = not self._in_table
            return True
        if line.startswith(("//", "include::")) or self._entry(line):
            return True
        if title := _TITLE.fullmatch(line):
            self.page.head(_ATTRIBUTE.sub(self._value, title[2]))
            self._in_item = False
            return False
        if at + 1 < len(self.lines) and self._underlines(at + 1):
            self.page.head(line)
            self._in_item = False
            return False
        if (style := _STYLE.fullmatch(line)) and not line.startswith("[["):
            self._code_next = bool(_CODE_STYLES.match(style["style"].strip()))
            self._labels(line)
            return True
        return False

    def _underlines(self, at: int) -> bool:
        """Whether line `at` underlines a title of one line; the same signs delimit blocks."""
        line = self.lines[at].rstrip() if at < len(self.lines) else ""
        if at < 1 or not _UNDERLINE.fullmatch(line):
            return False
        title = self.lines[at - 1].rstrip()
        if not title or not (title[0].isalnum() or title[0] in "`'\"$<{_*") or abs(len(title) - len(line)) > 2:
            return False
        above = self.lines[at - 2].strip() if at > 1 else ""
        return not above or above.startswith(("[", "//", ":")) or above.endswith("]")

    def _text(self, at: int, line: str) -> None:
        line = line[:_LONGEST_LINE]
        self._labels(line)
        if _ITEM.match(line):
            self._in_item = True
        if "{" in line:
            line = _ATTRIBUTE.sub(self._value, line)[: 2 * _LONGEST_LINE]
        if self._blocks < BYLINE_BLOCKS and not self.page.authors:
            self._blocks += 1
            self.page.authors = byline(line.replace("*", "").replace("_", ""))
        if "<<" not in line and ":" not in line:
            return
        line = _PASSED.sub("\ufffc", line)
        listed = self._in_item or self._in_table
        for match in _MACRO.finditer(line):
            how, target = self._pointed(match)
            if target:
                self.page.point(Pointer(target, at, at + 1, how, "", listed))

    def _pointed(self, match: re.Match[str]) -> tuple[str, str]:
        if match["angled"]:
            target = match["angled"].strip()
            return ("xref", target) if "#" in target or target.endswith((".adoc", ".asciidoc")) else ("anchor", target)
        if match["xref"]:
            target = match["xref"]
            return ("xref", target) if re.search(r"[#./:$]", target) else ("anchor", target)
        if match["link"]:
            return "link", match["link"].strip("+")
        if match["address"]:
            return "link", match["address"].rstrip(".,;:!?*_)")
        if match["name"] in _BUILT_IN or match["name"].startswith(("pass", "footnote")):
            return "macro", ""
        return "macro", match["page"]

    def _labels(self, line: str) -> None:
        if "[" in line:
            for match in _LABELS.finditer(line[:_LONGEST_LINE]):
                self.page.labels.append(next(group for group in match.groups() if group))

    def _value(self, match: re.Match[str]) -> str:
        return self._attributes.get(match[1], match[0])
