"""What a process that only collects need not load."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder


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
