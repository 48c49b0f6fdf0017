from __future__ import annotations

import pickle
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.git import names
from connectors.git.languages import TABLE
from connectors.git.names import FileNames, commit_names, family, is_counted, language_of
from tests.connectors.git.language_examples import DEFINITIONS

LANGUAGE_NAMES = tuple(TABLE)


def lines(text: str | bytes) -> list[bytes]:
    return (text.encode() if isinstance(text, str) else text).strip(b"\n").split(b"\n")


def file_names(language: str, hunks: list[tuple[int, list[bytes], int, list[bytes]]]) -> FileNames | None:
    def text(side: list[bytes]) -> bytes | None:
        return b"\n".join(side) if side else None

    return names.file_names(language, [(at, text(old), to, text(new)) for at, old, to, new in hunks])


def added(language: str, text: str, line: int = 1) -> FileNames:
    return file_names(language, [(0, [], line, lines(text))]) or FileNames(language)


def change(language: str, *hunks: tuple[str, str]) -> FileNames:
    """A file's change, its hunks far apart."""
    parts = [
        (100 * number, lines(old) if old else [], 100 * number, lines(new) if new else [])
        for number, (old, new) in enumerate(hunks, 1)
    ]
    return file_names(language, parts) or FileNames(language)


def defined(names: FileNames) -> set[str]:
    return {name for name, *_ in names.defined}


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_definitions_of_a_language(language: str) -> None:
    text, expected = DEFINITIONS[language]
    assert defined(added(language, text)) == expected


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_a_definition_names_its_line(language: str) -> None:
    text, _ = DEFINITIONS[language]
    source = lines(text)
    for name, line, *_ in added(language, text, line=41).defined:
        assert name.lower() in source[line - 41].decode().lower()
    # The same in hunks that are apart.
    middle = len(source) // 2
    apart = file_names(language, [(0, [], 1, source[:middle]), (0, [], 1001, source[middle:])])
    assert apart is not None
    for name, line, *_ in apart.defined:
        found = source[line - 1] if line <= middle else source[line - 1001 + middle]
        assert name.lower() in found.decode().lower()


@pytest.mark.parametrize(
    ("language", "text", "public"),
    [
        ("python", "def open_one(): pass\ndef _open_two(): pass", {"open_one": True, "_open_two": False}),
        ("c", "int open_one(void)\n{\n}\nstatic int open_two(void)\n{\n}", {"open_one": True, "open_two": False}),
        ("go", "func OpenOne() {\n}\nfunc openTwo() {\n}", {"OpenOne": True, "openTwo": False}),
        ("rust", "pub fn open_one() {}\nfn open_two() {}", {"open_one": True, "open_two": False}),
        ("java", "    public void openOne() {\n    private void openTwo() {", {"openOne": True, "openTwo": False}),
        ("javascript", "export function openOne() {\nfunction openTwo() {", {"openOne": True, "openTwo": False}),
        ("typescript", "export type OpenOne = 1\ntype OpenTwo = 2", {"OpenOne": True, "OpenTwo": False}),
        ("kotlin", "fun openOne() {\ninternal fun openTwo() {", {"openOne": True, "openTwo": False}),
        ("scala", "  def openOne = 1\n  private[x] def openTwo = 1", {"openOne": True, "openTwo": False}),
        ("c#", "    public void OpenOne() {\n    void OpenTwo() {", {"OpenOne": True, "OpenTwo": False}),
        ("ruby", "  def open_one\n  private def open_two", {"open_one": True, "open_two": False}),
        ("php", "  function openOne() {\n  private function openTwo() {", {"openOne": True, "openTwo": False}),
        ("shell", "open_one() {\n_open_two() {", {"open_one": True, "_open_two": False}),
        ("swift", "public func openOne() {\nfunc openTwo() {", {"openOne": True, "openTwo": False}),
        ("sql", "CREATE TABLE open_one (x int);", {"open_one": True}),
    ],
)
def test_public(language: str, text: str, public: dict[str, bool]) -> None:
    assert {name: seen for name, _, seen, _ in added(language, text).defined} == public


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
        "setUp toString unwrap_or_else assertEqual size_t " + "x" * 90 + "_y"
    )
    for name in no.split():
        assert not is_counted(name.encode()), name


