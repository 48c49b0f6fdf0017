-- Who introduced an origin, one row a person: the authors of its first definition; of its first that is no method, too,
-- where a method came first (`bare`).
SELECT
    f.repository,
    f.name AS origin,
    f.person,
    f.bare,
    max(f.class) AS class,
    min(f.unit) AS unit,
    min(f.time) AS time,
    min(f.visible) AS visible,
    min(f.path) AS path,
    min_by(f.line, f.path) AS line,
    max(f.share) AS share,
    bool_or(f.via IS NOT NULL) AS ai,
    bool_or(f.imported) AS imported,
    max(f.language) AS language,
    bool_and(f.private) AS private
FROM first_definitions AS f
WHERE f.renamed_from IS NULL
GROUP BY f.repository, f.name, f.person, f.bare
