"""What a process that only collects need not load."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from typing import Any


class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("not now", name=fullname)


def without_pandas() -> None:
    """Have pyarrow make arrays without loading pandas, which takes longer than to read small news.

    pyarrow looks for it once, when the first array is made. For processes that are all ours: where pandas is loaded
    later, pyarrow no longer takes its columns for what they are. Without effect where it is loaded already.
    """
    import pyarrow as pa

    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(finder)


def compute(function: str, arguments: Sequence[Any]) -> Any:
    """Call one of Arrow's compute functions by its name, with its usual options.

    `pyarrow.compute` writes a Python function for each of them, with its documentation, whenever it is loaded.
    """
    try:
        from pyarrow._compute import call_function
    except ImportError:
        from pyarrow.compute import call_function
    return call_function(function, arguments)
