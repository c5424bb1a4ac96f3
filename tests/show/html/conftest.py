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

    def __init__(self, browser, path: Path, **options) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        options.setdefault("viewport", {"width": 1200, "height": 900})
        self.context = browser.new_context(**options)
        self.page = page = self.context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)


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


@pytest.fixture
def open_page(chromium):
    """Open a file in the browser: `open_page(path, color_scheme="dark")`."""
    opened: list[Opened] = []

    def open_(path: Path, **options) -> Opened:
        opened.append(Opened(chromium, path, **options))
        return opened[-1]

    yield open_
    for each in opened:
        each.context.close()
