"""A real Chromium that opens a report from disk, and everything that it complained about or asked for."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
  e => window.violations.push(e.violatedDirective + " " + e.blockedURI));
"""


def executable() -> str | None:
    """The system's Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Seen:
    """An open page, and what happened on it."""

    page: Any
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def violations(self) -> list[str]:
        """What the content security policy stopped."""
        return list(self.page.evaluate("window.violations"))

    def until(self, condition: str, seconds: float = 20) -> None:
        """Wait until an expression in the page holds; polled from here, for the page's policy stops eval."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(condition):
            assert time.monotonic() < end, condition
            self.page.wait_for_timeout(40)

    def scroll_through(self) -> None:
        """Bring every figure into view and wait until it is drawn."""
        for name in ("power", "network"):
            self.page.evaluate(f"document.querySelector('[data-figure={name}]').scrollIntoView()")
            self.until(f"document.querySelector('[data-figure={name}]').classList.contains('drawn')")
        self.page.evaluate("document.querySelector('.dossier[open] [data-figure]').scrollIntoView()")
        self.until("document.querySelector('.dossier[open] [data-figure]').classList.contains('drawn')")


@contextmanager
def opened(
    browser: Any, path: Path, *, width: int = 1440, scheme: str = "light", script: bool = True
) -> Iterator[Seen]:
    """Open `path` in a window of `width` pixels."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
    )
    try:
        page = context.new_page()
        seen = Seen(page)
        page.on("console", lambda message: seen.console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: seen.console.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: seen.requests.append(request.url))
        if script:
            page.add_init_script(_VIOLATIONS)
        page.goto(path.as_uri())
        yield seen
    finally:
        context.close()


#: The lowest contrast (WCAG 2) of any text on the page against what is painted behind it: [ratio, text].
CONTRAST = """() => {
  const channels = color => {
    const n = color.match(/-?[\\d.]+(e-?\\d+)?/g).map(Number);
    const scale = color.startsWith("color(") ? 1 : 255;
    return [n[0] / scale, n[1] / scale, n[2] / scale, n.length > 3 ? n[3] : 1];
  };
  const light = c => { const [r, g, b] = c.map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const behind = element => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(channels(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [1, 1, 1, 1]);
  };
  let worst = [99, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || parent.closest("script,style,.hidden,.skip") || !parent.getClientRects().length) continue;
    const style = getComputedStyle(parent);
    const ink = parent.closest("svg") ? style.fill : style.color;
    if (ink === "none") continue;
    const ground = behind(parent), text = over(channels(ink), ground);
    const [a, b] = [light(text.slice(0, 3)), light(ground.slice(0, 3))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst[0]) worst = [ratio, node.data.trim().slice(0, 60) + " " + ink];
  }
  return worst;
}"""
