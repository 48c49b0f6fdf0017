-- Since when a file has imported something of another repository, by family of languages; in C, where a header
-- includes others, and in Ruby, where a gem is loaded as a whole, any file of the repository (`path` is null).
SELECT repository, leader_repository, speech AS family, path, min(since) AS since
FROM imported
WHERE leader_repository IS NOT NULL AND split_part(family, ':', 1) = 'module' AND speech NOT IN ('c', 'ruby')
GROUP BY repository, leader_repository, speech, path
UNION ALL
SELECT repository, leader_repository, CASE speech WHEN 'gem' THEN 'ruby' ELSE speech END, NULL, min(since)
FROM imported
WHERE leader_repository IS NOT NULL AND family IN ('module:c', 'module:ruby', 'package:gem')
GROUP BY repository, leader_repository, CASE speech WHEN 'gem' THEN 'ruby' ELSE speech END
