"""Which updates are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtrace.errors import UsageError
from backtrace.show.selection import FEW, parse_selection


def chosen(text, end=12):
    selection = parse_selection(text)
    return [n for n in range(1, end + 1) if n in selection], selection.has_last


@pytest.mark.parametrize(
    ("text", "numbers", "has_last"),
    [
        ("1-3,10", [1, 2, 3, 10], False),
        ("11-", [11, 12], False),
        ("last", [], True),
        ("2,last", [2], True),
        (" 1 - 2 , 4 ", [1, 2, 4], False),
        ("3,1,3", [1, 3], False),
        ("5-5", [5], False),
        ("007", [7], False),
    ],
)
def test_what_may_be_written(text, numbers, has_last):
    assert chosen(text) == (numbers, has_last)


@pytest.mark.parametrize("text", ["all", "1,all", "all,last"])
def test_all_is_all_whatever_stands_beside_it(text):
    assert chosen(text)[0] == list(range(1, 13))


@pytest.mark.parametrize(
    "text", ["", ",", "0", "0-3", "-3", "3-1", "a", "1;2", "1--2", "1.5", "²", "all,x"]
)
def test_what_may_not(text):
    with pytest.raises(UsageError, match="--updates"):
        parse_selection(text)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), min_size=1))
def test_ranges_hold_what_they_say(pairs):
    ranges = [(low, low + more) for low, more in pairs]
    numbers, _ = chosen(",".join(f"{low}-{high}" for low, high in ranges), end=120)
    assert set(numbers) == {n for low, high in ranges for n in range(low, high + 1)}


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text):
    try:
        parse_selection(text)
    except UsageError as error:
        assert "--updates" in str(error)


def test_few_are_the_first_and_the_last():
    assert [n for n in range(1, 9) if n in FEW] == [1, 2, 3] and FEW.has_last
