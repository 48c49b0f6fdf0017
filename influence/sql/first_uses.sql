-- When each person first used a name, under whatever word it went: one row per person and origin. A bare word is no use
-- of a method; where a method and something else are called so, it is one of the other (`bare`).
SELECT repository, origin, name, unit, path, time, visible, share, via, gone, bare, person, class
FROM (
    SELECT
        u.repository, o.origin, u.name, u.unit, u.path, u.time, u.visible, u.share, u.via,
        coalesce(u.gone, false) AS gone, s.bare AND NOT coalesce(u.reached, true) AS bare, p.person, p.class,
        row_number() OVER (
            PARTITION BY
                u.repository, o.origin, s.bare AND NOT coalesce(u.reached, true),
                coalesce(CAST(p.person AS VARCHAR), u.identity)
            ORDER BY u.time, u.visible, u.unit, u.name, u.share DESC, u.path, coalesce(u.gone, false)
        ) AS place
    FROM uses AS u
    INNER JOIN spoken AS s
        ON s.repository = u.repository AND s.name = u.name AND s.family IS NOT DISTINCT FROM u.family
        AND (coalesce(u.reached, true) OR NOT s.method)
    INNER JOIN origins AS o ON o.repository = u.repository AND o.name = u.name
    LEFT JOIN persons AS p ON p.key = u.identity
    WHERE u.visible <= (SELECT until FROM bounds)
) AS ranked
WHERE place = 1
