-- How much of each leader's being built upon came before any direct contact, over what v sums. Of code only in
-- repositories whose harvests see contact in reviews. Of documents, which tell no contact but writing together, only where
-- the two never worked in one repository whose reviews were not read. Of citations, of which there are millions, only
-- numbers are joined.
WITH weekly AS (
    SELECT
        f.leader, c.first IS NULL OR f.time < c.first AS silent,
        CASE WHEN f.kind = 'builds_on' AND sum(f.weight) > 1 THEN 1 ELSE sum(f.weight) END AS amount
    FROM followed AS f
    LEFT JOIN contacts AS c ON c.a = least(f.follower, f.leader) AND c.b = greatest(f.follower, f.leader)
    WHERE
        f.kind IN ('builds_on', 'adopts') AND f.occasion IN ('free', 'unknown')
        AND f.repository IN (SELECT repository FROM harvests WHERE contact = 'review')
    GROUP BY f.follower, f.leader, f.kind, f.week, c.first IS NULL OR f.time < c.first
),

worked AS (
    SELECT DISTINCT p.person, a.repository
    FROM acts AS a
    INNER JOIN harvests AS h ON h.source = a.source AND h.connector = 'git'
    INNER JOIN persons AS p ON p.key = a.actor
    WHERE a.repository NOT IN (SELECT repository FROM harvests WHERE contact = 'review' AND repository IS NOT NULL)
),

unseen AS (
    SELECT DISTINCT c.follower, c.leader
    FROM followed_citations AS c
    INNER JOIN worked AS f ON f.person = c.follower
    INNER JOIN worked AS l ON l.person = c.leader AND l.repository = f.repository
),

-- Told also by a source that does not see who wrote together.
blind AS (
    SELECT DISTINCT c.citing, c.cited
    FROM citations AS c
    INNER JOIN harvests AS h ON h.source = c.source
    WHERE h.connector = 'git' OR h.contact IS NULL OR h.contact NOT IN ('coauthors', 'review')
),

links AS (
    SELECT c.link, c.time, ln(1 + w.citing) / w.citing AS worth
    FROM citing AS c
    INNER JOIN citing_works AS w ON w.name = c.cited
    LEFT JOIN blind AS b ON b.citing = c.citing AND b.cited = c.cited
    WHERE c.reason IS NULL AND b.citing IS NULL
),

amounts AS (
    SELECT leader, silent, amount
    FROM weekly
    UNION ALL
    SELECT f.leader, c.first IS NULL OR l.time < c.first, f.weight * l.worth
    FROM followed_citations AS f
    INNER JOIN links AS l ON l.link = f.link
    LEFT JOIN contacts AS c ON c.a = least(f.follower, f.leader) AND c.b = greatest(f.follower, f.leader)
    LEFT JOIN unseen AS u ON u.follower = f.follower AND u.leader = f.leader
    WHERE NOT f.obliged AND u.follower IS NULL
)

SELECT leader, sum(CASE WHEN silent THEN amount ELSE 0 END) / sum(amount) AS silent_share
FROM amounts
GROUP BY leader
HAVING sum(amount) > 0