def test_languages_by_suffix() -> None:
    found = {
        path: language_of(path)
        for path in ("a/b.py", "b.H", "x.tsx", "d.mjs", "Makefile", "a.py/readme.md", ".rs", "y.hpp")
    }
    assert found == {
        "a/b.py": "python",
        "b.H": "c",
        "x.tsx": "typescript",
        "d.mjs": "javascript",
        "Makefile": None,
        "a.py/readme.md": None,
        ".rs": None,
        "y.hpp": "c++",
    }


@pytest.mark.parametrize(
    ("language", "text", "used"),
    [
        (
            "python",
            "x = get_ring(hash_path)  # see old_helper\nlog('not_this_one %s', \"nor_that\")",
            {"get_ring", "hash_path"},
        ),
        ("python", "from swift.common import hash_path", {"hash_path"}),
        ("python", '"""Uses some_words here.\n\nand more_words there\n"""\ncall_it()', {"call_it"}),
        ("python", 'more_words in the middle\n   of a text. """\ncall_it()', {"call_it"}),
        (
            "c",
            'foo_bar("refs/heads/*", baz_qux); /* not_this */ // nor_this\n * and_not_this\nlast_one();',
            {"foo_bar", "baz_qux", "last_one"},
        ),
        ("c", "/* starts_here\n   goes_on */ real_call();", {"real_call"}),
        ("c", " tail_of a comment */\nreal_call();", {"real_call"}),
        ("javascript", "firstCall();\nx = /[*/]/;\nsecondCall();", {"firstCall", "secondCall"}),
        ("c", "char c = '\"'; real_call(); d = '\"';", {"real_call"}),
        ("c", '#include <foo_bar.h>\n#include "baz_qux.h"\nreal_call();', {"real_call"}),
        ("rust", "fn x<'a>(y: &'a str) -> char { '\"' ; call_it(y) }", {"call_it"}),
        ("go", 'callIt(`json:"some_tag"`) // notThis', {"callIt"}),
        ("javascript", "callIt('a_b c_d', \"e_f g_h\", x) // notThis", {"callIt"}),
        (
            "kotlin",
            'callIt("notThis") // norThis\nval x = """nor\nthatOne"""\ncallTwo("a ${callThree(1)}")',
            {"callIt", "callTwo", "callThree"},
        ),
        (
            "scala",
            'callIt("notThis", \'"\') /* norThis */\ncallTwo(s"a $callThree")',
            {"callIt", "callTwo", "callThree"},
        ),
        (
            "c#",
            'CallIt("NotThis", @"Nor""This\nNorThat"); CallTwo($"a {CallThree(1)}"); #region NorHere',
            {"CallIt", "CallTwo", "CallThree", "NorHere"},
        ),
        ("c#", "#region NotThis\nCallIt();\n#endregion NorThat", {"CallIt"}),
        (
            "ruby",
            'call_it \'not_this\', "nor_this" # nor_that\ncall_two "a #{call_three} b"',
            {"call_it", "call_two", "call_three"},
        ),
        ("ruby", "call_it\n=begin\nnot_this\n=end\ncall_two()", {"call_it", "call_two"}),
        (
            "php",
            "callIt('notThis', \"norThis {$x->callTwo()}\"); # norThat\n#[CallThree]\n * andNotThis",
            {"callIt", "norThis", "callTwo", "CallThree"},
        ),
        (
            "shell",
            'call_it \'not_this\' "nor_this" # nor_that\ncall_two "$(call_three)" ${#ARRAY_ONE} it\\\'s five',
            {"call_it", "call_two", "call_three", "ARRAY_ONE"},
        ),
        ("swift", 'callIt("notThis") // norThis\ncallTwo("a \\(callThree(1)) b")', {"callIt", "callTwo", "callThree"}),
        (
            "sql",
            "select call_it('not_this it''s nor_this'), \"Quoted_One\" -- nor_that\n/* nor_here */",
            {"call_it", "quoted_one"},
        ),
    ],
)
def test_comments_and_strings_are_no_use(language: str, text: str, used: set[str]) -> None:
    assert set(commit_names([("file", added(language, text))]).used) == used


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


