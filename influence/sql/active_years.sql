-- Who was active in which repository in which year.
SELECT DISTINCT a.repository, CAST(extract(year FROM a.time) AS BIGINT) AS year, p.person
FROM acts AS a
INNER JOIN persons AS p ON p.key = a.actor AND p.class = 'person'
WHERE a.kind IN ('commit', 'pull_request', 'review', 'comment') AND a.visible <= (SELECT until FROM bounds)
