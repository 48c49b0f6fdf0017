"""What an export holds of one repository."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from connectors.review.model import Change, Discussion


@dataclass(slots=True)
class Reading:
    """One repository in an export.

    Attributes
    ----------
    label
        What people call it, ``owner/name``.
    host
        The house where it lies; accounts are of that house.
    items
        Gives its changes and discussions, in any order.
    contact
        Which contact it can see (`harvests.contact`).
    tip
        Up to what it was read: a commit of the backup, a time, or ''.
    problems
        (what, why) -> how often; filled while `items` is read.
    page
        Where it lies on the web below `host`; `label` by default.
    """

    label: str
    host: str
    items: Callable[[], Iterator[Change | Discussion]]
    contact: str = "review"
    tip: str = ""
    problems: Counter[tuple[str, str]] = field(default_factory=Counter)
    page: str = ""

    @property
    def repository(self) -> str:
        """Its address, which stands for the repository until a clone of it is read: ``host/owner/name``."""
        return f"{self.host}/{(self.page or self.label).strip('/').lower()}"
