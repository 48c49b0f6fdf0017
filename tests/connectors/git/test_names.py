from __future__ import annotations

import pickle
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.git.names import commit_names, is_counted
from tests.connectors.git.changed_lines import LANGUAGE_NAMES, added, change, defined, file_names, lines
from tests.connectors.git.language_examples import DEFINITIONS


def test_static_in_a_header_is_for_everybody() -> None:
    names = added("c", "static inline int strbuf_avail(const struct strbuf *sb)\n{\n}")
    public = {path: commit_names([(path, names)]).defined[0][3] for path in ("strbuf.h", "strbuf.c")}
    assert public == {"strbuf.h": True, "strbuf.c": False}


def test_which_names_count() -> None:
    yes = "strbuf_splice readAll ReadRows MAX_SIZE HTTPSender _private_one kNumLevels utf8_len"
    for name in yes.split():
        assert is_counted(name.encode()), name
    no = (
        "splice Reader LIMIT a_b _x __init__ __foo_bar__ _hidden test_it_works TestReader testReadAll ReaderTest "
        "setUp setFormatter toString unwrap_or_else assertEqual size_t " + "x" * 90 + "_y"
    )
    for name in no.split():
        assert not is_counted(name.encode()), name


def test_uses_are_net_of_what_the_commit_removes() -> None:
    one = change("python", ("get_ring(a)\nset_ring(a)", "get_ring(a, b)\nset_ring(a)\nset_ring(b)"))
    two = change("python", ("drop_ring(a)", ""))
    three = change("python", ("", "drop_ring(a)\ncopy_ring(a)"))
    found = commit_names([("one.py", one), ("two.py", two), ("three.py", three)])
    assert found.used == {"set_ring": ("one.py", False), "copy_ring": ("three.py", False)}


def test_the_path_of_a_use_is_where_most_of_it_is() -> None:
    one, two = added("python", "copy_ring(1)"), added("python", "copy_ring(1)\ncopy_ring(2)")
    assert commit_names([("one.py", one), ("two.py", two)]).used == {"copy_ring": ("two.py", False)}


def test_what_a_commit_defines_or_binds_it_does_not_use() -> None:
    names = added(
        "python",
        "def make_ring(): pass\nmake_ring()\npath_parts = split(x)\n"
        "use(path_parts, keyword_arg=1)\nother_name(self.ring_size)",
    )
    found = commit_names([("a.py", names)])
    assert set(found.used) == {"other_name", "ring_size"}


def test_a_comparison_or_an_attribute_binds_nothing() -> None:
    names = added("python", "if part_power == 3: utils.HASH_PATH = 1\nx = lambda: ring_size <= 3")
    assert set(commit_names([("a.py", names)]).used) == {"part_power", "HASH_PATH", "ring_size"}


def test_a_moved_definition_defines_and_uses_nothing() -> None:
    body = "def make_ring(part_power):\n    return call_something(part_power)\n"
    found = commit_names([("a.py", change("python", (body, ""))), ("b.py", change("python", ("", body)))])
    assert (found.defined, found.used, found.renamed) == ([], {}, {})


def test_a_changed_signature_defines_nothing() -> None:
    found = commit_names([("a.py", change("python", ("def make_ring(a):", "def make_ring(a, b):")))])
    assert found.defined == []


def test_a_name_defined_in_several_files_is_reported_for_each() -> None:
    names = added("python", "def make_ring(): pass")
    found = commit_names([("a.py", names), ("b.py", names)])
    assert [entry[1] for entry in found.defined] == ["a.py", "b.py"]


