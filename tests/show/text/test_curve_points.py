"""Losses of several optimizers: a curve of each, at the numbers of its own updates."""

from __future__ import annotations

import io
from dataclasses import replace

from made_up import update

from backtrace.driver.view import RunPlan, RunResult
from backtrace.ledger.trace import Header
from backtrace.show.options import Options
from backtrace.show.text.curve_points import on_one_axis
from backtrace.show.text.tables import TableView


def test_each_stands_at_its_own_numbers():
    """b is read at every second update: what lies between is on the line that is drawn."""
    series, numbers = on_one_axis({"a": [(1, 4.0), (2, 3.0), (3, 2.0)], "b": [(1, 1.0), (3, 5.0)]})
    assert numbers == [1, 2, 3]
    assert series == {"a": [4.0, 3.0, 2.0], "b": [1.0, 3.0, 5.0]}


def test_losses_of_one_number_are_counted():
    assert on_one_axis({"a": [(1, 4.0), (1, 3.0)]}) == ({"a": [4.0, 3.0]}, [])


def drawn(losses):
    stream = io.StringIO()
    view = TableView(Options(stream=stream))
    view.start(RunPlan(Header(target="run.py")))
    for index in (1, 2, 3):
        for name in ("D", "G"):
            seen = update(index=index, loss=losses[name][index - 1], optimizer=name)
            view.take_update(replace(seen, called=name))
    view.finish(RunResult(seconds=0.1))
    return stream.getvalue()


def test_losses_of_two_optimizers_are_two_curves():
    """They were one that went up and down between the two."""
    assert "• D   × G" in drawn({"D": [2.0, 2.1, 2.2], "G": [0.5, 0.4, 0.3]})


def test_one_loss_that_two_optimizers_step_is_one_curve():
    assert "×" not in drawn({"D": [2.0, 1.0, 0.5], "G": [2.0, 1.0, 0.5]})
