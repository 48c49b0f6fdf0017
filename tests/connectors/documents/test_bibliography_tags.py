"""Bibliographies of lines with tags: RIS, Web of Science."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tests.connectors.documents.bibliographies import IRIS, read

RIS = """\ufeffTY  - JOUR
AU  - van der Berg, Jan
A1  - Cheng, Y.
TI  - A title that
 goes on
PY  - 2010/05/03/
DO  - 10.1000/A
UR  - javascript:alert(1)
ER  -

TY  - BOOK
ED  - Moe, Max
T1  - =HYPERLINK("x")
Y1  - 1999
ID  - moe
TY  - CHAP
AU  - Roe, Richard
TI  - No end
PY  - 2001
CR  - Moe M, 1999, X
CR  - 10.1000/a
"""

WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Cheng, Y
   Doe, J
AF Cheng, Yong
   Doe, Jane
TI A very long title of
   two lines
C1 [Cheng, Yong; Doe, Jane] Univ X, Dept Y, City, Country.
OI Doe, Jane/0000-0002-1825-0097
CR Roe R, 1999, NATURE, V1, P5, DOI [10.1000/r,
   10.1000/s]
   Moe M, 1990, SCIENCE, V2, P7
PY 2005
PD MAR 3
VL 9
BP 12
DI 10.1000/w
UT WOS:1
ER

PT J
AU Moe, M
TI Cited by words
PY 1990
VL 2
BP 7
UT WOS:2
ER
EF
"""


def test_ris(tmp_path: Path) -> None:
    found = read(tmp_path / "refs.ris", RIS)
    assert found.works["doi:10.1000/a"]["title"] == "A title that goes on"
    assert found.works["doi:10.1000/a"]["created"] == dt.datetime(2010, 5, 3)
    assert found.works["doi:10.1000/a"]["url"] is None
    assert found.authors("doi:10.1000/a") == ["author:Jan van der Berg", "author:Y. Cheng [doi:10.1000/a]"]
    assert found.authors("refs.ris:moe") == ["author:Max Moe"]
    assert found.works["refs.ris:moe"]["title"] == '=HYPERLINK("x")'
    assert found.problems["entries without an end"] == 2
    assert found.problems["references to a later document"] == 1


def test_web_of_science(tmp_path: Path) -> None:
    found = read(tmp_path / "savedrecs.txt", WOS)
    assert found.works["doi:10.1000/w"]["title"] == "A very long title of two lines"
    assert found.works["doi:10.1000/w"]["created"] == dt.datetime(2005, 3, 3)
    assert found.authors("doi:10.1000/w") == ["author:Yong Cheng", f"orcid:{IRIS}"]
    assert found.cites == {("doi:10.1000/w", "doi:10.1000/r"), ("doi:10.1000/w", "savedrecs.txt:WOS:2")}
