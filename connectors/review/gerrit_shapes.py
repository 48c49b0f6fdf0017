"""Gerrit's REST shapes -> changes.

Changes: https://gerrit-review.googlesource.com/Documentation/rest-api-changes.html (ChangeInfo, with the options in
`OPTIONS`); comments on lines are asked for apart. Votes are dated by the messages that announce them: a label itself
holds only the last one of each voter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from connectors.review.model import Account, Change, Commit, Event, account, moment
from connectors.review.values import Item, items, mapping, number, sha, text

#: What has to be asked for beside a change for all that is read here.
OPTIONS = (
    "DETAILED_LABELS",
    "DETAILED_ACCOUNTS",
    "MESSAGES",
    "REVIEWER_UPDATES",
    "ALL_REVISIONS",
    "CURRENT_COMMIT",
    "CURRENT_FILES",
)
#: The label by which work is reviewed; Verified and others are the business of machines.
LABEL = "Code-Review"

_KNOWN = frozenset(("pushes", "threads", "merges"))
#: Patch sets that change nothing of the work: it only moved.
_MOVED = frozenset(("TRIVIAL_REBASE", "NO_CHANGE", "MERGE_FIRST_PARENT_UPDATE"))
#: What stands for a file where a comment is about none.
_NO_FILES = frozenset(("/COMMIT_MSG", "/MERGE_LIST", "/PATCHSET_LEVEL"))
_NAMELESS = re.compile(r"Name of user not set\b.*|Anonymous Coward.*|Gerrit User \d+", re.I)

_HEAD = re.compile(r"Patch Set \d+:[ \t]*(?P<votes>[^\n]*)(?:\n|\Z)")
_VOTE = re.compile(r"(?P<less>-)?(?P<label>[A-Za-z][\w-]*?)(?P<value>[+-]\d+)?")
#: What votes were called before Gerrit 2.6.
_WORDS = {
    "looks good to me, approved": 2,
    "looks good to me, but someone else must approve": 1,
    "i would prefer that you didn't submit this": -1,
    "i would prefer this is not merged as is": -1,
    "do not submit": -2,
    "this shall not be merged": -2,
}
_COUNTED = re.compile(r"^\(\d+ (?:inline )?comments?\)[ \t]*$", re.M)
_NEW_PATCH_SET = re.compile(
    r"(?:Uploaded patch set|Patch Set \d+: (?:Patch Set \d+ was rebased|Commit message was (?:updated|edited)"
    r"|Published edit|Cherry Picked from))"
)
_ENDED = (
    ("merge", ":merged", re.compile(r"Change has been successfully (?:merged|cherry-picked|rebased|pushed)")),
    ("close", ":abandon", re.compile(r"Abandoned(?:\n|\Z)")),
    ("reopen", ":restore", re.compile(r"Restored(?:\n|\Z)")),
)
_APPLIED = re.compile(r"Fix applied\.?", re.I)
_DEPENDS = re.compile(r"^Depends-On:[ \t]*(?=!\d)", re.M | re.I)
_BY_HAND = re.compile(r"hovercard", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """What a message of a change says: its author's own words, and the vote on `LABEL` in it, or None."""

    body: str
    vote: int | None


def said(message: str) -> Said:
    """Take a message apart: the line with the patch set and the votes, the number of comments, the rest."""
    found = _HEAD.match(message)
    if found is None:
        return Said(message.strip(), None)
    rest, votes, vote = message[found.end() :], found["votes"].strip(), None
    matches = [_VOTE.fullmatch(word) for word in votes.split()]
    if votes.lower() in _WORDS:
        vote = _WORDS[votes.lower()]
    elif matches and all(match is not None and (match["value"] or match["less"]) for match in matches):
        for match in matches:
            if match is not None and match["label"] == LABEL:
                vote = 0 if match["less"] else int(match["value"])
    else:
        rest = f"{votes}\n{rest}"  # words on the same line
    return Said(_COUNTED.sub("", rest).strip(), vote)


def state(vote: int) -> str:
    """What a vote on `LABEL` comes to: it approves, wants changes, or leans."""
    if vote >= 2:
        return "approved"
    return "changes" if vote < 0 else "vote" if vote > 0 else "dismissed"


def user(value: object, host: str) -> Account | None:
    """The account in an AccountInfo: as git has it where an address is known, else by its login or number."""
    found = mapping(value)
    name, email = text(found.get("name")), text(found.get("email"))
    identifier = number(found.get("_account_id"))
    login = text(found.get("username")) or (str(identifier) if identifier else "")
    if _NAMELESS.fullmatch(name):
        name = ""
    if isinstance(found.get("tags"), list) and "SERVICE_USER" in found["tags"]:
        return account(login or name, name=name, email=email, host=host, bot=True)
    if email and name:
        return account("", name=name, email=email, host=host)
    return account(login or name, name=name, email=email, host=host)


