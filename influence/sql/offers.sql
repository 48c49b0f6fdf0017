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
    WHERE n.language IN ('module', 'package') AND n.visible <= (SELECT until FROM bounds)
)

SELECT
    repository, family, name, person,
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
    bool_or(renamed) AS renamed
FROM given
WHERE place = 1
GROUP BY repository, family, name, person
