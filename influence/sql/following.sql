-- Every act of following with its occasion; a citation is free unless it is owed to management.
SELECT
    id, kind, how, repository, used_in, used_at, unit, name, used_name, path, leader_unit, line, introduced, language, time, week, follower,
    leader, weight, amount, imported, ai, occasion
FROM followed
UNION ALL
SELECT
    NULL, 'cites', c.how, NULL, NULL, NULL, c.citing, c.cited, NULL, NULL, NULL, NULL, NULL, NULL, c.time,
    CAST(date_trunc('week', c.time) AS DATE), f.follower, f.leader, f.weight, 1, false, false,
    CASE WHEN f.obliged THEN 'obliged' ELSE 'free' END
FROM followed_citations AS f
INNER JOIN citing AS c ON c.link = f.link
