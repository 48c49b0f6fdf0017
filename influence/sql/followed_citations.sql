-- Citations that are following. There are millions: what the pair of works has in common stays in `citing`.
WITH owed AS (
    SELECT DISTINCT s.link, s.follower, s.leader
    FROM staged_citations AS s
    INNER JOIN management AS m ON m.leader = s.leader AND m.follower = s.follower
    INNER JOIN citing AS c ON c.link = s.link
    WHERE (m.since IS NULL OR m.since <= c.time) AND (m.until IS NULL OR c.time < m.until)
)

SELECT
    s.link,
    CAST(s.follower AS INTEGER) AS follower,
    CAST(s.leader AS INTEGER) AS leader,
    s.weight,
    o.link IS NOT NULL AS obliged
FROM staged_citations AS s
LEFT JOIN owed AS o ON o.link = s.link AND o.follower = s.follower AND o.leader = s.leader
WHERE s.reason IS NULL
