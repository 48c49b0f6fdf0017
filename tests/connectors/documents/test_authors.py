"""Authors told apart: names as bibliographies write them, and who is never taken for whom."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.documents.author_names import NOBODY, body, of_parts, parse
from connectors.documents.authors import Mention, Told, tell_apart
from connectors.documents.in_common import COMMON
from influence.people import resolve

IRIS = "0000-0002-1825-0097"
OTHER = "0000-0001-5109-3700"

# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "display"),
    [
        (("van der Berg, Jan", "Jan van der Berg", "Berg, Jan van der", "  Jan  van der Berg "), "Jan van der Berg"),
        (("King, Jr., Martin Luther", "King, Martin Luther, Jr.", "Martin Luther King Jr."), "Martin Luther King Jr."),
        (("Daumé III, Hal", "Hal Daumé III", "Daumé, III, Hal"), "Hal Daumé III"),
        (("Ortega y Gasset, José", "José Ortega y Gasset"), "José Ortega y Gasset"),
        (("Knuth, Donald E", "Donald E. Knuth", "Knuth, Donald E."), "Donald E. Knuth"),
        (("王, 伟", "王伟", "王 伟"), "王伟"),
        (("O'Brien, Conan", "Conan O'Brien"), "Conan O'Brien"),
        (("Cheng Y", "Cheng, Y.", "Y. Cheng", "Y Cheng", "Cheng, Y"), "Y. Cheng"),
        (("van der Berg JD", "van der Berg, J.D.", "J. D. van der Berg", "J.D. van der Berg"), "J. D. van der Berg"),
        (("Иванов Ю. А.", "Ю. А. Иванов", "Иванов, Ю. А."), "Ю. А. Иванов"),
        (("Gnatenko, Yu.P.", "Yu. P. Gnatenko"), "Yu. P. Gnatenko"),
    ],
)
def test_one_name_comes_out_as_one_string(written: tuple[str, ...], display: str) -> None:
    assert {parse(text).display for text in written} == {display}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Cheng Y",
            "Y. Cheng",
            "CHENG, YH",
            "cheng y",
            "Cheng, Y.-H.",
            "Yu. Manin",
            "Chr. Müller",
            "Cheng",
            "XU, JUN",
        ),
        *("Smith JD", "J. P. Serre", "Ivanov Yu. A.", "Wm. Smith", "-, Smith"),
    ],
)
def test_initials_are_no_person_yet(text: str) -> None:
    assert parse(text).initials is not None


@pytest.mark.parametrize(
    "text",
    [
        *("Bo Li", "Jan Berg", "J. Paul Smith", "Wei Wang", "王伟", "Quoc V. Le", "CHENG YONG", "Jean-Y. Dupont"),
        *("gitster2", "a@b.org", "Ludwig van Beethoven"),
        *("Tsujii, Jun'ichi", "Jun'ichi Tsujii", "Shin’ichi Tamamura", "Ya'akov Gal", "राम कुमार", "कुमार, राम"),
    ],
)
def test_a_given_name_written_out_is_a_full_name(text: str) -> None:
    assert parse(text).initials is None
    assert not parse(text).body


def test_institutions_stay_in_one_piece() -> None:
    assert body("Barnes, Noble and Sons").display == "Barnes, Noble and Sons"
    assert parse("Institute of Physics, Department of X, Berlin").body


@pytest.mark.parametrize("text", ["", " ", ",", "et al.", "Others", "and others", "[Anonymous]", "N/A", "\u200b"])
def test_nobody_is_nobody(text: str) -> None:
    assert parse(text) == NOBODY


@given(st.text(max_size=60))
@settings(max_examples=120, deadline=None)
def test_any_text_is_a_name_or_nobody(text: str) -> None:
    name = parse(text)
    assert name.display == " ".join(name.display.split())
    assert len(name.display) <= 500
    assert name.form[1] == (name.initials or "")


@given(st.sampled_from(["Jan", "Mary Ann", "Wei", "Jean-Luc"]), st.sampled_from(["Berg", "van der Berg", "Wang"]))
def test_the_order_of_the_parts_does_not_matter(given_name: str, family: str) -> None:
    assert parse(f"{family}, {given_name}") == of_parts(given_name, family)
    assert parse(f"{given_name} {family}").display == parse(f"{family}, {given_name}").display


# --- telling apart --------------------------------------------------------------------------------------------------


def told(
    *bylines: str, ids: dict[tuple[int, int], str] | None = None, places: dict[tuple[int, int], str] | None = None
) -> Told:
    """Bylines as `A. Name; B. Name`; `ids` and `places` by (work, position)."""
    mentions = [
        [
            Mention(
                parse(text),
                (ids or {}).get((w, i), ""),
                places=((places or {})[w, i],) if (w, i) in (places or {}) else (),
            )
            for i, text in enumerate(line.split(";"))
        ]
        for w, line in enumerate(bylines)
    ]
    return tell_apart([f"doi:10.1000/{w}" for w in range(len(bylines))], mentions)


def test_cheng_y_is_not_one_person() -> None:
    keys = told("Cheng Y; Ada Lovelace", "Y. Cheng; Alan Turing", "Cheng, Y.").keys
    assert len({row[0] for row in keys}) == 3
    assert keys[0] == ["author:Y. Cheng [doi:10.1000/0]", "author:Ada Lovelace"]


def test_a_shared_coauthor_makes_one_person_of_initials() -> None:
    result = told("Cheng Y; Ada Lovelace", "Ada Lovelace; Y. Cheng; Alan Turing", "Cheng, Y.; Alan Turing", "Cheng Y")
    chengs = [result.keys[0][0], result.keys[1][1], result.keys[2][0]]
    assert set(chengs) == {"author:Y. Cheng [doi:10.1000/0]"}
    assert result.keys[3][0] == "author:Y. Cheng [doi:10.1000/3]"
    assert result.undecided == 2


def test_a_shared_affiliation_makes_one_person_of_initials() -> None:
    at = {(0, 0): "Univ. of  X", (1, 0): "univ. of x", (2, 0): "Y Inc."}
    keys = told("Cheng Y", "Cheng Y", "Cheng Y", places=at).keys
    assert keys[0] == keys[1] != keys[2]


def test_a_common_surname_needs_two_things_in_common() -> None:
    wangs = "; ".join(f"{chr(65 + i)}. Wang" for i in range(COMMON + 1))
    lis = "; ".join(f"{chr(65 + i)}. Li" for i in range(COMMON + 1))
    crowd = (wangs, lis)
    keys = told("Wang Y; Li X", "Wang Y; Li X", *crowd).keys
    assert keys[0][0] != keys[1][0]
    keys = told("Wang Y; Li X; Zhu Q", "Wang Y; Li X; Zhu Q", *crowd).keys
    assert keys[0][0] == keys[1][0]
    # Nobody else is called Erdős here: that name alone is enough.
    keys = told("Wang Y; Erdős P", "Wang Y; Erdős P", *crowd).keys
    assert keys[0][0] == keys[1][0]


def test_initials_become_the_one_full_name_that_the_evidence_leads_to() -> None:
    result = told("Yong Cheng; Ada Lovelace", "Y. Cheng; Ada Lovelace", "Y. Cheng; Alan Turing", "Y. Cheng")
    assert result.keys[1][0] == "author:Yong Cheng"
    assert result.keys[2][0].startswith("author:Y. Cheng [")
    assert result.names["author:Yong Cheng"] == "Yong Cheng"


def test_initials_never_bridge_two_full_names() -> None:
    keys = told("Yong Cheng; Ada Lovelace", "Yi Cheng; Ada Lovelace", "Y. Cheng; Ada Lovelace").keys
    assert len({row[0] for row in keys}) == 3
    keys = told("Y. H. Cheng; Ada Lovelace", "Y. B. Cheng; Ada Lovelace", "Y. Cheng; Ada Lovelace").keys
    assert len({row[0] for row in keys}) == 3


def test_the_longer_initials_are_settled_first() -> None:
    keys = told("Yong Hua Cheng; Ada Lovelace", "Y. H. Cheng; Ada Lovelace; Alan Turing", "Y. Cheng; Alan Turing").keys
    assert {row[0] for row in keys} == {"author:Yong Hua Cheng"}


def test_two_on_one_work_are_two() -> None:
    keys = told("Y. Cheng; Yong Cheng; Ada Lovelace", "Yong Cheng; Ada Lovelace").keys
    assert keys[0][0] != keys[0][1] == keys[1][0]
    keys = told("Y. Cheng; Y. Cheng; Ada Lovelace", "Y. Cheng; Ada Lovelace").keys
    assert len({keys[0][0], keys[0][1], keys[1][0]}) == 3
    assert keys[0][1].endswith("#2]")


def test_a_work_of_a_crowd_gives_no_evidence() -> None:
    many = "; ".join(f"Person{chr(97 + i % 26)}{chr(97 + i // 26)} Name" for i in range(50))
    keys = told(f"Y. Cheng; {many}", f"Y. Cheng; {many}").keys
    assert keys[0][0] != keys[1][0]


def test_an_identifier_is_one_person_whatever_the_name() -> None:
    result = told("Y. Cheng", "Yong Cheng", "Yong Cheng", ids={(0, 0): f"orcid:{IRIS}", (1, 0): f"orcid:{IRIS}"})
    assert result.keys[0] == result.keys[1] == [f"orcid:{IRIS}"]
    assert result.names[f"orcid:{IRIS}"] == "Yong Cheng"
    assert result.keys[2] == ["author:Yong Cheng"]
    # One identifier of that name and no other: nothing keeps the two from being joined later.
    assert result.links == []


def test_an_identifier_on_two_names_of_one_work_is_a_slip() -> None:
    keys = told(
        "Ada Lovelace; Alan Turing", "Ada Lovelace", ids={(0, 0): "orcid:1", (0, 1): "orcid:1", (1, 0): "orcid:1"}
    ).keys
    assert keys == [["author:Ada Lovelace", "author:Alan Turing"], ["orcid:1"]]


def test_initials_become_the_identified_one() -> None:
    keys = told("Yong Cheng; Ada Lovelace", "Y. Cheng; Ada Lovelace", ids={(0, 0): f"orcid:{IRIS}"}).keys
    assert keys[1][0] == f"orcid:{IRIS}"


def test_who_is_told_apart_stays_apart_later() -> None:
    result = told(
        *(
            "Jan Berg",
            "Jan Berg",
            "Yu. Manin",
            "Yu. Manin",
            "Y. Cheng",
            "Y. Cheng",
            "EVA HOLMQVIST",
            "Eva Holmqvist",
            "Lena Holm",
        ),
        ids={(0, 0): f"orcid:{IRIS}", (1, 0): f"orcid:{OTHER}", (8, 0): "openalex:A1"},
    )
    keys = sorted(result.names)
    rows = pd.DataFrame({"key": keys, "display": [result.names[key] for key in keys]})
    for column in ("email", "login", "title"):
        rows[column] = None
    rows["first"] = pd.NaT
    links = pd.DataFrame(result.links, columns=["a", "b", "same", "by"])
    people = resolve(rows, links)
    assert people.keys["id"].nunique() == len(keys) == 9
    # The oracle: without what is known of them, three pairs would have been joined by their names.
    assert resolve(rows, links.iloc[:0]).keys["id"].nunique() == 6


# --- properties -----------------------------------------------------------------------------------------------------

FAMILIES = ("Cheng", "Wang", "van der Berg", "Li")
GIVEN = ("Y.", "Y. H.", "Yong", "Yong Hua", "Yi", "W.", "Wei")
authors_of = st.lists(
    st.tuples(
        st.sampled_from(GIVEN), st.sampled_from(FAMILIES), st.sampled_from(["", "", "", "orcid:1", "orcid:2", "x:7"])
    ),
    min_size=1,
    max_size=4,
)
corpora = st.lists(authors_of, min_size=1, max_size=9)


def mentions(corpus: list[list[tuple[str, str, str]]]) -> list[list[Mention]]:
    return [[Mention(of_parts(given_name, family), one) for given_name, family, one in line] for line in corpus]


@given(corpora)
@settings(max_examples=80, deadline=None)
def test_nobody_is_taken_for_another(corpus: list[list[tuple[str, str, str]]]) -> None:
    bylines = mentions(corpus)
    result = tell_apart([f"x:{w}" for w in range(len(bylines))], bylines)
    full: dict[str, set[str]] = defaultdict(set)
    ids: dict[str, set[str]] = defaultdict(set)
    groups: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for w, (byline, row) in enumerate(zip(bylines, result.keys, strict=True)):
        assert len(byline) == len(row)
        assert all(row)
        for i, (mention, key) in enumerate(zip(byline, row, strict=True)):
            if mention.name.initials is None and key != mention.id:
                full[key].add(mention.name.display)
            if key == mention.id:
                ids[key].add(mention.id)
            if mention.name.initials is not None and key != mention.id:
                groups[key, mention.name.display].append((w, i))
        # Two in one byline are two, unless one identifier or one full name stands there twice.
        for (a, one), (b, other) in combinations(zip(row, byline, strict=True), 2):
            if a == b:
                assert one.id == other.id == a or one.name.display == other.name.display
                assert one.name.initials is None or one.id
    assert all(len(names) == 1 for names in full.values())
    assert all(len(found) == 1 for found in ids.values())
    # Names with initials under one key hang together by what they share.
    for places in groups.values():
        assert hangs_together(places, bylines, result)


def hangs_together(places: list[tuple[int, int]], bylines: list[list[Mention]], result: Told) -> bool:
    """Whether mentions of one form are connected by co-authors, or each with one that says who the person is."""
    key = result.keys[places[0][0]][places[0][1]]
    every = [(w, i) for w, row in enumerate(result.keys) for i, one in enumerate(row) if one == key]
    reached = {every[0]}
    while True:
        more = {b for a in reached for b in every if b not in reached and shares(a, b, bylines)}
        if not more:
            break
        reached |= more
    # A person by initials is connected in itself; one with a full name or an identifier need not be.
    named = not key.startswith("author:") or not key.endswith("]")
    if not named:
        return reached == set(every)
    own = [p for p in every if bylines[p[0]][p[1]].id == key or bylines[p[0]][p[1]].name.initials is None]
    return all(any(near(p, q, every, bylines) for q in own) for p in places)


def near(a: tuple[int, int], b: tuple[int, int], every: list[tuple[int, int]], bylines: list[list[Mention]]) -> bool:
    seen, waiting = {a}, [a]
    while waiting:
        one = waiting.pop()
        if one == b:
            return True
        for other in every:
            if other not in seen and shares(one, other, bylines):
                seen.add(other)
                waiting.append(other)
    return False


def shares(a: tuple[int, int], b: tuple[int, int], bylines: list[list[Mention]]) -> bool:
    one, other = (
        {m.id or m.name.display for j, m in enumerate(bylines[w]) if j != i}
        | {m.name.display for j, m in enumerate(bylines[w]) if j != i}
        for w, i in (a, b)
    )
    return bool(one & other)


@given(corpora, st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_the_order_of_the_works_does_not_matter(
    corpus: list[list[tuple[str, str, str]]], shuffler: random.Random
) -> None:
    bylines = mentions(corpus)
    works = [f"x:{w}" for w in range(len(bylines))]
    plain = dict(zip(works, tell_apart(works, bylines).keys, strict=True))
    order = list(range(len(works)))
    shuffler.shuffle(order)
    shuffled = tell_apart([works[w] for w in order], [bylines[w] for w in order])
    assert dict(zip([works[w] for w in order], shuffled.keys, strict=True)) == plain
    assert shuffled.links == tell_apart(works, bylines).links


@pytest.mark.soak
@given(corpora)
@settings(max_examples=10_000, deadline=None)
def test_nobody_is_taken_for_another_in_ten_thousand(corpus: list[list[tuple[str, str, str]]]) -> None:
    test_nobody_is_taken_for_another.hypothesis.inner_test(corpus)  # type: ignore[attr-defined]
