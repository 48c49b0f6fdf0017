"""How often the replay and plain `git blame` name the same commit for a line at the tip.

    python benchmarks/blame_oracle.py REPOSITORY [--files 200] [--seed 0]

The white space rule is switched off, since plain blame has none. Prints agreement by line over a random sample of the
text files that the path rules do not exclude, and the classes of disagreement; then on how many lines `blame -M -C`,
which looks for lines that only moved, differs from plain blame.
"""

from __future__ import annotations

import argparse
import random
import subprocess
from collections import Counter

from connectors.git.connector import IGNORE_REVS, GitConnector
from connectors.git.diffs import text_path
from connectors.git.repository import SafeRepository, open_safely


def blame(repository: SafeRepository, path: bytes, options: list[str]) -> list[str]:
    """The commit that git blames for each line of `path` at the tip."""
    output = subprocess.run(
        repository.command(
            "blame", "--porcelain", *options, repository.tip, "--", path.decode("utf-8", "surrogateescape")
        ),
        capture_output=True,
        check=True,
    ).stdout
    lines = []
    current = ""
    for line in output.split(b"\n"):
        if line.startswith(b"\t"):
            lines.append(current)
        else:
            word = line.split(b" ", 1)[0]
            if len(word) in (40, 64) and not word.strip(b"0123456789abcdef"):
                current = word.decode()
    return lines


def compare(location: str, files: int, seed: int) -> tuple[int, int, int, Counter[str]]:
    """Lines compared, lines that agree, lines that moved, and disagreements by class."""
    with open_safely(location) as repository:
        connector = GitConnector(location, whitespace=False)
        run = connector.replayed(repository, names=False)
        history, replay = run.history, run.replay
        ignore = []
        listed = repository.read_file(IGNORE_REVS)
        if listed:
            kept = [line.split(b"#")[0].strip() for line in listed.split(b"\n")]
            kept = [line for line in kept if line.decode("ascii", "replace") in history.number]
            (repository.git_dir / "ignored").write_bytes(b"\n".join(kept) + b"\n")
            ignore = ["--ignore-revs-file", str(repository.git_dir / "ignored")]
        tree = repository.run("ls-tree", "-r", "-z", repository.tip).split(b"\x00")[:-1]
        known = []
        for entry in tree:
            meta, _, path = entry.partition(b"\t")
            blob = meta.split()[2]
            owners = replay.versions.get(path, blob, len(history.commits))
            if owners:
                known.append((path, owners))
        chosen = random.Random(seed).sample(known, min(files, len(known)))
        total = same = moved = 0
        classes: Counter[str] = Counter()
        for path, owners in chosen:
            blamed = blame(repository, path, ignore)
            total += len(blamed)
            elsewhere = blame(repository, path, [*ignore, "-M", "-C"])
            moved += sum(plain != other for plain, other in zip(blamed, elsewhere, strict=True))
            if len(blamed) != len(owners):
                classes["length differs"] += len(blamed)
                print("length", text_path(path), len(blamed), len(owners))
                continue
            for sha, owner in zip(blamed, owners, strict=True):
                if owner and history.commits[owner - 1].sha == sha:
                    same += 1
                elif not owner:
                    classes["owner unknown"] += 1
                elif history.commits[owner - 1].is_merge or history.commits[history.number[sha] - 1].is_merge:
                    classes["a merge on one side"] += 1
                elif sorted(history.commits[owner - 1].authors) == sorted(
                    history.commits[history.number[sha] - 1].authors
                ):
                    classes["another commit of the same author"] += 1
                else:
                    classes["another author"] += 1
    return total, same, moved, classes


def main() -> None:
    """Print the comparison for one repository."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository")
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    total, same, moved, classes = compare(options.repository, options.files, options.seed)
    print(f"{same} of {total} lines agree ({same / max(total, 1):.2%}); {dict(classes)}")
    print(f"{moved} lines only moved ({moved / max(total, 1):.2%})")


if __name__ == "__main__":
    main()
