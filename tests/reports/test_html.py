"""The file itself: what must be in it, what must never be, and how it is written."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import html as markup
import json
import random
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from influence import analyse, from_signals
from influence.errors import InputError
from reports import html, view
from tests.influence.factories import Rows

if TYPE_CHECKING:
    from influence.findings import Findings

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*")
#: At-rules and CSS are the only places where an at-sign may stand.
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


@pytest.fixture(scope="module")
def page(pages: dict[str, Path]) -> str:
    return pages["organisation"].read_text(encoding="utf-8")


def visible(page: str) -> str:
    """The text of the page, as a reader sees it."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", markup.unescape(re.sub(r"<[^>]+>", " ", body)))


def test_no_address_stands_in_it_anywhere(pages: dict[str, Path]) -> None:
    for path in pages.values():
        text = STYLE.sub("", path.read_text(encoding="utf-8"))
        for at in re.finditer("@", text):
            assert not ADDRESS.search(text[max(at.start() - 80, 0) : at.end() + 80])


def test_it_is_its_owners_only_and_replaces_what_was_there(nobody: Findings, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    path.chmod(0o644)
    html.write(nobody, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text(encoding="utf-8").endswith("</html>\n")
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_a_full_disk_leaves_the_old_page(nobody: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match=r"cannot write .*No space left on device; free some room"):
        html.write(nobody, path)
    assert path.read_text() == "old"


def test_the_same_findings_make_the_same_page(organisation: Findings, page: str) -> None:
    assert html.render(organisation) == page


def test_the_policy_allows_exactly_the_scripts_of_the_page(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    allowed = set(re.findall(r"sha256-([\w+/=]+)", markup.unescape(policy.group(1))))
    ours = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    packed = re.search(r'id="plotly">(.*?)</script>', page, re.DOTALL)
    assert packed
    scripts = [*ours, gzip.decompress(base64.b64decode(packed.group(1))).decode()]
    assert allowed == {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts}
    assert len(ours) == 1


def test_nothing_in_it_points_elsewhere(page: str) -> None:
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    pointers = re.findall(r"""\s(?:src|srcset|href|action|data|poster|background)\s*=\s*["']?([^"'>\s]+)""", body)
    assert pointers
    assert not [address for address in pointers if not address.startswith(("#", "https://", "http://"))]
    assert not re.search(r"@import|url\(", page.split("</style>")[0])
    assert "<link" not in page


def test_the_data_can_be_taken_out_again(page: str, organisation: Findings) -> None:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found.group(1))
    assert [row["person"] for row in data["findings"]["leaders"]] == list(organisation.table["person"].head(20))
    trends = {f"trend-{person}" for person in organisation.table["id"].head(10)}
    assert set(data["figures"]) == {"network", "power"} | trends


def test_it_says_what_was_read_what_not_and_how_it_was_made(page: str, organisation: Findings) -> None:
    text = visible(page)
    for source in organisation.meta["sources"]:
        assert source["label"] in text
        assert source["tip"] in text
    for expected in (
        "third_party/ is not the people's own work",
        "owed to a manager",
        "Shalizi & Thomas 2011",
        "must not be used to",
        "What would change this",
        f"by influence {organisation.meta['version']}",
        "Bayesian bootstrap",
        "Not known:",
    ):
        assert expected in text


def test_the_dossier_adds_up_to_the_influence(organisation: Findings) -> None:
    for person in organisation.table["id"].head(5):
        dossier = view.dossier(organisation, person)
        *parts, total = [float(row["part"]) for row in dossier["sum"]]
        assert sum(parts) == pytest.approx(total, abs=0.01 * len(parts))
        assert dossier["why"]
        assert dossier["evidence"]


def test_unknown_power_is_said_loudly_and_known_power_not(page: str, pages: dict[str, Path]) -> None:
    loud = "Formal power is not known."
    assert loud not in visible(page)
    text = visible(pages["unknown"].read_text(encoding="utf-8"))
    assert text.index(loud) < text.index("The most followed")
    assert "manages nobody" not in text
    assert "formal power unknown" in text


def test_simulated_is_written_where_it_is_and_only_there(page: str, organisation: Findings) -> None:
    assert "simulated" not in visible(page)
    invented = dataclasses.replace(organisation, meta={**organisation.meta, "simulated": True})
    text = visible(html.render(invented, dossiers=0))
    assert "(simulated)" in text.split("·")[0]
    assert "This organisation is simulated." in text


def test_it_never_lists_a_bottom(organisation: Findings) -> None:
    text = visible(html.render(organisation, top=3, dossiers=1))
    shown, hidden = organisation.still_here(100)["person"].head(3), organisation.still_here(100)["person"].iloc[3:]
    table = text[text.index("Rank, 90 %") : text.index("named: at least five")]
    assert all(person in table for person in shown)
    assert not [person for person in hidden if person in table]


def test_gone_are_apart_from_those_still_here(page: str) -> None:
    text = visible(page)
    here, gone = text.index("The most followed", text.index("What not to conclude")), text.index("Gone, still followed")
    assert text.index("Jonas Ritter", here) > gone


def test_nobody_to_name_is_a_page_too(nobody: Findings) -> None:
    text = visible(html.render(nobody))
    assert "Nobody can be named here" in text
    assert "Ada Adason" in text


def test_nothing_followed_is_a_page_too(tmp_path: Path) -> None:
    rows = Rows("quiet")
    rows.act("ada", "2024-01-01")
    findings = analyse(rows.write(tmp_path))
    assert "Nothing that was read shows anybody following anybody." in visible(html.render(findings))


def test_only_web_addresses_become_links(organisation: Findings, monkeypatch: pytest.MonkeyPatch) -> None:
    real = type(organisation).explain

    def poisoned(self: Findings, person: str) -> Any:
        explanation = real(self, person)
        evidence = explanation.evidence.copy()
        evidence["leader_url"], evidence["follower_url"] = "javascript:alert(1)", "https://example.org/commit/1"
        return dataclasses.replace(explanation, evidence=evidence)

    monkeypatch.setattr(type(organisation), "explain", poisoned)
    page = html.render(organisation, dossiers=1)
    assert "javascript:" not in page
    assert 'href="https://example.org/commit/1" rel="noopener noreferrer nofollow"' in page


def test_a_page_of_a_thousand_people_can_be_sent(tmp_path: Path) -> None:
    seed = random.Random(3)
    acts = [
        {
            "follower": f"Person {follower}",
            "leader": f"Person {int(seed.paretovariate(0.6)) % 1000}",
            "kind": kind,
            "time": pd.Timestamp("2024-01-01") + pd.Timedelta(days=seed.randrange(700)),
        }
        for follower in range(1000)
        for kind in ("builds_on", "consults")
        for _ in range(4)
    ]
    findings = from_signals(pd.DataFrame(acts))
    assert len(findings.leaders) > 100  # also: the measures are the analysis', not the writing's
    path = html.write(findings, tmp_path / "report.html")
    assert path.stat().st_size < 3_500_000


def test_a_researchers_own_table_without_times_is_a_page_too() -> None:
    acts = [{"follower": f"p{i}", "leader": "Ada"} for i in range(7)] + [{"follower": "Ada", "leader": "Bob"}]
    text = visible(html.render(from_signals(pd.DataFrame(acts))))
    assert (
        "One person leads here by what others build on, with or without formal power: Ada , followed by 7 of 8" in text
    )
    assert "NaT" not in text
    assert "nan" not in text.split()
