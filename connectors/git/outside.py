"""What a repository offers to others and takes from them: modules and packages, gathered while the replay runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.git.diffs import text_path
from connectors.git.kept_rows import columns, rows
from connectors.git.manifests import LARGEST, Manifest, is_manifest, manifest
from connectors.git.modules import DECLARING, holder, module_family, modules_at
from connectors.git.names import family_of

#: Languages whose modules go by the package's name: its index, and the package's name in an import.
_BY_PACKAGE: dict[str, tuple[str, Callable[[str], str]]] = {
    "package:go": ("go", str),
    "package:cargo": ("rust", lambda name: name.replace("-", "_")),
    "package:npm": ("javascript", str),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A module or package that a commit gave the repository; with `gone`, took out of it."""

    commit: int
    name: str
    family: str
    path: str
    line: int
    renamed_from: str | None
    gone: bool = False


class Outside:
    """Modules and packages, commit by commit.

    Parameters
    ----------
    content
        A blob's bytes, by its hash; none where there are more than so many.

    Attributes
    ----------
    offered
        Each module and package, by the first commit that gave it, and by the one that removed its last file.
    taken
        By (identity key, name, family, path): the first commit that imports a module or asks for a package that the
        repository does not have so far. The key is None where a renamed file took its imports along: that is nobody's
        act.
    """

    def __init__(self, content: Callable[[bytes, int], bytes]) -> None:
        self._content = content
        self.offered: list[Offer] = []
        self.taken: dict[tuple[str | None, str, str, str], int] = {}
        # What there is now: (family, name) by file, and the other way round.
        self._gives: dict[str, set[tuple[str, str]]] = {}
        self._files: dict[tuple[str, str], set[str]] = {}
        self._takes: set[tuple[str | None, str, str, str]] = set()
        self._in: dict[str, set[tuple[str, str]]] = {}
        # Folders with a Python package's manifest, and what these are called as modules.
        self._tops: set[str] = set()
        self._named: set[str] = set()
        # Python files without their suffix, and their folders: what lies beside a script is imported by its stem.
        self._beside: set[str] = set()

    def kept(self) -> dict[str, Any]:
        """What a later run needs of this one, as JSON has it."""
        return {
            "gives": [[path, *sorted(keys)] for path, keys in self._gives.items()],
            "takes": columns(self._takes),
            "tops": sorted(self._tops),
            "named": sorted(self._named),
            "beside": sorted(self._beside),
        }

    def restore(self, written: dict[str, Any]) -> None:
        """Go on where the run ended whose `kept` this is."""
        for path, *keys in written["gives"]:
            for family, name in keys:
                self._put(family, name, path)
        self._takes = set(rows(written["takes"]))
        for _, name, family, path in self._takes:
            self._in.setdefault(path, set()).add((name, family))
        self._tops, self._named, self._beside = (set(written[name]) for name in ("tops", "named", "beside"))

    def changed(
        self,
        commit: int,
        authors: list[str],
        files: Iterable[tuple[bytes, bytes, bytes, bytes, bytes]],
        imported: Iterable[tuple[str, str]],
        declared: Iterable[tuple[str, str, int]],
    ) -> None:
        """Tell what one commit did, and what its lines say.

        Files are (status, path before, path after, blob before, blob after).
        """
        told = [(status, text_path(old), text_path(new), before, after) for status, old, new, before, after in files]
        self._manifests(commit, authors, told)
        for status, old, path, *_ in told:
            if status in (b"A", b"C", b"R"):
                self._came(commit, path, old if status == b"R" else None)
        for name, path, line in declared:
            self._offer(commit, name, module_family(family_of(path) or ""), path, line)
        for status, old, path, *_ in told:
            if status in (b"D", b"R") and not is_manifest(path):
                self._withdraw(commit, old, self._gives.get(old, set()))
        for name, path in imported:
            speech = family_of(path)
            beside = f"{path.rpartition('/')[0]}/{name.partition('.')[0]}".lstrip("/")
            if speech != "python" or beside not in self._beside:
                self._take(commit, authors, name, module_family(speech or ""), path)

    def _came(self, commit: int, path: str, old_path: str | None) -> None:
        for name, family in sorted(self._in.get(old_path or "", ())):
            self._take(commit, [None], name, family, path)
        speech = family_of(path)
        for family, name in self._gives.get(old_path or "", set()) if speech in DECLARING else ():
            self._put(family, name, path)
        if speech is None:
            return
        if speech == "python":
            self._beside |= {path.rpartition(".")[0], path.rpartition("/")[0]}
        keys = modules_at(path, speech, self._tops, self._named)
        former = modules_at(old_path, speech, self._tops, self._named) if old_path is not None else []
        for place, key in enumerate(keys):
            before = former[place] if place < len(former) and former[place] != key else None
            self._offer(commit, key, module_family(speech), path, 1, before)

    def _manifests(
        self, commit: int, authors: list[str], files: Iterable[tuple[bytes, str, str, bytes, bytes]]
    ) -> None:
        come: list[tuple[str, str, str]] = []
        left: set[tuple[str, str]] = set()
        for status, old, path, blob_old, blob in files:
            if not is_manifest(path):
                continue
            content = self._content(blob, LARGEST) if status != b"D" else b""
            now = manifest(path, content)
            if now is None:
                continue
            # What its parent asked for, not what another branch did.
            parent = manifest(old, self._content(blob_old, LARGEST)) if status != b"A" and is_manifest(old) else None
            before = parent.wanted if parent is not None else frozenset()
            if now.packages and now.family == "package:pypi":
                self._tops.add(path.rpartition("/")[0])
                self._named |= {name.replace("-", "_") for name in now.packages}
            gone = set(self._gives.get(path, ()))
            self._offer_packages(commit, path, now, content)
            self._withdraw(commit, path, gone - self._said(now))
            if old != path:
                self._withdraw(commit, old, set(self._gives.get(old, ())))
            come += [(name, now.family, path) for name in sorted(now.wanted - before)]
            left |= {(name, now.family) for name in before - now.wanted}
        for name, family, path in come:
            # From one manifest to another: moved, not asked for.
            self._take(commit, [None] if (name, family) in left else authors, name, family, path)

    @staticmethod
    def _said(now: Manifest) -> set[tuple[str, str]]:
        """What a manifest gives: (family, name) of packages, and of the modules that go by their name."""
        said = {(now.family, name) for name in now.packages}
        if now.family in _BY_PACKAGE:
            speech, spelled = _BY_PACKAGE[now.family]
            said |= {(module_family(speech), spelled(name)) for name in now.packages}
        return said

    def _offer_packages(self, commit: int, path: str, now: Manifest, content: bytes) -> None:
        for family, name in sorted(self._said(now)):
            self._offer(commit, name, family, path, _line(content, name))

    def _offer(self, commit: int, name: str, family: str, path: str, line: int, before: str | None = None) -> None:
        if not self._files.get((family, name)):
            self.offered.append(Offer(commit, name, family, path, line, before))
        self._put(family, name, path)

    def _put(self, family: str, name: str, path: str) -> None:
        self._gives.setdefault(path, set()).add((family, name))
        self._files.setdefault((family, name), set()).add(path)

    def _withdraw(self, commit: int, path: str, keys: Iterable[tuple[str, str]]) -> None:
        for family, name in sorted(keys):
            self._gives[path].discard((family, name))
            self._files[family, name].discard(path)
            if not self._files[family, name]:
                self.offered.append(Offer(commit, name, family, path, 1, None, gone=True))

    def _take(self, commit: int, authors: Sequence[str | None], name: str, family: str, path: str) -> None:
        if self._files.get((family, name)) or self._files.get((family, holder(name))):
            return
        self._in.setdefault(path, set()).add((name, family))
        for identity in authors:
            key = (identity, name, family, path)
            if key not in self._takes:
                self._takes.add(key)
                self.taken[key] = commit


def _line(content: bytes, name: str) -> int:
    """The line that first holds a name as the manifest spells it; the first where it is not found."""
    at = content.lower().find(name.rpartition(":")[2].lower().encode())
    return content.count(b"\n", 0, at) + 1 if at > 0 else 1
