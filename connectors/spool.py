"""Pages of a reading that is not whole yet, in a file beside the workspace: whoever was killed goes on where it was.

One line a page, appended when the page has come; the file is readable by its owner only and gone when the reading is
whole. A tail that was cut off by a kill or a full disk is dropped, so at worst one page is asked for again.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from influence.errors import InputError

#: Pages that are older say nothing of a service's list of today.
KEPT_SECONDS = 7 * 24 * 3600

Kept = tuple[str, Any, str | None]


def spool_file(workspace: Path, source: str) -> Path:
    """Where the pages of `source` lie while it is read into `workspace`."""
    return workspace.with_name(f"{workspace.name}.{hashlib.sha256(source.encode()).hexdigest()[:12]}.part")


class Spool:
    """The pages kept so far, of which more can be added.

    Parameters
    ----------
    path
        The file; None: nothing is kept.
    of
        What is read. Pages of anything else are thrown away, and so are those older than `KEPT_SECONDS`.

    Raises
    ------
    influence.errors.InputError
        From `__enter__` and `add`, when the file cannot be used, or another process is at the same reading.
    """

    def __init__(self, path: Path | None, of: Mapping[str, Any]) -> None:
        self.path = path
        self._of = dict(of)
        self._file: int | None = None

    def __enter__(self) -> Spool:
        if self.path is not None:
            try:
                # No link is followed: what it points to would be overwritten.
                self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._close()
                raise InputError("another process is reading the same", "wait until it is done") from None
            except OSError as error:
                self._close()
                raise self._unusable(error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def pages(self) -> list[Kept]:
        """The pages kept by an earlier run: (mark, page, mark of the next or None), in order."""
        if self._file is None:
            return []
        kept: list[Kept] = []
        good = 0
        with os.fdopen(os.dup(self._file), "rb") as stream:
            stream.seek(0)
            old = os.fstat(self._file).st_mtime < time.time() - KEPT_SECONDS
            for number, line in enumerate(stream):
                value = _decoded(line)
                if old or (number == 0 and value != self._of):
                    break
                if number > 0:
                    if not _is_page(value) or (kept and kept[-1][2] != value[0]):
                        break
                    kept.append((value[0], value[1], value[2]))
                good += len(line)
        os.ftruncate(self._file, good)
        if good == 0:
            self._write(self._of)
        return kept

    def add(self, mark: str, page: Any, following: str | None) -> None:
        """Keep a page."""
        if self._file is not None:
            self._write([mark, page, following])

    def clear(self) -> None:
        """Throw all pages away and begin anew."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            self._write(self._of)

    def done(self) -> None:
        """The reading is whole and committed: the file goes."""
        if self.path is not None:
            with suppress(OSError):
                self.path.unlink()

    def _write(self, value: Any) -> None:
        assert self._file is not None
        line = base64.b64encode(zlib.compress(json.dumps(value).encode(), 1)) + b"\n"
        try:
            while line:
                line = line[os.write(self._file, line) :]
        except OSError as error:
            raise self._unusable(error) from None

    def _unusable(self, error: OSError) -> InputError:
        return InputError(
            f"{self.path} cannot be written: {error.strerror}", "pages are kept there: make that possible"
        )

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _decoded(line: bytes) -> Any:
    """The value of a line; None where it is cut off."""
    if not line.endswith(b"\n"):
        return None
    try:
        return json.loads(zlib.decompress(base64.b64decode(line[:-1], validate=True)))
    except (ValueError, zlib.error, RecursionError):
        return None


def _is_page(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 3
        and isinstance(value[0], str)
        and (value[2] is None or isinstance(value[2], str))
    )
