-- How much there is of each pair, kind and occasion, and how much of it went through an assistant or an import; of
-- citations, `citing_pairs`.
SELECT
    follower, leader, kind, occasion,
    count(*) AS signals,
    sum(weight) AS weight,
    sum(CASE WHEN ai THEN weight ELSE 0 END) AS ai_weight,
    sum(CASE WHEN imported THEN weight ELSE 0 END) AS imported_weight,
    min(time) AS first,
    max(time) AS last
FROM followed
GROUP BY follower, leader, kind, occasion
