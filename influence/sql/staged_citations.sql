-- Citations as following: one row per citing author, cited author and pair of works (`link` in `citing`).
SELECT
    'cites' AS kind,
    c.link,
    f.share * l.share AS weight,
    f.person AS follower,
    l.person AS leader,
    CASE
        WHEN f.person < 0 OR l.person < 0 THEN 'identity not listed'
        WHEN f.class = 'bot' OR l.class = 'bot' THEN 'bot'
        WHEN f.class = 'agent' OR l.class = 'agent' THEN 'agent'
    END AS reason
FROM citing AS c
INNER JOIN authors AS f ON f.work = c.citing_work
INNER JOIN authors AS l ON l.work = c.cited_work
WHERE c.reason IS NULL
