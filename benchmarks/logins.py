"""Whose login is whose by the titles of merges, on real repositories, to be read by eye.

    python benchmarks/logins.py REPOSITORY...

For each repository: merges whose titles name a login, logins, those whose owner is told (`connectors.git.logins`); of
these how often the owner has an address that a forge made up for this very login (`vouched`) or only somebody of
another name has one (`other name`: read these); identities that are bare logins, and how many of them are joined.
`--joined` lists the joins, `--sample N` as many owners at random, whether anybody is named by their login or not.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict

from connectors.git.history import History, identities
from connectors.git.logins import Owner, links_of, owners
from connectors.git.repository import open_safely
from influence.identity import contact

HEAD = ("repository", "commit", "commits", "merges", "logins", "owned", "vouched", "other name", "bare", "joined")


def measure(path: str, list_joined: bool) -> list[tuple[str, str, Owner]]:
    with open_safely(path) as repository:
        history = History(repository)
        for commit in history.commits:
            for _, person in (*commit.message.advice, *commit.message.contacts):
                history.know(person)
        mapped = identities(repository, history.people)
        tip = repository.tip[:10]
    people = history.people
    owned = owners(history.opened, history.commits, history.descent.parents, people, mapped)
    names: dict[str, set[str]] = defaultdict(set)
    for person in people.values():
        if login := contact(person.email).login:
            names[login].add(person.name.lower())
    vouched = [login for login, owner in owned.items() if people[owner.key].name.lower() in names[login]]
    other = [login for login in owned if names[login] and login not in vouched]
    bare = [key for key, person in people.items() if not person.email and re.fullmatch(r"\S+", person.name)]
    joined = list(links_of(history, mapped))
    label = path.rstrip("/").removesuffix("/repo").rpartition("/")[2]
    counts = (history.opened, {login.lower() for login in history.opened.values()}, owned, vouched, other, bare, joined)
    print("| " + " | ".join((label, tip, str(len(history.commits)), *(str(len(c)) for c in counts))) + " |")
    for login in other:
        print(f"    other name: {login}  {owned[login]}  {sorted(names[login])}")
    for a, b in joined if list_joined else ():
        print(f"    {a}  |  {b}  |  {owned[people[a].name.lower()][1:]}")
    return [(label, login, owner) for login, owner in owned.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="+", metavar="REPOSITORY")
    parser.add_argument("--joined", action="store_true", help="list the joins")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="list N owners at random")
    options = parser.parse_args()
    print("| " + " | ".join(HEAD) + " |")
    print("| --- | --- " + "| ---: " * (len(HEAD) - 2) + "|")
    found = [one for path in options.path for one in measure(path, options.joined)]
    for label, login, owner in random.Random(1).sample(found, min(options.sample, len(found))):
        print(f"    {label}  {login}  {owner}")


if __name__ == "__main__":
    main()
