-- How much of each leader's being built upon came before any direct contact, over what v sums; only in repositories whose
-- harvests see contact in reviews.
WITH built AS (
    SELECT
        f.follower, f.leader, f.kind, f.week, f.weight,
        c.first IS NULL OR f.time < c.first AS silent
    FROM following AS f
    LEFT JOIN contacts AS c ON c.a = least(f.follower, f.leader) AND c.b = greatest(f.follower, f.leader)
    WHERE
        f.kind IN ('builds_on', 'adopts') AND f.occasion IN ('free', 'unknown')
        AND f.repository IN (SELECT repository FROM harvests WHERE contact = 'review')
),

weekly AS (
    SELECT
        leader, silent,
        CASE WHEN kind = 'builds_on' AND sum(weight) > 1 THEN 1 ELSE sum(weight) END AS amount
    FROM built
    GROUP BY follower, leader, kind, week, silent
)

SELECT leader, sum(CASE WHEN silent THEN amount ELSE 0 END) / sum(amount) AS silent_share
FROM weekly
GROUP BY leader
HAVING sum(amount) > 0