@pytest.mark.parametrize(
    ("language", "old", "new", "renamed"),
    [
        ("python", "def get_ring(self, part):", "def load_ring(self, part):", {"load_ring": "get_ring"}),
        ("c", "int get_sha1(const char *name)", "int get_oid(const char *name)", {"get_oid": "get_sha1"}),
        (
            "c",
            "static int get_sha1_hex(char c, int n)",
            "static int get_oid_hex(char c, int n)",
            {"get_oid_hex": "get_sha1_hex"},
        ),
        (
            "go",
            "func (c *Chunk) NumSamples() int {",
            "func (c *Chunk) SampleCount() int {",
            {"SampleCount": "NumSamples"},
        ),
        ("python", "class SloError(Exception):", "def slo_error(exception):", {}),
        ("python", "MAX_SIZE = 1", "HOST_NAME = 2", {}),
        ("python", "DEFAULT_SIZE = 1", "DEFAULT_SIZES = 1", {"DEFAULT_SIZES": "DEFAULT_SIZE"}),
        (
            "python",
            "def read_ring(path):\n    with open(path) as file:\n        return json.load(file)",
            "def send_mail(text):\n    server = connect(HOST)\n    server.quit(text, 1, 2)",
            {},
        ),
        (
            "python",
            "def read_ring(path):\n    with open(path) as file:\n        return json.load(file)",
            "def load_ring(path):\n    with open(path, 'rb') as file:\n        return json.load(file)",
            {"load_ring": "read_ring"},
        ),
    ],
)
def test_renames(language: str, old: str, new: str, renamed: dict[str, str]) -> None:
    names = change(language, (old, new))
    found = commit_names([("file", names)])
    assert found.renamed == renamed
    assert {entry[0] for entry in found.defined} == defined(names)


def test_a_rename_replaces_the_uses_as_well() -> None:
    definition = change("python", ("def get_ring(part):", "def load_ring(part):"))
    uses = change("python", ("get_ring(1)\nget_ring(2)", "load_ring(1)\nload_ring(2)"))
    found = commit_names([("a.py", definition), ("b.py", uses)])
    assert (found.renamed, found.used) == ({"load_ring": "get_ring"}, {})
    kept = change("python", ("", "get_ring(3)\nget_ring(4)"))
    assert commit_names([("a.py", definition), ("b.py", kept)]).renamed == {}


def test_a_new_function_in_the_place_of_an_old_one_is_no_rename() -> None:
    # Only the opening brace is unchanged, so git shows the signature and the body as two hunks.
    old, new = b"void strbuf_begin(struct strbuf *sb)", b"void strbuf_release(struct strbuf *sb)"
    names = file_names(
        "c",
        [
            (10, [old], 10, [new]),
            (
                12,
                [b"\tstrbuf_init(sb);"],
                12,
                [b"\tif (sb->alloc)", b"\t\tfree(sb->buf);", b"\tmemset(sb, 0, sizeof(*sb));"],
            ),
        ],
    )
    assert names is not None
    assert names.renames == []
    far = file_names("c", [(10, [old], 10, [new]), (40, [b"\tx(sb);"], 40, [b"\ty(sb, 1, 2, 3);"])])
    assert far is not None
    assert far.renames == [("strbuf_begin", "strbuf_release")]


def test_file_names_can_be_pickled_and_nothing_is_none() -> None:
    names = added("python", DEFINITIONS["python"][0])
    assert pickle.loads(pickle.dumps(names)) == names
    assert file_names("python", [(1, [b"x = 1"], 1, [b"x = 2"])]) is None
    assert file_names("python", []) is None


# Bad input.

HOSTILE = [
    *(
        b"foo_bar(",
        b"int foo_bar(",
        b"int foo_bar()",
        b"/*",
        b"/* foo_bar",
        b'"',
        b"'",
        b"\\",
        b"((((",
        b"<<<<",
        b"  a<b<c<",
    ),
    *(b"enum foo_bar", b"typedef enum ", b"class Foo_bar:", b"struct foo_bar", b"template <a, b", b"export const {"),
    *(b"const (", b"@a(b @a(b ", b"a.b.c.d.e.f = ", b"  foo_bar: (a => b) => c", b"[[[[[", b" ", b"\t*", b"*/", b'"""'),
    *(
        b"public static final ",
        b"def foo_bar(",
        b"foo_bar = ",
        b"#define foo_bar",
        b"enum foo_bar {{",
        b"  foo_bar(a: b): c",
    ),
    *(b"  val foo_bar", b"fun a.b.", b"  @Test ", b"[Test, ", b"  Foo<Bar<", b"  Foo fooBar {", b"{ |a, "),
    *(b"attr_reader :foo_bar,", b'"#{', b'"\\(', b'@"', b"=begin", b"define('foo_bar", b"use A\\", b"->foo_bar"),
    *(b"local a ", b"$foo_bar", b"foo_bar()", b"a/b.c-d/", b"  case fooBar, ", b"CREATE TABLE a."),
    *(b"declare ", b"a as (", b"enum class Foo(", b"import a.{"),
    *(b"_" * 50, b"aB" * 50, b"\xff\xfe\x00", b"\0"),
]


