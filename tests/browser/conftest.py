"""A real Chromium and the built site, served and as files; skipped where there is no Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.pages import ADDRESSES
from browser.server import Server, serve
from browser.visits import Visit, visit
from playwright.sync_api import Browser, sync_playwright
from site_build import ROOT, URL, build

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These run on one worker: one site and one browser serve them all."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("site"))


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[Server]:
    """The site as a real host would serve it."""
    with serve(site) as running:
        yield running


@pytest.fixture(scope="session")
def browser(server: Server) -> Iterator[Browser]:
    """Chromium, for which there is no host but the server."""
    if CHROMIUM is None:
        missing = "there is no chromium: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    host = URL.removeprefix("http://").rstrip("/")
    rules = f"MAP {host}:80 127.0.0.1:{server.port}, MAP * ~NOTFOUND"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, f"--host-resolver-rules={rules}"]
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build that is read without a server."""
    out = tmp_path_factory.mktemp("offline")
    done = build(ROOT, out, offline=True)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def visits() -> dict[str, Visit]:
    """What was found on the pages seen so far: each is opened once."""
    return {}


@pytest.fixture(params=ADDRESSES)
def address(request: pytest.FixtureRequest) -> str:
    """Where a page is."""
    return request.param


@pytest.fixture
def visited(address: str, browser: Browser, server: Server, visits: dict[str, Visit]) -> Visit:
    """What one page shows."""
    if address not in visits:
        visits[address] = visit(browser, server, address)
    return visits[address]