def change(item: Item, comments: Item, base: str, host: str) -> Change | None:
    """A change with its comments by file; None where it has no number or date. `base` is where Gerrit's pages lie."""
    identifier, created = number(item.get("_number")), moment(item.get("created"))
    if identifier is None or created is None:
        return None
    base = base.rstrip("/")
    project = text(item.get("project"))
    local = _Local(base)
    revisions = mapping(item.get("revisions"))
    current = sha(item.get("current_revision"))
    last = mapping(revisions.get(current or ""))
    commit = mapping(last.get("commit"))
    merged = text(item.get("status")) == "MERGED"
    made = Change(
        unit=str(identifier),
        mark=f"!{identifier}",
        author=user(item.get("owner"), host),
        created=created,
        title=text(item.get("subject")),
        body=local(text(commit.get("message"))),
        url=f"{base}/c/{project}/+/{identifier}",
        updated=moment(item.get("updated")),
        onto=text(item.get("branch"))[:300],
        merge_commit=current if merged else None,
        paths=_paths(last),
        known=_KNOWN | ({"requests"} if isinstance(item.get("reviewer_updates"), list) else set()),
    )
    if current is not None:
        made.commits.append(_commit(current, commit, mapping(item.get("owner"))))
    made.events.extend(_patch_sets(revisions, host))
    made.events.extend(_comments(comments, made.url or "", local, host))
    for message in items(item.get("messages")):
        event = _message(message, made.url or "", local, host)
        if event is not None:
            made.events.append(event)
    made.events.extend(_requests(item, made.events, host))
    _endings(made, item, host, merged)
    return made


class _Local:
    """Addresses of changes in a text become marks (``!12``), so that references to them are found."""

    def __init__(self, base: str) -> None:
        host, _, path = re.sub(r"https?://", "", base).partition("/")
        house = re.escape(host.partition(":")[0]) + r"(?::\d+)?" + re.escape(f"/{path}" if path else "")
        self._address = re.compile(
            rf"https?://{house}/(?:#/)?(?:c/)?(?:[\w./%-]+?/\+/)?(\d{{1,7}})(?:/[\w/.-]*)?", re.I
        )

    def __call__(self, body: str) -> str:
        if "://" not in body:
            return body
        return _DEPENDS.sub("Depends on: ", self._address.sub(r"!\1", body))


def _paths(revision: Item) -> tuple[str, ...] | None:
    files = revision.get("files")
    return tuple(sorted(set(files) - _NO_FILES)) if isinstance(files, dict) else None


def _commit(identifier: str, commit: Item, owner: Item) -> Commit:
    author, committer = mapping(commit.get("author")), mapping(commit.get("committer"))
    who = account("", name=author.get("name"), email=author.get("email"))
    time = moment(committer.get("date")) or moment(author.get("date"))
    # Texts name people by login, all else by name and address: whose address that is Gerrit knows.
    own = who is not None and bool(who.email) and who.email.lower() == text(owner.get("email")).lower()
    login = text(owner.get("username")) if own else ""
    return Commit(identifier, time, who, login, text(commit.get("message")))


def _patch_sets(revisions: Item, host: str) -> list[Event]:
    """Every patch set after the first that changed the work."""
    found = []
    for identifier, value in revisions.items():
        revision = mapping(value)
        time = moment(revision.get("created"))
        count = number(revision.get("_number"))
        if time is None or count is None or count == 1 or text(revision.get("kind")) in _MOVED:
            continue
        found.append(Event("push", time, user(revision.get("uploader"), host), identifier[:64]))
    return found


def _requests(item: Item, events: list[Event], host: str) -> list[Event]:
    """Who put whom on a change. Whoever votes or comments becomes a reviewer by it: that asks nobody."""
    acts = {(event.actor.key, event.time.replace(microsecond=0)) for event in events if event.actor is not None}
    found = []
    for update in items(item.get("reviewer_updates")):
        time = moment(update.get("updated"))
        who, target = user(update.get("updated_by"), host), user(update.get("reviewer"), host)
        if time is None or target is None:
            continue
        if who is not None and who.key == target.key and (who.key, time.replace(microsecond=0)) in acts:
            continue
        standing = text(update.get("state"))
        if standing in ("REVIEWER", "REMOVED"):
            found.append(Event("request" if standing == "REVIEWER" else "unrequest", time, who, target=target))
    for entry in mapping(item.get("attention_set")).values():
        entry = mapping(entry)
        time, target = moment(entry.get("last_update")), user(entry.get("account"), host)
        who = user(entry.get("reason_account"), host)
        # Most of the set is moved by Gerrit itself, as turns change; only what was done by hand asks somebody.
        by_hand = bool(_BY_HAND.search(text(entry.get("reason"))))
        if by_hand and time is not None and target is not None and who is not None and who.key != target.key:
            found.append(Event("request", time, who, target=target))
    return found


