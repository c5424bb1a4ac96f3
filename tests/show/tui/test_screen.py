"""The debugger in a window that Textual's pilot drives: keys, what is drawn, and any size."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest

pytest.importorskip("textual", reason="the debugger needs Textual: pip install '.[tui]'")

from command_runs import run_here
from loops import write_loop
from textual.events import Paste
from textual.widgets import Input

from backtrace.show.content.cells import number
from backtrace.show.tui.screen import WalkApp
from backtrace.show.tui.walker import Walker
from backtrace.tracefile import open_trace

TWO = """\
import torch
from torch import nn
one, two = nn.Linear(2, 1), nn.Linear(2, 1)
often = torch.optim.SGD(one.parameters(), lr=0.1)
seldom = torch.optim.Adam(two.parameters(), lr=0.1)
for update in range(4):
    often.zero_grad()
    one(torch.ones(3, 2)).sum().backward()
    often.step()
    if update % 2:
        seldom.zero_grad()
        two(torch.ones(3, 2)).sum().backward()
        seldom.step()
one(torch.ones(3, 2)).sum().backward()
"""

NAMES = ("conv.weight", "conv.bias", "fc.weight")


@asynccontextmanager
async def walking(path, size=(80, 24)):
    with open_trace(path) as trace:
        walker = Walker(trace)
        app = WalkApp(walker)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            yield app, pilot, walker


def lines_of(app):
    strips = app.screen._compositor.render_strips()
    return [strip.text.rstrip() for strip in strips]


def drawn(app):
    return "".join(f"{line}\n" for line in lines_of(app))


@pytest.fixture
def path(tmp_path):
    return write_loop(tmp_path / "loop.trace", 12, NAMES)


def test_left_and_right_move_call_by_call(path):
    async def check():
        async with walking(path) as (app, pilot, walker):
            assert "[zero_grad] → forward → backward → step" in drawn(app)
            await pilot.press("right", "right")
            assert "zero_grad → forward → [backward] → step" in drawn(app)
            assert "train.py:4  loss.backward()" in drawn(app)
            await pilot.press("right", "right")
            assert "update 2 of 12" in drawn(app) and "[zero_grad]" in drawn(app)
            await pilot.press("left")
            assert walker.update.number == 1 and "[step]" in drawn(app)

    asyncio.run(check())


def test_up_and_down_choose_a_parameter(path):
    async def check():
        async with walking(path) as (app, pilot, walker):
            await pilot.press("down", "down", "down")
            assert walker.chosen == "fc.weight" and "parameter 3 of 3" in drawn(app)
            await pilot.press("up")
            assert walker.chosen == "conv.bias"
            await pilot.press("right")  # the choice stays
            assert walker.chosen == "conv.bias"

    asyncio.run(check())


def test_what_a_call_changed_is_marked(path):
    async def check():
        async with walking(path) as (app, pilot, _):
            assert "nothing changed by this call" in drawn(app) and "●" not in drawn(app)
            await pilot.press("right", "right")
            assert "3 changed by this call" in drawn(app)
            marked = [line.split() for line in lines_of(app) if line.startswith("●")]
            # the name, .grad, the value, what was added
            assert marked == [["●", name, "1", "100", "+1"] for name in NAMES]
            await pilot.press("right")
            marked = [line.split() for line in lines_of(app) if line.startswith("●")]
            assert marked == [["●", name, "1", "99.5", "-0.5"] for name in NAMES]

    asyncio.run(check())


def test_g_goes_to_an_update(path):
    async def check():
        async with walking(path) as (app, pilot, walker):
            await pilot.press("g", "1", "1", "enter")
            assert walker.update.number == 11 and "update 11 of 12" in drawn(app)
            assert not app.screen.query_one(Input).display
            await pilot.press("g", "4", "0", "enter")
            assert walker.update.number == 11
            assert any("there are updates 1–12" in n.message for n in app._notifications)
            await pilot.press("end")
            assert walker.update.number == 12
            await pilot.press("left_square_bracket")
            assert walker.update.number == 11

    asyncio.run(check())


def test_slash_filters_and_escape_takes_it_away(path):
    async def check():
        async with walking(path) as (app, pilot, walker):
            await pilot.press("slash", *"bias", "enter")
            assert walker.names == ["conv.bias"] and walker.chosen == "conv.bias"
            assert "/bias" in drawn(app) and "fc.weight" not in drawn(app)
            await pilot.press("right")  # the keys are the table's again
            assert walker.call.name == "forward"
            await pilot.press("escape")
            assert len(walker.names) == 3
            await pilot.press("slash", *"q?", "enter")  # letters that are keys elsewhere
            assert walker.names == [] and "no name matches" in drawn(app)

    asyncio.run(check())


def test_enter_gives_the_details_the_whole_window(path):
    async def check():
        async with walking(path) as (app, pilot, _):
            await pilot.press("enter")
            assert not app.screen.query_one("#table").display
            assert app.screen.query_one("#pane").size.height > 15
            await pilot.press("right", "right")
            assert "[backward]" in drawn(app) and "added" in drawn(app)
            await pilot.press("enter")
            assert app.screen.query_one("#table").display

    asyncio.run(check())


async def ask_for(pilot, name):
    await pilot.press("e", "ctrl+u")
    pilot.app.post_message(Paste(name))  # a name's letters, one by one, take a second
    await pilot.press("enter")
    await pilot.pause()


def test_w_tells_where_the_numbers_come_from(path):
    async def check():
        async with walking(path, (100, 30)) as (app, pilot, walker):
            await pilot.press(*["right"] * 3, "right_square_bracket", "down", "w")
            await pilot.pause()
            text = drawn(app)
            assert f"{walker.chosen} after update 2 is" in text
            assert "last written by step at update 2 (train.py:5)" in text
            assert "← backward" in text and "; b goes on to there" in text
            await pilot.press("b")
            await pilot.pause()
            assert "update 1 · SGD" in drawn(app)
            await ask_for(pilot, "conv.weight.grad")
            assert "conv.weight.grad as the step of update 2 read it is" in drawn(app)
            await ask_for(pilot, "wieght")
            assert "no tensor is called wieght" in drawn(app)
            await pilot.press("escape", "left")
            assert walker.call.name == "backward"
            await pilot.press("w")
            await pilot.pause()
            text = drawn(app)
            value = walker.call.states[walker.chosen].value
            assert f"{walker.chosen} after backward (train.py:" in text and "in update 2 is" in text
            assert number(value.norm) in text.partition("last written by")[0]
            assert "last written by step at update 1" in text
            await ask_for(pilot, "conv.weight.grad")
            text = drawn(app)
            assert "conv.weight.grad after backward" in text and "read by step" not in text
            await pilot.press("e", "escape", "escape")
            await pilot.pause()
            assert "[backward]" in drawn(app)

    asyncio.run(check())


def test_keys_are_explained_and_q_quits(path):
    async def check():
        async with walking(path) as (app, pilot, _):
            await pilot.press("question_mark")
            assert "go to an update" in drawn(app)
            await pilot.press("escape", "t")
            assert app.theme == "textual-light"
            await pilot.press("q")
            await pilot.pause()
            assert not app.is_running or app._exit

    asyncio.run(check())


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (40, 12), (120, 30), (20, 5)])
def test_any_size_shows_the_call(path, size):
    async def check():
        async with walking(path, size) as (app, pilot, _):
            await pilot.press("right", "right")
            lines = lines_of(app)
            assert len(lines) <= size[1] and max(map(len, lines)) <= size[0]
            assert "[backward]" in drawn(app)

    asyncio.run(check())


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (60, 13), (60, 10)])
def test_a_small_window_still_lists_parameters(path, size):
    async def check():
        async with walking(path, size) as (app, pilot, _):
            listed = [line for line in lines_of(app) if line[2:].startswith(NAMES)]
            assert len(listed) >= 3, drawn(app)
            await pilot.press("enter")
            assert f"{NAMES[0]}  (" in drawn(app)

    asyncio.run(check())


def test_a_window_that_grows_is_filled(path):
    async def check():
        async with walking(path) as (app, pilot, _):
            assert "shape" not in drawn(app)
            await pilot.resize_terminal(200, 50)
            await pilot.pause()
            assert "shape" in drawn(app) and "mean .grad" in drawn(app)
            await pilot.resize_terminal(80, 24)
            await pilot.pause()
            assert "shape" not in drawn(app) and "keys" in lines_of(app)[-1]

    asyncio.run(check())


@pytest.mark.parametrize("size", [(80, 24), (150, 40)])
def test_the_window_as_a_whole(path, size, hold):
    async def check():
        async with walking(path, size) as (app, pilot, _):
            await pilot.press("g", "4", "enter", "right", "right", "right", "down")
            hold(f"step-{size[0]}x{size[1]}.txt", drawn(app))

    asyncio.run(check())


def test_a_thousand_parameters_scroll(tmp_path):
    names = tuple(f"layer.{at}.weight" for at in range(1000))
    path = write_loop(tmp_path / "wide.trace", 2, names)

    async def check():
        async with walking(path) as (app, pilot, walker):
            await pilot.press("pagedown", "pagedown", "down")
            assert walker.line > 10 and walker.chosen in drawn(app)
            assert f"parameter {walker.line + 1} of 1000" in drawn(app)

    asyncio.run(check())


def test_names_cannot_act_as_markup(tmp_path):
    names = ("[bold]a[/bold]", "\x1b[31mred", "[@click=app.quit]x[/]")
    path = write_loop(tmp_path / "odd.trace", 2, names)

    async def check():
        async with walking(path) as (app, pilot, _):
            await pilot.press("slash", *"[bold", "enter")
            await pilot.press("escape", "right", "right", "down")
            assert "[bold]a[/bold]" in drawn(app) and "\\x1b[31mred" in drawn(app)
            assert "\x1b" not in drawn(app)

    asyncio.run(check())


def test_a_real_trace(tmp_path):
    done = run_here("run", "small_net", "--receipt", "-o", "net.trace", cwd=tmp_path)
    assert done.returncode == 0, done.stderr

    async def check():
        async with walking(tmp_path / "net.trace", (150, 40)) as (app, pilot, walker):
            await pilot.press("right", "right", "right")
            assert "loop.py" in drawn(app) and "optimizer.step()" in drawn(app)
            assert "change = gradient, learning rate 0.01" in drawn(app)
            update = walker.trace.updates[0]
            row = update.rows[walker.chosen]
            assert f"{row.change.norm:.6f}" in drawn(app)

    asyncio.run(check())


def test_without_a_terminal_it_says_so(path):
    done = subprocess.run(
        [sys.executable, "-m", "backtrace", "show", str(path), "--tui"],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 2 and "needs a terminal" in done.stderr
    assert "Traceback" not in done.stderr and not done.stdout


def test_two_optimizers_and_what_is_left_after_the_last_step(tmp_path):
    (tmp_path / "two.py").write_text(TWO)
    done = run_here("run", "-o", "two.trace", "two.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for form in ("table", "md"):
        shown = run_here("show", "two.trace", "--update", "2", "--format", form, cwd=tmp_path)
        titles = [line.lstrip("# ") for line in shown.stdout.splitlines() if "update 2 · " in line]
        assert [each.replace("*", "") for each in titles] == [
            "update 2 · often · SGD, lr 0.1", "update 2 · seldom · Adam, lr 0.1",
        ]  # fmt: skip
    run_here("report", "two.trace", "-o", "two.html", cwd=tmp_path)
    page = (tmp_path / "two.html").read_text()
    assert '"called":"often"' in page and "often (SGD), lr 0.1" in page

    async def check():
        async with walking(tmp_path / "two.trace") as (app, pilot, walker):
            assert len(walker.optimizers) == 2 and walker.count == 7
            owners = {"SGD": "often", "Adam": "seldom"}  # as the script calls them
            steps = []
            for _ in range(6):
                steps.append(walker.step.type)
                assert f"· {owners[steps[-1]]} ·" in lines_of(app)[0]
                walker.at = len(walker.calls) - 1
                app.screen.refresh_panes()
                await pilot.pause()
                assert f"step  {owners[steps[-1]]} ({steps[-1]}), lr 0.1" in drawn(app)
                await pilot.press("right_square_bracket")
            assert steps == ["SGD", "SGD", "Adam", "SGD", "SGD", "Adam"]
            assert "after the last step" in drawn(app) and "two.py:14" in drawn(app)
            assert "one(torch.ones(3, 2)).sum().backward()" in drawn(app)

    asyncio.run(check())


def test_torch_is_not_imported(path):
    code = (
        "import sys\n"
        "from backtrace.tracefile import open_trace\n"
        "from backtrace.show.tui.screen import WalkApp\n"
        "from backtrace.show.tui.walker import Walker\n"
        f"WalkApp(Walker(open_trace({str(path)!r})))\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
