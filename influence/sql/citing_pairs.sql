-- What each citing author adds to each cited one, by whether it is owed to management: the sum over works of shares * log(1 + c) / c, c being the
-- works that cite that one, also those of authors who can neither follow nor lead. In whole numbers of 2 ** -60, so that
-- the order of the rows does not show.
WITH links AS (
    SELECT c.link, c.time, ln(1 + w.citing) / w.citing * pow(2, 60) AS worth
    FROM citing AS c
    INNER JOIN citing_works AS w ON w.name = c.cited
    WHERE c.reason IS NULL
)

SELECT
    f.follower, f.leader, f.obliged,
    count(*) AS signals,
    coalesce(CAST(sum(CAST(round(f.weight * l.worth) AS BIGINT)) AS DOUBLE) / pow(2, 60), 0) AS value,
    min(l.time) AS first,
    max(l.time) AS last
FROM followed_citations AS f
LEFT JOIN links AS l ON l.link = f.link
GROUP BY f.follower, f.leader, f.obliged
ORDER BY f.follower, f.leader, f.obliged
