-- How many works cite a work, of those that share no author with it: the c of the formula for `cites`.
SELECT c.cited AS name, count(*) AS citing
FROM citing AS c
WHERE
    c.reason IS NULL
    AND EXISTS (SELECT 1 FROM authors AS a WHERE a.work = c.citing_work AND a.share > 0)
    AND EXISTS (SELECT 1 FROM authors AS a WHERE a.work = c.cited_work AND a.share > 0)
GROUP BY c.cited
