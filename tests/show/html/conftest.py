"""A real browser: Chromium, driven by Playwright; without one, tests that need it are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Opened:
    """A page in the browser, with all that it complained of or asked for."""

    def __init__(self, page, path: Path) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page = page
        self._hears = {
            "console": lambda message: self.complaints.append(message.text),
            "pageerror": lambda error: self.complaints.append(str(error)),
            "dialog": lambda dialog: self.complaints.append(dialog.message),
            "request": lambda request: self.requests.append(request.url),
        }
        for event, hear in self._hears.items():
            page.on(event, hear)
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)

    def let_go(self) -> None:
        """Hear no more of the page."""
        for event, hear in self._hears.items():
            self.page.remove_listener(event, hear)


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """The browser that BACKTRACE_BROWSER names, or one on the PATH.

    Playwright's event loop runs in this thread for as long as it is open, and no other can: it is
    closed before a test of another file begins, which may be one of Textual's.
    """
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="there is no Playwright; pip install -e '.[browser]'"
    )
    found = os.environ.get("BACKTRACE_BROWSER") or next(filter(None, map(shutil.which, NAMES)), "")
    if not found:
        pytest.skip("there is no Chromium on the PATH; install one, or name it: BACKTRACE_BROWSER")
    with sync_api.sync_playwright() as playwright:
        # As root, which a container often is, Chromium has no sandbox.
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


SIZE = {"width": 1200, "height": 900}


@pytest.fixture(scope="module")
def shared_page(chromium):
    """One page for all that want nothing of their own: a new one takes twice as long to open."""
    return chromium.new_context(viewport=SIZE).new_page()


@pytest.fixture
def open_page(chromium, shared_page):
    """Open a file in the browser: `open_page(path, color_scheme="dark")`."""
    opened: list[Opened] = []
    contexts = []

    def open_(path: Path, **options) -> Opened:
        page = shared_page
        if options or any(each.page is page for each in opened):
            contexts.append(chromium.new_context(**{"viewport": SIZE} | options))
            page = contexts[-1].new_page()
        opened.append(Opened(page, path))
        return opened[-1]

    yield open_
    for each in opened:
        each.let_go()
    for each in contexts:
        each.close()
