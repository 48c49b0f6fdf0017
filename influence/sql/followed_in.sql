-- Where who is followed by whom: the directory of the leader's work, or of the unit that the advice was about; null where
-- that is not known.
WITH counted AS (
    SELECT leader, follower, repository, unit, path
    FROM following
    WHERE occasion IN ('free', 'unknown') AND repository IS NOT NULL
),

touched AS (
    SELECT repository, unit, max(paths) AS paths
    FROM units
    GROUP BY repository, unit
),

placed AS (
    SELECT leader, follower, repository, path
    FROM counted
    WHERE path IS NOT NULL
    UNION ALL
    SELECT c.leader, c.follower, c.repository, p.path
    FROM counted AS c
    INNER JOIN touched AS t ON t.repository = c.repository AND t.unit = c.unit
    CROSS JOIN UNNEST(t.paths) AS p(path)
    WHERE c.path IS NULL
    UNION ALL
    SELECT c.leader, c.follower, c.repository, NULL
    FROM counted AS c
    LEFT JOIN touched AS t ON t.repository = c.repository AND t.unit = c.unit
    WHERE c.path IS NULL AND t.paths IS NULL
)

SELECT leader, follower, repository, regexp_replace(path, '/?[^/]*$', '') AS directory, count(*) AS acts
FROM placed
GROUP BY leader, follower, repository, regexp_replace(path, '/?[^/]*$', '')
