"""Repositories made to harm: nothing that they name runs or is written, nothing in them ends or hangs the reading."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from connectors.git import GitConnector, open_safely
from connectors.git.history import History
from influence import cli
from influence.schema import Checkpoint
from influence.workspace import Workspace
from tests.conftest import GIT_ENVIRONMENT, Repo, write_team_history

MakeRepo = Callable[[str], Repo]
ADA, BO = "Ada Byron <ada@example.org>", "Bo Diddley <bo@example.org>"
LISTED = [
    line.split(" ", 1)
    for line in (Path(__file__).parent / "git_programs.txt").read_text().splitlines()
    if not line.startswith("#")
]
KEYS = [name for kind, name in LISTED if kind == "key"]
HOOKS = [name for kind, name in LISTED if kind == "hook"]


def collected(path: Path) -> Checkpoint:
    return next(GitConnector(path, processes=1).checkpoints())


def signals(found: Checkpoint) -> list[dict[str, object]]:
    return found.tables["signals"].to_pylist()


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.lstat().st_mtime_ns, p.lstat().st_size) for p in folder.rglob("*")}


def raw(repo: Repo, kind: str, data: bytes) -> str:
    """Write an object as it is, however wrong; returns its hash."""
    arguments = ["git", "hash-object", "-t", kind, "-w", "--literally", "--stdin"]
    done = subprocess.run(arguments, cwd=repo.path, input=data, capture_output=True, check=True, env=GIT_ENVIRONMENT)
    return done.stdout.decode().strip()


def tree(repo: Repo, entries: Mapping[bytes, str], mode: bytes = b"100644") -> str:
    """Write a tree of such names and blobs (or trees), in git's order."""
    folder = mode == b"40000"
    ordered = sorted(entries, key=lambda name: name + b"/" if folder else name)
    return raw(repo, "tree", b"".join(mode + b" " + n + b"\0" + bytes.fromhex(entries[n]) for n in ordered))


def commit(repo: Repo, of: str, parents: tuple[str, ...], who: bytes, message: bytes, more: bytes = b"") -> str:
    """Write a commit of that tree; `who` stands after ``author`` and ``committer``."""
    head = b"tree " + of.encode() + b"\n" + b"".join(b"parent " + parent.encode() + b"\n" for parent in parents)
    return raw(repo, "commit", head + b"author " + who + b"\ncommitter " + who + b"\n" + more + b"\n" + message)


def publish(repo: Repo, tip: str) -> None:
    (repo.path / ".git/refs/heads/main").write_text(tip + "\n")


# -- what git would run -------------------------------------------------------------------------------------------


