-- Which work cites which, each pair once at its first time. `reason` says why the pair makes no following;
-- `link` is its number.
WITH once AS (
    SELECT citing, cited, min(time) AS time, min(visible) AS visible, min(how) AS how,
        min(CASE WHEN how IN ('superseded-by', 'obsoleted-by', 'updated-by') THEN 1 ELSE 0 END) AS pointer
    FROM citations
    WHERE visible <= (SELECT until FROM bounds)
    GROUP BY citing, cited
),

crowded AS (
    SELECT DISTINCT artifact
    FROM authors
    WHERE authors > 50
),

shared AS (
    SELECT DISTINCT o.citing, o.cited
    FROM once AS o
    INNER JOIN authors AS a ON a.artifact = o.citing AND a.person >= 0
    INNER JOIN authors AS b ON b.artifact = o.cited AND b.person = a.person
)

SELECT
    row_number() OVER (ORDER BY o.citing, o.cited) AS link,
    o.citing, o.cited, o.time, o.visible, o.how,
    CASE
        WHEN o.time < (SELECT since FROM bounds) OR o.time > (SELECT until FROM bounds) THEN 'outside the window'
        WHEN o.citing = o.cited OR s.citing IS NOT NULL THEN 'own work'
        WHEN o.pointer = 1 THEN 'pointer'
        WHEN x.artifact IS NOT NULL OR y.artifact IS NOT NULL THEN 'more than 50 authors'
    END AS reason
FROM once AS o
LEFT JOIN shared AS s ON s.citing = o.citing AND s.cited = o.cited
LEFT JOIN crowded AS x ON x.artifact = o.citing
LEFT JOIN crowded AS y ON y.artifact = o.cited
