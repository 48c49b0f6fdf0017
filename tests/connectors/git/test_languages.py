"""What each language's row of the table finds in text of that language, and what it leaves out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from connectors.git.names import commit_names, family, language_of
from tests.connectors.git.changed_lines import LANGUAGE_NAMES, added, change, defined, file_names, lines
from tests.connectors.git.language_examples import DEFINITIONS


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
        # A variable is no function of that name.
        ("shell", 'echo "$ring_size ${one_ring%/} ${#all_rings}" $RING_HOME ${RING_ROOT} $(call_it)',
         {"call_it", "RING_HOME", "RING_ROOT"}),
        ("swift", "func x(withSize ringSize: Int) {\nlet theRing = 1\ny.map { oneRing in callIt(theRing, a: oneRing) }",
         {"callIt"}),
        ("sql", "with the_ring as (select 1) select call_it(@ring_size) as one_ring from #temp_ring, the_ring",
         {"call_it"}),
        # Fields and local variables.
        ("c", "static x y = { .reflog_expire = call_it, };\na->old_id = b.new_id;", {"call_it"}),
        # A prototype is no call, and a macro none.
        ("c", "extern struct the_ring *get_ring(const struct one_node *n, int (*f)(void *));\n"
         "void add_rings(const char *format,\n\t...)\n\t__attribute__((format (printf, 1, 2)));\n"
         "static DEFINE_RING(big_ring);\ndefine_slab(one_slab, int);\n\tcall_it(a);\n",
         {"one_node", "DEFINE_RING", "big_ring", "define_slab", "one_slab", "call_it"}),
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
