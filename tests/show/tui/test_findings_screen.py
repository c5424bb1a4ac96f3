"""The list of findings in the debugger: what it tells, and where it leads."""

from __future__ import annotations

import asyncio
import re

import pytest

pytest.importorskip("textual", reason="the debugger needs Textual: pip install '.[tui]'")

import torch
from rich.cells import cell_len
from torch import nn

import backtrace
from backtrace.language import using_language
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


def test_what_came_after_the_step_is_gone_to(tmp_path):
    model = nn.Linear(2, 1)
    sgd = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, sgd, file=tmp_path / "run.trace"):
        for _ in range(4):
            sgd.zero_grad()
            (100 * model(torch.ones(3, 2))).square().mean().backward()
            sgd.step()
            nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    with open_trace(tmp_path / "run.trace") as trace:
        walker = Walker(trace)
        (finding,) = [each for each in trace.findings if each.code == "BT107"]
        walker.go_to_finding(finding)
        assert walker.call.name == "clip_grad_norm_"
        assert walker.call.event.where == finding.where


def test_a_finding_is_told_in_chinese(path):
    async def check():
        with open_trace(path) as trace:
            app = WalkApp(Walker(trace))
            async with app.run_test(size=(110, 40)) as pilot:
                await pilot.press("f")
                while "BT" not in drawn(app):  # the rules take their time
                    await pilot.pause()
                return [line for line in drawn(app).splitlines() if line.strip()]

    with using_language("zh"):
        lines = asyncio.run(check())
    text = "\n".join(lines)
    assert "Enter：跳到那里" in text and "为什么重要" in text and "应当这样  也调用" in text
    assert "被遗忘的部分依据的是新旧梯度之和。" in text and "Esc 关闭" in text
    assert not re.search("[a-z]{2,} [a-z]{2,} [a-z]{2,}", text.replace("never cleared", ""))
    listed = [line for line in lines if "BT" in line and "·" not in line]
    assert len({cell_len(line[: line.index("BT")]) for line in listed}) == 1
    assert max(map(cell_len, lines)) <= 110


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
