"""What Perceval keeps of a pull request, merge request or issue -> the shapes that the services themselves have.

Perceval adds what it fetched to what the service sent, in fields that end in ``_data``; users have ``user`` as the
service sent it and ``user_data`` with their whole page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from connectors.review import gitlab_shapes, rest
from connectors.review.model import Account, Change, Commit, Discussion, Event, moment
from connectors.review.values import Item, items, mapping, sha, text

# Commits stand there by hash only, so when something was pushed is not known; requests that were met are gone.
_GITHUB = frozenset(("lines", "threads", "merges"))
# Of a pull request whose issue alone was fetched.
_ISSUE_ONLY = frozenset(("threads",))


def conversation(issue: Item) -> Item:
    """What a pull request needs of the issue of the same number, and what stands in for it where there is none."""
    kept = ("number", "title", "body", "html_url", "created_at", "updated_at", "closed_at", "author_association")
    return {name: issue.get(name) for name in kept} | {
        "user": _user(issue),
        "closed_by": issue.get("closed_by"),
        "merged_at": mapping(issue.get("pull_request")).get("merged_at"),
        "comments": [_with_user(one) for one in items(issue.get("comments_data"))],
        "reactions": [_reaction(one) for one in items(issue.get("reactions_data"))],
    }


def pull_request(pull: Item, talk: Item | None, host: str, exported: dt.datetime | None) -> Change | None:
    """A pull request with its reviews and line comments, and the conversation where its issue was fetched too."""
    talk = talk or {}
    merger = mapping(pull.get("merged_by_data")) or pull.get("merged_by")
    reviews = [_of_kind("reviewed", _with_user(one)) for one in items(pull.get("reviews_data"))]
    comments = [_of_kind("commented", one) for one in items(talk.get("comments"))]
    on_lines = [_with_user(one) for one in items(pull.get("review_comments_data"))]
    page = pull | {"user": _user(pull), "merged_by": merger}
    made = rest.change(page, [*reviews, *comments], on_lines, host, exported)
    if made is None:
        return None
    made.known = _GITHUB
    hashes = pull.get("commits_data")
    made.commits = [Commit(one) for one in hashes if sha(one)] if isinstance(hashes, list) else []
    made.events.extend(_reactions(items(pull.get("review_comments_data")), host))
    _finish(made, talk, host)
    return made


def pull_request_of_issue(talk: Item, host: str, exported: dt.datetime | None) -> Change | None:
    """A pull request of which only the issue was fetched."""
    comments = [_of_kind("commented", one) for one in items(talk.get("comments"))]
    made = rest.change(talk, comments, [], host, exported)
    if made is not None:
        made.known = _ISSUE_ONLY
        _finish(made, talk, host)
    return made


def issue(found: Item, host: str) -> Discussion | None:
    """An issue with its conversation."""
    talk = conversation(found)
    made = rest.discussion(talk, [_of_kind("commented", one) for one in items(talk["comments"])], host)
    if made is not None:
        made.events.extend(_talk_reactions(talk, made.author, host))
    return made


def merge_request(merge: Item, host: str) -> Change | None:
    """A merge request of GitLab: its notes tell what the threads tell, its last version has the commits."""
    versions = sorted(items(merge.get("versions_data")), key=lambda one: text(one.get("created_at")))
    commits = items(versions[-1].get("commits")) if versions else []
    made = gitlab_shapes.change(merge, _threads(merge), commits, host)
    if made is not None:
        if not any(event.kind == "push" for event in made.events):
            pushes = (moment(version.get("created_at")) for version in versions[1:])
            made.events.extend(Event("push", time) for time in pushes if time is not None)
        made.events.extend(_awards(merge, made.author, host))
    return made


def gitlab_issue(found: Item, host: str) -> Discussion | None:
    """An issue of GitLab with its notes."""
    made = gitlab_shapes.discussion(found, _threads(found), host)
    if made is not None:
        made.events.extend(_awards(found, made.author, host))
    return made


def _threads(item: Item) -> Iterator[Item]:
    """Notes as threads: those on one line of one version are one; of the others nobody knows who answered whom."""
    on_lines: dict[str, list[Item]] = {}
    for note in items(item.get("notes_data")):
        position = mapping(note.get("position"))
        if note.get("type") == "DiffNote" and position:
            names = ("base_sha", "start_sha", "head_sha", "old_path", "new_path", "old_line", "new_line")
            on_lines.setdefault("/".join(str(position.get(name)) for name in names), []).append(note)
        else:
            yield {"individual_note": True, "notes": [note]}
    for key, notes in on_lines.items():
        yield {"id": key, "notes": sorted(notes, key=lambda note: text(note.get("created_at")))}


def _awards(item: Item, author: Account | None, host: str) -> Iterator[Event]:
    """Emoji that people put under a merge request or a note: they show that one has read the other."""
    for place, writer in ((item, author), *_notes_by(item, host)):
        for award in items(place.get("award_emoji_data")):
            time = moment(award.get("created_at"))
            if time is not None:
                yield Event("reaction", time, gitlab_shapes.user(award.get("user"), host), target=writer)


def _notes_by(item: Item, host: str) -> Iterator[tuple[Item, Account | None]]:
    for note in items(item.get("notes_data")):
        yield note, gitlab_shapes.user(note.get("author"), host)


def _finish(made: Change, talk: Item, host: str) -> None:
    closer = rest.user(talk.get("closed_by"), host)
    if made.closed is not None and made.merged is None and closer is not None:
        made.events.append(Event("close", made.closed, closer))
    made.events.extend(_talk_reactions(talk, made.author, host))


def _talk_reactions(talk: Item, author: Account | None, host: str) -> Iterator[Event]:
    for one in items(talk.get("reactions")):
        time = moment(one.get("created_at"))
        if time is not None:
            yield Event("reaction", time, rest.user(one.get("user"), host), target=author)
    yield from _reactions(items(talk.get("comments")), host)


def _reactions(comments: list[Item], host: str) -> Iterator[Event]:
    """Who reacted to whose comment."""
    for comment in comments:
        reactions = items(comment.get("reactions_data"))
        writer = rest.user(_user(comment), host) if reactions else None
        for one in reactions:
            time = moment(one.get("created_at"))
            if time is not None:
                yield Event("reaction", time, rest.user(_user(one), host), target=writer)


def _reaction(found: Item) -> Item:
    return {"user": _user(found), "created_at": found.get("created_at")}


def _with_user(found: Item) -> Item:
    found["user"] = _user(found)
    return found


def _of_kind(event: str, found: Item) -> Item:
    found["event"] = event
    return found


def _user(found: Item) -> Item | None:
    """The user with the name and the address that their own page gives."""
    user, page = mapping(found.get("user")), mapping(found.get("user_data"))
    if not (user or page):
        return None
    return {
        "login": user.get("login") or page.get("login"),
        "type": user.get("type") or page.get("type"),
        "name": page.get("name"),
        "email": page.get("email"),
    }
