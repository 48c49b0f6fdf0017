-- Who committed in which directory.
WITH changed AS (
    SELECT DISTINCT u.repository, u.unit, regexp_replace(p.path, '/?[^/]*$', '') AS directory
    FROM units AS u
    CROSS JOIN UNNEST(u.paths) AS p(path)
)

SELECT DISTINCT c.repository, c.directory, p.person
FROM acts AS a
INNER JOIN persons AS p ON p.key = a.actor AND p.class = 'person'
INNER JOIN changed AS c ON c.repository = a.repository AND c.unit = a.unit
WHERE a.kind = 'commit' AND a.visible <= (SELECT until FROM bounds)
