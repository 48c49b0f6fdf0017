"""What many pairs of versions differ in, told at once, is what `git diff` tells of each by itself."""

from __future__ import annotations

import random
import subprocess
from array import array
from collections.abc import Callable

import pytest

from connectors.git import pairs as module
from connectors.git.output import EndedEarly, hunk_headers, is_binary, read_hunks
from connectors.git.pairs import Pairs
from connectors.git.repository import git_environment
from tests.conftest import Repo

#: What looks like git's own words, ends without a newline, is empty, is no text.
TEXTS = [
    b"",
    b"\n",
    b"one\ntwo\nthree\n",
    b"one\ntwo\nthree",
    b"one\r\ntwo\r\nthree\r\n",
    b"diff --git a/0000000003 b/0000000003\n@@ -1 +1 @@\n",
    b"\ndiff --git a/0000000001 b/0000000001\n--- a\n+++ b\n",
    b"Binary files a and b differ\n",
    b"\x00\x01\x02",
    b"\x00\x01\x03" * 50,
    b"".join(b"line %d\n" % number for number in range(3_000)),
    b"".join(b"line %d\n" % number for number in range(0, 3_000, 2)),
    "größer\n".encode(),
]


def stored(repo: Repo, text: bytes) -> bytes:
    """The hash of a blob of that content."""
    command = ["git", "hash-object", "-w", "--stdin"]
    return subprocess.run(command, cwd=repo.path, input=text, capture_output=True, check=True).stdout.strip()


def differing(repo: Repo, old: bytes, new: bytes, empty: bytes) -> bytes:
    """What `git diff` prints of two blobs."""
    names = [(name if name.strip(b"0") else empty).decode() for name in (old, new)]
    command = ["git", "diff", "-U0", "--no-color", *names]
    return subprocess.run(command, cwd=repo.path, capture_output=True, check=True).stdout


@pytest.mark.parametrize("largest", [1 << 30, 40_000, 1])
def test_each_pair_differs_as_git_says(
    make_repo: Callable[[str], Repo], monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    monkeypatch.setattr(module, "LARGEST", largest)
    monkeypatch.setattr(module, "_BLOCK", 37)
    repo = make_repo("versions")
    blobs = [stored(repo, text) for text in TEXTS]
    empty = blobs[0]
    nothing = b"0" * len(empty)
    choose = random.Random(largest)
    every = [(old, new) for old in [*blobs, nothing] for new in [*blobs, nothing] if old != new]
    wanted = [*choose.sample(every, 40), (nothing, blobs[2]), (blobs[3], nothing)]
    pairs = Pairs(["git", f"--git-dir={repo.path / '.git'}"], git_environment())
    for old, new in wanted:
        pairs.add(old, new, choose.choice((b"a", b"b\xff", b"c d")))
    with pairs.compare() as patches:
        assert len(pairs) == 0
        for old, new in wanted:
            said, told = differing(repo, old, new, empty), patches.of((old, new))
            assert is_binary(told) == (b"\nBinary files " in said and b"\n@@ " not in said)
            assert hunk_headers(told) == hunk_headers(said)
            assert read_hunks(told)[1] == read_hunks(said.removesuffix(b"\n"))[1]
        assert patches.of((blobs[1], blobs[1])) == b""


def test_a_missing_version_is_no_silence(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("versions")
    here = stored(repo, b"here\n")
    pairs = Pairs(["git", f"--git-dir={repo.path / '.git'}"], git_environment())
    pairs.add(here, b"1" * len(here), b"path")
    with pytest.raises(EndedEarly):
        pairs.compare()


def test_nothing_to_compare(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("versions")
    with Pairs(["git", f"--git-dir={repo.path / '.git'}"], git_environment()).compare() as patches:
        assert hunk_headers(patches.of((b"1" * 40, b"2" * 40))) == array("i")
