-- Every work that could be cited by the end of the window, and how many people follow somebody by citing it. Of citations,
-- of which there are millions, only numbers are joined: a work's is that of its first link.
WITH numbered AS (
    SELECT cited, min(link) AS work
    FROM citing
    GROUP BY cited
),

links AS (
    SELECT c.link, n.work
    FROM citing AS c
    INNER JOIN numbered AS n ON n.cited = c.cited
    WHERE c.reason IS NULL
),

following_works AS (
    SELECT DISTINCT l.work, f.follower
    FROM followed_citations AS f
    INNER JOIN links AS l ON l.link = f.link
    WHERE NOT f.obliged
),

followed AS (
    SELECT n.cited, count(*) AS followers
    FROM following_works AS f
    INNER JOIN numbered AS n ON n.work = f.work
    GROUP BY n.cited
)

SELECT
    a.id, max(a.title) AS title, min(a.created) AS created, max(a.status) AS status,
    max(coalesce(f.followers, 0)) AS followers
FROM artifacts AS a
LEFT JOIN followed AS f ON f.cited = a.id
WHERE a.created IS NULL OR a.created <= (SELECT until FROM bounds)
GROUP BY a.id
