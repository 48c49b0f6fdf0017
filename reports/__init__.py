"""Findings -> one HTML page, figures, CSV. Reads `influence.findings`, knows no source.

>>> from reports import figures, html, table            # doctest: +SKIP
>>> html.write(findings, "report.html")                 # doctest: +SKIP
>>> figures.power(findings).show()                      # doctest: +SKIP
"""
