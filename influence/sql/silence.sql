-- How much of each leader's being built upon came before any direct contact, over what v sums. Of code only in
-- repositories whose harvests see contact in reviews. Of documents, which tell no contact but writing together, only where
-- the two never worked in one repository whose reviews were not read.
WITH built AS (
    SELECT
        f.follower, f.leader, f.kind, f.unit, f.name, f.week, f.weight, f.repository,
        c.first IS NULL OR f.time < c.first AS silent
    FROM following AS f
    LEFT JOIN contacts AS c ON c.a = least(f.follower, f.leader) AND c.b = greatest(f.follower, f.leader)
    WHERE f.kind IN ('builds_on', 'adopts', 'cites') AND f.occasion IN ('free', 'unknown')
),

weekly AS (
    SELECT
        leader, silent,
        CASE WHEN kind = 'builds_on' AND sum(weight) > 1 THEN 1 ELSE sum(weight) END AS amount
    FROM built
    WHERE kind <> 'cites' AND repository IN (SELECT repository FROM harvests WHERE contact = 'review')
    GROUP BY follower, leader, kind, week, silent
),

worked AS (
    SELECT DISTINCT p.person, a.repository
    FROM acts AS a
    INNER JOIN harvests AS h ON h.source = a.source AND h.connector = 'git'
    INNER JOIN persons AS p ON p.key = a.actor
    WHERE a.repository NOT IN (SELECT repository FROM harvests WHERE contact = 'review' AND repository IS NOT NULL)
),

unseen AS (
    SELECT DISTINCT b.follower, b.leader
    FROM built AS b
    INNER JOIN worked AS f ON f.person = b.follower
    INNER JOIN worked AS l ON l.person = b.leader AND l.repository = f.repository
    WHERE b.kind = 'cites'
),

told AS (
    SELECT c.citing, c.cited
    FROM citations AS c
    INNER JOIN harvests AS h ON h.source = c.source
    GROUP BY c.citing, c.cited
    HAVING min(CASE WHEN h.connector <> 'git' AND h.contact IN ('coauthors', 'review') THEN 1 ELSE 0 END) = 1
),

amounts AS (
    SELECT leader, silent, amount
    FROM weekly
    UNION ALL
    SELECT b.leader, b.silent, b.weight * ln(1 + w.citing) / w.citing
    FROM built AS b
    INNER JOIN told AS t ON t.citing = b.unit AND t.cited = b.name
    INNER JOIN citing_works AS w ON w.name = b.name
    LEFT JOIN unseen AS u ON u.follower = b.follower AND u.leader = b.leader
    WHERE b.kind = 'cites' AND u.follower IS NULL
)

SELECT leader, sum(CASE WHEN silent THEN amount ELSE 0 END) / sum(amount) AS silent_share
FROM amounts
GROUP BY leader
HAVING sum(amount) > 0
