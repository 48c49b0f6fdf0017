"""Modules and packages: what a repository gives and takes, by real repositories and by texts."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

import influence
from connectors.git import GitConnector
from connectors.git.manifests import LARGEST, is_manifest, manifest
from connectors.git.modules import declared_modules, imported_modules, modules_at
from connectors.git.names import family_of
from influence.workspace import Workspace
from tests.conftest import Repo
from tests.influence.following import followed

MakeRepo = Callable[[str], Repo]
ADA, BEA, CAL = "Ada Byron <ada@engine.corp>", "Bea Smith <bea@engine.corp>", "Cal Jones <cal@engine.corp>"


@pytest.mark.parametrize(
    ("path", "text", "keys"),
    [
        ("a.py", "import os, storage.ring as ring\n", {"os", "storage.ring"}),
        (
            "a.py",
            "from storage.ring import (\n    A, B as C,\n)\n",
            {"storage.ring", "storage.ring.A", "storage.ring.B"},
        ),
        ("a.py", "from . import ring\nfrom .ring import A\n", set()),
        ("a.c", '#include "core/ring.h"\n#include <stdio.h>\n# include "../x.h"\n', {"core/ring.h", "x.h"}),
        ("a.go", 'import "corp.example/ring"\n', {"corp.example", "corp.example/ring"}),
        (
            "a.go",
            'import (\n\t"fmt"\n\tr "corp.example/ring" // why\n)\n',
            {"fmt", "corp.example", "corp.example/ring"},
        ),
        ("a.go", 'x := []string{\n\t"no/import",\n}\n', set()),
        ("a.rs", "use ring_core::{Ring, open::Part};\n", {"ring_core", "ring_core.Ring", "ring_core.Part"}),
        ("a.rs", "use crate::ring::Ring;\nuse std::fmt;\n", set()),
        (
            "a.ts",
            "import { Ring, type Part as P } from '@corp/ring/sub';\n",
            {"@corp/ring", "@corp/ring.Ring", "@corp/ring.Part"},
        ),
        ("a.js", "const { Ring } = require('ring');\n", {"ring", "ring.Ring"}),
        ("a.js", "import x from './ring';\n", set()),
        ("A.java", "import static com.corp.Ring.open;\n", {"com.corp.Ring.open", "com.corp.Ring", "com.corp"}),
        ("a.kt", "import com.corp.Ring\n", {"com.corp.Ring", "com.corp"}),
        ("A.cs", "using Corp.Storage;\nusing var x = y;\n", {"Corp.Storage"}),
        ("a.php", "use Corp\\Storage\\Ring;\n", {"Corp\\Storage\\Ring", "Corp\\Storage"}),
        ("a.rb", "require 'corp/ring'\nrequire_relative 'x'\n", {"corp/ring"}),
        ("a.swift", "@testable import RingCore\n", {"RingCore"}),
        ("a.sh", "source ring.sh\n", set()),
    ],
)
def test_what_a_line_imports(path: str, text: str, keys: set[str]) -> None:
    found = imported_modules(family_of(path), b"\n" + text.encode(), b"\n")
    assert found == dict.fromkeys(keys, 1)
    assert imported_modules(family_of(path), b"\n" + text.encode(), b"\n" + text.encode()) == {}


@pytest.mark.parametrize(
    ("path", "text", "key"),
    [
        ("A.java", "package com.corp.ring;\n", "com.corp.ring"),
        ("a.scala", "package com.corp.ring\n", "com.corp.ring"),
        ("A.cs", "// x\nnamespace Corp.Storage\n{\n", "Corp.Storage"),
        ("a.php", "<?php\nnamespace Corp\\Storage;\n", "Corp\\Storage"),
    ],
)
def test_where_a_file_says_what_it_is(path: str, text: str, key: str) -> None:
    assert [name for name, _ in declared_modules(family_of(path), b"\n" + text.encode())] == [key]


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("storage/ring.py", ["storage.ring", "storage"]),
        ("src/storage/__init__.py", ["storage"]),
        ("services/one/src/storage/ring.py", ["storage.ring", "storage"]),
        ("libs/one/storage/ring.py", ["storage.ring", "storage"]),
        ("utils.py", []),
        ("named.py", ["named"]),
        ("tests/test_ring.py", []),
        ("logging/ring.py", []),
        ("not-a-module/ring.py", []),
        ("include/core/ring.h", ["ring.h", "core/ring.h", "include/core/ring.h"]),
        ("compat/poll.h", ["compat/poll.h"]),
        ("core/ring.c", []),
        ("lib/corp/ring.rb", ["corp/ring"]),
        ("Sources/RingCore/Ring.swift", ["RingCore"]),
    ],
)
def test_which_module_a_path_is(path: str, keys: list[str]) -> None:
    assert modules_at(path, family_of(path), {"libs/one"}, {"named"}) == keys


POM = """<project><parent><groupId>com.corp</groupId><artifactId>all</artifactId></parent>
<!-- <artifactId>no</artifactId> --><artifactId>ring</artifactId><dependencies><dependency>
<groupId>com.corp</groupId><artifactId>base</artifactId>
</dependency></dependencies><build><plugins><plugin><artifactId>x</artifactId></plugin></plugins></build></project>"""


@pytest.mark.parametrize(
    ("path", "text", "packages", "wanted"),
    [
        (
            "pyproject.toml",
            '[project]\nname = "Corp_Ring"\ndependencies = ["base[x]>=1", "pip"]\n',
            {"corp-ring"},
            {"base", "pip"},
        ),
        (
            "pyproject.toml",
            '[tool.poetry]\nname = "r"\n[tool.poetry.dependencies]\npython = "^3"\nbase = "*"\n',
            {"r"},
            {"base"},
        ),
        (
            "setup.cfg",
            "[metadata]\nname = ring\n[options]\ninstall_requires =\n    base>=1\n    other\n",
            {"ring"},
            {"base", "other"},
        ),
        (
            "setup.py",
            "setup(\n    name='ring',\n    install_requires=['base>=1', \"other\"],\n)\n",
            {"ring"},
            {"base", "other"},
        ),
        ("deploy/requirements-dev.txt", "# x\n-r other.txt\nBase.X==1 ; python_version > '3'\n", set(), {"base-x"}),
        ("web/package.json", '{"name": "@corp/ring", "dependencies": {"base": "1"}}', {"@corp/ring"}, {"base"}),
        (
            "Cargo.toml",
            '[package]\nname = "ring_core"\n[dependencies]\nb = { package = "base", version = "1" }\n',
            {"ring-core"},
            {"base"},
        ),
        (
            "go.mod",
            "module corp.example/ring\n\nrequire (\n\tcorp.example/base v1.2.0 // indirect\n)\n",
            {"corp.example/ring"},
            {"corp.example/base"},
        ),
        ("pom.xml", POM, {"com.corp:ring"}, {"com.corp:base"}),
        (
            "ring.gemspec",
            "Gem::Specification.new do |s|\n  s.name = 'ring'\n  s.add_dependency 'base'\nend\n",
            {"ring"},
            {"base"},
        ),
        ("Gemfile", "gem 'base', '~> 1'\n", set(), {"base"}),
        ("composer.json", '{"name": "Corp/ring", "require": {"corp/base": "*"}}', {"corp/ring"}, {"corp/base"}),
    ],
)
def test_what_a_manifest_says(path: str, text: str, packages: set[str], wanted: set[str]) -> None:
    found = manifest(path, text.encode())
    assert found is not None
    assert (found.packages, found.wanted) == (packages, wanted)


HOSTILE = (
    "[" * 60_000,
    '{"a":' * 20_000,
    '[project]\nname = "' + "a" * 90_000 + '"',
    "a." * 45_000 + "b = 1",
    ("a." * 499 + "b = 1\n") * 90,
    "\xff" * 50_000,
    "<dependency>" * 8_000,
    "<!--" * 20_000,
    "<parent><groupId>" * 5_000,
    "name = " * 14_000,
    "install_requires=[" * 5_000,
    "install_requires = [" + "'" * 90_000,
    "gem '" * 20_000,
    " " * 99_000,
    "[package]\n" + 'a = "b"\n' * 12_000,
    "x = [" + "1," * 45_000 + "]",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_manifests_are_read_in_no_time(text: str) -> None:
    start = time.process_time()
    for path in ("pyproject.toml", "setup.cfg", "setup.py", "requirements.txt", "package.json", "Cargo.toml", "go.mod",
                 "pom.xml", "Gemfile", "composer.json"):  # fmt: skip
        assert manifest(path, text.encode()) is not None
    assert time.process_time() - start < 20


def test_what_is_too_large_or_no_manifest_says_nothing() -> None:
    found = manifest("requirements.txt", b"base\n" * (LARGEST // 5 + 1))
    assert found is not None
    assert not found.wanted
    assert manifest("ring.py", b"") is None
    assert not is_manifest("tests/testsuite/Cargo.toml")


def collected(*repositories: Repo) -> Workspace:
    """One read after the other: reading them side by side has its own tests."""
    workspace = Workspace(repositories[0].path.parent / "w.duckdb")
    for repo in repositories:
        influence.collect(repo.path, workspace)
    return workspace


def told(workspace: Workspace) -> set[tuple[str, str, str]]:
    """(Follower, name, repository of the use) of all that is adopted."""
    found = followed(workspace)
    who = found.people.set_index("id")["person"]
    labels = workspace.harvests().set_index("repository")["label"].to_dict()
    acts = found.acts[found.acts["kind"] == "adopts"]
    return {(who[row.follower].split()[0], row.name, labels[row.used_in]) for row in acts.itertuples()}


def test_python_from_repository_to_repository(make_repo: MakeRepo) -> None:
    vault, relay = make_repo("vault"), make_repo("relay")
    vault.commit(
        {
            "pyproject.toml": '[project]\nname = "vault"\n',
            "src/vault/ring.py": "class RingBuilder:\n    def add_part(self):\n        pass\n\n\n"
            "def _hidden_part():\n    pass\n",
        },
        ADA,
        "2024-01-01",
    )
    relay.commit({"requirements.txt": "vault>=1\n"}, BEA, "2024-02-01")
    relay.commit({"app.py": "from vault.ring import RingBuilder\n\nr = RingBuilder()\n"}, BEA, "2024-02-02")
    relay.commit(
        {"app.py": None, "main.py": "from vault.ring import RingBuilder\n\nr = RingBuilder()\n"}, ADA, "2024-02-03"
    )
    relay.commit(
        {"main.py": "from vault.ring import RingBuilder\n\nr = RingBuilder()\nr.add_part()\n"}, CAL, "2024-02-04"
    )
    relay.commit({"else.py": "x.add_part()\n_hidden_part()\n"}, BEA, "2024-02-05")
    workspace = collected(vault, relay)
    adopted = {
        ("Bea", "vault", "relay"),
        ("Bea", "vault.ring", "relay"),
        ("Bea", "RingBuilder", "relay"),
        ("Cal", "add_part", "relay"),
    }
    assert told(workspace) == adopted
    findings = influence.analyse(workspace)
    acts = findings.acts(findings.leaders.iloc[0]["id"])
    assert set(acts.loc[acts["kind"] == "adopts", "name"]) == {name for _, name, _ in adopted}
    evidence = findings.explain(findings.leaders.iloc[0]["id"]).evidence
    assert set(evidence["repository"]) == {"vault"}
    assert set(evidence["used_in"]) == {"relay"}


def test_c_from_repository_to_repository(make_repo: MakeRepo) -> None:
    vault, relay = make_repo("vault"), make_repo("relay")
    body = "long ring_open(long a)\n{\n\treturn a;\n}\n\nstatic long ring_hidden(long a)\n{\n\treturn a;\n}\n"
    vault.commit({"core/ring.h": "long ring_open(long a);\n", "core/ring.c": body}, ADA, "2024-01-01")
    relay.commit({"all.h": '#include "ring.h"\n'}, BEA, "2024-02-01")
    relay.commit(
        {"main.c": '#include "all.h"\nint main(void)\n{\n\treturn ring_open(ring_hidden(1));\n}\n'}, CAL, "2024-02-02"
    )
    assert told(collected(vault, relay)) == {("Bea", "ring.h", "relay"), ("Cal", "ring_open", "relay")}


def test_packages_from_repository_to_repository(make_repo: MakeRepo) -> None:
    vault, relay = make_repo("vault"), make_repo("relay")
    vault.commit(
        {"package.json": '{"name": "@corp/ring"}', "pom.xml": POM, "Cargo.toml": '[package]\nname = "ring"\n'},
        ADA,
        "2024-01-01",
    )
    takes = {
        "package.json": '{"dependencies": {"@corp/ring": "1"}}',
        "pom.xml": POM.replace("base", "ring").replace(
            "<artifactId>ring</artifactId><dep", "<artifactId>use</artifactId><dep"
        ),
        "Cargo.toml": '[package]\nname = "u"\n[dependencies]\nring = "1"\n',
    }
    relay.commit(takes, BEA, "2024-02-01")
    relay.commit({path: text + "\n" for path, text in takes.items()}, CAL, "2024-02-02")
    assert told(collected(vault, relay)) == {("Bea", name, "relay") for name in ("@corp/ring", "com.corp:ring", "ring")}


def test_go_by_module_path(make_repo: MakeRepo) -> None:
    vault, relay = make_repo("vault"), make_repo("relay")
    vault.commit(
        {
            "go.mod": "module corp.example/vault\n",
            "ring/ring.go": "package ring\n\nfunc OpenRing() int {\n\treturn 1\n}\n",
        },
        ADA,
        "2024-01-01",
    )
    use = 'package main\n\nimport (\n\t"corp.example/vault/ring"\n)\n\nvar x = ring.OpenRing()\n'
    relay.commit(
        {"go.mod": "module corp.example/relay\n\nrequire corp.example/vault v1.0.0\n", "main.go": use},
        BEA,
        "2024-02-01",
    )
    assert told(collected(vault, relay)) == {("Bea", "corp.example/vault", "relay"), ("Bea", "OpenRing", "relay")}


def test_a_script_imports_what_lies_beside_it(make_repo: MakeRepo) -> None:
    vault, relay = make_repo("vault"), make_repo("relay")
    vault.commit({"ring/__init__.py": "def open_ring():\n    pass\n"}, ADA, "2024-01-01")
    relay.commit({"tools/ring.py": "x = 1\n", "tools/main.py": "import ring\n\nring.open_ring()\n"}, BEA, "2024-02-01")
    assert told(collected(vault, relay)) == set()


def test_what_moves_to_another_manifest_is_not_asked_for(make_repo: MakeRepo) -> None:
    vault, relay = make_repo("vault"), make_repo("relay")
    vault.commit({"pyproject.toml": '[project]\nname = "vault"\n'}, ADA, "2024-01-01")
    relay.commit({"requirements.txt": "vault\n"}, BEA, "2024-02-01")
    relay.commit({"requirements.txt": "", "test-requirements.txt": "vault\n"}, CAL, "2024-02-02")
    assert told(collected(vault, relay)) == {("Bea", "vault", "relay")}


def test_rows_are_as_documented(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo("rows")
    repo.commit({"storage/ring.py": "import base_ring\nimport storage.part\n"}, ADA, "2024-01-01")
    repo.commit({"storage/part.py": "x = 1\n"}, ADA, "2024-01-02")
    repo.git("mv", "storage/ring.py", "storage/circle.py")
    repo.commit({}, BEA, "2024-01-03")
    checkpoint = next(iter(GitConnector(repo.path).checkpoints()))
    gone = [(r["name"], r["identity"]) for r in checkpoint.tables["names"].to_pylist() if not r["public"]]
    assert gone == [("storage.ring", None)]
    names = {(r["name"], r["language"], r["family"], r["renamed_from"]) for r in checkpoint.tables["names"].to_pylist()}
    assert names == {
        ("storage", "module", "module:python", None),
        ("storage.ring", "module", "module:python", None),
        ("storage.part", "module", "module:python", None),
        ("storage.circle", "module", "module:python", "storage.ring"),
    }
    uses = {
        (r["name"], r["identity"], r["path"])
        for r in checkpoint.tables["uses"].to_pylist()
        if r["family"] == "module:python"
    }
    assert uses == {("base_ring", ADA, "storage/ring.py"), ("base_ring", None, "storage/circle.py")}
