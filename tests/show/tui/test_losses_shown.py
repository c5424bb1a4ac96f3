"""The curve of the losses: what is drawn where."""

from __future__ import annotations

import pytest

pytest.importorskip("textual", reason="the debugger needs Textual: pip install '.[tui]'")

from backtrace.show.tui.losses import _column, draw_curve

BLANK = "\u2800"


def rows_of(lines, column):
    return {at for at, line in enumerate(lines) if line[column] != BLANK}


def test_a_falling_line_goes_from_the_top_left_to_the_bottom_right():
    lines = draw_curve([4.0, 3.0, 2.0, 1.0], 8, 4)
    assert [len(line) for line in lines] == [8] * 4
    assert rows_of(lines, 0) == {0} and rows_of(lines, 7) == {3}
    assert all(rows_of(lines, column) for column in range(8))


def test_one_spike_among_ten_thousand_is_seen():
    losses = [1.0] * 10_000
    losses[5_000] = 9.0
    lines = draw_curve(losses, 20, 5)
    # 40 half columns of 250 losses each: the 5,000th is in the 20th, in column 10
    assert [column for column in range(20) if 0 in rows_of(lines, column)] == [10]


def test_what_is_not_finite_leaves_a_gap():
    losses = [1.0] * 4 + [float("nan"), None, float("inf")] * 4 + [2.0] * 4
    lines = draw_curve(losses, 10, 3)
    assert rows_of(lines, 0) == {2} and rows_of(lines, 9) == {0}
    assert rows_of(lines, 5) == set()


def test_a_logarithm_gives_each_power_its_share():
    lines = draw_curve([1000.0, 100.0, 10.0, 1.0], 2, 4, is_log=True)
    # four losses in four half columns, at the dots 0, 5, 10 and 15 of 16 from the top; each is
    # joined with the one before: dots 0 and 1-5 are in lines 0 and 1, 6-10 and 11-15 in 1 to 3
    assert rows_of(lines, 0) == {0, 1} and rows_of(lines, 1) == {1, 2, 3}
    straight = draw_curve([1000.0, 100.0, 10.0, 1.0], 2, 4)
    assert rows_of(straight, 1) == {3}


def test_the_cursor_stands_on_its_loss():
    places = list(range(100))
    assert _column(places, 0, 10) == 0 and _column(places, 99, 10) == 9
    assert _column(places, 50, 10) == 5
    assert _column([0, 1, 2], 1, 10) == 5 and _column([0, 1, 2], 2, 10) == 9
    assert _column([0, 2, 4], 3, 10) == 5  # another optimizer's: the last one before it
