"""How well definitions told from lines agree with a reader, for a language that ctags does not know.

    python benchmarks/definitions_by_hand.py sample REPOSITORY LANGUAGE [--lines 200] [--seed 0] > sample.txt
    python benchmarks/definitions_by_hand.py score REPOSITORY LANGUAGE sample.txt marks.txt

`sample` draws lines at random among those that hold a word which declares something and a name that counts, and prints
them numbered, with the line that opens the block around them and the line above, but not with our verdict. The reader
writes `number name...` for each line that defines names by the rules of docs/names.md, into `marks.txt`. `score`
compares: names of the sample's lines that the reader marks, recall, precision, and where the two differ.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
from pathlib import Path

from connectors.git.languages.common import enclosing
from connectors.git.names import file_names, is_counted, language_of
from connectors.git.paths import PathRules

#: Words that declare something, whether it counts or not.
DECLARING = {
    "swift": r"class|struct|enum|protocol|actor|extension|typealias|associatedtype|func|init|let|var|case|subscript",
    "scala": r"class|trait|object|enum|type|def|val|var|given|case|extension",
}


def _contents(repository: Path, language: str) -> dict[str, bytes]:
    git = ["git", "-C", str(repository)]
    names = subprocess.run([*git, "ls-tree", "-rz", "--name-only", "HEAD"], check=True, capture_output=True).stdout
    rules = PathRules.default()
    paths = [path for path in names.decode("utf-8", "replace").split("\0") if language_of(path) == language]
    paths = [path for path in paths if not rules.excluded(path)]
    return {
        path: subprocess.run([*git, "show", f"HEAD:{path}"], check=True, capture_output=True).stdout for path in paths
    }


def _sample(arguments: argparse.Namespace) -> None:
    declaring = re.compile(rf"\b(?:{DECLARING[arguments.language]})\b")
    found = []
    for path, content in sorted(_contents(arguments.repository, arguments.language).items()):
        text = b"\n" + content
        position = 0
        for number, line in enumerate(content.split(b"\n"), 1):
            words = line.decode("utf-8", "replace")
            if declaring.search(words) and any(is_counted(word.encode()) for word in re.findall(r"\w+", words)):
                found.append((path, number, words, text, position))
            position += len(line) + 1
    chosen = random.Random(arguments.seed).sample(found, min(arguments.lines, len(found)))
    for index, (path, number, words, text, position) in enumerate(sorted(chosen, key=lambda one: one[:2]), 1):
        above = text[text.rfind(b"\n", 0, position) + 1 : position] if position else b""
        print(f"# {path}:{number}  in: {enclosing(text, position)[:80]!r}  above: {above.strip()[:60]!r}")
        print(f"{index}\t{words}")


def _score(arguments: argparse.Namespace) -> None:
    contents = _contents(arguments.repository, arguments.language)
    marks = [line.split() for line in arguments.marks.read_text().splitlines() if line.strip()]
    theirs = {int(number): set(names) for number, *names in marks}
    place, ours_in, both, mine, total = "", {}, 0, 0, 0
    for line in arguments.sample.read_text().splitlines():
        if line.startswith("# "):
            place = line[2:].split("  in: ")[0]
            continue
        path, _, number = place.rpartition(":")
        if path not in ours_in:
            names = file_names(arguments.language, [(0, None, 1, contents[path])])
            ours_in[path] = names.defined if names else []
        ours = {entry[0] for entry in ours_in[path] if entry[1] == int(number)}
        truth = {name for name in theirs.get(int(line.split("\t")[0]), set()) if is_counted(name.encode())}
        both, mine, total = both + len(ours & truth), mine + len(ours), total + len(truth)
        if ours != truth:
            print(f"{line}\n    reader: {sorted(truth)}, ours: {sorted(ours)}")
    print(f"{total} names, recall {both / max(total, 1):.3f}, precision {both / max(mine, 1):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, run in (("sample", _sample), ("score", _score)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("repository", type=Path)
        command.add_argument("language", choices=sorted(DECLARING))
        if name == "sample":
            command.add_argument("--lines", type=int, default=200)
            command.add_argument("--seed", type=int, default=0)
        else:
            command.add_argument("sample", type=Path)
            command.add_argument("marks", type=Path)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
