"""How long hundreds of small repositories take, by one process and by two, and how much memory.

    python benchmarks/many_repositories.py [--repositories 300] [--commits 40] [--folder DIR]

Writes the repositories (git fast-import, the same ones every time), then prints for one process and for two the
seconds on the wall and of processor time of `influence collect git FOLDER`, and of the same command again, when nothing
is new; and in runs of their own the largest sum of PSS.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from measured_runs import peak_of, timed

PEOPLE = [f"Person Number{letter} <{letter.lower()}@example.org>" for letter in "ABCDEFGH"]
START = 1_672_531_200
DAY = 86_400


def story(commits: int, choose: random.Random) -> bytes:
    """A history for git fast-import: people write functions, change each other's and use them."""
    out = bytearray()
    files: dict[str, list[str]] = {}
    for number in range(commits):
        path = f"{choose.choice(('core', 'app', 'tools'))}/part{choose.randrange(6)}.py"
        lines = files.setdefault(path, [])
        if lines and choose.random() < 0.5:
            lines[choose.randrange(len(lines))] = f"    return open_part_{choose.randrange(number + 1)}({number})\n"
        lines += [f"def open_part_{number}(size):\n", f"    return size + {number}\n", "\n", "\n"]
        who = choose.choice(PEOPLE)
        text = "".join(lines).encode()
        message = f"Change {number}\n".encode()
        out += f"commit refs/heads/main\ncommitter {who} {START + number * DAY} +0000\ndata {len(message)}\n".encode()
        out += message + f"M 100644 inline {path}\ndata {len(text)}\n".encode() + text + b"\n"
    return bytes(out)


def write(root: Path, repositories: int, commits: int) -> None:
    """Write the repositories, bare, unless they are there."""
    for number in range(repositories):
        place = root / f"team{number // 20}" / f"repository{number}.git"
        if (place / "HEAD").exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", place], check=True)
        told = story(commits, random.Random(number))
        subprocess.run(["git", f"--git-dir={place}", "fast-import", "--quiet"], input=told, check=True)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repositories", type=int, default=300)
    parser.add_argument("--commits", type=int, default=40)
    parser.add_argument("--folder", type=Path, help="where to write them, and to find them again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = options.folder or Path(temporary) / "repositories"
        write(root, options.repositories, options.commits)
        print(f"{options.repositories} repositories of {options.commits} commits, load {os.getloadavg()[0]:.1f}")
        for jobs in (1, 2):
            file = Path(temporary) / f"{jobs}.duckdb"
            command = [sys.executable, "-m", "influence", "collect", "git", str(root), "--jobs", str(jobs), "-w"]
            first = timed([*command, str(file)])
            again = timed([*command, str(file)])
            peak = peak_of([*command, str(file.with_suffix(".peak"))])
            print(
                f"{jobs} at a time: {first.wall:.0f} s ({first.cpu:.0f} s of processor time), "
                f"again {again.wall:.0f} s ({again.cpu:.0f} s), peak {peak.total:.0f} MB"
            )


if __name__ == "__main__":
    main()
