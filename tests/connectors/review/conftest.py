"""What holds for all tests of reviews."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.review import tokens


@pytest.fixture(autouse=True)
def _no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """No token of whoever runs the tests."""
    for name in (*tokens.GITHUB, "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tokens, "import_module", _no_module)


def _no_module(name: str) -> Any:
    raise ImportError(name)
