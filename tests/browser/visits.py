"""Open a page once and note all that the tests want to know of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from browser.pages import SHOTS, language, template
from browser.server import Server
from playwright.sync_api import Browser, Page
from site_build import URL

DEVICES = {
    "phone": ("dark", {"width": 390, "height": 844}),
    "desktop": ("light", {"width": 1280, "height": 900}),
}

# axe takes its time: it sees one page of each kind on both devices, on each in another language.
AXE = {"phone": "-zh", "desktop": "-en"}

# Layout moves while a page loads; the last fonts come with the first formulas.
SHIFT = """async () => {
  let sum = 0
  const add = list => list.getEntries().forEach(entry => { sum += entry.value })
  new PerformanceObserver(add).observe({type: "layout-shift", buffered: true})
  await document.fonts.ready
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
  await new Promise(done => setTimeout(done, 50))
  return sum
}"""

# When it turns dark or light the theme moves things, which is no fault of the page.
STILL = "* { transition: none !important; animation: none !important }"

# Formulas that are far away are not laid out, and folded ones not shown: both count.
UNFOLD = """() => {
  const style = document.createElement("style")
  style.textContent = "x-math.display { content-visibility: visible !important }"
  document.head.append(style)
  document.querySelectorAll(".md-content details:not(.eq-badge)").forEach(d => { d.open = true })
}"""

SIDEWAYS = """() => {
  const wide = []
  const scrolls = node => node && (getComputedStyle(node).overflowX !== "visible"
    || getComputedStyle(node).position === "fixed" || scrolls(node.parentElement))
  if (document.scrollingElement.scrollWidth > innerWidth) wide.push("the page scrolls")
  for (const node of document.querySelectorAll(".md-content *:not(x-math *, svg *)")) {
    const {right, left, width} = node.getBoundingClientRect()
    if (width > 1 && (right > innerWidth + 1 || left < -1) && !scrolls(node.parentElement))
      wide.push(`${node.tagName}.${node.className} ${node.textContent.slice(0, 40)}`)
  }
  return wide
}"""

CUT = """() => {
  const cut = []
  for (const math of document.querySelectorAll("x-math.display")) {
    if (!math.checkVisibility()) continue
    const {overflowX} = getComputedStyle(math)
    const wide = math.scrollWidth > math.clientWidth + 1 && !["auto", "scroll"].includes(overflowX)
    const high = math.scrollHeight > math.clientHeight + 1
    const {left, right} = math.getBoundingClientRect()
    if (wide || high || left < 0 || right > innerWidth)
      cut.push(math.querySelector("annotation").textContent.slice(0, 60))
  }
  return cut
}"""

# Whatever shows the hand can also be reached by keyboard.
MOUSE_ONLY = """() => {
  const keys = "a[href], button, input, select, textarea, summary, [tabindex='0']"
  const found = []
  for (const node of document.querySelectorAll("body *:not(.katex *, svg, svg *)")) {
    if (!node.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue
    if (getComputedStyle(node).cursor !== "pointer" || node.closest(keys)) continue
    const label = node.closest("label")
    if (label?.control?.checkVisibility() && label.control.tabIndex >= 0) continue
    if (!node.querySelector(keys)) found.push(`${node.tagName}.${node.className}`)
  }
  return found
}"""

# A formula is thousands of nodes of KaTeX's, hidden from readers' tools, and takes axe a minute.
SHORTEN = (
    """() => document.querySelectorAll(".katex").forEach(math => { math.textContent = "x" })"""
)


@dataclass(frozen=True)
class Load:
    """What a first visit to a page fetches, and how much of the page moved meanwhile."""

    sent: dict[str, int]
    shift: float


@dataclass(frozen=True)
class Look:
    """What is seen of a page on one device."""

    sideways: list[str]
    cut: list[str]
    mouse_only: list[str]
    axe: list[str]


@dataclass
class Visit:
    """What one page shows, on the devices on which it is looked at."""

    requests: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    loads: dict[str, Load] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)


def watch(page: Page, requests: list[str], failed: list[str], messages: list[str]) -> None:
    """Note every request, every one that came to nothing, and every complaint of the console."""
    page.on("request", lambda request: requests.append(request.url))
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on(
        "console",
        lambda said: messages.append(said.text) if said.type in ("error", "warning") else None,
    )


def visit(browser: Browser, server: Server, address: str) -> Visit:
    """Open a page with an empty cache and look at it."""
    found, kept = Visit(), template(address) or ""
    for device in _devices(address, bool(kept)):
        page = browser.new_context().new_page()
        watch(page, found.requests, found.failed, found.messages)
        _hold(page, device)
        found.loads[device] = _load(page, server, address)
        if kept:
            _shoot(page, device, kept)
        page.evaluate(UNFOLD)
        page.add_style_tag(content=STILL)
        found.looks[device] = _look(page, bool(kept) and kept.endswith(AXE[device]))
        page.context.close()
    return found


def _devices(address: str, kept: bool) -> list[str]:
    """On which devices a page is looked at, loaded anew on each.

    On all, where this has the machine to itself (`make browser`). Beside other tests a page of
    which no pictures are kept is looked at on the phone in English and on the desktop in Chinese:
    both have the same formulas and code.
    """
    if kept or "PYTEST_XDIST_WORKER" not in os.environ:
        return list(DEVICES)
    return ["phone"] if language(address) == "en" else ["desktop"]


def _hold(page: Page, device: str) -> None:
    scheme, size = DEVICES[device]
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)


def _load(page: Page, server: Server, address: str) -> Load:
    server.sent.clear()
    page.goto(URL + address)
    shift = page.evaluate(SHIFT)
    page.wait_for_load_state("networkidle")  # the search's index comes last
    return Load(dict(server.sent), shift)


def _look(page: Page, with_axe: bool) -> Look:
    sideways, cut, mouse_only = (page.evaluate(script) for script in (SIDEWAYS, CUT, MOUSE_ONLY))
    if not with_axe:
        return Look(sideways, cut, mouse_only, [])
    page.evaluate(SHORTEN)
    return Look(sideways, cut, mouse_only, _axe(page))


def _axe(page: Page) -> list[str]:
    results = Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{rule['id']} {' '.join(map(str, node['target']))}"
        for rule in results["violations"]
        for node in rule["nodes"]
    ]


def _shoot(page: Page, device: str, name: str) -> None:
    first, _ = DEVICES[device]
    for scheme in ("light", "dark") if first == "dark" else ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        palette = {"light": "default", "dark": "slate"}[scheme]
        page.wait_for_selector(f"body[data-md-color-scheme={palette}]", state="attached")
        page.screenshot(path=SHOTS / f"{name}-{device}-{scheme}.png", animations="disabled")
