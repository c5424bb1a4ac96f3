"""The bar of a long run: off the screen when its end is printed, and it stays off."""

from __future__ import annotations

import io

import pytest
from made_up import linear
from rich.console import Console

from backtrace.driver.view import RunPlan, RunResult
from backtrace.ledger.trace import Header
from backtrace.show import progress
from backtrace.show.options import Options
from backtrace.show.selection import parse_selection
from backtrace.show.text.tables import TableView


@pytest.fixture
def screen(monkeypatch):
    """A terminal, in which every run counts as long."""
    stream = io.StringIO()
    terminal = lambda **_: Console(file=stream, force_terminal=True, width=80)  # noqa: E731
    monkeypatch.setattr(progress, "Console", terminal)
    monkeypatch.setattr(progress, "_PATIENCE", -1.0)
    return stream


def test_the_last_update_does_not_bring_the_bar_back(screen):
    view = TableView(Options(selection=parse_selection("last")))
    view.start(RunPlan(Header(target="digits"), updates=2))
    for index in (1, 2):
        view.take_update(linear(index=index))
    assert "digits" in screen.getvalue()
    screen.truncate(0)
    view.finish(RunResult(1.0))
    after = screen.getvalue()
    assert after.count("\x1b[?25l") == 0, "the cursor was hidden again: the bar is back"
