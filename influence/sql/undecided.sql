-- From when on a name is undecidable on lines: its third definer or third file.
WITH definers AS (
    SELECT repository, name, person, min(time) AS time
    FROM definitions
    GROUP BY repository, name, person
),

files AS (
    SELECT repository, name, path, min(time) AS time
    FROM definitions
    GROUP BY repository, name, path
),

ranked AS (
    SELECT repository, name, time, row_number() OVER (PARTITION BY repository, name ORDER BY time) AS place
    FROM definers
    UNION ALL
    SELECT repository, name, time, row_number() OVER (PARTITION BY repository, name ORDER BY time) AS place
    FROM files
)

SELECT repository, name, min(time) AS since
FROM ranked
WHERE place = 3
GROUP BY repository, name
