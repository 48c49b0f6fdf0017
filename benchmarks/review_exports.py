"""How fast, and in how much memory, exports of reviews are read.

    python benchmarks/review_exports.py [--pulls 50000] [--folder DIR] [--gzip] [--gharchive]

Writes Perceval files of one repository in the shapes and about the sizes that GitHub's have (four reviews and four
line comments a pull request, two comments in its issue), collects them in a process of its own, and prints seconds and
peak memory; with `--gharchive` the same life as hours of GH Archive. Target: 50,000 pull requests with 200,000 reviews
from Perceval files in at most 40 s and 300 MB.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

PAGE = "https://github.com/acme/store"
TEXT = "this leaks the keys when a store is opened twice so please free them first and add a test for it"
WORDS = TEXT.split()
PEOPLE = [f"dev{number}" for number in range(400)]


def account(login: str) -> dict[str, Any]:
    """A user as GitHub's REST has it, with its many addresses."""
    api = f"https://api.github.com/users/{login}"
    links = (
        "followers",
        "following",
        "gists",
        "starred",
        "subscriptions",
        "orgs",
        "repos",
        "events",
        "received_events",
    )
    return {
        "login": login,
        "id": 1000 + int(login[3:]),
        "node_id": "MDQ6VXNlcjE=",
        "avatar_url": "https://avatars.githubusercontent.com/u/1?v=4",
        "gravatar_id": "",
        "url": api,
        "html_url": f"https://github.com/{login}",
        **{f"{link}_url": f"{api}/{link}" for link in links},
        "type": "User",
        "site_admin": False,
    }


def person(login: str) -> dict[str, Any]:
    """The user in an item, and the whole page of the user that Perceval adds."""
    page = {"name": login.title(), "company": "Acme", "email": None, "bio": None, "organizations": []}
    return {"user": account(login), "user_data": account(login) | page}


def at(minute: int) -> str:
    """A time, by minutes since the beginning of 2015."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1420070400 + minute * 60))


def side(branch: str) -> dict[str, Any]:
    """Head or base of a pull request, with a repository of about the size that it has."""
    repo = {f"{name}_url": f"https://api.github.com/repos/acme/store/{name}" for name in WORDS * 2}
    return {"ref": branch, "sha": "0" * 40, "user": account("dev0"), "repo": {"full_name": "acme/store", **repo}}


def said(draw: random.Random, number: int, words: int) -> dict[str, Any]:
    """What one says."""
    login = draw.choice(PEOPLE)
    body = " ".join(draw.choices(WORDS, k=words))
    return {
        "id": draw.getrandbits(40),
        **person(login),
        "body": body,
        "html_url": f"{PAGE}/pull/{number}#r{draw.getrandbits(30)}",
        "author_association": "CONTRIBUTOR",
        "reactions": {"total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "heart": 0},
        "reactions_data": [],
    }


def life(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A pull request and its issue, as Perceval fetches them."""
    draw = random.Random(number)
    start = number * 60
    states = ("APPROVED", "COMMENTED", "COMMENTED", "CHANGES_REQUESTED")
    reviews = [
        said(draw, number, 0 if state == "APPROVED" else 12) | {"state": state, "submitted_at": at(start + 30 * place)}
        for place, state in enumerate(states, start=1)
    ]
    lines = [
        said(draw, number, 20)
        | {
            "path": f"store/part{draw.randrange(50)}.py",
            "diff_hunk": "@@ -1,7 +1,9 @@\n" + " some line of code that is quoted here\n" * 12,
            "line": None if place % 2 else 17,
            "original_line": 17,
            "created_at": at(start + 30 * place + 1),
            "pull_request_review_id": reviews[place]["id"],
        }
        for place in range(4)
    ]
    talk = [said(draw, number, 15) | {"created_at": at(start + 200 + place)} for place in range(2)]
    common = {
        "id": number,
        "number": number,
        "title": "Keep the keys",
        **person(draw.choice(PEOPLE)),
        "body": " ".join(draw.choices(WORDS, k=60)),
        "created_at": at(start),
        "updated_at": at(start + 900),
        "closed_at": at(start + 900),
        "author_association": "CONTRIBUTOR",
        "html_url": f"{PAGE}/pull/{number}",
    }
    pull = common | {
        "merged_at": at(start + 900),
        "merged_by": account("dev1"),
        "merge_commit_sha": f"{number:040x}",
        "head": side(f"topic-{number}"),
        "base": side("main"),
        "reviews_data": reviews,
        "review_comments_data": lines,
        "commits_data": [f"{number * 3 + place:040x}" for place in range(3)],
    }
    return pull, common | {"pull_request": {"html_url": common["html_url"]}, "comments_data": talk}


