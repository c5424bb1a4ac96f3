"""The list of findings in the debugger: what it tells, and where it leads."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("textual", reason="the debugger needs Textual: pip install '.[tui]'")

import torch
from torch import nn

import backtrace
from backtrace.show.tui.screen import WalkApp
from backtrace.show.tui.walker import Walker
from backtrace.tracefile import open_trace


@pytest.fixture
def path(tmp_path):
    torch.manual_seed(0)
    models = nn.Linear(2, 3), nn.Linear(3, 1)
    optimizers = [torch.optim.SGD(model.parameters(), lr=0.01) for model in models]
    options = {"file": tmp_path / "run.trace", "body": models[0], "head": models[1]}
    with backtrace.record(*optimizers, **options):
        for _ in range(4):
            optimizers[0].zero_grad()
            models[1](models[0](torch.randn(4, 2))).square().mean().backward()
            optimizers[0].step()
            optimizers[1].step()  # never cleared
    return tmp_path / "run.trace"


def drawn(app):
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


def test_a_finding_is_gone_to(path):
    async def check():
        with open_trace(path) as trace:
            walker = Walker(trace)
            (finding,) = [each for each in trace.findings if each.severity != "note"]
            app = WalkApp(walker)
            async with app.run_test(size=(110, 40)) as pilot:
                await pilot.press("f")
                await pilot.pause()
                text = drawn(app)
                assert finding.code in text and finding.where in text
                assert "why it matters" in text and "instead" in text
                assert "optimizers[1].step()  # never cleared" in text  # the line of this file
                await pilot.press("enter")
                await pilot.pause()
                assert walker.update.number == finding.update
                assert walker.update.optimizer == finding.optimizer
                assert walker.call.event.where == finding.where
                assert walker.chosen == finding.parameters[0]
                await pilot.press("f", "escape")
                await pilot.pause()
                assert walker.chosen in drawn(app)

    asyncio.run(check())


def test_norms_are_told_from_values(path):
    async def check():
        with open_trace(path) as trace:
            app = WalkApp(Walker(trace))
            async with app.run_test(size=(110, 40)) as pilot:
                await pilot.press("end")
                await pilot.pause()
                text = drawn(app)
                assert "‖x‖: norm of x" in text and "update 4" in text
                rows = [line.split() for line in text.splitlines() if "weight" in line]
                assert any(word.startswith("‖") and word.endswith("‖") for word in rows[0])
                (bias,) = [line for line in text.splitlines() if line.startswith("● head.bias")]
                assert "‖" not in bias  # one number, which is its own

    asyncio.run(check())
