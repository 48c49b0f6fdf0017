"""Our three packages bear plain names; another `reports.py` or `connectors/` on the path must not stand in for them."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

#: The folder that holds `influence`, `connectors` and `reports`.
HOME = Path(__file__).resolve().parent.parent
_NAMES = ("connectors", "reports")


def prefer_own() -> None:
    """For the command, which runs from any folder, whatever lies there.

    Takes the current folder off `sys.path`, and any entry that holds something called as our packages are.
    """
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:  # the folder was deleted under us
        here = ""
    sys.path[:] = [entry for entry in sys.path if _harmless(entry, here)]


def _harmless(entry: str, here: str) -> bool:
    folder = os.path.realpath(entry) if entry else here
    if folder == str(HOME):
        return True
    if folder == here:
        return False
    return not any(os.path.exists(os.path.join(folder, name + end)) for name in _NAMES for end in ("", ".py"))


def check_own() -> None:
    """For Python, where the path is the user's: refuse to run with somebody else's module in our place.

    Raises
    ------
    ImportError
        Names the file that hides ours.
    """
    for name in _NAMES:
        module = sys.modules.get(name)
        spec = module.__spec__ if module is not None else find_spec(name)
        places = [spec.origin] if spec and spec.origin else list((spec and spec.submodule_search_locations) or ())
        found = next((place for place in places if place), None)
        if found is None:
            raise ImportError(f"the package `{name}` of implicit-leaders is not installed; install it again")
        if not Path(found).resolve().is_relative_to(HOME / name):
            raise ImportError(
                f"{found} hides the package `{name}` of implicit-leaders; rename it, or start Python in another "
                "folder (the command `influence` works from any)",
                name=name,
                path=found,
            )
