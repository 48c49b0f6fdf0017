"""Every source by name. A new one is one file with one class, and one line here."""

from __future__ import annotations

from importlib import import_module
from typing import Any

#: name -> module and class; imported when asked for, so that the command starts quickly.
CONNECTORS = {
    "git": "connectors.git.connector:GitConnector",
    "chart": "connectors.organisation.chart:ChartConnector",
    "memberships": "connectors.organisation.memberships:MembershipsConnector",
    "owners": "connectors.organisation.owners:OwnersConnector",
    "documents": "connectors.documents.connector:DocumentsConnector",
    "review": "connectors.review.connector:ReviewConnector",
    "github": "connectors.review.github:GitHubConnector",
    "gitlab": "connectors.review.gitlab:GitLabConnector",
    "gerrit": "connectors.review.gerrit:GerritConnector",
    "openalex": "connectors.documents.openalex:OpenAlexConnector",
}


def connector(name: str) -> Any:
    """The connector class called `name`: an `influence.schema.Connector`, constructed with what it is to read.

    Raises
    ------
    KeyError
        When there is none of that name.
    """
    module, _, attribute = CONNECTORS[name].partition(":")
    return getattr(import_module(module), attribute)
