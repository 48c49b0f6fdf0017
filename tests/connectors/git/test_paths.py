"""Which paths are left out: built-in rules, .gitattributes as git reads them, the user's file; generated headers."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from connectors.git import paths as rules_module
from connectors.git.globs import Glob
from connectors.git.paths import PathRules, generated_header
from influence.errors import InputError

DOCS = Path(__file__).parents[3] / "docs" / "paths.md"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("src/store/ring.py", None),
        ("tests/test_ring.py", None),
        ("testdata/cases.json", None),
        ("contrib/completion.bash", None),
        ("docs/ring.rst", None),
        ("CHANGELOG.md", None),
        ("Makefile", None),
        ("package.json", None),
        ("lib/dependencies/index.js", None),
        ("src/vendor.py", None),
        ("lodash.js", None),
        ("vendor/github.com/x/y.go", "vendored"),
        ("web/node_modules/left-pad/index.js", "vendored"),
        ("third_party/zlib/inflate.c", "vendored"),
        ("deps/hiredis/async.c", "vendored"),
        ("static/jquery-3.7.1.js", "vendored"),
        ("gradlew", "vendored"),
        ("api/store.pb.go", "generated"),
        ("api/store_pb2.py", "generated"),
        ("configure", "generated"),
        ("m4/aclocal.m4", "generated"),
        ("web/dist/app.js", "generated"),
        ("tools/dist/upload.py", None),
        ("src/__snapshots__/a.test.js.snap", "generated"),
        ("web/app.min.js", "minified"),
        ("go.sum", "lock"),
        ("web/package-lock.json", "lock"),
        ("vendor/x/Cargo.lock", "lock"),
        ("logo.PNG", "binary"),
        ("lib/libstore.so", "binary"),
        ("po/de.po", "translation"),
        ("app/locale/de/messages.json", "translation"),
        ("res/values-de/strings.xml", "translation"),
        ("LICENSE", "licence"),
        ("COPYING.LESSER", "licence"),
        ("license.py", None),
        ("data/towns.csv", "data"),
        ("images/ring.svg", "data"),
        ("notebooks/try.ipynb", "data"),
    ],
)
def test_built_in_rules(path: str, reason: str | None) -> None:
    assert PathRules.default().excluded(path) == reason


def test_everything_built_in_stands_in_the_docs() -> None:
    text = DOCS.read_text()
    words = set(re.findall(r"`([^`]+)`", text))
    for table in ("VENDORED_FOLDERS", "VENDORED_ROOT_FOLDERS", "GENERATED_FOLDERS"):
        assert {f"{folder}/" for folder in getattr(rules_module, table)} <= words, table
    for table in ("LOCK_FILES", "GENERATED_FILES", "VENDORED_FILES"):
        assert getattr(rules_module, table) <= words, table
    assert {f"*.{suffix}" for suffix in rules_module.SUFFIXES} <= words
    assert {reason for reason, _ in rules_module.PATTERNS} <= words


# ---- .gitattributes


def test_attributes_exclude_and_take_back() -> None:
    rules = PathRules.default().with_attributes(
        b"# comment\n*.tbl linguist-generated\nvendor/ours/** -linguist-vendored\nsmall.tbl linguist-generated=false\n"
        b'"with space/*" linguist-vendored=true\n[attr]made linguist-generated\n*.made made\nblob.dat binary\n'
        b"fixtures/** -diff\nuv.lock -linguist-generated\n"
    )
    assert rules.excluded("a/b.tbl") == "generated"
    assert rules.excluded("a/small.tbl") is None
    assert rules.excluded("vendor/ours/x.py") is None
    assert rules.excluded("vendor/theirs/x.py") == "vendored"
    assert rules.excluded("with space/x.py") == "vendored"
    assert rules.excluded("x.made") == "generated"
    assert rules.excluded("blob.dat") == "binary"
    assert rules.excluded("fixtures/a/b.txt") == "no diff wanted"
    assert rules.excluded("uv.lock") is None
    assert PathRules.default().excluded("a/b.tbl") is None


_PART = st.sampled_from(["a", "b", "ab", "a.py", "b.py", "lib", "x y"])
_PATHS = st.lists(_PART, min_size=1, max_size=4).map("/".join)
_PATTERN_PART = st.sampled_from(
    ["a", "*", "**", "?", "a*", "*.py", "[ab]", "[!a]*", "li*b", "*b*", "\\a", "[a-c].py", "x y"]
)
_PATTERNS = st.tuples(
    st.sampled_from(["", "", "/"]), st.lists(_PATTERN_PART, min_size=1, max_size=3), st.sampled_from(["", "", "/"])
).map(lambda parts: parts[0] + "/".join(parts[1]) + parts[2])


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("attributes")
    subprocess.run(["git", "init", "-q", str(path)], check=True)
    return path


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    patterns=st.lists(_PATTERNS, min_size=1, max_size=4), queried=st.lists(_PATHS, min_size=1, max_size=12, unique=True)
)
def test_attributes_match_as_in_git(repository: Path, patterns: list[str], queried: list[str]) -> None:
    quoted = [f'"{pattern}"' if " " in pattern else pattern for pattern in patterns]
    assume(not any("\\" in pattern and " " in pattern for pattern in patterns))  # escapes inside quotes are git's own
    lines = [f"{pattern} {'-' if number % 2 else ''}linguist-generated" for number, pattern in enumerate(quoted)]
    text = "\n".join(lines) + "\n"
    (repository / ".gitattributes").write_text(text)
    asked = (
        subprocess.run(
            ["git", "check-attr", "-z", "--stdin", "linguist-generated"],
            input="\0".join(queried).encode() + b"\0",
            capture_output=True,
            check=True,
            cwd=repository,
        )
        .stdout.decode()
        .split("\0")
    )
    by_git = {asked[at]: asked[at + 2] == "set" for at in range(0, len(asked) - 1, 3)}
    rules = PathRules.default().with_attributes(text.encode())
    assert {path: rules.excluded(path) == "generated" for path in queried} == by_git, text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pattern=_PATTERNS, queried=st.lists(_PATHS, min_size=1, max_size=12, unique=True))
def test_user_patterns_match_as_in_a_gitignore(repository: Path, pattern: str, queried: list[str]) -> None:
    assume(not pattern.endswith("**/"))
    (repository / ".gitignore").write_text(pattern + "\n")
    done = subprocess.run(
        ["git", "check-ignore", "-z", "--stdin", "--no-index"],
        input="\0".join(queried).encode() + b"\0",
        capture_output=True,
        check=False,
        cwd=repository,
    )
    by_git = set(filter(None, done.stdout.decode().split("\0")))
    rules = PathRules.default().with_file(pattern + "\n")
    assert {path for path in queried if rules.excluded(path)} == by_git


def test_hostile_patterns_and_paths_cost_no_time() -> None:
    began = time.process_time()
    glob = Glob("*a" * 40 + "b", below=False)
    assert not glob.matches("a" * 4000)
    deep = Glob("/".join(["**", "a"] * 30) + "/b", below=True)
    assert not deep.matches("/".join(["a"] * 400))
    assert not Glob("[" * 50, below=True).matches("a")
    rules = PathRules.default().with_attributes(
        b'\xff\xfe \x00 linguist-generated\n[attr]\n-\n!\n"unclosed linguist-vendored\n'
    )
    assert rules.excluded("a.py") is None
    rules.excluded("locale/" * 2000 + "x" * 5000)
    assert time.process_time() - began < 30


# ---- the user's file


def test_the_users_rules_have_the_last_word() -> None:
    rules = (
        PathRules.default()
        .with_attributes(b"src/made/** linguist-generated\n")
        .with_file(
            "# ours\n\nlegacy/   # bought in 2019\n!legacy/kept.py\n!vendor/ours/\n!/src/made/hand.py\n*.sql\n!LICENSE"
        )
    )
    assert rules.excluded("legacy/a/b.py") == "bought in 2019"
    assert rules.excluded("legacy/kept.py") is None
    assert rules.excluded("vendor/ours/a.py") is None
    assert rules.excluded("src/made/hand.py") is None
    assert rules.excluded("src/made/other.py") == "generated"
    assert rules.excluded("db/schema.sql") == "left out by your rules"
    assert rules.excluded("LICENSE") is None
    assert rules.excluded("legacy") is None  # a file of that name is no folder


@pytest.mark.parametrize("line", ["!", "/", "a\x00b", "x" * 1001])
def test_a_line_that_is_no_pattern_is_named(line: str) -> None:
    with pytest.raises(InputError, match="line 2 of the path rules"):
        PathRules.default().with_file("ok/\n" + line + "\n")


def test_answers_are_remembered_and_stay_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_module, "_REMEMBERED", 10)
    rules = PathRules.default()
    assert [rules.excluded(f"vendor/{number}.py") for number in range(50)] == ["vendored"] * 50
    assert len(rules._answers) <= 10


# ---- generated headers


@pytest.mark.parametrize(
    "head",
    [
        "// Code generated by protoc-gen-go. DO NOT EDIT.\npackage api",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n# @generated by tools/tables.py",
        "/**\n * @generated SignedSource<<abc>>\n */",
        "# This file is automatically @generated by Cargo.",
        "// <auto-generated>\n//     This code was generated by a tool.",
        "#! /bin/sh\n# Guess values for system-dependent variables.\n# Generated by GNU Autoconf 2.71.",
        "# Makefile.in generated by automake 1.16.5 from Makefile.am.",
        "/* A Bison parser, made by GNU Bison 3.8.2.  */",
        "/* config.h.in.  Generated from configure.ac by autoheader.  */",
        "// GENERATED BY make_unicode_groups.py; DO NOT EDIT.",
        "/* Automatically generated by generate-command-code.py, do not edit. */",
        "# Generated by the protocol buffer compiler.  DO NOT EDIT!",
        "# This file is autogenerated by pip-compile with Python 3.11",
        "// this file was generated by the 'parse_bitrel' program in the tools section",
        "# Generated by Django 4.2 on 2023-01-01 10:00\n# Do not edit this by hand",
    ],
)
def test_generated_headers(head: str) -> None:
    assert generated_header(head.encode().split(b"\n"))


@pytest.mark.parametrize(
    "head",
    [
        "",
        "# Swift has quite verbose logging, and the generated logs can be used for",
        '"""Handles auto-generated identifiers."""',
        "/// File information of a package archive generated by `cargo package --list`.",
        "def generated_header(lines):\n    return b'@generated' in lines",
        'MARK = "Code generated by hand. DO NOT EDIT."',
        'import javax.annotation.Generated;\n@Generated(value = "x")',
        "# The characters in the first expression can be generated",
        "test_description='git-apply notices removal patches generated by GNU diff'",
        "contact: someone@generated.example",
        "# Do not edit the table below without running the tests",
    ],
)
def test_speaking_of_generated_things_is_not_enough(head: str) -> None:
    assert not generated_header(head.encode().split(b"\n"))


@given(st.lists(st.binary(max_size=80), max_size=30))
def test_any_header_is_read(lines: list[bytes]) -> None:
    assert generated_header(lines) in (True, False)
