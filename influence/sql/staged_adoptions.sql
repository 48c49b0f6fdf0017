-- First uses of a name by somebody who did not introduce it: one row per person, name (with what it was called
-- before) and introducer. `reason` says why a row does not count as following. `staged_crossings` come to it.
WITH own AS (
    SELECT d.repository, o.origin, d.person, min(d.time) AS since
    FROM definitions AS d
    INNER JOIN origins AS o ON o.repository = d.repository AND o.name = d.name
    GROUP BY d.repository, o.origin, d.person
)

SELECT
    'adopts' AS kind,
    'used' AS how,
    u.repository,
    u.repository AS used_in,
    u.path AS used_at,
    u.unit,
    u.origin AS name,
    u.name AS used_name,
    i.path,
    i.line,
    i.language,
    i.unit AS leader_unit,
    i.time AS introduced,
    u.time,
    u.share * i.share AS weight,
    i.imported,
    i.ai OR u.via IS NOT NULL AS ai,
    u.person AS follower,
    i.person AS leader,
    CASE
        WHEN u.time < (SELECT since FROM bounds) OR u.time > (SELECT until FROM bounds) THEN 'outside the window'
        WHEN u.person IS NULL THEN 'identity not listed'
        WHEN i.class = 'nobody' THEN 'introducer unknown'
        WHEN u.class = 'bot' OR i.class = 'bot' THEN 'bot'
        WHEN u.class = 'agent' OR i.class = 'agent' THEN 'agent'
        WHEN u.person = w.person THEN 'own work'
        WHEN u.gone THEN 'gone name'
        WHEN b.origin IS NOT NULL THEN 'borrowed name'
        WHEN i.private AND u.path <> i.path THEN 'private name'
        WHEN x.name IS NOT NULL OR y.name IS NOT NULL THEN 'undecidable name'
    END AS reason
FROM first_uses AS u
INNER JOIN introductions AS i ON i.repository = u.repository AND i.origin = u.origin AND i.bare = u.bare
LEFT JOIN own AS w
    ON w.repository = u.repository AND w.origin = u.origin AND w.person = u.person AND w.since <= u.time
LEFT JOIN borrowed AS b ON b.repository = u.repository AND b.origin = u.origin
LEFT JOIN undecided AS x ON x.repository = u.repository AND x.name = u.name AND x.since <= u.time
LEFT JOIN undecided AS y ON y.repository = u.repository AND y.name = u.origin AND y.since <= u.time
WHERE
    u.time > i.time
    OR (u.time = i.time AND u.visible > i.visible)
    OR (u.time = i.time AND u.visible = i.visible AND u.unit > i.unit)
