-- When each person first used a name, under whatever word it went: one row per person and origin.
SELECT repository, origin, name, unit, path, time, visible, share, via, gone, person, class
FROM (
    SELECT
        u.repository, o.origin, u.name, u.unit, u.path, u.time, u.visible, u.share, u.via,
        coalesce(u.gone, false) AS gone, p.person, p.class,
        row_number() OVER (
            PARTITION BY u.repository, o.origin, coalesce(CAST(p.person AS VARCHAR), u.identity)
            ORDER BY u.time, u.visible, u.unit, u.name, u.share DESC, u.path, coalesce(u.gone, false)
        ) AS place
    FROM uses AS u
    INNER JOIN origins AS o ON o.repository = u.repository AND o.name = u.name
    LEFT JOIN persons AS p ON p.key = u.identity
    WHERE u.visible <= (SELECT until FROM bounds)
) AS ranked
WHERE place = 1
