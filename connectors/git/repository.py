"""Reading somebody's repository without trusting it.

A repository's own configuration can run programs (`core.fsmonitor`, `gpg.program`, textconv filters, remote helpers for
promised objects, hooks). So nothing is ever run *in* it: git runs in an empty bare git directory of our own whose
`objects/info/alternates` names theirs. What else is taken over stands in `connectors.git.borrowing`; how reading goes
on where objects are missing, in `connectors.git.damage`.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO

from connectors.git.addresses import web_url
from connectors.git.borrowing import Borrowed, borrow
from connectors.git.damage import Damage, cut_lost_commits, drop_circles, put_replacements
from connectors.git.scope import BRANCHES, branches, ordered
from connectors.git.trees import Trees
from influence.errors import InputError

#: What is in force in our own directory, whatever git's version takes for granted: no attributes but built-in ones, no
#: lists of commits that could lie or be damaged, and no diff of what is too large to be somebody's lines. Packs are
#: looked at through small windows, and little is held on to: else each git takes as much memory as the packs have.
_CONFIGURATION = f"""\
[core]
	attributesFile = {os.devnull}
	hooksPath = {os.devnull}
	fsmonitor = false
	commitGraph = false
	bigFileThreshold = {{largest}}
	packedGitWindowSize = 256k
	packedGitLimit = 8m
	deltaBaseCacheLimit = 4m
[attr]
	tree = none
[gc]
	auto = 0
"""
#: Bytes of a file beyond which git calls it binary and does not load it: a line is a program's, not a person's.
LARGEST_FILE = 8 << 20


def git_environment() -> dict[str, str]:
    """The environment in which git runs: none of the user's or the system's configuration, no network, no prompts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "SSH_"))}
    return kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PAGER": "cat",
        "LC_ALL": "C",
    }


