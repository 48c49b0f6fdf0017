-- Citations that are following. There are millions: what the pair of works has in common stays in `citing`.
SELECT
    s.link,
    CAST(s.follower AS INTEGER) AS follower,
    CAST(s.leader AS INTEGER) AS leader,
    s.weight,
    EXISTS (
        SELECT 1
        FROM management AS m
        INNER JOIN citing AS c ON c.link = s.link
        WHERE
            m.leader = s.leader AND m.follower = s.follower
            AND (m.since IS NULL OR m.since <= c.time) AND (m.until IS NULL OR c.time < m.until)
    ) AS obliged
FROM staged_citations AS s
WHERE s.reason IS NULL
