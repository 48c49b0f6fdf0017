-- Names that three or more others had used before anybody defined them here: a library's, or an everyday word.
SELECT u.repository, u.origin
FROM first_uses AS u
INNER JOIN (
    SELECT repository, origin, min(time) AS time
    FROM introductions
    WHERE NOT bare
    GROUP BY repository, origin
) AS i ON i.repository = u.repository AND i.origin = u.origin AND u.time < i.time
LEFT JOIN introductions AS own
    ON own.repository = u.repository AND own.origin = u.origin AND own.person = u.person
WHERE u.person IS NOT NULL AND own.person IS NULL
GROUP BY u.repository, u.origin
HAVING count(DISTINCT u.person) >= 3
