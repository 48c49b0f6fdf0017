"""Writes the columns of every table into docs/tables.md, below its mark, from what `influence.schema` says of them.

``python -m influence.schema_doc docs/tables.md``
"""

from __future__ import annotations

import sys
from pathlib import Path

from influence.schema import TABLES, Table

#: What stands below is written by this module, what stands above by hand.
MARK = "<!-- Below: python -m influence.schema_doc docs/tables.md -->\n"


def markdown() -> str:
    """Every table and its columns, as Markdown."""
    return "\n".join(_table(table) for table in TABLES.values())


def written(page: str) -> str:
    """`page` with all that stands below the mark written anew.

    Raises
    ------
    ValueError
        When it has no mark.
    """
    above, mark, _ = page.partition(MARK)
    if not mark:
        raise ValueError(f"the page has no line {MARK.strip()}")
    return f"{above}{mark}\n{markdown()}"


def _table(table: Table) -> str:
    lines = [f"## `{table.name}`", "", table.doc, "", "| column | type | meaning |", "| --- | --- | --- |"]
    for column in table.columns:
        meaning = column.doc[:1].upper() + column.doc[1:]
        lines.append(f"| `{column.name}` | {column.type} | {meaning.replace('|', chr(92) + '|')} |")
    if table.identities:
        kept = "stays without the identity" if table.keeps_row_on_opt_out else "goes"
        keys = ", ".join(f"`{name}`" for name in table.identities)
        lines += ["", f"Identity keys: {keys}. When that person opts out, the row {kept}."]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.write_text(written(place.read_text("utf-8")), "utf-8")
