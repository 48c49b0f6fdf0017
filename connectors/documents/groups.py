"""Groups that stand where an author's name is expected: a team, a committee, an organisation.

A group is nobody: it neither leads nor follows, and which people it was is not known. The rule is small and errs
towards people, because a group in the ranking is seen there, and a person who was left out is not.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: One of these words makes a name a group's. None of them is a surname that we know of.
_GROUP = (
    "team|teams|community|communities|committee|consortium|collaboration|foundation|association|institute|university"
    "|corporation|organi[sz]ation|contributors|developers|maintainers|authors|editors|members|department|laboratory"
    "|task force|working group|steering|gmbh|llc"
)
#: These are surnames too: they count after "The" only.
_NAMED = "board|council|company|group|project|society|alliance|initiative|labs?|staff|crew|people|editor"
_PATTERN = re.compile(rf"\b(?:{_GROUP})\b|^the\b.*\b(?:{_NAMED})\b", re.IGNORECASE)
#: No name needs more; a hostile one gets no more.
_LONGEST = 200


@lru_cache(maxsize=65_536)
def is_group(name: str) -> bool:
    """Whether a name is a group's.

    >>> is_group("The Python core team and community"), is_group("ATLAS Collaboration"), is_group("The Debian Project")
    (True, True, True)
    >>> is_group("John Board"), is_group("The Anh Han"), is_group("Teamo Universitas"), is_group("Peter Group")
    (False, False, False, False)
    """
    return _PATTERN.search(name[:_LONGEST]) is not None
