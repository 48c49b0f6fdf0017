"""The simulated organisation: really written, the same for the same seed, and as planted, told by plain git."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import json
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import influence
from influence import doors, simulate
from influence.errors import InputError
from influence.findings import Findings
from influence.simulate import Simulated, cast
from influence.workspace import Workspace

TEAM_OF = {name: team for team, (_, _, names) in cast.TEAMS.items() for name in names}


@pytest.fixture(scope="module")
def findings(northwind_workspace: Workspace) -> Findings:
    return influence.analyse(northwind_workspace)


def git(path: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(path), *arguments], capture_output=True, check=True)
    return done.stdout.decode()


def _pulls(simulated: Simulated) -> dict[int, dict[str, Any]]:
    files = (simulated.reviews / "pulls").glob("*.json")
    return {int(file.stem): json.loads(file.read_text(encoding="utf-8")) for file in files}


def heads(simulated: Simulated) -> list[str]:
    return [git(path, "rev-parse", "HEAD").strip() for path in (*simulated.repositories, simulated.design)]


def test_the_same_seed_gives_the_same_bytes_whatever_the_machine_is_set_to(
    northwind: Simulated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text(
        "[init]\n\tdefaultBranch = other\n[core]\n\tautocrlf = true\n[commit]\n\tgpgsign = true\n[user]\n\tname = Me\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    again = simulate.write(tmp_path / "again", 0)
    monkeypatch.undo()
    assert heads(again) == heads(northwind)
    assert again.chart.read_bytes() == northwind.chart.read_bytes()
    assert again.perceval.read_bytes() == northwind.perceval.read_bytes()
    assert _pulls(again) == _pulls(northwind)
    assert again.truth == northwind.truth


def test_another_seed_is_another_history(northwind: Simulated, tmp_path: Path) -> None:
    other = simulate.write(tmp_path, 7)
    assert not set(heads(other)) & set(heads(northwind))
    assert other.truth == northwind.truth
    with pytest.raises(InputError, match="already there"):
        simulate.write(tmp_path, 7)


def test_the_repositories_are_sound(northwind: Simulated) -> None:
    total = 0
    for path in northwind.repositories:
        assert git(path, "fsck", "--strict", "--no-dangling") == ""
        assert git(path, "symbolic-ref", "HEAD").strip() == "refs/heads/main"
        assert git(path, "status", "--porcelain") == ""
        assert int(git(path, "rev-list", "--count", "--merges", "HEAD")) > 20
        total += int(git(path, "rev-list", "--count", "HEAD"))
        years = {line[:4] for line in git(path, "log", "--format=%as").splitlines()}
        assert years == {"2023", "2024", "2025"}
    assert 2_800 <= total <= 3_700


def test_the_design_documents_are_a_sound_repository_of_their_own(northwind: Simulated) -> None:
    design = northwind.design
    assert git(design, "fsck", "--strict", "--no-dangling") == git(design, "status", "--porcelain") == ""
    assert {line[:4] for line in git(design, "log", "--format=%as").splitlines()} == {"2023", "2024", "2025"}
    documents = [path for path in design.rglob("*.md") if path.name != "README.md"]
    assert 90 <= len(documents) <= 180
    named = sum("\nauthors:\n" in path.read_text(encoding="utf-8") for path in documents)
    assert 0.3 * len(documents) < named < 0.9 * len(documents)
    left = (northwind.truth["gone"], "2024-09-13")
    assert max(git(design, "log", "-1", "--format=%as", f"--author={left[0]}").split()) < left[1]


def _cited_by(northwind: Simulated) -> dict[str, Counter[str]]:
    """For whoever added a document: in how many documents of each of the others it is linked to (told by git alone)."""
    design = northwind.design
    added = git(design, "log", "--diff-filter=A", "--format=%x1e%an", "--name-only", "--", "*/*.md")
    of = {path: entry.split("\n")[0] for entry in added.split("\x1e")[1:] for path in entry.split("\n")[1:] if path}
    found: dict[str, Counter[str]] = {name: Counter() for name in of.values()}
    for path, who in of.items():
        folder = design / Path(path).parent
        for target in re.findall(r"\]\(([^)]+)\)", (design / path).read_text(encoding="utf-8")):
            cited = (folder / target).resolve()
            if cited.is_relative_to(design.resolve()):
                found[of[cited.relative_to(design.resolve()).as_posix()]][who] += 1
    return found


def test_all_teams_build_on_the_discoverers_documents_and_nobody_on_the_loud_ones(northwind: Simulated) -> None:
    cited = _cited_by(northwind)
    most = sorted(cited, key=lambda name: sum(cited[name].values()), reverse=True)
    assert most[0] == northwind.truth["discoverer"]
    assert {TEAM_OF[name] for name in cited[most[0]] if name in TEAM_OF} == set(cast.TEAMS)
    assert set(cited[str(northwind.truth["loud"])]) == {northwind.truth["loud"]}


def test_documents_alone_find_the_discoverer(northwind: Simulated, tmp_path: Path) -> None:
    workspace = influence.collect((), tmp_path / "design.duckdb", documents=northwind.design)
    findings = influence.analyse(workspace)
    assert findings.meta["documents_only"]
    first = findings.leaders.iloc[0]
    assert first["person"] == northwind.truth["discoverer"]
    assert first["named"]
    assert first["rank_high"] == 1
    assert northwind.truth["loud"] not in set(findings.leaders["person"])
    # Every author is one of those in git: no name was taken apart.
    who = set(git(northwind.design, "log", "--format=%an").splitlines())
    assert set(findings.people["person"]) <= who | {name for _, _, names in cast.TEAMS.values() for name in names}
    # With the chart, following owed to the manager is taken out.
    influence.collect((), workspace, org=northwind.chart)
    assert not set(influence.analyse(workspace).named()["person"]) & set(northwind.truth["managers"])


def test_every_change_under_review_is_a_commit_of_its_author(northwind: Simulated) -> None:
    log = git(northwind.repositories[1], "log", "--format=%H%x09%an%x09%ct%x09%s")
    commits = {line.split("\t")[0]: line.split("\t")[1:] for line in log.splitlines()}
    pulls = _pulls(northwind)
    assert 300 < len(pulls) < 900
    for number, pull in pulls.items():
        name, seconds, title = commits[pull["pull"]["merge_commit_sha"]]
        assert title == f"{pull['pull']['title']} (#{number})"
        assert pull["pull"]["user"]["login"] == cast.login_of(name)
        merged = dt.datetime.fromisoformat(pull["pull"]["merged_at"])
        assert int(merged.timestamp()) == int(seconds)
        assert all(_time(event) <= merged for event in (*pull["events"], *pull["comments"]))


def _time(event: dict[str, Any]) -> dt.datetime:
    when = event.get("created_at") or event.get("submitted_at") or event["committer"]["date"]
    return dt.datetime.fromisoformat(when)


def test_nobody_talks_to_the_designer_and_she_talks_to_nobody(northwind: Simulated) -> None:
    login = cast.login_of(str(northwind.truth["designer"]))
    said: Counter[str] = Counter()
    for pull in _pulls(northwind).values():
        acts = [act for act in (*pull["events"], *pull["comments"]) if "body" in act or "review_requester" in act]
        said.update((act.get("user") or act["actor"])["login"] for act in acts)
        assert not (acts and pull["pull"]["user"]["login"] == login)
        assert f"@{login}" not in json.dumps(acts)
    assert login not in said
    assert said[cast.login_of(str(northwind.truth["adviser"]))] > 60
    assert said[cast.login_of(str(northwind.truth["loud"]))] > 100


def test_reviews_tell_who_asked_and_both_exports_tell_the_same(northwind: Simulated, tmp_path: Path) -> None:
    found = {}
    for name, export in (("backup", northwind.reviews), ("perceval", northwind.perceval)):
        workspace = Workspace(tmp_path / f"{name}.duckdb")
        doors.collect_review([export], workspace)
        with workspace.read() as connection:
            query = "SELECT unit, follower, leader, how, time, evidence FROM signals WHERE kind = ? ORDER BY ALL"
            found[name] = {kind: connection.execute(query, [kind]).fetchall() for kind in ("consults", "mentions")}
            asked = connection.execute("SELECT leader, asked_by FROM signals WHERE asked_by IS NOT NULL").fetchall()
        if name == "backup":
            loud = f"login:{cast.login_of(str(northwind.truth['loud']))}"
            assert {by for leader, by in asked if leader == loud} == {loud}
            assert all(leader != by for leader, by in asked if leader != loud)
        else:
            # Perceval does not keep who asked whom.
            assert not asked
    assert found["backup"]["mentions"] == found["perceval"]["mentions"]
    assert len(found["backup"]["mentions"]) > 5
    # Only what was asked for differs: a bare approval counts where it is known that somebody had asked.
    assert set(found["perceval"]["consults"]) <= set(found["backup"]["consults"])
    assert len(found["perceval"]["consults"]) > 0.6 * len(found["backup"]["consults"])


def test_the_code_is_code(northwind: Simulated) -> None:
    vault, relay = northwind.repositories
    for path in vault.rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"))
    for path in [*relay.glob("*/*.go"), *vault.glob("core/*.c")]:
        text = path.read_text(encoding="utf-8")
        assert text.count("{") == text.count("}"), path


def test_the_chart_is_a_tree_with_two_managers_below_a_director(northwind: Simulated) -> None:
    with northwind.chart.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_email = {row["Email"]: row for row in rows}
    assert len(by_email) == len(rows)
    assert 58 <= len(rows) <= 70
    managing = Counter(by_email[row["Manager Email"]]["Name"] for row in rows if row["Manager Email"])
    assert set(managing) == {northwind.truth["director"], *northwind.truth["managers"]}
    assert [row["Name"] for row in rows if not row["Manager Email"]] == [northwind.truth["director"]]
    assert min(managing[name] for name in northwind.truth["managers"]) > 20
    ended = {row["Name"] for row in rows if row["End Date"]}
    assert northwind.truth["gone"] in ended
    assert not ended & set(northwind.truth["planted_leaders"])


def _commits(northwind: Simulated, *arguments: str) -> Counter[str]:
    return Counter(
        line for path in northwind.repositories for line in git(path, "log", "--format=%an", *arguments).splitlines()
    )


def test_the_loud_one_commits_most_and_stays_alone(northwind: Simulated) -> None:
    loud = northwind.truth["loud"]
    (first, most), (_, second) = _commits(northwind).most_common(2)
    assert first == loud
    assert most > 1.3 * second
    vault, _ = northwind.repositories
    beside = Counter(git(vault, "log", "--format=%an", "--", "tools/console").splitlines())
    assert beside[loud] > 0.95 * sum(beside.values())
    assert _using(northwind, loud) == Counter()


def test_the_designer_talks_to_nobody(northwind: Simulated) -> None:
    designer = northwind.truth["designer"]
    assert 120 < _commits(northwind)[designer] < 250
    for path in northwind.repositories:
        log = git(path, "log", "--format=%an%x1f%cn%x1f%B%x1e").split("\x1e")
        for entry in filter(str.strip, log):
            author, committer, message = entry.strip("\n").split("\x1f")
            assert designer not in message
            if author == designer:
                assert committer in (designer, "GitHub")
                assert not re.search(r"^[\w-]+-by:", message, re.M)


def _using(northwind: Simulated, author: str, until: str = "2026-01-01") -> Counter[str]:
    """Who, up to a date, wrote lines that call functions that `author` introduced (told by commits alone)."""
    found: Counter[str] = Counter()
    definition = re.compile(r"^\+(?:def|func|long) (\w+)\(", re.M)
    for path in northwind.repositories:
        patches = git(path, "log", "-p", "-U0", "--no-merges", f"--author={author} <", "--", "*.py", "*.go", "*.c")
        names = set(definition.findall(patches))
        if not names:
            continue
        word = re.compile(r"^\+(?!def |func |long |// |from ).*?\b(" + "|".join(sorted(names)) + r")\(", re.M)
        log = git(
            path, "log", "-p", "-U0", "--no-merges", f"--until={until}", "--format=%x1e%an", "--", "*.py", "*.go", "*.c"
        )
        for entry in log.split("\x1e")[1:]:
            who, _, patch = entry.partition("\n")
            if who != author and word.search(patch):
                found[who] += 1
    return found


def test_the_discoverers_small_names_are_used_by_all_teams_in_both_repositories(northwind: Simulated) -> None:
    discoverer = northwind.truth["discoverer"]
    users = _using(northwind, discoverer)
    assert {TEAM_OF[name] for name in users if name in TEAM_OF} == set(cast.TEAMS)
    assert len(users) > 40
    assert _commits(northwind)[discoverer] < 0.4 * _commits(northwind)[northwind.truth["loud"]]
    for path in northwind.repositories:
        assert discoverer in git(path, "log", "--format=%an", "--", "vault/common", "common")


def test_in_time_others_went_along_with_the_designer(northwind: Simulated) -> None:
    designer = northwind.truth["designer"]
    early, later, last = (len(_using(northwind, designer, f"{year}-01-01")) for year in (2024, 2025, 2026))
    assert early < 0.6 * last
    assert early < later <= last


def test_what_else_is_planted(northwind: Simulated) -> None:
    vault, relay = northwind.repositories
    truth = northwind.truth
    committed = _commits(northwind)
    assert 50 < committed[truth["managers"][0]] < 130
    assert committed[truth["managers"][1]] == committed[truth["director"]] == 0
    assert 100 < committed[truth["bot"]] < 200
    assert committed[truth["gone"]] > 90
    last = max(git(path, "log", "-1", "--format=%as", f"--author={truth['gone']}") for path in (vault, relay))
    assert last < "2024-10"
    reviewers = Counter(re.findall(r"^Reviewed-by: (.*?) <", git(vault, "log", "--format=%B"), re.M))
    assert reviewers.most_common(1)[0][0] == truth["adviser"]
    assisted = git(
        vault, "log", "--format=%h", "--grep=^Co-authored-by: Copilot", "--grep=^Assisted-by: GitHub Copilot"
    )
    assert len(assisted.split()) > 15
    assert (relay / ".github/CODEOWNERS").exists()
    assert not list(vault.glob("**/CODEOWNERS"))
    addresses = set(git(vault, "log", "--format=%an <%ae>").splitlines())
    for name in truth["two_addresses"]:
        assert len([address for address in addresses if address.startswith(f"{name} <")]) <= 2
    mapped = (vault / ".mailmap").read_text(encoding="utf-8")
    assert all(name in mapped for name in truth["in_mailmap"])
    both = {name for name in truth["two_addresses"] if sum(a.startswith(f"{name} <") for a in addresses) == 2}
    assert both & set(truth["in_mailmap"])
    imported = git(vault, "log", "--format=%h", "--shortstat", "--grep=^Import the code").split()
    assert int(imported[1]) >= 20
    assert int(imported[4]) >= 2_000
    assert (vault / "third_party/lz4frame/frame.c").exists()
    assert git(vault, "log", "--format=%h", "--diff-filter=R", "-M", "--name-status").count("\nR") >= 3


def test_commits_that_messages_name_are_there(northwind: Simulated) -> None:
    vault, _ = northwind.repositories
    messages = git(vault, "log", "--format=%B")
    named = re.findall(r"(?:Fixes: |This reverts commit |same as in )([0-9a-f]{10,40})", messages)
    assert len(named) > 30
    assert messages.count("This reverts commit") >= 3
    named.append((vault / ".git-blame-ignore-revs").read_text().split("\n")[1])
    asked = subprocess.run(
        ["git", "-C", str(vault), "cat-file", "--batch-check"],
        input="\n".join(named),
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(line.split()[1] == "commit" for line in asked.stdout.splitlines())


def test_names_and_messages_are_as_hostile_as_real_ones(northwind: Simulated) -> None:
    vault, relay = northwind.repositories
    everything = git(vault, "log", "--format=%an %B") + git(relay, "log", "--format=%an %B")
    for text in ("Sinéad O'Brien", "Kofi &lt;b&gt; Mensah", "<script>alert('x')</script>", "\x1b[31m"):
        assert text in everything
    assert "=HYPERLINK" in northwind.chart.read_text(encoding="utf-8")


def test_nothing_of_the_analysis_is_used() -> None:
    folder = Path(simulate.__file__).parent
    imported = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    ours = {name for name in imported if name.split(".")[0] in ("influence", "connectors", "reports")}
    assert {name for name in ours if not name.startswith("influence.simulate")} == {"influence.errors"}


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        simulate.write(tmp_path / "file", 0)


def test_analysis_finds_what_was_planted(northwind: Simulated, findings: Findings) -> None:
    ranks = dict(zip(findings.leaders["person"], findings.leaders["rank"], strict=True))
    named = set(findings.named()["person"])
    for leader in northwind.truth["planted_leaders"]:
        assert ranks[leader] <= 4
        assert ranks[leader] < ranks.get(northwind.truth["loud"], len(ranks) + 1)
        assert leader in named
    assert northwind.truth["adviser"] in named
    assert not named & {northwind.truth["loud"], northwind.truth["bot"], *northwind.truth["managers"]}
    gone = findings.leaders.set_index("person").loc[northwind.truth["gone"]]
    assert not gone["here"]
    assert gone["rank"] <= 8
    classes = findings.people.set_index("person")["class"]
    assert classes[northwind.truth["bot"]] == "bot"
    assert classes[northwind.truth["assistant"]] == "agent"
    assert all((findings.people["person"] == name).sum() == 1 for name in northwind.truth["two_addresses"])


def test_one_repository_builds_on_the_other(northwind: Simulated, findings: Findings) -> None:
    """The checks in `relay` import what the planted leaders wrote in `vault`: git says so, and the analysis."""
    relay = northwind.repositories[1]
    log = git(relay, "log", "-p", "-U0", "--format=%x1e%an", "--", "deploy/check_*.py")
    called: dict[str, set[str]] = {}
    for entry in log.split("\x1e")[1:]:
        for name in re.findall(r"^\+    return (\w+)\(", entry, re.M):
            called.setdefault(name, set()).add(entry.partition("\n")[0])
    names = findings.people.set_index("id")["person"]
    for leader in northwind.truth["planted_leaders"]:  # type: ignore[attr-defined]
        acts = findings.acts(findings.people.set_index("person").at[leader, "id"])
        across = acts[(acts["kind"] == "adopts") & (acts["used_in"] != acts["repository"])]
        functions = across[across["language"] == "python"]
        assert set(findings.repositories["label"].reindex(across["used_in"])) == {"relay"}
        assert len(set(functions["follower"])) >= 10
        for act in functions.itertuples():
            assert names[act.follower] in called[act.used_name]
    assert northwind.truth["loud"] not in {str(name) for name in findings.leaders["person"].head(20)}
