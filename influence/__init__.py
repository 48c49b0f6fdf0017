"""Who is followed without being told to lead: the one door to the tool.

>>> import influence
>>> findings = influence.analyse("path/to/repository")     # doctest: +SKIP
>>> findings.leaders                                       # doctest: +SKIP

`collect` reads sources into a workspace file, `open` opens one, `analyse` works out who is followed by whom, and
`from_signals` does so for signals of your own; `datasets` has two corpora to try it on.
Everything is imported when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from influence.version import __version__

if TYPE_CHECKING:
    from influence import datasets
    from influence.doors import analyse, collect, open  # noqa: A004
    from influence.findings import Findings, from_signals
    from influence.workspace import Workspace

__all__ = ["Findings", "Workspace", "__version__", "analyse", "collect", "datasets", "from_signals", "open"]

_DOORS = {
    "Findings": "influence.findings",
    "Workspace": "influence.workspace",
    "analyse": "influence.doors",
    "collect": "influence.doors",
    "datasets": "influence.datasets",
    "from_signals": "influence.findings",
    "open": "influence.doors",
}


def __getattr__(name: str) -> Any:
    if name not in _DOORS:
        raise AttributeError(f"module 'influence' has no attribute {name!r}")
    from importlib import import_module

    from influence.own import check_own

    check_own()
    module = import_module(_DOORS[name])
    value = module if name == "datasets" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
