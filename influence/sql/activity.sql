-- What every person did: commits and works inside the window, first and last act. Advice that was taken is an act of who gave it.
WITH mine AS (
    SELECT p.person, a.kind, a.repository, a.unit, min(a.time) AS first, max(a.time) AS last
    FROM acts AS a
    INNER JOIN persons AS p ON p.key = a.actor
    WHERE a.visible <= (SELECT until FROM bounds)
    GROUP BY p.person, a.kind, a.repository, a.unit
    UNION ALL
    SELECT follower, 'followed', NULL, NULL, min(time), max(time)
    FROM following
    GROUP BY follower
    UNION ALL
    SELECT leader, 'advised', NULL, NULL, min(time), max(time)
    FROM following
    WHERE kind IN ('consults', 'heeds')
    GROUP BY leader
)

SELECT
    m.person,
    CAST(sum(CASE WHEN m.kind = 'commit' AND m.first >= b.since AND m.first <= b.until THEN 1 ELSE 0 END) AS BIGINT)
        AS commits,
    CAST(sum(CASE WHEN m.kind = 'document' AND m.first >= b.since AND m.first <= b.until THEN 1 ELSE 0 END) AS BIGINT)
        AS works,
    min(m.first) AS first_seen,
    max(m.last) AS last_seen
FROM mine AS m
CROSS JOIN bounds AS b
GROUP BY m.person
