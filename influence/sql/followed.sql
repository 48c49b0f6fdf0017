-- Every act of following but citations with its occasion, decided in this order: obliged, solicited, free, unknown.
-- `management`: who is under whom, through others too. `power`: who has power over a unit's paths.
-- `merged`: who merged a unit. Only `consults` and `heeds` can be owed to power over paths or a merge.
SELECT
    f.id, f.kind, f.how, f.repository, f.used_in, f.used_at, f.unit, f.name, f.used_name, f.path, f.leader_unit, f.line, f.introduced,
    f.language, f.time, CAST(date_trunc('week', f.time) AS DATE) AS week, f.follower, f.leader, f.weight, f.amount,
    f.imported, f.ai,
    CASE
        WHEN
            f.required
            OR EXISTS (
                SELECT 1 FROM management AS m
                WHERE
                    m.leader = f.leader AND m.follower = f.follower
                    AND (m.since IS NULL OR m.since <= f.time) AND (m.until IS NULL OR f.time < m.until)
            )
            OR (
                f.kind IN ('consults', 'heeds') AND (
                    EXISTS (
                        SELECT 1 FROM power AS p
                        WHERE p.repository = f.repository AND p.unit = f.unit AND p.leader = f.leader
                    )
                    OR (
                        (f.asked_by IS NULL OR f.asked_by <> f.follower)
                        AND EXISTS (
                            SELECT 1 FROM merged AS g
                            WHERE g.repository = f.repository AND g.unit = f.unit AND g.person = f.leader
                        )
                    )
                )
            )
            THEN 'obliged'
        WHEN f.asked_by = f.leader THEN 'solicited'
        WHEN f.asked_by = f.follower THEN 'free'
        ELSE 'unknown'
    END AS occasion
FROM acts_of_following AS f
