"""Items in the shapes that Perceval writes, for tests."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

FETCHED = 1717200000.0  # 2024-06-01


def person(login: str, **page: Any) -> dict[str, Any]:
    """The `user` that the service sent, and the page of the user that Perceval fetched."""
    small = {"login": login, "id": sum(login.encode()), "type": "User", "site_admin": False}
    return {"user": small, "user_data": small | {"name": login.title(), "email": None, "company": None} | page}


def at(day: int, hour: int = 12) -> str:
    return f"2024-01-{day:02d}T{hour:02d}:00:00Z"


def item(
    backend: str, category: str, origin: str, data: dict[str, Any], updated: float = FETCHED - 9, **more: Any
) -> dict[str, Any]:
    """The envelope around what was fetched."""
    name = f"{origin}:{category}:{data.get('id', data.get('number', data.get('Message-ID')))}"
    return {
        "backend_name": backend,
        "backend_version": "1.0.0",
        "category": category,
        "classified_fields_filtered": None,
        "data": data,
        "origin": origin,
        "perceval_version": "1.4.1",
        "search_fields": {"item_id": "1"},
        "tag": origin,
        "timestamp": FETCHED,
        "updated_on": updated,
        "uuid": hashlib.sha1(name.encode()).hexdigest(),
        **more,
    }


def pull(number: int, author: str, **more: Any) -> dict[str, Any]:
    page = "https://github.com/acme/store"
    side = {"repo": {"full_name": "acme/store"}, "sha": "0" * 40}
    return {
        "id": 9000 + number,
        "number": number,
        "html_url": f"{page}/pull/{number}",
        **person(author),
        "title": f"Change {number}",
        "body": None,
        "created_at": at(1),
        "updated_at": at(28),
        "closed_at": None,
        "merged_at": None,
        "merged_by": None,
        "merge_commit_sha": None,
        "author_association": "CONTRIBUTOR",
        "head": side | {"ref": f"topic-{number}"},
        "base": side | {"ref": "main"},
        "requested_reviewers_data": [],
        "reviews_data": [],
        "review_comments_data": [],
        "commits_data": [f"{number:040x}"],
        **more,
    }


def review(login: str, day: int, state: str, body: str = "", association: str = "NONE") -> dict[str, Any]:
    return {
        "id": 100 + day,
        **person(login),
        "body": body,
        "state": state,
        "submitted_at": at(day),
        "html_url": f"https://github.com/acme/store/pull/1#pullrequestreview-{day}",
        "author_association": association,
    }


def on_line(login: str, day: int, line: int | None, body: str = "this leaks", **more: Any) -> dict[str, Any]:
    return {
        "id": 200 + day,
        **person(login),
        "body": body,
        "path": "store.py",
        "line": line,
        "original_line": 7,
        "created_at": at(day),
        "pull_request_review_id": 100 + day,
        "html_url": f"https://github.com/acme/store/pull/1#discussion_r{day}",
        "reactions_data": [],
        **more,
    }


def issue(number: int, author: str, comments: list[dict[str, Any]], is_pull: bool = False) -> dict[str, Any]:
    kind = "pull" if is_pull else "issues"
    url = f"https://github.com/acme/store/{kind}/{number}"
    of_pull = {"pull_request": {"html_url": url, "merged_at": None}} if is_pull else {}
    return {
        "id": 5000 + number,
        "number": number,
        "html_url": url,
        **person(author),
        "title": f"Issue {number}",
        "body": "",
        "created_at": at(1),
        "updated_at": at(28),
        "closed_at": None,
        "author_association": "NONE",
        "reactions_data": [],
        "comments_data": comments,
        **of_pull,
    }


def comment(login: str, day: int, body: str, **more: Any) -> dict[str, Any]:
    return {
        "id": 300 + day,
        **person(login),
        "body": body,
        "created_at": at(day),
        "html_url": f"https://github.com/acme/store/pull/1#issuecomment-{day}",
        "reactions_data": [],
        **more,
    }


def write(path: Path, items: list[dict[str, Any]], indent: int | None = None) -> Path:
    """As Perceval's command writes them: keys in order; one a line, or indented."""
    separators = (",", ":") if indent is None else None
    path.write_text("".join(f"{json.dumps(i, indent=indent, separators=separators, sort_keys=True)}\n" for i in items))
    return path
