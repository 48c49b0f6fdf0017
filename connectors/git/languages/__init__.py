"""What the lines of a language look like: where a name is defined, and what is comment or string.

Every pattern reads the changed lines of one file in one commit, joined to one text: it starts and ends with a
newline, and hunks are kept apart by ``\\n\\0\\n``, so that nothing is matched across a gap. A pattern that finds
definitions starts with a newline, which lets the regex engine skip from line to line, and the group that closes last
holds the name. Lines are bounded (`names.LONGEST_LINE`), and what may run over lines is possessive or bounded: the time
that hostile text takes grows with its length alone.
"""

from __future__ import annotations

from connectors.git.languages.c_family import CPP, C
from connectors.git.languages.common import Language
from connectors.git.languages.dotnet import CSHARP
from connectors.git.languages.go import GO
from connectors.git.languages.javascript import JAVASCRIPT, TYPESCRIPT
from connectors.git.languages.jvm import JAVA, KOTLIN, SCALA
from connectors.git.languages.python import PYTHON
from connectors.git.languages.rust import RUST
from connectors.git.languages.scripts import PHP, RUBY, SHELL
from connectors.git.languages.sql import SQL
from connectors.git.languages.swift import SWIFT

__all__ = ["LANGUAGES", "TABLE", "Language"]

_ROWS = (PYTHON, C, CPP, GO, RUST, JAVA, KOTLIN, SCALA, CSHARP, JAVASCRIPT, TYPESCRIPT, RUBY, PHP, SHELL, SWIFT, SQL)

#: The table, by name.
TABLE: dict[str, Language] = {language.name: language for language in _ROWS}

#: Suffix (lower case, with its dot) to the language's name.
LANGUAGES: dict[str, str] = {suffix: language.name for language in TABLE.values() for suffix in language.suffixes}
