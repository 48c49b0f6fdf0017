"""Directories cut where a useful number of people work."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from influence.areas import Areas, ancestors, cut
from influence.findings import analyse
from tests.influence.factories import Rows


def active(**directories: int) -> pd.DataFrame:
    """So many people, numbered from 0, in each directory (`__` for /, `root` for '')."""
    rows = [
        ("r", "" if name == "root" else name.replace("__", "/"), person)
        for name, people in directories.items()
        for person in range(people)
    ]
    return pd.DataFrame(rows, columns=["repository", "directory", "person"])


def test_a_crowded_directory_is_divided_until_few_enough_work_in_each_part() -> None:
    areas = cut(active(src=10, src__ring=60, src__ring__a=30, src__ring__b=20, src__proxy=40, doc=3), {"r": "swift"})
    assert set(areas.labels.values()) == {"top level", "src", "src/ring", "src/ring/a", "src/ring/b", "src/proxy"}
    assert areas.of("r", "src/ring/a/deep/er") == "src/ring/a"
    assert areas.of("r", "src/ring/c") == "src/ring"
    assert areas.of("r", "doc") == "top level"


def test_a_part_with_few_people_stays_with_what_lies_beside_it() -> None:
    areas = cut(active(a__x=60, a__y=4), {"r": "swift"})
    assert areas.of("r", "a/y") == areas.of("r", "a") == "a"
    assert areas.of("r", "a/x") == "a/x"


def test_a_small_repository_is_one_area_unless_it_has_parts() -> None:
    assert set(cut(active(src=6, doc=2), {"r": "swift"}).labels.values()) == {"swift"}
    assert set(cut(active(src=6, doc=5), {"r": "swift"}).labels.values()) == {"src", "doc"}


def test_areas_bear_the_repository_where_there_are_several() -> None:
    two = pd.concat([active(src=6, lib=7, root=1), active(src=6).assign(repository="s")])
    areas = cut(two, {"r": "swift", "s": "cargo"})
    assert set(areas.labels.values()) == {"swift: src", "swift: lib", "swift: top level", "cargo"}
    assert areas.of("t", "any/where") == "any/where"


directories = st.lists(st.sampled_from(["a", "b", "c"]), max_size=4).map("/".join)


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(directories, st.integers(0, 12)), min_size=1, max_size=60))
def test_every_directory_lies_in_one_area_of_useful_size(rows: set[tuple[str, int]]) -> None:
    frame = pd.DataFrame([("r", *row) for row in rows], columns=["repository", "directory", "person"])
    areas = cut(frame, {"r": "swift"}, smallest=2, largest=6)
    roots = {directory for _, directory in areas.labels}
    for directory, _ in rows:
        nearest = next(above for above in ancestors(directory) if above in roots)
        assert areas.of("r", directory) == areas.labels[("r", nearest)]
    below = {root: {p for d, p in rows if root in ancestors(d)} for root in roots}
    for root in roots - {""}:
        assert len(below[root]) >= 2
        # What is still crowded has no part that could be an area of its own.
        inner = {d for directory, _ in rows for d in ancestors(directory) if d.rpartition("/")[0] == root and d}
        if len(below[root]) > 6:
            large = {d for d in inner if len({p for e, p in rows if d in ancestors(e)}) >= 2}
            assert all(any(d in ancestors(other) for other in roots) for d in large)


def test_leaders_are_followed_in_the_areas_of_their_work(tmp_path: Path) -> None:
    rows = Rows("swift")
    for number, who in enumerate(["bea", "cal", "dan", "eve", "fay", "gil"]):
        rows.act(who, "2020-01-01", unit=f"c{number}")
        rows.unit(f"c{number}", "ring/build.py", "proxy/server.py")
        rows.signal(who, "ada", "2020-02-01", path="ring/build.py")
    rows.signal("bea", "ada", "2020-02-01", path="proxy/server.py")
    rows.signal("cal", "bea", "2020-02-01", "consults", unit="c1", path=None)
    table = analyse(rows.write(tmp_path)).table.set_index("person")
    assert table.at["Ada Adason", "areas"] == ["ring"]  # one of six in proxy is too few to tell
    assert table.at["Bea Beason", "areas"] == ["proxy", "ring"]


def test_three_areas_are_told_at_most(tmp_path: Path) -> None:
    rows = Rows("swift")
    for number, who in enumerate(["bea", "cal", "dan", "eve", "fay"]):
        rows.act(who, "2020-01-01", unit=f"c{number}")
        rows.unit(f"c{number}", "a/x.c", "b/x.c", "c/x.c", "d/x.c")
        for area in "abcd"[: 4 - number // 4]:
            rows.signal(who, "ada", "2020-02-01", path=f"{area}/x.c")
    assert analyse(rows.write(tmp_path)).table.iloc[0]["areas"] == ["a", "b", "c"]


def test_nothing_active_is_no_area() -> None:
    nothing = pd.DataFrame({"repository": [], "directory": [], "person": []})
    assert cut(nothing, {"r": "swift"}) == Areas({})
