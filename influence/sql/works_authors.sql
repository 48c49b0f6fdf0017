-- Who wrote which work, the greatest share first, then as the byline has them; those who are not listed are nobody.
SELECT artifact, person
FROM authors
WHERE person >= 0
ORDER BY artifact, round(share, 9) DESC, place