def _comments(comments: Item, url: str, local: _Local, host: str) -> list[Event]:
    """Comments on lines, in their threads, with who resolved them."""
    found: dict[str, tuple[Item, Event]] = {}
    for path, listed in comments.items():
        for item in items(listed):
            time, identifier = moment(item.get("updated")), text(item.get("id"))[:100]
            if time is None or not identifier or text(item.get("tag")).startswith("autogenerated:"):
                continue
            found[identifier] = (
                item,
                Event(
                    "comment",
                    time,
                    user(item.get("author"), host),
                    identifier,
                    f"{url}/comment/{identifier}/",
                    local(text(item.get("message"))),
                    # What is said of a whole patch set is a message that has threads.
                    review=None if path == "/PATCHSET_LEVEL" else text(item.get("change_message_id"))[:100] or "inline",
                    path=None if path in _NO_FILES else path,
                ),
            )
    threads: dict[str, list[tuple[Item, Event]]] = {}
    for identifier, pair in found.items():
        pair[1].thread = _root(identifier, found)
        threads.setdefault(pair[1].thread, []).append(pair)
    for thread in threads.values():
        _resolve(sorted(thread, key=lambda pair: pair[1].time))
    return [event for _, event in found.values()]


def _root(identifier: str, found: dict[str, tuple[Item, Event]]) -> str:
    """The comment that a thread began with; a circle ends where it closes."""
    seen = {identifier}
    while True:
        above = text(found[identifier][0].get("in_reply_to"))[:100]
        if above not in found or above in seen:
            return above if above and above not in found else identifier
        seen.add(above)
        identifier = above


def _resolve(thread: list[tuple[Item, Event]]) -> None:
    """Say of the comments of a thread who resolved them, and when: whoever wrote the answer that closed it."""
    if thread[-1][0].get("unresolved") is not False:
        return
    open_ones: list[Event] = []
    closing: Event | None = None
    for item, event in thread:
        if item.get("unresolved") is True:
            open_ones.append(event)
            closing = None
        elif open_ones and closing is None:
            closing = event
    if closing is None:
        return
    for event in open_ones:
        event.resolved, event.resolved_by = closing.time, closing.actor
        if _APPLIED.fullmatch(closing.body.strip()):
            event.applied = True


def _message(message: Item, url: str, local: _Local, host: str) -> Event | None:
    """A message: a review where it votes, a comment where it says something, or the end of the change."""
    time, body, tag = moment(message.get("date")), text(message.get("message")), text(message.get("tag"))
    if time is None:
        return None
    actor, identifier = user(message.get("author"), host), text(message.get("id"))[:100]
    for kind, ending, words in _ENDED:
        if tag == f"autogenerated:gerrit{ending}" or (not tag and words.match(body)):
            return Event(kind, time, actor, identifier, url)
    if tag.startswith("autogenerated:") or _NEW_PATCH_SET.match(body):
        return None  # Gerrit's own notes, and what machines say
    found = said(body)
    if found.vote is None and not found.body:
        return None  # only comments on lines were published with it
    event = Event("comment", time, actor, identifier, url, local(found.body))
    if found.vote is not None:
        event.kind, event.state, event.vote = "review", state(found.vote), found.vote
    return event


def _endings(made: Change, item: Item, host: str, merged: bool) -> None:
    ends = {kind: [event for event in made.events if event.kind == kind] for kind in ("merge", "close")}
    if merged:
        last = ends["merge"][-1] if ends["merge"] else None
        made.merged = moment(item.get("submitted")) or (last.time if last else made.updated)
        made.merged_by = user(item.get("submitter"), host) or (last.actor if last else None)
        made.closed = made.merged
        made.events = [event for event in made.events if event.kind != "merge"]
        if made.merged is not None:
            made.events.append(Event("merge", made.merged, made.merged_by, url=made.url))
    elif text(item.get("status")) == "ABANDONED":
        made.closed = ends["close"][-1].time if ends["close"] else made.updated
