-- Following in the kinds that are counted by weeks, one row per pair, kind, occasion and week.
SELECT follower, leader, kind, occasion, week, sum(weight) AS weight
FROM following
WHERE kind NOT IN ('adopts', 'cites')
GROUP BY follower, leader, kind, occasion, week
