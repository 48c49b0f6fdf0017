"""GitHub over real HTTP on loopback: where tokens come from and go to; names and addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.review import tokens
from connectors.review.github import BASE, GitHubConnector
from influence.errors import InputError
from influence.workspace import Workspace
from tests.connectors import loopback
from tests.connectors.github_server import TOKEN, GitHubServer
from tests.connectors.loopback import Loopback
from tests.connectors.review.github_runs import read, reading, small
from tests.connectors.review.life import LABEL
from tests.connectors.review.live_runs import run, tables


def test_the_token_comes_from_the_environment_or_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ring:
        @staticmethod
        def get_password(service: str, name: str) -> str | None:
            if name == "GITHUB_TOKEN":
                raise RuntimeError("locked")
            return {("implicit-leaders", "GH_TOKEN"): " from-the-ring\n"}.get((service, name))

    assert tokens.token(tokens.GITHUB) is None
    assert tokens.login() is None
    monkeypatch.setattr(tokens, "import_module", lambda name: Ring)
    assert tokens.token(tokens.GITHUB) == "from-the-ring"
    monkeypatch.setenv("GH_TOKEN", "second")
    assert tokens.token(tokens.GITHUB) == "second"
    monkeypatch.setenv("GITHUB_TOKEN", "first")
    assert tokens.token(tokens.GITHUB) == "first"
    monkeypatch.setenv("GERRIT_USER", "me")
    monkeypatch.setenv("GERRIT_PASSWORD", "pw")
    assert tokens.login() == ("me", "pw")


def test_without_a_token_nothing_is_asked() -> None:
    with GitHubServer(small()) as server:
        came, error = read(reading(server, token=None))
        assert server.seen == []
    assert came == []
    assert "GITHUB_TOKEN" in error


def test_the_token_is_sent_to_the_service_and_stands_nowhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    workspace = Workspace(tmp_path / "w.duckdb")
    with GitHubServer(small(), faults={3: loopback.fails(500, f"bad {TOKEN}")}) as server:
        run(workspace, lambda known: reading(server, token=None, stored=known))
        assert all(seen.headers["Authorization"] == f"bearer {TOKEN}" for seen in server.seen)
        assert not any(TOKEN in seen.path + seen.body.decode() for seen in server.seen)
        server.faults = dict.fromkeys(range(len(server.seen) + 1, 999), loopback.fails(400, f"bad {TOKEN}"))
        _, error = read(reading(server, token=None))
    assert "bad ***" in error
    assert TOKEN not in caplog.text + repr(tables(tmp_path / "w.duckdb"))
    assert TOKEN.encode() not in (tmp_path / "w.duckdb").read_bytes()


def test_no_redirect_takes_the_token_elsewhere() -> None:
    with Loopback(lambda asked, seen, number: asked.json({})) as other:
        faults = dict.fromkeys(range(1, 9), loopback.redirect(f"{other.url}/graphql", 307))
        with GitHubServer(small(), faults=faults) as server:
            _, error = read(reading(server))
        assert other.seen == []
    assert "another host" in error


@pytest.mark.parametrize("token", ["wrong", "no such thing", "ümlaut"])
def test_wrong_tokens(token: str) -> None:
    with GitHubServer(small()) as server:
        came, error = read(reading(server, token=token))
    assert came == []
    assert "token" in error
    assert token not in error.replace("token of GitHub", "")


def test_tokens_are_not_sent_in_the_clear() -> None:
    with pytest.raises(InputError, match="not sent over http"):
        list(GitHubConnector(LABEL, base="http://git.example.org", token=TOKEN).checkpoints())


# -- names and addresses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("repository", "base", "repo", "endpoint"),
    [
        ("Acme/Rocket", None, "github.com/acme/rocket", BASE),
        ("https://github.com/acme/rocket.git", None, "github.com/acme/rocket", BASE),
        ("https://www.github.com/acme/rocket/pull/7", None, "github.com/acme/rocket", BASE),
        ("a/b", "https://git.acme.org", "git.acme.org/a/b", "https://git.acme.org/api/graphql"),
        ("a/b", "https://git.acme.org/api", "git.acme.org/a/b", "https://git.acme.org/api/graphql"),
        ("a/b", "https://git.acme.org:8443/api/graphql", "git.acme.org/a/b", "https://git.acme.org:8443/api/graphql"),
        ("https://git.acme.org/a/b", "https://git.acme.org", "git.acme.org/a/b", "https://git.acme.org/api/graphql"),
        ("a/b", "https://api.acme.ghe.com/graphql", "acme.ghe.com/a/b", "https://api.acme.ghe.com/graphql"),
    ],
)
def test_names(repository: str, base: str | None, repo: str, endpoint: str) -> None:
    made = GitHubConnector(repository, base=base)
    assert made.repository == repo
    assert made.location == endpoint


@pytest.mark.parametrize(
    ("repository", "base"),
    [
        ("", None),
        ("rocket", None),
        ("a/b/c", None),
        ("a/../b", None),
        ("a/b\x1b[2J", None),
        ("https://git.acme.org/a/b", None),
        ("https://me:s3cret@github.com/a/b", None),
        ("https://[github.com/a/b", None),
        ("a/b", "https://me:s3cret@git.acme.org"),
        ("a/b", "ftp://git.acme.org"),
        ("a/b", "nonsense"),
    ],
)
def test_what_is_no_repository(repository: str, base: str | None) -> None:
    with pytest.raises(InputError) as caught:
        GitHubConnector(repository, base=base)
    assert "s3cret" not in str(caught.value)
    assert str(caught.value).isprintable()


def test_accounts_of_an_enterprise_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with GitHubServer(small()) as server:
        made = reading(server)
        made.host = "git.acme.org"
        (came,), _ = read(made)
    keys = {row["key"] for row in came.tables["identities"].to_pylist() if row["login"]}
    assert keys
    assert all(key.endswith("@git.acme.org") for key in keys)
