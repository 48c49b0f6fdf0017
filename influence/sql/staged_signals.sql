-- Signals that were visible by `until`, each once whatever number of clones told of it, with persons in place of
-- identities. `reason` says why a row does not count as following; null: it does, or may (occasion comes later).
WITH once AS (
    SELECT
        id,
        any_value(kind) AS kind,
        any_value(how) AS how,
        any_value(repository) AS repository,
        any_value(unit) AS unit,
        any_value(path) AS path,
        any_value(time) AS time,
        min(visible) AS visible,
        any_value(follower) AS follower,
        any_value(leader) AS leader,
        any_value(follower_share * leader_share) AS weight,
        any_value(amount) AS amount,
        any_value(evidence) AS evidence,
        any_value(coalesce(imported, false)) AS imported,
        any_value(follower_via IS NOT NULL OR leader_via IS NOT NULL) AS ai,
        any_value(asked_by) AS asked_by,
        any_value(coalesce(required, false)) AS required
    FROM signals
    WHERE visible <= (SELECT until FROM bounds)
    GROUP BY id
),

resolved AS (
    SELECT
        o.kind, o.how, o.repository, o.unit, o.path, o.time, o.visible, o.weight, o.amount, o.evidence, o.imported,
        o.ai, o.required,
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
    kind, how, repository, unit, path, time, visible, weight, amount, evidence, imported, ai, required, follower,
    leader, asked_by,
    CASE
        WHEN time < (SELECT since FROM bounds) OR time > (SELECT until FROM bounds) THEN 'outside the window'
        WHEN kind = 'builds_on' AND how <> 'replaced' THEN how
        WHEN follower IS NULL OR leader IS NULL THEN 'identity not listed'
        WHEN follower_class = 'bot' OR leader_class = 'bot' THEN 'bot'
        WHEN follower_class = 'agent' OR leader_class = 'agent' THEN 'agent'
        WHEN follower = leader THEN 'own work'
    END AS reason
FROM resolved
