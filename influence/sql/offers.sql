-- Modules and packages that a repository gives to others, one row a person: who gave them first. A person of -1 is
-- nobody we may name. Whoever renamed one did not coin it: nobody leads by it (`renamed`).
WITH given AS (
    SELECT
        n.repository, n.family, n.name, n.unit, n.path, n.line, n.time, n.visible, n.share, n.language,
        coalesce(p.person, -1) AS person,
        coalesce(p.class, 'nobody') AS class,
        coalesce(n.imported, false) AS imported,
        n.via IS NOT NULL AS ai,
        n.renamed_from IS NOT NULL AS renamed,
        rank() OVER (PARTITION BY n.repository, n.family, n.name ORDER BY n.time, n.visible, n.unit) AS place
    FROM names AS n
    LEFT JOIN persons AS p ON p.key = n.identity
    WHERE
        n.language IN ('module', 'package') AND coalesce(n.public, true) AND n.visible <= (SELECT until FROM bounds)
),

-- When its last file went, where it did not come again.
ends AS (
    SELECT
        repository, family, name,
        CASE WHEN NOT max_by(coalesce(public, true), time) THEN max(time) END AS until
    FROM names
    WHERE language IN ('module', 'package') AND visible <= (SELECT until FROM bounds)
    GROUP BY repository, family, name
)

SELECT
    g.repository, g.family, g.name, g.person,
    max(class) AS class,
    min(unit) AS unit,
    min(path) AS path,
    min_by(line, path) AS line,
    min(time) AS time,
    min(visible) AS visible,
    max(share) AS share,
    max(language) AS language,
    bool_or(imported) AS imported,
    bool_or(ai) AS ai,
    bool_or(renamed) AS renamed,
    max(e.until) AS until
FROM given AS g
INNER JOIN ends AS e ON e.repository = g.repository AND e.family = g.family AND e.name = g.name
WHERE g.place = 1
GROUP BY g.repository, g.family, g.name, g.person
