"""Draw what was read of reviews as following at random, with the threads: what is needed to judge it by hand.

    python benchmarks/review_sample.py BACKUP... --kind heeds|mentions|builds_on [--size 100] [--seed 15]

BACKUP is a folder or clone of a github-metadata-backup. Of each drawn signal: who followed whom, how, when and the
address; what the leader had said before (`>>` is the comment that the signal names), with the last lines it stood
under; the author's answers and all pushes (`heeds`), or the text that names the leader (`mentions`, `builds_on`).
Verdicts on such samples stand in docs/review-truth.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
from typing import Any

from connectors.review import rest
from connectors.review.connector import ReviewConnector
from connectors.review.heeds import PATIENCE
from connectors.review.model import GITHUB, Change, Discussion, Event
from connectors.review.places import Place, open_place

Signal = dict[str, Any]
#: What an author says of a push, he says within this time after it.
_AFTER = dt.timedelta(days=3)


def signals(backup: str, kind: str) -> list[Signal]:
    """Signals of one kind in a backup, in an order that does not depend on how they were read."""
    rows: list[Signal] = []
    for checkpoint in ReviewConnector(backup).checkpoints():
        label = checkpoint.harvest.label
        rows += [{**row, "backup": backup, "label": label} for row in checkpoint.tables["signals"].to_pylist()]
    rows = [row for row in rows if row["kind"] == kind]
    return sorted(rows, key=lambda row: (row["label"], row["unit"], row["time"], str(row["leader"]), row["evidence"]))


def thread(place: Place, unit: str) -> tuple[Change | Discussion, dict[str, str]]:
    """What happened to a pull request or issue, and the lines under each comment by its id."""
    for name, data in place.read(lambda name: name in (f"pulls/{unit}.json", f"issues/{unit}.json")):
        page = json.loads(data)
        comments = page.get("comments") or []
        hunks = {str(one.get("id")): "\n".join(str(one.get("diff_hunk")).split("\n")[-5:]) for one in comments}
        made: Change | Discussion | None
        if name.startswith("pulls"):
            made = rest.change(page["pull"], page["events"], comments, GITHUB, None)
        else:
            made = rest.discussion(page["issue"], page["events"], GITHUB)
        if made is not None:
            made.events.sort(key=lambda event: event.time)
            return made, hunks
    raise SystemExit(f"{place.location} holds no {unit}")


def show(signal: Signal, place: Place) -> str:
    """Everything that a reader needs to judge a signal."""
    change, hunks = thread(place, signal["unit"])
    lines = [
        f"{signal['label']} #{signal['unit']} {change.title!r} by {_who(change.author)}",
        f"{signal['kind']} ({signal['how']}) {signal['follower']} -> {signal['leader']}"
        f" {signal['time']:%Y-%m-%d %H:%M} {signal['evidence']}",
    ]
    if signal["kind"] != "heeds":
        texts = [(change.url, change.author, change.body), *((e.url, e.actor, e.body) for e in change.events)]
        for url, who, body in texts:
            named = signal["kind"] == "builds_on" or url == signal["evidence"]
            if named and body and _key(who) == signal["follower"]:
                lines.append(f"{_who(who)}: {_cut(body, 1500)}")
                if signal["kind"] == "builds_on":
                    break
        return "\n".join(lines)
    named = next((e for e in change.events if e.url == signal["evidence"] and _key(e.actor) == signal["leader"]), None)
    since = max(
        (e.time for e in change.events if e.kind == "push" and named is not None and e.time <= named.time),
        default=signal["time"] - PATIENCE,
    )
    shown: set[str | None] = {None}
    for event in change.events:
        if not since <= event.time <= signal["time"] + _AFTER:
            continue
        if event.kind == "push":
            lines.append(f"{event.time:%m-%d %H:%M} PUSH by {_who(event.actor)} {_subject(change, event)}")
        elif event.kind not in ("comment", "review") or not event.body:
            continue
        elif _key(event.actor) == signal["leader"] and event.time <= signal["time"]:
            shown.add(event.thread)
            mark = ">>" if event is named else " >"
            state = {True: "(lines changed)", False: "(lines as they were)", None: ""}[event.changed]
            lines.append(f"{event.time:%m-%d %H:%M} {mark} {_who(event.actor)} [{event.thread}] {state}")
            lines += [f"      | {line[:120]}" for line in hunks.get(event.id, "").split("\n") if line]
            lines.append(f"      {_cut(event.body, 600)}")
        elif _key(event.actor) == signal["follower"] and event.thread in shown:
            lines.append(f"{event.time:%m-%d %H:%M} author [{event.thread}]: {_cut(event.body, 300)}")
    return "\n".join(lines)


def _subject(change: Change, push: Event) -> str:
    return next((commit.message.split("\n")[0][:90] for commit in change.commits if commit.sha == push.id), "")


def _who(account: Any) -> str:
    return account.shown if account is not None else "somebody unknown"


def _key(account: Any) -> str | None:
    return account.key if account is not None else None


def _cut(text: str, most: int) -> str:
    text = " / ".join(line.strip() for line in text.split("\n") if line.strip())
    return text if len(text) <= most else text[:most] + " ..."


def main() -> None:
    """Print the sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backup", nargs="+")
    parser.add_argument("--kind", choices=("heeds", "mentions", "builds_on"), required=True)
    parser.add_argument("--size", type=int, default=100)
    parser.add_argument("--seed", type=int, default=15)
    options = parser.parse_args()
    rows = [row for backup in options.backup for row in signals(backup, options.kind)]
    rows.sort(key=lambda row: row["label"])
    print(f"{len(rows)} {options.kind}")
    drawn = random.Random(options.seed).sample(rows, min(options.size, len(rows)))
    places = {backup: open_place(backup) for backup in options.backup}
    for number, row in enumerate(drawn, 1):
        print(f"\n=== {number} " + show(row, places[row["backup"]]))


if __name__ == "__main__":
    main()
