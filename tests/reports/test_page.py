"""The page in a real browser: it fetches nothing, runs nothing of others, and can be read anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reports.browser import CONTRAST, FLAGS, Seen, executable, opened

playwright = pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = executable()
    if path is None:
        pytest.skip("no Chromium: `make test` says how to install one")
    with playwright.sync_playwright() as api:
        browser = api.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(pages: dict[str, Path]) -> Path:
    return pages["organisation"]


@pytest.fixture(scope="module")
def drawn(browser: Any, page: Path) -> Iterator[Seen]:
    """The page at 1440 px in light, every figure drawn. Tests that use it leave it as it was."""
    with opened(browser, page) as seen:
        seen.scroll_through()
        yield seen


def test_it_opens_draws_and_fetches_nothing(drawn: Seen, page: Path) -> None:
    assert drawn.page.locator(".live svg.main-svg").count() >= 2
    assert drawn.console == []
    assert [url for url in drawn.requests if url != page.as_uri() and not url.startswith("data:")] == []
    assert drawn.violations() == []


def test_choosing_a_leader_dims_the_others(drawn: Seen) -> None:
    lines = "document.querySelector('#network .live').data.filter(t => t.fill === 'toself').map(t => t.opacity)"
    drawn.page.select_option("#network select", index=1)
    drawn.until(f"{lines}.some(opacity => opacity < 0.1)")
    chosen = drawn.page.evaluate(lines)
    assert set(chosen) == {0.05, 0.6}
    assert chosen.count(0.6) == 1
    drawn.page.select_option("#network select", index=0)
    drawn.until(f"{lines}.every(opacity => opacity === 0.32)")


def test_the_keyboard_reaches_a_dossier_and_the_network(drawn: Seen) -> None:
    focus = "document.activeElement.tagName + (document.activeElement.closest('.dossier') ? ' dossier' : '')"
    drawn.page.evaluate("document.querySelector('.skip').focus()")
    reached = set()
    for _ in range(80):
        drawn.page.keyboard.press("Tab")
        reached.add(drawn.page.evaluate(focus))
        if {"A", "SELECT", "SUMMARY dossier"} <= reached:
            break
    assert {"A", "SELECT", "SUMMARY dossier"} <= reached
    second = drawn.page.locator(".dossier").nth(1)
    second.locator("> summary").focus()
    drawn.page.keyboard.press("Enter")
    assert second.get_attribute("open") is not None


def test_the_figures_follow_light_and_dark(drawn: Seen) -> None:
    fill = "getComputedStyle(document.querySelector('#power .live .annotation-text')).fill"
    assert drawn.page.evaluate(fill) == "rgb(28, 36, 48)"
    drawn.page.emulate_media(color_scheme="dark")
    drawn.until(f"{fill} === 'rgb(231, 236, 242)'")
    drawn.page.emulate_media(media="print", color_scheme="dark")
    assert drawn.page.locator("#network .still svg").is_visible()
    assert not drawn.page.locator("#network .live").is_visible()
    assert drawn.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    drawn.page.emulate_media(media="screen", color_scheme="light")
    drawn.until(f"{fill} === 'rgb(28, 36, 48)'")


def test_the_policy_stops_every_other_script(browser: Any, page: Path) -> None:
    with opened(browser, page) as seen:
        seen.page.evaluate(
            """() => {
            const script = document.createElement("script"), image = new Image();
            script.textContent = "window.ran = 1"; image.src = "https://example.org/x.png";
            document.body.append(script, image); }"""
        )
        seen.until("window.violations.length >= 2")
        assert seen.page.evaluate("window.ran") is None
        assert {v.split(" ")[0] for v in seen.violations()} == {"script-src-elem", "img-src"}
        policy = seen.page.get_attribute("meta[http-equiv='Content-Security-Policy']", "content")
        assert policy.startswith("default-src 'none'; script-src 'sha256-")
        assert "unsafe" not in policy.replace("style-src 'unsafe-inline'", "")
        assert "blob:" not in policy


WIDE = """() => [...document.querySelectorAll("body *")].filter(
  e => !e.closest("svg,.scroll,.live,.hidden,.skip,.followed thead")
  && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
@pytest.mark.parametrize("which", ["organisation", "unknown", "hostile"])
def test_it_fits_and_every_text_has_contrast(
    browser: Any, pages: dict[str, Path], which: str, width: int, scheme: str
) -> None:
    with opened(browser, pages[which], width=width, scheme=scheme) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        if which == "organisation":
            seen.scroll_through()
        assert seen.page.evaluate("document.documentElement.scrollWidth") == width
        assert seen.page.evaluate(WIDE) == []
        ratio, text = seen.page.evaluate(CONTRAST)
        assert ratio >= 4.5, text


@pytest.mark.parametrize("width", [1440, 390])
def test_it_reads_without_script(browser: Any, page: Path, organisation: Any, width: int) -> None:
    first = organisation.named().iloc[0]
    with opened(browser, page, width=width, script=False) as seen:
        assert first.person in seen.page.inner_text(".answer")
        row = seen.page.locator("#followed table.followed").first.locator("tbody tr").first
        assert row.is_visible()
        text = row.inner_text()
        for expected in (organisation.still_here(1).iloc[0].person, f"{organisation.still_here(1).iloc[0].reach}"):
            assert expected in text
        assert seen.page.locator("#power .still svg").is_visible()
        assert seen.page.locator("#network .still svg").is_visible()
        assert not seen.page.locator("#network label").is_visible()


def test_a_name_in_the_table_opens_its_dossier(browser: Any, page: Path) -> None:
    for script in (True, False):
        with opened(browser, page, script=script) as seen:
            link = seen.page.locator("table.followed .who a").nth(1)
            target = str(link.get_attribute("href"))
            link.click()
            seen.page.wait_for_timeout(100)
            assert seen.page.locator(f"[id='{target[1:]}']").is_visible()


#: Elements and attributes that only somebody else's markup would bring in.
FOREIGN = """() => [...document.querySelectorAll("main *")].filter(e =>
  ["SCRIPT", "IMG", "IFRAME", "BASE", "OBJECT"].includes(e.tagName)
  || [...e.attributes].some(a => a.name.startsWith("on"))
  || e.tagName === "A" && !/^(#|https?:)/.test(e.getAttribute("href"))).map(e => e.outerHTML)"""
HOVER = """() => document.querySelectorAll(".live .point").forEach(
  point => point.dispatchEvent(new MouseEvent("mouseover", {bubbles: true})))"""


def test_hostile_names_are_text(browser: Any, pages: dict[str, Path]) -> None:
    with opened(browser, pages["hostile"]) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        seen.scroll_through()
        seen.page.evaluate(HOVER)
        seen.page.wait_for_timeout(200)
        assert seen.dialogs == []
        assert seen.console == []
        assert seen.violations() == []
        assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
        body = seen.page.inner_text("body")
        assert "<script>alert(1)</script>" in body
        assert '"><img src=x onerror=alert(2)>' in body
        assert seen.page.evaluate(FOREIGN) == []
