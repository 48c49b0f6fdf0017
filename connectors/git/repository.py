"""Reading somebody's repository without trusting it.

A repository's own configuration can run programs (`core.fsmonitor`, `gpg.program`, textconv filters, remote helpers for
promised objects, hooks). So nothing is ever run *in* it: git runs in an empty bare git directory of our own whose
`objects/info/alternates` names theirs. Tips, the `shallow` file, replace refs and the object format are carried over
explicitly as text; remote URLs are read out of the configuration as text, without following includes.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import git

from influence.errors import InputError

_HEX = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_REF = re.compile(r"refs/(?!.*\.\.)[^\x00-\x20\x7f~^:?*\[\\]+\Z")
_SCP = re.compile(r"(?:[^@/:]+@)?([A-Za-z0-9.-]+):(?!/)(.+)\Z")
_MAX_REF_DEPTH = 5


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
    """

    def __init__(self, location: Path, git_dir: Path, label: str, url: str | None, shallow: bool) -> None:
        self.location = location
        self.git_dir = git_dir
        self.label = label
        self.url = url
        self.shallow = shallow
        self.tip = ""
        # GitPython's object for our own directory: nothing of theirs is in it but the objects.
        self.repo = git.Repo(git_dir)

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
        return subprocess.run(
            self.command(*arguments), input=stdin, capture_output=True, check=True, env=git_environment()
        ).stdout

    def stream(self, *arguments: str, stdin: IO[bytes] | int | None = None) -> subprocess.Popen[bytes]:
        """Start a git command whose output is read while it runs."""
        return subprocess.Popen(
            self.command(*arguments),
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
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
        if len(parts) != 4 or parts[0] not in (b"100644", b"100755") or int(parts[3]) > limit:
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
        return self.run("rev-list", "--first-parent", "--max-parents=0", self.tip).split()[-1].decode()

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
            heads = self.run("for-each-ref", "--count=5", "--format=%(refname:short)", "refs/heads", "refs/remotes")
            if heads.strip():
                names = ", ".join(heads.decode("utf-8", "replace").split())
                raise InputError(f"HEAD of {self.location} names no commit", f"choose a branch with --ref ({names})")
            raise InputError(f"{self.location} has no commits", "there is nothing to read yet")
        raise InputError(f"no branch, tag or commit {reference!r} in {self.location}", "look with 'git branch -a'")


@contextmanager
def open_safely(path: str | os.PathLike[str], ref: str | None = None) -> Iterator[SafeRepository]:
    """Open the repository at `path` (work tree, bare repository or linked worktree) for reading.

    Parameters
    ----------
    path
        The folder of the repository.
    ref
        Branch, tag or commit to read; HEAD by default.

    Raises
    ------
    influence.errors.InputError
        When there is no repository, when it cannot be read, or when it has no such commit.
    """
    location = Path(path)
    found, common = _find(location)
    objects = common / "objects"
    settings = _settings(common / "config")
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
            env=git_environment(),
        )
        (own / "objects" / "info").mkdir(exist_ok=True)
        (own / "objects" / "info" / "alternates").write_text(f"{_quoted(str(objects.resolve()))}\n")
        try:
            shallow = _carry_over(found, common, own)
        except PermissionError as error:
            raise InputError(f"{error.filename} cannot be read: permission denied", "ask for read access") from None
        name = Path(os.path.abspath(location)).name
        if name == ".git":
            name = Path(os.path.abspath(location)).parent.name
        url = web_url(settings.get("remote.origin.url", "")) or next(
            (web for key, value in settings.items() if key.startswith("remote.") and (web := web_url(value))), None
        )
        label = (url or name).rsplit("/", 1)[-1].removesuffix(".git") or name
        repository = SafeRepository(location, own, label, url, shallow)
        try:
            repository.tip = repository.resolve(ref)
            yield repository
        finally:
            repository.repo.close()


def web_url(remote: str) -> str | None:
    """The web page behind a remote's URL, without credentials; None where there is none to be guessed.

    >>> web_url("git@github.com:openstack/swift.git")
    'https://github.com/openstack/swift'
    >>> web_url("https://token@github.com/openstack/swift")
    'https://github.com/openstack/swift'
    >>> web_url("/srv/git/swift.git") is None
    True
    """
    remote = remote.strip()
    if "://" in remote:
        try:
            parts = urlsplit(remote)
            host, path, port = parts.hostname, parts.path, parts.port
        except ValueError:
            return None
        if parts.scheme not in ("http", "https", "ssh", "git"):
            return None
        scheme = parts.scheme if parts.scheme in ("http", "https") else "https"
        shown = f":{port}" if port and parts.scheme in ("http", "https") else ""
    else:
        match = _SCP.match(remote)
        if match is None:
            return None
        host, path, scheme, shown = match[1], "/" + match[2], "https", ""
    path = path.rstrip("/").removesuffix(".git")
    if not host or "." not in host or not re.fullmatch(r"(?:/[\w.~+-]+)+", path):
        return None
    return f"{scheme}://{host}{shown}{path}"


