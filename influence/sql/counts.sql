-- What lies in the window, in numbers. Accounts are matched where whoever acted in a review has commits, too.
WITH reviewing AS (
    SELECT DISTINCT p.person
    FROM acts AS a
    INNER JOIN persons AS p ON p.key = a.actor AND p.class = 'person'
    CROSS JOIN bounds AS b
    WHERE a.kind IN ('pull_request', 'review', 'comment') AND a.visible <= b.until AND a.time >= b.since
),

committing AS (
    SELECT DISTINCT p.person
    FROM acts AS a
    INNER JOIN persons AS p ON p.key = a.actor AND p.class = 'person'
    WHERE a.kind = 'commit' AND a.visible <= (SELECT until FROM bounds)
),

commits AS (
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
    (
        SELECT count(DISTINCT (a.repository, a.unit, a.actor, a.time))
        FROM acts AS a
        CROSS JOIN bounds AS b
        WHERE a.kind = 'review' AND a.visible <= b.until AND a.time >= b.since
    ) AS reviews,
    (SELECT count(*) FROM reviewing) AS reviewing,
    (SELECT count(*) FROM reviewing AS r INNER JOIN committing AS c ON c.person = r.person) AS reviewing_matched,
    (SELECT count(*) FROM following) AS signals,
    (SELECT count(DISTINCT f.unit) FROM following AS f WHERE f.kind = 'consults') AS advised_units,
    (SELECT count(DISTINCT repository) FROM harvests WHERE connector <> 'documents') AS repositories,
    (
        SELECT count(DISTINCT id) FROM artifacts
        WHERE created IS NULL OR created <= (SELECT until FROM bounds)
    ) AS documents,
    (SELECT count(*) FROM citing WHERE reason IS NULL) AS citations
