"""Dependency manifests: which package a folder is, and which packages it asks for.

Whole versions are read, not changed lines: which table a line of TOML stands in, a hunk does not say. Nothing of
theirs runs (`setup.py` is read as text, XML by patterns without entities), and what is larger than `LARGEST` is
not read.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

#: Bytes; manifests that people write are far smaller.
LARGEST = 100_000
_MOST_DOTS = 500
_LONGEST = 200


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_INNER = _words("test tests testing testdata testsuite fixtures fixture spec __tests__ __fixtures__")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one version of a manifest says; names in the form in which the index compares them."""

    family: str
    packages: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Found:
    packages: set[str] = field(default_factory=set)
    wanted: set[str] = field(default_factory=set)


@lru_cache(maxsize=65_536)
def is_manifest(path: str) -> bool:
    """Whether a path is a manifest's, outside of tests."""
    *folders, name = path.split("/")
    return _form(name) is not None and _INNER.isdisjoint(folders)


def manifest(path: str, content: bytes) -> Manifest | None:
    """What a manifest says; nothing where it cannot be read. None for other files."""
    form = _form(path.rpartition("/")[2])
    if form is None:
        return None
    family, read, same = form
    found = _Found()
    if len(content) <= LARGEST:
        try:
            read(content.decode("utf-8-sig", "replace"), found)
        except (ValueError, RecursionError):  # half of a merge, a template, or made to be deep
            found = _Found()

    def told(names: Iterable[str]) -> frozenset[str]:
        return frozenset(same(name) for name in names if name and len(name) <= _LONGEST)

    packages = told(found.packages)
    return Manifest(f"package:{family}", packages, told(found.wanted) - packages)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


_REQUIREMENT = re.compile(r"\s*+([A-Za-z0-9][\w.-]*+)\s*+(?=[\[\]=<>!~;,@(#\s]|\Z)")


def _requirements(lines: Iterable[str]) -> set[str]:
    return {match[1] for line in lines if (match := _REQUIREMENT.match(line))}


def _requirements_txt(text: str, found: _Found) -> None:
    found.wanted |= _requirements(line for line in text.splitlines() if not line.lstrip().startswith(("-", "#")))


def _toml(text: str) -> dict[str, Any]:
    # The time that tomllib takes for a dotted key grows with the square of its dots.
    if any(line.count(".") > _MOST_DOTS for line in text.split("\n")):
        raise ValueError("a line with more dots than any that somebody wrote")
    return tomllib.loads(text)


def _pyproject(text: str, found: _Found) -> None:
    told = _toml(text)
    project = _dict(told.get("project"))
    poetry = _dict(_dict(told.get("tool")).get("poetry"))
    for name in (project.get("name"), poetry.get("name")):
        if isinstance(name, str):
            found.packages.add(name)
    lists = [project.get("dependencies"), *_dict(project.get("optional-dependencies")).values()]
    lists += [*_dict(told.get("dependency-groups")).values(), _dict(told.get("build-system")).get("requires")]
    for each in lists:
        found.wanted |= _requirements(_texts(each))
    tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    tables += [_dict(group).get("dependencies") for group in _dict(poetry.get("group")).values()]
    for table in tables:
        found.wanted |= _dict(table).keys() - {"python"}


def _setup_cfg(text: str, found: _Found) -> None:
    section = option = ""
    for line in text.splitlines():
        if line.startswith("["):
            section, option = line.strip().strip("[]").strip(), ""
        elif line[:1].isspace():
            if option:
                found.wanted |= _requirements([line])
        else:
            key, _, value = line.partition("=")
            option = key.strip() if key.strip() in ("install_requires", "tests_require", "setup_requires") else ""
            if section == "options.extras_require":
                option = key.strip()
            if section == "metadata" and key.strip() == "name":
                found.packages |= _requirements([value])
            elif option:
                found.wanted |= _requirements([value])


_SETUP_NAME = re.compile(r"(?:^|[\s(,])name\s{0,9}=\s{0,9}['\"]([A-Za-z0-9][\w.-]*+)['\"]")
_SETUP_LIST = re.compile(r"\b(?:install|tests|setup|extras)_requires?\s{0,9}=\s{0,9}[\[{(]([^\])}]*+)")
_QUOTED = re.compile(r"['\"]([^'\"\n]*+)['\"]")


def _setup_py(text: str, found: _Found) -> None:
    name = _SETUP_NAME.search(text)
    if name and "setup(" in text:
        found.packages.add(name[1])
    for each in _SETUP_LIST.findall(text):
        found.wanted |= _requirements(_QUOTED.findall(each))


