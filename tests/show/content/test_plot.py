"""A line through the cells of a terminal: what is drawn where."""

from __future__ import annotations

from math import isfinite

from hypothesis import given
from hypothesis import strategies as st

from backtrace.show.content.plot import draw_line, find_cells, find_column

BLANK = "\u2800"


def rows_of(lines, column):
    return {at for at, line in enumerate(lines) if line[column] != BLANK}


def test_a_falling_line_goes_from_the_top_left_to_the_bottom_right():
    lines = draw_line([4.0, 3.0, 2.0, 1.0], 8, 4)
    assert [len(line) for line in lines] == [8] * 4
    assert rows_of(lines, 0) == {0} and rows_of(lines, 7) == {3}
    assert all(rows_of(lines, column) for column in range(8))


def test_one_spike_among_ten_thousand_is_seen():
    losses = [1.0] * 10_000
    losses[5_000] = 9.0
    lines = draw_line(losses, 20, 5)
    # 40 half columns of 250 losses each: the 5,000th is in the 20th, in column 10
    assert [column for column in range(20) if 0 in rows_of(lines, column)] == [10]


def test_what_is_not_finite_leaves_a_gap():
    losses = [1.0] * 4 + [float("nan"), None, float("inf")] * 4 + [2.0] * 4
    lines = draw_line(losses, 10, 3)
    assert rows_of(lines, 0) == {2} and rows_of(lines, 9) == {0}
    assert rows_of(lines, 5) == set()


def test_a_logarithm_gives_each_power_its_share():
    lines = draw_line([3.0, 2.0, 1.0, 0.0], 2, 4)
    # four losses in four half columns, at the dots 0, 5, 10 and 15 of 16 from the top; each is
    # joined with the one before: dots 0 and 1-5 are in lines 0 and 1, 6-10 and 11-15 in 1 to 3
    assert rows_of(lines, 0) == {0, 1} and rows_of(lines, 1) == {1, 2, 3}
    straight = draw_line([1000.0, 100.0, 10.0, 1.0], 2, 4)
    assert rows_of(straight, 1) == {3}


def test_a_loss_between_two_gaps_is_seen():
    lines = draw_line([3.0, None, 2.0, None, None, 1.0, None], 20, 3)
    seen = [column for column in range(20) if rows_of(lines, column)]
    assert seen == [0, 6, 16]  # as 0, 2 and 5 of 6 stand in 40 half columns


def test_a_value_stands_in_its_column():
    assert find_column(0, 100, 10) == 0 and find_column(99, 100, 10) == 9
    assert find_column(50, 100, 10) == 5
    assert find_column(1, 3, 10) == 5 and find_column(2, 3, 10) == 9


@given(
    st.lists(st.none() | st.floats(), max_size=200), st.integers(2, 30), st.integers(1, 9),
)  # fmt: skip
def test_each_value_is_drawn_in_its_column(values, columns, lines):
    drawn = draw_line(values, columns, lines)
    assert [len(line) for line in drawn] == [columns] * lines
    for at, value in enumerate(values):
        if value is not None and isfinite(value):
            assert rows_of(drawn, find_column(at, max(len(values), 2), columns))
    if not any(value is not None and isfinite(value) for value in values):
        assert set("".join(drawn)) == {BLANK}


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=200), st.integers(2, 30))
def test_the_line_reaches_both_edges(values, columns):
    lines = {line for line, _ in find_cells(values, columns, 7)}
    assert 0 in lines
    assert 6 in lines or max(values) - min(values) < 1e-300