@pytest.mark.parametrize(
    ("language", "text", "used"),
    [
        # Declared in these very lines, however deep: local functions, aliases, what a test generates.
        ("python", "        def fake_ring(): pass\n        call_it(fake_ring)", {"call_it"}),
        ("python", "import x as my_ring\nfor one_part in call_it(): my_ring(one_part)", {"call_it"}),
        ("rust", "            pub fn print_msg() {}\n            call_it(print_msg());", {"call_it"}),
        ("go", "\tvar theRing = 1\n\tcallIt(theRing)", {"callIt"}),
        ("javascript", "        function theRing() {}\n        callIt(theRing)", {"callIt"}),
        # The standard library's, by its path.
        ("rust", "use std::os::windows::fs::symlink_dir as symlink;\nuse a::call_it;", {"call_it"}),
        ("rust", "use std::{fs, os::{read_dir, link_dir}};\ncall_it()", {"call_it"}),
        ("c++", "std::from_chars(x); call_it();", {"call_it"}),
        # Local values, parameters, keys and labels of the other languages.
        ("kotlin", "fun x(ringSize: Int) { val theRing = 1; y.map { oneRing -> callIt(theRing, ringSize, oneRing) } }",
         {"callIt"}),
        ("scala", "x match { case theRing: Ring => callIt(theRing) }\nfor (oneRing <- y) oneRing", {"callIt"}),
        ("c#", "using Some.RingThings;\nnamespace A.RingSpace\nvar ringSize = CallIt(ringName: _theRing);",
         {"CallIt", "RingThings"}),
        ("ruby", "def x(ring_size, y)\n  z { |one_ring| call_it(ring_size, one_ring, ring_name: @the_ring) }",
         {"call_it"}),
        ("php", "$ringSize = $this->ringName; callIt($ringSize, ringLabel: 1);", {"callIt"}),
        ("shell", "local ring_size one_ring\nfor the_ring in a; do call_it $ring_size $one_ring $the_ring; done\n"
         ". lib/some_file.sh --long_option other_file.sh", {"call_it"}),
        ("swift", "func x(withSize ringSize: Int) {\nlet theRing = 1\ny.map { oneRing in callIt(theRing, a: oneRing) }",
         {"callIt"}),
        ("sql", "with the_ring as (select 1) select call_it(@ring_size) as one_ring from #temp_ring, the_ring",
         {"call_it"}),
        # Fields and local variables.
        ("c", "static x y = { .reflog_expire = call_it, };\na->old_id = b.new_id;", {"call_it"}),
        ("rust", "build_config.call_it(self.root_dir, crate::other_one::MAX_SIZE, some_macro!());",
         {"call_it", "other_one", "MAX_SIZE", "some_macro"}),
    ],
)  # fmt: skip
def test_what_is_only_called_alike_is_no_use(language: str, text: str, used: set[str]) -> None:
    assert set(commit_names([("file", added(language, text))]).used) == used


@pytest.mark.parametrize(
    ("language", "imports", "body"),
    [
        ("python", "from a import (\n    get_ring,\n)", "x = get_ring(1)\n"),
        ("rust", "use crate::{\n    a,\n    get_ring,\n};", "    get_ring(1);\n"),
        ("java", "import a.getRing;", "  getRing(1);\n"),
        ("typescript", "import { getRing } from 'a';", "getRing(1);\n"),
        ("kotlin", "import a.getRing", "  getRing(1)\n"),
        ("scala", "import a.{b, getRing}", "  getRing(1)\n"),
        ("c#", "using static A.getRing;", "  getRing(1);\n"),
        ("php", "use function A\\getRing;", "  getRing(1);\n"),
    ],
)
def test_an_import_is_a_use_but_not_where_code_moved_with_it(language: str, imports: str, body: str) -> None:
    name = "get_ring" if "get_ring" in body else "getRing"
    assert set(commit_names([("b", change(language, ("", imports)))]).used) == {name}
    assert set(commit_names([("b", change(language, ("", imports), ("", body)))]).used) == {name}
    old, new = change(language, (body, "")), change(language, ("", imports), ("", body))
    assert commit_names([("a", old), ("b", new)]).used == {}
    more = change(language, ("", imports), ("", body + body))
    assert set(commit_names([("a", old), ("b", more)]).used) == {name}


