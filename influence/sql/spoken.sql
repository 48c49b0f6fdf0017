-- What a name means in its repository, by family: only ever a method, or a bare word of its own beside one (`bare`).
SELECT
    d.repository, d.name, d.family,
    bool_and(d.method) AS method,
    coalesce(bool_or(f.bare), false) AS bare
FROM definitions AS d
LEFT JOIN first_definitions AS f
    ON f.repository = d.repository AND f.name = d.name AND f.bare AND f.renamed_from IS NULL
GROUP BY d.repository, d.name, d.family