@pytest.mark.parametrize("size", [10_000, pytest.param(100_000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_hostile_text_takes_time_in_its_length_alone(language: str, size: int) -> None:
    # In short lines, in the longest that are read, and in one line. What was quadratic took seconds and more.
    for fragment in HOSTILE:
        many = [fragment] * (size // (len(fragment) + 1))
        long = [(fragment * 1_000)[:999]] * (size // 1_000)
        for text in (many, long, [b"".join(many)]):
            text = [b"some_name other_name", *text]
            start = time.process_time()
            names = file_names(language, [(1, text[::2], 1, text)])
            if names:
                commit_names([("file", names)])
            assert time.process_time() - start < size / 10_000, (fragment, len(text))


def test_a_line_of_a_million_characters_is_skipped_and_the_others_are_read() -> None:
    source = b"def make_ring():\n    pass\n" + b"other_name(" * 100_000 + b"\ndef load_ring():\n    copy_ring()"
    names = file_names("python", [(0, [], 7, source.split(b"\n"))])
    assert names is not None
    assert [entry[:2] for entry in names.defined] == [("make_ring", 7), ("load_ring", 10)]
    assert set(names.net) == {"make_ring", "load_ring", "copy_ring"}


_LINE = st.one_of(
    st.binary(max_size=60).filter(lambda line: b"\n" not in line),
    st.sampled_from([line for text, _ in DEFINITIONS.values() for line in lines(text)]),
    st.sampled_from(HOSTILE),
)
_LINES = st.lists(_LINE, max_size=12)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(LANGUAGE_NAMES), st.lists(st.tuples(_LINES, _LINES), max_size=4))
def test_nothing_raises_and_lines_lie_in_their_hunks(
    language: str, hunks: list[tuple[list[bytes], list[bytes]]]
) -> None:
    parts = [(1 + 50 * n, old, 1 + 50 * n, new) for n, (old, new) in enumerate(hunks)]
    names = file_names(language, parts)
    if names is None:
        return
    found = commit_names([("file", names)])
    for name, line, *_ in names.defined:
        new = hunks[(line - 1) // 50][1]
        assert (line - 1) % 50 < len(new)
        assert is_counted(name.encode())
    assert found.used.keys().isdisjoint(entry[0] for entry in found.defined)
    more = {name for net in (names.net, names.imported) for name, count in net.items() if count > 0}
    assert found.used.keys() <= more
    assert found.renamed.keys() <= {entry[0] for entry in found.defined}


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(LANGUAGE_NAMES), _LINES, st.integers(1, 500))
def test_lines_moved_to_another_file_say_nothing(language: str, moved: list[bytes], line: int) -> None:
    source, target = file_names(language, [(line, moved, line, [])]), file_names(language, [(0, [], 1, moved)])
    files = [(path, names) for path, names in (("old", source), ("new", target)) if names is not None]
    found = commit_names(files)
    assert (found.defined, found.used, found.renamed) == ([], {}, {})


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LANGUAGE_NAMES), _LINES, _LINES)
def test_undoing_a_change_undoes_what_it_said(language: str, old: list[bytes], new: list[bytes]) -> None:
    there, back = file_names(language, [(1, old, 1, new)]), file_names(language, [(1, new, 1, old)])
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there.net == {name: -count for name, count in back.net.items()}
        assert sorted(there.undefined) == sorted(entry[0] for entry in back.defined)
