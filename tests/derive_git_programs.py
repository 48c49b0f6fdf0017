"""Derives from git's documentation what a repository can name that git would run, for test_hostile.py to plant.

python tests/derive_git_programs.py DOCUMENTATION VERSION > tests/connectors/git/git_programs.txt

DOCUMENTATION is the folder of that name in git's sources. The rule: an entry (`key::` at the beginning of a line, in
any page) is taken when its text, or its name, has a word that speaks of something being run (`_RUNS`), or when it says
where configuration, hooks, attributes, programs' output or repositories lie (`_LEADS`, or a text that it includes). A
key with a part to fill in that is only spoken of (`filter.<driver>.process`) is taken for its name. This takes too much
on purpose: a key too many costs a test nothing. Hooks are the headings of githooks.adoc that are one word.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

_LABEL = re.compile(r"`?([a-zA-Z][\w-]*(?:\.(?:<[^>]+>|[^\s:`,<])+)+)`?((?:, *`?[\w.<>*()-]+`?)*)::$")
_RUNS = re.compile(
    r"\b(?:commands?|programs?|shell|scripts?|helpers?|hooks?|executables?|execut\w+|invok\w+|editor|pagers?|viewer"
    r"|browser|daemon|binary|external|textconv|driver|filter|cmd|process|run|runs|spawn\w*|launch\w*|proxy|tunnel)\b",
    re.I,
)
_LEADS = re.compile(r"\b(?:path ?names?|paths?|files?|director(?:y|ies)|URLs?|sockets?|templates?|include)\b", re.I)
_SPOKEN_OF = re.compile(r"\b[a-z]\w*\.<[\w-]+>\.[A-Za-z]+\b")
_HOOK = re.compile(r"^([a-z][a-z0-9-]+)\n~{3,}$", re.M)


def entries(text: str) -> Iterator[tuple[str, str]]:
    """(key, what is said of it); labels that stand together share what is said."""
    labels: list[str] = []
    said: list[str] = []
    for line in [*text.split("\n"), "end.of::"]:
        label = _LABEL.match(line)
        if label is None:
            said.append(line)
            continue
        if "".join(said).strip():
            yield from ((name, " ".join(said)) for name in labels)
            labels = []
        said = []
        labels += [label[1], *re.findall(r"[\w-]+(?:\.[\w.<>*()-]+)+", label[2])]


def main(documentation: Path, version: str) -> None:
    keys: set[str] = set()
    for page in sorted(documentation.rglob("*.adoc")) or sorted(documentation.rglob("*.txt")):
        if "RelNotes" in page.parts:
            continue
        text = page.read_text("utf-8", "replace")
        for key, said in [*entries(text), *((key, "") for key in _SPOKEN_OF.findall(text))]:
            if _RUNS.search(said) or _RUNS.search(re.sub(r"([a-z])([A-Z])", r"\1 \2", key)) or _LEADS.search(said):
                keys.add(key)
    hooks = _HOOK.findall((documentation / "githooks.adoc").read_text("utf-8"))
    print(f"# From the documentation of git {version} by tests/derive_git_programs.py, which says by which rule.")
    print("# Keys of its configuration that name, or lead to, something that git runs, and its hooks.")
    for key in sorted(keys):
        print(f"key {key}")
    for hook in sorted(set(hooks)):
        print(f"hook {hook}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
