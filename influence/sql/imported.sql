-- Modules and packages that a file imports or asks for, since when, and which other repository gives them: none where
-- the repository has them itself, or where none or several do. `word` is what comes last: the name, where one is imported.
WITH givers AS (
    SELECT family, name, min(repository) AS repository, count(DISTINCT repository) AS repositories,
        max(until) AS until
    FROM offers
    GROUP BY family, name
),

own AS (
    SELECT DISTINCT repository, family, name
    FROM offers
),

files AS (
    SELECT repository, family, name, path, min(time) AS since
    FROM uses
    WHERE split_part(family, ':', 1) IN ('module', 'package') AND visible <= (SELECT until FROM bounds)
    GROUP BY repository, family, name, path
)

SELECT
    f.repository, f.path, f.family, f.name, f.since,
    split_part(f.family, ':', 2) AS speech,
    regexp_extract(f.name, '[^./\\]+$') AS word,
    regexp_replace(f.name, '[./\\][^./\\]+$', '') AS inside,
    CASE WHEN g.repositories = 1 AND o.name IS NULL AND (g.until IS NULL OR f.since < g.until) THEN g.repository END AS leader_repository
FROM files AS f
LEFT JOIN givers AS g ON g.family = f.family AND g.name = f.name
LEFT JOIN own AS o ON o.repository = f.repository AND o.family = f.family AND o.name = f.name
