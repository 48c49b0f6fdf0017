-- Who defined which name (modules and packages apart: `offers`), each row once whatever number of clones told of it. A person of -1 is nobody we may name.
SELECT
    n.repository,
    n.name,
    n.unit,
    n.path,
    coalesce(p.person, -1) AS person,
    coalesce(p.class, 'nobody') AS class,
    min(n.line) AS line,
    max(n.share) AS share,
    min(n.time) AS time,
    min(n.visible) AS visible,
    max(n.via) AS via,
    max(n.language) AS language,
    max(n.family) AS family,
    -- What is only ever reached through its object.
    bool_and(coalesce(n.method, false)) AS method,
    bool_or(coalesce(n.imported, false)) AS imported,
    max(n.renamed_from) AS renamed_from,
    bool_or(coalesce(n.public, true)) AS public,
    -- A `static` of C is another name in every file.
    bool_and(NOT coalesce(n.public, true)) AND max(n.language) IN ('c', 'c++') AS private
FROM names AS n
LEFT JOIN persons AS p ON p.key = n.identity
WHERE n.visible <= (SELECT until FROM bounds) AND coalesce(n.language, '') NOT IN ('module', 'package')
GROUP BY n.repository, n.name, n.unit, n.path, coalesce(p.person, -1), coalesce(p.class, 'nobody')
