-- The first definition of every name in its repository: all rows of the unit that comes first. A name that is private to
-- a file of C introduces nothing that a later public definition of that name would not. Where a method came first, a bare
-- word means the first definition that is none: that one is kept beside it, as `bare`.
WITH ranked AS (
    SELECT
        *,
        rank() OVER (PARTITION BY repository, name ORDER BY private, time, visible, unit) AS place,
        rank() OVER (PARTITION BY repository, name, method ORDER BY private, time, visible, unit) AS own_place
    FROM definitions
),

methods AS (
    SELECT repository, name
    FROM ranked
    WHERE place = 1
    GROUP BY repository, name
    HAVING bool_and(method)
)

SELECT
    repository, name, unit, path, person, class, line, share, time, visible, via, language, imported, renamed_from,
    private, false AS bare
FROM ranked
WHERE place = 1
UNION ALL
SELECT
    r.repository, r.name, r.unit, r.path, r.person, r.class, r.line, r.share, r.time, r.visible, r.via, r.language,
    r.imported, r.renamed_from, r.private, true AS bare
FROM ranked AS r
INNER JOIN methods AS m ON m.repository = r.repository AND m.name = r.name
WHERE NOT r.method AND r.own_place = 1
