-- Who did something that was read.
SELECT DISTINCT p.person
FROM acts AS a
INNER JOIN persons AS p ON p.key = a.actor
