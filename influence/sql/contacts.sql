-- When two people first had to do with each other directly: a review, a trailer, a mention, a mail, work done together.
WITH told AS (
    SELECT p.person AS a, q.person AS b, x.time
    FROM acts AS x
    INNER JOIN persons AS p ON p.key = x.actor
    INNER JOIN persons AS q ON q.key = x.counterpart
    WHERE x.visible <= (SELECT until FROM bounds)
    UNION ALL
    SELECT p.person, q.person, CASE WHEN x.time > y.time THEN x.time ELSE y.time END
    FROM acts AS x
    INNER JOIN acts AS y ON y.repository = x.repository AND y.unit = x.unit AND y.actor > x.actor
    INNER JOIN persons AS p ON p.key = x.actor
    INNER JOIN persons AS q ON q.key = y.actor
    WHERE
        x.visible <= (SELECT until FROM bounds) AND y.visible <= (SELECT until FROM bounds)
        AND x.kind <> 'document' AND y.kind <> 'document'
    UNION ALL
    -- Who wrote a work that nobody dated may have known each other all along.
    SELECT x.person, y.person, coalesce(w.created, TIMESTAMP '0001-01-01 00:00:00')
    FROM authors AS x
    INNER JOIN authors AS y ON y.artifact = x.artifact AND y.person > x.person
    LEFT JOIN (SELECT id, min(created) AS created FROM artifacts GROUP BY id) AS w ON w.id = x.artifact
    WHERE x.person >= 0 AND x.authors <= 50
    UNION ALL
    SELECT follower, leader, time
    FROM staged_signals
    WHERE
        kind IN ('consults', 'heeds', 'mentions') AND follower IS NOT NULL AND leader IS NOT NULL
        AND (reason IS NULL OR reason = 'outside the window')
)

SELECT least(a, b) AS a, greatest(a, b) AS b, min(time) AS first
FROM told
WHERE a <> b
GROUP BY least(a, b), greatest(a, b)
