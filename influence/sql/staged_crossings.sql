-- Adoptions from another repository, as `staged_adoptions` has those within one: `repository` is where the name was
-- introduced, `used_in` where it is used.
WITH definers AS (
    SELECT name, family, repository, min(time) AS since
    FROM definitions
    WHERE NOT private AND public
    GROUP BY name, family, repository
),

seconds AS (
    SELECT name, family, since
    FROM (
        SELECT *, row_number() OVER (PARTITION BY name, family ORDER BY since, repository) AS place
        FROM definers
    ) AS ranked
    WHERE place = 2
),

known AS (
    SELECT DISTINCT repository, origin, person
    FROM first_uses
    WHERE person IS NOT NULL
),

own AS (
    SELECT d.repository, o.origin, d.family, d.person
    FROM definitions AS d
    INNER JOIN origins AS o ON o.repository = d.repository AND o.name = d.name
    UNION
    SELECT repository, name, family, person
    FROM offers
),

early AS (
    SELECT DISTINCT c.leader_repository AS repository, c.family, c.origin
    FROM crossing AS c
    INNER JOIN uses AS u
        ON u.name = c.name AND u.family = c.family AND u.repository <> c.leader_repository AND u.time < c.introduced
    LEFT JOIN persons AS p ON p.key = u.identity
    LEFT JOIN own AS w
        ON w.repository = c.leader_repository AND w.origin = c.origin AND w.family = c.family AND w.person = p.person
    WHERE w.person IS NULL AND u.visible <= (SELECT until FROM bounds)
)

SELECT
    'adopts' AS kind,
    'used elsewhere' AS how,
    c.leader_repository AS repository,
    c.repository AS used_in,
    c.path AS used_at,
    c.unit,
    c.origin AS name,
    c.name AS used_name,
    c.leader_path AS path,
    c.line,
    c.language,
    c.leader_unit,
    c.introduced,
    c.time,
    c.share * c.leader_share AS weight,
    c.imported,
    c.ai OR c.via IS NOT NULL AS ai,
    c.person AS follower,
    c.leader,
    CASE
        WHEN c.time < (SELECT since FROM bounds) OR c.time > (SELECT until FROM bounds) THEN 'outside the window'
        WHEN c.person IS NULL THEN 'identity not listed'
        WHEN c.leader_class = 'nobody' OR c.renamed THEN 'introducer unknown'
        WHEN c.class = 'bot' OR c.leader_class = 'bot' THEN 'bot'
        WHEN c.class = 'agent' OR c.leader_class = 'agent' THEN 'agent'
        WHEN w.person IS NOT NULL THEN 'own work'
        WHEN b.origin IS NOT NULL THEN 'borrowed name'
        WHEN e.origin IS NOT NULL THEN 'used before'
        WHEN c.time <= c.known THEN 'not yet known'
        WHEN s.name IS NOT NULL THEN 'several repositories'
        WHEN x.name IS NOT NULL OR y.name IS NOT NULL THEN 'undecidable name'
    END AS reason
FROM crossing AS c
LEFT JOIN known AS k ON k.repository = c.leader_repository AND k.origin = c.origin AND k.person = c.person
LEFT JOIN own AS w
    ON w.repository = c.leader_repository AND w.origin = c.origin AND w.family = c.family AND w.person = c.person
LEFT JOIN borrowed AS b
    ON b.repository = c.leader_repository AND b.origin = c.origin AND c.language NOT IN ('module', 'package')
LEFT JOIN early AS e ON e.repository = c.leader_repository AND e.origin = c.origin AND e.family = c.family
LEFT JOIN seconds AS s ON s.name = c.name AND s.family = c.family AND s.since <= c.time
LEFT JOIN undecided AS x
    ON x.repository = c.leader_repository AND x.name = c.name AND x.since <= c.time
    AND c.language NOT IN ('module', 'package')
LEFT JOIN undecided AS y
    ON y.repository = c.leader_repository AND y.name = c.origin AND y.since <= c.time
    AND c.language NOT IN ('module', 'package')
WHERE k.person IS NULL OR c.language IN ('module', 'package')
