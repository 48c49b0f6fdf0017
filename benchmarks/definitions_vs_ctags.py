"""How well definitions told from lines agree with Universal Ctags.

Every file at a commit of a repository is taken as lines that one commit added, and the set of names that
`connectors.git.names` finds in it is compared with what ctags finds in the whole file. Kinds that count are those of
docs/names.md; the filter on names (compound, no test case, no framework name) and the rules on paths are the same on
both sides.

    python benchmarks/definitions_vs_ctags.py REPOSITORY[@COMMIT]... [--ctags PROGRAM] [--differences N]

prints one row a repository and language: names that ctags finds, recall, precision; then one row a language over all.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from connectors.git.names import LONGEST_LINE, file_names, is_counted, language_of
from connectors.git.paths import PathRules

_TYPES = {"macro", "function", "enum", "struct", "typedef", "union", "variable", "enumerator"}
_SCRIPT = {"constant", "class", "function", "generator", "method", "variable"}
#: Kinds of ctags that count, by its language; `_counts` looks closer at some.
KINDS = {
    "Python": {"class", "function", "member", "variable"},
    "C": _TYPES,
    "C++": _TYPES | {"class", "prototype"},
    "Go": {"talias", "const", "func", "interface", "struct", "type", "var"},
    "Rust": {"macro", "method", "function", "enum", "interface", "struct", "typedef", "variable", "constant"},
    "Java": {"annotation", "class", "enum", "interface", "method", "field", "enumConstant"},
    "JavaScript": _SCRIPT | {"getter", "setter", "property"},
    "TypeScript": _SCRIPT | {"alias", "enum", "interface", "namespace"},
    "Kotlin": {"class", "interface", "object", "typealias", "method", "constant", "variable"},
    "C#": {"class", "enumerator", "event", "field", "enum", "interface", "method", "property", "struct", "typedef"},
    "Ruby": {"accessor", "alias", "class", "constant", "method", "module", "singletonMethod"},
    "PHP": {"class", "define", "function", "interface", "trait"},
    "Sh": {"function"},
    "SQL": {"domain", "function", "package", "procedure", "synonym", "table", "view"},
}
#: What says that a function overrides another or is a test case, by ctags's name of the language.
MARKS = {
    "Java": r"@(Override|Test|ParameterizedTest|RepeatedTest)\b",
    "Kotlin": r"@(Override|Test|ParameterizedTest|RepeatedTest)\b",
    "Rust": r"#\[(\w+::)*\w*test\b",
    "C#": r"\[(\w+, ?)*(Fact|Theory|Test|TestCase|TestMethod|DataTestMethod|Benchmark)\b",
    "PHP": r"#\[\\?(Override|Test)\b",
}
#: What ctags reads badly or not at all.
#: Lines that define what ctags does not know, by our name of the language: they are left out.
UNKNOWN = {
    "shell": re.compile(r"\s*(export|declare|typeset)\b"),
    "sql": re.compile(r"\s*create\s+(or\s+replace\s+)?(type|domain|sequence|aggregate|foreign)\b", re.IGNORECASE),
}
UNREAD = (".tsx", ".jsx", ".d.ts")
LARGEST_FILE = 1_000_000


def _git(repository: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    return subprocess.run(
        ["git", "-C", str(repository), *arguments], check=True, capture_output=True, input=stdin
    ).stdout


def _files(repository: Path, commit: str) -> dict[str, bytes]:
    """Path -> content of every file of that commit whose language is known, minified ones left out."""
    rules = PathRules.default()
    entries = []
    for entry in _git(repository, "ls-tree", "-rz", commit).split(b"\0"):
        head, _, raw = entry.partition(b"\t")
        path = raw.decode("utf-8", "replace")
        if head.startswith(b"100") and language_of(path) and not path.endswith(UNREAD) and not rules.excluded(path):
            entries.append((head.split()[2], path))
    out = _git(repository, "cat-file", "--batch", stdin=b"".join(blob + b"\n" for blob, _ in entries))
    found, position = {}, 0
    for _, path in entries:
        end = out.index(b"\n", position)
        size = out[position:end].split()[-1]
        if size == b"missing":
            position = end + 1
            continue
        position = end + 1 + int(size) + 1
        content = out[end + 1 : position - 1]
        if len(content) <= LARGEST_FILE and len(max(content.split(b"\n"), key=len)) <= LONGEST_LINE:
            found[path] = content
    return found


def _is_wanted(tag: dict[str, Any], line: str) -> bool:
    """Whether a variable, field or property is one that counts: a constant, or visible beyond its file."""
    language, name = tag["language"], tag["name"]
    if language == "Python":
        return "scope" not in tag and name == name.upper()
    if language == "Java":
        return name == name.upper()
    if language == "Kotlin":
        # ctags often takes members of a class for the package's.
        return not line[:1].isspace() or tag.get("scopeKind") == "object" or re.search(r"\bconst\b", line) is not None
    if language == "C#":
        return name[:1].isupper() and re.search(r"\b(const|static readonly)\b", line) is not None
    if language == "Ruby":
        return True
    if language in ("JavaScript", "TypeScript"):
        return not line[:1].isspace() and not re.search(r"=\s*(await import|require)\b", line)
    return tag.get("scopeKind", "namespace") in ("namespace", "package", "module", "interface", "implementation")


def _counts(tag: dict[str, Any], lines: list[str]) -> bool:
    kind, language, name = tag["kind"], tag["language"], tag["name"]
    line = lines[tag["line"] - 1] if tag["line"] <= len(lines) else ""
    if kind not in KINDS[language] or name not in line:  # ctags names what has no name
        return False
    if kind in ("variable", "field", "constant", "var", "const") and not _is_wanted(tag, line):
        return False
    local = tag.get("scopeKind") in ("function", "method", "member", "func", "generator")
    if language in ("JavaScript", "TypeScript"):
        # `response.send = function` puts `send` into a function `response`, so locals are told by their indentation.
        local = re.match(r" {5}|\t\t", line) is not None
        if kind == "class" and "class" not in line and "function" not in line:
            return False  # an object
        if kind == "alias" and (line.startswith("import") or "=" not in line):
            return False  # `import type { X }`
        if kind == "property":
            return re.match(r"(module\.)?exports\.", line) is not None
    if local:
        return False
    if kind == "prototype":
        return "pure" in tag.get("properties", "")
    if language in ("C++", "C#") and kind in ("function", "method"):
        constructor = name == re.split(r"::|\.", tag.get("scope", ""))[-1]
        if constructor or re.search(r"\b(override|final)\b" if language == "C++" else r"\boverride\b", line):
            return False
    if language in ("C#", "Kotlin") and re.search(r"\boverride\b", line):
        return False
    if language == "SQL" and re.search(r"\btemp(orary)?\b", line, re.IGNORECASE):
        return False
    return not _is_marked(tag, lines)


def _is_marked(tag: dict[str, Any], lines: list[str]) -> bool:
    """Whether the annotations or attributes above say that it overrides or is a test case."""
    pattern = MARKS.get(tag["language"])
    above: list[str] = []
    most = 22 if tag["language"] == "C#" else 6
    for text in reversed(lines[max(0, tag["line"] - most) : tag["line"]]):
        if above and not text.strip().startswith(("@", "#[", "//", "[")):
            break
        above.append(text)
    return pattern is not None and re.search(pattern, " ".join(above)) is not None


def _ctags(program: str, files: dict[str, bytes]) -> dict[str, set[str]]:
    """Path -> names, as ctags finds them."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for number, (path, content) in enumerate(files.items()):
            file = Path(folder, f"{number}{Path(path).suffix.lower()}")
            file.write_bytes(content)
            paths[str(file)] = path
        options = ["--map-JavaScript=+.cjs", "--map-TypeScript=+.mts", "--map-TypeScript=+.cts", "--kinds-C++=+p"]
        options += ["--map-Ruby=+.rake", "--map-Ruby=+.ru"]
        if not any(language_of(path) == "c++" for path in files):
            options += ["--map-C=+.h", "--map-C++=-.h"]
        fields = ["--fields=+nKSsl", "--fields-C++=+{properties}"]
        command = [program, "--options=NONE", *options, *fields, "--output-format=json", "-L", "-", "-f", "-"]
        out = subprocess.run(command, input="\n".join(paths).encode(), capture_output=True, check=True).stdout
    texts = {path: content.decode("utf-8", "replace").split("\n") for path, content in files.items()}
    found: dict[str, set[str]] = defaultdict(set)
    for row in out.decode("utf-8", "replace").split("\n")[:-1]:
        tag = json.loads(row)
        if tag["_type"] != "tag" or tag.get("language") not in KINDS:
            continue
        path = paths[tag["path"]]
        name = _plain(tag["name"], tag["language"])
        if is_counted(name.encode()) and _counts(tag, texts[path]):
            found[path].add(name)
    return found


