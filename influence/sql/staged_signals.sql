-- Signals that were visible by `until` and may count, each once whatever number of clones told of it, with persons in
-- place of identities. `reason` says why a row does not count as following; null: it does, or may (occasion comes later).
-- What a lone row needs not go through, rows that were told twice do: they are grouped, all others are taken as they are.
WITH known AS (
    SELECT *
    FROM signals
    WHERE visible <= (SELECT until FROM bounds) AND (kind <> 'builds_on' OR how IN ('replaced', 'stacked', 'taken over'))
),

twice AS (
    SELECT id
    FROM known
    GROUP BY id
    HAVING count(*) > 1
),

once AS (
    SELECT
        id, kind, how, repository, unit, path, time, follower, leader,
        follower_share * leader_share AS weight, amount, imported, asked_by, required, follower_via, leader_via
    FROM known AS k
    WHERE NOT EXISTS (SELECT 1 FROM twice AS t WHERE t.id = k.id)
    UNION ALL
    SELECT
        id, any_value(kind), any_value(how), any_value(repository), any_value(unit), any_value(path), any_value(time),
        any_value(follower), any_value(leader), any_value(follower_share * leader_share),
        any_value(amount), any_value(imported), any_value(asked_by), any_value(required), any_value(follower_via),
        any_value(leader_via)
    FROM known
    WHERE id IN (SELECT id FROM twice)
    GROUP BY id
),

resolved AS (
    SELECT
        o.id, o.kind, o.how, o.repository, o.unit, o.path, o.time, o.weight, o.amount,
        coalesce(o.imported, false) AS imported,
        o.follower_via IS NOT NULL OR o.leader_via IS NOT NULL AS ai,
        coalesce(o.required, false) AS required,
        f.person AS follower,
        l.person AS leader,
        a.person AS asked_by,
        f.class AS follower_class,
        l.class AS leader_class
    FROM once AS o
    LEFT JOIN persons AS f ON f.key = o.follower
    LEFT JOIN persons AS l ON l.key = o.leader
    LEFT JOIN persons AS a ON a.key = o.asked_by
)

SELECT
    id, kind, how, repository, unit, path, time, weight, amount, imported, ai, required, follower, leader,
    asked_by,
    CASE
        WHEN time < (SELECT since FROM bounds) OR time > (SELECT until FROM bounds) THEN 'outside the window'
        WHEN follower IS NULL OR leader IS NULL THEN 'identity not listed'
        WHEN follower_class = 'bot' OR leader_class = 'bot' THEN 'bot'
        WHEN follower_class = 'agent' OR leader_class = 'agent' THEN 'agent'
        WHEN follower = leader THEN 'own work'
    END AS reason
FROM resolved