@pytest.mark.parametrize(
    ("language", "function", "method", "reached", "bare"),
    [
        ("python", "def get_ring():", "    def get_ring(self):", "x.get_ring()", "get_ring()"),
        ("rust", "fn get_ring() {}", "    fn get_ring<'a>(&'a mut self) {}", "X::get_ring()", "get_ring()"),
        ("go", "func getRing() {", "func (r *Ring) getRing() {", "x.getRing()", "getRing()"),
        ("php", "function getRing() {", "    public function getRing() {", "$x->getRing();", "$x . getRing();"),
    ],
)
def test_methods_are_told_and_how_a_name_is_reached(
    language: str, function: str, method: str, reached: str, bare: str
) -> None:
    assert [added(language, text).defined[0][3] for text in (function, method)] == [False, True]
    found = [commit_names([("file", added(language, text))]).used for text in (reached, bare)]
    assert [next(iter(used.values()))[1] for used in found] == [True, False]


def test_a_comparison_or_an_attribute_binds_nothing() -> None:
    names = added("python", "if part_power == 3: utils.HASH_PATH = 1\nx = lambda: ring_size <= 3")
    assert set(commit_names([("a.py", names)]).used) == {"part_power", "HASH_PATH", "ring_size"}


def test_case_says_nothing_in_a_name_with_an_underscore_of_sql() -> None:
    old, new = added("sql", "CREATE TABLE Page_Rows (x int);"), added("sql", "SELECT 1 FROM PAGE_ROWS, DropPages")
    assert defined(old) == {"page_rows"}
    assert set(commit_names([("a.sql", new)]).used) == {"page_rows", "DropPages"}


def test_languages_of_one_machine_share_their_names() -> None:
    families = {language: family(language) for language in LANGUAGE_NAMES}
    assert {language for language, one in families.items() if one == "java"} == {"java", "kotlin", "scala"}
    assert len(set(families.values())) == len(families) - 4


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        # A method is told from a local function by the line that opens its block, or where the change does not show it.
        ("kotlin", "    fun readRing() {", {"readRing"}),
        ("kotlin", "class A(\n    val x: Int,\n) : B() {\n    fun readRing() {", {"readRing"}),
        ("kotlin", "fun x(\n    y: Int,\n) {\n    fun readRing() {", set()),
        ("scala", "class A\n  extends B\n    with C {\n   def readRing = 1", {"readRing"}),
        ("c#", "    void X()\n    {\n        int ReadRing(int x) => x;", set()),
        ("c#", "\tclass A\n\t{\n\t\tint ReadRing(int x) => x;", {"ReadRing"}),
        ("c#", '  class A\n  {\n    string x = @"\n text of a string";\n    int ReadRing(int x) => x;', {"ReadRing"}),
        ("swift", "    if x {\n        struct ReadRing {", set()),
        ("sql", "create or replace package x as\n  function read_ring(a int) return int;", {"read_ring"}),
        ("sql", "declare\n  procedure read_ring is", set()),
        ("swift", "extension A {\n    #if DEBUG\n    func readRing() {", {"readRing"}),
    ],
)
def test_local_functions_are_told_by_what_opens_their_block(language: str, text: str, names: set[str]) -> None:
    assert {name for name in defined(added(language, text)) if name.lower().replace("_", "") == "readring"} == names


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


@pytest.mark.skipif(
    subprocess.run(["which", "ctags"], capture_output=True).returncode != 0, reason="ctags is not installed"
)
@pytest.mark.parametrize(("language", "suffix"), [("python", "py"), ("c", "c"), ("go", "go"), ("java", "java")])
def test_ctags_agrees_on_the_examples(language: str, suffix: str, tmp_path: Path) -> None:
    text, expected = DEFINITIONS[language]
    file = tmp_path / f"example.{suffix}"
    file.write_text(text)
    command = ["ctags", "--options=NONE", "-f", "-", "--fields=", "--kinds-Python=+l", str(file)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    theirs = {line.split("\t")[0] for line in out.splitlines()}
    assert expected <= theirs, expected - theirs
