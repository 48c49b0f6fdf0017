-- What lies in the window, in numbers.
WITH commits AS (
    SELECT a.repository, a.unit, bool_or(a.via IS NOT NULL) AS ai, min(CASE WHEN p.class = 'bot' THEN 1 ELSE 0 END) AS bot
    FROM acts AS a
    INNER JOIN persons AS p ON p.key = a.actor
    CROSS JOIN bounds AS b
    WHERE a.kind = 'commit' AND a.visible <= b.until AND a.time >= b.since
    GROUP BY a.repository, a.unit
)

SELECT
    (SELECT count(*) FROM commits) AS commits,
    (SELECT count(*) FROM commits WHERE ai) AS ai_commits,
    (SELECT count(*) FROM commits WHERE bot = 1) AS bot_commits,
    (SELECT count(*) FROM following) AS signals,
    (SELECT count(DISTINCT f.unit) FROM following AS f WHERE f.kind = 'consults') AS advised_units,
    (SELECT count(DISTINCT repository) FROM harvests WHERE connector <> 'documents') AS repositories,
    (
        SELECT count(DISTINCT id) FROM artifacts
        WHERE created IS NULL OR created <= (SELECT until FROM bounds)
    ) AS documents,
    (SELECT count(*) FROM citing WHERE reason IS NULL) AS citations
