-- Which work cites which, each pair once at its first time. `reason` says why the pair makes no following;
-- `link` is its number; `citing_work` and `cited_work` are the numbers of the works in `authors`, null where it names
-- nobody.
WITH first_times AS (
    SELECT citing, cited, min(time) AS time, min(visible) AS visible, min(how) AS how,
        min(CASE WHEN how IN ('superseded-by', 'obsoleted-by', 'updated-by') THEN 1 ELSE 0 END) AS pointer
    FROM citations
    WHERE visible <= (SELECT until FROM bounds)
    GROUP BY citing, cited
),

works AS (
    SELECT artifact, min(work) AS work, max(authors) > 50 AS crowded
    FROM authors
    GROUP BY artifact
),

once AS (
    SELECT f.*, x.work AS citing_work, y.work AS cited_work, x.crowded OR y.crowded AS crowded
    FROM first_times AS f
    LEFT JOIN works AS x ON x.artifact = f.citing
    LEFT JOIN works AS y ON y.artifact = f.cited
),

shared AS (
    SELECT DISTINCT o.citing_work, o.cited_work
    FROM once AS o
    INNER JOIN authors AS a ON a.work = o.citing_work AND a.person >= 0
    INNER JOIN authors AS b ON b.work = o.cited_work AND b.person = a.person
)

SELECT
    CAST(row_number() OVER () AS INTEGER) AS link,
    o.citing, o.cited, o.citing_work, o.cited_work, o.time, o.visible, o.how,
    CASE
        WHEN o.time < (SELECT since FROM bounds) OR o.time > (SELECT until FROM bounds) THEN 'outside the window'
        WHEN o.citing = o.cited OR s.citing_work IS NOT NULL THEN 'own work'
        WHEN o.pointer = 1 THEN 'pointer'
        WHEN o.crowded THEN 'more than 50 authors'
    END AS reason
FROM once AS o
LEFT JOIN shared AS s ON s.citing_work = o.citing_work AND s.cited_work = o.cited_work
