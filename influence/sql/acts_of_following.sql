-- Every act that may count, but for citations, before its occasion is decided. Of a signal, `id` finds the rest in `signals`.
SELECT
    id, kind, how, repository, CAST(NULL AS VARCHAR) AS used_in,
    CAST(NULL AS VARCHAR) AS used_at, unit, CAST(NULL AS VARCHAR) AS name, CAST(NULL AS VARCHAR) AS used_name, path,
    CAST(NULL AS VARCHAR) AS leader_unit, CAST(NULL AS BIGINT) AS line, CAST(NULL AS TIMESTAMP) AS introduced,
    CAST(NULL AS VARCHAR) AS language, time, follower, leader, weight, amount, imported, ai, required, asked_by
FROM staged_signals
WHERE reason IS NULL AND kind <> 'consults'
UNION ALL
SELECT
    id, kind, how, repository, NULL, NULL, unit, NULL, NULL, path, NULL, NULL, NULL, NULL, time, follower, leader, weight, amount,
    imported, ai, required, asked_by
FROM advice
WHERE turn = 1
UNION ALL
SELECT
    NULL, kind, how, repository, used_in, used_at, unit, name, used_name, path, leader_unit, line, introduced, language, time, follower,
    leader, weight, 1, imported, ai, false, NULL
FROM staged_adoptions
WHERE reason IS NULL
