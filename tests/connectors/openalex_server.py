"""OpenAlex on loopback: works in the shape of its API, lists by cursor, refusals as it words them, and what goes wrong.

Shapes: https://developers.openalex.org/api-reference/works and .../guides/page-through-results. Everybody is invented.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.connectors.loopback import Asked, Fault, Seen, Service

KEY = "0p3n+al/ex=k3y"
FIELDS = frozenset(
    (
        *("id", "doi", "title", "display_name", "publication_date", "publication_year", "type", "is_retracted"),
        *("biblio", "authorships", "referenced_works", "abstract_inverted_index", "cited_by_count", "concepts"),
        *("ids", "language", "locations", "open_access", "primary_location", "primary_topic", "updated_date"),
        "created_date",
    )
)
Json = dict[str, Any]
Works = Sequence[Json]


def make_works(number: int, seed: int = 0) -> list[Json]:
    """Works that cite older ones; among them what real lists hold: crowds, retractions, people without an id."""
    draw = random.Random(seed)
    people = [_person(draw, 5_000_000_000 + i) for i in range(max(6, number // 4))]
    works: list[Json] = []
    for i in range(number):
        day = date(1990, 1, 1) + timedelta(days=i * 30 + draw.randrange(20))
        older = [work["id"] for work in works]
        cited = draw.sample(older, min(len(older), draw.randrange(6)))
        if draw.random() < 0.3:
            cited.append(f"https://openalex.org/W{9_000_000_000 + draw.randrange(50)}")
        crowd = 100 if i % 97 == 41 else draw.choice([1, 1, 2, 2, 3, 5])
        authors = draw.sample(people, min(crowd, len(people)))
        authors += [_person(draw, 6_000_000_000 + i * 1000 + j) for j in range(crowd - len(authors))]
        works.append(_work(draw, 1_000_000 + i, day, authors, cited))
    return works


def _person(draw: random.Random, number: int) -> Json:
    given = draw.choice(["Ada", "Émilie", "Grace", "Wei", "Noether E.", "Sofia", "李", "Y."])
    name = f"{given} {draw.choice(['Lovelace', 'Hopper', 'Cheng', 'Kovalevskaya', 'Müller'])}-{number % 1000}"
    if number % 11 == 5:
        return {"id": None, "display_name": f"Y. Cheng{number % 3}", "orcid": None}
    orcid = f"https://orcid.org/{_orcid(number)}" if number % 3 == 0 else None
    return {"id": f"https://openalex.org/A{number}", "display_name": name, "orcid": orcid}


def _orcid(number: int) -> str:
    digits = f"{number:015d}"
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    digits += "X" if check == 10 else str(check)
    return "-".join(digits[i : i + 4] for i in (0, 4, 8, 12))


def _work(draw: random.Random, number: int, day: date, authors: list[Json], cited: list[str]) -> Json:
    title = f"On {draw.choice(['silent', 'implicit', 'formal'])} leadership, part {number}"
    doi = f"https://doi.org/10.5555/OA.{number}" if number % 4 else None
    work_id = f"https://openalex.org/W{number}"
    return {
        "id": work_id,
        "doi": doi,
        "title": title,
        "display_name": title,
        "publication_year": day.year,
        "publication_date": day.isoformat(),
        "ids": {"openalex": work_id, "doi": doi, "mag": str(number)},
        "language": "en",
        "primary_location": {"is_oa": True, "source": {"id": "https://openalex.org/S1", "display_name": "Journal"}},
        "type": draw.choice(["article", "article", "preprint", "book-chapter"]),
        "open_access": {"is_oa": True, "oa_status": "gold"},
        "authorships": [
            {
                "author_position": "first" if i == 0 else "middle",
                "author": person,
                "institutions": [
                    {"id": f"https://openalex.org/I{draw.randrange(9)}", "display_name": "Institute", "ror": None}
                ],
                "countries": ["GB"],
                "is_corresponding": i == 0,
                "raw_author_name": person["display_name"],
                "raw_affiliation_strings": ["Institute, Town"],
            }
            for i, person in enumerate(authors)
        ],
        "cited_by_count": 3,
        "is_retracted": number % 53 == 7,
        "biblio": {"volume": "1", "issue": None, "first_page": str(number), "last_page": None},
        "primary_topic": {"id": f"https://openalex.org/T{number % 2}", "display_name": "Leadership"},
        "referenced_works": cited,
        "abstract_inverted_index": {"silence": [0]},
        "updated_date": "2026-05-01T00:00:00.000000",
        "created_date": "2016-06-24",
    }


class OpenAlexServer(Service):
    """The works behind an API like OpenAlex's.

    Parameters
    ----------
    works
        What there is, or a function that gives it at each request (a list that changes, or cannot be had).
    faults, before
        As in `Service`.
    most
        A page holds no more works, whatever is asked for.
    key
        Whether cursors are for those with the key only.
    meta
        Makes another meta out of the true one: a lie.
    """

    def __init__(
        self,
        works: Works | Callable[[int], Works],
        *,
        faults: Mapping[int, Fault] | None = None,
        most: int = 100,
        key: bool = False,
        meta: Callable[[Json], Json] = dict,
        before: Callable[[int], None] = lambda number: None,
    ) -> None:
        super().__init__(faults, before)
        self.works = works
        self.most = most
        self.key = key
        self.meta = meta

    def _serve(self, asked: Asked, seen: Seen, number: int) -> None:
        if seen.path != "/works":
            asked.json({"error": "Not found", "message": f"{seen.path} is no entity"}, 404)
            return
        if self.key and seen.headers.get("Authorization") != f"Bearer {KEY}":
            asked.json({"error": "Unauthorized", "message": "Cursor paging needs an API key"}, 401)
            return
        refusal, page = self._page(seen.params, number)
        if refusal:
            asked.json({"error": "Invalid query parameters error.", "message": refusal}, 400)
        else:
            asked.json(page)

    def _page(self, params: dict[str, str], number: int) -> tuple[str, Json]:
        fields = params.get("select", "").split(",")
        if unknown := set(fields) - FIELDS - {""}:
            return f"{sorted(unknown)[0]} is not a valid select field", {}
        per_page = int(params.get("per_page", "25"))
        if not 1 <= per_page <= 100:
            return "per_page must be between 1 and 100", {}
        try:
            after = json.loads(base64.b64decode(params["cursor"], validate=True)) if params["cursor"] != "*" else [0]
            after = int(after[0])
        except (KeyError, ValueError, IndexError):
            return "Invalid cursor", {}
        works = self.works(number) if callable(self.works) else self.works
        for one in filter(None, params.get("filter", "").split(",")):
            name, _, value = one.partition(":")
            if name not in _FILTERS:
                return f"Unknown filter field: {name}. Did you mean: authorships.author.id?", {}
            works = [work for work in works if _FILTERS[name](work, value)]
        if words := params.get("search"):
            works = [work for work in works if words.lower() in work["title"].lower()]
        size = min(per_page, self.most)
        part = works[after : after + size]
        following = (
            base64.b64encode(json.dumps([after + size]).encode()).decode() if after + size < len(works) else None
        )
        shown = [{name: work[name] for name in fields if name in work} for work in part]
        meta = {
            "count": len(works),
            "db_response_time_ms": 28,
            "page": None,
            "per_page": per_page,
            "next_cursor": following,
        }
        return "", {"meta": self.meta(meta), "results": shown, "group_by": []}


_FILTERS: dict[str, Callable[[Json, str], bool]] = {
    "authorships.author.id": lambda work, value: any(
        one["author"]["id"] in {f"https://openalex.org/{short}" for short in value.split("|")}
        for one in work["authorships"]
    ),
    "primary_topic.id": lambda work, value: work["primary_topic"]["id"].endswith(f"/{value}"),
    "publication_year": lambda work, value: re.sub(r"\D", "", value) <= str(work["publication_year"]),
    "ids.openalex": lambda work, value: work["id"].rpartition("/")[2] in value.split("|"),
    "doi": lambda work, value: (work["doi"] or "").lower().endswith(value),
    "type": lambda work, value: work["type"] == value,
}


def collect(workspace: Path, base: str, query: str) -> None:
    """Collect, in a process of its own that is going to be killed."""
    from connectors.http import Limits
    from influence import doors
    from influence.workspace import Workspace

    doors.collect_openalex([query], Workspace(workspace), base=base, limits=Limits(per_second=1000))
