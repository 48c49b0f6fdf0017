-- name -> the name it goes back to through renamings (itself, where it was new). A name whose old name nobody
-- defined, or that goes round in a circle, has no row: nobody introduced it.
WITH RECURSIVE heads AS (
    SELECT repository, name, max(renamed_from) AS renamed_from
    FROM first_definitions
    WHERE NOT bare
    GROUP BY repository, name
),

chain AS (
    SELECT repository, name, name AS origin, renamed_from, 0 AS steps
    FROM heads
    UNION ALL
    SELECT c.repository, c.name, h.name AS origin, h.renamed_from, c.steps + 1 AS steps
    FROM chain AS c
    INNER JOIN heads AS h ON h.repository = c.repository AND h.name = c.renamed_from
    WHERE c.steps < 100
)

SELECT repository, name, origin
FROM chain
WHERE renamed_from IS NULL