def _json(*tables: str) -> Callable[[str, _Found], None]:
    def read(text: str, found: _Found) -> None:
        told = _dict(json.loads(text))
        if isinstance(told.get("name"), str):
            found.packages.add(told["name"])
        for table in tables:
            found.wanted |= _dict(told.get(table)).keys()

    return read


def _cargo(text: str, found: _Found) -> None:
    told = _toml(text)
    name = _dict(told.get("package")).get("name")
    if isinstance(name, str):
        found.packages.add(name)
    places = [told, _dict(told.get("workspace")), *map(_dict, _dict(told.get("target")).values())]
    for place in places:
        for table in ("dependencies", "dev-dependencies", "build-dependencies"):
            for key, value in _dict(place.get(table)).items():
                other = _dict(value).get("package")
                found.wanted.add(other if isinstance(other, str) else key)


_GO_REQUIRE = re.compile(r"^[ \t]*+(?:require[ \t]++)?([\w.~/-]++)[ \t]++v[\w.+-]++", re.MULTILINE)
_GO_MODULE = re.compile(r"^module[ \t]++\"?([\w.~/-]++)", re.MULTILINE)


def _go_mod(text: str, found: _Found) -> None:
    found.packages |= set(_GO_MODULE.findall(text)[:1])
    found.wanted |= {name for name in _GO_REQUIRE.findall(text) if name not in ("exclude", "replace", "retract")}


_GROUP = re.compile(r"<groupId>\s{0,99}([\w.-]++)\s{0,99}</groupId>")
_ARTIFACT = re.compile(r"<artifactId>\s{0,99}([\w.-]++)\s{0,99}</artifactId>")


def _pom(text: str, found: _Found) -> None:
    text, _ = _apart(text, "<!--", "-->")
    text, wanted = _apart(text, "<dependency>", "</dependency>")
    for each in wanted:
        group, artifact = _GROUP.search(each), _ARTIFACT.search(each)
        if group and artifact:
            found.wanted.add(f"{group[1]}:{artifact[1]}")
    text, parents = _apart(text, "<parent>", "</parent>")
    # What is built with has coordinates too, and stands below a project's own.
    text = text.partition("<build>")[0].partition("<profiles>")[0]
    group, artifact = _GROUP.search(text) or _GROUP.search("".join(parents)), _ARTIFACT.search(text)
    if group and artifact:
        found.packages.add(f"{group[1]}:{artifact[1]}")


def _apart(text: str, begin: str, end: str) -> tuple[str, list[str]]:
    """The text without what stands between two marks, and that."""
    rest, *parts = text.split(begin)
    inside = []
    for part in parts:
        found, _, after = part.partition(end)
        inside.append(found)
        rest += after
    return rest, inside


_GEM = re.compile(r"^[ \t]*+gem[ (]++['\"]([\w.-]++)['\"]", re.MULTILINE)
_GEM_NAME = re.compile(r"^[ \t]*+\w++\.name[ ]*+=[ ]*+['\"]([\w.-]++)['\"]", re.MULTILINE)
_GEM_WANTED = re.compile(r"\.add_(?:runtime_|development_)?dependency[ (]++['\"]([\w.-]++)['\"]")


def _gems(text: str, found: _Found) -> None:
    found.packages |= set(_GEM_NAME.findall(text)[:1])
    found.wanted |= set(_GEM.findall(text)) | set(_GEM_WANTED.findall(text))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _same(name: str) -> str:
    return name


_NODE = _json("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_FORMS: dict[str, tuple[str, Callable[[str, _Found], None], Callable[[str], str]]] = {
    "pyproject.toml": ("pypi", _pyproject, _plain),
    "setup.cfg": ("pypi", _setup_cfg, _plain),
    "setup.py": ("pypi", _setup_py, _plain),
    "package.json": ("npm", _NODE, _same),
    "Cargo.toml": ("cargo", _cargo, lambda name: name.replace("_", "-")),
    "go.mod": ("go", _go_mod, _same),
    "pom.xml": ("maven", _pom, _same),
    "Gemfile": ("gem", _gems, _same),
    "composer.json": ("composer", _json("require", "require-dev"), str.lower),
}
_REQUIREMENTS = re.compile(r"(?:[\w-]{1,60}[-_.])?requirements(?:[-_.][\w-]{1,60})?\.(?:txt|in)\Z")


def _form(name: str) -> tuple[str, Callable[[str, _Found], None], Callable[[str], str]] | None:
    form = _FORMS.get(name)
    if form is None and name.endswith(".gemspec"):
        form = ("gem", _gems, _same)
    if form is None and _REQUIREMENTS.match(name):
        form = ("pypi", _requirements_txt, _plain)
    return form
