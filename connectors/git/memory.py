"""What one run over a repository leaves to the next, so that only new commits are read.

It is a cache: compact, of one version, and used only when it says what a fresh run would say. That is so when the old
tip is among the new tip's first parents, since commits keep their order then (`connectors.git.order`), and when nothing
that bears on old commits has changed. It holds no code: JSON and arrays, compressed.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import orjson
import pyarrow as pa

from connectors.git.history import History
from connectors.git.holdings import Holdings
from connectors.git.pool import Frame
from connectors.git.replay import Replay
from connectors.git.repository import SafeRepository

#: Changed whenever another run would make something else of the same commits, or keep it otherwise.
VERSION = 10
_SIZES = struct.Struct("<QQQ")
_MAGIC = b"influence git %d\n" % VERSION


@dataclass(frozen=True, slots=True)
class Conditions:
    """What bears on how commits are read, beside the commits.

    `options` are texts; `generated` paths at the tip; `blameless` and `disowned` are hashes of commits.
    """

    options: tuple[str, ...]
    generated: frozenset[str]
    blameless: frozenset[str]
    disowned: frozenset[str]

    def digest(self) -> str:
        """A hash of the options."""
        return _digest(self.options)


def _digest(options: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(options).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Memory:
    """What an earlier run left."""

    written: dict[str, Any]
    versions: dict[str, bytes]
    frames: list[Frame]

    def order(self) -> dict[str, list[str]]:
        """The commits that were read, with their parents, in order; none where not all of what there was was read."""
        if not self.written["whole"]:
            return {}
        commits, history = self.written["commits"], self.written["history"]
        parents = [commits[number - 1] for number in history["parents"]]
        ends = accumulate(history["parent_counts"])
        return {
            commit: parents[end - count : end]
            for commit, count, end in zip(commits, history["parent_counts"], ends, strict=True)
        }

    def generated(self, options: Iterable[str]) -> list[str] | None:
        """Which files were generated, as `Conditions.generated`; None where other options may say otherwise."""
        found: list[str] = self.written["generated"]
        return found if self.written["options"] == _digest(options) else None

    def fits(self, repository: SafeRepository, conditions: Conditions) -> bool:
        """Whether a run that goes on from here says the same as a fresh one would."""
        known: list[str] = self.written["commits"]
        ordered = repository.ordered()
        if len(known) > len(ordered) or any(old != new for old, new in zip(known, ordered, strict=False)):
            return False
        if self.written["options"] != conditions.digest():
            return False
        on_chain, at = set(), repository.tip
        while at not in on_chain and at != known[-1] and ordered.get(at):
            on_chain.add(at)
            at = ordered[at][0]
        # Where there are more branches, the options name all tips: nothing has moved.
        if at != known[-1] and not (len(repository.ends) > 1 and len(known) == len(ordered)):
            return False
        before = frozenset(known)
        if set(self.written["blameless"]) != conditions.blameless & before:
            return False
        if set(self.written["disowned"]) != conditions.disowned & before:
            return False
        generated = frozenset(self.written["generated"])
        paths = set(self.versions["paths"].split(b"\0"))
        return generated <= conditions.generated and not any(
            path.encode("utf-8") in paths for path in conditions.generated - generated
        )


def put_away(replay: Replay) -> bytes:
    """What a later run needs of a replay."""
    written, versions, frames = replay.kept()
    written["parts"] = {name: len(data) for name, data in versions.items()}
    written["frames"] = [(size, len(data)) for size, data in frames]
    return b"".join((_packed(orjson.dumps(written), versions.values()), *(data for _, data in frames)))


def keep(
    repository: SafeRepository, history: History, holdings: Holdings, replayed: bytes, conditions: Conditions
) -> bytes:
    """What a later run needs of this one; `replayed` is what was put away of its replay."""
    commits = [commit.sha for commit in history.commits]
    written = {
        "commits": commits,
        "whole": repository.plain and repository.since is None and len(repository.ends) == 1,
        "options": conditions.digest(),
        "generated": sorted(conditions.generated),
        "blameless": sorted(conditions.blameless.intersection(commits)),
        "disowned": sorted(conditions.disowned.intersection(commits)),
        "history": history.kept(),
        "holdings": holdings.kept,
    }
    return b"".join((_MAGIC, _packed(orjson.dumps(written), ()), replayed))


def recall(kept: bytes) -> Memory | None:
    """What `keep` kept; None where it is of another version, or damaged."""
    try:
        if not kept.startswith(_MAGIC):
            return None
        written, _, at = _unpacked(kept, len(_MAGIC))
        replayed, data, at = _unpacked(kept, at)
        versions = {}
        begin = 0
        for name, length in replayed["parts"].items():
            versions[name] = data[begin : begin + length]
            begin += length
        frames = []
        for size, length in replayed["frames"]:
            frames.append((size, kept[at : at + length]))
            at += length
        return Memory(written | replayed, versions, frames) if at == len(kept) else None
    except (ValueError, KeyError, TypeError, struct.error, pa.ArrowException, OSError):
        return None


def _packed(text: bytes, pieces: Iterable[bytes]) -> bytes:
    """A text and what is no text, compressed behind their sizes."""
    data = b"".join((text, *pieces))
    packed = pa.compress(data, codec="zstd", asbytes=True)
    return _SIZES.pack(len(text), len(data), len(packed)) + packed


def _unpacked(kept: bytes, at: int) -> tuple[dict[str, Any], bytes, int]:
    """The text that is packed at `at`, what follows it, and where the next begins."""
    text, size, packed = _SIZES.unpack_from(kept, at)
    at += _SIZES.size
    data = pa.decompress(kept[at : at + packed], decompressed_size=size, codec="zstd", asbytes=True)
    return orjson.loads(data[:text]), data[text:], at + packed
