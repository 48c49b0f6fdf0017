"""What one run over a repository leaves to the next, so that only new commits are read.

It is a cache: compact, of one version, and used only when it says what a fresh run would say. That is so when the old
tip is among the new tip's first parents, since commits keep their order then (`connectors.git.order`), and when nothing
that bears on old commits has changed. It holds no code: JSON and arrays, compressed.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa

from connectors.git.history import History
from connectors.git.holdings import Holdings
from connectors.git.replay import Replay
from connectors.git.repository import SafeRepository

#: Changed whenever another run would make something else of the same commits, or keep it otherwise.
VERSION = 4
_SIZES = struct.Struct("<QQ")
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
        return hashlib.sha256("\0".join(self.options).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Memory:
    """What an earlier run left."""

    written: dict[str, Any]
    versions: dict[str, bytes]

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


def keep(history: History, replay: Replay, holdings: Holdings, conditions: Conditions) -> bytes:
    """What a later run needs of this one, which is over."""
    written, versions = replay.kept()
    commits = [commit.sha for commit in history.commits]
    written |= {
        "commits": commits,
        "options": conditions.digest(),
        "generated": sorted(conditions.generated),
        "blameless": sorted(conditions.blameless.intersection(commits)),
        "disowned": sorted(conditions.disowned.intersection(commits)),
        "history": history.kept(),
        "holdings": holdings.kept,
        "parts": {name: len(part) for name, part in versions.items()},
    }
    text = orjson.dumps(written)
    data = text + b"".join(versions.values())
    return _MAGIC + _SIZES.pack(len(text), len(data)) + pa.compress(data, codec="zstd", asbytes=True)


def recall(kept: bytes) -> Memory | None:
    """What `keep` kept; None where it is of another version, or damaged."""
    try:
        if not kept.startswith(_MAGIC):
            return None
        at = len(_MAGIC)
        size, whole = _SIZES.unpack_from(kept, at)
        data = pa.decompress(kept[at + _SIZES.size :], decompressed_size=whole, codec="zstd", asbytes=True)
        written = orjson.loads(data[:size])
        versions = {}
        at = size
        for name, length in written["parts"].items():
            versions[name] = data[at : at + length]
            at += length
        return Memory(written, versions)
    except (ValueError, KeyError, TypeError, struct.error, pa.ArrowException, OSError):
        return None
