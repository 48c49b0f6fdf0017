"""Files too large for memory: their lines and JSON objects one by one, and a place for what must wait its turn."""

from __future__ import annotations

import gzip
import io
import json
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import IO, Any

import orjson

from connectors.review.places import Place, Problems
from influence.errors import InputError

#: A longer line is no change.
LONGEST_LINE = 64 << 20
#: A file of text is told by no more than its beginning; of a folder, so many files are looked at.
_BEGINNING, _LOOKED_AT = 8192, 40

TOO_LONG = ("lines that are too long", f"over {LONGEST_LINE >> 20} MB")
CUT_OFF = ("files that end too early", "damaged or not fully copied; what came before was read")
UNREADABLE = ("files that cannot be read", "the system refused")
NO_JSON = ("lines that are no JSON", "broken, or cut off")

_GZIP = b"\x1f\x8b"


def open_stream(place: Place, name: str) -> IO[bytes]:
    """The file called `name`, unpacked if it is gzip; no symbolic link is followed.

    Raises
    ------
    OSError
        When it cannot be opened.
    """
    if place.tip:
        found = next((data for _, data in place.read(lambda other: other == name)), b"")
        stream: IO[bytes] = io.BytesIO(found)
    else:
        stream = os.fdopen(os.open(place.path_of(name), os.O_RDONLY | os.O_NOFOLLOW), "rb", buffering=1 << 20)
    packed = stream.read(2) == _GZIP
    stream.seek(0)
    return io.BufferedReader(_Unpacked(stream), 1 << 20) if packed else stream


class _Unpacked(io.RawIOBase):
    """A gzip file as it is unpacked, piece by piece: what comes before damage is given, however large the buffer."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._file = gzip.GzipFile(fileobj=stream, mode="rb")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        if not self.closed:
            self._file.close()
            self._stream.close()
        super().close()


def lines(place: Place, name: str, problems: Problems) -> Iterator[tuple[int, bytes]]:
    """(where it begins in the unpacked file, line) of each line; what cannot be read is counted in `problems`."""
    try:
        with closing(open_stream(place, name)) as stream:
            where = 0
            while line := stream.readline(LONGEST_LINE + 1):
                begin, where = where, where + len(line)
                if len(line) <= LONGEST_LINE:
                    yield begin, line
                    continue
                problems[TOO_LONG] += 1
                while line and not line.endswith(b"\n"):
                    line = stream.readline(LONGEST_LINE)
                    where += len(line)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        problems[CUT_OFF] += 1
    except OSError:
        problems[UNREADABLE] += 1


def objects(place: Place, name: str, problems: Problems) -> Iterator[tuple[int, bytes]]:
    """(where it begins, text) of each JSON object: one a line, or spread over lines as ``json.dumps(indent=)`` does."""
    waiting: list[bytes] = []
    begin = size = 0
    for where, line in lines(place, name, problems):
        bare = line.rstrip()
        if waiting:
            waiting.append(line)
            size += len(line)
            if size > LONGEST_LINE:
                problems[TOO_LONG] += 1
                waiting = []
            elif bare == b"}":
                yield begin, b"".join(waiting)
                waiting = []
        elif bare == b"{":
            begin, size, waiting = where, len(line), [line]
        elif bare:
            yield where, line
    if waiting:
        problems[NO_JSON] += 1


def spans(place: Place, name: str, wanted: Iterable[tuple[int, int]], problems: Problems) -> Iterator[bytes]:
    """The bytes at (begin, length), which must ascend, of the unpacked file."""
    try:
        with closing(open_stream(place, name)) as stream:
            for begin, length in wanted:
                stream.seek(begin)
                yield stream.read(length)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        problems[CUT_OFF] += 1
    except OSError:
        problems[UNREADABLE] += 1


def beginnings(place: Place, endings: tuple[str, ...]) -> Iterator[bytes]:
    """How files begin whose names end so (of a single file whatever its name), as far as a format is told by it."""
    names = place.names if place.is_file else [name for name in place.names if name.lower().endswith(endings)]
    for name in names[:_LOOKED_AT]:
        try:
            with closing(open_stream(place, name)) as stream:
                yield stream.read(_BEGINNING)
        except (OSError, EOFError, zlib.error):
            continue


def parse(data: bytes) -> Any:
    """The JSON value; None where it is none. Half characters (lone surrogates) become question marks."""
    try:
        return orjson.loads(data)
    except ValueError:
        pass  # half characters are none of its; nor are marks of byte order and NaN, which other tools write
    try:
        value = json.loads(data)
        if b"\\ud" in data or b"\\uD" in data:
            again = json.dumps(value, ensure_ascii=False)
            try:
                again.encode()
            except UnicodeEncodeError:
                value = json.loads(again.encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return value


class Spool:
    """Values put aside on disk until their turn comes, in a file that nobody else can open and that leaves no trace."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="influence-", buffering=1 << 18)  # noqa: SIM115 - it lives as long as this does
        self._end = 0
        self._moved = False

    def put(self, value: Any) -> int:
        """Put a value aside that `parse` gave or that is made of such; returns the mark to `get` it by.

        Raises
        ------
        influence.errors.InputError
            When the disk is full.
        """
        try:
            data = orjson.dumps(value) + b"\n"
        except TypeError:  # half characters, and numbers of more than 64 bits
            data = json.dumps(value).encode() + b"\n"
        try:
            if self._moved:
                self._file.seek(self._end)
                self._moved = False
            self._file.write(data)
        except OSError as error:
            raise InputError(
                f"nothing can be put aside on disk: {error.strerror}", "make room, or set TMPDIR"
            ) from None
        begin, self._end = self._end, self._end + len(data)
        return begin

    def get(self, mark: int) -> Any:
        """What was put aside under `mark`."""
        self._file.seek(mark)
        self._moved = True
        line = self._file.readline()
        try:
            return orjson.loads(line)
        except ValueError:
            return json.loads(line)
