"""The TOML file that lists repositories."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from influence.errors import InputError
from influence.listing import Wanted, listed


def test_all_that_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "rules").write_text("")
    (tmp_path / "revs").write_text("")
    file = tmp_path / "repositories.toml"
    file.write_text(
        """
        [defaults]
        ref = "main"
        since = 2020-01-01
        rules = "rules"

        [[repository]]
        path = "../storage.git"
        name = "storage"
        areas = ["store/", "client/python"]
        url = "https://github.com/acme/storage.git"
        ignore_revs = "revs"
        all = true
        since = "2021-02-03"

        [[repository]]
        path = "/srv/console"
        """
    )
    first, second = listed(file, Wanted(Path(), all_branches=False, ref="other"))
    assert first == Wanted(
        tmp_path.parent / "storage.git", "storage", "https://github.com/acme/storage", ("store", "client/python"),
        "main", True, dt.date(2021, 2, 3), tmp_path / "rules", tmp_path / "revs",
    )  # fmt: skip
    assert second == Wanted(Path("/srv/console"), ref="main", since=dt.date(2020, 1, 1), rules=tmp_path / "rules")


ONE = '[[repository]]\npath = "a"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lists no repository"),
        ("[[repository]\n", "no TOML"),
        ('path = "a"\n', "'path'; known are defaults, repository"),
        ("[repository]\n", "begin each with [[repository]]"),
        ("repository = [1]\n", "begin each with [[repository]]"),
        ("defaults = 1\n" + ONE, "write [defaults]"),
        ('[[repository]]\nname = "a"\n', "repository 1: path is missing"),
        (ONE + ONE, "path 'a' stands there twice"),
        (ONE + 'name = "x"\n[[repository]]\npath = "b"\nname = "x"\n', "name 'x' stands there twice"),
        (ONE + "nmae = 1\n", "repository 1 (a): nobody knows the key 'nmae'; known are path, name"),
        ('[defaults]\nname = "x"\n' + ONE, "defaults: nobody knows the key 'name'"),
        (ONE + 'all = "yes"\n', "all is not true or false; it says 'yes'"),
        (ONE + "ref = 7\n", "ref is not a text; it says 7"),
        (ONE + 'areas = "store"\n', "areas is not a list of texts"),
        (ONE + "areas = [1]\n", "areas is not a list of texts"),
        (ONE + 'areas = ["../x"]\n', "no directory in the repository"),
        (ONE + 'areas = ["/"]\n', "no directory in the repository"),
        (ONE + 'since = "yesterday"\n', "since: 'yesterday' is no date; write it as YYYY-MM-DD"),
        (ONE + "since = 2024-01-01T00:00:00\n", "since is not a date"),
        (ONE + 'rules = "nowhere"\n', "rules: "),
        (ONE + 'url = "git@github.com:acme/x"\n', "is no page"),
        (ONE + 'url = "https://token@github.com/acme/x"\n', "is no page"),
        (ONE + 'url = "javascript:alert(1)"\n', "is no page"),
    ],
)
def test_what_cannot_be_used_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "repositories.toml"
    file.write_text(text)
    with pytest.raises(InputError) as error:
        listed(file)
    assert said in str(error.value).replace("path 'a'", "path 'a'").replace(f"{tmp_path}/", "")
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    for place in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(InputError, match="--config: .* cannot be read"):
            listed(place)


_KEYS = ["path", "name", "url", "areas", "ref", "all", "since", "rules", "ignore_revs", "other"]
_values = st.recursive(
    st.one_of(st.text(max_size=9), st.integers(), st.booleans(), st.dates(), st.floats()),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(_KEYS), _values))
def test_whatever_it_says_it_is_read_or_one_line(tmp_path: Path, said: dict[str, object]) -> None:
    def toml(value: object) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str):
            return '"' + "".join(f"\\U{ord(character):08X}" for character in value) + '"'
        return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else str(value)

    file = tmp_path / "any.toml"
    file.write_text("[[repository]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in said.items()))
    try:
        line = str(listed(file)[0].path)
    except InputError as error:
        line = str(error)
    assert "\n" not in line or "\n" in str(said["path"])
