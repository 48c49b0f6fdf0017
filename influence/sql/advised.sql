-- Who advised on which unit, when, and what the unit touched; only where power over a repository or its paths is known.
WITH touched AS (
    SELECT repository, unit, max(paths) AS paths
    FROM units
    GROUP BY repository, unit
)

SELECT f.repository, f.unit, f.leader, min(f.time) AS time, max(t.paths) AS paths
FROM acts_of_following AS f
LEFT JOIN touched AS t ON t.repository = f.repository AND t.unit = f.unit
WHERE
    f.kind IN ('consults', 'heeds')
    AND f.repository IN (SELECT repository FROM powers WHERE repository IS NOT NULL)
GROUP BY f.repository, f.unit, f.leader
