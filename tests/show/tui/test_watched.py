"""The debugger over a file that grows: it goes along at the end, and says when the run is over."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("textual", reason="the debugger needs Textual: pip install '.[tui]'")

import torch
from command_runs import run_here

from backtrace import record
from backtrace.show.tui.walker import Walker
from backtrace.show.tui.watched import WatchedWalk
from backtrace.tracefile import open_trace
from backtrace.tracefile.grow import GrowingTrace


def test_it_goes_along_and_stays_where_one_looks(tmp_path):
    path = tmp_path / "run.trace"
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def train(updates):
        for _ in range(updates):
            optimizer.zero_grad()
            model(torch.ones(3, 2)).sum().backward()
            optimizer.step()

    async def look():
        with record(model, optimizer, file=path):
            train(2)
            with open_trace(path) as trace:
                growing = GrowingTrace(path)
                assert growing.is_ready()
                app = WatchedWalk(Walker(trace), growing)
                app.walker.jump(1)
                async with app.run_test(size=(80, 24)) as pilot:
                    train(3)
                    app.look()
                    await pilot.pause()
                    assert app.walker.count == 5 and app.walker.update.number == 5
                    await pilot.press("left_square_bracket")
                    train(1)
                    app.look()
                    await pilot.pause()
                    assert app.walker.count == 6 and app.walker.update.number == 4
                    assert not app._notifications
        with open_trace(path) as trace:
            app = WatchedWalk(Walker(trace), growing)
            async with app.run_test(size=(80, 24)) as pilot:
                app.look()
                await pilot.pause()
                assert [each.message for each in app._notifications] == ["the run has ended"]

    asyncio.run(look())
    assert [each.name for each in tmp_path.iterdir()] == ["run.trace"]


def test_it_needs_a_terminal(tmp_path):
    done = run_here("watch", "run.trace", "--tui", cwd=tmp_path)
    assert done.returncode == 2 and "needs a terminal" in done.stderr
