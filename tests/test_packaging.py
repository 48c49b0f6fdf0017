"""What is shipped works without a checkout, and says the same everywhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest
import typer
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from influence import __version__, cli

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if line and line[0] != "#")


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


def test_the_wheel_has_what_it_needs_and_no_more(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for package in ("influence", "connectors", "reports"):
        in_tree = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / package).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert f"{package}/py.typed" in in_tree
        assert in_tree <= names
    assert {name.split("/")[0] for name in names} == {
        "influence",
        "connectors",
        "reports",
        f"implicit_leaders-{__version__}.dist-info",
    }


def needed(requirements: list[str]) -> set[str]:
    """Canonical names of all that `requirements` bring along here."""
    found: set[str] = set()
    queue = [(Requirement(text), "") for text in requirements]
    while queue:
        requirement, extra = queue.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        extras = {"", *requirement.extras}
        for wanted in extras:
            if f"{name}[{wanted}]" not in found:
                found.add(f"{name}[{wanted}]")
                queue += [(Requirement(text), wanted) for text in metadata.requires(name) or ()]
    return {name.partition("[")[0] for name in found}


def demo(environment: Path, tmp_path: Path) -> None:
    """Run the demo of an environment in a folder where a module of ours seems to lie."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "reports.py").write_text("raise SystemExit('not ours')\n")
    out = run(environment / "bin" / "influence", "demo", "-o", "demo.html", cwd=elsewhere)
    assert str(elsewhere / "demo.html") in out
    page = (elsewhere / "demo.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "imulated" in page


def test_the_demo_runs_from_the_wheel_with_what_it_names_and_no_more(dist: Path, tmp_path: Path) -> None:
    """In an environment that has what the wheel's own metadata ask for, linked from this one, and nothing else."""
    (wheel,) = dist.glob("*.whl")
    environment = tmp_path / "venv"
    venv.create(environment, symlinks=True)
    pip = (sys.executable, "-m", "pip", "--python", environment / "bin" / "python", "install", "-q", "--no-index")
    run(*pip, "--no-deps", wheel, cwd=tmp_path)
    (site,) = environment.glob("lib/*/site-packages")
    (metadata_file,) = site.glob("implicit_leaders-*.dist-info/METADATA")
    asked = metadata.PathDistribution(metadata_file.parent).requires or []
    for name in needed(asked):
        installed = metadata.distribution(name)
        for part in {file.parts[0] for file in installed.files or ()} - {"..", "__pycache__"}:
            (site / part).symlink_to(str(installed.locate_file(part)))
    demo(environment, tmp_path)


@pytest.mark.soak
def test_the_demo_runs_from_the_wheel_in_an_empty_environment(dist: Path, tmp_path: Path) -> None:
    """As above, but pip finds and unpacks everything."""
    (wheel,) = dist.glob("*.whl")
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel, cwd=tmp_path)
    demo(environment, tmp_path)


def test_exactly_what_is_needed_is_pinned() -> None:
    extras = PROJECT["optional-dependencies"]
    assert needed([*PROJECT["dependencies"], *extras["notebook"], *extras["test"]]) == set(map(canonicalize_name, PINS))


def test_pins_name_no_host_and_satisfy_the_bounds() -> None:
    assert all(re.fullmatch(r"[\w.!+-]+", pin) for pin in PINS.values())
    pins = {canonicalize_name(name): pin for name, pin in PINS.items()}
    extras = {**PROJECT["optional-dependencies"], "keyring": []}  # the system decides which keyring it has
    for text in (*PROJECT["dependencies"], *chain.from_iterable(extras.values())):
        requirement = Requirement(text)
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), text


def test_one_version_everywhere() -> None:
    assert re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.M)[1] == __version__
    assert re.search(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(), re.M)[1] == __version__


def test_links_in_the_documentation_lead_somewhere() -> None:
    broken = []
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        prose = re.sub(r"`[^`]*`", "", page.read_text("utf-8"))  # code shows how links are written
        for target in re.findall(r"\]\(([^)\s]+)\)", prose):
            if "://" not in target and not (page.parent / target.partition("#")[0]).exists():
                broken.append(f"{page.name}: {target}")
    assert broken == []


def documented_commands() -> list[str]:
    """Every line in the documentation that runs our command."""
    texts = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
    lines = [line.strip() for text in texts for line in text.read_text("utf-8").splitlines()]
    return sorted({line.removeprefix("$ ") for line in lines if re.match(r"(\$ )?influence \w", line)})


@pytest.mark.parametrize("line", documented_commands())
def test_what_the_documentation_runs_exists(line: str) -> None:
    arguments = shlex.split(line.partition(" | ")[0].partition(" #")[0])[1:]
    command = typer.main.get_command(cli.app)
    while arguments and arguments[0] in getattr(command, "commands", {}):
        command = command.commands[arguments.pop(0)]
    assert command.name != "influence", line
    options = {name for parameter in command.params for name in parameter.opts}
    used = {argument.partition("=")[0] for argument in arguments if argument.startswith("-")}
    assert used <= {*options, "--debug", "--help", "-h"}, line
