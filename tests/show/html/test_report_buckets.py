"""Down-sampling keeps what matters: extremes, and what is no number."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtrace.show.html.buckets import Timeline


def fill(values, most):
    timeline = Timeline(most)
    for number, value in enumerate(values, 1):
        timeline.begin(number, number)
        timeline.add("x", value)
    timeline.close()
    return timeline


def test_few_values_are_kept_as_they_are():
    timeline = fill([3.0, 0.0, None, nan, 2.5], most=6)
    track = timeline.tracks["x"]
    assert timeline.firsts == timeline.lasts == [1, 2, 3, 4, 5] and timeline.width == 1
    assert track.high == track.low == [3.0, 0.0, None, None, 2.5]
    assert "".join(track.marks) == ".znx."
    assert "lo" not in track.to_dict(is_exact=True)


def test_too_many_are_joined_two_by_two_with_both_extremes():
    timeline = fill([5.0, 1.0, None, 4.0, 0.0, 0.0, -inf, 2.0, 9.0], most=4)
    # Of 4 buckets' width 1 became 2, then 4: updates 1-4, 5-8 and 9.
    assert timeline.width == 4
    assert timeline.firsts == [1, 5, 9] and timeline.lasts == [4, 8, 9]
    track = timeline.tracks["x"]
    assert track.high == [5.0, 2.0, 9.0] and track.low == [1.0, 0.0, 9.0]
    assert "".join(track.marks) == ".x."


numbers = st.one_of(st.none(), st.floats(width=32))


@given(st.lists(numbers, min_size=1, max_size=200), st.integers(2, 9))
def test_extremes_and_odd_values_are_never_lost(values, most):
    timeline = fill(values, most)
    track = timeline.tracks["x"]
    assert len(timeline.firsts) <= most
    assert timeline.firsts[0] == 1 and timeline.lasts[-1] == len(values)
    assert all(a + 1 == b for a, b in zip(timeline.lasts, timeline.firsts[1:], strict=False))
    spans = zip(timeline.firsts, timeline.lasts, track.low, track.high, track.marks, strict=True)
    for first, last, low, high, mark in spans:
        inside = values[first - 1 : last]
        finite = [v for v in inside if v is not None and abs(v) < inf]
        assert (low, high) == ((min(finite), max(finite)) if finite else (None, None))
        odd = [v for v in inside if v is not None and not abs(v) < inf]
        assert (mark == "x") == bool(odd)
        assert (mark == "n") == all(v is None for v in inside)


@pytest.mark.parametrize("most", [3, 4])
def test_a_quantity_that_comes_late_stands_at_its_own_updates(most):
    timeline = Timeline(most)
    for number in range(1, 7):
        timeline.begin(number, 10 * number)
        if number >= 5:
            timeline.add("late", float(number))
    timeline.close()
    track = timeline.tracks["late"]
    assert timeline.firsts == [1, 3, 5] and timeline.ended == [20, 40, 60]
    assert track.marks == ["-", "-", "."] and track.low[2] == 5.0 and track.high[2] == 6.0


@given(
    st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=1, max_size=300),
    st.integers(2, 9),
    st.integers(0, 300),
)
def test_rows_are_entered_as_single_numbers_are(rows, most, turn):
    timeline, single = Timeline(most), Timeline(most)
    for number, row in enumerate(rows, 1):
        timeline.begin(number, number)
        single.begin(number, number)
        keys = "abc" if number < turn else "cad"  # other tensors from there on
        timeline.add_row(tuple(keys), row)
        for key, value in zip(keys, row, strict=True):
            single.add(key, value)
    timeline.close()
    single.close()
    assert list(timeline.tracks) == list(single.tracks)
    assert repr(timeline.tracks) == repr(single.tracks)