def item(category: str, data: dict[str, Any]) -> bytes:
    """The envelope around it."""
    value = {
        "backend_name": "GitHub",
        "category": category,
        "data": data,
        "origin": PAGE,
        "timestamp": 1.7e9,
        "updated_on": 1.6e9,
        "uuid": f"{hash((category, data['number'])) & (1 << 63) - 1:040x}",
    }
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def events(pull: dict[str, Any], issue: dict[str, Any]) -> Iterator[bytes]:
    """The same life as GH Archive has it."""
    bare = {name: value for name, value in pull.items() if not name.endswith("_data")}
    told = [("PullRequestEvent", "opened", pull["created_at"], pull["user"], {"pull_request": bare})]
    for one in pull["reviews_data"]:
        told.append(
            (
                "PullRequestReviewEvent",
                "created",
                one["submitted_at"],
                one["user"],
                {"review": one} | {"pull_request": bare},
            )
        )
    for one in issue["comments_data"]:
        told.append(("IssueCommentEvent", "created", one["created_at"], one["user"], {"comment": one, "issue": bare}))
    told.append(
        ("PullRequestEvent", "closed", pull["closed_at"], pull["merged_by"], {"pull_request": bare | {"merged": True}})
    )
    for kind, action, when, actor, payload in told:
        value = {
            "id": "1",
            "type": kind,
            "actor": {"id": actor["id"], "login": actor["login"]},
            "repo": {"id": 1, "name": "acme/store"},
            "payload": {"action": action, **payload},
            "created_at": when,
        }
        yield json.dumps(value, separators=(",", ":")).encode() + b"\n"


def write(folder: Path, pulls: int, packed: bool, archive: bool) -> int:
    """Write the files; returns their size in bytes."""
    ending = ".json.gz" if packed else ".json"
    with ExitStack() as stack:

        def made(name: str) -> IO[bytes]:
            path = folder / f"{name}{ending}"
            return stack.enter_context(gzip.open(path, "wb", 1) if packed else path.open("wb"))

        files = [made("2015-01-01-0")] if archive else [made("pulls"), made("issues")]
        for number in range(1, pulls + 1):
            pull, issue = life(number)
            if archive:
                files[0].writelines(events(pull, issue))
            else:
                files[0].write(item("pull_request", pull))
                files[1].write(item("issue", issue))
    return sum(file.stat().st_size for file in folder.iterdir())


READ = """
import resource, sys, time
from connectors.review.connector import ReviewConnector
start, used = time.perf_counter(), time.process_time()
for made in ReviewConnector(sys.argv[1]).checkpoints():
    print(dict(made.harvest.counts), made.harvest.problems)
unit = 1 if sys.platform == "darwin" else 1024
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit >> 20
print(f"{time.perf_counter() - start:.1f} s ({time.process_time() - used:.1f} s of processor), peak {peak} MB")
"""


def main() -> None:
    """Write, read, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pulls", type=int, default=50_000)
    parser.add_argument("--folder", type=Path, help="keep the files here, and use those that are there")
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--gharchive", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            size = write(folder, options.pulls, options.gzip, options.gharchive)
            print(f"{options.pulls} pull requests, {4 * options.pulls} reviews: {size / 1e6:.0f} MB", flush=True)
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        print(f"load {load:.1f} a processor before the start", flush=True)
        subprocess.run([sys.executable, "-c", READ, str(folder)], check=True)


if __name__ == "__main__":
    main()
