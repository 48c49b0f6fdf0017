-- Adoptions, as `score.adoption_value` takes them.
SELECT follower, leader, repository, name, path, weight, occasion
FROM following
WHERE kind = 'adopts'
