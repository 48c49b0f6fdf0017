-- What lies in the window, in numbers: what, and how many. Accounts are matched where whoever acted in a review has commits, too.
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

SELECT 'commits' AS what, count(*) AS n
FROM commits
UNION ALL
SELECT 'ai_commits', count(*)
FROM commits
WHERE ai
UNION ALL
SELECT 'bot_commits', count(*)
FROM commits
WHERE bot = 1
UNION ALL
SELECT 'reviews', count(DISTINCT (a.repository, a.unit, a.actor, a.time))
FROM acts AS a
CROSS JOIN bounds AS b
WHERE a.kind = 'review' AND a.visible <= b.until AND a.time >= b.since
UNION ALL
SELECT 'reviewing', count(*)
FROM reviewing
UNION ALL
SELECT 'reviewing_matched', count(*)
FROM reviewing AS r
INNER JOIN committing AS c ON c.person = r.person
UNION ALL
SELECT 'signals', count(*)
FROM following
UNION ALL
SELECT 'advised_units', count(DISTINCT unit)
FROM following
WHERE kind = 'consults'
UNION ALL
SELECT 'repositories', count(DISTINCT repository)
FROM harvests
WHERE connector <> 'documents'
UNION ALL
SELECT 'documents', count(DISTINCT id)
FROM artifacts
WHERE created IS NULL OR created <= (SELECT until FROM bounds)
UNION ALL
SELECT 'citations', count(*)
FROM citing
WHERE reason IS NULL
