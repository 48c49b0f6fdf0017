"""What the lines of a language look like: where a name is defined, and what is comment or string.

Every pattern reads the changed lines of one file in one commit, joined to one text: it starts and ends with a
newline, and hunks are kept apart by ``\\n\\0\\n``, so that nothing is matched across a gap. A pattern that finds
definitions starts with a newline, which lets the regex engine skip from line to line, and the group that closes last
holds the name. Lines are bounded (`names.LONGEST_LINE`), and what may run over lines is possessive or bounded: the time
that hostile text takes grows with its length alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from connectors.git.languages.common import Language

__all__ = ["LANGUAGES", "TABLE", "Language"]

#: The language's name: where its row is (module and name in it), and the suffixes of its files, in lower case.
_ROWS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "python": ("python", "PYTHON", (".py", ".pyw")),
    "c": ("c_family", "C", (".c", ".h")),
    "c++": (
        "c_family",
        "CPP",
        (".cc", ".cpp", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h++", ".inl", ".ipp", ".tcc", ".cu", ".cuh"),
    ),
    "go": ("go", "GO", (".go",)),
    "rust": ("rust", "RUST", (".rs",)),
    "java": ("jvm", "JAVA", (".java",)),
    "kotlin": ("jvm", "KOTLIN", (".kt", ".kts")),
    "scala": ("jvm", "SCALA", (".scala", ".sc")),
    "c#": ("dotnet", "CSHARP", (".cs", ".csx")),
    "javascript": ("javascript", "JAVASCRIPT", (".js", ".jsx", ".mjs", ".cjs")),
    "typescript": ("javascript", "TYPESCRIPT", (".ts", ".tsx", ".mts", ".cts")),
    "ruby": ("scripts", "RUBY", (".rb", ".rake", ".ru")),
    "php": ("scripts", "PHP", (".php",)),
    "shell": ("scripts", "SHELL", (".sh", ".bash", ".zsh", ".ksh")),
    "swift": ("swift", "SWIFT", (".swift",)),
    "sql": ("sql", "SQL", (".sql",)),
}


@cache
def _row(name: str) -> Language:
    module, attribute, _ = _ROWS[name]
    row: Language = getattr(import_module(f"{__name__}.{module}"), attribute)
    return row


class _Table(Mapping[str, Language]):
    """Rows that are imported when they are asked for: to compile all patterns takes as long as to read small news."""

    def __getitem__(self, name: str) -> Language:
        return _row(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_ROWS)

    def __len__(self) -> int:
        return len(_ROWS)


#: The table, by name.
TABLE: Mapping[str, Language] = _Table()

#: Suffix (lower case, with its dot) to the language's name.
LANGUAGES: dict[str, str] = {suffix: name for name, (_, _, suffixes) in _ROWS.items() for suffix in suffixes}
