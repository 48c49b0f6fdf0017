"""What a notebook shows of findings: what was read of documents first, then who is followed."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influence.findings import Findings

_LEADERS = 10


def as_html(findings: Findings) -> str:
    """Small tables; everything that others wrote is escaped."""
    shown = ""
    if len(findings.health):
        several = findings.health["source"].nunique() > 1
        columns = [*(["source"] if several else []), "what", "count", "why"]
        table = findings.health.assign(count=[f"{n:,}" for n in findings.health["count"]])[columns]
        head = ["how many" if name == "count" else name for name in columns]
        shown = _table("The documents that were read", head, table.to_numpy().tolist())
    documents = bool(findings.meta.get("documents_only"))
    head = ["rank", "person", "influence", "followers", "works" if documents else "areas"]
    body = [
        [
            f"{row['rank_low']}–{row['rank_high']}" if row["rank_low"] < row["rank_high"] else str(row["rank"]),
            row["person"],
            f"{row['influence']:.2f}",
            row["reach"],
            row["works"] if documents else ", ".join(row["areas"]),
        ]
        for row in findings.table.head(_LEADERS).to_dict("records")
    ]
    note = html.escape(findings.meta["named_note"])
    return f"{shown}{_table('The most followed' if shown else '', head, body)}<p>{note}</p>"


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    title = f"<caption>{caption}</caption>" if caption else ""
    names = "".join(f"<th>{name}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{title}<thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"
