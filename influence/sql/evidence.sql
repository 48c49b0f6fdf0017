-- Every act of following somebody in `asked` that counts, with what a reader can open.
WITH titles AS (
    SELECT repository, unit, max(title) AS title, max(url) AS url
    FROM units
    GROUP BY repository, unit
),

told AS (
    SELECT id, any_value(evidence) AS evidence
    FROM signals
    WHERE id IN (SELECT f.id FROM following AS f INNER JOIN asked AS a ON a.person = f.leader)
    GROUP BY id
),

works AS (
    SELECT id, max(title) AS title, max(url) AS url
    FROM artifacts
    GROUP BY id
)

SELECT
    f.follower, f.leader, f.kind, f.occasion, f.how, f.repository, f.used_in, f.used_at,
    f.unit AS follower_unit,
    f.leader_unit, f.name, f.used_name, f.path, f.line, f.introduced, f.language, s.evidence,
    f.time, f.weight, f.amount, f.imported, f.ai,
    coalesce(t.title, c.title) AS title,
    coalesce(t.url, c.url) AS follower_url,
    w.title AS cited_title,
    w.url AS leader_url
FROM following AS f
INNER JOIN asked AS a ON a.person = f.leader
LEFT JOIN told AS s ON s.id = f.id
LEFT JOIN titles AS t ON t.repository = coalesce(f.used_in, f.repository) AND t.unit = f.unit
LEFT JOIN works AS c ON f.kind = 'cites' AND c.id = f.unit
LEFT JOIN works AS w ON f.kind = 'cites' AND w.id = f.name
WHERE f.occasion IN ('free', 'unknown')