def planted(key: str, trap: Path, folder: Path) -> str:
    """The lines of a configuration by which `key` names the trap, in the form in which git would run it."""
    key = re.sub(r"<[^>]+>", "trap", key).replace("*", "trap")
    section, _, name = key.rpartition(".")
    first, _, sub = section.partition(".")
    value = {
        "alias.trap": f"!{trap}",
        "submodule.trap.update": f"!{trap}",
        "core.hooksPath": str(folder),
        "core.attributesFile": str(folder / "attributes"),
        "core.worktree": str(folder),
        "init.templateDir": str(folder),
        "include.path": str(folder / "more.cfg"),
        "includeIf.trap.path": str(folder / "more.cfg"),
    }.get(key, str(trap))
    head = f'[{first} "{sub}"]' if sub else f"[{first}]"
    return f"{head}\n\t{name} = {value}\n"


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that leaves `ran` beside itself, whatever it is called with."""
    file = tmp_path / "traps" / "trap.sh"
    file.parent.mkdir()
    file.write_text(f"#!/bin/sh\necho $0 $* >> {tmp_path / 'ran'}\ncat\n")
    file.chmod(0o755)
    return file


def set_traps(repo: Repo, trap: Path) -> None:
    """Plant the trap wherever a repository can name a program."""
    folder = trap.parent
    lines = [planted(key, trap, folder) for key in KEYS]
    lines += [planted(f"alias.{name}", trap, folder).replace("= /", "= !/") for name in ("log", "rev-list", "diff")]
    lines += [f"[pager]\n\t{name} = {trap}\n" for name in ("log", "grep", "diff", "cat-file", "rev-list", "diff-tree")]
    lines += [f'[trailer "{name}"]\n\tcmd = {trap}\n' for name in ("Helped-by", "Co-authored-by")]
    lines += [f'[includeIf "{name}"]\n\tpath = {folder / "more.cfg"}\n' for name in ("gitdir:**", "onbranch:**")]
    lines += [f'[remote "origin"]\n\turl = ext::{trap}\n\tpromisor = true\n[protocol "ext"]\n\tallow = always\n']
    lines += ["[log]\n\tshowSignature = true\n[merge]\n\tverifySignatures = true\n[commit]\n\tgpgSign = true\n"]
    lines += ["[extensions]\n\tworktreeConfig = true\n\tpartialClone = origin\n[diff]\n\tsubmodule = log\n"]
    for file in (folder / "more.cfg", repo.path / ".git/config.worktree"):
        file.write_text("".join(lines))
    with (repo.path / ".git/config").open("a") as config:
        config.write("".join(lines))
    attributes = "* filter=trap diff=trap merge=trap working-tree-encoding=trap ident export-subst text eol=crlf\n"
    (folder / "attributes").write_text(attributes)
    (repo.path / ".git/info").mkdir(exist_ok=True)
    (repo.path / ".git/info/attributes").write_text(attributes)
    for hook in (*HOOKS, "fsmonitor-watchman", "query-fsmonitor"):
        shutil.copy(trap, repo.path / ".git/hooks" / hook)
        shutil.copy(trap, folder / hook)


def test_the_list_of_keys_has_those_that_are_known_to_run_something() -> None:
    assert len(KEYS) > 400
    assert {
        "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.gitProxy", "core.hooksPath",
        "core.askPass", "core.alternateRefsCommand", "core.attributesFile", "core.worktree", "gpg.program",
        "gpg.<format>.program", "gpg.ssh.defaultKeyCommand", "diff.external", "diff.<driver>.textconv",
        "diff.<driver>.command", "filter.<driver>.clean", "filter.<driver>.process", "merge.<driver>.driver",
        "credential.helper", "uploadpack.packObjectsHook", "pager.<cmd>", "alias.*", "sequence.editor",
        "mergetool.<tool>.cmd", "trailer.<key-alias>.cmd", "remote.<name>.uploadpack", "remote.<name>.vcs",
        "tar.<format>.command", "interactive.diffFilter", "submodule.<name>.update", "include.path",
        "includeIf.<condition>.path", "gc.recentObjectsHook", "trace2.eventTarget", "hook.<friendly-name>.command",
    } <= set(KEYS)  # fmt: skip
    assert {"pre-commit", "post-checkout", "reference-transaction", "post-index-change"} <= set(HOOKS)


def test_nothing_that_a_repository_names_runs_or_is_written(
    make_repo: MakeRepo, tmp_path: Path, trap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo("trap")
    write_team_history(repo, followers=3, owners="* @ada\n")
    repo.commit({".gitattributes": "* filter=trap diff=trap merge=trap -text\n"}, ADA, "2023-12-01")
    # A commit that says it is signed, which `log.showSignature` would have checked.
    signed = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n"
    head = repo.git("rev-parse", "HEAD")
    who = b"Ada Byron <ada@example.org> 1701500000 +0000"
    publish(repo, commit(repo, repo.git("rev-parse", "HEAD^{tree}"), (head,), who, b"Signed\n", signed))
    clean = signals(collected(repo.path))
    set_traps(repo, trap)
    before = snapshot(repo.path), snapshot(trap.parent)
    workspace, page = tmp_path / "w.influence", tmp_path / "page.html"
    monkeypatch.chdir(repo.path)
    assert cli.run(["collect", "git", str(repo.path), "--workspace", str(workspace)]) == 0
    assert cli.run(["report", "--workspace", str(workspace), "-o", str(page)]) == 0
    assert not (tmp_path / "ran").exists()
    assert (snapshot(repo.path), snapshot(trap.parent)) == before
    assert signals(collected(repo.path)) == clean


@pytest.mark.parametrize(
    ("lines", "command"),
    [
        ("[gpg]\n\tprogram = {trap}\n[log]\n\tshowSignature = true\n", ["log"]),
        ('[filter "trap"]\n\tclean = {trap}\n', ["status"]),
        ("[alias]\n\ttrap = !{trap}\n", ["trap"]),
        ("[include]\n\tpath = {folder}/more.cfg\n", ["trap"]),
    ],
)
def test_the_traps_are_such_that_git_itself_falls_into_them(
    make_repo: MakeRepo, tmp_path: Path, trap: Path, lines: str, command: list[str]
) -> None:
    repo = make_repo("trap")
    repo.commit({"a.py": "a\n", ".gitattributes": "* diff=trap filter=trap\n"}, ADA, "2024-01-01")
    signed = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n"
    tip = repo.git("rev-parse", "HEAD")
    who = b"Ada <ada@example.org> 1704200000 +0000"
    publish(repo, commit(repo, repo.git("rev-parse", "HEAD^{tree}"), (tip,), who, b"Signed\n", signed))
    (trap.parent / "more.cfg").write_text(f"[alias]\n\ttrap = !{trap}\n")
    with (repo.path / ".git/config").open("a") as config:
        config.write(lines.format(trap=trap, folder=trap.parent))
    (repo.path / "a.py").write_text("b\n")
    subprocess.run(["git", *command], cwd=repo.path, env=GIT_ENVIRONMENT, capture_output=True)
    assert (tmp_path / "ran").exists()


def test_attributes_change_nothing_but_what_the_path_rules_read(
    make_repo: MakeRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo("attributes")
    repo.commit({"a.py": "one\ntwo\n"}, ADA, "2024-01-01")
    repo.commit({"a.py": "one\nTWO\n"}, BO, "2024-01-02")
    clean = signals(collected(repo.path))
    (repo.path / ".git/info").mkdir(exist_ok=True)
    (repo.path / ".git/info/attributes").write_text("* binary\n")
    # Not even the reader's own: the same history says the same to everybody.
    (tmp_path / "home/git").mkdir(parents=True)
    (tmp_path / "home/git/attributes").write_text("* -diff\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "/bin/false")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert signals(collected(repo.path)) == clean != []


# -- paths --------------------------------------------------------------------------------------------------------

ODD_PATHS = [
    b"new\nline.py", b'quo"te.py', b"tab\there.py", b"back\\slash.py", b"\xff\xfe.py", b"..", b".git", b"-rf", b"--",
    b" ", b"@@ -1 +1 @@", b"diff --git a b", b"\x01\x02", b"<script>alert(1)<", "\u202eevil.py".encode(),
    b"a => b", b":x", b"*", b"l" * 3000, b"\xc2\x85",
    b"\\377.py", b"n\\n.py", b"semi;colon", b"$(touch ran)", b"`x`", b"%s%n", b"caf\xe9.py",
]  # fmt: skip


def test_paths_of_any_bytes_are_read_and_lead_nowhere(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo("paths")
    ones = {name: raw(repo, "blob", b"%d\nkept\n" % n) for n, name in enumerate(ODD_PATHS)}
    twos = {name: raw(repo, "blob", b"changed %d\nkept\n" % n) for n, name in enumerate(ODD_PATHS)}
    first = commit(repo, tree(repo, ones), (), b"Ada Byron <ada@example.org> 1700000000 +0000", b"One\n")
    second = commit(repo, tree(repo, twos), (first,), b"Bo Diddley <bo@example.org> 1700100000 +0000", b"Two\n")
    # Below folders of such names, too.
    odd = {name: tree(repo, twos) for name in (b"..", b".git", b"d\n", b"\xff")}
    red = b"\x1b[31m<script>alert(2)</script> <red@example.org> 1700200000 +0000"
    third = commit(repo, tree(repo, odd, b"40000"), (second,), red, b"\x1b]0;three\x07\n")
    publish(repo, third)
    outside = snapshot(tmp_path)
    found = collected(repo.path)
    built = [row for row in signals(found) if row["kind"] == "builds_on" and row["unit"] == second]
    assert {row["path"] for row in built} == {name.decode("utf-8", "backslashreplace") for name in ODD_PATHS}
    assert {(row["follower"], row["leader"], row["amount"]) for row in built} == {(BO, ADA, 1)}
    workspace, page = tmp_path / "w.influence", tmp_path / "page.html"
    assert cli.run(["collect", "git", str(repo.path), "--workspace", str(workspace)]) == 0
    assert cli.run(["report", "--workspace", str(workspace), "-o", str(page)]) == 0
    assert not re.search(r"<script>alert|\x1b", page.read_text())
    made = set(snapshot(tmp_path)) - set(outside)
    assert {Path(name).name for name in made} <= {"w.influence", "page.html", "w.influence.ids", "w.influence.lock"}


def test_trees_that_git_would_not_write_are_read_as_it_reads_them(make_repo: MakeRepo) -> None:
    repo = make_repo("trees")
    first = repo.commit({"a.py": "a\n", "b.py": "b\n"}, ADA, "2024-01-01")
    blob = bytes.fromhex(raw(repo, "blob", b"x\n"))
    entries = {
        "twice": b"100644 a.py\0" + blob + b"100644 a.py\0" + blob,
        "unsorted": b"100644 z.py\0" + blob + b"100644 a.py\0" + blob,
        "slash": b"100644 a/b.py\0" + blob,
        "up": b"100644 ../../up.py\0" + blob,
        "zeros": b"0100644 a.py\0" + blob,
        "mode": b"777 a.py\0" + blob,
        "cut": b"100644 a.py\0" + blob[:7],
        "nameless": b"100644 \0" + blob,
        "letters": b"what a.py\0" + blob,
    }
    tip = first
    for data in entries.values():
        tip = commit(repo, raw(repo, "tree", data), (tip,), b"Bo <bo@example.org> 1705000000 +0000", b"Odd\n")
    publish(repo, tip)
    repo.git("read-tree", first)
    tip = commit(repo, repo.git("write-tree"), (tip,), b"Cy <cy@example.org> 1706000000 +0000", b"As before\n")
    publish(repo, tip)
    found = collected(repo.path)
    assert found.tables["units"].num_rows == len(entries) + 2
    told = {what: count for what, count, _ in found.harvest.problems}
    assert told["objects that the clone lacks"] == 3
    assert told["commits whose changes were not read"] == 4


# -- people and messages ------------------------------------------------------------------------------------------

ODD_IDENTS = {
    b"Ada Byron <ada@example.org> 1700000000 +0000": ("Ada Byron <ada@example.org>", 1700000000),
    b"Ada <a@x> <b@y> 1700000000 +0000": ("Ada <a@x> <b@y>", 1700000000),
    b"Ada Byron <ada@example.org>": ("Ada Byron <ada@example.org>", 0),
    b"Ada Byron <ada@example.org> soon": ("Ada Byron <ada@example.org>", 0),
    b"Ada Byron <ada@example.org> -99999999999 +0000": ("Ada Byron <ada@example.org>", 0),
    b"Ada Byron <ada@example.org> 99999999999999999 +99999999": ("Ada Byron <ada@example.org>", 9_000_000_000),
    b"Ada Byron <ada@example.org> " + b"9" * 6000 + b" +0000": (None, 0),
    b"Ada Byron ada@example.org 1700000000 +0000": (None, 0),
    b"Ada Byron <ada@example.org 1700000000 +0000": (None, 0),
    b"": (None, 0),
    b"<" * 300_000 + b"> 1 +0000": (None, 0),
    b"<> 1700000000 +0000": (None, 1700000000),
    b"\xc3\xa4\xff <x@y> 1700000000 +0000": ("\u00c3\u00a4\u00ff <x@y>", 1700000000),
    b"Zer\x00o <x@y> 1700000000 +0000": ("Zer\ufffdo <x@y>", 1700000000),
    b"\x1b[31mRed\x07 <r@y> 1700000000 +0000": ("\x1b[31mRed\x07 <r@y>", 1700000000),
}
ODD_ENCODINGS = [b"punycode", b"unicode_escape", b"undefined", b"rot13", b"idna", b"bz2", b"utf-7", b"mbcs", b"a\0b",
                 b"x" * 9999, b"utf-16", b"ISO-8859-1", b"KOI8-R", b"no-such", b"../../etc/passwd", b""]  # fmt: skip


def test_whatever_stands_where_an_author_should_the_history_is_read(make_repo: MakeRepo) -> None:
    repo = make_repo("people")
    repo.commit({"a.py": "x = 1\n"}, ADA, "2024-01-01")
    empty = repo.git("rev-parse", "HEAD^{tree}")
    tip = repo.git("rev-parse", "HEAD")
    written: dict[str, tuple[str | None, int]] = {}
    for who, expected in ODD_IDENTS.items():
        tip = commit(repo, empty, (tip,), who, b"Say it\n")
        written[tip] = expected
    for name in ODD_ENCODINGS:
        message = b"M\xe4rz \xff\x00 after\n" + b"z-" * 50_000
        tip = commit(repo, empty, (tip,), b"Bo <bo@x> 1700000000 +0000", message, b"encoding " + name + b"\n")
    # No author, no committer, two authors, no blank line.
    head = b"tree " + empty.encode() + b"\nparent "
    for rest in (
        b"\n\nmessage\n",
        b"\ncommitter Cy <cy@x> 1700000000 +0000\n\nm\n",
        b"\nauthor Cy <cy@x> 1700000000 +0000\n\nm\n",
        b"\nauthor Cy <cy@x> 1 +0000\nauthor Dee <d@x> 2 +0000\ncommitter Cy <cy@x> 1 +0000\n\nm\n",
        b"\nauthor Cy <cy@x> 1 +0000\ncommitter Cy <cy@x> 1 +0000",
    ):
        tip = raw(repo, "commit", head + tip.encode() + rest)
    publish(repo, tip)
    begun = time.monotonic()
    found = collected(repo.path)
    assert time.monotonic() - begun < 60
    with open_safely(repo.path) as opened:
        times = {made.sha: made.time for made in History(opened).commits}
    assert found.tables["units"].num_rows == len(times) == 1 + len(ODD_IDENTS) + len(ODD_ENCODINGS) + 5
    for sha, (_, when) in written.items():
        assert times[sha] == when
    named = {row["key"] for row in found.tables["identities"].to_pylist()}
    assert {who for who, _ in written.values() if who is not None} <= named
    told = {what: count for what, count, _ in found.harvest.problems}
    assert told["commits without a readable author"] >= sum(who is None for who, _ in written.values())


def test_one_odd_name_does_not_switch_the_mailmap_off(make_repo: MakeRepo) -> None:
    repo = make_repo("mailmap")
    repo.commit({".mailmap": "Ada Byron <ada@example.org> <ada@old>\n", "a": "a\n"}, "Ada <ada@old>", "2024-01-01")
    publish(
        repo,
        commit(
            repo, repo.git("rev-parse", "HEAD^{tree}"), (repo.git("rev-parse", "HEAD"),),
            b"Odd <o@x> <b@y> 1704200000 +0000", b"Odd\n",
        ),
    )  # fmt: skip
    links = collected(repo.path).tables["identity_links"].to_pylist()
    assert any("ada@old" in str(row) and ADA in str(row) for row in links)


def test_a_mailmap_that_is_a_link_is_not_followed(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo("link")
    (tmp_path / "secret").write_text("Secret Name <secret@x> <ada@example.org>\n")
    (repo.path / ".mailmap").symlink_to(tmp_path / "secret")
    (repo.path / ".git-blame-ignore-revs").symlink_to("/dev/zero")
    (repo.path / "CODEOWNERS").symlink_to("/etc/passwd")
    repo.commit({"a": "a\n"}, ADA, "2024-01-01")
    assert "secret" not in str(collected(repo.path).tables["identities"].to_pylist())


def test_folders_of_any_name_can_be_collected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = []
    for name in (b"\xff\xfe new\nline", "<b>\u202e'b\"c".encode()):
        repo = Repo(tmp_path / os.fsdecode(name))
        repo.commit({"a.py": "a = 1\n"}, ADA, "2024-01-01", name.hex())
        places.append(str(repo.path))
    assert cli.run(["collect", "git", "--jobs", "1", "-w", str(tmp_path / "w.influence"), "--", *places]) == 0
    found = Workspace(tmp_path / "w.influence").harvests()
    assert set(found[found["connector"] == "git"]["label"]) == {"\\xff\\xfe new\nline", "<b>\u202e'b\"c"}
    assert capsys.readouterr().err == ""


# -- much of it ---------------------------------------------------------------------------------------------------
# Each in the hundredth part here, in full by `make soak`. What the full ones take stands in docs/hostile.md.

PARTS = [
    pytest.param(100, id="hundredth"),
    pytest.param(1, id="whole", marks=pytest.mark.soak),
]


@pytest.mark.parametrize("part", PARTS)
def test_a_commit_of_very_many_files(make_repo: MakeRepo, part: int) -> None:
    repo = make_repo("many")
    count = 100_000 // part
    lines = [b"blob\nmark :1\ndata 2\na\n\nblob\nmark :2\ndata 2\nb\n\n"]
    for number, who in enumerate((b"Ada Byron <ada@example.org>", b"Bo Diddley <bo@example.org>"), 1):
        lines.append(b"commit refs/heads/main\ncommitter %s %d +0000\ndata 2\nx\n" % (who, 1700000000 + number))
        lines += [b"M 100644 :%d d%d/f%d.py\n" % (number, n % 100, n) for n in range(count)]
    done = subprocess.run(["git", "fast-import", "--quiet"], cwd=repo.path, input=b"".join(lines), env=GIT_ENVIRONMENT)
    assert done.returncode == 0
    found = signals(collected(repo.path))
    assert len(found) == count
    assert {(row["follower"], row["leader"]) for row in found} == {(BO, ADA)}


@pytest.mark.parametrize("part", PARTS)
def test_a_very_long_line(make_repo: MakeRepo, part: int) -> None:
    repo = make_repo("long")
    line = b"x = '" + b"0123456789" * (10_000_000 // part)
    repo.commit({"a.py": line + b"'\n", "b.py": "b = 1\n"}, ADA, "2024-01-01")
    repo.commit({"a.py": line + b"!'\n", "b.py": "b = 2\n"}, BO, "2024-01-02")
    found = collected(repo.path)
    told = {what for what, _, _ in found.harvest.problems}
    followed = {row["path"] for row in signals(found)}
    # Beyond eight megabytes a file is a program's: git calls it binary and does not load it.
    assert followed == ({"b.py"} if part == 1 else {"a.py", "b.py"})
    assert ("changed files not looked into: binary" in told) == (part == 1)


@pytest.mark.parametrize("part", PARTS)
def test_a_very_long_message(make_repo: MakeRepo, part: int) -> None:
    repo = make_repo("message")
    repo.commit({"a.py": "a\n"}, BO, "2024-01-01")
    of, tip = repo.git("rev-parse", "HEAD^{tree}"), repo.git("rev-parse", "HEAD")
    who = b"Ada Byron <ada@example.org> 1704200000 +0000"
    size = 50_000_000 // part
    for text in (b"Helped-by: Bo Diddley <bo@example.org>\n", b"<", b"a b ", b"deadbeef ", b"((", b"x@y, ", b"\n"):
        tip = commit(repo, of, (tip,), who, b"Title\n\n" + text * (size // len(text)) + b"\n")
    tip = commit(repo, of, (tip,), who, b"Short\n\nHelped-by: Bo Diddley <bo@example.org>\n")
    publish(repo, tip)
    found = collected(repo.path)
    assert found.tables["units"].num_rows == 9
    assert {row["unit"] for row in signals(found) if row["kind"] == "consults"} >= {tip}
    told = {what: count for what, count, _ in found.harvest.problems}
    assert told.get("messages over a megabyte", 0) == (7 if part == 1 else 0)


@pytest.mark.parametrize("part", PARTS)
def test_a_history_of_very_many_merges(make_repo: MakeRepo, part: int) -> None:
    repo = make_repo("merges")
    count = 10_000 // part
    lines = []
    for number in range(count):
        when = 1_500_000_000 + 3 * number
        side = b"from :%d\n" % (4 * number) if number else b""
        lines.append(
            b"commit refs/heads/side\nmark :%d\ncommitter Bo Diddley <bo@example.org> %d +0000\ndata 1\ns\n%b"
            b"M 100644 inline b.py\ndata <<END\nb = %d\nEND\n\n" % (4 * number + 2, when, side, number)
        )
        lines.append(
            b"commit refs/heads/main\nmark :%d\ncommitter Ada Byron <ada@example.org> %d +0000\ndata 1\nm\n%b"
            b"M 100644 inline a.py\ndata <<END\na = %d\nEND\n\n" % (4 * number + 3, when + 1, side, number)
        )
        lines.append(
            b"commit refs/heads/main\nmark :%d\ncommitter Ada Byron <ada@example.org> %d +0000\ndata 1\nj\n"
            b"from :%d\nmerge :%d\nM 100644 inline b.py\ndata <<END\nb = %d\nEND\n\n"
            % (4 * number + 4, when + 2, 4 * number + 3, 4 * number + 2, number)
        )
    done = subprocess.run(["git", "fast-import", "--quiet"], cwd=repo.path, input=b"".join(lines), env=GIT_ENVIRONMENT)
    assert done.returncode == 0
    found = collected(repo.path)
    assert found.harvest.counts["merges"] == count
    assert found.tables["units"].num_rows == 3 * count


def test_a_merge_of_sixty_branches(make_repo: MakeRepo) -> None:
    repo = make_repo("octopus")
    first = repo.commit({"a.py": "a\n" * 5}, ADA, "2024-01-01")
    of = repo.git("rev-parse", "HEAD^{tree}")
    sides = tuple(
        commit(repo, of, (first,), b"Bo <bo@example.org> %d +0000" % (1704200000 + n), b"Side\n") for n in range(60)
    )
    merged = tree(repo, {b"a.py": raw(repo, "blob", b"a\n" * 4 + b"z\n")})
    publish(repo, commit(repo, merged, sides, b"Cy <cy@example.org> 1705000000 +0000", b"All\n"))
    assert collected(repo.path).tables["units"].num_rows == 62


@pytest.mark.parametrize("depth", [60, pytest.param(20_000, marks=pytest.mark.soak)])
def test_folders_in_folders_without_end(make_repo: MakeRepo, depth: int) -> None:
    repo = make_repo("deep")
    first = repo.commit({"a.py": "a\n"}, ADA, "2024-01-01")
    at = tree(repo, {b"f.py": raw(repo, "blob", b"x\n")})
    for _ in range(depth):
        at = tree(repo, {b"d": at}, b"40000")
    publish(repo, commit(repo, at, (first,), b"Bo <bo@example.org> 1705000000 +0000", b"Deep\n"))
    found = collected(repo.path)
    assert found.tables["units"].num_rows == 2
    told = {what: count for what, count, _ in found.harvest.problems}
    # Deeper ones than git reads are taken for lost, and the rest is read.
    assert told.get("commits whose changes were not read", 0) == (1 if depth > 2000 else 0)
