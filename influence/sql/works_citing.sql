-- Which work was cited by another when: works without a common author, those of crowds too.
SELECT cited, citing, time
FROM citing
WHERE reason IS NULL OR reason = 'more than 50 authors'