def _plain(name: str, language: str) -> str:
    """A name as we write it."""
    if language == "Ruby":
        return name.rstrip("?!=")
    if language == "SQL":
        name = name.strip('"`[]')
        return name.lower() if "_" in name else name
    return name


def _ours(path: str, content: bytes) -> set[str]:
    names = file_names(language_of(path) or "", [(0, None, 1, content)])
    if names is None:
        return set()
    unknown = UNKNOWN.get(names.language)
    lines = content.decode("utf-8", "replace").split("\n")
    return {entry[0] for entry in names.defined if unknown is None or not unknown.match(lines[entry[1] - 1])}


class _Row:
    def __init__(self) -> None:
        self.files = self.theirs = self.ours = self.both = 0

    def add(self, other: _Row) -> None:
        self.files += other.files
        self.theirs += other.theirs
        self.ours += other.ours
        self.both += other.both

    def print(self, *cells: str) -> None:
        recall, precision = self.both / max(self.theirs, 1), self.both / max(self.ours, 1)
        print(
            "|", " | ".join([*cells, f"{self.files:,}", f"{self.theirs:,}", f"{recall:.3f}", f"{precision:.3f}"]), "|"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument(
        "--ctags", default="ctags", help="the program; before version 6 it cannot read today's TypeScript"
    )
    parser.add_argument("--language", help="this one only")
    parser.add_argument("--least", type=int, default=50, help="leave out rows with fewer names")
    parser.add_argument("--differences", type=int, default=0, help="print so many names that one side lacks, at random")
    arguments = parser.parse_args()
    total: dict[str, _Row] = defaultdict(_Row)
    print("| repository | commit | language | files | names (ctags) | recall | precision |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for argument in arguments.repositories:
        place, _, commit = argument.partition("@")
        repository = Path(place)
        label = repository.resolve().parent.name if repository.name in ("repo", ".git") else repository.name
        commit = _git(repository, "rev-parse", "--short=9", commit or "HEAD").decode().strip()
        files = _files(repository, commit)
        if arguments.language:
            read = {arguments.language, "c" if arguments.language == "c++" else arguments.language}
            files = {path: content for path, content in files.items() if language_of(path) in read}
        theirs = _ctags(arguments.ctags, files)
        rows: dict[str, _Row] = defaultdict(_Row)
        differences: dict[str, list[str]] = defaultdict(list)
        for path, content in files.items():
            language = language_of(path) or ""
            if language == "c" and any(language_of(other) == "c++" for other in files):
                language = "c++"
            ours, truth = _ours(path, content), theirs.get(path, set())
            row = _Row()
            row.files, row.theirs, row.ours, row.both = 1, len(truth), len(ours), len(ours & truth)
            rows[language].add(row)
            differences[language] += [f"only ctags: {name} {path}" for name in truth - ours]
            differences[language] += [f"only ours:  {name} {path}" for name in ours - truth]
        for language, row in sorted(rows.items()):
            if row.theirs < arguments.least or arguments.language not in (None, language):
                continue
            row.print(label, commit, language)
            total[language].add(row)
            found = sorted(differences[language])
            for difference in random.Random(0).sample(found, min(arguments.differences, len(found))):
                print("   ", difference)
    for language, row in sorted(total.items()):
        row.print("all", "", language)


if __name__ == "__main__":
    main()
