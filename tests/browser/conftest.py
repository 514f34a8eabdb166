"""One server and one browser for all browser tests.

Where no Chromium is found the tests are skipped with that reason; everything else that goes wrong fails.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipelines.settings import CODE_ROOT, DASHBOARD_APP
from tests.support.published_fixture import Company, build_company, publish

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Streamlit's client looks for its server below the page's own path first; these two answers tell it where not.
EXPECTED_MISSES = ("/_stcore/health", "/_stcore/host-config")
START_SECONDS = 60


def find_chromium() -> str | None:
    wanted = os.environ.get("HUFU_CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return wanted or next((path for name in names if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(data_dir: Path, **environment: str) -> Iterator[str]:
    """The address of dashboards over a data folder; the server is stopped by its own process handle."""
    port = free_port()
    log = data_dir / f"server-{port}.log"
    cleared = {name: value for name, value in os.environ.items() if not name.startswith("HUFU_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", str(DASHBOARD_APP)),
                *("--server.address", "127.0.0.1", "--server.port", str(port)),
            ],
            cwd=CODE_ROOT,
            env=cleared | {"HUFU_DATA": str(data_dir), "PYTHONPATH": str(CODE_ROOT)} | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_healthy(process, f"http://127.0.0.1:{port}", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(15)


def _wait_until_healthy(process: subprocess.Popen, address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}: {log.read_text(errors='replace')[-2000:]}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server was not healthy after {START_SECONDS} s: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def company() -> Company:
    return build_company()


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory, company) -> Path:
    folder = tmp_path_factory.mktemp("dashboards")
    publish(folder, "fixture1", company=company)
    return folder


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory) -> Path:
    wanted = os.environ.get("HUFU_SCREENSHOTS")
    folder = Path(wanted) if wanted else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def address(data_dir) -> Iterator[str]:
    with serving(data_dir) as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium found (looked for chromium, google-chrome and HUFU_CHROMIUM); browser tests not run")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield instance
        instance.close()


@dataclass
class Visitor:
    """A tab, with everything that it complained about and everywhere that it went."""

    tab: object
    address: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def listen(self) -> Visitor:
        self.tab.on("console", self._hear)
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("request", self._follow)
        return self

    def _hear(self, message) -> None:
        if message.type == "error" and not message.location.get("url", "").endswith(EXPECTED_MISSES):
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def _follow(self, request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.strangers.append(request.url)

    def open(self, page: str = "", **parameters: str) -> Visitor:
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        path = "" if page == "overview" else page
        self.tab.goto(f"{self.address}/{path}?{query}")
        return self.settle()

    def settle(self) -> Visitor:
        """Wait until the run has ended, no other was asked for, all code is loaded, every chart is drawn and nothing
        on the page moves any more (a table that grows takes the button below it from under the pointer)."""
        self.tab.wait_for_selector('[data-testid="stMain"] h1', timeout=30_000)
        self.tab.evaluate("window.quietSince = null")
        self.tab.wait_for_function(
            """() => {
                const app = document.querySelector('[data-testid="stApp"]');
                const charts = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
                const blocks = [...document.querySelectorAll('[data-testid="stElementContainer"]')];
                const places = blocks.map(block => Math.round(block.getBoundingClientRect().top)).join();
                const isQuiet = app && app.getAttribute('data-test-script-state') === 'notRunning'
                    && !document.querySelector('[data-testid="stSkeleton"]')
                    && charts.every(chart => chart.querySelector('.main-svg'))
                    && places === window.lastPlaces;
                const now = performance.now();
                window.lastPlaces = places;
                window.quietSince = isQuiet ? window.quietSince ?? now : null;
                return isQuiet && now - window.quietSince > 250;
            }""",
            timeout=30_000,
        )
        return self

    @property
    def main(self) -> str:
        return self.tab.inner_text('[data-testid="stMain"]')

    def choose(self, label: str, option: str) -> Visitor:
        """Pick an option of a select box as a person would: type it, since long lists show only their beginning."""
        box = self.tab.locator('[data-testid="stSelectbox"]').filter(has_text=label).locator("input")
        box.click()
        box.fill(option)
        self.tab.get_by_role("option", name=option, exact=True).click()
        self.tab.wait_for_timeout(300)
        return self.settle()


@pytest.fixture(scope="session")
def visit(browser, address):
    """A visitor per width, shared by tests that only look; `fresh` opens a new session."""
    kept: dict[int, Visitor] = {}

    def visitor(width: int = 1440, *, fresh: bool = False, at: str | None = None) -> Visitor:
        if not fresh and width in kept:
            kept[width].complaints.clear()
            return kept[width]
        context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
        found = Visitor(context.new_page(), at or address).listen()
        if not fresh:
            kept[width] = found
        return found

    return visitor
