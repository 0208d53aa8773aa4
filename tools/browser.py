"""Drive a headless Chromium over its DevTools pipe: enough to judge a page, with the standard library alone.

`python tools/browser.py page.html picture.png [--dark] [--width 1280]` takes a picture of a page.

References
----------
[1] Chrome DevTools Protocol, domains Page, Runtime, Log, Network, Emulation and Accessibility.
[2] WCAG 2.2, success criterion 1.4.3 (contrast), definition of relative luminance.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
PATIENCE = 30.0
PICTURES = {"img", "image", "graphics-document"}
CONTROLS = {"button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "slider"}

# DevTools reads descriptor 3 and writes descriptor 4: put our pipes there, then become the browser.
_ON_3_AND_4 = """
import fcntl, os, sys
commands, answers = (fcntl.fcntl(int(pipe), fcntl.F_DUPFD, 10) for pipe in sys.argv[1:3])
os.dup2(commands, 3)
os.dup2(answers, 4)
os.closerange(5, 64)
os.execv(sys.argv[3], sys.argv[3:])
"""

_OVERFLOW = """(() => {
  const width = document.documentElement.clientWidth, found = [];
  const scrolls = e => e && e !== document.documentElement && e !== document.body &&
    (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  const whole = document.documentElement.scrollWidth;
  if (whole > width) found.push(`page is ${whole} px wide`);
  for (const e of document.body.querySelectorAll('*')) {
    const box = e.getBoundingClientRect();
    if (e.ownerSVGElement || box.width === 0 || box.right <= width + 0.5 || scrolls(e.parentElement)) continue;
    const name = `<${e.tagName.toLowerCase()} class="${e.getAttribute('class') || ''}">`;
    found.push(`${name} ends at ${Math.round(box.right)} px`);
  }
  return found;
})()"""

_UNMARKED_SVG = """[...document.querySelectorAll('svg')]
  .filter(e => !e.ownerSVGElement && e.getAttribute('role') !== 'img' && !e.closest('[aria-hidden=true]'))
  .map(e => e.outerHTML.slice(0, 80))"""

_FAINT_TEXT = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = colour => { const [r, g, b] = rgba(colour).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (rgba(c)[3] > 250) return c; } return matchMedia('(prefers-color-scheme: dark)').matches ? '#121212' : '#fff'; };
  const found = [];
  for (const e of document.body.querySelectorAll(':not(svg, svg *, script, style)')) {
    const text = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
    const style = getComputedStyle(e);
    if (!text || style.visibility === 'hidden' || !e.getClientRects().length) continue;
    const pair = [light(style.color), light(ground(e))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push(`${ratio.toFixed(2)}: ${text.slice(0, 40)}`);
  }
  return found;
})()"""


_DRAWN_TEXT = """(() => {
  const found = {clipped: [], overlapping: []};
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    if (svg.ownerSVGElement || !frame.width) continue;
    const drawn = [...svg.querySelectorAll('text')]
      .map(e => ({text: e.textContent.trim(), box: e.getBoundingClientRect()}))
      .filter(e => e.text && e.box.width && e.box.height);
    drawn.forEach(({text, box}, index) => {
      const sides = [frame.left - box.left, box.right - frame.right, frame.top - box.top, box.bottom - frame.bottom];
      const out = Math.max(...sides);
      if (out > 1) found.clipped.push(`${text.slice(0, 40)}: ${Math.round(out)} px outside its drawing`);
      for (const other of drawn.slice(index + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (across > 2 && down > 0.3 * Math.min(box.height, other.box.height))
          found.overlapping.push(`${text.slice(0, 30)} / ${other.text.slice(0, 30)}`);
      }
    });
  }
  return found;
})()"""


class BrowserError(RuntimeError):
    """Chromium is absent, died, or refused a command."""


def find_browser() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """A running headless Chromium with a fresh profile; use it as a context manager."""

    def __init__(self, executable: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        commands, self._to = os.pipe()
        self._from, answers = os.pipe()
        started = [sys.executable, "-I", "-S", "-c", _ON_3_AND_4, str(commands), str(answers), executable]
        self._process = subprocess.Popen(
            [*started, *FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"],
            pass_fds=(commands, answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._buffer = b""
        self._count = 0
        self._pages: dict[str, Page] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, path: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        """Open a local file and wait until it has loaded."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session, target)
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            page.send(f"{domain}.enable")
        page.view(width, height, dark=dark)
        page.send("Page.navigate", url=path.resolve().as_uri())
        self.wait(lambda: page.loaded, f"{path} to load")
        return page

    def send(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Send one command and return its result."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        try:
            os.write(self._to, json.dumps(message).encode() + b"\0")
        except OSError as error:
            raise BrowserError("Chromium has gone away") from error
        answers: list[dict[str, Any]] = []
        self.wait(lambda: bool(answers), method, answers)
        if "error" in answers[0]:
            raise BrowserError(f"{method}: {answers[0]['error']['message']}")
        result: dict[str, Any] = answers[0]["result"]
        return result

    def wait(self, done: Callable[[], bool], what: str, answers: list[dict[str, Any]] | None = None) -> None:
        """Read messages until `done`; the answer to the last command lands in `answers`."""
        end = time.monotonic() + PATIENCE
        while not done():
            for message in self._read(end, what):
                if message.get("id") == self._count and answers is not None:
                    answers.append(message)
                elif message.get("sessionId") in self._pages:
                    self._pages[message["sessionId"]].hear(message)

    def _read(self, end: float, what: str) -> list[dict[str, Any]]:
        ready, _, _ = select.select([self._from], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            raise BrowserError(f"waited {PATIENCE:.0f} s in vain for {what}")
        chunk = os.read(self._from, 1 << 20)
        if not chunk:
            raise BrowserError(f"Chromium ended while waiting for {what}")
        *whole, self._buffer = (self._buffer + chunk).split(b"\0")
        return [json.loads(text) for text in whole]

    def close(self) -> None:
        """End the browser and remove its profile."""
        os.close(self._to)  # Chromium ends when its command pipe closes
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._from)
        self._profile.cleanup()


@dataclass
class Page:
    """One open page: what it said while loading, and what can be measured on it."""

    browser: Browser
    session: str
    target: str
    loaded: bool = False
    errors: list[str] = field(default_factory=list)
    """Script errors, console errors and failed requests."""
    requests: list[str] = field(default_factory=list)
    """Addresses asked for, the page's own files and inline data left out."""

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command to this page."""
        return self.browser.send(method, self.session, **params)

    def hear(self, message: dict[str, Any]) -> None:
        """Note an event."""
        params = message["params"]
        match message["method"]:
            case "Page.loadEventFired":
                self.loaded = True
            case "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                self.errors.append(details.get("exception", {}).get("description", details["text"]))
            case "Runtime.consoleAPICalled" if params["type"] in ("error", "assert"):
                self.errors.append(" ".join(str(arg.get("value", arg.get("description"))) for arg in params["args"]))
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.errors.append(params["entry"]["text"])
            case "Network.requestWillBeSent" if not params["request"]["url"].startswith(("file:", "data:", "about:")):
                self.requests.append(params["request"]["url"])

    def view(self, width: int, height: int = 900, *, dark: bool = False, printed: bool = False) -> None:
        """Set the window's size, the reader's colour scheme, and whether the page shows as on paper."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", media="print" if printed else "", features=[scheme])

    def run(self, script: str) -> Any:
        """Evaluate a script and return its value."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def overflow(self) -> list[str]:
        """Return what sticks out of the window sideways, outside boxes that scroll by themselves."""
        return list(self.run(_OVERFLOW))

    def unnamed(self) -> list[str]:
        """Return pictures and controls without an accessible name, and drawings not marked as a picture."""
        nodes = self.send("Accessibility.getFullAXTree")["nodes"]
        silent = [
            f"{node['role']['value']} without a name"
            for node in nodes
            if not node["ignored"]
            and node["role"]["value"] in PICTURES | CONTROLS
            and not node.get("name", {}).get("value", "").strip()
        ]
        return silent + list(self.run(_UNMARKED_SVG))

    def faint_text(self) -> list[str]:
        """Return text outside drawings whose contrast is below 4.5 (3 for large text) [2]."""
        return list(self.run(_FAINT_TEXT))

    def clipped_text(self) -> list[str]:
        """Return words of drawings that reach beyond the drawing's frame."""
        return list(self.run(_DRAWN_TEXT)["clipped"])

    def overlapping_text(self) -> list[str]:
        """Return pairs of words of a drawing that lie on each other."""
        return list(self.run(_DRAWN_TEXT)["overlapping"])

    def screenshot(self, *, whole: bool = False) -> bytes:
        """Return a PNG of the window, or of the whole page."""
        answer = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(answer["data"])

    def pdf(self) -> bytes:
        """Return the page as printed on A4."""
        answer = self.send("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)
        return base64.b64decode(answer["data"])

    def close(self) -> None:
        """Close the page."""
        self.browser.send("Target.closeTarget", targetId=self.target)


def main() -> int:
    """Take a picture of a page."""
    parser = argparse.ArgumentParser(description="Take a picture of a local page.")
    parser.add_argument("page", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--whole", action="store_true", help="the whole page, not one window of it")
    asked = parser.parse_args()
    executable = find_browser()
    if executable is None:
        parser.error("no Chromium on this machine; install it with: apt-get install chromium")
    with Browser(executable) as browser:
        page = browser.open(asked.page, width=asked.width, height=asked.height, dark=asked.dark)
        asked.picture.write_bytes(page.screenshot(whole=asked.whole))
    return 0


if __name__ == "__main__":
    sys.exit(main())
