-- Formal power as sources state it, and the right to merge, which shows in use: held over the whole repository from the
-- first time that somebody merged, or closed, the change of another.
SELECT
    source, leader, leader_team, follower, team, repository, pattern, position, rule, role, since, until
FROM authority
UNION ALL
SELECT
    min(a.source), a.actor, NULL, NULL, NULL, a.repository, NULL, NULL, NULL, 'merge right', min(a.time), NULL
FROM acts AS a
WHERE
    a.kind IN ('merge', 'close') AND a.actor IS NOT NULL AND a.counterpart IS NOT NULL
    AND a.visible <= (SELECT until FROM bounds)
GROUP BY a.actor, a.repository
