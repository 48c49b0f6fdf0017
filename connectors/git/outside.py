"""What a repository offers to others and takes from them: modules and packages, gathered while the replay runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.git.diffs import text_path
from connectors.git.manifests import LARGEST, Manifest, is_manifest, manifest
from connectors.git.modules import holder, module_family, modules_at
from connectors.git.names import family_of

#: Languages whose modules go by the package's name: its index, and the package's name in an import.
_BY_PACKAGE: dict[str, tuple[str, Callable[[str], str]]] = {
    "package:go": ("go", str),
    "package:cargo": ("rust", lambda name: name.replace("-", "_")),
    "package:npm": ("javascript", str),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A module or package that a commit gave the repository."""

    commit: int
    name: str
    family: str
    path: str
    line: int
    renamed_from: str | None


class Outside:
    """Modules and packages, commit by commit.

    Parameters
    ----------
    content
        A blob's bytes, by its hash; none where there are more than so many.

    Attributes
    ----------
    offered
        Each module and package, by the first commit that gave it.
    taken
        By (identity key, name, family, path): the first commit that imports a module or asks for a package that the
        repository does not have so far. The key is None where a renamed file took its imports along: that is nobody's
        act.
    """

    def __init__(self, content: Callable[[bytes, int], bytes]) -> None:
        self._content = content
        self.offered: list[Offer] = []
        self.taken: dict[tuple[str | None, str, str, str], int] = {}
        self._known: set[tuple[str, str]] = set()
        self._takes: set[tuple[str | None, str, str, str]] = set()
        self._in: dict[str, set[tuple[str, str]]] = {}
        self._wanted: dict[str, frozenset[str]] = {}
        # Folders with a Python package's manifest, and what these are called as modules.
        self._tops: set[str] = set()
        self._named: set[str] = set()
        # Python files without their suffix, and their folders: what lies beside a script is imported by its stem.
        self._beside: set[str] = set()

    def kept(self) -> dict[str, Any]:
        """What a later run needs of this one, as JSON has it."""
        return {
            "known": sorted(self._known),
            "takes": list(self._takes),
            "wanted": [[path, *sorted(names)] for path, names in self._wanted.items()],
            "tops": sorted(self._tops),
            "named": sorted(self._named),
            "beside": sorted(self._beside),
        }

    def restore(self, written: dict[str, Any]) -> None:
        """Go on where the run ended whose `kept` this is."""
        self._known = set(map(tuple, written["known"]))
        for who, name, family, path in written["takes"]:
            self._takes.add((who, name, family, path))
            self._in.setdefault(path, set()).add((name, family))
        self._wanted = {path: frozenset(names) for path, *names in written["wanted"]}
        self._tops, self._named, self._beside = (set(written[name]) for name in ("tops", "named", "beside"))

    def changed(
        self,
        commit: int,
        authors: list[str],
        files: Iterable[tuple[bytes, bytes, bytes, bytes]],
        imported: Iterable[tuple[str, str]],
        declared: Iterable[tuple[str, str, int]],
    ) -> None:
        """Tell what one commit did: files as (status, path before, path after, blob after), and what its lines say."""
        came = []
        for status, old, new, blob in files:
            path = text_path(new)
            if is_manifest(path):
                self._read(commit, authors, path, b"" if status == b"D" else self._content(blob, LARGEST))
            if status in (b"A", b"C", b"R"):
                came.append((path, text_path(old) if status == b"R" else None))
        for path, old_path in came:
            self._came(commit, path, old_path)
        for name, path, line in declared:
            self._offer(commit, name, module_family(family_of(path) or ""), path, line)
        for name, path in imported:
            speech = family_of(path)
            beside = f"{path.rpartition('/')[0]}/{name.partition('.')[0]}".lstrip("/")
            if speech != "python" or beside not in self._beside:
                self._take(commit, authors, name, module_family(speech or ""), path)

    def _came(self, commit: int, path: str, old_path: str | None) -> None:
        for name, family in sorted(self._in.get(old_path or "", ())):
            self._take(commit, [None], name, family, path)
        speech = family_of(path)
        if speech is None:
            return
        if speech == "python":
            self._beside |= {path.rpartition(".")[0], path.rpartition("/")[0]}
        keys = modules_at(path, speech, self._tops, self._named)
        former = modules_at(old_path, speech, self._tops, self._named) if old_path is not None else []
        for place, key in enumerate(keys):
            before = former[place] if place < len(former) and former[place] != key else None
            self._offer(commit, key, module_family(speech), path, 1, before)

    def _read(self, commit: int, authors: list[str], path: str, content: bytes) -> None:
        now = manifest(path, content)
        assert now is not None
        before = self._wanted.get(path, frozenset())
        self._wanted[path] = now.wanted
        if now.packages and now.family == "package:pypi":
            self._tops.add(path.rpartition("/")[0])
            self._named |= {name.replace("-", "_") for name in now.packages}
        self._offer_packages(commit, path, now, content)
        for name in sorted(now.wanted - before):
            self._take(commit, authors, name, now.family, path)

    def _offer_packages(self, commit: int, path: str, now: Manifest, content: bytes) -> None:
        for name in sorted(now.packages):
            line = _line(content, name)
            self._offer(commit, name, now.family, path, line)
            if now.family in _BY_PACKAGE:
                speech, spelled = _BY_PACKAGE[now.family]
                self._offer(commit, spelled(name), module_family(speech), path, line)

    def _offer(self, commit: int, name: str, family: str, path: str, line: int, before: str | None = None) -> None:
        if (family, name) not in self._known:
            self._known.add((family, name))
            self.offered.append(Offer(commit, name, family, path, line, before))

    def _take(self, commit: int, authors: Sequence[str | None], name: str, family: str, path: str) -> None:
        if (family, name) in self._known or (family, holder(name)) in self._known:
            return
        self._in.setdefault(path, set()).add((name, family))
        for identity in authors:
            key = (identity, name, family, path)
            if key not in self._takes:
                self._takes.add(key)
                self.taken[key] = commit


def _line(content: bytes, name: str) -> int:
    """The line that first holds a name, in whatever spelling the manifest has; the first where it is not found."""
    at = content.lower().find(name.rpartition(":")[2].lower().encode())
    return content.count(b"\n", 0, at) + 1 if at > 0 else 1
