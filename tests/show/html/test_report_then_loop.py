"""After pages were opened, an event loop can run in this thread, as the debugger's tests need one.

Collected after the files that open pages: with one worker, as CI runs those, it comes after them.
"""

from __future__ import annotations

import asyncio

import pytest

pytestmark = pytest.mark.browser


def test_the_browser_has_let_go_of_the_thread():
    async def check():
        return "ran"

    assert asyncio.run(check()) == "ran"
