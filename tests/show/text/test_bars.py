"""Our lines beside a progress bar that is not tqdm's."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from backtrace.show.text.bars import leave_bar


@pytest.mark.parametrize(
    ("is_terminal", "term", "written"),
    [(True, "xterm", "\x1b[K"), (True, "dumb", ""), (False, "xterm", "")],
)
def test_what_a_longer_bar_left_behind_is_cleared(monkeypatch, is_terminal, term, written):
    """fastprogress ends in a carriage return: a row of ours stood over the head of its bar."""
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("backtrace.show.text.bars.has_bars", lambda: False)
    stream = io.StringIO()
    leave_bar(Console(file=stream, force_terminal=is_terminal))
    assert stream.getvalue() == written
