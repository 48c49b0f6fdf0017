"""Random histories with all that git can do to a file and every way of merging, and whose git says their lines are."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
from pathlib import Path

from connectors.git.connector import GitConnector
from connectors.git.repository import open_safely
from tests.conftest import GIT_ENVIRONMENT, Repo

PEOPLE = ("Ada <ada@example.org>", "Bo <bo@example.org>", "Cy <cy@example.org>")


def owners_at_tip(path: Path) -> dict[str, list[str]]:
    """What the replay says of each line of the regular files at the tip; no owners: an empty list."""
    with open_safely(path) as repository:
        run = GitConnector(path, whitespace=False, processes=1).replayed(repository, names=False)
        history, replay = run.history, run.replay
        found = {}
        for entry in repository.run("ls-tree", "-r", "-z", repository.tip).split(b"\x00")[:-1]:
            meta, _, name = entry.partition(b"\t")
            mode, _, blob = meta.split()
            if mode in (b"100644", b"100755"):
                owners = replay.versions.get(name, blob, len(history.commits))
                found[name.decode()] = [history.commits[owner - 1].sha for owner in owners or ()]
        return found


def blame(repo: Repo, name: str) -> list[str]:
    output = repo.git("blame", "-s", "-l", "--root", "HEAD", "--", name)
    return [line.split()[0].lstrip("^") for line in output.split("\n") if line]


class World:
    """A history that does everything; `choose(n)` is a number below n. Each line that is written is new.

    Only one of two branches that are merged renames: where both do, git's own search for renames decides.
    """

    def __init__(self, path: Path, choose: random.Random, sha256: bool = False) -> None:
        self.repo = Repo(path)
        if sha256:
            subprocess.run(["rm", "-rf", str(path / ".git")], check=True)
            self.repo.git("init", "-q", "-b", "main", "--object-format=sha256")
        self.random = choose
        self.serial = 0
        self.day = dt.date(2024, 1, 1)
        for _ in range(3):
            self.write()
        self.commit()

    def choose(self, count: int) -> int:
        return self.random.randrange(count)

    def lines(self, count: int) -> list[str]:
        self.serial += count
        return [f"line {self.serial - i} of this world" for i in range(count)]

    def files(self) -> list[Path]:
        found = self.repo.git("ls-files", "-s").split("\n")
        regular = [line.partition("\t")[2] for line in found if line.startswith("100")]
        return [self.repo.path / name for name in regular if (self.repo.path / name).is_file()]

    def identity(self) -> dict[str, str]:
        name, mail = PEOPLE[self.choose(3)][:-1].split(" <")
        self.serial += 1
        when = f"{self.day}T{self.serial // 3600 % 24:02d}:{self.serial // 60 % 60:02d}:{self.serial % 60:02d}Z"
        roles = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in
                 (("NAME", name), ("EMAIL", mail), ("DATE", when))}  # fmt: skip
        return {**roles, "GIT_EDITOR": "true"}

    def commit(self, message: str = "") -> str:
        self.repo.git("add", "-A")
        self.repo.git("commit", "-q", "--allow-empty", "-m", message or f"step {self.serial}", **self.identity())
        return self.repo.head()

    def write(self, name: str = "") -> None:
        self.serial += 1
        ends = "\r\n" if self.choose(5) == 0 else "\n"
        text = ends.join(self.lines(self.choose(14))) + ("" if self.choose(4) == 0 else ends)
        path = self.repo.path / (name or f"d{self.choose(2)}/file{self.serial}.txt")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())

    def step(self, moves: bool) -> None:
        files = self.files()
        if not files:
            self.write()
            return
        path = files[self.choose(len(files))]
        self.serial += 1
        action = self.choose(14)
        if action == 0:
            self.write()
        elif action == 1:
            path.unlink()
        elif action == 2 and moves:
            path.rename(path.with_name(f"moved{self.serial}.txt"))
        elif action == 3:
            path.with_name(f"copy{self.serial}.txt").write_bytes(path.read_bytes())
        elif action == 4:
            path.chmod(0o755 if path.stat().st_mode & 0o100 == 0 else 0o644)
        elif action == 5:
            (self.repo.path / f"link{self.serial}").symlink_to("nowhere")
        elif action == 6:
            (self.repo.path / f"empty{self.serial}").write_bytes(b"")
        elif action == 7:
            head = self.repo.head()
            self.repo.git("update-index", "--add", "--cacheinfo", f"160000,{head},module{self.choose(2)}")
        elif action == 8 and path.read_bytes():
            path.write_bytes(path.read_bytes().removesuffix(b"\n") + (b"\n" if self.choose(2) else b""))
        elif action == 9:
            path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n") if self.choose(2) else b"")
        else:
            lines = path.read_bytes().split(b"\n")
            start = self.choose(len(lines) + 1)
            lines[start : start + self.choose(4)] = [line.encode() for line in self.lines(self.choose(4))]
            path.write_bytes(b"\n".join(lines))

    def undo_or_copy(self) -> None:
        """Revert a commit of this branch, or take one from another."""
        commits = self.repo.git("rev-list", "--no-merges", "--all").split()
        chosen = commits[self.choose(len(commits))]
        command = ("revert", "--no-edit") if self.choose(2) else ("cherry-pick", "--allow-empty")
        try:
            self.repo.git(*command, chosen, **self.identity())
        except subprocess.CalledProcessError:
            self.repo.git("reset", "-q", "--hard")
            for leftover in ("REVERT_HEAD", "CHERRY_PICK_HEAD"):
                (self.repo.path / ".git" / leftover).unlink(missing_ok=True)

    def work(self, branch: str, moves: bool) -> None:
        self.repo.git("checkout", "-q", branch)
        for _ in range(1 + self.choose(3)):
            for _ in range(1 + self.choose(2)):
                self.step(moves)
            self.commit()
            if self.choose(4) == 0:
                self.undo_or_copy()

    def title(self, branch: str) -> str:
        """What a forge writes of a merge; most often its login is that of the branch's last author."""
        login = self.repo.git("log", "-1", "--format=%an", branch) if self.choose(6) else "Bo"
        if self.choose(4) == 0:
            return f"Merge pull request #{self.serial} from {login.lower()}/{branch}"
        return f"Auto merge of #{self.serial} - {login}:{branch}, r={('ada', 'BO', 'cy')[self.choose(3)]}"

    def merge(self, *branches: str, strategy: tuple[str, ...] = ()) -> None:
        """Merge into the branch that is checked out, resolving what is in conflict, now and then with changes."""
        merged = subprocess.run(
            ["git", "merge", "-q", "--no-ff", "--no-commit", *strategy, *branches],
            cwd=self.repo.path, env={**GIT_ENVIRONMENT, **self.identity()}, capture_output=True,
        )  # fmt: skip
        if merged.returncode and len(branches) > 1:
            self.repo.git("reset", "-q", "--hard")
            return
        if merged.returncode:
            for name in set(self.repo.git("diff", "--name-only", "--diff-filter=U").split("\n")):
                path = self.repo.path / name
                if path.is_file() and not path.is_symlink():
                    marks = (b"<<<<<<<", b"=======", b">>>>>>>")
                    kept = [line for line in path.read_bytes().split(b"\n") if not line.startswith(marks)]
                    path.write_bytes(b"\n".join([*kept, *(line.encode() for line in self.lines(self.choose(2)))]))
        if self.choose(3) == 0:
            self.step(moves=False)
        self.commit(self.title(branches[0]))

    def round(self) -> None:
        self.repo.git("branch", "-f", "one")
        self.repo.git("branch", "-f", "two")
        for branch in ("one", "two", "main"):
            self.work(branch, moves=branch == "one")
        kind = self.choose(6)
        self.repo.git("checkout", "-q", "main")
        if kind == 0:
            self.merge("one", "two")
        elif kind == 1:
            self.merge("two", strategy=("-s", "ours"))
            self.merge("one")
        elif kind == 2:  # criss-cross
            self.repo.git("branch", "-f", "before", "main")
            self.merge("two")
            self.repo.git("checkout", "-q", "two")
            self.merge("before")
            self.work("two", moves=False)
            self.repo.git("checkout", "-q", "main")
            self.merge("two")
        else:
            self.merge("one")
            if kind == 3:
                self.merge("two", strategy=("-X", "theirs"))

    def differences(self) -> list[tuple[str, list[tuple[int, str, str]]]]:
        """Files whose lines the replay ascribes to others than git blame does."""
        found = []
        ours = owners_at_tip(self.repo.path)
        for name, owners in ours.items():
            blamed = blame(self.repo, name)
            assert len(owners) == len(blamed), name
            unlike = [(at, b[:8], o[:8]) for at, (b, o) in enumerate(zip(blamed, owners, strict=True), 1) if b != o]
            if unlike:
                found.append((name, unlike))
        return found
