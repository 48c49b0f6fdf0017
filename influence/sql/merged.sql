-- Who merged which unit. Whoever merged a pull request, or one commit of it, merged all that is part of it.
WITH wholes AS (
    SELECT repository, unit, max(part_of) AS part_of
    FROM units
    WHERE part_of IS NOT NULL
    GROUP BY repository, unit
),

merges AS (
    SELECT DISTINCT a.repository, coalesce(w.part_of, a.unit) AS whole, p.person
    FROM acts AS a
    INNER JOIN persons AS p ON p.key = a.actor
    LEFT JOIN wholes AS w ON w.repository = a.repository AND w.unit = a.unit
    WHERE a.kind = 'merge' AND a.visible <= (SELECT until FROM bounds)
)

SELECT repository, whole AS unit, person
FROM merges
UNION
SELECT w.repository, w.unit, m.person
FROM merges AS m
INNER JOIN wholes AS w ON w.repository = m.repository AND w.part_of = m.whole
