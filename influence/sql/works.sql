-- Every work that could be cited by the end of the window, and how many people follow somebody by citing it.
WITH followed AS (
    SELECT name, count(DISTINCT follower) AS followers
    FROM following
    WHERE kind = 'cites' AND occasion IN ('free', 'unknown')
    GROUP BY name
)

SELECT
    a.id, max(a.title) AS title, min(a.created) AS created, max(a.status) AS status,
    max(coalesce(f.followers, 0)) AS followers
FROM artifacts AS a
LEFT JOIN followed AS f ON f.name = a.id
WHERE a.created IS NULL OR a.created <= (SELECT until FROM bounds)
GROUP BY a.id
