-- All authors of the works that cite and are cited; without an occasion: one who can neither follow nor lead, but whose
-- work counts among those that cite.
SELECT s.unit AS citing, s.name AS cited, s.follower, s.leader, s.weight, f.occasion
FROM staged_citations AS s
LEFT JOIN following AS f
    ON
        f.kind = 'cites' AND f.unit = s.unit AND f.name = s.name AND f.follower = s.follower
        AND f.leader = s.leader AND s.reason IS NULL
