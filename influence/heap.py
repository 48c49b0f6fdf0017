"""Memory that is free, given back to the system: allocators hold on to it in case it is needed again."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from functools import cache
from typing import Any

#: `M_MMAP_THRESHOLD` of mallopt(3).
_MMAP_THRESHOLD = -3
#: Bytes from which a reader's blocks are mapped one by one, so that each is given back when it is freed.
_LARGE = 64 << 10


@cache
def _libc() -> Any:
    """The C library, where it is GNU's: others have no such calls."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        if library.gnu_get_libc_version and library.malloc_trim and library.mallopt:
            return library
    return None


def give_back() -> None:
    """Give back what is free now."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    if _libc() is not None:
        _libc().malloc_trim(0)


def never_hold() -> None:
    """Have this whole process give back large blocks when they are freed. For processes that are all ours."""
    if _libc() is not None:
        _libc().mallopt(_MMAP_THRESHOLD, _LARGE)
