"""Pages of a forge and the repositories whose pages they are: one repository, whatever was read first."""

from __future__ import annotations

import duckdb

from influence.anew import content_hash, has_id
from influence.schema import TABLES

#: Source of a page -> id of the repository whose page it is, where any row of it says otherwise.
_PAGES = """
    WITH git AS (SELECT source, repository, url FROM harvests WHERE connector = 'git' AND repository IS NOT NULL),
    pages AS (SELECT source, repository, url FROM harvests WHERE contact = 'review'),
    told AS (
        SELECT p.source, g.repository, count(*) AS n
        FROM pages AS p
        INNER JOIN units AS c ON c.source = p.source AND c.kind = 'commit'
        INNER JOIN units AS u ON u.unit = c.unit AND u.kind <> 'pull_request'
        INNER JOIN git AS g ON g.source = u.source
        GROUP BY p.source, g.repository
        UNION ALL
        SELECT p.source, g.repository, 0
        FROM pages AS p
        INNER JOIN git AS g ON lower(g.url) = lower(p.url)
    ),
    best AS (SELECT source, max_by(repository, (n, repository)) AS repository FROM told GROUP BY source)
    SELECT b.source, b.repository
    FROM best AS b
    WHERE
        EXISTS (SELECT 1 FROM pages AS p WHERE p.source = b.source AND p.repository <> b.repository)
        OR EXISTS (SELECT 1 FROM units AS u WHERE u.source = b.source AND u.repository <> b.repository)
    ORDER BY b.source
"""
_CREDITED_BY = "account of the same repository"
_CREDITED = """
    INSERT INTO identity_links (source, a, b, same, "by")
    SELECT DISTINCT p.source, r.key, g.key, true, ?
    FROM harvests AS p
    INNER JOIN harvests AS h ON h.repository = p.repository AND h.connector = 'git'
    INNER JOIN identities AS g
        ON g.source = h.source AND coalesce(g.email, '') = '' AND g.key = g.display || ' <>'
    INNER JOIN identities AS r ON r.source = p.source AND r.first IS NOT NULL AND r.key = 'login:' || lower(g.display)
    WHERE p.contact = 'review'
    ORDER BY ALL
"""


def join(connection: duckdb.DuckDBPyConnection) -> None:
    """See `Workspace.join_pages`; inside a transaction."""
    for source, repository in connection.execute(_PAGES).fetchall():
        for name, table in TABLES.items():
            if "repository" in table.names:
                connection.execute(f"UPDATE {name} SET repository = ? WHERE source = ?", [repository, source])
                if has_id(table):
                    anew = f"UPDATE {name} SET id = {content_hash(table, '')} WHERE source = ?"
                    connection.execute(anew, [source])
    connection.execute('DELETE FROM identity_links WHERE "by" = ?', [_CREDITED_BY])
    connection.execute(_CREDITED, [_CREDITED_BY])
