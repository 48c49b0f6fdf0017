-- The first definition of every name in its repository: all rows of the unit that comes first.
SELECT repository, name, unit, path, person, class, line, share, time, visible, via, language, imported, renamed_from
FROM (
    SELECT
        *,
        rank() OVER (PARTITION BY repository, name ORDER BY time, visible, unit) AS place
    FROM definitions
) AS ranked
WHERE place = 1