def _find(location: Path) -> tuple[Path, Path]:
    """The git directory at `location` and the directory that holds its objects (another one for a worktree)."""
    if not location.exists():
        raise InputError(f"there is no folder {location}", "name the folder of a git repository")
    try:
        candidates = [location / ".git", location]
        found = next((c for c in candidates if (c / "HEAD").is_file() and (c / "commondir").is_file()), None)
        found = found or next((c for c in candidates if (c / "HEAD").is_file() and (c / "objects").is_dir()), None)
        if found is None and (location / ".git").is_file():
            text = (location / ".git").read_text("utf-8", "surrogateescape").strip()
            if text.startswith("gitdir:"):
                found = (location / text.removeprefix("gitdir:").strip()).resolve()
        if found is None or not (found / "HEAD").is_file():
            raise InputError(f"{location} is not a git repository", "name the folder that holds .git, or a bare one")
        common = found
        if (found / "commondir").is_file():
            common = (found / (found / "commondir").read_text("utf-8", "surrogateescape").strip()).resolve()
        if not (common / "objects").is_dir():
            raise InputError(f"{location} has no objects folder", "it is damaged: clone it again")
        os.listdir(common / "objects")
    except PermissionError as error:
        raise InputError(f"{error.filename} cannot be read: permission denied", "ask for read access") from None
    return found, common


def _settings(config: Path) -> dict[str, str]:
    """Their configuration as text: keys in lower case, the last value; includes are not followed."""
    settings: dict[str, str] = {}
    try:
        with git.GitConfigParser(config, read_only=True, merge_includes=False) as reader:
            for section in reader.sections():
                name = re.sub(r'\s+"(.*)"$', r".\1", section)
                for key, value in reader.items(section):
                    settings[f"{name}.{key}".lower() if "url" not in key else f"{name}.{key}"] = str(value)
    except Exception:
        # A configuration that cannot be parsed costs the web address and nothing else: git never sees it.
        return settings
    return settings


def _quoted(path: str) -> str:
    if path.startswith(('"', "#")) or "\n" in path:
        escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return path


def _carry_over(found: Path, common: Path, own: Path) -> bool:
    """Copy references, HEAD and the shallow boundary as checked text; returns whether the clone is shallow."""
    refs = _references(common)
    lines = [f"{refs[name]} {name}\n" for name in sorted(refs)]
    (own / "packed-refs").write_text("# pack-refs with: sorted \n" + "".join(lines), "utf-8", "surrogateescape")
    head = (found / "HEAD").read_text("utf-8", "surrogateescape").strip()
    for _ in range(_MAX_REF_DEPTH):
        if not head.startswith("ref:"):
            break
        name = head.removeprefix("ref:").strip()
        if name in refs:
            head = refs[name]
        elif _REF.match(name) and (common / name).is_file():
            head = (common / name).read_text("utf-8", "surrogateescape").strip()
        else:
            break
    if _HEX.match(head):
        (own / "HEAD").write_text(head + "\n")
    shallow = common / "shallow"
    if shallow.is_file():
        kept = [line for line in shallow.read_text("ascii", "replace").split() if _HEX.match(line)]
        (own / "shallow").write_text("".join(f"{line}\n" for line in kept))
        return bool(kept)
    return False


def _references(common: Path) -> Mapping[str, str]:
    refs: dict[str, str] = {}
    packed = common / "packed-refs"
    if packed.is_file():
        for line in packed.read_text("utf-8", "surrogateescape").split("\n"):
            value, _, name = line.partition(" ")
            if _HEX.match(value) and _REF.match(name):
                refs[name] = value
    root = common / "refs"
    for folder, _, files in os.walk(root, followlinks=False):
        for file in files:
            path = Path(folder) / file
            name = "refs/" + path.relative_to(root).as_posix()
            if path.is_symlink() or not _REF.match(name):
                continue
            with path.open("r", encoding="utf-8", errors="surrogateescape") as stream:
                value = stream.read(200).strip()
            if _HEX.match(value):
                refs[name] = value
    return refs


def empty_blob_for(repository: SafeRepository, missing: Sequence[str]) -> None:
    """Let each missing object be read as an empty blob, in our own directory only, so that git reads on."""
    empty = repository.run("hash-object", "-w", "--stdin", stdin=b"").decode().strip()
    commands = "".join(f"create refs/replace/{name} {empty}\n" for name in missing if _HEX.match(name))
    repository.run("update-ref", "--stdin", stdin=commands.encode())


def missing_objects(repository: SafeRepository) -> list[str]:
    """Objects that the history names and the clone lacks (large files of partial clones, damage)."""
    output = repository.run("rev-list", "--objects", "--missing=print", repository.tip)
    return [line[1:].decode() for line in output.split(b"\n") if line.startswith(b"?")]
