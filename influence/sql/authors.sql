-- Who wrote which work, each once whatever number of sources told of it; `authors` is how many the work names, `place`
-- orders them as its byline does: authors are written in that order; `work` is a number of the work, because numbers are
-- joined several times faster than texts.
WITH once AS (
    SELECT a.artifact, a.identity, max(a.share) AS share, min(a.rowid) AS place
    FROM authorships AS a
    WHERE a.visible <= (SELECT until FROM bounds)
    GROUP BY a.artifact, a.identity
),

sizes AS (
    SELECT artifact, count(*) AS authors, CAST(row_number() OVER () AS INTEGER) AS work
    FROM once
    GROUP BY artifact
)

SELECT o.artifact, min(s.work) AS work, coalesce(p.person, -1) AS person, coalesce(p.class, 'nobody') AS class, sum(o.share) AS share,
    max(s.authors) AS authors, min(o.place) AS place
FROM once AS o
INNER JOIN sizes AS s ON s.artifact = o.artifact
LEFT JOIN persons AS p ON p.key = o.identity
GROUP BY o.artifact, coalesce(p.person, -1), coalesce(p.class, 'nobody')
