-- Uses of what another repository introduced: a name that the user's own repository never defines, in a file that had
-- imported something of that other one by then, and no such name from elsewhere; a module; a package. One row per person,
-- name and introducer, at the first time.
WITH outside AS (
    SELECT
        u.repository, t.leader_repository, u.family, u.name, u.unit, u.path, u.time, u.visible, u.share, u.via,
        u.identity, p.person, p.class, o.origin,
        s.bare AND NOT coalesce(u.reached, true) AS bare
    FROM uses AS u
    INNER JOIN ties AS t
        ON t.repository = u.repository AND t.family = u.family AND t.since <= u.time
        AND (t.path = u.path OR t.path IS NULL)
    INNER JOIN spoken AS s
        ON s.repository = t.leader_repository AND s.name = u.name AND s.family = u.family
        AND (coalesce(u.reached, true) OR NOT s.method)
    INNER JOIN origins AS o ON o.repository = t.leader_repository AND o.name = u.name
    LEFT JOIN persons AS p ON p.key = u.identity
    LEFT JOIN spoken AS own ON own.repository = u.repository AND own.name = u.name AND own.family = u.family
    LEFT JOIN brought AS b
        ON b.repository = u.repository AND b.path = u.path AND b.family = u.family AND b.word = u.name
        AND b.since <= u.time
    WHERE
        u.visible <= (SELECT until FROM bounds) AND own.name IS NULL
        AND (b.word IS NULL OR b.leader_repository = t.leader_repository)
        -- In Ruby a method is known by its word alone.
        AND (u.family <> 'ruby' OR regexp_matches(u.name, '^[A-Z]'))
),

taken AS (
    SELECT DISTINCT
        u.repository, i.leader_repository, u.family, u.name, u.unit, u.path, u.time, u.visible, u.share, u.via,
        u.identity, p.person, p.class
    FROM uses AS u
    INNER JOIN imported AS i
        ON i.repository = u.repository AND i.path = u.path AND i.family = u.family AND i.name = u.name
    LEFT JOIN persons AS p ON p.key = u.identity
    WHERE
        i.leader_repository IS NOT NULL AND u.identity IS NOT NULL
        AND u.visible <= (SELECT until FROM bounds)
),

-- What others may see and since when it was there, by the word that they use.
exported AS (
    SELECT repository, name, family, min(time) AS since
    FROM definitions
    WHERE NOT private AND public
    GROUP BY repository, name, family
),

found AS (
    SELECT
        u.repository, u.leader_repository, u.family, u.name, u.origin, u.unit, u.path, u.time, u.visible, u.share,
        u.via, u.identity, u.person, u.class, i.person AS leader, i.class AS leader_class, i.path AS leader_path,
        i.line, i.language, i.unit AS leader_unit, i.time AS introduced, i.visible AS known, i.share AS leader_share,
        i.imported, i.ai, false AS renamed
    FROM outside AS u
    INNER JOIN introductions AS i
        ON i.repository = u.leader_repository AND i.origin = u.origin AND i.bare = u.bare
    INNER JOIN exported AS e
        ON e.repository = u.leader_repository AND e.name = u.name AND e.family = u.family AND e.since <= u.time
    UNION ALL
    SELECT
        t.repository, t.leader_repository, t.family, t.name, t.name, t.unit, t.path, t.time, t.visible, t.share,
        t.via, t.identity, t.person, t.class, o.person, o.class, o.path,
        o.line, o.language, o.unit, o.time, o.visible, o.share,
        o.imported, o.ai, o.renamed
    FROM taken AS t
    INNER JOIN offers AS o
        ON o.repository = t.leader_repository AND o.family = t.family AND o.name = t.name
    WHERE o.until IS NULL OR t.time < o.until
),

ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY leader_repository, family, origin, leader, coalesce(CAST(person AS VARCHAR), identity)
            ORDER BY time, visible, unit, name, share DESC, path, repository
        ) AS place
    FROM found
)

SELECT
    repository, leader_repository, family, name, origin, unit, path, time, visible, share, via, person, class, leader,
    leader_class, leader_path, line, language, leader_unit, introduced, known, leader_share, imported, ai, renamed
FROM ranked
WHERE place = 1
