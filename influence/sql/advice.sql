-- Advice: one row per author, adviser and unit. Where a review was read, the trailers of its commits do not count
-- again: a commit's unit is the pull request that it is part of. `turn` is 1 for the row that counts.
WITH wholes AS (
    SELECT repository, unit, max(part_of) AS part_of
    FROM units
    WHERE part_of IS NOT NULL
    GROUP BY repository, unit
)

SELECT
    s.id, s.kind, s.how, s.repository, s.unit, s.path, s.time, s.weight, s.amount, s.imported, s.ai, s.required,
    s.follower, s.leader, s.asked_by,
    coalesce(w.part_of, s.unit) AS whole,
    row_number() OVER (
        PARTITION BY s.repository, coalesce(w.part_of, s.unit), s.follower, s.leader
        ORDER BY
            CASE WHEN w.part_of IS NULL THEN 0 ELSE 1 END,
            CASE WHEN s.required THEN 0 ELSE 1 END,
            CASE WHEN s.asked_by IS NOT NULL THEN 0 ELSE 1 END,
            s.time, s.unit, s.how, s.weight DESC, s.id
    ) AS turn
FROM staged_signals AS s
LEFT JOIN wholes AS w ON w.repository = s.repository AND w.unit = s.unit
WHERE s.kind = 'consults' AND s.reason IS NULL
