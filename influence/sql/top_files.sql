-- The file on which most of each leader's influence hangs.
SELECT leader, repository, path, influence
FROM (
    SELECT *, row_number() OVER (PARTITION BY leader ORDER BY influence DESC, repository, path) AS place
    FROM files
) AS ranked
WHERE place = 1
