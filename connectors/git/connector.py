"""The git connector: one repository's history as rows of the tables, one checkpoint."""

from __future__ import annotations

import datetime as dt
import gc
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from connectors.git.damage import Damage, find_damaged, find_missing
from connectors.git.generated import generated
from connectors.git.history import History, identities, moment
from connectors.git.holdings import Holdings
from connectors.git.memory import Conditions, Memory, keep, put_away, recall
from connectors.git.readers import BLOCK, ObjectsMissing, Readers
from connectors.git.replay import Found, Replay
from connectors.git.repository import SafeRepository, git_environment, open_safely
from connectors.git.rows import Rows
from connectors.git.stream import Job, block
from influence.errors import InputError
from influence.heap import give_back
from influence.schema import Checkpoint, Harvest, Progress, no_progress

IGNORE_REVS = ".git-blame-ignore-revs"
#: Commits whose findings are handed on together.
PIECE = 4096

Sink = Callable[[History, Replay], Callable[[Found], None]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A history, its replay, what was held, under what it was read, and what could not be (`Harvest.problems`)."""

    history: History
    replay: Replay
    holdings: Holdings
    conditions: Conditions
    problems: list[tuple[str, int, str]]


class GitConnector:
    """Who builds on whom, who introduced and used which names, who asked whose advice, from a git history.

    Parameters
    ----------
    path
        Work tree, bare repository or linked worktree.
    ref
        Branch, tag or commit to read; HEAD by default.
    all_branches
        Read what can be reached from any other branch of the clone, too; what was held is said of `ref` alone.
    since
        Read only what the branches were brought since that day (UTC): lines and names of before belong to nobody.
    name, url
        What people call the repository, and its page on the forge; by default as its remotes say.
    areas
        Directories at which the repository's areas begin; by default the analysis cuts them.
    source
        Name of the source; ``git:`` and the repository's label by default.
    rules
        A file of path rules (see docs/paths.md) that overrides the built-in ones.
    ignore_revs
        A further file of commits whose changes keep former owners, beside the repository's own.
    disown
        Imports (full commit hashes) whose lines and names belong to nobody.
    whitespace
        Whether a line that changed in white space only keeps its owner.
    processes
        How many reader processes; as many as cores by default.
    kept
        What an earlier run over the same repository left, `Checkpoint.kept` of it.

    Raises
    ------
    influence.errors.InputError
        From `checkpoints`, when the repository cannot be read.
    """

    name: ClassVar[str] = "git"

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        ref: str | None = None,
        all_branches: bool = False,
        since: dt.date | None = None,
        name: str | None = None,
        url: str | None = None,
        areas: Sequence[str] = (),
        source: str | None = None,
        rules: str | os.PathLike[str] | None = None,
        ignore_revs: str | os.PathLike[str] | None = None,
        disown: Sequence[str] = (),
        whitespace: bool = True,
        processes: int | None = None,
        kept: bytes | None = None,
    ) -> None:
        self.path = Path(path)
        self.ref = ref
        self.all_branches = all_branches
        self.since = since
        self.label = name
        self.url = url
        self.areas = tuple(areas)
        self.source = source
        self.rules = _text_of(rules, "rules")
        self.ignore_revs = _text_of(ignore_revs, "ignore list")
        self.disown = tuple(disown)
        self.whitespace = whitespace
        self.processes = processes
        self.kept = kept

    def checkpoints(self, progress: Progress = no_progress) -> Iterator[Checkpoint]:
        """Read what is new since the run that left `kept`, else the whole history; yields one checkpoint."""
        checkpoint = self._read(progress)
        # What was replayed goes round in circles, and takes more memory than all that follows: of a whole history.
        if checkpoint.units is None:
            gc.collect()
            give_back()
        yield checkpoint

    def _read(self, progress: Progress) -> Checkpoint:
        with open_safely(self.path, self.ref, all_branches=self.all_branches, since=self.since) as repository:
            kept = recall(self.kept) if self.kept is not None else None
            if kept is not None:
                repository.known = kept.order()
            if not repository.ordered():
                return Checkpoint(self._harvest(repository, self._before(repository)), {})
            rows: Rows | None = None

            def begin(history: History, replay: Replay) -> Callable[[Found], None]:
                nonlocal rows
                rows = Rows(self._source(repository), repository.repository_id, history, replay)
                return rows.write

            run = self.replayed(repository, progress, kept=kept, sink=begin)
            assert rows is not None
            progress("writing rows", 0, None)
            return self._checkpoint(repository, run, rows)

    def replayed(
        self,
        repository: SafeRepository,
        progress: Progress = no_progress,
        *,
        names: bool = True,
        kept: Memory | None = None,
        sink: Sink | None = None,
    ) -> Replayed:
        """Replay an opened repository's history, reading on where objects are missing.

        Where what an earlier run left is of use, only the commits since are replayed. `sink` is called whenever a
        replay begins, and what it returns with all that is found, piece by piece.
        """
        for look in (find_missing, find_damaged):
            try:
                return self._replay(repository, progress, names, kept, sink)
            except (ObjectsMissing, subprocess.CalledProcessError):
                look(repository)
        try:
            return self._replay(repository, progress, names, None, sink)
        except (ObjectsMissing, subprocess.CalledProcessError):
            raise InputError(
                f"{repository.location} cannot be read to the end", "run 'git fsck' in it, or clone it again"
            ) from None

    def _conditions(self, repository: SafeRepository, kept: Memory | None) -> Conditions:
        attributes = (repository.read_file(".gitattributes") or b"").decode("latin-1")
        ignored = (repository.read_file(IGNORE_REVS) or b"").decode("utf-8", "replace")
        repository.ordered()
        # The default branch may go on; where another one is read, everything is read anew when any has moved.
        tips = repository.tips if len(repository.ends) > 1 else []
        options = (
            repository.repository_id,
            attributes,
            self.rules,
            str(self.whitespace),
            str(self.since),
            ",".join(tips),
        )
        return Conditions(
            options=options,
            generated=frozenset(generated(repository, kept.generated(options) if kept is not None else None)),
            blameless=frozenset(_hashes(ignored + "\n" + self.ignore_revs)),
            disowned=frozenset(self.disown) | repository.damage.boundary,
        )

    def _replay(
        self,
        repository: SafeRepository,
        progress: Progress,
        names: bool,
        kept: Memory | None,
        sink: Sink | None,
    ) -> Replayed:
        progress("reading commits", 0, None)
        # What stands in for lost objects is seen by what is started afterwards.
        repository.trees.close()
        conditions = self._conditions(repository, kept)
        commits = [(sha, len(before) > 1) for sha, before in repository.ordered().items()]
        if kept is not None and not (_is_whole(repository) and kept.fits(repository, conditions)):
            kept = None
        written: dict[str, Any] = kept.written if kept is not None else {"commits": ()}
        commits = commits[len(written["commits"]) :]
        job = Job(
            git=repository.command(),
            environment=git_environment(),
            blocks=[block(commits[start : start + BLOCK]) for start in range(0, len(commits), BLOCK)],
            attributes=conditions.options[1].encode("latin-1"),
            rules=self.rules,
            generated=conditions.generated,
            missing=frozenset(repository.damage.blobs),
            unread=frozenset(repository.damage.unread),
            whitespace=self.whitespace,
            names=names,
        )
        count = len(commits)
        del commits
        # The readers begin while the messages are parsed here.
        with Readers(job, self.processes) as readers:
            history = History(repository, written.get("history"))
            replay = Replay(history, repository.trees, conditions.blameless, conditions.disowned)
            if kept is not None:
                replay.restore(written, kept.versions, kept.frames)
            holdings = Holdings(repository, history, replay, written.get("holdings"))
            hear = sink(history, replay) if sink is not None else None

            def hand_on() -> None:
                found, replay.found = replay.found, Found()
                holdings.hear(found)
                if hear is not None:
                    hear(found)

            at = iter(history.new)
            done = 0
            for items in readers.blocks():
                for item, commit in zip(items, at, strict=False):
                    replay.feed(commit, item)
                    if holdings.is_end(commit):
                        hand_on()
                        holdings.passed(commit)
                if done // PIECE != (done + len(items)) // PIECE:
                    hand_on()
                    give_back()
                done += len(items)
                progress("replaying commits", done, count)
            hand_on()
        return Replayed(history, replay, holdings, conditions, repository.damage.problems())

    def _source(self, repository: SafeRepository) -> str:
        return self.source or f"git:{self.label or repository.label}"

    def _before(self, repository: SafeRepository) -> list[tuple[str, int, str]]:
        why = "they are not read, and their lines and names belong to nobody"
        return [(f"commits before {self.since}", repository.before, why)] if repository.before else []

    def _harvest(self, repository: SafeRepository, problems: list[tuple[str, int, str]]) -> Harvest:
        return Harvest(
            source=self._source(repository),
            repository=repository.repository_id,
            label=self.label or repository.label,
            location=str(repository.location),
            connector=self.name,
            tip=repository.tip,
            url=self.url or repository.url,
            options={
                "ref": self.ref,
                "all": self.all_branches,
                "since": self.since,
                "areas": list(self.areas),
                "rules": self.rules,
                "ignore_revs": self.ignore_revs,
                "disown": list(self.disown),
                "whitespace": self.whitespace,
            },
            contact="coauthors",
            problems=problems,
        )

    def _checkpoint(self, repository: SafeRepository, run: Replayed, rows: Rows) -> Checkpoint:
        history, replay, holdings, problems = run.history, run.replay, run.holdings, run.problems
        replayed = put_away(replay) if _is_whole(repository) else None
        rows.end(holdings, identities(repository, history.people))
        tables = rows.tables
        for reason, count in sorted(replay.left_out.items()):
            problems.append((f"changed files not looked into: {reason}", count, "see the path rules in the docs"))
        problems += history.problems()
        if repository.shallow:
            problems.append(
                ("a shallow clone", 1, "what happened before its boundary is unknown: fetch with --unshallow")
            )
        problems += self._before(repository)
        merges = sum(commit.is_merge for commit in history.commits)
        harvest = self._harvest(repository, problems)
        harvest.first = moment(min(commit.time for commit in history.commits))
        harvest.last = moment(max(commit.visible for commit in history.commits))
        harvest.counts = {
            "commits": len(history.commits) - merges,
            "merges": merges,
            "imports": len(replay.imports),
            "with_reviewer": history.reviewed,
            "with_assistant": sum(commit.via is not None for commit in history.commits),
        }
        kept = None if replayed is None else keep(repository, history, holdings, replayed, run.conditions)
        if not history.known:
            return Checkpoint(harvest, tables, kept=kept)
        return Checkpoint(
            harvest,
            tables,
            units=frozenset(commit.sha for commit in history.new),
            whole=frozenset(("identities", "identity_links")),
            quarter=moment(holdings.since),
            kept=kept,
        )


def _is_whole(repository: SafeRepository) -> bool:
    """Whether all of the history is there, as it was written."""
    return not repository.shallow and repository.damage == Damage()


def _hashes(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        word = line.partition("#")[0].strip().lower()
        if word:
            yield word


def _text_of(path: str | os.PathLike[str] | None, what: str) -> str:
    if path is None:
        return ""
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the {what} file {path} cannot be read ({error})", "name a text file in UTF-8") from None