class SafeRepository:
    """A repository opened through a git directory of our own; made by `open_safely`.

    Attributes
    ----------
    location
        Where theirs lies.
    git_dir
        Where ours lies: what git commands must be given as ``--git-dir``.
    label
        What people call it: the last part of its web address, else the folder's name.
    tip
        Hash of the commit that is read.
    others
        Where other branches end that are read, too, in order.
    since
        The day before which nothing is read; None: everything is.
    ends, before
        After how many commits in `ordered` each branch ends; how many commits are left out that are older than `since`.
    shallow
        Whether the clone ends where somebody cut it on purpose.
    plain
        Whether commits are what they say: none is replaced, grafted or cut off.
    known
        What an earlier run read, with its parents, in order: where the branch goes on from there, the rest is not
        walked through again.
    damage
        What could not be read, as far as reading has come.
    """

    def __init__(self, location: Path, git_dir: Path, label: str, url: str | None, theirs: Borrowed) -> None:
        self.location = location
        self.git_dir = git_dir
        self.label = label
        self.url = url
        self.shallow = bool(theirs.shallow)
        self.plain = not (theirs.shallow or theirs.replaced or theirs.grafts or theirs.lacking)
        self.known: dict[str, list[str]] = {}
        self.damage = Damage(boundary=set(theirs.shallow))
        self.tip = ""
        self.others: list[str] = []
        self.since: dt.date | None = None
        self.ends: list[int] = []
        self.before = 0
        self._references = dict(theirs.references)
        self._ordered: dict[str, list[str]] = {}
        self.trees = Trees(self)

    def command(self, *arguments: str) -> list[str]:
        """A git command line that runs in our own directory."""
        return ["git", f"--git-dir={self.git_dir}", *arguments]

    def run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Run a git command to its end and return what it printed.

        Raises
        ------
        subprocess.CalledProcessError
            When git fails; `stderr` says why.
        """
        command = self.command(*arguments)
        # Files on two sides and one pipe: what comes out need not be waited for in small pieces.
        with tempfile.TemporaryFile() as feed, tempfile.TemporaryFile() as errors:
            feed.write(stdin or b"")
            feed.seek(0)
            with subprocess.Popen(
                command, stdin=feed, stdout=subprocess.PIPE, stderr=errors, cwd=self.git_dir, env=git_environment()
            ) as process:
                assert process.stdout is not None
                output = process.stdout.read()
            if process.returncode:
                errors.seek(0)
                raise subprocess.CalledProcessError(process.returncode, command, output, errors.read(1 << 16))
        return output

    @property
    def tips(self) -> list[str]:
        """Where reading begins: the tip, then the other branches."""
        return [self.tip, *self.others]

    def walk(self, *arguments: str) -> bytes:
        """Run a git command that goes through all commits, cutting off those that are missing or damaged.

        Where ``--stdin`` is among the arguments, git is told the tips there: there may be more than fit a command line.

        Raises
        ------
        influence.errors.InputError
            When nothing can be read even so.
        """
        try:
            return self.run(*arguments, stdin=self._asked(arguments))
        except subprocess.CalledProcessError:
            cut_lost_commits(self)
        try:
            return self.run(*arguments, stdin=self._asked(arguments))
        except subprocess.CalledProcessError as error:
            first = error.stderr.decode("utf-8", "replace").strip().split("\n")[0]
            raise InputError(f"the commits of {self.location} cannot be read ({first})", "clone it again") from None

    def _asked(self, arguments: Iterable[str]) -> bytes | None:
        return "".join(f"{tip}\n" for tip in self.tips).encode() if "--stdin" in arguments else None

    def first_parents(self, after: str | None = None) -> list[str] | None:
        """The tip and its first parents, newest first; down to `after`, which is left out, and None where they miss it.

        Raises
        ------
        influence.errors.InputError
            As `walk`, where all are asked for.
        """
        if after is None:
            return self.walk("rev-list", "--first-parent", self.tip).decode("ascii").split()
        try:
            lines = self.run("rev-list", "--first-parent", "--parents", self.tip, f"^{after}").decode("ascii")
        except subprocess.CalledProcessError:
            return None
        chain = [line.split(" ") for line in lines.split("\n")[:-1]]
        return [line[0] for line in chain] if (chain[-1][1:2] if chain else [self.tip]) == [after] else None

    def ordered(self) -> dict[str, list[str]]:
        """Every commit that is read, with its parents, as far as they are there, in the order of `scope`."""
        if not self.ends:
            self._ordered, self.ends, self.before = ordered(self)
        return self._ordered

    def refer(self, references: Mapping[str, str | None]) -> None:
        """Add references to our own directory (None: take away): replacements of what theirs lacks."""
        self.ends = []
        self.known = {}
        for name, value in references.items():
            if value is None:
                self._references.pop(name, None)
            else:
                self._references[name] = value
        # In the order of bytes, by which git searches.
        named = sorted((os.fsencode(name), value.encode()) for name, value in self._references.items())
        lines = [b"%b %b\n" % (value, name) for name, value in named]
        (self.git_dir / "packed-refs").write_bytes(b"# pack-refs with: sorted \n" + b"".join(lines))

    def add_branches(self) -> None:
        """Read the other branches, too."""
        ends, lost = branches(self, self._references)
        self.others = [end for end in ends if end != self.tip]
        self.ends = []
        if lost:
            self.damage.noted.append(("branches", lost, "the commit that they end in is missing or damaged"))

    def stream(
        self, *arguments: str, stdin: IO[bytes] | int | None = None, stdout: IO[bytes] | int = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        """Start a git command whose output is read while it runs.

        What it complains of is not kept: thousands of missing objects would fill a pipe that nobody empties.
        """
        return subprocess.Popen(
            self.command(*arguments),
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            cwd=self.git_dir,
            env=git_environment(),
        )

    def read_file(self, path: str, commit: str | None = None, limit: int = 64 << 20) -> bytes | None:
        """The content of a regular file in `commit` (the tip by default); None where there is none.

        Files over `limit` bytes are not read, symbolic links are not followed.
        """
        try:
            entry = self.run("ls-tree", "-z", "--long", commit or self.tip, "--", path)
        except subprocess.CalledProcessError:
            return None
        parts = entry.split(b"\t", 1)[0].split()
        if len(parts) != 4 or parts[0] not in (b"100644", b"100755"):
            return None
        if not parts[3].isdigit() or int(parts[3]) > limit:  # ("BAD" where the clone lacks the object)
            return None
        try:
            return self.run("cat-file", "blob", parts[2].decode())
        except subprocess.CalledProcessError:
            return None

    def blobs(self, ids: Iterable[str], limit: int) -> Iterator[tuple[str, int | None, bytes | None]]:
        """(id, size, content) of each blob: no content over `limit` bytes, no size either where it is missing."""
        process = subprocess.Popen(
            self.command("cat-file", "--batch"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.git_dir,
            env=git_environment(),
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            for name in ids:
                process.stdin.write(f"{name}\n".encode())
                process.stdin.flush()
                header = process.stdout.readline().split()
                if len(header) != 3:
                    yield name, None, None
                    continue
                size = left = int(header[2])
                data = process.stdout.read(size) if size <= limit else None
                while data is None and left:
                    left -= len(process.stdout.read(min(left, 1 << 20)))
                process.stdout.read(1)
                yield name, size, data
        finally:
            process.stdin.close()
            process.stdout.close()
            process.wait()

    @cached_property
    def repository_id(self) -> str:
        """What makes clones and forks of one history one: the root commit that its first parents lead to.

        (Roots of other projects, merged in as subtrees, can be older.)
        """
        if self.ends and self.since is None:
            at = self.tip
            while self._ordered[at]:
                at = self._ordered[at][0]
            return at
        return self.walk("rev-list", "--first-parent", "--max-parents=0", self.tip).split()[-1].decode()

    def resolve(self, reference: str | None) -> str:
        """The commit that `reference` (HEAD by default) names.

        Raises
        ------
        influence.errors.InputError
            When there is no such reference, or no commit at all.
        """
        try:
            name = f"{reference or 'HEAD'}^{{commit}}"
            return self.run("rev-parse", "--verify", "--quiet", "--end-of-options", name).decode().strip()
        except subprocess.CalledProcessError:
            pass
        if reference is None:
            heads = [shown(name.split("/", 2)[2]) for name in sorted(self._references) if name.startswith(BRANCHES)]
            head = (self.git_dir / "HEAD").read_text().strip()
            lost = "" if head.startswith("ref:") else f" that is there: {head[:12]} is missing or damaged"
            if heads:
                names = ", ".join(heads[:5])
                raise InputError(
                    f"HEAD of {self.location} names no commit{lost}", f"choose a branch with --ref ({names})"
                )
            if lost:
                raise InputError(f"HEAD of {self.location} names no commit{lost}", "clone it again")
            raise InputError(f"{self.location} has no commits", "there is nothing to read yet")
        raise InputError(f"no branch, tag or commit {reference!r} in {self.location}", "look with 'git branch -a'")


@contextmanager
def open_safely(
    path: str | os.PathLike[str], ref: str | None = None, *, all_branches: bool = False, since: dt.date | None = None
) -> Iterator[SafeRepository]:
    """Open the repository at `path` (work tree, bare repository or linked worktree) for reading.

    Parameters
    ----------
    path
        The folder of the repository.
    ref
        Branch, tag or commit to read; HEAD by default.
    all_branches
        Read what can be reached from any branch, too, the clone's own and those that it knows of others.
    since
        Read only what the branches were brought since that day (UTC).

    Raises
    ------
    influence.errors.InputError
        When there is no repository, when it cannot be read, or when it has no such commit.
    """
    location = Path(path)
    theirs = borrow(location)
    settings = theirs.settings
    with tempfile.TemporaryDirectory(prefix="influence-git-") as folder:
        own = Path(folder) / "git"
        object_format = settings.get("extensions.objectformat", "sha1").lower()
        if object_format not in ("sha1", "sha256"):
            raise InputError(f"{location} uses object format {object_format!r}", "sha1 and sha256 can be read")
        if settings.get("extensions.refstorage", "files").lower() != "files":
            raise InputError(
                f"{location} keeps its references as {settings['extensions.refstorage']}",
                "convert it with 'git refs migrate --ref-format=files', or read a clone",
            )
        subprocess.run(
            ["git", "init", "--quiet", "--bare", "--template=", f"--object-format={object_format}", str(own)],
            check=True,
            capture_output=True,
            cwd=folder,
            env=git_environment(),
        )
        with (own / "config").open("a") as config:
            config.write(_CONFIGURATION.format(largest=LARGEST_FILE))
        (own / "objects" / "info").mkdir(exist_ok=True)
        (own / "objects" / "info" / "alternates").write_bytes(b"".join(map(_quoted, theirs.stores)))
        if theirs.head:
            (own / "HEAD").write_text(f"{theirs.head}\n")
        if theirs.shallow:
            (own / "shallow").write_text("".join(f"{line}\n" for line in theirs.shallow))
        name = Path(os.path.abspath(location)).name
        if name == ".git":
            name = Path(os.path.abspath(location)).parent.name
        url = web_url(settings.get("remote.origin.url", "")) or next(
            (web for key, value in settings.items() if key.startswith("remote.") and (web := web_url(value))), None
        )
        label = shown((url or name).rsplit("/", 1)[-1].removesuffix(".git") or name)
        repository = SafeRepository(location, own, label, url, theirs)
        repository.refer({})
        try:
            replaced = put_replacements(repository, theirs)
            repository.tip = repository.resolve(ref)
            repository.since = since
            if all_branches:
                repository.add_branches()
            if replaced:
                drop_circles(repository, replaced)
            yield repository
        finally:
            repository.trees.close()


def shown(path: str | Path) -> str:
    """A path or a name as text that survives UTF-8, whatever bytes it has."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _quoted(store: Path) -> bytes:
    path = os.fsencode(store)
    if path.startswith((b'"', b"#")) or b"\n" in path:
        escaped = path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
        path = b'"' + escaped + b'"'
    return path + b"\n"
