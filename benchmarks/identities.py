"""How well identities are joined, against what a project's `.mailmap` says of its own people.

    python benchmarks/identities.py PATH...

For each repository: everybody who wrote, committed or stands in a `...-by:` trailer; the mailmap's pairs (two
identities with one canonical form) as truth, left out of the joining. Recall is the share of these that the rules
find. Precision is the share of the rules' pairs that the mailmap confirms, among identities that it names at all: of
the others it says nothing (`--unconfirmed` lists them, to be read by eye). `two in one` counts persons that hold two
different canonical forms once the mailmap is used as well, as it always is: each would be two people taken for one.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

import pandas as pd

from influence.people import People, resolve

Pair = tuple[str, str]
TRAILER = re.compile(r"[A-Za-z-]+-by:\s*(.*?)\s*<([^<>]+)>", re.IGNORECASE)
LINKS = ["source", "a", "b", "same", "by", "since", "until"]


def git(path: str, *arguments: str, stdin: str | None = None) -> str:
    done = subprocess.run(
        ["git", "-C", path, *arguments], input=(stdin or "").encode("utf-8", "replace"), capture_output=True, check=True
    )
    return done.stdout.decode("utf-8", "replace")


def identities(path: str) -> pd.DataFrame:
    """Rows of the table `identities`, as the git connector would write them."""
    first: dict[tuple[str, str], int] = {}
    for record in git(path, "log", "--format=%at%x00%an%x00%ae%x00%cn%x00%ce%x00%(trailers:only,unfold)%x01").split(
        "\x01"
    ):
        fields = record.strip("\n").split("\0")
        if len(fields) < 6:
            continue
        when, name, email, committer, address, trailers = fields
        people = [(name, email), (committer, address)]
        people += [match.groups() for line in trailers.split("\n") if (match := TRAILER.match(line))]
        for one in people:
            first[one] = min(int(when), first.get(one, 1 << 62))
    rows = [(f"{n} <{e}>", n, e, None, None, pd.Timestamp(t, unit="s")) for (n, e), t in first.items() if "\n" not in n]
    return pd.DataFrame(rows, columns=["key", "display", "email", "login", "title", "first"])


def canonical(path: str, keys: Iterable[str]) -> dict[str, str]:
    """What the mailmap at HEAD makes of each identity."""
    keys = list(keys)
    command = ("-c", "mailmap.blob=HEAD:.mailmap", "check-mailmap", "--stdin")
    answers = git(path, *command, stdin="".join(f"{key}\n" for key in keys)).split("\n")
    return dict(zip(keys, answers, strict=False))


def pairs(groups: Iterable[list[str]]) -> set[Pair]:
    return {(min(pair), max(pair)) for group in groups for pair in combinations(group, 2)}


def persons(people: People) -> list[list[str]]:
    return [list(group) for _, group in people.keys.groupby("id")["key"]]


def measure(path: str, unconfirmed: bool) -> None:
    rows = identities(path)
    proper = canonical(path, rows["key"])
    has_mailmap = any(key != form for key, form in proper.items())
    same: dict[str, list[str]] = defaultdict(list)
    for key, form in proper.items():
        if has_mailmap:
            same[form.casefold()].append(key)  # some mailmaps hold one form in two cases
    truth = pairs(same.values())
    named = {key for key, form in proper.items() if key != form} | {form for key, form in proper.items() if key != form}

    start = time.perf_counter()
    alone = resolve(rows, pd.DataFrame(columns=LINKS))
    seconds = time.perf_counter() - start
    found = pairs(persons(alone))
    judged = {pair for pair in found if set(pair) <= named}
    mapped = [(None, key, form, True, "mailmap", None, None) for key, form in proper.items() if key != form]
    both = resolve(rows, pd.DataFrame(mapped, columns=LINKS))
    forms = [{proper[key].casefold() for key in group if key in named} for group in persons(both)]
    cells = [
        path.rstrip("/").removesuffix("/repo").rpartition("/")[2],
        git(path, "rev-parse", "--short=10", "HEAD").strip(),
        len(rows),
        len(alone.table),
        len(truth),
        f"{len(found & truth) / len(truth):.2f}" if truth else "-",
        f"{len(judged & truth) / len(judged):.3f} of {len(judged)}" if judged else "-",
        len(found - judged),
        sum(len(group) > 1 for group in forms),
        int((~alone.merges["accepted"]).sum()),
        f"{seconds:.2f}",
    ]
    print("| " + " | ".join(str(cell) for cell in cells) + " |")
    if unconfirmed:
        for group in persons(alone):
            if pairs([group]) - truth:
                print("    " + "  |  ".join(repr(key) for key in group))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="+")
    parser.add_argument("--unconfirmed", action="store_true", help="list the joins that the mailmap does not confirm")
    options = parser.parse_args()
    head = ["repository", "commit", "identities", "persons", "mailmap pairs", "recall", "precision"]
    head += ["not judged", "two in one", "near misses", "seconds"]
    print("| " + " | ".join(head) + " |")
    print("| --- | --- " + "| ---: " * (len(head) - 2) + "|")
    for path in options.path:
        measure(path, options.unconfirmed)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
