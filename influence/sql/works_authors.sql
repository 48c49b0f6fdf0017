-- Who wrote which work, the greatest share first; those who are not listed are nobody.
SELECT artifact, person
FROM authors
WHERE person >= 0
ORDER BY artifact, share DESC, person
