-- The first definition of every name in its repository: all rows of the unit that comes first. A name that is private to
-- a file of C introduces nothing that a later public definition of that name would not.
SELECT
    repository, name, unit, path, person, class, line, share, time, visible, via, language, imported, renamed_from, private
FROM (
    SELECT
        *,
        rank() OVER (PARTITION BY repository, name ORDER BY private, time, visible, unit) AS place
    FROM definitions
) AS ranked
WHERE place = 1
