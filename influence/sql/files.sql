-- Which part of a leader's influence hangs on which file: what a follower adds, divided among the paths by their weight.
-- `worth`: influence of every pair and kind that counts.
WITH counted AS (
    SELECT follower, leader, kind, repository, path, weight
    FROM following
    WHERE occasion IN ('free', 'unknown') AND kind IN ('builds_on', 'adopts')
),

parts AS (
    SELECT follower, leader, kind, repository, path, sum(weight) AS weight
    FROM counted
    WHERE path IS NOT NULL
    GROUP BY follower, leader, kind, repository, path
),

totals AS (
    SELECT follower, leader, kind, sum(weight) AS weight
    FROM counted
    GROUP BY follower, leader, kind
)

SELECT p.leader, p.repository, p.path, sum(w.influence * p.weight / t.weight) AS influence,
    count(DISTINCT p.follower) AS followers
FROM parts AS p
INNER JOIN totals AS t ON t.follower = p.follower AND t.leader = p.leader AND t.kind = p.kind AND t.weight > 0
INNER JOIN worth AS w ON w.follower = p.follower AND w.leader = p.leader AND w.kind = p.kind
GROUP BY p.leader, p.repository, p.path
