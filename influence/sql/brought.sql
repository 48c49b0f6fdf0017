-- From where a file imports a name by that name: the repository that gives it, or none. One row a file and name.
SELECT
    n.repository, n.path, n.speech AS family, n.word,
    min(n.since) AS since,
    max(coalesce(m.leader_repository, n.leader_repository)) AS leader_repository
FROM imported AS n
LEFT JOIN imported AS m
    ON m.repository = n.repository AND m.path = n.path AND m.family = n.family AND m.name = n.inside
WHERE split_part(n.family, ':', 1) = 'module' AND n.word <> n.name
GROUP BY n.repository, n.path, n.speech, n.word
