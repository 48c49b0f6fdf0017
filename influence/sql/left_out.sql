-- How much of what was read is no following that counts, by kind and reason.
SELECT s.kind, s.how AS reason, count(DISTINCT s.id) AS n
FROM signals AS s
CROSS JOIN bounds AS b
WHERE s.kind = 'builds_on' AND s.how NOT IN ('replaced', 'stacked', 'taken over') AND s.visible <= b.until AND s.time BETWEEN b.since AND b.until
GROUP BY s.kind, s.how
UNION ALL
SELECT s.kind, 'wrong clock', count(DISTINCT s.id)
FROM signals AS s
WHERE s.visible > (SELECT max(collected) FROM harvests)
GROUP BY s.kind
UNION ALL
SELECT kind, reason, count(*)
FROM staged_signals
WHERE reason IS NOT NULL
GROUP BY kind, reason
UNION ALL
SELECT kind, reason, count(*)
FROM staged_adoptions
WHERE reason IS NOT NULL
GROUP BY kind, reason
UNION ALL
SELECT 'cites', reason, count(*)
FROM citing
WHERE reason IS NOT NULL
GROUP BY reason
UNION ALL
SELECT kind, reason, count(*)
FROM staged_citations
WHERE reason IS NOT NULL
GROUP BY kind, reason
UNION ALL
SELECT kind, 'told twice', count(*)
FROM advice
WHERE turn > 1
GROUP BY kind
UNION ALL
SELECT kind, occasion, count(*)
FROM following
WHERE occasion IN ('obliged', 'solicited')
GROUP BY kind, occasion
ORDER BY 1, 3 DESC, 2
